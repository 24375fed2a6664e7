"""Find the examples of a document that do not fit their schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import UnknownType, ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from .. import openapi
from ..document import (
    Document,
    Located,
    Pointer,
    format_pointer,
    is_mapping,
    mapping,
    objects,
    sequence,
)
from .json_schema import errors_of, short

_URI = "urn:document"


def misfits(document: Document) -> Iterator[tuple[Located, ValidationError | str]]:
    """Yield every example that is not valid by its schema, with what is wrong; a text where the schema is."""
    resource: Resource[Any] = Resource.from_contents(
        document.data, default_specification=DRAFT202012
    )
    registry: Registry[Any] = Registry[Any]().with_resource(_URI, resource)
    for schema, example in _examples(document):
        validator = Draft202012Validator(
            {"$ref": _URI + quote(format_pointer(schema), safe="#/~")},
            registry=registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        try:
            errors = errors_of(validator, example.value)
        except UnknownType:
            continue  # OpenAPI's own check names the type, once.
        except Exception as broken:  # a broken schema breaks the validator in many ways
            yield example, f"the example cannot be checked: {short(str(broken))}"
            continue
        for error in errors:
            yield example, error


def _examples(document: Document) -> Iterator[tuple[Pointer, Located]]:
    """Yield every example, with the place of the schema it belongs to."""
    yield from examples_beside_schemas(document)
    yield from _examples_in_schemas(document)


def examples_beside_schemas(document: Document) -> Iterator[tuple[Pointer, Located]]:
    """Yield the examples of media types, parameters and headers, each with the place of its schema."""
    for place, found in objects(document.data):
        if not is_mapping(found.get("schema")):
            continue
        if "example" in found:
            yield (*place, "schema"), Located((*place, "example"), found["example"])
        for name in mapping(found.get("examples")):
            named = document.follow((*place, "examples", name))
            if "value" in mapping(named.value):
                value = Located((*named.pointer, "value"), named.value["value"])
                yield (*place, "schema"), value


def _examples_in_schemas(document: Document) -> Iterator[tuple[Pointer, Located]]:
    for schema in openapi.schemas(document):
        if "example" in schema.value:
            place = (*schema.pointer, "example")
            yield schema.pointer, Located(place, schema.value["example"])
        for index, example in enumerate(sequence(schema.value.get("examples"))):
            yield schema.pointer, Located((*schema.pointer, "examples", index), example)
