"""Summarize in a few lines what changed when one package took the place of another."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..document import Document, is_mapping
from .change import LEVELS, Change, Level, alike
from .comparison import compare
from .report import counted

#: The number of changes that are shown, a line each, and of things that one line names.
_MOST_LINES = 16
_MOST_NAMES = 5


def summary(old: bytes, new: bytes, all_of_it: str = "") -> list[str]:
    """Return what users notice between two bundled documents, in lines for people, the gravest first.

    Args:
        old: The document of the package that was there; it may be broken, or empty if there was none.
        new: The document of the new one.
        all_of_it: The command that shows what is cut off, if there is one.
    """
    if old == new:
        return ["Users of the package: the API is described as it was."]
    try:
        before = json.loads(old)
    except (ValueError, RecursionError):
        before = None
    if not is_mapping(before):
        return [
            "Users of the package: what changed is not known, for there was no openapi.json that can be read."
        ]
    return told(compare(Document(before), Document(json.loads(new))), all_of_it)


def told(changes: Sequence[Change], all_of_it: str = "") -> list[str]:
    """Return the changes in lines for people, the gravest first, and not too many of them."""
    if not changes:
        return ["Users of the package: nothing that they could notice changed."]
    lines: list[str] = []
    left_out = 0
    for level in LEVELS:
        found = [change for change in changes if change.level is level]
        if not found:
            continue
        if level is Level.DOCS:
            lines.append(f"  docs only: {_listed([change.where for change in found])}")
            continue
        groups = alike(found)
        room = max(1, _MOST_LINES - len(lines))
        lines += [f"  {level}: {_line(group)}" for group in groups[:room]]
        left_out += sum(map(len, groups[room:]))
    if left_out:
        lines.append(f"  and {left_out} more{f': {all_of_it}' if all_of_it else ''}")
    lines.insert(0, f"Users of the package: {counted(changes)}.")
    return lines


def _line(group: Sequence[Change]) -> str:
    """Return changes of one text as one line, with what must not be overlooked in front."""
    change = group[0]
    shout = "MONEY: " if change.is_about_money else ""
    if len(group) == 1:
        return f"{shout}{change.sentence}"
    return f"{shout}{_listed([one.where for one in group])}: {change.text}"


def _listed(names: Sequence[str]) -> str:
    once = list(dict.fromkeys(names))
    rest = f" and {len(once) - _MOST_NAMES} more" if len(once) > _MOST_NAMES else ""
    return ", ".join(once[:_MOST_NAMES]) + rest
