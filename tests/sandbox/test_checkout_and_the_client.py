"""The sandbox's checkout as the clients meet it, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from plexy_pay import AsyncPlexyPay, ConflictError, Money, OutcomeUnknownError, PlexyPay
from plexy_pay_sandbox import RunningSandbox

from .support import CHECKOUT_KEY

PRICE = Money("22000", "KZT")
BLOCKED = {"type": "scheme", "encryptedCardNumber": "test_4000000000004954"}

Call = Callable[[Any], Any]


def with_the_sync_client(call: Call, settings: dict[str, Any]) -> Any:
    with PlexyPay(**settings) as client:
        return call(client)


def with_the_async_client(call: Call, settings: dict[str, Any]) -> Any:
    async def run() -> Any:
        async with AsyncPlexyPay(**settings) as client:
            return await call(client)

    return asyncio.run(run())


@pytest.fixture(
    params=[with_the_sync_client, with_the_async_client], ids=["sync", "async"]
)
def shop(
    request: pytest.FixtureRequest, sandbox: RunningSandbox
) -> Callable[[Call], Any]:
    """Make a call with a client of either kind, which checks every response against the spec."""
    settings: dict[str, Any] = {
        "checkout_api_key": CHECKOUT_KEY,
        "base_url": sandbox.base_url,
        "checkout_version": "2024-01-15",
        "strict": True,
    }
    return lambda call: request.param(call, settings)


def paying(amount: Money, **more: Any) -> Call:
    return lambda client: client.checkout.payments.create(amount=amount, **more)


def test_a_payment_with_the_same_key_is_made_once(shop: Callable[[Call], Any]) -> None:
    first, again = (shop(paying(PRICE, idempotency_key="order-1")) for _ in range(2))

    assert first.psp_reference == again.psp_reference
    assert first.result_code == "Authorised"


def test_a_key_of_another_payment_leaves_the_outcome_open(
    shop: Callable[[Call], Any],
) -> None:
    shop(paying(PRICE, idempotency_key="order-1"))

    with pytest.raises(OutcomeUnknownError) as caught:
        shop(paying(PRICE * 2, idempotency_key="order-1"))

    assert isinstance(caught.value.cause, ConflictError)
    assert caught.value.cause.code == "idempotency_key_in_use"
    assert str(caught.value.request_id).startswith("req_")


def test_a_blocked_payment_says_why(shop: Callable[[Call], Any]) -> None:
    payment = shop(paying(PRICE, payment_method=BLOCKED))

    assert (payment.result_code, payment.status, payment.failure_reason) == (
        *("Refused", "blocked"),
        "rule_blocked",
    )
    assert payment.risk.level == "highest"
