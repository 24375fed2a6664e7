"""Rename a property wherever the document names it: in lists of what is required, and in examples."""

from __future__ import annotations

from typing import Any

from ..document import Document, Pointer, is_mapping, mapping, sequence
from ..lint.misfits import examples_beside_schemas
from ..model import build
from ..model.types import ListOf, ModelRef, Type, variants_of


def follow(data: dict[str, Any], place: Pointer, old: str) -> None:
    """Correct the names of a property in a document.

    Args:
        data: The document.
        place: Where the property is under its new name.
        old: The name that it had.
    """
    if place[-2] != "properties":
        return
    document = Document(data)
    schemas = build.typed(document)
    new = str(place[-1])
    for model in schemas.models.values():
        field = model.by_wire_name.get(new)
        if field is not None and field.origin.pointer == place:
            required = sequence(
                mapping(document.get(model.origin.pointer)).get("required")
            )
            _rename_in_list(required, old, new)
    for schema, example in examples_beside_schemas(document):
        _correct(example.value, schemas.type_at(schema), place, old)


def _rename_in_list(names: list[Any], old: str, new: str) -> None:
    for index, name in enumerate(names):
        if name == old:
            names[index] = new


def _correct(value: object, type_: Type, place: Pointer, old: str) -> None:
    """Rename a property in an example, wherever an object of its schema stands in it."""
    for variant in variants_of(type_):
        if isinstance(variant, ListOf):
            for item in sequence(value):
                _correct(item, variant.item, place, old)
        elif isinstance(variant, ModelRef) and is_mapping(value):
            fields = variant.model.by_wire_name
            new = str(place[-1])
            if new in fields and fields[new].origin.pointer == place and old in value:
                value.setdefault(new, value.pop(old))
            for name in value.keys() & fields.keys():
                _correct(value[name], fields[name].type, place, old)
