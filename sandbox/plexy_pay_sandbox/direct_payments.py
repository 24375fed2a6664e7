"""Host-to-host payments, and 3-D Secure.

Documented (2023), and kept here: the fields, `action: 3ds-required` with `success: true`, `3ds-completed` and
`3ds-skipped` without a challenge, a refusal with HTTP 200 and `success: false`, with code 1013 for a suspected fraud,
response code 05 for the amount 20050 and 51 for 20510, the test cards, and the success of a payment by mail or
telephone (`moto`) or of low value.

Stand-in choices, made because no public source says otherwise:

* How cards are read, and what those do of which the list of test cards says little: see `cards`. Either an encrypted
  card or the token of a card of an authorized payment is required; a token acts as its card does.
* What refuses a card as such (check digit, expiry, CVV) and the refusing amounts refuse at once, before any challenge.
* `skipThreeDS`, `moto` and `low_value` go without a challenge, and so does a `verification`, which needs the amount
  0, moves no money and leaves no transaction.
* The `transStatus` of `cres` decides: `Y` and `A` finish the payment, everything else refuses it, an error message
  too. Each challenge has one result. A `cres` that names another payment is refused.
* A `sale` is charged as soon as it is authorized; an `auth` is captured by itself after 5 days.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast

from . import wire
from .cards import CardReader
from .money import exact_amount, known_currency
from .records import Bank, CardFace, Payment, Status
from .refusals import NotAllowed
from .state import State

REFUSALS: Final[Mapping[Decimal, tuple[str, str]]] = {
    Decimal(20050): ("05", "Do not honor"),
    Decimal(20510): ("51", "Insufficient funds"),
}
"""The amounts, in major units, that are refused: response code and text."""

APPROVED: Final = "Approved and completed successfully"

REQUIRED: Final = "3ds-required"
SKIPPED: Final = "3ds-skipped"
COMPLETED: Final = "3ds-completed"
"""The actions of responses."""

_SOURCE: Final = "payments"
_RESULTS: Final = frozenset({"Y", "N", "U", "A", "R"})
_AUTHENTICATED: Final = frozenset({"Y", "A"})
_ERROR: Final = "Erro"
"""The `messageType` of an error message of EMV 3-D Secure."""

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


@dataclass(frozen=True, slots=True)
class Challenge:
    """A payment that waits for its payer."""

    payment: Payment
    sale: bool
    cvv: str | None
    notification_url: str | None

    @property
    def bank(self) -> Bank:
        """Return what the card's bank does."""
        return self.payment.card.bank


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a host-to-host payment. `payment` is None for a verification.

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


