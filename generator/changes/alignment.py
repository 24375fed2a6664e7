"""Align the entries of two sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

_Key = TypeVar("_Key")
_Node = TypeVar("_Node")
_Value = TypeVar("_Value")


def keyed(nodes: Iterable[_Node], key: Callable[[_Node], _Key]) -> dict[_Key, _Node]:
    """Return nodes by what makes one the same as that of the other side."""
    return {key(node): node for node in nodes}


def keys_of_both(old: Iterable[_Key], new: Iterable[_Key]) -> list[_Key]:
    """Return every key once: those of the old side, then those that only the new one has."""
    found = dict.fromkeys(old)
    found.update(dict.fromkeys(new))
    return list(found)


def differences(
    old: Mapping[_Key, _Value], new: Mapping[_Key, _Value]
) -> list[tuple[_Key, _Value | None, _Value | None]]:
    """Return each key with its old and its new value, where they differ; None stands for one that is not there."""
    found: list[tuple[_Key, _Value | None, _Value | None]] = []
    for key in keys_of_both(old, new):
        before, after = old.get(key), new.get(key)
        if before != after:
            found.append((key, before, after))
    return found


def is_reordered(old: Iterable[object], new: Iterable[object]) -> bool:
    """Return whether the keys that both sides have are in another order."""
    before, after = list(old), list(new)
    kept = [key for key in before if key in after]
    return kept != [key for key in after if key in before]
