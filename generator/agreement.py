"""The version stands in four places: in two projects, and where each of them names the other. It is one version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """Where the version stands.

    Attributes:
        file: The file, seen from the root of the repository.
        line: What surrounds the version there; `VERSION` stands for it.
    """

    file: str
    line: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds it, with the version as its group."""
        before, after = map(re.escape, self.line.split("VERSION"))
        # At the start of a line or of an entry: `python_version` is another thing.
        return re.compile(rf'((?:^|[\[ ]){before})([^"]*)(?={after})', re.MULTILINE)


CLIENT, SANDBOX = "pyproject.toml", "sandbox/pyproject.toml"
#: The first one decides.
PLACES = (
    Place(CLIENT, 'version = "VERSION"'),
    Place(CLIENT, '"plexy-pay-sandbox==VERSION"'),
    Place(SANDBOX, 'version = "VERSION"'),
    Place(SANDBOX, '"plexy-pay[cards]==VERSION"'),
)


def disagreements(root: Path) -> list[str]:
    """Return each place that has another version than pyproject.toml, and what to write there."""
    versions = [_version_at(root, place) for place in PLACES]
    wanted = versions[0]
    return [
        f"{place.file} must say `{place.line.replace('VERSION', wanted)}`, which is the version in {CLIENT}, and has "
        f"{found or 'none'}. Write it there; `./nox -s release` keeps all places equal."
        for place, found in zip(PLACES, versions, strict=True)
        if found != wanted
    ]


def written(root: Path, version: str) -> dict[Path, str]:
    """Return the text of each of the files with the version in all its places."""
    texts: dict[Path, str] = {}
    for place in PLACES:
        path = root / place.file
        text = texts.get(path) or path.read_text("utf-8")
        texts[path] = place.pattern.sub(rf"\g<1>{version}", text, count=1)
    return texts


def _version_at(root: Path, place: Place) -> str:
    """Return the version in a place; nothing where it is not said."""
    path = root / place.file
    found = place.pattern.search(path.read_text("utf-8")) if path.is_file() else None
    return found[2] if found else ""
