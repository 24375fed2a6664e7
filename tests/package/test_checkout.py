"""The checkout operations as a shop calls them: their version, their key and their errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from helpers.wire import WireServer, json_answer
from plexy_pay import AsyncPlexyPay, Money, PlexyPay

KEYS: dict[str, Any] = {"api_key": "pr_0123456789", "checkout_api_key": "ck_0123456789"}
PRICE = Money("22000", "KZT")
PAID: dict[str, Any] = {"pspReference": "BNV58BSJF9WQ5K65", "resultCode": "Authorised"}

Call = Callable[[Any], Any]

CALLS: dict[str, Call] = {
    "payment_methods.list": lambda client: client.checkout.payment_methods.list(merchant_account="Shop"),
    "payments.create": lambda client: client.checkout.payments.create(amount=PRICE),
    "payments.submit_details": lambda client: client.checkout.payments.submit_details(details={"a": "b"}),
    "sessions.create": lambda client: client.checkout.sessions.create(
        amount=PRICE, merchant_account="Shop", reference="ORD-1", return_url="https://shop.example"
    ),
    "sessions.retrieve_result": lambda client: client.checkout.sessions.retrieve_result(
        "CS1", session_result="X3"
    ),
}


class Shop:
    """A client of either kind behind one face."""

    def __init__(self, *, is_async: bool) -> None:
        self._is_async = is_async

    def call(self, server: WireServer, call: Call, **settings: Any) -> Any:
        """Make one call with a client of its own."""
        if self._is_async:
            return asyncio.run(self._awaited(server, call, settings))
        with PlexyPay(**KEYS, base_url=server.origin, **settings) as client:
            return call(client)

    async def _awaited(self, server: WireServer, call: Call, settings: dict[str, Any]) -> Any:
        async with AsyncPlexyPay(**KEYS, base_url=server.origin, **settings) as client:
            return await call(client)


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A shop with the sync client, and one with the async client."""
    return Shop(is_async=request.param)


@pytest.mark.parametrize("name", CALLS)
def test_every_checkout_operation_asks_for_the_version_of_the_client(shop: Shop, name: str) -> None:
    with WireServer(json_answer(PAID | {"id": "CS1"})) as server:
        shop.call(server, CALLS[name], checkout_version="2024-01-15")

    assert server.requests[0].values("plexy-version") == ["2024-01-15"]


@pytest.mark.parametrize("name", CALLS)
def test_without_a_version_the_default_of_the_account_holds(shop: Shop, name: str) -> None:
    with WireServer(json_answer(PAID | {"id": "CS1"})) as server:
        shop.call(server, CALLS[name])

    assert server.requests[0].values("plexy-version") == []


def test_no_other_family_gets_the_version(shop: Shop) -> None:
    with WireServer(json_answer({})) as server:
        shop.call(server, lambda client: client.transactions.retrieve("t-1"), checkout_version="2024-01-15")

    assert server.requests[0].values("plexy-version") == []
