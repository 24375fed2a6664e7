"""Write and read the lock file of a vendored package: what it was made from, the options, the hash of each file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..diagnostics import ToolError
from ..edits import Edits, between
from ..edits import digest as digest
from ..edits import hashes as all_hashes

NAME = "plexy-vendor.lock.json"
VERSION = 1
#: The name under which a lock has the version of plexy-pay itself.
OWN = "plexy-pay"
_COMMENT = (
    "Written by `./nox -s vendor` of plexy-pay, whose docs/vendoring.md tells of it. Do not edit the files listed "
    "here, or updates refuse. Line ends do not count in the hashes."
)


@dataclass(frozen=True)
class Overlay:
    """A file of corrections that was applied.

    Attributes:
        name: Its path from the directory of the package, with slashes.
        hash: The hash of its bytes, line ends aside.
    """

    name: str
    hash: str


@dataclass(frozen=True)
class Options:
    """What was asked for; an update uses the same again.

    Attributes:
        only: The chosen parts, as they were given; empty for all.
        overlays: The overlays, in the order in which they are applied.
    """

    only: tuple[str, ...] = ()
    overlays: tuple[Overlay, ...] = ()


@dataclass(frozen=True)
class Lock:
    """The content of a lock file. It has no time and no path, so that the same input gives the same bytes.

    Attributes:
        package: The name under which the package is imported.
        spec: The hash of the whole description, with the overlays applied.
        generator: The versions of plexy-pay and of the tools that decide the bytes.
        requires: What a project that imports the package has to install.
        options: What was asked for.
        files: The hash of each file of the package but this one, by its path.
    """

    package: str
    spec: str
    generator: dict[str, str]
    requires: tuple[str, ...]
    options: Options
    files: dict[str, str]

    @property
    def version(self) -> str:
        """Return the version of plexy-pay."""
        return self.generator[OWN]

    def write(self, directory: Path) -> None:
        """Write the lock into the directory of the package."""
        record = {"comment": _COMMENT, "lock": VERSION} | asdict(self)
        text = json.dumps(record, indent=2, ensure_ascii=False)
        (directory / NAME).write_text(f"{text}\n", "utf-8")


def read(directory: Path) -> Lock:
    """Return the lock of the package in the directory.

    Raises:
        ToolError: if it is missing, broken, or of a later plexy-pay.
    """
    path = directory / NAME
    try:
        record: Any = json.loads(path.read_text("utf-8"))
        form = record["lock"]
        if form == VERSION:
            return _lock(record)
    except FileNotFoundError:
        raise ToolError(
            f"{directory} has no {NAME}, so it is no vendored package."
        ) from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # A conflict of a merge is the usual reason.
        advice = "Restore it from your repository's history, or delete the directory and vendor it anew."
        raise ToolError(f"{path} cannot be read as a lock file. {advice}") from None
    raise ToolError(
        f"{path} has the form {form}, and this plexy-pay knows {VERSION}. Use the plexy-pay that wrote it, or a later "
        "one."
    )


def _lock(record: Any) -> Lock:
    """Return the lock that a record holds.

    Raises:
        LookupError, TypeError, AttributeError: if it is none.
    """
    generator = _texts(record["generator"])
    if OWN not in generator:
        raise KeyError(OWN)
    return Lock(
        package=str(record["package"]),
        spec=str(record["spec"]),
        generator=generator,
        requires=tuple(map(str, record["requires"])),
        options=_options(record["options"]),
        files=_texts(record["files"]),
    )


def _options(record: Any) -> Options:
    overlays = [
        Overlay(str(one["name"]), str(one["hash"])) for one in record["overlays"]
    ]
    return Options(only=tuple(map(str, record["only"])), overlays=tuple(overlays))


def _texts(record: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in record.items()}


def edits(directory: Path, lock: Lock) -> Edits:
    """Return what people did to the files of the package since the lock was written."""
    return between(lock.files, hashes(directory))


def differing(one: Lock, other: Lock) -> list[str]:
    """Return the files that are not the same in two locks."""
    names = sorted({*one.files, *other.files})
    return [name for name in names if one.files.get(name) != other.files.get(name)]


def hashes(directory: Path) -> dict[str, str]:
    """Return the hash of every file of the package but the lock, by path."""
    return all_hashes(directory, NAME)
