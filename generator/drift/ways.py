"""Tells which schemas of a document are sent, and which are received."""

from __future__ import annotations

from .. import reading
from ..document import Document, Pointer


class Ways:
    """Knows the ways of every schema of a document."""

    def __init__(self, document: Document) -> None:
        self._sent = reading.reached(document, reading.sent(document))
        self._received = reading.reached(document, reading.received(document))

    def is_sent(self, schema: Pointer) -> bool:
        """Whether a request may carry what is at a place."""
        if schema[:2] == ("components", "schemas"):
            return str(schema[2]) in self._sent
        return schema[:1] == ("paths",) and "responses" not in schema

    def is_received(self, schema: Pointer) -> bool:
        """Whether a response or a webhook may carry what is at a place."""
        if schema[:2] == ("components", "schemas"):
            return str(schema[2]) in self._received
        return schema[:1] == ("webhooks",) or "responses" in schema
