"""Where a vendored package is written, and where it is found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.diagnostics import ToolError
from generator.vendor import placing
from generator.vendor.lock import NAME


def package(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "__init__.py").touch()
    return directory


def vendored(directory: Path) -> Path:
    package(directory)
    (directory / NAME).touch()
    return directory


def test_a_name_with_dots_is_a_directory_below_the_given_one(tmp_path: Path) -> None:
    place = placing.place(tmp_path, "shop._vendor.acme_pay")
    assert place.directory == tmp_path / "shop" / "_vendor" / "acme_pay"
    assert place.package == "shop._vendor.acme_pay"
    assert place.missing == (tmp_path / "shop", tmp_path / "shop" / "_vendor")
    assert not place.is_taken
    assert list(tmp_path.iterdir()) == [], "nothing is made yet"


def test_the_packages_that_the_given_directory_is_in_are_part_of_the_name(
    tmp_path: Path,
) -> None:
    package(tmp_path / "src" / "shop")
    inner = package(tmp_path / "src" / "shop" / "_vendor")
    place = placing.place(inner, "acme_pay")
    assert place.package == "shop._vendor.acme_pay"
    assert place.missing == ()


def test_a_copy_that_is_there_is_taken_for_one(tmp_path: Path) -> None:
    vendored(tmp_path / "acme_pay")
    assert placing.place(tmp_path, "acme_pay").is_taken


@pytest.mark.parametrize(
    "name",
    ["", "acme-pay", "acme..pay", "class", "acme.import", "1pay", "../acme", "a/b"],
)
def test_what_is_no_name_of_a_package_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="is no name in Python"):
        placing.place(tmp_path, name)


@pytest.mark.parametrize("name", ["httpx", "attrs", "json", "logging.plexy"])
def test_a_package_that_would_hide_what_it_needs_is_refused(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(ToolError, match="would hide another one"):
        placing.place(tmp_path, name)
    assert placing.place(package(tmp_path / "shop"), name).package == f"shop.{name}"


def test_a_directory_with_files_of_others_is_refused(tmp_path: Path) -> None:
    (package(tmp_path / "acme_pay") / "theirs.py").touch()
    with pytest.raises(ToolError, match="not ours to replace"):
        placing.place(tmp_path, "acme_pay")


def test_an_empty_directory_and_one_that_only_python_wrote_to_may_be_used(
    tmp_path: Path,
) -> None:
    cache = tmp_path / "acme_pay" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "left.pyc").touch()
    assert placing.place(tmp_path, "acme_pay").directory == tmp_path / "acme_pay"


def test_a_directory_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for call in (
        lambda: placing.place(tmp_path / "typo", "a"),
        lambda: placing.find(tmp_path / "typo", None),
    ):
        with pytest.raises(ToolError, match="There is no directory"):
            call()


def test_nothing_is_written_into_a_vendored_package(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="is a vendored package itself"):
        placing.place(vendored(tmp_path / "acme_pay"), "plexy_pay")


def test_links_files_and_modules_of_that_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(package(tmp_path / "real"))
    (tmp_path / "file").touch()
    (tmp_path / "module.py").touch()
    for name, message in (
        ("linked", "symbolic link"),
        ("file", "no directory"),
        ("module", "would be hidden"),
    ):
        for full in (name, f"{name}.acme_pay"):
            with pytest.raises(ToolError, match=message):
                placing.place(tmp_path, full)


def test_a_copy_is_found_from_any_directory_above_it_and_from_itself(
    tmp_path: Path,
) -> None:
    copy = vendored(tmp_path / "src" / "shop" / "_vendor" / "acme_pay")
    for directory in (tmp_path, tmp_path / "src", copy.parent, copy):
        assert placing.find(directory, None) == copy
        assert placing.find(directory, "acme_pay") == copy
        assert placing.find(directory, "shop._vendor.acme_pay") == copy


def test_copies_in_environments_and_build_directories_are_not_looked_for(
    tmp_path: Path,
) -> None:
    for directory in (
        ".venv/lib",
        "build/lib",
        "node_modules",
        "env/lib/site-packages",
    ):
        vendored(tmp_path / directory / "acme_pay")
    copy = vendored(tmp_path / "acme_pay")
    assert placing.find(tmp_path, None) == copy


def test_several_copies_are_told_apart_by_directory_or_name(tmp_path: Path) -> None:
    one, two = (vendored(tmp_path / "src" / name) for name in ("acme_pay", "other_pay"))
    with pytest.raises(ToolError, match="several") as raised:
        placing.find(tmp_path, None)
    assert str(one) in str(raised.value)
    assert str(two) in str(raised.value)
    assert placing.find(tmp_path, "other_pay") == placing.find(two, None) == two


def test_no_copy_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    vendored(tmp_path / "acme_pay")
    with pytest.raises(ToolError, match="no vendored package called other_pay"):
        placing.find(tmp_path, "other_pay")
    with pytest.raises(ToolError, match="Without --check and --update"):
        placing.find(tmp_path, "other_pay")


def test_the_repository_of_a_directory_is_found(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert placing.repository(package(tmp_path / "src" / "shop")) == tmp_path.resolve()
