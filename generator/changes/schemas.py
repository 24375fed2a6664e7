"""Compare classes: models with their fields, and enumerations with their values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from ..model.api import (
    Amount,
    Enum,
    Field,
    Member,
    Model,
    NextAction,
    Parameter,
    Schema,
)
from ..model.types import ANYTHING, Type
from . import values
from .alignment import differences, is_reordered, keyed, keys_of_both
from .change import Level
from .difference import Difference
from .findings import Findings, Place, brief, changed, listed
from .side import REQUEST, Direction


def compare(found: Findings) -> None:
    """Compare all classes."""
    kept = {new_key for _, new_key in found.pairs()}
    for old_key, new_key in found.pairs():
        _compare_named(found, old_key, new_key)
    for key, schema in found.old.schemas.items():
        if found.now(key) not in kept:
            found.breaks("class-removed", _class(schema), "was removed.")
    for key, schema in found.new.schemas.items():
        if key not in kept:
            found.adds("class-added", _class(schema), "is new.")


def _class(schema: Schema) -> Place:
    return Place(
        f"models.{schema.name}", schema.origin.pointer, symbols=_symbols(schema.name)
    )


def _symbols(name: str, calls: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names in Python of a class, and of the calls that take its fields as their parameters."""
    return (f"models.{name}", f"params.{name}Params", *calls)


def _compare_named(found: Findings, old_key: str, new_key: str) -> None:
    old, new = found.old.schemas[old_key], found.new.schemas[new_key]
    if old.name != new.name:
        text = f"is now called `{new.name}`. Rename it where you use it."
        found.breaks(
            "class-renamed", replace(_class(old), pointer=new.origin.pointer), text
        )
    match old, new:
        case Model(), Model():
            _report_use(found, old, new)
            _ModelDifference(found, _place(found, old, new), old, new).compare()
        case Enum(), Enum():
            _EnumDifference(found, _place(found, old, new), old, new).compare()
        case _:
            found.breaks("type-changed", _class(new), "is now another kind of value.")


def _place(found: Findings, old: Schema, new: Schema) -> Place:
    """Return where a user meets a schema: as the parameters of methods, or as a class."""
    directions = found.old.directions(old.key) | found.new.directions(new.key)
    calls = keys_of_both(
        found.old.senders.get(old.key, []), found.new.senders.get(new.key, [])
    )
    where = listed(calls) if calls and directions == REQUEST else f"models.{new.name}"
    return Place(
        where,
        new.origin.pointer,
        directions=directions,
        symbols=_symbols(new.name, calls),
    )


def _report_use(found: Findings, old: Model, new: Model) -> None:
    """Report what a class has because of its use: parameters as a TypedDict, and Money where it is read."""
    before, after = found.old.uses[old.key], found.new.uses[new.key]
    params = f"`params.{new.name}Params` and `from_params`"
    if Direction.REQUEST in before - after:
        symbols = (f"models.{new.name}.from_params", f"params.{new.name}Params")
        text = f"is no longer sent by any call: {params} were removed."
        found.breaks(
            "class-no-longer-sent", replace(_class(new), symbols=symbols), text
        )
    if Direction.REQUEST in after - before:
        found.adds(
            "class-can-be-sent", _class(new), f"can be sent too: {params} are new."
        )
    has_amounts = any(field.amount is not None for field in new.fields)
    if Direction.RESPONSE in after - before and has_amounts:
        text = "is now read from responses, so its amounts are plain numbers and not `Money`."
        found.breaks("class-is-read", _class(new), text)


