"""Finds the operation of `spec/` that an operation of an export is: by method and path, else by its names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from .. import reading
from ..document import Document, mapping, sequence
from ..reading import Operation, call_of


@dataclass(frozen=True)
class Matches:
    """Which operation is which.

    Attributes:
        pairs: An operation of `spec/`, and what the export has for it.
        ambiguous: An operation of the export, and those of `spec/` that it may be.
        only_there: What only the export has.
        only_here: What only `spec/` has.
    """

    pairs: tuple[tuple[Operation, Operation], ...]
    ambiguous: tuple[tuple[Operation, tuple[Operation, ...]], ...]
    only_there: tuple[Operation, ...]
    only_here: tuple[Operation, ...]


def match(ours: Document, theirs: Document) -> Matches:
    """Match the operations of two documents."""
    here, there = list(reading.operations(ours)), list(reading.operations(theirs))
    by_place = {(one.method, bare(one.path)): one for one in here}
    candidates: dict[int, list[Operation]] = {}
    for index, one in enumerate(there):
        placed = by_place.get((one.method, bare(full_path(one))))
        named = _named(one, here)
        if placed is not None:
            # An inferred path may turn out to be that of another operation. Then the name tells which one is meant.
            is_other = _path_word(placed) == "inferred" and placed not in named and len(named) == 1
            candidates[index] = named if is_other else [placed]
        else:
            candidates[index] = named
    taken: dict[str, list[int]] = {}
    for index, found in candidates.items():
        for one in found if len(found) == 1 else ():
            taken.setdefault(call_of(one), []).append(index)
    # Two of the export for one of ours: the one at its very place is it, if there is just one.
    pairs: list[tuple[Operation, Operation]] = []
    ambiguous: list[tuple[Operation, tuple[Operation, ...]]] = []
    only_there: list[Operation] = []
    for index, one in enumerate(there):
        found = candidates[index]
        if not found:
            only_there.append(one)
            continue
        rivals = taken[call_of(found[0])] if len(found) == 1 else []
        if len(rivals) > 1:
            exact = [
                n for n in rivals if by_place.get((there[n].method, bare(full_path(there[n])))) is found[0]
            ]
            rivals = exact if len(exact) == 1 else rivals
            if rivals == exact and index != exact[0]:
                only_there.append(one)
                continue
        if len(found) == 1 and len(rivals) == 1:
            pairs.append((found[0], one))
        else:
            ambiguous.append((one, tuple(found)))
    met = {call_of(ours) for ours, _ in pairs} | {call_of(one) for _, found in ambiguous for one in found}
    only_here = tuple(one for one in here if call_of(one) not in met)
    return Matches(tuple(pairs), tuple(ambiguous), tuple(only_there), only_here)


def full_path(operation: Operation) -> str:
    """The path with that of the server before it: an export may say `/payments` below a server that ends in `/v1`."""
    item = mapping(operation.document.get(operation.pointer[:-1]))
    for holder in (operation.data, item, operation.document.data):
        servers = sequence(holder.get("servers"))
        if servers:
            prefixes = {_path_of(mapping(server).get("url")) for server in servers}
            prefix = prefixes.pop() if len(prefixes) == 1 else ""
            return prefix + operation.path
    return operation.path


def _path_of(url: object) -> str:
    try:
        path = urlsplit(str(url)).path.rstrip("/")
    except ValueError:
        return ""
    return path if path.startswith("/") and "{" not in path else ""


def bare(path: str) -> str:
    """A path in which the names of the parameters, which are not sent, do not count."""
    return re.sub(r"\{[^{}]*\}", "{}", path).rstrip("/")


def _named(one: Operation, here: Sequence[Operation]) -> list[Operation]:
    """The operations of `spec/` that have a name of this one; of several, those of its group or method."""
    names = _names(one) - {""}
    found = [other for other in here if names & _names(other) and _is_telling(one, other)]
    for same in (_same_group, _same_method):
        if len(found) > 1:
            found = [other for other in found if same(one, other)] or found
    return found


def _is_telling(one: Operation, other: Operation) -> bool:
    """Whether a name says which operation it is: there may be a "Create" in every group."""
    words = str(one.data.get("summary", "")).split()
    own = {_plain(str(other.data.get("operationId"))), _plain(call_of(other))}
    return _plain(str(one.data.get("operationId", ""))) in own or len(words) > 2 or _same_group(one, other)


def _names(operation: Operation) -> set[str]:
    texts = [operation.data.get("operationId"), operation.data.get("summary")]
    if "x-method" in operation.data:
        texts.append(call_of(operation))
    return {_plain(text) for text in texts if isinstance(text, str)}


def _same_group(one: Operation, other: Operation) -> bool:
    tags = [*sequence(one.data.get("tags")), one.data.get("x-apidog-folder")]
    groups = {_plain(part) for tag in tags if isinstance(tag, str) for part in (tag, *tag.split("/"))}
    return any(_plain(str(tag)) in groups for tag in sequence(other.data.get("tags")))


def _same_method(one: Operation, other: Operation) -> bool:
    return one.method == other.method


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _path_word(operation: Operation) -> str:
    return str(mapping(operation.data.get("x-evidence")).get("path", "inferred"))
