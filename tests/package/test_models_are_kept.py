"""Every model through what programs do with objects: copies, changes, pickles and JSON lose no field and no digit."""

from __future__ import annotations

import copy
import json
import pickle
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plexy_pay import UNSET, InvalidParameterError, Money, models
from plexy_pay._core.encoding import loads
from plexy_pay._core.schema import schema_of
from plexy_pay._core.wire_types import (
    Array,
    Constant,
    Part,
    Plain,
    WireType,
    is_enum,
)
from plexy_pay.models import CreatePaymentLinkMetadata, PaymentLink, Transaction

# A key of chance may be like one that the description knows, and is warned of then.
pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.UnknownParameterWarning")

MODELS: list[Any] = [
    value
    for value in (getattr(models, name) for name in models.__all__)
    if attrs.has(value)
]

# What JSON may hold, numbers as they are read; `surrogates` too, which JSON writes as escapes.
numbers = st.one_of(
    st.integers(-(10**40), 10**40),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [Decimal("150.00"), Decimal("1E+400"), Decimal("0E-9"), Decimal("-0.0")]
    ),
)
texts = st.text(max_size=8)
plain = st.one_of(st.none(), st.booleans(), numbers, texts)
anything = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)
moments = st.sampled_from(
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.123456+05:00",
        "2026-01-31T12:00:00.1234567Z",
        "0001-01-01T00:00:00Z",
    ]
)
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "integer": st.integers(-(10**20), 10**20),
    "number": numbers,
    "boolean": st.booleans(),
    "date-time": moments,
    "date": st.just("2026-01-31"),
    "null": st.none(),
    "any": anything,
}


@cache
def expected(type_: WireType, depth: int) -> st.SearchStrategy[Any]:
    """Return JSON of a type."""
    return st.one_of([expected_part(part, depth) for part in type_.parts])


def expected_part(part: Part, depth: int) -> st.SearchStrategy[Any]:
    """Return JSON of one of the things that a type may be."""
    match part:
        case Plain(word=word):
            return WORDS[word]
        case Constant(value=value):
            return st.just(value)
        case Array(item=item):
            return st.lists(expected(item, depth), max_size=2)
        case _ if is_enum(part):
            return st.sampled_from([*part.__members__.values()]).map(str) | texts
        case _:
            return payloads(part, depth - 1) if depth else st.just({})


@cache
def payloads(model: Any, depth: int = 2) -> st.SearchStrategy[Any]:
    """JSON objects for a model: what it requires fits, the rest may be anything, and there are unknown fields.

    What is only sent comes from a caller, whose amounts and required values are checked.
    """
    odd = st.nothing() if hasattr(model, "from_params") else anything
    schema = schema_of(model)
    types = {name: expected(type_, depth) for name, type_ in schema.types.items()}
    required = {name: types[name] for name in schema.required}
    others = {name: types[name] | odd for name in types.keys() - schema.required}
    declared = st.fixed_dictionaries(required, optional=others)
    further = st.dictionaries(
        texts.filter(lambda name: name not in schema.types),
        anything,
        min_size=1,
        max_size=2,
    )
    return st.builds(lambda one, other: {**one, **other}, declared, further)


@st.composite
def made(draw: st.DrawFn) -> Any:
    model = draw(st.sampled_from(MODELS))
    return model.from_dict(draw(payloads(model)))


def through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


WAYS: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    attrs.evolve,
    through_pickle,
]
if sys.version_info >= (3, 13):
    WAYS.append(copy.replace)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@settings(max_examples=150, deadline=None)
@given(model=made())
def test_a_copy_is_equal_and_keeps_what_the_spec_does_not_know(
    way: Callable[[Any], Any], model: Any
) -> None:
    other = way(model)
    assert other == model
    assert other is not model
    assert other.additional_properties == model.additional_properties != {}
    assert other.to_dict() == model.to_dict()


def test_equality_looks_at_unknown_fields() -> None:
    assert PaymentLink.from_dict({"id": "a", "novel": 1}) != PaymentLink.from_dict(
        {"id": "a", "novel": 2}
    )


