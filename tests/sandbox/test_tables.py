"""Whatever happens, an index says what a look at all rows says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from helpers.cards import card_data
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from plexy_pay_sandbox.gate import Order, OrderStatus
from plexy_pay_sandbox.records import (
    SOME_CARD,
    Event,
    Link,
    LinkStatus,
    Payment,
    Status,
    Transaction,
)
from plexy_pay_sandbox.refusals import NotFound, Refusal
from plexy_pay_sandbox.split_requests import Split
from plexy_pay_sandbox.tables import Table, Total
from plexy_pay_sandbox.three_ds import cres_of
from plexy_pay_sandbox.timing import Clock
from plexy_pay_sandbox.world import World

CARD = card_data()
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PICKS = st.integers(0, 20)


# --- a table --------------------------------------------------------------------------------------------------


@dataclass
class Parcel:
    """A row with all that can be indexed: one key, any number of keys, and an amount."""

    id: str
    color: str
    tags: list[str]
    weight: int


COLORS = st.sampled_from(["red", "blue"])
TAGS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)
WEIGHTS = st.integers(0, 9)


class Parcels(RuleBasedStateMachine):
    """A table and a plain list, to which the same happens."""

    def __init__(self) -> None:
        super().__init__()
        self.table: Table[Parcel] = Table()
        self.by_tag = self.table.grouped(lambda parcel: parcel.tags)
        self.by_color = self.table.grouped(lambda parcel: [parcel.color])
        self.totals = self.table.totalled(
            lambda parcel: parcel.color, lambda parcel: parcel.weight
        )
        self.parcels: list[Parcel] = []
        self.made = 0

    @rule(color=COLORS, tags=TAGS, weight=WEIGHTS)
    def add(self, color: str, tags: list[str], weight: int) -> None:
        self.made += 1
        parcel = Parcel(f"p{self.made}", color, tags, weight)
        self.table.add(parcel.id, parcel)
        self.parcels.append(parcel)

    @rule(pick=PICKS, color=COLORS, tags=TAGS, weight=WEIGHTS)
    def change(self, pick: int, color: str, tags: list[str], weight: int) -> None:
        if self.parcels:
            parcel = self.parcels[pick % len(self.parcels)]
            with self.table.changing(parcel.id):
                parcel.color, parcel.tags, parcel.weight = color, tags, weight

    @rule(pick=PICKS, color=COLORS, tags=TAGS)
    def fail_to_change(self, pick: int, color: str, tags: list[str]) -> None:
        if self.parcels:
            parcel = self.parcels[pick % len(self.parcels)]
            with pytest.raises(RuntimeError), self.table.changing(parcel.id):
                parcel.color, parcel.tags = color, tags
                raise RuntimeError

    @rule(pick=PICKS, color=COLORS, tags=TAGS, weight=WEIGHTS)
    def replace(self, pick: int, color: str, tags: list[str], weight: int) -> None:
        if self.parcels:
            place = pick % len(self.parcels)
            parcel = Parcel(self.parcels[place].id, color, tags, weight)
            self.table.replace(parcel.id, parcel)
            self.parcels[place] = parcel

    @rule(pick=PICKS)
    def remove(self, pick: int) -> None:
        if self.parcels:
            parcel = self.parcels.pop(pick % len(self.parcels))
            assert self.table.remove(parcel.id) is parcel
            assert self.table.get(parcel.id) is None

    @rule(pick=PICKS)
    def add_an_id_twice(self, pick: int) -> None:
        if self.parcels:
            with pytest.raises(ValueError, match="there is a row"):
                self.table.add(
                    self.parcels[pick % len(self.parcels)].id, Parcel("x", "red", [], 1)
                )

    @invariant()
    def ids_and_order_are_those_of_the_list(self) -> None:
        assert list(self.table.all()) == self.parcels[::-1]
        assert list(reversed(self.table.all())) == self.parcels
        for parcel in self.parcels:
            assert self.table.get(parcel.id) is parcel
            assert parcel.id in self.table

    @invariant()
    def groups_are_those_of_the_list(self) -> None:
        for tag in ("a", "b", "c"):
            found = [parcel for parcel in reversed(self.parcels) if tag in parcel.tags]
            assert list(self.by_tag.of(tag)) == found
            assert self.by_tag.latest(tag) is (found[0] if found else None)

    @invariant()
    def totals_are_those_of_the_list(self) -> None:
        totals: dict[str, Total] = {}
        for parcel in self.parcels:
            before = totals.get(parcel.color, Total())
            totals[parcel.color] = Total(
                before.count + 1, before.amount + parcel.weight
            )
        assert self.totals.all() == totals
        assert self.totals.of("green") == Total()

    @rule(
        start=st.integers(-9, 9),
        stop=st.integers(-9, 9),
        step=st.sampled_from([-2, -1, 1, 2]),
    )
    def slices_are_those_of_a_list(self, start: int, stop: int, step: int) -> None:
        for view in (self.table.all(), self.by_color.of("red")):
            assert view[start:stop:step] == list(view)[start:stop:step]

    @rule(place=st.integers(-9, 9))
    def places_are_those_of_a_list(self, place: int) -> None:
        rows = list(self.table.all())
        if -len(rows) <= place < len(rows):
            assert self.table.all()[place] is rows[place]
        else:
            with pytest.raises(IndexError):
                self.table.all()[place]


TestATableIsItsList = Parcels.TestCase
TestATableIsItsList.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)


# --- the world ------------------------------------------------------------------------------------------------

REFERENCES = st.none() | st.sampled_from(["A", "B", "C", "D"])
CURRENCIES = st.sampled_from(["KZT", "USD"])


class Records(RuleBasedStateMachine):
    """Any sequence of calls, and lists of all that was made by them, which the look-ups are compared with."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Clock(lambda: NOON), self.note)
        self.begin()

    def begin(self) -> None:
        """Start with empty lists, two customers and a beneficiary."""
        self.links: list[Link] = []
        self.payments: list[Payment] = []
        self.transactions: list[Transaction] = []
        self.splits: list[Split] = []
        self.orders: list[Order] = []
        self.customers = [
            self.world.customers.create(f"{one}@example.com", "+7").id for one in (1, 2)
        ]
        self.beneficiary = self.world.beneficiaries.create("Seller", "KZ1").id

    def note(self, event: Event) -> None:
        if event.status is Status.CREATED:
            self.payments.append(event.payment)
        if not any(event.transaction is known for known in self.transactions):
            self.transactions.append(event.transaction)

    def attempt(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except Refusal:
            return None

    def a_payment(self, pick: int) -> str:
        return self.payments[pick % len(self.payments)].id if self.payments else "none"

    def a_card(self, pick: int) -> str:
        return (
            self.payments[pick % len(self.payments)].card_token_id
            if self.payments
            else "none"
        )

    # --- what happens -----------------------------------------------------------------------------------------

    @rule(
        cents=st.integers(100, 5000),
        currency=CURRENCIES,
        reference=REFERENCES,
        customer=st.none() | st.integers(0, 1),
        minutes=st.none() | st.integers(1, 90),
    )
    def make_a_link(
        self,
        cents: int,
        currency: str,
        reference: str | None,
        customer: int | None,
        minutes: int | None,
    ) -> None:
        now = self.world.state.settle()
        link = self.attempt(
            lambda: self.world.state.create_link(
                amount=cents,
                currency=currency,
                order_reference=reference,
                customer_id=None if customer is None else self.customers[customer],
                expires_at=None
                if minutes is None
                else now + timedelta(minutes=minutes),
            )
        )
        if link is not None:
            self.links.append(link)

    @rule(pick=PICKS, how=st.sampled_from(["pay_link", "decline_link", "cancel_link"]))
    def use_a_link(self, pick: int, how: str) -> None:
        if self.links:
            link = self.links[pick % len(self.links)]
            self.attempt(lambda: getattr(self.world.state, how)(link.id))

    @rule(pick=PICKS, by_card=st.booleans())
    def charge_again(self, pick: int, by_card: bool) -> None:
        card = self.a_card(pick)
        first = [
            one
            for one in self.payments
            if one.card_token_id == card and one.transaction.parent_id is None
        ]
        payment = self.attempt(
            lambda: self.world.state.charge_card(
                amount=1,
                currency="KZT",
                card_token_id=card,
                initial_transaction_id=None if by_card else self.a_payment(pick),
            )
        )
        if by_card and payment is not None:
            assert payment.transaction.parent_id == first[-1].transaction.id

    @rule(
        pick=st.none() | PICKS,
        reference=REFERENCES,
        challenged=st.booleans(),
        confirmed=st.booleans(),
    )
    def pay_with_a_card(
        self, pick: int | None, reference: str | None, challenged: bool, confirmed: bool
    ) -> None:
        order = {"amount": 1, "currency": "KZT"}
        body = {
            "transactionType": "sale",
            "orderDetails": order
            if reference is None
            else order | {"orderReference": reference},
            "cardData": CARD if pick is None else {"tokenId": self.a_card(pick)},
            "skipThreeDS": not challenged,
        }
        outcome = self.attempt(lambda: self.world.direct_payments.create(body))
        if outcome is not None and outcome.waits:
            cres = cres_of("Y" if confirmed else "N")
            self.world.direct_payments.continue_three_ds(outcome.id, cres)

    @initialize()
    def sell_something(self) -> None:
        self.sell(0)

    @rule(customer=st.integers(0, 1))
    def sell(self, customer: int) -> None:
        """Charge a payment, so that there is something to refund and to split."""
        self.make_a_link(1000, "KZT", None, customer, None)
        payment = self.world.state.pay_link(self.links[-1].id)
        self.world.state.capture(payment.id)

    @rule(pick=PICKS, how=st.sampled_from(["capture", "cancel"]))
    def capture_or_cancel(self, pick: int, how: str) -> None:
        self.attempt(lambda: getattr(self.world.state, how)(self.a_payment(pick)))

    @rule(pick=PICKS, reference=REFERENCES)
    def refund(self, pick: int, reference: str | None) -> None:
        self.attempt(
            lambda: self.world.state.refund(
                self.a_payment(pick), Decimal("0.5"), order_reference=reference
            )
        )

    @rule(pick=PICKS, amount=st.integers(1, 6))
    def split(self, pick: int, amount: int) -> None:
        new = self.attempt(
            lambda: self.world.split_requests.create(self.part(pick, amount))
        )
        if new is not None:
            self.splits.append(new)

    @rule(pick=PICKS, amount=st.integers(1, 6), replaced=PICKS)
    def replace_a_split(self, pick: int, amount: int, replaced: int) -> None:
        if self.splits:
            place = replaced % len(self.splits)
            old, part = self.splits[place], self.part(pick, amount)
            new = self.attempt(lambda: self.world.split_requests.update(old.id, part))
            self.splits[place] = new or old

    def part(self, pick: int, amount: int) -> dict[str, Any]:
        charged = [
            one for one in self.payments if one.transaction.status is Status.CHARGED
        ]
        return {
            "transactionId": charged[pick % len(charged)].transaction.id
            if charged
            else "none",
            "beneficiaryId": self.beneficiary,
            "amount": amount,
            "currency": "KZT",
        }

    @rule(pick=PICKS)
    def delete_a_split(self, pick: int) -> None:
        if self.splits:
            place = pick % len(self.splits)
            self.world.split_requests.delete(self.splits[place].id)
            del self.splits[place]

    @rule(key=st.integers(0, 9), product=st.sampled_from([457, 458]))
    def order_at_the_gate(self, key: int, product: int) -> None:
        order = self.attempt(
            lambda: self.world.gate.order(str(key), {"product_id": product})
        )
        if order is not None and order not in self.orders:
            self.orders.append(order)

    @rule(seconds=st.integers(0, 7200))
    def wait(self, seconds: int) -> None:
        self.world.state.advance(timedelta(seconds=seconds))

    # --- what is found ----------------------------------------------------------------------------------------

    @invariant()
    def the_lists_are_complete_and_in_order(self) -> None:
        assert list(self.world.state.links()) == self.links[::-1]
        assert list(self.world.state.transactions()) == self.transactions[::-1]
        assert list(self.world.split_requests.all()) == self.splits[::-1]

    @invariant()
    def links_are_found_by_id_and_reference(self) -> None:
        for link in self.links:
            assert self.world.state.link(link.id) is link
            if link.order_reference is not None:
                assert (
                    self.world.state.link_by_order_reference(link.order_reference)
                    is link
                )

    @invariant()
    def links_are_counted_by_status_and_currency(self) -> None:
        expected: dict[tuple[LinkStatus, str], Total] = {}
        for link in self.links:
            before = expected.get((link.status, link.currency), Total())
            expected[link.status, link.currency] = Total(
                before.count + 1, before.amount + link.amount
            )
        assert self.world.state.link_totals() == expected

    @invariant()
    def payments_are_found_by_link_and_reference(self) -> None:
        state = self.world.state
        for link in self.links:
            tries = [payment for payment in self.payments if payment.link is link]
            assert (
                self.found(lambda id=link.id: state.payment_of_link(id))
                is (tries or [None])[-1]
            )
        for reference in ("A", "B", "C", "D"):
            those = [
                one
                for one in self.payments
                if one.transaction.order_reference == reference
            ]
            assert (
                self.found(lambda ref=reference: state.payment_by_order_reference(ref))
                is (those or [None])[-1]
            )

    @invariant()
    def transactions_are_found_by_id_and_customer(self) -> None:
        owners = {payment.id: payment for payment in self.payments}
        for transaction in self.transactions:
            owner = owners[transaction.payment_id]
            assert self.world.state.transaction(transaction.id) == (owner, transaction)
        for customer in self.customers:
            those = [
                one
                for one in self.transactions
                if owners[one.payment_id].customer_id == customer
            ]
            assert list(self.world.customers.transactions(customer)) == those[::-1]

    @invariant()
    def cards_are_those_of_authorized_payments(self) -> None:
        authorized = [payment for payment in self.payments if payment.authorized]
        tokens = {payment.card_token_id: payment.card for payment in authorized}
        for payment in self.payments:
            token = payment.card_token_id
            assert self.world.state.saved_card(token) == tokens.get(token)
        for customer in self.customers:
            theirs = {
                one.card_token_id: one.card
                for one in authorized
                if one.customer_id == customer
            }
            assert self.world.customers.cards(customer) == theirs

    @invariant()
    def the_splits_of_a_payment_leave_what_its_balance_has_left(self) -> None:
        for payment in self.payments:
            taken = sum(
                split.amount for split in self.splits if split.payment is payment
            )
            # A refund may take what was split.
            assert taken <= payment.captured

    @invariant()
    def orders_are_found_by_status_and_product(self) -> None:
        gate = self.world.gate
        for status in (None, *OrderStatus):
            for product in (None, 456, 457, 458):
                those = [
                    order
                    for order in reversed(self.orders)
                    if status in (None, order.status)
                    and product in (None, order.product.id)
                ]
                assert list(gate.orders(status, product)) == those

    def teardown(self) -> None:
        self.world.reset()
        self.begin()
        self.the_lists_are_complete_and_in_order()
        self.links_are_counted_by_status_and_currency()
        self.payments_are_found_by_link_and_reference()

    def found(self, look_up: Callable[[], Payment]) -> Payment | None:
        try:
            return look_up()
        except NotFound:
            return None


TestNoSequenceLeadsAnIndexAstray = Records.TestCase
TestNoSequenceLeadsAnIndexAstray.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None
)


def test_a_customers_cards_for_payouts_are_theirs() -> None:
    world = World(Clock(lambda: NOON))
    first, second = (
        world.customers.create(f"{one}@example.com", "+7").id for one in (1, 2)
    )
    tokens = [
        world.customers.save_card(customer, SOME_CARD).token_id
        for customer in (first, second, None, first)
    ]

    assert list(world.customers.cards(first)) == [tokens[0], tokens[3]]
    assert list(world.customers.cards(second)) == [tokens[1]]
