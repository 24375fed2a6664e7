"""The API's description in one file, which the sandbox carries; the package that was made of it has its hash.

The manifest of the package records that hash, which tells an edit by hand from a description that grew old.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from . import manifest
from .diagnostics import ToolError, shown
from .edits import digest

#: The name of the file, in the sandbox and in a vendored copy.
NAME = "openapi.json"


@contextmanager
def put(path: Path, content: bytes) -> Generator[bool]:
    """Put the description in its place for as long as the block succeeds; give whether it differs from the one there.

    The package is put in its place in the block, so that a failure leaves both as they were.
    """
    before = path.read_bytes() if path.is_file() else None
    if before == content:
        yield False
        return
    _write(path, content)
    try:
        yield True
    except BaseException:
        if before is None:
            path.unlink()
        else:
            _write(path, before)
        raise


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def refuse_edits(path: Path, content: bytes, package: Path) -> None:
    """Refuse to write over what somebody edited by hand; an edit that is about to be written is no loss.

    Args:
        path: The description.
        content: What is about to be written.
        package: The package whose manifest records what was written the last time.

    Raises:
        ToolError: if somebody edited it, with what to do.
    """
    there, recorded = _hash_of(path), _recorded(package)
    if there and recorded and there not in (recorded, digest(content)):
        raise ToolError(
            f"{shown(path)} was edited by hand since it was generated, and generating it anew would undo that. Make "
            "the change in spec/, and generate again. To give the edit up, add --discard-edits to the command: "
            "`./nox -s generate -- --discard-edits`."
        )


def is_recorded(path: Path, package: Path) -> bool:
    """Return whether the description is the one that the package was made of."""
    recorded = _recorded(package)
    return bool(recorded) and _hash_of(path) == recorded


def difference(path: Path, content: bytes, package: Path) -> str:
    """Return why the description is not what spec/ makes, and the remedy; nothing if it is."""
    there = _hash_of(path)
    if there == digest(content):
        return ""
    if not there:
        reason = "it is missing."
    elif there == _recorded(package):
        reason = "spec/ changed since it was generated."
    else:
        reason = "it was edited by hand. Make the change in spec/."
    return f"{shown(path)}: {reason} Run `nox -s generate`."


def _hash_of(path: Path) -> str:
    """Return the hash of a description; nothing of one that is not there."""
    return digest(path.read_bytes()) if path.is_file() else ""


def _recorded(package: Path) -> str:
    """Return the hash in the manifest of a package; nothing if there is no manifest that can be read."""
    try:
        return str(manifest.read(package).get("document", ""))
    except ToolError:
        return ""
