"""Every list operation of the document against the sandbox: more rows than a page, all of them, each once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import httpx
import pytest
from helpers.cards import card_params
from helpers.description import DESCRIPTION
from plexy_pay import AsyncPager, AsyncPlexyPay, Money, Pager, PlexyPay, Response
from plexy_pay_sandbox.serving import RunningSandbox

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
DOCUMENT = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
LISTS: dict[str, Any] = {
    f"{operation['x-resource']}.{operation['x-method']}": operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "x-pagination" in operation
}
CARD = card_params()


def paid(client: PlexyPay, **fields: Any) -> None:
    """Five payment links that were paid, and the payments captured."""
    for _ in range(5):
        link = client.payment_links.create(amount=Money("22000", "KZT"), **fields)
        httpx.post(f"{link.url}/pay")
        client.payments.capture(
            str(client.transactions.retrieve_by_payment_link(link.id).transaction_id)
        )


def beneficiary(client: PlexyPay) -> str:
    return str(client.beneficiaries.create(name="Seller", iban="KZ0").id)


def customers(client: PlexyPay) -> None:
    for number in range(5):
        client.customers.create(
            email=f"payer-{number}@example.com", phone="+70000000000"
        )


def of_a_customer(client: PlexyPay) -> str:
    customer = str(
        client.customers.create(email="payer@example.com", phone="+70000000000").id
    )
    paid(client, customer_id=customer)
    return customer


def payouts(client: PlexyPay) -> None:
    paid(client)
    token = str(client.payouts.save_card(card_data=CARD).card_token_id)
    for _ in range(5):
        client.payouts.create(amount=1, currency="KZT", card_token_id=token)


def beneficiaries(client: PlexyPay) -> None:
    for _ in range(5):
        beneficiary(client)


def splits(client: PlexyPay) -> None:
    paid(client)
    transaction, seller = client.transactions.list().first(), beneficiary(client)
    assert transaction is not None
    for _ in range(5):
        part: Any = {
            "transaction_id": transaction.transaction_id,
            "beneficiary_id": seller,
        }
        client.split_requests.create(amount=1, currency="KZT", **part)


def settlement_orders(client: PlexyPay) -> None:
    paid(client)
    seller = beneficiary(client)
    for number in range(5):
        client.settlement_orders.create(
            request_id=f"r-{number}", beneficiary_id=seller, amount=1, currency="KZT"
        )


def wallet_transactions(client: PlexyPay) -> None:
    for number in range(5):
        client.wallet.authorize(
            idempotency_key=f"k-{number}", amount=Money("22000", "KZT")
        )


def gate_orders(client: PlexyPay) -> None:
    top_up: Any = {"amount": "5.00", "customer_account": {"steam_login": "player123"}}
    for number in range(5):
        key = f"order-{number}"
        client.gate.orders.create(
            idempotency_key=key,
            product_id=456,
            currency_code="USD",
            topup_request=top_up,
        )


def nothing(client: PlexyPay) -> None:
    """The sandbox has rows of its own, and no operation that makes more."""


# What makes rows, and how many there are then at least. What `filling` gives is the path argument of the list.
FILLING: dict[str, tuple[Callable[[PlexyPay], str | None], int]] = {
    "payment_links.list": (paid, 5),
    "transactions.list": (paid, 5),
    "split_requests.list": (splits, 5),
    "settlement_orders.list": (settlement_orders, 5),
    "payouts.list": (payouts, 5),
    "customers.card_tokens": (of_a_customer, 5),
    "customers.list": (customers, 5),
    "customers.transactions": (of_a_customer, 5),
    "beneficiaries.list": (beneficiaries, 5),
    "wallet.list": (wallet_transactions, 5),
    "gate.product_types.list": (nothing, 3),
    "gate.product_categories.list": (nothing, 1),
    "gate.products.list": (nothing, 1),
    "gate.orders.list": (gate_orders, 5),
    "gate.deposits.list": (nothing, 2),
}


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


def settings(sandbox: RunningSandbox) -> dict[str, Any]:
    keys = {"checkout_api_key": sandbox.checkout_key, "gate_api_key": sandbox.gate_key}
    return {
        "api_key": sandbox.key,
        **keys,
        "agent_id": sandbox.agent_id,
        "base_url": sandbox.base_url,
    }


def size_name(operation: Any) -> str | None:
    return {"size": "size", "pageSize": "page_size", None: None}[
        operation["x-pagination"].get("size")
    ]


@pytest.mark.parametrize("call", FILLING)
def test_every_list_gives_all_its_rows_sync_and_async(
    call: str, sandbox: RunningSandbox
) -> None:
    with PlexyPay(**settings(sandbox)) as client:
        filling, count = FILLING[call]
        arguments = [value for value in (filling(client),) if value is not None]
        method: Callable[..., Any] = attrgetter(call)(client)
        whole = method(*arguments)
        assert isinstance(whole, Pager)
        rows = whole.to_list()
        assert len(rows) >= count
        assert whole.first() == rows[0]
        says_total = "total" in LISTS[call]["x-pagination"]
        assert whole.total() == (len(rows) if says_total else None)
        sizes: list[dict[str, int]] = [{}]
        if name := size_name(LISTS[call]):
            sizes += [{name: size} for size in (1, 2, len(rows), 100)]
            assert len(list(method(*arguments, **{name: 1}).pages())) == len(rows)
            assert method(*arguments, page=2, **{name: 1}).to_list() == rows[1:]
        for size in sizes:
            assert list(method(*arguments, **size)) == rows
        raw = attrgetter(call)(client.with_raw_response)(*arguments)
        assert isinstance(raw, Response)
        assert raw.parsed == next(whole.pages())

    async def program() -> None:
        async with AsyncPlexyPay(**settings(sandbox)) as other:
            for size in sizes:
                pager = attrgetter(call)(other)(*arguments, **size)
                assert isinstance(pager, AsyncPager)
                assert [row async for row in pager] == rows
            pager = attrgetter(call)(other)(*arguments)
            assert await pager.total() == (len(rows) if says_total else None)
            assert await pager.first() == rows[0]

    asyncio.run(program())


def test_every_list_of_the_document_is_tried() -> None:
    assert FILLING.keys() == LISTS.keys()


def test_a_link_made_meanwhile_hides_none_that_was_there(
    sandbox: RunningSandbox,
) -> None:
    with PlexyPay(**settings(sandbox)) as client:
        paid(client)
        there = [link.id for link in client.payment_links.list()]
        seen: list[object] = []
        for link in client.payment_links.list(size=2):
            seen.append(link.id)
            client.payment_links.create(amount=Money("1", "KZT"))
            assert len(seen) < 50
        assert len(seen) == len(set(seen))
        assert set(there) <= set(seen)
