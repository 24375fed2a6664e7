"""Compares the schemas of an export with those of `spec/`, part by part."""

from __future__ import annotations

from typing import NamedTuple

from .. import reading
from ..document import Pointer, mapping
from . import facts, words
from .building import Builder, CannotBuildError
from .comparing_types import Pair, TypeComparison
from .comparing_values import ValueComparison
from .confirming import Confirmation
from .finding import Append, Drop, Edit, Put, Rename
from .given import Given
from .notes import Notes
from .shape import Shape, shape
from .spelling import respelled, told
from .ways import Ways


class _NewProperty(NamedTuple):
    """A property that `spec/` does not have.

    Attributes:
        owner: The schema of `spec/` that lacks it.
        name: Its name.
        theirs: Where the export has it.
        is_received: Whether the export has it in a response.
        is_required: Whether the export requires it.
        subject: What it is, for people.
    """

    owner: Shape
    name: str
    theirs: Pointer
    is_received: bool
    is_required: bool
    subject: str

    @property
    def place(self) -> Pointer:
        """Where it goes in `spec/`."""
        return (*self.owner.pointer, "properties", self.name)


class SchemaComparison:
    """Notes the differences of schemas, and what the export confirms."""

    def __init__(self, given: Given, notes: Notes, builder: Builder) -> None:
        self._given = given
        self._notes = notes
        self._builder = builder
        self._confirmation = Confirmation(given, notes)
        self.values = ValueComparison(given, notes, builder, self._confirmation)
        self._types = TypeComparison(given, notes, self.values, self._confirmation, self.compare)
        self._our_ways = Ways(given.spec)
        self._their_ways = Ways(given.theirs)
        self._compared: set[tuple[Pointer, Pointer]] = set()
        self._new: list[_NewProperty] = []

    def finish(self) -> None:
        """Compare what no operation reached, and note what only all comparisons together tell."""
        self._compare_by_name()
        for new in self._new:
            self._add(new)
        self._confirmation.raise_evidence()

    def _compare_by_name(self) -> None:
        reached = {ours for ours, _ in self._compared}
        for there in reading.named_schemas(self._given.theirs):
            place = ("components", "schemas", str(there.pointer[-1]))
            if place not in reached and self._given.spec.get(place) is not None:
                self.compare(place, there.pointer, str(there.pointer[-1]))

    def compare(self, ours: Pointer, theirs: Pointer, subject: str) -> bool:
        """Compare two schemas; False if a difference is left that nobody has decided."""
        mine, yours = shape(self._given.spec, ours), shape(self._given.theirs, theirs)
        if (mine.pointer, yours.pointer) in self._compared:
            return True
        self._compared.add((mine.pointer, yours.pointer))
        subject = mine.key or subject
        if yours.says_nothing:
            return True
        if mine.variants or yours.variants:
            return self._variants(mine, yours, subject)
        if mine.types and mine.types != yours.types:
            text = f"{mine.shown} in `spec/`, {yours.shown} in the export"
            self._notes.hand("type", ours, subject, text)
            return False
        return self._contents(mine, yours, ours, subject)

    def _contents(self, mine: Shape, yours: Shape, ours: Pointer, subject: str) -> bool:
        if mine.is_object:
            self._object(mine, yours, subject)
            return True
        if mine.items is not None and yours.items is not None:
            return self.compare(mine.items, yours.items, f"{subject} items")
        if yours.enum is not None:
            return self.values.compare(mine, yours, ours, subject, None)
        if mine.key:
            self._confirmation.confirm(mine.pointer, "", is_same=mine.enum is None)
        return True

    def _variants(self, mine: Shape, yours: Shape, subject: str) -> bool:
        """Compare the variants of two unions, if they are the same kinds in the same order."""
        our_kinds = [shape(self._given.spec, one).types for one in mine.variants]
        their_kinds = [shape(self._given.theirs, one).types for one in yours.variants]
        if our_kinds != their_kinds:
            text = f"a union: {mine.shown} in `spec/`, {yours.shown} in the export; its variants are not compared"
            self._notes.hand("type", mine.pointer, subject, text)
            return False
        pairs = zip(mine.variants, yours.variants, strict=True)
        results = [
            self.compare(one, other, f"{subject} variant {number}")
            for number, (one, other) in enumerate(pairs, 1)
        ]
        return all(results)

    # -- properties ----------------------------------------------------------------------------------------------------

    def _object(self, mine: Shape, yours: Shape, subject: str) -> None:
        spelled = respelled(mine.properties, yours.properties)
        for name, there in yours.properties.items():
            ours = spelled.get(name, name)
            if ours not in mine.properties:
                self._not_here(mine, yours, name, subject)
                continue
            self._say(mine.properties[ours], yours)
            is_named = ours == name or self._respell(mine.properties[ours], name, f"{subject} {ours}")
            if ours == name:
                self._notes.agree("spelling", mine.properties[ours])
            is_same = self._property(mine, yours, (ours, name), there, subject)
            self._confirmation.confirm(mine.pointer, ours, is_same=is_same and is_named)
        known = {*yours.properties, *spelled.values()}
        for name, place in mine.properties.items() if yours.properties else ():
            if name not in known:
                self._not_there(place, yours, f"{subject} {name}")

    def _say(self, place: Pointer, yours: Shape) -> None:
        self._notes.say(("property", place))
        if self._their_ways.is_sent(yours.pointer):
            self._notes.say(("sent property", place))

    def _respell(self, place: Pointer, name: str, subject: str) -> bool:
        """Note that the export spells a property otherwise; True if the overlay renames it."""
        text = told(str(place[-1]), name, "export")
        word = facts.word_of(self._given.spec, place)
        if not words.is_name(name):
            text = "spelled otherwise in the export, in a way that does not look like a name"
        elif word == facts.GUESS:
            return self._notes.patch("spelling", place, subject, text, Rename(place, name))
        self._notes.hand("spelling", place, subject, f"{text}; the property is {word}")
        return False

    def _not_there(self, place: Pointer, yours: Shape, subject: str) -> None:
        """Note a property that an object of the export does not have, if it should have it."""
        is_sent = self._their_ways.is_sent(yours.pointer)
        is_received = self._their_ways.is_received(yours.pointer)
        if mapping(self._given.spec.get(place)).get("readOnly") is True and is_sent and not is_received:
            return  # a request has no need of it
        fact = ("sent property" if is_sent else "property", place)
        text = "the export has no such property"
        self._notes.only_here("property", place, subject, text, unless=fact)

    def _not_here(self, mine: Shape, yours: Shape, name: str, subject: str) -> None:
        if not words.is_name(name):
            text = "a property of the export has a name that does not look like one, and is not written"
            self._notes.hand("property", mine.pointer, subject, text)
            return
        is_received = self._their_ways.is_received(yours.pointer)
        is_required = name in yours.required
        there = yours.properties[name]
        new = _NewProperty(mine, name, there, is_received, is_required, f"{subject} {name}")
        self._say(new.place, yours)
        self._new.append(new)

    def _add(self, new: _NewProperty) -> None:
        text = "a property that `spec/` does not have"
        owner = new.owner.pointer
        try:
            if not new.owner.key:
                raise CannotBuildError("the object has no name in `spec/`")
            built = self._builder.property(new.name, new.theirs, new.owner.key)
        except CannotBuildError as error:
            self._notes.hand("property", owner, new.subject, f"{text}; {error}")
            return
        edits: list[Edit] = [*built.edits, Put(new.place, built.value)]
        if self._is_only_received(new):
            edits.append(Put((*new.place, "readOnly"), True))
            text += "; only responses have it, so it is no parameter"
        elif new.is_required:
            edits += self._required(new)
        self._notes.patch("property", new.place, new.subject, text, *edits)

    def _is_only_received(self, new: _NewProperty) -> bool:
        """Whether a schema that is sent, too, has the property in responses only."""
        owner = new.owner.pointer
        if self._notes.has_said(("sent property", new.place)) or not self._our_ways.is_sent(owner):
            return False
        return new.is_received or self._our_ways.is_received(owner)

    def _required(self, new: _NewProperty) -> list[Edit]:
        if facts.word_of(self._given.spec, new.owner.pointer) == facts.GUESS:
            return [Append((*new.owner.pointer, "required"), new.name)]
        text = "required in the export, and new in `spec/`, where it is left optional"
        self._notes.hand("required", new.owner.pointer, new.subject, text)
        return []

    def _property(
        self, mine: Shape, yours: Shape, names: tuple[str, str], there: Pointer, subject: str
    ) -> bool:
        """Compare a property that both sides have; True if they agree once the overlay is applied."""
        name, their_name = names
        place = mine.properties[name]
        word = facts.word_of(self._given.spec, place)
        here, theirs = shape(self._given.spec, place), shape(self._given.theirs, there)
        pair = Pair(here, theirs, place, name, f"{subject} {name}", word)
        if mine.key and mapping(self._given.spec.get(place)).get("readOnly") is not True:
            self._flag(mine, pair, is_required=their_name in yours.required)
        return self._types.compare(pair)

    def _flag(self, mine: Shape, pair: Pair, *, is_required: bool) -> None:
        """Compare whether a property is required."""
        where = (*mine.pointer, "required")
        if is_required == (pair.name in mine.required):
            self._notes.agree("required", pair.place)
            return
        text = f"{'required' if is_required else 'not required'} in the export, and not so in `spec/`"
        if pair.word != facts.GUESS:
            text += f"; the property is {pair.word}"
            self._notes.hand("required", pair.place, pair.subject, text)
            return
        edit: Edit = Append(where, pair.name) if is_required else Drop(where, pair.name)
        self._notes.patch("required", pair.place, pair.subject, text, edit)
