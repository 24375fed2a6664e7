"""Compares the parameters of an operation: query, headers and path."""

from __future__ import annotations

from .. import reading
from ..document import Located
from ..model.build import read as read_model
from ..reading import Operation, call_of
from . import facts, words
from .building import Builder, CannotBuildError
from .comparing_places import path_parameters
from .comparing_schemas import SchemaComparison
from .comparing_types import PLAIN_TYPES
from .finding import Append, Drop, Edit, Put
from .given import Given
from .masking import Masking
from .matching import full_path
from .notes import Notes
from .parameters import class_of, key_of, new_parameter, weakest
from .shape import shape
from .spelling import respelled, told

#: Headers that the client sends by itself: like those of the keys, they are no parameters.
_OWN_HEADERS = frozenset({"content-type", "accept", "user-agent"})


class ParameterComparison:
    """Notes where the parameters of two operations differ."""

    def __init__(self, given: Given, notes: Notes, builder: Builder, schemas: SchemaComparison) -> None:
        self._given = given
        self._notes = notes
        self._builder = builder
        self._schemas = schemas
        self._masking = Masking(given.spec)
        families = read_model(given.spec)[0].families
        self._own_headers = _OWN_HEADERS | {family.header.lower() for family in families}

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare all parameters of an operation of both sides."""
        places = [key_of(one)[0] for one in (*ours.parameters(), *theirs.parameters())]
        for where in dict.fromkeys(places):
            if where != "path":
                self._compare_in(where, ours, theirs)
        self._path(ours, theirs)

    def _compare_in(self, where: str, ours: Operation, theirs: Operation) -> None:
        here, there = _named(ours, where), _named(theirs, where)
        if where == "header":
            there = {name: one for name, one in there.items() if name not in self._own_headers}
        spelled = respelled(here, there)
        for name, one in there.items():
            mine = here.get(spelled.get(name, name))
            if mine is None:
                self._new(ours, one)
                continue
            subject = f"{call_of(ours)} {where} {mine.value.get('name')}"
            is_named = name not in spelled or self._respell(mine, one, subject)
            self._parameter(mine, one, subject, is_named=is_named)
        for name, one in here.items():
            if name not in there and name not in spelled.values():
                subject = f"{call_of(ours)} {where} {one.value.get('name')}"
                text = "the export has no such parameter"
                self._notes.only_here("parameter", one.pointer, subject, text)

    def _respell(self, ours: Located, theirs: Located, subject: str) -> bool:
        """Note that the export spells a parameter otherwise; True if the overlay renames it."""
        name = str(theirs.value.get("name"))
        text = told(str(ours.value.get("name")), name, "export")
        word = str(ours.value.get("x-evidence", facts.GUESS))
        is_fit = words.is_header(name) if ours.value.get("in") == "header" else words.is_name(name)
        if not is_fit:
            text = "spelled otherwise in the export, in a way that does not look like a name"
        elif word == facts.GUESS:
            edit = Put((*ours.pointer, "name"), name)
            return self._notes.patch("spelling", ours.pointer, subject, text, edit)
        self._notes.hand("spelling", ours.pointer, subject, f"{text}; the parameter is {word}")
        return False

    def _path(self, ours: Operation, theirs: Operation) -> None:
        """Compare the parameters of the path. Their order tells which is which: the names are not sent."""
        here, there = path_parameters(ours), path_parameters(theirs)
        old, new = reading.template_names(ours.path), reading.template_names(full_path(theirs))
        if len(old) != len(new):
            return
        for mine, yours in zip(old, new, strict=True):
            if mine in here and yours in there:
                self._parameter(here[mine], there[yours], f"{call_of(ours)} path {mine}", is_named=True)

    # -- a parameter of both sides -------------------------------------------------------------------------------------

    def _parameter(self, ours: Located, theirs: Located, subject: str, *, is_named: bool) -> None:
        results = [self._type(ours, theirs, subject), self._required(ours, theirs, subject)]
        own = ours.value.get("x-evidence")
        word = self._given.word
        if is_named and all(results) and isinstance(own, str) and words.is_better(word, own):
            edits = facts.raised(self._given.spec, ours.pointer, word, self._given.source)
            self._notes.patch("evidence", ours.pointer, subject, f"{own} -> {word}", *edits)

    def _type(self, ours: Located, theirs: Located, subject: str) -> bool:
        place = (*ours.pointer, "schema")
        mine = shape(self._given.spec, place)
        yours = shape(self._given.theirs, (*theirs.pointer, "schema"))
        is_path = ours.value.get("in") == "path"
        if mine.types == yours.types or not yours.types or (is_path and mine.is_only("string")):
            if yours.enum is None or is_path:
                return True
            return self._schemas.values.compare(mine, yours, place, subject, None)
        text = f"{mine.shown} in `spec/`, {yours.shown} in the export"
        is_plain = mine.types | yours.types <= PLAIN_TYPES and len(yours.types) == 1 and not mine.key
        if not is_plain or ours.value.get("x-evidence", facts.GUESS) != facts.GUESS:
            self._notes.hand("type", place, subject, text)
            return False
        edits: list[Edit] = [Put((*place, "type"), next(iter(yours.types)))]
        if "format" in mine.data:
            edits.append(Drop((*place, "format")))
        return self._notes.patch("type", place, subject, text, *edits)

    def _required(self, ours: Located, theirs: Located, subject: str) -> bool:
        is_required = theirs.value.get("required") is True
        is_same = is_required == (ours.value.get("required") is True)
        if is_same or ours.value.get("in") == "path":
            return True
        text = f"{'required' if is_required else 'not required'} in the export, and not so in `spec/`"
        word = ours.value.get("x-evidence", facts.GUESS)
        if word != facts.GUESS:
            text += f"; the parameter is {word}"
            self._notes.hand("required", ours.pointer, subject, text)
            return True
        flag = (*ours.pointer, "required")
        edit: Edit = Put(flag, True) if is_required else Drop(flag)
        return self._notes.patch("required", ours.pointer, subject, text, edit)

    # -- a new parameter -----------------------------------------------------------------------------------------------

    def _new(self, ours: Operation, theirs: Located) -> None:
        where, name = str(theirs.value.get("in")), str(theirs.value.get("name"))
        is_fit = words.is_header(name) if where == "header" else words.is_name(name)
        if where not in ("query", "header") or not is_fit:
            text = "a parameter of the export cannot be taken over: its name or place is odd"
            self._notes.hand("parameter", ours.pointer, call_of(ours), text)
            return
        subject = f"{call_of(ours)} {where} {name}"
        text = "a parameter that `spec/` does not have"
        try:
            edits = self._added(ours, theirs)
        except CannotBuildError as error:
            self._notes.hand("parameter", ours.pointer, subject, f"{text}; {error}")
            return
        self._notes.patch("parameter", (*ours.pointer, "parameters"), subject, text, *edits)

    def _added(self, ours: Operation, theirs: Located) -> list[Edit]:
        where, name = str(theirs.value.get("in")), str(theirs.value.get("name"))
        is_required = theirs.value.get("required") is True
        if is_required and weakest(ours) != facts.GUESS:
            word = weakest(ours)
            raise CannotBuildError(f"it is required in the export, and the operation is {word} without it")
        place = (*theirs.pointer, "schema")
        if shape(self._given.theirs, place).is_object or words.is_amount(name):
            raise CannotBuildError("it is an object, or an amount whose unit is not known")
        built = self._builder.body(class_of(ours) + name[:1].upper() + name[1:], place)
        value = new_parameter(name, where, built.value, is_required=is_required)
        value |= self._masking.marks(name, built.value) | self._given.marks
        return [*built.edits, Append((*ours.pointer, "parameters"), value)]


def _named(operation: Operation, where: str) -> dict[str, Located]:
    found = {key_of(one): one for one in operation.parameters()}
    return {name: one for (place, name), one in found.items() if place == where}
