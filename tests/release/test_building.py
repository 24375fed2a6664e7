"""What stops a build, so that there is nothing to upload."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.clones import HERE

from generator.release import archives, building, installing, sbom
from generator.release.archives import Archives, Both
from generator.release.distributions import CLIENT
from generator.release.project import Project, Refused


def test_an_archive_that_cannot_be_installed_is_told_with_its_python(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "plexy_pay-1.0.0-py3-none-any.whl"
    broken.write_bytes(b"no wheel")
    archive = Archives(broken, broken)
    missing = str(tmp_path / "python3.99")
    found = installing.try_everywhere(
        HERE, Both(archive, archive), [missing, sys.executable], tmp_path / "tries"
    )
    assert [text.split(": ")[0] for text in found] == [
        *[f"{broken.name} on {missing}"] * 2,
        *[f"{broken.name} on {sys.executable}"] * 2,
    ]
    assert all("failed:" in text for text in found)


def test_a_build_that_is_refused_leaves_nothing_to_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    project.dist.mkdir()
    (project.dist / "of_an_earlier_build.whl").touch()

    def build_twice(project: Project, out: Path, pythons: list[str]) -> Both:
        raise Refused(["Two builds of the same tree differ."])

    monkeypatch.setattr(archives, "build_twice", build_twice)
    with pytest.raises(Refused, match="differ"):
        building.build(project, ["python"])
    assert not project.dist.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda bill: bill["components"].pop(), "The bill of materials lacks httpx"),
        (
            lambda bill: bill.update(serialNumber="urn:uuid:1"),
            "tells of this machine or this run",
        ),
        (
            lambda bill: bill.update(comment=str(HERE.root)),
            "tells of this machine or this run",
        ),
        (
            lambda bill: bill.update(comment="/a/directory/of/this/run/x"),
            "tells of this machine or this run",
        ),
        (
            lambda bill: bill.update(comment="file:///opt/wheels"),
            "tells of this machine or this run",
        ),
    ],
)
def test_a_bill_of_materials_that_is_wrong_is_refused(
    change: Callable[[dict[str, Any]], object], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "bill.json"
    bill: dict[str, Any] = {"components": [{"name": "attrs"}, {"name": "httpx"}]}
    file.write_text(json.dumps(bill), "utf-8")
    sbom.prove(HERE, CLIENT, file, "/a/directory/of/this/run")
    change(bill)
    file.write_text(json.dumps(bill), "utf-8")
    with pytest.raises(Refused, match=said):
        sbom.prove(HERE, CLIENT, file, "/a/directory/of/this/run")
