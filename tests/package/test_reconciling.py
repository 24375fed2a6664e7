"""Each call that can move money loses its response, or never arrives, at the sandbox; then it is reconciled."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

import httpx
import pytest
from helpers.cards import card_params
from plexy_pay import (
    AsyncPlexyPay,
    Executed,
    Money,
    NotExecuted,
    OutcomeUnknownError,
    PlexyPay,
    Undetermined,
)
from plexy_pay._recipes import RECIPES
from plexy_pay_sandbox.serving import RunningSandbox
from plexy_pay_sandbox.three_ds import cres_of

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
PRICE = Money("22000", "KZT")


class Lossy(httpx.BaseTransport):
    """A network that can lose a request on its way, or the response to it."""

    def __init__(self) -> None:
        self.inner = httpx.HTTPTransport()
        self.loses = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and self.loses == "request":
            raise httpx.ReadError("reset", request=request)
        response = self.inner.handle_request(request)
        if request.method != "GET" and self.loses == "response":
            response.read()
            raise httpx.ReadError("reset", request=request)
        return response

    def close(self) -> None:
        self.inner.close()


class AsyncLossy(httpx.AsyncBaseTransport):
    """The same for the async client."""

    def __init__(self, loses: str) -> None:
        self.inner = httpx.AsyncHTTPTransport()
        self.loses = loses

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and self.loses == "request":
            raise httpx.ReadError("reset", request=request)
        response = await self.inner.handle_async_request(request)
        if request.method != "GET" and self.loses == "response":
            await response.aread()
            raise httpx.ReadError("reset", request=request)
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


class Shop:
    """A client of the sandbox over a lossy network, and what its calls need."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.network = Lossy()
        keys: dict[str, Any] = {
            "checkout_api_key": sandbox.checkout_key,
            "gate_api_key": sandbox.gate_key,
        }
        self.client = PlexyPay(
            sandbox.key,
            base_url=sandbox.base_url,
            environment="test",  # No money moves: a short age may be asked for.
            http_client=self.network,
            max_retries=0,
            agent_id=sandbox.agent_id,
            **keys,
        )

    def payment(self, reference: str, *, transaction_type: str = "auth") -> Any:
        """A payment that waits for 3-D Secure."""
        order = {"amount": PRICE, "order_reference": reference}
        kind: Any = {
            "transaction_type": transaction_type,
            "payment_method": "card",
            "order_details": order,
        }
        return self.client.direct_payments.create(**kind, card_data=card_params())

    def finished(self, reference: str, *, transaction_type: str = "auth") -> str:
        """The transaction id of a payment that is held (auth) or charged (sale)."""
        waiting = self.payment(reference, transaction_type=transaction_type)
        self.client.direct_payments.continue_three_ds(
            cres=cres_of("Y"), transaction_id=waiting.id
        )
        return str(waiting.id)

    def payment_id(self, transaction_id: str) -> str:
        """The payment's id of a transaction."""
        return str(self.client.transactions.retrieve(transaction_id).payment_id)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with RunningSandbox() as sandbox:
        made = Shop(sandbox)
        yield made
        made.client.close()
        made.network.close()


