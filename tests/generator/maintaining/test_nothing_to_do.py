"""`generate` makes nothing where nothing changed, and finds that out without a tool; `check` always makes it anew."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.maintainers import Maintainer

LINKS = "spec/schemas/links.yaml"
#: What only making a package needs.
TOOLS = {
    "openapi_python_client",
    "datamodel_code_generator",
    "jsonschema",
    "jsonschema_rs",
    "jinja2",
    "yaml",
    "httpx",
}
OVERLAY = "overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions:\n- target: $.info\n  update: {title: TITLE}\n"

MADE = "operations, "
NOTHING_TO_DO = "--force"


@pytest.fixture
def somebody(here: Maintainer) -> Iterator[Maintainer]:
    """The maintainer of this file, whose package is current before and after."""
    status, said = here.run("generate")
    assert status == 0, said
    yield here
    status, said = here.run("generate", "--discard-edits")
    assert status == 0, said


def nothing_to_do(somebody: Maintainer, *arguments: str) -> bool:
    """Whether `generate` made nothing, and said so."""
    status, said = somebody.run("generate", *arguments)
    assert status == 0, said
    assert (MADE in said) != (NOTHING_TO_DO in said), said
    return NOTHING_TO_DO in said


def test_a_package_that_is_current_is_not_made_again(somebody: Maintainer) -> None:
    before = somebody.tree()
    assert nothing_to_do(somebody)
    assert nothing_to_do(somebody, "--discard-edits")
    assert somebody.tree() == before
    assert not nothing_to_do(somebody, "--force")
    assert somebody.tree() == before
    assert nothing_to_do(somebody)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (LINKS, "total:\n", "total:\n      # Counted by the API.\n"),
        ("runtime/_core/retries.py", '"""\n\nfrom', '"""\n\n# Mine.\nfrom'),
        (
            "generator/emit/templates/ours/version.py.jinja",
            "__version__ =",
            "__version__  =",
        ),
        ("generator/identifiers.py", '"""\n\nfrom', '"""\n\n# Mine.\nfrom'),
        ("pyproject.toml", "[project]\n", "# Mine.\n[project]\n"),
    ],
)
def test_whatever_it_is_made_from_makes_it_anew(
    somebody: Maintainer, file: str, old: str, new: str
) -> None:
    with somebody.edited(file, old, new):
        assert not nothing_to_do(somebody)
        assert nothing_to_do(somebody)
    assert not nothing_to_do(somebody)


def test_a_new_file_of_the_spec_makes_it_anew_whatever_its_name(
    somebody: Maintainer,
) -> None:
    path = somebody.root / "spec" / "schemas" / ".more.yaml"
    path.write_text("{}\n", "utf-8")
    try:
        assert not nothing_to_do(somebody)
    finally:
        path.unlink()


def test_the_overlays_are_a_part_of_it(somebody: Maintainer, tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    for path in (one, two):
        path.write_text(OVERLAY.replace("TITLE", path.stem), "utf-8")
    assert not nothing_to_do(somebody, "--overlay", str(one))
    assert nothing_to_do(somebody, "--overlay", str(one))
    assert not nothing_to_do(somebody)
    assert not nothing_to_do(somebody, "--overlay", str(one), "--overlay", str(two))
    assert not nothing_to_do(somebody, "--overlay", str(two), "--overlay", str(one))
    two.write_text(OVERLAY.replace("TITLE", "three"), "utf-8")
    assert not nothing_to_do(somebody, "--overlay", str(two), "--overlay", str(one))
    two.unlink()
    status, said = somebody.run(
        "generate", "--overlay", str(two), "--overlay", str(one)
    )
    assert status == 1
    assert "two.yaml" in said


def test_an_edit_by_hand_is_refused_though_nothing_else_changed(
    somebody: Maintainer,
) -> None:
    path = somebody.package / "models" / "link.py"
    wanted = path.read_bytes()
    path.write_bytes(wanted + b"\nMINE = 1\n")
    for arguments in ((), ("--force",)):
        status, said = somebody.run("generate", *arguments)
        assert status == 1, said
        assert "changed: models/link.py" in said
    assert path.read_bytes() != wanted
    assert not nothing_to_do(somebody, "--discard-edits")
    assert path.read_bytes() == wanted


@pytest.mark.parametrize("name", ["manifest.json", "models/link.py"])
def test_a_package_that_lacks_a_file_is_made(somebody: Maintainer, name: str) -> None:
    wanted = somebody.tree()
    (somebody.package / name).unlink()
    assert not nothing_to_do(somebody, "--discard-edits")
    assert somebody.tree() == wanted


def test_a_description_that_is_missing_is_told_by_check_and_made(
    somebody: Maintainer,
) -> None:
    wanted = somebody.description.read_bytes()
    somebody.description.unlink()
    status, said = somebody.run("check")
    assert status == 1, said
    assert "openapi.json: it is missing" in said
    assert not nothing_to_do(somebody)
    assert somebody.description.read_bytes() == wanted


def test_a_description_that_grew_old_is_told_by_check(somebody: Maintainer) -> None:
    with somebody.edited(LINKS, "total:\n", "total:\n      description: All.\n"):
        status, said = somebody.run("check")
        assert status == 1, said
        assert "openapi.json: spec/ changed since it was generated" in said
        assert not nothing_to_do(somebody)
        assert b"All." in somebody.description.read_bytes()


def test_another_package_with_a_record_of_its_own_is_made(somebody: Maintainer) -> None:
    """Such as that of another branch, or an older one."""
    wanted = somebody.tree()
    rewritten(somebody)
    assert not nothing_to_do(somebody)
    assert somebody.tree() == wanted


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"inputs": 1}', "\udcff"])
def test_without_a_stamp_that_can_be_read_it_is_made(
    somebody: Maintainer, text: str | None
) -> None:
    stamp = somebody.root / ".nox" / "generated.json"
    stamp.unlink()
    if text is not None:
        stamp.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert not nothing_to_do(somebody)
    assert nothing_to_do(somebody)


def test_a_failure_is_told_again(somebody: Maintainer) -> None:
    with somebody.edited(
        LINKS, "total:\n      type: integer", "total:\n      type: intger"
    ):
        for _ in range(2):
            status, said = somebody.run("generate")
            assert status == 1, said
            assert "intger" in said
    assert nothing_to_do(somebody)


def test_check_is_not_fooled(somebody: Maintainer) -> None:
    """Somebody else's package, with a record that is right and a stamp that says it is current."""
    rewritten(somebody)
    file = somebody.root / ".nox" / "generated.json"
    stamp = json.loads(file.read_text("utf-8"))
    record = (somebody.package / "manifest.json").read_bytes()
    file.write_text(json.dumps({**stamp, "manifest": digest(record)}), "utf-8")
    assert nothing_to_do(somebody)
    status, said = somebody.run("check")
    assert status == 1
    assert "models/link.py" in said
    assert not nothing_to_do(somebody, "--force")


