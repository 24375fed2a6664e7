"""What a schema comes down to, however it is written: in OpenAPI 3.0 or 3.1, by reference, as a union with null."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .. import reading
from ..document import Document, Pointer, is_sequence, mapping, sequence

_TYPES = frozenset({"string", "integer", "number", "boolean", "object", "array"})
_FORMAT = re.compile(r"[a-z][a-z-]{0,30}")
_UNIONS = ("oneOf", "anyOf")
#: Formats that say how wide a number is, or what every id looks like: the package does not differ by them.
IGNORED_FORMATS = frozenset(
    {"int32", "int64", "float", "double", "decimal", "uuid", "string", "number", "integer"}
)


@dataclass(frozen=True)
class Shape:
    """A schema without the ways in which it can be written.

    Attributes:
        pointer: Where it really stands.
        data: What stands there.
        types: The JSON types; none if nothing is said. Null is `nullable`.
        nullable: Whether null is fine.
        format: The format, if one that matters.
        enum: The values of an enumeration.
        properties: Where the properties are, by name.
        required: The properties that are always there.
        items: Where the items of an array are described.
        variants: Where the variants are, if there are several.
    """

    pointer: Pointer
    data: dict[str, Any]
    types: frozenset[str]
    nullable: bool
    format: str | None
    enum: tuple[Any, ...] | None
    properties: dict[str, Pointer]
    required: frozenset[str]
    items: Pointer | None
    variants: tuple[Pointer, ...]

    @property
    def key(self) -> str:
        """The name of the schema, if it is a named one."""
        is_named = len(self.pointer) == 3 and self.pointer[:2] == ("components", "schemas")
        return str(self.pointer[2]) if is_named else ""

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is known of it."""
        return not self.types and not self.variants and self.enum is None

    @property
    def is_object(self) -> bool:
        """Whether it is an object and nothing else."""
        return self.is_only("object") and not self.variants

    def is_only(self, kind: str) -> bool:
        """Whether this is the one type that it may have, but for null."""
        return self.types == frozenset({kind})

    @property
    def shown(self) -> str:
        """The type for people."""
        kind = " or ".join(sorted(self.types)) or "any type"
        kind = f"{kind} ({self.format})" if self.format else kind
        return f"{kind} or null" if self.nullable else kind


def shape(document: Document, pointer: Pointer) -> Shape:
    """The shape of the schema at a place."""
    nullable, seen = False, set[Pointer]()
    while True:
        place = document.follow(pointer)
        data = mapping(place.value)
        if place.pointer in seen:
            break
        seen.add(place.pointer)
        nullable = nullable or _says_null(data)
        unions = [(key, index) for key in _UNIONS for index, _ in enumerate(sequence(data.get(key)))]
        variants: list[Pointer] = [(*place.pointer, *one) for one in unions]
        real = [one for one in variants if not _is_null(document, one)]
        nullable = nullable or len(real) < len(variants)
        parts = sequence(data.get("allOf"))
        if len(real) == 1 and "properties" not in data:
            pointer = real[0]
        elif len(parts) == 1 and not real and "properties" not in data:
            pointer = (*place.pointer, "allOf", 0)
        else:
            return _shape(document, place.pointer, data, nullable, tuple(real))
    return _shape(document, place.pointer, {}, nullable, ())


def _shape(
    document: Document, pointer: Pointer, data: dict[str, Any], nullable: bool, variants: tuple[Pointer, ...]
) -> Shape:
    enum = data.get("enum")
    found = reading.properties(document, pointer) if data else {}
    # A broken document may have any text there, and none of it is to be shown or written.
    types = frozenset(reading.types(document, pointer)) & _TYPES if data else frozenset[str]()
    if not types and found:
        types = frozenset({"object"})
    if not types and is_sequence(enum):
        types = frozenset(kind for value in sequence(enum) if (kind := _type_of(value)))
    text = data.get("format")
    return Shape(
        pointer=pointer,
        data=data,
        types=types,
        nullable=nullable,
        format=text
        if isinstance(text, str) and _FORMAT.fullmatch(text) and text not in IGNORED_FORMATS
        else None,
        enum=tuple(value for value in enum if value is not None) if is_sequence(enum) else None,
        properties={name: place.pointer for name, place in found.items()},
        required=_required(document, pointer, data),
        items=(*pointer, "items") if "items" in data else None,
        variants=variants if len(variants) > 1 else (),
    )


def _required(document: Document, pointer: Pointer, data: dict[str, Any]) -> frozenset[str]:
    names = {name for name in sequence(data.get("required")) if isinstance(name, str)}
    for index, _ in enumerate(sequence(data.get("allOf"))):
        part = mapping(document.follow((*pointer, "allOf", index)).value)
        names |= {name for name in sequence(part.get("required")) if isinstance(name, str)}
    return frozenset(names)


def _says_null(data: dict[str, Any]) -> bool:
    kind = data.get("type")
    return (
        data.get("nullable") is True
        or "null" in (kind, *sequence(kind))
        or None in sequence(data.get("enum"))
    )


def _is_null(document: Document, pointer: Pointer) -> bool:
    return mapping(document.follow(pointer).value).get("type") == "null"


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds: tuple[tuple[type, str], ...] = ((str, "string"), (int, "integer"), (float, "number"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "")
