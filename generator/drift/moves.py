"""Move operations and rename entries, in the document and as actions of an overlay, which copy and then remove."""

from __future__ import annotations

import copy
from typing import Any

from ..document import Pointer, is_container, is_mapping, is_sequence, mapping
from ..openapi import METHODS
from ..overlays.queries import written
from .finding import Move, Rename

Action = dict[str, Any]


class CannotMoveError(Exception):
    """Raised when an operation cannot be moved without changing another one; the message says why."""


def move(data: dict[str, Any], edit: Move) -> None:
    """Move an operation in a document; what its path shares with others is copied.

    Raises:
        CannotMoveError: The new path is there, and one of the two shares something among its operations.
    """
    paths = data["paths"]
    item = paths[edit.path]
    shared = _shared(item)
    if edit.new_path not in paths:
        paths[edit.new_path] = copy.deepcopy(shared)
    elif edit.new_path != edit.path and (shared or _shared(paths[edit.new_path])):
        raise CannotMoveError(
            "the operation would move between paths that share parameters or servers"
        )
    paths[edit.new_path][edit.new_method] = item.pop(edit.method)
    if not item.keys() & set(METHODS):
        del paths[edit.path]


def move_actions(data: dict[str, Any], edit: Move) -> list[Action]:
    """Return the actions that move an operation of a document."""
    paths = data["paths"]
    item = paths[edit.path]
    shared = {} if edit.new_path in paths else _shared(item)
    target: dict[str, object] = {edit.new_method: {}}
    target |= {key: _empty(value) for key, value in shared.items()}
    actions: list[Action] = [
        {"target": "$['paths']", "update": {edit.new_path: target}},
        {"target": written(edit.new_pointer), "copy": written(edit.pointer)},
    ]
    for key, value in shared.items():
        if is_container(value):
            old, new = ("paths", edit.path, key), ("paths", edit.new_path, key)
            actions.append({"target": written(new), "copy": written(old)})
    is_last = len(item.keys() & set(METHODS)) == 1 and edit.new_path != edit.path
    gone: Pointer = edit.pointer[:2] if is_last else edit.pointer
    actions.append({"target": written(gone), "remove": True})
    return actions


def rename_actions(edit: Rename) -> list[Action]:
    """Return the actions that give an entry another key; all that it holds, extensions included, stays as it is."""
    *outer, _ = edit.pointer
    return [
        {"target": written(tuple(outer)), "update": {edit.key: {}}},
        {"target": written((*outer, edit.key)), "copy": written(edit.pointer)},
        {"target": written(edit.pointer), "remove": True},
    ]


def _shared(item: dict[str, Any]) -> dict[str, Any]:
    """Return what all operations of a path have in common."""
    return {key: value for key, value in mapping(item).items() if key not in METHODS}


def _empty(value: object) -> object:
    if is_mapping(value):
        return {}
    return [] if is_sequence(value) else value
