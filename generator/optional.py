"""Which modules of the runtime a document has no use for: they stay out of the package that is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import views
from .document import mapping

Json = dict[str, Any]

#: Modules that import generated classes: without these classes they could not work.
NEEDS = {"cards": frozenset({"BrowserDetails", "CardData", "KeyResponse"})}

#: The package whose classes of events come from the document's `webhooks`.
WEBHOOKS = "webhooks"

#: What needs a package that is no dependency of ours; it is never imported ahead of time.
ADAPTERS = (
    "webhooks.aiohttp",
    "webhooks.django",
    "webhooks.fastapi",
    "webhooks.flask",
)


def left_out(data: Json, unwanted: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names of the modules to leave out: those that the normalised document has no use for, and the unwanted."""
    made = {*views.request_schemas(data), *views.answer_schemas(data)}
    names = {name for name, needs in NEEDS.items() if not needs <= made}
    if not mapping(data.get("webhooks")):
        names.add(WEBHOOKS)
    return unwanted | names


def is_left_out(module: str, names: frozenset[str]) -> bool:
    """Whether a module of the runtime, or a package above it, is among those that are left out."""
    steps = module.split(".")
    return any(".".join(steps[:depth]) in names for depth in range(1, len(steps) + 1))


def module_of(path: Path) -> str:
    """The name of the module in a file of the runtime, by its path in there."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
