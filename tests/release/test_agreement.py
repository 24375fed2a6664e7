"""The version of the client and that of the sandbox are one: wherever it stands, it is checked and written."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from helpers.clones import HERE

from generator import agreement, pipeline
from generator.__main__ import main


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    """The two projects of this repository, to spoil."""
    (tmp_path / "sandbox").mkdir()
    for name in ("pyproject.toml", "sandbox/pyproject.toml"):
        shutil.copy(HERE.root / name, tmp_path / name)
    return tmp_path


def write(root: Path, version: str) -> None:
    for path, text in agreement.written(root, version).items():
        path.write_text(text, "utf-8")


def test_the_projects_of_this_repository_agree() -> None:
    assert agreement.disagreements(HERE.root) == []


def test_a_version_is_written_in_all_places_and_nowhere_else(projects: Path) -> None:
    before = (projects / "pyproject.toml").read_text("utf-8")
    write(projects, "12.3.4rc1")
    assert agreement.disagreements(projects) == []
    client, sandbox = (
        tomllib.loads((projects / name).read_text("utf-8"))
        for name in ("pyproject.toml", "sandbox/pyproject.toml")
    )
    assert client["project"]["version"] == "12.3.4rc1"
    assert sandbox["project"]["version"] == "12.3.4rc1"
    extras = client["project"]["optional-dependencies"]
    assert extras["sandbox"] == ["plexy-pay-sandbox==12.3.4rc1"]
    assert "plexy-pay[cards]==12.3.4rc1" in sandbox["project"]["dependencies"]
    write(projects, HERE.version)
    assert (projects / "pyproject.toml").read_text("utf-8") == before


@pytest.mark.parametrize("place", agreement.PLACES[1:], ids=str)
def test_each_place_with_another_version_or_none_is_told(
    place: agreement.Place, projects: Path
) -> None:
    path = projects / place.file
    text = path.read_text("utf-8")
    line = place.line.replace("VERSION", HERE.version)
    assert text.count(line) == 1
    for other, said in (("9.9.9", "has 9.9.9"), (None, "has none")):
        changed = "" if other is None else place.line.replace("VERSION", other)
        path.write_text(text.replace(line, changed), "utf-8")
        (problem,) = agreement.disagreements(projects)
        assert problem.startswith(f"{place.file} must say `{line}`")
        assert said in problem


def test_the_check_of_the_version_fails_where_they_disagree(
    projects: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-version"]) == 0
    write(projects, "9.9.9")
    shutil.copy(HERE.root / "pyproject.toml", projects)
    monkeypatch.setattr(pipeline, "PROJECT", projects)
    assert main(["check-version"]) == 1
    assert "sandbox/pyproject.toml must say" in capsys.readouterr().out
