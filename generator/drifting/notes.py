"""Collects the findings of a comparison."""

from __future__ import annotations

from collections.abc import Container

from ..document import Pointer
from .finding import Edit, Finding, Verdict


class Notes:
    """The findings so far.

    Attributes:
        found: They, in the order in which they were noted.
    """

    def __init__(self, refused: Container[str]) -> None:
        self._refused = refused
        self.found: list[Finding] = []

    def patch(self, kind: str, where: Pointer, subject: str, text: str, *edits: Edit) -> bool:
        """Note a difference that is patched; False if that was tried before and cannot be."""
        one = Finding(kind, Verdict.PATCH, where, subject, text, edits)
        if one.id in self._refused:
            self.hand(kind, where, subject, text)
            return False
        self.found.append(one)
        return True

    def hand(self, kind: str, where: Pointer, subject: str, text: str) -> None:
        """Note a difference that a person has to decide."""
        self.found.append(Finding(kind, Verdict.HAND, where, subject, text))

    def only_here(self, kind: str, where: Pointer, subject: str, text: str) -> None:
        """Note something that only `spec/` has."""
        self.found.append(Finding(kind, Verdict.ONLY_HERE, where, subject, text))
