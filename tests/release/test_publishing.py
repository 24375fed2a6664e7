"""Publishing, with the commands that a maintainer runs, to a real index on this machine."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers.clones import clone, commit, git
from helpers.index_server import LOGIN, RunningIndex
from helpers.specs import BASE
from helpers.wire import Recorded, WireServer, http, json_response

from generator import agreement
from generator.diagnostics import GenerationError
from generator.document import Document
from generator.release import archives, publishing, release
from generator.release.distributions import SANDBOX
from generator.release.project import Project, Refused

VERSION = "7.8.9"
DAY = date(2031, 2, 3)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A clone with a small description in which VERSION was released, committed and built, and not published."""
    project = clone(tmp_path_factory.mktemp("released") / "clone", BASE)
    head, _, tail = project.changelog_file.read_text("utf-8").partition("\n## ")
    entry = (
        f"## [{VERSION}] - unreleased\n\n### Fixed\n\n- A thing that users notice.\n"
    )
    project.changelog_file.write_text(f"{head}\n{entry}\n## {tail}", "utf-8")
    done = run(project, "release", VERSION, "--date", DAY.isoformat())
    assert done.returncode == 0, done.stderr
    commit(project.root, "Release")
    archives.build(project.root, project.dist)
    return project


@pytest.fixture
def project(released: Project, tmp_path: Path) -> Project:
    """A clone of that clone, with the same archives, to spoil."""
    git(tmp_path, "clone", "--quiet", str(released.root), "clone")
    spoilt = Project(tmp_path / "clone")
    spoilt.dist.mkdir()
    for path in archives.find(released.dist).files:
        (spoilt.dist / path.name).write_bytes(path.read_bytes())
    return spoilt


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningIndex]:
    with RunningIndex(tmp_path_factory.mktemp("index")) as running:
        yield running


@pytest.fixture
def index(running: RunningIndex) -> RunningIndex:
    """An index without files, which was never asked for anything."""
    running.empty()
    return running


