"""JSON without rounding, in both directions."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from importlib.util import find_spec
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import UNSET, InvalidParameterError, Money
from plexy_pay._core.encoding import (
    _DECODER,
    _fast_reader,
    _read,
    dumps,
    encode,
    loads,
    query_text,
)

decimals = st.decimals(
    allow_nan=False,
    allow_infinity=False,
    places=4,
    min_value=-(10**20),
    max_value=10**20,
)
scalars = st.none() | st.booleans() | st.integers() | st.text() | decimals
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_back_the_same(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(values)
def test_what_is_written_is_json_to_others(value: Any) -> None:
    json.loads(dumps(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("22000.50"), b"22000.50"),
        (Decimal("1E+3"), b"1000"),
        (Decimal("0.0000001"), b"0.0000001"),
        (Decimal("-0.10"), b"-0.10"),
        (12345678901234567890, b"12345678901234567890"),
    ],
)
def test_numbers_keep_their_digits_and_have_no_exponent(
    value: object, text: bytes
) -> None:
    assert dumps(value) == text


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        object(),
        {1},
    ],
)
def test_what_json_cannot_hold_is_refused_before_anything_is_sent(
    value: object,
) -> None:
    with pytest.raises(InvalidParameterError, match="Nothing was sent"):
        dumps({"a": [value]})


@pytest.mark.parametrize(
    "text", [b"", b"{", b"NaN", b"[Infinity]", b"<html>", b"\xff", b"[" * 100_000]
)
def test_what_is_not_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the parser's own
        loads(text)


def test_amounts_are_read_as_decimals_and_whole_numbers() -> None:
    assert loads(b"[0.1, 1, 1e2]") == [Decimal("0.1"), 1, Decimal(100)]
    assert not any(isinstance(number, float) for number in loads(b"[0.1, 1, 1e2]"))


def test_values_of_models_become_json() -> None:
    class Color(Enum):
        RED = "red"

    moment = datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC)
    given_value = {
        "a": (moment, date(2026, 1, 2)),
        "b": Color.RED,
        "c": UUID(int=1),
        4: {5},
    }
    assert encode(given_value) == {
        "a": ["2026-01-02T03:04:05.600000Z", "2026-01-02"],
        "b": "red",
        "c": "00000000-0000-0000-0000-000000000001",
        "4": [5],
    }


def test_money_where_no_amount_is_expected_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="Money"):
        encode({"metadata": Money(1, "KZT")})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UNSET, None),
        (None, None),
        (True, "true"),
        (7, "7"),
        ("a b", "a b"),
        (Decimal("1E+2"), "100"),
    ],
)
def test_query_values_become_text(value: object, text: str | None) -> None:
    assert query_text(value) == text


# Classes of the caller's


def lying(kind: type) -> Any:
    """A class that is a number or a text, and writes itself as another."""
    words = ("__str__", "__repr__", "__format__")
    return type("Lying", (kind,), {word: lambda *_: "666" for word in words})


@given(
    st.integers()
    | decimals
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
def test_a_number_or_a_text_leaves_as_what_it_is_whatever_its_class_says(
    value: Any,
) -> None:
    other = lying(type(value))(value)
    assert dumps(encode([other])) == dumps(encode([value]))
    assert query_text(other) == query_text(value)


# The faster reader

ODD_JSON = [
    *(
        "1",
        "-0",
        "-0.0",
        "1e400",
        "1E+2",
        "0.1000",
        "1e-7",
        "[1.0]",
        "18446744073709551616",
    ),
    *(
        "123456789012345678901234567890",
        "-9223372036854775809",
        "1" * 4300,
        "1" * 4301,
        "1e99999999999999999999",
    ),
    *(
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\u0000"',
        '{"a": 1, "a": 2}',
        '{"": 1}',
        " 1 ",
        "\ufeff1",
        '"тенге"',
    ),
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1.",
        "01",
        "+1",
        "'a'",
        '"\t"',
        "[1,]",
        '{"a"}',
        "",
        "[" * 100_000,
    ),
]


def read_with(reader: str, text: bytes) -> str:
    """What a fresh read gives: the types and values, or that it is refused."""
    try:
        return repr(_read(text, _DECODER) if reader == "json" else loads(text))
    except ValueError:
        return "refused"


def test_msgspec_is_used_wherever_it_is_installed() -> None:
    assert (_fast_reader() is not None) is (find_spec("msgspec") is not None)


@pytest.mark.parametrize("text", ODD_JSON, ids=lambda text: text[:20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32-le"])
def test_the_faster_reader_reads_what_the_standard_one_reads(
    text: str, encoding: str
) -> None:
    data = text.encode(encoding)
    assert read_with("msgspec", data) == read_with("json", data)


JSON_NUMBER = r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?"


@given(st.from_regex(re.compile(JSON_NUMBER, re.ASCII), fullmatch=True))
def test_the_faster_reader_keeps_every_digit_of_a_number(text: str) -> None:
    assert read_with("msgspec", text.encode()) == read_with("json", text.encode())


@given(values)
def test_the_faster_reader_reads_any_document_as_the_standard_one_does(
    value: Any,
) -> None:
    data = dumps(value)
    assert read_with("msgspec", data) == read_with("json", data)
