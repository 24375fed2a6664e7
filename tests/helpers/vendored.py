"""A project that vendors the package as docs/vendoring.md shows it, and programs that run in it."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from helpers.pages import ROOT, blocks
from helpers.pythons import pythons

from generator.__main__ import main

SAMPLE = ROOT / "tests" / "generator" / "vendor" / "sample"
BLOCKS = list(blocks(ROOT / "docs" / "vendoring.md"))
PYTHONS = pythons()
#: Parts of which little is left: without names that a log may show or must hide, without imports for parameters,
#: without resources.
PARTS = ("customers", "split_requests", "merchants", "webhooks")


def documented(option: str) -> list[str]:
    """The arguments of the one command of the page that has this option."""
    lines = [
        line
        for block in BLOCKS
        if block.words[0] == "console"
        for line in block.text.splitlines()
    ]
    [found] = [line for line in lines if f" {option}" in line]
    assert found.startswith("$ ./nox -s vendor -- ")
    return shlex.split(found.partition(" -- ")[2])


def vendor(clone: Path, *arguments: str) -> int:
    """`./nox -s vendor -- ...`, run in that directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(clone)
        return main(["vendor", *arguments])


def run(command: list[str], directory: Path, **environment: str) -> None:
    """Run a program in a directory; its output is in the error if it fails."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PLEXY_"))
    }
    done = subprocess.run(
        command,
        cwd=directory,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
