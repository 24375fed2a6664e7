"""Compares the schemas of an export with those of `spec/`, part by part, and raises the evidence of what agrees."""

from __future__ import annotations

from .. import reading
from ..document import Document, Pointer, mapping
from . import facts, words
from .building import Builder, CannotBuildError
from .finding import Append, Drop, Edit, Put
from .notes import Notes
from .observing import nullable_edits
from .shape import Shape, shape

#: Codes of ISO standards, which stay text whatever list an export has; `.money` reads the currency.
_PLAIN_TEXT = frozenset({"currency", "currency_code", "country", "language", "locale"})
PLAIN_TYPES = frozenset({"string", "integer", "number", "boolean"})
_FORMATS = ("date-time", "date", "uri", "email")


class SchemaComparison:
    """Notes the differences of schemas, and what the export confirms."""

    def __init__(
        self, spec: Document, theirs: Document, word: str, source: str, notes: Notes, builder: Builder
    ) -> None:
        self._spec = spec
        self._theirs = theirs
        self._word = word
        self._source = source
        self._notes = notes
        self._builder = builder
        self._compared: set[tuple[Pointer, Pointer]] = set()
        # By schema: the properties that the export has, too, and those of them in which a difference is left.
        self._confirmed: dict[Pointer, set[str]] = {}
        self._doubted: dict[Pointer, set[str]] = {}

    # -- schemas ---------------------------------------------------------------------------------------------------

    def compare_by_name(self) -> None:
        """What no operation reached, but both sides have under one name."""
        reached = {ours for ours, _ in self._compared}
        for there in reading.named_schemas(self._theirs):
            place = ("components", "schemas", str(there.pointer[-1]))
            if place not in reached and self._spec.get(place) is not None:
                self.compare(place, there.pointer, str(there.pointer[-1]))

    def compare(self, ours: Pointer, theirs: Pointer, subject: str, word: str | None = None) -> bool:
        """Compare two schemas; False if a difference is left that nobody has decided."""
        mine, yours = shape(self._spec, ours), shape(self._theirs, theirs)
        if (mine.pointer, yours.pointer) in self._compared:
            return True
        self._compared.add((mine.pointer, yours.pointer))
        subject = mine.key or subject
        if not yours.types and not yours.variants and yours.enum is None:
            return True  # the export says nothing
        if mine.variants or yours.variants:
            return self._variants(mine, yours, subject)
        if mine.types and mine.types != yours.types:
            text = f"{mine.shown} in `spec/`, {yours.shown} in the export"
            self._notes.hand("type", ours, subject, text)
            return False
        if mine.is_object:
            self._object(mine, yours, subject)
            return True
        if mine.items is not None and yours.items is not None:
            return self.compare(mine.items, yours.items, f"{subject} items")
        if yours.enum is not None:
            own = word or facts.word_of(self._spec, mine.pointer)
            return self.compare_values(mine, yours, ours, subject, own, None)
        if mine.key:
            self._confirm(mine.pointer, "", mine.enum is None)
        return True

    def _variants(self, mine: Shape, yours: Shape, subject: str) -> bool:
        """Compare the variants of two unions, if they are the same kinds in the same order."""
        kinds = [[shape(self._spec, one).types for one in mine.variants]]
        kinds.append([shape(self._theirs, one).types for one in yours.variants])
        if kinds[0] != kinds[1]:
            text = f"a union: {mine.shown} in `spec/`, {yours.shown} in the export; its variants are not compared"
            self._notes.hand("type", mine.pointer, subject, text)
            return False
        same = [
            self.compare(one, other, f"{subject} variant {number}")
            for number, (one, other) in enumerate(zip(mine.variants, yours.variants, strict=True), 1)
        ]
        return all(same)

    def _object(self, mine: Shape, yours: Shape, subject: str) -> None:
        for name, there in yours.properties.items():
            if name in mine.properties:
                is_same = self._property(mine, yours, name, there, subject)
                self._confirm(mine.pointer, name, is_same)
            else:
                self._new_property(mine, yours, name, there, subject)
        for name, place in mine.properties.items():
            if name not in yours.properties and yours.properties:
                self._notes.only_here(
                    "property", place, f"{subject} {name}", "the export has no such property"
                )

    def _new_property(self, mine: Shape, yours: Shape, name: str, there: Pointer, subject: str) -> None:
        text = "a property that `spec/` does not have"
        if not words.is_name(name):
            text = "a property of the export has a name that does not look like one, and is not written"
            self._notes.hand("property", mine.pointer, subject, text)
            return
        try:
            if not mine.key:
                raise CannotBuildError("the object has no name in `spec/`")
            value, edits = self._builder.property(name, there, mine.key)
        except CannotBuildError as error:
            self._notes.hand("property", mine.pointer, f"{subject} {name}", f"{text}; {error}")
            return
        where = (*mine.pointer, "properties", name)
        more: list[Edit] = []
        if name in yours.required and facts.word_of(self._spec, mine.pointer) == facts.GUESS:
            more = [Append((*mine.pointer, "required"), name)]
        elif name in yours.required:
            text_of_flag = "required in the export, and new in `spec/`, where it is left optional"
            self._notes.hand("required", mine.pointer, f"{subject} {name}", text_of_flag)
        self._notes.patch("property", where, f"{subject} {name}", text, *edits, Put(where, value), *more)

    def _property(self, mine: Shape, yours: Shape, name: str, there: Pointer, subject: str) -> bool:
        """Compare a property that both sides have; True if they agree once the patch is in."""
        place = mine.properties[name]
        word = facts.word_of(self._spec, place)
        subject = f"{subject} {name}"
        here, theirs = shape(self._spec, place), shape(self._theirs, there)
        is_same = self._type(here, theirs, place, name, subject, word)
        is_required = name in yours.required
        if is_required != (name in mine.required) and mine.key:
            text = f"{'required' if is_required else 'not required'} in the export, and not so in `spec/`"
            where = (*mine.pointer, "required")
            if word != facts.GUESS:
                self._notes.hand("required", place, subject, f"{text}; the property is {word}")
            elif is_required:
                self._notes.patch("required", place, subject, text, Append(where, name))
            else:
                self._notes.patch("required", place, subject, text, Drop(where, name))
        return is_same

    def _type(self, here: Shape, theirs: Shape, place: Pointer, name: str, subject: str, word: str) -> bool:
        """Compare type, format, null and values of a property, and what is inside."""
        if not theirs.types and not theirs.variants and theirs.enum is None:
            return False
        text = f"{here.shown} in `spec/`, {theirs.shown} in the export"
        if here.variants or theirs.variants:
            if here.types != theirs.types or bool(here.variants) != bool(theirs.variants):
                self._notes.hand("type", place, subject, f"a union: {text}")
                return False
            return self.compare(place, theirs.pointer, subject, word)
        if here.types != theirs.types:
            return self._new_type(here, theirs, place, name, subject, word)
        is_same = True
        if theirs.nullable and not here.nullable:
            edits = nullable_edits(place, mapping(self._spec.get(place)))
            if word == facts.GUESS and edits:
                is_same = self._notes.patch("null", place, subject, text, *edits)
            else:
                self._notes.hand("null", place, subject, f"{text}; the property is {word}")
        elif here.nullable and not theirs.nullable:
            self._notes.only_here("null", place, subject, "the export does not say that it may be null")
            is_same = False
        if theirs.format and theirs.format != here.format:
            is_same = self._format(here, theirs, place, subject, word) and is_same
        elif here.format and not theirs.format:
            self._notes.only_here(
                "format", place, subject, f"the export does not say `format: {here.format}`"
            )
            is_same = False
        if here.is_object or here.items is not None:
            return self.compare(place, theirs.pointer, subject, word) and is_same
        if theirs.enum is not None:
            return self.compare_values(here, theirs, place, subject, word, name) and is_same
        if here.key:
            self._confirm(here.pointer, "", here.enum is None)
        if here.enum is not None:
            self._notes.only_here(
                "enum-value", here.pointer, here.key or subject, "the export does not list the values"
            )
        return is_same

    def _new_type(
        self, here: Shape, theirs: Shape, place: Pointer, name: str, subject: str, word: str
    ) -> bool:
        text = f"{here.shown} in `spec/`, {theirs.shown} in the export"
        why = ""
        if facts.is_amount(self._spec, name, place):
            why = "it is an amount, and its unit is not to be guessed"
        elif word != facts.GUESS:
            why = f"that contradicts what is {word}"
        elif here.pointer != place:
            why = "it is a schema with a name, which other places may use"
        elif not (here.types <= PLAIN_TYPES and theirs.types <= PLAIN_TYPES and len(theirs.types) == 1):
            why = "it is no plain value on both sides"
        elif theirs.enum is not None:
            why = "it became an enumeration of another type"
        if why:
            self._notes.hand("type", place, subject, f"{text}; {why}")
            return False
        kind = next(iter(theirs.types))
        kinds: object = [kind, "null"] if theirs.nullable or here.nullable else kind
        edits: list[Edit] = [Put((*place, "type"), kinds)]
        fits = theirs.format in _FORMATS
        if fits and theirs.format != here.format:
            edits.append(Put((*place, "format"), theirs.format))
        elif "format" in here.data and not fits:
            edits.append(Drop((*place, "format")))
        return self._notes.patch("type", place, subject, text, *edits)

    def _format(self, here: Shape, theirs: Shape, place: Pointer, subject: str, word: str) -> bool:
        text = f"`format: {here.format}` in `spec/`" if here.format else "no format in `spec/`"
        fits = theirs.format in _FORMATS
        text += f", `format: {theirs.format}` in the export" if fits else ", another one in the export"
        if (
            fits
            and word == facts.GUESS
            and here.pointer == place
            and here.is_only("string")
            and not here.enum
        ):
            return self._notes.patch("format", place, subject, text, Put((*place, "format"), theirs.format))
        self._notes.hand("format", place, subject, text if fits else f"{text}, which `spec/` does not use")
        return False

    def compare_values(
        self, here: Shape, theirs: Shape, place: Pointer, subject: str, word: str, name: str | None
    ) -> bool:
        """Compare the values of an enumeration."""
        values = theirs.enum or ()
        unfit = [value for value in values if value not in (here.enum or ()) and not words.is_word(value)]
        if unfit:
            text = f"values that do not look like words ({len(unfit)} in the export) are not written"
            self._notes.hand("enum-value", here.pointer, here.key or subject, text)
        if here.enum is None:
            if name is None or unfit:
                text = f"the export lists {len(values)} values, `spec/` none"
                self._notes.hand("enum-value", place, subject, text)
                return False
            return self._new_enum(place, theirs, subject, name)
        owner = here.key or subject
        is_whole = not unfit
        for value in values:
            if words.is_word(value) and value not in here.enum:
                where = (*here.pointer, "enum")
                is_new = self._notes.patch(
                    "enum-value",
                    where,
                    f"{owner} {value}",
                    "a value that `spec/` does not have",
                    Append(where, value),
                )
                is_whole = is_whole and is_new
        missing = [value for value in here.enum if value not in values]
        if missing:
            text = f"the export does not have {', '.join(map(str, missing))}"
            self._notes.only_here("enum-value", here.pointer, owner, text)
        if here.key:
            self._confirm(here.pointer, "", is_whole and not missing)
        return True

    def _new_enum(self, place: Pointer, theirs: Shape, subject: str, name: str) -> bool:
        """A plain property turns out to have a list of values: it becomes a schema with a name."""
        text = f"the export lists {len(theirs.enum or ())} values, `spec/` none"
        if name in _PLAIN_TEXT:
            self._notes.hand("enum-value", place, subject, f"{text}: the package takes any ISO code there")
            return True
        try:
            schema, edits = self._builder.property(name, theirs.pointer, str(place[2]))
        except CannotBuildError as error:
            self._notes.hand("enum-value", place, subject, f"{text}; {error}")
            return False
        data = mapping(self._spec.get(place))
        if "type" not in data or "$ref" not in schema:
            self._notes.hand("enum-value", place, subject, text)
            return False
        gone = [Drop((*place, key)) for key in ("type", "format") if key in data]
        put = Put((*place, "$ref"), schema["$ref"])
        return self._notes.patch("enum-value", place, subject, text, *edits, put, *gone)

    # -- evidence --------------------------------------------------------------------------------------------------

    def _confirm(self, schema: Pointer, name: str, is_same: bool) -> None:
        self._confirmed.setdefault(schema, set()).add(name)
        if not is_same:
            self._doubted.setdefault(schema, set()).add(name)

    def raise_evidence(self) -> None:
        for place, names in self._confirmed.items():
            sure = names - self._doubted.get(place, set())
            if sure and len(place) == 3:
                self._evidence_of_schema(place, sure)

    def _evidence_of_schema(self, place: Pointer, sure: set[str]) -> None:
        """Raise a schema and what is confirmed in it; what is not keeps the word that it had."""
        schema = mapping(self._spec.get(place))
        own = str(schema.get("x-evidence", facts.GUESS))
        edits: list[Edit] = []
        better: list[str] = []
        is_raised = words.is_better(self._word, own)
        if is_raised:
            edits += facts.raised(self._spec, place, self._word, self._source)
            better.append(f"{own} -> {self._word}")
        for name, value in mapping(schema.get("properties")).items():
            there = (*place, "properties", name)
            word = mapping(value).get("x-evidence")
            if name in sure and isinstance(word, str) and words.is_better(self._word, word):
                edits += facts.raised(self._spec, there, self._word, self._source)
                better.append(f"{name}: {word} -> {self._word}")
            elif name not in sure and word is None and is_raised:
                edits.append(Put((*there, "x-evidence"), own))
                if own != facts.GUESS and not facts.sources_of(self._spec, there):
                    sources = facts.sources_of(self._spec, place)
                    edits.append(Put((*there, "x-source"), sources))
        if edits:
            self._notes.patch("evidence", place, str(place[-1]), "; ".join(better), *edits)
