"""The wallet of Pay v1: an authorization is made once for its key, and its money moves once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from plexy_pay import (
    AsyncPager,
    AsyncPlexyPay,
    Money,
    NotFoundError,
    Pager,
    PlexyPay,
    UnprocessableEntityError,
)
from plexy_pay_sandbox import RunningSandbox, create_app

from .conftest import NOON
from .support import Api, Receiver, exact

ORDER: dict[str, Any] = {
    "amount": 2_200_000,
    "currency": "KZT",
    "orderReference": "ORD-1001",
}
UNKNOWN = "00000000-0000-4000-8000-000000000000"
MOVES = ("capture", "cancel", "refund")


def authorize(api: Api, body: Any = ORDER, key: str = "k-1") -> httpx.Response:
    return api.http.post(
        "/v1/wallet/authorize", json=body, headers={"Idempotency-Key": key}
    )


def retrieve(api: Api, transaction: Any) -> Any:
    return api.get(f"/v1/wallet/transaction/{transaction['walletTransactionId']}")


def listed(api: Api) -> Any:
    return api.get("/v1/wallet/transactions/")


def move(api: Api, transaction: Any, name: str) -> httpx.Response:
    return api.post(f"/v1/wallet/{transaction['walletTransactionId']}/{name}")


def held(api: Api, body: Any = ORDER, key: str = "k-1") -> Any:
    """A transaction whose authorization succeeded."""
    made = exact(authorize(api, body, key))
    api.advance(2)
    return retrieve(api, made)


def spendable(api: Api, amount: int) -> bool:
    """Whether the merchant's balance covers an amount in tenge: a settlement order takes it, if it does."""
    seller = api.beneficiary()
    body = {
        "requestId": f"r-{seller['id']}",
        "beneficiaryId": seller["id"],
        "amount": amount,
        "currency": "KZT",
    }
    return api.post("/v1/merchants/settlement-payment-orders", body).status_code == 201


def test_an_authorization_is_new_then_processing_then_a_success(api: Api) -> None:
    made = exact(authorize(api))
    assert made == {
        "walletTransactionId": made["walletTransactionId"],
        "walletTransactionStatus": "NEW",
        **ORDER,
    }
    api.advance(1)
    assert retrieve(api, made) == made | {"walletTransactionStatus": "PROCESSING"}
    api.advance(1)
    assert retrieve(api, made) == made | {"walletTransactionStatus": "SUCCESS"}
    api.advance(86_400)
    assert retrieve(api, made) == made | {"walletTransactionStatus": "SUCCESS"}


@pytest.mark.parametrize("amount", [2_005_000, 2_051_000])
def test_an_authorization_of_a_refused_amount_fails_and_holds_nothing(
    api: Api, amount: int
) -> None:
    failed = held(api, ORDER | {"amount": amount})

    assert failed["walletTransactionStatus"] == "FAILED"
    for name in MOVES:
        assert move(api, failed, name).status_code == 422
    assert retrieve(api, failed) == failed


def test_the_same_key_and_body_give_the_same_transaction_as_it_is_now(api: Api) -> None:
    made = exact(authorize(api))
    assert exact(authorize(api)) == made
    api.advance(2)

    assert exact(authorize(api)) == made | {"walletTransactionStatus": "SUCCESS"}
    assert listed(api) == [made | {"walletTransactionStatus": "SUCCESS"}]
    exact(move(api, made, "capture"))
    assert not spendable(api, 22_001)
    assert spendable(api, 22_000)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1},
        {"currency": "USD"},
        {"orderReference": "ORD-2"},
        {"customer": "c"},
    ],
    ids=str,
)
def test_the_same_key_with_another_body_is_refused(
    api: Api, change: dict[str, Any]
) -> None:
    made = exact(authorize(api))

    refused = authorize(api, ORDER | change)

    assert (refused.status_code, refused.json()["type"]) == (422, "validationError")
    assert (
        refused.json()["message"]
        == "the Idempotency-Key was used for another authorization"
    )
    assert listed(api) == [made]


