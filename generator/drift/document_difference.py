"""Turn the difference of two documents into actions of an overlay.

An overlay of version 1.1 merges objects, joins lists and replaces single values. All else is a removal and an update.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ..document import Pointer, is_container, is_mapping, is_sequence
from ..overlays.queries import written
from .moves import Action

#: Operations and named schemas have pointers of this length: an action is about one of them.
_ACTION_LENGTH = 3


class Change(NamedTuple):
    """An action, and the place that it changes."""

    place: Pointer
    action: Action


class _Place(NamedTuple):
    """A place in the document, and the JSONPath that selects it."""

    pointer: Pointer
    target: str

    def entry(self, key: str) -> _Place:
        return _Place(
            (*self.pointer, key), self.target + written((key,)).removeprefix("$")
        )

    def item(self, index: int, value: dict[str, Any]) -> _Place:
        """Return an item of a list; a parameter is selected by what it is, wherever it stands."""
        selector = f"[{index}]"
        if "name" in value and "in" in value:
            selector = f"[?@.name == {value['name']!r} && @.in == {value['in']!r}]"
        return _Place((*self.pointer, index), self.target + selector)


def difference(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return the actions that make the new document of the old one."""
    found = _Difference()
    found.compare(_Place((), "$"), old, new)
    return found.changes


class _Difference:
    def __init__(self) -> None:
        self.changes: list[Change] = []

    def compare(self, place: _Place, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Note the actions for an object that is large enough to be a target, and for all in it."""
        update = self._update_of(place, old, new)
        if len(place.pointer) >= _ACTION_LENGTH:
            self._update(place, place, update)
            return
        for key, value in update.items():
            self._update(place.entry(key), place, {key: value})

    def _update_of(
        self, place: _Place, old: dict[str, Any], new: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what to merge into an object, and note the actions that have to come before."""
        for key in old:
            if key not in new:
                self._remove(place.entry(key))
        update: dict[str, Any] = {}
        for key, value in new.items():
            if key not in old:
                update[key] = value
            elif not _is_same(old[key], value):
                update |= self._entry(place.entry(key), old[key], value)
        return update

    def _entry(self, place: _Place, old: object, new: object) -> dict[str, Any]:
        """Return what to merge into the holder of a changed entry: the entry, or nothing."""
        key = str(place.pointer[-1])
        if is_mapping(old) and is_mapping(new):
            return self._object(place, old, new)
        if is_sequence(old) and is_sequence(new):
            if _is_grown(old, new):
                return self._grown(place, old, new)
            if _is_thinned(old, new):
                return self._thinned(place, old, new)
        if is_container(old) or is_container(new):
            self._remove(place)
        return {key: new}

    def _object(
        self, place: _Place, old: dict[str, Any], new: dict[str, Any]
    ) -> dict[str, Any]:
        if len(place.pointer) <= _ACTION_LENGTH:
            self.compare(place, old, new)
            return {}
        update = self._update_of(place, old, new)
        return {str(place.pointer[-1]): update} if update else {}

    def _grown(self, place: _Place, old: list[Any], new: list[Any]) -> dict[str, Any]:
        """Note what changed in the items; what was added is joined to the list."""
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            if not _is_same(one, other):
                item = place.item(index, one)
                self._update(item, item, self._update_of(item, one, other))
        added = new[len(old) :]
        return {str(place.pointer[-1]): added} if added else {}

    def _thinned(self, place: _Place, old: list[Any], new: list[Any]) -> dict[str, Any]:
        for value in old:
            if value not in new:
                target = f"{place.target}[?@ == {value!r}]"
                self.changes.append(
                    Change(place.pointer, {"target": target, "remove": True})
                )
        added = [value for value in new if value not in old]
        return {str(place.pointer[-1]): added} if added else {}

    def _update(self, changed: _Place, target: _Place, update: dict[str, Any]) -> None:
        if update:
            self.changes.append(
                Change(changed.pointer, {"target": target.target, "update": update})
            )

    def _remove(self, place: _Place) -> None:
        self.changes.append(
            Change(place.pointer, {"target": place.target, "remove": True})
        )


def _is_same(one: object, other: object) -> bool:
    """Return whether two values are the same JSON; to Python, `1` and `true` are equal."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _is_grown(old: list[Any], new: list[Any]) -> bool:
    """Return whether each item is there still, or is an object that changed inside."""
    if len(new) < len(old):
        return False
    pairs = zip(old, new, strict=False)
    return all(
        _is_same(one, other) or (is_mapping(one) and is_mapping(other))
        for one, other in pairs
    )


def _is_thinned(old: list[Any], new: list[Any]) -> bool:
    """Return whether texts were taken out of a list of different texts, and others perhaps added at its end."""
    if not all(isinstance(value, str) for value in old + new):
        return False
    if len(set(old)) < len(old):
        return False
    kept = [value for value in old if value in new]
    added = [value for value in new if value not in old]
    return bool(kept) and new == [*kept, *added]
