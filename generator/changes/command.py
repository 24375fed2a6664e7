"""Run the commands `changes` and `check-version` of `python -m generator`."""

from __future__ import annotations

import argparse
import datetime
import tomllib
from pathlib import Path

from .. import agreement, pipeline
from ..diagnostics import ToolError, shown
from . import changelog, report
from . import released as releases
from .comparison import compare
from .cross_check import cross_check
from .side_loader import load_side, text_at
from .versions import parsed


def add_changes(command: argparse.ArgumentParser) -> None:
    """Give `changes` its options, and what it runs."""
    command.set_defaults(run=run, overlay=[])
    side = "a git revision, a directory, or a bundled document"
    command.add_argument("old", nargs="?", help=f"{side}; else what was released")
    command.add_argument(
        "new",
        nargs="?",
        default=shown(pipeline.SPEC.parent),
        help=f"{side}; else spec/",
    )
    command.add_argument(
        "--json", action="store_true", help="print JSON with stable keys"
    )
    command.add_argument(
        "--changelog", action="store_true", help="print the entry for CHANGELOG.md"
    )
    command.add_argument(
        "--write-changelog",
        metavar="VERSION",
        help="write the entry of this version to CHANGELOG.md",
    )
    command.add_argument(
        "--date", help="the date of the entry (today's), or `unreleased`"
    )
    command.add_argument(
        "--changelog-file",
        type=Path,
        default=pipeline.PROJECT / "CHANGELOG.md",
        metavar="FILE",
    )
    _add_cross_check(command)


def add_check_version(command: argparse.ArgumentParser) -> None:
    """Give `check-version` its options, and what it runs."""
    command.set_defaults(run=check_version, overlay=[])
    command.add_argument(
        "--spec", type=Path, default=pipeline.SPEC, help="the root of the spec"
    )
    _add_cross_check(command)


def _add_cross_check(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--cross-check",
        action="store_true",
        help="generate both packages and fail on what griffe says is broken and no breaking change explains",
    )


def run(options: argparse.Namespace) -> int:
    """Compare, and print or write what was asked for."""
    date = _date(options.date)
    if options.old is None:
        options.old = _released()
    old, new = load_side(options.old), load_side(options.new)
    version = version_of(options.old)
    comparison = report.Comparison(
        options.old, options.new, old, new, version, compare(old, new)
    )
    wanted = options.write_changelog or comparison.proposed
    if parsed(wanted) < parsed(comparison.proposed):
        raise ToolError(
            f"{wanted} is too small for what changed since {version}: it asks for {comparison.proposed}. Give that, or "
            "a later one."
        )
    unexplained = (
        cross_check(old, new, comparison.changes) if options.cross_check else None
    )
    entry = changelog.changelog_entry(wanted, comparison.changes, date)
    _print(options, comparison, unexplained, entry)
    if unexplained:
        return 1
    if options.write_changelog:
        changelog.insert(options.changelog_file, entry)
        if not options.json:
            print(
                f"\nWrote the entry for {wanted} to {shown(options.changelog_file)}. Read it, and make it shorter."
            )
    return 0


def _released() -> str:
    """Return the released document as a side of the comparison."""
    if releases.released() is None:
        raise ToolError(
            "Nothing was released yet, so say what to compare with: a git revision, a directory or a file. For what "
            "changed since the last commit, type: ./nox -s changes -- HEAD"
        )
    return shown(releases.DIRECTORY / "openapi.json")


def _print(
    options: argparse.Namespace,
    comparison: report.Comparison,
    unexplained: list[str] | None,
    entry: str,
) -> None:
    if options.json:
        print(report.as_json(comparison, unexplained))
    elif options.changelog:
        print(entry, end="")
    else:
        print(report.as_text(comparison))
        _print_unexplained(unexplained)


def _print_unexplained(unexplained: list[str] | None) -> None:
    if unexplained:
        print(
            "\ngriffe says that this broke, and no breaking change above explains it:"
        )
        print("\n".join(f"  {text}" for text in unexplained))
        print(
            "Class the change in generator/changes/, with a row in tests/generator/changes/table.yaml."
        )
    elif unexplained is not None:
        print(
            "\nCross-check: every breakage that griffe finds in the two packages is explained above."
        )


def check_version(options: argparse.Namespace) -> int:
    """Compare the spec with the released one, and the version with what that asks for and wherever else it stands."""
    new, last = pipeline.load(options.spec), releases.released()
    enough, text = releases.size_of_version(new, pipeline.package_version())
    print(text)
    unexplained = None
    if options.cross_check and last is not None:
        unexplained = cross_check(last[1], new, compare(last[1], new))
        _print_unexplained(unexplained)
    disagreements = agreement.disagreements(pipeline.PROJECT)
    print(*disagreements, sep="\n", end="\n" if disagreements else "")
    return 0 if enough and not unexplained and not disagreements else 1


def version_of(side: str) -> str:
    """Return the version of the package that a side belongs to; that of today where nothing says it."""
    path = Path(side)
    if path.exists():
        directory = path if path.is_dir() else path.parent
        if (directory / "VERSION").is_file():
            return (directory / "VERSION").read_text("utf-8").strip()
        return pipeline.package_version()
    try:
        return str(tomllib.loads(text_at(side, "pyproject.toml"))["project"]["version"])
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError):
        return pipeline.package_version()


def _date(text: str | None) -> str:
    today = datetime.date.today().isoformat()
    if text is None or text == "unreleased":
        return text or today
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ToolError(
            f"{text!r} is not a date. Write one such as {today}, or `unreleased`."
        ) from None
