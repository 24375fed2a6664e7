"""The types that a merchant's editor and CI see: correct programs pass, mistakes are named, nothing is unknown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import plexy_pay
import pytest

Checker = Callable[[Path, Path], dict[int, list[str]]]
PROGRAMS = Path(__file__).parent / "programs"
PACKAGE_HOME = Path(plexy_pay.__file__).parent.parent


def pyright(folder: Path, file: Path) -> dict[int, list[str]]:
    """The errors of pyright strict by line."""
    config = folder / "pyrightconfig.json"
    config.write_text(json.dumps({"typeCheckingMode": "strict", "extraPaths": [str(PACKAGE_HOME)]}))
    shutil.copy(file, folder)
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--outputjson",
        "-p",
        str(config),
        "--pythonpath",
        sys.executable,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    found: dict[int, list[str]] = {}
    for item in report["generalDiagnostics"]:
        found.setdefault(item["range"]["start"]["line"] + 1, []).append(item["message"])
    return found


def mypy(folder: Path, file: Path) -> dict[int, list[str]]:
    """The errors of mypy strict by line."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context"]
    command += ["--config-file", "", "--cache-dir", str(folder / "mypy"), str(file)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"MYPYPATH": str(PACKAGE_HOME), "PATH": ""},
    )
    assert not done.stderr, done.stderr
    found: dict[int, list[str]] = {}
    for line in done.stdout.splitlines():
        match = re.match(r"(.*?):(\d+): error: (.*)", line)
        if match:
            assert match[1] == str(file), f"an error in the package itself: {line}"
            found.setdefault(int(match[2]), []).append(match[3])
    assert (done.returncode == 0) == (not found), done.stdout
    return found


@pytest.mark.parametrize("checker", [pyright, mypy])
@pytest.mark.parametrize("program", ["events.py", "merchant.py", "money.py"])
def test_a_merchant_s_program_passes_in_strict_mode(checker: Checker, program: str, tmp_path: Path) -> None:
    assert checker(tmp_path, PROGRAMS / program) == {}


@pytest.mark.parametrize("checker", [pyright, mypy])
@pytest.mark.parametrize(
    ("program", "count"), [("events_mistakes.py", 2), ("mistakes.py", 5), ("money_mistakes.py", 9)]
)
def test_typical_mistakes_are_named_on_their_lines(
    checker: Checker, program: str, count: int, tmp_path: Path
) -> None:
    lines = (PROGRAMS / program).read_text("utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# mistake:" in line}
    assert len(marked) == count
    assert checker(tmp_path, PROGRAMS / program).keys() == marked


def test_every_public_symbol_has_a_known_type() -> None:
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--verifytypes",
        "plexy_pay",
        "--ignoreexternal",
        "--outputjson",
    ]
    done = subprocess.run(
        [*command, "--pythonpath", sys.executable], capture_output=True, text=True, check=False
    )
    completeness = json.loads(done.stdout)["typeCompleteness"]
    unknown = [symbol["name"] for symbol in completeness["symbols"] if not symbol["isTypeKnown"]]
    assert completeness["completenessScore"] == 1, unknown
    assert completeness["exportedSymbolCounts"]["withKnownType"] > 100
