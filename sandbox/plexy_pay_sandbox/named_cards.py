"""Test cards by name: the buttons of the payment pages, and the names that `plexy-sandbox pay --card` takes.

The numbers and codes, and what each leads to, are documented; see `cards` and `checkout_cards`. The names, the
cardholder and the expiry are the sandbox's own, and so is the code 123 of a card whose code is no trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

_HOLDER: Final = "TEST PAYER"
_VALID_FOR_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class Card:
    """A card as a payer types it. It is never kept, and does not show its number.

    Attributes:
        number: The digits of the number.
        month: Two digits.
        year: Two digits.
        code: The security code.
        holder: The cardholder.
    """

    number: str = field(repr=False)
    month: str
    year: str
    code: str = field(repr=False)
    holder: str = _HOLDER


@dataclass(frozen=True, slots=True)
class NamedCard:
    """A test card.

    Attributes:
        number: Its number.
        leads_to: The key of the text that says what it leads to.
        code: The security code.
        expired: Whether its expiry lies in the past.
    """

    number: str
    leads_to: str
    code: str = "123"
    expired: bool = False

    def typed(self, now: datetime) -> Card:
        """Return the card as a payer types it."""
        year = now.year + (-1 if self.expired else _VALID_FOR_YEARS)
        return Card(self.number, "12", f"{year % 100:02d}", self.code)


LINK_CARDS: Final[Mapping[str, NamedCard]] = {
    "visa": NamedCard("4111111111111111", "card_code"),
    "mastercard": NamedCard("5555555555554444", "card_code"),
    "visa-confirm": NamedCard("4200000000000000", "card_confirm"),
    "mastercard-confirm": NamedCard("5283901669012672", "card_confirm"),
    "frictionless": NamedCard("4907639999909022", "card_frictionless"),
    "frictionless-rejected": NamedCard("4907639999990022", "card_rejected"),
    "frictionless-failed": NamedCard("4907630099999922", "card_failed"),
    "frictionless-not-enrolled": NamedCard("5283901901266672", "card_not_enrolled"),
    "challenge-cancelled": NamedCard("4001880000000055", "card_cancelled"),
    "challenge-lost": NamedCard("5440382741349178", "card_lost"),
    "challenge-error": NamedCard("5168159443230322", "card_bank_error"),
    "decline-security-code": NamedCard("4111111111111111", "card_wrong_code", "444"),
    "decline-expired": NamedCard("4111111111111111", "card_expired", expired=True),
    "decline-number": NamedCard("4111111111111110", "card_wrong_number"),
}
"""The test cards of a payment link."""

SESSION_CARDS: Final[Mapping[str, NamedCard]] = {
    "visa": NamedCard("4242424242424242", "card_paid"),
    "mastercard": NamedCard("5555555555554444", "card_paid"),
    "decline": NamedCard("4000000000000002", "card_declined"),
    "decline-insufficient-funds": NamedCard("4000000000009995", "card_no_funds"),
    "decline-lost": NamedCard("4000000000009987", "card_reported_lost"),
    "decline-stolen": NamedCard("4000000000009979", "card_reported_stolen"),
    "decline-expired": NamedCard("4000000000000069", "card_expired"),
    "decline-security-code": NamedCard("4242424242424242", "card_wrong_code", "000"),
    "decline-processing": NamedCard("4000000000000119", "card_processing"),
    "decline-number": NamedCard("4000000000000101", "card_wrong_number"),
    "risk-blocked": NamedCard("4000000000004954", "card_blocked"),
    "risk-review": NamedCard("4000000000009235", "card_review"),
}
"""The test cards of a session of v2."""
