"""Compare the parameters of an operation: query, headers and path."""

from __future__ import annotations

from .. import openapi
from ..document import mapping
from ..model.api import Operation, Parameter
from . import facts, words
from .builder import Builder, CannotBuildError, class_of, new_parameter
from .finding import Append, Drop, Edit, Put
from .given import Given, schema_at
from .notes import Notes
from .operation_comparison import OperationComparison
from .place_comparison import path_parameters
from .redaction import Redaction
from .schema_comparison import SchemaComparison
from .spellings import ODD_SPELLING, respelled, told, told_required
from .type_edits import retyped
from .type_facts import PLAIN, TEXT, enum_of, kinds, model_of, shown

#: Headers that the client sends by itself: like those of the keys, they are no parameters.
_OWN_HEADERS = frozenset({"content-type", "accept", "user-agent"})


class ParameterComparison(OperationComparison):
    """Note where the parameters of two operations differ."""

    def __init__(
        self, given: Given, notes: Notes, builder: Builder, schemas: SchemaComparison
    ) -> None:
        super().__init__(given, notes, builder, schemas)
        self._redaction = Redaction(given.api)
        self._own_headers = _OWN_HEADERS | {
            family.header.lower() for family in given.api.families
        }

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare all parameters of an operation of both sides."""
        places = [one.place for one in ours.parameters + theirs.parameters]
        for where in dict.fromkeys(places):
            if where != "path":
                self._compare_in(where, ours, theirs)
        self._path(ours, theirs)

    def _compare_in(self, where: str, ours: Operation, theirs: Operation) -> None:
        here, there = _named(ours, where), _named(theirs, where)
        if where == "header":
            there = {
                name: one
                for name, one in there.items()
                if name not in self._own_headers
            }
        spelled = respelled(here, there)
        for name, one in there.items():
            mine = here.get(spelled.get(name, name))
            if mine is None:
                self._new(ours, one)
                continue
            subject = f"{ours.call} {where} {mine.wire_name}"
            is_named = name not in spelled or self._respell(mine, one, subject)
            self._parameter(mine, one, subject, is_named=is_named)
        for name, one in here.items():
            if name not in there and name not in spelled.values():
                subject = f"{ours.call} {where} {one.wire_name}"
                text = "the export has no such parameter"
                self._notes.only_here("parameter", one.origin.pointer, subject, text)

    def _respell(self, ours: Parameter, theirs: Parameter, subject: str) -> bool:
        """Note that the export spells a parameter otherwise; True if the overlay renames it."""
        name, place = theirs.wire_name, ours.origin.pointer
        word = facts.own_word(ours)
        if not _is_fit(theirs):
            text = f"{ODD_SPELLING}; the parameter is {word}"
            self._notes.hand("spelling", place, subject, text)
            return False
        return self._notes.correct(
            "spelling",
            place,
            subject,
            told(ours.wire_name, name, "export"),
            Put((*place, "name"), name),
            thing="parameter",
            evidence=word,
        )

    def _path(self, ours: Operation, theirs: Operation) -> None:
        """Compare the parameters of the path. Their order tells which is which: the names are not sent."""
        here, there = path_parameters(ours), path_parameters(theirs)
        old = openapi.template_names(ours.path)
        new = openapi.template_names(theirs.path)
        if len(old) != len(new):
            return
        for mine, yours in zip(old, new, strict=True):
            if mine in here and yours in there:
                self._parameter(
                    here[mine], there[yours], f"{ours.call} path {mine}", is_named=True
                )

    # -- a parameter of both sides -------------------------------------------------------------------------------------

    def _parameter(
        self, ours: Parameter, theirs: Parameter, subject: str, *, is_named: bool
    ) -> None:
        results = [
            self._type(ours, theirs, subject),
            self._required(ours, theirs, subject),
        ]
        word, own = self._given.word, ours.origin
        if (
            is_named
            and all(results)
            and own.is_stated
            and words.is_better(word, own.evidence)
        ):
            text = f"{own.evidence} -> {word}"
            self._notes.patch(
                "evidence", own.pointer, subject, text, *self._given.raised(own)
            )

    def _type(self, ours: Parameter, theirs: Parameter, subject: str) -> bool:
        place = (*ours.origin.pointer, "schema")
        mine, yours = kinds(ours.type), kinds(theirs.type)
        is_path = ours.place == "path"
        if mine == yours or not yours or (is_path and mine == TEXT):
            enum = enum_of(theirs.type)
            if enum is None or is_path:
                return True
            return self._schemas.values.compare(ours.type, enum, place, subject, None)
        text = f"{shown(ours.type)} in `spec/`, {shown(theirs.type)} in the export"
        has_name = schema_at(self._given.api, ours.type, place) is not None
        is_plain = mine | yours <= PLAIN and len(yours) == 1 and not has_name
        if not is_plain or facts.own_word(ours) != facts.GUESS:
            self._notes.hand("type", place, subject, text)
            return False
        written = mapping(self._given.spec.get(place))
        edits = retyped(place, written, min(yours), nullable=False)
        return self._notes.patch("type", place, subject, text, *edits)

    def _required(self, ours: Parameter, theirs: Parameter, subject: str) -> bool:
        if theirs.required == ours.required or ours.place == "path":
            return True
        word, place = facts.own_word(ours), ours.origin.pointer
        flag = (*place, "required")
        edit: Edit = Put(flag, True) if theirs.required else Drop(flag)
        is_corrected = self._notes.correct(
            "required",
            place,
            subject,
            told_required(theirs.required),
            edit,
            thing="parameter",
            evidence=word,
        )
        return is_corrected or word != facts.GUESS

    # -- a new parameter -----------------------------------------------------------------------------------------------

    def _new(self, ours: Operation, theirs: Parameter) -> None:
        place = ours.origin.pointer
        if theirs.place == "path" or not _is_fit(theirs):
            text = "a parameter of the export cannot be taken over: its name or place is odd"
            self._notes.hand("parameter", place, ours.call, text)
            return
        subject = f"{ours.call} {theirs.place} {theirs.wire_name}"
        text = "a parameter that `spec/` does not have"
        try:
            edits = self._added(ours, theirs)
        except CannotBuildError as error:
            self._notes.hand("parameter", place, subject, f"{text}; {error}")
            return
        self._notes.patch("parameter", (*place, "parameters"), subject, text, *edits)

    def _added(self, ours: Operation, theirs: Parameter) -> list[Edit]:
        name, word = theirs.wire_name, ours.evidence
        if theirs.required and word != facts.GUESS:
            raise CannotBuildError(
                f"it is required in the export, and the operation is {word} without it"
            )
        if model_of(theirs.type) is not None or words.is_amount(name):
            raise CannotBuildError(
                "it is an object, or an amount whose unit is not known"
            )
        built = self._builder.body(
            class_of(ours) + name[:1].upper() + name[1:], theirs.type
        )
        value = new_parameter(
            name, theirs.place, built.value, is_required=theirs.required
        )
        value |= self._redaction.extensions(name, built.value) | self._given.extensions
        return [*built.edits, Append((*ours.origin.pointer, "parameters"), value)]


def _is_fit(theirs: Parameter) -> bool:
    """Return whether the name of a parameter looks like one."""
    name = theirs.wire_name
    return words.is_header(name) if theirs.place == "header" else words.is_name(name)


def _named(operation: Operation, where: str) -> dict[str, Parameter]:
    """Return the parameters of a place by what makes one the same as another; the name of a header has no case."""
    found = [one for one in operation.parameters if one.place == where]
    if where == "header":
        return {one.wire_name.lower(): one for one in found}
    return {one.wire_name: one for one in found}
