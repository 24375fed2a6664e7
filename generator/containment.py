"""Keep a document to the files below its own directory, whatever a reference says."""

from __future__ import annotations

from pathlib import Path

#: Advice about a file that lies elsewhere.
WAY_OUT = (
    "copy the file below that directory and refer to it there, or make the document one file first, for example with "
    "`npx @redocly/cli bundle`"
)


def is_inside(directory: Path, path: Path) -> bool:
    """Return whether the path leads to something below the directory, with all links followed."""
    try:
        return path.resolve().is_relative_to(directory.resolve())
    # A circle of links, or a name that no file can have.
    except (
        OSError,
        RuntimeError,
        ValueError,
    ):
        return False


def is_file(path: Path) -> bool:
    """Return whether there is a file; no name that a document makes up is an error here."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # A name that is too long, for example.
        return False
