"""Read the schemas: models with their fields, enumerations, and the types of everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .. import identifiers
from ..document import (
    Located,
    Pointer,
    is_mapping,
    is_sequence,
    mapping,
    parse_pointer,
    sequence,
)
from .amounts import read_amount
from .api import Alias, Enum, Evidence, Field, Member, Model
from .classes import class_names, has_class, is_enum, places, unused_wrappers
from .next_actions import read_next_action
from .reader import Reader, default_of, deprecation_of, evidence_of, text_of
from .types import (
    ANYTHING,
    NULL,
    Constant,
    Discriminator,
    EnumRef,
    Limits,
    ListOf,
    ModelRef,
    Scalar,
    ScalarKind,
    Type,
    Union,
    union_of,
    with_null,
)
from .wrappers import wrapped_value

_SCHEMAS: Pointer = ("components", "schemas")
_KINDS: dict[str, ScalarKind] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
_TIMES: dict[str, ScalarKind] = {"date": "date", "date-time": "date-time"}
_LIMITS = (
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
)
#: The value of `x-format` that marks seconds since 1970.
UNIX_SECONDS = "unix-seconds"
JSON = "application/json"
#: The extension of a schema whose `required` binds requests and responses.
REQUIRED_EVIDENCE = "x-required-evidence"
#: The extensions of what a log hides.
MASKED = ("x-sensitive", "x-free-text")
_VARIANTS = ("allOf", "anyOf", "oneOf", "prefixItems")
#: Keywords about the form of a value, for which the package has no class or type.
_UNREAD = (
    "prefixItems",
    "patternProperties",
    "if",
    "dependentSchemas",
    "unevaluatedProperties",
)


class _Property(NamedTuple):
    """A property as it is written: where, and the evidence of the schema that lists it."""

    pointer: Pointer
    inherited: Evidence


class SchemaReader:
    """Read the schemas of a document.

    Attributes:
        models: The models that were read, by key.
        enums: The enumerations, by key.
        aliases: The other named schemas, by key.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._document = reader.document
        wrappers = unused_wrappers(self._document)
        found = {
            key: place
            for key, place in places(self._document).items()
            if key not in wrappers
        }
        self._places = dict(sorted(found.items()))
        self._keys = {place: key for key, place in self._places.items()}
        self._names = class_names(self._reader, self._places)
        self._types_above: list[Pointer] = []
        self.models: dict[str, Model] = {}
        self.enums: dict[str, Enum] = {}
        self.aliases: dict[str, Alias] = {}

    def read(self) -> None:
        """Read all schemas."""
        for key, place in self._places.items():
            value = self._reader.at(place)
            if is_enum(value):
                self.enums[key] = self._enum(key, place, value)
        for key, place in self._places.items():
            value = self._reader.at(place)
            if not has_class(value):
                self.aliases[key] = self._alias(key, place, value)
            elif not is_enum(value):
                self.models[key] = self._model(key, place, value)

    def children(self) -> Iterator[tuple[Pointer, Pointer]]:
        """Yield the place of each schema whose discriminator tells its children apart, with that of each child."""
        for place in self._places.values():
            value = self._reader.at(place)
            if is_mapping(value.get("discriminator")):
                for key in self._children_of(place, value):
                    yield place, self._places[key]

    # -- named schemas -------------------------------------------------------------------------------------

    def _alias(self, key: str, place: Pointer, value: dict[str, Any]) -> Alias:
        return Alias(
            origin=self._reader.origin(place, value),
            key=key,
            name=self._names[key],
            type=self.type_at(place),
            description=text_of(value, "description"),
            is_unused=bool(value.get("x-unused")),
        )

    def _enum(self, key: str, place: Pointer, value: dict[str, Any]) -> Enum:
        values: list[Any] = [item for item in value["enum"] if item is not None]
        kinds = {type(item).__name__ for item in values}
        if kinds not in ({"str"}, {"int"}):
            self._reader.wrong(
                (*place, "enum"),
                f"the values of {key!r} are not all text or all whole numbers",
                "make two enumerations of it under `oneOf`",
            )
            values = [str(item) for item in values]
        meanings = mapping(value.get("x-enum-meanings"))
        same = mapping(value.get("x-enum-same"))
        names = self._member_names(place, value, values)
        members = [
            Member(
                name=name,
                value=item,
                meaning=str(meanings.get(item, "")),
                same=str(same.get(item, "")),
            )
            for name, item in zip(names, values, strict=True)
        ]
        return Enum(
            origin=self._reader.origin(place, value),
            key=key,
            name=self._names[key],
            members=tuple(members),
            is_integer=kinds == {"int"},
            takes_null=None in value["enum"] or value.get("nullable") is True,
            description=text_of(value, "description"),
            deprecation=deprecation_of(value),
            is_unused=bool(value.get("x-unused")),
        )

    def _member_names(
        self, place: Pointer, value: dict[str, Any], values: list[Any]
    ) -> list[str]:
        """Return the names of the members: those that the document gives them, or else those made of the values."""
        given = value.get("x-enum-varnames")
        if given is None:
            return identifiers.enum_members(values)
        # Null has a value and no member.
        pairs = zip(value["enum"], sequence(given), strict=False)
        names = [str(name) for item, name in pairs if item is not None]
        fits = len(sequence(given)) == len(value["enum"]) and len(set(names)) == len(
            names
        )
        if fits and all(identifiers.is_member(name) for name in names):
            return names
        self._reader.wrong(
            (*place, "x-enum-varnames"),
            "x-enum-varnames does not give each value a name of its own",
            "write one name in capitals for each value, in the order of `enum:`, or remove it",
        )
        return identifiers.enum_members(values)

    def _model(self, key: str, place: Pointer, value: dict[str, Any]) -> Model:
        origin = self._reader.origin(place, value)
        further = value.get("additionalProperties")
        return Model(
            origin=origin,
            key=key,
            name=self._names[key],
            fields=self.fields_at(place, origin.evidence),
            further=self._further((*place, "additionalProperties"), further),
            is_closed=further is False,
            description=text_of(value, "description"),
            deprecation=deprecation_of(value),
            next_action=read_next_action(self._reader, place),
            own_required=tuple(map(str, sequence(value.get("required")))),
            required_evidence=_required_evidence(value),
            is_unused=bool(value.get("x-unused")),
        )

    def _further(self, place: Pointer, value: object) -> Type | None:
        if is_mapping(value):
            return self.type_at(place)
        return ANYTHING if value is True else None

    # -- fields --------------------------------------------------------------------------------------------

    def fields_at(self, place: Pointer, inherited: Evidence) -> tuple[Field, ...]:
        """Return the fields of the object at a place."""
        required = self._required(place)
        listed = self._properties(place, inherited)
        return tuple(
            self._field(name, found, name in required) for name, found in listed.items()
        )

    def _consists_of(self, place: Pointer, seen: set[Pointer]) -> Iterator[Pointer]:
        """Yield the places of the schemas that a schema consists of: its `allOf` parts, then itself."""
        if place in seen:
            return
        seen.add(place)
        for index, _ in enumerate(sequence(self._reader.at(place).get("allOf"))):
            yield from self._consists_of(
                self._document.follow((*place, "allOf", index)).pointer, seen
            )
        yield place

    def _properties(self, place: Pointer, inherited: Evidence) -> dict[str, _Property]:
        """Return the properties of a schema, those of its `allOf` parts before its own."""
        found: dict[str, _Property] = {}
        for part in self._consists_of(place, set()):
            value = self._reader.at(part)
            evidence = evidence_of(value.get("x-evidence")) or inherited
            for name in mapping(value.get("properties")):
                found[name] = _Property((*part, "properties", name), evidence)
        return found

    def _required(self, place: Pointer) -> set[str]:
        names: set[str] = set()
        for part in self._consists_of(place, set()):
            names.update(map(str, sequence(self._reader.at(part).get("required"))))
        return names

    def _field(self, wire_name: str, listed: _Property, required: bool) -> Field:
        pointer = listed.pointer
        value = self._reader.at(pointer)
        wrapped = str(value.get("x-wrapped", ""))
        described = value
        if "x-wrapped" in value:
            inner = self._wrapped_value(pointer, value["x-wrapped"])
            described = self._reader.at(inner) | value
            type_, parts = self.type_at(inner), [pointer, inner]
        else:
            type_, parts = self.type_at(pointer), [pointer]
        target = mapping(self._document.follow(pointer).value)
        return Field(
            origin=self._reader.origin(pointer, described, listed.inherited),
            wire_name=wire_name,
            name=identifiers.snake(wire_name),
            type=type_,
            required=required,
            # Behind a reference it says the same.
            read_only=described.get("readOnly", target.get("readOnly")) is True,
            write_only=described.get("writeOnly", target.get("writeOnly")) is True,
            description=text_of(
                described if "description" in described else target, "description"
            ),
            amount=read_amount(self._reader, wire_name, pointer),
            is_main_amount=self._is_main_amount(pointer, described),
            is_sensitive=described.get("x-sensitive") is True,
            is_hidden=any(map(self.is_masked, parts)),
            is_unix_time=described.get("x-format") == UNIX_SECONDS,
            wrapped_as=wrapped,
            server_default=default_of(described),
            deprecation=deprecation_of(described),
        )

    def _is_main_amount(self, pointer: Pointer, value: dict[str, Any]) -> bool:
        if "x-main-amount" not in value:
            return False
        if value["x-main-amount"] is True:
            return True
        message = (
            f"{pointer[-1]!r} is marked as main amount, but is no amount of known unit"
        )
        fix = "write `x-main-amount: true` on an amount of known unit only"
        self._reader.flawed((*pointer, "x-main-amount"), message, fix)
        return False

    def _wrapped_value(self, pointer: Pointer, name: object) -> Pointer:
        """Return where the value is that a webhook wraps in an object."""
        inner = wrapped_value(self._document, pointer, name)
        if inner is not None:
            return inner
        self._reader.wrong(
            (*pointer, "x-wrapped"),
            f"{pointer[-1]!r} is not `oneOf` a value and an object whose one property {name!r} is such a value",
            "correct the schema, or remove the extension",
        )
        return pointer

    def is_masked(self, pointer: Pointer) -> bool:
        """Return whether a log hides the value of a property or parameter, by its own extension or that of a part."""
        return any(map(_says_masked, self._parts(pointer, set())))

    def _parts(self, pointer: Pointer, seen: set[Pointer]) -> Iterator[dict[str, Any]]:
        """Yield a schema and all that describes its own value: what it refers to, its variants and its items."""
        value = self._document.get(pointer)
        if pointer in seen or not is_mapping(value):
            return
        seen.add(pointer)
        yield value
        if "$ref" in value:
            yield from self._parts(self._document.follow(pointer).pointer, seen)
        yield from self._parts((*pointer, "items"), seen)
        for key in _VARIANTS:
            for index, _ in enumerate(sequence(value.get(key))):
                yield from self._parts((*pointer, key, index), seen)

    def json_of(self, holder: Located) -> Type | None:
        """Return the type of the JSON of a body or a response; None where it has none."""
        if JSON not in mapping(mapping(holder.value).get("content")):
            return None
        return self.type_at((*holder.pointer, "content", JSON, "schema"))

    def fields_of(self, type_: Type | None) -> Mapping[str, Field]:
        """Return the fields of a model by their names on the wire; of any other type, none."""
        return type_.model.by_wire_name if isinstance(type_, ModelRef) else {}

    # -- types ---------------------------------------------------------------------------------------------

    def type_at(self, pointer: Pointer) -> Type:
        """Return the type of the schema at a place."""
        value = self._reader.at(pointer)
        if pointer in self._types_above:
            fix = "make it an object with properties"
            self._reader.wrong(
                pointer, f"the schema {pointer[-1]!r} is made of itself alone", fix
            )
            return ANYTHING
        self._types_above.append(pointer)
        self._refuse_unread(pointer, value)
        if "$ref" in value:
            type_ = self._referred(pointer)
        elif pointer in self._keys and has_class(value):
            type_ = self._class_at(pointer, value)
        else:
            type_ = self._plain(pointer, value)
        self._types_above.pop()
        return with_null(type_) if value.get("nullable") is True else type_

    def _refuse_unread(self, pointer: Pointer, value: dict[str, Any]) -> None:
        for keyword in _UNREAD:
            if keyword in value:
                self._reader.wrong(
                    (*pointer, keyword),
                    f"the schema has `{keyword}`, which no type of the package can express",
                    "describe the value with `properties`, `items`, `oneOf` or `additionalProperties`",
                )

    def _referred(self, pointer: Pointer) -> Type:
        target = self._document.follow(pointer)
        if not is_mapping(target.value):
            self._reader.wrong(
                pointer,
                "the reference leads to no schema",
                "correct it, or add what it refers to",
            )
            return ANYTHING
        return self.type_at(target.pointer)

    def _class_at(self, pointer: Pointer, value: dict[str, Any]) -> Type:
        key = self._keys[pointer]
        if not is_enum(value):
            has_children = is_mapping(value.get("discriminator"))
            return (
                self._family_of(key, pointer, value)
                if has_children
                else ModelRef(key, self.models)
            )
        enum = EnumRef(key, self.enums)
        return with_null(enum) if enum.enum.takes_null else enum

    def _plain(self, pointer: Pointer, value: dict[str, Any]) -> Type:
        for key in ("oneOf", "anyOf"):
            if key in value:
                return self._union(pointer, key, value)
        if len(sequence(value.get("allOf"))) == 1:
            return self.type_at((*pointer, "allOf", 0))
        if "const" in value:
            return Constant(value["const"])
        kinds = value.get("type")
        names = kinds if is_sequence(kinds) else [kinds]
        return union_of(
            tuple(self._of_kind(pointer, value, str(name)) for name in names)
        )

    def _of_kind(self, pointer: Pointer, value: dict[str, Any], kind: str) -> Type:
        if kind == "null":
            return NULL
        if kind == "array":
            return ListOf(self.type_at((*pointer, "items")), _limits(value))
        if kind == "string" and str(value.get("format")) in _TIMES:
            return Scalar(_TIMES[str(value["format"])])
        return Scalar(_KINDS.get(kind, "any"), _limits(value) if kind in _KINDS else ())

    # -- discriminators ------------------------------------------------------------------------------------

    def _union(self, pointer: Pointer, key: str, value: dict[str, Any]) -> Type:
        """Return the type of the schemas under `oneOf` or `anyOf`."""
        places = [
            (*pointer, key, index) for index, _ in enumerate(sequence(value[key]))
        ]
        variants = tuple(self.type_at(place) for place in places)
        models = [variant for variant in variants if isinstance(variant, ModelRef)]
        name = mapping(value.get("discriminator")).get("propertyName")
        if name is not None and len(models) > 1:
            keys = [model.key for model in models]
            return union_of(variants, self._discriminator(pointer, str(name), keys))
        self._refuse_mixed_variants(pointer, variants, models)
        return union_of(variants)

    def _refuse_mixed_variants(
        self, pointer: Pointer, variants: tuple[Type, ...], models: list[ModelRef]
    ) -> None:
        """Refuse a union in which a discriminator tells only some of the objects apart."""
        inner = [
            one
            for one in variants
            if isinstance(one, Union) and one.discriminator is not None
        ]
        if len(inner) > 1 or (inner and models):
            self._reader.wrong(
                pointer,
                "a union whose variants have a discriminator has further objects beside them",
                "list all objects as variants of one schema, with one discriminator",
            )

    def _family_of(self, key: str, pointer: Pointer, value: dict[str, Any]) -> Type:
        """Return the type of an object whose discriminator tells which child it is."""
        children = self._children_of(pointer, value)
        name = str(mapping(value["discriminator"]).get("propertyName"))
        found = self._discriminator(pointer, name, children)
        refs = tuple(ModelRef(child, self.models) for child in (*children, key))
        return (
            Union(refs, Discriminator(found.wire_name, found.keys, otherwise=key))
            if children
            else refs[-1]
        )

    def _children_of(self, parent: Pointer, value: dict[str, Any]) -> list[str]:
        """Return the keys of the children: they have the parent in `allOf`, or its discriminator names them."""
        named = mapping(mapping(value["discriminator"]).get("mapping")).values()
        targets = {self._target(str(text)) for text in named}
        return [
            key
            for key, place in self._places.items()
            if place != parent
            and (place in targets or parent in self._consists_of(place, set()))
        ]

    def _discriminator(
        self, pointer: Pointer, name: str, keys: list[str]
    ) -> Discriminator:
        """Return the field that tells variants apart, with every value that means one of them."""
        written = mapping(
            mapping(self._reader.at(pointer).get("discriminator")).get("mapping")
        )
        named = {
            str(value): self._keys.get(self._target(str(text)), "")
            for value, text in written.items()
        }
        for value, key in named.items():
            if key not in keys:
                self._reader.wrong(
                    (*pointer, "discriminator", "mapping", value),
                    f"the value {value!r} of the discriminator means no variant of the schema",
                    "refer to one of the variants",
                )
        for key in keys:
            if key not in named.values():
                named |= dict.fromkeys(self._fixed_values(key, name) or [key], key)
        return Discriminator(name, tuple(named.items()))

    def _fixed_values(self, key: str, name: str) -> list[str]:
        """Return the values that a variant itself allows for the discriminator; none where it allows any."""
        listed = self._properties(self._places[key], "inferred").get(name)
        if listed is None:
            return []
        target = mapping(self._document.follow(listed.pointer).value)
        values = (
            [target["const"]] if "const" in target else sequence(target.get("enum"))
        )
        return [str(value) for value in values]

    def _target(self, text: str) -> Pointer:
        if text.startswith("#/"):
            return parse_pointer(text)
        return (*_SCHEMAS, text)


def _required_evidence(value: dict[str, Any]) -> dict[str, str] | None:
    if value.get(REQUIRED_EVIDENCE) is None:
        return None
    return {way: str(word) for way, word in mapping(value[REQUIRED_EVIDENCE]).items()}


def _limits(value: dict[str, Any]) -> Limits:
    return tuple((key, value[key]) for key in _LIMITS if key in value)


def _says_masked(schema: dict[str, Any]) -> bool:
    return any(schema.get(extension) for extension in MASKED)
