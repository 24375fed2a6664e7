"""The sandbox's rules about money, without HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from plexy_pay_sandbox.records import Event, LinkStatus, Payment, Status
from plexy_pay_sandbox.refusals import AlreadyRefunded, NotAllowed, NotFound, Refusal
from plexy_pay_sandbox.state import State
from plexy_pay_sandbox.timing import Clock

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class World:
    """A state whose clock stands at noon, and the events that it made."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Decimal]] = []
        self.state = State(Clock(lambda: NOON), self.note)

    def note(self, event: Event) -> None:
        self.events.append((event.name, event.merchant_balance))

    def paid(self, amount: int = 2_200_000, **fields: Any) -> Payment:
        fields.setdefault("currency", "KZT")
        return self.state.pay_link(self.state.create_link(amount=amount, **fields).id)

    def charged(self, amount: int = 2_200_000, **fields: Any) -> Payment:
        payment = self.paid(amount, **fields)
        self.state.capture(payment.id)
        return payment


@pytest.fixture
def world() -> World:
    return World()


def test_a_new_link_is_active_and_keeps_what_it_was_given(world: World) -> None:
    link = world.state.create_link(
        amount=1, currency="KZT", order_reference="A", metadata={"own": 7}
    )

    assert link.status is LinkStatus.ACTIVE
    assert link.id.startswith("pl_")
    assert len(link.id) == 35
    assert world.state.link(link.id) is link
    assert world.state.link_by_order_reference("A") is link
    assert (link.metadata, link.auto_clearing, link.created_at) == (
        {"own": 7},
        True,
        NOON,
    )


@pytest.mark.parametrize("amount", [0, -1, 10**15])
def test_a_link_needs_a_positive_amount_that_could_be_money(
    world: World, amount: int
) -> None:
    with pytest.raises(NotAllowed, match="positive"):
        world.state.create_link(amount=amount, currency="KZT")


def test_a_currency_that_the_documentation_does_not_name_is_refused(
    world: World,
) -> None:
    with pytest.raises(NotAllowed, match="EUR, KZT, USD"):
        world.state.create_link(amount=1, currency="XXX")


def test_an_order_reference_belongs_to_one_link_even_after_that_link_was_cancelled(
    world: World,
) -> None:
    link = world.state.create_link(amount=1, currency="KZT", order_reference="A")
    world.state.cancel_link(link.id)

    with pytest.raises(NotAllowed, match="already exists"):
        world.state.create_link(amount=1, currency="KZT", order_reference="A")

    assert list(world.state.links()) == [link]


def test_links_without_an_order_reference_do_not_collide(world: World) -> None:
    world.state.create_link(amount=1, currency="KZT")
    world.state.create_link(amount=1, currency="KZT")

    assert len(world.state.links()) == 2


def test_a_link_that_would_be_expired_at_once_is_refused(world: World) -> None:
    with pytest.raises(NotAllowed, match="future"):
        world.state.create_link(amount=1, currency="KZT", expires_at=NOON)


def test_a_link_expires_at_its_time_and_can_then_not_be_paid(world: World) -> None:
    link = world.state.create_link(amount=1, currency="KZT", expires_at=NOON + HOUR)
    world.state.advance(HOUR - timedelta(seconds=1))
    assert world.state.link(link.id).status is LinkStatus.ACTIVE

    world.state.advance(timedelta(seconds=1))

    assert world.state.link(link.id).status is LinkStatus.EXPIRED
    with pytest.raises(NotAllowed, match="expired"):
        world.state.pay_link(link.id)


def test_an_expiry_can_be_moved_both_ways(world: World) -> None:
    later = world.state.create_link(amount=1, currency="KZT", expires_at=NOON + HOUR)
    sooner = world.state.create_link(
        amount=1, currency="KZT", expires_at=NOON + 3 * HOUR
    )
    world.state.update_link_expiration(later.id, NOON + 2 * HOUR)
    world.state.update_link_expiration(sooner.id, NOON + HOUR)

    world.state.advance(HOUR)

    assert (later.status, sooner.status) == (LinkStatus.ACTIVE, LinkStatus.EXPIRED)
    world.state.advance(HOUR)
    assert later.status is LinkStatus.EXPIRED


