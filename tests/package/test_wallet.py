"""The wallet on the wire: its paths, its key, its units, and what an unclear end leaves open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.calls import Recording, set_pace
from helpers.wire import Recorded, WireServer, http, json_response
from plexy_pay import (
    AsyncPager,
    AsyncPlexyPay,
    InvalidParameterError,
    Money,
    Pager,
    PlexyPay,
    errors,
)
from plexy_pay._core.reconciliation import Undetermined
from plexy_pay.models import WalletTransaction

ROW = {
    "walletTransactionId": "w-1",
    "walletTransactionStatus": "SUCCESS",
    "orderReference": "ORD-1",
    "amount": 2_200_000,
    "currency": "KZT",
}
ORDER: dict[str, Any] = {"amount": Money("22000", "KZT"), "order_reference": "ORD-1"}
FAILURE = http(500)
MOVES = ("capture", "cancel", "refund")


class Wallet:
    """The wallet of either client, whose waits take no time."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.runner = asyncio.Runner()
        self.opened: list[Any] = []

    def client(self, base_url: str, **settings: Any) -> Any:
        made = self.kind("pr_0a1B2c3D4e5F", base_url=base_url, **settings)
        set_pace(made, Recording())
        self.opened.append(made)
        return made

    def call(self, base_url: str, name: str, *arguments: Any, **keywords: Any) -> Any:
        """Call one method; a pager gives its rows."""
        made = getattr(self.client(base_url).wallet, name)(*arguments, **keywords)
        if isinstance(made, (Pager, WalletTransaction)):
            return made.to_list() if isinstance(made, Pager) else made
        return self.finished(made.to_list() if isinstance(made, AsyncPager) else made)

    def finished(self, made: Any) -> Any:
        """Wait for what a method of the client gives."""
        return self.runner.run(awaited(made)) if self.kind is AsyncPlexyPay else made

    def close(self) -> None:
        for client in self.opened:
            self.finished(
                client.aclose() if self.kind is AsyncPlexyPay else client.close()
            )
        self.runner.close()


async def awaited(made: Any) -> Any:
    return await made


@pytest.fixture(params=[PlexyPay, AsyncPlexyPay], ids=["sync", "async"])
def wallet(request: pytest.FixtureRequest) -> Iterator[Wallet]:
    made = Wallet(request.param)
    yield made
    made.close()


def sent(
    wallet: Wallet, response: Any, name: str, *arguments: Any, **keywords: Any
) -> Recorded:
    with WireServer(json_response(response)) as server:
        wallet.call(server.origin, name, *arguments, **keywords)
    [request] = server.requests
    return request


@pytest.mark.parametrize("prefix", ["", "/proxy", "/proxy/"])
def test_the_slash_of_the_list_leaves(wallet: Wallet, prefix: str) -> None:
    with WireServer(json_response([ROW])) as server:
        rows = wallet.call(server.origin + prefix, "list")

    assert [request.line for request in server.requests] == [
        f"GET {prefix.rstrip('/')}/v1/wallet/transactions/ HTTP/1.1"
    ], "one request: no redirect, no second page"
    assert [row.wallet_transaction_id for row in rows] == ["w-1"]


@pytest.mark.parametrize(
    ("name", "line"),
    [(name, f"POST /v1/wallet/w-1/{name} HTTP/1.1") for name in MOVES]
    + [("retrieve", "GET /v1/wallet/transaction/w-1 HTTP/1.1")],
)
def test_the_other_paths_have_none_and_no_key_and_no_body(
    wallet: Wallet, name: str, line: str
) -> None:
    request = sent(wallet, ROW, name, "w-1")

    assert request.line == line
    assert request.values("idempotency-key") == []
    assert request.body == b""
    assert request.values("authorization") == ["pr_0a1B2c3D4e5F"]


def test_an_authorization_leaves_in_minor_units_with_its_currency_and_its_key(
    wallet: Wallet,
) -> None:
    request = sent(wallet, ROW, "authorize", idempotency_key="k-1", **ORDER)

    assert request.line == "POST /v1/wallet/authorize HTTP/1.1"
    assert request.values("idempotency-key") == ["k-1"]
    assert json.loads(request.body) == {
        "amount": 2_200_000,
        "currency": "KZT",
        "orderReference": "ORD-1",
    }


