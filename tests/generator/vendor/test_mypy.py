"""mypy in its strict mode, in a project that vendors the package with the newest Python, and on small copies."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from helpers.vendored import PYTHONS, run


def test_the_project_and_the_copies_pass_mypy_strict(
    shop: Path, parts: Path, python: Callable[[str], str]
) -> None:
    version = list(PYTHONS)[-1]
    options = ["--python-executable", python(version), "--python-version", version]
    command = [sys.executable, "-m", "mypy", *options]
    # The copies of few parts are looked at beside the project: most of the time goes to what all import.
    run(
        [*command, "--cache-dir", str(shop / "cache"), "src", "tests", str(parts)], shop
    )