def test_a_link_without_expiry_stays_open(world: World) -> None:
    link = world.state.create_link(amount=1, currency="KZT")

    world.state.advance(300 * DAY)

    assert link.status is LinkStatus.ACTIVE


@pytest.mark.parametrize(
    "status", [LinkStatus.PAID, LinkStatus.EXPIRED, LinkStatus.CANCELLED]
)
def test_only_an_active_link_can_be_paid_cancelled_or_moved(
    world: World, status: LinkStatus
) -> None:
    state = world.state
    link = state.create_link(amount=1, currency="KZT", expires_at=NOON + HOUR)
    if status is LinkStatus.PAID:
        state.pay_link(link.id)
    elif status is LinkStatus.CANCELLED:
        state.cancel_link(link.id)
    else:
        state.advance(HOUR)

    for refused in (
        lambda: state.pay_link(link.id),
        lambda: state.decline_link(link.id),
        lambda: state.cancel_link(link.id),
        lambda: state.update_link_expiration(link.id, NOON + DAY),
    ):
        with pytest.raises(NotAllowed, match=status):
            refused()
    assert link.status is status


def test_paying_walks_through_the_statuses_and_holds_the_money_in_major_units(
    world: World,
) -> None:
    payment = world.paid(2_200_050)

    steps = [entry.status for entry in payment.transaction.history]
    assert steps == [Status.CREATED, Status.THREE_D_SECURE, Status.AUTHORIZED]
    assert payment.transaction.amount == payment.held == Decimal("22000.50")
    assert payment.link is not None
    assert payment.link.status is LinkStatus.PAID


def test_a_declined_payment_holds_nothing_and_leaves_the_link_open_for_another_try(
    world: World,
) -> None:
    link = world.state.create_link(amount=100, currency="KZT", order_reference="A")

    declined = world.state.decline_link(link.id)

    assert declined.transaction.status is Status.REJECTED
    assert declined.held == declined.balance == 0
    paid = world.state.pay_link(link.id)
    assert world.state.payment_of_link(link.id) is paid
    assert world.state.payment_by_order_reference("A") is paid
    assert declined.transaction.status is Status.REJECTED


@pytest.mark.parametrize(("auto_clearing", "delay"), [(True, HOUR), (False, 5 * DAY)])
def test_a_payment_is_captured_by_itself_when_its_time_has_come(
    world: World, auto_clearing: bool, delay: timedelta
) -> None:
    payment = world.paid(auto_clearing=auto_clearing)
    world.state.advance(delay - timedelta(seconds=1))
    assert payment.transaction.status is Status.AUTHORIZED

    world.state.advance(timedelta(seconds=1))

    assert payment.transaction.status is Status.CHARGED
    assert payment.captured == 22000
    assert payment.transaction.processed_at == NOON + delay


def test_what_falls_due_together_happens_in_the_order_of_time(world: World) -> None:
    slow = world.paid(auto_clearing=False)
    quick = world.paid()

    world.state.advance(30 * DAY)

    assert quick.transaction.processed_at == NOON + HOUR
    assert slow.transaction.processed_at == NOON + 5 * DAY
    assert [
        balance for name, balance in world.events if name == "transaction.charged"
    ] == [22000, 44000]


def test_a_capture_takes_everything_unless_told_otherwise(world: World) -> None:
    payment = world.paid()

    moved = world.state.capture(payment.id)

    assert (moved.amount, moved.balance, payment.held) == (22000, 22000, 0)


def test_a_partial_capture_leaves_the_rest_on_hold_until_it_is_cancelled(
    world: World,
) -> None:
    payment = world.paid()

    captured = world.state.capture(payment.id, Decimal("15000.01"))
    assert (captured.balance, payment.held) == (Decimal("15000.01"), Decimal("6999.99"))
    assert payment.transaction.status is Status.CHARGED

    released = world.state.cancel(payment.id)
    assert (released.amount, released.balance) == (
        Decimal("6999.99"),
        Decimal("15000.01"),
    )
    assert payment.transaction.status is Status.CHARGED
    assert ("transaction.cancelled", Decimal("15000.01")) not in world.events
    with pytest.raises(NotAllowed):
        world.state.cancel(payment.id)


