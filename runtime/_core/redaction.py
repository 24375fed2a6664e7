# plexy-pay runtime, written by hand in runtime/_core/redaction.py; the generator copies it unchanged.
"""Redaction: find personal data in any text, and put the mask in their place."""

from __future__ import annotations

import re

from .keys import MASK

_SHORTEST_CARD, _LONGEST_CARD = 13, 19
# At most 64 characters before the @, as the standard says: a hostile text must not take long.
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
    """Whether neighboring groups of digits make a number of 13 to 19 digits with the right check digit."""
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
    """Return whether the check digit of a card number is right."""
    doubled = [
        int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))
    ]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
