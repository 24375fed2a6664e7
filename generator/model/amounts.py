"""Read the amounts: in which unit each is, and how well that is known. The API mixes units, so each must say it."""

from __future__ import annotations

import re

from .. import openapi
from ..diagnostics import meant
from ..document import Located, Pointer
from .api import EVIDENCE, Amount, AmountUnit
from .reader import Reader, evidence_of

#: The words for units; the last one says that the vendor does not state it.
UNITS: dict[str, AmountUnit | None] = {
    "minor": "minor",
    "major": "major",
    "decimal-string": "decimal-string",
    "unknown": None,
}

_AMOUNT_NAME = re.compile(
    r"(?:amount|balance)|.*(?:[a-z0-9](?:Amount|Balance)|_(?:amount|balance))"
)
_SCALARS = {"number", "integer", "string"}
_UNIT, _EVIDENCE = "x-amount-unit", "x-amount-unit-evidence"


def read_amount(
    reader: Reader, name: str, schema: Pointer, parameter: Pointer | None = None
) -> Amount | None:
    """Return what is known of the unit of an amount; None for what is no amount, or has no unit.

    Args:
        reader: The reader of the document.
        name: The name on the wire.
        schema: The place of its schema.
        parameter: The place of the parameter that has the schema; it may have the extensions itself.
    """
    unit = _extension(reader, schema, parameter, _UNIT)
    if unit is None and not _is_amount(reader, name, schema):
        return None
    evidence = _extension(reader, schema, parameter, _EVIDENCE)
    _check_evidence(reader, name, schema, evidence)
    if unit is None or unit.value not in list(UNITS):
        _report_unit(reader, name, schema, unit)
        return None
    return Amount(
        unit=UNITS[unit.value],
        evidence=evidence_of(evidence.value if evidence else None) or "inferred",
        pointer=unit.pointer,
    )


def _is_amount(reader: Reader, name: str, schema: Pointer) -> bool:
    """Return whether something without an extension is an amount by its name and type."""
    if _AMOUNT_NAME.fullmatch(name) is None:
        return False
    return not _SCALARS.isdisjoint(openapi.types(reader.document, schema))


def _extension(
    reader: Reader, schema: Pointer, parameter: Pointer | None, name: str
) -> Located | None:
    if parameter is not None:
        value = reader.at(parameter)
        if name in value:
            return Located((*parameter, name), value[name])
    return openapi.extension(reader.document, schema, name)


def _report_unit(
    reader: Reader, name: str, schema: Pointer, unit: Located | None
) -> None:
    fix = f"write `{_UNIT}:` with one of {', '.join(UNITS)}"
    if unit is None:
        reader.flawed(schema, f"the amount {name!r} has no unit", fix)
        return
    message = f"{unit.value!r} is not a unit of amounts"
    reader.flawed(unit.pointer, message, meant(unit.value, UNITS, fix))


def _check_evidence(
    reader: Reader, name: str, schema: Pointer, evidence: Located | None
) -> None:
    message = f"the amount {name!r} does not say how well its unit is known"
    fix = f"write `{_EVIDENCE}:` with one of {', '.join(EVIDENCE)}"
    if evidence is None:
        reader.flawed(schema, message, fix)
    elif evidence.value not in EVIDENCE:
        reader.flawed(evidence.pointer, message, meant(evidence.value, EVIDENCE, fix))