def test_the_rest_of_a_partial_capture_is_released_when_the_automatic_capture_would_have_come(
    world: World,
) -> None:
    payment = world.paid(auto_clearing=False)
    world.state.capture(payment.id, 15000)

    world.state.advance(5 * DAY)

    assert (payment.captured, payment.held, payment.released) == (15000, 0, 7000)


def test_a_captured_payment_cannot_be_captured_again(world: World) -> None:
    payment = world.paid()
    world.state.capture(payment.id, 1)

    with pytest.raises(NotAllowed, match="must be authorized: it is charged"):
        world.state.capture(payment.id, 1)

    assert payment.captured == 1


def test_a_capture_of_more_than_was_authorized_is_refused(world: World) -> None:
    payment = world.paid()

    with pytest.raises(NotAllowed, match="less than or equal"):
        world.state.capture(payment.id, Decimal("22000.01"))

    assert payment.held == 22000


@pytest.mark.parametrize(
    "amount",
    [
        0,
        -1,
        Decimal("0.001"),
        Decimal("1E-50"),
        Decimal("1E+50"),
        Decimal("NaN"),
        Decimal("Infinity"),
    ],
)
def test_an_amount_that_the_currency_cannot_express_moves_nothing(
    world: World, amount: Decimal | int
) -> None:
    payment = world.paid()
    with pytest.raises(NotAllowed, match="amount"):
        world.state.capture(payment.id, amount)
    world.state.capture(payment.id)
    with pytest.raises(NotAllowed, match="amount"):
        world.state.refund(payment.id, amount)
    with pytest.raises(NotAllowed, match="amount"):
        world.state.charge_card(
            amount=amount, currency="KZT", card_token_id=payment.card_token_id
        )
    assert (payment.captured, payment.refunded) == (22000, 0)
    assert list(world.state.transactions()) == [payment.transaction]


def test_a_cancelled_payment_holds_nothing_and_is_not_captured_later(
    world: World,
) -> None:
    payment = world.paid()

    moved = world.state.cancel(payment.id)

    # The balance equals the amount, as in the sample of 2023.
    assert (moved.amount, moved.balance) == (22000, 22000)
    world.state.advance(10 * DAY)
    assert payment.transaction.status is Status.CANCELLED
    assert (payment.held, payment.captured) == (0, 0)
    with pytest.raises(NotAllowed, match="cancelled"):
        world.state.refund(payment.id)


def test_only_a_charged_payment_can_be_refunded(world: World) -> None:
    payment = world.paid()

    with pytest.raises(NotAllowed, match="only a charged"):
        world.state.refund(payment.id)

    assert payment.refunds == []


def test_a_refund_is_a_transaction_of_its_own_that_names_the_original(
    world: World,
) -> None:
    payment = world.charged(order_reference="A", description="Shoes")

    moved = world.state.refund(payment.id, 5000, order_reference="A-R1")

    refund = moved.transaction
    assert (refund.type, refund.status, refund.amount) == (
        "refund",
        Status.REFUNDED,
        5000,
    )
    assert (refund.parent_id, refund.payment_id) == (payment.transaction.id, payment.id)
    assert (refund.order_reference, refund.description) == ("A-R1", "Shoes")
    assert list(world.state.transactions()) == [refund, payment.transaction]
    assert world.state.transaction(refund.id) == (payment, refund)
    assert (payment.transaction.status, moved.balance) == (Status.CHARGED, 17000)


def test_refunds_end_with_the_balance(world: World) -> None:
    payment = world.charged()
    world.state.refund(payment.id, Decimal("21999.99"))
    with pytest.raises(NotAllowed, match="balance"):
        world.state.refund(payment.id, Decimal("0.02"))

    last = world.state.refund(payment.id)

    assert (last.amount, last.balance) == (Decimal("0.01"), 0)
    assert payment.transaction.status is Status.REFUNDED
    with pytest.raises(AlreadyRefunded, match="already refunded"):
        world.state.refund(payment.id)


def test_the_merchants_balance_follows_captures_and_refunds_by_currency(
    world: World,
) -> None:
    tenge = world.charged()
    world.charged(100, currency="USD")
    world.state.refund(tenge.id, 5000)

    balances = [
        balance
        for name, balance in world.events
        if name in ("transaction.charged", "transaction.refunded")
    ]
    assert balances == [22000, 1, 17000]


