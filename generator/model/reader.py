"""Read what every node has: its place, its evidence, its text. The readers of the parts share one."""

from __future__ import annotations

import json
from typing import Any

from ..diagnostics import Diagnostic
from ..document import Document, Pointer, mapping, sequence
from .api import Deprecation, Evidence, Origin

_EVIDENCE: dict[str, Evidence] = {
    "documented": "documented",
    "documented-2023": "documented-2023",
    "observed": "observed",
    "inferred": "inferred",
}


class Reader:
    """Read a document, and collect everything that is wrong with it.

    Attributes:
        document: The document.
        diagnostics: The points in which a package could not do as the document says, in the order of reading.
        flaws: Other faults: a package can be made of it, but nobody should.
        nodes: The places of all nodes that were read.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.diagnostics: list[Diagnostic] = []
        self.flaws: list[Diagnostic] = []
        self.nodes: set[Pointer] = set()

    def wrong(self, pointer: Pointer, message: str, fix: str) -> None:
        """Note a diagnostic with the value at a place, for which no package can be made."""
        self._note(self.diagnostics, self.document.diagnostic(pointer, message, fix))

    def flawed(self, pointer: Pointer, message: str, fix: str) -> None:
        """Note an extension that is missing, has another form or names what is not there; the rest is read."""
        self._note(self.flaws, self.document.diagnostic(pointer, message, fix))

    def _note(self, diagnostics: list[Diagnostic], diagnostic: Diagnostic) -> None:
        # A schema is read once for each place that refers to it.
        if diagnostic not in diagnostics:
            diagnostics.append(diagnostic)

    def at(self, pointer: Pointer) -> dict[str, Any]:
        """Return the mapping at a place; an empty one if there is none."""
        return mapping(self.document.get(pointer))

    def origin(
        self, pointer: Pointer, value: dict[str, Any], inherited: Evidence = "inferred"
    ) -> Origin:
        """Return where a node comes from.

        Args:
            pointer: The place of the node.
            value: Its value, with its extensions.
            inherited: The evidence of what it belongs to, which is its own if it states none.
        """
        self.nodes.add(pointer)
        stated = evidence_of(value.get("x-evidence"))
        return Origin(
            pointer=pointer,
            location=self.document.where(pointer),
            evidence=inherited if stated is None else stated,
            is_stated=stated is not None,
            sources=sources_of(value),
        )


def evidence_of(extension: object) -> Evidence | None:
    """Return the evidence that an extension names, or None for what is no evidence."""
    return _EVIDENCE.get(extension) if isinstance(extension, str) else None


def sources_of(value: dict[str, Any]) -> tuple[str, ...]:
    """Return the sources that an extension names: a text, or a list of texts."""
    source = value.get("x-source")
    return (source,) if isinstance(source, str) else tuple(map(str, sequence(source)))


def tags_of(value: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the groups in which the document lists an operation or a webhook."""
    return tuple(map(str, sequence(value.get("tags"))))


def text_of(value: dict[str, Any], key: str) -> str:
    """Return a text for people, or nothing."""
    return str(value.get(key) or "").strip()


def line_of(value: dict[str, Any], key: str) -> str:
    """Return a text for people on one line, or nothing."""
    return " ".join(text_of(value, key).split())


def deprecation_of(value: dict[str, Any]) -> Deprecation | None:
    """Return what replaces a deprecated thing, or None for one that is not deprecated."""
    if value.get("deprecated") is not True:
        return None
    advice = mapping(value.get("x-deprecated"))
    return Deprecation(
        since=line_of(advice, "since"),
        use=line_of(advice, "use"),
        until=line_of(advice, "until"),
    )


def default_of(value: dict[str, Any]) -> str | None:
    """Return the value that the server takes by default, as people write JSON; None if it is not known."""
    if "default" not in value:
        return None
    default = value["default"]
    return default if isinstance(default, str) else json.dumps(default)
