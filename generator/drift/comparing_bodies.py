"""Compares the request body of an operation."""

from __future__ import annotations

from ..document import Located, Pointer, mapping
from ..reading import Operation, call_of
from . import facts
from .building import Builder, CannotBuildError
from .comparing_schemas import SchemaComparison
from .finding import Put
from .notes import Notes
from .parameters import class_of, json_of, weakest


class BodyComparison:
    """Notes where the request bodies of two operations differ."""

    def __init__(self, notes: Notes, builder: Builder, schemas: SchemaComparison) -> None:
        self._notes = notes
        self._builder = builder
        self._schemas = schemas

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare the request body of an operation of both sides."""
        mine, yours = ours.body(), theirs.body()
        if yours is None or not mapping(yours.value.get("content")):
            if mine is not None:
                text = "the export has no request body"
                self._notes.only_here("body", mine.pointer, call_of(ours), text)
            return
        media = json_of(yours)
        if media is None:
            text = "the request body of the export is no JSON"
            self._notes.hand("body", ours.pointer, call_of(ours), text)
        elif mine is None:
            self._add(ours, theirs, yours, (*media.pointer, "schema"))
        else:
            own = json_of(mine)
            if own is not None:
                subject = f"{call_of(ours)} body"
                self._schemas.compare((*own.pointer, "schema"), (*media.pointer, "schema"), subject)
            self._required(ours, mine, yours)

    def _required(self, ours: Operation, mine: Located, yours: Located) -> None:
        if yours.value.get("required") is not True or mine.value.get("required") is True:
            return
        text = "the request body is required in the export, and not in `spec/`"
        if weakest(ours) == facts.GUESS:
            edit = Put((*mine.pointer, "required"), True)
            self._notes.patch("required", mine.pointer, call_of(ours), text, edit)
        else:
            text += f"; the operation is {weakest(ours)}"
            self._notes.hand("required", mine.pointer, call_of(ours), text)

    def _add(self, ours: Operation, theirs: Operation, yours: Located, schema: Pointer) -> None:
        text = "a request body that `spec/` does not have"
        try:
            if theirs.method in ("get", "head", "delete"):
                raise CannotBuildError(f"a {theirs.method.upper()} with one is unusual")
            built = self._builder.body(f"{class_of(ours)}Request", schema)
        except CannotBuildError as error:
            self._notes.hand("body", ours.pointer, call_of(ours), f"{text}; {error}")
            return
        content = {"application/json": {"schema": built.value, "example": None}}
        value = {"required": yours.value.get("required") is True, "content": content}
        put = Put((*ours.pointer, "requestBody"), value)
        self._notes.patch("body", ours.pointer, call_of(ours), text, *built.edits, put)
