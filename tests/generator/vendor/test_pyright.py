"""pyright in its strict mode, in a project that vendors the package, with each Python, and on copies of few parts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.vendored import PARTS, PYTHONS, run

#: The files of the project itself.
OWN = ("src/shop/__init__.py", "src/shop/checkout.py", "src/shop/hooks.py", "tests")
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


@pytest.mark.parametrize("version", PYTHONS)
def test_the_project_and_the_copies_pass_pyright_strict(
    version: str, shop: Path, parts: Path, python: Callable[[str], str]
) -> None:
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--pythonpath",
        python(version),
        "--pythonversion",
        version,
    ]
    files = list(OWN)
    if version == next(iter(PYTHONS)):
        # The copy itself takes long, and its code is the same for all: its files are reported on for the oldest Python.
        files = [
            "src",
            "tests",
            *(str(parts / part / f"{name}.py") for part in PARTS for name in MADE),
        ]
    run([*command, "--warnings", "--project", ".", *files], shop)
