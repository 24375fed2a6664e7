"""What changed in what a call promises: its pages, the facts that it is found by, its look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.api import LookUp, Pagination, Recipe
from .difference import Difference
from .findings import Findings, Place, changed


def compare_pagination(
    found: Findings, place: Place, old: Pagination | None, new: Pagination | None
) -> None:
    """Compare how a list is followed."""
    if new is None:
        found.breaks(
            "pagination-removed", place, "gives the response itself now, and no pager."
        )
    elif old is None:
        found.breaks(
            "pagination-added", place.at(new), "gives a pager now: iterate over it."
        )
    else:
        _PaginationDifference(
            found, place.at(new).about("how the list is paged"), old, new
        ).compare()
        before, after = _pages(old), _pages(new)
        for name in before:
            if before[name] != after[name]:
                text = (
                    f"is paged in another way: `{name}` {changed(before[name], after[name])}. A loop may see other "
                    "rows."
                )
                found.breaks("pagination-changed", place.at(new), text)


def _pages(pagination: Pagination) -> dict[str, str | None]:
    """Return the fields and parameters that pages are told by, as they are named on the wire."""
    named = {
        "items": pagination.items,
        "page": pagination.page,
        "size": pagination.size,
        "total": pagination.total,
        "identity": pagination.identity,
        "page parameter": pagination.page_parameter,
        "size parameter": pagination.size_parameter,
    }
    names = {
        name: None if node is None else node.wire_name for name, node in named.items()
    }
    return {**names, "whole": "true" if pagination.whole else None}


class _PaginationDifference(Difference[Pagination]):
    """Compares what is known of it; `_pages` compares the rest by its names."""

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
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        # The key is told by itself.
        if before == after or name == "idempotency_key":
            continue
        if before is None:
            found.adds(
                "fact-added", place, f"says its `{name}` in `save_call` and errors."
            )
        else:
            text = f"takes its `{name}` for `save_call` and errors from elsewhere: it {changed(before, after)}."
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
            "cannot be reconciled any more after an unknown outcome.",
        )


class _RecipeDifference(Difference[Recipe]):
    def on_none(self, old: str, new: str) -> None:
        if not self.old.look_ups and not self.new.look_ups:
            self.found.docs(self.place, "why nothing can be looked up")

    def on_look_ups(self, old: tuple[LookUp, ...], new: tuple[LookUp, ...]) -> None:
        if not new:
            text = "is always `Undetermined` after an unknown outcome: nothing looks it up any more."
            self.found.breaks("reconcile-removed", self.place, text)
        elif not old:
            self.found.adds(
                "reconcile-added", self.place, "is looked up after an unknown outcome."
            )
        elif [*map(_rests_on, old)] != [*map(_rests_on, new)]:
            text = "is looked up in another way after an unknown outcome: `NotExecuted` rests on other facts."
            self.found.breaks("reconcile-changed", self.place, text)


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
