"""Say how each payment and each payment link stands, and why it is not paid."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ..bills import amount_text
from ..checkout_api import SESSION_LIFETIME as _SESSION_LIFETIME
from ..checkout_api import CheckoutAttempt, Session, SessionStatus
from ..records import Link, LinkStatus, Payment, Status
from ..state import AUTO_CLEARING_DELAY, MANUAL_CLEARING_DELAY
from .sources import Sources
from .visits import Visits
from .webhook_news import Trouble, WebhookNews
from .words import Tone, day_and_time, minor_amount, why_refused

_NOT_FINISHED = "3-D Secure is not finished: the payer has not confirmed at the bank"
_NOT_CONFIRMED_YET = "the shopper has not confirmed at the bank"


class Standing(NamedTuple):
    """Represent how something stands.

    Attributes:
        words: One or two words.
        tone: Their colour.
        why: The end of the sentence that begins with whether it is paid.
        is_paid: Whether the money was authorized or taken.
    """

    words: str
    tone: Tone
    why: str
    is_paid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Represent a payment link, a session, or a payment without either.

    Attributes:
        id: Its id.
        kind: What it is.
        reference: The merchant's name for it.
        amount: The amount with its currency.
        at: When it was made.
        standing: How it stands.
        trouble: Why the shop may not know of it.
        about: The ids that its webhooks and requests name.
        link: The payment link, if it is one.
        session: The session, if it is one.
        payments: The payments of the Pay API, the newest first.
        attempts: The payments of v2, the newest first.
    """

    id: str
    kind: str
    reference: str | None
    amount: str
    at: datetime
    standing: Standing
    trouble: Trouble | None
    about: tuple[str, ...]
    link: Link | None = None
    session: Session | None = None
    payments: list[Payment] = field(default_factory=list[Payment])
    attempts: list[CheckoutAttempt] = field(default_factory=list[CheckoutAttempt])

    @property
    def name(self) -> str:
        """Return what a person calls it."""
        return self.reference or self.id

    @property
    def latest_at(self) -> datetime:
        """Return when something became of it last."""
        ends = [one.end.at for one in self.attempts if one.end is not None]
        changes = [one.transaction.updated_at for one in self.payments]
        return max([self.at, *ends, *changes])

    @property
    def headline(self) -> str:
        """Return one sentence about how it stands."""
        if not self.standing.is_paid:
            return f"{self.name} is not paid: {self.standing.why}."
        if self.trouble is not None:
            return f"{self.name} is paid, but the shop may not know it: {self.trouble.text}."
        return f"{self.name} is paid: {self.standing.why}."

    @property
    def tone(self) -> Tone:
        """Return the colour of the headline."""
        if self.standing.is_paid and self.trouble is not None:
            return self.trouble.tone
        return self.standing.tone


