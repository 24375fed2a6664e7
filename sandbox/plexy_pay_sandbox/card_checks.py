"""Check a card that was typed: its check digit and its expiry."""

from __future__ import annotations

from datetime import datetime

from .named_cards import Card


def has_expired(card: Card, now: datetime) -> bool:
    """Return whether the last month of a card has passed."""
    return (2000 + int(card.year[-2:]), int(card.month)) < (now.year, now.month)


def check_digit_fits(number: str) -> bool:
    """Return whether the last digit of a card number is the one that Luhn's rule gives."""
    doubled = [
        int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))
    ]
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0
