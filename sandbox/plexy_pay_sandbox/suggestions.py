"""Suggest the name that was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def near(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is nearest to a name; None if none is near."""
    found = get_close_matches(name, list(known), 1, 0.75)
    return found[0] if found else None


def meant(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about a name that is not known: the nearest known one, or all of them."""
    names = list(known)
    likely = near(name, names)
    return f": did you mean {likely!r}?" if likely else f"; there is {', '.join(names)}"
