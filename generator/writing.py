"""Puts a package in place of the one that was there, and says what is different.

The whole directory is replaced in two renames, so that nobody ever sees half of a package. A file whose bytes did not
change keeps the time of its last change, too, so that tools which look at that (builds, editors, backups) have nothing
to do anew; and where no file changed, the directory stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import description, edits, manifest
from .diagnostics import ToolError, shown
from .edits import Edits, between
from .places import RUNTIME


@dataclass(frozen=True)
class Difference:
    """The files of a package that a generation changed, by their paths in it, and the description beside it."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def recorded(package: Path) -> dict[str, str]:
    """Return the hash of each file that was written the last time; nothing of a package that is not there yet.

    Raises:
        ToolError: if there are files and no record of them that can be read.
    """
    if (
        not any(edits.names(package, manifest.NAME))
        and not (package / manifest.NAME).exists()
    ):
        return {}
    files: dict[str, str] = manifest.read(package)["files"]
    return files


def _refuse_edits(
    recorded: Mapping[str, str],
    there: Mapping[str, str],
    after: Mapping[str, str],
    package: Path,
) -> None:
    """Refuse to write over what people did to the package by hand.

    A file that is as it is about to be written is no loss: the edit was carried to where it belongs.

    Args:
        recorded: The hashes of what was written the last time.
        there: Those of the package that is there.
        after: Those of the one that is about to take its place.
        package: The package.

    Raises:
        ToolError: naming each file that was edited, added or deleted, and what to do.
    """
    lost = {
        name
        for name in recorded.keys() | there.keys()
        if there.get(name) != after.get(name)
    }
    found = between(recorded, there)
    lost_edits = Edits(
        changed=tuple(name for name in found.changed if name in lost),
        added=tuple(name for name in found.added if name in lost),
        deleted=tuple(name for name in found.deleted if name in lost),
    )
    if lost_edits:
        raise ToolError("\n".join(_edited(package, lost_edits)))


def _edited(package: Path, found: Edits) -> list[str]:
    lines = [
        f"{shown(package)} was edited by hand since it was generated, and generating it anew would undo that:"
    ]
    for name in found.changed:
        source = RUNTIME / name
        lines.append(
            f"  changed: {name}"
            + (f", which is a copy of {shown(source)}" if source.is_file() else "")
        )
    lines += [f"  added: {name}" for name in found.added]
    lines += [f"  deleted: {name}" for name in found.deleted]
    return [
        *lines,
        "Make the change in spec/, runtime/ or generator/emit/templates/, as the first line of a file says, "
        "and generate again: an edit that was carried there is no loss. To give the edits up, add --discard-edits to "
        "the command: `./nox -s generate -- --discard-edits`.",
    ]


def put(
    built: Path, package: Path, recorded: Mapping[str, str] | None = None
) -> Difference:
    """Put the built package where the old one is, if anything of it is different.

    Args:
        built: The built package.
        package: Where it goes.
        recorded: The hashes of what was written there the last time; with them, edits by hand are refused.

    Raises:
        ToolError: naming each file that was edited by hand, and what to do.
    """
    before, after = manifest.hashes(package), manifest.hashes(built)
    if recorded is not None:
        _refuse_edits(recorded, before, after, package)
    found = difference(before, after)
    if not found and not _is_same(package / manifest.NAME, built / manifest.NAME):
        # Other tools made the same files: only the record says so.
        found = Difference((), (manifest.NAME,), ())
    if not found:
        return found
    for name in before.keys() & after.keys():
        if before[name] == after[name]:
            status = (package / name).stat()
            os.utime(built / name, ns=(status.st_atime_ns, status.st_mtime_ns))
    swap(built, package)
    return found


def _is_same(one: Path, other: Path) -> bool:
    """Whether both files are there with the same bytes, or neither is."""
    there = [path.read_bytes() for path in (one, other) if path.is_file()]
    return not there or (len(there) == 2 and there[0] == there[1])


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    """What is different between the files of two packages, given by their hashes."""
    common = before.keys() & after.keys()
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(name for name in common if before[name] != after[name])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def swap(built: Path, package: Path) -> None:
    """Put the built package where the old one was.

    Two renames are as near to one step as a directory gets; if the second fails the first is undone.
    """
    old = built.parent / "replaced"
    if package.exists():
        os.rename(package, old)
    try:
        os.rename(built, package)
    except OSError:
        if old.exists():
            os.rename(old, package)
        raise


def told(found: Difference) -> list[str]:
    """What changed, as a person reads it: by operation, model and so on, with the sign of what happened to each."""
    signs = (
        ("+", "added", found.added),
        ("~", "changed", found.changed),
        ("-", "removed", found.removed),
    )
    counts = [f"{len(names)} {word}" for _, word, names in signs if names]
    key = [f"{sign} {word}" for sign, word, names in signs if names]
    groups: dict[str, list[str]] = {}
    for sign, _, names in signs:
        for name in names:
            kind, what = _about(name)
            groups.setdefault(kind, []).append(f"{sign} {what}" if what else sign)
    lines = [f"Files: {', '.join(counts)} ({', '.join(key)})."]
    for kind in _KINDS:
        if kind in groups:
            entries = sorted(groups[kind], key=lambda entry: (entry[2:], entry[0]))
            rest = (
                f", and {len(entries) - _MOST_SHOWN} more"
                if len(entries) > _MOST_SHOWN
                else ""
            )
            lines.append(f"  {kind}: {', '.join(entries[:_MOST_SHOWN])}{rest}")
    return lines


_MOST_SHOWN = 20
_KINDS = (
    "operations",
    "resources",
    "models",
    "webhooks",
    "parameters",
    "runtime",
    "package",
    "sandbox",
)
_OF_THE_PACKAGE = ("__init__.py", "py.typed", manifest.NAME)


def _about(name: str) -> tuple[str, str]:
    """Which kind of thing a file is of, and the thing itself; the parameters are all in one file."""
    if name == description.NAME:
        return "sandbox", name
    directory, _, rest = name.partition("/")
    stem = rest.removesuffix(".py")
    if directory == "api" and "/" in rest and not rest.endswith("__init__.py"):
        return "operations", stem.replace("/", ".")
    if directory in ("models", "_resources") and rest not in ("", "__init__.py"):
        return directory.removeprefix("_"), stem
    if directory == "params":
        return "parameters", "" if stem == "__init__" else stem
    if directory == "webhooks" and rest:
        return directory, stem
    if directory == "_core":
        return "runtime", stem
    if rest or name in _OF_THE_PACKAGE or name.startswith("_"):
        return "package", name
    return "runtime", name.removesuffix(".py")
