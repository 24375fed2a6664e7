"""The archives: what makes them the same bytes each time, and that each kind of mistake in them is found."""

from __future__ import annotations

import io
import re
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.clones import HERE, git

from generator.release import archives
from generator.release.archives import Archives, Both
from generator.release.distributions import CLIENT, DISTRIBUTIONS, SANDBOX, Distribution
from generator.release.project import Project, Refused

INFO = f"plexy_pay-{HERE.version}.dist-info"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return archives.build(HERE.root, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def built(both: Both) -> Archives:
    return both.client


@pytest.fixture
def spoil(both: Both, tmp_path: Path) -> Callable[..., list[str]]:
    """Changes the files of a wheel, and gives what is found wrong with it."""

    def in_wheel(
        change: Callable[[Files], object], distribution: Distribution = CLIENT
    ) -> list[str]:
        built = both[DISTRIBUTIONS.index(distribution)]
        files = archives.read_wheel(built.wheel)
        change(files)
        path = tmp_path / built.wheel.name
        with zipfile.ZipFile(path, "w") as wheel:
            for name, content in files.items():
                wheel.writestr(name, content)
        return archives.wrong_in(HERE, distribution, Archives(built.sdist, path))

    return in_wheel


def test_what_is_built_is_right(both: Both) -> None:
    assert not archives.problems(HERE, both)


def test_each_wheel_has_one_package_and_the_description_is_the_sandboxs(
    both: Both,
) -> None:
    client, sandbox = (set(archives.read_wheel(one.wheel)) for one in both)
    assert {name.partition("/")[0] for name in client} == {"plexy_pay", INFO}
    assert {name.partition("/")[0] for name in sandbox} == {
        "plexy_pay_sandbox",
        f"plexy_pay_sandbox-{HERE.version}.dist-info",
    }
    assert "plexy_pay/openapi.json" not in client
    assert "plexy_pay_sandbox/openapi.json" in sandbox
    assert not [name for name in client if name.endswith("entry_points.txt")]
    assert not [
        name for name in archives.read_sdist(both.client.sdist) if "sandbox" in name
    ]


def test_a_change_of_the_surroundings_changes_no_byte(
    both: Both, tmp_path: Path
) -> None:
    copy = tmp_path / "a clone elsewhere"
    archives.copy_tree(HERE, copy)
    env = {"TZ": "Asia/Almaty", "LC_ALL": "C", "PYTHONHASHSEED": "3"}
    other = archives.build(copy, tmp_path / "out", env=env, umask=0o077)
    assert [archives.digest(path) for path in other.files] == [
        archives.digest(path) for path in both.files
    ]


def test_no_file_of_an_archive_has_a_date_an_owner_or_a_mode_of_this_machine(
    built: Archives,
) -> None:
    with tarfile.open(built.sdist) as sdist:
        assert {
            (member.mtime, member.uid, member.uname, member.mode) for member in sdist
        } == {(int(archives.SOURCE_DATE_EPOCH), 0, "", 0o644)}
    with zipfile.ZipFile(built.wheel) as wheel:
        assert {
            (info.date_time[:3], info.external_attr >> 16 & 0o777)
            for info in wheel.infolist()
        } == {((2020, 2, 2), 0o644)}
    # Bytes 4 to 7 of gzip are a date too.
    assert int.from_bytes(built.sdist.read_bytes()[4:8], "little") == int(
        archives.SOURCE_DATE_EPOCH
    )


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda one: one.name)
def test_a_package_without_its_mark_for_type_checkers_is_found(
    distribution: Distribution, spoil: Callable[..., list[str]]
) -> None:
    package = distribution.package
    found = spoil(lambda files: files.pop(f"{package}/py.typed"), distribution)
    assert f"The wheel lacks {package}/py.typed." in found
    assert any(
        text.startswith(f"The wheel has no {package}/py.typed") for text in found
    )


def test_a_file_too_many_is_found(spoil: Callable[..., list[str]]) -> None:
    found = spoil(
        lambda files: files.update(
            {
                "tests/test_a.py": b"",
                "plexy_pay/state.json": b"{}",
                "plexy_pay_sandbox/__init__.py": b"",
            }
        )
    )
    assert "The wheel must not have tests/test_a.py." in found
    assert "The wheel must not have plexy_pay_sandbox/__init__.py." in found
    assert "The wheel must not have plexy_pay/state.json." in found
    assert (
        f"{INFO}/RECORD of the wheel does not list exactly the files it has." in found
    )


def test_a_file_with_other_bytes_than_the_tree_is_found(
    spoil: Callable[..., list[str]],
) -> None:
    found = spoil(
        lambda files: files.update({"plexy_pay/cards.py": b"# by another hand\n"})
    )
    assert "The wheel has other bytes than the tree in plexy_pay/cards.py." in found


