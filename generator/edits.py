"""Find what people changed by hand in generated files, by the recorded hash of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Edits:
    """Files that are not as the record says, by path."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.deleted)


def between(recorded: Mapping[str, str], there: Mapping[str, str]) -> Edits:
    """Return the edits between the recorded files and those on disk, both by their hashes."""
    return Edits(
        changed=tuple(
            name for name in recorded if name in there and there[name] != recorded[name]
        ),
        added=tuple(name for name in there if name not in recorded),
        deleted=tuple(name for name in recorded if name not in there),
    )


def told(edits: Edits) -> str:
    """Return the edits for people, a line for each file."""
    lines = [f"  changed: {name}" for name in edits.changed]
    lines += [f"  added: {name}" for name in edits.added]
    lines += [f"  deleted: {name}" for name in edits.deleted]
    return "\n".join(lines)


def hashes(directory: Path, record: str) -> dict[str, str]:
    """Return the hash of every file below a directory by its path, but for the record and what tools leave there.

    Args:
        directory: The directory.
        record: The name of the file that keeps the hashes.
    """
    return {
        name: digest((directory / name).read_bytes())
        for name in names(directory, record)
    }


def names(directory: Path, record: str) -> Iterator[str]:
    """Yield the paths of these files."""
    for path in sorted(directory.rglob("*")):
        if not (path.is_file() or path.is_symlink()):
            continue
        name = path.relative_to(directory)
        if name.as_posix() != record and not _is_left_behind(PurePosixPath(name)):
            yield name.as_posix()


def digest(content: bytes) -> str:
    """Return the hash of a text. Line ends do not count: git may change them on the way into a working tree."""
    return "sha256:" + hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _is_left_behind(path: PurePosixPath) -> bool:
    """Return whether a tool left it, as Python or an editor does; no generated file has a hidden name."""
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)
