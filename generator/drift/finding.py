"""Define findings, what becomes of each, and the edits that correct `spec/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ..document import Pointer, format_pointer


class Verdict(StrEnum):
    """A decision about a finding.

    PATCH: the overlay corrects `spec/`. HAND: a person decides. ONLY_HERE: `spec/` says more than the source, which may
    be right.
    """

    PATCH = "patch"
    HAND = "by-hand"
    ONLY_HERE = "only-in-spec"


# -- edits: all pointers are those of the bundled document, before anything was moved ----------------------------------


@dataclass(frozen=True)
class Put:
    """Set an entry of a mapping; mappings that are missing on the way are made."""

    pointer: Pointer
    value: object


@dataclass(frozen=True)
class Append:
    """Add an item to a list, which is made if it is not there."""

    pointer: Pointer
    value: object


@dataclass(frozen=True)
class Drop:
    """Remove an entry, or the item of a list that equals `item`; a list that is empty then goes too."""

    pointer: Pointer
    item: str | None = None


@dataclass(frozen=True)
class Rename:
    """Give an entry whose value is a mapping another key."""

    pointer: Pointer
    key: str


@dataclass(frozen=True)
class Move:
    """Give an operation another path or method."""

    path: str
    method: str
    new_path: str
    new_method: str

    @property
    def pointer(self) -> Pointer:
        """Return the old place of the operation."""
        return ("paths", self.path, self.method)

    @property
    def new_pointer(self) -> Pointer:
        """Return the new place of the operation."""
        return ("paths", self.new_path, self.new_method)


Edit = Put | Append | Drop | Rename | Move


@dataclass(frozen=True)
class Finding:
    """One difference between `spec/` and what the source tells.

    Attributes:
        kind: The kind of difference: `path`, `method`, `operation`, `parameter`, `body`, `status`, `property`, `type`,
            `format`, `enum-value`, `required`, `evidence`, or another plain word.
        verdict: The decision about it.
        where: The place in the bundled document of `spec/`.
        subject: Its subject, for people: an operation, or a schema and its property.
        text: The difference; for a decision, also why no program can make it.
        edits: The edits of the overlay, for a patch.
    """

    kind: str
    verdict: Verdict
    where: Pointer
    subject: str
    text: str
    edits: tuple[Edit, ...] = field(default=(), repr=False)

    @property
    def id(self) -> str:
        """Return an id that is the same in each comparison of the same two documents."""
        return f"{self.kind} {format_pointer(self.where)} {self.subject}"


def for_person(kind: str, where: Pointer, subject: str, text: str) -> Finding:
    """Return a finding that a person has to decide."""
    return Finding(kind, Verdict.HAND, where, subject, text)


def for_overlay(
    kind: str, where: Pointer, subject: str, text: str, *edits: Edit
) -> Finding:
    """Return a finding that the overlay corrects."""
    return Finding(kind, Verdict.PATCH, where, subject, text, edits)


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """Return each finding once; one that came in two versions is for a person."""
    found: dict[str, Finding] = {}
    for one in findings:
        other = found.setdefault(one.id, one)
        if other != one and other.verdict is not Verdict.HAND:
            text = f"{other.text}; elsewhere the source says: {one.text}"
            found[one.id] = for_person(one.kind, one.where, one.subject, text)
    return list(found.values())
