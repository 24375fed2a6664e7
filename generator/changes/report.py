"""Report changes, for people at a terminal and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ..document import Document, parse_pointer
from .change import LEVELS, Change, Level, alike
from .versions import proposed_version, reason

_HEADINGS = {
    Level.BREAKING: "Breaking: code that uses the package may have to change.",
    Level.ADDITIVE: "Additive: existing code keeps working.",
    Level.DOCS: "Docs: only readers notice.",
}


@dataclass(frozen=True)
class Comparison:
    """Two sides, their names, and the changes between them."""

    old_name: str
    new_name: str
    old: Document
    new: Document
    version: str
    changes: list[Change]

    @property
    def proposed(self) -> str:
        """Return the version that may follow."""
        return proposed_version(self.version, self.changes)

    def place(self, change: Change) -> str:
        """Return the file and line of a change: in the new document, or in the old one for what is gone."""
        pointer = parse_pointer(change.pointer)
        document = self.new if self.new.get(pointer) is not None else self.old
        return str(document.where(pointer))


def as_text(comparison: Comparison) -> str:
    """Return the changes for people: by weight, then by the thing in Python."""
    changes = comparison.changes
    if not changes:
        return f"Nothing that a user can notice changed from {comparison.old_name} to {comparison.new_name}."
    lines = [f"{counted(changes)} from {comparison.old_name} to {comparison.new_name}."]
    for level in LEVELS:
        found = [change for change in changes if change.level is level]
        if found:
            lines += ["", _HEADINGS[level], ""]
            lines += _docs(found) if level is Level.DOCS else _listed(comparison, found)
    proposed = comparison.proposed
    lines += [
        "",
        f"Next version: {proposed} after {comparison.version}, for {reason(changes)}.",
    ]
    sides = f"{comparison.old_name} {comparison.new_name}"
    lines.append(
        f"For CHANGELOG.md: python -m generator changes {sides} --write-changelog {proposed} --date unreleased"
    )
    return "\n".join(lines)


def as_json(comparison: Comparison, unexplained: Iterable[str] | None) -> str:
    """Return the changes for programs; the keys are stable."""
    changes = comparison.changes
    counts = Counter(change.level for change in changes)
    report: dict[str, Any] = {
        "old": comparison.old_name,
        "new": comparison.new_name,
        "version": comparison.version,
        "proposed_version": comparison.proposed,
        "counts": {str(level): counts[level] for level in LEVELS},
        "changes": [
            {
                "kind": change.kind,
                "level": str(change.level),
                "money": change.is_about_money,
                "where": change.where,
                "text": change.text,
                "pointer": change.pointer,
                "place": comparison.place(change),
            }
            for change in changes
        ],
    }
    if unexplained is not None:
        report["unexplained"] = list(unexplained)
    return json.dumps(report, indent=2, ensure_ascii=False)


def counted(changes: Sequence[Change]) -> str:
    """Return how many changes there are of each weight."""
    counts = Counter(change.level for change in changes)
    named = [f"{counts[level]} {level}" for level in LEVELS if counts[level]]
    text = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{text} {'change' if len(changes) == 1 else 'changes'}"


def _listed(comparison: Comparison, changes: list[Change]) -> list[str]:
    """Return the changes by what they are about; what is said of several things alike is said once."""
    paragraphs: dict[str, list[str]] = {}
    for group in alike(changes):
        change = group[0]
        shout = "MONEY: " if change.is_about_money else ""
        more = f" and {len(group) - 1} more places" if len(group) > 1 else ""
        where = ", ".join(dict.fromkeys(one.where for one in group))
        lines = paragraphs.setdefault(where, [f"  {where}"])
        lines.append(f"    - {shout}{change.text}")
        lines.append(f"      {comparison.place(change)}{more}")
    return list(chain.from_iterable(paragraphs.values()))


def _docs(changes: list[Change]) -> list[str]:
    """Return a line for each thing: what only readers notice needs no place."""
    lines: list[str] = []
    for where in dict.fromkeys(change.where for change in changes):
        texts = dict.fromkeys(
            change.text.rstrip(".") for change in changes if change.where == where
        )
        lines.append(f"  {where}: {'; '.join(texts)}.")
    return lines
