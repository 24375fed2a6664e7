"""The type checkers, each run once over all there is: the repository, and a directory of programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.pages import ROOT


@dataclass(frozen=True)
class Diagnostic:
    """An error, or a warning, of a type checker.

    Attributes:
        file: The file.
        line: The line, counted from one.
        text: The message.
    """

    file: Path
    line: int
    text: str


@dataclass(frozen=True)
class Report:
    """The findings of one type checker.

    Attributes:
        files: How many files it read on purpose.
        diagnostics: All that it found.
    """

    files: int
    diagnostics: list[Diagnostic]

    def below(self, directory: Path) -> list[Diagnostic]:
        """Return those in the files of a directory."""
        return [one for one in self.diagnostics if one.file.is_relative_to(directory)]


def _configured(tool: str) -> dict[str, Any]:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    settings: dict[str, Any] = tomllib.loads(text)["tool"][tool]
    return settings


def _seen_from(directory: Path, path: str) -> str:
    """Return a path of the repository as a configuration elsewhere writes it: pyright wants it to be relative."""
    return path if path.startswith("**") else os.path.relpath(ROOT / path, directory)


def pyright(programs: Path) -> Report:
    """Check the repository as pyproject.toml says, and a directory of programs in strict mode."""
    settings = _configured("pyright")
    for name in ("include", "exclude", "strict", "extraPaths"):
        settings[name] = [_seen_from(programs.parent, path) for path in settings[name]]
    settings["include"].append(programs.name)
    settings["strict"].append(programs.name)
    # The clone itself is there for the pages about the generator, which is not installed.
    settings["extraPaths"].append(_seen_from(programs.parent, "."))
    config = programs.with_suffix(".json")
    config.write_text(json.dumps(settings), "utf-8")
    options = ["--pythonpath", sys.executable, "--project", str(config)]
    printed = _printed(["pyright", "--outputjson", *options])
    report = json.loads(printed)
    found = [
        Diagnostic(
            Path(item["file"]), item["range"]["start"]["line"] + 1, item["message"]
        )
        for item in report["generalDiagnostics"]
    ]
    return Report(report["summary"]["filesAnalyzed"], found)


def mypy(programs: Path) -> Report:
    """Check the repository as pyproject.toml says, which is strictly, and a directory of programs likewise."""
    files = [*_configured("mypy")["files"], *map(str, sorted(programs.rglob("*.py")))]
    # A cache of its own: in another one, programs of the same names have other paths.
    cache = programs.with_name("mypy")
    options = [
        "--show-absolute-path",
        "--hide-error-context",
        "--cache-dir",
        str(cache),
    ]
    printed = _printed(["mypy", *options, *files])
    last = printed.splitlines()[-1]
    counted = re.search(r"(?:checked|in) (\d+) source files?", last)
    assert counted, printed
    return Report(int(counted[1]), list(_named_by_mypy(printed)))


def _named_by_mypy(printed: str) -> Iterator[Diagnostic]:
    for found in re.finditer(r"^(.+?):(\d+): (?:error|warning): (.*)$", printed, re.M):
        yield Diagnostic(Path(found[1]), int(found[2]), found[3])


def _printed(arguments: list[str]) -> str:
    """Return what a type checker of this environment prints, which it must do."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout, done.stderr
    return done.stdout