@pytest.fixture(autouse=True)
def uv(tmp_path: Path, running: RunningIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of uv: with a configuration that names the index `shop`, and with a login."""
    configuration = tmp_path / "config" / "uv" / "uv.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(
        f'[[index]]\nname = "shop"\nurl = "{running.url}simple/"\npublish-url = "{running.url}"\nexplicit = true\n',
        "utf-8",
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("UV_PUBLISH_USERNAME", LOGIN[0])
    monkeypatch.setenv("UV_PUBLISH_PASSWORD", LOGIN[1])
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


SHOP = publishing.index_options("shop")


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of a clone, with that clone's own code."""
    return subprocess.run(
        [sys.executable, "-m", "generator.release", *arguments],
        cwd=project.root,
        env={
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PYTHON")
        },
        capture_output=True,
        text=True,
        check=False,
    )


def publish(
    project: Project, *arguments: str, name: str = "shop"
) -> subprocess.CompletedProcess[str]:
    return run(project, "publish", "--index", name, *arguments)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("Refused:\n- ")
    assert "Traceback" not in done.stderr
    return done.stderr


def uploads(index: RunningIndex) -> list[str]:
    return [request for request in index.requests if not request.startswith("GET ")]


def test_a_release_is_uploaded_once(released: Project, index: RunningIndex) -> None:
    dry = publish(released, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "It can be published. Nothing was sent." in dry.stdout
    assert not uploads(index)

    first = publish(released)
    assert first.returncode == 0, first.stderr
    assert index.files == {
        path.name: path.read_bytes() for path in archives.find(released.dist).files
    }
    assert uploads(index) == ["POST / 200"] * 4
    sent = first.stdout[first.stdout.index("dist/ is what this commit builds") :]
    assert sent.index(f"plexy_pay-{VERSION}") < sent.index("plexy_pay_sandbox"), (
        "the sandbox needs the client"
    )
    assert f"git tag --sign v{VERSION}" in first.stdout
    assert LOGIN[1] not in first.stdout + first.stderr
    assert not released.uncommitted()

    again = publish(released)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("already exists, skipping") == 8, (
        "it was asked before and while it was uploaded"
    )
    assert uploads(index) == ["POST / 200"] * 4


def test_a_dry_run_finds_what_speaks_against_it_and_sends_nothing(
    project: Project, index: RunningIndex
) -> None:
    with (project.package / "_client.py").open("a", encoding="utf-8") as file:
        file.write("# By hand\n")
    commit(project.root, "An edit by hand")
    said = refusal(publish(project, "--dry-run"))
    assert "generated/ is not current" in said
    assert "_client.py: it was edited by hand" in said
    assert not uploads(index)


def test_a_tree_that_is_not_clean_is_refused_and_each_file_named(
    project: Project, index: RunningIndex
) -> None:
    (project.root / "README.md").write_text("Other words\n", "utf-8")
    (project.package / "stray.py").write_text("", "utf-8")
    said = refusal(publish(project))
    assert " M README.md" in said
    assert "?? generated/plexy_pay/stray.py" in said
    assert not index.requests


def test_every_reason_is_given_at_once(project: Project, index: RunningIndex) -> None:
    project.changelog_file.write_text("# Changelog\n", "utf-8")
    project.released_version_file.write_text("7.0.0\n", "utf-8")
    for path in archives.find(project.dist).files:
        path.unlink()
    said = refusal(publish(project, "--tag", "v1.0.0"))
    for reason in (
        "The tree is not clean",
        f"CHANGELOG.md does not tell of {VERSION}: it has no entry",
        f"The last release on record is 7.0.0, and pyproject.toml says {VERSION}",
        f"The tag 'v1.0.0' is not that of version {VERSION}",
        "dist/ must hold one sdist and one wheel of plexy-pay and of plexy-pay-sandbox, and has no archive. "
        "Run `./nox -s build`",
    ):
        assert f"- {reason}" in said
    assert not index.requests


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        (
            f"## [{VERSION}] - unreleased",
            f"CHANGELOG.md has no date for {VERSION} but 'unreleased'",
        ),
        (f"## [{VERSION}]", f"CHANGELOG.md has no date for {VERSION} but 'nothing'"),
        (
            f"## [{VERSION}] - 2031-02-30",
            f"CHANGELOG.md has no date for {VERSION} but '2031-02-30'",
        ),
        (
            "## [7.8.10] - 2031-02-03",
            f"CHANGELOG.md does not tell of {VERSION}: its newest entry is 7.8.10",
        ),
        (
            f"## [{VERSION}] - 2031-02-03\n\n## [0.0.1] - 2030-01-01",
            f"CHANGELOG.md says nothing of {VERSION}",
        ),
    ],
)
def test_a_changelog_that_does_not_tell_of_the_version_is_a_reason(
    project: Project, heading: str, reason: str
) -> None:
    text = project.changelog_file.read_text("utf-8")
    project.changelog_file.write_text(
        text.replace(f"## [{VERSION}] - {DAY}", heading), "utf-8"
    )
    commit(project.root, "Another changelog")
    (said,) = publishing.unfinished(project)
    assert said.startswith(reason)


def test_a_document_other_than_the_released_one_is_a_reason(project: Project) -> None:
    project.released_spec.write_text("{}\n", "utf-8")
    commit(project.root, "Another document")
    (said,) = publishing.unfinished(project)
    assert said.startswith("spec/released/ is not the document of the package")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("pyproject.toml", f'"plexy-pay-sandbox=={VERSION}"'),
        ("sandbox/pyproject.toml", f'version = "{VERSION}"'),
        ("sandbox/pyproject.toml", f'"plexy-pay[cards]=={VERSION}"'),
    ],
)
def test_a_sandbox_of_another_version_than_the_client_is_a_reason(
    project: Project, file: str, line: str
) -> None:
    path = project.root / file
    text = path.read_text("utf-8")
    assert text.count(line) == 1
    path.write_text(text.replace(line, line.replace(VERSION, "7.8.8")), "utf-8")
    commit(project.root, "Another version")
    (said,) = publishing.unfinished(project)
    assert said.startswith(f"{file} must say `{line}`")
    assert "has 7.8.8" in said


def test_a_tag_must_name_this_commit(project: Project) -> None:
    assert publishing.unfinished(project, f"v{VERSION}") == [
        f"There is no tag 'v{VERSION}' in this clone."
    ]
    git(project.root, "tag", "--annotate", "--message", "A release", f"v{VERSION}")
    assert not publishing.unfinished(project, f"v{VERSION}")
    (project.root / "NEWS.md").write_text("Later\n", "utf-8")
    commit(project.root, "A later commit")
    (said,) = publishing.unfinished(project, f"v{VERSION}")
    assert said.startswith(f"The tag v{VERSION} names another commit")


