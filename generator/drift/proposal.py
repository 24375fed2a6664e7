"""Propose the overlay: the corrections of all findings that leave a sound document.

What would break the document is found by trying and handed to a person, so that the rest of the overlay still stands.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import lint, overlays
from ..diagnostics import SpecError
from ..document import Document
from .finding import Finding, Verdict, for_person
from .moves import CannotMoveError
from .overlay import Heading, overlay_of

_ROUNDS = 8

#: Gives the findings; it is told the ids of those that no overlay can correct, with the reason.
Find = Callable[[dict[str, str]], list[Finding]]


@dataclass(frozen=True)
class Proposal:
    """A proposed overlay.

    Attributes:
        findings: All findings, those of the overlay among them.
        overlay: The text of the overlay, or none if nothing is to be corrected.
        document: The bundled document as it is with the overlay.
    """

    findings: tuple[Finding, ...]
    overlay: str
    document: Document


def propose(root: Path, document: Document, find: Find, heading: Heading) -> Proposal:
    """Propose the overlay.

    Args:
        root: The root file of the spec.
        document: Its bundled document, which is sound.
        find: Gives the findings.
        heading: The texts that the overlay has about itself.
    """
    return _Proposer(root, document, heading).propose(find)


@dataclass(frozen=True)
class _Trial:
    """A result of trying an overlay: a problem, or a sound document."""

    problem: str
    overlay: str
    document: Document


class _Proposer:
    def __init__(self, root: Path, document: Document, heading: Heading) -> None:
        self._root = root
        self._document = document
        self._heading = heading
        self._refused: dict[str, str] = {}

    def propose(self, find: Find) -> Proposal:
        for _ in range(_ROUNDS):
            findings = self._found(find)
            wanted = _corrections(findings)
            tried = self._try(wanted)
            if not tried.problem:
                return Proposal(tuple(findings), tried.overlay, tried.document)
            before = len(self._refused)
            self._sort_out(wanted, [])
            if len(self._refused) == before:
                # The rest breaks only together; nothing of it is written.
                self._refuse_all(wanted)
        self._refuse_all(_corrections(self._found(find)))
        left = [one for one in self._found(find) if one.verdict is not Verdict.PATCH]
        return Proposal(tuple(left), "", self._document)

    def _found(self, find: Find) -> list[Finding]:
        return [self._with_reason(one) for one in find(self._refused)]

    def _with_reason(self, one: Finding) -> Finding:
        if one.verdict is Verdict.HAND and one.id in self._refused:
            text = f"{one.text}; {self._refused[one.id]}"
            return for_person(one.kind, one.where, one.subject, text)
        return one

    def _refuse_all(self, wanted: Sequence[Finding]) -> None:
        for one in wanted:
            self._refused[one.id] = "with the other changes it would break the spec"

    def _sort_out(self, wanted: Sequence[Finding], accepted: list[Finding]) -> None:
        """Split the findings until those that break the spec stand alone."""
        tried = self._try([*accepted, *wanted])
        if not tried.problem:
            accepted += wanted
        elif len(wanted) == 1:
            self._refused[wanted[0].id] = f"a program would write {tried.problem}"
        else:
            half = len(wanted) // 2
            self._sort_out(wanted[:half], accepted)
            self._sort_out(wanted[half:], accepted)

    def _try(self, findings: Sequence[Finding]) -> _Trial:
        """Write the overlay, apply it as every command does, and lint what comes out."""
        try:
            text = overlay_of(self._document, findings, self._heading)
            made = self._applied(text)
        except CannotMoveError as error:
            return self._failed(f"where {error}")
        except SpecError as error:
            return self._failed(
                f"what an overlay may not do: {error.diagnostics[0].message}"
            )
        diagnostics = lint.lint(self._root, made, redocly=False) if text else []
        if diagnostics:
            return self._failed(f"what the lint refuses: {diagnostics[0].message}")
        return _Trial("", text, made)

    def _applied(self, text: str) -> Document:
        if not text:
            return self._document
        with tempfile.TemporaryDirectory(prefix="plexy-drift-") as scratch:
            path = Path(scratch) / "drift.yaml"
            path.write_text(text, encoding="utf-8", newline="")
            return overlays.apply(self._document, [path])

    def _failed(self, problem: str) -> _Trial:
        return _Trial(problem, "", self._document)


def _corrections(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.verdict is Verdict.PATCH]
