"""The way from an edit of the spec to a published wheel and an updated vendored copy, as docs/releasing.md shows it.

Each line of the page runs as the page has it. A session of nox runs what noxfile.py says, with the tools of these tests
in place of an environment of its own. Only `build` does less: it makes the archives once, and tries them nowhere. The
rest of it is slow, and the subject of test_building.py.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers.clones import clone, commit, git
from helpers.commands import Commands
from helpers.index_server import LOGIN, RunningIndex
from helpers.pages import ROOT, blocks
from helpers.wire import WireServer, json_response

from generator import agreement
from generator.release import archives
from generator.release.project import Project
from generator.vendor import lock as locks

SAMPLE = ROOT / "tests" / "generator" / "vendor" / "sample"
COPY = Path("src/shop/_vendor/acme_pay")

#: A call with what is new and with what is deprecated, by whatever name the package has.
PROGRAM = """
import importlib, sys, warnings
package = importlib.import_module(sys.argv[1])
with warnings.catch_warnings(record=True) as seen, package.PlexyPay("pr_test", base_url=sys.argv[2]) as client:
    warnings.simplefilter("always")
    client.payment_links.create(
        amount=package.Money("22000", "KZT"), gift_note="For Aisha", description="Order 1"
    )
print(package.__version__, package.__file__)
for warning in seen:
    print(warning.category.__name__, warning.message)
