# plexy-pay runtime, written by hand in runtime/_core/money.py; the generator copies it unchanged.
"""Define `Money`, an exact amount in a currency, and convert it to and from the wire.

The API mixes units: payment links take minor units (tiyn), captures and refunds take major units (tenge). The client
converts `Money` exactly into the unit of each place, or refuses it. It converts amounts of responses the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, cast

from ..errors import InvalidParameterError
from .types import UNSET

Unit = Literal["minor", "major", "decimal-string", "unknown"]

# No real amount has more digits before the point, so a larger one is a mistake and is refused.
_MOST_DIGITS = 16
_LONGEST_CODE = 8
# Nobody writes more digits. The time to convert them to a whole number grows with the square of their number.
_MOST_WRITTEN = 100


class Money:
    """Represent an amount in major units (tenge, not tiyn) and its ISO 4217 currency code.

    Money is immutable, hashable and exact: it never rounds. `Money("22000", "KZT")` is twenty-two thousand tenge. Money
    of one currency can be added, subtracted, compared and summed, and multiplied by whole numbers. `str(money)` is
    `22 000.00 KZT`.

    pydantic, and so FastAPI, accepts it as the type of a field. Its JSON is
    `{"amount": "22000.00", "currency": "KZT"}`: the amount is text in major units, with all decimals of the currency. A
    whole number can be read as well, a float never.

    Args:
        amount: The amount in major units: text, int or Decimal. A float is refused.
        currency: The ISO 4217 alphabetic code, for example `KZT`.

    Raises:
        InvalidParameterError: for a float, text that is not a decimal number, an unknown currency, or more decimals
            than the currency has (the client never rounds).
    """

    __slots__ = ("_currency", "_minor")

    # A whole number of the smallest unit. An int is exact at any size, regardless of the decimal context.
    _minor: int
    _currency: str

    def __init__(self, amount: str | int | Decimal, currency: str) -> None:
        object.__setattr__(
            self,
            "_minor",
            _whole_units(_decimal(amount), currency, _exponent(currency)),
        )
        object.__setattr__(self, "_currency", currency)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Money is immutable; {name} cannot be set.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"Money is immutable; {name} cannot be deleted.")

    @classmethod
    def from_minor(cls, amount: int, currency: str) -> Money:
        """Return Money from an amount in the smallest unit: `Money.from_minor(2_200_000, "KZT")` is 22000.00 KZT.

        Raises:
            InvalidParameterError: if the amount is not an int, or the currency is unknown.
        """
        if not isinstance(amount, int) or isinstance(amount, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidParameterError(
                "An amount in minor units must be an int. Nothing was sent."
            )
        if abs(amount) >= 10 ** (_MOST_DIGITS + _exponent(currency)):
            raise InvalidParameterError(
                "The amount is far too large. Nothing was sent."
            )
        return cls(_decimal_text(amount, _exponent(currency)), currency)

    @property
    def amount(self) -> Decimal:
        """Return the amount in major units, with all decimals of the currency: `Decimal("22000.00")` for KZT."""
        return Decimal(_decimal_text(self._minor, _exponent(self._currency)))

    @property
    def currency(self) -> str:
        """Return the ISO 4217 code."""
        return self._currency

    @property
    def minor(self) -> int:
        """Return the amount in the smallest unit of the currency (tiyn for KZT)."""
        return self._minor

    def allocate(self, weights: Iterable[int]) -> list[Money]:
        """Divide the amount into parts by weight. The parts add up exactly to the whole.

        `price.allocate([70, 30])` returns 70 % and 30 %, `price.allocate([1] * 3)` returns three equal parts. The
        indivisible rest is given out in smallest units: first to the parts that lost most by rounding down, and among
        equals to earlier parts.

        Raises:
            InvalidParameterError: if a weight is not a whole number or is negative, or if all weights are zero.
        """
        shares = list(weights)
        are_valid = all(type(share) is int and share >= 0 for share in shares)
        whole = sum(shares) if are_valid else 0
        if not whole:
            raise InvalidParameterError(
                "Weights must be ints, none negative and not all zero. Nothing was sent."
            )
        size, sign = abs(self._minor), -1 if self._minor < 0 else 1
        parts = [size * share // whole for share in shares]
        largest_rest_first = sorted(
            range(len(shares)), key=lambda n: -(size * shares[n] % whole)
        )
        for number in largest_rest_first[: size - sum(parts)]:
            parts[number] += 1
        return [self._with(sign * part) for part in parts]

    def _with(self, minor: int) -> Money:
        return Money.from_minor(minor, self._currency)

    def __add__(self, other: Money) -> Money:
        return self._with(self._minor + self._same_currency(other))

    def __radd__(self, other: int) -> Money:
        # sum() starts with the int 0.
        return self if type(other) is int and other == 0 else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return self._with(self._minor - self._same_currency(other))

    def __mul__(self, factor: int) -> Money:
        if not isinstance(factor, int) or isinstance(factor, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"Money cannot be multiplied by a {type(factor).__name__}, because the result may need rounding. "
                "Compute with money.amount, round as your contract says, and make Money of the result; "
                "or divide it with money.allocate(weights)."
            )
        return self._with(self._minor * factor)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return self._with(-self._minor)

    def __abs__(self) -> Money:
        return self._with(abs(self._minor))

    def __bool__(self) -> bool:
        return bool(self._minor)

    def __lt__(self, other: Money) -> bool:
        return self._minor < self._same_currency(other)

    def __le__(self, other: Money) -> bool:
        return self._minor <= self._same_currency(other)

    def __gt__(self, other: Money) -> bool:
        return self._minor > self._same_currency(other)

    def __ge__(self, other: Money) -> bool:
        return self._minor >= self._same_currency(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self._currency == other._currency and self._minor == other._minor

    def __hash__(self) -> int:
        return hash((self._minor, self._currency))

    def __str__(self) -> str:
        return f"{_decimal_text(self._minor, _exponent(self._currency), ' ')} {self._currency}"

    def __format__(self, spec: str) -> str:
        """Return the text, filled and aligned like any text: `f"{money:>20}"`."""
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f"Money('{_decimal_text(self._minor, _exponent(self._currency))}', '{self._currency}')"

    def __reduce__(self) -> tuple[type[Money], tuple[str, str]]:
        return Money, (
            _decimal_text(self._minor, _exponent(self._currency)),
            self._currency,
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from .pydantic_schemas import money_schema

        return money_schema(cls)

    def _same_currency(self, other: Money) -> int:
        if not isinstance(other, Money):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"Money and {type(other).__name__} do not mix; make both Money."
            )
        if other._currency != self._currency:
            raise InvalidParameterError(
                f"{self._currency} and {other._currency} do not mix: the client knows no exchange rate."
            )
        return other._minor


# -- To the wire -----------------------------------------------------------------------------------------------------

_KINDS: dict[Unit, tuple[type, ...]] = {
    "minor": (int,),
    "major": (int, Decimal),
    "decimal-string": (str,),
    "unknown": (int, Decimal),
}
_WANTED = {
    "minor": "Pass Money, or an int in minor units",
    "major": "Pass Money, or an int or a Decimal in major units",
    "decimal-string": "Pass Money, or decimal text in major units",
    "unknown": "Pass an int or a Decimal",
}


def amount_parameter(value: Any, unit: Unit, name: str) -> Any:
    """Check and return an amount of a caller: Money if the unit is known, or a raw number of the right type.

    Raises:
        InvalidParameterError: for any other value, such as a float.
    """
    if value is None or value is UNSET:
        return value
    if isinstance(value, Money):
        _refuse_unsure_unit(value, unit, name)
    elif isinstance(value, bool) or not isinstance(value, _KINDS[unit]):
        raise InvalidParameterError(
            f"{name} was given as {type(value).__name__}. Nothing was sent. "
            f"{_WANTED[unit]}: the client never rounds or guesses a unit."
        )
    return value


def wire_amount(value: Any, unit: Unit, name: str, *, received: bool = False) -> Any:
    """Return an amount in the unit that the API takes at one place. Money is converted; other values stay unchanged.

    Args:
        value: The amount.
        unit: The unit at this place.
        name: The name of the parameter.
        received: Whether the value may come from a response. Then true and false are not refused, but sent back
            unchanged.

    Raises:
        InvalidParameterError: for a float, or for Money if the unit is unknown or uncertain.
    """
    if isinstance(value, Money):
        _refuse_unsure_unit(value, unit, name)
        if unit == "minor":
            return value.minor
        amount = value.amount
        if unit == "decimal-string":
            return format(amount, "f")
        return int(amount) if amount == int(amount) else amount
    refused = float if received else (float, bool)
    return amount_parameter(value, unit, name) if isinstance(value, refused) else value


def _refuse_unsure_unit(money: Money, unit: Unit, name: str) -> None:
    if unit == "minor" and _is_disputed(money.currency):
        raise InvalidParameterError(
            f"{name} was given as Money, but the minor unit of {money.currency} is not certain here: ISO 4217 and the "
            "vendor's list of currencies without decimals disagree. Nothing was sent. Ask Plexy Pay, then pass the raw "
            "number in the unit they name."
        )
    if unit == "unknown":
        raise InvalidParameterError(
            f"{name} was given as Money, but its unit is not known here: the vendor does not say whether 22 000 KZT "
            "is written 22000 or 2200000. Nothing was sent. Ask Plexy Pay, then pass the raw number in the unit they "
            "name."
        )


def wire_currency(amount: Any, currency: Any, owner: str) -> Any:
    """Return the currency to send with an amount: that of the Money, or the one passed with a raw number.

    Raises:
        InvalidParameterError: if the two differ, or no currency was passed.
    """
    found = currency_beside(amount, currency, owner)
    if found is UNSET or found is None:
        raise InvalidParameterError(
            f"{owner} needs a currency. Nothing was sent. "
            'Pass amount=Money("22000", "KZT"), or currency="KZT" beside a raw number.'
        )
    return found


def currency_beside(amount: Any, currency: Any, owner: str) -> Any:
    """Return the same as `wire_currency`, but allow the currency to be missing.

    Raises:
        InvalidParameterError: if the currency of the Money and the passed currency differ.
    """
    if not isinstance(amount, Money):
        return currency
    if currency is not UNSET and currency != amount.currency:
        raise InvalidParameterError(
            f"{owner} was given an amount in {amount.currency} and the currency {_short(currency)}. Nothing was sent. "
            "Leave currency out when the amount is Money."
        )
    return amount.currency


def _short(currency: object) -> str:
    """Return a currency for an error message. A text too long for a code is not shown, because it may be a secret."""
    if not isinstance(currency, str):
        return f"of type {type(currency).__name__}"
    plain = len(currency) <= _LONGEST_CODE and currency.isprintable()
    return currency if plain else f"of {len(currency)} characters"


def one_currency(body: Any, currency: Any = UNSET) -> Any:
    """Return the one currency of all Money in a body, or the given currency if the body holds no Money.

    Raises:
        InvalidParameterError: if Money in the body differs in currency from other Money or from a currency field.
    """
    priced = set[str]()
    named = set[str]()
    for found in _currencies(body):
        if isinstance(found, Money):
            priced.add(found.currency)
        else:
            named.add(found)
    if not priced:
        return currency
    if len(priced | named) > 1:
        beside = ""
        if named:
            beside = f" beside the currency {', '.join(map(_short, sorted(named)))}"
        raise InvalidParameterError(
            f"{type(body).__name__} was given Money in {', '.join(sorted(priced))}{beside}. Nothing was sent. "
            "Pass every amount of one request in the same currency."
        )
    return priced.pop()


def _currencies(value: Any, name: str = "") -> Iterator[Money | str]:
    """Yield every Money and the text of every currency field in a model and its nested models."""
    if isinstance(value, Money) or (
        isinstance(value, str) and name in ("currency", "currency_code")
    ):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in cast("Iterable[Any]", value):
            yield from _currencies(item)
    else:
        for field in getattr(value, "__attrs_attrs__", ()):
            yield from _currencies(getattr(value, field.name), field.name)


def money_object(value: Any, name: str) -> Any:
    """Return Money as the parameters of the API's object of an amount and a currency. Other values stay unchanged."""
    return {name: value} if isinstance(value, Money) else value


