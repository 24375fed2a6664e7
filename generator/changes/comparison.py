"""Compare two APIs, part by part."""

from __future__ import annotations

import json

from ..document import Document
from . import arguments, clients, events, matches, operations, schemas, texts
from .change import LEVELS, Change, Level
from .findings import Findings, Place
from .side import Side

_DOCUMENT = Place("openapi.json", ())


def compare(old: Document, new: Document) -> list[Change]:
    """Return every difference that a user of the package can notice, the breaking ones first.

    Args:
        old: A bundled document, with the places at which its parts were written, as far as they are known.
        new: Another one.
    """
    if json.dumps(old.data) == json.dumps(new.data):
        return []
    found = Findings(Side(old), Side(new))
    found.renamed = matches.renamed_schemas(found.old, found.new)
    operations.compare(found)
    events.compare(found)
    clients.compare(found)
    schemas.compare(found)
    clients.compare_shared(found)
    texts.compare(found)
    _compare_lists_of_logs(found)
    if _are_sound(found):
        arguments.compare(found)
    return sorted(
        dict.fromkeys(found.changes), key=lambda change: LEVELS.index(change.level)
    )


def _compare_lists_of_logs(found: Findings) -> None:
    """Report changed lists of the values that logs show. A newly shown field is new, or has lost an extension."""
    if _shown(found.old) != _shown(found.new):
        found.docs(_DOCUMENT, "the list of values that logs show")
    if found.old.api.hidden_in_logs != found.new.api.hidden_in_logs:
        found.docs(
            _DOCUMENT, "the list of values that logs of the whole package redact"
        )


def _shown(side: Side) -> list[str]:
    return [shown.name for shown in side.api.shown_in_logs or ()]


def _are_sound(found: Findings) -> bool:
    """Report a document of which no package is made; what the generator makes of it is not compared then."""
    for diagnostic in found.new.diagnostics:
        text = f"the generator cannot build a package from the new description: {diagnostic}."
        found.breaks("not-generated", _DOCUMENT, text)
    # An old one may be of another time, with rules of its own: it is no fault of today.
    for diagnostic in found.old.diagnostics[:1]:
        more = (
            f" (and {len(found.old.diagnostics) - 1} more)"
            if len(found.old.diagnostics) > 1
            else ""
        )
        text = f"the generator cannot build a package from the old description: {diagnostic}{more}."
        found.add("not-generated", Level.DOCS, _DOCUMENT, text)
    return not (found.old.diagnostics or found.new.diagnostics)