def rewritten(somebody: Maintainer) -> None:
    """Change a file of the package, and its hash in the record."""
    path = somebody.package / "models" / "link.py"
    path.write_bytes(path.read_bytes() + b"\n# Another version.\n")
    record = json.loads((somebody.package / "manifest.json").read_text("utf-8"))
    record["files"]["models/link.py"] = digest(path.read_bytes())
    (somebody.package / "manifest.json").write_text(
        json.dumps(record, indent=2) + "\n", "utf-8"
    )


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def loaded(somebody: Maintainer, program: str) -> set[str]:
    """The packages that a fresh interpreter has loaded after a command."""
    program = f"import json, sys\nfrom generator.__main__ import main\n{program}\nprint(json.dumps([*sys.modules]))"
    env = {**os.environ, "PYTHONPATH": str(somebody.root)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=somebody.root,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    "program",
    ["main(['generate'])", "try: main(['--help'])\nexcept SystemExit: pass"],
    ids=["nothing to do", "help"],
)
def test_no_tool_is_loaded_for_nothing(somebody: Maintainer, program: str) -> None:
    # The stamp knows the interpreter and its packages; those of a test may be others.
    loaded(somebody, "main(['generate', '--force'])")
    assert not loaded(somebody, program) & TOOLS


def test_another_package_that_is_installed_makes_it_anew(
    somebody: Maintainer, tmp_path: Path
) -> None:
    assert "jinja2" in loaded(somebody, "main(['generate', '--force'])")
    (tmp_path / "a_tool-2.0.dist-info").mkdir()
    assert "jinja2" in loaded(
        somebody, f"sys.path.append({str(tmp_path)!r}); main(['generate'])"
    )
    shutil.rmtree(tmp_path)
    assert "jinja2" in loaded(somebody, "main(['generate'])")
    assert "jinja2" not in loaded(somebody, "main(['generate'])")
