"""Makes examples fit the schemas that were patched, with values that say nothing: none of a log or an export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from jsonschema.exceptions import ValidationError

from ..document import Document, Located, Pointer, child, is_mapping, mapping, objects, sequence
from ..lint.fitting import misfits
from .applying import put
from .shape import shape

_TEXTS = {
    "date-time": "2026-12-31T18:59:59Z",
    "date": "2026-12-31",
    "uri": "https://shop.example/order",
    "email": "payer@shop.example",
}
_ROUNDS = 6
_DEPTH = 8


def repair(data: dict[str, Any]) -> None:
    """Correct the examples of a document that no longer fit, or are missing where something was added.

    What cannot be corrected is for the lint to tell.
    """
    document = Document(data)
    for _ in range(_ROUNDS):
        edits = [*_missing(document), *_unfit(document)]
        if not edits:
            return
        for pointer, value in edits:
            put(data, pointer, value)


def _missing(document: Document) -> Iterator[tuple[Pointer, object]]:
    """Yield the examples that were left open: null beside a schema that does not allow it."""
    for place, found in objects(document.data):
        if (
            "schema" in found
            and found.get("example", 0) is None
            and not shape(document, (*place, "schema")).nullable
        ):
            yield (*place, "example"), placeholder(document, (*place, "schema"))


def _unfit(document: Document) -> Iterator[tuple[Pointer, object]]:
    """Yield a part to set for each example that does not fit; the next round has the next part."""
    done: set[Pointer] = set()
    for example, error in misfits(document):
        if example.pointer in done or not isinstance(error, ValidationError) or example.value is None:
            continue
        done.add(example.pointer)
        edit = _correction(document, example, error)
        if edit is not None:
            yield edit


def _correction(
    document: Document, example: Located, error: ValidationError
) -> tuple[Pointer, object] | None:
    at: Pointer = (*example.pointer, *error.absolute_path)
    schema: Any = error.schema
    if error.validator == "required" and is_mapping(instance := cast("Any", error).instance):
        for name in sequence(error.validator_value):
            if name not in instance:
                return (*at, str(name)), _of(document, mapping(mapping(schema).get("properties")).get(name))
    elif error.validator in ("type", "format", "enum"):
        value: Any = example.value
        for token in error.absolute_path:
            value = child(value, token)
        return at, _of(document, schema)
    return None


def _of(document: Document, schema: object) -> object:
    """Return a value for a schema that is not in the document by itself, such as one inside an error."""
    holder = Document({**document.data, "x": schema}, document.marks)
    return placeholder(holder, ("x",))


def placeholder(document: Document, pointer: Pointer, depth: int = 0) -> object:
    """Return a value that fits a schema and says nothing."""
    found = shape(document, pointer)
    if found.enum:
        return found.enum[0]
    if found.variants:
        return placeholder(document, found.variants[0], depth + 1)
    if "object" in found.types:
        wanted = (
            found.properties if depth < 2 else {name: found.properties.get(name) for name in found.required}
        )
        if depth > _DEPTH:
            return {}
        return {name: placeholder(document, place, depth + 1) for name, place in wanted.items() if place}
    if "array" in found.types:
        return [placeholder(document, found.items, depth + 1)] if found.items and depth < _DEPTH else []
    if "boolean" in found.types:
        return True
    if found.types & {"integer", "number"}:
        return 1
    return _TEXTS.get(found.format or "", "text")
