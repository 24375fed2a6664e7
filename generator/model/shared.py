"""Read what belongs to no single operation: shared responses, servers, descriptions, and who refers to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..document import Pointer, mapping, objects, parse_pointer, references, sequence
from .api import (
    Description,
    Origin,
    SecurityScheme,
    Server,
    SharedAmount,
    SharedResponse,
    Wrapper,
)
from .classes import unused_wrappers
from .reader import Reader, text_of
from .schemas import SchemaReader

_SCHEMAS: Pointer = ("components", "schemas")
_RESPONSES: Pointer = ("components", "responses")
_SCHEMES: Pointer = ("components", "securitySchemes")


def read_shared_responses(reader: Reader) -> tuple[SharedResponse, ...]:
    """Return the responses that operations share, in the document's order."""
    return tuple(
        SharedResponse(
            origin=reader.origin((*_RESPONSES, name), mapping(value)), name=name
        )
        for name, value in reader.at(_RESPONSES).items()
    )


def read_security_schemes(reader: Reader) -> tuple[SecurityScheme, ...]:
    """Return the ways to authenticate, in the document's order."""
    return tuple(
        SecurityScheme(
            origin=reader.origin((*_SCHEMES, name), mapping(value)),
            name=name,
            description=text_of(mapping(value), "description"),
        )
        for name, value in reader.at(_SCHEMES).items()
    )


def read_servers(reader: Reader) -> tuple[Server, ...]:
    """Return the servers of the document, of paths and of operations, once for each place that lists one."""
    return tuple(_servers(reader))


def _servers(reader: Reader) -> Iterator[Server]:
    for place, found in objects(reader.document.data):
        for index, item in enumerate(sequence(found.get("servers"))):
            value = mapping(item)
            origin = reader.origin((*place, "servers", index), value)
            yield Server(
                origin=origin,
                url=str(value.get("url")),
                description=text_of(value, "description"),
            )


def read_descriptions(reader: Reader) -> tuple[Description, ...]:
    """Return all descriptions, in the document's order."""
    return tuple(_descriptions(reader))


def _descriptions(reader: Reader) -> Iterator[Description]:
    for place, found in objects(reader.document.data):
        text = found.get("description")
        if isinstance(text, str):
            origin = reader.origin((*place, "description"), found)
            is_of_unknown_unit = found.get("x-amount-unit") == "unknown"
            yield Description(
                origin=origin, text=text, is_of_unknown_unit=is_of_unknown_unit
            )


def read_references(
    reader: Reader, schemas: SchemaReader
) -> Mapping[Pointer, tuple[tuple[Pointer, Pointer], ...]]:
    """Return each reference with the component that it leads to, grouped by the first three steps of its place."""
    found: dict[Pointer, list[tuple[Pointer, Pointer]]] = {}
    for place, leads_to in _references(reader, schemas):
        component = leads_to[:3]
        if component[:1] == ("components",):
            found.setdefault(place[:3], []).append((place, component))
    return {place: tuple(pairs) for place, pairs in found.items()}


def _references(
    reader: Reader, schemas: SchemaReader
) -> Iterator[tuple[Pointer, Pointer]]:
    """Yield the place of each reference, and the place that it leads to."""
    for place, text in references(reader.document.data):
        yield place, parse_pointer(text)
    for parent, child in schemas.children():
        yield (*parent, "discriminator"), child


def read_wrappers(reader: Reader, schemas: SchemaReader) -> tuple[Wrapper, ...]:
    """Return the schemas that only wrap a value, in the order of their keys."""
    return tuple(
        _wrapper(reader, schemas, key)
        for key in sorted(unused_wrappers(reader.document))
    )


def _wrapper(reader: Reader, schemas: SchemaReader, key: str) -> Wrapper:
    place = (*_SCHEMAS, key)
    value = reader.at(place)
    origin = reader.origin(place, value)
    return Wrapper(
        origin=origin,
        key=key,
        description=text_of(value, "description"),
        is_unused=bool(value.get("x-unused")),
        fields=schemas.fields_at(place, origin.evidence),
    )


def read_shared_amounts(reader: Reader) -> tuple[SharedAmount, ...]:
    """Return the named schemas that are amounts themselves, in the document's order."""
    return tuple(
        SharedAmount(origin=_unit_origin(reader, key, value), key=key)
        for key, value in reader.at(_SCHEMAS).items()
        if "x-amount-unit" in mapping(value)
    )


def _unit_origin(reader: Reader, key: str, value: dict[str, Any]) -> Origin:
    extensions = {"x-evidence": value.get("x-amount-unit-evidence")}
    return reader.origin((*_SCHEMAS, key, "x-amount-unit"), extensions)
