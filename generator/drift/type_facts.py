"""Ask a type of the model what drift compares: JSON types, null, format, and what is inside."""

from __future__ import annotations

import re

from ..model.api import Enum, Model
from ..model.types import (
    NULL,
    EnumRef,
    ListOf,
    ModelRef,
    Scalar,
    Type,
    json_types,
    variants_of,
)

_FORMAT = re.compile(r"[a-z][a-z-]{0,30}")
#: Formats that say how wide a number is, or what every id looks like: the package does not differ by them.
_IGNORED_FORMATS = frozenset(
    {
        "int32",
        "int64",
        "float",
        "double",
        "decimal",
        "uuid",
        "string",
        "number",
        "integer",
    }
)
#: The types of plain values.
PLAIN = frozenset({"string", "integer", "number", "boolean"})
TEXT = frozenset({"string"})


def kinds(type_: Type) -> frozenset[str]:
    """Return the JSON types that a value may have; none where nothing is said, and null is left out."""
    return frozenset(json_types(type_))


def takes_null(type_: Type) -> bool:
    """Return whether a value may be null."""
    return NULL in variants_of(type_)


def choices(type_: Type) -> tuple[Type, ...]:
    """Return the variants of a union; none for a value of one type, of several plain types, or null."""
    found = _not_null(type_)
    is_plain = all(isinstance(one, Scalar) for one in found)
    return () if len(found) == 1 or is_plain else found


def format_of(type_: Type) -> str | None:
    """Return the format of a value, if it has one that matters."""
    formats = [_format(one) for one in _not_null(type_) if isinstance(one, Scalar)]
    found = formats[0] if formats else None
    if (
        not isinstance(found, str)
        or _FORMAT.fullmatch(found) is None
        or found in _IGNORED_FORMATS
    ):
        return None
    return found


def model_of(type_: Type) -> Model | None:
    """Return the model of an object."""
    only = _only(type_)
    return only.model if isinstance(only, ModelRef) else None


def enum_of(type_: Type) -> Enum | None:
    """Return the enumeration that a value is of."""
    only = _only(type_)
    return only.enum if isinstance(only, EnumRef) else None


def item_of(type_: Type) -> Type | None:
    """Return the type of what an array holds."""
    only = _only(type_)
    return only.item if isinstance(only, ListOf) else None


def shown(type_: Type) -> str:
    """Return a type for people."""
    text = " or ".join(sorted(kinds(type_))) or "any type"
    format_ = format_of(type_)
    text = f"{text} ({format_})" if format_ else text
    return f"{text} or null" if takes_null(type_) else text


def _only(type_: Type) -> Type | None:
    found = _not_null(type_)
    return found[0] if len(found) == 1 else None


def _not_null(type_: Type) -> tuple[Type, ...]:
    return tuple(one for one in variants_of(type_) if one != NULL)


def _format(type_: Scalar) -> object:
    return (
        type_.kind
        if type_.kind in ("date", "date-time")
        else dict(type_.limits).get("format")
    )