class DirectPayments:
    """The host-to-host payments.

    Args:
        state: The payments.
        reader: Reads the cards.
    """

    def __init__(self, state: State, reader: CardReader) -> None:
        self._state = state
        self._reader = reader
        self.forget()

    def forget(self) -> None:
        """Forget which payments wait."""
        self._challenges: dict[str, Challenge] = {}

    def create(self, body: Mapping[str, Any]) -> Outcome:
        """Make a payment.

        Raises:
            NotAllowed: if the amount cannot be, or the card cannot be read, or its token is not known.
        """
        now = self._state.settle()
        order: Mapping[str, Any] = body["orderDetails"]
        token, card, cvv = self._card(body.get("cardData") or {}, now)
        currency: str = order["currency"]
        if body["transactionType"] == "verification":
            return self._verify(order, currency, token, card, cvv)
        amount = exact_amount(order["amount"], currency, _SOURCE)
        recurring: Mapping[str, Any] = body.get("recurring") or {}
        recurring_type = recurring.get("recurringType")
        sale = body["transactionType"] == "sale"
        payment = self._state.open_payment(
            amount=amount,
            currency=currency,
            now=now,
            card_token_id=token,
            card=card,
            recurring_type=recurring_type,
            callback_url=None,
            customer_id=None,
            auto_clearing=sale,
            order_reference=order.get("orderReference"),
            description=order.get("description"),
        )
        refusal = card.refusal or REFUSALS.get(amount)
        if refusal is not None:
            self._state.reach(payment, payment.transaction, Status.REJECTED, now)
            code, message = refusal
            return _outcome(
                payment, False, message, response_code=code or None, cvv_status=cvv
            )
        if _is_exempt(body):
            self._carry_out(payment, sale, now)
            return _outcome(
                payment,
                True,
                APPROVED,
                action=SKIPPED,
                response_code="00",
                cvv_status=cvv,
            )
        payment.transaction.secure_3d = True
        if (said := UNASKED.get(card.bank)) is not None:
            return self._go_by(said, payment, sale, cvv, now)
        self._state.reach(payment, payment.transaction, Status.THREE_D_SECURE, now)
        url = body.get("threeDSNotificationUrl")
        self._challenges[payment.transaction.id] = Challenge(payment, sale, cvv, url)
        if card.bank is Bank.LOSES_THE_RESULT:
            self._state.timeline.at(
                now + _PATIENCE, lambda due: self._give_up(payment, due)
            )
        return _outcome(payment, True, "Authentication required", action=REQUIRED)

    def challenge(self, transaction_id: str) -> Challenge | None:
        """Return the challenge of a payment, if it waits for one."""
        self._state.settle()
        return self._challenges.get(transaction_id)

    def continue_three_ds(self, transaction_id: str, cres: str) -> Outcome:
        """Finish a payment with the bank's result about its payer.

        Raises:
            NotFound: if there is no such transaction.
            NotAllowed: if it does not wait for a challenge, or the result cannot be read, or is about another one.
        """
        now = self._state.settle()
        self._state.transaction(transaction_id)
        challenge = self._challenges.get(transaction_id)
        if challenge is None:
            raise NotAllowed("the transaction does not wait for 3-D Secure", _SOURCE)
        status = _trans_status(cres, transaction_id)
        del self._challenges[transaction_id]
        payment = challenge.payment
        if status not in _AUTHENTICATED:
            self._state.reach(payment, payment.transaction, Status.REJECTED, now)
            return _outcome(
                payment,
                False,
                "3-D Secure authentication failed",
                three_ds_status=status,
            )
        self._carry_out(payment, challenge.sale, now)
        return _outcome(
            payment,
            True,
            APPROVED,
            response_code="00",
            cvv_status=challenge.cvv,
            three_ds_status=status,
        )

    def _card(
        self, card_data: Mapping[str, Any], now: datetime
    ) -> tuple[str, CardFace, str | None]:
        """Return the token of a card, its face, and what became of the check of its CVV."""
        token: str | None = card_data.get("tokenId")
        if token is None:
            card = self._reader.for_a_payment(card_data, now)
            return str(self._state.new_id()), card, "N" if card.wrong_cvv else "M"
        saved = self._state.saved_card(token)
        if saved is None:
            raise NotAllowed("tokenId is not a known card", _SOURCE)
        return token, saved, None

    def _verify(
        self,
        order: Mapping[str, Any],
        currency: str,
        token: str,
        card: CardFace,
        cvv: str | None,
    ) -> Outcome:
        known_currency(currency, _SOURCE)
        amount = Decimal(order["amount"])
        if amount:
            raise NotAllowed("the amount of a verification must be 0", _SOURCE)
        code, message = card.refusal or ("00", APPROVED)
        return Outcome(
            id=str(self._state.new_id()),
            amount=amount,
            currency=currency,
            order_reference=order.get("orderReference"),
            card=card,
            card_token_id=token,
            success=card.refusal is None,
            message=message,
            response_code=code or None,
            cvv_status=cvv,
        )

    def _go_by(
        self,
        said: Unasked,
        payment: Payment,
        sale: bool,
        cvv: str | None,
        now: datetime,
    ) -> Outcome:
        """Carry a payment out, or refuse it, as a bank says that does not ask the payer."""
        status, reason = said.status, said.reason
        if status in _AUTHENTICATED:
            self._carry_out(payment, sale, now)
            facts = {"action": COMPLETED, "response_code": "00", "cvv_status": cvv}
            return _outcome(
                payment, True, said.message, three_ds_status=status, **facts
            )
        self._state.reach(payment, payment.transaction, Status.REJECTED, now)
        return _outcome(
            payment,
            False,
            said.message,
            code=said.code,
            three_ds_status=status,
            three_ds_reason=reason,
        )

    def _give_up(self, payment: Payment, due: datetime) -> None:
        if self._challenges.pop(payment.transaction.id, None) is not None:
            self._state.reach(payment, payment.transaction, Status.REJECTED, due)

    def _carry_out(self, payment: Payment, sale: bool, now: datetime) -> None:
        self._state.authorize(payment, now)
        if sale:
            self._state.charge(payment, payment.held, now)


def cres_of(trans_status: str, transaction_id: str | None = None) -> str:
    """Return what a bank posts as the result of a challenge: `Y` for a payer who confirmed, `N` for one who did not.

    Args:
        trans_status: The result.
        transaction_id: The payment that it is about; without it, it fits every one.
    """
    about = {} if transaction_id is None else {"threeDSServerTransID": transaction_id}
    return _encode({"messageType": "CRes", "transStatus": trans_status} | about)


def error_of(transaction_id: str) -> str:
    """Return what a bank posts that could not make a challenge."""
    return _encode(
        {
            "messageType": _ERROR,
            "errorCode": "402",
            "threeDSServerTransID": transaction_id,
        }
    )


def creq_of(transaction_id: str) -> str:
    """Return the request for a challenge, as the payer's browser posts it to the bank."""
    return _encode({"messageType": "CReq", "threeDSServerTransID": transaction_id})


def session_data_of(transaction_id: str) -> str:
    """Return what the bank sends back beside `cres`, as in the sample of the documentation."""
    return _encode({"transactionId": transaction_id})


def _is_exempt(body: Mapping[str, Any]) -> bool:
    return (
        body.get("skipThreeDS") is True
        or body.get("moto") is True
        or body.get("scaExemption") == "low_value"
    )


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


def _trans_status(cres: str, transaction_id: str) -> str:
    try:
        read = wire.loads(
            base64.b64decode(
                cres + "=" * (-len(cres) % 4), altchars=b"-_", validate=True
            )
        )
    except (ValueError, binascii.Error):
        raise NotAllowed("cres is not base64url of a JSON object", _SOURCE) from None
    message = cast("dict[str, object]", read) if isinstance(read, dict) else {}
    if message.get("threeDSServerTransID", transaction_id) != transaction_id:
        raise NotAllowed("cres is about another payment", _SOURCE)
    # An error message means that the payer could not be authenticated.
    status = "U" if message.get("messageType") == _ERROR else message.get("transStatus")
    if not isinstance(status, str) or status not in _RESULTS:
        raise NotAllowed("cres has no transStatus", _SOURCE)
    return status


def _encode(value: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(wire.dumps(value)).decode().rstrip("=")
