"""Write the expressions that read JSON as values of a type, and that find what does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable

from ..model.api import Field
from ..model.types import Constant, EnumRef, ListOf, ModelRef, Scalar, ScalarKind, Type, Union, variants_of
from ..naming import snake

#: Types of plain JSON whose values need no decoder, and the runtime's name for the Python types that hold them.
PLAIN_TYPES = {"string": "TEXT", "integer": "INTEGER", "number": "NUMBER", "boolean": "BOOLEAN"}

_PLAIN: dict[ScalarKind, list[str]] = {
    "boolean": ["bool"],
    "integer": ["int"],
    "number": ["int", "Decimal"],
    "string": ["str"],
    "null": ["type(None)"],
}
_ANY_PLAIN = ["str", "int", "Decimal", "bool", "type(None)", "list", "dict"]


def decoded(type_: Type, source: str, depth: int = 0) -> str:
    """Return the expression that decodes parsed JSON; the source itself if it needs no decoder.

    Args:
        type_: The type.
        source: The expression of the parsed JSON.
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
            return _list(item, source, depth)
        case Union():
            return _union(type_, source, depth)
        case Scalar() | Constant():
            return source


def _item(depth: int) -> str:
    return "item" if depth == 0 else f"item{depth}"


def _list(item: Type, source: str, depth: int) -> str:
    if isinstance(item, ModelRef):
        return f"decode_models({item.model.name}, {source})"
    if expected(item) in PLAIN_TYPES:
        return f"decode_plain({source}, {PLAIN_TYPES[expected(item)]})"
    name = _item(depth)
    inner = decoded(item, name, depth + 1)
    return source if inner == name else f"decode_list({source}, lambda {name}: {inner})"


def _union(type_: Union, source: str, depth: int) -> str:
    name = _item(depth)
    variants = variants_of(type_)
    models = [variant.model.name for variant in variants if isinstance(variant, ModelRef)]
    decoders = [_of_models(models)] if models else []
    plain: list[str] = []
    for variant in variants:
        if isinstance(variant, ModelRef):
            continue
        if decoded(variant, name, depth + 1) == name:
            plain += _plain(variant)
        else:
            decoders.append(_of_variant(variant, depth + 1))
    if not decoders:
        return source
    if len(decoders) == 1 and not plain:
        return decoders[0](source)
    accepted = f"({', '.join(dict.fromkeys(plain))}{',' if plain else ''})"
    functions = ", ".join(f"lambda {name}: {decode(name)}" for decode in decoders)
    return f"decode_union({source}, {accepted}, {functions})"


def _of_models(names: list[str]) -> Callable[[str], str]:
    if len(names) == 1:
        return lambda value: f"decode_model({names[0]}, {value})"
    return lambda value: f"decode_variant({value}, {', '.join(names)})"


def _of_variant(type_: Type, depth: int) -> Callable[[str], str]:
    return lambda value: decoded(type_, value, depth)


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


def expected(type_: Type) -> str:
    """Return what the JSON should be, in the words that the runtime's `drift` reads."""
    match type_:
        case EnumRef():
            return type_.enum.name
        case ModelRef():
            return type_.model.name
        case ListOf(item=item):
            return f"[{expected(item)}]"
        case Union():
            return " | ".join(dict.fromkeys(map(expected, variants_of(type_))))
        case Constant(value=value):
            return f"={json.dumps(value)}"
        case Scalar(kind=kind):
            return kind


def oddity(field: Field) -> str:
    """Return the expression that finds what no decoder looks at: a plain value of another type, and none at all."""
    source = f"model.{field.name}"
    checks = _checks(field.type, source)
    if field.required and checks == [f"type({source}) not in TEXT"]:
        return f"type({source}) is not str"
    found = " and ".join(checks)
    missing = f"data[{field.wire_name!r}] is UNSET" if field.required else ""
    if len(checks) > 1:
        found = f"({found})"
    return " or ".join(part for part in (missing, found) if part)


def _checks(type_: Type, source: str) -> list[str]:
    checks: list[str] = []
    for variant in variants_of(type_):
        word = expected(variant)
        if isinstance(variant, Constant):
            checks.append(f"{source} not in ({variant.value!r}, UNSET)")
        elif isinstance(variant, ListOf) and decoded(variant, source) == source:
            checks.append(f"type({source}) not in (list, Unset)")
        elif word == "null":
            checks.insert(0, f"{source} is not None")
        elif word in PLAIN_TYPES:
            checks.append(f"type({source}) not in {PLAIN_TYPES[word]}")
        else:
            return []  # Anything goes, or a decoder looks at it.
    return checks
