# plexy-pay runtime, written by hand in runtime/_core/wire_types.py; the generator copies it unchanged.
"""Derive types of JSON values from the annotations of models and responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeGuard,
    Union,
    get_args,
    get_origin,
)

from .enums import OpenIntEnum, OpenStrEnum
from .fields import Discriminator
from .money import Money
from .types import Unset


class Plain(NamedTuple):
    """Represent a value that Python holds in its JSON form.

    Attributes:
        word: The name in JSON Schema.
        kinds: The Python types of the value.
    """

    word: str
    kinds: tuple[type, ...]


class Constant(NamedTuple):
    """Represent exactly one value.

    Attributes:
        value: The value.
        kind: Its type. True and 1 are equal in Python, but not in JSON.
    """

    value: str | int | bool
    kind: type


class Array(NamedTuple):
    """Represent an array of values of one type."""

    item: WireType


STRING = Plain("string", (str,))
INTEGER = Plain("integer", (int,))
NUMBER = Plain("number", (int, Decimal))
BOOLEAN = Plain("boolean", (bool,))
NULL = Plain("null", (NoneType,))
ANY = Plain("any", (str, int, Decimal, bool, NoneType, list, dict))
MOMENT = Plain("date-time", (str,))
DAY = Plain("date", (str,))

#: A member of a union. A class is an enumeration or a model.
Part: TypeAlias = Plain | Constant | Array | type[Any]

_PLAIN: dict[Any, Plain] = {
    str: STRING,
    int: INTEGER,
    Decimal: NUMBER,
    bool: BOOLEAN,
    NoneType: NULL,
    Any: ANY,
    datetime: MOMENT,
    date: DAY,
}


class WireType(NamedTuple):
    """Represent the type of a JSON value: a union of one or more parts.

    Attributes:
        parts: The members of the union.
        discriminator: The field that distinguishes the models; None if their own fields distinguish them.
    """

    parts: tuple[Part, ...]
    discriminator: Discriminator | None = None

    @property
    def models(self) -> list[type[Any]]:
        """Return the models that an object may be, without the models in arrays."""
        return [part for part in self.parts if is_model(part)]

    @property
    def is_nullable(self) -> bool:
        """Return whether null is allowed."""
        return NULL in self.parts or ANY in self.parts


def is_enum(part: Part) -> TypeGuard[type[Any]]:
    """Return whether a part is an enumeration."""
    return isinstance(part, type) and issubclass(part, (OpenStrEnum, OpenIntEnum))


def is_model(part: Part) -> TypeGuard[type[Any]]:
    """Return whether a part is a model."""
    return isinstance(part, type) and not is_enum(part)


def wire_type(
    annotation: Any, discriminators: Sequence[Discriminator] = ()
) -> WireType:
    """Return the JSON type of an annotation.

    Neither `Unset`, a missing value, nor `Money`, which only callers pass, becomes a part.

    Args:
        annotation: The annotation, with every name resolved.
        discriminators: The discriminators of the unions in it.
    """
    found = tuple(dict.fromkeys(_parts(annotation, discriminators)))
    if NUMBER in found:
        found = tuple(part for part in found if part != INTEGER)
    # Null comes last, because its position in an annotation has no meaning.
    parts = tuple(part for part in found if part != NULL)
    if NULL in found:
        parts += (NULL,)
    names = {part.__name__ for part in parts if is_model(part)}
    return WireType(parts, _discriminator(names, discriminators))


def is_missing_allowed(annotation: Any) -> bool:
    """Return whether an annotation allows `UNSET`."""
    return Unset in _variants(annotation)


def _parts(annotation: Any, discriminators: Sequence[Discriminator]) -> Iterator[Part]:
    for variant in _variants(annotation):
        if variant is Unset or variant is Money:
            continue
        if variant in _PLAIN:
            yield _PLAIN[variant]
        elif get_origin(variant) is Literal:
            for value in get_args(variant):
                yield Constant(value, type(value))
        elif get_origin(variant) is list:
            (item,) = get_args(variant)
            yield Array(wire_type(item, discriminators))
        else:
            yield variant


def _variants(annotation: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation alone."""
    is_union = get_origin(annotation) in (Union, UnionType)
    return get_args(annotation) if is_union else (annotation,)


def _discriminator(
    names: set[str], discriminators: Sequence[Discriminator]
) -> Discriminator | None:
    """Return the discriminator of these models; None if they have none."""
    if len(names) < 2:
        return None
    for one in discriminators:
        if names >= {name for _, name in one.values}:
            return one
    return None