"""


def documented() -> list[str]:
    """The lines of the page."""
    found = [
        block
        for block in blocks(ROOT / "docs" / "releasing.md")
        if "from-edit-to-shop" in block.words
    ]
    [block] = found
    lines = block.text.splitlines()
    assert all(line.startswith("$ ") for line in lines)
    return [line.removeprefix("$ ") for line in lines]


@dataclass
class Session:
    """What a session of noxfile.py needs of nox: it runs programs."""

    commands: Commands
    project: Project
    invoked_from: str
    posargs: list[str]
    env: dict[str, str]
    said: str = ""
    status: int = 0
    directory: Path = field(init=False)

    def __post_init__(self) -> None:
        self.directory = self.project.root

    @contextlib.contextmanager
    def chdir(self, directory: str) -> Iterator[None]:
        before, self.directory = self.directory, Path(directory)
        yield
        self.directory = before

    def run(self, *command: str, env: dict[str, str] | None = None) -> None:
        python, dash_m, module, *arguments = command
        assert (python, dash_m) == ("python", "-m")
        if (module, arguments[0]) == ("generator.release", "build"):
            shutil.rmtree(self.project.dist, ignore_errors=True)
            archives.build(self.project.root, self.project.dist)
            return
        out = self.project.root.parent / "said.txt"
        self.status, said = self.commands.run(
            module, arguments, self.directory, out, **self.env, **(env or {})
        )
        self.said += said


@dataclass
class Done:
    """What became of it all: what each line printed, by the line."""

    project: Project
    shop: Path
    index: RunningIndex
    said: dict[str, str]

    def of(self, start: str) -> str:
        """What the one line printed that begins so."""
        [said] = [said for line, said in self.said.items() if line.startswith(start)]
        return said


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    workspace = tmp_path_factory.mktemp("workspace")
    project = clone(workspace / "plexy-pay")
    shop = workspace / "shop"
    shutil.copytree(SAMPLE, shop, ignore=shutil.ignore_patterns("__pycache__"))
    release_the_first(project)
    with RunningIndex(workspace / "index") as index, Commands(project.root) as commands:
        configuration = workspace / "config" / "uv" / "uv.toml"
        configuration.parent.mkdir(parents=True)
        configuration.write_text(
            f'[[index]]\nname = "shop"\nurl = "{index.url}simple/"\npublish-url = "{index.url}"\nexplicit = true\n',
            "utf-8",
        )
        arguments = [
            "vendor",
            "../shop/src",
            "--name",
            "shop._vendor.acme_pay",
            "--only",
            "payment_links",
        ]
        status, text = commands.run(
            "generator", arguments, project.root, workspace / "said.txt"
        )
        assert status == 0, text
        login = {"UV_PUBLISH_USERNAME": LOGIN[0], "UV_PUBLISH_PASSWORD": LOGIN[1]}
        env = {"XDG_CONFIG_HOME": str(workspace / "config"), **login}
        edit(project)
        nox = noxfile(project)
        said: dict[str, str] = {}
        for line in documented():
            if line.startswith("git "):
                for command in line.split(" && "):
                    git(project.root, *shlex.split(command)[1:])
                continue
            program, dash_s, name, *rest = shlex.split(line)
            assert (program, dash_s) == ("./nox", "-s")
            session = Session(commands, project, str(project.root), rest[1:], env)
            getattr(nox, name)(session)
            assert session.status == (1 if "--check" in rest else 0), (
                f"{line}\n{session.said}"
            )
            said[line] = session.said
        yield Done(project, shop, index, said)


def release_the_first(project: Project) -> None:
    """Make the clone one in which 0.1.0 was released, whatever version this one is of.

    There is no tag: with one, `release` also asks griffe, which generates twice more. test_publishing.py has that.
    """
    for path, text in agreement.written(project.root, "0.1.0").items():
        path.write_text(text, "utf-8")
    project.changelog_file.write_text(
        "# Changelog\n\n## [0.1.0] - 2031-01-01\n\n- The first.\n", "utf-8"
    )
    project.released_spec.parent.mkdir(exist_ok=True)
    shutil.copy(project.description, project.released_spec)
    project.released_version_file.write_text("0.1.0\n", "utf-8")
    commit(project.root, "Release 0.1.0")


def edit(project: Project) -> None:
    """The edit of the spec: an optional property is new, and another is deprecated."""
    file = project.root / "spec" / "schemas" / "payment_links.yaml"
    text = file.read_text("utf-8")
    old = "    description:\n      type: string\n      description: Description of the order."
    new = """\
    giftNote:
      type: string
      description: What the giver of a gift wants to say.
      x-free-text: true
      examples:
        - For Aisha
    description:
      type: string
      deprecated: true
      x-deprecated:
        since: 0.1.1
        use: gift_note
        until: 0.3.0
      description: Description of the order."""
    head, found, rest = text.partition(old)
    assert found
    assert head.count("\n  type: object") == 1, (
        "it is the first schema, of what creates a link"
    )
    file.write_text(head + new + rest, "utf-8")


def noxfile(project: Project) -> ModuleType:
    """The clone's noxfile.py, which takes what is installed here for what it would install."""
    spec = importlib.util.spec_from_file_location(
        "noxfile_of_the_clone", project.root / "noxfile.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    nothing: Callable[..., None] = lambda *_, **__: None  # noqa: E731
    vars(module).update(install=nothing, interpreters=lambda _: [sys.executable])
    return module


def test_generating_says_what_users_will_notice(done: Done) -> None:
    said = done.of("./nox -s generate")
    assert "Users of the package: 2 additive changes.\n" in said
    assert "`gift_note` is new" in said
    assert "`description` is deprecated" in said
    assert "  models: ~ create_payment_link\n" in said


def test_the_changes_propose_the_version_and_write_the_changelog(done: Done) -> None:
    assert (
        "Next version: 0.1.1 after 0.1.0, for 2 additions."
        in done.said["./nox -s changes"]
    )
    entry, before = done.project.changelog()
    assert (entry.version, before.version) == ("0.1.1", "0.1.0")
    assert (
        "### Deprecated\n\n- `client.payment_links.create`: parameter `description`"
        in entry.text
    )
    assert (
        "### Added\n\n- `client.payment_links.create`: parameter `gift_note` is new."
        in entry.text
    )


def test_the_release_says_its_version_everywhere(done: Done) -> None:
    assert "This is 0.1.1 now" in done.of("./nox -s release")
    assert done.project.version == done.project.released_version == "0.1.1"
    assert b"giftNote" in done.project.released_spec.read_bytes()
    assert not done.project.uncommitted()


def test_the_index_has_what_was_built(done: Done) -> None:
    made = archives.find(done.project.dist)
    assert made.client.wheel.name == "plexy_pay-0.1.1-py3-none-any.whl"
    assert made.sandbox.wheel.name == "plexy_pay_sandbox-0.1.1-py3-none-any.whl"
    assert done.index.files == {path.name: path.read_bytes() for path in made.files}
    assert "Uploading plexy_pay-0.1.1-py3-none-any.whl" in done.of("./nox -s publish")


def test_the_copy_of_the_shop_is_out_of_date_and_is_told_what_changed(
    done: Done,
) -> None:
    said = done.said["./nox -s vendor -- ../shop --check"]
    assert "It is out of date. It is of plexy-pay 0.1.0, and this is 0.1.1." in said
    assert "`gift_note` is new" in said
    assert "`description` is deprecated" in said


def test_the_copy_of_the_shop_is_updated(done: Done) -> None:
    said = done.said["./nox -s vendor -- ../shop --update"]
    assert said.startswith(
        f"Updated shop._vendor.acme_pay in ../shop/{COPY}: plexy-pay 0.1.0 to 0.1.1, "
    )
    lock = locks.read(done.shop / COPY)
    assert lock.version == "0.1.1"
    assert not locks.edits(done.shop / COPY, lock)


def test_the_wheel_of_the_index_and_the_copy_know_what_is_new_and_warn_of_what_is_old(
    done: Done, tmp_path: Path
) -> None:
    python = str(tmp_path / "environment" / "bin" / "python")
    pip = ["uv", "pip", "install", "--quiet", "--python", python]
    run(
        "uv",
        "venv",
        "--quiet",
        "--python",
        sys.executable,
        str(tmp_path / "environment"),
    )
    run(
        *pip,
        "--default-index",
        f"{done.index.url}simple/",
        "--no-deps",
        "plexy-pay==0.1.1",
    )
    run(
        *pip,
        "--constraint",
        str(ROOT / "constraints.txt"),
        *locks.read(done.shop / COPY).requires,
    )
    wheel, copy = ("plexy_pay", tmp_path), ("shop._vendor.acme_pay", done.shop)
    for package, where in (wheel, copy):
        response: dict[str, Any] = {"id": "L1", "url": "https://pay.example/L1"}
        with WireServer(json_response(response)) as server:
            said = run(
                python,
                "-c",
                PROGRAM,
                package,
                server.origin,
                PYTHONPATH=str(done.shop / "src"),
            )
        version, *warnings = said.splitlines()
        assert version.startswith(f"0.1.1 {where}"), version
        [warning] = warnings
        assert warning.startswith("PlexyDeprecationWarning ")
        assert "description" in warning
        assert "since 0.1.1" in warning
        [request] = server.requests
        assert json.loads(request.body)["giftNote"] == "For Aisha"


def run(*command: str, **env: str) -> str:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PLEXY_"))
    }
    ended = subprocess.run(
        command, env={**clean, **env}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
