"""Rules about examples: they are there, and they are right."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema.exceptions import ValidationError

from ... import reading
from ...document import Document, mapping
from ...problems import Problem
from ..fitting import misfits
from ..json_schema import short


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
