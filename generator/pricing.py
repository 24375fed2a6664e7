"""Where the document speaks of money: amounts of known unit, the currency that belongs to each, and what follows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from . import describing
from .naming import snake
from .normalising import properties, resolve, schemas

Json = dict[str, Any]

# How the API names the currency beside an amount.
CURRENCIES = ("currency", "currency_code", "currencyCode")


@dataclass(frozen=True)
class MoneyView:
    """A property of an answer's model that gives an amount as Money.

    `currency` is the expression of the currency. `method` takes the currency from the caller, and is empty where the
    schema has one. An amount without a unit is an object that has the Money itself.
    """

    name: str
    field: str
    unit: str
    currency: str
    doc: str
    method: str
    method_doc: str


def amounts(data: Json, schema: Json) -> dict[str, str]:
    """The amounts of known unit that a schema has, with their units."""
    units = {name: prop.get("x-amount-unit", "unknown") for name, prop in properties(data, schema).items()}
    return {name: unit for name, unit in units.items() if unit != "unknown"}


def currency_name(data: Json, schema: Json) -> str:
    """The property with the currency of a schema's amounts, or nothing."""
    return next((name for name in CURRENCIES if name in properties(data, schema)), "")


def priced_amount(data: Json, schema: Json) -> str:
    """The amount of known unit that the currency beside it belongs to, or nothing."""
    found = amounts(data, schema)
    if not currency_name(data, schema):
        return ""
    return "amount" if "amount" in found else next(iter(found)) if len(found) == 1 else ""


def money_object_amount(data: Json, schema: Json) -> str:
    """The amount of an object that is nothing but an amount of known unit and its currency, or nothing."""
    return priced_amount(data, schema) if len(properties(data, schema)) == 2 else ""


def money_objects(data: Json, schema: Json) -> list[str]:
    """The properties that are objects of an amount and its currency."""
    return [
        name
        for name, prop in properties(data, schema).items()
        if "$ref" in prop and money_object_amount(data, resolve(data, prop))
    ]


def needs_one_currency(data: Json, names: Collection[str]) -> bool:
    """Whether a body of these schemas has amounts of known unit whose currency no field right beside them settles."""
    parts = [schemas(data)[name] for name in names]
    priced = sum(len(amounts(data, part)) for part in parts)
    settled = sum(bool(priced_amount(data, part)) for part in parts)
    currencies = sum(bool(currency_name(data, part)) for part in parts)
    return priced > 1 or (priced == 1 and currencies > settled)


def moneys(data: Json, schema: Json) -> list[MoneyView]:
    """The Money that a model of answers gives: `money` for its main amount, `<field>_money` for each other one."""
    found = {**dict.fromkeys(money_objects(data, schema), ""), **amounts(data, schema)}
    main = _main(data, schema, list(found))
    declared = currency_name(data, schema)
    currency = f"self.{snake(declared)}" if declared else 'self.additional_properties.get("currency")'
    views: list[MoneyView] = []
    for wire, unit in found.items():
        name = "money" if wire == main else f"{snake(wire)}_money"
        field, prop = snake(wire), properties(data, schema)[wire]
        views.append(
            MoneyView(
                name=name,
                field=field,
                unit=unit,
                currency=currency,
                doc=describing.money_doc(field, prop, declared, f"{name}_in"),
                method="" if declared or not unit else f"{name}_in",
                method_doc=describing.money_in_doc(field),
            )
        )
    return views


def _main(data: Json, schema: Json, found: list[str]) -> str:
    marked = [name for name in found if properties(data, schema)[name].get("x-main-amount")]
    if marked or "amount" in found:
        return marked[0] if marked else "amount"
    return found[0] if len(found) == 1 else ""
