"""Find where a vendored package lies in the other repository, and under which name it is imported there."""

from __future__ import annotations

import keyword
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics import ToolError
from . import lock as locks

#: What a package at the top must not be called: it would hide what it imports itself.
_TAKEN = sys.stdlib_module_names | {"attr", "attrs", "httpx"}
#: Directories that hold no sources.
_SKIPPED = frozenset(
    {"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"}
)


@dataclass(frozen=True)
class Place:
    """A directory for the package, which may be there already.

    Attributes:
        directory: The directory.
        package: The name under which it is imported.
        missing: The directories between that have to be made, the outermost first.
    """

    directory: Path
    package: str
    missing: tuple[Path, ...]

    @property
    def is_taken(self) -> bool:
        """Return whether a vendored package is there."""
        return _is_vendored(self.directory)

    @property
    def outermost(self) -> Path:
        """Return the outermost of the directories that are written."""
        return self.missing[0] if self.missing else self.directory


def place(dest: Path, name: str) -> Place:
    """Return where `vendor DEST --name NAME` writes to.

    Raises:
        ToolError: if it cannot, or must not, be written there; the text says what to do.
    """
    _check_dest(dest)
    steps = name.split(".")
    _check_name(name, steps)
    package = ".".join([*_packages_above(dest), *steps])
    _check_that_it_hides_nothing(name, package)
    directories = [dest.joinpath(*steps[:depth]) for depth in range(1, len(steps) + 1)]
    for path in directories:
        _check_free(path)
    *between, directory = directories
    _check_ours(directory)
    missing = [path for path in between if not path.exists()]
    return Place(directory, package, tuple(missing))


def find(dest: Path, name: str | None) -> Path:
    """Return the directory of the vendored package that `vendor DEST --check` means.

    Raises:
        ToolError: if there is none, or more than one.
    """
    if not dest.is_dir():
        raise ToolError(
            f"There is no directory {dest}. Give the vendored package, or a directory that holds it."
        )
    found = [dest] if _is_vendored(dest) else list(_packages_below(dest))
    if name is not None:
        found = [directory for directory in found if _is_called(directory, name)]
    if len(found) == 1:
        return found[0]
    called = f" called {name}" if name else ""
    if not found:
        raise ToolError(
            f"{dest} has no vendored package{called}: no {locks.NAME} was found. Without --check and --update this "
            "command makes one."
        )
    listed = "\n".join(f"  {directory}" for directory in found)
    raise ToolError(
        f"{dest} has several vendored packages{called}; give the directory of one:\n{listed}"
    )


def repository(directory: Path) -> Path | None:
    """Return the root of the git repository that a directory is in, or None."""
    absolute = directory.resolve()
    for path in (absolute, *absolute.parents):
        if (path / ".git").exists():
            return path
    return None


# -- packages that are there -----------------------------------------------------------------------------------------


def _is_vendored(directory: Path) -> bool:
    return (directory / locks.NAME).is_file()


def _is_called(directory: Path, name: str) -> bool:
    """Return whether the path of a directory ends in a name with dots."""
    tail = tuple(name.split("."))
    return directory.resolve().parts[-len(tail) :] == tail


def _packages_below(dest: Path) -> Iterator[Path]:
    """Yield the vendored packages in a directory."""
    for directory, names, files in os.walk(dest):
        # The walk goes on in the names that are left in this list.
        names[:] = sorted(filter(_may_hold_sources, names))
        if locks.NAME in files:
            yield Path(directory)


def _may_hold_sources(name: str) -> bool:
    return name not in _SKIPPED and not name.startswith(".")


def _packages_above(dest: Path) -> list[str]:
    """Return the packages that a directory is in, itself included, from their `__init__.py`; the outermost first."""
    names: list[str] = []
    directory = dest.resolve()
    while (directory / "__init__.py").is_file() and directory.name.isidentifier():
        names.insert(0, directory.name)
        directory = directory.parent
    return names


# -- checks ----------------------------------------------------------------------------------------------------------


def _check_dest(dest: Path) -> None:
    if not dest.is_dir():
        raise ToolError(
            f"There is no directory {dest}. Give one from which your code is imported, such as ../shop/src."
        )
    if _is_vendored(dest):
        raise ToolError(
            f"{dest} is a vendored package itself. Add --update or --check, or give the directory that holds it and "
            "--name."
        )


def _check_name(name: str, steps: list[str]) -> None:
    for step in steps:
        if not step.isidentifier() or keyword.iskeyword(step):
            raise ToolError(
                f"--name {name}: {step!r} is no name in Python. Write one such as shop._vendor.acme_pay."
            )


def _check_that_it_hides_nothing(name: str, package: str) -> None:
    """Refuse a package at the top that has the name of what it imports."""
    top = package.partition(".")[0]
    if top in _TAKEN:
        raise ToolError(
            f"--name {name}: a package {top!r} would hide another one of that name. Choose another name."
        )


def _check_free(path: Path) -> None:
    """Refuse what cannot become a directory, and a directory that would hide a module."""
    if path.is_symlink():
        raise ToolError(
            f"{path} is a symbolic link. Give the directory that it leads to."
        )
    if path.exists() and not path.is_dir():
        raise ToolError(f"{path} is no directory. Choose another name, or move it.")
    module = path.with_suffix(".py")
    if module.exists():
        raise ToolError(
            f"{module} would be hidden by a package of its name. Choose another name, or move it."
        )


def _check_ours(directory: Path) -> None:
    """Refuse a directory with files of others."""
    if directory.is_dir() and locks.hashes(directory) and not _is_vendored(directory):
        raise ToolError(
            f"{directory} has files and no {locks.NAME}, so they are not ours to replace. Choose another name, or move "
            "them."
        )
