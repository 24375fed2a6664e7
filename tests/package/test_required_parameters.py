"""No required parameter of an operation takes None or UNSET in silence, unless the spec lets it be null."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from operator import attrgetter
from typing import Any, NamedTuple

import httpx
import plexy_pay
import pytest
from helpers.arguments import (
    SCHEMAS,
    body_schema,
    carried_out,
    good_arguments,
    is_nullable,
    keywords,
)
from plexy_pay import UNSET, AsyncPlexyPay, InvalidParameterError, PlexyPay, models
from plexy_pay._core.operation import Operation
from plexy_pay._operations import OPERATIONS

from generator.identifiers import class_names, snake

CLASSES = class_names(SCHEMAS)
pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
NOTHING = pytest.mark.parametrize("nothing", [None, UNSET], ids=["None", "UNSET"])


class Spot(NamedTuple):
    """One required argument of one call."""

    operation: Operation
    argument: str

    def __str__(self) -> str:
        return f"{self.operation.call}-{self.argument}"


SPOTS = [
    Spot(operation, name)
    for operation in OPERATIONS
    for name in good_arguments(operation)
]


class Wire:
    """A transport that counts, and answers with an object."""

    def __init__(self) -> None:
        self.sent = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        return httpx.Response(503)


def clients(wire: Wire) -> Iterator[PlexyPay | AsyncPlexyPay]:
    settings: dict[str, Any] = {
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


@NOTHING
@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_a_method_refuses_nothing_for_what_it_needs(
    spot: Spot, nothing: object
) -> None:
    wire = Wire()
    given = good_arguments(spot.operation) | {spot.argument: nothing}
    for client in [
        *clients(wire),
        *(client.with_raw_response for client in clients(wire)),
    ]:
        method = attrgetter(spot.operation.call)(client)
        with pytest.raises(InvalidParameterError, match="Nothing was sent"):
            carried_out(partial(method, **given))
    assert wire.sent == 0


def test_a_call_with_all_it_needs_leaves() -> None:
    wire = Wire()
    for operation in OPERATIONS:
        for client in clients(wire):
            with pytest.raises(plexy_pay.PlexyError, match="503"):
                carried_out(
                    partial(
                        attrgetter(operation.call)(client), **good_arguments(operation)
                    )
                )
    assert wire.sent == 2 * len(OPERATIONS)


def functions(operation: Operation) -> Any:
    """The module of a call's functions."""
    directory = operation.call.rpartition(".")[0].replace(".", "_")
    return import_module(f"plexy_pay.api.{directory}.{operation.id}")


@NOTHING
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_a_function_refuses_nothing_for_what_it_needs(
    operation: Operation, nothing: object
) -> None:
    module = functions(operation)
    schema, given = body_schema(operation.call), good_arguments(operation)
    needed = {
        name
        for name, one in inspect.signature(module.request).parameters.items()
        if one.default is one.empty
    }
    if schema is not None:
        kind = getattr(
            models, inspect.signature(module.request).parameters["body"].annotation
        )
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


REQUESTS = sorted(
    {
        name
        for name in SCHEMAS
        if hasattr(getattr(models, CLASSES[name], None), "from_params")
    }
)


@NOTHING
@pytest.mark.parametrize("name", REQUESTS)
def test_a_model_of_a_request_refuses_nothing_for_what_it_needs(
    name: str, nothing: object
) -> None:
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
