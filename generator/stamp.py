"""Remember on this machine what the package was made from, so that `generate` need not make it again.

The stamp is one hash over all that decides the bytes of the package, beside the hash of the manifest that came of it.
It lies in `.nox/`, which git ignores: in the manifest it would change a committed file with every comment in the
generator, and it could not hold what only this machine knows, such as the packages that are installed. Nobody but
`generate` asks it; without it, or where it cannot be read, the package is made.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import description, edits
from .edits import digest
from .places import PROJECT

FILE = PROJECT / ".nox" / "generated.json"
#: The record that every package has.
_MANIFEST = "manifest.json"


def inputs(overlays: Sequence[Path] = ()) -> str:
    """Return one hash over what decides the package: the spec, the overlays, the generator, its tools and Python.

    It is taken before anything is made: a file that changes meanwhile is then no part of it.
    """
    total = hashlib.sha256()
    for name, content in _inputs(overlays):
        total.update(f"{name}\0{digest(content)}\n".encode())
    return total.hexdigest()


def is_current(package: Path, described_in: Path, made_from: str) -> bool:
    """Return whether the package was made from these inputs, and its files and its description are as they were."""
    try:
        record = (package / _MANIFEST).read_bytes()
        known = json.loads(FILE.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if known != _stamp(made_from, record):
        return False
    files: dict[str, str] = json.loads(record)["files"]
    if edits.hashes(package, _MANIFEST) != files:
        return False
    return description.is_recorded(described_in, package)


def write(package: Path, made_from: str) -> None:
    """Remember that these inputs made the package."""
    record = (package / _MANIFEST).read_bytes()
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(_stamp(made_from, record), indent=2) + "\n", "utf-8")


def _stamp(made_from: str, record: bytes) -> dict[str, str]:
    return {"inputs": made_from, "manifest": digest(record)}


def _inputs(overlays: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    yield "python", sys.version.encode()
    # The name of such a directory has the version of the package; to read what it holds would take longer.
    installed: set[str] = set()
    for directory in sys.path:
        names = _listed(directory)
        installed.update(name for name in names if name.endswith(".dist-info"))
    yield "installed", "\n".join(sorted(installed)).encode()
    yield "pyproject.toml", _content(PROJECT / "pyproject.toml")
    for directory in ("generator", "runtime", "spec"):
        for path in _files(PROJECT / directory):
            yield path.relative_to(PROJECT).as_posix(), _content(path)
    for path in overlays:
        yield f"overlay {path.name}", _content(path)


def _content(path: Path) -> bytes:
    """Return the content of a file; nothing for one that cannot be read, of which nothing is made then."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _listed(directory: str) -> list[str]:
    try:
        return os.listdir(directory or os.curdir)
    except OSError:  # An archive, or a directory that is not there.
        return []


def _files(directory: Path) -> list[Path]:
    """Return every file below a directory but Python's byte code; one with a hidden name may be part of a document."""
    found: list[Path] = []
    for place, directories, names in os.walk(directory):
        if "__pycache__" in directories:
            directories.remove("__pycache__")
        found += [Path(place, name) for name in names]
    return sorted(path for path in found if path.is_file())
