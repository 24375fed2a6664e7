"""Find the arguments of the client that make a body.

The client's own model reads the body, which gives the names in Python. Amounts become Money where the client then
writes the same JSON: it knows the units, and nobody guesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast

import attrs
from plexy_pay import UNSET, Money, PlexyError

_FURTHER: Final = "additional_properties"
#: What the client raises for arguments that it does not take; a warning where those are errors.
REFUSALS: Final = (PlexyError, TypeError, Warning)


def arguments_of(model: Any, body: object) -> Iterator[dict[str, object]]:
    """Yield the arguments that may make a body, the ones that a person would choose first.

    Args:
        model: The client's model of the body; None if the operation takes none.
        body: The JSON of the body.
    """
    if body is None or body == {}:
        yield {}
        return
    if model is None or not isinstance(body, dict):
        return
    plain = _params_of(model.from_dict(cast("dict[str, Any]", body)))
    priced = _with_money(model, plain)
    if priced != plain:
        yield priced
    yield plain


def _params_of(value: object) -> Any:
    """Return a value that the client has read as what a caller passes for it."""
    if attrs.has(type(value)):
        return dict(_fields_of(value))
    if isinstance(value, list):
        return [_params_of(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {name: _params_of(one) for name, one in fields.items()}
    return value.value if isinstance(value, Enum) else value


def _fields_of(model: Any) -> Iterator[tuple[str, Any]]:
    kind: type[Any] = model.__class__
    for attribute in attrs.fields(kind):
        value = getattr(model, attribute.name)
        if attribute.name != _FURTHER and value is not UNSET:
            yield attribute.alias or attribute.name, _params_of(value)
    for name, value in model.additional_properties.items():
        yield name, _params_of(value)


# --- money ----------------------------------------------------------------------------------------------------


def _with_money(model: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with Money where the client writes the same JSON for it."""
    wanted = _json_of(model, params)
    if wanted is None:
        return params
    found = params
    for place in list(_objects_in(params)):
        for priced in _priced(_at(found, place), is_whole_body=not place):
            changed = _replaced(found, place, priced)
            if _json_of(model, changed) == wanted:
                found = changed
                break
    return found


def _json_of(model: Any, params: Mapping[str, Any]) -> object:
    """Return the JSON that the client makes of arguments; None if it refuses them."""
    try:
        return model.from_params(params).to_dict()
    except REFUSALS:
        return None


def _objects_in(
    value: object, place: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the places of the objects in a value, the outermost first."""
    if isinstance(value, dict):
        yield place
        for name, one in cast("dict[str, object]", value).items():
            yield from _objects_in(one, (*place, name))


def _at(value: Any, place: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the object at a place; an empty one if Money has taken it."""
    for name in place:
        value = _fields(value).get(name)
    return _fields(value)


def _fields(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _replaced(value: Any, place: tuple[str, ...], other: object) -> Any:
    if not place:
        return other
    name, *rest = place
    return value | {name: _replaced(value[name], tuple(rest), other)}


def _priced(found: Mapping[str, Any], *, is_whole_body: bool) -> Iterator[object]:
    """Yield what an object with an amount and a currency may be instead: Money, or the object with Money in it."""
    currency = found.get("currency")
    if not isinstance(currency, str):
        return
    for name in ("amount", "value"):
        for money in _moneys(found.get(name), currency):
            beside = {key: one for key, one in found.items() if key != "currency"}
            if beside.keys() == {name} and not is_whole_body:
                yield money
            yield beside | {name: money}


def _moneys(amount: object, currency: str) -> Iterator[Money]:
    """Yield the sums that an amount may be, in minor and in major units."""
    if isinstance(amount, bool) or not isinstance(amount, (int, str, Decimal)):
        return
    try:
        if isinstance(amount, int):
            yield Money.from_minor(amount, currency)
        yield Money(amount, currency)
    except (PlexyError, ValueError, ArithmeticError):
        return
