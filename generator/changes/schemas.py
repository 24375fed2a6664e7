"""What changed in schemas: classes, their fields, and the types of parameters and answers.

What a caller writes and what a caller reads are judged the other way round. A parameter may take more without harm, and
an answer may bring less without harm. A schema that goes both ways gets the harsher of the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..document import is_mapping, is_sequence, mapping, sequence
from ..naming import enum_members, snake
from .change import Level
from .findings import MISSING, Findings, Handler, Missing, Place, about, brief, changed, of, same
from .side import REQUEST, Direction, Side

Json = dict[str, Any]

BREAKING, ADDITIVE, DOCS = Level.BREAKING, Level.ADDITIVE, Level.DOCS

#: Keys of a named schema, or of one beside a reference, that say what kind of value it is.
_SHAPE = frozenset(
    {
        *("$ref", "type", "format", "nullable", "enum", "const", "items", "prefixItems", "properties"),
        *("required", "additionalProperties", "oneOf", "anyOf", "allOf", "discriminator"),
    }
)

_NONE: frozenset[str] = frozenset()
_ONLY_NULL = frozenset({"None"})

#: Limits that the API and the sandbox hold callers to; the client checks none of them. True: a higher one is narrower.
_LIMITS = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), True),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), False),
}

_NAMES_OF_TYPES = {"string": "str", "integer": "int", "boolean": "bool", "null": "None", "object": "dict"}
_NAMES_OF_FORMATS = {"date-time": "datetime", "date": "date", "binary": "bytes"}


def compare_named(found: Findings, old_key: str, new_key: str) -> None:
    """Compare two named schemas that are the same class, or that was renamed."""
    old, new = found.old, found.new
    before, after = old.schemas[old_key], new.schemas[new_key]
    place = place_of(found, old_key, new_key)
    name, old_name = new.classes[new_key], old.classes[old_key]
    if name != old_name:
        there = Place(f"models.{old_name}", "", place.pointer, symbols=symbols(old_name))
        found.add("class-renamed", BREAKING, there, f"is called `{name}` now. Rename it where you use it.")
    elif old_key != new_key:
        found.docs(place, f"the name of the schema, which is `{new_key}` now,")
    _usage(found, place, old_key, new_key)
    if not same(before, after):
        found.settle(place, before, after, lambda where, b, a: compare(found, where, b, a, named=True))


def place_of(found: Findings, old_key: str, new_key: str) -> Place:
    """Where a user meets a named schema: as the parameters of methods, or as a class."""
    old, new = found.old, found.new
    pointer = ("components", "schemas", new_key)
    directions = old.directions[old_key] | new.directions[new_key]
    calls = list(dict.fromkeys(op.call for op in old.bodies.get(old_key, []) + new.bodies.get(new_key, [])))
    if calls and directions == REQUEST:
        return Place(listed(calls), "", pointer, directions, symbols(new.classes[new_key], calls))
    return Place(
        f"models.{new.classes[new_key]}", "", pointer, directions, symbols(new.classes[new_key], calls)
    )


def symbols(name: str, calls: Iterable[str] = ()) -> tuple[str, ...]:
    """The names in Python of a class, and of the calls that take its fields as their parameters."""
    return (f"models.{name}", f"params.{name}Params", *calls)


def parameter_name(node: Json) -> str:
    """The name of a parameter in Python."""
    return snake(str(node.get("name")))


def _usage(found: Findings, place: Place, old_key: str, new_key: str) -> None:
    """What a class is used for decides what it has: parameters as a TypedDict, Money, the reading of answers."""
    if not _is_object(mapping(found.new.schemas[new_key])):
        return
    before, after = found.old.uses[old_key], found.new.uses[new_key]
    name = found.new.classes[new_key]
    there = replace(place, where=f"models.{name}", symbols=symbols(name))
    if Direction.REQUEST in before - after:
        text = f"is no longer sent by any call: `params.{name}Params` and `from_params` are gone."
        gone = replace(there, symbols=(f"models.{name}.from_params", f"params.{name}Params"))
        found.add("class-no-longer-sent", BREAKING, gone, text)
    if Direction.REQUEST in after - before:
        text = f"can be sent too: `params.{name}Params` and `from_params` are new."
        found.add("class-can-be-sent", ADDITIVE, there, text)
    if Direction.ANSWER in after - before and _has_amount(found.new, new_key):
        text = "is read from answers now, so its amounts are plain numbers and are not given as `Money`."
        found.add("class-is-read", BREAKING, there, text)


def _has_amount(side: Side, key: str) -> bool:
    fields = mapping(mapping(side.schemas[key]).get("properties")).values()
    return any(
        "x-amount-unit" in side.resolve(field) or "x-amount-unit" in mapping(field) for field in fields
    )


def compare(found: Findings, place: Place, old: object, new: object, *, named: bool = False) -> None:
    """Compare two schemas, named ones or those that stand in place."""
    if is_mapping(old) and is_mapping(new):
        before, after = (old, new) if named else (_plain(old), _plain(new))
        if same(before, after):
            found.docs(place, "the way in which a reference is written")
        else:
            _Pair(found, place, before, after, named).compare()


def _plain(schema: Json) -> Json:
    """The schema without an `allOf` that only lets something stand beside a reference."""
    parts = sequence(schema.get("allOf"))
    if len(parts) == 1 and set(mapping(parts[0])) == {"$ref"} and not _SHAPE & schema.keys() - {"allOf"}:
        return {**{key: value for key, value in schema.items() if key != "allOf"}, **parts[0]}
    return schema


class _Pair:
    """Two schemas that are compared, and a method for each key that may differ."""

    def __init__(self, found: Findings, place: Place, old: Json, new: Json, named: bool) -> None:
        self.found, self.place, self.old, self.new, self.named = found, place, old, new, named
        text = found.documentation
        self.handlers: dict[str, Handler] = {
            **{
                key: text(f"the {key}") for key in ("description", "title", "example", "examples", "$comment")
            },
            **{"externalDocs": text("the link to the docs"), "x-source": text("the source")},
            "x-evidence": self.evidence,
            "x-amount-unit-evidence": text("the evidence of the unit"),
            "x-required-evidence": text("the evidence of what is required"),
            "x-unused": text("the mark that nothing uses it"),
            **{"type": self.spelling, "nullable": self.spelling, "format": self.spelling},
            **{"$ref": self.reference, "enum": self.enum, "const": self.constant, "items": self.items},
            **{"oneOf": self.variants, "anyOf": self.variants, "allOf": self.parts},
            **{"properties": self.properties, "required": self.required},
            "additionalProperties": self.further,
            "discriminator": self.discriminator,
            "default": self.default,
            **{"readOnly": self.read_only, "writeOnly": text("the mark that it is only sent")},
            "deprecated": self.deprecated,
            "x-deprecated": deprecation_advice(found, old, new),
            **dict.fromkeys((*_LIMITS, "pattern", "multipleOf", "uniqueItems"), self.limit),
            **{"x-amount-unit": self.unit, "x-main-amount": self.main_amount, "x-sensitive": self.sensitive},
            **{"x-free-text": self.free_text, "x-currencies-without-decimals": self.decimals},
            **{"x-enum-meanings": self.meanings, "x-enum-same": self.spellings},
            "x-class-name": self.class_name,
            "x-next-action": self.next_action,
            **{"x-wrapped": self.read_otherwise, "x-format": self.read_otherwise},
        }

    def compare(self) -> None:
        """Compare the kinds of the values first: where they differ, what is inside of them says no more."""
        found, old, new = self.found, self.old, self.new
        kind = self._kind(found.old, old), self._kind(found.new, new)
        handlers = self.handlers
        if kind[0] != kind[1]:
            self._type_changed()
            handlers = {**handlers, **dict.fromkeys(_SHAPE, found.explained)}
        elif not ({"$ref", "oneOf", "anyOf"} & old.keys()) and _words(old) != _words(new):
            self._type_changed()
            handlers = {**handlers, **dict.fromkeys(("type", "format", "nullable"), found.explained)}
        found.keys(handlers, self.place, old, new)

    def _kind(self, side: Side, schema: Json) -> str:
        """What the generator makes of a schema: a class, an enumeration, variants, an array, or a plain value."""
        if "$ref" in schema:
            return "reference"
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return "variants"
        if "enum" in schema:
            return "enumeration"
        kinds = _types(schema)
        if "array" in kinds:
            return "array"
        return "object" if "object" in kinds or "properties" in schema or "allOf" in schema else "plain"

    # -- types -----------------------------------------------------------------------------------------------

    def _type_changed(self) -> None:
        before, after = annotation(self.found.old, self.old), annotation(self.found.new, self.new)
        gone, come = _apart(before, after), _apart(after, before)
        level = self.place.level(
            request=BREAKING if gone else ADDITIVE, answer=BREAKING if come else ADDITIVE
        )
        if before == after:
            level = BREAKING
        if {gone, come} == {_NONE, _ONLY_NULL}:
            self._null(level, bool(come))
            return
        was, now = " | ".join(sorted(before)), " | ".join(sorted(after))
        text = (
            f"has the type `{now}` now; it was `{was}`."
            if was != now
            else "is described as another kind of value."
        )
        self.found.add("type-changed", level, self.place, about(self.place, text))

    def _null(self, level: Level, added: bool) -> None:
        if Direction.ANSWER in self.place.directions:
            text = "may be None now; look before you use it." if added else "is never None any more."
        else:
            text = "takes None now, which is sent as null." if added else "no longer takes None."
        kind = "null-added" if added else "null-removed"
        self.found.add(kind, level, self.place, about(self.place, text))

    def spelling(self, place: Place, old: object, new: object) -> None:
        """A type or format that makes no difference in Python."""
        self.found.docs(place, f"the {place.pointer[-1]}")

    def reference(self, place: Place, old: object, new: object) -> None:
        before, after = self.found.old.schema_key(old), self.found.new.schema_key(new)
        if before and self.found.now(before) == after:
            self.found.explained()
        elif before and after:
            self._type_changed()

    def items(self, place: Place, old: object, new: object) -> None:
        if MISSING in (old, new):
            self._type_changed()
        else:
            name = f"the items of {place.subject}" if place.subject else "the items"
            compare(self.found, replace(place, subject=name), old, new)

    def constant(self, place: Place, old: object, new: object) -> None:
        text = f"has a fixed value, which {changed(old, new)}."
        self.found.add("constant-changed", BREAKING, place, about(place, text))

    def variants(self, place: Place, old: object, new: object) -> None:
        if not (is_sequence(old) and is_sequence(new)):
            return
        pairs, gone, come = _paired(self.found, old, new)
        if not gone and not come and [after for _, after in pairs] != new:
            self.found.docs(place, "the order of the variants", "order-changed")
        for (index, before), after in pairs:
            if not same(before, after):
                self.found.settle(
                    place.at(index), before, after, lambda p, b, a: compare(self.found, p, b, a)
                )
        for side, variants, text, kind, request, answer in (
            (self.found.old, gone, "is no longer", "variant-removed", BREAKING, ADDITIVE),
            (self.found.new, come, "may also be", "variant-added", ADDITIVE, BREAKING),
        ):
            for variant in variants:
                level = place.level(request=request, answer=answer)
                name = " | ".join(sorted(annotation(side, mapping(variant))))
                self.found.add(kind, level, place, about(place, f"{text} `{name}`."))

    def parts(self, place: Place, old: object, new: object) -> None:
        before, after = sequence(old), sequence(new)
        if len(before) != len(after):
            text = "is put together of other schemas: its fields may be others."
            self.found.add("parts-changed", BREAKING, place, about(place, text))
        for index, (left, right) in enumerate(zip(before, after, strict=False)):
            if not same(left, right):
                self.found.settle(place.at(index), left, right, lambda p, b, a: compare(self.found, p, b, a))

    def discriminator(self, place: Place, old: object, new: object) -> None:
        text = "is told apart by other values: an object may become another class."
        self.found.add("discriminator-changed", BREAKING, place, about(place, text))

    # -- enumerations ----------------------------------------------------------------------------------------

    def enum(self, place: Place, old: object, new: object) -> None:
        if not (is_sequence(old) and is_sequence(new)):
            return
        was, now = _members(old), _members(new)
        for value in was.keys() - now.keys():
            there = replace(place, symbols=self._member(was[value]))
            text = f"no longer has the value {value}: `{was[value]}` is gone."
            self.found.add("enum-value-removed", BREAKING, there, about(place, text))
        for value in now.keys() - was.keys():
            there = place.at(list(now).index(value))
            text = f"has the new value {value}. " + (
                "Answers may hold it." if Direction.ANSWER in place.directions else "It can be sent."
            )
            self.found.add("enum-value-added", ADDITIVE, there, about(place, text))
        if was.keys() == now.keys():
            self.found.docs(place, "the order of the values", "order-changed")
        for value in was.keys() & now.keys():
            if was[value] != now[value]:
                there = replace(place, symbols=self._member(was[value]))
                text = f"calls the value {value} `{now[value]}` now; it was `{was[value]}`."
                self.found.add("enum-member-renamed", BREAKING, there, about(place, text))

    def _member(self, name: str) -> tuple[str, ...]:
        return tuple(f"{symbol}.{name}" for symbol in self.place.symbols if symbol.startswith("models."))

    def meanings(self, place: Place, old: object, new: object) -> None:
        self._table(place, old, new, "meaning", edited=DOCS)

    def spellings(self, place: Place, old: object, new: object) -> None:
        self._table(place, old, new, "canonical", edited=BREAKING)

    def _table(self, place: Place, old: object, new: object, name: str, *, edited: Level) -> None:
        """A table of an enumeration, which is a property of its values."""
        if (isinstance(old, Missing) or isinstance(new, Missing)) and is_mapping(old or new):
            gone = isinstance(new, Missing)
            there = replace(place, symbols=self._member(name))
            level, text = (BREAKING, "no longer have") if gone else (ADDITIVE, "have")
            kind = f"{name}-removed" if gone else f"{name}-added"
            self.found.add(kind, level, there, about(place, f"values {text} `.{name}`."))
            return
        before, after, known = mapping(old), mapping(new), sequence(self.old.get("enum"))
        for value in dict.fromkeys((*before, *after)):
            left, right = before.get(value, MISSING), after.get(value, MISSING)
            if same(left, right):
                continue
            # What a new value means changes nothing that a program has done so far.
            if left is MISSING and (value not in known or edited is DOCS):
                kind, level = f"{name}-added", ADDITIVE
            elif right is MISSING:
                kind, level = f"{name}-removed", BREAKING
            else:
                kind, level = f"{name}-changed", edited
            text = f"`.{name}` of the value `{value}` {changed(left, right)}."
            self.found.add(kind, level, place.at(value), about(place, text))

    # -- objects ---------------------------------------------------------------------------------------------

    def properties(self, place: Place, old: object, new: object) -> None:
        before, after = mapping(old), mapping(new)
        renames = {
            name: other
            for name in before.keys() - after.keys()
            for other in sorted(after.keys() - before.keys())
            if snake(name) == snake(other)
        }
        for name in dict.fromkeys((*before, *after)):
            there = self._field(place.at(name), name)
            if name in renames:
                text = f"{there.subject} is `{renames[name]}` on the wire now; it was `{name}`."
                self.found.add("property-renamed-on-the-wire", BREAKING, there, text)
                compare(self.found, there.at(), before[name], after[renames[name]])
            elif name in renames.values():
                self.found.explained()
            elif name not in before:
                self._added(there, name, mapping(after[name]))
            elif name not in after:
                self._removed(there, name, mapping(before[name]))
            elif not same(before[name], after[name]):
                self.found.settle(
                    there, before[name], after[name], lambda p, b, a: compare(self.found, p, b, a)
                )
        self.found.order(place, before, after)

    def _field(self, place: Place, name: str) -> Place:
        """The place of a property: a parameter of the methods that send it, or a field of its class."""
        python = snake(name)
        as_parameter = not place.where.startswith("models.")
        names = tuple(
            f"{symbol}({python})" if symbol.startswith("client.") else f"{symbol}.{python}"
            for symbol in self.place.symbols
        )
        subject = f"parameter `{python}`" if as_parameter else f"`{python}`"
        if self.place.subject:
            subject += f" in {self.place.subject}"
        return replace(place, subject=subject, symbols=names)

    def _added(self, place: Place, name: str, node: Json) -> None:
        is_parameter = Direction.REQUEST in place.directions and node.get("readOnly") is not True
        if is_parameter and name in sequence(self.new.get("required")):
            text = f"{place.subject} is new and required. Pass it."
            self.found.add("property-added-required", BREAKING, place, text)
            return
        # In an open object, callers could already pass it, under the name that it has on the wire.
        is_nested = place.where.startswith("models.")
        was_free = is_parameter and is_nested and self.old.get("additionalProperties") is not False
        if was_free and snake(name) != name:
            text = f"{place.subject} is declared now. Write `{snake(name)}` where you passed `{name}` in a mapping."
            self.found.add("property-declared", BREAKING, place, text)
            return
        self.found.add("property-added", ADDITIVE, place, f"{place.subject} is new{_what(node)}.")

    def _removed(self, place: Place, name: str, node: Json) -> None:
        is_parameter = Direction.REQUEST in place.directions and node.get("readOnly") is not True
        kept = "If answers still bring it, it is in `additional_properties`."
        text = f"is gone. {'Do not pass it.' if is_parameter else kept}"
        self.found.add("property-removed", BREAKING, place, f"{place.subject} {text}")

    def required(self, place: Place, old: object, new: object) -> None:
        before, after = _texts(old), _texts(new)
        fields = mapping(self.old.get("properties")).keys() & mapping(self.new.get("properties")).keys()
        if before == after:
            self.found.docs(place, "the order in which required fields are listed", "order-changed")
        for name in sorted(before ^ after):
            there = self._field(place, name)
            if name not in fields:
                # One that comes or goes is reported as such.
                known = name in mapping(self.old.get("properties")) or name in mapping(
                    self.new.get("properties")
                )
                self.found.settled += known
            elif name in after:
                level = there.level(request=BREAKING, answer=ADDITIVE)
                text = (
                    "is required now. Pass it."
                    if level is BREAKING
                    else "is always there: it is never `UNSET`."
                )
                self.found.add("property-becomes-required", level, there, f"{there.subject} {text}")
            else:
                level = there.level(request=ADDITIVE, answer=BREAKING)
                text = (
                    "need not be passed any more."
                    if level is ADDITIVE
                    else "may be missing: it is `UNSET` then."
                )
                self.found.add("property-becomes-optional", level, there, f"{there.subject} {text}")

    def further(self, place: Place, old: object, new: object) -> None:
        """Fields beside the declared ones: none but the declared in a closed request, free ones elsewhere."""
        if is_mapping(old) and is_mapping(new):
            name = "further fields" + of(place)
            compare(self.found, replace(place, subject=name), old, new)
            return
        if (old is False) != (new is False):
            if Direction.REQUEST not in place.directions:
                self.found.docs(place, "whether there are further fields")
            elif new is False:
                text = "takes no further fields: one that is not declared is refused."
                self.found.add("fields-closed", BREAKING, place, about(place, text))
            else:
                text = "takes further fields, under the names that they have on the wire."
                self.found.add("fields-opened", ADDITIVE, place, about(place, text))
        elif is_mapping(old) or is_mapping(new):
            text = "has another type of fields beside the declared ones."
            self.found.add("fields-type-changed", BREAKING, place, about(place, text))
        elif new is True:
            text = "may hold fields that are not declared: `plexy_pay.drift` does not report them."
            self.found.add("fields-declared-free", ADDITIVE, place, about(place, text))
        elif old is True:
            level = place.level(request=ADDITIVE, answer=BREAKING)
            text = "has no free fields: one that is not declared is reported, and `strict=True` refuses it."
            self.found.add("fields-no-longer-free", level, place, about(place, text))

    def read_only(self, place: Place, old: object, new: object) -> None:
        if Direction.REQUEST not in place.directions:
            self.found.docs(place, "the mark that only answers bring it")
        elif new is True:
            text = "is no parameter any more: only answers bring it."
            self.found.add("property-becomes-read-only", BREAKING, place, about(place, text))
        else:
            self.found.add("property-becomes-writable", ADDITIVE, place, about(place, "can be passed now."))

    @property
    def old_key(self) -> str:
        """The key of the named schema in the old document."""
        new_key = str(self.place.pointer[-1])
        return next((old for old, new in self.found.renamed.items() if new == new_key), new_key)

    def class_name(self, place: Place, old: object, new: object) -> None:
        before = self.found.old.classes.get(self.old_key)
        after = self.found.new.classes.get(str(self.place.pointer[-1]))
        if self.named and before != after:
            self.found.explained()  # It is reported as a new name of the class.
        else:
            self.found.docs(place, "the mark of its name")

    # -- what is said of a value -----------------------------------------------------------------------------

    def evidence(self, place: Place, old: object, new: object) -> None:
        self.found.docs(place, "the evidence", "evidence-changed")

    def default(self, place: Place, old: object, new: object) -> None:
        if old is MISSING or new is MISSING or Direction.REQUEST not in place.directions:
            self.found.docs(place, "what the API takes when it is left out")
            return
        text = f"stands for {brief(new)} now when it is left out; it was {brief(old)}. Pass the value that you mean."
        self.found.add("request-default-changed", BREAKING, place, about(place, text))

    def deprecated(self, place: Place, old: object, new: object) -> None:
        deprecation(self.found, place, new, self.new)

    def limit(self, place: Place, old: object, new: object) -> None:
        key = str(place.pointer[-1])
        if Direction.REQUEST not in place.directions:
            self.found.docs(place, f"the limit `{key}`")
            return
        if _narrower(key, old, new):
            text = f"has a narrower limit: `{key}` {changed(old, new)}. The API refuses what is beyond it."
            self.found.add("limit-narrowed", BREAKING, place, about(place, text))
        else:
            text = f"has a wider limit: `{key}` {changed(old, new)}."
            self.found.add("limit-widened", ADDITIVE, place, about(place, text))

    def unit(self, place: Place, old: object, new: object) -> None:
        if old is MISSING:
            text = f"is an amount of money, in the unit {brief(new)}: floats are refused."
            self.found.add("amount-mark-added", BREAKING, place, about(place, text))
        elif new is MISSING:
            text = f"is no amount of money any more; its unit was {brief(old)}. `Money` is refused."
            self.found.add("amount-mark-removed", BREAKING, place, about(place, text))
        else:
            text = (
                f"is in the unit {brief(new)} now; it was {brief(old)}. The same number means another amount: check "
                "every place that passes or reads it."
            )
            self.found.add("amount-unit-changed", BREAKING, place, about(place, text))

    def decimals(self, place: Place, old: object, new: object) -> None:
        text = "names other currencies without decimals: some `Money` is taken, or refused, where it was not."
        self.found.add("amount-decimals-changed", BREAKING, place, about(place, text))

    def main_amount(self, place: Place, old: object, new: object) -> None:
        # What `.money` stands for is compared in the package's own terms.
        self.found.docs(place, "the mark of the main amount")

    def sensitive(self, place: Place, old: object, new: object) -> None:
        sensitivity(self.found, place, new)

    def free_text(self, place: Place, old: object, new: object) -> None:
        free_text(self.found, place, new)

    def next_action(self, place: Place, old: object, new: object) -> None:
        there = replace(place, symbols=(*place.symbols, *self._member("next_action")))
        if old is MISSING:
            self.found.add("next-action-added", ADDITIVE, there, about(place, "has `.next_action`."))
        elif new is MISSING:
            self.found.add(
                "next-action-removed", BREAKING, there, about(place, "no longer has `.next_action`.")
            )
        else:
            text = "has another rule for `.next_action`."
            self.found.add("next-action-changed", BREAKING, there, about(place, text))

    def read_otherwise(self, place: Place, old: object, new: object) -> None:
        text = f"is read in another way: `{place.pointer[-1]}` {changed(old, new)}."
        self.found.add("read-otherwise", BREAKING, place, about(place, text))


def deprecation(found: Findings, place: Place, new: object, node: Json) -> None:
    """Report that something is deprecated, or no longer."""
    if new is not True:
        found.docs(place, "the deprecation, which is withdrawn,")
        return
    advice = mapping(node.get("x-deprecated"))
    use = f" Use {advice['use']}." if "use" in advice else ""
    until = f" It will be removed in {advice['until']}." if "until" in advice else ""
    found.add("deprecated", ADDITIVE, place, about(place, f"is deprecated.{use}{until}"))


def deprecation_advice(found: Findings, old: Json, new: Json) -> Handler:
    """How a change of the advice is told: with the deprecation, if that is another one too."""
    if same(old.get("deprecated", MISSING), new.get("deprecated", MISSING)):
        return found.documentation("the advice about the deprecation")
    return found.explained


def sensitivity(found: Findings, place: Place, new: object) -> None:
    """Report that something is masked from now on, or no longer."""
    if new is True:
        found.add("sensitive-added", ADDITIVE, place, about(place, "is masked in `repr` and logs."))
    else:
        text = "is no longer masked: `repr` and logs show it."
        found.add("sensitive-removed", BREAKING, place, about(place, text))


def free_text(found: Findings, place: Place, new: object) -> None:
    """Report that logs mask something from now on, or no longer."""
    if new is True:
        found.add("free-text-added", ADDITIVE, place, about(place, "is masked in logs."))
    else:
        found.add("free-text-removed", BREAKING, place, about(place, "is no longer masked: logs show it."))


def listed(names: Iterable[str], most: int = 3) -> str:
    """Some names on one line, the first of many only."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def annotation(side: Side, schema: Json) -> frozenset[str]:
    """The types in Python that a schema becomes, as names for people."""
    schema = _plain(schema)
    if "$ref" in schema:
        key = side.schema_key(schema["$ref"])
        target = mapping(side.schemas.get(key))
        if "enum" in target or _is_object(target):
            return frozenset({side.classes[key]})
        return (
            annotation(side, target) if target and "$ref" not in target else frozenset({str(schema["$ref"])})
        )
    for key in ("oneOf", "anyOf"):
        if key in schema:
            parts = sequence(schema[key])
            return _NONE.union(*(annotation(side, mapping(part)) for part in parts))
    words = _words(schema)
    if "list" in words and is_mapping(schema.get("items")):
        inner = " | ".join(sorted(annotation(side, schema["items"])))
        return words - {"list"} | {f"list[{inner}]"}
    return words


