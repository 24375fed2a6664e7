"""Prepare what the template shows of recipes: how a call is found again, and what that proves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..identifiers import snake
from ..model.api import LookUp, Recipe
from .operations import OperationView


class LookUpView:
    """What the template shows of one look-up."""

    def __init__(self, node: LookUp, operations: Mapping[str, OperationView]) -> None:
        self.view = operations[node.operation.id]
        self.evidence = node.evidence
        self.by = node.by
        self.row = node.row.name
        self.fields = [field.name for field in node.fields]
        self.amount = node.amount.name if node.amount else ""
        self.made = node.made.name if node.made else ""
        self.original = node.original.name if node.original else ""
        self.status = node.status
        self.found = node.found
        self.ended = node.ended
        self.whole = node.whole
        self.finds = node.finds
        # The lint refuses a mark that claims more than is known; the package does not depend on it.
        self.absent = node.absent if node.is_known else ()
        self.absence = node.absence and node.is_known and node.made is not None


class RecipeView:
    """What the template shows of all look-ups of an operation."""

    def __init__(self, node: Recipe, operations: Mapping[str, OperationView]) -> None:
        view = operations[node.operation.id]
        self.call = view.call
        self.family = view.family
        self.settings = view.settings
        self.facts = list(node.operation.facts)
        self.amount_unit = node.amount_unit or ""
        self.none = node.none
        self.check = node.check
        ones = [look_up for look_up in node.look_ups if not look_up.is_list]
        lists = [look_up for look_up in node.look_ups if look_up.is_list]
        self.ones = [LookUpView(look_up, operations) for look_up in ones]
        self.listing = LookUpView(lists[0], operations) if lists else None


def imports(look_ups: Iterable[LookUpView]) -> list[str]:
    """Return the statements that import the request builders and the models of look-ups."""
    found: set[str] = set()
    for look_up in look_ups:
        found.add(f"from .api.{look_up.view.module} import {look_up.view.id}")
        for name in (look_up.row, *look_up.view.result.models):
            found.add(f"from .models.{snake(name)} import {name}")
    return sorted(found)
