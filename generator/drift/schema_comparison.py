"""Compare the schemas of an export with those of `spec/`, part by part."""

from __future__ import annotations

from typing import NamedTuple

from ..changes.variants import compared
from ..document import Pointer
from ..model import query
from ..model.api import Api, Field, Model, Wrapper
from ..model.types import EnumRef, ModelRef, Type
from . import facts, words
from .builder import Builder, CannotBuildError
from .confirmation import Confirmation
from .finding import Append, Drop, Edit, Put, Rename
from .given import Given, schema_at
from .notes import Notes
from .spellings import ODD_SPELLING, respelled, told, told_required
from .type_comparison import Pair, TypeComparison
from .type_facts import choices, enum_of, item_of, kinds, model_of, shown
from .value_comparison import ValueComparison


class _NewProperty(NamedTuple):
    """A property that `spec/` does not have.

    Attributes:
        owner: The object of `spec/` that lacks it.
        theirs: The field of the export.
        is_received: True if the export has it in a response.
        subject: Its name for people.
    """

    owner: Model | Wrapper
    theirs: Field
    is_received: bool
    subject: str

    @property
    def place(self) -> Pointer:
        """Return where it goes in `spec/`."""
        return (*self.owner.origin.pointer, "properties", self.theirs.wire_name)