def _is_object(schema: Json) -> bool:
    return "object" in _types(schema) or "properties" in schema or "allOf" in schema


def _types(schema: Json) -> frozenset[str]:
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else sequence(kinds)
    null = ["null"] if schema.get("nullable") is True else []
    return frozenset([*map(str, names), *null])


def _words(schema: Json) -> frozenset[str]:
    """The types in Python of a schema that refers to no other, by its own keys."""
    found: set[str] = set()
    for kind in _types(schema):
        if kind == "string":
            found.add(_NAMES_OF_FORMATS.get(str(schema.get("format")), "str"))
        elif kind == "number":
            found |= {"int", "Decimal"}
        else:
            found.add("list" if kind == "array" else _NAMES_OF_TYPES.get(kind, kind))
    return frozenset(found or {"object"})


def _apart(these: frozenset[str], those: frozenset[str]) -> frozenset[str]:
    """The types that only the first has; what takes anything takes each of them."""
    return _NONE if "object" in those else these - those


def _paired(
    found: Findings, old: list[Any], new: list[Any]
) -> tuple[list[tuple[tuple[int, Any], Any]], list[Any], list[Any]]:
    """The variants that are the same ones, with their place, and those that are gone and new."""
    left = list(new)
    pairs: list[tuple[tuple[int, Any], Any]] = []
    gone: list[Any] = []
    for variant in old:
        identity = _identity(found, found.old, variant)
        match = next((other for other in left if _identity(found, found.new, other) == identity), MISSING)
        if match is MISSING:
            gone.append(variant)
        else:
            left.remove(match)
            pairs.append(((new.index(match), variant), match))
    return pairs, gone, left


def _identity(found: Findings, side: Side, variant: object) -> tuple[str, ...]:
    schema = mapping(variant)
    if "$ref" in schema:
        key = side.schema_key(schema["$ref"])
        return ("reference", found.now(key) if side is found.old else key)
    return ("plain", *sorted(_words(schema)), json.dumps(schema.get("const")))


def _members(values: list[Any]) -> dict[str, str]:
    """The name in Python of each value of an enumeration, by the value as JSON."""
    names = enum_members([value for value in values if value is not None])
    return {
        **dict(zip((json.dumps(value) for value in values if value is not None), names, strict=True)),
        **({"null": "None"} if None in values else {}),
    }


def _texts(value: object) -> set[str]:
    return {item for item in sequence(value) if isinstance(item, str)}


def _what(node: Json) -> str:
    unit = node.get("x-amount-unit")
    return f", an amount in the unit `{unit}`" if unit else ""


def _narrower(key: str, old: object, new: object) -> bool:
    if new is MISSING:
        return False
    numbers = isinstance(old, (int, float)) and isinstance(new, (int, float))
    if key not in _LIMITS or not numbers:
        return not (key == "uniqueItems" and new is False)
    return (new > old) is _LIMITS[key]  # type: ignore[operator]
