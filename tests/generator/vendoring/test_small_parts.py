"""The generated modules of which little is left stay sound: nothing is empty, unused or of unknown type in them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from generator import pipeline
from generator.vendoring.building import build
from generator.vendoring.lock import Options

#: Without names that a log may show or must hide, without imports for parameters, without resources.
PARTS = ("customers", "split_requests", "merchants", "webhooks")
#: The modules that are made of the whole document.
MADE = ("__init__", "_client", "_loggable", "_lookups", "_operations", "models/__init__", "params/__init__")


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    for part in PARTS:
        build(pipeline.SPEC, folder / part, part, Options((part,)), [])
    return folder


def run(copies: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copies,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("part", PARTS)
def test_all_of_it_can_be_imported(copies: Path, part: str) -> None:
    run(copies, "-W", "error", "-c", f"import {part}; {part}.preload(); {part}.PlexyPay('pr_1').close()")


def test_they_pass_mypy_strict(copies: Path) -> None:
    run(copies, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache", *PARTS)


def test_they_pass_pyright_strict(copies: Path) -> None:
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (copies / "pyrightconfig.json").write_text(json.dumps(settings))
    files = [f"{part}/{name}.py" for part in PARTS for name in MADE]
    run(copies, "-m", "pyright", "--warnings", "--pythonpath", sys.executable, "--project", ".", *files)
