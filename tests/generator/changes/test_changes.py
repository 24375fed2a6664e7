"""The commands `changes` and `check-version`: what they read, print and write, and what they refuse."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.specs import BASE, edited, places, write_spec

from generator import loader, pipeline
from generator.__main__ import main
from generator.changes import (
    Change,
    Level,
    changelog_entry,
    load_side,
    proposed_version,
)
from generator.changes import released as released_module
from generator.changes.changelog import insert
from generator.changes.released import size_of_version
from generator.diagnostics import SpecError, ToolError

MORE = edited(
    BASE,
    "schemas/links.yaml",
    "    requestId:\n",
    "    note:\n      type: string\n    requestId:\n",
)
LESS = edited(
    BASE, "schemas/links.yaml", '    status:\n      $ref: "#/LinkStatus"\n', ""
)
MONEY = edited(
    BASE, "schemas/links.yaml", "x-amount-unit: minor", "x-amount-unit: unknown"
)
WORDS = edited(
    BASE, "paths/links.yaml", "summary: Create a link", "summary: Make a link"
)


def change(
    level: Level,
    kind: str = "type-changed",
    where: str = "client.links.create",
    text: str = "x.",
) -> Change:
    return Change(kind, level, where, "#", text)


@pytest.fixture
def specs(tmp_path: Path) -> dict[str, str]:
    """Directories of specs, by what changed in them."""
    made: dict[str, str] = {}
    for name, files in {
        "old": BASE,
        "more": MORE,
        "less": LESS,
        "money": MONEY,
        "words": WORDS,
    }.items():
        write_spec(tmp_path / name, files)
        made[name] = str(tmp_path / name)
    return made


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two commits, `first` and `second`."""
    directory = tmp_path / "repository"
    for tag, files, version in (("first", BASE, "0.3.0"), ("second", LESS, "0.3.1")):
        shutil.rmtree(directory / "spec", ignore_errors=True)
        write_spec(directory / "spec", files)
        (directory / "pyproject.toml").write_text(
            f'[project]\nversion = "{version}"\n', "utf-8"
        )
        settings = [
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "init.defaultBranch=main",
        ]
        settings += ["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"]
        for command in (
            ["init", "-q"],
            ["add", "-A"],
            ["commit", "-qm", tag],
            ["tag", tag],
        ):
            subprocess.run(["git", *settings, *command], cwd=directory, check=True)
    monkeypatch.setattr(pipeline, "PROJECT", directory)
    return directory


# -- the sides


def test_a_side_is_a_directory_a_repository_a_package_or_a_file(
    specs: dict[str, str], tmp_path: Path
) -> None:
    document = load_side(specs["old"])
    package, repository = tmp_path / "package", tmp_path / "whole"
    package.mkdir()
    bundled = package / "openapi.json"
    bundled.write_bytes(loader.bundle_bytes(document))
    write_spec(repository / "spec", BASE)
    for side in (bundled, package, repository, f"{specs['old']}/openapi.yaml"):
        assert load_side(str(side)).data == document.data


def test_a_side_is_a_git_revision(repository: Path) -> None:
    first, second = load_side("first"), load_side("second~0")
    assert (
        "status" in first.data["components"]["schemas"]["response.Link"]["properties"]
    )
    assert (
        "status"
        not in second.data["components"]["schemas"]["response.Link"]["properties"]
    )


def test_a_revision_gives_the_version_that_it_had(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["changes", "first", "second"]) == 0
    out = capsys.readouterr().out
    assert "Next version: 0.4.0 after 0.3.0, for 1 breaking change." in out


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_places_in_a_revision_are_named_as_git_names_them(
    repository: Path, capsys: pytest.CaptureFixture[str], form: list[str]
) -> None:
    assert main(["changes", "first", "second~0", *form]) == 0
    out = capsys.readouterr().out
    assert "first:spec/schemas/links.yaml:31" in out
    main(["changes", "second", "first", *form])
    assert "first:spec/schemas/links.yaml:31" in capsys.readouterr().out
    document = load_side("first")
    assert str(document.where(())) == "first:spec/openapi.yaml:1"
    files = {document.where(place).file for place in places(document.data)}
    assert {file.partition("/")[0] for file in files} == {"first:spec"}


