"""Collects the changes, and sees to it that no difference passes in silence.

Documents are compared key by key. Each key that differs goes to its handler; where that reports nothing, the difference
is reported as one that nobody classified. So a kind of change that was forgotten here is loud, and never lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..document import Pointer, format_pointer, mapping
from .change import Change, Level, harsher
from .kinds import KINDS
from .side import BOTH, Direction, Side


class Missing:
    """The type of `MISSING`, which stands for a key that one of the documents does not have."""

    def __bool__(self) -> bool:
        return False


MISSING = Missing()


@dataclass(frozen=True)
class Place:
    """Where a comparison is.

    Attributes:
        where: The thing in Python, such as `client.payment_links.create`.
        subject: What of it, as text begins with it: "parameter `amount`".
        pointer: The place in the documents.
        directions: Which way the data there go.
        symbols: The names in Python that a change here changes.
    """

    where: str
    subject: str
    pointer: Pointer
    directions: frozenset[Direction] = BOTH
    symbols: tuple[str, ...] = ()

    def at(self, *tokens: str | int) -> Place:
        """The same thing, further down in the documents."""
        return replace(self, pointer=(*self.pointer, *tokens))

    def level(self, *, request: Level, answer: Level) -> Level:
        """The harsher of the levels that a change has in the directions that this goes."""
        levels = {Direction.REQUEST: request, Direction.ANSWER: answer}
        return harsher(levels[direction] for direction in self.directions)


Handler = Callable[[Place, Any, Any], None]


def same(old: object, new: object) -> bool:
    """Whether two values are the same JSON, the order of keys included; True is not 1 there."""
    if old is new:
        return True
    if isinstance(old, Missing) or isinstance(new, Missing) or old != new:
        return False
    return json.dumps(old) == json.dumps(new)


class Findings:
    """The changes found so far, between two documents."""

    def __init__(self, old: Side, new: Side) -> None:
        self.old = old
        self.new = new
        self.changes: list[Change] = []
        #: How many differences were reported, or are explained by a change that is reported elsewhere.
        self.settled = 0
        #: Schemas that are still there under another key, by their old key.
        self.renamed: dict[str, str] = {}
        #: The paths whose `parameters` or `servers` made a difference that their operations reported.
        self.settled_on_paths: set[tuple[str, str]] = set()

    def add(self, kind: str, level: Level, place: Place, text: str) -> None:
        """Report a change. The text goes on where `place.where` stopped, and is a sentence."""
        assert kind in KINDS, kind
        pointer = format_pointer(place.pointer)
        self.changes.append(Change(kind, level, place.where, pointer, text, place.symbols))
        self.settled += 1

    def docs(self, place: Place, what: str, kind: str = "documentation-changed") -> None:
        """Report a change that only readers notice."""
        self.add(kind, Level.DOCS, place, f"{what}{of(place)}".rstrip(",") + ".")

    def explained(self, *_: object) -> None:
        """Say that a difference is part of a change that is reported elsewhere. It can stand as a handler."""
        self.settled += 1

    def documentation(self, what: str) -> Handler:
        """The handler of a key that only readers notice."""
        return lambda place, _old, _new: self.docs(place, what)

    def keys(self, handlers: Mapping[str, Handler], place: Place, old: object, new: object) -> None:
        """Compare two mappings key by key."""
        before, after = mapping(old), mapping(new)
        for key in dict.fromkeys((*before, *after)):
            left, right = before.get(key, MISSING), after.get(key, MISSING)
            if not same(left, right):
                self.settle(place.at(key), left, right, handlers.get(key, _nothing))
        self.order(place, before, after)

    def order(self, place: Place, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Report that keys which both have stand in another order."""
        if [key for key in old if key in new] != [key for key in new if key in old]:
            self.docs(place, "the order of what is described", "order-changed")

    def settle(self, place: Place, old: object, new: object, handler: Handler) -> None:
        """Let the handler report a difference; where it reports nothing, report it as not classified."""
        settled = self.settled
        handler(place, old, new)
        if self.settled == settled:
            self.unclassified(place, old, new)

    def unclassified(self, place: Place, old: object, new: object) -> None:
        """Report a difference that nobody classified."""
        if _sorted(old) == _sorted(new):
            self.docs(place, "the order of what is described", "order-changed")
            return
        name = place.pointer[-1] if place.pointer else "the document"
        text = f"`{name}`{of(place)} {changed(old, new)} (not classified: taken as breaking, look at it)."
        self.add("not-classified", Level.BREAKING, place, text)

    def pairs(self) -> list[tuple[str, str]]:
        """The keys of the schemas that both documents have, in the old and in the new one."""
        return [(key, self.now(key)) for key in self.old.schemas if self.now(key) in self.new.schemas]

    def now(self, key: str) -> str:
        """The key that a schema of the old document has in the new one."""
        return self.renamed.get(key, key)


def of(place: Place) -> str:
    """What of the thing is meant, after a noun."""
    return f" of {place.subject}" if place.subject else ""


def about(place: Place, rest: str) -> str:
    """A sentence about the subject of a place, or about the thing itself."""
    return f"{place.subject} {rest}" if place.subject else rest


def changed(old: object, new: object) -> str:
    """What became of a value, in a few words."""
    if isinstance(old, Missing):
        return f"is new: {brief(new)}"
    if isinstance(new, Missing):
        return f"is gone; it was {brief(old)}"
    return f"is {brief(new)} now; it was {brief(old)}"


def brief(value: object) -> str:
    """A value of the document on one line."""
    if isinstance(value, Missing):
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _sorted(value: object) -> str:
    return "" if isinstance(value, Missing) else json.dumps(value, sort_keys=True)


def _nothing(place: Place, old: object, new: object) -> None:
    """No handler: `settle` reports the difference as not classified."""
