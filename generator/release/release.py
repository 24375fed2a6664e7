"""`nox -s release`: make a version of what is here. It writes files and commits nothing."""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

from packaging.version import Version

from generator import agreement, pipeline
from generator.changes import compare
from generator.changes.cross_check import cross_check
from generator.changes.released import released, size_of_version
from generator.diagnostics import GenerationError, SpecError, ToolError
from generator.document import Document

from .project import UNRELEASED, Entry, Project, Refused, tag_of, version_problem
from .running import run


def release(project: Project, version: str, day: date) -> list[str]:
    """Write the version into both projects and its date into CHANGELOG.md, generate, and record the released document.

    Safe to repeat until the version is tagged. If something fails, every file is as it was.

    Args:
        project: The clone.
        version: The version to make.
        day: The date of the release.

    Returns:
        What to do next, one line each.

    Raises:
        Refused: if it cannot be a version that follows the last one, or if the changelog says nothing of it.
    """
    reasons, compared = _unfit(project, version), ""
    if not reasons:
        reasons, compared = _since_the_last(project, version)
    entry, problem = _entry(project, version)
    if problem:
        reasons.append(problem)
    if reasons or entry is None:
        raise Refused(reasons)
    changelog = project.changelog_file.read_text("utf-8")
    start, end = entry.heading
    written = agreement.written(project.root, version)
    heading = f"## [{version}] - {day.isoformat()}"
    written[project.changelog_file] = changelog[:start] + heading + changelog[end:]
    before = {path: path.read_text("utf-8") for path in written}
    try:
        for path, text in written.items():
            path.write_text(text, "utf-8")
        # A process of its own, since it reads the version anew. It leaves generated/ as it was if it fails.
        _generate(project)
    except BaseException:
        for path, text in before.items():
            path.write_text(text, "utf-8")
        raise
    project.released_spec.parent.mkdir(exist_ok=True)
    project.released_spec.write_bytes(project.description.read_bytes())
    project.released_version_file.write_text(f"{version}\n", "utf-8")
    return [
        f"This is {version} now: both pyproject.toml, CHANGELOG.md, spec/released/ and generated/ say so.",
        *([compared] if compared else []),
        "Nothing is committed. Next:",
        f"  git diff && git add --all && git commit --message 'Release {version}'",
        "  ./nox -s check && ./nox -s tests",
        "  ./nox -s build",
        f"  git tag --sign {tag_of(version)} && git push origin HEAD {tag_of(version)}",
        "CI publishes what is tagged. From here it is:",
        "  ./nox -s publish -- --index NAME",
    ]


def _unfit(project: Project, version: str) -> list[str]:
    """Why it cannot be the next version; empty if it can."""
    if problem := version_problem(version):
        return [problem]
    if project.tagged_commit(version):
        return [
            f"{version} is released: there is a tag {tag_of(version)}. Choose a new version."
        ]
    last = project.released_version
    if last and Version(version) < Version(last):
        return [f"{version} is older than {last}, the last release."]
    if Version(version) < Version(project.version):
        return [
            f"{version} is older than {project.version}, which pyproject.toml says."
        ]
    return []


def _since_the_last(project: Project, version: str) -> tuple[list[str], str]:
    """What speaks against the version in what changed since the last one that was tagged, and what griffe found."""
    tags = project.git(
        "tag", "--merged", "HEAD", "--list", tag_of("*"), "--sort=-version:refname"
    ).split()
    if not tags:
        return [], ""
    with tempfile.TemporaryDirectory() as directory:
        for path in (project.released_spec, project.released_version_file):
            text = project.git(
                "show", f"{tags[0]}:{path.relative_to(project.root).as_posix()}"
            )
            (Path(directory) / path.name).write_text(text, "utf-8")
        try:
            new = pipeline.load(project.root / "spec" / "openapi.yaml")
            enough, text = size_of_version(new, version, Path(directory))
            return _cross_checked(new, Path(directory)) if enough else ([text], "")
        except (SpecError, ToolError) as error:
            return [str(error)], ""


def _cross_checked(new: Document, directory: Path) -> tuple[list[str], str]:
    """What griffe says is broken since the version in the directory and no breaking change explains."""
    last = released(directory)
    assert last is not None
    before, old = last
    try:
        found = cross_check(old, new, compare(old, new))
    except GenerationError as error:
        # It may be of a time with other rules, and nobody can change it any more.
        return [], f"griffe could not compare it with {before}. {error}"
    if not found:
        return (
            [],
            f"Every breakage that griffe finds since {before} is told by `./nox -s changes`.",
        )
    listed = "\n".join(f"    {text}" for text in found)
    return [
        f"griffe says that this broke since {before}, and no breaking change of the description explains it:\n"
        f"{listed}\n  Class the change in generator/changes/, with a row in tests/generator/changes/table.yaml."
    ], ""


def _entry(project: Project, version: str) -> tuple[Entry | None, str]:
    """The changelog's entry for the version, and why it cannot be used."""
    entries = project.changelog()
    newest = entries[0] if entries else None
    if newest is None or (newest.version != version and not _is_open(newest)):
        return (
            None,
            f"CHANGELOG.md must begin with an entry `## [{version}] - {UNRELEASED}` that tells users what changed.",
        )
    if not newest.text:
        return (
            None,
            f"CHANGELOG.md says nothing under [{newest.version}]. Tell users what changed.",
        )
    return newest, ""


def _is_open(entry: Entry) -> bool:
    return UNRELEASED in (entry.version.lower(), entry.date.lower())


def _generate(project: Project) -> None:
    done = run([sys.executable, "-m", "generator", "generate"], project.root)
    if done.failed:
        raise Refused(
            [
                f"The package could not be generated, and nothing was changed:\n{done.said}"
            ]
        )
