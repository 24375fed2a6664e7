"""Exact amounts and balances, without HTTP; and a machine that tries to lose or make money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from helpers.cards import card_data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from plexy_pay_sandbox.gate import MARGIN, PRODUCTS
from plexy_pay_sandbox.money import (
    AGENT,
    MERCHANT,
    OUTSIDE,
    Ledger,
    decimal_text,
    exact_amount,
    major_amount,
    read_decimal_text,
)
from plexy_pay_sandbox.records import SOME_CARD
from plexy_pay_sandbox.refusals import InsufficientBalance, NotAllowed, Refusal
from plexy_pay_sandbox.timing import Clock
from plexy_pay_sandbox.wallet import Place
from plexy_pay_sandbox.world import World

CARD = card_data()

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


# --- amounts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "amount", [0, -1, Decimal("0.001"), Decimal("NaN"), Decimal("1e15"), 10**40]
)
def test_an_amount_that_is_no_money_is_refused(amount: Decimal | int) -> None:
    with pytest.raises(NotAllowed):
        exact_amount(amount, "KZT")


@pytest.mark.parametrize(
    ("minor", "major"),
    [(1, "0.01"), (2_200_000, "22000.00"), (10**15 - 1, "9999999999999.99")],
)
def test_minor_units_become_major_units_exactly(minor: int, major: str) -> None:
    assert major_amount(minor, "KZT", "x") == Decimal(major)


@pytest.mark.parametrize(
    "text", ["", "0", "0.00", "-1", "+1", "1.", ".5", "1.005", "1e3", "NaN", " 1", "١"]
)
def test_a_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed):
        read_decimal_text(text, "x")


@given(st.integers(1, 10**17 - 1))
def test_an_amount_survives_the_way_into_text_and_back(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)

    assert read_decimal_text(decimal_text(amount), "x") == amount


def test_an_amount_that_needs_more_decimals_is_never_rounded() -> None:
    with pytest.raises(ValueError, match="more than two decimals"):
        decimal_text(Decimal("12.505"))


def test_what_any_order_of_the_catalogue_costs_can_be_written_exactly() -> None:
    for product in PRODUCTS.values():
        prices = [product.price]
        if (limits := product.top_up) is not None:
            steps = int((limits.most - limits.least) / limits.step)
            prices += [limits.least + step * limits.step for step in range(steps + 1)]
        for price in prices:
            decimal_text(price + price * MARGIN)


# --- the ledger -----------------------------------------------------------------------------------------------


def test_money_moves_as_a_whole_or_not_at_all() -> None:
    ledger = Ledger()
    ledger.move(OUTSIDE, MERCHANT, Decimal(10), "KZT", "x")

    with pytest.raises(InsufficientBalance, match="insufficient balance in KZT"):
        ledger.move(MERCHANT, AGENT, Decimal("10.01"), "KZT", "x")
    with pytest.raises(InsufficientBalance):
        ledger.move(MERCHANT, AGENT, Decimal("0.01"), "USD", "x")

    assert ledger.balances() == {(OUTSIDE, "KZT"): -10, (MERCHANT, "KZT"): 10}


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1)])
def test_only_positive_amounts_move(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="positive"):
        Ledger().move(OUTSIDE, MERCHANT, amount, "KZT", "x")


# --- the whole world ------------------------------------------------------------------------------------------

CURRENCIES = st.sampled_from(["KZT", "USD"])
AMOUNTS = st.integers(1, 5000).map(
    lambda cents: Decimal(cents).scaleb(-2)
) | st.integers(-1, 60).map(Decimal)
PICKS = st.integers(0, 5)


class Economy(RuleBasedStateMachine):
    """Payments come in; splits, payouts, settlements, orders and refunds try to take more than there is."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Clock(lambda: NOON))
        self.beneficiaries = [
            self.world.beneficiaries.create("One", "KZ1").id,
            self.world.beneficiaries.create("Two", None).id,
        ]
        self.card = self.world.customers.save_card(None, SOME_CARD).token_id

    def attempt(self, action: Callable[[], Any]) -> None:
        """Do something; when it is refused, nothing may have changed."""
        self.world.state.settle()
        before = self.world.state.ledger.balances()
        try:
            action()
        except Refusal:
            assert self.world.state.ledger.balances() == before

    def a_payment(self, pick: int) -> str:
        rows = [
            row.id for row in self.world.state.transactions() if row.type == "payment"
        ]
        return rows[pick % len(rows)] if rows else "none"

    @rule(cents=st.integers(1, 5000), currency=CURRENCIES)
    def pay_a_link(self, cents: int, currency: str) -> None:
        link = self.world.state.create_link(amount=cents, currency=currency)
        self.world.state.capture(self.world.state.pay_link(link.id).id)

    @rule(
        amount=AMOUNTS,
        currency=CURRENCIES,
        kind=st.sampled_from(["sale", "auth", "verification"]),
    )
    def pay_with_a_card(self, amount: Decimal, currency: str, kind: str) -> None:
        body = {
            "transactionType": kind,
            "orderDetails": {"amount": amount, "currency": currency},
            "cardData": CARD,
            "skipThreeDS": True,
        }
        self.attempt(lambda: self.world.direct_payments.create(body))

    @rule(value=st.integers(-1, 5000), currency=CURRENCIES)
    def pay_in_the_checkout(self, value: int, currency: str) -> None:
        body = {"amount": {"currency": currency, "value": value}}
        self.attempt(lambda: self.world.checkout.pay(body))

    @rule(pick=PICKS, amount=st.none() | AMOUNTS)
    def refund(self, pick: int, amount: Decimal | None) -> None:
        self.attempt(lambda: self.world.state.refund(self.a_payment(pick), amount))

    @rule(amount=AMOUNTS, currency=CURRENCIES)
    def pay_out(self, amount: Decimal, currency: str) -> None:
        self.attempt(lambda: self.world.payouts.create(amount, currency, self.card))

    @rule(
        pick=PICKS,
        to=st.integers(0, 1),
        amount=AMOUNTS,
        currency=CURRENCIES,
        replace=st.booleans(),
    )
    def split(
        self, pick: int, to: int, amount: Decimal, currency: str, replace: bool
    ) -> None:
        body = {
            "transactionId": self.a_payment(pick),
            "beneficiaryId": self.beneficiaries[to],
            "amount": amount,
            "currency": currency,
        }
        splits = self.world.split_requests.all()
        if replace and splits:
            self.attempt(
                lambda: self.world.split_requests.update(
                    splits[pick % len(splits)].id, body
                )
            )
        else:
            self.attempt(lambda: self.world.split_requests.create(body))

    @rule(pick=PICKS)
    def delete_a_split(self, pick: int) -> None:
        splits = self.world.split_requests.all()
        if splits:
            self.attempt(
                lambda: self.world.split_requests.delete(splits[pick % len(splits)].id)
            )

    @rule(of=st.integers(0, 1), amount=AMOUNTS, currency=CURRENCIES, back=st.booleans())
    def empty_a_beneficiary(
        self, of: int, amount: Decimal, currency: str, back: bool
    ) -> None:
        parts = self.world.beneficiaries
        move = parts.transfer_to_merchant if back else parts.settle
        self.attempt(lambda: move(self.beneficiaries[of], amount, currency))

    @rule(
        request=st.integers(0, 9),
        to=st.integers(0, 1),
        amount=AMOUNTS,
        currency=CURRENCIES,
    )
    def order_a_settlement(
        self, request: int, to: int, amount: Decimal, currency: str
    ) -> None:
        body = {
            "requestId": f"r-{request}",
            "beneficiaryId": self.beneficiaries[to],
            "amount": amount,
            "currency": currency,
        }
        self.attempt(
            lambda: self.repeat(lambda: self.world.settlement_orders.create(body))
        )

    @rule(
        key=st.integers(0, 9),
        product=st.sampled_from([456, 457, 458, 459]),
        amount=st.integers(4, 101),
    )
    def order_at_the_gate(self, key: int, product: int, amount: int) -> None:
        top_up = {"amount": str(amount), "customer_account": {"email": "a@example.com"}}
        body = {"product_id": product} | (
            {"topup_request": top_up} if product == 456 else {}
        )
        self.attempt(lambda: self.repeat(lambda: self.world.gate.order(str(key), body)))

    @rule(
        key=st.integers(0, 9),
        minor=st.sampled_from([-1, 1, 500, 2_005_000]),
        currency=CURRENCIES,
    )
    def authorize_in_the_wallet(self, key: int, minor: int, currency: str) -> None:
        body = {"amount": minor, "currency": currency}
        self.attempt(
            lambda: self.repeat(lambda: self.world.wallet.authorize(str(key), body))
        )

    @rule(pick=PICKS, name=st.sampled_from(["capture", "cancel", "refund"]))
    def move_in_the_wallet(self, pick: int, name: str) -> None:
        rows = self.world.wallet.all()
        if rows:
            self.attempt(
                lambda: getattr(self.world.wallet, name)(rows[pick % len(rows)].id)
            )

    def repeat(self, action: Callable[[], Any]) -> None:
        """Do something twice; the second time must find the first and move nothing."""
        first = action()
        after = self.world.state.ledger.balances()
        assert action() is first
        assert self.world.state.ledger.balances() == after

    @rule(seconds=st.integers(0, 7200))
    def wait(self, seconds: int) -> None:
        self.world.state.advance(timedelta(seconds=seconds))

    @invariant()
    def nobody_owes_anything(self) -> None:
        balances = self.world.state.ledger.balances()
        assert all(
            amount >= 0
            for (account, _), amount in balances.items()
            if account != OUTSIDE
        )

    @invariant()
    def no_money_is_made_or_lost(self) -> None:
        for currency in ("KZT", "USD"):
            balances = self.world.state.ledger.balances().items()
            assert sum(amount for (_, of), amount in balances if of == currency) == 0

    @invariant()
    def every_balance_is_whole_in_minor_units(self) -> None:
        assert all(
            amount * 100 % 1 == 0
            for amount in self.world.state.ledger.balances().values()
        )

    @invariant()
    def a_payment_gives_no_more_than_it_took(self) -> None:
        for split in self.world.split_requests.all():
            assert split.payment.refunded <= split.payment.captured
            assert split.amount <= split.payment.captured

    @invariant()
    def the_wallet_holds_what_was_authorized_and_neither_captured_nor_returned(
        self,
    ) -> None:
        for row in self.world.wallet.all():
            held = self.world.state.ledger.balance(row.account, row.currency)
            assert held == (row.major if row.place is Place.HELD else 0)

    def teardown(self) -> None:
        self.world.state.advance(timedelta(days=6))
        self.nobody_owes_anything()
        self.no_money_is_made_or_lost()
        waiting = [
            amount
            for (account, _), amount in self.world.state.ledger.balances().items()
            if account.startswith(("gate order", "settlement order"))
        ]
        assert not any(waiting)


TestNoSequenceMakesOrLosesMoney = Economy.TestCase
TestNoSequenceMakesOrLosesMoney.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
