"""Is a vendored package as it was copied, and would it be copied the same way today?"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
from .lock import Lock
from .selecting import UnknownPartError


@dataclass(frozen=True)
class Report:
    """The state of a vendored package.

    Attributes:
        folder: Where it is.
        lock: Its lock.
        edits: What people did to its files.
        version: The version of plexy-pay that it is compared with.
        files: The files that an update would change, add or delete.
        overlays: The overlays that changed since, by their names in the lock.
        gone: The chosen parts that the description no longer has.
        changes: What changed in the description, as far as the copy has it. None if the copy's own was edited, so that
            nothing can be said.
    """

    folder: Path
    lock: Lock
    edits: Edits
    version: str
    files: tuple[str, ...]
    overlays: tuple[str, ...]
    gone: tuple[str, ...]
    changes: list[Change] | None

    @property
    def is_current(self) -> bool:
        """Whether an update would write the same files."""
        return not self.files and not self.gone

    @property
    def is_newer(self) -> bool:
        """Whether it was made by a later plexy-pay than this one."""
        return parsed(self.lock.version) > parsed(self.version)

    @property
    def passes(self) -> bool:
        """Whether it is untouched and current."""
        return self.is_current and not self.edits


def check(spec: Path, folder: Path) -> Report:
    """Compare a vendored package with its lock, and with what the spec and the generator of today make.

    Raises:
        ToolError: if the lock cannot be read, or the package cannot be made again.
        SpecError, GenerationError: if the spec is broken.
    """
    lock = locks.read(folder)
    edits = locks.edits(folder, lock)
    options, paths = again(folder, lock)
    overlays = tuple(
        now.name for now, then in zip(options.overlays, lock.options.overlays, strict=True) if now != then
    )
    files: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    with tempfile.TemporaryDirectory(prefix="plexy-vendor-check-") as scratch:
        fresh = Path(scratch) / folder.resolve().name
        try:
            wanted = build(spec, fresh, lock.package, options, paths).lock.files
            files = tuple(
                name for name in sorted({*wanted, *lock.files}) if wanted.get(name) != lock.files.get(name)
            )
            new = changing.description(fresh)
        except UnknownPartError as error:
            gone = error.names
            only = [name for name in options.only if name not in gone]
            whole = pipeline.load_and_read(spec, paths, redocly=False)
            new = _left_of(whole, only)
    own = "openapi.json"
    is_own_intact = own not in (*edits.changed, *edits.deleted)
    changes = changing.what_changed(changing.description(folder), new) if is_own_intact else None
    return Report(folder, lock, edits, pipeline.package_version(), files, overlays, gone, changes)


def _left_of(whole: Sound, only: Sequence[str]) -> Document:
    """Return the parts that are left; where none is, a description without calls and events."""
    if only:
        return cut_out(whole, only).document
    document = whole.document
    return document.with_data({**document.data, "paths": {}, "webhooks": {}})
