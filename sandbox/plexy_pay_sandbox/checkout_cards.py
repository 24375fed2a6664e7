"""The test values of v2: what a card, its security code and a postal code do to a payment.

Documented, and kept here: the security codes 123 (passes), 000 (fails) and 999 (not checked), the postal codes 12345,
00000 and 99999 likewise, the cards that are declined and why, 4000000000004954 (blocked, the highest risk) and
4000000000009235 (review), and the fields `risk{level, score, factors}`, `status: blocked` and
`failure_reason: rule_blocked`.

Stand-in choices, made because no public source says otherwise:

* What a component encrypts cannot be read here. A test value is written as `test_` and the value, in
  `paymentMethod.encryptedCardNumber` and `paymentMethod.encryptedSecurityCode`; the postal code stands in
  `billingAddress.postalCode`. Anything else is no test value, and does nothing. On the page of a session a payer types
  the numbers as they are.
* A typed card whose check digit does not fit is declined with `incorrect_number`, one whose expiry has passed with
  `expired_card`.
* A check that fails declines the card: the security code with `incorrect_cvc`, the postal code with `card_declined`.
  Lost and stolen cards are declined with `card_declined`, since the error codes have none of their own.
* The values of `level` (`highest`, `elevated`), `score` and `factors`. A payment under review is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, cast

from .card_checks import check_digit_fits, has_expired
from .named_cards import Card

_PREFIX: Final = "test_"
_FAILING_CODE: Final = "000"
_FAILING_POSTAL_CODE: Final = "00000"


@dataclass(frozen=True, slots=True)
class Decline:
    """The reason to decline a card: the error code of v2, and a text."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Risk:
    """The judgement of the risk system about a payment."""

    level: str
    score: int
    factors: tuple[str, ...]
    blocks: bool


_EXPIRED: Final = Decline("expired_card", "The card has expired.")
_WRONG_CODE: Final = Decline("incorrect_cvc", "The security code is wrong.")
_WRONG_NUMBER: Final = Decline("incorrect_number", "The number of the card is wrong.")

_DECLINES: Final[Mapping[str, Decline]] = {
    "4000000000000002": Decline("card_declined", "The card was declined."),
    "4000000000009995": Decline(
        "insufficient_funds", "There is not enough money on the card."
    ),
    "4000000000009987": Decline("card_declined", "The card was reported lost."),
    "4000000000009979": Decline("card_declined", "The card was reported stolen."),
    "4000000000000069": _EXPIRED,
    "4000000000000127": _WRONG_CODE,
    "4000000000000119": Decline("processing_error", "The card could not be processed."),
    "4000000000000101": _WRONG_NUMBER,
}
_RISKS: Final[Mapping[str, Risk]] = {
    "4000000000004954": Risk("highest", 100, ("blocked_test_card",), blocks=True),
    "4000000000009235": Risk("elevated", 75, ("review_test_card",), blocks=False),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement about the card of a payment.

    Attributes:
        decline: The reason to decline it, if there is one.
        risk: What the risk system says about it, if it says something.
    """

    decline: Decline | None = None
    risk: Risk | None = None


@dataclass(frozen=True, slots=True)
class _CardValues:
    """The values of a payment that decide about it."""

    number: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    postal_code: str = ""


def verdict_of(body: Mapping[str, Any]) -> Verdict:
    """Return the verdict on the test values of a request."""
    values = _values_of(body)
    return Verdict(_decline_of(values), _RISKS.get(values.number))


def verdict_typed(card: Card, body: Mapping[str, Any], now: datetime) -> Verdict:
    """Return the verdict on a card that was typed on the page of a session, with what the session's request has."""
    values = replace(_values_of(body), number=card.number, code=card.code)
    decline = _fault_of(card, now) or _decline_of(values)
    return Verdict(decline, _RISKS.get(card.number))


def _values_of(body: Mapping[str, Any]) -> _CardValues:
    postal_code = _part(body, "billingAddress").get("postalCode")
    return _CardValues(
        _test_value(body, "encryptedCardNumber"),
        _test_value(body, "encryptedSecurityCode"),
        postal_code if isinstance(postal_code, str) else "",
    )


def _fault_of(card: Card, now: datetime) -> Decline | None:
    """Return the decline of a card that is wrong as such; a number that stands for a decline is right."""
    if card.number in _DECLINES:
        return None
    if not check_digit_fits(card.number):
        return _WRONG_NUMBER
    return _EXPIRED if has_expired(card, now) else None


def _decline_of(values: _CardValues) -> Decline | None:
    if values.code == _FAILING_CODE:
        return _WRONG_CODE
    if values.postal_code == _FAILING_POSTAL_CODE:
        return Decline("card_declined", "The postal code is wrong.")
    return _DECLINES.get(values.number)


def _test_value(body: Mapping[str, Any], name: str) -> str:
    text = _part(body, "paymentMethod").get(name)
    if not isinstance(text, str) or not text.startswith(_PREFIX):
        return ""
    return text.removeprefix(_PREFIX)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object of the body; an empty one where something else stands, which the document allows."""
    part = body.get(name)
    return cast("Mapping[str, Any]", part) if isinstance(part, Mapping) else {}
