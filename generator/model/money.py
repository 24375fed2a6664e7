"""Derive where a model speaks of money: its amounts of known unit, and the currency that belongs to each."""

from __future__ import annotations

from collections.abc import Collection

from ..identifiers import snake
from .api import Field, Model
from .types import ModelRef

#: Names of the currency beside an amount.
CURRENCIES = ("currency", "currency_code", "currencyCode")


def amounts(model: Model) -> list[Field]:
    """Return the amounts of known unit."""
    return [field for field in model.fields if field.unit is not None]


def currency(model: Model) -> Field | None:
    """Return the field with the currency of the amounts."""
    named = model.by_wire_name
    for name in CURRENCIES:
        if name in named:
            return named[name]
    return None


def priced_amount(model: Model) -> Field | None:
    """Return the amount of known unit that the currency beside it belongs to."""
    if currency(model) is None:
        return None
    found = amounts(model)
    return _first(_named_amount(found)) or _only(found)


def money_object_amount(model: Model) -> Field | None:
    """Return the amount of an object that is nothing but an amount of known unit and its currency."""
    return priced_amount(model) if len(model.fields) == 2 else None


def money_objects(model: Model) -> list[Field]:
    """Return the fields that are objects of an amount and its currency."""
    return [field for field in model.fields if inner_amount(field) is not None]


def money_fields(model: Model) -> list[Field]:
    """Return the fields that are given as Money: objects of an amount and its currency, then amounts."""
    return money_objects(model) + amounts(model)


def inner_amount(field: Field) -> Field | None:
    """Return the amount within a field that is an object of an amount and its currency."""
    return (
        money_object_amount(field.type.model)
        if isinstance(field.type, ModelRef)
        else None
    )


def main_amount(model: Model) -> Field | None:
    """Return the field that `money` of a response's model gives: the marked one, `amount`, or the only one."""
    found = money_fields(model)
    marked = [field for field in found if field.is_main_amount]
    return _first(marked) or _first(_named_amount(found)) or _only(found)


def money_properties(model: Model) -> dict[str, Field]:
    """Return the fields that a response's model gives as Money, by the names of the properties that give them."""
    main = main_amount(model)
    found: dict[str, Field] = {}
    for field in money_fields(model):
        name = "money" if field is main else f"{snake(field.wire_name)}_money"
        found[name] = field
    return found


def needs_one_currency(models: Collection[Model]) -> bool:
    """Return whether these models have amounts of known unit whose currency no field right beside them settles."""
    priced = sum(len(amounts(model)) for model in models)
    settled = sum(priced_amount(model) is not None for model in models)
    currencies = sum(currency(model) is not None for model in models)
    return priced > 1 or (priced == 1 and currencies > settled)


def _named_amount(fields: list[Field]) -> list[Field]:
    return [field for field in fields if field.wire_name == "amount"]


def _first(fields: list[Field]) -> Field | None:
    return fields[0] if fields else None


def _only(fields: list[Field]) -> Field | None:
    return fields[0] if len(fields) == 1 else None