# -- From the wire ---------------------------------------------------------------------------------------------------


def read_money(amount: Any, unit: Unit, currency: Any) -> Money | None:
    """Return an amount of a response as Money; None if the amount or currency is missing or odd. Never raise."""
    if isinstance(amount, Money):
        return amount
    odd = isinstance(amount, bool) or not isinstance(amount, _KINDS[unit])
    if odd or not isinstance(currency, str):
        return None
    if unit == "minor" and _is_disputed(currency):
        return None
    try:
        if unit == "minor":
            return Money.from_minor(amount, currency)
        return Money(amount, currency)
    except InvalidParameterError:
        return None


def inner_money(amount: Any) -> Money | None:
    """Return the Money of an object of an amount and a currency; None if it is missing or odd. Never raise."""
    return getattr(amount, "money", None)


def read_money_in(currency: str, amount: Any, unit: Unit, own: Any) -> Money | None:
    """Return an amount of a response as Money in a currency that the caller knows; None if it is missing or odd.

    Raises:
        ValueError: if the currency is not an ISO 4217 code, or the response itself names another currency.
    """
    from .._currencies import EXPONENTS

    # Not a PlexyError: the call has succeeded, and no handler of a PlexyError may conclude that it failed.
    if currency not in EXPONENTS:
        raise ValueError(
            f"{currency!r} is not an ISO 4217 currency code. Write it in capitals, for example KZT."
        )
    if isinstance(own, str) and own != currency:
        raise ValueError(f"The response is in {own}, not in {currency}.")
    return read_money(amount, unit, currency)


