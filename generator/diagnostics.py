"""Define the diagnostics of a document: what is wrong, where it is written, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .hidden_characters import spelled_out


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One thing to correct in the document.

    Attributes:
        file: The file, as a path relative to where the user stands (as it was given).
        line: The line in that file, from 1.
        message: The fault.
        fix: The advice.
    """

    file: str
    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        # A document's own words are among them: on a terminal they must neither hide nor move anything.
        text = f"{self.file}:{self.line}: {self.message.rstrip('.')}. Fix: {self.fix}"
        return spelled_out(text).replace("\n", "\\n")


class SpecError(Exception):
    """Raised when the document cannot be used; `diagnostics` says why, each with file and line."""

    diagnostics: list[Diagnostic]

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sorted(set(diagnostics))
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.diagnostics)


class GenerationError(Exception):
    """Raised when a tool cannot represent the document; the message says what to do."""


class ToolError(Exception):
    """Raised when a tool of the generator is missing or broke; the message says what to do."""


def meant(word: object, known: Iterable[str], otherwise: str) -> str:
    """Return the advice about an unknown word: the known one that was meant, if one is near.

    Args:
        word: The word that was written.
        known: The words that could stand there.
        otherwise: The advice if nothing is near.
    """
    spelled = {name.lower(): name for name in known}
    near = difflib.get_close_matches(str(word).lower(), list(spelled), 1)
    return f"did you mean `{spelled[near[0]]}`?" if near else otherwise


def shown(path: Path) -> str:
    """Return a path from where the user stands, if it is below that."""
    return str(
        path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    )
