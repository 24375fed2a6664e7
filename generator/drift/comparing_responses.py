"""Compares the responses of an operation."""

from __future__ import annotations

from typing import Any

from .. import reading
from ..document import Located, Pointer, mapping
from ..reading import Operation, call_of
from . import facts, words
from .comparing_schemas import SchemaComparison
from .finding import Put, Rename
from .given import Given
from .notes import Notes
from .parameters import json_of, weakest

_Responses = dict[str, Located]


class ResponseComparison:
    """Notes where the responses of two operations differ."""

    def __init__(self, given: Given, notes: Notes, schemas: SchemaComparison) -> None:
        self._given = given
        self._notes = notes
        self._schemas = schemas

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare all responses of an operation of both sides."""
        here: _Responses = dict(ours.responses())
        there: _Responses = {status: one for status, one in theirs.responses() if status != "default"}
        renamed = self._renamed(ours, here, there)
        for status, response in there.items():
            old = renamed.get(status, status)
            if not (status.isdecimal() and len(status) == 3):
                text = "a status of the export is no number"
                self._notes.hand("status", ours.pointer, call_of(ours), text)
            elif old not in here:
                self._new(ours, status)
            else:
                self._both(ours, here[old], response, (old, status))
        for status in here:
            if status not in there and status not in renamed.values():
                self._missing(ours, status)

    def _own(self, ours: Operation, status: str) -> dict[str, Any]:
        """Return what the operation itself says of a status: a reference where the response is shared."""
        return mapping(self._given.spec.get(_place(ours, status)))

    def _word(self, ours: Operation, status: str) -> str:
        return str(self._own(ours, status).get("x-evidence", weakest(ours)))

    def _renamed(self, ours: Operation, here: _Responses, there: _Responses) -> dict[str, str]:
        """Return our status of success by theirs, if there is one on each side and ours is inferred."""
        mine = [status for status in here if status.startswith("2")]
        yours = [status for status in there if status.startswith("2")]
        if len(mine) != 1 or len(yours) != 1 or mine == yours:
            return {}
        is_guess = self._word(ours, mine[0]) == facts.GUESS
        return {yours[0]: mine[0]} if is_guess and "$ref" not in self._own(ours, mine[0]) else {}

    def _both(self, ours: Operation, mine: Located, yours: Located, statuses: tuple[str, str]) -> None:
        old, status = statuses
        place, subject = _place(ours, old), f"{call_of(ours)} {old}"
        is_there = True
        if old != status:
            text = f"the status of success is {old} in `spec/`, {status} in the export"
            is_there = self._notes.patch("status", place, call_of(ours), text, Rename(place, status))
        self._content(mine, yours, subject)
        evidence, word = self._word(ours, old), self._given.word
        if is_there and "$ref" not in self._own(ours, old) and words.is_better(word, evidence):
            edits = facts.raised(self._given.spec, place, word, self._given.source)
            self._notes.patch("evidence", place, subject, f"{evidence} -> {word}", *edits)

    def _content(self, ours: Located, theirs: Located, subject: str) -> None:
        mine, yours = json_of(ours), json_of(theirs)
        if mine is not None and yours is not None:
            self._schemas.compare((*mine.pointer, "schema"), (*yours.pointer, "schema"), subject)
        elif yours is not None and mapping(mapping(yours.value).get("schema")):
            text = "the export has a body for this response, and `spec/` has none"
            self._notes.hand("body", ours.pointer, subject, text)

    def _missing(self, ours: Operation, status: str) -> None:
        # The shared errors are ours: spec/README.md says which ones every operation has.
        if "$ref" not in self._own(ours, status):
            text = f"the export has no status {status}"
            self._notes.only_here("status", _place(ours, status), call_of(ours), text)

    def _new(self, ours: Operation, status: str) -> None:
        text, subject = f"the status {status}, which `spec/` does not have", f"{call_of(ours)} {status}"
        shared = self._shared(ours, status)
        if status[0] in "45" and shared is not None:
            place = _place(ours, status)
            self._notes.patch("status", place, subject, text, Put(place, {"$ref": shared}))
            return
        is_success = status[0] == "2"
        why = "a second kind of success needs a decision" if is_success else "no shared response fits it"
        self._notes.hand("status", (*ours.pointer, "responses"), subject, f"{text}; {why}")

    def _shared(self, ours: Operation, status: str) -> str | None:
        """Return the response that the other operations of the family share for a status."""
        found: set[str] = set()
        for other in reading.operations(self._given.spec):
            if other.data.get("x-family") == ours.data.get("x-family"):
                response = mapping(mapping(other.data.get("responses")).get(status))
                if isinstance(response.get("$ref"), str):
                    found.add(response["$ref"])
        return found.pop() if len(found) == 1 else None


def _place(operation: Operation, status: str) -> Pointer:
    return (*operation.pointer, "responses", status)
