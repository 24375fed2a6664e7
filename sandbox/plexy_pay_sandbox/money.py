"""Exact amounts, and who has which money.

Stand-in choices, made because no public source says otherwise:

* The sandbox knows the currencies that the documentation names: KZT, USD and EUR.
* No balance is ever negative: what would make it so is refused. That holds for refunds, too: a merchant who
  has paid out what was captured cannot refund it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from .records import CURRENCY_DIGITS, ZERO
from .refusals import InsufficientBalance, NotAllowed

TOO_MUCH: Final = Decimal(10) ** 15
"""More than any payment, and few enough digits that Decimal arithmetic (28 digits) never rounds."""

OUTSIDE: Final = "outside"
"""Cards and bank accounts: where the money comes from and goes to. The one account that may be negative."""

MERCHANT: Final = "merchant"
"""The merchant's balance of the Pay API."""

AGENT: Final = "agent"
"""The agent's balance of the Gate."""

_DECIMAL_TEXT: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")


class Ledger:
    """The balances of all accounts, by currency and in major units.

    Money is only ever moved from one account to another, so all balances of a currency always add up to zero.
    """

    def __init__(self) -> None:
        self._balances: dict[tuple[str, str], Decimal] = {}

    def balance(self, account: str, currency: str) -> Decimal:
        """Return what an account has."""
        return self._balances.get((account, currency), ZERO)

    def balances(self) -> Mapping[tuple[str, str], Decimal]:
        """Return all balances by account and currency."""
        return dict(self._balances)

    def require(
        self, account: str, amount: Decimal, currency: str, source: str
    ) -> None:
        """Make sure that an account has an amount.

        Raises:
            InsufficientBalance: if it has less.
        """
        if account != OUTSIDE and self.balance(account, currency) < amount:
            raise InsufficientBalance(f"insufficient balance in {currency}", source)

    def move(
        self, giver: str, taker: str, amount: Decimal, currency: str, source: str
    ) -> None:
        """Move a positive amount from one account to another.

        Raises:
            InsufficientBalance: if the giver has less.
        """
        if amount <= 0:
            raise ValueError("only a positive amount can be moved")
        self.require(giver, amount, currency, source)
        self._balances[giver, currency] = self.balance(giver, currency) - amount
        self._balances[taker, currency] = self.balance(taker, currency) + amount

    def forget(self) -> None:
        """Forget all balances."""
        self._balances.clear()


def known_currency(currency: str, source: str) -> int:
    """Return the decimals of a currency.

    Raises:
        NotAllowed: if the sandbox does not know the currency.
    """
    digits = CURRENCY_DIGITS.get(currency)
    if digits is None:
        raise NotAllowed(
            f"the sandbox knows the currencies {', '.join(CURRENCY_DIGITS)}", source
        )
    return digits


def exact_amount(
    amount: Decimal | int, currency: str, source: str = "payments"
) -> Decimal:
    """Return a positive amount in major units that the currency can express.

    Raises:
        NotAllowed: if it is none.
    """
    digits = known_currency(currency, source)
    exact = Decimal(amount)
    # The size comes first: arithmetic on a number of a million digits would take its time, or round.
    if not exact.is_finite() or exact.adjusted() >= 15 or exact <= 0:
        raise NotAllowed("amount must be a positive number in major units", source)
    as_minor = exact.scaleb(digits)
    if len(exact.as_tuple().digits) > 28 or as_minor != as_minor.to_integral_value():
        raise NotAllowed(
            f"amount must have at most {digits} decimals in {currency}", source
        )
    return exact


def major_amount(minor: int, currency: str, source: str) -> Decimal:
    """Return a positive whole number of minor units as an amount in major units.

    Raises:
        NotAllowed: if it is not positive, or more than any payment.
    """
    digits = known_currency(currency, source)
    if not 0 < minor < TOO_MUCH:
        raise NotAllowed("amount must be a positive number of minor units", source)
    return Decimal(minor).scaleb(-digits)


def read_decimal_text(text: str, source: str) -> Decimal:
    """Return an amount that is written as text in major units, `"10.00"`.

    Raises:
        NotAllowed: if the text is no such amount, or zero.
    """
    if _DECIMAL_TEXT.fullmatch(text) is None or not Decimal(text):
        raise NotAllowed(
            'an amount must be a positive decimal text such as "10.00"', source
        )
    return Decimal(text)


def decimal_text(amount: Decimal) -> str:
    """Return an amount as text in major units with two decimals: `"12.50"`.

    Raises:
        ValueError: if two decimals are not enough to write it exactly.
    """
    text = f"{amount:.2f}"
    if Decimal(text) != amount:
        raise ValueError("the amount has more than two decimals")
    return text
