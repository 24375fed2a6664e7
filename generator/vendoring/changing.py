"""What changed between two vendored packages, for the people who use them."""

from __future__ import annotations

from pathlib import Path

from .. import changes, loading
from ..changes import Change
from ..document import Document


def description(folder: Path) -> Document:
    """The API's description that a package holds: that of its own parts.

    Raises:
        SpecError: if it cannot be read.
    """
    return loading.load(folder / "openapi.json")


def what_changed(old: Document, new: Document) -> list[Change]:
    """What a user of a package notices between two descriptions."""
    return changes.compare(_told(old), _told(new))


def between(old: Path, new: Path) -> list[Change]:
    """What a user notices between the packages in two folders."""
    return what_changed(description(old), description(new))


def lines(found: list[Change]) -> list[str]:
    """The changes in lines for people, the gravest first."""
    told: list[str] = []
    for level in changes.Level:
        some = [change for change in found if change.level is level]
        if some:
            told.append(f"  {level}:")
            told += [
                f"    - {'MONEY: ' if change.is_about_money else ''}{change.sentence}" for change in some
            ]
    return told


def _told(document: Document) -> Document:
    # What the copy masks in its logs follows from parts that it does not have.
    told = {key: value for key, value in document.data.items() if key != "x-sensitive-names"}
    return document.with_data(told)
