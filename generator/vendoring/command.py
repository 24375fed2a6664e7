"""The command `vendor` of `python -m generator`."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from .. import pipeline
from ..edits import told
from ..emit.optional import ADAPTERS, WEBHOOKS
from ..problems import ToolError
from . import changing, copying, placing
from .building import OWN_NAME, Built
from .checking import Report, check
from .copying import Copied
from .lock import Lock

_FRAMEWORKS = [name.rpartition(".")[2] for name in ADAPTERS]


def add_vendor(command: argparse.ArgumentParser) -> None:
    """Give the command its options, and what it runs."""
    command.set_defaults(run=partial(run, command))
    command.add_argument(
        "dest",
        type=Path,
        metavar="DEST",
        help="a folder from which the other repository imports its code; with --check or --update the copy, or any "
        "folder above it",
    )
    command.add_argument(
        "--name",
        help=f"the package to write, with dots (default: {OWN_NAME}); with --check or --update which copy",
    )
    command.add_argument(
        "--only",
        action="append",
        metavar="PARTS",
        help="the resources to keep, with commas; also webhooks and cards",
    )
    command.add_argument(
        "--overlay",
        type=Path,
        action="append",
        metavar="FILE",
        help="an OpenAPI Overlay 1.0 or 1.1 document to apply first; several apply in order",
    )
    does = command.add_mutually_exclusive_group()
    does.add_argument("--check", action="store_true", help="say whether a copy is untouched and current")
    does.add_argument(
        "--update", action="store_true", help="bring a copy to the spec of today, with its options"
    )
    command.add_argument(
        "--discard-edits", action="store_true", help="write over a copy that somebody edited by hand"
    )
    command.add_argument("--json", action="store_true", help="with --check: print JSON with stable keys")
    command.add_argument("--spec", type=Path, default=pipeline.SPEC, help="the root of the spec")


def run(command: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Copy, check or update; 0 means that the copy is there, or that it is untouched and current."""
    if options.json and not options.check:
        command.error("--json goes with --check")
    if options.discard_edits and options.check:
        command.error("--check changes nothing, so there is nothing that --discard-edits could discard")
    if (options.check or options.update) and (options.only or options.overlay):
        command.error(
            "--only and --overlay are read from the lock; to change them, run this without --check and --update"
        )
    given: list[str] = options.only or []
    only = [part.strip() for text in given for part in text.split(",")]
    if not all(only):
        command.error("--only has an empty name; write it like payment_links,webhooks")
    try:
        return _run(options, only)
    except OSError as error:
        raise ToolError(f"{error.filename or options.dest}: {error.strerror or error}.") from None


def _run(options: argparse.Namespace, only: list[str]) -> int:
    if not (options.check or options.update):
        name = OWN_NAME if options.name is None else options.name
        copied = copying.vendor(
            options.spec,
            options.dest,
            name,
            only,
            options.overlay or [],
            discard_edits=options.discard_edits,
        )
        print("\n".join(_copied(copied)))
        return 0
    folder = placing.find(options.dest, options.name)
    if options.update:
        copied = copying.update(options.spec, folder, discard_edits=options.discard_edits)
        print("\n".join(_updated(copied)))
        return 0
    report = check(options.spec, folder)
    print(as_json(report) if options.json else "\n".join(_checked(report)))
    return 0 if report.passes else 1


def _copied(copied: Copied) -> list[str]:
    folder, built = copied.place.folder, copied.built
    lock = built.lock
    if not copied.is_new:
        return [f"{folder} is already what this would write; nothing was changed."]
    parts = ", ".join(lock.options.only) or "everything"
    lines = [
        f"{'Vendored' if copied.before is None else 'Vendored anew'} {lock.package} in {folder}: {parts} of plexy-pay "
        f"{lock.version}, {_counted(built)}."
    ]
    lines += [
        f"Kept besides: {name}, by which {_listed(calls)} can be looked up." for name, calls in _kept(copied)
    ]
    lines += _notes(copied)
    if copied.before is not None:
        lines += _differences(copied)
    lines += [
        *_requirements(lock),
        f"Commit the folder. To see later whether it is current: ./nox -s vendor -- {shlex.quote(str(folder))} --check",
    ]
    return lines


def _updated(copied: Copied) -> list[str]:
    folder, lock, before = copied.place.folder, copied.built.lock, copied.before
    assert before is not None
    if not copied.is_new:
        return [f"{folder} is current: plexy-pay {lock.version}. Nothing was changed."]
    versions = lock.version if lock.version == before.version else f"{before.version} to {lock.version}"
    lines = [f"Updated {lock.package} in {folder}: plexy-pay {versions}, {_counted(copied.built)}."]
    lines += _differences(copied)
    if lock.requires != before.requires:
        lines += _requirements(lock)
    return [*lines, "Run your tests, read the diff, and commit the folder."]


