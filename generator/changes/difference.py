"""Compare two nodes of the model field by field.

Each field of a node has a class of change. Its metadata names that of a field that only readers notice, and of one that
follows from others. For each other field a comparison of such nodes has a method `on_<field>`, which judges the change.
A field without a class counts as breaking until somebody gives it one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field as DataField
from dataclasses import fields
from typing import Any, ClassVar, Generic, TypeVar

from ..model.api import CHANGE, FOLLOWS, FOR_READERS, Deprecation, Node, Origin, Recipe
from .change import Level
from .findings import Findings, Place

_Node = TypeVar("_Node", bound=Node | Recipe)

_WORDS = {
    "is_main_amount": "the mark of the main amount",
    "is_unused": "the mark that nothing uses it",
    "key": "the name of the schema",
    "media_type": "the media type",
    "required_evidence": "the evidence of what is required",
    "shared_as": "the name of the shared response",
    "text": "the description",
    "wire_id": "the operationId",
}


class Difference(Generic[_Node]):
    """Compare two nodes.

    Attributes:
        told_elsewhere: The fields by which the two were found to be the same, and those that another report is about.

    Args:
        found: Where changes are reported.
        place: The place of the nodes in Python.
        old: The one node.
        new: The other one.
    """

    told_elsewhere: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, found: Findings, place: Place, old: _Node, new: _Node) -> None:
        self.found = found
        self.place = place
        self.old = old
        self.new = new

    def compare(self) -> None:
        """Report everything in which the nodes differ."""
        for field in fields(self.new):
            before, after = getattr(self.old, field.name), getattr(self.new, field.name)
            if before != after:
                self._judge(field, before, after)

    def _judge(self, field: DataField[Any], old: object, new: object) -> None:
        kind = field.metadata.get(CHANGE)
        if kind == FOLLOWS[CHANGE] or field.name in self.told_elsewhere:
            return
        if kind == FOR_READERS[CHANGE]:
            self.docs(_WORDS.get(field.name, f"the {field.name}"))
            return
        judge: Callable[[Any, Any], None] | None = getattr(
            self, f"on_{field.name}", None
        )
        if judge is None:
            self.found.unclassified(self.place, field.name, old, new)
        else:
            judge(old, new)

    def add(self, kind: str, level: Level, text: str) -> None:
        """Report a change of the thing that the nodes stand for."""
        self.found.add(kind, level, self.place, text)

    def breaks(self, kind: str, text: str) -> None:
        """Report a change that may break a program."""
        self.found.breaks(kind, self.place, text)

    def adds(self, kind: str, text: str) -> None:
        """Report a change that adds something."""
        self.found.adds(kind, self.place, text)

    def docs(self, what: str, kind: str = "documentation-changed") -> None:
        """Report a change that only readers notice."""
        self.found.docs(self.place, what, kind)

    def on_origin(self, old: Origin, new: Origin) -> None:
        """Report what is known better or worse, or from elsewhere."""
        if old.evidence != new.evidence:
            self.docs("the evidence", "evidence-changed")
        if old.sources != new.sources:
            self.docs("the source")

    def on_deprecation(self, old: Deprecation | None, new: Deprecation | None) -> None:
        """Report what is deprecated from now on, or no longer."""
        if new is None:
            self.docs("the withdrawn deprecation")
        elif old is not None:
            self.docs("the advice about the deprecation")
        else:
            use = f" Use {new.use}." if new.use else ""
            until = f" It will be removed in {new.until}." if new.until else ""
            self.adds("deprecated", f"is deprecated.{use}{until}")
