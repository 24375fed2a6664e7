"""In every operation: ids have no slash and no step, and the caller's own references leave whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from operator import attrgetter
from typing import Any

import httpx
import pytest
from helpers.arguments import carried_out, good_arguments
from plexy_pay import AsyncPlexyPay, InvalidParameterError, PlexyError, PlexyPay
from plexy_pay._core.operation import Operation
from plexy_pay._operations import OPERATIONS

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
PLACES = [
    pytest.param(operation, name, id=f"{operation.call}-{name}")
    for operation in OPERATIONS
    for name in re.findall(r"{(\w+)}", operation.path)
]


def sent(operation: Operation, name: str, value: str) -> Iterator[list[str]]:
    """The targets that leave for a value in the path, by each client."""
    for kind in (PlexyPay, AsyncPlexyPay):
        targets: list[str] = []

        def respond(
            request: httpx.Request, targets: list[str] = targets
        ) -> httpx.Response:
            targets.append(request.url.raw_path.decode())
            return httpx.Response(404)

        settings: dict[str, Any] = {
            "base_url": "http://127.0.0.1:9",
            "allow_inferred": True,
            "checkout_api_key": "ck_1",
            "gate_api_key": "gk_1",
            "agent_id": "agent-1",
            "http_client": httpx.MockTransport(respond),
        }
        given = good_arguments(operation)
        if name in given:
            given[name] = value
        else:
            settings[name] = value
        try:
            carried_out(
                partial(attrgetter(operation.call)(kind("pr_1", **settings)), **given)
            )
        except InvalidParameterError:
            assert targets == []
        except PlexyError:
            assert len(targets) == 1
        yield targets


@pytest.mark.parametrize(("operation", "name"), PLACES)
@pytest.mark.parametrize(
    "value", ["../payment-links", "a/../b", "..", "..\\b", "%2e%2e%2fb", "..;/b"]
)
def test_no_value_takes_a_step(operation: Operation, name: str, value: str) -> None:
    assert list(sent(operation, name, value)) == [[], []]


@pytest.mark.parametrize(("operation", "name"), PLACES)
def test_only_an_order_reference_has_a_slash_and_it_is_encoded(
    operation: Operation, name: str
) -> None:
    expected = operation.path.replace(f"{{{name}}}", "2026%2F001").replace(
        "{agent_id}", "agent-1"
    )
    expected = re.sub(r"{\w+}", "KZT", expected)
    targets = [
        found[0].partition("?")[0] if found else ""
        for found in sent(operation, name, "2026/001")
    ]
    assert targets == ([expected] * 2 if name == "order_reference" else [""] * 2)


def test_the_caller_s_own_texts_are_the_order_references() -> None:
    own = {
        (operation.call, name)
        for operation in OPERATIONS
        for name in operation.own_texts
    }
    assert own == {
        ("payment_links.retrieve_by_order_reference", "order_reference"),
        ("transactions.retrieve_by_order_reference", "order_reference"),
    }
