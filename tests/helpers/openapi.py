"""Read a bundled OpenAPI document, without the generator: tests must not see it through the generator's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield the path, the method and the value of each operation."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def resolve(document: Json, node: Json) -> Json:
    """Return what a reference leads to, or the node itself."""
    while "$ref" in node:
        target: Any = document
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def schemas(document: Json) -> Json:
    """Return the named schemas."""
    found: Json = document["components"]["schemas"]
    return found


def every_object(value: Any) -> Iterator[Json]:
    """Yield every mapping of a document; those with `properties` are schemas of objects."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from every_object(item)
    elif isinstance(value, list):
        for item in value:
            yield from every_object(item)
