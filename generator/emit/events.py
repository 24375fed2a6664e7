"""Prepare what the template shows of events."""

from __future__ import annotations

from ..identifiers import snake
from ..model.api import Event
from . import docstrings


class EventView:
    """What the template shows of an event: names on the wire, and ours in Python."""

    def __init__(self, node: Event) -> None:
        self.class_name = node.class_name
        self.name = node.name
        self.named_by = node.named_by.wire_name if node.named_by else ""
        self.secret = node.secret
        self.prefix = node.prefix
        self.identity = node.identity
        self.data = node.data.wire_name if node.data else ""
        self.merchant = node.merchant.wire_name if node.merchant else ""
        self.created = node.created.wire_name if node.created else ""
        self.model = node.model.name
        self.loader = f"_{snake(node.model.name)}"
        self.doc = _doc(node)


def _doc(node: Event) -> str:
    """Return the docstring: what happened, how that is known, what it brings, and what makes it the same."""
    told = f"Event `{node.name}`" if node.name else "It has no name in its body"
    same = ", ".join(f"`{pointer[1:].replace('/', '.')}`" for pointer in node.identity)
    parts = [
        docstrings.paragraphs(node.summary).rstrip(".") + ".",
        docstrings.paragraphs(node.description),
        f"{told}: {docstrings.evidence(node)}.",
        f"`data` is of the class `{node.model.name}`. Deliveries have the same `dedup_id` if they agree in {same} "
        "and lack none of them.",
    ]
    return "\n\n".join(part for part in parts if part)
