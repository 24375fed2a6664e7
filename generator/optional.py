"""Which modules of the runtime a document has no use for: they stay out of the package that is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import views
from .document import mapping

Json = dict[str, Any]

#: The modules that import generated classes: without these classes they could not work.
NEEDS: dict[str, frozenset[str]] = {}

#: The package whose classes of events come from the document's `webhooks`.
WEBHOOKS = "webhooks"


def left_out(data: Json) -> frozenset[str]:
    """The names of the modules that the normalised document has no use for."""
    made = {*views.request_schemas(data), *views.answer_schemas(data)}
    names = {name for name, needs in NEEDS.items() if not needs <= made}
    if not mapping(data.get("webhooks")):
        names.add(WEBHOOKS)
    return frozenset(names)


def is_left_out(module: Path, names: frozenset[str]) -> bool:
    """Whether a file of the runtime, by its path in there, belongs to one of these modules."""
    return module.parts[0].removesuffix(".py") in names
