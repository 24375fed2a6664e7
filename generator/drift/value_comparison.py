"""Compare the values of enumerations."""

from __future__ import annotations

from ..document import Pointer, mapping
from ..identifiers import plain
from ..model.api import Enum, Field
from ..model.types import Type
from . import words
from .builder import Builder, CannotBuildError
from .confirmation import Confirmation
from .finding import Append, Drop, Edit, Put
from .given import Given
from .notes import Notes
from .spellings import told
from .type_facts import enum_of

#: Codes of ISO standards, which stay text whatever list an export has; `.money` reads the currency.
_PLAIN_TEXT = frozenset({"currency", "currency_code", "country", "language", "locale"})

_Values = tuple[str | int, ...]


class ValueComparison:
    """Note the values that only one side has."""

    def __init__(
        self, given: Given, notes: Notes, builder: Builder, confirmation: Confirmation
    ) -> None:
        self._given = given
        self._notes = notes
        self._builder = builder
        self._confirmation = confirmation

    def compare(
        self,
        here: Type,
        theirs: Enum,
        place: Pointer,
        subject: str,
        field: Field | None,
    ) -> bool:
        """Compare the values; False if a difference is left that nobody has decided.

        Args:
            here: The type in `spec/`.
            theirs: The enumeration of the export.
            place: Where `spec/` says it.
            subject: The subject of a finding.
            field: The property of the export that has the values, if it is one.
        """
        ours = enum_of(here)
        known = () if ours is None else _listed(ours)
        values = _listed(theirs)
        unfit = [
            value for value in values if value not in known and not words.is_word(value)
        ]
        if unfit:
            text = f"values that do not look like words ({len(unfit)} in the export) are not written"
            if ours is None:
                self._notes.hand("enum-value", place, subject, text)
            else:
                self._notes.hand("enum-value", ours.origin.pointer, ours.key, text)
        if ours is not None:
            return self._compare_listed(ours, values, is_whole=not unfit)
        if field is None or unfit:
            text = f"the export lists {len(values)} values, `spec/` none"
            self._notes.hand("enum-value", place, subject, text)
            return False
        return self._new_enumeration(place, field, subject, len(values))

    def _compare_listed(self, ours: Enum, values: _Values, *, is_whole: bool) -> bool:
        place = ours.origin.pointer
        missing = [value for value in _listed(ours) if value not in values]
        for value in values:
            self._notes.say(("enum-value", place, str(value)))
            if value in _listed(ours) or not words.is_word(value):
                continue
            spelled = [
                other for other in missing if plain(str(other)) == plain(str(value))
            ]
            if spelled:
                self._respelled(ours, str(spelled[0]), str(value))
                missing.remove(spelled[0])
                is_whole = False
            else:
                is_whole = self._new_value(ours, value) and is_whole
        for value in missing:
            text = f"the export does not have {value}"
            fact = ("enum-value", place, str(value))
            self._notes.only_here(
                "enum-value", place, f"{ours.key} {value}", text, unless=fact
            )
        self._confirmation.confirm(place, "", is_same=is_whole and not missing)
        return True

    def _new_value(self, ours: Enum, value: object) -> bool:
        where = (*ours.origin.pointer, "enum")
        text = "a value that `spec/` does not have"
        return self._notes.patch(
            "enum-value", where, f"{ours.key} {value}", text, Append(where, value)
        )

    def _respelled(self, ours: Enum, mine: str, theirs: str) -> None:
        text = f"{told(mine, theirs, 'export')}; if both come, `x-enum-same` says that they are one"
        self._notes.hand(
            "spelling", (*ours.origin.pointer, "enum"), f"{ours.key} {mine}", text
        )

    def _new_enumeration(
        self, place: Pointer, theirs: Field, subject: str, count: int
    ) -> bool:
        """Make a plain property that turns out to have a list of values a schema with a name."""
        name, text = str(place[-1]), f"the export lists {count} values, `spec/` none"
        if name in _PLAIN_TEXT:
            self._notes.hand(
                "enum-value",
                place,
                subject,
                f"{text}: the package takes any ISO code there",
            )
            return True
        try:
            built = self._builder.property(name, theirs, str(place[2]))
        except CannotBuildError as error:
            self._notes.hand("enum-value", place, subject, f"{text}; {error}")
            return False
        data = mapping(self._given.spec.get(place))
        if "type" not in data or "$ref" not in built.value:
            self._notes.hand("enum-value", place, subject, text)
            return False
        gone: list[Edit] = [
            Drop((*place, key)) for key in ("type", "format") if key in data
        ]
        put = Put((*place, "$ref"), built.value["$ref"])
        return self._notes.patch(
            "enum-value", place, subject, text, *built.edits, put, *gone
        )


def _listed(enum: Enum) -> _Values:
    return tuple(member.value for member in enum.members)
