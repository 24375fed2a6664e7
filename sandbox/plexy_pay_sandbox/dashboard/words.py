"""Say moments, amounts and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..bills import amount_text
from ..card_payments import LINK_CLOSED, NOT_AUTHENTICATED, RESULT_LOST
from ..checkout_api import BLOCKED, NOT_CONFIRMED
from ..records import CURRENCY_DIGITS
from ..state import DECLINED


class Tone(StrEnum):
    """The colour of what is said. The words say it, too."""

    GOOD = "good"
    BAD = "bad"
    WAITING = "waiting"
    QUIET = "quiet"


#: The refusals that are no decision of the bank about the card.
_REASONS: Final[Mapping[str, str]] = {
    DECLINED: "the payment page was told to decline",
    NOT_AUTHENTICATED: "the payer was not confirmed by 3-D Secure",
    RESULT_LOST: "the result of 3-D Secure did not come within ten minutes",
    LINK_CLOSED: "the payer came back from the bank to a link that was no longer active",
    NOT_CONFIRMED: "the shopper did not confirm at the bank",
    BLOCKED: "a risk rule blocked the payment",
}


def why_refused(refusal: str | None) -> str:
    """Return why a payment was refused, as the end of a sentence."""
    if refusal is None:
        return "the bank declined the card"
    known = _REASONS.get(refusal)
    if known is not None:
        return known
    return f"the bank declined the card ({_uncapitalized(refusal.rstrip('.'))})"


def _uncapitalized(text: str) -> str:
    """Return a text with a small first letter, unless it begins with an abbreviation."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def day_and_time(moment: datetime) -> str:
    """Return a moment to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def minor_amount(amount: int, currency: str) -> str:
    """Return an amount in minor units as people write it."""
    digits = CURRENCY_DIGITS.get(currency, 2)
    return amount_text(Decimal(amount).scaleb(-digits), currency)


def span(by: timedelta) -> str:
    """Return a span of time in its largest units."""
    seconds = int(by.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    units = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds % 60, "s"))
    words = [f"{number} {unit}" for number, unit in units if number]
    return " ".join(words[:2]) or "0 s"
