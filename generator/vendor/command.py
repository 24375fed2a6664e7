"""Run the command `vendor` of `python -m generator`."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from .. import pipeline
from ..diagnostics import ToolError
from . import copying, placing, report
from .building import OWN_NAME
from .checking import check


def add_vendor(command: argparse.ArgumentParser) -> None:
    """Give the command its options, and its function."""
    command.set_defaults(run=partial(run, command))
    command.add_argument(
        "dest",
        type=Path,
        metavar="DEST",
        help="a directory from which the other repository imports its code; with --check or --update the copy, or any "
        "directory above it",
    )
    command.add_argument(
        "--name",
        help=f"the package to write, with dots (default: {OWN_NAME}); with --check or --update which copy",
    )
    command.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PARTS",
        help="the resources to keep, with commas; also webhooks and cards",
    )
    command.add_argument(
        "--overlay",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="an OpenAPI Overlay 1.0 or 1.1 document to apply first; several apply in order",
    )
    does = command.add_mutually_exclusive_group()
    does.add_argument(
        "--check",
        action="store_true",
        help="say whether a copy is untouched and current",
    )
    does.add_argument(
        "--update",
        action="store_true",
        help="bring a copy to the spec of today, with its options",
    )
    command.add_argument(
        "--discard-edits",
        action="store_true",
        help="write over a copy that somebody edited by hand",
    )
    command.add_argument(
        "--json", action="store_true", help="with --check: print JSON with stable keys"
    )
    command.add_argument(
        "--spec", type=Path, default=pipeline.SPEC, help="the root of the spec"
    )


def run(command: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Copy, check or update; return 0 if the copy is there, or if it is untouched and current."""
    _check_options(command, options)
    only = _parts(command, options.only)
    try:
        if options.check:
            return _check(options)
        if options.update:
            return _update(options)
        return _vendor(options, only)
    except OSError as error:
        raise ToolError(
            f"{error.filename or options.dest}: {error.strerror or error}."
        ) from None


def _check_options(
    command: argparse.ArgumentParser, options: argparse.Namespace
) -> None:
    """End the program if the options do not go together."""
    if options.json and not options.check:
        command.error("--json goes with --check")
    if options.discard_edits and options.check:
        command.error(
            "--check changes nothing, so there is nothing that --discard-edits could discard"
        )
    if (options.check or options.update) and (options.only or options.overlay):
        command.error(
            "--only and --overlay are read from the lock; to change them, run this without --check and --update"
        )


def _parts(command: argparse.ArgumentParser, given: list[str]) -> list[str]:
    """Return the names of the parts; the option may be there several times, each with several names."""
    if not given:
        return []
    parts = [part.strip() for part in ",".join(given).split(",")]
    if not all(parts):
        command.error("--only has an empty name; write it like payment_links,webhooks")
    return parts


def _vendor(options: argparse.Namespace, only: list[str]) -> int:
    name = OWN_NAME if options.name is None else options.name
    copied = copying.vendor(
        options.spec,
        options.dest,
        name,
        only,
        options.overlay,
        discard_edits=options.discard_edits,
    )
    _print(report.copied(copied))
    return 0


def _update(options: argparse.Namespace) -> int:
    directory = placing.find(options.dest, options.name)
    copied = copying.update(
        options.spec, directory, discard_edits=options.discard_edits
    )
    _print(report.updated(copied))
    return 0


def _check(options: argparse.Namespace) -> int:
    directory = placing.find(options.dest, options.name)
    found = check(options.spec, directory)
    _print([report.as_json(found)] if options.json else report.checked(found))
    return 0 if found.passes else 1


def _print(lines: list[str]) -> None:
    print("\n".join(lines))
