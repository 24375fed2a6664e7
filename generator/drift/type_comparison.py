"""Compare type, format and null of a property, and its contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..document import Pointer, mapping
from ..model.api import Field, Model
from . import facts
from .finding import Edit, Put
from .given import Given, wrapper_at
from .notes import Notes
from .type_edits import made_nullable, retyped
from .type_facts import (
    PLAIN,
    TEXT,
    choices,
    enum_of,
    format_of,
    item_of,
    kinds,
    model_of,
    shown,
    takes_null,
)

if TYPE_CHECKING:
    from .schema_comparison import SchemaComparison

_FORMATS = ("date-time", "date", "uri", "email")


class Pair(NamedTuple):
    """A property of both sides.

    Attributes:
        ours: The property in `spec/`.
        theirs: The property in the export.
        subject: Its name for people.
    """

    ours: Field
    theirs: Field
    subject: str

    @property
    def place(self) -> Pointer:
        """Return where `spec/` has it."""
        return self.ours.origin.pointer

    @property
    def text(self) -> str:
        """Return the two types, for people."""
        return f"{shown(self.ours.type)} in `spec/`, {shown(self.theirs.type)} in the export"


class TypeComparison:
    """Note where the types of two properties differ."""

    def __init__(self, given: Given, notes: Notes, schemas: SchemaComparison) -> None:
        self._given = given
        self._notes = notes
        self._schemas = schemas

    def compare(self, pair: Pair) -> bool:
        """Compare a property; True if the two agree once the overlay is applied."""
        here, there = pair.ours.type, pair.theirs.type
        if not kinds(there):
            return False
        if pair.ours.wrapped_as:
            return self._wrapped(pair)
        if choices(here) or choices(there):
            return self._unions(pair)
        if kinds(here) != kinds(there):
            return self._new_type(pair)
        self._notes.agree("type", pair.place)
        results = [self._null(pair), self._format(pair), self._content(pair)]
        return all(results)

    def _unions(self, pair: Pair) -> bool:
        ours, theirs = pair.ours.type, pair.theirs.type
        if kinds(ours) != kinds(theirs) or bool(choices(ours)) != bool(choices(theirs)):
            self._notes.hand("type", pair.place, pair.subject, f"a union: {pair.text}")
            return False
        return self._schemas.compare(ours, theirs, pair.place, pair.subject)

    def _wrapped(self, pair: Pair) -> bool:
        """Compare a value that webhooks wrap in an object: its type in the model is that of the value alone."""
        variants = choices(pair.theirs.type)
        models = list(filter(None, map(model_of, variants)))
        plain = [one for one in variants if model_of(one) is None]
        mine = kinds(pair.ours.type)
        wrapper = wrapper_at(self._given.api, pair.place)
        is_same = len(models) == len(plain) == 1 and kinds(plain[0]) == mine
        if not is_same:
            ours = " or ".join(sorted(mine | {"object"}))
            text = (
                f"a union: {ours} in `spec/`, {shown(pair.theirs.type)} in the export"
            )
            self._notes.hand("type", pair.place, pair.subject, text)
        elif wrapper is not None:
            self._schemas.compare_objects(wrapper, models[0], wrapper.key)
        return is_same

    def _content(self, pair: Pair) -> bool:
        here, there = pair.ours.type, pair.theirs.type
        if isinstance(model_of(here), Model) or item_of(here) is not None:
            return self._schemas.compare(here, there, pair.place, pair.subject)
        return self._schemas.compare_named(
            here, there, pair.place, pair.subject, pair.theirs
        )

    # -- null and format -----------------------------------------------------------------------------------------------

    def _null(self, pair: Pair) -> bool:
        here, there = takes_null(pair.ours.type), takes_null(pair.theirs.type)
        if there:
            self._notes.say(("null", pair.place))
        if there == here:
            return True
        if here:
            text = "the export does not say that it may be null"
            self._notes.only_here(
                "null", pair.place, pair.subject, text, unless=("null", pair.place)
            )
            return False
        edits = made_nullable(pair.place, mapping(self._given.spec.get(pair.place)))
        if pair.ours.evidence == facts.GUESS and edits:
            return self._notes.patch(
                "null", pair.place, pair.subject, pair.text, *edits
            )
        self._notes.hand(
            "null",
            pair.place,
            pair.subject,
            f"{pair.text}; the property is {pair.ours.evidence}",
        )
        return True

    def _format(self, pair: Pair) -> bool:
        ours, theirs = format_of(pair.ours.type), format_of(pair.theirs.type)
        self._notes.say(("format", pair.place, theirs))
        if ours == theirs:
            return True
        if not theirs:
            text = f"the export does not say `format: {ours}`"
            fact = ("format", pair.place, ours)
            self._notes.only_here("format", pair.place, pair.subject, text, unless=fact)
            return False
        return self._new_format(pair, ours, theirs)

    def _new_format(self, pair: Pair, ours: str | None, theirs: str) -> bool:
        text = f"`format: {ours}` in `spec/`" if ours else "no format in `spec/`"
        if theirs not in _FORMATS:
            text += ", another one in the export, which `spec/` does not use"
            self._notes.hand("format", pair.place, pair.subject, text)
            return False
        text += f", `format: {theirs}` in the export"
        is_plain = self._is_written_there(pair) and kinds(pair.ours.type) == TEXT
        if is_plain and pair.ours.evidence == facts.GUESS:
            edit = Put((*pair.place, "format"), theirs)
            return self._notes.patch("format", pair.place, pair.subject, text, edit)
        self._notes.hand("format", pair.place, pair.subject, text)
        return False

    # -- another type --------------------------------------------------------------------------------------------------

    def _new_type(self, pair: Pair) -> bool:
        why = self._objection(pair)
        if why:
            self._notes.hand("type", pair.place, pair.subject, f"{pair.text}; {why}")
            return False
        return self._notes.patch(
            "type", pair.place, pair.subject, pair.text, *self._retyped(pair)
        )

    def _objection(self, pair: Pair) -> str:
        """Return why a program does not write the other type, or no text."""
        ours, theirs = kinds(pair.ours.type), kinds(pair.theirs.type)
        if facts.is_amount(pair.ours):
            return "it is an amount, and its unit is not to be guessed"
        if pair.ours.evidence != facts.GUESS:
            return f"that contradicts what is {pair.ours.evidence}"
        if not self._is_written_there(pair):
            return "it is a schema with a name, which other places may use"
        if not (ours <= PLAIN and theirs <= PLAIN and len(theirs) == 1):
            return "it is no plain value on both sides"
        is_enumeration = enum_of(pair.theirs.type) is not None
        return "it became an enumeration of another type" if is_enumeration else ""

    def _is_written_there(self, pair: Pair) -> bool:
        """Return whether the type stands at the property itself, and not in a schema that it refers to."""
        return "type" in mapping(self._given.spec.get(pair.place)) or not kinds(
            pair.ours.type
        )

    def _retyped(self, pair: Pair) -> tuple[Edit, ...]:
        (kind,) = kinds(pair.theirs.type)
        nullable = takes_null(pair.theirs.type) or takes_null(pair.ours.type)
        written = mapping(self._given.spec.get(pair.place))
        if format_of(pair.theirs.type) not in _FORMATS:
            return retyped(pair.place, written, kind, nullable=nullable)
        put = Put((*pair.place, "format"), format_of(pair.theirs.type))
        return (*retyped(pair.place, {}, kind, nullable=nullable), put)
