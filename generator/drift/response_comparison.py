"""Compare the responses of an operation."""

from __future__ import annotations

from ..document import Pointer
from ..model.api import Operation, Response
from ..model.schemas import JSON
from . import facts, words
from .finding import Put, Rename
from .operation_comparison import OperationComparison

_Responses = dict[str, Response]


class ResponseComparison(OperationComparison):
    """Note where the responses of two operations differ."""

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare all responses of an operation of both sides."""
        here = {one.status: one for one in ours.responses}
        there = {one.status: one for one in theirs.responses if one.status != "default"}
        renamed = _renamed(here, there)
        for status, response in there.items():
            old = here.get(renamed.get(status, status))
            if not (status.isdecimal() and len(status) == 3):
                text = "a status of the export is no number"
                self._notes.hand("status", ours.origin.pointer, ours.call, text)
            elif old is None:
                self._new(ours, status)
            else:
                self._both(ours, old, response)
        for status, response in here.items():
            # The shared errors are ours: spec/README.md says which ones every operation has.
            is_shared = bool(response.shared_as)
            if status not in there and status not in renamed.values() and not is_shared:
                text = f"the export has no status {status}"
                self._notes.only_here("status", _place(ours, status), ours.call, text)

    def _both(self, ours: Operation, mine: Response, yours: Response) -> None:
        place, subject = _place(ours, mine.status), f"{ours.call} {mine.status}"
        is_there = True
        if mine.status != yours.status:
            text = f"the status of success is {mine.status} in `spec/`, {yours.status} in the export"
            edit = Rename(place, yours.status)
            is_there = self._notes.patch("status", place, ours.call, text, edit)
        self._content(mine, yours, subject)
        evidence, word = mine.evidence, self._given.word
        if is_there and not mine.shared_as and words.is_better(word, evidence):
            edits = self._given.raised(mine.origin)
            self._notes.patch(
                "evidence", place, subject, f"{evidence} -> {word}", *edits
            )

    def _content(self, mine: Response, yours: Response, subject: str) -> None:
        if yours.type is None:
            return
        if mine.type is not None and mine.media_type == JSON:
            place = (*mine.origin.pointer, "content", JSON, "schema")
            self._schemas.compare(mine.type, yours.type, place, subject)
        else:
            text = "the export has a body for this response, and `spec/` has none"
            self._notes.hand("body", mine.origin.pointer, subject, text)

    def _new(self, ours: Operation, status: str) -> None:
        text = f"the status {status}, which `spec/` does not have"
        subject = f"{ours.call} {status}"
        shared = self._shared(ours, status)
        if status[0] in "45" and shared is not None:
            place = _place(ours, status)
            reference = {"$ref": f"#/components/responses/{shared}"}
            self._notes.patch("status", place, subject, text, Put(place, reference))
            return
        is_success = status[0] == "2"
        why = (
            "a second kind of success needs a decision"
            if is_success
            else "no shared response fits it"
        )
        self._notes.hand(
            "status", (*ours.origin.pointer, "responses"), subject, f"{text}; {why}"
        )

    def _shared(self, ours: Operation, status: str) -> str | None:
        """Return the name of the response that the other operations of the family share for a status."""
        found: set[str] = set()
        for other in self._given.api.operations:
            if other.family.name == ours.family.name:
                found.update(
                    one.shared_as for one in other.responses if one.status == status
                )
        found.discard("")
        return found.pop() if len(found) == 1 else None


def _renamed(here: _Responses, there: _Responses) -> dict[str, str]:
    """Return our status of success by theirs, if there is one on each side and ours is inferred."""
    mine = [one for status, one in here.items() if status.startswith("2")]
    yours = [status for status in there if status.startswith("2")]
    if len(mine) != 1 or len(yours) != 1 or mine[0].status == yours[0]:
        return {}
    is_guess = mine[0].evidence == facts.GUESS and not mine[0].shared_as
    return {yours[0]: mine[0].status} if is_guess else {}


def _place(operation: Operation, status: str) -> Pointer:
    return (*operation.origin.pointer, "responses", status)
