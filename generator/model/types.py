"""Define the types of values: a tagged union, never a text that somebody parses back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from .api import Enum, Model

ScalarKind = Literal[
    "string", "integer", "number", "boolean", "date", "date-time", "null", "any"
]
Limits: TypeAlias = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A plain value.

    Attributes:
        kind: The kind of value; "any" stands for every JSON value.
        limits: The limits of its size and form, such as `maxLength`. The client checks none of it.
    """

    kind: ScalarKind
    limits: Limits = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """One value and no other."""

    value: str | int | bool


@dataclass(frozen=True, slots=True)
class EnumRef:
    """A value of an enumeration."""

    key: str
    _enums: Mapping[str, Enum] = field(repr=False, compare=False)

    @property
    def enum(self) -> Enum:
        """Return the enumeration."""
        return self._enums[self.key]


@dataclass(frozen=True, slots=True)
class ModelRef:
    """An object with fields of its own. Models may hold each other, so the model is looked up when it is asked for."""

    key: str
    _models: Mapping[str, Model] = field(repr=False, compare=False)

    @property
    def model(self) -> Model:
        """Return the model."""
        return self._models[self.key]


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array."""

    item: Type
    limits: Limits = ()


@dataclass(frozen=True, slots=True)
class Discriminator:
    """A field that tells which variant of a union an object is.

    Attributes:
        wire_name: The name of the field on the wire.
        keys: The key of the model for each value of the field.
        otherwise: The key of the model for other values, or nothing.
    """

    wire_name: str
    keys: tuple[tuple[str, str], ...]
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Union:
    """One of several types.

    Attributes:
        variants: The types, of which none is a union.
        discriminator: The field that tells its models apart; none where their own fields do.
    """

    variants: tuple[Type, ...]
    discriminator: Discriminator | None = None


Type: TypeAlias = Scalar | Constant | EnumRef | ModelRef | ListOf | Union

ANYTHING = Scalar("any")
NULL = Scalar("null")
TEXT = Scalar("string")
_JSON_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
}


def union_of(
    types: tuple[Type, ...], discriminator: Discriminator | None = None
) -> Type:
    """Return the union of types, without unions within it; of one type, that type."""
    variants = tuple(chain.from_iterable(map(variants_of, types)))
    inner = [
        type_.discriminator
        for type_ in types
        if isinstance(type_, Union) and type_.discriminator
    ]
    if discriminator is None and len(inner) == 1:
        discriminator = inner[0]
    return variants[0] if len(variants) == 1 else Union(variants, discriminator)


def with_null(type_: Type) -> Type:
    """Return the type that also takes null."""
    if NULL in variants_of(type_):
        return type_
    if isinstance(type_, Union):
        return Union((*type_.variants, NULL), type_.discriminator)
    return Union((type_, NULL))


def variants_of(type_: Type) -> tuple[Type, ...]:
    """Return what a value of the type may be; of no union, the type itself."""
    return type_.variants if isinstance(type_, Union) else (type_,)


def leaves_of(type_: Type) -> Iterator[Type]:
    """Yield the types that a value consists of: variants, and what arrays hold."""
    for variant in variants_of(type_):
        if isinstance(variant, ListOf):
            yield from leaves_of(variant.item)
        else:
            yield variant


def json_types(type_: Type) -> set[str]:
    """Return the JSON types of the values of a type, as far as it says so; "null" is left out."""
    found = {_json_type(variant) for variant in variants_of(type_)}
    return found - {"null", "any"}


def _json_type(variant: Type) -> str:
    match variant:
        case Scalar(kind="date" | "date-time"):
            return "string"
        case Scalar():
            return variant.kind
        case Constant():
            return _JSON_TYPES[type(variant.value)]
        case EnumRef():
            return "integer" if variant.enum.is_integer else "string"
        case ListOf():
            return "array"
        case _:
            return "object"
