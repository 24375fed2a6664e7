"""mypy in its strict mode, in a project that vendors the package, with each Python, and on copies of few parts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.vendored import PYTHONS, run


@pytest.mark.parametrize("version", PYTHONS)
def test_the_project_and_the_copies_pass_mypy_strict(
    version: str, shop: Path, parts: Path, python: Callable[[str], str]
) -> None:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--python-executable",
        python(version),
        "--python-version",
        version,
    ]
    # The copies of few parts are looked at once, beside the project: most of the time goes to what all import.
    more = ["src", "tests", str(parts)] if version == list(PYTHONS)[-1] else []
    run([*command, "--cache-dir", str(shop / "cache"), *more], shop)
