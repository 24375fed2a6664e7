"""An operation costs what it shows: the same work beside a few payments and beside ten times as many."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import FrameType
from typing import Any

import pytest
from plexy_pay_sandbox.handlers import HANDLERS
from plexy_pay_sandbox.handlers.calls import Call
from plexy_pay_sandbox.money import AGENT, OUTSIDE
from plexy_pay_sandbox.records import SOME_CARD, Link, Payment
from plexy_pay_sandbox.refusals import NotAllowed
from plexy_pay_sandbox.timing import Clock
from plexy_pay_sandbox.validation import ValidRequest
from plexy_pay_sandbox.world import World

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FEW = 300
MANY = 10 * FEW
ROWS = 5
WALLET = {"amount": 100, "currency": "KZT", "orderReference": "ORD-1"}

#: More than what two runs of the same call differ by, and less than a copy of a list of MANY - FEW rows.
SLACK = 4 * 1024


@dataclass
class Town:
    """A world with as many of everything as asked for, and the oldest of each by name."""

    rows: int

    def __post_init__(self) -> None:
        self.world = World(Clock(lambda: NOON))
        self.world.state.ledger.move(OUTSIDE, AGENT, Decimal(10**9), "USD", "test")
        self.seldom = self.world.customers.create(
            "seldom@example.com", "+70000000000"
        ).id
        self.often = self.world.customers.create("often@example.com", "+70000000000").id
        self.link, self.payment = self.paid("oldest", self.seldom)
        self.beneficiary = self.world.beneficiaries.create("Seller", "KZ1").id
        self.saved = self.world.customers.save_card(self.seldom, SOME_CARD).token_id
        self.waiting = self.redirected()
        self.split = self.split_of(self.payment)
        self.wallet = self.world.wallet.authorize("oldest", WALLET).id
        for row in range(self.rows):
            self.newest = self.fill(row)

    def fill(self, row: int) -> Payment:
        _, payment = self.paid(f"ORD-{row}", self.often)
        self.split_of(payment)
        self.charge_again()
        self.redirected()
        self.world.customers.create(f"{row}@example.com", "+70000000000")
        self.world.customers.save_card(self.often, SOME_CARD)
        self.world.beneficiaries.create("Seller", "KZ1")
        self.world.payouts.create(1, "KZT", self.saved)
        self.world.gate.order(f"key-{row}", {"product_id": 457 + row % 2})
        order = {
            "requestId": f"r-{row}",
            "beneficiaryId": self.beneficiary,
            "amount": 1,
            "currency": "KZT",
        }
        self.world.settlement_orders.create(order)
        self.world.wallet.authorize(f"key-{row}", WALLET)
        return payment

    def paid(self, reference: str, customer: str) -> tuple[Link, Payment]:
        state = self.world.state
        link = state.create_link(
            amount=1000, currency="KZT", order_reference=reference, customer_id=customer
        )
        payment = state.pay_link(link.id)
        state.capture(payment.id)
        return link, payment

    def charge_again(self) -> Payment:
        """Charge the card of the oldest payment, which is the customer's who pays seldom."""
        return self.world.state.charge_card(
            amount=1,
            currency="KZT",
            card_token_id=self.payment.card_token_id,
            initial_transaction_id=self.payment.id,
        )

    def split_of(self, payment: Payment) -> str:
        body = {
            "transactionId": payment.transaction.id,
            "beneficiaryId": self.beneficiary,
            "amount": 1,
            "currency": "KZT",
        }
        return self.world.split_requests.create(body).id

    def redirected(self) -> str:
        """Begin a payment of v2 that waits for its shopper; what the shopper brings back."""
        body = {
            "amount": {"currency": "KZT", "value": 100},
            "authenticationData": {"attemptAuthentication": "always"},
        }
        redirect = self.world.checkout.pay(body).redirect
        assert redirect is not None
        return redirect.confirmed

    def ask(self, resource: str, method: str, body: Any = None, **values: Any) -> Any:
        """Have a handler respond; values are those of the path and of the query."""
        request = ValidRequest(values, values, values, body or {})
        return HANDLERS[resource, method](Call(self.world, request, "http://127.0.0.1"))


@pytest.fixture(scope="module")
def small() -> Town:
    return Town(FEW)


@pytest.fixture(scope="module")
def large() -> Town:
    return Town(MANY)


