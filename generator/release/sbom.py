"""The bill of materials of a release: what `pip install plexy-pay` brings, in CycloneDX.

The versions are those of constraints.txt, which every test ran with. Python decides whether a dependency is needed; the
bill is for the oldest supported one on Linux, which needs them all, so that it has the same bytes wherever it is made.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path

from .project import Project, Refused
from .running import output_of

#: The newest version of the format that the common scanners read.
FORMAT = "1.6"


def file_name(version: str) -> str:
    """The name of the bill of a version."""
    return f"plexy_pay-{version}.cdx.json"


def write(project: Project, out: Path) -> Path:
    """Write the bill into a folder, and return its path. The tool validates it against the schema of CycloneDX.

    Raises:
        Refused: if a tool fails, or if the bill tells of this machine.
    """
    out.mkdir(parents=True, exist_ok=True)
    file = out / file_name(project.version)
    oldest = str(project.metadata()["requires-python"]).removeprefix(">=")
    with tempfile.TemporaryDirectory(prefix="plexy-sbom-") as scratch:
        environment = Path(scratch) / "environment"
        _run(
            ["uv", "venv", "--quiet", "--python", sys.executable, str(environment)],
            project.root,
        )
        python = str(environment / "bin" / "python")
        # Only what says of a package what it is and needs is read of it: none of them runs here.
        _run(
            [
                *(
                    "uv",
                    "pip",
                    "install",
                    "--quiet",
                    "--python",
                    python,
                    "--constraint",
                    "constraints.txt",
                ),
                *(
                    "--python-version",
                    oldest,
                    "--python-platform",
                    "linux",
                    "--requirements",
                    "pyproject.toml",
                ),
            ],
            project.root,
        )
        _run(
            [
                *(sys.executable, "-m", "cyclonedx_py", "environment", python),
                *("--pyproject", "pyproject.toml", "--mc-type", "library"),
                *(
                    "--spec-version",
                    FORMAT,
                    "--output-format",
                    "JSON",
                    "--output-reproducible",
                    "--validate",
                ),
                *("--output-file", str(file)),
            ],
            project.root,
        )
        prove(project, file, scratch)
    return file


def prove(project: Project, file: Path, scratch: str) -> None:
    """The bill names what pyproject.toml asks for, and nothing of the machine or the run that it was made in.

    Raises:
        Refused: if it does not.
    """
    text = file.read_text("utf-8")
    bill = json.loads(text)
    named = {component["name"] for component in bill["components"]}
    direct = {
        re.split(r"[^A-Za-z0-9_.-]", text)[0]
        for text in project.metadata()["dependencies"]
    }
    if not direct <= named:
        raise Refused(
            [f"The bill of materials lacks {', '.join(sorted(direct - named))}."]
        )
    if (
        scratch in text
        or str(project.root) in text
        or "file:" in text
        or "serialNumber" in bill
    ):
        raise Refused(["The bill of materials tells of this machine or this run."])


def _run(command: list[str], folder: Path) -> None:
    # A date in the environment would become a date in the bill.
    env = {
        name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"
    }
    output_of(command, folder, env)
