"""Redocly CLI, the linter of another house: what it finds is told like all else, and it is never left out."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from helpers.specs import BASE, edited, write_spec

from generator.diagnostics import Diagnostic, ToolError
from generator.lint import lint, redocly
from generator.loader import load


@pytest.fixture(name="node_modules")
def _node_modules() -> Path:
    directory = Path(
        os.environ.get("PLEXY_NODE_MODULES") or redocly.PROJECT / "node_modules"
    )
    if not (directory / ".bin" / "redocly").exists():
        pytest.fail(
            f"Redocly CLI is not in {directory}. Run `npm ci`, or set PLEXY_NODE_MODULES to where it is."
        )
    return directory


@pytest.fixture(name="pretend")
def _pretend(tmp_path: Path) -> Path:
    """A directory in which a script stands where npm puts Redocly CLI."""
    script = tmp_path / "node_modules" / ".bin" / "redocly"
    script.parent.mkdir(parents=True)
    script.touch()
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def check(
    directory: Path, node_modules: Path, files: dict[str, str]
) -> list[Diagnostic]:
    return redocly.check(write_spec(directory / "spec", files), node_modules)


def test_the_base_document_passes_everything(
    tmp_path: Path, node_modules: Path
) -> None:
    root = write_spec(tmp_path, BASE)

    assert lint(root, load(root), node_modules=node_modules) == []


def test_a_diagnostic_in_another_file_has_that_file_and_line(
    tmp_path: Path, node_modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = edited(
        BASE,
        "schemas/links.yaml",
        "    requestId:\n",
        "    requestId:\n      desciption: x\n",
    )
    write_spec(tmp_path / "spec", files)
    monkeypatch.chdir(tmp_path)

    diagnostics = redocly.check(Path("spec/openapi.yaml"), node_modules)

    assert [(diagnostic.file, diagnostic.line) for diagnostic in diagnostics] == [
        ("spec/schemas/links.yaml", 14)
    ]
    assert (
        "`desciption` is not expected here (Redocly: struct)" in diagnostics[0].message
    )
    assert diagnostics[0].fix.startswith("did you mean `description`")


def test_a_warning_is_a_diagnostic_too(tmp_path: Path, node_modules: Path) -> None:
    license_ = "  license:\n    name: MIT\n    identifier: MIT\n"

    diagnostics = check(
        tmp_path, node_modules, edited(BASE, "openapi.yaml", license_, "")
    )

    assert [diagnostic.message for diagnostic in diagnostics] == [
        "Info object should contain `license` field (Redocly: info-license)"
    ]
    assert diagnostics[0].line == 2
    assert "https://redocly.com/docs/cli/rules/" in diagnostics[0].fix


def test_linting_runs_redocly_beside_our_own_checks(
    tmp_path: Path, node_modules: Path
) -> None:
    files = edited(BASE, "openapi.yaml", "    description: Pages to pay on.\n", "")
    files = edited(files, "schemas/errors.yaml", "  x-unused: true\n", "")
    root = write_spec(tmp_path, files)

    diagnostics = lint(root, load(root), node_modules=node_modules)

    assert [
        "tag-description" in diagnostics[0].message,
        "uses the schema" in diagnostics[1].message,
    ] == [
        True,
        True,
    ]


def test_its_settings_are_understood(tmp_path: Path, node_modules: Path) -> None:
    settings = redocly.CONFIG.read_text(encoding="utf-8")
    root = write_spec(tmp_path, BASE)

    # A rule that Redocly does not know would be left out in silence.
    assert redocly.run(root, node_modules, "--lint-config=error").returncode == 0
    assert "recommended" in settings


def test_a_missing_cli_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="npm ci") as caught:
        check(tmp_path, tmp_path / "node_modules", BASE)

    assert str(tmp_path / "node_modules" / ".bin" / "redocly") in str(caught.value)


def test_a_missing_node_says_how_to_install_it(
    tmp_path: Path, pretend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ToolError, match=r"Node\.js.*npm ci"):
        check(tmp_path, pretend.parents[1], BASE)


def test_a_banner_around_the_result_is_ignored(tmp_path: Path, pretend: Path) -> None:
    pretend.write_text(
        """
        const banner = "Node.js {20} support is ending\\n{not: json}\\n";
        const location = [{source: {ref: "paths/a.yaml"}, start: {line: 3}}];
        const problem = {ruleId: "r", message: "Wrong.", suggest: [], location};
        console.error(banner);
        console.log(banner + JSON.stringify({totals: {}, problems: [problem]}, null, 2) + "\\n" + banner);
        process.exit(1);
        """
    )

    diagnostics = check(tmp_path, pretend.parents[1], BASE)

    file = (tmp_path / "spec" / "paths" / "a.yaml").as_posix()
    assert diagnostics == [
        Diagnostic(file, 3, "Wrong (Redocly: r)", "follow Redocly's rule r")
    ]


@pytest.mark.parametrize(
    "script", ["process.exit(0)", "console.error('out of memory'); process.exit(134)"]
)
def test_a_cli_that_gives_no_result_is_an_error_and_not_a_pass(
    tmp_path: Path, pretend: Path, script: str
) -> None:
    pretend.write_text(script)

    with pytest.raises(ToolError, match="exit code") as caught:
        check(tmp_path, pretend.parents[1], BASE)

    assert ("out of memory" in str(caught.value)) == ("memory" in script)
