"""The bills of materials of a release: what installing each distribution brings, in CycloneDX.

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

from packaging.utils import canonicalize_name

from .archives import Both
from .distributions import DISTRIBUTIONS, Distribution
from .project import Project, Refused
from .running import output_of

#: The newest version of the format that the common scanners read.
FORMAT = "1.6"


def file_name(distribution: Distribution, version: str) -> str:
    """Return the name of the bill of a version."""
    return f"{distribution.stem(version)}.cdx.json"


def write(project: Project, made: Both, out: Path) -> list[Path]:
    """Write the bills into a directory, and return their paths. The tool validates them with the schema of CycloneDX.

    Args:
        project: The clone.
        made: Its archives; the sandbox's bill takes the client of the same version from them.
        out: Where the bills go.

    Raises:
        Refused: if a tool fails, or if a bill tells of this machine.
    """
    out.mkdir(parents=True, exist_ok=True)
    return [
        _write_one(project, distribution, made, out) for distribution in DISTRIBUTIONS
    ]


def _write_one(
    project: Project, distribution: Distribution, made: Both, out: Path
) -> Path:
    """Write the bill of a distribution, and return its path."""
    file = out / file_name(distribution, project.version)
    table = distribution.metadata(project.root)
    oldest = str(table["requires-python"]).removeprefix(">=")
    pyproject = str(distribution.pyproject(project.root))
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
                    pyproject,
                ),
                # Found as on an index, where nothing says of it that it came from a file.
                *("--find-links", str(made.client.wheel.parent)),
            ],
            project.root,
        )
        _run(
            [
                *(sys.executable, "-m", "cyclonedx_py", "environment", python),
                *("--pyproject", pyproject, "--mc-type", "library"),
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
        prove(project, distribution, file, scratch)
    return file


def prove(
    project: Project, distribution: Distribution, file: Path, scratch: str
) -> None:
    """Prove that the bill names what pyproject.toml asks for, and nothing of the machine or the run it was made in.

    Raises:
        Refused: if it does not.
    """
    text = file.read_text("utf-8")
    bill = json.loads(text)
    # A package may spell its own name in another way, as Jinja2 does.
    named = {canonicalize_name(component["name"]) for component in bill["components"]}
    direct = {
        canonicalize_name(re.split(r"[^A-Za-z0-9_.-]", text)[0])
        for text in distribution.metadata(project.root)["dependencies"]
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


def _run(command: list[str], directory: Path) -> None:
    # A date in the environment would become a date in the bill.
    env = {
        name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"
    }
    output_of(command, directory, env)
