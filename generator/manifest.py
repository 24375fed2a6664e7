"""Record a generation: what it was made from, and the hash of every file it made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from . import edits
from .diagnostics import ToolError, shown
from .edits import digest

NAME = "manifest.json"
_COMMENT = "Written by `nox -s generate`. Files listed here are generated: edit spec/ or generator/ instead."
_ANEW = "`generate --discard-edits` writes the package anew, whatever is there."
TOOLS = (
    "openapi-python-client",
    "datamodel-code-generator",
    "jinja2",
    "ruff",
    "iso4217",
)


def write(
    directory: Path,
    document: bytes,
    version: str,
    overlays: Sequence[Path] = (),
) -> dict[str, str]:
    """Write the manifest of the package in the directory, with the overlays that the document was corrected by.

    Returns the hash of every file that it lists.

    Args:
        directory: The package.
        document: The document that it was made of, which its sandbox carries.
        version: Its version.
        overlays: The overlays.
    """
    files = hashes(directory)
    record: dict[str, Any] = {
        "comment": _COMMENT,
        "version": version,
        "document": digest(document),
        "overlays": [
            {"name": path.name, "hash": digest(path.read_bytes())} for path in overlays
        ],
        "tools": {name: installed_version(name) for name in TOOLS},
        "files": files,
    }
    (directory / NAME).write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return files


def read(directory: Path) -> dict[str, Any]:
    """Return the manifest of the package in the directory.

    Raises:
        ToolError: if it is missing or cannot be read.
    """
    path = directory / NAME
    try:
        record: Any = json.loads(path.read_text("utf-8"))
        # The keys that are asked of it later: a half of a merge may be JSON, too.
        dict[str, str](record["files"].items())
    except FileNotFoundError:
        raise ToolError(
            f"{shown(path)} is not there, so nobody knows who wrote this directory. {_ANEW}"
        ) from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise ToolError(
            f"{shown(path)} cannot be read; a conflict of a merge is the usual reason. Resolve what people write "
            f"(spec/, generator/), not what is generated. {_ANEW}"
        ) from None
    return dict(record)


def hashes(directory: Path) -> dict[str, str]:
    """Return the hash of every file of the package but the manifest, by its path."""
    return edits.hashes(directory, NAME)
