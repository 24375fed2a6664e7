"""Read the released spec in `spec/released/`, and judge the version by what changed since."""

from __future__ import annotations

from pathlib import Path

from .. import loader, pipeline
from ..diagnostics import ToolError
from ..document import Document
from .change import harsher
from .comparison import compare
from .versions import parsed, proposed_version, reason

DIRECTORY = pipeline.SPEC.parent / "released"


def released(directory: Path | None = None) -> tuple[str, Document] | None:
    """Return the version that was released last and its document; None before the first release.

    Raises:
        ToolError: if only one of the two files is there.
        SpecError: if the document cannot be read.
    """
    directory = directory or DIRECTORY
    document, version = directory / "openapi.json", directory / "VERSION"
    if not document.is_file() and not version.is_file():
        return None
    for path in (document, version):
        if not path.is_file():
            raise ToolError(
                f"{path} is missing, so nobody knows what was released. Restore it from git."
            )
    return version.read_text("utf-8").strip(), loader.load(document)


def size_of_version(
    new: Document, version: str, directory: Path | None = None
) -> tuple[bool, str]:
    """Return whether a version is large enough for what changed since the last release, and a sentence about it.

    Args:
        new: The spec as it is.
        version: The version in pyproject.toml.
        directory: Where the released spec is, if not in `spec/released/`.

    Raises:
        ToolError, SpecError: if what was released cannot be read.
    """
    last = released(directory)
    if last is None:
        return (
            True,
            f"Version {version}: nothing was released yet, so there is nothing that it could be too small for.",
        )
    before, old = last
    changes = compare(old, new)
    wanted = proposed_version(before, changes)
    if parsed(parsed(version).base_version) >= parsed(wanted):
        why = (
            f"there is {reason(changes)}"
            if changes
            else "the description did not change"
        )
        return True, f"Version {version} is enough: since {before} {why}."
    if not changes:
        return (
            False,
            f"Version {version} in pyproject.toml is older than {before}, which was released.",
        )
    level = harsher(change.level for change in changes)
    causes = [change for change in changes if change.level is level]
    lines = [
        f"Version {version} in pyproject.toml is too small: since {before} there is {reason(changes)}:"
    ]
    lines += [f"  - {change.sentence}" for change in causes[:10]]
    if len(causes) > 10:
        lines.append(f"  - and {len(causes) - 10} more")
    lines.append(
        f'Write version = "{wanted}" there, then run: '
        f"python -m generator changes --write-changelog {wanted} --date unreleased"
    )
    return False, "\n".join(lines)
