"""Check the extensions that every operation has: its id, its call in Python, its tag, and whether it moves money."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

from .. import openapi
from ..document import mapping, sequence
from ..identifiers import is_camel_case
from .reader import Reader

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")


def check_operation_marks(reader: Reader) -> None:
    """Note extensions of operations and webhooks that are missing or unusable."""
    tags: list[object] = [
        mapping(tag).get("name") for tag in sequence(reader.document.data.get("tags"))
    ]
    for operation in openapi.operations(reader.document):
        _check_id(reader, operation)
        _check_call(reader, operation)
        _check_money(reader, operation)
        _check_tag(reader, operation, tags)
    # The reader of the events checks their ids.
    for webhook in openapi.webhooks(reader.document):
        _check_tag(reader, webhook, tags)


def _check_id(reader: Reader, operation: openapi.Operation) -> None:
    name = operation.data.get("operationId")
    if not isinstance(name, str) or not is_camel_case(name):
        reader.flawed(
            (*operation.pointer, "operationId"),
            f"{operation.title} has no operationId in camelCase",
            "write one like `operationId: createPaymentLink`",
        )


def _check_call(reader: Reader, operation: openapi.Operation) -> None:
    resource, method = operation.data.get("x-resource"), operation.data.get("x-method")
    if not isinstance(resource, str) or not all(map(_is_name, resource.split("."))):
        reader.flawed(
            (*operation.pointer, "x-resource"),
            f"{operation.title} has no x-resource that can be a name in Python",
            "write `x-resource:` with a name in snake_case, such as payment_links or gate.orders",
        )
    if not isinstance(method, str) or not _is_name(method):
        reader.flawed(
            (*operation.pointer, "x-method"),
            f"{operation.title} has no x-method that can be a name in Python",
            "write `x-method:` with a name in snake_case, such as create",
        )


def _is_name(text: str) -> bool:
    return _SNAKE_CASE.match(text) is not None and not keyword.iskeyword(text)


def _check_money(reader: Reader, operation: openapi.Operation) -> None:
    """Note an operation that does not say it: retries and errors depend on it, so it is never left to a default."""
    if not isinstance(operation.data.get("x-moves-money"), bool):
        reader.flawed(
            (*operation.pointer, "x-moves-money"),
            f"{operation.title} does not say whether it moves money",
            "write `x-moves-money: true` or `x-moves-money: false`",
        )


def _check_tag(
    reader: Reader, operation: openapi.Operation, declared: Sequence[object]
) -> None:
    """Note what has not one tag: it is the group in the docs, and the document's `tags` order the groups."""
    tags, place = sequence(operation.data.get("tags")), (*operation.pointer, "tags")
    if len(tags) != 1:
        message = f"{operation.title} has {len(tags)} tags"
        reader.flawed(place, message, "give it exactly one, its group in the docs")
    elif tags[0] not in declared:
        message = f"{operation.title} has the tag {tags[0]!r}, which is not declared"
        reader.flawed(
            place, message, "add it to `tags` in the root document, or correct it"
        )
