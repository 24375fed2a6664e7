"""All operations, called with the typed client against the sandbox, sync and async."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

import httpx
import pytest
from helpers.cards import card_params
from plexy_pay import AsyncPager, AsyncPlexyPay, Money, Pager, PlexyPay
from plexy_pay._operations import OPERATIONS
from plexy_pay.models import AuthorizePayment, GateError, Transaction
from plexy_pay_sandbox.serving import RunningSandbox
from plexy_pay_sandbox.three_ds import cres_of

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
Call = Callable[..., Awaitable[Any]]


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


class Walk:
    """Calls operations by name, through either client, and notes which were called."""

    def __init__(self, client: PlexyPay | AsyncPlexyPay) -> None:
        self.client = client
        self.called: set[str] = set()

    async def call(self, name: str, /, *arguments: Any, **keywords: Any) -> Any:
        self.called.add(name)
        result = attrgetter(name)(self.client)(*arguments, **keywords)
        if isinstance(result, AsyncPager):
            return [item async for item in result]
        if isinstance(result, Pager):
            return list(result)
        return await result if inspect.isawaitable(result) else result


def press_pay(page: str) -> httpx.Response:
    """What the payer's browser sends for the Pay button of a hosted page."""
    return httpx.post(f"{page}/pay")


def open_page(address: str) -> str:
    return httpx.get(address).text


async def links_and_payments(call: Call) -> str:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    price = Money("22000", "KZT")
    links = [
        await call(
            "payment_links.create",
            amount=price,
            order_reference=f"ORD-{number}",
            auto_clearing=False,
        )
        for number in range(4)
    ]
    link = await call("payment_links.retrieve", links[0].id)
    assert (link.amount, link.money) == (2_200_000, price)
    assert (
        await call("payment_links.retrieve_by_order_reference", "ORD-1")
    ).id == links[1].id
    assert len(await call("payment_links.list", size=2)) == 4
    await call("payment_links.update_expiration", links[3].id, expires_at=tomorrow)
    await call("payment_links.statistics")
    assert await call("payment_links.cancel", links[3].id) is None
    ids: list[str] = []
    for link in links[:3]:
        press_pay(link.url)
        ids.append(
            (
                await call("transactions.retrieve_by_payment_link", link.id)
            ).transaction_id
        )
    assert (
        await call("payments.capture", ids[0], amount=Money("15000", "KZT"))
    ).success is True
    refund = await call("payments.refund", ids[0], amount=Money("5000", "KZT"))
    assert refund.response_code.meaning
    assert (refund.money, refund.money_in("KZT")) == (None, Money("5000", "KZT"))
    assert refund.remaining_balance_money_in("KZT") == Money("10000", "KZT")
    assert (await call("payments.cancel", ids[1])).success is True
    assert (await call("transactions.retrieve", ids[0])).status.canonical == "charged"
    assert (
        await call("transactions.retrieve_by_order_reference", "ORD-0")
    ).transaction_id == ids[0]
    assert (await call("transactions.history", ids[0])).events
    rows = await call("transactions.list")
    assert all(isinstance(row, Transaction) and row.money is None for row in rows)
    assert {row.money_in("KZT") for row in rows} >= {price}
    return ids[0]


async def direct_payments(call: Call) -> None:
    assert await call("direct_payments.keys")
    order = {"amount": Money("22000", "KZT"), "order_reference": "ORD-direct"}
    card = card_params()
    waiting = await call(
        "direct_payments.create",
        transaction_type="sale",
        payment_method="card",
        order_details=order,
        card_data=card,
    )
    assert isinstance(waiting, AuthorizePayment)
    done = await call(
        "direct_payments.continue_three_ds",
        cres=cres_of("Y"),
        transaction_id=waiting.id,
    )
    await call(
        "recurring_payments.create",
        amount=1,
        currency="KZT",
        card_token_id=done.card_token_id,
    )


async def merchants(call: Call, transaction: str) -> None:
    await call("merchants.retrieve", "merchant_sandbox")
    customer = await call(
        "customers.create", email="payer@example.com", phone="+70000000000"
    )
    assert (await call("customers.retrieve", customer.id)).id == customer.id
    assert await call("customers.list")
    await call("customers.card_tokens", customer.id)
    await call("customers.transactions", customer.id)
    card = card_params()
    saved = await call("payouts.save_card", customer_id=customer.id, card_data=card)
    await call(
        "payouts.create", amount=1, currency="KZT", card_token_id=saved.card_token_id
    )
    assert await call("payouts.list")
    seller = await call("beneficiaries.create", name="Seller", iban="KZ0")
    assert (
        await call("beneficiaries.update", seller.id, name="Other", iban="KZ1")
    ).name == "Other"
    assert (await call("beneficiaries.retrieve", seller.id)).iban == "KZ1"
    assert await call("beneficiaries.list")
    part = {"beneficiary_id": seller.id, "amount": 100, "currency": "KZT"}
    split = await call("split_requests.create", transaction_id=transaction, **part)
    assert (await call("split_requests.retrieve", split.id)).id == split.id
    await call("split_requests.update", split.id, transaction_id=transaction, **part)
    spare = await call("split_requests.create", transaction_id=transaction, **part)
    assert await call("split_requests.list")
    assert await call("split_requests.delete", spare.id) is None
    await call(
        "beneficiaries.transfer_to_merchant", seller.id, amount=10, currency="KZT"
    )
    await call("beneficiaries.settle", seller.id, amount=10, currency="KZT")
    order = await call("settlement_orders.create", request_id="r-1", **part)
    again = await call("settlement_orders.create", request_id="r-1", **part)
    assert order.id == again.id, "one request id is one order"
    assert (await call("settlement_orders.retrieve", order.id)).request_id == "r-1"
    assert len(await call("settlement_orders.list")) == 1


