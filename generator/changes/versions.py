"""Propose the version that follows a change: PEP 440, by Semantic Versioning, and by its rule for 0.x before 1.0."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

from ..diagnostics import ToolError
from .change import LEVELS, Change, Level, harsher


def proposed_version(current: str, changes: Iterable[Change]) -> str:
    """Return the smallest version that may follow `current` after these changes.

    Before 1.0 a breaking change raises the minor version, and every other change the patch. From 1.0 on a breaking
    change raises the major version, an addition the minor, and docs alone the patch. Without a change it is `current`.

    Args:
        current: The version that was released last.
        changes: The changes since then.

    Raises:
        ToolError: if `current` is no version.
    """
    found = list(changes)
    before = parsed(current)
    if not found:
        return current
    release = [before.major, before.minor, before.micro]
    level = harsher(change.level for change in found)
    # Before 1.0 everything counts one place further down.
    place = min(2, LEVELS.index(level) + (before.major == 0))
    if before.is_prerelease and not any(release[place + 1 :]):
        # Its final version was not released, and already says as much.
        return before.base_version
    raised = [*release[:place], release[place] + 1]
    raised += [0] * (len(release) - len(raised))
    return ".".join(map(str, raised))


def parsed(text: str) -> Version:
    """Return a version as PEP 440 reads it.

    Raises:
        ToolError: if it is none.
    """
    try:
        return Version(text)
    except InvalidVersion:
        raise ToolError(
            f"{text!r} is not a version (PEP 440). Write one such as 0.2.0."
        ) from None


def reason(changes: Iterable[Change]) -> str:
    """Return why the version must be raised that far, in a few words."""
    found = list(changes)
    level = harsher(change.level for change in found)
    count = sum(change.level is level for change in found)
    words = {
        Level.BREAKING: ("breaking change", "breaking changes"),
        Level.ADDITIVE: ("addition", "additions"),
        Level.DOCS: ("change of the documentation", "changes of the documentation"),
    }
    return f"{count} {words[level][count != 1]}"
