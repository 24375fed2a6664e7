"""Decides which new fields are masked: those of persons and cards, and those that nobody has looked at."""

from __future__ import annotations

from typing import Any

from .. import loggable
from ..document import Document, sequence
from . import words

MARK = "x-sensitive"


class Masking:
    """Knows which names a document masks or shows."""

    def __init__(self, document: Document) -> None:
        self._data = document.data
        self._sensitive = words.sensitive_names(document)
        self._shown = {loggable.plain(str(name)) for name in sequence(document.data.get(loggable.SHOWN))}

    def marks(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        """Return the marks that a new field of this name needs."""
        return {MARK: True} if self._is_masked(name, value) else {}

    def _is_masked(self, name: str, value: dict[str, Any]) -> bool:
        if name.lower() in self._sensitive or words.looks_private(name):
            return True
        # A document without the list leaves it to the marks alone.
        has_list = loggable.SHOWN in self._data
        return has_list and loggable.plain(name) not in self._shown and loggable.is_open(self._data, value)