def test_a_changed_copy_is_sent_with_the_keys_of_the_merchant() -> None:
    metadata = CreatePaymentLinkMetadata.from_params(
        {"success_url": "https://a.kz", "club_id": 7}
    )
    changed = attrs.evolve(metadata, success_url="https://b.kz")
    assert changed.to_dict() == {"club_id": 7, "successUrl": "https://b.kz"}


def test_a_changed_copy_has_its_own_unknown_fields() -> None:
    link = PaymentLink.from_dict({"id": "a", "novel": 1})
    changed = attrs.evolve(link, id="b")
    changed["novel"] = 2
    assert link["novel"] == 1


def test_setting_an_attribute_does_no_more_than_that() -> None:
    # Decoding sets every one of them: with a hook of attrs in between it would take three times as long.
    assert [
        model for model in MODELS if model.__setattr__ is not object.__setattr__
    ] == []


def test_unknown_fields_may_be_given_when_a_model_is_made() -> None:
    given_fields = {"club_id": 7}
    metadata = CreatePaymentLinkMetadata(
        success_url="https://a.kz", additional_properties=given_fields
    )
    given_fields["club_id"] = 8
    assert metadata.to_dict() == {"club_id": 7, "successUrl": "https://a.kz"}


# -- JSON ------------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(model=made())
def test_json_and_back_is_the_same_model(model: Any) -> None:
    text = model.to_json()
    again = type(model).from_json(text)
    assert again == model
    assert again.to_json() == text
    assert type(model).from_json(text.encode()) == model
    assert json.loads(text).keys() == model.to_dict().keys()


def test_json_has_the_digits_and_the_fields_of_the_wire() -> None:
    wire = (
        '{"novel":[150.00,12345678901234567890123,1E+400,{"a":0.10}],'
        '"transactionId":"tr_1","amount":150.00,"status":"brand_new"}'
    )
    transaction = Transaction.from_json(wire)
    assert transaction.to_json() == wire
    assert repr(loads(transaction.to_json().encode())["amount"]) == "Decimal('150.00')"


@pytest.mark.parametrize(
    "number",
    ["150.00", "0.10", "-0.0", "1E+2", "1e400", "12345678901234567890123", "0.0000001"],
)
def test_a_number_in_json_keeps_its_digits(number: str) -> None:
    read = Transaction.from_json(f'{{"amount":{number},"novel":{number}}}')
    written = Transaction.from_json(read.to_json())
    for value in (written.amount, written["novel"]):
        assert str(value) == str(Decimal(number))


def test_times_are_written_as_the_api_takes_them() -> None:
    link = PaymentLink.from_json('{"expiresAt":"2026-01-31T12:00:00+05:00"}')
    assert json.loads(link.to_json()) == {"expiresAt": "2026-01-31T07:00:00Z"}


def test_json_of_a_request_is_what_would_be_sent() -> None:
    link = models.CreatePaymentLink.from_params({"amount": Money("22000", "KZT")})
    assert json.loads(link.to_json()) == {"amount": 2_200_000, "currency": "KZT"}


def test_what_is_nested_deeper_than_python_can_call_is_written_all_the_same() -> None:
    deep: Any = None
    for _ in range(3000):
        deep = [deep]
    text = Transaction.from_dict({"novel": deep}).to_json()
    assert text == '{"novel":' + "[" * 3000 + "null" + "]" * 3000 + "}"


@pytest.mark.parametrize(
    "text", ["[]", "null", "7", '"{}"', "{", "", '{"amount":NaN}', b"\xff"]
)
def test_what_is_no_object_of_json_is_no_model(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="JSON"):
        Transaction.from_json(text)


def test_json_refuses_what_the_api_would_not_take() -> None:
    with pytest.raises(InvalidParameterError, match="float"):
        models.CreatePaymentLink(amount=1.5, currency="KZT").to_json()  # type: ignore[arg-type]


def test_what_was_not_given_is_not_in_the_json() -> None:
    assert Transaction.from_dict({}).to_json() == "{}"
    assert Transaction.from_dict({"rrn": None}).to_json() == '{"rrn":null}'
    assert Transaction.from_json("{}").rrn is UNSET
