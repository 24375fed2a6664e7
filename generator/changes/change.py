"""Define a change: one difference of two specs, as a user of the package meets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .kinds import MONEY


class Level(StrEnum):
    """An effect of a change on code that uses the package."""

    BREAKING = "breaking"
    ADDITIVE = "additive"
    DOCS = "docs"


#: The harshest first.
LEVELS = (Level.BREAKING, Level.ADDITIVE, Level.DOCS)


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        kind: The kind of change, such as `parameter-added`.
        level: The effect on code that uses the package.
        where: The thing in Python that it is about: `client.payment_links.create`, `models.PaymentLink`.
        pointer: Where it stands in the new document; in the old one if it is gone.
        text: The change, for people; it goes on where `where` stopped.
        symbols: The names in Python that it changes, for the cross-check.
    """

    kind: str
    level: Level
    where: str
    pointer: str
    text: str
    symbols: tuple[str, ...] = ()

    @property
    def is_about_money(self) -> bool:
        """Return whether it must not be overlooked, because money depends on it."""
        return self.kind in MONEY

    @property
    def sentence(self) -> str:
        """Return the whole sentence: the subject, and what changed."""
        return (
            f"{self.where}{':' if self.text.startswith(_SUBJECTS) else ''} {self.text}"
        )


#: Beginnings of texts that have a subject of their own; any other text goes on with `where` as its subject.
_SUBJECTS = ("`", "parameter ", "the ", "further ", "values ")


def harsher(levels: Iterable[Level]) -> Level:
    """Return the harshest of some levels; docs if there is none."""
    return min(levels, key=LEVELS.index, default=Level.DOCS)


def alike(changes: Iterable[Change]) -> list[list[Change]]:
    """Return the changes that say the same of several things together; those about money first."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in sorted(changes, key=lambda change: not change.is_about_money):
        groups.setdefault((change.kind, change.text), []).append(change)
    return list(groups.values())