class _ModelDifference(Difference[Model]):
    told_elsewhere = frozenset({"name"})

    def on_fields(self, old: tuple[Field, ...], new: tuple[Field, ...]) -> None:
        before, after = self.old.by_wire_name, self.new.by_wire_name
        respelled = _respelled(before, after)
        for field in old:
            if field.wire_name in respelled:
                self._respelled(field, after[respelled[field.wire_name]])
            elif field.wire_name in after:
                self._compared(field, after[field.wire_name])
            else:
                self._removed(field)
        for field in new:
            if (
                field.wire_name not in before
                and field.wire_name not in respelled.values()
            ):
                self._added(field)
        if is_reordered(before, after):
            self.docs("the order of the fields", "order-changed")

    def _field(self, field: Field) -> Place:
        """Return the place of a field: a parameter of the methods that send it, or an attribute of its class."""
        symbols = [
            _symbol_of_field(symbol, field.name) for symbol in self.place.symbols
        ]
        is_parameter = not self.place.where.startswith("models.")
        subject = f"parameter `{field.name}`" if is_parameter else f"`{field.name}`"
        return replace(self.place.at(field), subject=subject, symbols=tuple(symbols))

    def _compared(self, old: Field, new: Field) -> None:
        _FieldDifference(self.found, self._field(new), old, new).compare()

    def _respelled(self, old: Field, new: Field) -> None:
        text = f"is now `{new.wire_name}` on the wire instead of `{old.wire_name}`."
        self.found.breaks("property-renamed-on-the-wire", self._field(new), text)
        self._compared(old, new)

    def _removed(self, field: Field) -> None:
        is_parameter = self.place.is_sent and not field.read_only
        kept = "If responses still contain it, find it in `additional_properties`."
        text = f"was removed. {'Do not pass it.' if is_parameter else kept}"
        self.found.breaks("property-removed", self._field(field), text)

    def _added(self, field: Field) -> None:
        place = self._field(field)
        is_parameter = self.place.is_sent and not field.read_only
        # In an open object, callers could already pass it, under the name that it has on the wire.
        is_nested = self.place.where.startswith("models.")
        was_free = is_parameter and is_nested and not self.old.is_closed
        if is_parameter and field.required:
            self.found.breaks(
                "property-added-required", place, "is new and required. Pass it."
            )
        elif was_free and field.name != field.wire_name:
            text = f"is now declared. Write `{field.name}` where you passed `{field.wire_name}` in a mapping."
            self.found.breaks("property-declared", place, text)
        else:
            self.found.adds(
                "property-added", place, f"is new{_as_amount(field.amount)}."
            )

    def on_is_closed(self, old: bool, new: bool) -> None:
        if not self.place.is_sent:
            self.docs("the rule about undeclared fields")
        elif new:
            text = "no longer accepts undeclared fields: it refuses them."
            self.breaks("fields-closed", text)
        else:
            text = "now accepts undeclared fields, under their names on the wire."
            self.adds("fields-opened", text)

    def on_further(self, old: Type | None, new: Type | None) -> None:
        """Report other fields beside the declared ones, where it is not their refusal that changes."""
        if self.old.is_closed != self.new.is_closed:
            return
        if old is not None and new is not None and ANYTHING not in (old, new):
            values.compare(self.found, self.place.about("further fields"), old, new)
        elif old not in (None, ANYTHING) or new not in (None, ANYTHING):
            text = "has another type for undeclared fields."
            self.breaks("fields-type-changed", text)
        elif new == ANYTHING:
            text = (
                "may contain undeclared fields: `plexy_pay.drift` does not report them."
            )
            self.adds("fields-declared-free", text)
        else:
            level = self.place.level(request=Level.ADDITIVE, response=Level.BREAKING)
            text = "no longer allows undeclared fields: they are reported, and `strict=True` refuses them."
            self.add("fields-no-longer-free", level, text)

    def on_next_action(self, old: NextAction | None, new: NextAction | None) -> None:
        name = f"models.{self.new.name}.next_action"
        place = replace(self.place, symbols=(*self.place.symbols, name))
        if old is None:
            self.found.adds("next-action-added", place, "has `.next_action`.")
        elif new is None:
            self.found.breaks(
                "next-action-removed", place, "no longer has `.next_action`."
            )
        else:
            self.found.breaks(
                "next-action-changed", place, "has another rule for `.next_action`."
            )


