"""Holds what a comparison of `spec/` with an export is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..document import Document


@dataclass(frozen=True)
class Given:
    """The two documents, and how well known the export is.

    Attributes:
        spec: The bundled document of `spec/`.
        theirs: The vendor's document.
        word: The evidence of what it says.
        source: What to write as the source.
    """

    spec: Document
    theirs: Document
    word: str
    source: str

    @property
    def marks(self) -> dict[str, Any]:
        """Return the evidence and the source of what comes from the export."""
        return {"x-evidence": self.word, "x-source": [self.source]}
