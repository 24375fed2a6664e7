"""Find the schemas that become classes, those written in place included, and name each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import identifiers, openapi
from ..document import (
    NAME_MAPS,
    Document,
    Located,
    Pointer,
    is_mapping,
    mapping,
    parse_pointer,
    sequence,
)
from .reader import Reader

_SCHEMAS: Pointer = ("components", "schemas")
_CLASS_NAME = "x-class-name"
_OBJECT_KEYS = ("properties", "patternProperties", "additionalProperties")
#: Keywords under which a schema only limits the one it stands in; nobody needs a name for it.
_LIMITS = frozenset(
    {"not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas"}
)


def has_class(schema: dict[str, Any]) -> bool:
    """Return whether a schema becomes a class: an object, an enumeration or a combination of schemas."""
    return is_enum(schema) or is_object(schema)


def is_enum(schema: dict[str, Any]) -> bool:
    """Return whether a schema lists its values."""
    return bool(sequence(schema.get("enum")))


def is_object(schema: dict[str, Any]) -> bool:
    """Return whether a schema is that of an object."""
    return schema.get("type") == "object" or "properties" in schema or "allOf" in schema


def places(document: Document) -> dict[str, Pointer]:
    """Return the place of each schema by its key; one written in place has a key made of what it belongs to."""
    finder = _Finder(document)
    for key in list(finder.found):
        finder.look_below((*_SCHEMAS, key), key)
    for operation in openapi.operations(document):
        finder.look_at_operation(operation)
    for webhook in openapi.webhooks(document):
        finder.look_at_body(webhook)
    return finder.found


def class_names(reader: Reader, places: Mapping[str, Pointer]) -> dict[str, str]:
    """Return the class of each schema by its key, and report schemas that would share one."""
    known = {key: reader.at(place) for key, place in places.items()}
    for key, value in known.items():
        if not isinstance(value.get(_CLASS_NAME, ""), str):
            message = f"{_CLASS_NAME} of {key!r} is no text"
            reader.wrong(
                (*places[key], _CLASS_NAME),
                message,
                "write the name of the class, or remove it",
            )
    shared: dict[str, str] = {}
    while True:
        try:
            return identifiers.class_names(known) | shared
        except ValueError as error:
            message = str(error)
        # Of the names in the message the last one came too late; the longest, if one ends in another.
        named = [key for key in known if key in message] or list(known)
        late = max(named, key=lambda key: (message.rfind(key) + len(key), len(key)))
        fix = "rename one of the schemas, or give one a name with `x-class-name`"
        reader.wrong(places[late], message, fix)
        shared[late] = identifiers.pascal(late)
        del known[late]


def unused_wrappers(document: Document) -> set[str]:
    """Return the keys of the schemas that only wrap a value: their users have the value alone."""
    wrappers: set[str] = set()
    used: set[str] = set()
    for schema in openapi.schemas(document):
        reference = schema.value.get("$ref")
        if not isinstance(reference, str):
            continue
        parent = mapping(document.get(schema.pointer[:-2]))
        target = parse_pointer(reference)
        is_wrapper = "x-wrapped" in parent and schema.pointer[-2] == "oneOf"
        (wrappers if is_wrapper else used).update(target[2:3])
    return wrappers - used


def check_names(reader: Reader) -> None:
    """Note an object or enum that is written in place: it would get a class with a name that nobody chose."""
    for schema in openapi.schemas(reader.document):
        kind = None if _has_a_name(schema) else _nameless(schema)
        if kind is not None:
            fix = "make it a named schema in `schemas/` and refer to it"
            reader.flawed(schema.pointer, f"{kind} is written in place", fix)


def _has_a_name(schema: Located) -> bool:
    """Return whether this is a named schema, a part of its `allOf`, or a mere limit: none is a class of its own."""
    if schema.pointer[:2] == _SCHEMAS:
        is_part = len(schema.pointer) == 5 and schema.pointer[3] == "allOf"
        if len(schema.pointer) == 3 or is_part:
            return True
    return _is_limit(schema.pointer)


def _is_limit(pointer: Pointer) -> bool:
    is_name = False
    for token in pointer:
        if not is_name and token in _LIMITS:
            return True
        is_name = not is_name and token in NAME_MAPS
    return False


def _nameless(schema: Located) -> str | None:
    kind = schema.value.get("type")
    if "object" in (kind, *sequence(kind)) or any(
        key in schema.value for key in _OBJECT_KEYS
    ):
        return "an object"
    if "enum" in schema.value:
        return "an enum"
    if len(sequence(schema.value.get("allOf"))) > 1:
        return "an `allOf` of several schemas"
    return None


class _Finder:
    def __init__(self, document: Document) -> None:
        self._document = document
        self.found: dict[str, Pointer] = {
            str(schema.pointer[-1]): schema.pointer
            for schema in openapi.named_schemas(document)
        }

    def look_at_operation(self, operation: openapi.Operation) -> None:
        base = _base(operation)
        for index, node in enumerate(sequence(operation.data.get("parameters"))):
            name = identifiers.pascal(str(mapping(node).get("name")))
            self._take((*operation.pointer, "parameters", index, "schema"), base + name)
        self.look_at_body(operation)
        for status in mapping(operation.data.get("responses")):
            self._look_at_content(
                (*operation.pointer, "responses", status), f"{base}Response{status}"
            )

    def look_at_body(self, operation: openapi.Operation) -> None:
        self._look_at_content(
            (*operation.pointer, "requestBody"), _base(operation) + "Request"
        )

    def _look_at_content(self, place: Pointer, name: str) -> None:
        for media_type in mapping(mapping(self._document.get(place)).get("content")):
            self._take((*place, "content", media_type, "schema"), name)

    def look_below(self, place: Pointer, name: str) -> None:
        """Take the schemas that are written inside the one at a place."""
        for inner, suffix in _inner(mapping(self._document.get(place))):
            self._take((*place, *inner), f"{name}_{suffix}")

    def _take(self, place: Pointer, name: str) -> None:
        schema = self._document.get(place)
        if not is_mapping(schema) or "$ref" in schema:
            return
        self.look_below(place, name)
        # A single schema within `allOf` only lets something stand beside a reference.
        if not has_class(schema) or len(sequence(schema.get("allOf"))) == 1:
            return
        while name in self.found:
            name += "_"
        self.found[name] = place


def _base(operation: openapi.Operation) -> str:
    """Return what the keys of schemas that are written in an operation begin with."""
    return identifiers.pascal(
        identifiers.snake(str(operation.data.get("operationId") or ""))
    )


def _inner(schema: dict[str, Any]) -> Iterator[tuple[Pointer, object]]:
    """Yield where the schemas within a schema are, and what stands for each in a name."""
    for name, item in mapping(schema.get("properties")).items():
        # A wrapped value is read as the value alone.
        if "x-wrapped" not in mapping(item):
            yield ("properties", name), name
    if is_mapping(schema.get("items")):
        yield ("items",), "item"
    if is_mapping(schema.get("additionalProperties")):
        yield ("additionalProperties",), "value"
    for key in ("oneOf", "anyOf"):
        for index, _ in enumerate(sequence(schema.get(key))):
            yield (key, index), index + 1
