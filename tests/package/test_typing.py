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

PROGRAMS = Path(__file__).parent / "programs"
PACKAGE_HOME = Path(plexy_pay.__file__).parent.parent

CORRECT = ("events.py", "http_clients.py", "merchant.py", "money.py", "unset.py")
MISTAKES = {
    "events_mistakes.py": 2,
    "http_clients_mistakes.py": 6,
    "mistakes.py": 5,
    "money_mistakes.py": 9,
    "unset_mistakes.py": 3,
}

#: The errors of each program by line.
Found = dict[str, dict[int, list[str]]]


def pyright(folder: Path) -> Found:
    """What pyright strict finds in the programs of a folder."""
    config = folder / "pyrightconfig.json"
    config.write_text(
        json.dumps({"typeCheckingMode": "strict", "extraPaths": [str(PACKAGE_HOME)]})
    )
    command = [
        "pyright",
        "--outputjson",
        "-p",
        str(config),
        "--pythonpath",
        sys.executable,
    ]
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(CORRECT) + len(MISTAKES)
    found: Found = {}
    for item in report["generalDiagnostics"]:
        lines = found.setdefault(Path(item["file"]).name, {})
        lines.setdefault(item["range"]["start"]["line"] + 1, []).append(item["message"])
    return found


def mypy(folder: Path) -> Found:
    """What mypy strict finds in the programs of a folder."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--hide-error-context",
    ]
    command += [
        "--config-file",
        "",
        "--cache-dir",
        str(folder / "mypy"),
        *CORRECT,
        *MISTAKES,
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"MYPYPATH": str(PACKAGE_HOME), "PATH": ""},
    )
    assert not done.stderr, done.stderr
    found: Found = {}
    for line in done.stdout.splitlines():
        match = re.match(r"(.*?):(\d+): error: (.*)", line)
        if match:
            assert match[1] in MISTAKES or match[1] in CORRECT, (
                f"an error in the package itself: {line}"
            )
            found.setdefault(match[1], {}).setdefault(int(match[2]), []).append(
                match[3]
            )
    assert (done.returncode == 0) == (not found), done.stdout
    return found


@pytest.fixture(scope="module", params=[pyright, mypy])
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Found:
    """What one checker finds in all programs: it reads the package once for them."""
    folder = tmp_path_factory.mktemp("programs")
    for name in (*CORRECT, *MISTAKES):
        shutil.copy(PROGRAMS / name, folder)
    check: Callable[[Path], Found] = request.param
    return check(folder)


@pytest.mark.parametrize("program", CORRECT)
def test_a_merchant_s_program_passes_in_strict_mode(found: Found, program: str) -> None:
    assert found.get(program, {}) == {}


@pytest.mark.parametrize(("program", "count"), MISTAKES.items())
def test_typical_mistakes_are_named_on_their_lines(
    found: Found, program: str, count: int
) -> None:
    lines = (PROGRAMS / program).read_text("utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# mistake:" in line}
    assert len(marked) == count
    assert found[program].keys() == marked


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
        [*command, "--pythonpath", sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    completeness = json.loads(done.stdout)["typeCompleteness"]
    unknown = [
        symbol["name"]
        for symbol in completeness["symbols"]
        if not symbol["isTypeKnown"]
    ]
    assert completeness["completenessScore"] == 1, unknown
    assert completeness["exportedSymbolCounts"]["withKnownType"] > 100
