"""What is wrong with a document, where it is written, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .hidden import spelled_out


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to correct in the document.

    Attributes:
        file: The file, as a path relative to where the user stands (as it was given).
        line: The line in that file, from 1.
        message: What is wrong.
        fix: What to do about it.
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
    """The document cannot be used; `problems` says why, each with file and line."""

    problems: list[Problem]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class GenerationError(Exception):
    """A tool could not represent the document; the text says what and what to do."""


class ToolError(Exception):
    """A tool that the generator calls is missing or broke; the message says what to do."""


def meant(word: object, known: Iterable[str], otherwise: str) -> str:
    """Return what to do about a word that is not one of those that are known: the one that was meant, if one is near.

    Args:
        word: What was written.
        known: What could stand there.
        otherwise: What to do if nothing is near.
    """
    spelled = {name.lower(): name for name in known}
    near = difflib.get_close_matches(str(word).lower(), list(spelled), 1)
    return f"did you mean `{spelled[near[0]]}`?" if near else otherwise


def shown(path: Path) -> str:
    """Return a path from where the user stands, if it is below that."""
    return str(
        path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    )
