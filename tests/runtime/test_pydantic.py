"""The package's own value types as types of a shop's pydantic models: what is read, written and told of them."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import (
    UNSET,
    InvalidParameterError,
    Money,
    Timeout,
    Timeouts,
    Unset,
    cards,
    webhooks,
)
from plexy_pay._core.enums import OpenIntEnum, OpenStrEnum
from plexy_pay._currencies import EXPONENTS
from pydantic import BaseModel, TypeAdapter, ValidationError

MONEY: TypeAdapter[Money] = TypeAdapter(Money)
amounts = st.builds(
    Money.from_minor, st.integers(-(10**15), 10**15), st.sampled_from(sorted(EXPONENTS))
)


class State(OpenStrEnum):
    """The state of a thing."""

    PAID = "paid"
    LOST = "lost"


class Level(OpenIntEnum):
    """How high a thing is."""

    ONE = 1


class Order(BaseModel):
    price: Money
    state: State = State.LOST
    level: Level = Level.ONE
    note: str | Unset = UNSET


@given(amounts)
def test_money_in_json_keeps_its_digits(money: Money) -> None:
    text = MONEY.dump_json(money)
    assert json.loads(text) == {
        "amount": format(money.amount, "f"),
        "currency": money.currency,
    }
    assert MONEY.validate_json(text) == money
    assert MONEY.validate_python(MONEY.dump_python(money, mode="json")) == money


def test_money_is_read_from_itself_and_from_an_object() -> None:
    price = Money("150.00", "KZT")
    assert MONEY.validate_python(price) is price
    for amount in ("150.00", "150", 150, Decimal("150.0")):
        assert MONEY.validate_python({"amount": amount, "currency": "KZT"}) == price
    assert MONEY.validate_json('{"amount": 150, "currency": "KZT"}') == price
    assert MONEY.dump_python(price) is price
    assert MONEY.dump_json(price) == b'{"amount":"150.00","currency":"KZT"}'


@pytest.mark.parametrize(
    "value",
    [
        {"amount": 150.0, "currency": "KZT"},
        {"amount": True, "currency": "KZT"},
        {"amount": "150.001", "currency": "KZT"},
        {"amount": "1", "currency": "KZ"},
        {"amount": "1", "currency": "XAU"},
        {"amount": "1", "currency": ["KZT"]},
        {"amount": None, "currency": "KZT"},
        {"amount": "NaN", "currency": "KZT"},
        {"amount": "1"},
        {"amount": "1", "currency": "KZT", "unit": "minor"},
        "150.00 KZT",
        150,
        None,
        [1, "KZT"],
    ],
)
def test_what_money_refuses_pydantic_refuses(value: Any) -> None:
    with pytest.raises(ValidationError):
        MONEY.validate_python(value)


def test_a_currency_that_is_no_text_is_refused_as_any_other() -> None:
    wrong: Any = ["KZT"]
    with pytest.raises(InvalidParameterError, match="type list"):
        Money(1, wrong)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_of_money_says_the_unit(mode: Any) -> None:
    schema = MONEY.json_schema(mode=mode)
    amount = schema["properties"]["amount"]
    assert schema["required"] == ["amount", "currency"]
    assert "major units" in amount["description"]
    kinds = [one["type"] for one in amount.get("anyOf", [amount])]
    assert kinds == (["string", "integer"] if mode == "validation" else ["string"])


def test_a_model_of_the_shop_holds_all_of_them() -> None:
    order = Order.model_validate_json(
        '{"price": {"amount": "5", "currency": "KZT"}, "state": "new", "level": 7}'
    )
    assert (order.price, order.state, order.level, order.note) == (
        Money(5, "KZT"),
        "new",
        7,
        UNSET,
    )
    assert type(order.state) is State
    assert not order.state.is_known
    assert type(order.level) is Level
    sent = order.model_dump_json(exclude_unset=True)
    assert json.loads(sent) == {
        "price": {"amount": "5.00", "currency": "KZT"},
        "state": "new",
        "level": 7,
    }
    assert Order.model_validate(order.model_dump()) == order
    assert copy.deepcopy(order) == order


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": 1},
        {"state": None},
        {"level": "1"},
        {"level": True},
        {"level": 1.0},
        {"note": None},
    ],
)
def test_values_of_another_kind_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Order.model_validate({"price": Money(1, "KZT"), **wrong})


def test_the_schema_of_an_enumeration_names_its_values_and_stays_open() -> None:
    known, later = TypeAdapter(State).json_schema()["anyOf"]
    assert known == {"enum": ["paid", "lost"], "type": "string"}
    assert later["type"] == "string"
    assert [one["type"] for one in TypeAdapter(Level).json_schema()["anyOf"]] == [
        "integer",
        "integer",
    ]


@pytest.mark.filterwarnings("ignore::pydantic.json_schema.PydanticJsonSchemaWarning")
def test_what_may_be_missing_is_no_value_of_the_schema() -> None:
    schema = Order.model_json_schema()
    assert schema["properties"]["note"] == {"title": "Note", "type": "string"}
    assert schema["required"] == ["price"]


def test_unset_is_never_written_as_null() -> None:
    with pytest.raises(pydantic.ValidationError):
        TypeAdapter(Unset).validate_python(None)
    with pytest.raises(ValueError, match="exclude_unset"):
        TypeAdapter(Unset).dump_json(UNSET)
    with pytest.raises(ValueError, match="Unset"):
        Order(price=Money(1, "KZT"), note=UNSET).model_dump_json()


def test_plain_value_types_need_nothing_of_ours() -> None:
    padding = next(iter(cards.Padding))
    assert TypeAdapter(Timeout).validate_python({"read": 5}) == Timeout(read=5.0)
    assert TypeAdapter(Timeouts).validate_python(Timeouts()) == Timeouts()
    assert TypeAdapter(cards.Padding).validate_python(padding.value) is padding
    assert TypeAdapter(webhooks.Reply).validate_python(
        (200, "taken")
    ) == webhooks.Reply(200, "taken")


@pytest.mark.parametrize(
    "secret",
    [cards.Card, webhooks.TokenSecret, webhooks.BodySecret, webhooks.FieldsSecret],
)
def test_no_secret_becomes_a_field_that_could_be_written(secret: Any) -> None:
    with pytest.raises(pydantic.PydanticSchemaGenerationError):
        TypeAdapter(secret)


def test_only_pydantic_loads_pydantic() -> None:
    program = """
import sys
import plexy_pay
from plexy_pay.models import PaymentLink, PaymentLinkStatus
plexy_pay.Money("1", "KZT"), plexy_pay.UNSET, PaymentLink.from_json('{"status": "paid"}').to_json()
plexy_pay.preload()
print([name for name in sys.modules if name.startswith("pydantic") or name.endswith("pydantic_schemas")])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
