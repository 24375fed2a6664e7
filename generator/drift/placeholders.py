"""Make examples fit the schemas that were patched, with values that say nothing: none of a log or an export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from jsonschema.exceptions import ValidationError

from ..document import (
    Document,
    Located,
    Pointer,
    is_mapping,
    mapping,
    objects,
    sequence,
)
from ..lint.misfits import misfits
from ..model import build
from ..model.api import Model
from ..model.types import Constant, EnumRef, ListOf, ModelRef, Scalar, Type, Union
from .patch import put
from .type_facts import format_of, takes_null

_TEXTS = {
    "date-time": "2026-12-31T18:59:59Z",
    "date": "2026-12-31",
    "uri": "https://shop.example/order",
    "email": "payer@shop.example",
}
_VALUES = {"boolean": True, "integer": 1, "number": 1}
_ROUNDS = 6
_NAME = "Placeholder"
#: The depth up to which objects have all their fields.
_SHALLOW = 2
_DEPTH = 8


class _Wanted(NamedTuple):
    """A part of an example that is to be set.

    Attributes:
        place: Its place.
        schema: The schema that it has to fit.
        is_open: True if it was left open, with null in its place; else it does not fit, or is not there.
    """

    place: Pointer
    schema: object
    is_open: bool


def repair(data: dict[str, Any]) -> None:
    """Correct the examples of a document that no longer fit, or are missing where something was added.

    The lint reports the rest.
    """
    document = Document(data)
    for _ in range(_ROUNDS):
        wanted = list(_missing(document))
        wanted += _unfit(document)
        edits = list(_edits(document, wanted)) if wanted else []
        if not edits:
            return
        for pointer, value in edits:
            put(data, pointer, value)


def _edits(
    document: Document, wanted: list[_Wanted]
) -> Iterator[tuple[Pointer, object]]:
    """Yield the values to set. Each schema gets a name for that, since only those with names have classes."""
    named: dict[str, object] = {
        f"{_NAME}{number}": one.schema for number, one in enumerate(wanted)
    }
    components = mapping(document.data.get("components"))
    schemas = mapping(components.get("schemas")) | named
    components = components | {"schemas": schemas}
    holder = Document(document.data | {"components": components})
    types = build.typed(holder)
    for key, one in zip(named, wanted, strict=True):
        type_ = types.type_at(("components", "schemas", key))
        if not (one.is_open and takes_null(type_)):
            yield one.place, placeholder(type_)


def _missing(document: Document) -> Iterator[_Wanted]:
    """Yield the examples that were left open: null, which a schema may allow, too."""
    for place, found in objects(document.data):
        if "schema" in found and found.get("example", 0) is None:
            yield _Wanted((*place, "example"), found["schema"], is_open=True)


def _unfit(document: Document) -> Iterator[_Wanted]:
    """Yield a part to set for each example that does not fit; the next round has the next part."""
    done: set[Pointer] = set()
    for example, error in misfits(document):
        if (
            example.pointer in done
            or not isinstance(error, ValidationError)
            or example.value is None
        ):
            continue
        done.add(example.pointer)
        wanted = _correction(example, error)
        if wanted is not None:
            yield wanted


def _correction(example: Located, error: ValidationError) -> _Wanted | None:
    at: Pointer = (*example.pointer, *error.absolute_path)
    schema: Any = error.schema
    if error.validator == "required" and is_mapping(
        instance := cast("Any", error).instance
    ):
        for name in sequence(error.validator_value):
            if name not in instance:
                inner = mapping(mapping(schema).get("properties")).get(name)
                return _Wanted((*at, str(name)), inner, is_open=False)
    elif error.validator in ("type", "format", "enum"):
        return _Wanted(at, schema, is_open=False)
    return None


def placeholder(type_: Type, depth: int = 0) -> object:
    """Return a value that is of a type and says nothing."""
    if depth > _DEPTH:
        return {}
    match type_:
        case EnumRef():
            return type_.enum.members[0].value
        case Constant():
            return type_.value
        case Union():
            return placeholder(type_.variants[0], depth + 1)
        case ListOf():
            return [placeholder(type_.item, depth + 1)]
        case ModelRef():
            return _object(type_.model, depth)
        case Scalar():
            return _VALUES.get(type_.kind) or _TEXTS.get(format_of(type_) or "", "text")


def _object(model: Model, depth: int) -> dict[str, object]:
    """Return an object; what is deep inside another one has only what it must have."""
    fields = [field for field in model.fields if depth < _SHALLOW or field.required]
    return {field.wire_name: placeholder(field.type, depth + 1) for field in fields}
