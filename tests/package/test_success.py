"""Of every call that moves money, only `success: true` is a success, where its response has the word at all."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from copy import copy
from functools import partial
from operator import attrgetter
from typing import Any

import httpx
import pytest
from helpers.arguments import carried_out, good_arguments
from plexy_pay import (
    AsyncPlexyPay,
    DeclinedError,
    NotFoundError,
    OutcomeUnknownError,
    PlexyPay,
)
from plexy_pay._core.operation import Operation
from plexy_pay._core.schema import schema_of
from plexy_pay._core.wire_types import BOOLEAN, WireType
from plexy_pay._operations import OPERATIONS

MONEY = [operation for operation in OPERATIONS if operation.moves_money]


def says_success(operation: Operation) -> bool:
    """Whether the model of its response has the field."""
    directory = operation.call.rpartition(".")[0].replace(".", "_")
    functions = importlib.import_module(f"plexy_pay.api.{directory}.{operation.id}")
    model = getattr(functions._decode, "model", None)
    return model is not None and schema_of(model).types.get("success") == WireType(
        (BOOLEAN,)
    )


def clients(response: Any, **more: Any) -> Iterator[PlexyPay | AsyncPlexyPay]:
    def handle(request: httpx.Request) -> httpx.Response:
        # A response belongs to one request: its copy is another's.
        return (
            copy(response)
            if isinstance(response, httpx.Response)
            else httpx.Response(200, json=response)
        )

    transport = httpx.MockTransport(handle)
    settings: dict[str, Any] = {
        "base_url": "http://127.0.0.1:9",
        "allow_inferred": True,
        "checkout_api_key": "ck_1",
        "gate_api_key": "gk_1",
        "agent_id": "agent-1",
        "http_client": transport,
        **more,
    }
    yield PlexyPay("pr_1", **settings)
    yield AsyncPlexyPay("pr_1", **settings)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_the_record_of_a_call_says_whether_its_model_has_success(
    operation: Operation,
) -> None:
    assert operation.says_success == says_success(operation)


def test_the_calls_that_have_it_are_there() -> None:
    found = {operation.call for operation in MONEY if operation.says_success}
    assert {
        "payments.refund",
        "payments.capture",
        "payments.cancel",
        "direct_payments.create",
    } <= found


@pytest.mark.parametrize("operation", MONEY, ids=lambda operation: operation.call)
@pytest.mark.parametrize(
    ("success", "kind"),
    [(False, DeclinedError), ("false", DeclinedError), (None, OutcomeUnknownError)],
)
def test_a_call_that_moves_money_takes_nothing_else_for_a_success(
    operation: Operation, success: Any, kind: type[Exception]
) -> None:
    for client in clients({"id": "1", "success": success}):
        call = partial(attrgetter(operation.call)(client), **good_arguments(operation))
        with pytest.raises(kind):
            carried_out(call)


@pytest.mark.parametrize("operation", MONEY, ids=lambda operation: operation.call)
@pytest.mark.parametrize(
    "response", [{}, {"error": {"code": 51}}], ids=["nothing", "an error"]
)
def test_a_response_without_success_is_a_success_only_where_the_spec_has_none(
    operation: Operation, response: Any
) -> None:
    for client in clients(response):
        call = partial(attrgetter(operation.call)(client), **good_arguments(operation))
        if not operation.says_success:
            carried_out(call)
            continue
        with pytest.raises(OutcomeUnknownError) as caught:
            carried_out(call)
        assert caught.value.response.status_code == 200


@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
@pytest.mark.parametrize("status", [204, 205])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_a_success_without_content_gives_an_empty_model_or_list_from_every_call(
    operation: Operation, status: int
) -> None:
    for client in clients(httpx.Response(status)):
        result = carried_out(
            partial(attrgetter(operation.call)(client), **good_arguments(operation))
        )
        assert result in (None, []) or result.to_dict() == {}


def test_an_order_that_was_taken_is_one_whatever_the_response_leaves_out() -> None:
    """The request must have its key; nothing says that the response repeats it."""
    for response in ({}, {"status": "created"}):
        for client in clients(httpx.Response(201, json=response), strict=True):
            made: Any = client.settlement_orders.create(
                request_id="r-1", amount=1, currency="KZT"
            )
            order = made if isinstance(client, PlexyPay) else asyncio.run(made)
            assert order.to_dict() == response


def test_a_payment_that_is_not_found_names_the_newer_path() -> None:
    card: Any = {"token_id": "a5399a91-d03e-40d0-bd74-f039a03def19"}
    order: Any = {"amount": 1, "currency": "KZT"}
    for client in clients(
        httpx.Response(404, json={"code": 4, "message": "not found"})
    ):
        with pytest.raises(NotFoundError, match="/v1/payments/direct") as caught:
            made: Any = client.direct_payments.create(
                transaction_type="sale",
                payment_method="card",
                order_details=order,
                card_data=card,
            )
            asyncio.run(made)
        assert "No money was moved" in str(caught.value)
        assert "Check the id" not in str(caught.value)
