# plexy-pay runtime, written by hand in generator/runtime/money.py; the generator copies it unchanged.
"""Money: an exact amount in a currency, and its form on the wire.

The API mixes units: payment links take minor units (tiyn), captures and refunds take major units (tenge). `Money`
carries the amount in major units and is turned into the unit of each operation exactly, or not at all.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from .errors import InvalidParameterError
from .types import UNSET

Unit = Literal["minor", "major", "decimal-string"]


class Money:
    """An amount in major units (tenge, not tiyn) and an ISO 4217 currency code.

    Immutable, hashable, exact. `Money("22000", "KZT")` is twenty-two thousand tenge.

    Args:
        amount: The amount in major units: text, int or Decimal. A float is refused.
        currency: The ISO 4217 alphabetic code, for example `KZT`.

    Raises:
        InvalidParameterError: for a float, text that is not a decimal number, an unknown currency, or more decimals
            than the currency has (the client never rounds).
    """

    __slots__ = ("_amount", "_currency")

    _amount: Decimal
    _currency: str

    def __init__(self, amount: str | int | Decimal, currency: str) -> None:
        exact = _exact_decimal(amount)
        exponent = _exponent(currency)
        decimals = exact.as_tuple().exponent
        if (
            isinstance(decimals, int)
            and -decimals > exponent
            and exact != exact.quantize(Decimal(1).scaleb(-exponent))
        ):
            raise InvalidParameterError(
                f"{currency} has {exponent} decimals, so {exact} {currency} cannot be paid. Nothing was sent. "
                "Round the amount yourself before you make it Money."
            )
        object.__setattr__(self, "_amount", exact)
        object.__setattr__(self, "_currency", currency)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Money is immutable; {name} cannot be set.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"Money is immutable; {name} cannot be deleted.")

    @classmethod
    def from_minor(cls, amount: int, currency: str) -> Money:
        """Money from the smallest unit: `Money.from_minor(2_200_000, "KZT")` is 22000.00 KZT.

        Raises:
            InvalidParameterError: for anything but an int, or an unknown currency.
        """
        if not isinstance(amount, int) or isinstance(amount, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidParameterError("An amount in minor units is an int. Nothing was sent.")
        return cls(Decimal(amount).scaleb(-_exponent(currency)), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        return self._amount

    @property
    def currency(self) -> str:
        """The ISO 4217 code."""
        return self._currency

    @property
    def minor(self) -> int:
        """The amount in the smallest unit of the currency (tiyn for KZT)."""
        return int(self._amount.scaleb(_exponent(self._currency)))

    def __add__(self, other: Money) -> Money:
        return Money(self._amount + self._same_currency(other), self._currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self._amount - self._same_currency(other), self._currency)

    def __mul__(self, factor: int) -> Money:
        if not isinstance(factor, int) or isinstance(factor, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        return Money(self._amount * factor, self._currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self._amount, self._currency)

    def __bool__(self) -> bool:
        return bool(self._amount)

    def __lt__(self, other: Money) -> bool:
        return self._amount < self._same_currency(other)

    def __le__(self, other: Money) -> bool:
        return self._amount <= self._same_currency(other)

    def __gt__(self, other: Money) -> bool:
        return self._amount > self._same_currency(other)

    def __ge__(self, other: Money) -> bool:
        return self._amount >= self._same_currency(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self._currency == other._currency and self._amount == other._amount

    def __hash__(self) -> int:
        return hash((self._amount, self._currency))

    def __str__(self) -> str:
        return f"{self._amount:,.{_exponent(self._currency)}f} {self._currency}".replace(",", " ")

    def __repr__(self) -> str:
        return f"Money('{self._amount:f}', '{self._currency}')"

    def __reduce__(self) -> tuple[type[Money], tuple[str, str]]:
        return Money, (format(self._amount, "f"), self._currency)

    def _same_currency(self, other: Money) -> Decimal:
        if not isinstance(other, Money):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"Money and {type(other).__name__} do not mix; make both Money.")
        if other._currency != self._currency:
            raise InvalidParameterError(
                f"{self._currency} and {other._currency} do not mix: the client knows no exchange rate."
            )
        return other._amount


def wire_amount(value: Any, unit: Unit) -> Any:
    """An amount as the API wants it at one place: Money is turned into the unit, raw numbers stay as they are.

    Raises:
        InvalidParameterError: for a float, or a raw number of the wrong kind for the unit.
    """
    if isinstance(value, Money):
        if unit == "minor":
            return value.minor
        return _whole_or_decimal(value.amount) if unit == "major" else format(value.amount, "f")
    if value is None or value is UNSET:
        return value
    allowed: dict[Unit, tuple[type, ...]] = {
        "minor": (int,),
        "major": (int, Decimal),
        "decimal-string": (str,),
    }
    if isinstance(value, bool) or not isinstance(value, allowed[unit]):
        wanted = {"minor": "an int in minor units", "major": "an int or a Decimal in major units"}
        raise InvalidParameterError(
            f"An amount was given as {type(value).__name__}. Nothing was sent. "
            f"Pass Money or {wanted.get(unit, 'decimal text')}: the client never rounds or guesses a unit."
        )
    return value


def wire_currency(amount: Any, currency: Any, owner: str) -> Any:
    """The currency that goes beside an amount: that of the Money, or the one given with a raw number.

    Raises:
        InvalidParameterError: if the two differ, or neither is there.
    """
    if isinstance(amount, Money):
        if currency is not UNSET and currency != amount.currency:
            raise InvalidParameterError(
                f"{owner} was given an amount in {amount.currency} and the currency {currency}. Nothing was sent. "
                "Leave currency out when the amount is Money."
            )
        return amount.currency
    if currency is UNSET:
        raise InvalidParameterError(
            f"{owner} needs a currency. Nothing was sent. "
            'Pass amount=Money("22000", "KZT"), or currency="KZT" beside a raw number.'
        )
    return currency


def _whole_or_decimal(amount: Decimal) -> int | Decimal:
    return int(amount) if amount == amount.to_integral_value() else amount


def _exact_decimal(amount: object) -> Decimal:
    if isinstance(amount, (float, bool)) or not isinstance(amount, (str, int, Decimal)):
        raise InvalidParameterError(
            f"Money cannot be made of a {type(amount).__name__}. Nothing was sent. "
            'Pass text, an int or a Decimal: Money("22000.50", "KZT").'
        )
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        raise InvalidParameterError("The amount is not a decimal number. Nothing was sent.") from None
    # Fifteen digits before the point are more money than there is; beyond the context's precision, arithmetic rounds.
    if not exact.is_finite() or exact.adjusted() > 15:
        raise InvalidParameterError("The amount is not finite or far too large. Nothing was sent.")
    return exact


def _exponent(currency: str) -> int:
    from ._currencies import EXPONENTS

    exponent = EXPONENTS.get(currency)
    if exponent is None:
        raise InvalidParameterError(
            f"{currency!r} is not an ISO 4217 currency code with a known number of decimals. Nothing was sent. "
            "Write the code in capitals, for example KZT."
        )
    return exponent
