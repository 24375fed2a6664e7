"""The lock file of a vendored package: what it was made from, with which options, and the hash of each file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..edits import Edits, between
from ..edits import digest as digest
from ..edits import hashes as all_hashes
from ..problems import ToolError

NAME = "plexy-vendor.lock.json"
VERSION = 1
_COMMENT = (
    "Written by `./nox -s vendor` of plexy-pay, whose docs/vendoring.md tells of it. Do not edit the files listed "
    "here, or updates refuse. Line ends do not count in the hashes."
)


@dataclass(frozen=True)
class Overlay:
    """A file of corrections that was applied.

    Attributes:
        name: Its path from the folder of the package, with slashes.
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
    """What the lock file says. It has no time and no path, so that the same input gives the same bytes.

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
        """The version of plexy-pay."""
        return self.generator["plexy-pay"]

    def write(self, folder: Path) -> None:
        """Write the lock into the folder of the package."""
        record = {"comment": _COMMENT, "lock": VERSION, **asdict(self)}
        (folder / NAME).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")


def read(folder: Path) -> Lock:
    """The lock of the package in the folder.

    Raises:
        ToolError: if it is missing, broken, or of a later plexy-pay.
    """
    path = folder / NAME
    try:
        record: Any = json.loads(path.read_text("utf-8"))
        if record["lock"] != VERSION:
            raise ToolError(
                f"{path} has the form {record['lock']}, and this plexy-pay knows {VERSION}. Use the plexy-pay that "
                "wrote it, or a later one."
            )
        options = record["options"]
        return Lock(
            package=str(record["package"]),
            spec=str(record["spec"]),
            generator={str(name): str(version) for name, version in record["generator"].items()}
            | {"plexy-pay": str(record["generator"]["plexy-pay"])},
            requires=tuple(map(str, record["requires"])),
            options=Options(
                only=tuple(map(str, options["only"])),
                overlays=tuple(Overlay(str(one["name"]), str(one["hash"])) for one in options["overlays"]),
            ),
            files={str(name): str(digest) for name, digest in record["files"].items()},
        )
    except FileNotFoundError:
        raise ToolError(f"{folder} has no {NAME}, so it is no vendored package.") from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # A conflict of a merge is the usual reason.
        advice = "Restore it from your repository's history, or delete the folder and vendor it anew."
        raise ToolError(f"{path} cannot be read as a lock file. {advice}") from None


def edits(folder: Path, lock: Lock) -> Edits:
    """What people did to the files of the package since the lock was written."""
    return between(lock.files, hashes(folder))


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file of the package but the lock, by path."""
    return all_hashes(folder, NAME)
