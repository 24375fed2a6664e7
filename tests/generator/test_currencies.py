"""Of which currencies a document says otherwise than ISO 4217."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.generation import api_of, document

from generator import currencies


def disputed(*codes: str) -> list[str]:
    """The disputed currencies of a document with one amount, which lists those without decimals if there are any."""
    amount: dict[str, Any] = {"type": "integer", "x-amount-unit": "minor"}
    if codes:
        amount["x-currencies-without-decimals"] = list(codes)
    schemas = {"Price": {"type": "object", "properties": {"value": amount}}}
    return list(api_of(document(schemas)).disputed_currencies)


STANDARD = [code for code, exponent in currencies.exponents() if exponent == 0]


def test_a_document_without_a_list_disputes_nothing() -> None:
    assert disputed() == []


def test_the_list_of_iso_4217_disputes_nothing() -> None:
    assert disputed(*STANDARD) == []


@pytest.mark.parametrize("code", ["MGA", "KZT", "KWD"])
def test_a_currency_that_has_decimals_in_iso_4217_alone_is_in_dispute(
    code: str,
) -> None:
    assert disputed(*STANDARD, code) == [code]


def test_a_currency_that_has_none_in_iso_4217_alone_is_in_dispute() -> None:
    assert disputed(*(code for code in STANDARD if code != "ISK")) == ["ISK"]


def test_what_is_no_currency_is_not_in_dispute() -> None:
    assert disputed(*STANDARD, "BTC") == []
