"""Tell how many decimals each currency has, and of which the document says otherwise than ISO 4217."""

from __future__ import annotations

from collections.abc import Collection

from iso4217 import Currency


def exponents() -> list[tuple[str, int]]:
    """Return the number of decimals of each currency in ISO 4217."""
    return sorted(
        (currency.code, currency.exponent)
        for currency in Currency
        if currency.exponent is not None
    )


def disputed(listed: Collection[str]) -> tuple[str, ...]:
    """Return the currencies that only one of the two has without decimals: the list of a document, or ISO 4217.

    A document without such a list disputes none.
    """
    if not listed:
        return ()
    standard = {code for code, exponent in exponents() if exponent == 0}
    known = {code for code, _ in exponents()}
    return tuple(sorted((set(listed) ^ standard) & known))
