"""Collect the changes, each with the thing in Python that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..document import Pointer, format_pointer
from ..model.api import Node
from .change import Change, Level, harsher
from .kinds import KINDS
from .side import BOTH, Direction, Side


@dataclass(frozen=True)
class Place:
    """A place in a comparison.

    Attributes:
        where: The thing in Python, such as `client.payment_links.create`.
        pointer: The place in the documents.
        subject: The part of it, as text begins with it: "parameter `amount`".
        directions: Which way the data there go.
        symbols: The names in Python that a change here changes.
    """

    where: str
    pointer: Pointer
    subject: str = ""
    directions: frozenset[Direction] = BOTH
    symbols: tuple[str, ...] = ()

    def about(self, subject: str) -> Place:
        """Return the place of a part of the thing."""
        return replace(self, subject=subject)

    def at(self, node: Node) -> Place:
        """Return the same thing, where a node of it is written."""
        return replace(self, pointer=node.origin.pointer)

    def level(self, *, request: Level, response: Level) -> Level:
        """Return the harsher of the levels that a change has in the directions that this goes."""
        levels = {Direction.REQUEST: request, Direction.RESPONSE: response}
        return harsher(levels[direction] for direction in self.directions)

    @property
    def is_sent(self) -> bool:
        """Return whether callers write it."""
        return Direction.REQUEST in self.directions

    @property
    def is_received(self) -> bool:
        """Return whether callers read it."""
        return Direction.RESPONSE in self.directions


class Findings:
    """Collect the changes between two APIs.

    Attributes:
        old: The one API.
        new: The other one.
        changes: The changes.
        renamed: The schemas that are still there under another key, by their old key.
    """

    def __init__(self, old: Side, new: Side) -> None:
        self.old = old
        self.new = new
        self.changes: list[Change] = []
        self.renamed: dict[str, str] = {}

    def add(self, kind: str, level: Level, place: Place, text: str) -> None:
        """Report a change. The text is a sentence about the subject of the place, or about the thing itself."""
        if kind not in KINDS:
            raise ValueError(f"{kind} is no kind of change")
        sentence = f"{place.subject} {text}" if place.subject else text
        pointer = format_pointer(place.pointer)
        self.changes.append(
            Change(kind, level, place.where, pointer, sentence, place.symbols)
        )

    def breaks(self, kind: str, place: Place, text: str) -> None:
        """Report a change that may break a program."""
        self.add(kind, Level.BREAKING, place, text)

    def adds(self, kind: str, place: Place, text: str) -> None:
        """Report a change that adds something."""
        self.add(kind, Level.ADDITIVE, place, text)

    def docs(
        self, place: Place, what: str, kind: str = "documentation-changed"
    ) -> None:
        """Report a change that only readers notice."""
        text = f"{what} of {place.subject}." if place.subject else f"{what}."
        self.add(kind, Level.DOCS, place.about(""), text)

    def unclassified(self, place: Place, name: str, old: object, new: object) -> None:
        """Report a change that nobody classified."""
        of = f" of {place.subject}" if place.subject else ""
        text = f"`{name}`{of} {changed(old, new)} (not classified: treated as breaking, check it)."
        self.breaks("not-classified", place.about(""), text)

    @property
    def symbols(self) -> set[str]:
        """Return the names in Python of which a change was reported."""
        found: set[str] = set()
        for change in self.changes:
            found.update(change.symbols)
        return found

    def now(self, key: str) -> str:
        """Return the key that a schema of the old API has in the new one."""
        return self.renamed.get(key, key)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the keys of the schemas that both APIs have, in the old and in the new one."""
        return [
            (key, self.now(key))
            for key in self.old.schemas
            if self.now(key) in self.new.schemas
        ]


def changed(old: object, new: object) -> str:
    """Describe the change of a value in a few words; None stands for an absent value."""
    if old is None:
        return f"was added: {brief(new)}"
    if new is None:
        return f"was removed; it was {brief(old)}"
    return f"changed from {brief(old)} to {brief(new)}"


def novelty(summary: str) -> str:
    """Return a sentence about a thing that is new, with its summary where it has one."""
    text = " ".join(summary.split()).rstrip(".")
    return f"is new: {text}." if text else "is new."


def brief(value: object) -> str:
    """Return a value on one line."""
    text = value
    if not isinstance(text, str):
        text = json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    if len(text) > 60:
        text = text[:57] + "..."
    return f"`{text}`"


def listed(names: Iterable[str], most: int = 3) -> str:
    """Return some names on one line, the first of many only."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
