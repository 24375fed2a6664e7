"""Standing overlays: those in the folder `overlays` beside a document, which belong to it without being named.

They correct the document until somebody folds them into its files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .containing import is_inside
from .problems import Problem, SpecError

FOLDER = "overlays"
_OTHER_SUFFIXES = (".yml", ".json")


def applied_overlays(spec: Path, given: Sequence[Path]) -> list[Path]:
    """Return the overlays to apply to a document, in their order: the standing ones, then those that are given.

    Args:
        spec: The root of the document.
        given: The overlays of the command line; one that stands in the folder is not applied again.

    Raises:
        SpecError: The folder holds a file that would be passed over, or a link that leads out of it.
    """
    found = standing(spec)
    known = {path.resolve() for path in found}
    return [*found, *(path for path in given if path.resolve() not in known)]


def standing(spec: Path) -> list[Path]:
    """Return the standing overlays of a document in the order of their names.

    Raises:
        SpecError: The folder holds a file that would be passed over, or a link that leads out of it.
    """
    folder = (spec if spec.is_dir() else spec.parent) / FOLDER
    files = sorted(folder.glob("*"))
    problems = [problem for path in files for problem in _problems(folder, path)]
    if problems:
        raise SpecError(problems)
    return [path for path in files if path.suffix == ".yaml"]


def _problems(folder: Path, path: Path) -> Iterator[Problem]:
    if path.suffix in _OTHER_SUFFIXES:
        message = "the name of the overlay does not end in `.yaml`, so it would not be applied"
        yield Problem(
            path.as_posix(), 1, message, "rename it, or move it out of the folder"
        )
    elif path.suffix == ".yaml" and not is_inside(folder, path):
        message = "the overlay is a link that leads outside of its folder"
        yield Problem(path.as_posix(), 1, message, "copy the file into the folder")
