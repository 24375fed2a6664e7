"""Where a vendored package lies in the other repository, and under which name it is imported there."""

from __future__ import annotations

import keyword
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from ..problems import ToolError
from . import lock as locks

#: What a package at the top must not be called: it would hide what it imports itself.
_TAKEN = sys.stdlib_module_names | {"attr", "attrs", "httpx"}
#: Folders that hold no sources.
_SKIPPED = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"})


@dataclass(frozen=True)
class Place:
    """A folder for the package, which may be there already.

    Attributes:
        folder: The folder.
        package: The name under which it is imported.
        missing: The folders between that have to be made, the outermost first.
    """

    folder: Path
    package: str
    missing: tuple[Path, ...]

    @property
    def is_taken(self) -> bool:
        """Whether a vendored package is there."""
        return (self.folder / locks.NAME).is_file()


def place(dest: Path, name: str) -> Place:
    """Where `vendor DEST --name NAME` writes to.

    Raises:
        ToolError: if it cannot, or must not, be written there; the text says what to do.
    """
    if not dest.is_dir():
        raise ToolError(
            f"There is no folder {dest}. Give one from which your code is imported, such as ../shop/src."
        )
    if (dest / locks.NAME).is_file():
        raise ToolError(
            f"{dest} is a vendored package itself. Add --update or --check, or give the folder that holds it and "
            "--name."
        )
    steps = name.split(".")
    bad = [step for step in steps if not step.isidentifier() or keyword.iskeyword(step)]
    if bad:
        raise ToolError(
            f"--name {name}: {bad[0]!r} is no name in Python. Write one such as shop._vendor.acme_pay."
        )
    above = _packages_above(dest)
    package = ".".join([*above, *steps])
    if (top := package.partition(".")[0]) in _TAKEN:
        raise ToolError(
            f"--name {name}: a package {top!r} would hide another one of that name. Choose another name."
        )
    folder = dest.joinpath(*steps)
    parents = [dest.joinpath(*steps[:depth]) for depth in range(1, len(steps))]
    for path in (*parents, folder):
        _check_free(path)
    if folder.is_dir() and locks.hashes(folder) and not (folder / locks.NAME).is_file():
        raise ToolError(
            f"{folder} has files and no {locks.NAME}, so they are not ours to replace. Choose another name, or move "
            "them."
        )
    return Place(folder, package, tuple(path for path in parents if not path.exists()))


def find(dest: Path, name: str | None) -> Path:
    """The folder of the vendored package that `vendor DEST --check` means.

    Raises:
        ToolError: if there is none, or more than one.
    """
    if not dest.is_dir():
        raise ToolError(f"There is no folder {dest}. Give the vendored package, or a folder that holds it.")
    found = [dest] if (dest / locks.NAME).is_file() else _packages_below(dest)
    if name is not None:
        tail = tuple(name.split("."))
        found = [folder for folder in found if folder.resolve().parts[-len(tail) :] == tail]
    if len(found) == 1:
        return found[0]
    called = f" called {name}" if name else ""
    if not found:
        raise ToolError(
            f"{dest} has no vendored package{called}: no {locks.NAME} was found. Without --check and --update this "
            "command makes one."
        )
    listed = "\n".join(f"  {folder}" for folder in found)
    raise ToolError(f"{dest} has several vendored packages{called}; give the folder of one:\n{listed}")


def _packages_below(dest: Path) -> list[Path]:
    found: list[Path] = []
    for folder, names, files in os.walk(dest):
        names[:] = sorted(name for name in names if name not in _SKIPPED and not name.startswith("."))
        if locks.NAME in files:
            found.append(Path(folder))
    return found


def repository(folder: Path) -> Path | None:
    """The root of the git repository that a folder is in, or None."""
    absolute = folder.resolve()
    return next((path for path in (absolute, *absolute.parents) if (path / ".git").exists()), None)


def _packages_above(dest: Path) -> list[str]:
    """The packages that a folder is in, itself included, from their `__init__.py`; the outermost first."""
    names: list[str] = []
    folder = dest.resolve()
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return names


def _check_free(path: Path) -> None:
    if path.is_symlink():
        raise ToolError(f"{path} is a symbolic link. Give the folder that it leads to.")
    if path.exists() and not path.is_dir():
        raise ToolError(f"{path} is no folder. Choose another name, or move it.")
    if (module := path.with_suffix(".py")).exists():
        raise ToolError(
            f"{module} would be hidden by a package of its name. Choose another name, or move it."
        )
