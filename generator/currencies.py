"""How many decimals each currency has, and of which the document says otherwise than ISO 4217."""

from __future__ import annotations

from typing import Any

from iso4217 import Currency

from .document import sequence
from .normalising import every_schema

Json = dict[str, Any]

_MARK = "x-currencies-without-decimals"


def exponents() -> list[tuple[str, int]]:
    """Return the number of decimals of each currency in ISO 4217."""
    return sorted(
        (currency.code, currency.exponent) for currency in Currency if currency.exponent is not None
    )


def disputed(data: Json) -> list[str]:
    """Return the currencies that only one of the two has without decimals: the document's own list, or ISO 4217.

    A document without such a list disputes none.
    """
    listed = {str(code) for schema in every_schema(data) for code in sequence(schema.get(_MARK))}
    if not listed:
        return []
    standard = {code for code, exponent in exponents() if exponent == 0}
    known = {code for code, _ in exponents()}
    return sorted((listed ^ standard) & known)
