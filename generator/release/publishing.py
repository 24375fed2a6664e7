"""`nox -s publish`: upload what `nox -s build` made, if nothing speaks against it.

Every reason against it is found before anything is sent, and what is quick to find comes first. `uv publish` asks the
index which files it has, and sends those that are missing.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from generator.agreement import disagreements

from . import archives
from .distributions import DISTRIBUTIONS
from .project import UNRELEASED, Project, Refused, tag_of, version_problem
from .running import Done, run

_LOGIN = re.compile(r"://[^\s\"'<>`]*@")


def index_options(
    name: str = "", publish_url: str = "", check_url: str = ""
) -> list[str]:
    """Return the options of `uv publish` that name an index.

    Args:
        name: The name of an index in the configuration of uv.
        publish_url: The address that takes uploads.
        check_url: The address of the file lists (PEP 503, PEP 691).

    Raises:
        Refused: without a name and without both addresses. uv would send to its default index, or compare nothing.
    """
    if not name and not (publish_url and check_url):
        raise Refused(
            [
                "Nothing says which index to use. Give `--index` with a name in uv.toml, or both `--publish-url`, "
                "which takes uploads, and `--check-url`, which lists the files that are there."
            ]
        )
    given = {"--index": name, "--publish-url": publish_url, "--check-url": check_url}
    return [f"{option}={value}" for option, value in given.items() if value]


def publish(
    project: Project,
    options: Sequence[str],
    *,
    tag: str = "",
    dry_run: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Upload the archives in dist/ to an index.

    An upload that broke off is finished: files that are there with the same bytes are left out.

    Args:
        project: The clone to publish from.
        options: Options of `uv publish` that name the index; see `index_options`.
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
    names = " and ".join(distribution.name for distribution in DISTRIBUTIONS)
    say(f"{names} {version}: the tree is clean, and the changelog tells of it.")
    say(check(made, options, project.root))
    if reasons := stale(project):
        raise Refused(reasons)
    say("generated/ is current, and dist/ is what this commit builds.")
    if dry_run:
        say("It can be published. Nothing was sent.")
        return
    say(upload(made, options, project.root))
    for path in made.files:
        say(f"{archives.digest(path)}  {path.name}")
    if not project.tagged_commit(version):
        say(
            f"Now tag the commit: git tag --sign {tag_of(version)} && git push origin {tag_of(version)}"
        )


def unfinished(project: Project, tag: str = "") -> list[str]:
    """Why this commit is no release; empty if it is one."""
    reasons: list[str] = []
    if changed := project.uncommitted():
        shown = "\n".join(f"    {line}" for line in changed[:10])
        more = f"\n    and {len(changed) - 10} more" if len(changed) > 10 else ""
        reasons.append(
            f"The tree is not clean. Commit or remove what git lists:\n{shown}{more}"
        )
    version = project.version
    if problem := version_problem(version):
        reasons.append(problem)
    reasons += disagreements(project.root)
    reasons += _in_the_changelog(project, version)
    if project.released_version != version:
        reasons.append(
            f"The last release on record is {project.released_version or 'none'}, and pyproject.toml says {version}. "
            f"Run `./nox -s release -- {version}` and commit."
        )
    else:
        document = project.description
        if (
            not document.is_file()
            or project.released_spec.read_bytes() != document.read_bytes()
        ):
            reasons.append(
                f"spec/released/ is not the document of the package. Run `./nox -s release -- {version}` and commit."
            )
    tagged = project.tagged_commit(version)
    if tagged and tagged != project.commit:
        reasons.append(
            f"The tag {tag_of(version)} names another commit ({tagged[:12]}). Check that out, or release a new version."
        )
    if tag and tag != tag_of(version):
        reasons.append(
            f"The tag {tag!r} is not that of version {version}, which is {tag_of(version)!r}."
        )
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
        return [
            f"CHANGELOG.md does not tell of {version}: {says}. Run `./nox -s release -- {version}`."
        ]
    if newest.date == UNRELEASED or not _is_date(newest.date):
        return [
            f"CHANGELOG.md has no date for {version} but {newest.date or 'nothing'!r}. "
            f"Run `./nox -s release -- {version}`."
        ]
    return (
        []
        if newest.text
        else [f"CHANGELOG.md says nothing of {version}. Tell users what changed."]
    )


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
        return [
            f"generated/ is not current. Run `./nox -s generate` and commit.\n{check.said}"
        ]
    return []


def stale(project: Project) -> list[str]:
    """Why generated/ or dist/ is not what this commit makes; empty if both are."""
    if reasons := out_of_date(project):
        return reasons
    made = archives.find(project.dist)
    with tempfile.TemporaryDirectory(prefix="plexy-publish-") as scratch:
        fresh = archives.build(project.root, Path(scratch))
        if [archives.digest(path) for path in fresh.files] != [
            archives.digest(path) for path in made.files
        ]:
            return ["dist/ is not what this commit builds. Run `./nox -s build`."]
    return []


def check(made: archives.Both, options: Sequence[str], directory: Path) -> str:
    """Ask the index which of the files it has, and return what uv says. Nothing is sent.

    Raises:
        Refused: if the index has one with other bytes, or cannot be asked.
    """
    done = _uv_publish(["--dry-run", *options], made.files, directory)
    if done.failed:
        raise Refused(
            [
                f"This cannot be published to this index. Nothing was sent. uv says:\n{done.said}\n"
                "A version is published once: if a file is there with other bytes, or without a hash, release a new "
                "version with `./nox -s release`."
            ]
        )
    return done.said


def upload(made: archives.Both, options: Sequence[str], directory: Path) -> str:
    """Send the files that the index does not have, and return what uv says.

    The client is sent first: the sandbox needs it, and nobody shall find the sandbox on the index without it.

    Raises:
        Refused: if the index does not take them; after a client that it does not take nothing else is sent.
    """
    said: list[str] = []
    for distribution, files in zip(DISTRIBUTIONS, made, strict=True):
        done = _uv_publish(options, files, directory)
        said.append(done.said)
        if done.failed:
            raise Refused(
                [
                    f"The upload of {distribution.name} was not finished. uv says:\n{done.said}\n"
                    "The login comes from UV_PUBLISH_TOKEN, from UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD, or from "
                    "the keyring. Once the cause is gone, run the same command again: it sends what is still missing."
                ]
            )
    return "\n".join(said)


def _uv_publish(options: Sequence[str], files: Sequence[Path], directory: Path) -> Done:
    """Run uv; what it says shows no login, which it quotes where an address or uv.toml cannot be read."""
    # A cached list of files may lack what was uploaded since. An index that trusts a workflow is the workflow's matter.
    how = ["--no-cache", "--no-progress", "--color=never", "--trusted-publishing=never"]
    done = run(["uv", "publish", *how, *options, *map(str, files)], directory)
    return done._replace(said=_LOGIN.sub("://****@", done.said))
