"""Decide which new fields are masked: those of persons and cards, and those that nobody has looked at."""

from __future__ import annotations

from typing import Any

from ..document import is_mapping, sequence
from ..identifiers import plain
from ..model import query
from ..model.api import Api
from . import words

MARK = "x-sensitive"
_OPEN = frozenset({"string", "integer", "number"})


class Redaction:
    """Decide by the names that an API masks or shows."""

    def __init__(self, api: Api) -> None:
        self._sensitive = {
            field.wire_name.lower()
            for field in query.fields_of(api)
            if field.is_sensitive
        }
        # A document without the list leaves it to the extensions of schemas.
        self._has_list = api.shown_in_logs is not None
        self._shown = {plain(shown.name) for shown in api.shown_in_logs or ()}

    def extensions(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        """Return the extensions that a new field of this name needs."""
        return {MARK: True} if self._is_masked(name, value) else {}

    def _is_masked(self, name: str, value: dict[str, Any]) -> bool:
        if name.lower() in self._sensitive or words.looks_private(name):
            return True
        return self._has_list and plain(name) not in self._shown and _is_open(value)


def _is_open(value: dict[str, Any]) -> bool:
    """Return whether a value of a new schema may be any text or number; an enumeration is referred to by its name."""
    kinds = value.get("type")
    names = {kinds} if isinstance(kinds, str) else set(map(str, sequence(kinds)))
    items = value.get("items")
    return bool(names & _OPEN) or (is_mapping(items) and _is_open(items))
