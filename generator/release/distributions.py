"""What is built, checked and uploaded under names of its own: the client, and the sandbox that needs it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Distribution:
    """A project that becomes an sdist and a wheel.

    Attributes:
        name: Its name on an index.
        directory: Where its pyproject.toml is, seen from the root of the repository.
        package: The name under which its package is imported.
        source: Where that package is, seen from the root.
        sdist_files: What else the sdist has of the tree, by its path there. hatchling adds PKG-INFO.
    """

    name: str
    directory: str
    package: str
    source: str
    sdist_files: Mapping[str, str]

    def stem(self, version: str) -> str:
        """Return how the names of its files begin."""
        return f"{self.package}-{version}"

    def home(self, root: Path) -> Path:
        """Return the directory of the project in a tree."""
        return root / self.directory

    def pyproject(self, root: Path) -> Path:
        """Return its pyproject.toml in a tree."""
        return self.home(root) / "pyproject.toml"

    def metadata(self, root: Path) -> dict[str, Any]:
        """Return the table `project` of its pyproject.toml."""
        text = self.pyproject(root).read_text("utf-8")
        table: dict[str, Any] = tomllib.loads(text)["project"]
        return table


CLIENT = Distribution(
    name="plexy-pay",
    directory=".",
    package="plexy_pay",
    source="generated/plexy_pay",
    sdist_files={
        ".gitignore": ".gitignore",
        "CHANGELOG.md": "CHANGELOG.md",
        "LICENSE": "LICENSE",
        "README.md": "README.md",
        "SECURITY.md": "SECURITY.md",
        "pyproject.toml": "pyproject.toml",
    },
)
SANDBOX = Distribution(
    name="plexy-pay-sandbox",
    directory="sandbox",
    package="plexy_pay_sandbox",
    source="sandbox/plexy_pay_sandbox",
    sdist_files={
        # hatchling looks for it in the directories above, too. LICENSE is a copy, since no file above may be a part.
        ".gitignore": ".gitignore",
        "LICENSE": "LICENSE",
        "README.md": "sandbox/README.md",
        "pyproject.toml": "sandbox/pyproject.toml",
    },
)

#: In the order in which they are uploaded: whoever finds one on an index finds what it needs.
DISTRIBUTIONS = (CLIENT, SANDBOX)
