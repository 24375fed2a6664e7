"""Collect the findings of a comparison.

One part of `spec/` may be compared with several of the export, such as a schema that is sent and received. So what one
part of the export says is weighed against the others before anything is found.
"""

from __future__ import annotations

from collections.abc import Container, Hashable
from typing import NamedTuple

from ..document import Pointer
from . import facts
from .finding import Edit, Finding, Verdict, for_overlay, for_person, merged


class _Lack(NamedTuple):
    """Something that a part of the export does not have; what another part may have said makes it no finding."""

    finding: Finding
    unless: Hashable


class Notes:
    """Collect the findings so far, and what the export says elsewhere."""

    def __init__(self, refused: Container[str]) -> None:
        self._refused = refused
        self._found: list[Finding | _Lack] = []
        self._said: set[Hashable] = set()
        self._agreed: set[tuple[str, Pointer]] = set()

    def patch(
        self, kind: str, where: Pointer, subject: str, text: str, *edits: Edit
    ) -> bool:
        """Note a difference that the overlay corrects; False if that was tried before and breaks the document."""
        one = for_overlay(kind, where, subject, text, *edits)
        if one.id in self._refused:
            self.hand(kind, where, subject, text)
            return False
        self._found.append(one)
        return True

    def correct(
        self,
        kind: str,
        where: Pointer,
        subject: str,
        text: str,
        *edits: Edit,
        thing: str,
        evidence: str,
    ) -> bool:
        """Note a difference that the overlay corrects if the thing was only a guess; else a person decides.

        Args:
            kind: The kind of difference.
            where: The place in `spec/`.
            subject: The subject of a finding.
            text: The difference.
            edits: The correction.
            thing: The word for what differs, such as `property`.
            evidence: Its evidence level in `spec/`.

        Returns:
            True if the overlay corrects it.
        """
        if evidence == facts.GUESS:
            return self.patch(kind, where, subject, text, *edits)
        self.hand(kind, where, subject, f"{text}; the {thing} is {evidence}")
        return False

    def hand(self, kind: str, where: Pointer, subject: str, text: str) -> None:
        """Note a difference that a person has to decide."""
        self._found.append(for_person(kind, where, subject, text))

    def only_here(
        self,
        kind: str,
        where: Pointer,
        subject: str,
        text: str,
        *,
        unless: Hashable = None,
    ) -> None:
        """Note something that only `spec/` has.

        Args:
            kind: The kind of difference.
            where: The place in `spec/`.
            subject: The subject of a finding.
            text: The difference.
            unless: A fact that makes it no finding, if another part of the export says it.
        """
        self._found.append(
            _Lack(Finding(kind, Verdict.ONLY_HERE, where, subject, text), unless)
        )

    def say(self, fact: Hashable) -> None:
        """Note that a part of the export says something."""
        self._said.add(fact)

    def has_said(self, fact: Hashable) -> bool:
        """Return whether a part of the export said something."""
        return fact in self._said

    def agree(self, kind: str, where: Pointer) -> None:
        """Note that a part of the export says the same as `spec/`, so that another part cannot overrule it."""
        self._agreed.add((kind, where))

    def contested(self) -> frozenset[Pointer]:
        """Return the places at which a part of the export differs from `spec/` and another one agrees with it."""
        found = [one for one in self._found if isinstance(one, Finding)]
        return frozenset(
            one.where for one in found if (one.kind, one.where) in self._agreed
        )

    def findings(self) -> list[Finding]:
        """Return all findings, each once."""
        found: list[Finding] = []
        for one in self._found:
            if isinstance(one, Finding):
                found.append(self._weighed(one))
            elif one.unless not in self._said:
                found.append(one.finding)
        return merged(found)

    def _weighed(self, one: Finding) -> Finding:
        if (
            one.verdict is not Verdict.PATCH
            or (one.kind, one.where) not in self._agreed
        ):
            return one
        text = f"{one.text}; elsewhere the export says the same as `spec/`"
        return for_person(one.kind, one.where, one.subject, text)