def test_another_key_is_another_transaction_even_with_the_same_order_reference(
    api: Api,
) -> None:
    first = exact(authorize(api))
    second = exact(authorize(api, key="k-2"))

    assert first["walletTransactionId"] != second["walletTransactionId"]
    assert listed(api) == [second, first], "the newest comes first"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}], ids=str)
def test_an_authorization_without_a_key_is_refused(
    api: Api, headers: dict[str, str]
) -> None:
    assert (
        api.http.post("/v1/wallet/authorize", json=ORDER, headers=headers).status_code
        == 422
    )
    assert listed(api) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amount": 1},
        {"currency": "KZT"},
        *(ORDER | {"amount": amount} for amount in (0, -1, 0.5, "100", None, 10**15)),
        ORDER | {"currency": "BTC"},
        ORDER | {"orderReference": 7},
    ],
    ids=str,
)
def test_an_authorization_that_cannot_be_is_refused_and_its_key_stays_free(
    api: Api, body: Any
) -> None:
    assert authorize(api, body).status_code == 422
    assert listed(api) == []

    assert exact(authorize(api))["walletTransactionStatus"] == "NEW"


def test_the_reference_and_the_customer_may_be_left_out_or_named_in_any_way(
    api: Api,
) -> None:
    made = exact(
        authorize(
            api, {"amount": 1, "currency": "KZT", "customerPhone": "+70000000000"}
        )
    )

    assert "orderReference" not in made
    assert "+70000000000" not in str(made)


def test_a_capture_takes_the_money_once_and_a_refund_gives_it_back_once(
    api: Api,
) -> None:
    transaction = held(api)
    assert not spendable(api, 1)

    assert exact(move(api, transaction, "capture")) == transaction
    assert move(api, transaction, "capture").status_code == 422
    assert move(api, transaction, "cancel").status_code == 422
    assert not spendable(api, 22_001)
    assert exact(move(api, transaction, "refund")) == transaction
    assert move(api, transaction, "refund").status_code == 422
    assert not spendable(api, 1)
    assert retrieve(api, transaction) == transaction, (
        "no status says which of them happened"
    )


def test_a_cancel_lets_the_money_go_for_good(api: Api) -> None:
    transaction = held(api)

    assert exact(move(api, transaction, "cancel")) == transaction
    for name in MOVES:
        assert move(api, transaction, name).status_code == 422
    assert not spendable(api, 1)


@pytest.mark.parametrize("seconds", [0, 1])
@pytest.mark.parametrize("name", MOVES)
def test_nothing_can_be_done_with_an_authorization_that_is_not_terminal(
    api: Api, name: str, seconds: int
) -> None:
    made = exact(authorize(api))
    api.advance(seconds)

    assert move(api, made, name).status_code == 422
    api.advance(2)
    assert retrieve(api, made)["walletTransactionStatus"] == "SUCCESS"


def test_only_captured_money_is_refunded(api: Api) -> None:
    refused = move(api, held(api), "refund")

    assert refused.status_code == 422
    assert "its money is held" in refused.json()["message"]


def test_a_refund_needs_the_money(api: Api) -> None:
    transaction = held(api)
    exact(move(api, transaction, "capture"))
    assert spendable(api, 1)

    refused = move(api, transaction, "refund")

    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "insufficient balance in KZT",
    )


@pytest.mark.parametrize("name", MOVES)
def test_an_unknown_transaction_is_not_found(api: Api, name: str) -> None:
    assert move(api, {"walletTransactionId": UNKNOWN}, name).status_code == 404
    assert api.http.get(f"/v1/wallet/transaction/{UNKNOWN}").status_code == 404


def test_the_list_has_its_slash_and_no_other_path_lists(api: Api) -> None:
    exact(authorize(api))
    assert len(listed(api)) == 1

    assert api.http.get("/v1/wallet/transactions").status_code == 404


def test_a_reset_forgets_the_wallet(api: Api) -> None:
    authorize(api)
    assert api.http.post("/_sandbox/reset").status_code == 204

    assert listed(api) == []


