"""Arguments for every operation of the package, read from the document it was made of, and the calls made with them."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from helpers.description import DESCRIPTION
from plexy_pay import AsyncPager, Pager
from plexy_pay._core.operation import Operation

from generator.identifiers import snake

Json = dict[str, Any]
DOCUMENT: Json = json.loads(DESCRIPTION.read_text("utf-8"))
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
BY_CALL: dict[str, Json] = {}
for _item in DOCUMENT["paths"].values():
    for _operation in _item.values():
        if isinstance(_operation, dict):
            _parameters = [
                *_item.get("parameters", []),
                *_operation.get("parameters", []),
            ]
            BY_CALL[f"{_operation['x-resource']}.{_operation['x-method']}"] = {
                **_operation,
                "parameters": _parameters,
            }


def resolved(node: Json) -> Json:
    while "$ref" in node:
        steps = node["$ref"][2:].split("/")
        node = reduce(
            lambda found, step: found[step.replace("~1", "/").replace("~0", "~")],
            steps,
            DOCUMENT,
        )
    return node


def is_nullable(prop: Json) -> bool:
    kinds = resolved(prop).get("type", [])
    return "null" in kinds if isinstance(kinds, list) else False


def sample(prop: Json) -> Any:
    """Something that a required property takes."""
    target = resolved(prop)
    if "enum" in target:
        return target["enum"][0]
    if "properties" in target:
        return keywords(target)
    if target.get("format") == "date-time":
        return datetime(2027, 1, 1, tzinfo=UTC)
    return {"integer": 1, "number": 1, "string": "KZT", "boolean": True, "array": []}[
        target["type"]
    ]


def keywords(schema: Json) -> Json:
    """The required parameters of a request schema, by their names in Python."""
    return {
        snake(name): sample(schema["properties"][name])
        for name in schema.get("required", ())
    }


def body_schema(call: str) -> Json | None:
    content = resolved(BY_CALL[call].get("requestBody", {})).get("content")
    return resolved(content["application/json"]["schema"]) if content else None


def good_arguments(operation: Operation) -> Json:
    """Every required argument of a call, with a value that is taken."""
    given: Json = {}
    for parameter in map(resolved, BY_CALL[operation.call]["parameters"]):
        if parameter.get("required") and "x-client-setting" not in parameter:
            given[snake(parameter["name"])] = sample(parameter["schema"])
    return given | keywords(body_schema(operation.call) or {})


def carried_out(make: Callable[[], Any]) -> Any:
    """What a call gives; a pager is asked for its first item, and a coroutine is awaited."""

    async def wait(thing: Any) -> Any:
        return await thing

    made = make()
    if isinstance(made, Pager):
        return made.first()
    if isinstance(made, AsyncPager):
        return asyncio.run(wait(made.first()))
    return asyncio.run(wait(made)) if inspect.isawaitable(made) else made
