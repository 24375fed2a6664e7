"""Rules about money: the API mixes units, so every amount says in which one it is, and how we know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import reading
from ...document import Document, Located, Pointer, is_mapping, mapping, objects
from ...problems import Problem, meant

#: The JSON types that fit each unit; the first is the usual one.
UNITS = {
    "minor": ("integer",),
    "major": ("number", "integer"),
    "decimal-string": ("string",),
    "unknown": ("number", "integer"),
}

_AMOUNT_NAME = re.compile(r"(?:amount|balance)|.*(?:[a-z0-9](?:Amount|Balance)|_(?:amount|balance))")
_SCALARS = {"number", "integer", "string"}
_UNIT, _EVIDENCE, _MAIN = "x-amount-unit", "x-amount-unit-evidence", "x-main-amount"


def amount_has_a_unit(document: Document) -> Iterator[Problem]:
    """Every amount has a unit and says how well that is known."""
    for name, value in _values(document):
        unit = _mark(document, value.pointer, _UNIT)
        is_amount = _AMOUNT_NAME.fullmatch(name) and reading.types(document, value.pointer) & _SCALARS
        if unit is None and not is_amount:
            continue
        if unit is None or unit.value not in list(UNITS):
            fix = f"write `{_UNIT}:` with one of {', '.join(UNITS)}"
            if unit is None:
                yield document.problem(value.pointer, f"the amount {name!r} has no unit", fix)
            else:
                message = f"{unit.value!r} is not a unit of amounts"
                yield document.problem(unit.pointer, message, meant(unit.value, UNITS, fix))
        evidence = _mark(document, value.pointer, _EVIDENCE)
        if evidence is None or evidence.value not in reading.EVIDENCE:
            fix = f"write `{_EVIDENCE}:` with one of {', '.join(reading.EVIDENCE)}"
            yield document.problem(
                value.pointer if evidence is None else evidence.pointer,
                f"the amount {name!r} does not say how well its unit is known",
                fix if evidence is None else meant(evidence.value, reading.EVIDENCE, fix),
            )


def amount_fits_its_unit(document: Document) -> Iterator[Problem]:
    """Minor units are whole numbers, decimal strings are text, other amounts are numbers."""
    for name, value in _values(document):
        unit = _mark(document, value.pointer, _UNIT)
        if unit is None or unit.value not in list(UNITS):
            continue
        wanted, found = UNITS[unit.value], reading.types(document, value.pointer)
        if not found or not found <= set(wanted):
            kind = " or ".join(sorted(found)) or "any type"
            yield document.problem(
                unit.pointer,
                f"the amount {name!r} in the unit {unit.value} is of {kind}",
                f"write `type: {wanted[0]}`, or correct the unit",
            )


def main_amount_is_one_of_known_unit(document: Document) -> Iterator[Problem]:
    """`x-main-amount` names the one amount that `.money` of an object stands for."""
    for schema in reading.schemas(document):
        marked: list[str] = []
        for name, value in mapping(schema.value.get("properties")).items():
            if _MAIN not in mapping(value):
                continue
            place = (*schema.pointer, "properties", name)
            unit = _mark(document, place, _UNIT)
            if value[_MAIN] is not True or unit is None or unit.value == "unknown":
                yield document.problem(
                    (*place, _MAIN),
                    f"{name!r} is marked as main amount, but is no amount of known unit",
                    f"write `{_MAIN}: true` on an amount of known unit only",
                )
            elif marked:
                yield document.problem(
                    (*place, _MAIN),
                    f"{name!r} and {marked[0]!r} are both marked as main amount",
                    f"keep `{_MAIN}` on one of them",
                )
            else:
                marked.append(name)


def _values(document: Document) -> Iterator[tuple[str, Located]]:
    """The schema of everything that has a name: properties and parameters."""
    for schema in reading.schemas(document):
        for name, value in mapping(schema.value.get("properties")).items():
            yield name, Located((*schema.pointer, "properties", name), value)
    for place, found in objects(document.data):
        if "in" in found and is_mapping(found.get("schema")):
            yield str(found.get("name")), Located((*place, "schema"), found["schema"])


def _mark(document: Document, pointer: Pointer, name: str) -> Located | None:
    """An extension of a schema, or of the parameter that it belongs to."""
    outer = mapping(document.get(pointer[:-1]))
    if "in" in outer and name in outer and pointer[-1] == "schema":
        return Located((*pointer[:-1], name), outer[name])
    return reading.mark(document, pointer, name)
