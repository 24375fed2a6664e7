"""Compare an operation of `spec/` with one of an export."""

from __future__ import annotations

from ..model.api import Operation
from .builder import Builder
from .given import Given
from .notes import Notes
from .schema_comparison import SchemaComparison


class OperationComparison:
    """Compare one part of operations.

    Args:
        given: The two APIs.
        notes: Where findings are noted.
        builder: The builder of new schemas.
        schemas: The comparison of schemas.
    """

    def __init__(
        self, given: Given, notes: Notes, builder: Builder, schemas: SchemaComparison
    ) -> None:
        self._given = given
        self._notes = notes
        self._builder = builder
        self._schemas = schemas

    def compare(self, ours: Operation, theirs: Operation) -> None:
        """Compare this part of an operation of both sides."""
        raise NotImplementedError
