"""Compare the method and the path of an operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import openapi
from ..identifiers import snake
from ..model import query
from ..model.api import Operation, Parameter
from . import facts, words
from .builder import new_parameter
from .finding import Append, Drop, Edit, Move, Put
from .operation_comparison import OperationComparison
from .operation_matches import bare
from .type_facts import kinds


class _UnclearError(Exception):
    """Raised when a program cannot tell what becomes of the parameters of a path; the message says why."""


class _Template(NamedTuple):
    """A new path with our names of its parameters, and the edits of these."""

    path: str
    edits: tuple[Edit, ...] = ()


class PlaceComparison(OperationComparison):
    """Note where an operation has another place, and raise the evidence of the same one."""

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare an operation of both sides."""
        levels = _levels(ours)
        word, place = self._given.word, ours.origin.pointer
        raised = [
            part
            for part in self._known(ours, theirs)
            if words.is_better(word, levels[part])
        ]
        if raised:
            text = "; ".join(f"{part}: {levels[part]} -> {word}" for part in raised)
            edits: list[Edit] = [
                Put((*place, "x-evidence", part), word) for part in raised
            ]
            edits += facts.with_source(ours.origin, self._given.source)
            self._notes.patch("evidence", place, ours.call, text, *edits)

    def _known(self, ours: Operation, theirs: Operation) -> list[str]:
        """Return which of method and path the export confirms, once the overlay is applied."""
        is_same = {
            "method": ours.http_method == theirs.http_method,
            "path": bare(ours.path) == bare(theirs.path),
        }
        wrong = [part for part, same in is_same.items() if not same]
        if not wrong or self._move(ours, theirs, wrong):
            return list(is_same)
        return [part for part in is_same if part not in wrong]

    def _move(self, ours: Operation, theirs: Operation, wrong: list[str]) -> bool:
        """Note the other place; True if the overlay moves the operation there."""
        kind, place = wrong[-1], ours.origin.pointer
        text = f"{ours.title} in `spec/`, {title_of(theirs)} in the export"
        if not words.is_path(theirs.path):
            text = f"{ours.title} in `spec/`; the path in the export does not look like the template of a path"
        try:
            _refuse_what_is_known(ours, wrong)
            template = _template(ours, theirs, is_same_path="path" not in wrong)
            self._refuse_what_is_taken(ours, theirs.http_method, template.path)
        except _UnclearError as error:
            self._notes.hand(kind, place, ours.call, f"{text}; {error}")
            return False
        path = self._spelt(template.path)
        move = Move(
            ours.path, ours.http_method.lower(), path, theirs.http_method.lower()
        )
        return self._notes.patch(kind, place, ours.call, text, *template.edits, move)

    def _refuse_what_is_taken(self, ours: Operation, method: str, path: str) -> None:
        for other in query.in_written_order(self._given.api):
            is_there = other.http_method == method and bare(other.path) == bare(path)
            if is_there and other is not ours:
                raise _UnclearError(f"`spec/` has {other.call} there")

    def _spelt(self, template: str) -> str:
        """Return the template as `spec/` already spells it, if it has that path for another method."""
        names = openapi.template_names(template)
        for operation in self._given.api.operations:
            path = operation.path
            if bare(path) == bare(template) and openapi.template_names(path) == names:
                return path
        return template


def _levels(ours: Operation) -> dict[str, str]:
    return {"method": ours.method_evidence, "path": ours.path_evidence}


def _refuse_what_is_known(ours: Operation, wrong: list[str]) -> None:
    levels = _levels(ours)
    known = [
        f"the {part} is {levels[part]}" for part in wrong if levels[part] != facts.GUESS
    ]
    if known:
        raise _UnclearError(f"{' and '.join(known)}, which contradicts it")


# -- the parameters of a path ------------------------------------------------------------------------------------------


def _template(ours: Operation, theirs: Operation, *, is_same_path: bool) -> _Template:
    path = theirs.path
    if not words.is_path(path):
        raise _UnclearError("it may be one that somebody called")
    if is_same_path:
        return _Template(ours.path)
    old, new = openapi.template_names(ours.path), openapi.template_names(path)
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
    edits = list(_dropped(ours, gone))
    edits += _added(ours, theirs, added)
    for name, our_name in kept.items():
        path = path.replace(f"{{{name}}}", f"{{{our_name}}}")
    return _Template(path, tuple(edits))


def _added(ours: Operation, theirs: Operation, names: list[str]) -> Iterator[Edit]:
    declared = path_parameters(theirs)
    for name in names:
        found = kinds(declared[name].type) if name in declared else frozenset[str]()
        schema = {"type": min(found & {"string", "integer"}, default="string")}
        value = new_parameter(name, "path", schema, is_required=True)
        yield Append((*ours.origin.pointer, "parameters"), value)


def _dropped(ours: Operation, names: list[str]) -> Iterator[Edit]:
    own = path_parameters(ours)
    listed = (*ours.origin.pointer, "parameters")
    for name in names:
        place = own[name].origin.pointer if name in own else ()
        if f"$request.path.{name}" in ours.facts.values():
            raise _UnclearError(
                f"`x-call-facts` needs the parameter {name!r}, which the path has no more"
            )
        if place[:-1] != listed:
            raise _UnclearError(
                f"the parameter {name!r} is declared for several operations"
            )
        yield Drop(place)


def path_parameters(operation: Operation) -> dict[str, Parameter]:
    """Return the declared parameters of a path by their names."""
    return {one.wire_name: one for one in operation.parameters if one.place == "path"}


def title_of(theirs: Operation) -> str:
    """Return what messages call an operation of an export."""
    return f"{theirs.http_method} {theirs.path if words.is_path(theirs.path) else 'of an odd path'}"
