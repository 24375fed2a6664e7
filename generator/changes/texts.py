"""Compare the texts that no node of the model holds, and the values that nothing reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..document import Pointer
from ..model.api import Model
from .alignment import keys_of_both
from .findings import Findings, Place
from .side import Side


def compare(found: Findings) -> None:
    """Report texts as documentation, and what nothing reads as not classified."""
    owners = _owners(found.old) | _owners(found.new)
    old, new = found.old.leftovers, found.new.leftovers
    for pointer, _, _ in _apart(found, old.texts, new.texts):
        found.docs(_place(pointer, owners), f"the {pointer[-1]}")
    for pointer, before, after in _apart(found, old.unread, new.unread):
        found.unclassified(_place(pointer, owners), str(pointer[-1]), before, after)


def _apart(
    found: Findings, old: Mapping[Pointer, Any], new: Mapping[Pointer, Any]
) -> Iterator[tuple[Pointer, Any, Any]]:
    """Yield the values that are not the same JSON; True is not 1 there. None stands for one that is not there."""
    for pointer in keys_of_both(old, new):
        before, after = old.get(pointer), new.get(pointer)
        is_same = json.dumps(before) == json.dumps(after) and (pointer in old) == (
            pointer in new
        )
        if not is_same and _is_in_both(found, pointer):
            yield pointer, before, after


def _is_in_both(found: Findings, pointer: Pointer) -> bool:
    """Return whether both APIs have the node that a place belongs to. One that comes or goes is told as a whole."""
    known = found.old.nodes | found.new.nodes
    for length in range(len(pointer) - 1, 0, -1):
        node = pointer[:length]
        if node in known:
            return node in found.old.nodes and node in found.new.nodes
    return True


def _owners(side: Side) -> dict[Pointer, str]:
    """Return the thing in Python that each place belongs to."""
    owners: dict[Pointer, str] = {}
    for schema in side.schemas.values():
        owners[schema.origin.pointer] = f"models.{schema.name}"
        if isinstance(schema, Model):
            owners |= {
                field.origin.pointer: f"models.{schema.name}" for field in schema.fields
            }
    owners |= {
        operation.origin.pointer: f"client.{operation.call}"
        for operation in side.api.operations
    }
    owners |= {
        event.origin.pointer: f"webhooks.{event.class_name}"
        for event in side.api.events
    }
    return owners


def _place(pointer: Pointer, owners: Mapping[Pointer, str]) -> Place:
    for length in range(len(pointer), 0, -1):
        if pointer[:length] in owners:
            return Place(owners[pointer[:length]], pointer)
    return Place("openapi.json", pointer)
