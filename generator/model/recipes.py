"""Read `x-reconcile`: the look-ups that find out what became of a call, and what each proves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import identifiers
from ..document import Pointer, mapping, sequence
from .api import (
    EVIDENCE,
    PROVES_ABSENCE,
    AmountUnit,
    Evidence,
    Field,
    LookUp,
    Model,
    Operation,
    Recipe,
)
from .look_ups import LookUpChecker, check_recipe, deciding_properties, status_of
from .reader import Reader, line_of
from .types import EnumRef, ModelRef, variants_of


def read_recipes(
    reader: Reader, operations: tuple[Operation, ...]
) -> tuple[Recipe, ...]:
    """Return the recipe of each operation that has one, in the document's order."""
    by_id = {operation.wire_id: operation for operation in operations}
    found = [_recipe(reader, operation, by_id) for operation in operations]
    return tuple(recipe for recipe in found if recipe is not None)


def _recipe(
    reader: Reader, operation: Operation, by_id: Mapping[str, Operation]
) -> Recipe | None:
    check_recipe(reader, operation)
    place = (*operation.origin.pointer, "x-reconcile")
    extension = reader.at(place)
    if not extension:
        return None
    look_ups: list[LookUp] = []
    for index, item in enumerate(sequence(extension.get("look-ups"))):
        look_up = _look_up(
            reader, (*place, "look-ups", index), mapping(item), by_id, operation
        )
        look_ups += [look_up] if look_up is not None else []
    return Recipe(
        operation=operation,
        amount_unit=_unit(operation),
        none=line_of(extension, "none"),
        check=line_of(extension, "check"),
        look_ups=tuple(look_ups),
    )


def _unit(operation: Operation) -> AmountUnit | None:
    """Return the unit of the amount in the request, at the place that the facts of a call name."""
    _, _, pointer = operation.facts.get("amount", "").partition("#/")
    model = operation.body.model if operation.body and pointer else None
    field: Field | None = None
    for step in pointer.split("/"):
        field = model.by_wire_name.get(step) if model else None
        model = field.type.model if field and isinstance(field.type, ModelRef) else None
    return field.unit if field else None


def _look_up(
    reader: Reader,
    place: Pointer,
    extension: dict[str, Any],
    by_id: Mapping[str, Operation],
    called: Operation,
) -> LookUp | None:
    operation = by_id.get(str(extension.get("operation")))
    name = extension.get("operation")
    checker = LookUpChecker(reader, place, extension)
    if called.moves_money:
        checker.check_keys(called)
    if operation is None or operation.http_method != "GET" or operation.moves_money:
        message = f"the look-up names {name!r}, which is no GET that moves no money"
        reader.wrong((*place, "operation"), message, "name the operationId of one")
        return None
    row = _row(operation)
    if row is None:
        message = f"the look-up names {name!r}, which shows no object with a schema"
        fix = "name the operationId of a GET that shows one, or a list of them"
        reader.wrong((*place, "operation"), message, fix)
        return None
    named = row.by_wire_name
    if called.moves_money:
        checker.check_target(operation, named)
    used = [named[name] for name in deciding_properties(extension) if name in named]
    words = _evidence(operation, row, used)
    amount, unit = named.get(str(extension.get("amount", ""))), _unit(called)
    is_comparable = amount is not None and unit is not None and amount.unit == unit
    return LookUp(
        pointer=place,
        operation=operation,
        by=str(extension.get("by")),
        row=row,
        fields=tuple(
            named[name]
            for name in map(str, sequence(extension.get("fields")))
            if name in named
        ),
        # Amounts are compared in one known unit, or not at all.
        amount=amount if is_comparable else None,
        made=named.get(str(extension.get("made"))),
        status=identifiers.snake(status_of(extension)),
        found=tuple(map(str, sequence(extension.get("found")))),
        ended=tuple(map(str, sequence(extension.get("ended")))),
        absent=tuple(map(str, sequence(extension.get("absent")))),
        whole=extension.get("whole") is True,
        original=named.get(str(extension.get("original"))),
        absence=extension.get("absence") is True,
        evidence=max(words, key=EVIDENCE.index),
        # Each word counts: the weakest of them may be "observed" while another one is of 2023.
        is_known=set(words) <= set(PROVES_ABSENCE),
    )


def _row(operation: Operation) -> Model | None:
    """Return the model of a row, or of the whole response."""
    if operation.pagination is not None:
        return operation.pagination.item
    return operation.result.model if isinstance(operation.result, ModelRef) else None


def _evidence(operation: Operation, row: Model, used: list[Field]) -> list[Evidence]:
    """Return the evidence of everything that a look-up rests on."""
    words: list[Evidence] = [operation.method_evidence, operation.path_evidence]
    for field in used:
        words.append(field.evidence)
        words += _evidence_of_target(field)
    if operation.pagination is not None:
        words.append(operation.pagination.evidence)
    return words


def _evidence_of_target(field: Field) -> list[Evidence]:
    """Return the evidence of the schema that a field refers to, if it refers to one."""
    words: list[Evidence] = []
    for variant in variants_of(field.type):
        if isinstance(variant, ModelRef):
            words.append(variant.model.evidence)
        elif isinstance(variant, EnumRef):
            words.append(variant.enum.evidence)
    return words