@pytest.mark.parametrize(
    "text",
    [
        str(HERE.root),
        str(Path.home() / "somewhere")
        if len(Path.home().parts) > 2
        else "/home/somebody",
        "/home/somebody/project",
        "/Users/somebody/project",
        "C:\\Users\\somebody",
        "https://me:word@index.shop.example/simple",
    ],
)
def test_a_place_of_a_machine_or_a_login_is_found(
    text: str, spoil: Callable[..., list[str]]
) -> None:
    found = spoil(
        lambda files: files.update({"plexy_pay/cards.py": f"# {text}\n".encode()})
    )
    assert any(
        "plexy_pay/cards.py names a place of this machine or a login" in problem
        for problem in found
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Metadata-Version: 2.4", "Metadata-Version: 2.5", "metadata version"),
        ("\nVersion: ", "\nVersion: 9", "version"),
        ("Requires-Python: >=3.11", "Requires-Python: >=3.9", "Python"),
        ("License-Expression: MIT", "License-Expression: ISC", "license"),
        ("Requires-Dist: httpx", "Requires-Dist: requests", "dependencies"),
        (
            "Description-Content-Type: text/markdown",
            "Description-Content-Type: text/plain",
            "description's type",
        ),
        (
            "Project-URL: API documentation, https",
            "Project-URL: API documentation, http",
            "addresses",
        ),
        ("# plexy-pay", "# another", "description"),
        ("Name: plexy-pay", "Name: -", "invalid"),
    ],
)
def test_metadata_other_than_pyproject_says_is_found(
    old: str, new: str, what: str, spoil: Callable[..., list[str]]
) -> None:
    def change(files: Files) -> None:
        text = files[f"{INFO}/METADATA"].decode()
        assert old in text
        files[f"{INFO}/METADATA"] = text.replace(old, new, 1).encode()

    found = spoil(change)
    assert any(text.startswith("METADATA: ") and what in text for text in found)
    assert "PKG-INFO of the sdist and METADATA of the wheel differ." in found


def test_a_licence_of_the_sandbox_other_than_the_one_of_the_repository_is_found(
    both: Both, tmp_path: Path
) -> None:
    copy = tmp_path / "clone"
    archives.copy_tree(HERE, copy)
    with (copy / "LICENSE").open("a", encoding="utf-8") as file:
        file.write("Another word.\n")
    git(copy, "init", "--quiet")
    found = archives.wrong_in(Project(copy), SANDBOX, both.sandbox)
    assert "The sdist has other bytes than the tree in LICENSE." in found


def test_a_file_too_many_in_the_sdist_is_found(built: Archives, tmp_path: Path) -> None:
    path = tmp_path / built.sdist.name
    with tarfile.open(built.sdist) as old, tarfile.open(path, "w:gz") as new:
        for member in old:
            new.addfile(member, old.extractfile(member))
        name = f"plexy_pay-{HERE.version}/spec/openapi.yaml"
        new.addfile(tarfile.TarInfo(name), io.BytesIO())
        link = tarfile.TarInfo(f"plexy_pay-{HERE.version}/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        new.addfile(link)
    found = archives.wrong_in(HERE, CLIENT, Archives(path, built.wheel))
    assert found == [
        "The sdist must not have link.",
        "The sdist must not have spec/openapi.yaml.",
    ]


def test_a_new_file_that_is_not_committed_is_in_the_archives_and_counts_as_of_the_tree(
    tmp_path: Path,
) -> None:
    (tmp_path / "directory").mkdir()
    with pytest.raises(
        Refused,
        match="must hold one sdist and one wheel of plexy-pay and of plexy-pay-sandbox, and has no archive",
    ):
        archives.find(tmp_path / "directory")


@pytest.mark.parametrize(
    "name", ["plexy_pay_sandbox-1.0.0-py3-none-any.whl", "plexy_pay-1.0.0.tar.gz"]
)
def test_archives_of_one_distribution_alone_or_of_two_versions_are_refused(
    name: str, both: Both, tmp_path: Path
) -> None:
    for path in both.files:
        shutil.copy(path, tmp_path)
    assert [path.name for path in archives.find(tmp_path).files] == [
        path.name for path in both.files
    ]
    (tmp_path / name).touch()
    with pytest.raises(Refused, match="must hold one sdist and one wheel of"):
        archives.find(tmp_path)
    for path in tmp_path.glob(f"{name.partition('-')[0]}-*"):
        path.unlink()
    with pytest.raises(Refused, match="must hold one sdist and one wheel of"):
        archives.find(tmp_path)


def test_a_readme_that_an_index_cannot_show_is_found(
    built: Archives, tmp_path: Path
) -> None:
    path = tmp_path / built.wheel.name
    shutil.copy(built.wheel, path)
    files = archives.read_wheel(built.wheel)
    text = files[f"{INFO}/METADATA"].decode().replace("text/markdown", "text/x-rst", 1)
    files[f"{INFO}/METADATA"] = text.encode()
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    (said,) = archives.said_by_tools(HERE, CLIENT, Archives(built.sdist, path))
    assert said.startswith("twine says:")


def test_two_builds_that_differ_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(root: Path, out: Path, **options: object) -> Both:
        out.mkdir()
        one, other = (Archives(out / f"{x}.tar.gz", out / f"{x}.whl") for x in "ab")
        for path in (*one, other.sdist):
            path.write_text("the same", "utf-8")
        other.wheel.write_text(str(root), "utf-8")
        return Both(one, other)

    monkeypatch.setattr(archives, "build", build)
    with pytest.raises(Refused, match=r"Two builds of the same tree differ in b\.whl"):
        archives.build_twice(Project(HERE.root), tmp_path / "out", ["python"])


def test_an_index_shows_no_link_that_it_cannot_follow(both: Both) -> None:
    for built in both:
        files = archives.read_wheel(built.wheel)
        (metadata,) = (name for name in files if name.endswith("/METADATA"))
        links = re.findall(r"\]\(([^)]*)\)", files[metadata].decode())
        assert links
        assert all(link.startswith("https://") for link in links)