def test_the_wallet_sends_no_webhook(receiver: Receiver) -> None:
    app = create_app(clock=lambda: NOON, webhook_url=receiver.url)
    with (
        RunningSandbox(app) as sandbox,
        httpx.Client(base_url=sandbox.base_url, trust_env=False) as http,
    ):
        http.headers["Authorization"] = sandbox.key
        api = Api(http)
        exact(move(api, held(api), "capture"))
        sandbox.webhooks.wait()

    assert receiver.requests.empty()


# -- the clients ------------------------------------------------------------------------------------------------------


class Caller:
    """Either client behind one face."""

    def __init__(self, kind: Any, sandbox: RunningSandbox) -> None:
        self.runner = asyncio.Runner()
        self.sandbox = sandbox
        self.client = kind(sandbox.key, base_url=sandbox.base_url)

    def __call__(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        result = getattr(self.client.wallet, name)(*arguments, **keywords)
        if isinstance(result, Pager):
            return result.to_list()
        return (
            self.runner.run(self._gathered(result))
            if not isinstance(self.client, PlexyPay)
            else result
        )

    async def _gathered(self, result: Any) -> Any:
        if isinstance(result, AsyncPager):
            return [row async for row in result]
        return await result

    def close(self) -> None:
        closed = (
            self.client.aclose()
            if isinstance(self.client, AsyncPlexyPay)
            else self.client.close()
        )
        if inspect.isawaitable(closed):
            self.runner.run(self._gathered(closed))
        self.runner.close()


@pytest.fixture(params=[PlexyPay, AsyncPlexyPay], ids=["sync", "async"])
def call(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Iterator[Caller]:
    made = Caller(request.param, sandbox)
    yield made
    made.close()


def test_the_client_authorizes_captures_and_refunds(call: Caller) -> None:
    price = Money("22000", "KZT")
    made = call(
        "authorize", idempotency_key="k-1", amount=price, order_reference="ORD-1001"
    )
    again = call(
        "authorize", idempotency_key="k-1", amount=price, order_reference="ORD-1001"
    )
    assert again == made
    assert (made.amount, made.currency, made.money) == (2_200_000, "KZT", price)
    assert made.wallet_transaction_status == "NEW"
    call.sandbox.advance(2)

    id = made.wallet_transaction_id
    assert call("retrieve", id).wallet_transaction_status == "SUCCESS"
    for name in ("capture", "refund"):
        done = call(name, id)
        assert (done.wallet_transaction_id, done.wallet_transaction_status) == (
            id,
            "SUCCESS",
        )
    assert [row.wallet_transaction_id for row in call("list")] == [id]


def test_the_client_cancels(call: Caller) -> None:
    made = call("authorize", idempotency_key="k-1", amount=Money(1, "KZT"))
    with pytest.raises(UnprocessableEntityError, match="its status is NEW"):
        call("cancel", made.wallet_transaction_id)
    call.sandbox.advance(2)

    assert (
        call("cancel", made.wallet_transaction_id).wallet_transaction_status
        == "SUCCESS"
    )


def test_the_client_gives_a_failed_authorization_back_as_it_is(call: Caller) -> None:
    made = call("authorize", idempotency_key="k-1", amount=Money("20050", "KZT"))
    call.sandbox.advance(2)

    failed = call("authorize", idempotency_key="k-1", amount=Money("20050", "KZT"))

    assert failed.wallet_transaction_id == made.wallet_transaction_id
    assert failed.wallet_transaction_status == "FAILED"


def test_the_client_finds_no_unknown_transaction(call: Caller) -> None:
    with pytest.raises(NotFoundError):
        call("retrieve", UNKNOWN)


def test_further_fields_of_the_customer_leave_as_they_are_given(call: Caller) -> None:
    def authorized(phone: str) -> Any:
        further = {"extra_body": {"customerPhone": phone}}
        return call(
            "authorize", idempotency_key="k-1", amount=Money(1, "KZT"), options=further
        )

    made = authorized("+70000000000")
    assert authorized("+70000000000") == made
    with pytest.raises(UnprocessableEntityError, match="another authorization"):
        authorized("+70000000001")
