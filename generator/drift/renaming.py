"""Lets what names a property follow when it is renamed: lists of what is required, and examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import reading
from ..document import Document, Pointer, is_mapping, is_sequence, mapping, objects, sequence
from .shape import shape


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
    for schema in reading.schemas(document):
        if _owns(document, schema.pointer, place):
            _rename_in_list(sequence(schema.value.get("required")), old, str(place[-1]))
    for schema_place, example in _examples(document):
        _Examples(document, place, old).correct(example, schema_place)


def _owns(document: Document, schema: Pointer, place: Pointer) -> bool:
    found = reading.properties(document, schema).get(str(place[-1]))
    return found is not None and found.pointer == place


def _rename_in_list(names: list[Any], old: str, new: str) -> None:
    for index, name in enumerate(names):
        if name == old:
            names[index] = new


def _examples(document: Document) -> Iterator[tuple[Pointer, Any]]:
    """Yield the place of a schema and an example beside it, for each."""
    for place, found in objects(document.data):
        if not is_mapping(found.get("schema")):
            continue
        if "example" in found:
            yield (*place, "schema"), found["example"]
        for name in mapping(found.get("examples")):
            named = mapping(document.follow((*place, "examples", name)).value)
            yield (*place, "schema"), named.get("value")


class _Examples:
    """Renames a property in examples, wherever an object of its schema stands in them."""

    def __init__(self, document: Document, place: Pointer, old: str) -> None:
        self._document = document
        self._place = place
        self._old = old

    def correct(self, value: object, schema: Pointer) -> None:
        found = shape(self._document, schema)
        for variant in found.variants:
            self.correct(value, variant)
        if is_sequence(value) and found.items is not None:
            for item in value:
                self.correct(item, found.items)
        elif is_mapping(value):
            if found.properties.get(str(self._place[-1])) == self._place:
                self._rename(value)
            for name, inner in found.properties.items():
                if name in value:
                    self.correct(value[name], inner)

    def _rename(self, value: dict[str, Any]) -> None:
        if self._old in value:
            value.setdefault(str(self._place[-1]), value.pop(self._old))