def test_nothing_but_the_key_is_required(wallet: Wallet) -> None:
    assert sent(wallet, ROW, "authorize", idempotency_key="k-1").body == b"{}"
    with WireServer(json_response(ROW)) as server:
        with pytest.raises(InvalidParameterError):
            wallet.call(server.origin, "authorize", idempotency_key="", **ORDER)
        with pytest.raises(TypeError, match="idempotency_key"):
            wallet.call(server.origin, "authorize", **ORDER)
    assert server.requests == []


def test_an_authorization_is_repeated_with_the_same_key_and_bytes(
    wallet: Wallet,
) -> None:
    with WireServer(FAILURE, FAILURE, json_response(ROW)) as server:
        wallet.call(server.origin, "authorize", idempotency_key="k-1", **ORDER)

    assert len(server.requests) == 3
    assert {request.raw for request in server.requests} == {server.requests[0].raw}


@pytest.mark.parametrize("name", MOVES)
def test_what_has_no_key_is_not_repeated(wallet: Wallet, name: str) -> None:
    with (
        WireServer(FAILURE, json_response(ROW)) as server,
        pytest.raises(errors.OutcomeUnknownError) as caught,
    ):
        wallet.call(server.origin, name, "w-1")

    assert len(server.requests) == 1
    assert caught.value.saved_call["id"] == "w-1"


@pytest.mark.parametrize(
    "status", ["NEW", "PROCESSING", "SUCCESS", "FAILED", "ON_HOLD"]
)
@pytest.mark.parametrize("name", ["authorize", *MOVES])
def test_the_transaction_comes_back_whatever_its_status_is(
    wallet: Wallet, name: str, status: str
) -> None:
    given: dict[str, Any] = (
        {"idempotency_key": "k-1"}
        if name == "authorize"
        else {"wallet_transaction_id": "w-1"}
    )
    with WireServer(json_response(ROW | {"walletTransactionStatus": status})) as server:
        made = wallet.call(server.origin, name, **given)

    assert made.wallet_transaction_status == status
    assert made.money == Money("22000", "KZT")


@pytest.mark.parametrize("name", ["authorize", *MOVES])
def test_no_row_and_no_status_tells_what_became_of_a_call(
    wallet: Wallet, name: str
) -> None:
    """A row with the reference may be an older attempt's, and a SUCCESS may be that of another operation."""
    given: dict[str, Any] = {"wallet_transaction_id": "w-1"}
    if name == "authorize":
        given = {"idempotency_key": "k-1"} | ORDER
    with WireServer(FAILURE) as server:
        client = wallet.client(server.origin, environment="test", max_retries=0)
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            wallet.finished(getattr(client.wallet, name)(**given))
    with WireServer(
        json_response(
            [ROW] if name == "authorize" else ROW | {"walletTransactionId": "w-1"}
        )
    ) as server:
        other = wallet.client(server.origin, environment="test")
        saved = {**caught.value.saved_call, "origin": server.origin}
        response = wallet.finished(other.reconcile(saved, min_age=0))

    assert isinstance(response, Undetermined)
    [look_up] = server.requests
    assert look_up.target == (
        "/v1/wallet/transactions/"
        if name == "authorize"
        else "/v1/wallet/transaction/w-1"
    )
    shown = (
        "shows 'ORD-1', but it may be an older attempt"
        if name == "authorize"
        else "shows it as 'SUCCESS'"
    )
    assert shown in response.reason
    assert ("same idempotency key" in response.check) == (name == "authorize")


def test_each_status_says_what_is_inferred_of_it() -> None:
    statuses = [
        WalletTransaction.from_dict(ROW | {"walletTransactionStatus": name})
        for name in ("NEW", "SUCCESS")
    ]
    told = [
        str(getattr(row.wallet_transaction_status, "meaning", "")) for row in statuses
    ]

    assert told[0].startswith("Not terminal.")
    assert told[1].startswith("Terminal.")
    assert all("Inferred" in text for text in told)
