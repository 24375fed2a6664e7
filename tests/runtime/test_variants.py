"""Which of several models an object is, and which constants are told apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import pytest
from attrs import define
from plexy_pay._core.decoders import TypedBody
from plexy_pay._core.drift import differences
from plexy_pay._core.variants import Variants
from plexy_pay._core.wire_model import WireModel


@define(kw_only=True)
class Line(WireModel):
    unit_price: Decimal | int


@define(kw_only=True)
class Fee(WireModel):
    fee_amount: Decimal | int


@pytest.mark.parametrize("value", [1, Decimal("1.5"), Decimal("NaN"), float("nan")])
def test_the_names_of_parameters_tell_which_model_is_meant(value: Any) -> None:
    assert Variants(Line, Fee).model_for({"unit_price": value}, "part") is Line


@pytest.mark.parametrize("wanted", [True, 1, False, 0])
def test_a_boolean_and_a_number_are_two_constants(wanted: Any) -> None:
    # Python counts them as equal, so each is asked after the other.
    for constant in (1, True, 0, False):
        found = differences(TypedBody(Literal[constant]), wanted)
        fits = (type(constant), constant) == (type(wanted), wanted)
        assert (found == []) is fits, constant
