"""Host-to-host payments, and 3-D Secure.

Documented (2023), and kept here: the fields, `action: 3ds-required` with `success: true`, a refusal with HTTP
200 and `success: false`, response code 05 for the amount 20050 and 51 for 20510, and the success of a payment by
mail or telephone (`moto`) or of low value.

Stand-in choices, made because no public source says otherwise:

* Card data are never decrypted, so the documented test cards cannot be told apart: all act like one that asks
  for a challenge. Either an encrypted card number or the token of a card of an authorized payment is required.
* The refusing amounts refuse at once, before any challenge.
* `skipThreeDS`, `moto` and `low_value` go without a challenge, and so does a `verification`, which needs the amount
  0, moves no money and leaves no transaction.
* The `transStatus` of `cres` decides: `Y` and `A` finish the payment, everything else refuses it. Each challenge
  has one answer.
* A `sale` is charged as soon as it is authorized; an `auth` is captured by itself after 5 days.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from . import wire
from .money import exact_amount, known_currency
from .records import Payment, Status
from .refusals import NotAllowed
from .state import State

REFUSALS: Final[Mapping[Decimal, tuple[str, str]]] = {
    Decimal(20050): ("05", "Do not honor"),
    Decimal(20510): ("51", "Insufficient funds"),
}
"""The amounts, in major units, that are refused: response code and text."""

APPROVED: Final = "Approved and completed successfully"

_SOURCE = "payments"
_RESULTS: Final = frozenset({"Y", "N", "U", "A", "R"})
_AUTHENTICATED: Final = frozenset({"Y", "A"})


@dataclass(frozen=True, slots=True)
class Challenge:
    """A payment that waits for its payer."""

    payment: Payment
    sale: bool
    notification_url: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a host-to-host payment. `payment` is None for a verification.

    A payment that waits has neither a response code nor a 3-D Secure status.
    """

    id: str
    amount: Decimal
    currency: str
    order_reference: str | None
    card_token_id: str
    success: bool
    message: str
    payment: Payment | None = None
    waits: bool = False
    response_code: str | None = None
    three_ds_status: str | None = None


