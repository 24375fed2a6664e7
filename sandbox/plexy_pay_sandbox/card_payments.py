"""The decision about a payment by card: one for payment links and for host-to-host payments.

Documented (2023) for host-to-host payments, and kept here: response code 05 for the amount 20050 and 51 for 20510, the
test cards, code 1013 for a suspected fraud, and the success of a payment without a challenge.

Stand-in choices, made because no public source says otherwise:

* The triggers work on payment links, too, but not on their shortcut without a card.
* What refuses a card as such (check digit, expiry, CVV) and the refusing amounts refuse at once, before any challenge.
* The `transStatus` of `cres` decides: `Y` and `A` finish the payment, everything else refuses it, an error message
  too. Each challenge has one result. A `cres` that names another payment is refused.
* A link takes one successful payment. A payer who comes back from the bank to a link that is no longer active is
  refused, whatever the bank says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from .records import Bank, CardFace, Payment, Status
from .refusals import NotAllowed
from .state import State
from .three_ds import AUTHENTICATED, trans_status_of

REFUSALS: Final[Mapping[Decimal, tuple[str, str]]] = {
    Decimal(20050): ("05", "Do not honor"),
    Decimal(20510): ("51", "Insufficient funds"),
}
"""The amounts, in major units, that are refused: response code and text."""

APPROVED: Final = "Approved and completed successfully"
NOT_AUTHENTICATED: Final = "3-D Secure authentication failed"
LINK_CLOSED: Final = "The payment link is no longer active"

RESULT_LOST: Final = "The result of 3-D Secure did not come"

REQUIRED: Final = "3ds-required"
SKIPPED: Final = "3ds-skipped"
COMPLETED: Final = "3ds-completed"
"""The actions of responses."""

_SOURCE: Final = "payments"

_PATIENCE: Final = timedelta(minutes=10)
"""How long a payment waits whose bank loses the result."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """The decision of a bank that does not ask the payer.

    Attributes:
        status: The `transStatus` of 3-D Secure.
        reason: The `transStatusReason` of a refusal.
        message: The text of the response.
        code: The error number, where one is known.
    """

    status: str
    reason: str | None = None
    message: str = APPROVED
    code: int | None = None


UNASKED: Final[Mapping[Bank, Unasked]] = {
    Bank.TRUSTS: Unasked("Y"),
    Bank.REJECTS: Unasked("R", "11", "Authentication rejected (suspected fraud)", 1013),
    Bank.DENIES: Unasked("N", "01", "Authentication failed"),
    Bank.DOES_NOT_KNOW_THE_PAYER: Unasked(
        "N", "13", "Authentication failed: not enrolled"
    ),
}
"""The banks that decide without asking the payer (frictionless)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms on which a card is to pay.

    Attributes:
        cvv: The result of the check of the CVV; None, if there was none.
        sale: Whether the money is taken as soon as it is authorized.
        exempt: Whether the payment goes without a challenge.
        notification_url: Where the bank posts its result to.
    """

    cvv: str | None = None
    sale: bool = False
    exempt: bool = False
    notification_url: str | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A payment that waits for its payer."""

    payment: Payment
    terms: Terms

    @property
    def bank(self) -> Bank:
        """Return what the card's bank does."""
        return self.payment.card.bank


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a payment by card. `payment` is None for a verification.

    A payment that waits has neither a response code nor a 3-D Secure status.
    """

    id: str
    amount: Decimal
    currency: str
    order_reference: str | None
    card: CardFace
    card_token_id: str
    success: bool
    message: str
    payment: Payment | None = None
    action: str | None = None
    response_code: str | None = None
    code: int | None = None
    cvv_status: str | None = None
    three_ds_status: str | None = None
    three_ds_reason: str | None = None

    @property
    def waits(self) -> bool:
        """Return whether the payer has to confirm."""
        return self.action == REQUIRED


class CardPayments:
    """Decide about payments that have been opened.

    Args:
        state: The payments.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.forget()

    def forget(self) -> None:
        """Forget which payments wait."""
        self._challenges: dict[str, Challenge] = {}

    def begin(self, payment: Payment, terms: Terms, now: datetime) -> Outcome:
        """Carry a payment out, refuse it, or let it wait for its payer."""
        card = payment.card
        refusal = card.refusal or REFUSALS.get(payment.transaction.amount)
        if refusal is not None:
            code, message = refusal
            self._reject(payment, message, now)
            return _outcome(
                payment,
                False,
                message,
                response_code=code or None,
                cvv_status=terms.cvv,
            )
        if terms.exempt:
            self._carry_out(payment, terms, now)
            return _outcome(
                payment,
                True,
                APPROVED,
                action=SKIPPED,
                response_code="00",
                cvv_status=terms.cvv,
            )
        payment.transaction.secure_3d = True
        if (said := UNASKED.get(card.bank)) is not None:
            return self._go_by(said, payment, terms, now)
        self._state.reach(payment, payment.transaction, Status.THREE_D_SECURE, now)
        self._challenges[payment.transaction.id] = Challenge(payment, terms)
        if card.bank is Bank.LOSES_THE_RESULT:
            self._state.timeline.at(
                now + _PATIENCE, lambda due: self._give_up(payment, due)
            )
        return _outcome(payment, True, "Authentication required", action=REQUIRED)

    def challenge(self, transaction_id: str) -> Challenge | None:
        """Return the challenge of a payment, if it waits for one."""
        self._state.settle()
        return self._challenges.get(transaction_id)

    def finish(self, transaction_id: str, cres: str) -> Outcome:
        """Finish a payment with the bank's result about its payer.

        Raises:
            NotAllowed: if it does not wait for a challenge, or the result cannot be read, or is about another one.
        """
        now = self._state.settle()
        challenge = self._challenges.get(transaction_id)
        if challenge is None:
            raise NotAllowed("the transaction does not wait for 3-D Secure", _SOURCE)
        status = trans_status_of(cres, transaction_id)
        del self._challenges[transaction_id]
        payment = challenge.payment
        refused = NOT_AUTHENTICATED if status not in AUTHENTICATED else None
        if refused is None and _link_is_closed(payment):
            refused = LINK_CLOSED
        if refused is not None:
            self._reject(payment, refused, now)
            return _outcome(payment, False, refused, three_ds_status=status)
        self._carry_out(payment, challenge.terms, now)
        return _outcome(
            payment,
            True,
            APPROVED,
            response_code="00",
            cvv_status=challenge.terms.cvv,
            three_ds_status=status,
        )

    def _go_by(
        self, said: Unasked, payment: Payment, terms: Terms, now: datetime
    ) -> Outcome:
        """Carry a payment out, or refuse it, as a bank says that does not ask the payer."""
        if said.status in AUTHENTICATED:
            self._carry_out(payment, terms, now)
            return _outcome(
                payment,
                True,
                said.message,
                action=COMPLETED,
                response_code="00",
                cvv_status=terms.cvv,
                three_ds_status=said.status,
            )
        self._reject(payment, said.message, now)
        return _outcome(
            payment,
            False,
            said.message,
            code=said.code,
            three_ds_status=said.status,
            three_ds_reason=said.reason,
        )

    def _give_up(self, payment: Payment, due: datetime) -> None:
        if self._challenges.pop(payment.transaction.id, None) is not None:
            self._reject(payment, RESULT_LOST, due)

    def _reject(self, payment: Payment, message: str, now: datetime) -> None:
        payment.refusal = message
        self._state.reach(payment, payment.transaction, Status.REJECTED, now)

    def _carry_out(self, payment: Payment, terms: Terms, now: datetime) -> None:
        self._state.authorize(payment, now)
        if terms.sale:
            self._state.charge(payment, payment.held, now)


def _link_is_closed(payment: Payment) -> bool:
    return payment.link is not None and not payment.link.is_open


def _outcome(payment: Payment, success: bool, message: str, **facts: Any) -> Outcome:
    return Outcome(
        id=payment.transaction.id,
        amount=payment.transaction.amount,
        currency=payment.transaction.currency,
        order_reference=payment.transaction.order_reference,
        card=payment.card,
        card_token_id=payment.card_token_id,
        success=success,
        message=message,
        payment=payment,
        **facts,
    )
