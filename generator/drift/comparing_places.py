"""Compares the method and the path of an operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import reading
from ..document import Located, mapping, sequence
from ..naming import snake
from ..reading import Operation, call_of
from . import facts, words
from .finding import Append, Drop, Edit, Move, Put
from .given import Given
from .matching import bare, full_path
from .notes import Notes
from .parameters import new_parameter
from .shape import shape


class _UnclearError(Exception):
    """A program cannot tell what becomes of the parameters of a path; the message says why."""


class _Template(NamedTuple):
    """A new path with our names of its parameters, and the edits of these."""

    path: str
    edits: tuple[Edit, ...] = ()


class PlaceComparison:
    """Notes where an operation has another place, and raises the evidence of the same one."""

    def __init__(self, given: Given, notes: Notes) -> None:
        self._given = given
        self._notes = notes

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare an operation of both sides."""
        marks = mapping(ours.data.get("x-evidence"))
        word = self._given.word
        known = self._known(ours, theirs)
        raised = [part for part in known if words.is_better(word, str(marks.get(part)))]
        if raised:
            text = "; ".join(f"{part}: {marks.get(part)} -> {word}" for part in raised)
            edits: list[Edit] = [Put((*ours.pointer, "x-evidence", part), word) for part in raised]
            edits += facts.with_source(self._given.spec, ours.pointer, self._given.source)
            self._notes.patch("evidence", ours.pointer, call_of(ours), text, *edits)

    def _known(self, ours: Operation, theirs: Operation) -> list[str]:
        """Return which of method and path the export confirms, once the overlay is applied."""
        path = full_path(theirs)
        is_same = {"method": ours.method == theirs.method, "path": bare(ours.path) == bare(path)}
        wrong = [part for part, same in is_same.items() if not same]
        if not wrong or self._move(ours, theirs, wrong):
            return list(is_same)
        return [part for part in is_same if part not in wrong]

    def _move(self, ours: Operation, theirs: Operation, wrong: list[str]) -> bool:
        """Note the other place; True if the overlay moves the operation there."""
        path, subject, kind = full_path(theirs), call_of(ours), wrong[-1]
        text = f"{ours.title} in `spec/`, {title_of(theirs)} in the export"
        if not words.is_path(path):
            text = (
                f"{ours.title} in `spec/`; the path in the export does not look like the template of a path"
            )
        try:
            self._refuse_what_is_known(ours, wrong)
            template = self._template(ours, theirs, is_same_path="path" not in wrong)
            self._refuse_what_is_taken(ours, theirs.method, template.path)
        except _UnclearError as error:
            self._notes.hand(kind, ours.pointer, subject, f"{text}; {error}")
            return False
        move = Move(ours.path, ours.method, self._spelt(template.path), theirs.method)
        return self._notes.patch(kind, ours.pointer, subject, text, *template.edits, move)

    def _refuse_what_is_known(self, ours: Operation, wrong: list[str]) -> None:
        marks = mapping(ours.data.get("x-evidence"))
        known = [f"the {part} is {marks.get(part)}" for part in wrong if marks.get(part) != facts.GUESS]
        if known:
            raise _UnclearError(f"{' and '.join(known)}, which contradicts it")

    def _refuse_what_is_taken(self, ours: Operation, method: str, path: str) -> None:
        for other in reading.operations(self._given.spec):
            is_there = other.method == method and bare(other.path) == bare(path)
            if is_there and other.pointer != ours.pointer:
                raise _UnclearError(f"`spec/` has {call_of(other)} there")

    def _spelt(self, template: str) -> str:
        """Return the template as `spec/` already spells it, if it has that path for another method."""
        names = reading.template_names(template)
        for path in mapping(self._given.spec.data.get("paths")):
            if bare(path) == bare(template) and reading.template_names(path) == names:
                return path
        return template

    # -- the parameters of a path --------------------------------------------------------------------------------------

    def _template(self, ours: Operation, theirs: Operation, *, is_same_path: bool) -> _Template:
        path = full_path(theirs)
        if not words.is_path(path):
            raise _UnclearError("it may be one that somebody called")
        if is_same_path:
            return _Template(ours.path)
        old, new = reading.template_names(ours.path), reading.template_names(path)
        if len(old) == len(new) == 1:
            return _Template(path.replace(f"{{{new[0]}}}", f"{{{old[0]}}}"))
        by_name = {snake(name): name for name in old}
        kept = {name: by_name[snake(name)] for name in new if snake(name) in by_name}
        gone = [name for name in old if name not in kept.values()]
        added = [name for name in new if name not in kept]
        if gone and added:
            raise _UnclearError("which parameter of the path became which is not clear")
        if any(not words.is_name(name) for name in new) or len(set(new)) < len(new):
            raise _UnclearError("a parameter of the path has an odd name")
        edits = [*_dropped(ours, gone), *self._added(ours, theirs, added)]
        for name, our_name in kept.items():
            path = path.replace(f"{{{name}}}", f"{{{our_name}}}")
        return _Template(path, tuple(edits))

    def _added(self, ours: Operation, theirs: Operation, names: list[str]) -> Iterator[Edit]:
        declared = path_parameters(theirs)
        for name in names:
            kinds = frozenset({"string"})
            if name in declared:
                found = shape(self._given.theirs, (*declared[name].pointer, "schema"))
                kinds = found.types & {"string", "integer"}
            schema = {"type": min(kinds, default="string")}
            value = new_parameter(name, "path", schema, is_required=True)
            yield Append((*ours.pointer, "parameters"), value)


def _dropped(ours: Operation, names: list[str]) -> Iterator[Edit]:
    used = str(mapping(ours.data.get("x-call-facts")))
    own = [mapping(one).get("name") for one in sequence(ours.data.get("parameters"))]
    for name in names:
        if f"$request.path.{name}" in used:
            raise _UnclearError(f"`x-call-facts` needs the parameter {name!r}, which the path has no more")
        if name not in own:
            raise _UnclearError(f"the parameter {name!r} is declared for several operations")
        yield Drop((*ours.pointer, "parameters", own.index(name)))


def path_parameters(operation: Operation) -> dict[str, Located]:
    """Return the declared parameters of a path by their names."""
    return {
        str(one.value.get("name")): one for one in operation.parameters() if one.value.get("in") == "path"
    }


def title_of(theirs: Operation) -> str:
    """Return what messages call an operation of an export."""
    path = full_path(theirs)
    return f"{theirs.method.upper()} {path if words.is_path(path) else 'of an odd path'}"
