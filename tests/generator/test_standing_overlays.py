"""Overlays in the directory `overlays` beside the document: every command applies them, until they are folded in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.maintainers import maintainer
from helpers.overlays import write
from helpers.specs import BASE, write_spec

from generator import checking, manifest, pipeline
from generator.__main__ import main
from generator.changes.side_loader import load_side
from generator.diagnostics import SpecError


def titled(title: str) -> str:
    """Return the action that gives the document a title."""
    return f"- {{target: $.info, update: {{title: {title}}}}}\n"


@pytest.fixture(name="spec")
def _spec(tmp_path: Path) -> Path:
    """The small document with two standing overlays, written in the wrong order."""
    root = write_spec(tmp_path / "spec", BASE)
    directory = root.parent / "overlays"
    directory.mkdir()
    write(directory, titled("Second"), "2-second.yaml")
    write(
        directory,
        titled("First") + "- {target: $.info, update: {summary: Of the first}}\n",
        "1-first.yaml",
    )
    return root


def title_of(spec: Path, *overlays: Path) -> str:
    return str(pipeline.load(spec, overlays).data["info"]["title"])


def test_they_apply_in_the_order_of_their_names_and_before_those_that_are_given(
    tmp_path: Path, spec: Path
) -> None:
    given = write(tmp_path, titled("Given"), "0-given.yaml")

    assert title_of(spec) == title_of(spec.parent) == "Second"
    assert pipeline.load(spec).data["info"]["summary"] == "Of the first"
    assert title_of(spec, given) == "Given"


def test_one_that_is_given_too_applies_once(spec: Path) -> None:
    directory = spec.parent / "overlays"
    again = write(
        directory, "- {target: '$.tags[0]', update: {x-list: [1]}}\n", "3-third.yaml"
    )

    assert pipeline.load(spec, [again]).data["tags"][0]["x-list"] == [1]


def test_without_the_directory_the_document_is_as_its_files_say(tmp_path: Path) -> None:
    assert title_of(write_spec(tmp_path / "spec", BASE)) == "Links"


def test_a_file_of_another_kind_in_the_directory_does_nothing(spec: Path) -> None:
    (spec.parent / "overlays" / "1-first.md").write_text("# Drift\n", "utf-8")

    assert title_of(spec) == "Second"


@pytest.mark.parametrize("name", ["3.yml", "3.json"])
def test_an_overlay_that_would_be_passed_over_is_an_error(
    spec: Path, name: str
) -> None:
    write(spec.parent / "overlays", titled("Lost"), name)

    with pytest.raises(SpecError, match=f"overlays/{name}:1: .*not end in `.yaml`"):
        pipeline.load(spec)


def test_a_link_that_leads_out_of_the_directory_is_an_error(
    tmp_path: Path, spec: Path
) -> None:
    elsewhere = write(tmp_path, titled("Elsewhere"), "elsewhere.yaml")
    (spec.parent / "overlays" / "3-link.yaml").symlink_to(elsewhere)

    with pytest.raises(SpecError, match=r"overlays/3-link.yaml:1: .*outside"):
        pipeline.load(spec)


def test_a_broken_one_is_named_with_its_line(spec: Path) -> None:
    path = write(
        spec.parent / "overlays", "- {target: $.nothing, remove: true}\n", "3.yaml"
    )

    with pytest.raises(SpecError) as raised:
        pipeline.load(spec)

    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.file, diagnostic.line) == (path.as_posix(), 6)


def test_the_manifest_records_them_and_check_compares_them(
    tmp_path: Path, spec: Path
) -> None:
    given = write(tmp_path, titled("Given"), "0-given.yaml")
    package = tmp_path / "plexy_pay"
    pipeline.build(spec, package, [given])

    recorded = manifest.read(package)["overlays"]
    assert [one["name"] for one in recorded] == [
        "1-first.yaml",
        "2-second.yaml",
        "0-given.yaml",
    ]
    assert checking.differences(spec, package, [given]) == []

    write(spec.parent / "overlays", titled("Third"), "3-third.yaml")
    first, *_ = checking.differences(spec, package, [given])
    assert (
        "this check is for 1-first.yaml, 2-second.yaml, 3-third.yaml, 0-given.yaml"
        in first
    )


@pytest.mark.parametrize("command", ["bundle", "coverage", "lint", "check-version"])
def test_each_command_on_a_spec_applies_them(
    spec: Path, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(
        spec.parent / "overlays", "- {target: $.nothing, remove: true}\n", "3.yaml"
    )

    assert main([command, "--spec", str(spec)]) == 1
    assert f"{path.as_posix()}:6" in capfd.readouterr().err


def test_a_side_of_a_comparison_has_them(spec: Path) -> None:
    sides = [load_side(str(side)) for side in (spec.parent, spec)]

    assert [side.data["info"]["title"] for side in sides] == ["Second", "Second"]


def test_a_maintainer_generates_checks_and_compares_revisions_with_them(
    tmp_path: Path, kept: Path
) -> None:
    with maintainer(tmp_path, kept) as somebody:
        directory = somebody.root / "spec" / "overlays"
        directory.mkdir()
        note = (
            "- target: $.components.schemas['response.Link'].properties\n"
            "  update: {note: {type: string, description: A note., x-free-text: true}}\n"
        )
        write(directory, note, "1-note.yaml")

        status, said = somebody.run("generate")
        assert status == 0, said
        assert "with 1-note.yaml" in said
        assert "`note` is new" in said
        document = json.loads(somebody.description.read_bytes())
        assert (
            "note" in document["components"]["schemas"]["response.Link"]["properties"]
        )

        status, said = somebody.run("check")
        assert status == 0, said
        assert "exactly what spec/ and generator/ make with 1-note.yaml" in said

        status, said = somebody.run("changes", "HEAD")
        assert status == 0, said
        assert "`note` is new" in said
