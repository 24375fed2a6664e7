"""The test values that the vendor's documentation names, and what each leads to.

Documented (2023): the test cards of v1 with their 3-D Secure, the two amounts, the security code 444, the
verification, `moto` and the exemption of a low value. Documented: the cards, security codes, postal codes and
risk cards of v2.

Stand-in choices, made because no public source says otherwise:

* The errors that decline a lost or a stolen card, and what a wrong postal code does: see `checkout_cards`.
* What a blocked and a reviewed card lead to, and that a wrong security code declines.
* What the banks of the cards do whose payer cancels, whose result is lost, and whose result is an error: see `cards`.
  That the payment is rejected is documented for the last two.
* The names of the scenarios are ours.

A row whose result is such a choice says `stand-in`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

_LIST_OF_2023: Final = "plexypay/docs-portal (2023), getting_started.md"
_TESTS_OF_V2: Final = "https://plexy.money/docs/testing/result-codes"
_RISKS_OF_V2: Final = "https://plexy.money/docs/testing/risk-features"


class Api(StrEnum):
    """Name the API that a scenario belongs to."""

    V1 = "v1"
    V2 = "v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Describe one test value.

    Args:
        name: The name of the scenario.
        api: The API that it belongs to.
        what: What the payer or the shop does, for people.
        expected: What comes of it: `charged`, `rejected`, `verified`, `Authorised`, `Refused`, or the code of an error.
        evidence: How well it is known: `documented` or `documented-2023`; `stand-in` for a choice of the sandbox.
        source: Where it was read.
        number: The number of the card.
        cvv: Its security code.
        amount: The amount: in major units for v1, in minor units for v2.
        otp: What the payer types at the bank, if it asks.
        fields: Further fields of the request.
        advance: Seconds after which the result is there, where nobody answers the bank.
    """

    name: str
    api: Api
    what: str
    expected: str
    evidence: str
    source: str
    number: str
    cvv: str = "123"
    amount: int = 22_000
    otp: str = "555"
    fields: Mapping[str, Any] | None = None
    advance: int = 0

    @property
    def has_page(self) -> bool:
        """Return whether a payer can do it on a page: only a server sends further fields."""
        return self.fields is None

    def show(self) -> dict[str, str]:
        """Return the scenario as a row of the table."""
        return {
            "name": self.name,
            "api": self.api,
            "what": self.what,
            "expected": self.expected,
            "evidence": self.evidence,
            "source": self.source,
        }


def _v1(name: str, what: str, expected: str, number: str, **more: Any) -> Scenario:
    facts: dict[str, Any] = {"evidence": "documented-2023", "source": _LIST_OF_2023}
    facts |= more
    return Scenario(
        name=name,
        api=Api.V1,
        what=what,
        expected=expected,
        number=number,
        **facts,
    )


def _v2(
    name: str, what: str, expected: str, number: str = "4242424242424242", **more: Any
) -> Scenario:
    facts: dict[str, Any] = {"evidence": "documented", "source": _TESTS_OF_V2}
    facts |= more
    return Scenario(
        name=name,
        api=Api.V2,
        what=what,
        expected=expected,
        number=number,
        amount=2_200_000,
        **facts,
    )


