"""The part of a payment that a payer sees: amount, order, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from .records import CURRENCY_DIGITS, CardFace, Link, Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What stands on a page about a payment.

    Attributes:
        amount: The amount with its currency.
        reference: The merchant's name for the order.
        description: What it is for.
        card: The mask of the card that was used.
    """

    amount: str
    reference: str | None = None
    description: str | None = None
    card: str | None = None

    @classmethod
    def of_link(cls, link: Link, card: CardFace | None = None) -> Self:
        """Return the bill of a payment link."""
        return cls(
            amount=amount_text(link.major_amount, link.currency),
            reference=link.order_reference,
            description=link.description,
            card=None if card is None else card.mask,
        )

    @classmethod
    def of_payment(cls, payment: Payment) -> Self:
        """Return the bill of a payment with a card."""
        transaction = payment.transaction
        return cls(
            amount=amount_text(transaction.amount, transaction.currency),
            reference=transaction.order_reference,
            description=transaction.description,
            card=payment.card.mask,
        )


def amount_text(amount: Decimal, currency: str) -> str:
    """Return an amount in major units as people write it."""
    digits = f"{amount:,.{CURRENCY_DIGITS[currency]}f}"
    return f"{digits.replace(',', ' ')} {currency}"
