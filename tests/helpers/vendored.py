"""A project that vendors the package as docs/vendoring.md shows it, and programs that run in it."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
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
    """`./nox -s vendor -- ...`, run in that folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(clone)
        return main(["vendor", *arguments])


def run(command: list[str], folder: Path, **environment: str) -> None:
    """Run a program in a folder; its output is in the error if it fails."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PLEXY_"))
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def made_once(path: Path, make: Callable[[Path], object]) -> Path:
    """The folder at the path; of the processes that ask for it, the first one makes it, and the others wait.

    Args:
        path: Where it is.
        make: Fills a folder, which has another name until it is complete.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_name(f"{path.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(path)
    return path
