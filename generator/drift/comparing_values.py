"""Compares the values of enumerations."""

from __future__ import annotations

from typing import Any

from ..document import Pointer, mapping
from ..naming import plain
from . import words
from .building import Builder, CannotBuildError
from .confirming import Confirmation
from .finding import Append, Drop, Edit, Put
from .given import Given
from .notes import Notes
from .shape import Shape
from .spelling import told

#: Codes of ISO standards, which stay text whatever list an export has; `.money` reads the currency.
_PLAIN_TEXT = frozenset({"currency", "currency_code", "country", "language", "locale"})


class ValueComparison:
    """Notes the values that only one side has."""

    def __init__(self, given: Given, notes: Notes, builder: Builder, confirmation: Confirmation) -> None:
        self._given = given
        self._notes = notes
        self._builder = builder
        self._confirmation = confirmation

    def compare(self, here: Shape, theirs: Shape, place: Pointer, subject: str, name: str | None) -> bool:
        """Compare the values; False if a difference is left that nobody has decided.

        Args:
            here: What `spec/` says.
            theirs: What the export says, which has values.
            place: Where `spec/` says it.
            subject: What it is about.
            name: The name of the property, if it is one.
        """
        values = theirs.enum or ()
        unfit = [value for value in values if value not in (here.enum or ()) and not words.is_word(value)]
        if unfit:
            text = f"values that do not look like words ({len(unfit)} in the export) are not written"
            self._notes.hand("enum-value", here.pointer, here.key or subject, text)
        if here.enum is not None:
            return self._listed(here, values, here.key or subject, is_whole=not unfit)
        if name is None or unfit:
            text = f"the export lists {len(values)} values, `spec/` none"
            self._notes.hand("enum-value", place, subject, text)
            return False
        return self._new_enumeration(place, theirs, subject, name)

    def _listed(self, here: Shape, values: tuple[Any, ...], owner: str, *, is_whole: bool) -> bool:
        ours = here.enum or ()
        missing = [value for value in ours if value not in values]
        for value in values:
            self._notes.say(("enum-value", here.pointer, str(value)))
            if value in ours or not words.is_word(value):
                continue
            spelled = [other for other in missing if plain(str(other)) == plain(str(value))]
            if spelled:
                self._respelled(here, spelled[0], value, owner)
                missing.remove(spelled[0])
                is_whole = False
            else:
                is_whole = self._new_value(here, value, owner) and is_whole
        for value in missing:
            self._missing(here, value, owner)
        if here.key:
            self._confirmation.confirm(here.pointer, "", is_same=is_whole and not missing)
        return True

    def _new_value(self, here: Shape, value: object, owner: str) -> bool:
        where = (*here.pointer, "enum")
        text = "a value that `spec/` does not have"
        return self._notes.patch("enum-value", where, f"{owner} {value}", text, Append(where, value))

    def _respelled(self, here: Shape, ours: object, theirs: object, owner: str) -> None:
        text = f"{told(str(ours), str(theirs), 'export')}; if both come, `x-enum-same` says that they are one"
        self._notes.hand("spelling", (*here.pointer, "enum"), f"{owner} {ours}", text)

    def _missing(self, here: Shape, value: object, owner: str) -> None:
        text = f"the export does not have {value}"
        fact = ("enum-value", here.pointer, str(value))
        self._notes.only_here("enum-value", here.pointer, f"{owner} {value}", text, unless=fact)

    def _new_enumeration(self, place: Pointer, theirs: Shape, subject: str, name: str) -> bool:
        """Make a plain property that turns out to have a list of values a schema with a name."""
        text = f"the export lists {len(theirs.enum or ())} values, `spec/` none"
        if name in _PLAIN_TEXT:
            self._notes.hand("enum-value", place, subject, f"{text}: the package takes any ISO code there")
            return True
        try:
            built = self._builder.property(name, theirs.pointer, str(place[2]))
        except CannotBuildError as error:
            self._notes.hand("enum-value", place, subject, f"{text}; {error}")
            return False
        data = mapping(self._given.spec.get(place))
        if "type" not in data or "$ref" not in built.value:
            self._notes.hand("enum-value", place, subject, text)
            return False
        gone: list[Edit] = [Drop((*place, key)) for key in ("type", "format") if key in data]
        put = Put((*place, "$ref"), built.value["$ref"])
        return self._notes.patch("enum-value", place, subject, text, *built.edits, put, *gone)
