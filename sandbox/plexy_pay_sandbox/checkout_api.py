"""The v2 API of the checkout: payments that a merchant's server makes, and sessions.

Documented, and kept here: paths, header, amounts in minor units, the shape of errors, HTTP 402 with a
`card_error` for a declined card, what a session's result looks like, and the `Idempotency-Key` of a payment: the same
key and body get the cached result, other parameters a 409, and a key expires after 24 hours. `checkout_cards` has the
test values.

Stand-in choices, made because no public source says otherwise:

* Of the card data of the component, test values alone are read. The amounts that the Pay API refuses are declined
  here, too: 20050.00 (`card_declined`) and 20510.00 (`insufficient_funds`).
* A payment with `authenticationData.attemptAuthentication: always` gets a redirect to a page of the
  sandbox, which sends the shopper back to `returnUrl` with a `redirectResult`; that finishes the payment, once.
* Money is taken at once and belongs to the merchant's balance of the Pay API. The payments of v2 are no
  transactions of v1: they cannot be found, captured or refunded there.
* Each attempt to pay ends in an event, `payment.succeeded` or `payment.failed`; `webhooks` says where it goes.
* A session is paid at its `url`, a page of the sandbox, within an hour. The page gives a `sessionResult`. A
  declined attempt, and one that the risk system blocks, leaves the session open and its result without payments.
* The result that a key keeps is the first response: a decline, too, and a redirect after the shopper has confirmed. A
  request that is wrong takes no key. Without a key, the same call twice pays twice.
* A payment that the risk system blocks is `Refused`, with HTTP 200.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from .cards import CardReader
from .checkout_cards import Risk, Verdict
from .hiding import without_cards
from .money import MERCHANT, OUTSIDE, known_currency, major_amount
from .named_cards import Card
from .refusals import CardDeclined, Conflict, NotAllowed, NotFound
from .state import DECLINED, State
from .tables import NewestFirst, Table

SESSION_LIFETIME: Final = timedelta(hours=1)
"""How long a session can be paid."""

KEY_LIFETIME: Final = timedelta(hours=24)
"""How long an idempotency key is kept."""

DECLINES: Final[Mapping[Decimal, tuple[str, str]]] = {
    Decimal(20050): ("card_declined", "The card was declined."),
    Decimal(20510): ("insufficient_funds", "There is not enough money on the card."),
}
"""The amounts, in major units, that are declined: error code and text."""

BLOCKED: Final = "The payment was blocked by a risk rule."
"""The text of a session's payment that the risk system stopped."""

NOT_CONFIRMED: Final = "The shopper did not confirm the payment."
"""The text of a payment whose shopper refused at the bank."""

_SOURCE = "checkout"


@dataclass(frozen=True, slots=True)
class CheckoutPayment:
    """A payment of v2, in minor units. It is finished when `redirect` is None; `session_id` is that of its session."""

    reference_id: str
    value: int
    currency: str
    merchant_reference: str | None
    redirect: Redirect | None = None
    risk: Risk | None = None
    session_id: str | None = None

    @property
    def is_blocked(self) -> bool:
        """Return whether the risk system stopped it."""
        return self.risk is not None and self.risk.blocks


@dataclass(frozen=True, slots=True)
class Redirect:
    """A shopper who has to confirm, and what comes back when either is chosen."""

    id: str
    return_url: str | None
    confirmed: str
    refused: str


@dataclass(frozen=True, slots=True)
class CheckoutEvent:
    """The end of a payment, or of a failed attempt at one, with the reason of its failure."""

    id: str
    payment: CheckoutPayment
    succeeded: bool
    at: datetime
    reason: str | None = None

    @property
    def status(self) -> str:
        """Return what became of it."""
        return "succeeded" if self.succeeded else "failed"

    @property
    def name(self) -> str:
        """Return the event's name, `payment.succeeded` or `payment.failed`."""
        return f"payment.{self.status}"


@dataclass(slots=True)
class CheckoutAttempt:
    """A payment of v2 from its beginning on, for those who only look on."""

    payment: CheckoutPayment
    begun_at: datetime
    end: CheckoutEvent | None = None


