"""Run the actions of overlays on a copy of a document, and keep its source map true."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonpath import JSONPath

from ..diagnostics import Diagnostic
from ..document import (
    Document,
    Location,
    Mark,
    Pointer,
    is_mapping,
    is_sequence,
    reference_of,
)
from . import copied_operations
from .actions import Action
from .queries import BAD_QUERY, advice, selected

#: Keys that may stand beside a `$ref` and are read there; any other keyword would be lost.
_BESIDE_A_REFERENCE = frozenset(
    {"summary", "description", "title", "default", "deprecated", "example", "examples"}
)


class _Value(NamedTuple):
    """A value to merge.

    Attributes:
        data: The value.
        place: Where it is written, or where the copy is written that brings it.
        name: The name in messages.
        fix: The advice if an object is expected, and that if a single value is.
        source: The place in the document that it was copied from, if it was.
    """

    data: Any
    place: Mark
    name: str
    fix: tuple[str, str]
    source: Pointer | None = None


_FIX_UPDATE = (
    "write the keys to merge, each with its value",
    "write a single value; or target the object that holds it, after a `remove`",
)
_FIX_COPY = ("copy an object, whose keys are merged", "copy a single value")


class Editor:
    """Run actions on a copy of a document, and keep its source map true.

    A value that an overlay brings has its place there, and one that it copies has the place of the copy. So
    has each object and list that it changed, without the parts that it left alone: a fault of the whole is its fault.
    """

    def __init__(self, document: Document) -> None:
        self.document = Document(copy.deepcopy(document.data), _own(document.marks))
        self.diagnostics: list[Diagnostic] = []
        self._copied: list[copied_operations.CopiedOperation] = []

    def run(self, action: Action) -> None:
        """Run one action; what keeps it from being done is reported, and the next one still runs."""
        pointers = self._selected(
            action.query, action.target, action.mark.child("target"), "target"
        )
        if pointers is None:
            return
        if not pointers:
            self._report_no_target(action)
        elif action.remove:
            # The last item of a list comes first, and a part before its holder: places stay true that way.
            for pointer in sorted(
                pointers, key=lambda parts: (len(parts), parts), reverse=True
            ):
                self._remove(pointer, action)
        elif self._fit_each_other(pointers, action):
            self._update_all(pointers, action)

    def _update_all(self, pointers: list[Pointer], action: Action) -> None:
        value = self._value(pointers, action)
        if value is None:
            return
        for pointer in pointers:
            self._update(pointer, action, value)
            if value.source is not None:
                found = copied_operations.copied_by(
                    self.document, value.source, pointer, value.place
                )
                self._copied.extend(found)

    def diagnostics_of_copies(self) -> Iterator[Diagnostic]:
        """Yield what is wrong with the operations that were copied, once all actions are done."""
        for copied in self._copied:
            yield from copied_operations.diagnostics(self.document, copied)

    def _selected(
        self, query: JSONPath, text: str, mark: Mark, key: str
    ) -> list[Pointer] | None:
        """Return the places that a query selects; None if it cannot be looked up, which is reported."""
        try:
            return selected(query, self.document.data)
        except BAD_QUERY as error:
            message = f"the {key} {text!r} cannot be looked up: {error.args[0]}"
            self._report(mark, message, "write a simpler one")
            return None

    def _report_no_target(self, action: Action) -> None:
        message = f"the target {action.target!r} matches nothing"
        fix = advice(action.query, self.document.data)
        if action.source is not None:
            fix += "; a copy makes no target: make it with an `update` before, such as `/v1/new: {post: {}}`"
        self._report(action.mark.child("target"), message, fix)

    def _fit_each_other(self, pointers: list[Pointer], action: Action) -> bool:
        """Return whether the targets are all objects, all lists or all single values, as Overlay 1.1 wants them."""
        kinds = list(
            dict.fromkeys(_kind(self.document.get(pointer)) for pointer in pointers)
        )
        if action.minor == 0 or len(kinds) == 1:
            return True
        message = f"the target {action.target!r} selects {' and '.join(kinds)}, which take different values"
        self._report(action.mark.child("target"), message, "write an action for each")
        return False

    def _value(self, pointers: list[Pointer], action: Action) -> _Value | None:
        """Return what to merge into the targets; None if there is none, which is reported."""
        if action.source is None:
            return _Value(
                action.update, action.mark.child("update"), "`update`", _FIX_UPDATE
            )
        mark = action.mark.child("copy")
        sources = self._selected(action.source, action.copied, mark, "copy")
        if sources is None:
            return None
        if not sources:
            message = f"the copy {action.copied!r} matches nothing"
            self._report(mark, message, advice(action.source, self.document.data))
        elif len(sources) > 1:
            message = f"the copy {action.copied!r} selects {len(sources)} places"
            self._report(mark, message, "name exactly one, or write an action for each")
        elif sources[0] in pointers:
            message = f"the copy {action.copied!r} would go into itself, which doubles its lists"
            self._report(mark, message, "copy it to another place")
        else:
            data = copy.deepcopy(self.document.get(sources[0]))
            return _Value(
                data,
                _placed(data, mark.location),
                "what is copied",
                _FIX_COPY,
                sources[0],
            )
        return None

    def _update(self, pointer: Pointer, action: Action, new: _Value) -> None:
        value, mark = self.document.get(pointer), self._mark(pointer)
        message = (
            f"the target selects {_kind(value)}, and {new.name} is {_kind(new.data)}"
        )
        if is_sequence(value):
            self._join(value, mark, action, new)
        elif is_mapping(value):
            if is_mapping(new.data):
                self._merge(value, mark, new.data, new.place)
            else:
                self._report(new.place, message, new.fix[0])
        elif action.minor == 0:
            message = f"the target {action.target!r} selects a single value, into which nothing can be merged"
            fix = (
                "target the object that holds it, and write its key and new value under `update:`; or write "
                "`overlay: 1.1.0` at the top, where an update replaces a single value"
            )
            self._report(action.mark.child("target"), message, fix)
        elif _kind(new.data) in _CONTAINERS:
            self._report(new.place, message, new.fix[1])
        else:
            self._replace(pointer, new)

    def _join(self, value: list[Any], mark: Mark, action: Action, new: _Value) -> None:
        """Join a list to a list, as Overlay 1.1 does. To 1.0 it is one more entry, as anything else is."""
        if action.minor and is_sequence(new.data):
            places = [new.place.child(index) for index in range(len(new.data))]
            self._append(value, mark, new.data, places)
        else:
            self._append(value, mark, [new.data], [new.place])

    def _replace(self, pointer: Pointer, new: _Value) -> None:
        *outer, last = pointer
        holder, mark = self.document.get(tuple(outer)), self._mark(tuple(outer))
        holder[last] = new.data
        mark.location, mark.children[str(last)] = new.place.location, _own(new.place)

    def _merge(
        self, old: dict[str, Any], mark: Mark, new: dict[str, Any], place: Mark
    ) -> None:
        for key, value in new.items():
            there, source = old.get(key), place.child(key)
            if is_mapping(there) and is_mapping(value):
                inner = mark.children.setdefault(key, Mark(mark.location))
                self._merge(there, inner, value, source)
            elif is_sequence(there) and is_sequence(value):
                inner = mark.children.setdefault(key, Mark(mark.location))
                self._append(
                    there,
                    inner,
                    value,
                    [source.child(index) for index in range(len(value))],
                )
            elif (
                key in old
                and _kind(there) != _kind(value)
                and {_kind(there), _kind(value)} & _CONTAINERS
            ):
                message = f"`{key}` is {_kind(there)}, into which {_kind(value)} cannot be merged"
                self._report(
                    source, message, f"remove `{key}` in an action before this one"
                )
            else:
                old[key], mark.children[key] = copy.deepcopy(value), _own(source)
        mark.location = place.location
        reference = reference_of(old)
        beside = old if "$ref" in new else new
        lost = [key for key in beside if _is_lost_beside_a_reference(key)]
        if reference and lost:
            names = ", ".join(f"`{name}`" for name in lost)
            message = f"{names} beside the `$ref` to '{reference}' would be lost"
            self._report(
                place,
                message,
                "target what it refers to, or remove the object that holds it first",
            )

    @staticmethod
    def _append(old: list[Any], mark: Mark, new: list[Any], places: list[Mark]) -> None:
        for item, place in zip(new, places, strict=True):
            mark.children[str(len(old))] = _own(place)
            mark.location = place.location
            old.append(copy.deepcopy(item))

    def _remove(self, pointer: Pointer, action: Action) -> None:
        if not pointer:
            message = "the document as a whole cannot be removed"
            self._report(action.mark.child("target"), message, "target a part of it")
            return
        *outer, last = pointer
        holder, mark = self.document.get(tuple(outer)), self._mark(tuple(outer))
        marks, mark.location = mark.children, action.mark.location
        if is_mapping(holder):
            del holder[str(last)]
            marks.pop(str(last), None)
        elif is_sequence(holder):
            gone = int(last)
            del holder[gone]
            kept = {
                index: marks.pop(str(index))
                for index in range(len(holder) + 1)
                if str(index) in marks
            }
            marks.update(
                (str(i - (i > gone)), mark) for i, mark in kept.items() if i != gone
            )

    def _mark(self, pointer: Pointer) -> Mark:
        """Return the mark at a place, made where it is not known, so that its children can be set."""
        mark = self.document.marks
        for token in pointer:
            mark = mark.children.setdefault(str(token), Mark(mark.location))
        return mark

    def _report(self, mark: Mark, message: str, fix: str) -> None:
        self.diagnostics.append(
            Diagnostic(mark.location.file, mark.location.line, message, fix)
        )


_CONTAINERS = {"an object", "a list"}


def _kind(value: object) -> str:
    if is_mapping(value):
        return "an object"
    return "a list" if is_sequence(value) else "a single value"


def _is_lost_beside_a_reference(key: str) -> bool:
    return key != "$ref" and key not in _BESIDE_A_REFERENCE and not key.startswith("x-")


def _own(mark: Mark) -> Mark:
    """Return a copy of a mark with copies of its children; in a document two places may share one."""
    return Mark(
        mark.location, {key: _own(inner) for key, inner in mark.children.items()}
    )


def _placed(value: object, location: Location) -> Mark:
    """Return a mark for a value whose parts have one place, each with a mark of its own that later actions change."""
    if is_mapping(value):
        return Mark(
            location, {key: _placed(inner, location) for key, inner in value.items()}
        )
    if is_sequence(value):
        return Mark(
            location,
            {str(index): _placed(inner, location) for index, inner in enumerate(value)},
        )
    return Mark(location)