class DirectPayments:
    """The host-to-host payments.

    Args:
        state: The payments.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.forget()

    def forget(self) -> None:
        """Forget which payments wait."""
        self._challenges: dict[str, Challenge] = {}

    def create(self, body: Mapping[str, Any]) -> Outcome:
        """Make a payment.

        Raises:
            NotAllowed: if the amount cannot be, or no card is given, or its token is not known.
        """
        now = self._state.settle()
        order: Mapping[str, Any] = body["orderDetails"]
        token = self._card(body.get("cardData") or {})
        currency: str = order["currency"]
        if body["transactionType"] == "verification":
            return self._verify(order, currency, token)
        amount = exact_amount(order["amount"], currency, _SOURCE)
        recurring: Mapping[str, Any] = body.get("recurring") or {}
        recurring_type = recurring.get("recurringType")
        sale = body["transactionType"] == "sale"
        payment = self._state.open_payment(
            amount=amount,
            currency=currency,
            now=now,
            card_token_id=token,
            recurring_type=recurring_type,
            callback_url=None,
            customer_id=None,
            auto_clearing=sale,
            order_reference=order.get("orderReference"),
            description=order.get("description"),
        )
        if amount in REFUSALS:
            return self._refuse(payment, *REFUSALS[amount], now)
        if _asks_the_payer(body):
            payment.transaction.secure_3d = True
            self._state.reach(payment, payment.transaction, Status.THREE_D_SECURE, now)
            url = body.get("threeDSNotificationUrl")
            self._challenges[payment.transaction.id] = Challenge(payment, sale, url)
            return _outcome(payment, True, "Authentication required", waits=True)
        self._carry_out(payment, sale, now)
        return _outcome(payment, True, APPROVED, response_code="00")

    def challenge(self, transaction_id: str) -> Challenge | None:
        """The challenge of a payment, if it waits for one."""
        return self._challenges.get(transaction_id)

    def continue_three_ds(self, transaction_id: str, cres: str) -> Outcome:
        """Finish a payment with the bank's answer about its payer.

        Raises:
            NotFound: if there is no such transaction.
            NotAllowed: if it does not wait for a challenge, or the answer cannot be read.
        """
        now = self._state.settle()
        self._state.transaction(transaction_id)
        challenge = self._challenges.get(transaction_id)
        if challenge is None:
            raise NotAllowed("the transaction does not wait for 3-D Secure", _SOURCE)
        status = _trans_status(cres)
        del self._challenges[transaction_id]
        payment = challenge.payment
        if status not in _AUTHENTICATED:
            self._state.reach(payment, payment.transaction, Status.REJECTED, now)
            return _outcome(payment, False, "3-D Secure authentication failed", three_ds_status=status)
        self._carry_out(payment, challenge.sale, now)
        return _outcome(payment, True, APPROVED, response_code="00", three_ds_status=status)

    def _card(self, card: Mapping[str, Any]) -> str:
        token: str | None = card.get("tokenId")
        if token is None:
            if not card.get("encryptedCardNumber"):
                raise NotAllowed("cardData needs encryptedCardNumber or tokenId", _SOURCE)
            return str(self._state.new_id())
        if not self._state.card_is_saved(token):
            raise NotAllowed("tokenId is not a known card", _SOURCE)
        return token

    def _verify(self, order: Mapping[str, Any], currency: str, token: str) -> Outcome:
        known_currency(currency, _SOURCE)
        amount = Decimal(order["amount"])
        if amount:
            raise NotAllowed("the amount of a verification must be 0", _SOURCE)
        return Outcome(
            id=str(self._state.new_id()),
            amount=amount,
            currency=currency,
            order_reference=order.get("orderReference"),
            card_token_id=token,
            success=True,
            message=APPROVED,
            response_code="00",
        )

    def _refuse(self, payment: Payment, code: str, message: str, now: datetime) -> Outcome:
        self._state.reach(payment, payment.transaction, Status.REJECTED, now)
        return _outcome(payment, False, message, response_code=code)

    def _carry_out(self, payment: Payment, sale: bool, now: datetime) -> None:
        self._state.authorize(payment, now)
        if sale:
            self._state.charge(payment, payment.held, now)


def cres_of(trans_status: str) -> str:
    """What a bank posts as the result of a challenge: `Y` for a payer who confirmed, `N` for one who did not."""
    return _encode({"messageType": "CRes", "transStatus": trans_status})


def creq_of(transaction_id: str) -> str:
    """The request for a challenge, as the payer's browser posts it to the bank."""
    return _encode({"messageType": "CReq", "threeDSServerTransID": transaction_id})


def session_data_of(transaction_id: str) -> str:
    """What the bank sends back beside `cres`, as in the sample of the documentation."""
    return _encode({"transactionId": transaction_id})


def _asks_the_payer(body: Mapping[str, Any]) -> bool:
    return not (
        body.get("skipThreeDS") is True or body.get("moto") is True or body.get("scaExemption") == "low_value"
    )


def _outcome(
    payment: Payment,
    success: bool,
    message: str,
    *,
    waits: bool = False,
    response_code: str | None = None,
    three_ds_status: str | None = None,
) -> Outcome:
    return Outcome(
        id=payment.transaction.id,
        amount=payment.transaction.amount,
        currency=payment.transaction.currency,
        order_reference=payment.transaction.order_reference,
        card_token_id=payment.card_token_id,
        success=success,
        message=message,
        payment=payment,
        waits=waits,
        response_code=response_code,
        three_ds_status=three_ds_status,
    )


def _trans_status(cres: str) -> str:
    try:
        read = wire.loads(base64.b64decode(cres + "=" * (-len(cres) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise NotAllowed("cres is not base64url of a JSON object", _SOURCE) from None
    status = cast("dict[str, object]", read).get("transStatus") if isinstance(read, dict) else None
    if not isinstance(status, str) or status not in _RESULTS:
        raise NotAllowed("cres has no transStatus", _SOURCE)
    return status


def _encode(value: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(wire.dumps(value)).decode().rstrip("=")
