"""`generate` overwrites nothing that somebody wrote into the package by hand, unless it is told to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.clones import commit, git
from helpers.maintainers import PACKAGE, Maintainer


@pytest.fixture
def somebody(here: Maintainer) -> Iterator[Maintainer]:
    """The maintainer of this file; after the test the package is as the description makes it."""
    yield here
    git(here.root, "checkout", "--quiet", "--force", "main")
    git(here.root, "clean", "--quiet", "-d", "-x", "--force", "generated", "sandbox")


@pytest.fixture(scope="module", autouse=True)
def _committed(here: Maintainer) -> None:
    commit(here.root, "Generate")


def appended(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "\nMINE = 1\n", "utf-8")


def files_of(directory: Path) -> dict[Path, bytes]:
    """Return every file of a directory."""
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_edited_added_and_deleted_files_are_named_and_kept(
    somebody: Maintainer,
) -> None:
    package = somebody.package
    appended(package / "models" / "link.py")
    appended(package / "_core" / "flow.py")
    (package / "mine.py").write_text("MINE = 1\n", "utf-8")
    (package / "_resources" / "links.py").unlink()
    before = somebody.tree()
    status, said = somebody.run("generate")
    assert somebody.tree() == before
    assert status == 1, said
    assert "changed: models/link.py" in said
    assert "changed: _core/flow.py" in said
    assert "runtime/_core/flow.py" in said
    assert "added: mine.py" in said
    assert "deleted: _resources/links.py" in said
    assert "--discard-edits" in said
    assert "Nothing was changed." in said


def test_an_edit_of_the_description_is_named_and_kept_with_the_package_as_it_was(
    somebody: Maintainer,
) -> None:
    edited = somebody.description.read_bytes() + b"\n"
    somebody.description.write_bytes(edited)
    status, said = somebody.run("check")
    assert status == 1, said
    assert "openapi.json: it was edited by hand" in said
    before = somebody.tree()
    with somebody.edited(
        "spec/schemas/links.yaml", "total:\n", "total:\n      description: All.\n"
    ):
        status, said = somebody.run("generate")
    assert status == 1, said
    assert "openapi.json was edited by hand" in said
    assert "--discard-edits" in said
    assert somebody.tree() == before
    assert somebody.description.read_bytes() == edited


def test_an_edit_of_the_package_leaves_the_description_as_it_was(
    somebody: Maintainer,
) -> None:
    appended(somebody.package / "models" / "link.py")
    before = somebody.description.read_bytes()
    with somebody.edited(
        "spec/schemas/links.yaml", "total:\n", "total:\n      description: All.\n"
    ):
        status, said = somebody.run("generate")
    assert status == 1, said
    assert somebody.description.read_bytes() == before


def test_the_edits_are_discarded_on_request(somebody: Maintainer) -> None:
    wanted = somebody.tree()
    appended(somebody.package / "models" / "link.py")
    (somebody.package / "mine.py").write_text("MINE = 1\n", "utf-8")
    (somebody.package / "_resources" / "links.py").unlink()
    status, said = somebody.run("generate", "--discard-edits")
    assert status == 0, said
    assert somebody.tree() == wanted
    assert somebody.run("generate")[0] == 0


def test_an_edit_that_was_carried_to_its_source_is_no_loss(
    somebody: Maintainer,
) -> None:
    source, copy = (
        somebody.root / "runtime/_core/retries.py",
        somebody.package / "_core" / "retries.py",
    )
    appended(copy)
    source.write_bytes(copy.read_bytes())
    status, said = somebody.run("generate")
    assert status == 0, said
    assert b"MINE = 1" in copy.read_bytes()


def test_what_tools_leave_there_and_other_line_ends_are_no_edits(
    somebody: Maintainer,
) -> None:
    (somebody.package / ".DS_Store").write_bytes(b"\0")
    for directory in (".mypy_cache", "models/__pycache__", ".ipynb_checkpoints"):
        (somebody.package / directory).mkdir(exist_ok=True)
        (somebody.package / directory / "left").write_text("", "utf-8")
    path = somebody.package / "models" / "link.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    status, said = somebody.run("generate")
    assert status == 0, said


def test_another_branch_and_a_clean_merge_are_no_edits(somebody: Maintainer) -> None:
    """Two branches change what is not beside each other; git merges files and manifest alike."""
    root = somebody.root

    def branch(name: str, file: str, old: str, new: str) -> None:
        git(root, "checkout", "--quiet", "-b", name, "main")
        path = root / file
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
        assert somebody.run("generate")[0] == 0
        commit(root, name)

    branch("one", "runtime/_core/auth.py", '"""\n\nfrom', '"""\n\n# One.\nfrom')
    branch("two", "runtime/_core/user_agent.py", '"""\n\nfrom', '"""\n\n# Two.\nfrom')
    git(root, "checkout", "--quiet", "one")
    status, said = somebody.run("generate")
    assert (status, "Nothing changed" in said) == (0, True), said
    git(root, "merge", "--quiet", "--message", "Both", "two")
    status, said = somebody.run("generate")
    assert status == 0, said


@pytest.mark.parametrize(
    "text", ["<<<<<<< HEAD\n{}\n=======\n", "[]", '{"files": 1}', None]
)
def test_without_a_record_that_can_be_read_it_stops(
    somebody: Maintainer, text: str | None
) -> None:
    manifest = somebody.package / "manifest.json"
    wanted = manifest.read_bytes()
    manifest.unlink()
    if text is not None:
        manifest.write_text(text, "utf-8")
    before = somebody.tree()
    for command in ("generate", "check") if text is None else ("generate",):
        status, said = somebody.run(command)
        assert status == 1, said
        assert f"{PACKAGE}/manifest.json" in said
        assert "--discard-edits" in said
        assert "Traceback" not in said
        assert somebody.tree() == before
    if text is None:
        status, said = somebody.run("generate", "--discard-edits")
        assert status == 0, said
        assert manifest.read_bytes() == wanted


def test_a_directory_of_somebody_else_is_not_replaced(somebody: Maintainer) -> None:
    shutil.rmtree(somebody.package)
    somebody.package.mkdir()
    (somebody.package / "app.py").write_text("MINE = 1\n", "utf-8")
    status, said = somebody.run("generate")
    assert status == 1, said
    assert "manifest.json" in said
    assert [*somebody.tree()] == ["app.py"]


def test_an_empty_directory_is_taken(somebody: Maintainer) -> None:
    wanted = somebody.tree()
    shutil.rmtree(somebody.package)
    somebody.package.mkdir()
    status, said = somebody.run("generate")
    assert status == 0, said
    assert somebody.tree() == wanted


def test_a_vendored_copy_is_brought_back_on_request(
    somebody: Maintainer, tmp_path: Path
) -> None:
    assert (
        somebody.run("vendor", str(tmp_path), "--name", "acme_pay", "--only", "links")[
            0
        ]
        == 0
    )
    copy = tmp_path / "acme_pay"
    wanted = files_of(copy)
    appended(copy / "_core" / "flow.py")
    (copy / "mine.py").write_text("MINE = 1\n", "utf-8")
    status, said = somebody.run("vendor", str(copy), "--update")
    assert status == 1, said
    assert "changed: _core/flow.py" in said
    assert "added: mine.py" in said
    assert "--discard-edits" in said
    assert (copy / "mine.py").exists()
    status, said = somebody.run("vendor", str(copy), "--update", "--discard-edits")
    assert status == 0, said
    assert "discarded:\n  changed: _core/flow.py\n  added: mine.py\n" in said
    assert files_of(copy) == wanted
    appended(copy / "_core" / "flow.py")
    again = ("vendor", str(tmp_path), "--name", "acme_pay", "--only", "links")
    assert somebody.run(*again)[0] == 1
    assert somebody.run(*again, "--discard-edits")[0] == 0
    assert files_of(copy) == wanted
    assert somebody.run("vendor", str(copy), "--check")[0] == 0


def test_the_record_names_every_file(here: Maintainer) -> None:
    record = json.loads((here.package / "manifest.json").read_text("utf-8"))
    assert set(record["files"]) == set(here.tree()) - {"manifest.json"}