def _differences(copied: Copied) -> list[str]:
    assert copied.before is not None
    lines = ["Edits that were discarded:", told(copied.discarded)] if copied.discarded else []
    return [*lines, *_updates(copied, copied.before)] if copied.built.lock != copied.before else lines


def _updates(copied: Copied, before: Lock) -> list[str]:
    now, then = copied.built.lock.files, before.files
    files = [name for name in sorted({*now, *then}) if now.get(name) != then.get(name)]
    if not files:
        return ["Every file is the same; only what the lock says of the description changed."]
    if not copied.changes:
        return [f"The API is described the same. Files that changed: {_some(files)}."]
    return ["What changed for code that uses it:", *changing.lines(copied.changes)]


def _checked(report: Report) -> list[str]:
    name = report.lock.package
    if report.passes:
        return [f"{name} in {report.folder} is untouched and current: plexy-pay {report.version}."]
    lines: list[str] = []
    if report.edits:
        lines += [f"{name} in {report.folder} was edited by hand:", told(report.edits)]
        lines.append(
            "Restore these files from your repository's history; docs/vendoring.md says where changes belong."
        )
    else:
        lines.append(f"{name} in {report.folder} is untouched.")
    if report.is_current:
        lines.append(
            f"It was made from the description and the generator of today: plexy-pay {report.version}."
        )
        return lines
    if report.is_newer:
        return [
            *lines,
            f"It is of plexy-pay {report.lock.version}, and this is the older {report.version}. Update this clone "
            "first.",
        ]
    versions = f"of plexy-pay {report.lock.version}"
    if report.lock.version != report.version:
        versions += f", and this is {report.version}"
    lines.append(f"It is out of date. It is {versions}.")
    if report.overlays:
        lines.append(f"Overlays that changed: {', '.join(report.overlays)}.")
    if report.gone:
        lines.append(f"The description no longer has: {', '.join(report.gone)}.")
    if report.changes:
        lines += ["What changed for code that uses it:", *changing.lines(report.changes)]
    elif report.changes is None:
        lines.append("What changed for code that uses it is not known, because its openapi.json was edited.")
    else:
        lines.append(f"The API is described the same. Files that changed: {_some(report.files)}.")
    if report.gone:
        lines.append("Next: vendor it again without --update, and with the parts that there are.")
    elif not report.edits:
        lines.append(f"Next: ./nox -s vendor -- {shlex.quote(str(report.folder))} --update")
    return lines


def as_json(report: Report) -> str:
    """The report for programs; the keys are stable."""
    changes = report.changes
    record: dict[str, Any] = {
        "package": report.lock.package,
        "passes": report.passes,
        "edited": {
            "changed": report.edits.changed,
            "added": report.edits.added,
            "deleted": report.edits.deleted,
        },
        "current": report.is_current,
        "version": {"vendored": report.lock.version, "this": report.version},
        "only": report.lock.options.only,
        "gone": report.gone,
        "overlays": report.overlays,
        "files": report.files,
        "changes": changes
        and [
            {
                "kind": change.kind,
                "level": str(change.level),
                "money": change.is_about_money,
                "where": change.where,
                "text": change.text,
                "pointer": change.pointer,
            }
            for change in changes
        ],
    }
    return json.dumps(record, indent=2, ensure_ascii=False)


def _counted(built: Built) -> str:
    counts = built.counts
    return (
        f"{counts.operations} operations, {counts.models} models and enums, {counts.events} events, "
        f"{len(built.lock.files) + 1} files"
    )


def _requirements(lock: Lock) -> list[str]:
    return ["Your project has to depend on:", *(f"  {requirement}" for requirement in lock.requires)]


def _kept(copied: Copied) -> Iterable[tuple[str, tuple[str, ...]]]:
    return sorted(copied.built.kept.items())


def _notes(copied: Copied) -> Iterable[str]:
    """What a user may not expect, and need not be wrong."""
    folder = copied.place.folder
    for parent in list(folder.parents)[: copied.built.lock.package.count(".")]:
        if not (parent / "__init__.py").is_file():
            yield (
                f"Note: {parent} has no __init__.py. Python imports from it all the same, but some build tools leave "
                "such folders out."
            )
    if (folder / WEBHOOKS).is_dir() and not any(
        (folder / WEBHOOKS / f"{name}.py").exists() for name in _FRAMEWORKS
    ):
        yield (
            f"Note: webhooks come without adapters for web frameworks. For one, choose {', '.join(ADAPTERS)}, too."
        )
    root = placing.repository(folder)
    for overlay in copied.built.lock.options.overlays:
        if root is not None and not (folder / overlay.name).resolve().is_relative_to(root):
            yield (
                f"Note: the overlay {overlay.name} is outside of {root}. Keep it in there, so that others can update "
                "the package too."
            )


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _some(names: Iterable[str]) -> str:
    files = list(names)
    return ", ".join(files[:10]) + (f" and {len(files) - 10} more" if len(files) > 10 else "")
