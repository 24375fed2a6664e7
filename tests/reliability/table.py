"""The whole table: every fault, every kind of call, both clients, compared with the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .cells import FLAVORS, Runner, Seen
from .kinds import KINDS, Kind
from .rules import SECTIONS, Cell, Row


class Entry(NamedTuple):
    """One cell as it must be, and as it was seen with each client."""

    row: Row
    kind: Kind
    expected: Cell
    seen: dict[str, Seen]

    def differences(self) -> Iterator[str]:
        """What was not as it must be, for a person to read."""
        for flavor, seen in self.seen.items():
            place = f"{self.row.text}; {self.kind.call}, {flavor} ({self.row.fault})"
            if seen.cell != self.expected:
                yield f"{place}:\n    must be {self.expected}\n    was     {seen.cell}"
            for wrong in seen.wrongs:
                yield f"{place}: {wrong}"


def run() -> list[Entry]:
    """Make every call with both clients."""
    rows = [row for _, _, rows in SECTIONS for row in rows]
    entries = [
        Entry(row, kind, cell, {})
        for row in rows
        for kind, cell in zip(KINDS, row.cells, strict=True)
    ]
    for flavor in FLAVORS:
        with Runner(flavor) as runner:
            for entry in entries:
                entry.seen[flavor] = runner.see(entry.row.fault, entry.kind)
    return entries


def differences(entries: list[Entry]) -> list[str]:
    """All that was not as the rules say."""
    return [text for entry in entries for text in entry.differences()]
