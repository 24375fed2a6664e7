# plexy-pay runtime, written by hand in runtime/_core/redaction.py; the generator copies it unchanged.
"""Find personal data in any text, and replace them with the mask."""

from __future__ import annotations

import re

from .keys import MASK

_SHORTEST_CARD, _LONGEST_CARD = 13, 19
# The standard allows at most 64 characters before the @. The limit also keeps the search fast in hostile text.
_EMAIL = re.compile(r"[^\s@\"'<>(),:;=&?/\\]{1,64}(?:@|%40)[^\s@\"'<>(),:;=&?/\\]+")
_PHONE = re.compile(
    r"(?:[+\uff0b]|%2B)\W{0,2}\d(?:(?:%20|[\W_]){0,3}\d){6,18}", re.IGNORECASE
)
_BETWEEN = r"(?:%20|[\s+._\-\u00ad\u2010-\u2015\u2212\ufffd]){0,3}"
_DIGITS = re.compile(rf"\d(?:{_BETWEEN}\d){{12,}}")
_GAP = re.compile(r"%20|\D+")


def without_personal(text: str) -> str:
    """Return the text without card numbers, e-mail addresses and phone numbers."""
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(MASK, text)
    if "+" in text or "\uff0b" in text or "%2" in text:
        text = _PHONE.sub(MASK, text)
    if len(text) < _SHORTEST_CARD:
        return text
    return _DIGITS.sub(
        lambda found: MASK if _has_card_number(found[0]) else found[0], text
    )


def _has_card_number(text: str) -> bool:
    """Return whether neighboring groups of digits form a number of 13 to 19 digits with a valid check digit."""
    groups = _GAP.sub(" ", text).split()
    for first in range(len(groups)):
        digits = ""
        for group in groups[first : first + _LONGEST_CARD]:
            digits += group
            if len(digits) > _LONGEST_CARD:
                break
            if len(digits) >= _SHORTEST_CARD and luhn(digits):
                return True
    return False


def luhn(digits: str) -> bool:
    """Return whether the check digit of a card number is valid."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
