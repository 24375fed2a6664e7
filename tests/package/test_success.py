"""Of every call that moves money, only `success: true` is a success, where its answer has the word at all."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from copy import copy
from functools import partial
from operator import attrgetter
from typing import Any

import httpx
import pytest
from helpers.arguments import carried_out, good_arguments
from plexy_pay import AsyncPlexyPay, DeclinedError, OutcomeUnknownError, PlexyPay
from plexy_pay._operations import OPERATIONS
from plexy_pay.operation import Operation

MONEY = [operation for operation in OPERATIONS if operation.moves_money]


def says_success(operation: Operation) -> bool:
    """Whether the model of its answer has the field."""
    folder = operation.call.rpartition(".")[0].replace(".", "_")
    functions = importlib.import_module(f"plexy_pay.api.{folder}.{operation.id}")
    model = getattr(functions._decode, "model", None)
    return getattr(model, "_types", {}).get("success") == "boolean"


def clients(answer: Any) -> Iterator[PlexyPay | AsyncPlexyPay]:
    def handle(request: httpx.Request) -> httpx.Response:
        # A response belongs to one request: its copy is another's.
        return copy(answer) if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    transport = httpx.MockTransport(handle)
    settings: dict[str, Any] = {
        "base_url": "http://127.0.0.1:9",
        "allow_inferred": True,
        "checkout_api_key": "ck_1",
        "gate_api_key": "gk_1",
        "agent_id": "agent-1",
        "http_client": transport,
    }
    yield PlexyPay("pr_1", **settings)
    yield AsyncPlexyPay("pr_1", **settings)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_the_record_of_a_call_says_whether_its_model_has_success(operation: Operation) -> None:
    assert operation.says_success == says_success(operation)


def test_the_calls_that_have_it_are_there() -> None:
    found = {operation.call for operation in MONEY if operation.says_success}
    assert {"payments.refund", "payments.capture", "payments.cancel", "direct_payments.create"} <= found


@pytest.mark.parametrize("operation", MONEY, ids=lambda operation: operation.call)
@pytest.mark.parametrize(
    ("success", "kind"), [(False, DeclinedError), ("false", DeclinedError), (None, OutcomeUnknownError)]
)
def test_a_call_that_moves_money_takes_nothing_else_for_a_success(
    operation: Operation, success: Any, kind: type[Exception]
) -> None:
    for client in clients({"id": "1", "success": success}):
        call = partial(attrgetter(operation.call)(client), **good_arguments(operation))
        with pytest.raises(kind):
            carried_out(call)


@pytest.mark.parametrize("operation", MONEY, ids=lambda operation: operation.call)
@pytest.mark.parametrize("answer", [{}, {"error": {"code": 51}}], ids=["nothing", "an error"])
def test_an_answer_without_success_is_a_success_only_where_the_spec_has_none(
    operation: Operation, answer: Any
) -> None:
    for client in clients(answer):
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
        result = carried_out(partial(attrgetter(operation.call)(client), **good_arguments(operation)))
        assert result in (None, []) or result.to_dict() == {}
