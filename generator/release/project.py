"""What the repository says about its version, and what git says about the repository."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

#: What a heading of CHANGELOG.md says in place of a date until `nox -s release` writes one.
UNRELEASED = "unreleased"
_HEADING = re.compile(
    r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\S+))?[ \t]*$", re.MULTILINE
)


class Refused(Exception):
    """Nothing was done, for every reason in `reasons`; each says what to do about it."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(self.reasons)

    def __str__(self) -> str:
        return "\n".join(f"- {reason}" for reason in self.reasons)


@dataclass(frozen=True)
class Entry:
    """One version of the changelog.

    Attributes:
        version: What stands in the brackets of its heading.
        date: What stands after it; empty if nothing does.
        text: What is below the heading, without the blank lines around it.
        heading: Where the heading starts and ends in the file.
    """

    version: str
    date: str
    text: str
    heading: tuple[int, int]


@dataclass(frozen=True)
class Project:
    """A clone of this repository.

    Attributes:
        root: Its directory.
    """

    root: Path

    @property
    def pyproject(self) -> Path:
        """The file with the version and the dependencies."""
        return self.root / "pyproject.toml"

    @property
    def changelog_file(self) -> Path:
        """The changelog."""
        return self.root / "CHANGELOG.md"

    @property
    def package(self) -> Path:
        """The directory of the generated package."""
        return self.root / "generated" / "plexy_pay"

    @property
    def description(self) -> Path:
        """The document that the package is made of, which the sandbox carries."""
        return self.root / "sandbox" / "plexy_pay_sandbox" / "openapi.json"

    @property
    def dist(self) -> Path:
        """Where archives that passed every check are; what is in it is uploaded."""
        return self.root / "dist"

    @property
    def released_spec(self) -> Path:
        """The document of the last release, which `changes` compares with."""
        return self.root / "spec" / "released" / "openapi.json"

    @property
    def released_version_file(self) -> Path:
        """The file with the version of the last release."""
        return self.root / "spec" / "released" / "VERSION"

    @property
    def released_version(self) -> str:
        """The version of the last release; empty before the first."""
        file = self.released_version_file
        return file.read_text("utf-8").strip() if file.is_file() else ""

    def metadata(self) -> dict[str, Any]:
        """The table `project` of pyproject.toml."""
        table: dict[str, Any] = tomllib.loads(self.pyproject.read_text("utf-8"))[
            "project"
        ]
        return table

    @property
    def version(self) -> str:
        """The version in pyproject.toml."""
        return str(self.metadata()["version"])

    def changelog(self) -> list[Entry]:
        """The versions of the changelog, the newest first as it is written."""
        text = self.changelog_file.read_text("utf-8")
        headings = list(_HEADING.finditer(text))
        ends = [*[heading.start() for heading in headings], len(text)][1:]
        return [
            Entry(
                heading["version"],
                heading["date"] or "",
                text[heading.end() : end].strip(),
                heading.span(),
            )
            for heading, end in zip(headings, ends, strict=True)
        ]

    def git(self, *arguments: str) -> str:
        """What a git command prints.

        Raises:
            Refused: if git fails, which it does outside a clone.
        """
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )
        if done.returncode:
            raise Refused(
                [f"`git {arguments[0]}` failed in {self.root}: {done.stderr.strip()}"]
            )
        return done.stdout

    def files(self, *directories: str) -> list[str]:
        """The files of the tree as git sees them, new ones too and ignored ones not, relative to the root."""
        listed = self.git(
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
            "--",
            *directories,
        )
        return sorted(
            name for name in listed.split("\0") if name and (self.root / name).is_file()
        )

    def uncommitted(self) -> list[str]:
        """What differs from the commit that is checked out, new files too, one line for each file."""
        return self.git("status", "--porcelain", "--untracked-files=all").splitlines()

    def tagged_commit(self, version: str) -> str:
        """The commit that the tag of a version names; empty if there is no such tag."""
        name = f"refs/tags/{tag_of(version)}"
        return self.git(
            "for-each-ref",
            "--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)",
            name,
        ).strip()

    @property
    def commit(self) -> str:
        """The commit that is checked out."""
        return self.git("rev-parse", "HEAD").strip()


def tag_of(version: str) -> str:
    """The name of the git tag of a version."""
    return f"v{version}"


def version_problem(version: str) -> str:
    """Return why a text cannot be a version of this package; empty if it can."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        return f"{version!r} is not a version. Write one such as 0.2.0 or 1.0.0rc1."
    if str(parsed) != version:
        return f"The version {version!r} is spelled {str(parsed)!r}: indexes know it by that name."
    if parsed.local or parsed.epoch:
        return f"{version!r} has a local part or an epoch, and public indexes take neither."
    return ""
