"""Match the operations of an export with those of `spec/`: by method and path, else by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..model.api import Operation
from . import facts


@dataclass(frozen=True)
class Matches:
    """Matches of the operations of both sides.

    Attributes:
        pairs: An operation of `spec/`, and what the export has for it.
        ambiguous: An operation of the export, and those of `spec/` that it may be.
        only_there: The operations that only the export has.
        only_here: The operations that only `spec/` has.
    """

    pairs: list[tuple[Operation, Operation]]
    ambiguous: list[tuple[Operation, list[Operation]]]
    only_there: list[Operation]
    only_here: list[Operation]


def match(here: Sequence[Operation], there: Sequence[Operation]) -> Matches:
    """Match the operations of `spec/` with those of an export."""
    by_place = {_place(one): one for one in here}
    candidates = {
        one: _candidates(one, by_place.get(_place(one)), here) for one in there
    }
    rivals: dict[Operation, list[Operation]] = {}
    for one, found in candidates.items():
        if len(found) == 1:
            rivals.setdefault(found[0], []).append(one)
    matches = Matches([], [], [], [])
    for one, found in candidates.items():
        wanting = rivals[found[0]] if len(found) == 1 else []
        # Two of the export for one of ours: the one at its very place is it, if there is just one.
        exact = [rival for rival in wanting if by_place.get(_place(rival)) is found[0]]
        if wanting == [one] or exact == [one]:
            matches.pairs.append((found[0], one))
        elif not found or len(exact) == 1:
            matches.only_there.append(one)
        else:
            matches.ambiguous.append((one, found))
    met = {ours for ours, _ in matches.pairs}
    for _, found in matches.ambiguous:
        met.update(found)
    matches.only_here.extend(one for one in here if one not in met)
    return matches


def bare(path: str) -> str:
    """Return a path in which the names of the parameters, which are not sent, do not count."""
    return re.sub(r"\{[^{}]*\}", "{}", path).rstrip("/")


def _place(one: Operation) -> tuple[str, str]:
    return one.http_method, bare(one.path)


def _candidates(
    one: Operation, placed: Operation | None, here: Sequence[Operation]
) -> list[Operation]:
    """Return the operations of `spec/` that one of the export may be."""
    named = _named(one, here)
    if placed is None:
        return named
    # An inferred path may turn out to be that of another operation. Then the name tells which one is meant.
    is_other = (
        placed.path_evidence == facts.GUESS and placed not in named and len(named) == 1
    )
    return named if is_other else [placed]


def _named(one: Operation, here: Sequence[Operation]) -> list[Operation]:
    """Return the operations of `spec/` that have a name of this one; of several, those of its group or method."""
    names = {_plain(one.wire_id), _plain(one.summary)} - {""}
    found = [
        other for other in here if names & _names(other) and _is_telling(one, other)
    ]
    for same in (_same_group, _same_method):
        if len(found) > 1:
            found = [other for other in found if same(one, other)] or found
    return found


def _is_telling(one: Operation, other: Operation) -> bool:
    """Return whether a name says which operation it is: there may be a "Create" in every group."""
    own = {_plain(other.wire_id), _plain(other.call)}
    return (
        _plain(one.wire_id) in own
        or len(one.summary.split()) > 2
        or _same_group(one, other)
    )


def _names(ours: Operation) -> set[str]:
    return {_plain(text) for text in (ours.wire_id, ours.summary, ours.call)}


def _same_group(one: Operation, other: Operation) -> bool:
    parts = list(one.tags)
    for tag in one.tags:
        parts += tag.split("/")
    return not set(map(_plain, parts)).isdisjoint(map(_plain, other.tags))


def _same_method(one: Operation, other: Operation) -> bool:
    return one.http_method == other.http_method


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
