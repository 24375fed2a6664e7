"""The overlay that `drift` writes: as YAML, beside its report, and as other programs understand it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from helpers.drifts import Workspace, link, moved, operation
from hypothesis import given
from hypothesis import strategies as st

from generator import loader, overlays, pipeline
from generator.document import Document
from generator.drift.document_difference import difference
from generator.drift.overlay import yaml_of
from generator.lint import redocly
from generator.yaml_files import read_text

NAMES = st.sampled_from(["a", "b", "/v1/{id}", "it's", "200", "x-c"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(0, 3)
    | st.sampled_from(["one", "two", "1e3", "no", "~"])
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)


@given(DOCUMENTS, DOCUMENTS)
def test_the_actions_of_a_difference_make_the_one_document_of_the_other(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    actions = [change.action for change in difference(old, new)]
    if not actions:
        assert old == new
        return
    record = {
        "overlay": "1.1.0",
        "info": {"title": "t", "version": "1"},
        "actions": actions,
    }
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "made.yaml"
        path.write_text(yaml_of(record), "utf-8")
        made = overlays.apply(Document(old), [path]).data
    assert json.dumps(made, sort_keys=True) == json.dumps(new, sort_keys=True)


@given(DOCUMENTS)
def test_the_same_document_has_no_difference(data: dict[str, Any]) -> None:
    assert difference(data, data) == []


WRITTEN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9999, 9999)
    | st.text()
    | st.sampled_from(["1.0", "a: b", "0o7"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(WRITTEN)
def test_whatever_is_written_is_read_back(value: object) -> None:
    assert read_text(yaml_of({"key": value}), "written").value == {"key": value}


def everything(data: dict[str, Any]) -> None:
    """Change all that an overlay can correct."""
    moved("/v2/links/{linkId}", "post")(data)
    link(data)["properties"].update(id={"type": "integer"}, note={"type": "string"})
    link(data)["properties"]["status"]["enum"].append("expired")
    link(data)["required"] = ["id", "status"]
    operation(data)["responses"]["201"] = operation(data)["responses"].pop("200")
    operation(data)["parameters"].append(
        {"name": "expand", "in": "query", "schema": {"type": "boolean"}}
    )


@pytest.fixture(name="openapi_format")
def _openapi_format() -> Path:
    directory = Path(
        os.environ.get("PLEXY_NODE_MODULES") or redocly.PROJECT / "node_modules"
    )
    program = directory / ".bin" / "openapi-format"
    if not program.exists():
        pytest.fail(
            f"openapi-format is not in {directory}. Run `npm ci`, or set PLEXY_NODE_MODULES."
        )
    return program


def test_another_tool_makes_the_same_of_it(
    workspace: Workspace, openapi_format: Path
) -> None:
    source, made = (
        workspace.directory / "openapi.json",
        workspace.directory / "made.json",
    )
    source.write_bytes(loader.bundle_bytes(loader.load(workspace.spec)))
    overlay = workspace.next_overlay()
    report = workspace.correct(workspace.export(everything))
    kinds = {one["kind"] for one in report["findings"] if one["verdict"] == "patch"}
    assert kinds >= {
        "path",
        "status",
        "type",
        "property",
        "enum-value",
        "required",
        "parameter",
    }

    command = [
        str(openapi_format),
        str(source),
        "--overlayFile",
        str(overlay),
        "--no-sort",
        "--json",
    ]
    subprocess.run(
        [*command, "-o", str(made)], check=True, capture_output=True, timeout=120
    )

    assert json.loads(made.read_text("utf-8")) == workspace.document()


def test_a_second_run_has_nothing_left_to_say_of_all_that(workspace: Workspace) -> None:
    export = workspace.export(everything)
    workspace.correct(export)

    assert workspace.report(export)["findings"] == []


def test_it_applies_from_the_command_line_too(
    workspace: Workspace, tmp_path: Path
) -> None:
    overlay = tmp_path / "mine" / "drift.yaml"
    workspace.report(workspace.export(everything), "--as-overlay", str(overlay))

    after = pipeline.load_and_lint(workspace.spec, [overlay], redocly=False)
    assert (
        after.data["paths"]["/v2/links/{id}"]["post"]["operationId"] == "retrieveLink"
    )


def test_the_report_stands_beside_it(workspace: Workspace) -> None:
    code, out, _ = workspace.run_to_write(
        workspace.export(everything), "--source-name", "the docs"
    )

    assert code == 0
    report = (workspace.overlays / "0.md").read_text("utf-8")
    assert out == report
    assert report.startswith("# Drift: ")
    assert "## Corrected by the overlay: " in report
    (line,) = [
        line
        for line in report.splitlines()
        if "type: response.Link id: string in" in line
    ]
    place = workspace.text("schemas/links.yaml").splitlines().index("    id:") + 1
    assert line.startswith(
        f"- {workspace.spec.parent.as_posix()}/schemas/links.yaml:{place}: "
    )
    assert f"Read the overlay {(workspace.overlays / '0.yaml').as_posix()}" in report


def test_the_overlay_says_where_it_comes_from_and_nothing_of_this_machine(
    workspace: Workspace,
) -> None:
    workspace.correct(workspace.export(everything), "--source-name", "the docs")

    text = (workspace.overlays / "0.yaml").read_text("utf-8")
    assert "title: Drift found in export.json" in text
    assert "The source is documented: the docs" in text
    assert workspace.directory.as_posix() not in text


@pytest.mark.parametrize("there", ["mine.yaml", "mine.md"])
def test_no_file_is_written_over(workspace: Workspace, there: str) -> None:
    path = workspace.file(there, "something of mine")

    code, out, err = workspace.run(
        workspace.export(everything),
        "--as-overlay",
        str(workspace.directory / "mine.yaml"),
    )

    assert (code, out) == (1, "")
    assert f"{path} is there already" in err
    assert path.read_text("utf-8") == "something of mine"
    assert len(list(workspace.directory.glob("mine.*"))) == 1


def test_a_name_that_the_spec_directory_would_pass_over_is_refused(
    workspace: Workspace,
) -> None:
    code, _, err = workspace.run(
        workspace.export(everything),
        "--as-overlay",
        str(workspace.directory / "mine.json"),
    )

    assert code == 1
    assert "does not end in `.yaml`" in err


def test_without_a_correction_no_file_is_written(workspace: Workspace) -> None:
    workspace.correct(workspace.export(everything))

    report = workspace.correct(workspace.export(everything))

    assert not report["written"]
    assert sorted(path.name for path in workspace.overlays.iterdir()) == [
        "0.md",
        "0.yaml",
    ]


def test_no_option_edits_the_files_in_place(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        workspace.run(workspace.export(), "--write")

    assert "unrecognized arguments: --write" in capsys.readouterr().err


def test_what_is_about_money_comes_first(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        link(data)["properties"].update(
            id={"type": "array", "items": {"type": "string"}}
        )
        link(data)["properties"].update(balance={"type": "string"})

    first, second = [
        one
        for one in workspace.report(workspace.export(change))["findings"]
        if one["verdict"] == "by-hand"
    ]
    assert first["subject"] == "response.Link balance"
    assert second["subject"] == "response.Link id"
