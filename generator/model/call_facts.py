"""Read where the facts of a call stand in its request: `x-call-facts`, and the idempotency key."""

from __future__ import annotations

from .. import openapi
from ..diagnostics import meant
from ..document import mapping
from .reader import Reader

_EXTENSION, _KEY = "x-call-facts", "x-idempotency-key"
_FACTS = ("order_reference", "id", "amount")


def read_facts(reader: Reader, node: openapi.Operation) -> dict[str, str]:
    """Return the place of each fact by its name, as OpenAPI's runtime expression; the key is one of them."""
    facts: dict[str, str] = {}
    for name, expression in mapping(node.data.get(_EXTENSION)).items():
        _check_fact(reader, node, name, expression)
        facts[name] = str(expression)
    key = node.data.get(_KEY)
    if key is None:
        return facts
    headers = [name for place, name in _parameters(node) if place == "header"]
    _check_key(reader, node, key, [*headers, *node.body_properties()])
    if key != "":
        facts["idempotency_key"] = (
            f"$request.header.{key}" if key in headers else f"$request.body#/{key}"
        )
    return facts


def _check_fact(
    reader: Reader, node: openapi.Operation, name: str, expression: object
) -> None:
    place = (*node.pointer, _EXTENSION, name)
    if name not in _FACTS:
        message = f"x-call-facts has the unknown fact {name!r}"
        reader.flawed(place, message, f"use {', '.join(_FACTS)}")
    elif not _exists(node, str(expression)):
        reader.flawed(
            place,
            f"x-call-facts says {expression!r}, which {node.title} has not",
            "write `$request.path.NAME`, `$request.header.NAME` or `$request.body#/PROPERTY`",
        )


def _exists(node: openapi.Operation, expression: str) -> bool:
    """Return whether an operation has the part of a request that an expression means."""
    source, _, pointer = expression.removeprefix("$request.").partition("#/")
    if not pointer:
        place, _, name = source.partition(".")
        return (place, name) in _parameters(node)
    names = node.body_properties() if source == "body" else {}
    *outer, last = pointer.split("/")
    for step in outer:
        names = (
            openapi.properties(node.document, names[step].pointer)
            if step in names
            else {}
        )
    return last in names


def _parameters(node: openapi.Operation) -> list[tuple[str, str]]:
    return [openapi.parameter_key(parameter.value) for parameter in node.parameters()]


def _check_key(
    reader: Reader, node: openapi.Operation, key: object, known: list[str]
) -> None:
    if key not in known:
        fix = "correct the name, or remove it if the operation has no such key"
        reader.flawed(
            (*node.pointer, _KEY),
            f"x-idempotency-key names {key!r}, which is no header and no property of the body",
            meant(key, known, fix),
        )
