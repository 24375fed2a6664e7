"""Money is exact, knows its currency, and reaches the wire in the unit of each operation."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import UNSET, InvalidParameterError, Money
from plexy_pay._currencies import EXPONENTS
from plexy_pay.money import wire_amount, wire_currency

tenge = st.integers(min_value=-(10**14), max_value=10**14).map(lambda tiyn: Money.from_minor(tiyn, "KZT"))


def test_22_000_tenge_are_2_200_000_tiyn_on_a_payment_link_and_22_000_on_a_refund() -> None:
    money = Money("22000", "KZT")
    assert wire_amount(money, "minor") == 2_200_000
    assert wire_amount(money, "major") == 22000
    assert wire_amount(money, "decimal-string") == "22000"


@pytest.mark.parametrize(("currency", "minor"), [("KZT", 1250), ("JPY", 12), ("KWD", 12500)])
def test_the_decimals_of_the_currency_decide_the_minor_unit(currency: str, minor: int) -> None:
    amount = {"KZT": "12.50", "JPY": "12", "KWD": "12.500"}[currency]
    assert Money(amount, currency).minor == minor


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(sorted(EXPONENTS)))
def test_minor_units_survive_the_way_through_money(minor: int, currency: str) -> None:
    assert Money.from_minor(minor, currency).minor == minor


@given(tenge, tenge)
def test_sums_and_differences_are_exact(one: Money, other: Money) -> None:
    assert (one + other) - other == one
    assert (one + other).minor == one.minor + other.minor


@given(tenge)
def test_equal_money_hashes_pickles_and_copies_alike(money: Money) -> None:
    assert pickle.loads(pickle.dumps(money)) == money == copy.deepcopy(money)
    assert hash(Money(money.amount.normalize(), "KZT")) == hash(money)
    assert eval(repr(money)) == money


@pytest.mark.parametrize("amount", [1.5, float("nan"), True, None, b"1", [1]])
def test_money_is_not_made_of_floats_or_anything_but_text_and_whole_or_decimal_numbers(
    amount: object,
) -> None:
    with pytest.raises(InvalidParameterError, match="cannot be made of"):
        Money(amount, "KZT")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["", "ten", "1,5", "NaN", "Infinity", "1e30", Decimal("sNaN")])
def test_text_that_is_no_finite_amount_is_refused(amount: str) -> None:
    with pytest.raises(InvalidParameterError):
        Money(amount, "KZT")


def test_more_decimals_than_the_currency_has_are_refused_and_never_rounded() -> None:
    with pytest.raises(InvalidParameterError, match="KZT has 2 decimals"):
        Money("0.001", "KZT")
    assert Money("0.100", "KZT").minor == 10, "zeros behind are no rounding"


@pytest.mark.parametrize("currency", ["kzt", "XXX", "XAU", "", "TENGE"])
def test_a_currency_without_a_known_number_of_decimals_is_refused(currency: str) -> None:
    with pytest.raises(InvalidParameterError, match="ISO 4217"):
        Money(1, currency)


def test_currencies_do_not_mix() -> None:
    for mix in (
        lambda: Money(1, "KZT") + Money(1, "USD"),
        lambda: Money(1, "KZT") - Money(1, "USD"),
        lambda: Money(1, "KZT") < Money(1, "USD"),
    ):
        with pytest.raises(InvalidParameterError, match="do not mix"):
            mix()
    assert Money(1, "KZT") != Money(1, "USD")
    with pytest.raises(TypeError, match="do not mix"):
        Money(1, "KZT") + 1  # type: ignore[operator]


def test_money_compares_multiplies_and_shows_itself() -> None:
    assert max(Money(1, "KZT"), Money(3, "KZT")) * 2 == Money(6, "KZT") == 2 * Money(3, "KZT")
    assert Money(1, "KZT") <= Money(1, "KZT") >= Money("0.99", "KZT")
    assert -Money(1, "KZT") == Money(-1, "KZT")
    assert not Money(0, "KZT")
    assert str(Money("1234567.5", "KZT")) == "1 234 567.50 KZT"
    with pytest.raises(TypeError):
        Money(1, "KZT") * 1.5  # type: ignore[operator]


def test_money_is_immutable() -> None:
    money = Money(1, "KZT")
    with pytest.raises(AttributeError, match="immutable"):
        money.currency = "USD"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="immutable"):
        del money.currency  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (1.0, "major"),
        (1.0, "minor"),
        (Decimal(1), "minor"),
        (True, "minor"),
        ("1", "major"),
        (1, "decimal-string"),
    ],
)
def test_a_raw_amount_of_the_wrong_kind_is_refused(value: object, unit: str) -> None:
    with pytest.raises(InvalidParameterError, match="never rounds or guesses a unit"):
        wire_amount(value, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, UNSET, 7])
def test_raw_numbers_null_and_unset_pass_as_they_are(value: object) -> None:
    assert wire_amount(value, "minor") is value


def test_money_brings_its_currency_and_a_raw_number_needs_one() -> None:
    assert wire_currency(Money(1, "KZT"), UNSET, "Link") == "KZT"
    assert wire_currency(Money(1, "KZT"), "KZT", "Link") == "KZT"
    assert wire_currency(100, "KZT", "Link") == "KZT"
    with pytest.raises(InvalidParameterError, match="Link needs a currency"):
        wire_currency(100, UNSET, "Link")
    with pytest.raises(InvalidParameterError, match="in KZT and the currency USD"):
        wire_currency(Money(1, "KZT"), "USD", "Link")