def _symbol_of_field(symbol: str, field: str) -> str:
    return f"{symbol}({field})" if symbol.startswith("client.") else f"{symbol}.{field}"


def _respelled(old: Mapping[str, Field], new: Mapping[str, Field]) -> dict[str, str]:
    """Return the new name on the wire of each field that has the same name in Python, by the old one."""
    come = {field.name: name for name, field in new.items() if name not in old}
    return {
        name: come[field.name]
        for name, field in old.items()
        if name not in new and field.name in come
    }


def _as_amount(amount: Amount | None) -> str:
    return "" if amount is None else f", an amount in the unit `{_unit(amount)}`"


def _unit(amount: Amount) -> str:
    return amount.unit or "unknown"


_Value = TypeVar("_Value", bound=Field | Parameter)


class ValueDifference(Difference[_Value]):
    """Compare two fields or two parameters."""

    def on_type(self, old: Type, new: Type) -> None:
        values.compare(self.found, self.place, old, new)

    def on_amount(self, old: Amount | None, new: Amount | None) -> None:
        """Report what is known otherwise of an amount of money."""
        if new is None:
            unit = _unit(old) if old is not None else "unknown"
            text = f"is no longer an amount of money; its unit was `{unit}`. `Money` is refused."
            self.breaks("amount-mark-removed", text)
        elif old is None:
            text = f"is now an amount of money, in the unit `{_unit(new)}`: floats are refused."
            self.breaks("amount-mark-added", text)
        elif old.unit != new.unit:
            text = (
                f"is now in the unit `{_unit(new)}`; it was `{_unit(old)}`. The same number means another amount: "
                "check every place that passes or reads it."
            )
            self.breaks("amount-unit-changed", text)
        elif old.evidence != new.evidence:
            self.docs("the evidence of the unit")

    def on_server_default(self, old: str | None, new: str | None) -> None:
        """Report that the API takes something else for what is left out."""
        if old is None or new is None or not self.place.is_sent:
            self.docs("the default of the API")
            return
        text = f"now means {brief(new)} if it is omitted; it meant {brief(old)}. Pass the value that you mean."
        self.breaks("request-default-changed", text)


class _FieldDifference(ValueDifference[Field]):
    told_elsewhere = frozenset({"wire_name"})

    def on_required(self, old: bool, new: bool) -> None:
        if new:
            level = self.place.level(request=Level.BREAKING, response=Level.ADDITIVE)
            passed = "is now required. Pass it."
            read = "is always present: it is never `UNSET`."
            text = passed if level is Level.BREAKING else read
            self.add("property-becomes-required", level, text)
        else:
            level = self.place.level(request=Level.ADDITIVE, response=Level.BREAKING)
            passed = "is no longer required."
            read = "may be missing; it is then `UNSET`."
            text = passed if level is Level.ADDITIVE else read
            self.add("property-becomes-optional", level, text)

    def on_read_only(self, old: bool, new: bool) -> None:
        if not self.place.is_sent:
            self.docs("the `readOnly` flag")
        elif new:
            text = "is no longer a parameter: only responses contain it."
            self.breaks("property-becomes-read-only", text)
        else:
            self.adds("property-becomes-writable", "can now be passed.")

    def on_write_only(self, old: bool, new: bool) -> None:
        if not (self.place.is_received and self.new.required):
            self.docs("the `writeOnly` flag")
        elif new:
            text = "may be missing: only requests contain it."
            self.breaks("property-becomes-optional", text)
        else:
            text = "is always present: it is never `UNSET`."
            self.adds("property-becomes-required", text)

    def on_is_sensitive(self, old: bool, new: bool) -> None:
        if new:
            self.adds("sensitive-added", "is now redacted in `repr` and logs.")
        else:
            text = "is no longer redacted: `repr` and logs show it."
            self.breaks("sensitive-removed", text)

    def on_is_hidden(self, old: bool, new: bool) -> None:
        if self.old.is_sensitive == self.new.is_sensitive:
            hiding(self.found, self.place, is_hidden=new)

    def on_is_unix_time(self, old: bool, new: bool) -> None:
        now = "as a number of seconds since 1970" if new else "as a plain number"
        self.breaks("read-otherwise", f"is read in another way: {now}.")

    def on_wrapped_as(self, old: str, new: str) -> None:
        now = (
            f"a webhook may wrap it as `{new}`"
            if new
            else "a webhook no longer wraps it"
        )
        self.breaks("read-otherwise", f"is read in another way: {now}.")