def test_archives_of_another_commit_are_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That generated/ is current is proven elsewhere; here it takes as long as all the rest.
    monkeypatch.setattr(publishing, "out_of_date", lambda project: [])
    assert not publishing.stale(project)
    with (project.root / "README.md").open("a", encoding="utf-8") as file:
        file.write("\nOne more line.\n")
    commit(project.root, "Another README")
    assert publishing.stale(project) == [
        "dist/ is not what this commit builds. Run `./nox -s build`."
    ]


@pytest.mark.parametrize("number", range(4))
def test_a_version_that_is_there_with_other_bytes_is_refused_before_anything_is_sent(
    number: int, project: Project, index: RunningIndex
) -> None:
    altered = archives.find(project.dist).files[number]
    (index.packages / altered.name).write_bytes(b"somebody else's file")
    said = refusal(publish(project))
    assert "Nothing was sent" in said
    # uv breaks long lines.
    assert f"do not match for `{altered.name}`" in " ".join(said.split())
    assert "release a new version" in said
    assert not uploads(index)


def test_other_versions_on_the_index_do_no_harm(
    project: Project, index: RunningIndex
) -> None:
    for name in (
        "plexy_pay-7.8.8.tar.gz",
        "plexy_pay-7.8.90-py3-none-any.whl",
        "plexy_pay-7.8.9rc1.tar.gz",
    ):
        (index.packages / name).write_bytes(b"another version")
    said = publishing.check(archives.find(project.dist), SHOP, project.root)
    assert "already exists" not in said


def test_an_upload_that_broke_off_is_finished(
    project: Project, index: RunningIndex
) -> None:
    made = archives.find(project.dist)
    sdist = made.client.sdist
    (index.packages / sdist.name).write_bytes(sdist.read_bytes())
    said = publishing.upload(made, SHOP, project.root)
    assert f"{sdist.name} already exists, skipping" in said
    assert uploads(index) == ["POST / 200"] * 3
    assert index.files == {path.name: path.read_bytes() for path in made.files}


def test_an_index_can_be_named_by_its_addresses(
    project: Project, index: RunningIndex
) -> None:
    options = publishing.index_options(
        publish_url=index.url, check_url=f"{index.url}simple/"
    )
    made = archives.find(project.dist)
    publishing.upload(made, options, project.root)
    assert index.files.keys() == {path.name for path in made.files}


