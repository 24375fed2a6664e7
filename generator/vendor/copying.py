"""Write the vendored package into the other repository in one step, and only over an untouched copy."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import pipeline, trial, writing
from ..changes import Change
from ..changes.versions import parsed
from ..diagnostics import ToolError
from ..edits import Edits, told
from . import changing, placing
from . import lock as locks
from .building import Built, build
from .lock import Lock, Options, Overlay
from .placing import Place


class EditedError(ToolError):
    """The copy was edited by hand, and writing would undo that."""

    def __init__(self, directory: Path, edits: Edits) -> None:
        super().__init__(
            f"{directory} was edited by hand since it was vendored, and writing it anew would undo that:\n"
            f"{told(edits)}\n"
            "Make the change in a module of your own, in an overlay or in plexy-pay, and restore these files from your "
            "repository's history. Then run this again; with --discard-edits it gives the edits up."
        )


@dataclass(frozen=True)
class Copied:
    """What was written.

    Attributes:
        place: Where.
        built: What.
        before: The lock that was there, if there was one.
        changes: What changed in the description since, as far as the copy has it.
        is_new: Whether anything had to be written.
        discarded: The edits that were written over.
    """

    place: Place
    built: Built
    before: Lock | None
    changes: list[Change]
    is_new: bool
    discarded: Edits


def vendor(
    spec: Path,
    dest: Path,
    name: str,
    only: Sequence[str],
    overlays: Sequence[Path],
    *,
    discard_edits: bool = False,
) -> Copied:
    """Copy the package, or change the options of an untouched copy.

    Args:
        spec: The root of the spec.
        dest: A directory of the other repository from which code is imported.
        name: The name of the package below it, with dots.
        only: The parts; none for all.
        overlays: Files of corrections, in their order.
        discard_edits: Whether a copy that was edited is written over.

    Raises:
        EditedError: if the copy that is there was edited, and its edits are not to be discarded.
        ToolError, SpecError, GenerationError: if it cannot be written. What was there stays.
    """
    place = placing.place(dest, name)
    before = _lock_there(place.directory, discard_edits) if place.is_taken else None
    for path in overlays:
        if not path.is_file():
            raise ToolError(f"There is no overlay {path}.")
    options = Options(tuple(only), _recorded(overlays, place.directory))
    return _write(spec, place, options, overlays, before)


def update(spec: Path, directory: Path, *, discard_edits: bool = False) -> Copied:
    """Bring a copy to the spec and the generator of today, with the options of its lock.

    Args:
        spec: The root of the spec.
        directory: The copy.
        discard_edits: Whether it is written over if it was edited.

    Raises:
        EditedError: if the copy was edited, and its edits are not to be discarded.
        ToolError, SpecError, GenerationError: if it cannot be written. What was there stays.
    """
    before = _lock_there(directory, discard_edits)
    version = pipeline.package_version()
    if parsed(version) < parsed(before.version):
        raise ToolError(
            f"{directory} is of plexy-pay {before.version}, and this is the older {version}. Update this clone first "
            "(`git pull`). To go back on purpose, vendor it again without --update."
        )
    options, overlays = again(directory, before)
    place = Place(directory, before.package, missing=())
    return _write(spec, place, options, overlays, before)


def again(directory: Path, lock: Lock) -> tuple[Options, list[Path]]:
    """Return the options of a copy with its overlays as they are today, and where these are.

    Raises:
        ToolError: if the copy was moved under another name, or an overlay is gone.
    """
    name = directory.resolve().name
    if lock.package.rpartition(".")[2] != name:
        raise ToolError(
            f"{directory} was vendored as {lock.package}. Give the directory its name back, or delete it and vendor "
            f"it as {name}."
        )
    overlays = [
        Path(os.path.normpath(directory / one.name)) for one in lock.options.overlays
    ]
    for path in overlays:
        if not path.is_file():
            raise ToolError(
                f"The overlay {path}, with which {lock.package} was vendored, is gone. Restore it, or vendor the "
                "package again without --update and with the overlays that you want."
            )
    return Options(lock.options.only, _recorded(overlays, directory)), overlays


def _lock_there(directory: Path, discard_edits: bool) -> Lock:
    """Return the lock of the copy that is there, which nobody edited, or whose edits do not count."""
    lock = locks.read(directory)
    edits = locks.edits(directory, lock)
    if edits and not discard_edits:
        raise EditedError(directory, edits)
    return lock


def _recorded(overlays: Iterable[Path], directory: Path) -> tuple[Overlay, ...]:
    """Return what a lock says of the overlays: where they are, seen from the copy, and what is in them."""
    home = directory.resolve()
    found: list[Overlay] = []
    for path in overlays:
        name = Path(os.path.relpath(path.resolve(), home))
        found.append(Overlay(name.as_posix(), locks.digest(path.read_bytes())))
    return tuple(found)


def _write(
    spec: Path,
    place: Place,
    options: Options,
    overlays: Sequence[Path],
    before: Lock | None,
) -> Copied:
    """Make the package beside its place, and put it there if it differs from what is there."""
    with tempfile.TemporaryDirectory(
        prefix=".vendoring-", dir=place.outermost.parent
    ) as scratch:
        built = build(
            spec, Path(scratch) / place.directory.name, place.package, options, overlays
        )
        changes = changing.between(place.directory, built.directory) if before else []
        discarded = locks.edits(place.directory, before) if before else Edits()
        is_new = before != built.lock or bool(discarded)
        if is_new:
            trial.try_out(built.directory, place.package)
            _put(built.directory, place)
    return Copied(place, built, before, changes, is_new, discarded)


def _put(built: Path, place: Place) -> None:
    """Put a package in its place, with the packages above it; where that fails, none of these stays."""
    made: list[Path] = []
    try:
        for directory in place.missing:
            directory.mkdir()
            made.append(directory)
            (directory / "__init__.py").touch()
        writing.put(built, place.directory)
    except OSError:
        for directory in reversed(made):
            (directory / "__init__.py").unlink(missing_ok=True)
            directory.rmdir()
        raise
