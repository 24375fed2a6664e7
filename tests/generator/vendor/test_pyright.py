"""pyright in its strict mode, in a project that vendors the package with the oldest Python, and on small copies."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from helpers.vendored import PARTS, PYTHONS, run

#: The modules that are made of the whole document.
MADE = (
    "__init__",
    "_client",
    "_log_allowlist",
    "_recipes",
    "_operations",
    "models/__init__",
    "params/__init__",
)


def test_the_project_and_the_copies_pass_pyright_strict(
    shop: Path, parts: Path, python: Callable[[str], str]
) -> None:
    version = next(iter(PYTHONS))
    options = ["--pythonpath", python(version), "--pythonversion", version]
    made = [str(parts / part / f"{name}.py") for part in PARTS for name in MADE]
    command = [sys.executable, "-m", "pyright", *options, "--warnings"]
    run([*command, "--project", ".", "src", "tests", *made], shop)
