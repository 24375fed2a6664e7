"""Read the examples, and check that everything that is sent or received has one."""

from __future__ import annotations

from collections.abc import Iterator

from .. import openapi
from ..document import Located, Pointer, mapping
from .api import Example
from .reader import Reader


def read_example(reader: Reader, pointer: Pointer) -> Example | None:
    """Return the example of the parameter or the media type at a place: of several the first; None if there is none."""
    value = reader.at(pointer)
    if "example" in value:
        return Example(value["example"])
    for name in mapping(value.get("examples")):
        named = reader.document.follow((*pointer, "examples", name)).value
        if "value" in mapping(named):
            return Example(mapping(named)["value"])
    return None


def check_examples(reader: Reader) -> None:
    """Note each parameter, request body and response with content that has no example."""
    operations = list(openapi.operations(reader.document))
    operations += openapi.webhooks(reader.document)
    for operation in operations:
        for parameter in operation.parameters():
            if not _has_example(parameter.value):
                message = (
                    f"the parameter {parameter.value.get('name')!r} has no example"
                )
                reader.flawed(
                    parameter.pointer,
                    message,
                    "write `example:` with a value as the API takes it",
                )
        for name, holder in _holders(operation):
            _check_content(reader, holder, f"{name} of {operation.title}")


def _holders(operation: openapi.Operation) -> Iterator[tuple[str, Located]]:
    body = operation.body()
    if body is not None:
        yield "the request body", body
    for status, response in operation.responses():
        yield f"the response {status}", response


def _check_content(reader: Reader, holder: Located, name: str) -> None:
    for media_type in openapi.media_types(holder):
        if _is_text(str(media_type.pointer[-1])) and not _has_example(
            mapping(media_type.value)
        ):
            message = f"{name} has no example"
            reader.flawed(
                media_type.pointer, message, "write `example:` beside `schema:`"
            )


def _has_example(value: dict[str, object]) -> bool:
    return "example" in value or bool(value.get("examples"))


def _is_text(media_type: str) -> bool:
    kind = media_type.split(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(
        ("json", "xml", "x-www-form-urlencoded")
    )