def test_a_wrong_login_is_told_without_showing_it(
    project: Project, index: RunningIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PUBLISH_PASSWORD", "a-wrong-password-9Xw")
    with pytest.raises(
        Refused, match="The upload of plexy-pay was not finished"
    ) as refused:
        publishing.upload(archives.find(project.dist), SHOP, project.root)
    assert "a-wrong-password-9Xw" not in str(refused.value)
    assert "403" in str(refused.value)
    assert "UV_PUBLISH_PASSWORD" in str(refused.value)
    assert not index.files
    assert len(uploads(index)) == 1, "after the client the sandbox is not tried"


def test_an_upload_without_a_login_ends_and_says_where_one_comes_from(
    project: Project, index: RunningIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_PUBLISH_USERNAME")
    monkeypatch.delenv("UV_PUBLISH_PASSWORD")
    with pytest.raises(Refused, match="UV_PUBLISH_TOKEN"):
        publishing.upload(archives.find(project.dist), SHOP, project.root)
    assert not index.files


def test_an_unknown_index_is_refused_with_the_names_that_are_known(
    project: Project,
) -> None:
    said = refusal(publish(project, name="shpo"))
    assert "Index not found: `shpo`. Found indexes: `shop`" in said


@pytest.mark.parametrize("given", ["", "publish_url", "check_url"])
def test_an_index_is_named_or_has_both_its_addresses(given: str) -> None:
    addresses = {given: "https://index.shop.example/"} if given else {}
    with pytest.raises(Refused, match="--publish-url.*--check-url"):
        publishing.index_options(**addresses)


@pytest.mark.parametrize(
    "response",
    [
        http(500),
        http(204),
        json_response([1]),
        json_response({"files": [1]}),
        json_response({}),
        b"no http\r\n\r\n",
    ],
)
def test_a_response_that_says_nothing_of_files_is_no_permission(
    response: bytes, project: Project
) -> None:
    with (
        WireServer(response) as server,
        pytest.raises(Refused, match=r"Nothing was sent\."),
    ):
        options = publishing.index_options(
            publish_url=server.origin, check_url=server.origin
        )
        publishing.check(archives.find(project.dist), options, project.root)
    assert all(request.line.startswith("GET ") for request in server.requests)


def test_an_index_that_wants_a_login_for_reading_is_asked_with_it_or_not_at_all(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = archives.find(project.dist)

    def private(request: Recorded) -> bytes:
        name = made.client.wheel.name
        page = f'<a href="/{name}#sha256={"0" * 64}">wheel</a>'
        listed = http(200, page.encode(), {"Content-Type": "text/html"})
        return listed if request.values("authorization") else http(401)

    with WireServer(private) as server:
        (tmp_path / "config" / "uv" / "uv.toml").write_text(
            f'[[index]]\nname = "shop"\nurl = "{server.origin}/simple"\npublish-url = "{server.origin}"\n'
            'authenticate = "always"\n',
            "utf-8",
        )
        with pytest.raises(Refused, match=r"Nothing was sent\."):
            publishing.check(made, SHOP, project.root)
        assert not server.requests
        monkeypatch.setenv("UV_INDEX_SHOP_USERNAME", "reader")
        monkeypatch.setenv("UV_INDEX_SHOP_PASSWORD", "s3cret-kQ")
        with pytest.raises(Refused, match="with other bytes") as refused:
            publishing.check(made, SHOP, project.root)
    assert "do not match" in " ".join(str(refused.value).split())
    assert "s3cret-kQ" not in str(refused.value)
    login = base64.b64encode(b"reader:s3cret-kQ").decode()
    assert {
        value
        for request in server.requests
        for value in request.values("authorization")
    } == {f"Basic {login}"}


@pytest.mark.parametrize(
    "address",
    [
        "https://me:s3cret-kQ@index.shop.example:port/",
        "http://me:s3cret-kQ@127.0.0.1:9/",
    ],
)
def test_a_login_in_an_address_is_not_shown(
    address: str, project: Project, tmp_path: Path
) -> None:
    by_options = publishing.index_options(publish_url=address, check_url=address)
    with pytest.raises(Refused) as refused:
        publishing.check(archives.find(project.dist), by_options, project.root)
    assert "s3cret-kQ" not in str(refused.value)

    (tmp_path / "config" / "uv" / "uv.toml").write_text(
        f'[[index]]\nname = "shop"\nurl = "{address}', "utf-8"
    )
    with pytest.raises(Refused, match="Failed to parse") as refused:
        publishing.check(archives.find(project.dist), SHOP, project.root)
    assert "s3cret-kQ" not in str(refused.value)


def test_a_release_that_cannot_be_generated_changes_nothing(project: Project) -> None:
    spec = project.root / "spec" / "openapi.yaml"
    spec.write_text(spec.read_text("utf-8") + "\n]\n", "utf-8")
    commit(project.root, "A broken document")
    text = project.changelog_file.read_text("utf-8")
    entry = "## [7.9.0] - unreleased\n\n- A thing.\n\n"
    project.changelog_file.write_text(
        text.replace(f"## [{VERSION}]", f"{entry}## [{VERSION}]"), "utf-8"
    )
    commit(project.root, "What comes next")
    with pytest.raises(
        Refused, match="could not be generated, and nothing was changed"
    ):
        release.release(project, "7.9.0", DAY)
    assert not project.uncommitted()


def test_a_release_says_its_version_everywhere_and_commits_nothing(
    released: Project,
) -> None:
    assert f'__version__ = "{VERSION}"' in (released.package / "_version.py").read_text(
        "utf-8"
    )
    assert released.version == released.released_version == VERSION
    assert agreement.disagreements(released.root) == []
    assert SANDBOX.metadata(released.root)["version"] == VERSION
    assert released.changelog()[0].date == DAY.isoformat()
    assert released.released_spec.read_bytes() == released.description.read_bytes()
    assert git(released.root, "log", "--format=%s").splitlines() == [
        "Release",
        "All of it",
    ]


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("7.9", "CHANGELOG.md must begin with an entry `## [7.9] - unreleased`"),
        ("7.9.0-rc1", "The version '7.9.0-rc1' is spelled '7.9.0rc1'"),
        ("7.9.0+shop", "has a local part or an epoch"),
        ("seven", "'seven' is not a version"),
        ("7.8.8", "7.8.8 is older than 7.8.9, the last release"),
    ],
)
def test_a_version_that_cannot_follow_the_last_one_is_refused(
    project: Project, version: str, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        release.release(project, version, DAY)
    assert reason in str(refused.value)
    assert not project.uncommitted()


def test_a_version_does_not_go_down_before_the_first_release_either(
    project: Project,
) -> None:
    project.released_version_file.unlink()
    with pytest.raises(
        Refused, match=r"7\.8\.8 is older than 7\.8\.9, which pyproject\.toml says"
    ):
        release.release(project, "7.8.8", DAY)


def test_a_version_that_is_tagged_is_not_released_again(project: Project) -> None:
    git(project.root, "tag", f"v{VERSION}")
    with pytest.raises(
        Refused, match=f"{VERSION} is released: there is a tag v{VERSION}"
    ):
        release.release(project, VERSION, DAY)


def test_a_version_that_is_too_small_for_what_changed_is_refused(
    project: Project,
) -> None:
    git(project.root, "tag", f"v{VERSION}")
    links = project.root / "spec" / "schemas" / "links.yaml"
    text = links.read_text("utf-8")
    links.write_text(
        text.replace(
            "  required:\n    - amount\n",
            "  required:\n    - requestId\n    - amount\n",
            1,
        )
    )
    assert links.read_text("utf-8") != text
    with pytest.raises(
        Refused,
        match=r"Version 7\.8\.10 in pyproject\.toml is too small: since 7\.8\.9",
    ):
        release.release(project, "7.8.10", DAY)


def describe_next(project: Project, version: str) -> None:
    """Tag what was released, and begin the entry of a version that follows it."""
    git(project.root, "tag", f"v{VERSION}")
    text = project.changelog_file.read_text("utf-8")
    entry = f"## [{version}] - unreleased\n\n- A thing.\n\n"
    project.changelog_file.write_text(text.replace("## [", f"{entry}## [", 1), "utf-8")
    commit(project.root, "What comes next")


def test_a_breakage_that_griffe_finds_and_nothing_explains_stops_a_release(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe_next(project, "7.8.10")
    monkeypatch.setattr(
        release,
        "cross_check",
        lambda *_: ["Parameter was removed (client.links.create(a))"],
    )
    with pytest.raises(
        Refused,
        match=r"griffe says that this broke since 7\.8\.9, and no breaking change",
    ) as refused:
        release.release(project, "7.8.10", DAY)
    assert "    Parameter was removed (client.links.create(a))\n" in str(refused.value)
    assert not project.uncommitted()


def test_a_release_is_cross_checked_with_the_last_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def find_nothing(old: Document, new: Document, changes: object) -> list[str]:
        asked.extend(
            "balance" in link(document)["properties"] for document in (old, new)
        )
        return []

    def link(document: Document) -> dict[str, Any]:
        return document.data["components"]["schemas"]["response.Link"]

    describe_next(project, "7.9.0")
    released = json.loads(project.released_spec.read_text("utf-8"))
    del link(Document(released))["properties"]["balance"]
    project.released_spec.write_text(json.dumps(released), "utf-8")
    commit(project.root, "Another document")
    git(project.root, "tag", "--force", f"v{VERSION}")
    monkeypatch.setattr(release, "cross_check", find_nothing)
    monkeypatch.setattr(release, "_generate", lambda project: None)
    said = release.release(project, "7.9.0", DAY)
    assert (
        f"Every breakage that griffe finds since {VERSION} is told by `./nox -s changes`."
        in said
    )
    assert asked == [False, True]


def test_a_last_version_of_which_nothing_can_be_made_any_more_does_not_stop_a_release(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> list[str]:
        raise GenerationError("The old document makes no package.")

    describe_next(project, "7.8.10")
    monkeypatch.setattr(release, "cross_check", fail)
    monkeypatch.setattr(release, "_generate", lambda project: None)
    said = release.release(project, "7.8.10", DAY)
    assert (
        "griffe could not compare it with 7.8.9. The old document makes no package."
        in said
    )
    assert project.released_version == "7.8.10"


def test_a_broken_spec_stops_a_release_with_file_and_line(project: Project) -> None:
    describe_next(project, "7.8.10")
    (project.root / "spec" / "openapi.yaml").write_text("openapi: [\n", "utf-8")
    with pytest.raises(Refused, match=r"spec/openapi\.yaml:\d+: the file is not YAML"):
        release.release(project, "7.8.10", DAY)


def test_a_release_of_which_the_changelog_says_nothing_is_refused(
    project: Project,
) -> None:
    text = project.changelog_file.read_text("utf-8")
    project.changelog_file.write_text(
        text.replace("## [", "## [Unreleased]\n\n## [", 1), "utf-8"
    )
    with pytest.raises(
        Refused, match=r"CHANGELOG.md says nothing under \[Unreleased\]"
    ):
        release.release(project, "7.9.0", DAY)
