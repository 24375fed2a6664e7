"""The record of a generation: what it was made from, and the hash of every file it made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

NAME = "manifest.json"
_COMMENT = "Written by `nox -s generate`. Files listed here are generated: edit spec/ or generator/ instead."
TOOLS = ("openapi-python-client", "datamodel-code-generator", "jinja2", "ruff", "iso4217")


def write(
    folder: Path,
    document: bytes,
    version: str,
    overlays: Sequence[Path] = (),
    words: Callable[[str], str] = str,
) -> None:
    """Write the manifest of the package in the folder, with the overlays that the document was corrected by.

    Args:
        folder: The package.
        document: The document that it carries.
        version: Its version.
        overlays: The overlays.
        words: Replaces the names of this project, where the package is for another API.
    """
    record: dict[str, Any] = {
        "comment": words(_COMMENT),
        "version": version,
        "document": _digest(document),
        "overlays": [{"name": path.name, "hash": _digest(path.read_bytes())} for path in overlays],
        "tools": {name: installed_version(name) for name in TOOLS},
        "files": hashes(folder),
    }
    (folder / NAME).write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def read(folder: Path) -> dict[str, Any]:
    """The manifest of the package in the folder; empty if there is none."""
    path = folder / NAME
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file of the package but the manifest, by its path."""
    return {
        path.relative_to(folder).as_posix(): _digest(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != NAME and "__pycache__" not in path.parts
    }


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
