"""Find standing overlays: those in the directory `overlays` beside a document, which belong to it without being named.

They correct the document until somebody folds them into its files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .containment import is_inside
from .diagnostics import Diagnostic, SpecError

DIRECTORY = "overlays"
_OTHER_SUFFIXES = (".yml", ".json")


def applied_overlays(spec: Path, given: Sequence[Path]) -> list[Path]:
    """Return the overlays to apply to a document, in their order: the standing ones, then those that are given.

    Args:
        spec: The root of the document.
        given: The overlays of the command line; one that stands in the directory is not applied again.

    Raises:
        SpecError: The directory holds a file that would be passed over, or a link that leads out of it.
    """
    found = standing(spec)
    known = {path.resolve() for path in found}
    found += [path for path in given if path.resolve() not in known]
    return found


def standing(spec: Path) -> list[Path]:
    """Return the standing overlays of a document in the order of their names.

    Raises:
        SpecError: The directory holds a file that would be passed over, or a link that leads out of it.
    """
    directory = (spec if spec.is_dir() else spec.parent) / DIRECTORY
    files = sorted(directory.glob("*"))
    diagnostics = [_diagnostic(directory, path) for path in files]
    found = [diagnostic for diagnostic in diagnostics if diagnostic is not None]
    if found:
        raise SpecError(found)
    return [path for path in files if path.suffix == ".yaml"]


def _diagnostic(directory: Path, path: Path) -> Diagnostic | None:
    if path.suffix in _OTHER_SUFFIXES:
        message = "the name of the overlay does not end in `.yaml`, so it would not be applied"
        fix = "rename it, or move it out of the directory"
        return Diagnostic(path.as_posix(), 1, message, fix)
    if path.suffix == ".yaml" and not is_inside(directory, path):
        message = "the overlay is a link that leads outside of its directory"
        fix = "copy the file into the directory"
        return Diagnostic(path.as_posix(), 1, message, fix)
    return None
