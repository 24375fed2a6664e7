"""Compare the types of values.

What a caller writes and what a caller reads are judged the other way round. A parameter may take more without harm, and
a response may bring less without harm. A value that goes both ways gets the harsher of the two.
"""

from __future__ import annotations

from dataclasses import replace

from ..model.types import (
    NULL,
    Constant,
    Discriminator,
    EnumRef,
    Limits,
    ListOf,
    ModelRef,
    Scalar,
    Type,
    Union,
    variants_of,
)
from .alignment import differences
from .change import Level
from .findings import Findings, Place, changed
from .side import Side
from .variants import compared

_NAMES = {
    "string": frozenset({"str"}),
    "integer": frozenset({"int"}),
    "number": frozenset({"int", "Decimal"}),
    "boolean": frozenset({"bool"}),
    "date": frozenset({"date"}),
    "date-time": frozenset({"datetime"}),
    "null": frozenset({"None"}),
    "any": frozenset({"object"}),
}

#: Limits of which a higher value takes less, and those of which a lower one does. The API and the sandbox hold callers
#: to them; the client checks none.
_LOWEST = frozenset(
    {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
)
_HIGHEST = frozenset(
    {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
)


def compare(found: Findings, place: Place, old: Type, new: Type) -> None:
    """Compare the types of a value."""
    _Types(found, place, in_new_keys(found, old), new).compare()


def names_of(side: Side, type_: Type) -> frozenset[str]:
    """Return the types in Python that a value may have, as names for people."""
    match type_:
        case Scalar():
            return _NAMES[type_.kind]
        case Constant():
            return frozenset({f"Literal[{type_.value!r}]"})
        case EnumRef() | ModelRef():
            schema = side.schemas.get(type_.key)
            return frozenset({schema.name if schema is not None else type_.key})
        case ListOf():
            return frozenset({f"list[{told(names_of(side, type_.item))}]"})
        case Union():
            return frozenset[str]().union(
                *(names_of(side, variant) for variant in type_.variants)
            )


def told(names: frozenset[str]) -> str:
    """Return the names of types as an annotation."""
    return " | ".join(sorted(names))


def in_new_keys(found: Findings, type_: Type) -> Type:
    """Return a type of the old API with the keys that its schemas have in the new one."""
    match type_:
        case ListOf():
            return replace(type_, item=in_new_keys(found, type_.item))
        case Union():
            variants = tuple(in_new_keys(found, variant) for variant in type_.variants)
            discriminator = type_.discriminator
            if discriminator is not None:
                keys = tuple(
                    (value, found.now(key)) for value, key in discriminator.keys
                )
                otherwise = found.now(discriminator.otherwise)
                discriminator = replace(discriminator, keys=keys, otherwise=otherwise)
            return Union(variants, discriminator)
        case EnumRef() if type_.key in found.renamed:
            return EnumRef(found.now(type_.key), found.new.api.enums)
        case ModelRef() if type_.key in found.renamed:
            return ModelRef(found.now(type_.key), found.new.api.models)
        case _:
            return type_


class _Types:
    """Compare two types, the old one in the keys of the new API."""

    def __init__(self, found: Findings, place: Place, old: Type, new: Type) -> None:
        self.found = found
        self.place = place
        self.old = old
        self.new = new
        self.before = [variant for variant in variants_of(old) if variant != NULL]
        self.after = [variant for variant in variants_of(new) if variant != NULL]

    def compare(self) -> None:
        if self.old == self.new:
            return
        if self._are_constants():
            return
        gone, come, kept = compared(self.before, self.after, _identity)
        is_choice = len(self.before) > 1 and len(self.after) > 1
        if (gone or come) and not is_choice:
            self._other_type()
            return
        self._variants(gone, come)
        self._null()
        self._discriminator()
        self._insides(kept)
        if not gone and not come and self._is_reordered():
            self.found.docs(self.place, "the order of the variants", "order-changed")

    def _is_reordered(self) -> bool:
        before = list(map(_identity, self.before))
        return before != list(map(_identity, self.after))

    def _are_constants(self) -> bool:
        if len(self.before) != 1 or len(self.after) != 1:
            return False
        was, now = self.before[0], self.after[0]
        if not isinstance(was, Constant) or not isinstance(now, Constant) or was == now:
            return False
        text = f"has another fixed value: it {changed(was.value, now.value)}."
        self.found.breaks("constant-changed", self.place, text)
        return True

    def _other_type(self) -> None:
        was = names_of(self.found.old, self.old)
        now = names_of(self.found.new, self.new)
        # A type that takes anything takes each of them.
        gone = frozenset[str]() if "object" in now else was - now
        come = frozenset[str]() if "object" in was else now - was
        level = self.place.level(
            request=Level.BREAKING if gone else Level.ADDITIVE,
            response=Level.BREAKING if come else Level.ADDITIVE,
        )
        text = f"changed its type from `{told(was)}` to `{told(now)}`."
        self.found.add("type-changed", level, self.place, text)

    def _variants(self, gone: list[Type], come: list[Type]) -> None:
        for variant in gone:
            level = self.place.level(request=Level.BREAKING, response=Level.ADDITIVE)
            name = told(names_of(self.found.old, variant))
            self.found.add(
                "variant-removed", level, self.place, f"can no longer be `{name}`."
            )
        for variant in come:
            level = self.place.level(request=Level.ADDITIVE, response=Level.BREAKING)
            name = told(names_of(self.found.new, variant))
            self.found.add("variant-added", level, self.place, f"may also be `{name}`.")

    def _null(self) -> None:
        was, now = NULL in variants_of(self.old), NULL in variants_of(self.new)
        if now and not was:
            level = self.place.level(request=Level.ADDITIVE, response=Level.BREAKING)
            text = (
                "may now be None; check it before you use it."
                if self.place.is_received
                else "now accepts None, which is sent as null."
            )
            self.found.add("null-added", level, self.place, text)
        elif was and not now:
            level = self.place.level(request=Level.BREAKING, response=Level.ADDITIVE)
            text = (
                "can no longer be None."
                if self.place.is_received
                else "no longer accepts None."
            )
            self.found.add("null-removed", level, self.place, text)

    def _discriminator(self) -> None:
        old = self.old.discriminator if isinstance(self.old, Union) else None
        new = self.new.discriminator if isinstance(self.new, Union) else None
        if old is None and new is None:
            return
        if old is not None and new is not None and self._tells_alike(old, new):
            return
        text = "has other discriminator values: an object may become another class."
        self.found.breaks("discriminator-changed", self.place, text)

    def _tells_alike(self, old: Discriminator, new: Discriminator) -> bool:
        """Return whether each value tells of the same variant; one that comes or goes is reported as its variant."""
        before, after = dict(old.keys), dict(new.keys)
        kept = before.keys() & after.keys()
        if old.wire_name != new.wire_name or any(
            before[value] != after[value] for value in kept
        ):
            return False
        moved = before.keys() ^ after.keys()
        return len(moved) <= abs(len(self.before) - len(self.after))

    def _insides(self, kept: list[tuple[Type, Type]]) -> None:
        for pair in kept:
            match pair:
                case Scalar(limits=before), Scalar(limits=after):
                    self._limits(before, after)
                case ListOf() as old, ListOf() as new:
                    self._limits(old.limits, new.limits)
                    of = f" of {self.place.subject}" if self.place.subject else ""
                    items = self.place.about(f"the items{of}")
                    _Types(self.found, items, old.item, new.item).compare()
                case _:
                    pass  # The other types have nothing inside.

    def _limits(self, old: Limits, new: Limits) -> None:
        for name, was, now in differences(dict(old), dict(new)):
            self._limit(name, was, now)

    def _limit(self, name: str, old: object, new: object) -> None:
        if name == "format":
            self.found.docs(self.place, "the format")
        elif not self.place.is_sent:
            self.found.docs(self.place, f"the limit `{name}`")
        elif _is_narrower(name, old, new):
            text = f"has a narrower limit: `{name}` {changed(old, new)}. The API refuses values beyond it."
            self.found.breaks("limit-narrowed", self.place, text)
        else:
            self.found.adds(
                "limit-widened",
                self.place,
                f"has a wider limit: `{name}` {changed(old, new)}.",
            )


def _identity(type_: Type) -> object:
    """Return what makes a variant the same as another one."""
    match type_:
        case Scalar():
            return type_.kind
        case ListOf():
            return "list"
        case _:
            return type_


def _is_narrower(name: str, old: object, new: object) -> bool:
    """Return whether a limit lets less through. None stands for no limit, and a pattern may always let less through."""
    if new is None or new is False:
        return False
    if not isinstance(old, int | float) or not isinstance(new, int | float):
        return True
    if name in _LOWEST:
        return new > old
    return new < old if name in _HIGHEST else True