@dataclass(frozen=True, slots=True)
class KeptResult:
    """The result of a request with an idempotency key."""

    request: Mapping[str, Any]
    payment: CheckoutPayment | None
    declined: tuple[str, str] = ("", "")

    def again(self) -> CheckoutPayment:
        """Return the payment that was made.

        Raises:
            CardDeclined: if the card was declined.
        """
        if self.payment is None:
            reason, message = self.declined
            raise CardDeclined(message, _SOURCE, reason)
        return self.payment


class SessionStatus(StrEnum):
    """State of a session; `completed` is documented."""

    PENDING = "pending"
    COMPLETED = "completed"
    EXPIRED = "expired"


@dataclass(slots=True)
class Session:
    """A payment that the component carries out by itself."""

    id: str
    request: Mapping[str, Any]
    data: str
    result: str
    expires_at: datetime
    status: SessionStatus = SessionStatus.PENDING
    payments: list[CheckoutPayment] = field(default_factory=list[CheckoutPayment])


class CheckoutApi:
    """Payments and sessions of v2.

    Args:
        state: The payments; the checkout uses its time, its ids and its ledger.
        reader: Reads the cards.
        on_event: Is called at the end of each payment, and of each failed attempt.
    """

    def __init__(
        self,
        state: State,
        reader: CardReader,
        on_event: Callable[[CheckoutEvent], None] = lambda event: None,
    ) -> None:
        self._state = state
        self._reader = reader
        self._on_event = on_event
        self.forget()

    def forget(self) -> None:
        """Forget all payments, sessions and idempotency keys."""
        self._waiting: Table[CheckoutPayment] = Table()
        self._waiting_by_result = self._waiting.grouped(_results)
        self._sessions: dict[str, Session] = {}
        self._kept: dict[str, KeptResult] = {}
        self._attempts: Table[CheckoutAttempt] = Table()
        self._attempts_by_session = self._attempts.grouped(_session_of)

    # --- those who only look on: nothing that has become due happens here -----------------------------------

    def seen_attempts(self) -> NewestFirst[CheckoutAttempt]:
        """Return all payments as they were left, the newest first."""
        return self._attempts.all()

    def seen_attempt(self, reference_id: str) -> CheckoutAttempt | None:
        """Return a payment as it was left."""
        return self._attempts.get(reference_id)

    def seen_attempts_of(self, session_id: str) -> NewestFirst[CheckoutAttempt]:
        """Return the payments of a session as they were left, the newest first."""
        return self._attempts_by_session.of(session_id)

    def seen_sessions(self) -> Iterator[Session]:
        """Yield all sessions as they were left, the newest first."""
        return reversed(self._sessions.values())

    def seen_session(self, session_id: str) -> Session | None:
        """Return a session as it was left."""
        return self._sessions.get(session_id)

    # --- the API --------------------------------------------------------------------------------------------

    def check_amount(self, amount: Mapping[str, Any] | None) -> None:
        """Make sure that an amount, if there is one, could be paid; zero is fine.

        Raises:
            NotAllowed: if it could not.
        """
        if amount is not None:
            known_currency(amount["currency"], _SOURCE)
            if amount["value"]:
                major_amount(amount["value"], amount["currency"], _SOURCE)

    def pay(self, body: Mapping[str, Any], key: str | None = None) -> CheckoutPayment:
        """Make a payment, or begin one that the shopper has to confirm.

        Args:
            body: The request.
            key: Its idempotency key; a request with the key of an earlier one gets that one's result.

        Raises:
            NotAllowed: if the amount cannot be, or the key is empty.
            Conflict: if the key was used with other parameters.
            CardDeclined: if the card is declined.
        """
        now = self._state.settle()
        if key is None:
            return self._pay(body)
        if not key:
            raise NotAllowed("Idempotency-Key is empty", _SOURCE)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._first(body)
            self._state.timeline.at(
                now + KEY_LIFETIME, lambda due: self._forget_key(key)
            )
        # Of a request that was repeated from a file the card is hidden, and any card fits it.
        elif kept.request not in (body, without_cards(body)):
            raise Conflict(
                "the Idempotency-Key was used with other parameters", _SOURCE
            )
        return kept.again()

    def _forget_key(self, key: str) -> None:
        self._kept.pop(key, None)

    def _first(self, body: Mapping[str, Any]) -> KeptResult:
        """Return what the first request with a key comes to; one that is wrong raises, and keeps nothing."""
        try:
            return KeptResult(dict(body), self._pay(body))
        except CardDeclined as refusal:
            return KeptResult(dict(body), None, (refusal.reason, refusal.message))

    def _pay(self, body: Mapping[str, Any]) -> CheckoutPayment:
        authentication: Mapping[str, Any] = body.get("authenticationData") or {}
        verdict = self._reader.for_a_checkout(body)
        asks = authentication.get("attemptAuthentication") == "always" and not (
            verdict.risk and verdict.risk.blocks
        )
        redirect = (
            Redirect(self._code(), body.get("returnUrl"), self._code(), self._code())
            if asks
            else None
        )
        begun = self._begin(body["amount"], body.get("reference"), redirect)
        return self._carry_out(begun, verdict)

    def _carry_out(self, begun: CheckoutPayment, verdict: Verdict) -> CheckoutPayment:
        """Take the money of a payment, let it wait for its shopper, or refuse it, as the card wants it.

        Raises:
            CardDeclined: if the card is declined.
        """
        payment = replace(begun, risk=verdict.risk)
        decline = verdict.decline
        if decline is not None:
            self._tell(payment, refused=decline.message)
            raise CardDeclined(decline.message, _SOURCE, decline.code)
        if payment.is_blocked:
            self._tell(payment, refused=BLOCKED)
        elif payment.redirect is None:
            self._take(payment)
        else:
            self._waiting.add(payment.redirect.id, payment)
        return payment

    def waiting(self, redirect_id: str) -> Redirect:
        """Return the redirect of a payment that waits for its shopper.

        Raises:
            NotFound: if there is none.
        """
        payment = self._waiting.get(redirect_id)
        if payment is None or payment.redirect is None:
            raise NotFound("there is no payment that waits here", _SOURCE)
        return payment.redirect

    def submit(self, details: Mapping[str, Any]) -> CheckoutPayment:
        """Finish a payment with what the shopper brought back.

        Raises:
            NotAllowed: if no payment waits for that.
            CardDeclined: if the shopper did not confirm.
        """
        self._state.settle()
        result = details.get("redirectResult")
        payment = (
            self._waiting_by_result.latest(result) if isinstance(result, str) else None
        )
        if payment is None or payment.redirect is None:
            raise NotAllowed("redirectResult is not of a payment that waits", _SOURCE)
        self._waiting.remove(payment.redirect.id)
        if result == payment.redirect.refused:
            self._tell(payment, refused=NOT_CONFIRMED)
            raise CardDeclined(NOT_CONFIRMED, _SOURCE, "card_declined")
        self._take(payment)
        return replace(payment, redirect=None)

    def create_session(self, body: Mapping[str, Any]) -> Session:
        """Prepare a payment that the component carries out.

        Raises:
            NotAllowed: if the amount cannot be.
        """
        now = self._state.settle()
        amount = body["amount"]
        major_amount(amount["value"], amount["currency"], _SOURCE)
        session = Session(
            id=f"CS{self._code()}",
            request=dict(body),
            data=self._code(),
            result=self._code(),
            expires_at=now + SESSION_LIFETIME,
        )
        self._sessions[session.id] = session
        self._state.timeline.at(session.expires_at, lambda due: _expire(session))
        return session

    def session(self, session_id: str) -> Session:
        """Return the session with this id.

        Raises:
            NotFound: if there is none.
        """
        self._state.settle()
        session = self._sessions.get(session_id)
        if session is None:
            raise NotFound("There is no such session.", _SOURCE)
        return session

    def session_result(self, session_id: str, result: str) -> Session:
        """Return the session with this id, for someone who knows its result.

        Raises:
            NotFound: if there is none.
            NotAllowed: if the result is not the session's.
        """
        session = self.session(session_id)
        if result != session.result:
            raise NotAllowed("sessionResult is not of this session", _SOURCE)
        return session

    def pay_session(self, session_id: str, card: Card | None = None) -> Session:
        """Do what a shopper does in the component.

        Args:
            session_id: The session.
            card: What the shopper has typed; without it, the card is one that nothing speaks against.

        Raises:
            NotFound: if there is no such session.
            NotAllowed: if it is paid or has expired.
            CardDeclined: if the card is declined.
        """
        session = self._open_session(session_id)
        request = session.request
        now = self._state.settle()
        verdict = self._reader.for_a_session(card, request, now) or Verdict()
        begun = self._begin(request["amount"], request["reference"], None, session.id)
        payment = self._carry_out(begun, verdict)
        if payment.is_blocked:
            raise CardDeclined(BLOCKED, _SOURCE, "rule_blocked")
        session.payments.append(payment)
        session.status = SessionStatus.COMPLETED
        return session

    def decline_session(self, session_id: str) -> Session:
        """Do what a shopper does whose card is declined: the session stays open.

        Raises:
            NotFound: if there is no such session.
            NotAllowed: if it is paid or has expired.
        """
        session = self._open_session(session_id)
        amount = session.request["amount"]
        payment = self._new_payment(
            amount, session.request["reference"], None, session.id
        )
        self._tell(payment, refused=DECLINED)
        return session

    def _open_session(self, session_id: str) -> Session:
        session = self.session(session_id)
        if session.status is not SessionStatus.PENDING:
            raise NotAllowed(f"the session is {session.status}", _SOURCE)
        return session

    def _begin(
        self,
        amount: Mapping[str, Any],
        reference: str | None,
        redirect: Redirect | None,
        session_id: str | None = None,
    ) -> CheckoutPayment:
        major = major_amount(amount["value"], amount["currency"], _SOURCE)
        payment = self._new_payment(amount, reference, redirect, session_id)
        if major in DECLINES:
            code, message = DECLINES[major]
            self._tell(payment, refused=message)
            raise CardDeclined(message, _SOURCE, code)
        return payment

    def _new_payment(
        self,
        amount: Mapping[str, Any],
        reference: str | None,
        redirect: Redirect | None,
        session_id: str | None = None,
    ) -> CheckoutPayment:
        payment = CheckoutPayment(
            self._code()[:16],
            amount["value"],
            amount["currency"],
            reference,
            redirect,
            session_id=session_id,
        )
        now = self._state.settle()
        self._attempts.add(payment.reference_id, CheckoutAttempt(payment, now))
        return payment

    def _take(self, payment: CheckoutPayment) -> None:
        amount = major_amount(payment.value, payment.currency, _SOURCE)
        self._state.ledger.move(OUTSIDE, MERCHANT, amount, payment.currency, _SOURCE)
        self._tell(payment)

    def _tell(self, payment: CheckoutPayment, *, refused: str | None = None) -> None:
        event = CheckoutEvent(
            f"evt_{self._state.new_id().hex}",
            payment,
            refused is None,
            self._state.settle(),
            refused,
        )
        attempt = self._attempts.get(payment.reference_id)
        if attempt is not None:
            attempt.payment, attempt.end = payment, event
        self._on_event(event)

    def _code(self) -> str:
        return self._state.new_id().hex.upper()


def _session_of(attempt: CheckoutAttempt) -> list[str]:
    """Return the session of a payment, if it has one."""
    session_id = attempt.payment.session_id
    return [] if session_id is None else [session_id]


def _results(payment: CheckoutPayment) -> list[str]:
    """Return what a shopper may bring back to finish a payment."""
    redirect = payment.redirect
    return [] if redirect is None else [redirect.confirmed, redirect.refused]


def _expire(session: Session) -> None:
    if session.status is SessionStatus.PENDING:
        session.status = SessionStatus.EXPIRED
