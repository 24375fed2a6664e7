"""Money is exact, knows its currency, and reaches the wire in the unit of each operation."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from decimal import ROUND_UP, Decimal, localcontext
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from plexy_pay import UNSET, InvalidParameterError, Money, PlexyError
from plexy_pay._core.encoding import dumps, loads
from plexy_pay._core.money import (
    Unit,
    amount_parameter,
    currency_beside,
    inner_money,
    money_object,
    one_currency,
    read_money,
    read_money_in,
    wire_amount,
    wire_currency,
)
from plexy_pay._currencies import DISPUTED, EXPONENTS

tenge = st.integers(min_value=-(10**14), max_value=10**14).map(
    lambda tiyn: Money.from_minor(tiyn, "KZT")
)
HUGE = pytest.param(10**5000, id="huge")  # More digits than Python turns into text.
anything = st.builds(
    Money.from_minor,
    st.integers(min_value=-(10**15), max_value=10**15),
    st.sampled_from(sorted(EXPONENTS)),
)


def test_22_000_tenge_are_2_200_000_tiyn_on_a_payment_link_and_22_000_on_a_refund() -> (
    None
):
    money = Money("22000", "KZT")
    assert wire_amount(money, "minor", "amount") == 2_200_000
    assert repr(wire_amount(money, "major", "amount")) == "22000"
    assert wire_amount(money, "decimal-string", "amount") == "22000.00"


def test_parts_of_a_tenge_reach_the_wire_with_all_their_digits() -> None:
    money = Money("12.5", "KZT")
    assert wire_amount(money, "minor", "amount") == 1250
    assert wire_amount(money, "major", "amount") == Decimal("12.50")
    assert wire_amount(money, "decimal-string", "amount") == "12.50"
    assert wire_amount(Money(12, "JPY"), "decimal-string", "amount") == "12"


@pytest.mark.parametrize(
    ("currency", "minor"), [("KZT", 1250), ("JPY", 12), ("KWD", 12500)]
)
def test_the_decimals_of_the_currency_decide_the_minor_unit(
    currency: str, minor: int
) -> None:
    amount = {"KZT": "12.50", "JPY": "12", "KWD": "12.500"}[currency]
    assert Money(amount, currency).minor == minor


@given(
    st.integers(min_value=-(10**15), max_value=10**15),
    st.sampled_from(sorted(EXPONENTS)),
)
def test_minor_units_survive_the_way_through_money(minor: int, currency: str) -> None:
    assert Money.from_minor(minor, currency).minor == minor


@given(tenge, tenge)
def test_sums_and_differences_are_exact(one: Money, other: Money) -> None:
    assert (one + other) - other == one
    assert (one + other).minor == one.minor + other.minor


@given(tenge, tenge, tenge)
def test_sums_may_be_grouped_and_ordered_at_will(
    one: Money, two: Money, three: Money
) -> None:
    assert (one + two) + three == one + (two + three) == sum([three, two, one])
    assert one + two == two + one
    assert one - two == one + -two == -(two - one)
    assert one * 3 == one + one + one == 3 * one


@given(anything)
def test_major_units_survive_the_way_through_money(money: Money) -> None:
    again = Money(money.amount, money.currency)
    assert again == money
    assert (again.minor, again.amount) == (money.minor, money.amount)
    assert Money(str(money.amount), money.currency) == money


@given(tenge, tenge)
def test_money_orders_as_its_minor_units_do(one: Money, other: Money) -> None:
    assert (one < other) == (one.minor < other.minor)
    assert (one <= other) == (one.minor <= other.minor)
    assert (one > other, one >= other) == (other < one, other <= one)
    assert abs(one) == max(one, -one)


@given(
    tenge,
    st.lists(st.integers(min_value=0, max_value=1000), min_size=1, max_size=12).filter(
        any
    ),
)
def test_allocated_parts_add_up_to_the_whole(money: Money, weights: list[int]) -> None:
    parts = money.allocate(weights)
    assert len(parts) == len(weights)
    assert sum(parts) == money
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - money.minor * weight) < sum(weights), (
            "at most a tiyn from exact"
        )
    assert all(
        not part for part, weight in zip(parts, weights, strict=True) if not weight
    )


@given(tenge, st.integers(min_value=1, max_value=50))
def test_equal_parts_differ_by_a_tiyn_at_most_and_the_earlier_ones_get_it(
    money: Money, count: int
) -> None:
    sizes = [abs(part.minor) for part in money.allocate([1] * count)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= 1


def test_money_is_allocated_by_the_largest_remainder() -> None:
    assert Money(100, "KZT").allocate([1] * 3) == [
        Money("33.34", "KZT"),
        Money("33.33", "KZT"),
        Money("33.33", "KZT"),
    ]
    assert Money("0.05", "KZT").allocate([30, 70]) == [
        Money("0.02", "KZT"),
        Money("0.03", "KZT"),
    ]
    assert Money(-1, "JPY").allocate([1, 2]) == [Money(0, "JPY"), Money(-1, "JPY")]


@pytest.mark.parametrize(
    "weights", [[], [0, 0], [1, -1], [0.5, 0.5], [True], ["1"], [Decimal(1)]]
)
def test_weights_that_are_no_whole_shares_are_refused(weights: list[int]) -> None:
    with pytest.raises(InvalidParameterError, match="Weights must be ints"):
        Money(1, "KZT").allocate(weights)


@given(anything, st.integers(min_value=1, max_value=5))
def test_the_precision_of_the_decimal_context_never_rounds_money(
    money: Money, precision: int
) -> None:
    with localcontext(prec=precision, rounding=ROUND_UP):
        assert Money(money.amount, money.currency) == money
        assert (money + money).minor == 2 * money.minor
        assert (money - money).minor == 0 == (money + -money).minor
        assert (money * 7).minor == 7 * money.minor
        assert pickle.loads(pickle.dumps(money)) == money
        assert (
            read_money(wire_amount(money, "major", "amount"), "major", money.currency)
            == money
        )
        shown = str(money), repr(money), wire_amount(money, "decimal-string", "amount")
    assert shown == (
        str(money),
        repr(money),
        wire_amount(money, "decimal-string", "amount"),
    )


def test_money_that_is_written_differently_is_equal_and_hashes_alike() -> None:
    one, other = Money("1.5", "KZT"), Money("1.50", "KZT")
    assert (
        one == other == Money(Decimal("1.500"), "KZT") == Money(Decimal("15E-1"), "KZT")
    )
    assert hash(one) == hash(other)
    assert len({one, other}) == 1
    assert repr(one) == repr(other) == "Money('1.50', 'KZT')"
    assert Money("-0", "KZT") == Money(0, "KZT")


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


@pytest.mark.parametrize(
    "amount",
    ["", "ten", "1,5", "NaN", "Infinity", "1e30", Decimal("sNaN"), "1e999999", HUGE],
)
def test_text_that_is_no_finite_amount_is_refused(amount: str) -> None:
    with pytest.raises(InvalidParameterError):
        Money(amount, "KZT")


def test_more_decimals_than_the_currency_has_are_refused_and_never_rounded() -> None:
    with pytest.raises(InvalidParameterError, match="KZT has 2 decimals"):
        Money("0.001", "KZT")
    with pytest.raises(InvalidParameterError, match="KZT has 2 decimals"):
        Money("1e-999999", "KZT")
    assert Money("0.100", "KZT").minor == 10, "zeros behind are no rounding"


@pytest.mark.parametrize("amount", [10**18, -(10**18), HUGE])
def test_more_minor_units_than_there_is_money_are_refused(amount: int) -> None:
    with pytest.raises(InvalidParameterError, match="far too large"):
        Money.from_minor(amount, "KZT")


def test_minor_units_are_whole_numbers() -> None:
    for amount in (1.0, True, "1", Decimal(1)):
        with pytest.raises(InvalidParameterError, match="must be an int"):
            Money.from_minor(amount, "KZT")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["kzt", "XXX", "XAU", "", "TENGE"])
def test_a_currency_without_a_known_number_of_decimals_is_refused(
    currency: str,
) -> None:
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
    assert (
        max(Money(1, "KZT"), Money(3, "KZT")) * 2
        == Money(6, "KZT")
        == 2 * Money(3, "KZT")
    )
    assert Money(1, "KZT") <= Money(1, "KZT") >= Money("0.99", "KZT")
    assert -Money(1, "KZT") == Money(-1, "KZT")
    assert not Money(0, "KZT")
    assert str(Money("1234567.5", "KZT")) == "1 234 567.50 KZT"
    for factor in (1.5, Decimal("0.12"), True):
        with pytest.raises(TypeError, match="may need rounding"):
            Money(1, "KZT") * factor  # type: ignore[operator]
    with pytest.raises(TypeError):
        print(1 + Money(1, "KZT"))


def test_money_formats_with_its_currency_as_text_does() -> None:
    assert f"{Money('22000', 'KZT')}" == "22 000.00 KZT"
    assert f"{Money('-1234.5', 'KZT'):>16}|" == "   -1 234.50 KZT|"
    assert (
        f"{Money(1500, 'JPY')} {Money('1.5', 'KWD')} {Money('-0.05', 'KZT')}"
        == "1 500 JPY 1.500 KWD -0.05 KZT"
    )


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
        amount_parameter(value, unit, "amount")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, UNSET, 7])
def test_raw_numbers_null_and_unset_pass_as_they_are(value: object) -> None:
    assert amount_parameter(value, "minor", "amount") is value
    assert wire_amount(value, "minor", "amount") is value


@pytest.mark.parametrize("check", [amount_parameter, wire_amount])
def test_where_the_unit_is_not_known_money_is_refused_and_told_what_to_do(
    check: Callable[[object, Unit, str], object],
) -> None:
    with pytest.raises(
        InvalidParameterError, match="fee was given as Money, but its unit is not known"
    ) as caught:
        check(Money(1, "KZT"), "unknown", "fee")
    assert "Ask Plexy Pay, then pass the raw number" in str(caught.value)
    assert check(7, "unknown", "fee") == 7
    with pytest.raises(InvalidParameterError, match="Pass an int or a Decimal"):
        check(0.1, "unknown", "fee")


def test_money_brings_its_currency_and_a_raw_number_needs_one() -> None:
    assert wire_currency(Money(1, "KZT"), UNSET, "Link") == "KZT"
    assert wire_currency(Money(1, "KZT"), "KZT", "Link") == "KZT"
    assert wire_currency(100, "KZT", "Link") == "KZT"
    with pytest.raises(InvalidParameterError, match="Link needs a currency"):
        wire_currency(100, UNSET, "Link")
    assert currency_beside(100, UNSET, "Link") is UNSET
    with pytest.raises(InvalidParameterError, match="in KZT and the currency USD"):
        wire_currency(Money(1, "KZT"), "USD", "Link")


def Part(**fields: object) -> Any:  # noqa: N802 - it stands for a class
    """Return a model with these fields."""
    return attrs.make_class("Part", list(fields))(**fields)


def test_a_body_has_one_currency() -> None:
    money = Part(amount=Money(1, "KZT"))
    assert one_currency(Part(topup=money), UNSET) == "KZT"
    assert (
        one_currency(Part(lines=[money, Part(amount=3)], currency="KZT"), "KZT")
        == "KZT"
    )
    assert one_currency(Part(amount=3, currency="USD"), "USD") == "USD", (
        "raw numbers are the caller's business"
    )
    for body in (
        Part(lines=[money, Part(amount=Money(1, "USD"))]),
        Part(topup=money, currency_code="USD"),
        Part(amount=Part(value=1, currency="USD"), lines=[money]),
    ):
        with pytest.raises(InvalidParameterError, match="in the same currency"):
            one_currency(body)


def test_money_stands_for_an_object_of_an_amount_and_its_currency() -> None:
    assert money_object(Money(1, "KZT"), "value") == {"value": Money(1, "KZT")}
    assert money_object(UNSET, "value") is UNSET


@given(anything, st.sampled_from(["minor", "major", "decimal-string"]))
def test_money_comes_back_from_the_wire_as_it_left(money: Money, unit: Unit) -> None:
    assume(unit != "minor" or money.currency not in DISPUTED)
    wire = loads(dumps(wire_amount(money, unit, "amount")))
    assert read_money(wire, unit, money.currency) == money
    assert read_money_in(money.currency, wire, unit, UNSET) == money


@pytest.mark.parametrize("unit", ["minor", "major", "decimal-string"])
@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        *(
            (amount, "KZT")
            for amount in (
                UNSET,
                None,
                True,
                1.5,
                [],
                {},
                "ten",
                "NaN",
                Decimal("0.001"),
            )
        ),
        *((amount, "KZT") for amount in (Decimal("1e999999"), Decimal("NaN"))),
        pytest.param(10**5000, "KZT", id="huge"),
        *(
            (amount, currency)
            for amount in (1, "1")
            for currency in (UNSET, None, 7, "", "kzt", "XXX", {})
        ),
    ],
)
def test_an_odd_amount_or_currency_of_a_response_is_no_money_and_no_error(
    amount: object, currency: object, unit: Unit
) -> None:
    assert read_money(amount, unit, currency) is None


def test_the_currency_that_a_caller_knows_must_be_one_and_must_not_contradict_the_response() -> (
    None
):
    assert read_money_in("KZT", 5, "major", "KZT") == Money(5, "KZT")
    assert read_money_in("KZT", UNSET, "major", UNSET) is None
    assert read_money_in("JPY", Decimal("12.50"), "major", UNSET) is None
    for currency, own in (("kzt", UNSET), ("KZT", "USD")):
        with pytest.raises(
            ValueError, match="ISO 4217|The response is in USD, not in KZT"
        ) as caught:
            read_money_in(currency, 5, "major", own)
        assert not isinstance(caught.value, PlexyError), (
            "the call is over; nothing may look like its failure"
        )


def test_an_object_gives_the_money_of_the_object_in_it() -> None:
    class Amount:
        money = Money(1, "KZT")

    assert inner_money(Amount()) == Money(1, "KZT")
    assert [inner_money(odd) for odd in (UNSET, None, 5, {"value": 1})] == [None] * 4


# Currencies whose minor unit is in dispute: ISO 4217 and the vendor's list of currencies without decimals differ

# What the vendor's list has with decimals that ISO 4217 does not have, and the other way round.
IN_DISPUTE = ["DJF", "ISK", "MGA", "UYI", "VUV"]
disputed = pytest.mark.parametrize("currency", IN_DISPUTE)


def test_these_currencies_are_in_dispute() -> None:
    assert sorted(DISPUTED) == IN_DISPUTE


@disputed
def test_money_whose_minor_unit_is_in_dispute_is_not_sent_in_minor_units(
    currency: str,
) -> None:
    with pytest.raises(
        InvalidParameterError,
        match=f"minor unit of {currency} is not certain.*Nothing was sent",
    ):
        amount_parameter(Money(5, currency), "minor", "amount")
    with pytest.raises(
        InvalidParameterError, match=f"minor unit of {currency} is not certain"
    ):
        wire_amount(Money(5, currency), "minor", "amount")


@disputed
def test_a_raw_number_of_such_a_currency_goes_out_as_it_is(currency: str) -> None:
    assert wire_amount(500, "minor", "amount") == 500


@disputed
def test_major_units_of_such_a_currency_are_certain(currency: str) -> None:
    assert wire_amount(Money(5, currency), "major", "amount") == 5
    assert read_money(5, "major", currency) == Money(5, currency)


@disputed
def test_an_amount_in_minor_units_of_such_a_currency_is_read_as_no_money(
    currency: str,
) -> None:
    assert read_money(500, "minor", currency) is None
    assert read_money_in(currency, 500, "minor", UNSET) is None


@pytest.mark.parametrize(
    "currency",
    [
        "JPY",
        "KRW",
        "VND",
        "BIF",
        "CLP",
        "GNF",
        "KMF",
        "PYG",
        "RWF",
        "UGX",
        "XAF",
        "XOF",
        "XPF",
    ],
)
def test_currencies_that_both_have_without_decimals_are_sent_whole(
    currency: str,
) -> None:
    assert wire_amount(Money(500, currency), "minor", "amount") == 500
    assert read_money(500, "minor", currency) == Money(500, currency)
