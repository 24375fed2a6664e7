"""Find out whether a vendored package is as it was copied, and would be copied the same way today."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .. import pipeline
from ..changes import Change
from ..changes.versions import parsed
from ..document import Document
from ..edits import Edits
from ..pipeline import Sound
from . import changing
from . import lock as locks
from .building import build, cut_out
from .copying import again
from .lock import Lock, Options
from .selecting import UnknownPartError


@dataclass(frozen=True)
class Report:
    """The state of a vendored package.

    Attributes:
        directory: Where it is.
        lock: Its lock.
        edits: What people did to its files.
        version: The version of plexy-pay that it is compared with.
        files: The files that an update would change, add or delete.
        overlays: The overlays that changed since, by their names in the lock.
        gone: The chosen parts that the description no longer has.
        changes: What changed in the description, as far as the copy has it. None if the copy's own was edited, so that
            nothing can be said.
    """

    directory: Path
    lock: Lock
    edits: Edits
    version: str
    files: tuple[str, ...]
    overlays: tuple[str, ...]
    gone: tuple[str, ...]
    changes: list[Change] | None

    @property
    def is_current(self) -> bool:
        """Return whether an update would write the same files."""
        return not self.files and not self.gone

    @property
    def is_newer(self) -> bool:
        """Return whether it was made by a later plexy-pay than this one."""
        return parsed(self.lock.version) > parsed(self.version)

    @property
    def passes(self) -> bool:
        """Return whether it is untouched and current."""
        return self.is_current and not self.edits


class _Today(NamedTuple):
    """What an update would make.

    Attributes:
        files: The files that it would change, add or delete.
        gone: The chosen parts that the description no longer has; then it would make nothing.
        description: The description of the chosen parts that there are.
    """

    files: tuple[str, ...]
    gone: tuple[str, ...]
    description: Document


def check(spec: Path, directory: Path) -> Report:
    """Compare a vendored package with its lock, and with what the spec and the generator of today make.

    Raises:
        ToolError: if the lock cannot be read, or the package cannot be made again.
        SpecError, GenerationError: if the spec is broken.
    """
    lock = locks.read(directory)
    edits = locks.edits(directory, lock)
    options, overlays = again(directory, lock)
    try:
        today = _made_today(spec, directory, lock, options, overlays)
    except UnknownPartError as error:
        today = _without(error.names, spec, options, overlays)
    return Report(
        directory=directory,
        lock=lock,
        edits=edits,
        version=pipeline.package_version(),
        files=today.files,
        overlays=_changed_overlays(lock.options, options),
        gone=today.gone,
        changes=_changes(directory, edits, today.description),
    )


def _made_today(
    spec: Path, directory: Path, lock: Lock, options: Options, overlays: Sequence[Path]
) -> _Today:
    """Make the package again, and compare its files with those of the lock."""
    with tempfile.TemporaryDirectory(prefix="plexy-vendor-check-") as scratch:
        fresh = Path(scratch) / directory.resolve().name
        built = build(spec, fresh, lock.package, options, overlays)
        files = locks.differing(lock, built.lock)
        return _Today(tuple(files), (), changing.description(fresh))


def _without(
    gone: Sequence[str], spec: Path, options: Options, overlays: Sequence[Path]
) -> _Today:
    """Return what there is of a package that cannot be made again, because parts of it are gone."""
    whole = pipeline.load_and_read(spec, overlays, redocly=False)
    only = [name for name in options.only if name not in gone]
    return _Today((), tuple(gone), _description_of(whole, only))


def _description_of(whole: Sound, only: Sequence[str]) -> Document:
    """Return the description of some parts; of no part, one without calls and events."""
    if only:
        return cut_out(whole, only).document
    data = dict(whole.document.data)
    data["paths"] = {}
    data["webhooks"] = {}
    return whole.document.with_data(data)


def _changed_overlays(then: Options, now: Options) -> tuple[str, ...]:
    """Return the names of the overlays that are no longer as they were."""
    pairs = zip(then.overlays, now.overlays, strict=True)
    return tuple(new.name for old, new in pairs if old != new)


def _changes(directory: Path, edits: Edits, today: Document) -> list[Change] | None:
    """Return what changed in the description; None if the one in the copy was edited."""
    if changing.DESCRIPTION in (*edits.changed, *edits.deleted):
        return None
    return changing.what_changed(changing.description(directory), today)