@pytest.mark.parametrize("text", ["nowhere", "--help", "-x"])
def test_what_is_no_side_is_refused(repository: Path, text: str) -> None:
    with pytest.raises(ToolError, match="is no file, no directory and no git revision"):
        load_side(text)


def test_a_directory_without_a_spec_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        ToolError, match="has no openapi.yaml or spec/openapi.yaml or openapi.json"
    ):
        load_side(str(tmp_path / "empty"))


def test_a_broken_spec_of_a_revision_is_named_by_revision_file_and_line(
    repository: Path,
) -> None:
    (repository / "spec" / "schemas" / "links.yaml").write_text("a: [", "utf-8")
    git = [
        "git",
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.com",
        "-c",
        "commit.gpgsign=false",
    ]
    subprocess.run([*git, "commit", "-qam", "broken"], cwd=repository, check=True)
    with pytest.raises(
        SpecError, match=r"HEAD:spec/schemas/links\.yaml:\d+: the file is not YAML"
    ):
        load_side("HEAD")


# -- the report


def test_the_report_says_what_where_in_which_file_and_what_to_do_next(
    specs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["changes", specs["old"], specs["money"]]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        f"1 breaking change from {specs['old']} to {specs['money']}.\n\nBreaking: "
    )
    assert (
        "  client.links.create\n    - MONEY: parameter `amount` is now in the unit `unknown`; it was `minor`."
        in out
    )
    assert f"      {specs['money']}/schemas/links.yaml:9\n" in out
    assert "--write-changelog 0.2.0 --date unreleased" in out


def test_what_is_gone_is_shown_where_it_was(
    specs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["changes", specs["old"], specs["less"]])
    assert f"      {specs['old']}/schemas/links.yaml:31\n" in capsys.readouterr().out