def prepared(shop: Shop, call: str) -> Callable[[], Any]:
    """What makes the call; whatever has to be there before is made first."""
    client = shop.client
    match call:
        case "direct_payments.create":
            return lambda: shop.payment("ORD-1")
        case "direct_payments.continue_three_ds":
            waiting = str(shop.payment("ORD-1").id)
            return lambda: client.direct_payments.continue_three_ds(
                cres=cres_of("Y"), transaction_id=waiting
            )
        case "payments.capture":
            held = shop.payment_id(shop.finished("ORD-1"))
            return lambda: client.payments.capture(held)
        case "payments.cancel":
            held = shop.payment_id(shop.finished("ORD-1"))
            return lambda: client.payments.cancel(held)
        case "payments.refund":
            charged = shop.finished("ORD-1", transaction_type="sale")
            return lambda: client.payments.refund(charged)
        case "settlement_orders.create":
            # Only what came in can be paid out.
            shop.finished("ORD-1", transaction_type="sale")
            seller = client.beneficiaries.create(name="Seller", iban="KZ0")
            part: Any = {"beneficiary_id": seller.id, "amount": 100, "currency": "KZT"}
            return lambda: client.settlement_orders.create(request_id="r-1", **part)
        case "gate.orders.create":
            return lambda: client.gate.orders.create(
                idempotency_key="k-1",
                product_id=456,
                external_ref="INV-1",
                topup_request={
                    "amount": "10.00",
                    "customer_account": {"steam_login": "player123"},
                },
            )
        case _:
            arguments: dict[str, Any] = {
                "split_requests.create": {"transaction_id": "tx"},
                "split_requests.update": {"id": "sr"},
                "split_requests.delete": {"id": "sr"},
                "payouts.create": {"amount": 1},
                "beneficiaries.settle": {"id": "b", "amount": 1, "currency": "KZT"},
                "beneficiaries.transfer_to_merchant": {
                    "id": "b",
                    "amount": 1,
                    "currency": "KZT",
                },
                "recurring_payments.create": {
                    "amount": 1,
                    "currency": "KZT",
                    "card_token_id": "c",
                },
                "wallet.authorize": {
                    "idempotency_key": "k-1",
                    "amount": PRICE,
                    "order_reference": "ORD-1",
                },
                "wallet.capture": {"wallet_transaction_id": "w"},
                "wallet.cancel": {"wallet_transaction_id": "w"},
                "wallet.refund": {"wallet_transaction_id": "w"},
                "checkout.payments.create": {
                    "amount": {"value": PRICE},
                    "merchant_account": "S",
                    "reference": "ORD-1",
                },
                "checkout.payments.submit_details": {
                    "details": {"redirectResult": "X"}
                },
            }[call]
            return lambda: attrgetter(call)(client)(**arguments)


@contextmanager
def losing(shop: Shop, what: str) -> Iterator[list[OutcomeUnknownError]]:
    """Loses every response, or every request, and collects the error that this is to the caller."""
    errors: list[OutcomeUnknownError] = []
    shop.network.loses = what
    with pytest.raises(OutcomeUnknownError) as caught:
        yield errors
    shop.network.loses = ""
    errors.append(caught.value)


def test_a_transaction_s_own_id_proves_nothing_absent(shop: Shop) -> None:
    """No response of the API with it was seen: `transactionId` of a single transaction is inferred."""
    held = shop.finished("ORD-1")
    with losing(shop, "request") as errors:
        shop.client.payments.capture(held)

    assert isinstance(errors[0].reconcile(min_age=0), Undetermined)


LOST = {  # What is said when the response was lost, and when the request was.
    "direct_payments.create": (Executed, NotExecuted),
    "direct_payments.continue_three_ds": (Executed, Undetermined),
    "payments.capture": (Executed, NotExecuted),
    "payments.cancel": (Executed, NotExecuted),
    "payments.refund": (Executed, Undetermined),
    "settlement_orders.create": (Executed, Undetermined),
    "gate.orders.create": (Executed, NotExecuted),
}


@pytest.mark.parametrize("what", ["response", "request"])
@pytest.mark.parametrize("call", RECIPES)
def test_each_call_is_reconciled_against_the_sandbox(
    shop: Shop, call: str, what: str
) -> None:
    make = prepared(shop, call)
    if call not in LOST:
        what = "request"  # The sandbox would refuse most of these: there is nothing that they belong to.
    with losing(shop, what) as errors:
        make()
    (error,) = errors
    wanted = LOST.get(call, (Undetermined, Undetermined))[what == "request"]
    response = error.reconcile(min_age=0)
    assert type(response) is wanted
    again = shop.client.reconcile(
        pickle.loads(pickle.dumps(error)).saved_call, min_age=0
    )
    assert type(again) is wanted
    if isinstance(response, Undetermined):
        assert response.reason
        assert response.check
    if isinstance(response, NotExecuted):
        early = error.reconcile()
        assert isinstance(early, Undetermined)
        assert early.retry_after
        make()  # It is safe to call again: now it is there.
        assert isinstance(error.reconcile(min_age=0), Executed)


