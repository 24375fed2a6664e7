"""Match names that differ by case, underscores and hyphens only: the same field, spelled otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from ..identifiers import plain

ODD_SPELLING = (
    "spelled otherwise in the export, in a way that does not look like a name"
)


def respelled(ours: Iterable[str], theirs: Iterable[str]) -> dict[str, str]:
    """Return our spelling by theirs, for each name that the two sides only spell otherwise.

    Names that both sides have are out of it, and so are those that could be several of the other side.
    """
    our_names, their_names = list(ours), list(theirs)
    here = _by_plain(name for name in our_names if name not in their_names)
    there = _by_plain(name for name in their_names if name not in our_names)
    return {
        names[0]: here[key][0]
        for key, names in there.items()
        if len(names) == 1 and len(here.get(key, [])) == 1
    }


def _by_plain(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(plain(name), []).append(name)
    return found


def told(ours: str, theirs: str, where: str) -> str:
    """Return the difference for people."""
    return f"spelled `{ours}` in `spec/`, `{theirs}` in the {where}"


def told_required(is_required: bool) -> str:
    """Return for people what the export says of something that is required on one side only."""
    word = "required" if is_required else "not required"
    return f"{word} in the export, and not so in `spec/`"
