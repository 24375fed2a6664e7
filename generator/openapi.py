"""Read operations, their parts and schemas as the document writes them, each with its place.

The lint runs on documents that may be broken in any way, so nothing here expects a certain shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .document import (
    Document,
    Located,
    Pointer,
    is_mapping,
    is_sequence,
    mapping,
    objects,
    sequence,
)

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

#: The words that say how well a fact is known, best first.
EVIDENCE = ("documented", "documented-2023", "observed", "inferred")

_MAPS_OF_SCHEMAS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS = (
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "propertyNames",
    "contentSchema",
    "not",
    "if",
    "then",
    "else",
)


@dataclass(frozen=True)
class Operation:
    """One operation of the document, or one webhook."""

    document: Document
    pointer: Pointer
    path: str
    method: str
    data: dict[str, Any]
    is_webhook: bool

    @property
    def title(self) -> str:
        """Return the name in messages."""
        return (
            f"webhook {self.path}"
            if self.is_webhook
            else f"{self.method.upper()} {self.path}"
        )

    def parameters(self) -> Iterator[Located]:
        """Yield the operation's parameters, those of its path included; an own one replaces one of the path."""
        own = list(self._list_of_parameters(self.pointer))
        replaced = {parameter_key(parameter.value) for parameter in own}
        for parameter in self._list_of_parameters(self.pointer[:-1]):
            if parameter_key(parameter.value) not in replaced:
                yield parameter
        yield from own

    def _list_of_parameters(self, pointer: Pointer) -> Iterator[Located]:
        for index, _ in enumerate(
            sequence(self.document.get((*pointer, "parameters")))
        ):
            parameter = self.document.follow((*pointer, "parameters", index))
            if is_mapping(parameter.value):
                yield parameter

    def body(self) -> Located | None:
        """Return the request body, if there is one."""
        body = self.document.follow((*self.pointer, "requestBody"))
        return body if is_mapping(body.value) else None

    def responses(self) -> Iterator[tuple[str, Located]]:
        """Yield the responses by status."""
        for status in mapping(self.data.get("responses")):
            response = self.document.follow((*self.pointer, "responses", status))
            if is_mapping(response.value):
                yield status, response

    def body_properties(self) -> dict[str, Located]:
        """Return the properties of the request body by name; all media types together."""
        body = self.body()
        found: dict[str, Located] = {}
        for media_type in () if body is None else media_types(body):
            inner = properties(self.document, (*media_type.pointer, "schema"))
            found = inner | found
        return found


def operations(document: Document) -> Iterator[Operation]:
    """Return the operations of the document, without its webhooks."""
    return _operations(document, "paths")


def webhooks(document: Document) -> Iterator[Operation]:
    """Return the webhooks of the document."""
    return _operations(document, "webhooks")


def _operations(document: Document, kind: str) -> Iterator[Operation]:
    for path, item in mapping(document.data.get(kind)).items():
        for method, data in mapping(item).items():
            if method in METHODS and is_mapping(data):
                yield Operation(
                    document,
                    (kind, path, method),
                    path,
                    method,
                    data,
                    kind == "webhooks",
                )


def parameter_key(parameter: dict[str, Any]) -> tuple[str, str]:
    """Return what makes a parameter the same as another."""
    return str(parameter.get("in")), str(parameter.get("name"))


def media_types(holder: Located) -> Iterator[Located]:
    """Yield the media types of a request body or a response."""
    for name, media_type in mapping(mapping(holder.value).get("content")).items():
        yield Located((*holder.pointer, "content", name), media_type)


def named_schemas(document: Document) -> Iterator[Located]:
    """Yield the schemas of `components.schemas`."""
    for key, schema in mapping(
        mapping(document.data.get("components")).get("schemas")
    ).items():
        if is_mapping(schema):
            yield Located(("components", "schemas", key), schema)


def schemas(document: Document) -> Iterator[Located]:
    """Yield every schema: the named ones, those of parameters, headers and media types, and all inside of them."""
    for schema in named_schemas(document):
        yield from nested(schema)
    for pointer, found in _holders(document):
        yield from nested(Located((*pointer, "schema"), found["schema"]))


def _holders(document: Document) -> Iterator[Located]:
    for found in objects(document.data):
        inside_schema = found.pointer[:2] == ("components", "schemas")
        if not inside_schema and is_mapping(found.value.get("schema")):
            yield found


def nested(schema: Located) -> Iterator[Located]:
    """Yield a schema and every schema written inside it."""
    if not is_mapping(schema.value):
        return
    yield schema
    for key, value in schema.value.items():
        place = (*schema.pointer, key)
        if key in _MAPS_OF_SCHEMAS:
            for name, item in mapping(value).items():
                yield from nested(Located((*place, name), item))
        elif key in _LISTS_OF_SCHEMAS:
            for index, item in enumerate(sequence(value)):
                yield from nested(Located((*place, index), item))
        elif key in _SCHEMAS:
            yield from nested(Located(place, value))


def properties(document: Document, pointer: Pointer) -> dict[str, Located]:
    """Return the properties that an object of this schema has by name, those of its `allOf` parts included."""
    found: dict[str, Located] = {}
    for part in _parts(document, pointer, ("allOf",)):
        for name, value in mapping(part.value.get("properties")).items():
            found.setdefault(name, Located((*part.pointer, "properties", name), value))
    return found


def types(document: Document, pointer: Pointer) -> set[str]:
    """Return the JSON types that a schema lets through, as far as it says so; "null" is left out."""
    found: set[str] = set()
    for part in _parts(document, pointer, ("allOf", "anyOf", "oneOf")):
        kind = part.value.get("type")
        if is_sequence(kind):
            found.update(map(str, kind))
        elif kind:
            found.add(str(kind))
    return found - {"null"}


def scheme_names(security: object) -> list[str]:
    """Return the security schemes that a `security` names, in all of its choices."""
    names: list[str] = []
    for choice in sequence(security):
        names += mapping(choice)
    return names


def extension(document: Document, pointer: Pointer, name: str) -> Located | None:
    """Return an extension of a schema: its own, else that of a schema it refers to or consists of."""
    for part in _parts(document, pointer, ("allOf", "anyOf", "oneOf")):
        if name in part.value:
            return Located((*part.pointer, name), part.value[name])
    return None


def _parts(
    document: Document, pointer: Pointer, keys: tuple[str, ...]
) -> Iterator[Located]:
    """Yield a schema, what it refers to, and the schemas under these keys, and so on; each once."""
    waiting, seen = [pointer], set[Pointer]()
    while waiting:
        place = waiting.pop(0)
        value = document.get(place)
        if place in seen or not is_mapping(value):
            continue
        seen.add(place)
        yield Located(place, value)
        if "$ref" in value:
            waiting.append(document.follow(place).pointer)
        for key in keys:
            waiting += [
                (*place, key, index) for index, _ in enumerate(sequence(value.get(key)))
            ]


def template_names(path: str) -> list[str]:
    """Return the parameters that a path template names."""
    return re.findall(r"\{([^{}]*)\}", path)
