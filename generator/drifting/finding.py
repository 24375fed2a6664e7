"""What was found, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ..document import Pointer, format_pointer


class Verdict(StrEnum):
    """What becomes of a finding.

    PATCH: `spec/` is changed. HAND: a person decides. ONLY_HERE: `spec/` says more than the source, which may be right.
    """

    PATCH = "patch"
    HAND = "by-hand"
    ONLY_HERE = "only-in-spec"


# -- edits: all pointers are those of the bundled document, before anything was moved ----------------------------------


@dataclass(frozen=True)
class Put:
    """Set an entry of a mapping; `order` is the usual order of the keys beside it."""

    pointer: Pointer
    value: object
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Append:
    """Add an item to a list, which is made if it is not there."""

    pointer: Pointer
    value: object
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drop:
    """Remove an entry, or the item of a list that equals `item`."""

    pointer: Pointer
    item: str | None = None


@dataclass(frozen=True)
class Rename:
    """Give an entry another key."""

    pointer: Pointer
    key: str


@dataclass(frozen=True)
class AddSchema:
    """Add a named schema to the file of what it belongs to."""

    near: Pointer
    key: str
    value: object


@dataclass(frozen=True)
class Move:
    """Give an operation another path or method."""

    path: str
    method: str
    new_path: str
    new_method: str


Edit = Put | Append | Drop | Rename | AddSchema | Move


@dataclass(frozen=True)
class Finding:
    """One difference between `spec/` and what the source tells.

    Attributes:
        kind: What differs: `path`, `method`, `operation`, `parameter`, `body`, `status`, `property`, `type`, `format`,
            `enum-value`, `required`, `evidence`, or another plain word.
        verdict: What becomes of it.
        where: The place in the bundled document of `spec/`.
        subject: What it is about, for people: an operation, or a schema and its property.
        text: The difference; for a decision, also why no program can make it.
        edits: What to change in `spec/`, for a patch.
    """

    kind: str
    verdict: Verdict
    where: Pointer
    subject: str
    text: str
    edits: tuple[Edit, ...] = field(default=(), repr=False)

    @property
    def id(self) -> str:
        """The same for the same finding in each comparison of the same two documents."""
        return f"{self.kind} {format_pointer(self.where)} {self.subject}"


#: The usual order of keys; what a key is put behind.
SCHEMA_ORDER = (
    *(
        "$ref",
        "oneOf",
        "anyOf",
        "allOf",
        "type",
        "format",
        "x-format",
        "description",
        "readOnly",
        "writeOnly",
    ),
    *("x-amount-unit", "x-amount-unit-evidence", "x-sensitive", "x-unused", "x-evidence", "x-source"),
    *("additionalProperties", "required", "properties", "items", "enum", "examples"),
)
OPERATION_ORDER = (
    *("operationId", "summary", "description", "tags", "externalDocs", "x-resource", "x-method", "x-family"),
    *("x-moves-money", "x-call-facts", "x-reconcile", "x-evidence", "x-source", "x-pagination", "security"),
    *("parameters", "requestBody", "responses"),
)
PARAMETER_ORDER = ("name", "in", "required", "description", "schema", "example", "x-evidence", "x-source")
ANSWER_ORDER = ("description", "x-evidence", "x-source", "headers", "content")
BODY_ORDER = ("description", "required", "content")


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """Each finding once; one that came in two versions is for a person."""
    found: dict[str, Finding] = {}
    for one in findings:
        other = found.setdefault(one.id, one)
        if other != one and other.verdict is not Verdict.HAND:
            text = f"{other.text}; elsewhere the source says: {one.text}"
            found[one.id] = Finding(one.kind, Verdict.HAND, one.where, one.subject, text)
    return list(found.values())
