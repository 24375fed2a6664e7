"""Write the expressions that read JSON as values of a type, and that find what does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable

from ..model.api import Field
from ..model.types import (
    Constant,
    EnumRef,
    ListOf,
    ModelRef,
    Scalar,
    ScalarKind,
    Type,
    Union,
    variants_of,
)
from ..naming import snake
from .variants import VariantTable, models_of

#: Types of plain JSON whose values need no decoder, and the runtime's name for the Python types that hold them.
PLAIN_TYPES = {
    "string": "TEXT",
    "integer": "INTEGER",
    "number": "NUMBER",
    "boolean": "BOOLEAN",
}

_PLAIN: dict[ScalarKind, list[str]] = {
    "boolean": ["bool"],
    "integer": ["int"],
    "number": ["int", "Decimal"],
    "string": ["str"],
    "null": ["type(None)"],
}
_ANY_PLAIN = ["str", "int", "Decimal", "bool", "type(None)", "list", "dict"]


def decoded(type_: Type, source: str, table: VariantTable, depth: int = 0) -> str:
    """Return the expression that decodes parsed JSON; the source itself if it needs no decoder.

    Args:
        type_: The type.
        source: The expression of the parsed JSON.
        table: The names of unions of models in the module.
        depth: How many expressions it stands within, so that the names of items differ.
    """
    match type_:
        case Scalar(kind="date-time"):
            return f"decode_datetime({source})"
        case Scalar(kind="date"):
            return f"decode_date({source})"
        case EnumRef():
            return f"_{snake(type_.enum.name)}({source})"
        case ModelRef():
            return f"decode_model({type_.model.name}, {source})"
        case ListOf(item=item):
            return _list(item, source, table, depth)
        case Union():
            return _union(type_, source, table, depth)
        case Scalar() | Constant():
            return source


def _item(depth: int) -> str:
    return "item" if depth == 0 else f"item{depth}"


def _list(item: Type, source: str, table: VariantTable, depth: int) -> str:
    if isinstance(item, ModelRef):
        return f"decode_models({item.model.name}, {source})"
    if isinstance(item, Scalar) and item.kind in PLAIN_TYPES:
        return f"decode_plain({source}, {PLAIN_TYPES[item.kind]})"
    name = _item(depth)
    inner = decoded(item, name, table, depth + 1)
    return source if inner == name else f"decode_list({source}, lambda {name}: {inner})"


def _union(type_: Union, source: str, table: VariantTable, depth: int) -> str:
    name = _item(depth)
    variants = variants_of(type_)
    decoders = [_of_models(type_, table)] if models_of(type_) else []
    plain: list[str] = []
    for variant in variants:
        if isinstance(variant, ModelRef):
            continue
        if decoded(variant, name, table, depth + 1) == name:
            plain += _plain(variant)
        else:
            decoders.append(_of_variant(variant, table, depth + 1))
    if not decoders:
        return source
    if len(decoders) == 1 and not plain:
        return decoders[0](source)
    accepted = f"({', '.join(dict.fromkeys(plain))}{',' if plain else ''})"
    functions = ", ".join(f"lambda {name}: {decode(name)}" for decode in decoders)
    return f"decode_union({source}, {accepted}, {functions})"


def _of_models(type_: Union, table: VariantTable) -> Callable[[str], str]:
    models = models_of(type_)
    if len(models) == 1:
        return lambda value: f"decode_model({models[0].name}, {value})"
    return lambda value: f"decode_variant({value}, {table.name(type_)})"


def _of_variant(type_: Type, table: VariantTable, depth: int) -> Callable[[str], str]:
    return lambda value: decoded(type_, value, table, depth)


def _plain(type_: Type) -> list[str]:
    """Return the Python types of parsed JSON that need no decoder."""
    match type_:
        case Constant(value=value):
            return [f"type({value!r})"]
        case Scalar(kind=kind):
            return _PLAIN.get(kind, _ANY_PLAIN)
        case ListOf():
            return ["list"]
        case _:
            return _ANY_PLAIN


def expected(type_: Type, table: VariantTable) -> str:
    """Return what the JSON should be, in the words that the runtime's `drift` reads."""
    match type_:
        case EnumRef():
            return type_.enum.name
        case ModelRef():
            return type_.model.name
        case ListOf(item=item):
            return f"[{expected(item, table)}]"
        case Union():
            return " | ".join(_words(type_, table))
        case Constant(value=value):
            return f"={json.dumps(value)}"
        case Scalar(kind=kind):
            return kind


def _words(type_: Union, table: VariantTable) -> list[str]:
    are_variants = len(models_of(type_)) > 1
    words = [
        table.name(type_)
        if are_variants and isinstance(variant, ModelRef)
        else expected(variant, table)
        for variant in variants_of(type_)
    ]
    return list(dict.fromkeys(words))


def oddity(field: Field, table: VariantTable) -> str:
    """Return the expression that finds what no decoder looks at: a plain value of another type, and none at all."""
    source = f"model.{field.name}"
    is_required = field.required and not field.write_only
    checks = _checks(field.type, source, table)
    if is_required and checks == [f"type({source}) not in TEXT"]:
        return f"type({source}) is not str"
    found = " and ".join(checks)
    missing = f"data[{field.wire_name!r}] is UNSET" if is_required else ""
    if len(checks) > 1:
        found = f"({found})"
    return " or ".join(part for part in (missing, found) if part)


def _checks(type_: Type, source: str, table: VariantTable) -> list[str]:
    checks: list[str] = []
    for variant in variants_of(type_):
        match variant:
            case Constant(value=value):
                checks.append(f"{source} not in ({value!r}, UNSET)")
            case ListOf() if decoded(variant, source, table) == source:
                checks.append(f"type({source}) not in (list, Unset)")
            case Scalar(kind="null"):
                checks.insert(0, f"{source} is not None")
            case Scalar(kind=kind) if kind in PLAIN_TYPES:
                checks.append(f"type({source}) not in {PLAIN_TYPES[kind]}")
            case _:
                return []  # Anything goes, or a decoder looks at it.
    return checks