def test_a_description_of_which_no_package_can_be_made_is_named_by_file_and_line(
    specs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = write_spec(
        tmp_path / "broken", edited(BASE, "paths/links.yaml", "in: path", "in: cookie")
    )
    main(["changes", specs["old"], str(broken)])
    [line] = [
        line
        for line in capsys.readouterr().out.splitlines()
        if "cannot build a package" in line
    ]
    assert re.search(
        r"broken/paths/links\.yaml:\d+: .* has a parameter in 'cookie'", line
    )


def test_the_same_spec_has_no_changes(
    specs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["changes", specs["old"], specs["old"]]) == 0
    assert capsys.readouterr().out.startswith(
        "Nothing that a user can notice changed from "
    )


def test_the_report_as_json_has_stable_keys(
    specs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["changes", specs["old"], specs["more"], "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report) == [
        "old",
        "new",
        "version",
        "proposed_version",
        "counts",
        "changes",
    ]
    assert report["counts"] == {"breaking": 0, "additive": 1, "docs": 0}
    assert report["changes"] == [
        {
            "kind": "property-added",
            "level": "additive",
            "money": False,
            "where": "client.links.create",
            "text": "parameter `note` is new.",
            "pointer": "#/components/schemas/request.CreateLink/properties/note",
            "place": f"{specs['more']}/schemas/links.yaml:13",
        }
    ]


def test_docs_are_summed_up_by_what_they_are_about(
    specs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["changes", specs["old"], specs["words"]])
    assert (
        "Docs: only readers notice.\n\n  client.links.create: the summary.\n"
        in capsys.readouterr().out
    )


# -- versions


@pytest.mark.parametrize(
    ("current", "level", "wanted"),
    [
        ("0.1.0", Level.BREAKING, "0.2.0"),
        ("0.1.3", Level.ADDITIVE, "0.1.4"),
        ("0.1.3", Level.DOCS, "0.1.4"),
        ("1.2.3", Level.BREAKING, "2.0.0"),
        ("1.2.3", Level.ADDITIVE, "1.3.0"),
        ("1.2.3", Level.DOCS, "1.2.4"),
        ("1.2", Level.DOCS, "1.2.1"),
        # A pre-release says already what its final version will be.
        ("0.2.0rc1", Level.BREAKING, "0.2.0"),
        ("0.2.1rc1", Level.DOCS, "0.2.1"),
        ("0.2.1rc1", Level.BREAKING, "0.3.0"),
        ("2.0.0.dev1", Level.ADDITIVE, "2.0.0"),
        ("1.2.3.post1", Level.DOCS, "1.2.4"),
    ],
)
def test_the_version_is_raised_as_far_as_the_harshest_change_asks(
    current: str, level: Level, wanted: str
) -> None:
    assert proposed_version(current, [change(Level.DOCS), change(level)]) == wanted


def test_without_a_change_the_version_stays() -> None:
    assert proposed_version("0.1.0", []) == "0.1.0"


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ToolError, match=r"'next' is not a version"):
        proposed_version("next", [change(Level.DOCS)])


# -- the changelog


def test_an_entry_has_the_sections_of_keep_a_changelog_and_money_first() -> None:
    entry = changelog_entry(
        "0.2.0",
        [
            change(
                Level.BREAKING,
                "type-changed",
                "models.Link",
                "`id` changed its type from `str` to `int`.",
            ),
            change(
                Level.BREAKING,
                "amount-unit-changed",
                "client.links.create",
                "parameter `amount` is in tenge.",
            ),
            change(Level.BREAKING, "class-removed", "models.Meta", "was removed."),
            change(
                Level.BREAKING,
                "event-proof-changed",
                "webhooks.A",
                "is proved otherwise.",
            ),
            change(
                Level.BREAKING,
                "event-proof-changed",
                "webhooks.B",
                "is proved otherwise.",
            ),
            change(Level.ADDITIVE, "deprecated", "client.links.void", "is deprecated."),
            change(
                Level.ADDITIVE,
                "operation-added",
                "client.links.drop",
                "is new: Drop a link.",
            ),
            change(Level.ADDITIVE, "class-added", "models.New", "is new."),
            change(Level.ADDITIVE, "class-added", "models.Other", "is new."),
            change(
                Level.ADDITIVE,
                "sensitive-added",
                "models.Link",
                "`note` is now redacted in `repr` and logs.",
            ),
            *(
                change(
                    Level.DOCS,
                    "documentation-changed",
                    f"models.M{n}",
                    "the description.",
                )
                for n in range(10)
            ),
        ],
        "2026-01-31",
    )
    assert (
        entry
        == """\
## [0.2.0] - 2026-01-31

### Changed

- **Breaking, money.** `client.links.create`: parameter `amount` is in tenge.
- **Breaking.** `models.Link`: `id` changed its type from `str` to `int`.
- **Breaking.** `webhooks.A` and `webhooks.B`: is proved otherwise.

### Removed

- **Breaking.** `models.Meta` was removed.

### Deprecated

- `client.links.void` is deprecated.

### Added

- `client.links.drop` is new: Drop a link.
- New classes: `models.New` and `models.Other`.

### Security

- `models.Link`: `note` is now redacted in `repr` and logs.

### Documentation

- Descriptions, examples or sources of `models.M0`, `models.M1`, `models.M2`, `models.M3`, `models.M4`, `models.M5`,
  `models.M6`, `models.M7` and 2 more.
"""
    )


def test_an_entry_is_printed_for_the_proposed_version(
    specs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "changes",
                specs["old"],
                specs["more"],
                "--changelog",
                "--date",
                "2026-01-31",
            ]
        )
        == 0
    )
    expected = "## [0.1.1] - 2026-01-31\n\n### Added\n\n- `client.links.create`: parameter `note` is new.\n"
    assert capsys.readouterr().out == expected


