"""The command `vendor`: it copies, checks and updates, and never undoes what somebody did by hand."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.shops import SHOPS
from helpers.specs import edited, write_spec

from generator import pipeline, writing
from generator.__main__ import main
from generator.diagnostics import GenerationError
from generator.document import Document
from generator.vendor import lock as locks

pytestmark = pytest.mark.usefixtures("generated_once")

PACKAGE = "shop._vendor.acme_pay"
WHERE = Path(*PACKAGE.split("."))
#: What a user sees of this is a new field.
NEW = edited(
    SHOPS,
    "schemas/shops.yaml",
    "    id:\n      type: string\n",
    "    id:\n      type: string\n    city:\n      type: string\n",
)
OVERLAY = """\
overlay: 1.0.0
info: {title: Known better, version: 1.0.0}
actions:
  - target: $.components.schemas['response.Shop'].properties
    update: {phone: {type: string, x-sensitive: true}}
"""


class Project:
    """Another repository, and the description of which a copy is made into it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.source = directory / "src"
        self.copy = self.source / WHERE
        self.spec = directory.parent / "spec"

    def describe(self, files: dict[str, str]) -> None:
        shutil.rmtree(self.spec, ignore_errors=True)
        write_spec(self.spec, files)

    def run(self, *arguments: str) -> int:
        """`python -m generator vendor` with the description of the test."""
        return main(["vendor", *arguments, "--spec", str(self.spec)])

    def vendor(self, *arguments: str, only: str = "shops,webhooks") -> int:
        return self.run(str(self.source), "--name", PACKAGE, "--only", only, *arguments)

    def check(self) -> int:
        return self.run(str(self.directory), "--check")

    def update(self) -> int:
        return self.run(str(self.directory), "--update")

    def tree(self) -> dict[str, bytes]:
        """Every file of the repository."""
        return {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for path in sorted(self.directory.rglob("*"))
            if path.is_file()
        }


