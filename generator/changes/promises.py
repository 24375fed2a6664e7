"""Compare the promises of a call: its pages, the facts that find it again, its look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.api import Field, LookUp, Pagination, Parameter, Recipe
from .alignment import differences
from .difference import Difference
from .findings import Findings, Place, changed


def compare_pagination(
    found: Findings, place: Place, old: Pagination | None, new: Pagination | None
) -> None:
    """Compare how a list is followed."""
    if new is None:
        found.breaks(
            "pagination-removed",
            place,
            "now returns the response itself instead of a pager.",
        )
    elif old is None:
        found.breaks(
            "pagination-added", place.at(new), "now returns a pager: iterate over it."
        )
    else:
        _PaginationDifference(
            found, place.at(new).about("how the list is paged"), old, new
        ).compare()
        for name, before, after in differences(_pages(old), _pages(new)):
            text = f"is paged in another way: `{name}` {changed(before, after)}. A loop may see other rows."
            found.breaks("pagination-changed", place.at(new), text)


def _pages(pagination: Pagination) -> dict[str, str | None]:
    """Return the fields and parameters that pages are told by, as they are named on the wire."""
    nodes: dict[str, Field | Parameter | None] = {
        "items": pagination.items,
        "page": pagination.page,
        "size": pagination.size,
        "total": pagination.total,
        "identity": pagination.identity,
        "page parameter": pagination.page_parameter,
        "size parameter": pagination.size_parameter,
    }
    names: dict[str, str | None] = {}
    for name, node in nodes.items():
        names[name] = node.wire_name if node is not None else None
    names["whole"] = "true" if pagination.whole else None
    return names


class _PaginationDifference(Difference[Pagination]):
    """Compare what is known of it; `_pages` compares the rest by its names."""

    told_elsewhere = frozenset(
        {
            "identity",
            "item",
            "items",
            "page",
            "page_parameter",
            "size",
            "size_parameter",
            "total",
            "whole",
        }
    )


def compare_facts(
    found: Findings, place: Place, old: Mapping[str, str], new: Mapping[str, str]
) -> None:
    """Compare the facts by which a call is found again."""
    for name, before, after in differences(old, new):
        if name == "idempotency_key":
            continue  # The key is told by itself.
        if before is None:
            found.adds(
                "fact-added", place, f"reports its `{name}` in `save_call` and errors."
            )
        else:
            text = f"takes its `{name}` for `save_call` and errors from another place: it {changed(before, after)}."
            found.breaks("fact-changed", place, text)


def compare_recipes(
    found: Findings, place: Place, old: Recipe | None, new: Recipe | None
) -> None:
    """Compare how it is found out what became of a call."""
    if old is not None and new is not None:
        _RecipeDifference(found, place, old, new).compare()
    elif new is not None:
        found.adds(
            "reconcile-added", place, "can be reconciled after an unknown outcome."
        )
    elif old is not None:
        found.breaks(
            "reconcile-removed",
            place,
            "can no longer be reconciled after an unknown outcome.",
        )


class _RecipeDifference(Difference[Recipe]):
    def on_none(self, old: str, new: str) -> None:
        if not self.old.look_ups and not self.new.look_ups:
            self.docs("why nothing can be looked up")

    def on_look_ups(self, old: tuple[LookUp, ...], new: tuple[LookUp, ...]) -> None:
        if not new:
            text = (
                "is always `Undetermined` after an unknown outcome: no look-up is left."
            )
            self.breaks("reconcile-removed", text)
        elif not old:
            self.adds("reconcile-added", "is now looked up after an unknown outcome.")
        elif list(map(_rests_on, old)) != list(map(_rests_on, new)):
            text = "is looked up in another way after an unknown outcome: `NotExecuted` now rests on other facts."
            self.breaks("reconcile-changed", text)


def _rests_on(look_up: LookUp) -> tuple[object, ...]:
    """Return everything that a look-up asks and reads."""
    return tuple(_facts_of(look_up))


def _facts_of(look_up: LookUp) -> Iterator[object]:
    yield look_up.operation.wire_id
    yield look_up.by
    yield [field.wire_name for field in look_up.fields]
    for field in (look_up.amount, look_up.made, look_up.original):
        yield None if field is None else field.wire_name
    yield from (look_up.status, look_up.found, look_up.ended, look_up.absent)
    yield from (look_up.whole, look_up.absence, look_up.is_known)
