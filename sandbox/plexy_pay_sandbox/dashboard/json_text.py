"""Write JSON for people: a field a line, and numbers with exactly their digits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, cast

from .. import wire

_INDENT: Final = "  "


def pretty(value: object) -> str:
    """Return a value as JSON over several lines."""
    return "".join(_parts(value, ""))


def _parts(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        named = [(f"{_scalar(name)}: ", member) for name, member in fields.items()]
        yield from _within("{", named, "}", indent)
    elif isinstance(value, list):
        plain = [("", member) for member in cast("list[object]", value)]
        yield from _within("[", plain, "]", indent)
    else:
        yield _scalar(value)


def _within(
    opening: str, members: list[tuple[str, object]], closing: str, indent: str
) -> Iterator[str]:
    if not members:
        yield opening + closing
        return
    yield f"{opening}\n"
    inner = indent + _INDENT
    for place, (name, member) in enumerate(members, start=1):
        yield f"{inner}{name}"
        yield from _parts(member, inner)
        yield ",\n" if place < len(members) else "\n"
    yield f"{indent}{closing}"


def _scalar(value: object) -> str:
    if isinstance(value, Decimal):
        return wire.plain(value)
    return json.dumps(value, ensure_ascii=False)
