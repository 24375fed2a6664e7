# plexy-pay runtime, written by hand in runtime/_core/money.py; the generator copies it unchanged.
"""Money: an exact amount in a currency, and the way from it to the wire and back.

The API mixes units: payment links take minor units (tiyn), captures and refunds take major units (tenge). `Money` is
turned into the unit of each place exactly, or not at all, and an amount of a response becomes `Money` the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, cast

from ..errors import InvalidParameterError
from .types import UNSET

Unit = Literal["minor", "major", "decimal-string", "unknown"]

# More digits before the point than there is money; a slip of that size is caught, not sent.
_MOST_DIGITS = 16
_LONGEST_CODE = 8
# More digits in all than anybody writes: the time to make a whole number of them grows with the square of their number.
_MOST_WRITTEN = 100


class Money:
    """An amount in major units (tenge, not tiyn) and an ISO 4217 currency code.

    Immutable, hashable, exact: it never rounds. `Money("22000", "KZT")` is twenty-two thousand tenge. Money of one
    currency adds, subtracts, compares and sums; it multiplies with whole numbers. `str(money)` is `22 000.00 KZT`.

    pydantic, and so FastAPI, takes it as the type of a field. Its JSON is `{"amount": "22000.00", "currency": "KZT"}`:
    the amount is text in major units, with all decimals of the currency. A whole number is read too, a float never.

    Args:
        amount: The amount in major units: text, int or Decimal. A float is refused.
        currency: The ISO 4217 alphabetic code, for example `KZT`.

    Raises:
        InvalidParameterError: for a float, text that is not a decimal number, an unknown currency, or more decimals
            than the currency has (the client never rounds).
    """

    __slots__ = ("_currency", "_minor")

    # A whole number of the smallest unit: Python's int is exact at any size, whatever the decimal context says.
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
        """Money from the smallest unit: `Money.from_minor(2_200_000, "KZT")` is 22000.00 KZT.

        Raises:
            InvalidParameterError: for anything but an int, or an unknown currency.
        """
        if not isinstance(amount, int) or isinstance(amount, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidParameterError(
                "An amount in minor units is an int. Nothing was sent."
            )
        if abs(amount) >= 10 ** (_MOST_DIGITS + _exponent(currency)):
            raise InvalidParameterError(
                "The amount is far too large. Nothing was sent."
            )
        return cls(_decimal_text(amount, _exponent(currency)), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with all decimals of the currency: `Decimal("22000.00")` for KZT."""
        return Decimal(_decimal_text(self._minor, _exponent(self._currency)))

    @property
    def currency(self) -> str:
        """The ISO 4217 code."""
        return self._currency

    @property
    def minor(self) -> int:
        """The amount in the smallest unit of the currency (tiyn for KZT)."""
        return self._minor

    def allocate(self, weights: Iterable[int]) -> list[Money]:
        """Divide into parts by weight; not a tiyn is lost or made, and the parts add up to the whole.

        `price.allocate([70, 30])` gives 70 % and 30 %, `price.allocate([1] * 3)` three equal parts. What cannot be
        divided goes in smallest units to the parts that rounding down cost most, earlier ones first.

        Raises:
            InvalidParameterError: if a weight is no whole number or is negative, or if all are zero.
        """
        shares = list(weights)
        whole = (
            sum(shares)
            if all(type(share) is int and share >= 0 for share in shares)
            else 0
        )
        if not whole:
            raise InvalidParameterError(
                "Weights are ints, none negative and not all zero. Nothing was sent."
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
                f"Money is not multiplied by a {type(factor).__name__}: the result may have to be rounded. "
                "Compute with money.amount, round as your contract says, and make that Money; "
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
        """As text, filled and aligned as text is: `f"{money:>20}"`."""
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
    """An amount as a caller may give it: Money where the unit is known, or a raw number of the right kind.

    Raises:
        InvalidParameterError: for anything else, such as a float.
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


def wire_amount(value: Any, unit: Unit, name: str, *, answered: bool = False) -> Any:
    """An amount as the API wants it at one place: Money is turned into the unit, all else stays as it is.

    What a response may have brought (`answered`) is not refused for being true or false: it goes as it came.

    Raises:
        InvalidParameterError: for a float, or for Money where the unit is unknown or not certain.
    """
    if isinstance(value, Money):
        _refuse_unsure_unit(value, unit, name)
        if unit == "minor":
            return value.minor
        amount = value.amount
        if unit == "decimal-string":
            return format(amount, "f")
        return int(amount) if amount == int(amount) else amount
    refused = float if answered else (float, bool)
    return amount_parameter(value, unit, name) if isinstance(value, refused) else value


def _refuse_unsure_unit(money: Money, unit: Unit, name: str) -> None:
    if unit == "minor" and _is_disputed(money.currency):
        raise InvalidParameterError(
            f"{name} was given as Money, but the minor unit of {money.currency} is not certain here: ISO 4217 and the "
            "vendor's list of currencies without decimals differ. Nothing was sent. Ask Plexy Pay, then pass the raw "
            "number in the unit they name."
        )
    if unit == "unknown":
        raise InvalidParameterError(
            f"{name} was given as Money, but its unit is not known here: the vendor does not say whether 22 000 KZT "
            "are 22000 or 2200000. Nothing was sent. Ask Plexy Pay, then pass the raw number in the unit they name."
        )


def wire_currency(amount: Any, currency: Any, owner: str) -> Any:
    """The currency that goes beside an amount: that of the Money, or the one given with a raw number.

    Raises:
        InvalidParameterError: if the two differ, or neither is there.
    """
    found = currency_beside(amount, currency, owner)
    if found is UNSET or found is None:
        raise InvalidParameterError(
            f"{owner} needs a currency. Nothing was sent. "
            'Pass amount=Money("22000", "KZT"), or currency="KZT" beside a raw number.'
        )
    return found


def currency_beside(amount: Any, currency: Any, owner: str) -> Any:
    """As `wire_currency`, where the currency may be missing.

    Raises:
        InvalidParameterError: if the currency of the Money and the one given differ.
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
    """What was given as a currency, for an error. What is too long for one may be anything, a secret too."""
    if not isinstance(currency, str):
        return f"of type {type(currency).__name__}"
    plain = len(currency) <= _LONGEST_CODE and currency.isprintable()
    return currency if plain else f"of {len(currency)} characters"


def one_currency(body: Any, currency: Any = UNSET) -> Any:
    """The one currency of all Money in a body, or the given one where there is no Money.

    Raises:
        InvalidParameterError: if the Money in the body has another currency than other Money or a currency field of it.
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
        raise InvalidParameterError(
            f"{type(body).__name__} was given Money in {', '.join(sorted(priced))}"
            + (
                f" beside the currency {', '.join(map(_short, sorted(named)))}"
                if named
                else ""
            )
            + ". Nothing was sent. Give every amount of one request in the same currency."
        )
    return priced.pop()


def _currencies(value: Any, name: str = "") -> Iterator[Money | str]:
    """Every Money, and the text of every currency field, in a model and the models below it."""
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
    """Money where the API has an object of an amount and a currency, as the parameters of that object."""
    return {name: value} if isinstance(value, Money) else value


# -- From the wire ---------------------------------------------------------------------------------------------------


def read_money(amount: Any, unit: Unit, currency: Any) -> Money | None:
    """An amount of a response as Money; None if the amount or the currency is missing or odd. It never raises."""
    if isinstance(amount, Money):
        return amount
    odd = isinstance(amount, bool) or not isinstance(amount, _KINDS[unit])
    if odd or not isinstance(currency, str):
        return None
    if unit == "minor" and _is_disputed(currency):
        return None
    try:
        return (
            Money.from_minor(amount, currency)
            if unit == "minor"
            else Money(amount, currency)
        )
    except InvalidParameterError:
        return None


def inner_money(amount: Any) -> Money | None:
    """The Money of an object of an amount and its currency; None if it is missing or odd. It never raises."""
    return getattr(amount, "money", None)


def read_money_in(currency: str, amount: Any, unit: Unit, own: Any) -> Money | None:
    """An amount of a response as Money in a currency that the caller knows; None if the amount is missing or odd.

    Raises:
        ValueError: if the currency is none of ISO 4217, or the response itself names another one.
    """
    from .._currencies import EXPONENTS

    # No PlexyError: the call is over, and nothing that handles one may think that it failed.
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
    """The amount in smallest units. A ratio of ints is exact; a Decimal's own arithmetic rounds to its context."""
    units, rest = 0, 1
    if not amount or amount.adjusted() >= -exponent:
        over, under = amount.as_integer_ratio()
        units, rest = divmod(over * 10**exponent, under)
    if rest:
        raise InvalidParameterError(
            f"{currency} has {exponent} decimals, so {amount} {currency} cannot be paid. Nothing was sent. "
            "Round the amount yourself before you make it Money."
        )
    return units


def _decimal_text(minor: int, exponent: int, group: str = "") -> str:
    whole, part = divmod(abs(minor), 10**exponent)
    digits = f"{whole:,}".replace(",", group)
    return ("-" if minor < 0 else "") + (
        f"{digits}.{part:0{exponent}}" if exponent else digits
    )


def _is_disputed(currency: str) -> bool:
    """Return whether the decimals of a currency are not certain: a wrong guess is wrong by a factor of a hundred."""
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
