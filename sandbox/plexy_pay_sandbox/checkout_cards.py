"""The test values of v2: what a card, its security code and a postal code do to a payment.

Documented, and kept here: the security codes 123 (passes), 000 (fails) and 999 (not checked), the postal codes 12345,
00000 and 99999 likewise, the cards that are declined and why, 4000000000004954 (blocked, the highest risk) and
4000000000009235 (review), and the fields `risk{level, score, factors}`, `status: blocked` and
`failure_reason: rule_blocked`.

Stand-in choices, made because no public source says otherwise:

* What a component encrypts cannot be read here. A test value is written as `test_` and the value, in
  `paymentMethod.encryptedCardNumber` and `paymentMethod.encryptedSecurityCode`; the postal code stands in
  `billingAddress.postalCode`. Anything else is no test value, and does nothing.
* A check that fails declines the card: the security code with `incorrect_cvc`, the postal code with `card_declined`.
  Lost and stolen cards are declined with `card_declined`, since the error codes have none of their own.
* The values of `level` (`highest`, `elevated`), `score` and `factors`. A payment under review is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

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


_DECLINES: Final[Mapping[str, Decline]] = {
    "4000000000000002": Decline("card_declined", "The card was declined."),
    "4000000000009995": Decline(
        "insufficient_funds", "There is not enough money on the card."
    ),
    "4000000000009987": Decline("card_declined", "The card was reported lost."),
    "4000000000009979": Decline("card_declined", "The card was reported stolen."),
    "4000000000000069": Decline("expired_card", "The card has expired."),
    "4000000000000127": Decline("incorrect_cvc", "The security code is wrong."),
    "4000000000000119": Decline("processing_error", "The card could not be processed."),
    "4000000000000101": Decline("incorrect_number", "The number of the card is wrong."),
}
_RISKS: Final[Mapping[str, Risk]] = {
    "4000000000004954": Risk("highest", 100, ("blocked_test_card",), blocks=True),
    "4000000000009235": Risk("elevated", 75, ("review_test_card",), blocks=False),
}


def decline_of(body: Mapping[str, Any]) -> Decline | None:
    """Return the decline that the test values of a payment ask for."""
    if _test_value(body, "encryptedSecurityCode") == _FAILING_CODE:
        return Decline("incorrect_cvc", "The security code is wrong.")
    if _part(body, "billingAddress").get("postalCode") == _FAILING_POSTAL_CODE:
        return Decline("card_declined", "The postal code is wrong.")
    return _DECLINES.get(_test_value(body, "encryptedCardNumber"))


def risk_of(body: Mapping[str, Any]) -> Risk | None:
    """Return the risk that the test card of a payment has."""
    return _RISKS.get(_test_value(body, "encryptedCardNumber"))


def _test_value(body: Mapping[str, Any], name: str) -> str:
    text = _part(body, "paymentMethod").get(name)
    if not isinstance(text, str) or not text.startswith(_PREFIX):
        return ""
    return text.removeprefix(_PREFIX)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object of the body; an empty one where something else stands, which the document allows."""
    part = body.get(name)
    return cast("Mapping[str, Any]", part) if isinstance(part, Mapping) else {}
