"""Compares type, format and null of a property, and what is inside of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..document import Pointer, mapping
from . import facts
from .comparing_values import ValueComparison
from .confirming import Confirmation
from .finding import Drop, Edit, Put
from .given import Given
from .notes import Notes
from .observing import nullable_edits
from .shape import Shape

PLAIN_TYPES = frozenset({"string", "integer", "number", "boolean"})
_FORMATS = ("date-time", "date", "uri", "email")

#: Compares what is inside of two schemas.
CompareInside = Callable[[Pointer, Pointer, str], bool]


class Pair(NamedTuple):
    """A property of both sides.

    Attributes:
        here: What it is in `spec/`.
        theirs: What it is in the export.
        place: Where `spec/` has it.
        name: Its name in `spec/`.
        subject: What it is, for people.
        word: How well `spec/` knows it.
    """

    here: Shape
    theirs: Shape
    place: Pointer
    name: str
    subject: str
    word: str

    @property
    def text(self) -> str:
        """The two types, for people."""
        return f"{self.here.shown} in `spec/`, {self.theirs.shown} in the export"


class TypeComparison:
    """Notes where the types of two properties differ."""

    def __init__(
        self,
        given: Given,
        notes: Notes,
        values: ValueComparison,
        confirmation: Confirmation,
        inside: CompareInside,
    ) -> None:
        self._given = given
        self._notes = notes
        self._values = values
        self._confirmation = confirmation
        self._inside = inside

    def compare(self, pair: Pair) -> bool:
        """Compare a property; True if the two agree once the overlay is applied."""
        here, theirs = pair.here, pair.theirs
        if theirs.says_nothing:
            return False
        if here.variants or theirs.variants:
            return self._unions(pair)
        if here.types != theirs.types:
            return self._new_type(pair)
        self._notes.agree("type", pair.place)
        results = [self._null(pair), self._format(pair), self._content(pair)]
        return all(results)

    def _unions(self, pair: Pair) -> bool:
        if pair.here.types != pair.theirs.types or bool(pair.here.variants) != bool(pair.theirs.variants):
            self._notes.hand("type", pair.place, pair.subject, f"a union: {pair.text}")
            return False
        return self._inside(pair.place, pair.theirs.pointer, pair.subject)

    def _content(self, pair: Pair) -> bool:
        here, theirs = pair.here, pair.theirs
        if here.is_object or here.items is not None:
            return self._inside(pair.place, theirs.pointer, pair.subject)
        if theirs.enum is not None:
            return self._values.compare(here, theirs, pair.place, pair.subject, pair.name)
        if here.key:
            self._confirmation.confirm(here.pointer, "", is_same=here.enum is None)
        if here.enum is not None:
            text = "the export does not list the values"
            self._notes.only_here("enum-value", here.pointer, here.key or pair.subject, text)
        return True

    # -- null and format -----------------------------------------------------------------------------------------------

    def _null(self, pair: Pair) -> bool:
        if pair.theirs.nullable:
            self._notes.say(("null", pair.place))
        if pair.theirs.nullable == pair.here.nullable:
            return True
        if pair.here.nullable:
            text = "the export does not say that it may be null"
            self._notes.only_here("null", pair.place, pair.subject, text, unless=("null", pair.place))
            return False
        edits = nullable_edits(pair.place, mapping(self._given.spec.get(pair.place)))
        if pair.word == facts.GUESS and edits:
            return self._notes.patch("null", pair.place, pair.subject, pair.text, *edits)
        self._notes.hand("null", pair.place, pair.subject, f"{pair.text}; the property is {pair.word}")
        return True

    def _format(self, pair: Pair) -> bool:
        ours, theirs = pair.here.format, pair.theirs.format
        self._notes.say(("format", pair.place, theirs))
        if ours == theirs:
            return True
        if not theirs:
            text = f"the export does not say `format: {ours}`"
            fact = ("format", pair.place, ours)
            self._notes.only_here("format", pair.place, pair.subject, text, unless=fact)
            return False
        return self._new_format(pair)

    def _new_format(self, pair: Pair) -> bool:
        here, theirs = pair.here, pair.theirs
        text = f"`format: {here.format}` in `spec/`" if here.format else "no format in `spec/`"
        if theirs.format not in _FORMATS:
            text += ", another one in the export, which `spec/` does not use"
            self._notes.hand("format", pair.place, pair.subject, text)
            return False
        text += f", `format: {theirs.format}` in the export"
        is_plain = here.pointer == pair.place and here.is_only("string") and not here.enum
        if is_plain and pair.word == facts.GUESS:
            edit = Put((*pair.place, "format"), theirs.format)
            return self._notes.patch("format", pair.place, pair.subject, text, edit)
        self._notes.hand("format", pair.place, pair.subject, text)
        return False

    # -- another type --------------------------------------------------------------------------------------------------

    def _new_type(self, pair: Pair) -> bool:
        why = self._objection(pair)
        if why:
            self._notes.hand("type", pair.place, pair.subject, f"{pair.text}; {why}")
            return False
        return self._notes.patch("type", pair.place, pair.subject, pair.text, *_retyped(pair))

    def _objection(self, pair: Pair) -> str:
        """Return why a program does not write the other type, or no text."""
        here, theirs = pair.here, pair.theirs
        if facts.is_amount(self._given.spec, pair.name, pair.place):
            return "it is an amount, and its unit is not to be guessed"
        if pair.word != facts.GUESS:
            return f"that contradicts what is {pair.word}"
        if here.pointer != pair.place:
            return "it is a schema with a name, which other places may use"
        if not (here.types <= PLAIN_TYPES and theirs.types <= PLAIN_TYPES and len(theirs.types) == 1):
            return "it is no plain value on both sides"
        return "it became an enumeration of another type" if theirs.enum is not None else ""


def _retyped(pair: Pair) -> list[Edit]:
    here, theirs, place = pair.here, pair.theirs, pair.place
    kind = next(iter(theirs.types))
    kinds: object = [kind, "null"] if theirs.nullable or here.nullable else kind
    edits: list[Edit] = [Put((*place, "type"), kinds)]
    if theirs.format in _FORMATS:
        edits.append(Put((*place, "format"), theirs.format))
    elif "format" in here.data:
        edits.append(Drop((*place, "format")))
    return edits
