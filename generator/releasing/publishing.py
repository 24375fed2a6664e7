"""`nox -s publish`: upload what `nox -s build` made, if nothing speaks against it.

Every reason against it is found before anything is sent, and what is quick to find comes first. twine uploads: it
takes the login from TWINE_USERNAME and TWINE_PASSWORD or from the keyring, and nothing here prints it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from . import archives, indexes
from .project import UNRELEASED, Project, Refused, tag_of, version_problem
from .running import run

PACKAGE = "plexy-pay"


def publish(
    project: Project,
    index: indexes.Index,
    *,
    tag: str = "",
    dry_run: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Upload the archives in dist/ to an index.

    An upload that broke off is finished: files that are there with the same bytes are left out. If all are there, or
    one with other bytes, the version is taken.

    Args:
        project: The clone to publish from.
        index: Where to.
        tag: The git tag that this is the publication of; it must name this version and this commit.
        dry_run: Stop before anything is sent.
        say: Prints a line.

    Raises:
        Refused: with every reason, if something speaks against it.
    """
    version = project.version
    if reasons := unfinished(project, tag):
        raise Refused(reasons)
    made = archives.find(project.dist)
    missing = not_there_yet(made, indexes.files(index, PACKAGE, version), index, version)
    say(
        f"{PACKAGE} {version}: the tree is clean, the changelog tells of it, {index.name!r} does not have it yet."
    )
    if len(missing) < len(made):
        say("An upload broke off: one of the two files is there, with the same bytes. The other is missing.")
    if reasons := stale(project):
        raise Refused(reasons)
    say("generated/ is current, and dist/ is what this commit builds.")
    if dry_run:
        say("It can be published. Nothing was sent.")
        return
    upload(missing, index, project.root)
    for path in missing:
        say(f"Uploaded {path.name}, sha256 {archives.digest(path)}.")
    if not project.tagged_commit(version):
        say(f"Now tag the commit: git tag --sign {tag_of(version)} && git push origin {tag_of(version)}")


def unfinished(project: Project, tag: str = "") -> list[str]:
    """Why this commit is no release; empty if it is one."""
    reasons: list[str] = []
    if changed := project.uncommitted():
        shown = "\n".join(f"    {line}" for line in changed[:10])
        more = f"\n    and {len(changed) - 10} more" if len(changed) > 10 else ""
        reasons.append(f"The tree is not clean. Commit or remove what git lists:\n{shown}{more}")
    version = project.version
    if problem := version_problem(version):
        reasons.append(problem)
    reasons += _in_the_changelog(project, version)
    if project.released_version != version:
        reasons.append(
            f"The last release on record is {project.released_version or 'none'}, and pyproject.toml says {version}. "
            f"Run `./nox -s release -- {version}` and commit."
        )
    else:
        document = project.package / "openapi.json"
        if not document.is_file() or project.released_spec.read_bytes() != document.read_bytes():
            reasons.append(
                f"spec/released/ is not the document of the package. Run `./nox -s release -- {version}` and commit."
            )
    tagged = project.tagged_commit(version)
    if tagged and tagged != project.commit:
        reasons.append(
            f"The tag {tag_of(version)} names another commit ({tagged[:12]}). Check that out, or release a new version."
        )
    if tag and tag != tag_of(version):
        reasons.append(f"The tag {tag!r} is not that of version {version}, which is {tag_of(version)!r}.")
    elif tag and not tagged:
        reasons.append(f"There is no tag {tag!r} in this clone.")
    try:
        archives.find(project.dist)
    except Refused as error:
        reasons += error.reasons
    return reasons


def _in_the_changelog(project: Project, version: str) -> list[str]:
    entries = project.changelog()
    newest = entries[0] if entries else None
    if newest is None or newest.version != version:
        says = f"its newest entry is {newest.version}" if newest else "it has no entry"
        return [f"CHANGELOG.md does not tell of {version}: {says}. Run `./nox -s release -- {version}`."]
    if newest.date == UNRELEASED or not _is_date(newest.date):
        return [
            f"CHANGELOG.md has no date for {version} but {newest.date or 'nothing'!r}. "
            f"Run `./nox -s release -- {version}`."
        ]
    return [] if newest.text else [f"CHANGELOG.md says nothing of {version}. Tell users what changed."]


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def out_of_date(project: Project) -> list[str]:
    """Why generated/ is not what spec/ and generator/ make; empty if it is."""
    # Its own generator, in a process: the version and the runtime modules are those of that clone.
    check = run([sys.executable, "-m", "generator", "check"], project.root)
    if check.failed:
        return [f"generated/ is not current. Run `./nox -s generate` and commit.\n{check.said}"]
    return []


def stale(project: Project) -> list[str]:
    """Why generated/ or dist/ is not what this commit makes; empty if both are."""
    if reasons := out_of_date(project):
        return reasons
    made = archives.find(project.dist)
    with tempfile.TemporaryDirectory(prefix="plexy-publish-") as scratch:
        fresh = archives.build(project.root, Path(scratch))
        if [archives.digest(path) for path in fresh] != [archives.digest(path) for path in made]:
            return ["dist/ is not what this commit builds. Run `./nox -s build`."]
    return []


def not_there_yet(
    made: archives.Archives, there: dict[str, str], index: indexes.Index, version: str
) -> list[Path]:
    """The archives to send.

    Raises:
        Refused: if the version is taken.
    """
    foreign = [
        name
        for name, sha256 in sorted(there.items())
        if not any(path.name == name and archives.digest(path) == sha256 for path in made)
    ]
    if foreign:
        raise Refused(
            [
                f"Version {version} is taken on {index.name!r}: {', '.join(foreign)} is there with other bytes, or "
                "without a hash. A version is published once. Release a new one with `./nox -s release`."
            ]
        )
    missing = [path for path in made if path.name not in there]
    if not missing:
        raise Refused(
            [
                f"Version {version} is on {index.name!r} already, with these very bytes. There is nothing to do."
            ]
        )
    return missing


def upload(paths: list[Path], index: indexes.Index, folder: Path) -> None:
    """Send files with twine.

    Raises:
        Refused: if the index does not take them.
    """
    done = run(
        [
            *(sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar"),
            *(*index.options, *map(str, paths)),
        ],
        folder,
        env={**os.environ, "NO_COLOR": "1", "TERM": "dumb"},
    )
    if done.failed:
        raise Refused(
            [
                f"twine could not upload to {index.name!r}. It says:\n{done.said}\n"
                "A login comes from TWINE_USERNAME and TWINE_PASSWORD or from the keyring. "
                "Once the cause is gone, run the same command again: it sends what is still missing."
            ]
        )
