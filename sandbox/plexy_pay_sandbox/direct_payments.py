"""Host-to-host payments: the part that the merchant's server decides. `card_payments` has the bank's part.

Documented (2023), and kept here: the fields, `action: 3ds-required` with `success: true`, `3ds-completed` and
`3ds-skipped` without a challenge, a refusal with HTTP 200 and `success: false`, and the success of a payment by mail or
telephone (`moto`) or of low value.

Stand-in choices, made because no public source says otherwise:

* How cards are read, and what those do of which the list of test cards says little: see `cards`. Either an encrypted
  card or the token of a card of an authorized payment is required; a token acts as its card does.
* `skipThreeDS`, `moto` and `low_value` go without a challenge, and so does a `verification`, which needs the amount
  0, moves no money and leaves no transaction.
* A `sale` is charged as soon as it is authorized; an `auth` is captured by itself after 5 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from .card_payments import APPROVED, CardPayments, Outcome, Terms
from .cards import CardReader, cvv_status_of
from .money import exact_amount, known_currency
from .records import CardFace
from .refusals import NotAllowed
from .state import State

_SOURCE: Final = "payments"


class DirectPayments:
    """The host-to-host payments.

    Args:
        state: The payments.
        reader: Reads the cards.
        card_payments: Decides about the payments.
    """

    def __init__(
        self, state: State, reader: CardReader, card_payments: CardPayments
    ) -> None:
        self._state = state
        self._reader = reader
        self._card_payments = card_payments

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
        terms = Terms(
            cvv=cvv,
            sale=sale,
            exempt=_is_exempt(body),
            notification_url=body.get("threeDSNotificationUrl"),
        )
        return self._card_payments.begin(payment, terms, now)

    def continue_three_ds(self, transaction_id: str, cres: str) -> Outcome:
        """Finish a payment with the bank's result about its payer.

        Raises:
            NotFound: if there is no such transaction.
            NotAllowed: if it does not wait for a challenge, or the result cannot be read, or is about another one.
        """
        payment, _ = self._state.transaction(transaction_id)
        if payment.link is not None:
            raise NotAllowed(
                "the transaction is a payment link's, whose page finishes it", _SOURCE
            )
        return self._card_payments.finish(transaction_id, cres)

    def _card(
        self, card_data: Mapping[str, Any], now: datetime
    ) -> tuple[str, CardFace, str | None]:
        """Return the token of a card, its face, and what became of the check of its CVV."""
        token: str | None = card_data.get("tokenId")
        if token is None:
            card = self._reader.for_a_payment(card_data, now)
            return str(self._state.new_id()), card, cvv_status_of(card)
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


def _is_exempt(body: Mapping[str, Any]) -> bool:
    return (
        body.get("skipThreeDS") is True
        or body.get("moto") is True
        or body.get("scaExemption") == "low_value"
    )
