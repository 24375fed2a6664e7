"""From the schemas of any document to the few shapes that the generator's own documents have.

In those, each named schema is an object or an enumeration. Whatever else a schema says stands in place where it is
used: plain types, arrays, unions of references and plain types. What a schema says through `allOf` is put together,
and each object and enumeration that was written in place gets a name. What only validates a value (lengths, patterns,
`not`, `if`) changes no type, and stays in the document that the package carries.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ..document import Pointer, is_mapping, is_sequence, mapping, parse_pointer, reference_of, sequence
from ..normalising import SCHEMA_PREFIX
from .adapting import Adapting, Stop
from .checking import check_schema
from .loading import FILES

Json = dict[str, Any]
Kinds: TypeAlias = frozenset[str]

#: Keys that tell people of a value, and say nothing of its type.
_TELLING = frozenset(
    {
        *("title", "description", "deprecated", "readOnly", "writeOnly", "example", "examples", "default"),
        *(
            "externalDocs",
            "xml",
            "$comment",
            "nullable",
            "$id",
            "$anchor",
            "$dynamicAnchor",
            "$schema",
            "$defs",
        ),
        *("definitions", "$vocabulary"),
    }
)
#: Keys with which a variant of a union only says what must be there, so that it is no type of its own.
_DEMANDING = _TELLING | {"required", "not", "minProperties", "maxProperties", "if", "then", "else"}
_ORDER = ("object", "array", "string", "integer", "number", "boolean", "null")
_FORMATS = ("date", "date-time")
#: More variants than this of several unions in one schema would be more classes than anyone wants.
_MOST_VARIANTS = 64
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,39}")
#: Tokens of a pointer that say nothing of what is there.
_STRUCTURE = frozenset(
    {
        *("components", "schemas", "properties", "items", "schema", "content", FILES, "paths", "responses"),
        *(
            "allOf",
            "anyOf",
            "oneOf",
            "additionalProperties",
            "requestBody",
            "parameters",
            "definitions",
            "$defs",
        ),
        *("application/json", "prefixItems", "headers", "requestBodies"),
    }
)


@dataclass(frozen=True)
class Group:
    """One `oneOf` or `anyOf`: where its variants are, and where its discriminator is, if it has one."""

    variants: tuple[Pointer, ...]
    discriminator: Pointer | None


@dataclass(frozen=True)
class Facts:
    """What a schema says of a value, put together from all that it consists of."""

    kinds: Kinds | None = None
    format: str = ""
    values: tuple[Any, ...] | None = None
    is_const: bool = False
    properties: dict[str, tuple[Pointer, ...]] = field(default_factory=dict[str, tuple[Pointer, ...]])
    required: dict[str, None] = field(default_factory=dict[str, None])
    closed: bool = False
    further: tuple[Pointer, ...] = ()
    patterned: tuple[Pointer, ...] = ()
    items: tuple[Pointer, ...] = ()
    tuples: tuple[Pointer, ...] = ()
    groups: tuple[Group, ...] = ()
    or_null: bool = False
    told: Json = field(default_factory=dict[str, Any])
    parts: frozenset[Pointer] = frozenset()
    head: Pointer | None = None

    @property
    def is_object(self) -> bool:
        """Whether it says what only objects have."""
        return bool(self.properties or self.further or self.patterned or self.closed)

    def types(self) -> Kinds | None:
        """The JSON types: those it names, else those that what it says is about."""
        if self.kinds is not None:
            return self.kinds
        found = {
            *(["object"] if self.is_object else []),
            *(["array"] if self.items or self.tuples else []),
        }
        return frozenset(found) or None


class Shapes:
    """The named schemas of the document that is made, and what stands where others are used."""

    def __init__(self, adapting: Adapting) -> None:
        self._adapting = adapting
        self._document = adapting.document
        self._facts: dict[Pointer, Facts] = {}
        self._gathering: list[Pointer] = []
        self._named: dict[Pointer, Json] = {}
        self._open: set[Pointer] = set()
        self._joined: dict[frozenset[Pointer], Json | None] = {}
        self._made: dict[Any, str] = {}
        self._unions: set[Pointer] = set()
        self._keys: dict[Pointer, str] = {}
        self._waiting: list[tuple[str, Facts]] = []
        self._checked: set[Pointer] = set()
        self._size = 0
        self._limit = adapting.config.largest * _size(self._document.data) + 20_000
        self._schemas: Json = {}
        self._places: dict[str, dict[str, Pointer]] = {}
        self._taken: set[str] = set()
        schemas = mapping(mapping(self._document.data.get("components")).get("schemas"))
        for key in schemas:
            self._keys["components", "schemas", key] = self.new_key(key)

    # -- for the other parts ---------------------------------------------------------------------------------------

    def at(self, pointer: Pointer, name: str) -> Json:
        """What stands where the schema at a place is used; `name` is for a class that it needs."""
        node = self._document.get(pointer)
        target = self._alias(pointer)
        if target is None:
            return self._described(self._build(self._gather(pointer), name), node)
        result = copy.deepcopy(self._of(target))
        self._size += _size(result)
        self._check_size(pointer)
        or_null = mapping(node).get("nullable") is True
        return self._described(_union([result, {"type": "null"}]) if or_null else result, node)

    def either(self, pointers: Iterable[Pointer], name: str) -> Json:
        """What stands for a value that any of several schemas describes."""
        return _union([self.at(pointer, name) for pointer in pointers])

    def every(self) -> Json:
        """The named schemas, those that nothing uses as well, each whole."""
        for pointer in list(self._keys):
            self._of(pointer)
        self._finish()
        return {key: self._schemas[key] for key in sorted(self._schemas)}

    def fields(self, shape: Json) -> dict[str, tuple[Pointer, Json]]:
        """The properties of a shape that is an object: where each is described (nowhere is empty), and its shape."""
        self._finish()
        key = str(shape["$ref"]).removeprefix(SCHEMA_PREFIX)
        places = self._places[key]
        return {name: (places.get(name, ()), node) for name, node in self._schemas[key]["properties"].items()}

    def new_key(self, name: str) -> str:
        """A key that no schema has."""
        name = re.sub(r"[^\w.-]", "_", name)[:100]
        key, count = name, 2
        while key in self._taken:
            key, count = f"{name}_{count}", count + 1
        self._taken.add(key)
        return key

    # -- references ------------------------------------------------------------------------------------------------

    def _alias(self, pointer: Pointer) -> Pointer | None:
        """Where the schema is that this one only refers to; None if it says anything of its own."""
        node = mapping(self._document.get(pointer))
        own = [key for key in node if key not in _TELLING and not key.startswith("x-")]
        if "$ref" in own and (self._adapting.is_3_0 or own == ["$ref"]):
            return self._target(pointer)
        if own == ["allOf"] and len(sequence(node["allOf"])) == 1:
            return self._alias((*pointer, "allOf", 0))
        return None

    def _target(self, pointer: Pointer) -> Pointer | None:
        """The place of the schema that a reference leads to in the end, not through what it says besides."""
        seen: set[Pointer] = set()
        while (reference := reference_of(self._document.get(pointer))) is not None:
            if pointer in seen:
                return None
            seen.add(pointer)
            found = self._document.follow(parse_pointer(reference)[:-1])
            pointer = (*found.pointer, *parse_pointer(reference)[-1:])
            node = mapping(self._document.get(pointer))
            own = [key for key in node if key not in _TELLING and not key.startswith("x-")]
            if own != ["$ref"] or node.get("nullable") is True:
                break
        return pointer

    def _of(self, target: Pointer) -> Json:
        """What stands where the schema at this place is referred to."""
        if target in self._named:
            return self._named[target]
        if target in self._open:
            self._note_recursion(target)
            return {}
        key = self._keys.get(target)
        if key is None:
            key = self._keys[target] = self.new_key(_key_of(target))
            if target[:1] == (FILES,):
                self._check(target)
        self._open.add(target)
        facts = self._gather(target)
        built = self._build(facts, key, key)
        self._open.discard(target)
        # The description of a class is its own; only what is no class takes it along to where it is used.
        self._named[target] = built if "$ref" in built else self._described(built, self._document.get(target))
        return self._named[target]

    def _note_recursion(self, place: Pointer) -> None:
        # It holds itself through arrays and unions alone: from there on it is any JSON.
        self._adapting.note("values that hold themselves are typed as any JSON from there on", place)

    def _check(self, target: Pointer) -> None:
        problems = check_schema(self._document, target, self._document.get(target))
        if problems:
            self._adapting.problems += problems
            raise Stop

    # -- what a schema says ----------------------------------------------------------------------------------------

    def _gather(self, pointer: Pointer) -> Facts:
        """All that the schema at a place says. One that consists of itself says nothing more the second time."""
        if pointer in self._facts:
            return self._facts[pointer]
        if pointer in self._gathering:
            return Facts()
        node = self._document.get(pointer)
        self._gathering.append(pointer)
        facts = self._read(pointer, node) if is_mapping(node) else Facts()
        self._gathering.pop()
        facts = replace(facts, parts=facts.parts | {pointer}, head=pointer)
        self._size += len(facts.properties) + len(facts.required)
        self._check_size(pointer)
        self._facts[pointer] = facts
        return facts

    def _read(self, pointer: Pointer, node: Json) -> Facts:
        facts = Facts()
        if reference_of(node) is not None:
            target = self._target(pointer)
            facts = self._gather(target) if target is not None else facts
            if self._adapting.is_3_0:
                return replace(facts, or_null=facts.or_null or node.get("nullable") is True)
        facts = _both(facts, self._own(pointer, node))
        for index, _ in enumerate(sequence(node.get("allOf"))):
            facts = _both(facts, self._inherited(self._gather((*pointer, "allOf", index))))
        for place in _conditional(pointer, node):
            facts = _perhaps(facts, self._gather(place))
        groups = [
            Group(
                tuple((*pointer, kind, index) for index, _ in enumerate(sequence(node[kind]))),
                (*pointer, "discriminator") if is_mapping(node.get("discriminator")) else None,
            )
            for kind in ("oneOf", "anyOf")
            if sequence(node.get(kind))
        ]
        told: Json = {key: node[key] for key in ("title", "description", "deprecated") if key in node}
        return replace(
            facts,
            groups=(*facts.groups, *groups),
            or_null=node.get("nullable") is True,
            told={**facts.told, **told},
        )

    def _own(self, pointer: Pointer, node: Json) -> Facts:
        kind = node.get("type")
        kinds = frozenset(map(str, sequence(kind))) if is_sequence(kind) else None
        further = node.get("additionalProperties", node.get("unevaluatedProperties"))
        further_key = "additionalProperties" if "additionalProperties" in node else "unevaluatedProperties"
        values = node.get("enum")
        items = ("items",) if is_mapping(node.get("items")) else ()
        return Facts(
            kinds=frozenset({kind}) if isinstance(kind, str) else kinds,
            format=str(node.get("format", "")),
            values=(node["const"],) if "const" in node else tuple(values) if is_sequence(values) else None,
            is_const="const" in node,
            properties={name: ((*pointer, "properties", name),) for name in mapping(node.get("properties"))},
            required=dict.fromkeys(map(str, sequence(node.get("required")))),
            closed=further is False,
            further=((*pointer, further_key),) if is_mapping(further) and further else (),
            patterned=tuple(
                (*pointer, "patternProperties", name) for name in mapping(node.get("patternProperties"))
            ),
            items=tuple((*pointer, key) for key in items),
            tuples=tuple(
                (*pointer, "prefixItems", index) for index, _ in enumerate(sequence(node.get("prefixItems")))
            ),
        )

    def _inherited(self, facts: Facts) -> Facts:
        """What a schema takes from a part of it: not the union that lists the schema itself as a variant."""
        groups = tuple(
            group
            for group in facts.groups
            if not any(self._alias(variant) in self._gathering for variant in group.variants)
        )
        return replace(facts, groups=groups)

    # -- what stands for it ----------------------------------------------------------------------------------------

    def _build(self, facts: Facts, name: str, key: str | None = None, depth: int = 0) -> Json:
        """What stands for a value of which this is said; `key` is that of the named schema, if it is one."""
        parts: list[Json]
        self._size += 1 + len(facts.properties) + len(facts.required)
        self._check_size(facts.head or ("components", "schemas"))
        if facts.values is not None:
            parts = self._values(facts, name, key)
        elif facts.groups and depth < 8:
            parts = self._variants(facts, name, key, depth)
        else:
            types = facts.types()
            if types is None:
                return {}
            ordered = [kind for kind in _ORDER if kind in types]
            if "integer" in ordered and "number" in ordered:
                ordered.remove("integer")
            parts = [self._typed(kind, facts, name, key) for kind in ordered]
        if facts.or_null and parts and {} not in parts:
            parts.append({"type": "null"})
        return _union(parts)

    def _typed(self, kind: str, facts: Facts, name: str, key: str | None) -> Json:
        if kind == "object":
            return self._object(facts, name, key)
        if kind == "array":
            unions, self._unions = self._unions, set()
            items = _union(
                [
                    *(self.at(place, f"{name}.{n}") for n, place in enumerate(facts.tuples, 1)),
                    *([self._all(facts.items, f"{name}.item")] if facts.items or not facts.tuples else []),
                ]
            )
            self._unions = unions
            return {"type": "array", "items": items}
        if kind == "string" and facts.format in _FORMATS:
            return {"type": "string", "format": facts.format}
        if kind == "string" and facts.format == "password":
            return {"type": "string", "x-sensitive": True}
        return {"type": kind}

    def _all(self, places: tuple[Pointer, ...], name: str) -> Json:
        """What stands for a value that all of these schemas describe."""
        saying = [place for place in dict.fromkeys(places) if self._says_something(place)]
        if not saying:
            return self._described({}, self._document.get(places[-1])) if places else {}
        if len({self._alias(place) or place for place in saying}) == 1:
            return self.at(saying[-1], name)
        together = frozenset(self._alias(place) or place for place in saying)
        if together not in self._joined:
            self._joined[together] = None
            facts = self._gather(saying[0])
            for place in saying[1:]:
                facts = _both(facts, self._gather(place))
            self._joined[together] = self._build(facts, name)
        built = self._joined[together]
        if built is None:
            self._note_recursion(saying[-1])
        return self._described(copy.deepcopy(built or {}), self._document.get(saying[-1]))

    def _says_something(self, place: Pointer) -> bool:
        return any(key not in _TELLING for key in mapping(self._document.get(place)))

    def _object(self, facts: Facts, name: str, key: str | None) -> Json:
        # What is put together of the same parts is the same, wherever it is met again: it may hold itself.
        content = (
            *(tuple(facts.properties.items()), tuple(facts.required), facts.closed),
            *(facts.further, facts.patterned),
        )
        if key is None and content in self._made:
            return {"$ref": SCHEMA_PREFIX + self._made[content]}
        key = key if key is not None and key not in self._schemas else self.new_key(name)
        if facts.properties or facts.further or facts.patterned:
            self._made.setdefault(content, key)
        self._schemas[key] = {}
        self._waiting.append((key, facts))
        return {"$ref": SCHEMA_PREFIX + key}

    def _finish(self) -> None:
        """Give each object its properties: not before, since objects may hold each other."""
        while self._waiting:
            key, facts = self._waiting.pop()
            properties = {
                name: self._all(places, f"{key}.{name}") for name, places in facts.properties.items()
            }
            properties.update((name, {}) for name in facts.required if name not in properties)
            schema: Json = {"type": "object", **facts.told, "properties": properties}
            if facts.required:
                schema["required"] = list(facts.required)
            further = [self._all((place,), f"{key}.value") for place in (*facts.patterned, *facts.further)]
            if further:
                # Anything else may come along, too, where only names of a pattern are described.
                schema["additionalProperties"] = _union(further) or True
            elif facts.closed:
                schema["additionalProperties"] = False
            self._schemas[key] = schema
            self._places[key] = {name: places[0] for name, places in facts.properties.items()}

    def _values(self, facts: Facts, name: str, key: str | None) -> list[Json]:
        """An enumeration: a class of its own where its values are all text or all whole numbers."""
        values = list(_unique(facts.values or ()))
        fitting = [value for value in values if facts.kinds is None or _kind(value) in _widened(facts.kinds)]
        plain = [value for value in fitting if value is not None]
        parts: list[Json] = [{"type": "null"}] if None in fitting else []
        kinds = {_kind(value) for value in plain}
        if not fitting:
            # No value is of the type that is named: the type says more than the values.
            return [self._typed(kind, facts, name, key) for kind in _ORDER if kind in (facts.kinds or ())]
        if not plain:
            return parts
        if len(kinds) > 1 or not kinds <= {"string", "integer"}:
            if "object" in kinds or "array" in kinds:
                return [{}]
            return [{"type": kind} for kind in _ORDER if kind in kinds] + parts
        if len(plain) == 1 and (facts.is_const or key is None) and _is_constant(plain[0]):
            return [{"type": next(iter(kinds)), "const": plain[0]}, *parts]
        key = key if key is not None and key not in self._schemas else self.new_key(name)
        self._schemas[key] = {"type": next(iter(kinds)), "enum": plain, **facts.told}
        return [{"$ref": SCHEMA_PREFIX + key, "x-enum": True}, *parts]

    def _variants(self, facts: Facts, name: str, key: str | None, depth: int) -> list[Json]:
        """A union: of what its variants are, each together with what is said of all of them."""
        group, rest = facts.groups[0], facts.groups[1:]
        base = replace(facts, groups=rest, or_null=False, told={})
        if base.types() is not None and all(self._only_demands(place) for place in group.variants):
            return [self._build(base, name, key, depth + 1)]
        if rest and len(group.variants) * max(len(one.variants) for one in rest) > _MOST_VARIANTS:
            self._adapting.note("unions that are too many together became one type", group.variants[0])
            for one in facts.groups:
                for place in one.variants:
                    base = _perhaps(base, self._gather(place))
            return [self._build(replace(base, groups=()), name, key, depth + 1)]
        parts: list[Json] = []
        values: dict[str, list[str]] = {}
        for number, place in enumerate(group.variants, 1):
            target = self._alias(place)
            if target is not None and target in self._unions:
                continue  # A union that lists itself says nothing by it.
            if target is not None:
                self._unions.add(target)
            part = self._variant(base, place, target, f"{name}.{self._title(place) or number}", depth)
            if target is not None:
                self._unions.discard(target)
            parts.append(part)
            reference = str(part.get("$ref", ""))
            if group.discriminator is not None and reference:
                values.setdefault(reference, []).extend(self._discriminating(group.discriminator, target))
        result = _union(parts)
        listed = [str(one.get("$ref", "")) for one in sequence(result.get("oneOf"))]
        if group.discriminator is not None and len(values) > 1 and all(map(values.get, filter(None, listed))):
            told = mapping(self._document.get(group.discriminator))
            targets = {value: reference for reference, names in values.items() for value in names}
            result["discriminator"] = {"propertyName": str(told.get("propertyName")), "mapping": targets}
        return [result]

    def _variant(self, base: Facts, place: Pointer, target: Pointer | None, name: str, depth: int) -> Json:
        facts = self._gather(place)
        inherits = base.head is not None and base.head in facts.parts
        nothing = base.types() is None and not base.required and not base.groups and base.values is None
        if inherits or nothing:
            return self.at(place, name)
        if facts.types() == frozenset({"null"}):
            return {"type": "null"}
        return self._build(replace(_both(base, facts), told=facts.told), name, None, depth + 1)

    def _only_demands(self, place: Pointer) -> bool:
        node = self._document.get(place)
        return is_mapping(node) and all(key in _DEMANDING or key.startswith("x-") for key in node)

    def _title(self, place: Pointer) -> str:
        title = str(mapping(self._document.get(place)).get("title", ""))
        return title if _NAME.fullmatch(title) else ""

    def _discriminating(self, discriminator: Pointer, target: Pointer | None) -> list[str]:
        """The values of the discriminator that stand for a variant."""
        if target is None:
            return []
        found: list[str] = []
        for value, text in mapping(mapping(self._document.get(discriminator)).get("mapping")).items():
            place = parse_pointer(str(text)) if "#" in str(text) else ("components", "schemas", str(text))
            if place == target or self._target_of(place) == target:
                found.append(str(value))
        return found or [str(target[-1])]

    def _target_of(self, place: Pointer) -> Pointer | None:
        return self._target(place) if reference_of(self._document.get(place)) is not None else place

    # -- small things ----------------------------------------------------------------------------------------------

    def _described(self, shape: Json, node: Any) -> Json:
        """The shape with what is told of it at this place."""
        told = mapping(node)
        result = dict(shape)
        if isinstance(told.get("description"), str) or isinstance(told.get("title"), str):
            result["description"] = str(told.get("description") or told.get("title"))
        for key in ("deprecated", "readOnly", "writeOnly"):
            if told.get(key) is True:
                result[key] = True
        if "default" in told and isinstance(told["default"], (str, int, float, bool)):
            result["default"] = told["default"]
        return result

    def _check_size(self, pointer: Pointer) -> None:
        if self._size <= self._limit:
            return
        largest = self._adapting.config.largest
        self._adapting.cannot(
            pointer,
            f"what is made of the schemas would be more than {largest} times as large as the document",
            f"name unions and arrays that repeat, or raise `largest = {largest}` in the config",
        )
        raise Stop


def _both(first: Facts, second: Facts) -> Facts:
    """What holds where both are said."""
    properties = dict(first.properties)
    for name, places in second.properties.items():
        properties[name] = (*properties.get(name, ()), *places)
    return replace(
        first,
        kinds=_common(first.kinds, second.kinds),
        format=first.format or second.format,
        values=_common_values(first.values, second.values),
        is_const=first.is_const or second.is_const,
        properties=properties,
        required={**first.required, **second.required},
        closed=first.closed or second.closed,
        further=(*first.further, *second.further),
        patterned=(*first.patterned, *second.patterned),
        items=(*first.items, *second.items),
        tuples=(*first.tuples, *second.tuples),
        groups=(*first.groups, *second.groups),
        told={**first.told, **{key: text for key, text in second.told.items() if key not in first.told}},
        parts=first.parts | second.parts,
    )


def _perhaps(first: Facts, second: Facts) -> Facts:
    """What holds where the second is said only sometimes: its properties may be there."""
    properties = dict(second.properties)
    properties.update(first.properties)
    return replace(first, properties=properties)


def _conditional(pointer: Pointer, node: Json) -> Iterator[Pointer]:
    """The schemas that hold for some values only."""
    for key in ("then", "else"):
        if is_mapping(node.get(key)):
            yield (*pointer, key)
    for name in mapping(node.get("dependentSchemas")):
        yield (*pointer, "dependentSchemas", name)


def _common(first: Kinds | None, second: Kinds | None) -> Kinds | None:
    if first is None or second is None:
        return second if first is None else first
    # A whole number is a number; where two types exclude each other, no value fits, and neither type helps.
    return (_widened(first) & second | first & _widened(second)) or None


def _widened(kinds: Kinds) -> Kinds:
    return kinds | {"integer"} if "number" in kinds else kinds


def _common_values(first: tuple[Any, ...] | None, second: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    if first is None or second is None:
        return second if first is None else first
    known = {_text(value) for value in second}
    return tuple(value for value in first if _text(value) in known) or first


def _unique(values: Iterable[Any]) -> Iterator[Any]:
    return iter({_text(value): value for value in values}.values())


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _kind(value: Any) -> str:
    """The JSON type of a value."""
    if isinstance(value, bool):
        return "boolean"
    for kind, name in (
        (str, "string"),
        (int, "integer"),
        (float, "number"),
        (dict, "object"),
        (list, "array"),
    ):
        if isinstance(value, kind):
            return name
    return "null"


def _is_constant(value: Any) -> bool:
    """Whether a `Literal` of it is plain to read and write."""
    return isinstance(value, int) or (len(value) <= 100 and value.isprintable())


def _union(parts: list[Json]) -> Json:
    """What stands for a value of any of these: no union inside of another, nothing twice, one array at most."""
    flat: dict[str, Json] = {}
    arrays: list[Json] = []
    discriminators: list[Json] = []
    if not parts:
        return {}
    for part in (inner for one in parts for inner in (one.get("oneOf") or [one])):
        plain = {
            key: item for key, item in part.items() if key in ("$ref", "type", "format", "const", "items")
        }
        if not plain:
            return {}
        if plain.get("type") == "array":
            arrays.append(plain)
        flat.setdefault("array" if plain.get("type") == "array" else _text(plain), part)
    discriminators = [part["discriminator"] for part in parts if "discriminator" in part]
    if len(arrays) > 1:
        flat["array"] = {"type": "array", "items": _union([one["items"] for one in arrays])}
    flat = _without_absorbed(flat)
    if len(flat) == 1:
        return dict(next(iter(flat.values())))
    result: Json = {"oneOf": list(flat.values())}
    if len(discriminators) == 1:
        result["discriminator"] = discriminators[0]
    return result


def _without_absorbed(flat: dict[str, Json]) -> dict[str, Json]:
    """Without plain types of which another one in the union takes every value."""
    plain = {
        str(part.get("type"))
        for part in flat.values()
        if part.keys() <= {"type", "x-sensitive", "description"}
    }
    return {
        key: part
        for key, part in flat.items()
        if not (
            (part.get("type") == "integer" and "number" in plain)
            or (part.get("type") in plain and ("const" in part or "format" in part))
        )
    }


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _key_of(target: Pointer) -> str:
    """A key for a schema that has none of its own, from where it is."""
    telling = [str(token) for token in target if str(token) not in _STRUCTURE and not str(token).isdecimal()]
    name = ".".join(telling[-2:] if target[:1] != (FILES,) else telling[-1:]) or "Schema"
    return re.sub(r"\.(ya?ml|json)$", "", name.rsplit("/", 1)[-1])
