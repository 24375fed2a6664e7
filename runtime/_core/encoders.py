# plexy-pay runtime, written by hand in runtime/_core/encoders.py; the generator copies it unchanged.
"""Compile encoders: functions that write models as JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from .compiled import Source
from .encoding import (
    encode,
    encode_day,
    encode_further,
    encode_moment,
    exact_amount,
    without_unset,
)
from .memo import once
from .money import currency_beside, one_currency, wire_amount, wire_currency
from .schema import Field, schema_of
from .wire_types import (
    ANY,
    DAY,
    MOMENT,
    Array,
    Constant,
    Part,
    Plain,
    WireType,
    is_model,
)


@once
def to_dict_of(model: type[Any]) -> Callable[..., Any]:
    """Return the function that writes a model as its JSON object."""
    schema = schema_of(model)
    source = Source("to_dict(self)", written_by=__name__)
    warns = schema.fields and model._is_sent and not model._is_received
    source.bind("encode_further", encode_further if warns else _further_as_json)
    source.bind("without_unset", without_unset)
    if model._has_one_currency:
        source.line(f"{source.bind('one_currency', one_currency)}(self)")
    source.line("return without_unset({")
    source.line("**encode_further(self),", 2)
    for field in schema.fields:
        source.line(f"{field.wire_name!r}: {_encoded(field, model, source)},", 2)
    source.line("})")
    return source.compiled(model)


def _further_as_json(model: Any) -> Any:
    return encode(model.additional_properties)


def _encoded(field: Field, model: type[Any], source: Source) -> str:
    """Return the source expression for the JSON value of an attribute."""
    value = f"self.{field.name}"
    if model._is_sent and field.wire.currency_of == "*":
        return f"{source.bind('one_currency', one_currency)}(self, {value})"
    if model._is_sent and field.wire.currency_of:
        check = source.bind("currency", _currency_check(field, model))
        return f"{check}(self.{field.wire.currency_of}, {value}, {model.__name__!r})"
    encode_value = _encoder(field, model)
    if encode_value is None:
        return value
    return f"{source.bind(f'write_{field.name}', encode_value)}({value})"


def _currency_check(field: Field, model: type[Any]) -> Callable[..., Any]:
    # A model from a response is sent back unchanged, even without a currency.
    needed = field.is_required and not model._is_received
    return wire_currency if needed else currency_beside


def _encoder(field: Field, model: type[Any]) -> Callable[[Any], Any] | None:
    unit = field.wire.unit
    if unit is not None and not model._is_sent:
        return exact_amount
    if unit is not None:
        return partial(
            wire_amount, unit=unit, name=field.name, received=model._is_received
        )
    time_encoder = _time_encoder(field.type) if model._is_sent else None
    if time_encoder is not None:
        return partial(time_encoder, name=field.name)
    return None if all(map(_is_as_json, field.type.parts)) else encode


def _is_as_json(part: Part) -> bool:
    """Return whether Python holds the value in its JSON form."""
    if isinstance(part, Plain):
        return part not in (DAY, MOMENT, ANY)
    return isinstance(part, Constant)


def _time_encoder(type_: WireType) -> Callable[..., Any] | None:
    """Return the function that encodes dates, or date-times, and refuses the other type.

    None if the type allows both or neither.
    """
    leaves = list(_leaves(type_))
    if any(map(is_model, leaves)):
        return None
    has_days, has_moments = DAY in leaves, MOMENT in leaves
    if has_days and not has_moments:
        return encode_day
    if has_moments and not has_days:
        return encode_moment
    return None


def _leaves(type_: WireType) -> list[Part]:
    """Return the parts of a type, with each array replaced by the parts of its items."""
    found: list[Part] = []
    for part in type_.parts:
        found += _leaves(part.item) if isinstance(part, Array) else [part]
    return found
