"""Decides which new fields are masked: those of persons and cards, and those that nobody has looked at."""

from __future__ import annotations

from typing import Any

from ..document import Document, is_mapping, mapping, parse_pointer, reference_of, sequence
from ..model.build import SHOWN
from ..naming import plain
from . import words

MARK = "x-sensitive"
_OPEN = frozenset({"string", "integer", "number"})


class Masking:
    """Knows which names a document masks or shows."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._sensitive = words.sensitive_names(document)
        self._shown = {plain(str(name)) for name in sequence(document.data.get(SHOWN))}

    def marks(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        """Return the marks that a new field of this name needs."""
        return {MARK: True} if self._is_masked(name, value) else {}

    def _is_masked(self, name: str, value: dict[str, Any]) -> bool:
        if name.lower() in self._sensitive or words.looks_private(name):
            return True
        # A document without the list leaves it to the marks alone.
        has_list = SHOWN in self._document.data
        return has_list and plain(name) not in self._shown and self._is_open(value)

    def _is_open(self, value: dict[str, Any]) -> bool:
        """Return whether a value of the schema may be any text or number."""
        reference = reference_of(value)
        schema = value if reference is None else mapping(self._document.get(parse_pointer(reference)))
        if {"enum", "const"} & schema.keys():
            return False
        kinds = schema.get("type")
        names = {kinds} if isinstance(kinds, str) else set(map(str, sequence(kinds)))
        items = schema.get("items")
        return bool(names & _OPEN) or (is_mapping(items) and self._is_open(items))
