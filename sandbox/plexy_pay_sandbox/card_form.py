"""Read the card that a payer has typed into a form, and say at which field something is wrong.

Only the form of each value is checked here. The bank decides about a card as such: a wrong check digit, an expiry in
the past and a wrong security code refuse the payment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from .named_cards import Card

FIELDS: Final = ("number", "expiry", "code", "holder")
"""The fields of the form."""

_FORMS: Final = {
    "number": "[0-9]{12,19}",
    "expiry": r"(0[1-9]|1[0-2])\s*[/.-]?\s*(?:20)?([0-9]{2})",
    "code": "[0-9]{3,4}",
    "holder": r"[^\W\d_].*",
}
_LIKE_AN_EXPIRY: Final = r"[0-9]{1,2}\s*[/.-]\s*[0-9]{2,4}"
_LONGEST_HOLDER: Final = 100


@dataclass(frozen=True, slots=True)
class CardForm:
    """A form as the payer left it.

    Attributes:
        values: The values that may be shown again: no number and no code that a payer has typed.
        errors: The key of the text that says what is wrong, by field.
        card: The card, if nothing is wrong.
    """

    values: Mapping[str, str] = field(default_factory=dict[str, str])
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    card: Card | None = None

    @property
    def first_error(self) -> str | None:
        """Return the first field in which something is wrong."""
        return next(iter(self.errors), None)


def read_card(content: bytes) -> CardForm | None:
    """Return the form that was posted; None, if what was posted has no field of a card."""
    posted = parse_qs(content.decode("utf-8", "replace"), keep_blank_values=True)
    if not posted.keys() & set(FIELDS):
        return None
    typed = {name: posted.get(name, [""])[0].strip() for name in FIELDS}
    typed["number"] = re.sub(r"[\s-]", "", typed["number"])
    errors = {name: error for name in FIELDS if (error := _error(name, typed[name]))}
    if errors:
        return CardForm(_kept(typed, errors), errors)
    expiry = re.fullmatch(_FORMS["expiry"], typed["expiry"])
    assert expiry is not None
    month, year = expiry.groups()
    return CardForm(
        card=Card(typed["number"], month, year, typed["code"], typed["holder"])
    )


def filled_with(card: Card) -> CardForm:
    """Return a form that has a test card in it."""
    digits = card.number
    groups = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    return CardForm(
        {
            "number": " ".join(groups),
            "expiry": f"{card.month}/{card.year}",
            "code": card.code,
            "holder": card.holder,
        }
    )


def _error(name: str, value: str) -> str | None:
    if not value:
        return f"{name}_missing"
    fits = re.fullmatch(_FORMS[name], value) and value.isprintable()
    if name == "holder":
        # Nobody's name has digits, and a number that was typed into the wrong field must not be kept.
        fits = fits and len(value) <= _LONGEST_HOLDER and not re.search(r"\d", value)
    return None if fits else f"{name}_wrong"


def _kept(typed: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, str]:
    """Return what may be shown again. A number in the wrong field may not."""
    kept: dict[str, str] = {}
    if "expiry" not in errors or re.fullmatch(_LIKE_AN_EXPIRY, typed["expiry"]):
        kept["expiry"] = typed["expiry"]
    if "holder" not in errors:
        kept["holder"] = typed["holder"]
    return kept
