"""Which modules of the runtime may stay out of a package: nothing else in it imports them."""

from __future__ import annotations

from pathlib import Path

CARDS = "cards"
WEBHOOKS = "webhooks"

#: What needs a package that is no dependency of ours; it is never imported ahead of time.
ADAPTERS = (
    "webhooks.aiohttp",
    "webhooks.django",
    "webhooks.fastapi",
    "webhooks.flask",
)


def is_left_out(module: str, left_out: frozenset[str]) -> bool:
    """Whether a module of the runtime, or a package above it, is among those that are left out."""
    steps = module.split(".")
    return any(
        ".".join(steps[:depth]) in left_out for depth in range(1, len(steps) + 1)
    )


def module_of(path: Path) -> str:
    """The name of the module in a file of the runtime, by its path in there."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
