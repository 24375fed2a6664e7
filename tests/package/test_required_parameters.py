"""No required parameter of an operation takes None or UNSET in silence, unless the spec lets it be null."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial, reduce
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import plexy_pay
import pytest
from plexy_pay import UNSET, AsyncPager, AsyncPlexyPay, InvalidParameterError, Pager, PlexyPay, models
from plexy_pay._operations import OPERATIONS
from plexy_pay.operation import Operation

from generator.naming import class_names, snake

Json = dict[str, Any]
DOCUMENT: Json = json.loads(Path(plexy_pay.__file__).with_name("openapi.json").read_text("utf-8"))
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
CLASSES = class_names(SCHEMAS)
BY_CALL: dict[str, Json] = {}
for _item in DOCUMENT["paths"].values():
    for _operation in _item.values():
        if isinstance(_operation, dict):
            _parameters = [*_item.get("parameters", []), *_operation.get("parameters", [])]
            BY_CALL[f"{_operation['x-resource']}.{_operation['x-method']}"] = {
                **_operation,
                "parameters": _parameters,
            }

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
NOTHING = pytest.mark.parametrize("nothing", [None, UNSET], ids=["None", "UNSET"])


def resolved(node: Json) -> Json:
    while "$ref" in node:
        steps = node["$ref"][2:].split("/")
        node = reduce(lambda found, step: found[step.replace("~1", "/").replace("~0", "~")], steps, DOCUMENT)
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
    return {"integer": 1, "number": 1, "string": "KZT", "boolean": True, "array": []}[target["type"]]


def keywords(schema: Json) -> Json:
    """The required parameters of a request schema, by their names in Python."""
    return {snake(name): sample(schema["properties"][name]) for name in schema.get("required", ())}


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


class Spot(NamedTuple):
    """One required argument of one call."""

    operation: Operation
    argument: str

    def __str__(self) -> str:
        return f"{self.operation.call}-{self.argument}"


SPOTS = [Spot(operation, name) for operation in OPERATIONS for name in good_arguments(operation)]


class Wire:
    """A transport that counts, and answers with an object."""

    def __init__(self) -> None:
        self.sent = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        return httpx.Response(503)


def clients(wire: Wire) -> Iterator[PlexyPay | AsyncPlexyPay]:
    settings: Json = {
        "base_url": "http://127.0.0.1:9",
        "allow_inferred": True,
        "checkout_api_key": "ck_1",
        "gate_api_key": "gk_1",
        "agent_id": "agent-1",
        "max_retries": 0,
        "http_client": httpx.MockTransport(wire),
    }
    yield PlexyPay("pr_1", **settings)
    yield AsyncPlexyPay("pr_1", **settings)


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


@NOTHING
@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_a_method_refuses_nothing_for_what_it_needs(spot: Spot, nothing: object) -> None:
    wire = Wire()
    given = good_arguments(spot.operation) | {spot.argument: nothing}
    for client in [*clients(wire), *(client.with_raw_response for client in clients(wire))]:
        method = attrgetter(spot.operation.call)(client)
        with pytest.raises(InvalidParameterError, match="Nothing was sent"):
            carried_out(partial(method, **given))
    assert wire.sent == 0


def test_a_call_with_all_it_needs_leaves() -> None:
    wire = Wire()
    for operation in OPERATIONS:
        for client in clients(wire):
            with pytest.raises(plexy_pay.PlexyError, match="503"):
                carried_out(partial(attrgetter(operation.call)(client), **good_arguments(operation)))
    assert wire.sent == 2 * len(OPERATIONS)


def functions(operation: Operation) -> Any:
    """The module of a call's functions."""
    folder = operation.call.rpartition(".")[0].replace(".", "_")
    return import_module(f"plexy_pay.api.{folder}.{operation.id}")


@NOTHING
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_a_function_refuses_nothing_for_what_it_needs(operation: Operation, nothing: object) -> None:
    module = functions(operation)
    schema, given = body_schema(operation.call), good_arguments(operation)
    needed = {
        name for name, one in inspect.signature(module.request).parameters.items() if one.default is one.empty
    }
    if schema is not None:
        kind = getattr(models, inspect.signature(module.request).parameters["body"].annotation)
        in_body = keywords(schema)
        given = {name: one for name, one in given.items() if name not in in_body} | {
            "body": kind.from_params(in_body)
        }
    wire = Wire()
    for name in needed:
        for client in clients(wire):
            call = module.asyncio if isinstance(client, AsyncPlexyPay) else module.sync
            with pytest.raises(InvalidParameterError, match="Nothing was sent"):
                carried_out(partial(call, **given | {name: nothing}, client=client))
    assert wire.sent == 0


REQUESTS = sorted({name for name in SCHEMAS if hasattr(getattr(models, CLASSES[name], None), "from_params")})


@NOTHING
@pytest.mark.parametrize("name", REQUESTS)
def test_a_model_of_a_request_refuses_nothing_for_what_it_needs(name: str, nothing: object) -> None:
    schema, kind = SCHEMAS[name], getattr(models, CLASSES[name])
    good = keywords(schema)
    kind(**good).to_dict()
    kind.from_params(good)
    for wire_name in schema.get("required", ()):
        prop = schema["properties"][wire_name]
        wrong = good | {snake(wire_name): nothing}
        if is_nullable(prop) and nothing is None:
            kind.from_params(wrong)
            continue
        with pytest.raises(InvalidParameterError, match="Nothing was sent"):
            kind.from_params(wrong)
        with pytest.raises(InvalidParameterError, match="Nothing was sent"):
            kind(**wrong).to_dict()