def lines_of(action: Callable[[], object]) -> int:
    """How many lines run; a loop counts each time round."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    # A collection may begin at any time, and runs lines of whoever asked to be told of it.
    gc.disable()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
        gc.enable()
    return lines


def bytes_of(action: Callable[[], object]) -> int:
    """How much memory an action takes at its peak; a copy counts even if it is thrown away at once."""
    action()
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


Ask = Callable[[Town], Any]

PAGES: dict[str, Ask] = {
    "links": lambda town: town.ask("payment_links", "list", page=1, size=ROWS),
    "a later page of links": lambda town: town.ask(
        "payment_links", "list", page=town.rows // ROWS, size=ROWS
    ),
    "transactions": lambda town: town.ask("transactions", "list", page=1, size=ROWS),
    "a later page of transactions": lambda town: town.ask(
        "transactions", "list", page=town.rows // ROWS, size=ROWS
    ),
    "customers": lambda town: town.ask("customers", "list", page=1, size=ROWS),
    "a customer's transactions": lambda town: town.ask(
        "customers", "transactions", id=town.often, page=1, size=ROWS
    ),
    "payouts": lambda town: town.ask("payouts", "list", page=2, size=ROWS),
    "beneficiaries": lambda town: town.ask("beneficiaries", "list", page=2, size=ROWS),
    "splits": lambda town: town.ask("split_requests", "list", page=2, size=ROWS),
    "settlement orders": lambda town: town.ask(
        "settlement_orders", "list", page=2, size=ROWS
    ),
    "orders of the Gate": lambda town: town.ask(
        "gate.orders", "list", page=2, pageSize=ROWS
    ),
    "orders by status": lambda town: town.ask(
        "gate.orders", "list", page=2, pageSize=ROWS, status="pending"
    ),
    "orders by product": lambda town: town.ask(
        "gate.orders", "list", page=2, pageSize=ROWS, product_id=457
    ),
    "orders by both": lambda town: town.ask(
        "gate.orders", "list", page=2, pageSize=ROWS, status="pending", product_id=458
    ),
}

LOOK_UPS: dict[str, Ask] = {
    "link": lambda town: town.ask("payment_links", "retrieve", id=town.link.id),
    "link by reference": lambda town: town.ask(
        "payment_links", "retrieve_by_order_reference", order_reference="oldest"
    ),
    "statistics": lambda town: town.ask("payment_links", "statistics"),
    "transaction": lambda town: town.ask(
        "transactions", "retrieve", id=town.payment.transaction.id
    ),
    "transaction by reference": lambda town: town.ask(
        "transactions", "retrieve_by_order_reference", order_reference="oldest"
    ),
    "transaction by link": lambda town: town.ask(
        "transactions", "retrieve_by_payment_link", payment_link_id=town.link.id
    ),
    "wallet transaction": lambda town: town.ask(
        "wallet", "retrieve", wallet_transaction_id=town.wallet
    ),
    "cards of a customer": lambda town: town.ask(
        "customers", "card_tokens", id=town.seldom
    ),
}

CHANGES: dict[str, Ask] = {
    "a customer with the data of another": lambda town: refused(
        town,
        "customers",
        "create",
        {"email": "seldom@example.com", "phone": "+70000000000"},
    ),
    "a customer": lambda town: town.ask(
        "customers", "create", {"email": "new@example.com", "phone": "+7"}
    ),
    "a split": lambda town: town.split_of(town.payment),
    "a payment with a saved card": lambda town: town.ask(
        "recurring_payments",
        "create",
        {"amount": 1, "currency": "KZT", "cardTokenId": town.payment.card_token_id},
    ),
    "a host-to-host payment with a saved card": lambda town: town.ask(
        "direct_payments",
        "create",
        {
            "transactionType": "sale",
            "paymentMethod": "card",
            "orderDetails": {"amount": 1, "currency": "KZT"},
            "cardData": {"tokenId": town.newest.card_token_id},
            "skipThreeDS": True,
        },
    ),
    "the return of a shopper": lambda town: town.ask(
        "checkout.payments",
        "submit_details",
        {"details": {"redirectResult": town.redirected()}},
    ),
    "a wallet authorization again": lambda town: town.world.wallet.authorize(
        "oldest", WALLET
    ),
    "a settlement order again": lambda town: town.ask(
        "settlement_orders",
        "create",
        {
            "requestId": "r-0",
            "beneficiaryId": town.beneficiary,
            "amount": 1,
            "currency": "KZT",
        },
    ),
}


def refused(town: Town, resource: str, method: str, body: Any) -> None:
    try:
        town.ask(resource, method, body)
    except NotAllowed:
        return
    raise AssertionError("this should have been refused")


@pytest.mark.parametrize(
    "ask", [*PAGES.values(), *LOOK_UPS.values()], ids=[*PAGES, *LOOK_UPS]
)
def test_what_is_read_takes_the_same_steps_beside_ten_times_as_many(
    small: Town, large: Town, ask: Ask
) -> None:
    assert lines_of(lambda: ask(large)) == lines_of(lambda: ask(small))


@pytest.mark.parametrize(
    "ask", [*PAGES.values(), *LOOK_UPS.values()], ids=[*PAGES, *LOOK_UPS]
)
def test_what_is_read_copies_no_more_beside_ten_times_as_many(
    small: Town, large: Town, ask: Ask
) -> None:
    assert bytes_of(lambda: ask(large)) < bytes_of(lambda: ask(small)) + SLACK


@pytest.mark.parametrize("ask", CHANGES.values(), ids=CHANGES)
def test_what_is_written_takes_the_same_steps_beside_ten_times_as_many(
    small: Town, large: Town, ask: Ask
) -> None:
    assert lines_of(lambda: ask(large)) == lines_of(lambda: ask(small))


@pytest.mark.parametrize("ask", PAGES.values(), ids=PAGES)
def test_the_pages_that_are_counted_are_full(small: Town, ask: Ask) -> None:
    shown = ask(small)
    rows = shown if isinstance(shown, list) else shown.get("data") or shown["items"]

    assert len(rows) == ROWS
