"""Check amounts: each fits its unit, and the one that stands for its object has a known one."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...model.api import Api, Field, Parameter
from ...model.types import json_types

#: The JSON types that fit each unit; the first is the usual one.
_TYPES = {
    "minor": ("integer",),
    "major": ("number", "integer"),
    "decimal-string": ("string",),
    "unknown": ("number", "integer"),
}
_MAIN = "x-main-amount"


def amount_fits_its_unit(api: Api) -> Iterator[Diagnostic]:
    """Report an amount whose type does not fit its unit.

    Minor units are whole numbers, decimal strings are text, other amounts are numbers.
    """
    for node in _nodes(api):
        if node.amount is None:
            continue
        unit = node.amount.unit or "unknown"
        wanted, found = _TYPES[unit], json_types(node.type)
        if not found or not found <= set(wanted):
            kind = " or ".join(sorted(found)) or "any type"
            yield api.diagnostic(
                node.amount.pointer,
                f"the amount {node.wire_name!r} in the unit {unit} is of {kind}",
                f"write `type: {wanted[0]}`, or correct the unit",
            )


def main_amount_is_one_of_known_unit(api: Api) -> Iterator[Diagnostic]:
    """Report `x-main-amount` unless it names the one amount that `.money` of an object stands for."""
    for model in api.models.values():
        main = [field for field in model.fields if field.is_main_amount]
        for field in main:
            if field.unit is None:
                yield api.diagnostic(
                    (*field.origin.pointer, _MAIN),
                    f"{field.wire_name!r} is marked as main amount, but is no amount of known unit",
                    f"write `{_MAIN}: true` on an amount of known unit only",
                )
        yield from _diagnostics_of_several(
            api, [field for field in main if field.unit is not None]
        )


def _diagnostics_of_several(api: Api, main: list[Field]) -> Iterator[Diagnostic]:
    for field in main[1:]:
        yield api.diagnostic(
            (*field.origin.pointer, _MAIN),
            f"{field.wire_name!r} and {main[0].wire_name!r} are both marked as main amount",
            f"keep `{_MAIN}` on one of them",
        )


def _nodes(api: Api) -> Iterator[Field | Parameter]:
    for model in api.models.values():
        yield from model.fields
    for operation in api.operations:
        yield from operation.parameters
