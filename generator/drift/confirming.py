"""Raises the evidence of what an export confirms."""

from __future__ import annotations

from ..document import Pointer, mapping
from . import facts, words
from .finding import Edit, Put
from .given import Given
from .notes import Notes


class Confirmation:
    """Collects by schema what the export has too, and in which of it a difference is left."""

    def __init__(self, given: Given, notes: Notes) -> None:
        self._given = given
        self._notes = notes
        self._confirmed: dict[Pointer, set[str]] = {}
        self._doubted: dict[Pointer, set[str]] = {}

    def confirm(self, schema: Pointer, name: str, *, is_same: bool) -> None:
        """Note that the export has a property of a schema, or the schema itself for an empty name."""
        self._confirmed.setdefault(schema, set()).add(name)
        if not is_same:
            self._doubted.setdefault(schema, set()).add(name)

    def raise_evidence(self) -> None:
        """Note the better words for all that is confirmed and has no difference left."""
        contested = self._notes.contested()
        for place, names in self._confirmed.items():
            doubted = self._doubted.get(place, set())
            doubted |= {name for name in names if (*place, "properties", name) in contested}
            sure = names - doubted
            if sure and len(place) == 3:
                self._raise_schema(place, sure)

    def _raise_schema(self, place: Pointer, sure: set[str]) -> None:
        """Raise a schema and what is confirmed in it; what is not keeps the word that it had."""
        schema = mapping(self._given.spec.get(place))
        own = str(schema.get("x-evidence", facts.GUESS))
        is_raised = words.is_better(self._given.word, own)
        edits: list[Edit] = []
        better: list[str] = []
        if is_raised:
            edits += self._raised(place)
            better.append(f"{own} -> {self._given.word}")
        for name, value in mapping(schema.get("properties")).items():
            there = (*place, "properties", name)
            word = mapping(value).get("x-evidence")
            if name in sure and isinstance(word, str) and words.is_better(self._given.word, word):
                edits += self._raised(there)
                better.append(f"{name}: {word} -> {self._given.word}")
            elif name not in sure and word is None and is_raised:
                edits += self._kept(there, own)
        if edits:
            self._notes.patch("evidence", place, str(place[-1]), "; ".join(better), *edits)

    def _raised(self, place: Pointer) -> tuple[Edit, ...]:
        return facts.raised(self._given.spec, place, self._given.word, self._given.source)

    def _kept(self, place: Pointer, word: str) -> list[Edit]:
        """Return the edits with which a property keeps the word that it had from its schema."""
        edits: list[Edit] = [Put((*place, "x-evidence"), word)]
        spec = self._given.spec
        if word != facts.GUESS and not facts.sources_of(spec, place):
            edits.append(Put((*place, "x-source"), facts.sources_of(spec, place[:3])))
        return edits