async def wallet(call: Call, sandbox: RunningSandbox) -> None:
    price = Money("22000", "KZT")
    order = {"amount": price, "order_reference": "ORD-wallet"}
    kept = await call("wallet.authorize", idempotency_key="k-1", **order)
    again = await call("wallet.authorize", idempotency_key="k-1", **order)
    assert kept.wallet_transaction_id == again.wallet_transaction_id, (
        "one key is one authorization"
    )
    assert (kept.amount, kept.money) == (2_200_000, price)
    dropped = await call("wallet.authorize", idempotency_key="k-2", **order)
    sandbox.advance(2)
    for name, made in (("capture", kept), ("refund", kept), ("cancel", dropped)):
        done = await call(f"wallet.{name}", made.wallet_transaction_id)
        assert done.wallet_transaction_status == "SUCCESS"
    assert (
        await call("wallet.retrieve", kept.wallet_transaction_id)
    ).order_reference == "ORD-wallet"
    assert len(await call("wallet.list")) == 2


async def checkout(call: Call) -> None:
    amount = {"value": Money("22000", "KZT")}
    shop = {"merchant_account": "Shop"}
    assert await call("checkout.payment_methods.list", amount=amount, **shop)
    challenge = {"attempt_authentication": "always"}
    waiting = await call(
        "checkout.payments.create", amount=amount, authentication_data=challenge, **shop
    )
    confirmed, _ = re.findall(
        r"<code>([0-9A-F]+)</code>", open_page(waiting.action.url)
    )
    paid = await call(
        "checkout.payments.submit_details", details={"redirectResult": confirmed}
    )
    assert paid.result_code == "Authorised"
    page = {"reference": "ORD-1", "return_url": "https://shop.example/"}
    session = await call(
        "checkout.sessions.create", amount=amount["value"], **shop, **page
    )
    assert session.money == paid.money == Money("22000", "KZT")
    target = httpx.URL(press_pay(session.url).headers["Location"])
    result = await call(
        "checkout.sessions.retrieve_result",
        session.id,
        session_result=target.params["sessionResult"],
    )
    assert result.status == "completed"


async def gate(call: Call) -> None:
    await call("gate.health")
    for name in ("product_types", "product_categories", "products", "deposits"):
        assert await call(f"gate.{name}.list")
    assert (await call("gate.products.retrieve", "456")).currency_code == "USD"
    account = {"steam_login": "player123"}
    top_up = {"amount": Money("10", "USD"), "customer_account": account}
    order = {"product_id": 456, "external_ref": "INV-1", "topup_request": top_up}
    made = await call("gate.orders.create", idempotency_key="order-1", **order)
    again = await call("gate.orders.create", idempotency_key="order-1", **order)
    assert made.id == again.id, "one key is one order"
    assert (
        made.balance_before_money - made.balance_after_money
        == made.money
        > Money(10, "USD")
    )
    assert (await call("gate.orders.retrieve", made.id)).external_ref == "INV-1"
    assert len(await call("gate.orders.list")) == 1
    assert (await call("gate.balance.retrieve")).items


def settings(sandbox: RunningSandbox) -> dict[str, Any]:
    keys = {"checkout_api_key": sandbox.checkout_key, "gate_api_key": sandbox.gate_key}
    return {
        "api_key": sandbox.key,
        **keys,
        "agent_id": sandbox.agent_id,
        "base_url": sandbox.base_url,
    }


@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
def test_every_operation_works_from_call_to_model(
    kind: Any, sandbox: RunningSandbox
) -> None:
    async def program() -> None:
        client = kind(**settings(sandbox))
        walk = Walk(client)
        try:
            transaction = await links_and_payments(walk.call)
            await direct_payments(walk.call)
            await merchants(walk.call, transaction)
            await wallet(walk.call, sandbox)
            await checkout(walk.call)
            await gate(walk.call)
        finally:
            done = (
                client.aclose() if isinstance(client, AsyncPlexyPay) else client.close()
            )
            if inspect.isawaitable(done):
                await done
        missing = {operation.call for operation in OPERATIONS} - walk.called
        assert not missing, (
            f"this walk does not call {sorted(missing)}: add a call of each"
        )

    asyncio.run(program())


def test_the_error_of_the_gate_is_no_class_of_the_pay_api() -> None:
    assert GateError.from_dict({"message": "no"}).message == "no"
