"""Write values that the document shows as the Python that a caller would write for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ..document import is_mapping, is_sequence
from ..model import money
from ..model.api import Amount, Field, Model, Parameter
from ..model.types import (
    ANYTHING,
    ListOf,
    ModelRef,
    Scalar,
    ScalarKind,
    Type,
    Union,
    json_types,
    variants_of,
)
from .python_code import Atom, Expression, Group, Part, text

#: More digits before the point than there is money: the client takes no such Money.
_MOST_DIGITS = 16
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


class ValueWriter:
    """Write values, amounts as Money where the unit and the currency are known.

    Args:
        exponents: The number of decimals of each currency.
        disputed: The currencies whose minor unit is not certain, of which the client takes no Money in minor units.
    """

    def __init__(
        self, exponents: Mapping[str, int], disputed: Collection[str] = ()
    ) -> None:
        self._exponents = exponents
        self._disputed = disputed

    def value(
        self, type_: Type, value: Any, currency: str, amount: Amount | None = None
    ) -> Expression:
        """Return the expression of a value.

        Args:
            type_: The type of it.
            value: The value as JSON.
            currency: The currency of the amounts around it; nothing where that is not known.
            amount: What is known of the amount that it is, if it is one.
        """
        if amount is not None and (priced := self._money(value, amount, currency)):
            return priced
        match _variant_for(type_, value):
            case ModelRef() as found if is_mapping(value):
                return self._object(found.model, value, currency)
            case ListOf(item=item) if is_sequence(value):
                parts = [Part("", self.value(item, one, currency)) for one in value]
                return Group("[", tuple(parts), "]")
            case Scalar(kind=kind):
                return _scalar(kind, value, is_amount=amount is not None)
            case _:
                return _plain(value)

    def fields(
        self, model: Model, value: dict[str, Any], currency: str
    ) -> Iterator[tuple[str, Expression]]:
        """Yield what a caller passes for each field of an object that the document shows, by its name in Python.

        Money brings its currency along, so the field with the currency is left out beside it.
        """
        currency = self._currency_in(model, value) or currency
        beside, amount = money.currency(model), money.priced_amount(model)
        written: dict[str, Expression] = {}
        for name, one in value.items():
            field = model.by_wire_name.get(name)
            if field is None:
                written[name] = self.value(model.further or ANYTHING, one, currency)
            elif not field.read_only and not is_discouraged(field):
                found = self.value(field.type, one, currency, field.amount)
                written[field.name] = found
        if beside and amount and _is_money(written.get(amount.name)):
            written.pop(beside.name, None)
        yield from written.items()

    def _currency_in(self, model: Model, value: dict[str, Any]) -> str:
        """Return the currency that an object names; nothing where it names none of ISO 4217."""
        field = money.currency(model)
        named = value.get(field.wire_name) if field else None
        return named if isinstance(named, str) and named in self._exponents else ""

    def _object(self, model: Model, value: dict[str, Any], currency: str) -> Expression:
        fields = list(self.fields(model, value, currency))
        # An object of an amount and its currency is Money itself.
        if money.money_object_amount(model) and len(fields) == 1:
            [(_, only)] = fields
            if _is_money(only):
                return only
        parts = [Part(f"{text(name).text}: ", one) for name, one in fields]
        return Group("{", tuple(parts), "}")

    # -- amounts -------------------------------------------------------------------------------------------

    def _money(self, value: Any, amount: Amount, currency: str) -> Expression | None:
        """Return an amount as Money; None where nobody knows how much that is."""
        exponent = self._exponents.get(currency)
        if amount.unit is None or exponent is None:
            return None
        number = _number(value, is_text=amount.unit == "decimal-string")
        if number is None:
            return None
        if amount.unit == "minor":
            if currency in self._disputed:
                return None
            number = number.scaleb(-exponent)
        written = f"{number:.{exponent}f}"
        if Decimal(written) != number:
            return None
        if number == int(number):
            written = str(int(number))
        arguments = f"{text(written).text}, {text(currency).text}"
        return Atom(f"Money({arguments})", frozenset({"Money"}))


def _variant_for(type_: Type, value: Any) -> Type:
    """Return the variant of a type that a value is of, as far as its JSON tells; the type itself for no union."""
    if not isinstance(type_, Union):
        return type_
    kind = _kind(value)
    found = [one for one in variants_of(type_) if _takes(one, kind)]
    if not is_mapping(value):
        return found[0] if found else ANYTHING
    models = [one for one in found if isinstance(one, ModelRef)]
    by_name = _named_variant(type_, value, models)
    return by_name or max(models, key=lambda one: _known(one, value), default=ANYTHING)


def _named_variant(
    type_: Union, value: dict[str, Any], models: list[ModelRef]
) -> ModelRef | None:
    if type_.discriminator is None:
        return None
    keys = dict(type_.discriminator.keys)
    key = keys.get(str(value.get(type_.discriminator.wire_name)))
    return next((model for model in models if model.key == key), None)


def _known(reference: ModelRef, value: dict[str, Any]) -> int:
    """Return how many fields of an object a model has, less those that the object lacks."""
    model = reference.model
    lacking = [
        one for one in model.fields if one.required and one.wire_name not in value
    ]
    return len(model.by_wire_name.keys() & value.keys()) - len(lacking)


def _takes(variant: Type, kind: str) -> bool:
    kinds = json_types(variant)
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _kind(value: object) -> str:
    """Return the JSON type of a value; that of true and false before that of numbers, which they are to Python."""
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def _scalar(kind: ScalarKind, value: Any, *, is_amount: bool) -> Expression:
    if isinstance(value, str) and kind == "date-time":
        return _moment(value) or text(value)
    if isinstance(value, str) and kind == "date":
        return _day(value) or text(value)
    if isinstance(value, float) and is_amount:
        return Atom(f'Decimal("{value!r}")', frozenset({"Decimal"}))
    return _plain(value)


def _plain(value: Any) -> Expression:
    """Return a value whose type says no more than its JSON does."""
    if isinstance(value, str):
        return text(value)
    if is_mapping(value):
        entries = [
            Part(f"{text(key).text}: ", _plain(one)) for key, one in value.items()
        ]
        return Group("{", tuple(entries), "}")
    if is_sequence(value):
        return Group("[", tuple(Part("", _plain(one)) for one in value), "]")
    return Atom(repr(value))


def _moment(value: str) -> Atom | None:
    try:
        moment = datetime.fromisoformat(value)
        there = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    if moment.tzinfo is None:
        return None
    numbers = [there.year, there.month, there.day, there.hour, there.minute]
    numbers += [there.second, there.microsecond]
    while len(numbers) > 5 and not numbers[-1]:
        numbers.pop()
    written = ", ".join(map(str, numbers))
    return Atom(f"datetime({written}, tzinfo=UTC)", frozenset({"datetime", "UTC"}))


def _day(value: str) -> Atom | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return Atom(f"date({day.year}, {day.month}, {day.day})", frozenset({"date"}))


def _number(value: Any, *, is_text: bool) -> Decimal | None:
    """Return the number that an amount is on the wire; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) != is_text:
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    is_sound = number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS
    return number if is_sound else None


def is_discouraged(node: Field | Parameter) -> bool:
    """Return whether a caller had better leave something out: it is deprecated, and nothing needs it."""
    return node.deprecation is not None and not node.required


def _is_money(expression: Expression | None) -> bool:
    return isinstance(expression, Atom) and "Money" in expression.imports
