"""Write Markdown: tables, links and badges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..hidden_characters import spelled_out
from ..model.api import Evidence

_ADDRESS = re.compile(r"(?<![<\w`])(?<!\]\()https://[^\s,;)`]*[^\s,;.)`]")
#: The words of a badge, for people.
_BADGES: dict[Evidence, str] = {
    "documented": "documented",
    "documented-2023": "documented in 2023",
    "observed": "observed",
    "inferred": "inferred",
}


def prose(text: str) -> str:
    """Return a text of the document as Markdown in which addresses are links and nothing is HTML."""
    shown = spelled_out(text).replace("<", "&lt;")
    return _ADDRESS.sub(lambda found: f"<{found[0]}>", shown)


def cell(text: str) -> str:
    """Return a text as the cell of a table, which has one line and no bar of its own."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; nothing where it has no rows."""
    lines = [_row(map(cell, row)) for row in rows]
    if not lines:
        return ""
    return "\n".join([_row(head), _row("---" for _ in head), *lines])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def fenced(language: str, code: str) -> str:
    """Return code as a block."""
    return f"```{language}\n{code.rstrip()}\n```"


def tabs(named: Iterable[tuple[str, str]]) -> str:
    """Return blocks as tabs, of which a reader sees one."""
    return "\n\n".join(f'=== "{name}"\n\n{_indented(block)}' for name, block in named)


def _indented(block: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in block.split("\n"))


def badge(evidence: Evidence, home: str) -> str:
    """Return the badge of an evidence level.

    Args:
        evidence: The evidence level.
        home: The path from the page to the directory of the reference.
    """
    text = _BADGES[evidence]
    return f"[{text}]({home}index.md#evidence){{ .evidence .{evidence} }}"


def joined(parts: Iterable[str]) -> str:
    """Return the parts of a page that are there, with empty lines between them."""
    return "\n\n".join(part for part in parts if part) + "\n"