@pytest.mark.parametrize(
    ("call", "facts"),
    [
        ("direct_payments.create", {"order_reference": "ORD-1", "amount": "22000"}),
        ("payments.capture", {"amount": None}),
        ("payments.refund", {"amount": None, "order_reference": None}),
        ("settlement_orders.create", {"idempotency_key": "r-1"}),
        ("gate.orders.create", {"idempotency_key": "k-1", "order_reference": "INV-1"}),
        (
            "wallet.authorize",
            {"idempotency_key": "k-1", "order_reference": "ORD-1", "amount": "2200000"},
        ),
        ("wallet.capture", {"id": "w"}),
        ("wallet.cancel", {"id": "w"}),
        ("wallet.refund", {"id": "w"}),
        ("checkout.payments.create", {"order_reference": "ORD-1"}),
        ("split_requests.update", {"id": "sr"}),
        ("beneficiaries.settle", {"id": "b"}),
    ],
)
def test_the_error_of_a_call_carries_what_it_can_be_found_by(
    shop: Shop, call: str, facts: Any
) -> None:
    make = prepared(shop, call)
    with losing(shop, "request") as errors:
        make()
    (error,) = errors
    assert {name: error.saved_call[name] for name in facts} == facts
    recipe = RECIPES[call]
    books = {"origin", "environment", "key_fingerprints", *recipe.settings}
    assert set(error.saved_call) == {
        "operation",
        "sent_at",
        "ended_by",
        *books,
        *recipe.facts,
    }
    assert error.order_reference == facts.get("order_reference")
    assert error.idempotency_key == facts.get("idempotency_key")


def test_a_worker_that_died_after_saving_leaves_enough_behind(shop: Shop) -> None:
    died = datetime.now(UTC) - timedelta(hours=1)
    saved = shop.client.save_call(
        "direct_payments.create", order_reference="ORD-7", amount=PRICE, sent_at=died
    )
    assert isinstance(shop.client.reconcile(saved), NotExecuted)
    shop.payment("ORD-7")
    found = shop.client.reconcile(saved)
    assert isinstance(found, Executed)
    assert found.by == "transactions.list"


def test_a_refund_of_a_part_is_found_by_a_reference_of_its_own(shop: Shop) -> None:
    charged = shop.finished("ORD-1", transaction_type="sale")
    with losing(shop, "response") as errors:
        shop.client.payments.refund(
            charged, amount=Money("500", "KZT"), order_reference="REF-1"
        )
    assert isinstance(errors[0].reconcile(), Executed)
    with losing(shop, "response") as errors:
        shop.client.payments.refund(charged, amount=Money("500", "KZT"))
    assert isinstance(errors[0].reconcile(), Undetermined)


@pytest.mark.parametrize(
    ("loses", "wanted"), [("response", Executed), ("request", NotExecuted)]
)
def test_the_async_client_reconciles_alike(loses: str, wanted: type) -> None:
    async def program(sandbox: RunningSandbox) -> None:
        network = AsyncLossy(loses)
        async with (
            network.inner,
            AsyncPlexyPay(
                sandbox.key,
                base_url=sandbox.base_url,
                environment="test",
                http_client=network,
            ) as client,
        ):
            with pytest.raises(OutcomeUnknownError) as caught:
                await client.direct_payments.create(
                    transaction_type="sale",
                    payment_method="card",
                    order_details={"amount": PRICE, "order_reference": "ORD-1"},
                    card_data=card_params(),
                )
            assert isinstance(await caught.value.reconcile_async(min_age=0), wanted)
            assert isinstance(
                await client.reconcile(caught.value.saved_call, min_age=0), wanted
            )

    with RunningSandbox() as sandbox:
        asyncio.run(program(sandbox))
