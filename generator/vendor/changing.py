"""Compare the descriptions in two vendored packages, for the people who use them."""

from __future__ import annotations

from pathlib import Path

from .. import changes, loader
from .. import description as description_file
from ..changes import Change
from ..document import Document
from ..model.build import HIDDEN

#: The file of a copy with its description, which tells the next update what changed.
DESCRIPTION = description_file.NAME


def description(directory: Path) -> Document:
    """Return the API's description that a package holds: that of its own parts.

    Raises:
        SpecError: if it cannot be read.
    """
    return loader.load(directory / DESCRIPTION)


def what_changed(old: Document, new: Document) -> list[Change]:
    """Return what a user of a package notices between two descriptions."""
    return changes.compare(_of_its_parts(old), _of_its_parts(new))


def between(old: Path, new: Path) -> list[Change]:
    """Return what a user notices between the packages in two directories."""
    return what_changed(description(old), description(new))


def lines(found: list[Change]) -> list[str]:
    """Return the changes in lines for people, the gravest first."""
    told: list[str] = []
    for level in changes.Level:
        some = [change for change in found if change.level is level]
        if some:
            told.append(f"  {level}:")
            told += map(_line, some)
    return told


def _line(change: Change) -> str:
    mark = "MONEY: " if change.is_about_money else ""
    return f"    - {mark}{change.sentence}"


def _of_its_parts(document: Document) -> Document:
    """Return a description without what follows from parts that the package does not have."""
    data = dict(document.data)
    data.pop(HIDDEN, None)
    return document.with_data(data)
