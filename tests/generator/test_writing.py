"""A new package takes the place of the old one whole; what did not change is left as it was, and the rest is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator import manifest, writing

OLD = 1_000_000_000


def package(directory: Path, files: dict[str, str]) -> Path:
    """A package with these files, all of which were last changed long ago."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    manifest.write(directory, b"{}", "1")
    for path in directory.rglob("*"):
        if path.is_file() and directory.name == "package":
            os.utime(path, (OLD, OLD))
    return directory


def test_files_that_did_not_change_keep_their_bytes_and_their_time(
    tmp_path: Path,
) -> None:
    there = package(
        tmp_path / "package", {"same.py": "a", "other.py": "b", "gone.py": "c"}
    )
    built = package(
        tmp_path / "scratch" / "built",
        {"same.py": "a", "other.py": "x", "new/one.py": "d"},
    )
    found = writing.put(built, there)
    assert found == writing.Difference(("new/one.py",), ("other.py",), ("gone.py",))
    assert {path.name: path.stat().st_mtime == OLD for path in there.rglob("*.py")} == {
        "same.py": True,
        "other.py": False,
        "one.py": False,
    }
    assert (there / "other.py").read_text("utf-8") == "x"


def test_a_package_that_is_the_same_is_not_touched(tmp_path: Path) -> None:
    there = package(tmp_path / "package", {"same.py": "a"})
    before = there.stat().st_ino
    assert not writing.put(
        package(tmp_path / "scratch" / "built", {"same.py": "a"}), there
    )
    assert there.stat().st_ino == before
    assert (there / "same.py").stat().st_mtime == OLD


def test_a_changed_record_alone_is_written_and_told(tmp_path: Path) -> None:
    there = package(tmp_path / "package", {"same.py": "a"})
    built = package(tmp_path / "scratch" / "built", {"same.py": "a"})
    manifest.write(built, b"{}", "2")
    found = writing.put(built, there)
    assert writing.told(found) == [
        "Files: 1 changed (~ changed).",
        "  package: ~ manifest.json",
    ]
    assert manifest.read(there)["version"] == "2"
    assert (there / "same.py").stat().st_mtime == OLD


def test_a_directory_without_a_record_is_replaced_file_by_file_all_the_same(
    tmp_path: Path,
) -> None:
    there, built = tmp_path / "there", tmp_path / "scratch" / "built"
    for directory, text in ((there, "a"), (built, "b")):
        directory.mkdir(parents=True)
        (directory / "one.py").write_text(text, "utf-8")
        (directory / "two.py").write_text("same", "utf-8")
    os.utime(there / "two.py", (OLD, OLD))
    assert writing.put(built, there).changed == ("one.py",)
    assert (there / "one.py").read_text("utf-8") == "b"
    assert (there / "two.py").stat().st_mtime == OLD


def test_a_failure_leaves_the_old_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = package(tmp_path / "package", {"same.py": "a"})
    built = package(tmp_path / "scratch" / "built", {"same.py": "b"})
    rename = os.rename

    def fail(source: Path, target: Path) -> None:
        if source == built:
            raise OSError("no")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OSError, match="no"):
        writing.put(built, there)
    assert (there / "same.py").read_text("utf-8") == "a"


def test_changes_are_told_by_operation_and_model(tmp_path: Path) -> None:
    found = writing.Difference(
        added=("api/pets/create_pet.py", "models/pet.py"),
        changed=(
            "_resources/pets.py",
            "params/__init__.py",
            "_core/flow.py",
            "webhooks/_events.py",
            "openapi.json",
        ),
        removed=("api/pets/delete_pet.py", "models/__init__.py"),
    )
    assert writing.told(found) == [
        "Files: 2 added, 5 changed, 2 removed (+ added, ~ changed, - removed).",
        "  operations: + pets.create_pet, - pets.delete_pet",
        "  resources: ~ pets",
        "  models: + pet",
        "  webhooks: ~ _events",
        "  parameters: ~",
        "  runtime: ~ flow",
        "  package: - models/__init__.py",
        "  sandbox: ~ openapi.json",
    ]


def test_only_what_happened_is_counted_and_explained() -> None:
    assert writing.told(writing.Difference((), ("flow.py",), ())) == [
        "Files: 1 changed (~ changed).",
        "  runtime: ~ flow",
    ]


def test_a_long_list_of_files_is_cut() -> None:
    found = writing.Difference(tuple(f"models/m{n:03}.py" for n in range(100)), (), ())
    assert writing.told(found)[1].endswith("+ m019, and 80 more")