def _rows() -> Iterator[Scenario]:
    visa, mastercard = "4111111111111111", "5555555555554444"
    yield _v1("challenge-code", "Visa; the payer types 555", "charged", visa)
    yield _v1(
        "challenge-code-wrong",
        "Visa; the payer types 111",
        "rejected",
        visa,
        otp="111",
    )
    yield _v1(
        "challenge-code-mastercard",
        "Mastercard; the payer types 555",
        "charged",
        mastercard,
    )
    yield _v1(
        "challenge-oob", "the payer confirms out of band", "charged", "4200000000000000"
    )
    yield _v1(
        "challenge-html", "the payer confirms on a page", "charged", "4640170131116658"
    )
    yield _v1(
        "challenge-required", "the payer has to confirm", "charged", "4918914107195005"
    )
    yield _v1(
        "challenge-single-select",
        "the payer chooses one answer",
        "charged",
        "5283901669012672",
    )
    yield _v1(
        "challenge-cancelled",
        "the payer cancels",
        "rejected",
        "4001880000000055",
        evidence="stand-in",
    )
    yield _v1(
        "challenge-result-lost",
        "the bank's result does not arrive",
        "rejected",
        "5440382741349178",
        advance=600,
    )
    yield _v1(
        "challenge-error",
        "the bank's result is an error",
        "rejected",
        "5168159443230322",
    )
    yield _v1("frictionless", "the bank does not ask", "charged", "4907639999909022")
    yield _v1(
        "frictionless-rejected",
        "Visa; the bank rejects (R)",
        "rejected",
        "4907639999990022",
    )
    yield _v1(
        "frictionless-rejected-mastercard",
        "Mastercard; the bank rejects (R)",
        "rejected",
        "5283901906612672",
    )
    yield _v1(
        "frictionless-failed", "the bank denies (N)", "rejected", "4907630099999922"
    )
    yield _v1(
        "not-enrolled",
        "the payer is not enrolled (N)",
        "rejected",
        "5283901901266672",
    )
    yield _v1(
        "wrong-number",
        "the check digit does not fit",
        "rejected",
        "4111111111111110",
    )
    yield _v1(
        "amount-20050",
        "the amount 20050: response code 05",
        "rejected",
        visa,
        amount=20_050,
    )
    yield _v1(
        "amount-20510",
        "the amount 20510: response code 51",
        "rejected",
        visa,
        amount=20_510,
    )
    yield _v1(
        "wrong-security-code",
        "the security code 444",
        "rejected",
        visa,
        cvv="444",
    )
    yield _v1(
        "verification",
        "a verification with the amount 0",
        "verified",
        visa,
        amount=0,
        fields={"transaction_type": "verification"},
    )
    yield _v1(
        "moto", "a payment by mail or telephone", "charged", visa, fields={"moto": True}
    )
    yield _v1(
        "low-value",
        "the exemption of a low value",
        "charged",
        visa,
        fields={"sca_exemption": "low_value"},
    )
    yield _v2("v2-visa", "Visa", "Authorised")
    yield _v2("v2-mastercard", "Mastercard", "Authorised", mastercard)
    yield _v2("v2-amex", "American Express", "Authorised", "378282246310005")
    yield _v2("v2-declined", "declined", "card_declined", "4000000000000002")
    yield _v2(
        "v2-insufficient-funds",
        "insufficient funds",
        "insufficient_funds",
        "4000000000009995",
    )
    yield _v2(
        "v2-lost",
        "a lost card",
        "card_declined",
        "4000000000009987",
        evidence="stand-in",
    )
    yield _v2(
        "v2-stolen",
        "a stolen card",
        "card_declined",
        "4000000000009979",
        evidence="stand-in",
    )
    yield _v2("v2-expired", "an expired card", "expired_card", "4000000000000069")
    yield _v2(
        "v2-incorrect-cvc",
        "a card whose security code is wrong",
        "incorrect_cvc",
        "4000000000000127",
    )
    yield _v2(
        "v2-processing-error",
        "an error of processing",
        "processing_error",
        "4000000000000119",
    )
    yield _v2(
        "v2-incorrect-number",
        "a wrong number",
        "incorrect_number",
        "4000000000000101",
    )
    yield _v2(
        "v2-security-code-000",
        "the security code 000 fails",
        "incorrect_cvc",
        cvv="000",
        source=_RISKS_OF_V2,
        evidence="stand-in",
    )
    yield _v2(
        "v2-security-code-999",
        "the security code 999 is not checked",
        "Authorised",
        cvv="999",
        source=_RISKS_OF_V2,
    )
    yield _v2(
        "v2-postal-code-00000",
        "the postal code 00000 fails",
        "card_declined",
        source=_RISKS_OF_V2,
        fields={"options": {"extra_body": {"billingAddress": {"postalCode": "00000"}}}},
        evidence="stand-in",
    )
    yield _v2(
        "v2-blocked",
        "the highest risk: blocked",
        "Refused",
        "4000000000004954",
        source=_RISKS_OF_V2,
        evidence="stand-in",
    )
    yield _v2(
        "v2-review",
        "an elevated risk: review",
        "Authorised",
        "4000000000009235",
        source=_RISKS_OF_V2,
        evidence="stand-in",
    )


SCENARIOS: Final[Mapping[str, Scenario]] = {
    scenario.name: scenario for scenario in _rows()
}
"""All scenarios, by name."""
