"""One form for all generated Python: ruff, with settings of its own, whatever lies around it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from .diagnostics import GenerationError

# `--isolated`: a ruff configuration above the output directory must not change a byte of it.
_COMMON = (
    "--isolated",
    "--no-cache",
    "--line-length",
    "88",
    "--target-version",
    "py311",
)
# Sorted imports, no unused ones: templates may then import amply. What only annotations name is imported as well, since
# tools read annotations at run time.
_FIXES = (
    "--select",
    "I,F401,F811,UP,PIE790,W",
    "--fix",
    "--fix-only",
    "--unsafe-fixes",
)

# A command line has a greatest length.
_AT_ONCE = 2000


def format_tree(directory: Path, keep: frozenset[Path]) -> None:
    """Fix the imports and the form of every Python file below the directory, except those to keep as they are.

    Raises:
        GenerationError: if ruff cannot read a file, which means that a template wrote no Python.
    """
    format_files(path for path in directory.rglob("*.py") if path not in keep)


def format_files(files: Iterable[Path]) -> None:
    """Fix the imports and the form of these files.

    Raises:
        GenerationError: if ruff cannot read one.
    """
    paths = sorted(map(str, files))
    for command in (("check", *_COMMON, *_FIXES), ("format", *_COMMON)):
        for first in range(0, len(paths), _AT_ONCE):
            done = ruff(*command, *paths[first : first + _AT_ONCE])
            if done.returncode:
                raise GenerationError(
                    f"ruff {command[0]} failed on generated code:\n{done.stdout}{done.stderr}"
                )


def ruff(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ruff, without a Python around it that would start longer than ruff works."""
    command = [str(find_ruff_bin()), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
