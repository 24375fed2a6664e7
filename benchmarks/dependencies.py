"""What the package needs at run time: httpx and attrs, and nothing else."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks.measuring import Spread
from benchmarks.report import Row, alone

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
ALLOWED = {"attrs", "httpx"}


def names(project: Path = PROJECT) -> set[str]:
    """The distributions that an installation without extras requires."""
    declared = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    return {
        re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()
        for requirement in declared
    }


def rows(effort: float = 1.0, project: Path = PROJECT) -> list[Row]:
    """How many dependencies there are beyond the two that are allowed. Effort changes nothing."""
    found = names(project)
    others = float(len(found - ALLOWED))
    what = "run-time dependencies besides httpx and attrs"
    return [
        Row(
            what,
            Spread.of([others]),
            "",
            limit=0,
            detail=f"needs {', '.join(sorted(found))}",
        )
    ]


if __name__ == "__main__":
    sys.exit(alone(rows, __doc__))