def test_a_payment_is_found_by_its_own_id_and_by_that_of_its_transaction(
    world: World,
) -> None:
    payment = world.paid()

    assert world.state.capture(payment.transaction.id, 1).payment is payment
    refund = world.state.refund(payment.id).transaction
    with pytest.raises(NotAllowed, match="refund, not a payment"):
        world.state.refund(refund.id)


def test_what_is_not_there_is_not_found(world: World) -> None:
    state = world.state
    for call in (
        lambda: state.link("pl_0"),
        lambda: state.link_by_order_reference("A"),
        lambda: state.cancel_link("pl_0"),
        lambda: state.pay_link("pl_0"),
        lambda: state.transaction("0"),
        lambda: state.payment_of_link("pl_0"),
        lambda: state.payment_by_order_reference("A"),
        lambda: state.capture("0"),
        lambda: state.cancel("0"),
        lambda: state.refund("0"),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_link_that_nobody_tried_to_pay_has_no_transaction(world: World) -> None:
    link = world.state.create_link(amount=1, currency="KZT")

    with pytest.raises(NotFound):
        world.state.payment_of_link(link.id)


def test_a_saved_card_can_be_charged_by_the_merchant(world: World) -> None:
    initial = world.paid(
        metadata={"callbackUrl": "http://127.0.0.1/hook"},
        recurring={"type": "cof_initial"},
    )

    for given in (initial.transaction.id, initial.id, None):
        again = world.state.charge_card(
            amount=Decimal("10.99"),
            currency="KZT",
            card_token_id=initial.card_token_id,
            initial_transaction_id=given,
        )
        assert (again.transaction.status, again.held) == (
            Status.AUTHORIZED,
            Decimal("10.99"),
        )
        assert again.transaction.parent_id == initial.transaction.id
        assert again.callback_url == initial.callback_url

    world.state.advance(HOUR)
    assert again.transaction.status is Status.CHARGED


def test_a_card_that_was_never_authorized_or_is_not_of_that_transaction_is_not_charged(
    world: World,
) -> None:
    declined = world.state.decline_link(
        world.state.create_link(amount=1, currency="KZT").id
    )
    paid = world.paid()

    for token, initial in (
        (declined.card_token_id, declined.transaction.id),
        (declined.card_token_id, paid.transaction.id),
        (paid.card_token_id, "unknown"),
        ("unknown", None),
    ):
        with pytest.raises(NotAllowed):
            world.state.charge_card(
                amount=1,
                currency="KZT",
                card_token_id=token,
                initial_transaction_id=initial,
            )
    assert len(world.state.transactions()) == 2


def test_a_reset_forgets_everything_and_returns_to_the_real_time(world: World) -> None:
    payment = world.paid(order_reference="A")
    world.state.advance(timedelta(minutes=59))

    world.state.reset()

    assert world.state.settle() == NOON
    assert (list(world.state.links()), list(world.state.transactions())) == ([], [])
    with pytest.raises(NotFound):
        world.state.capture(payment.id)
    assert world.paid(order_reference="A").transaction.created_at == NOON
    world.state.advance(30 * DAY)
    assert payment.transaction.status is Status.AUTHORIZED


@pytest.mark.parametrize("by", [timedelta(seconds=-1), timedelta.max])
def test_the_clock_moves_ahead_only_and_stays_in_the_calendar(
    world: World, by: timedelta
) -> None:
    with pytest.raises(ValueError, match=r"ahead|calendar"):
        world.state.advance(by)

    assert world.state.settle() == NOON


amounts = st.one_of(
    st.integers(min_value=1, max_value=3000).map(
        lambda minor: Decimal(minor).scaleb(-2)
    ),
    st.sampled_from(
        [Decimal(0), Decimal(-1), Decimal("0.001"), Decimal("1.015"), Decimal("1E+20")]
    ),
)


class Money(RuleBasedStateMachine):
    """Any sequence of calls, against a ledger that is kept by what the calls answered."""

    payments: Bundle[Payment] = Bundle("payments")

    def __init__(self) -> None:
        super().__init__()
        self.balance = Decimal(0)
        self.state = State(Clock(lambda: NOON), self.note)
        self.captured: dict[str, Decimal] = {}
        self.refunded: dict[str, Decimal] = {}
        self.released: dict[str, Decimal] = {}

    def note(self, event: Event) -> None:
        if event.status is Status.CHARGED:
            assert event.transaction.processed_amount is not None
            self.balance += event.transaction.processed_amount
            self.captured[event.payment.id] = event.transaction.processed_amount
        elif event.status is Status.REFUNDED:
            self.balance -= event.transaction.amount
        assert event.merchant_balance == self.balance >= 0

    @rule(target=payments, amount=st.integers(1, 2000), auto_clearing=st.booleans())
    def pay(self, amount: int, auto_clearing: bool) -> Payment:
        link = self.state.create_link(
            amount=amount, currency="KZT", auto_clearing=auto_clearing
        )
        return self.state.pay_link(link.id)

    @rule(target=payments, amount=st.integers(1, 2000))
    def decline(self, amount: int) -> Payment:
        return self.state.decline_link(
            self.state.create_link(amount=amount, currency="KZT").id
        )

    @rule(target=payments, initial=payments, amount=amounts)
    def charge_again(self, initial: Payment, amount: Decimal) -> Payment:
        try:
            return self.state.charge_card(
                amount=amount,
                currency="KZT",
                card_token_id=initial.card_token_id,
                initial_transaction_id=initial.id,
            )
        except Refusal:
            return initial

    @rule(payment=payments, amount=st.none() | amounts)
    def capture(self, payment: Payment, amount: Decimal | None) -> None:
        before = self.money_of(payment)
        try:
            moved = self.state.capture(payment.id, amount)
        except Refusal:
            assert self.money_of(payment) == before
            return
        assert 0 < moved.amount <= before[0]
        assert amount is None or moved.amount == amount
        assert self.captured[payment.id] == moved.amount

    @rule(payment=payments)
    def cancel(self, payment: Payment) -> None:
        before = self.money_of(payment)
        try:
            moved = self.state.cancel(payment.id)
        except Refusal:
            assert self.money_of(payment) == before
            return
        assert moved.amount > 0
        assert payment.id not in self.released
        self.released[payment.id] = moved.amount

    @rule(payment=payments, amount=st.none() | amounts)
    def refund(self, payment: Payment, amount: Decimal | None) -> None:
        before = self.money_of(payment)
        try:
            moved = self.state.refund(payment.id, amount)
        except Refusal:
            assert self.money_of(payment) == before
            return
        assert moved.amount > 0
        assert amount is None or moved.amount == amount
        self.refunded[payment.id] = (
            self.refunded.get(payment.id, Decimal(0)) + moved.amount
        )

    @rule(hours=st.integers(0, 60))
    def wait(self, hours: int) -> None:
        self.state.advance(hours * HOUR)

    @invariant()
    def no_more_moves_than_was_authorized(self) -> None:
        for payment in self.all_payments():
            captured = self.captured.get(payment.id, Decimal(0))
            released = self.released.get(payment.id, Decimal(0))
            refunded = self.refunded.get(payment.id, Decimal(0))
            assert payment.authorized in (0, payment.transaction.amount)
            assert captured + released <= payment.authorized
            assert refunded <= captured
            assert payment.captured == captured
            assert (
                payment.refunded
                == refunded
                == sum(refund.amount for refund in payment.refunds)
            )
            assert min(payment.held, payment.balance, payment.released) >= 0
            assert (
                payment.held + payment.captured + payment.released == payment.authorized
            )

    @invariant()
    def every_amount_is_whole_in_minor_units(self) -> None:
        for transaction in self.state.transactions():
            assert transaction.amount > 0
            assert transaction.amount * 100 == int(transaction.amount * 100)

    def teardown(self) -> None:
        self.state.advance(6 * DAY)
        self.no_more_moves_than_was_authorized()
        for payment in self.all_payments():
            assert payment.held == 0

    def all_payments(self) -> list[Payment]:
        return [
            self.state.transaction(row.id)[0]
            for row in self.state.transactions()
            if row.type == "payment"
        ]

    def money_of(
        self, payment: Payment
    ) -> tuple[Decimal, Decimal, Decimal, Decimal, Status]:
        self.state.settle()
        return (
            payment.held,
            payment.captured,
            payment.released,
            payment.refunded,
            payment.transaction.status,
        )


TestNoSequenceMovesMoreMoneyThanWasAuthorized = Money.TestCase
TestNoSequenceMovesMoreMoneyThanWasAuthorized.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None
)
