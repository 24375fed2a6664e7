"""Write changes as an entry of CHANGELOG.md, with names in Python."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..diagnostics import ToolError
from .change import Change, Level, alike

#: The sections of an entry, in this order. Those of Keep a Changelog, of which "Fixed" is for people to write.
SECTIONS = ("Changed", "Removed", "Deprecated", "Added", "Security", "Documentation")

_ENTRY = re.compile(r"^## \[", re.MULTILINE)
_WIDTH = 120
_WHERE = re.compile(
    r"(?:client|models|params|webhooks)\.[\w.]+|\b(?:client|openapi\.json)\b"
)


def changelog_entry(version: str, changes: Iterable[Change], date: str) -> str:
    """Return the entry of a version: its heading, and a list for each section that has something.

    Args:
        version: The version that it is about.
        changes: The changes since the version before.
        date: The day of the release, such as `2026-01-31`, or `unreleased`.
    """
    found = list(changes)
    parts = [f"## [{version}] - {date}"]
    for section, lines in _sections(found).items():
        if lines:
            parts.append(f"### {section}")
            parts.append("\n".join(map(_wrapped, lines)))
    if not found:
        parts.append("The description of the API did not change.")
    return "\n\n".join(parts) + "\n"


def _sections(changes: list[Change]) -> dict[str, list[str]]:
    """Return the lines of each section; new classes share one line, and so do changes of the documentation."""
    sections: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for group in alike(changes):
        if group[0].level is not Level.DOCS and group[0].kind != "class-added":
            sections[section_of(group[0])].append(line(group))
    classes = [change.where for change in changes if change.kind == "class-added"]
    if classes:
        sections["Added"].append(f"New classes: {_listed(classes)}.")
    docs = [change.where for change in changes if change.level is Level.DOCS]
    if docs:
        names = _listed(list(dict.fromkeys(docs)))
        sections["Documentation"].append(
            f"Descriptions, examples or sources of {names}."
        )
    return sections


def section_of(change: Change) -> str:
    """Return the section that a change belongs to."""
    if change.level is Level.DOCS:
        return "Documentation"
    if change.kind == "deprecated":
        return "Deprecated"
    if change.kind.startswith(("sensitive-", "security-")):
        return "Security"
    if change.level is Level.BREAKING:
        return (
            "Removed"
            if change.kind.endswith(("-removed", "-no-longer-sent"))
            else "Changed"
        )
    return "Added"


def line(group: Sequence[Change]) -> str:
    """Return changes of one text as one line of a list, with their weight in front."""
    change = group[0]
    words = ["Breaking"] if change.level is Level.BREAKING else []
    words += ["money"] if change.is_about_money else []
    weight = f"**{', '.join(words).capitalize()}.** " if words else ""
    if len(group) > 1:
        return f"{weight}{_listed([one.where for one in group])}: {change.text}"
    rest = change.sentence.removeprefix(change.where)
    return f"{weight}{quoted(change.where)}{rest}"


def quoted(where: str) -> str:
    """Return the names of a place as code."""
    return _WHERE.sub(lambda match: f"`{match[0]}`", where)


def insert(changelog: Path, entry: str) -> None:
    """Put an entry above the newest one, or in the place of the one that has its version and is not released.

    Raises:
        ToolError: if the file has no entry to put it above, or has one of that version with a date.
    """
    try:
        text = changelog.read_text("utf-8")
    except OSError as error:
        raise ToolError(f"{changelog} cannot be read: {error.strerror}.") from None
    version = entry[entry.index("[") + 1 : entry.index("]")]
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if not starts:
        raise ToolError(
            f"{changelog} has no entry such as `## [0.1.0] - unreleased` to put the new one above."
        )
    if re.search(rf"^## \[{re.escape(version)}\]", text, re.MULTILINE):
        raise ToolError(
            f"{changelog} already has an entry for {version}. Write the lines into it: `--changelog` prints them."
        )
    changelog.write_text(f"{text[: starts[0]]}{entry}\n{text[starts[0] :]}", "utf-8")


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _listed(names: Sequence[str], most: int = 8) -> str:
    shown = [quoted(name) for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