@pytest.fixture(scope="module")
def made(generated_once: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("made")
    project = Project(directory / "project")
    project.source.mkdir(parents=True)
    project.describe(SHOPS)
    assert project.vendor() == 0
    return directory


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    """A repository with a copy that is untouched and current."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path / "project")


@pytest.fixture
def empty(made: Path, tmp_path: Path) -> Project:
    """A repository without a copy."""
    shutil.copytree(made / "spec", tmp_path / "spec")
    (tmp_path / "project" / "src").mkdir(parents=True)
    return Project(tmp_path / "project")


def lock_of(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project.copy / locks.NAME).read_text("utf-8"))
    return found


# -- the copy --------------------------------------------------------------------------------------------------------


def test_the_copy_has_the_chosen_parts_its_licence_and_one_lock_file(
    project: Project,
) -> None:
    names = {path.name for path in project.copy.iterdir()}
    assert {"LICENSE", "py.typed", "openapi.json", "webhooks", locks.NAME} <= names
    assert "manifest.json" not in names
    assert "cards.py" not in names
    assert {path.name for path in (project.copy / "_resources").iterdir()} == {
        "__init__.py",
        "shops.py",
    }
    assert {path.name for path in (project.copy / "webhooks").iterdir()}.isdisjoint(
        {"django.py", "fastapi.py"}
    )
    assert sorted(path.name for path in project.source.iterdir()) == ["shop"], (
        "no scratch directory stays"
    )


def test_the_directories_between_become_packages(project: Project) -> None:
    assert (project.source / "shop" / "__init__.py").read_bytes() == b""
    assert (project.source / "shop" / "_vendor" / "__init__.py").read_bytes() == b""


def test_the_lock_says_what_it_was_made_from_and_nothing_of_this_machine(
    project: Project, made: Path
) -> None:
    lock = lock_of(project)
    assert lock["package"] == PACKAGE
    assert lock["spec"].startswith("sha256:")
    assert lock["generator"]["plexy-pay"] == pipeline.package_version()
    assert lock["options"] == {"only": ["shops", "webhooks"], "overlays": []}
    assert any(requirement.startswith("httpx") for requirement in lock["requires"])
    assert set(lock["files"]) == set(locks.hashes(project.copy))
    text = (project.copy / locks.NAME).read_text("utf-8")
    assert str(made) not in text
    assert str(pipeline.PROJECT) not in text


def test_each_file_says_in_its_first_line_where_it_comes_from_and_how_to_update_it(
    project: Project,
) -> None:
    files = list(project.copy.rglob("*.py"))
    assert len(files) > 40
    for path in files:
        first = path.read_text("utf-8").split("\n", 1)[0]
        assert first.startswith("# Vendored from plexy-pay"), path
        assert "nox -s vendor -- DIRECTORY --update" in first
        assert "nox -s generate" not in first


def test_docstrings_name_the_package_as_it_is_imported(project: Project) -> None:
    assert f"python -m {PACKAGE}.webhooks" in (
        project.copy / "webhooks" / "__main__.py"
    ).read_text("utf-8")
    for path in project.copy.rglob("*.py"):
        assert "plexy_pay" not in path.read_text("utf-8").replace(
            "plexy_pay_exchange", ""
        ), path


def test_all_of_it_can_be_imported(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        f"import {PACKAGE} as copy; copy.preload(); print(copy.__name__, hasattr(copy.PlexyPay, 'shops'),"
        " hasattr(copy.PlexyPay, 'links'), copy.webhooks.LinkPaid.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=project.source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{PACKAGE} True False LinkPaid\n", done.stderr


def test_without_only_it_has_everything_and_without_a_name_it_keeps_its_own(
    empty: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert empty.run(str(empty.source)) == 0
    copy = empty.source / "plexy_pay"
    assert {path.stem for path in (copy / "_resources").iterdir()} == {
        "__init__",
        "links",
        "shops",
    }
    assert (copy / "webhooks" / "django.py").is_file()
    assert "Vendored plexy_pay in" in capsys.readouterr().out


def test_a_copy_without_webhooks_has_no_workspace_for_them(
    empty: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert empty.run(str(empty.source), "--name", "reads_pay", "--only", "shops") == 0
    assert not (empty.source / "reads_pay" / "webhooks").exists()
    monkeypatch.syspath_prepend(str(empty.source))
    copy = importlib.import_module("reads_pay")
    copy.preload()
    assert "webhooks" not in copy.__all__
    assert not hasattr(copy, "webhooks")


def test_a_copy_may_have_webhooks_alone_and_an_adapter_that_is_asked_for(
    empty: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        empty.run(str(empty.source), "--name", "hooks_pay", "--only", "webhooks") == 0
    )
    assert "without adapters" in capsys.readouterr().out
    monkeypatch.syspath_prepend(str(empty.source))
    copy = importlib.import_module("hooks_pay")
    copy.preload()
    assert copy.webhooks.LinkPaid
    copy.PlexyPay("pr_1").close()
    assert (
        empty.run(str(empty.source), "--name", "hooks_pay", "--only", "webhooks.flask")
        == 0
    )
    assert "without adapters" not in capsys.readouterr().out
    adapters = {
        path.stem for path in (empty.source / "hooks_pay" / "webhooks").iterdir()
    }
    assert adapters & {"aiohttp", "django", "fastapi", "flask"} == {"flask"}


# -- again -----------------------------------------------------------------------------------------------------------


def test_the_same_again_changes_nothing_and_gives_the_same_bytes_elsewhere(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before = project.tree()
    assert project.vendor() == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert project.tree() == before
    elsewhere = project.directory.parent / "elsewhere"
    elsewhere.mkdir()
    assert (
        project.run(str(elsewhere), "--name", PACKAGE, "--only", "shops,webhooks") == 0
    )
    there = {
        f"src/{p.relative_to(elsewhere).as_posix()}": p.read_bytes()
        for p in elsewhere.rglob("*")
        if p.is_file()
    }
    assert there == before


def test_other_options_change_an_untouched_copy_and_say_what_that_means(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.vendor(only="links,shops") == 0
    assert {path.stem for path in (project.copy / "_resources").iterdir()} == {
        "__init__",
        "links",
        "shops",
    }
    assert not (project.copy / "webhooks").exists()
    said = capsys.readouterr().out
    assert "Vendored anew" in said
    assert "client.links.list" in said
    assert lock_of(project)["options"]["only"] == ["links", "shops"]


def test_what_python_leaves_there_is_no_edit(project: Project) -> None:
    (project.copy / "__pycache__").mkdir()
    (project.copy / "__pycache__" / "money.pyc").touch()
    assert project.vendor() == 0


def test_other_line_ends_are_no_edit(project: Project) -> None:
    for path in project.copy.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert project.check() == 0


# -- edits by hand ---------------------------------------------------------------------------------------------------


def edit(project: Project) -> None:
    (project.copy / "errors.py").write_text("# mine\n")
    (project.copy / "mine.py").touch()
    (project.copy / "models" / "shop.py").unlink()


@pytest.mark.parametrize("command", ["vendor", "update"])
def test_nothing_is_written_over_an_edited_copy(
    project: Project, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project.describe(NEW)
    edit(project)
    before = project.tree()
    assert getattr(project, command)() == 1
    said = capsys.readouterr().err
    assert "changed: errors.py" in said
    assert "added: mine.py" in said
    assert "deleted: models/shop.py" in said
    assert project.tree() == before


def test_the_check_names_what_was_edited_added_and_deleted(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.check() == 0
    assert "untouched and current" in capsys.readouterr().out
    edit(project)
    assert project.check() == 1
    said = capsys.readouterr().out
    assert "edited by hand" in said
    assert all(
        text in said
        for text in ("changed: errors.py", "added: mine.py", "deleted: models/shop.py")
    )
    assert "the generator of today" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no vendored package"),
        ("<<<<<<< mine\n{}", "cannot be read as a lock file"),
        ("{}", "cannot be read as a lock file"),
        ('{"lock": 1, "package": 1, "files": []}', "cannot be read as a lock file"),
        ('{"lock": 99}', "has the form 99"),
    ],
)
def test_a_lock_that_is_gone_or_broken_is_an_error_that_says_what_to_do(
    project: Project, text: str | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is None:
        (project.copy / locks.NAME).unlink()
    else:
        (project.copy / locks.NAME).write_text(text)
    before = project.tree()
    assert project.check() == 1
    assert project.update() == 1
    assert project.vendor() == 1
    assert message in capsys.readouterr().err
    assert project.tree() == before


# -- a new description -----------------------------------------------------------------------------------------------


def test_a_copy_that_is_out_of_date_says_what_changed_and_an_update_brings_it_with_the_same_options(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.describe(NEW)
    before = project.tree()
    assert project.check() == 1
    said = capsys.readouterr().out
    assert "untouched" in said
    assert "out of date" in said
    assert "additive:" in said
    assert "city" in said
    assert "--update" in said
    assert project.tree() == before, "a check writes nothing"
    assert project.update() == 0
    assert "city" in capsys.readouterr().out
    assert "city" in (project.copy / "models" / "shop.py").read_text("utf-8")
    assert lock_of(project)["options"] == {
        "only": ["shops", "webhooks"],
        "overlays": [],
    }
    assert not (project.copy / "_resources" / "links.py").exists()
    assert project.check() == 0
    capsys.readouterr()
    assert project.update() == 0
    assert "Nothing was changed" in capsys.readouterr().out


def test_what_changed_elsewhere_in_the_description_does_not_make_it_out_of_date(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.describe(
        edited(
            SHOPS, "paths/links.yaml", "summary: List links", "summary: List all links"
        )
    )
    assert project.check() == 0
    before = lock_of(project)
    assert project.update() == 0
    assert "Every file is the same" in capsys.readouterr().out
    after = lock_of(project)
    assert after.pop("spec") != before.pop("spec")
    assert after == before


def test_a_later_version_of_the_generator_is_out_of_date_without_a_change_of_the_api(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(pipeline, "package_version", lambda: "9.0.0")
    assert project.check() == 1
    said = capsys.readouterr().out
    assert "described the same" in said
    assert "_version.py" in said
    assert project.update() == 0
    assert "to 9.0.0" in capsys.readouterr().out
    assert lock_of(project)["generator"]["plexy-pay"] == "9.0.0"


def test_an_older_plexy_pay_neither_updates_a_later_copy_nor_calls_it_current(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(pipeline, "package_version", lambda: "0.0.1")
    before = project.tree()
    assert project.check() == 1
    assert "Update this clone first" in capsys.readouterr().out
    assert project.update() == 1
    assert "git pull" in capsys.readouterr().err
    assert project.tree() == before
    assert project.vendor() == 0, "on purpose it may go back"


def test_a_part_that_the_description_lost_is_named_and_an_update_refuses(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    files = edited(SHOPS, "paths/shops.yaml", "x-resource: shops", "x-resource: stores")
    project.describe(files)
    before = project.tree()
    assert project.check() == 1
    said = capsys.readouterr().out
    assert "no longer has: shops" in said
    assert "client.shops.retrieve" in said
    assert project.update() == 1
    assert "stores" in capsys.readouterr().err
    assert project.tree() == before
    project.describe({**files, "openapi.yaml": files["openapi.yaml"]})
    assert project.vendor(only="stores") == 0


def test_the_report_for_programs_says_the_same(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.describe(NEW)
    edit(project)
    assert project.run(str(project.directory), "--check", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["package"] == PACKAGE
    assert not report["passes"]
    assert not report["current"]
    assert report["edited"] == {
        "changed": ["errors.py"],
        "added": ["mine.py"],
        "deleted": ["models/shop.py"],
    }
    assert report["version"] == dict.fromkeys(
        ("vendored", "this"), pipeline.package_version()
    )
    assert "models/shop.py" in report["files"]
    [change] = report["changes"]
    assert change["level"] == "additive"
    assert "city" in change["text"]


def test_a_copy_whose_own_description_was_edited_cannot_say_what_changed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.describe(NEW)
    (project.copy / "openapi.json").write_text("{}")
    assert project.check() == 1
    assert "is not known" in capsys.readouterr().out


# -- overlays --------------------------------------------------------------------------------------------------------


def test_an_overlay_is_applied_recorded_by_hash_and_relative_name_and_applied_again(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = project.directory / "known.yaml"
    overlay.write_text(OVERLAY)
    assert project.vendor("--overlay", str(overlay)) == 0
    [recorded] = lock_of(project)["options"]["overlays"]
    assert recorded == {
        "name": "../../../../known.yaml",
        "hash": locks.digest(OVERLAY.encode()),
    }
    assert "phone" in (project.copy / "models" / "shop.py").read_text("utf-8")
    assert project.check() == 0
    overlay.write_text(OVERLAY.replace("phone", "mobile"))
    capsys.readouterr()
    assert project.check() == 1
    said = capsys.readouterr().out
    assert "Overlays that changed: ../../../../known.yaml" in said
    assert "mobile" in said
    assert project.update() == 0
    assert "mobile" in (project.copy / "models" / "shop.py").read_text("utf-8")
    overlay.unlink()
    assert project.check() == 1
    assert "is gone" in capsys.readouterr().err


def test_an_overlay_outside_of_the_repository_is_pointed_out(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.directory / ".git").mkdir()
    overlay = project.directory.parent / "known.yaml"
    overlay.write_text(OVERLAY)
    assert project.vendor("--overlay", str(overlay)) == 0
    assert "is outside of" in capsys.readouterr().out


# -- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_failure_leaves_the_repository_as_it_was(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(document: Document, package: Path, *_: object, **__: object) -> None:
        package.mkdir()
        (package / "half.py").touch()
        raise GenerationError("the stage failed")

    monkeypatch.setattr(pipeline, "build_from", fail)
    project.describe(NEW)
    before = project.tree()
    assert project.update() == 1
    assert project.vendor() == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert project.tree() == before
    assert [
        path.name for path in project.copy.parent.iterdir() if path.name.startswith(".")
    ] == []


def test_an_update_leaves_the_files_that_did_not_change_as_they_are(
    project: Project,
) -> None:
    def times() -> dict[str, int]:
        return {
            path.name: path.stat().st_mtime_ns for path in project.copy.rglob("*.py")
        }

    before = times()
    project.describe(NEW)
    assert project.update() == 0
    after = times()
    assert {name for name in after if after[name] != before.get(name)} == {
        "_log_allowlist.py",
        "shop.py",
    }


def test_a_swap_that_fails_leaves_no_directory_that_was_made_for_it(
    empty: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(writing, "swap", fail)
    assert empty.vendor() == 1
    assert "the disk is full" in capsys.readouterr().err
    assert list(empty.source.iterdir()) == []


def test_an_unknown_part_lists_those_that_there_are(
    empty: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert empty.vendor(only="shop") == 1
    said = capsys.readouterr().err
    assert "did you mean 'shops'?" in said
    assert "links, shops, webhooks" in said
    assert list(empty.source.iterdir()) == []


def test_an_overlay_that_is_not_there_is_said(
    empty: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert empty.vendor("--overlay", "nowhere.yaml") == 1
    assert "There is no overlay nowhere.yaml" in capsys.readouterr().err


def test_a_copy_under_another_directory_name_asks_for_a_decision(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.copy.rename(project.copy.with_name("other_pay"))
    assert project.update() == 1
    assert f"was vendored as {PACKAGE}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--update", "--only", "shops"], "read from the lock"),
        (["--check", "--overlay", "x.yaml"], "read from the lock"),
        (["--check", "--update"], "not allowed with"),
        (["--json"], "--json goes with --check"),
        (["--only", "shops,,links"], "empty name"),
    ],
)
def test_options_that_do_not_go_together_are_bad_usage(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["vendor", str(tmp_path), *arguments])
    assert raised.value.code == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_directory_without_init_above_the_copy_is_pointed_out(
    empty: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (empty.source / "shop").mkdir()
    assert empty.vendor() == 0
    said = capsys.readouterr().out
    assert f"{empty.source / 'shop'} has no __init__.py" in said
    assert not (empty.source / "shop" / "__init__.py").exists(), (
        "a namespace of others is not closed"
    )
    assert (empty.source / "shop" / "_vendor" / "__init__.py").exists()