class SchemaComparison:
    """Note the differences of schemas, and what the export confirms."""

    def __init__(self, given: Given, notes: Notes, builder: Builder) -> None:
        self._given = given
        self._notes = notes
        self._builder = builder
        self._confirmation = Confirmation(given, notes)
        self.values = ValueComparison(given, notes, builder, self._confirmation)
        self._types = TypeComparison(given, notes, self)
        self._sent = query.sent_components(given.api)
        self._received = query.received_components(given.api)
        self._compared: set[tuple[str, str]] = set()
        self._reached: set[str] = set()
        self._new: list[_NewProperty] = []

    def finish(self) -> None:
        """Compare what no operation reached, and note what only all comparisons together tell."""
        self._compare_by_name()
        for new in self._new:
            self._add(new)
        self._confirmation.raise_evidence()

    def _compare_by_name(self) -> None:
        wrappers = {wrapper.key: wrapper for wrapper in self._given.api.wrappers}
        ours, reached = _named(self._given.api), self._reached.copy()
        for key, theirs in self._given.theirs.schemas.items():
            if key in ours and key not in reached:
                self.compare(ours[key], theirs, ("components", "schemas", key), key)
            model = model_of(theirs)
            if key in wrappers and model is not None:
                self.compare_objects(wrappers[key], model, key)

    def compare(self, ours: Type, theirs: Type, place: Pointer, subject: str) -> bool:
        """Compare two types; False if a difference is left that nobody has decided."""
        schema = schema_at(self._given.api, ours, place)
        if schema is not None:
            subject = schema.key
            self._reached.add(subject)
        if not kinds(theirs):
            return True
        if choices(ours) or choices(theirs):
            return self._variants(ours, theirs, place, subject)
        if kinds(ours) and kinds(ours) != kinds(theirs):
            text = f"{shown(ours)} in `spec/`, {shown(theirs)} in the export"
            self._notes.hand("type", place, subject, text)
            return False
        return self._contents(ours, theirs, place, subject)

    def _contents(self, ours: Type, theirs: Type, place: Pointer, subject: str) -> bool:
        mine, yours = model_of(ours), model_of(theirs)
        if mine is not None and yours is not None:
            self.compare_objects(mine, yours, subject)
            return True
        item, other = item_of(ours), item_of(theirs)
        if item is not None and other is not None:
            return self.compare(item, other, (*place, "items"), f"{subject} items")
        return self.compare_named(ours, theirs, place, subject, None)

    def compare_named(
        self,
        ours: Type,
        theirs: Type,
        place: Pointer,
        subject: str,
        field: Field | None,
    ) -> bool:
        """Compare two types that are neither objects nor arrays, and confirm the named schema of ours.

        Args:
            ours: The type in `spec/`.
            theirs: The type in the export.
            place: Where `spec/` has it.
            subject: Its name for people.
            field: The property of the export that has the type, if it is one.
        """
        mine, yours = enum_of(ours), enum_of(theirs)
        if yours is not None:
            return self.values.compare(ours, yours, place, subject, field)
        schema = schema_at(self._given.api, ours, place)
        if schema is not None:
            self._confirmation.confirm(schema.origin.pointer, "", is_same=mine is None)
        if mine is not None and field is not None:
            text = "the export does not list the values"
            self._notes.only_here("enum-value", mine.origin.pointer, mine.key, text)
        return True

    def _variants(self, ours: Type, theirs: Type, place: Pointer, subject: str) -> bool:
        """Compare the variants of two unions, if they are of the same kinds."""
        variants = compared(choices(ours), choices(theirs), kinds)
        if variants.gone or variants.come:
            text = f"a union: {shown(ours)} in `spec/`, {shown(theirs)} in the export; its variants are not compared"
            self._notes.hand("type", place, subject, text)
            return False
        results = [
            self.compare(one, other, place, f"{subject} variant {number}")
            for number, (one, other) in enumerate(variants.kept, 1)
        ]
        return all(results)

    # -- properties ----------------------------------------------------------------------------------------------------

    def compare_objects(
        self, mine: Model | Wrapper, yours: Model, subject: str
    ) -> None:
        """Compare the properties of two objects."""
        if (mine.key, yours.key) in self._compared:
            return
        self._compared.add((mine.key, yours.key))
        spelled = respelled(mine.by_wire_name, yours.by_wire_name)
        for name, there in yours.by_wire_name.items():
            here = mine.by_wire_name.get(spelled.get(name, name))
            if here is None:
                self._not_here(mine, yours, there, subject)
                continue
            self._say(here.origin.pointer, yours)
            pair = Pair(here, there, f"{subject} {here.wire_name}")
            is_named = here.wire_name == name or self._respell(pair)
            if here.wire_name == name:
                self._notes.agree("spelling", pair.place)
            pointer = mine.origin.pointer
            if not here.read_only:
                self._flag(pair, (*pointer, "required"))
            is_same = self._types.compare(pair)
            self._confirmation.confirm(
                pointer, here.wire_name, is_same=is_same and is_named
            )
        known = yours.by_wire_name.keys() | set(spelled.values())
        for here in mine.fields if yours.fields else ():
            if here.wire_name not in known:
                self._not_there(here, yours, f"{subject} {here.wire_name}")

    def _say(self, place: Pointer, yours: Model) -> None:
        self._notes.say(("property", place))
        if yours.origin.pointer in self._given.theirs.sent:
            self._notes.say(("sent property", place))

    def _respell(self, pair: Pair) -> bool:
        """Note that the export spells a property otherwise; True if the overlay renames it."""
        name, place = pair.theirs.wire_name, pair.place
        if not words.is_name(name):
            text = f"{ODD_SPELLING}; the property is {pair.ours.evidence}"
            self._notes.hand("spelling", place, pair.subject, text)
            return False
        return self._notes.correct(
            "spelling",
            place,
            pair.subject,
            told(pair.ours.wire_name, name, "export"),
            Rename(place, name),
            thing="property",
            evidence=pair.ours.evidence,
        )

    def _not_there(self, here: Field, yours: Model, subject: str) -> None:
        """Note a property that an object of the export does not have, if it should have it."""
        is_sent = yours.origin.pointer in self._given.theirs.sent
        if (
            here.read_only
            and is_sent
            and yours.origin.pointer not in self._given.theirs.received
        ):
            return  # a request has no need of it
        place = here.origin.pointer
        fact = ("sent property" if is_sent else "property", place)
        text = "the export has no such property"
        self._notes.only_here("property", place, subject, text, unless=fact)

    def _not_here(
        self, mine: Model | Wrapper, yours: Model, there: Field, subject: str
    ) -> None:
        if not words.is_name(there.wire_name):
            text = "a property of the export has a name that does not look like one, and is not written"
            self._notes.hand("property", mine.origin.pointer, subject, text)
            return
        is_received = yours.origin.pointer in self._given.theirs.received
        new = _NewProperty(mine, there, is_received, f"{subject} {there.wire_name}")
        self._say(new.place, yours)
        self._new.append(new)

    def _add(self, new: _NewProperty) -> None:
        text = "a property that `spec/` does not have"
        try:
            built = self._builder.property(
                new.theirs.wire_name, new.theirs, new.owner.key
            )
        except CannotBuildError as error:
            self._notes.hand(
                "property", new.owner.origin.pointer, new.subject, f"{text}; {error}"
            )
            return
        edits: list[Edit] = [*built.edits, Put(new.place, built.value)]
        if self._is_only_received(new):
            edits.append(Put((*new.place, "readOnly"), True))
            text += "; only responses have it, so it is no parameter"
        elif new.theirs.required:
            edits += self._required(new)
        self._notes.patch("property", new.place, new.subject, text, *edits)

    def _is_only_received(self, new: _NewProperty) -> bool:
        """Return whether a schema that is sent, too, has the property in responses only."""
        owner = new.owner.origin.pointer
        if (
            self._notes.has_said(("sent property", new.place))
            or owner not in self._sent
        ):
            return False
        return new.is_received or owner in self._received

    def _required(self, new: _NewProperty) -> list[Edit]:
        where = new.owner.origin.pointer
        if new.owner.evidence == facts.GUESS:
            return [Append((*where, "required"), new.theirs.wire_name)]
        text = "required in the export, and new in `spec/`, where it is left optional"
        self._notes.hand("required", where, new.subject, text)
        return []

    def _flag(self, pair: Pair, where: Pointer) -> None:
        """Compare whether a property is required."""
        is_required = pair.theirs.required
        if is_required == pair.ours.required:
            self._notes.agree("required", pair.place)
            return
        name = pair.ours.wire_name
        edit: Edit = Append(where, name) if is_required else Drop(where, name)
        self._notes.correct(
            "required",
            pair.place,
            pair.subject,
            told_required(is_required),
            edit,
            thing="property",
            evidence=pair.ours.evidence,
        )


def _named(api: Api) -> dict[str, Type]:
    """Return the types of the schemas that have names in `spec/`."""
    models: dict[str, Type] = {key: ModelRef(key, api.models) for key in api.models}
    enums: dict[str, Type] = {key: EnumRef(key, api.enums) for key in api.enums}
    aliases = {key: alias.type for key, alias in api.aliases.items()}
    return models | enums | aliases
