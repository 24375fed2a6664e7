"""Compare the arguments of methods and the Money properties of classes, each of which follows from several facts.

A second amount in a response takes `.money` away from the first; an amount whose unit becomes known lets `Money` bring
its currency. No single node says so, so what the generator makes of both APIs is compared.
"""

from __future__ import annotations

from ..emit.operations import OperationView
from ..model import money
from ..model.api import Api, Model
from . import matches
from .alignment import differences
from .findings import Findings, Place
from .side import Direction, Side


def compare(found: Findings) -> None:
    """Report what follows from the changes so far and was not reported with them."""
    _compare_money(found)
    _compare_arguments(found, found.old.api, found.new.api)


def _compare_money(found: Findings) -> None:
    for old_key, new_key in found.pairs():
        before = _money_names(found.old, old_key)
        after = _money_names(found.new, new_key)
        schema = found.new.schemas[new_key]
        where = f"models.{schema.name}"
        for name, was, now in differences(before, after):
            symbols = (f"{where}.{name}", f"{where}.{name}_in")
            place = Place(where, schema.origin.pointer, f"`.{name}`", symbols=symbols)
            _compare_property(found, place, was, now)


def _money_names(side: Side, key: str) -> dict[str, str]:
    """Return the amounts that a model gives as Money, by the names of the properties that give them."""
    model = side.api.models.get(key)
    is_read = Direction.RESPONSE in side.uses[key] or not side.uses[key]
    if not isinstance(model, Model) or not is_read:
        return {}
    return {name: field.name for name, field in money.money_properties(model).items()}


def _compare_property(
    found: Findings, place: Place, old: str | None, new: str | None
) -> None:
    if old is None:
        found.adds("money-added", place, f"returns `{new}` as `Money`.")
    elif new is None:
        found.breaks(
            "money-changed", place, f"was removed; it returned `{old}` as `Money`."
        )
    else:
        found.breaks("money-changed", place, f"now returns `{new}` instead of `{old}`.")


def _compare_arguments(found: Findings, old: Api, new: Api) -> None:
    """Compare the arguments of the methods: some come, go or become required by what is beside them."""
    known = found.symbols
    for operation, other in matches.operations(old.operations, new.operations).items():
        call = f"client.{operation.call}"
        before = _signature(OperationView(operation))
        after = _signature(OperationView(other))
        for name, was, now in differences(before, after):
            symbol = f"{call}({name})"
            if symbol not in known:
                place = Place(
                    call, other.origin.pointer, f"parameter `{name}`", symbols=(symbol,)
                )
                _compare_argument(found, place, was, now)


def _signature(view: OperationView) -> dict[str, bool]:
    """Return whether each argument of a method is required."""
    found = {one.name: one.required for one in view.path_parameters}
    found.update((one.name, one.required) for one in view.arguments)
    return found


def _compare_argument(
    found: Findings, place: Place, old: bool | None, new: bool | None
) -> None:
    if new is None:
        found.breaks("argument-removed", place, "was removed.")
    elif old is None and new:
        found.breaks("argument-added", place, "is new and required. Pass it.")
    elif old is None:
        found.adds("argument-added", place, "is new.")
    elif new:
        found.breaks("argument-becomes-required", place, "is now required. Pass it.")
    else:
        found.adds("argument-becomes-optional", place, "is no longer required.")