class Orders:
    """Read the payments and links of a sandbox as they were left.

    Args:
        sources: The parts of the sandbox.
    """

    def __init__(self, sources: Sources) -> None:
        self._state = sources.world.state
        self._checkout = sources.world.checkout
        self.visits = Visits(sources.log.all())
        self.news = WebhookNews(sources.sender)

    def all(self) -> Iterator[Order]:
        """Yield all of them, the newest first."""
        kinds = (self._links(), self._payments(), self._sessions(), self._attempts())
        return heapq.merge(*kinds, key=lambda order: order.at, reverse=True)

    def find(self, some_id: str) -> Order | None:
        """Return the one with an id; that of a link or session also by the id of one of its payments."""
        link = self._state.seen_link(some_id)
        if link is not None:
            return self._of_link(link)
        payment = self._state.seen_payment(some_id)
        if payment is not None:
            return self._of_payment(payment)
        session = self._checkout.seen_session(some_id)
        if session is not None:
            return self._of_session(session)
        attempt = self._checkout.seen_attempt(some_id)
        return None if attempt is None else self._of_attempt(attempt)

    # --- the Pay API ------------------------------------------------------------------------------------------

    def _links(self) -> Iterator[Order]:
        for link in self._state.seen_links():
            yield self._of_link(link)

    def _of_link(self, link: Link) -> Order:
        payments = list(self._state.seen_payments_of(link.id))
        about = tuple(one for payment in payments for one in _ids_of(payment))
        return Order(
            id=link.id,
            kind="Payment link",
            reference=link.order_reference,
            amount=amount_text(link.major_amount, link.currency),
            at=link.created_at,
            standing=self._standing_of_link(link, payments),
            trouble=self.news.trouble(about),
            about=(link.id, *about),
            link=link,
            payments=payments,
        )

    def _standing_of_link(self, link: Link, payments: list[Payment]) -> Standing:
        paid = [one for one in payments if one.authorized]
        if paid:
            return standing_of(paid[0])
        if link.status is LinkStatus.CANCELLED:
            return Standing("cancelled", Tone.QUIET, "the link was cancelled")
        tried = standing_of(payments[0]) if payments else None
        before = tried.why if tried else self._before_the_first_try(link.id)
        if link.status is LinkStatus.EXPIRED:
            moment = day_and_time(link.updated_at)
            why = f"the link expired at {moment}, and before that {before}"
            return Standing("expired", Tone.BAD, why)
        return tried or Standing("not paid yet", Tone.WAITING, before)

    def _before_the_first_try(self, page: str) -> str:
        """Return why nobody has tried to pay."""
        visits = self.visits.of(page)
        if not visits:
            return "nobody has opened the payment page"
        if visits[0].has_mistakes:
            return "the card form was sent with mistakes"
        return "the payment page was opened, and no card was sent"

    def _payments(self) -> Iterator[Order]:
        for payment in self._state.seen_payments():
            if payment.link is None:
                yield self._of_payment(payment)

    def _of_payment(self, payment: Payment) -> Order:
        if payment.link is not None:
            return self._of_link(payment.link)
        transaction, about = payment.transaction, _ids_of(payment)
        return Order(
            id=payment.id,
            kind="Card payment" if payment.is_host_to_host else "Saved card",
            reference=transaction.order_reference,
            amount=amount_text(transaction.amount, transaction.currency),
            at=transaction.created_at,
            standing=standing_of(payment),
            trouble=self.news.trouble(about),
            about=about,
            payments=[payment],
        )

    # --- v2 ---------------------------------------------------------------------------------------------------

    def _sessions(self) -> Iterator[Order]:
        for session in self._checkout.seen_sessions():
            yield self._of_session(session)

    def _of_session(self, session: Session) -> Order:
        attempts = list(self._checkout.seen_attempts_of(session.id))
        amount = session.request["amount"]
        about = tuple(one.payment.reference_id for one in attempts)
        return Order(
            id=session.id,
            kind="Session (v2)",
            reference=session.request["reference"],
            amount=minor_amount(amount["value"], amount["currency"]),
            at=session.expires_at - _SESSION_LIFETIME,
            standing=self._standing_of_session(session, attempts),
            trouble=self.news.trouble(about),
            about=(session.id, *about),
            session=session,
            attempts=attempts,
        )

    def _standing_of_session(
        self, session: Session, attempts: list[CheckoutAttempt]
    ) -> Standing:
        tried = _standing_of_attempt(attempts[0]) if attempts else None
        if session.status is SessionStatus.COMPLETED and tried:
            return tried
        before = tried.why if tried else self._before_the_first_try(session.id)
        if session.status is SessionStatus.EXPIRED:
            moment = day_and_time(session.expires_at)
            why = f"the session expired at {moment}, and before that {before}"
            return Standing("expired", Tone.BAD, why)
        return tried or Standing("not paid yet", Tone.WAITING, before)

    def _attempts(self) -> Iterator[Order]:
        for attempt in self._checkout.seen_attempts():
            if attempt.payment.session_id is None:
                yield self._of_attempt(attempt)

    def _of_attempt(self, attempt: CheckoutAttempt) -> Order:
        payment = attempt.payment
        session = self._checkout.seen_session(payment.session_id or "")
        if session is not None:
            return self._of_session(session)
        redirect = payment.redirect
        about = (payment.reference_id, *([redirect.id] if redirect else []))
        return Order(
            id=payment.reference_id,
            kind="Payment (v2)",
            reference=payment.merchant_reference,
            amount=minor_amount(payment.value, payment.currency),
            at=attempt.begun_at,
            standing=_standing_of_attempt(attempt),
            trouble=self.news.trouble(about),
            about=about,
            attempts=[attempt],
        )


def standing_of(payment: Payment) -> Standing:
    """Return how a payment of the Pay API stands."""
    status = payment.transaction.status
    if status is Status.AUTHORIZED:
        return Standing("authorized", Tone.GOOD, _capture_of(payment), is_paid=True)
    if status is Status.CHARGED:
        why = f"{_money(payment, payment.captured)} captured"
        if payment.refunded:
            why += f", {_money(payment, payment.refunded)} refunded"
        return Standing("captured", Tone.GOOD, why, is_paid=True)
    if status is Status.REFUNDED:
        why = f"all of it was refunded ({_money(payment, payment.refunded)})"
        return Standing("refunded", Tone.QUIET, why)
    if status is Status.CANCELLED:
        return Standing("cancelled", Tone.QUIET, "the hold on the card was released")
    if status is Status.THREE_D_SECURE:
        return Standing("waits for the payer", Tone.WAITING, _NOT_FINISHED)
    if status is Status.CREATED:
        return Standing("begun", Tone.WAITING, "the payment was only begun")
    return Standing("declined", Tone.BAD, why_refused(payment.refusal))


def _standing_of_attempt(attempt: CheckoutAttempt) -> Standing:
    """Return how a payment of v2 stands."""
    end = attempt.end
    if end is None:
        return Standing("waits for the shopper", Tone.WAITING, _NOT_CONFIRMED_YET)
    if end.succeeded:
        return Standing("paid", Tone.GOOD, "the money was taken", is_paid=True)
    return Standing("declined", Tone.BAD, why_refused(end.reason))


def _capture_of(payment: Payment) -> str:
    """Return when a hold is captured."""
    delay = AUTO_CLEARING_DELAY if payment.auto_clearing else MANUAL_CLEARING_DELAY
    at = payment.transaction.authorized_at or payment.transaction.created_at
    moment = day_and_time(at + delay)
    return (
        f"{_money(payment, payment.held)} on hold, captured automatically at {moment}"
    )


def _money(payment: Payment, amount: Decimal) -> str:
    return amount_text(amount, payment.transaction.currency)


def _ids_of(payment: Payment) -> tuple[str, ...]:
    refunds = (refund.id for refund in payment.refunds)
    return (payment.id, payment.transaction.id, *refunds)
