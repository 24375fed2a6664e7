"""`nox -s build`: the archives of a version and its bills of materials, once they have passed every check."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from . import archives, installing, sbom
from .project import Project, Refused


def build(
    project: Project, pythons: list[str], say: Callable[[str], None] = print
) -> None:
    """Build twice, check, install everywhere, and only then put the archives into dist/.

    Args:
        project: The clone to build.
        pythons: The Pythons to install into, the oldest first.
        say: Prints a line.

    Raises:
        Refused: with all that is wrong; dist/ is empty then.
    """
    started = time.perf_counter()
    shutil.rmtree(project.dist, ignore_errors=True)

    def tell(text: str) -> None:
        say(f"{text} ({time.perf_counter() - started:.0f} s)")

    with tempfile.TemporaryDirectory(prefix="plexy-build-") as name:
        scratch = Path(name).resolve()
        made = archives.build_twice(project, scratch / "made", pythons)
        tell("Two builds, in unlike surroundings: the same bytes.")
        if problems := archives.problems(project, made):
            raise Refused(problems)
        tell(
            "They hold the files of the tree that belong in them, byte for byte, and nothing else."
        )
        if problems := installing.try_everywhere(
            project, made, pythons, scratch / "tries"
        ):
            raise Refused(problems)
        tell(
            f"Each was installed on {len(pythons)} Pythons, and a payment was made, captured and refunded."
        )
        bills = sbom.write(project, made, scratch / "bills")
        tell("The bills of materials are valid.")
        (project.dist / "sbom").mkdir(parents=True)
        for path in made.files:
            shutil.copyfile(path, project.dist / path.name)
        for bill in bills:
            shutil.copyfile(bill, project.dist / "sbom" / bill.name)
    copied = [project.dist / "sbom" / bill.name for bill in bills]
    for path in (*archives.find(project.dist).files, *copied):
        say(f"{archives.digest(path)}  {path.relative_to(project.root)}")
