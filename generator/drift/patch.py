"""Make edits in a copy of the bundled document."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from ..document import Pointer, child, is_mapping, is_sequence, sequence
from .finding import Append, Drop, Edit, Move, Put, Rename
from .moves import move
from .renames import follow

_MAKING, _DROPPING, _RENAMING, _MOVING = range(4)


def edited(data: dict[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    """Return a copy of a document with the edits made.

    Raises:
        CannotMoveError: An operation cannot be moved without changing another one.
    """
    made = copy.deepcopy(data)
    for edit in in_order(edits):
        make(made, edit)
        if isinstance(edit, Rename):
            follow(made, (*edit.pointer[:-1], edit.key), str(edit.pointer[-1]))
    return made


def in_order(edits: Sequence[Edit]) -> list[Edit]:
    """Return edits in the order in which they are made: first what leaves every place as it is, then the rest."""
    return sorted(edits, key=_rank)


def make(data: dict[str, Any], edit: Edit) -> None:
    """Make one edit in a document.

    Raises:
        CannotMoveError: An operation cannot be moved without changing another one.
    """
    match edit:
        case Put():
            put(data, edit.pointer, edit.value)
        case Append():
            items = sequence(_at(data, edit.pointer))
            put(data, edit.pointer, [*items, edit.value])
        case Drop():
            _drop(data, edit)
        case Rename():
            _rename(data, edit)
        case Move():
            move(data, edit)


def put(data: dict[str, Any], pointer: Pointer, value: object) -> None:
    """Set an entry of a mapping, or an item of a list that is there."""
    holder: Any = data
    for token in pointer[:-1]:
        if is_mapping(holder):
            holder.setdefault(str(token), {})
        holder = child(holder, token)
    last = pointer[-1]
    if is_mapping(holder):
        holder[str(last)] = copy.deepcopy(value)
    elif is_sequence(holder):
        holder[int(last)] = copy.deepcopy(value)


def _rank(edit: Edit) -> tuple[int, int]:
    """Return when an edit is made; of the items of a list, the last one is dropped first."""
    if isinstance(edit, Drop):
        last = edit.pointer[-1]
        return _DROPPING, -last if isinstance(last, int) else 0
    if isinstance(edit, Rename):
        return _RENAMING, -len(edit.pointer)
    return (_MOVING if isinstance(edit, Move) else _MAKING), 0


def _drop(data: dict[str, Any], edit: Drop) -> None:
    pointer = edit.pointer
    if edit.item is not None:
        items = sequence(_at(data, pointer))
        if edit.item not in items:
            return
        pointer = (*pointer, items.index(edit.item))
    holder = _at(data, pointer[:-1])
    if is_sequence(holder):
        del holder[int(pointer[-1])]
        if not holder:
            _drop(data, Drop(pointer[:-1]))
    elif is_mapping(holder):
        holder.pop(str(pointer[-1]), None)


def _rename(data: dict[str, Any], edit: Rename) -> None:
    holder = _at(data, edit.pointer[:-1])
    old = str(edit.pointer[-1])
    entries = list(holder.items())
    holder.clear()
    for key, value in entries:
        holder[edit.key if key == old else key] = value


def _at(data: dict[str, Any], pointer: Pointer) -> Any:
    value: Any = data
    for token in pointer:
        value = child(value, token)
    return value