def test_an_entry_is_written_above_the_newest_one(
    specs: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "CHANGELOG.md"
    log.write_text(
        "# Changelog\n\nWords.\n\n## [0.1.0] - 2026-01-01\n\n### Added\n\n- All.\n",
        "utf-8",
    )
    arguments = [
        "--write-changelog",
        "0.2.0",
        "--date",
        "unreleased",
        "--changelog-file",
        str(log),
    ]
    assert main(["changes", specs["old"], specs["more"], *arguments]) == 0
    assert log.read_text("utf-8") == (
        "# Changelog\n\nWords.\n\n## [0.2.0] - unreleased\n\n### Added\n\n- `client.links.create`: parameter `note` is "
        "new.\n\n## [0.1.0] - 2026-01-01\n\n### Added\n\n- All.\n"
    )


def test_an_entry_is_not_written_twice(tmp_path: Path) -> None:
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# Changelog\n\n## [0.1.0] - unreleased\n\n- All.\n", "utf-8")
    with pytest.raises(ToolError, match="already has an entry for 0.1.0"):
        insert(log, changelog_entry("0.1.0", [], "2026-01-31"))
    log.write_text("# Changelog\n", "utf-8")
    with pytest.raises(ToolError, match="has no entry such as"):
        insert(log, changelog_entry("0.1.0", [], "2026-01-31"))
    with pytest.raises(ToolError, match="cannot be read"):
        insert(tmp_path / "none.md", changelog_entry("0.1.0", [], "2026-01-31"))


def test_a_version_that_is_too_small_is_not_written(
    specs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "CHANGELOG.md"
    log.write_text("## [0.1.0] - 2026-01-01\n", "utf-8")
    arguments = ["--write-changelog", "0.1.1", "--changelog-file", str(log)]
    assert main(["changes", specs["old"], specs["less"], *arguments]) == 1
    assert (
        "0.1.1 is too small for what changed since 0.1.0: it asks for 0.2.0."
        in capsys.readouterr().err
    )
    assert log.read_text("utf-8") == "## [0.1.0] - 2026-01-01\n"


def test_a_date_that_is_none_is_refused(
    specs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["changes", specs["old"], specs["more"], "--date", "soon"]) == 1
    assert "'soon' is not a date. Write one such as " in capsys.readouterr().err


# -- the version in pyproject.toml


@pytest.fixture
def released(tmp_path: Path, specs: dict[str, str]) -> Path:
    """The directory of a release 0.1.0 of the old spec."""
    directory = tmp_path / "released"
    directory.mkdir()
    (directory / "openapi.json").write_bytes(
        loader.bundle_bytes(load_side(specs["old"]))
    )
    (directory / "VERSION").write_text("0.1.0\n", "utf-8")
    return directory


def test_before_the_first_release_every_version_will_do(
    specs: dict[str, str], tmp_path: Path
) -> None:
    assert size_of_version(load_side(specs["old"]), "0.1.0", tmp_path / "none") == (
        True,
        "Version 0.1.0: nothing was released yet, so there is nothing that it could be too small for.",
    )


@pytest.mark.parametrize(
    ("side", "version", "enough"),
    [
        ("old", "0.1.0", True),
        ("old", "0.0.9", False),
        ("more", "0.1.0", False),
        ("more", "0.1.1", True),
        ("words", "0.1.0", False),
        ("less", "0.1.1", False),
        ("less", "0.2.0", True),
        ("less", "0.2.0.dev1", True),
        ("less", "1.0.0", True),
    ],
)
def test_the_version_must_be_large_enough_for_what_changed(
    specs: dict[str, str], released: Path, side: str, version: str, enough: bool
) -> None:
    assert size_of_version(load_side(specs[side]), version, released)[0] is enough


def test_a_version_that_is_too_small_is_told_which_is_needed_and_why(
    specs: dict[str, str], released: Path
) -> None:
    assert size_of_version(load_side(specs["less"]), "0.1.1", released)[1] == (
        "Version 0.1.1 in pyproject.toml is too small: since 0.1.0 there is 1 breaking change:\n"
        "  - models.Link: `status` was removed. If responses still contain it, find it in `additional_properties`.\n"
        'Write version = "0.2.0" there, then run: python -m generator changes --write-changelog 0.2.0 --date unreleased'
    )


def test_half_a_record_of_the_release_is_an_error(
    specs: dict[str, str], released: Path
) -> None:
    (released / "VERSION").unlink()
    with pytest.raises(
        ToolError, match="VERSION is missing, so nobody knows what was released"
    ):
        size_of_version(load_side(specs["old"]), "0.1.0", released)


def test_the_command_compares_with_the_release_where_no_side_is_given(
    specs: dict[str, str],
    released: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(released_module, "DIRECTORY", released)
    assert main(["check-version", "--spec", f"{specs['less']}/openapi.yaml"]) == 1
    assert 'Write version = "0.2.0" there' in capsys.readouterr().out
    monkeypatch.setattr(released_module, "DIRECTORY", released / "none")
    assert main(["check-version"]) == 0
    assert main(["changes"]) == 1
    said = capsys.readouterr().err
    assert "Nothing was released yet" in said
    assert "./nox -s changes -- HEAD" in said