def hiding(found: Findings, place: Place, *, is_hidden: bool) -> None:
    """Report that logs now redact something, or no longer redact it."""
    if is_hidden:
        found.adds("free-text-added", place, "is now redacted in logs.")
    else:
        found.breaks("free-text-removed", place, "is no longer redacted: logs show it.")


class _EnumDifference(Difference[Enum]):
    told_elsewhere = frozenset({"name", "takes_null"})

    def on_is_integer(self, old: bool, new: bool) -> None:
        now = "whole numbers" if new else "texts"
        self.breaks("type-changed", f"now has {now} as values.")

    def on_members(self, old: tuple[Member, ...], new: tuple[Member, ...]) -> None:
        before = keyed(old, lambda one: one.value)
        after = keyed(new, lambda one: one.value)
        for value, member in before.items():
            if value not in after:
                text = f"no longer has the value {_json(value)}: `{member.name}` was removed."
                self.found.breaks("enum-value-removed", self._member(member.name), text)
        for value in after:
            if value not in before:
                use = (
                    "Responses may contain it."
                    if self.place.is_received
                    else "It can be sent."
                )
                text = f"has the new value {_json(value)}. {use}"
                self.adds("enum-value-added", text)
        for value, member in before.items():
            if value in after and member.name != after[value].name:
                text = f"now calls the value {_json(value)} `{after[value].name}` instead of `{member.name}`."
                self.found.breaks(
                    "enum-member-renamed", self._member(member.name), text
                )
        self._meanings(before, after)
        self._spellings(before, after)
        if is_reordered(before, after):
            self.docs("the order of the values", "order-changed")

    def _member(self, name: str) -> Place:
        return replace(self.place, symbols=(f"models.{self.new.name}.{name}",))

    def _meanings(self, old: _Members, new: _Members) -> None:
        had = {value: member.meaning for value, member in old.items() if member.meaning}
        has = {value: member.meaning for value, member in new.items() if member.meaning}
        if self._property("meaning", bool(had), bool(has)):
            return
        for value, was, now in differences(had, has):
            if value in new:
                self._meaning(value, was, now)

    def _meaning(self, value: str | int, old: str | None, new: str | None) -> None:
        text = f"`.meaning` of the value `{value}` {changed(old, new)}."
        if old is None:
            self.adds("meaning-added", text)
        elif new is None:
            self.breaks("meaning-removed", text)
        else:
            self.found.add("meaning-changed", Level.DOCS, self.place, text)

    def _spellings(self, old: _Members, new: _Members) -> None:
        had = {value: member.same for value, member in old.items() if member.same}
        has = {value: member.same for value, member in new.items() if member.same}
        if self._property("canonical", bool(had), bool(has)):
            return
        for value, was, now in differences(had, has):
            # The canonical spelling of a new value changes nothing that a program has done so far.
            if value in old and value in new:
                text = f"`.canonical` of the value `{value}` {changed(was, now)}."
                self.breaks("canonical-changed", text)

    def _property(self, name: str, had: bool, has: bool) -> bool:
        """Report a property of the members that comes or goes with the first or the last of its texts."""
        if had == has:
            return False
        if has:
            self.found.adds(f"{name}-added", self.place, f"values have `.{name}`.")
        else:
            self.found.breaks(
                f"{name}-removed",
                self._member(name),
                f"values no longer have `.{name}`.",
            )
        return True


_Members = Mapping[str | int, Member]


def _json(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False)
