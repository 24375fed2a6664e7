"""What the parts of the adapting stage share: the document, the config, and what they have to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..config import Config
from ..document import Document, Located, Pointer, format_pointer, is_mapping
from ..problems import Problem
from .checking import version_of

Json = dict[str, Any]


@dataclass(frozen=True, order=True)
class CannotRepresent(Problem):
    """A part of the document that no client of ours could have.

    Attributes:
        pointer: Where it is, as a JSON pointer into the document.
    """

    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.pointer}: {self.message.rstrip('.')}. Fix: {self.fix}"


class Stop(Exception):
    """Nothing further can be said of the document; the problems say why."""


@dataclass
class Adapting:
    """One document on its way.

    Attributes:
        document: The document, as it was loaded.
        config: What its own marks do not say.
        problems: What cannot be represented.
        notes: What is represented otherwise than a reader of the document may expect, by kind.
    """

    document: Document
    config: Config
    problems: list[Problem] = field(default_factory=list[Problem])
    notes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def is_3_0(self) -> bool:
        """Whether the document is OpenAPI 3.0."""
        return version_of(self.document) == "3.0"

    def cannot(self, pointer: Pointer, message: str, fix: str) -> None:
        """Report a part that cannot be represented."""
        place = self.document.where(pointer)
        self.problems.append(
            CannotRepresent(place.file, place.line, message, fix, format_pointer(pointer) or "#")
        )

    def note(self, kind: str, pointer: Pointer) -> None:
        """Tell of a part that is represented in its own way."""
        self.notes.setdefault(kind, []).append(f"{self.document.where(pointer)}: {format_pointer(pointer)}")

    def object(self, pointer: Pointer) -> Located:
        """The object at a place, references followed; an empty one where there is none, which is reported."""
        found = self.document.follow(pointer)
        if is_mapping(found.value):
            return found
        self.cannot(pointer, "there is no object here", "write the object that belongs here")
        return Located(found.pointer, {})
