"""The sdist and the wheel: how they are made, the same bytes each time, and what must be in them and nothing else."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from packaging.metadata import InvalidMetadata, Metadata
from packaging.requirements import Requirement

from generator.agreement import disagreements

from .distributions import DISTRIBUTIONS, Distribution
from .project import Project, Refused
from .running import run

#: The date of every file in the archives. It is the one that hatchling takes by itself, so that whoever builds a
#: released sdist without any option gets the released wheel.
SOURCE_DATE_EPOCH = "1580601600"

#: The format of the metadata, which each pyproject.toml names for both archives.
METADATA_VERSION = "2.4"

# Each begins with what is rare: every byte of the archives is looked at.
_HOMES = re.compile(rb"(?:/(?:home|Users)/|:\\+Users\\+)[A-Za-z0-9_.-]+")
_IMAGE = re.compile(r"!\[[^\]]*\]\((?!https?:)[^)]*\)\n*")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")
_LOGIN_IN_ADDRESS = re.compile(rb"://[^\s/\"'<>]*:[^\s/\"'<>]*@")


class Archives(NamedTuple):
    """An sdist and a wheel of the same version of one distribution."""

    sdist: Path
    wheel: Path


class Both(NamedTuple):
    """The archives of the client and those of the sandbox, of the same version; in the order of their upload."""

    client: Archives
    sandbox: Archives

    @property
    def files(self) -> list[Path]:
        """All of them."""
        return [*self.client, *self.sandbox]


def find(directory: Path) -> Both:
    """Return the archives in a directory.

    Raises:
        Refused: unless there is exactly one sdist and one wheel of each distribution, and no other.
    """
    found = [_of_one(directory, distribution) for distribution in DISTRIBUTIONS]
    there = {*directory.glob("*.tar.gz"), *directory.glob("*.whl")}
    if None in found or len(there) != 2 * len(DISTRIBUTIONS):
        names = ", ".join(sorted(path.name for path in there)) or "no archive"
        wanted = " and of ".join(one.name for one in DISTRIBUTIONS)
        raise Refused(
            [
                f"{directory.name}/ must hold one sdist and one wheel of {wanted}, and has {names}. "
                "Run `./nox -s build`."
            ]
        )
    return Both(*(archives for archives in found if archives is not None))


def _of_one(directory: Path, distribution: Distribution) -> Archives | None:
    """Return the archives of a distribution in a directory; None unless there is one of each kind."""
    sdists = list(directory.glob(f"{distribution.package}-*.tar.gz"))
    wheels = list(directory.glob(f"{distribution.package}-*.whl"))
    if len(sdists) != 1 or len(wheels) != 1:
        return None
    return Archives(sdists[0], wheels[0])


def build(
    root: Path,
    out: Path,
    *,
    python: str = "",
    env: Mapping[str, str] | None = None,
    umask: int = -1,
) -> Both:
    """Build each sdist, and its wheel from the sdist, with the hatchling of constraints.txt.

    Args:
        root: The root of the repository.
        out: Where the archives go.
        python: The Python to build with, which gets a hatchling of its own; without it this one, with the hatchling
            that is installed beside it.
        env: Variables to change in the environment.
        umask: The umask to build with; -1 for the one there is.

    Raises:
        Refused: if the build fails.
    """
    if python:
        with_python = ["--python", python, "--build-constraints", "constraints.txt"]
    else:
        with_python = ["--python", sys.executable, "--no-build-isolation"]
    changed = os.environ | {"SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH} | dict(env or {})
    command = ["uv", "build", "--quiet", "--no-create-gitignore", "--out-dir", str(out)]
    for distribution in DISTRIBUTIONS:
        done = run(
            [*command, *with_python, distribution.directory],
            root,
            env=changed,
            umask=umask,
        )
        if done.failed:
            raise Refused([f"The build of {distribution.name} failed:\n{done.said}"])
    return find(out)


def build_twice(project: Project, out: Path, pythons: list[str]) -> Both:
    """Build here, and a copy of the tree elsewhere with all else that may differ: no byte may differ then.

    The second build runs in another directory, with another Python if there is one, and another umask, time zone,
    locale and hash seed.

    Raises:
        Refused: if a build fails, or if the two differ.
    """
    with tempfile.TemporaryDirectory(prefix="plexy-elsewhere-") as scratch:
        copy = Path(scratch) / "another directory" / "clone"
        copy_tree(project, copy)
        unlike = {"TZ": "Asia/Almaty", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
        with ThreadPoolExecutor(max_workers=1) as executor:
            elsewhere = executor.submit(
                build,
                copy,
                Path(scratch) / "out",
                python=pythons[0],
                env=unlike,
                umask=0o077,
            )
            here = build(
                project.root,
                out,
                python=pythons[-1],
                env={"TZ": "UTC", "PYTHONHASHSEED": "1"},
            )
            other = elsewhere.result()
        different = [
            path.name
            for path, twin in zip(here.files, other.files, strict=True)
            if digest(path) != digest(twin)
        ]
        if different:
            raise Refused(
                [
                    f"Two builds of the same tree differ in {', '.join(different)}: look at what they hold."
                ]
            )
    return here


def copy_tree(project: Project, to: Path) -> None:
    """Copy the files of the tree, as private files of this user."""
    for name in project.files():
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.root / name, target)
        target.chmod(0o600)


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def problems(project: Project, both: Both) -> list[str]:
    """Return what is wrong with the archives, by our own rules and those of the usual tools; empty if nothing is."""
    found = disagreements(project.root)
    for distribution, archives in zip(DISTRIBUTIONS, both, strict=True):
        found += wrong_in(project, distribution, archives) or said_by_tools(
            project, distribution, archives
        )
    return found


def wrong_in(
    project: Project, distribution: Distribution, archives: Archives
) -> list[str]:
    """Return what is wrong with the files in the archives, and with what the archives say of them."""
    stem = distribution.stem(project.version)
    names = (f"{stem}.tar.gz", f"{stem}-py3-none-any.whl")
    found = [
        f"{path.name} must be called {name}."
        for path, name in zip(archives, names, strict=True)
        if path.name != name
    ]
    if found:
        return found
    wheel, sdist = read_wheel(archives.wheel), read_sdist(archives.sdist)
    found += _contents(project, distribution, wheel, sdist)
    for path, files in zip(archives, (sdist, wheel), strict=True):
        found += _private(project, path, files)
    info = f"{stem}.dist-info"
    found += _record(wheel, f"{info}/RECORD")
    if f"{distribution.package}/py.typed" not in wheel:
        found.append(
            f"The wheel has no {distribution.package}/py.typed: type checkers would not read the package."
        )
    metadata = wheel.get(f"{info}/METADATA", b"")
    found += _metadata(project, distribution, metadata)
    if sdist.get("PKG-INFO") != metadata:
        found.append("PKG-INFO of the sdist and METADATA of the wheel differ.")
    return found


def said_by_tools(
    project: Project, distribution: Distribution, archives: Archives
) -> list[str]:
    """Return what twine has against them, which knows how an index shows README.md, and check-wheel-contents."""
    twine = ["twine", "check", "--strict", str(archives.sdist), str(archives.wheel)]
    check_wheel_contents = [
        "check_wheel_contents",
        "--config",
        str(distribution.pyproject(project.root)),
        str(archives.wheel),
    ]
    return [
        *_said_by(twine, project.root),
        *_said_by(check_wheel_contents, project.root),
    ]


def read_wheel(path: Path) -> dict[str, bytes]:
    """The files of a wheel."""
    with zipfile.ZipFile(path) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


def read_sdist(path: Path) -> dict[str, bytes]:
    """The files of an sdist, without the directory that all are in."""
    files: dict[str, bytes] = {}
    with tarfile.open(path) as sdist:
        for member in sdist:
            # A link or a device has no content, and is not expected: it shows as a file too many.
            content = sdist.extractfile(member) if member.isfile() else None
            files[str(PurePosixPath(*PurePosixPath(member.name).parts[1:]))] = (
                content.read() if content else b""
            )
    return files


def _contents(
    project: Project,
    distribution: Distribution,
    wheel: dict[str, bytes],
    sdist: dict[str, bytes],
) -> list[str]:
    """Compare each archive with the files of the tree that belong in it, byte for byte, and no other."""
    in_wheel: dict[str, bytes] = {}
    in_sdist: dict[str, bytes] = {}
    for name in project.files(distribution.source):
        content = (project.root / name).read_bytes()
        part = PurePosixPath(name).relative_to(distribution.source)
        in_wheel[str(distribution.package / part)] = content
        in_sdist[str(PurePosixPath(name).relative_to(distribution.directory))] = content
    for name, source in distribution.sdist_files.items():
        in_sdist[name] = (project.root / source).read_bytes()
    info = f"{distribution.stem(project.version)}.dist-info"
    in_wheel[f"{info}/licenses/LICENSE"] = (project.root / "LICENSE").read_bytes()
    entry_points = _entry_points(distribution.metadata(project.root))
    if entry_points:
        in_wheel[f"{info}/entry_points.txt"] = entry_points
    written = {f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD"}
    return [
        *_unlike("The wheel", wheel, in_wheel, written),
        *_unlike("The sdist", sdist, in_sdist, {"PKG-INFO"}),
    ]


def _entry_points(metadata: dict[str, Any]) -> bytes:
    """Return entry_points.txt as hatchling writes the commands and the plugins; empty if there are none."""
    groups: dict[str, dict[str, str]] = {}
    if "scripts" in metadata:
        groups["console_scripts"] = metadata["scripts"]
    groups |= metadata.get("entry-points", {})
    sections: list[str] = []
    for group, points in groups.items():
        lines = [f"{name} = {value}\n" for name, value in points.items()]
        sections.append(f"[{group}]\n{''.join(lines)}")
    return "\n".join(sections).encode()


def _unlike(
    where: str, there: dict[str, bytes], wanted: dict[str, bytes], written: set[str]
) -> list[str]:
    found = [
        f"{where} lacks {name}."
        for name in sorted((wanted.keys() | written) - there.keys())
    ]
    found += [
        f"{where} must not have {name}."
        for name in sorted(there.keys() - wanted.keys() - written)
    ]
    changed = sorted(
        name for name in there.keys() & wanted.keys() if there[name] != wanted[name]
    )
    return found + [
        f"{where} has other bytes than the tree in {name}." for name in changed
    ]


def _private(project: Project, archive: Path, files: dict[str, bytes]) -> list[str]:
    """Nothing in an archive tells of the machine it was made on."""
    directories = {
        project.root,
        Path.home(),
        Path(tempfile.gettempdir()),
        Path(sys.prefix),
        Path(sys.base_prefix),
    }
    # "/" or "/tmp" alone would be found in any text.
    telling = [
        str(directory).encode() for directory in directories if len(directory.parts) > 2
    ]
    found: list[str] = []
    for name, content in sorted(files.items()):
        seen = [path for path in telling if path in content]
        seen += [
            match[0]
            for pattern in (_HOMES, _LOGIN_IN_ADDRESS)
            if (match := pattern.search(content))
        ]
        found += [
            f"{archive.name}: {name} names a place of this machine or a login: {path!r}."
            for path in seen
        ]
    return found


def _record(wheel: dict[str, bytes], name: str) -> list[str]:
    """The list of files that an installer trusts says what is there."""
    listed: dict[str, str] = {
        row[0]: row[1]
        for row in csv.reader(io.StringIO(wheel.get(name, b"").decode()))
        if row
    }
    there = {
        path: "sha256="
        + base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        .rstrip(b"=")
        .decode()
        for path, content in wheel.items()
    }
    there[name] = ""
    return (
        []
        if listed == there
        else [f"{name} of the wheel does not list exactly the files it has."]
    )


def _metadata(
    project: Project, distribution: Distribution, content: bytes
) -> list[str]:
    """Compare what an index and an installer read with what pyproject.toml says."""
    try:
        metadata = Metadata.from_email(content, validate=True)
    except ExceptionGroup as group:
        return [f"METADATA: {error}" for error in group.exceptions]
    except InvalidMetadata as error:
        return [f"METADATA: {error}"]
    table = distribution.metadata(project.root)
    extras: dict[str, list[str]] = table.get("optional-dependencies", {})
    wanted = {_requirement(text) for text in table["dependencies"]}
    wanted |= {
        _requirement(text, extra) for extra, texts in extras.items() for text in texts
    }
    pairs: list[tuple[str, object, object]] = [
        ("metadata version", metadata.metadata_version, METADATA_VERSION),
        ("name", metadata.name, table["name"]),
        ("version", str(metadata.version), table["version"]),
        ("summary", metadata.summary, table["description"]),
        ("license", metadata.license_expression, table["license"]),
        ("license files", metadata.license_files, table["license-files"]),
        ("Python", str(metadata.requires_python), table["requires-python"]),
        ("description's type", metadata.description_content_type, "text/markdown"),
        (
            "description",
            (metadata.description or "").strip(),
            _as_an_index_shows_it(distribution.home(project.root) / "README.md"),
        ),
        (
            "classifiers",
            sorted(metadata.classifiers or []),
            sorted(table["classifiers"]),
        ),
        ("addresses", metadata.project_urls, table["urls"]),
        ("dependencies", {str(item) for item in metadata.requires_dist or []}, wanted),
    ]
    return [
        f"METADATA: the {what} is {got!r}, and must be {want!r}."
        for what, got, want in pairs
        if got != want
    ]


def _as_an_index_shows_it(readme: Path) -> str:
    """Return the text of a README without images and links into the repository, which an index does not have."""
    text = _IMAGE.sub("", readme.read_text("utf-8"))
    return _LINK.sub(r"\1", text).strip()


def _requirement(text: str, extra: str = "") -> str:
    requirement = Requirement(text)
    if extra:
        condition = f"extra == '{extra}'"
        marker = (
            f"({requirement.marker}) and {condition}"
            if requirement.marker
            else condition
        )
        requirement = Requirement(f"{text.split(';')[0]}; {marker}")
    return str(requirement)


def _said_by(command: list[str], directory: Path) -> list[str]:
    env = {**os.environ, "NO_COLOR": "1", "TERM": "dumb"}
    done = run([sys.executable, "-m", *command], directory, env=env)
    return [f"{command[0]} says:\n{done.said}"] if done.failed else []
