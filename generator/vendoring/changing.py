"""What changed between two vendored packages, for the people who use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import changes, loading
from ..changes import Change

Json = dict[str, Any]


def description(folder: Path) -> Json:
    """The API's description that a package holds: that of its own parts.

    Raises:
        SpecError: if it cannot be read.
    """
    return loading.load(folder / "openapi.json").data


def what_changed(old: Json, new: Json) -> list[Change]:
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


def _told(data: Json) -> Json:
    # What the copy masks in its logs follows from parts that it does not have.
    return {key: value for key, value in data.items() if key != "x-sensitive-names"}
