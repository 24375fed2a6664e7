"""A clone of this repository with a small description, and what its maintainer types and edits there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.clones import clone
from helpers.commands import Commands
from helpers.kept import made_once
from helpers.specs import BASE

#: The directory of the package in a clone.
PACKAGE = Path("generated/plexy_pay")
#: The document that the package is made of, which its sandbox carries.
DESCRIPTION = Path("sandbox/plexy_pay_sandbox/openapi.json")


class Maintainer:
    """Somebody who works in a clone.

    Args:
        directory: The directory in which the clone is.
    """

    def __init__(self, directory: Path) -> None:
        self.root = directory / "plexy-pay"
        self.package = self.root / PACKAGE
        self.description = self.root / DESCRIPTION
        self._commands = Commands(self.root)
        self._said = directory / "said.txt"

    def close(self) -> None:
        """End the process of the clone."""
        self._commands.__exit__(None, None, None)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run `python -m generator` with the arguments; returns its exit status and what it printed."""
        return self._commands.run("generator", [*arguments], self.root, self._said)

    def tree(self) -> dict[str, bytes]:
        """Return every file of the package by its path."""
        files = [path for path in sorted(self.package.rglob("*")) if path.is_file()]
        return {
            path.relative_to(self.package).as_posix(): path.read_bytes()
            for path in files
        }

    @contextmanager
    def edited(self, name: str, old: str, new: str) -> Iterator[int]:
        """Replace a text that is in a file of the clone once, and put it back; gives the line where it was."""
        path = self.root / name
        before = path.read_text("utf-8")
        assert before.count(old) == 1, f"{old!r} is {before.count(old)} times in {name}"
        path.write_text(before.replace(old, new), "utf-8")
        try:
            yield before[: before.index(old)].count("\n") + 1
        finally:
            path.write_text(before, "utf-8")


@contextmanager
def maintainer(directory: Path, kept: Path) -> Iterator[Maintainer]:
    """A maintainer whose clone has a package that is current.

    Args:
        directory: Where the clone goes, as a copy.
        kept: The directory of the run in which the one that is copied is kept.
    """
    shutil.copytree(
        made_once(kept / "maintainer", _make), directory, dirs_exist_ok=True
    )
    with _working_in(directory) as somebody:
        yield somebody


def _make(directory: Path) -> None:
    clone(directory / "plexy-pay", BASE)
    with _working_in(directory) as somebody:
        status, said = somebody.run("generate")
    assert status == 0, said


@contextmanager
def _working_in(directory: Path) -> Iterator[Maintainer]:
    somebody = Maintainer(directory)
    try:
        yield somebody
    finally:
        somebody.close()
