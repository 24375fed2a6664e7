"""Compare the request body of an operation."""

from __future__ import annotations

from ..model.api import Body, Operation
from ..model.schemas import JSON
from .builder import CannotBuildError, class_of
from .finding import Put
from .operation_comparison import OperationComparison


class BodyComparison(OperationComparison):
    """Note where the request bodies of two operations differ."""

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare the request body of an operation of both sides."""
        mine, yours = ours.body, theirs.body
        if theirs.origin.pointer in self._given.theirs.no_json:
            text = "the request body of the export is no JSON"
            self._notes.hand("body", ours.origin.pointer, ours.call, text)
        elif yours is not None and mine is not None:
            place = (*mine.origin.pointer, "content", JSON, "schema")
            self._schemas.compare(mine.type, yours.type, place, f"{ours.call} body")
            self._required(ours, mine, yours)
        elif yours is not None:
            self._add(ours, theirs, yours)
        elif mine is not None:
            text = "the export has no request body"
            self._notes.only_here("body", mine.origin.pointer, ours.call, text)

    def _required(self, ours: Operation, mine: Body, yours: Body) -> None:
        if mine.required or not yours.required:
            return
        place = mine.origin.pointer
        self._notes.correct(
            "required",
            place,
            ours.call,
            "the request body is required in the export, and not in `spec/`",
            Put((*place, "required"), True),
            thing="operation",
            evidence=ours.evidence,
        )

    def _add(self, ours: Operation, theirs: Operation, yours: Body) -> None:
        text = "a request body that `spec/` does not have"
        place = ours.origin.pointer
        try:
            if theirs.http_method in ("GET", "HEAD", "DELETE"):
                raise CannotBuildError(f"a {theirs.http_method} with one is unusual")
            built = self._builder.body(f"{class_of(ours)}Request", yours.type)
        except CannotBuildError as error:
            self._notes.hand("body", place, ours.call, f"{text}; {error}")
            return
        content = {JSON: {"schema": built.value, "example": None}}
        put = Put(
            (*place, "requestBody"), {"required": yours.required, "content": content}
        )
        self._notes.patch("body", place, ours.call, text, *built.edits, put)