# -- Exactness -------------------------------------------------------------------------------------------------------


def _decimal(amount: object) -> Decimal:
    if isinstance(amount, (float, bool)) or not isinstance(amount, (str, int, Decimal)):
        raise InvalidParameterError(
            f"Money cannot be made of a {type(amount).__name__}. Nothing was sent. "
            'Pass text, an int or a Decimal: Money("22000.50", "KZT").'
        )
    if isinstance(amount, int) and abs(amount) >= 10**_MOST_DIGITS:
        raise InvalidParameterError("The amount is far too large. Nothing was sent.")
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        raise InvalidParameterError(
            "The amount is not a decimal number. Nothing was sent."
        ) from None
    if not exact.is_finite() or exact.adjusted() >= _MOST_DIGITS:
        raise InvalidParameterError(
            "The amount is not finite or far too large. Nothing was sent."
        )
    if len(exact.as_tuple().digits) > _MOST_WRITTEN:
        raise InvalidParameterError(
            f"The amount is written with more than {_MOST_WRITTEN} digits. Nothing was sent."
        )
    return exact


def _whole_units(amount: Decimal, currency: str, exponent: int) -> int:
    """Return the amount in smallest units. It divides ints, because a Decimal's arithmetic rounds to its context."""
    units, rest = 0, 1
    if not amount or amount.adjusted() >= -exponent:
        over, under = amount.as_integer_ratio()
        units, rest = divmod(over * 10**exponent, under)
    if rest:
        raise InvalidParameterError(
            f"{currency} has {exponent} decimals, so {amount} {currency} cannot be paid. Nothing was sent. "
            "Round the amount yourself before you make Money of it."
        )
    return units


def _decimal_text(minor: int, exponent: int, group: str = "") -> str:
    whole, part = divmod(abs(minor), 10**exponent)
    digits = f"{whole:,}".replace(",", group)
    sign = "-" if minor < 0 else ""
    return f"{sign}{digits}.{part:0{exponent}}" if exponent else f"{sign}{digits}"


def _is_disputed(currency: str) -> bool:
    """Return whether the decimals of a currency are uncertain. A wrong guess changes the amount by a factor of 100."""
    from .._currencies import DISPUTED

    return currency in DISPUTED


def _exponent(currency: str) -> int:
    from .._currencies import EXPONENTS

    exponent = EXPONENTS.get(currency) if isinstance(currency, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
    if exponent is None:
        raise InvalidParameterError(
            f"The currency {_short(currency)} is not an ISO 4217 currency code with a known number of decimals. "
            "Nothing was sent. Write the code in capitals, for example KZT."
        )
    return exponent
