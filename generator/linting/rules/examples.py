"""Rules about examples: they are there, and they are right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from ...document import Document, Located, Pointer, format_pointer, is_mapping, mapping, objects, sequence
from ...problems import Problem
from .. import reading
from ..json_schema import errors_of, short

_URI = "urn:document"


def operation_has_examples(document: Document) -> Iterator[Problem]:
    """Every parameter, request body and response with content has an example."""
    for operation in (*reading.operations(document), *reading.webhooks(document)):
        for parameter in operation.parameters():
            if not _has_example(parameter.value):
                message = f"the parameter {parameter.value.get('name')!r} has no example"
                yield document.problem(
                    parameter.pointer, message, "write `example:` with a value as the API takes it"
                )
        body = operation.body()
        holders = [("the request body", body)] if body is not None else []
        holders += [(f"the response {status}", response) for status, response in operation.responses()]
        for name, holder in holders:
            for media_type in reading.media_types(holder):
                if _is_text(str(media_type.pointer[-1])) and not _has_example(mapping(media_type.value)):
                    yield document.problem(
                        media_type.pointer,
                        f"{name} of {operation.title} has no example",
                        "write `example:` beside `schema:`",
                    )


def _has_example(value: dict[str, object]) -> bool:
    return "example" in value or bool(value.get("examples"))


def _is_text(media_type: str) -> bool:
    kind = media_type.split(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(("json", "xml", "x-www-form-urlencoded"))


def example_fits_its_schema(document: Document) -> Iterator[Problem]:
    """Every example is valid by the schema it stands beside."""
    for example, error in misfits(document):
        if isinstance(error, ValidationError):
            yield document.problem(
                (*example.pointer, *error.absolute_path),
                f"the example does not fit its schema: {short(error.message)}",
                "correct the example, or the schema if the example is what the API says",
            )
        else:
            yield document.problem(example.pointer, error, "correct the schema beside it")


def misfits(document: Document) -> Iterator[tuple[Located, ValidationError | str]]:
    """Every example that is not valid by its schema, with what is wrong; a text where the schema is."""
    resource: Resource[Any] = Resource.from_contents(document.data, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry[Any]().with_resource(_URI, resource)
    for schema, example in _examples(document):
        validator = Draft202012Validator(
            {"$ref": _URI + quote(format_pointer(schema), safe="#/~")},
            registry=registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        try:
            errors = errors_of(validator, example.value)
        except Exception as broken:  # a broken schema breaks the validator in many ways
            yield example, f"the example cannot be checked: {short(str(broken))}"
            continue
        for error in errors:
            yield example, error


def _examples(document: Document) -> Iterator[tuple[Pointer, Located]]:
    """Every example, with the place of the schema it belongs to."""
    for place, found in objects(document.data):
        # Media types, parameters and headers hold a schema and beside it one example, or several by name.
        if not is_mapping(found.get("schema")):
            continue
        if "example" in found:
            yield (*place, "schema"), Located((*place, "example"), found["example"])
        for name in mapping(found.get("examples")):
            named = document.follow((*place, "examples", name))
            if "value" in mapping(named.value):
                yield (*place, "schema"), Located((*named.pointer, "value"), named.value["value"])
    for schema in reading.schemas(document):
        if "example" in schema.value:
            yield schema.pointer, Located((*schema.pointer, "example"), schema.value["example"])
        for index, example in enumerate(sequence(schema.value.get("examples"))):
            yield schema.pointer, Located((*schema.pointer, "examples", index), example)
