"""Build schemas for `spec/` from those of an export: names, types and words of enumerations, and nothing else.

Descriptions, examples, defaults and limits stay behind. Texts of the vendor are not ours to publish, and examples may
hold somebody's data. Each object and each enumeration becomes a schema with a name, as `spec/` wants it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..document import Pointer
from ..model import query
from ..model.api import Enum, Field, Model, Operation
from ..model.types import Type
from . import facts, words
from .finding import Edit, Put
from .given import Given
from .redaction import Redaction
from .type_facts import (
    choices,
    enum_of,
    format_of,
    item_of,
    kinds,
    model_of,
    takes_null,
)

_FORMATS = frozenset({"date-time", "date", "uri", "email"})
_DEPTH = 12
_SCHEMAS: Pointer = ("components", "schemas")
#: Keys of a property, in the order in which people look for it.
_ORDER = (
    "$ref",
    "oneOf",
    "type",
    "format",
    "readOnly",
    "description",
    "x-amount-unit",
    "x-amount-unit-evidence",
    "x-sensitive",
    "x-evidence",
    "x-source",
    "items",
)
OWN = "plexypay."


class CannotBuildError(Exception):
    """Raised when a program cannot take over a schema of the export; the message says why."""


class Built(NamedTuple):
    """A schema for `spec/`, and the edits that add the named schemas that it needs."""

    value: dict[str, Any]
    edits: tuple[Edit, ...]


class _Way(NamedTuple):
    """A position in the building of a schema.

    Attributes:
        edits: The edits so far, which add named schemas.
        depth: The depth of the schema.
        owner: The key of the schema around it, after which a schema without a name is called.
    """

    edits: list[Edit]
    depth: int
    owner: str

    def into(self, owner: str) -> _Way:
        return _Way(self.edits, self.depth + 1, owner)


class Builder:
    """Build schemas, and remember the named ones that are to be added."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._redaction = Redaction(given.api)
        self._added: dict[str, str] = {}
        self._edits: dict[str, list[Edit]] = {}
        api = given.api
        self._taken = {schema.key for schema in query.schemas_of(api)}
        self._taken.update(wrapper.key for wrapper in api.wrappers)

    def property(self, name: str, theirs: Field, owner: str) -> Built:
        """Return a property of `spec/` for one of the export.

        Args:
            name: Its name.
            theirs: The field of the export.
            owner: The key of the schema that it belongs to.

        Raises:
            CannotBuildError: A person has to decide what it becomes.
        """
        way = _Way([], 0, owner)
        made = self._property(name, theirs.type, way)
        made["description"] = (
            "Named in the vendor's description. What it means is not described yet."
        )
        made |= self._given.extensions
        if theirs.read_only:
            made["readOnly"] = True
        return Built(_in_order(made), tuple(way.edits))

    def body(self, key: str, type_: Type) -> Built:
        """Return a schema for a body or a parameter of an operation.

        Raises:
            CannotBuildError: A person has to decide what it becomes.
        """
        way = _Way([], 0, "")
        return Built(self._value(key, type_, way), tuple(way.edits))

    def _property(self, name: str, type_: Type, way: _Way) -> dict[str, Any]:
        """Return a property with its extensions for money and persons."""
        made = self._value(name, type_, way)
        types = kinds(type_)
        if words.is_amount(name) and "string" in types:
            raise CannotBuildError(
                "an amount as text has a unit that is not to be guessed"
            )
        if (
            words.is_amount(name)
            and types
            and types <= {"integer", "number"}
            and "$ref" not in made
        ):
            made |= {"x-amount-unit": "unknown", "x-amount-unit-evidence": facts.GUESS}
        return made if "$ref" in made else made | self._redaction.extensions(name, made)

    def _value(self, name: str, type_: Type, way: _Way) -> dict[str, Any]:
        schema, item = enum_of(type_) or model_of(type_), item_of(type_)
        if way.depth > _DEPTH:
            raise CannotBuildError("its schema is nested too deep")
        if choices(type_):
            raise CannotBuildError("it is a union of several schemas")
        if isinstance(schema, Model) and not schema.fields:
            raise CannotBuildError("nothing says what the object holds")
        if schema is not None:
            return self._reference(name, schema, way, nullable=takes_null(type_))
        if item is not None:
            items = self._value(name, item, way.into(way.owner))
            return {"type": _type("array", type_), "items": items}
        if len(kinds(type_)) != 1:
            raise CannotBuildError("its type is not one plain type")
        return _plain(type_)

    def _reference(
        self, name: str, schema: Model | Enum, way: _Way, *, nullable: bool
    ) -> dict[str, Any]:
        key = self._named(name, schema, way)
        reference: dict[str, Any] = {"$ref": f"#/components/schemas/{key}"}
        return {"oneOf": [reference, {"type": "null"}]} if nullable else reference

    def _named(self, name: str, schema: Model | Enum, way: _Way) -> str:
        """Return the key of a named schema, which is added unless it was added before."""
        if schema.key in self._added:
            # Each finding has all that it needs; the same edit is made once.
            key = self._added[schema.key]
            way.edits.extend(self._edits.get(key, []))
            return key
        key = self._key(name, schema, way.owner)
        self._added[schema.key] = key
        self._taken.add(key)
        before = len(way.edits)
        about = self._about(schema, key)
        if isinstance(schema, Enum):
            value = self._enumeration(name, schema, about)
        else:
            value = self._object(schema, key, about, way)
        way.edits.append(Put((*_SCHEMAS, key), value))
        self._edits[key] = way.edits[before:]
        return key

    def _enumeration(self, name: str, schema: Enum, about: str) -> dict[str, Any]:
        values = [member.value for member in schema.members]
        if not all(map(words.is_word, values)):
            raise CannotBuildError(
                "a value of its enumeration does not look like a word"
            )
        text = f"The values of `{name}`, {about}. What they mean is not described yet."
        made = {
            "type": "integer" if schema.is_integer else "string",
            "description": text,
        }
        return made | self._given.extensions | {"enum": values}

    def _object(self, schema: Model, key: str, about: str, way: _Way) -> dict[str, Any]:
        """Return an object; one that holds itself refers to its own key, which is known by now."""
        properties: dict[str, Any] = {}
        for field in schema.fields:
            if not words.is_name(field.wire_name):
                raise CannotBuildError(
                    "a name in it does not look like the name of a field"
                )
            made = self._property(field.wire_name, field.type, way.into(key))
            made["description"] = "Not described yet."
            properties[field.wire_name] = _in_order(made)
        text = f"An object, {about}. What it means is not described yet."
        value: dict[str, Any] = {
            "type": "object",
            "description": text,
        } | self._given.extensions
        required = [field.wire_name for field in schema.fields if field.required]
        if required:
            value["required"] = required
        value["properties"] = properties
        return value

    def _key(self, name: str, schema: Model | Enum, owner: str) -> str:
        """Return the name of the docs where there is one; else one of ours."""
        theirs = self._given.theirs.names.get(schema.key, "")
        if theirs and words.is_schema_key(theirs) and theirs not in self._taken:
            return theirs
        key = OWN + owner.split(".")[-1] + name[:1].upper() + name[1:]
        key = "".join(part for part in key if part.isalnum() or part == ".")
        if key in self._taken:
            raise CannotBuildError(f"it needs a name of its own; `{key}` is taken")
        return key

    def _about(self, schema: Model | Enum, key: str) -> str:
        is_theirs = key == self._given.theirs.names.get(schema.key, "")
        return (
            "named in the vendor's description"
            if is_theirs
            else "our name for what the vendor describes"
        )


def class_of(operation: Operation) -> str:
    """Return the name after which schemas of an operation of `spec/` are called."""
    return operation.wire_id[:1].upper() + operation.wire_id[1:]


def new_parameter(
    name: str, where: str, schema: dict[str, Any], *, is_required: bool
) -> dict[str, Any]:
    """Return a parameter without its evidence; its example is left open."""
    made: dict[str, Any] = {"name": name, "in": where}
    if is_required:
        made["required"] = True
    text = "Named in the vendor's description. What it means is not described yet."
    return made | {"description": text, "schema": schema, "example": None}


def _plain(type_: Type) -> dict[str, Any]:
    (kind,) = kinds(type_)
    made: dict[str, Any] = {"type": _type(kind, type_)}
    if format_of(type_) in _FORMATS and kind == "string":
        made["format"] = format_of(type_)
    return made


def _type(kind: str, type_: Type) -> str | list[str]:
    return [kind, "null"] if takes_null(type_) else kind


def _in_order(made: dict[str, Any]) -> dict[str, Any]:
    return {key: made[key] for key in _ORDER if key in made}
