"""Builds schemas for `spec/` from those of an export: names, types and words of enumerations, and nothing else.

Descriptions, examples, defaults and limits stay behind. Texts of the vendor are not ours to publish, and examples may
hold somebody's data. Each object and each enumeration becomes a schema with a name, as `spec/` wants it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..document import Pointer, mapping
from . import facts, words
from .finding import Edit, Put
from .given import Given
from .masking import Masking
from .shape import Shape, shape

_FORMATS = frozenset({"date-time", "date", "uri", "email"})
_DEPTH = 12
_SCHEMAS: Pointer = ("components", "schemas")
#: What a property says, in the order in which people look for it.
_ORDER = (
    *(
        "$ref",
        "oneOf",
        "type",
        "format",
        "readOnly",
        "description",
        "x-amount-unit",
        "x-amount-unit-evidence",
    ),
    *("x-sensitive", "x-evidence", "x-source", "items"),
)
OWN = "plexypay."


class CannotBuildError(Exception):
    """A schema of the export cannot be taken over by a program; the message says why."""


class Built(NamedTuple):
    """A schema for `spec/`, and the edits that add the named schemas that it needs."""

    value: dict[str, Any]
    edits: tuple[Edit, ...]


class _Way(NamedTuple):
    """Where the building of a schema has come to.

    Attributes:
        edits: The edits so far, which add named schemas.
        depth: How deep the schema is nested.
        owner: The key of the schema around it, after which a schema without a name is called.
    """

    edits: list[Edit]
    depth: int
    owner: str

    def into(self, owner: str) -> _Way:
        return _Way(self.edits, self.depth + 1, owner)


class Builder:
    """Builds schemas, and remembers the named ones that are to be added."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._masking = Masking(given.spec)
        self._added: dict[str, Pointer] = {}
        self._edits: dict[str, list[Edit]] = {}
        self._taken = set(mapping(mapping(given.spec.data.get("components")).get("schemas")))

    def property(self, name: str, place: Pointer, owner: str) -> Built:
        """Return a property of `spec/` for one of the export.

        Args:
            name: Its name.
            place: Where it is in the export.
            owner: The key of the schema that it belongs to.

        Raises:
            CannotBuildError: A person has to decide what it becomes.
        """
        way = _Way([], 0, owner)
        made = self._property(name, place, way)
        made["description"] = "Named in the vendor's description. What it means is not described yet."
        made |= self._given.marks
        if shape(self._given.theirs, place).data.get("readOnly") is True:
            made["readOnly"] = True
        return Built(_in_order(made), tuple(way.edits))

    def body(self, key: str, place: Pointer) -> Built:
        """Return a schema for a body or a parameter of an operation.

        Raises:
            CannotBuildError: A person has to decide what it becomes.
        """
        way = _Way([], 0, "")
        return Built(self._value(key, place, way), tuple(way.edits))

    def _property(self, name: str, place: Pointer, way: _Way) -> dict[str, Any]:
        """Return a property with its marks for money and persons."""
        made = self._value(name, place, way)
        types = shape(self._given.theirs, place).types
        if words.is_amount(name) and "string" in types:
            raise CannotBuildError("an amount as text has a unit that is not to be guessed")
        if words.is_amount(name) and types and types <= {"integer", "number"} and "$ref" not in made:
            made |= {"x-amount-unit": "unknown", "x-amount-unit-evidence": facts.GUESS}
        return made if "$ref" in made else made | self._masking.marks(name, made)

    def _value(self, name: str, place: Pointer, way: _Way) -> dict[str, Any]:
        found = shape(self._given.theirs, place)
        if way.depth > _DEPTH:
            raise CannotBuildError("its schema is nested too deep")
        if found.variants:
            raise CannotBuildError("it is a union of several schemas")
        if found.enum is not None or (found.is_only("object") and found.properties):
            return self._reference(name, found, way)
        if found.is_only("array"):
            return self._array(name, found, way)
        if found.is_only("object"):
            raise CannotBuildError("nothing says what the object holds")
        if len(found.types) != 1:
            raise CannotBuildError("its type is not one plain type")
        return _plain(found)

    def _reference(self, name: str, found: Shape, way: _Way) -> dict[str, Any]:
        key = self._named(name, found, way)
        reference: dict[str, Any] = {"$ref": f"#/components/schemas/{key}"}
        return {"oneOf": [reference, {"type": "null"}]} if found.nullable else reference

    def _array(self, name: str, found: Shape, way: _Way) -> dict[str, Any]:
        if found.items is None:
            raise CannotBuildError("nothing says what the array holds")
        items = self._value(name, found.items, way.into(way.owner))
        return {"type": _type("array", found), "items": items}

    def _named(self, name: str, found: Shape, way: _Way) -> str:
        """Return the key of a named schema, which is added unless it was added before."""
        for key, place in self._added.items():
            if place == found.pointer:
                # Each finding has all that it needs; the same edit is made once.
                way.edits.extend(self._edits.get(key, []))
                return key
        key = self._key(name, found, way.owner)
        self._added[key] = found.pointer
        self._taken.add(key)
        before = len(way.edits)
        value = (
            self._enumeration(name, found, key) if found.enum is not None else self._object(found, key, way)
        )
        way.edits.append(Put((*_SCHEMAS, key), value))
        self._edits[key] = way.edits[before:]
        return key

    def _enumeration(self, name: str, found: Shape, key: str) -> dict[str, Any]:
        values = found.enum or ()
        if not values or len(found.types) != 1 or not all(map(words.is_word, values)):
            raise CannotBuildError("a value of its enumeration does not look like a word")
        about = _about(found, key)
        text = f"The values of `{name}`, {about}. What they mean is not described yet."
        made = {"type": next(iter(found.types)), "description": text}
        return made | self._given.marks | {"enum": list(values)}

    def _object(self, found: Shape, key: str, way: _Way) -> dict[str, Any]:
        """Return an object; one that holds itself refers to its own key, which is known by now."""
        properties: dict[str, Any] = {}
        for name, place in found.properties.items():
            if not words.is_name(name):
                raise CannotBuildError("a name in it does not look like the name of a field")
            made = self._property(name, place, way.into(key))
            properties[name] = _in_order({**made, "description": "Not described yet."})
        text = f"An object, {_about(found, key)}. What it means is not described yet."
        value: dict[str, Any] = {"type": "object", "description": text} | self._given.marks
        required = [name for name in found.properties if name in found.required]
        if required:
            value["required"] = required
        value["properties"] = properties
        return value

    def _key(self, name: str, found: Shape, owner: str) -> str:
        """Return the name of the docs where there is one; else one of ours."""
        if found.key and words.is_schema_key(found.key) and found.key not in self._taken:
            return found.key
        key = OWN + owner.split(".")[-1] + name[:1].upper() + name[1:]
        key = "".join(part for part in key if part.isalnum() or part == ".")
        if key in self._taken:
            raise CannotBuildError(f"it needs a name of its own; `{key}` is taken")
        return key


def _plain(found: Shape) -> dict[str, Any]:
    kind = next(iter(found.types))
    made: dict[str, Any] = {"type": _type(kind, found)}
    if found.format in _FORMATS and kind == "string":
        made["format"] = found.format
    return made


def _type(kind: str, found: Shape) -> str | list[str]:
    return [kind, "null"] if found.nullable else kind


def _about(found: Shape, key: str) -> str:
    is_theirs = key == found.key
    return "named in the vendor's description" if is_theirs else "our name for what the vendor describes"


def _in_order(made: dict[str, Any]) -> dict[str, Any]:
    return {key: made[key] for key in _ORDER if key in made}
