"""Say what was copied, updated or found out, for people and for programs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..changes import Change
from ..edits import told
from ..emit.optional import ADAPTERS, WEBHOOKS
from . import changing, placing
from . import lock as locks
from .building import Built
from .checking import Report
from .copying import Copied
from .lock import Lock

#: How many files are named before the rest is counted.
_NAMED = 10


# -- after a copy or an update ---------------------------------------------------------------------------------------


def copied(done: Copied) -> list[str]:
    """Return what to say when the package was copied, or its options were changed."""
    directory = done.place.directory
    if not done.is_new:
        return [f"{directory} is already what this would write; nothing was changed."]
    lock = done.built.lock
    return [
        _first_line(done),
        *_kept(done.built),
        *_notes(done),
        *_differences(done),
        *_requirements(lock),
        f"Commit the directory. To see later whether it is current: {_command(directory, '--check')}",
    ]


def updated(done: Copied) -> list[str]:
    """Return what to say when a copy was updated."""
    directory, lock, before = done.place.directory, done.built.lock, done.before
    assert before is not None
    if not done.is_new:
        return [
            f"{directory} is current: plexy-pay {lock.version}. Nothing was changed."
        ]
    versions = (
        lock.version
        if lock.version == before.version
        else f"{before.version} to {lock.version}"
    )
    lines = [
        f"Updated {lock.package} in {directory}: plexy-pay {versions}, {_counted(done.built)}."
    ]
    lines += _differences(done)
    if lock.requires != before.requires:
        lines += _requirements(lock)
    return [*lines, "Run your tests, read the diff, and commit the directory."]


def _first_line(done: Copied) -> str:
    lock = done.built.lock
    word = "Vendored" if done.before is None else "Vendored anew"
    parts = ", ".join(lock.options.only) or "everything"
    return (
        f"{word} {lock.package} in {done.place.directory}: {parts} of plexy-pay {lock.version}, "
        f"{_counted(done.built)}."
    )


def _counted(built: Built) -> str:
    counts = built.counts
    # The lock does not list itself.
    files = len(built.lock.files) + 1
    return (
        f"{counts.operations} operations, {counts.models} models and enums, {counts.events} events, "
        f"{files} files"
    )


def _kept(built: Built) -> Iterator[str]:
    """Yield the operations that nobody chose, and what they are for."""
    for name, calls in sorted(built.kept.items()):
        yield f"Kept besides: {name}, by which {_listed(calls)} can be looked up."


def _requirements(lock: Lock) -> list[str]:
    lines = [f"  {requirement}" for requirement in lock.requires]
    return ["Your project has to depend on:", *lines]


def _differences(done: Copied) -> list[str]:
    """Return what is not as it was in the copy that was there."""
    before = done.before
    if before is None:
        return []
    lines = (
        ["Edits that were discarded:", told(done.discarded)] if done.discarded else []
    )
    if done.built.lock != before:
        files = locks.differing(before, done.built.lock)
        lines += _changes(done.changes, files)
    return lines


def _changes(changes: list[Change], files: Sequence[str]) -> list[str]:
    """Return what changed in the description, or else the files that changed all the same."""
    if not files:
        return [
            "Every file is the same; only what the lock says of the description changed."
        ]
    if not changes:
        return [f"The API is described the same. Files that changed: {_some(files)}."]
    return ["What changed for code that uses it:", *changing.lines(changes)]


# -- notes -----------------------------------------------------------------------------------------------------------


def _notes(done: Copied) -> Iterator[str]:
    """Yield what a user may not expect, and need not be wrong."""
    directory, lock = done.place.directory, done.built.lock
    yield from _notes_on_directories(directory, lock)
    yield from _notes_on_adapters(directory)
    yield from _notes_on_overlays(directory, lock)


def _notes_on_directories(directory: Path, lock: Lock) -> Iterator[str]:
    depth = lock.package.count(".")
    for parent in list(directory.parents)[:depth]:
        if not (parent / "__init__.py").is_file():
            yield (
                f"Note: {parent} has no __init__.py. Python imports from it all the same, but some build tools leave "
                "such directories out."
            )


def _notes_on_adapters(directory: Path) -> Iterator[str]:
    there = (directory / WEBHOOKS).is_dir()
    modules = [
        directory.joinpath(*name.split(".")).with_suffix(".py") for name in ADAPTERS
    ]
    if there and not any(module.exists() for module in modules):
        yield f"Note: webhooks come without adapters for web frameworks. For one, choose {', '.join(ADAPTERS)}, too."


def _notes_on_overlays(directory: Path, lock: Lock) -> Iterator[str]:
    root = placing.repository(directory)
    if root is None:
        return
    for overlay in lock.options.overlays:
        if not (directory / overlay.name).resolve().is_relative_to(root):
            yield (
                f"Note: the overlay {overlay.name} is outside of {root}. Keep it in there, so that others can update "
                "the package too."
            )


# -- after a check ---------------------------------------------------------------------------------------------------


def checked(report: Report) -> list[str]:
    """Return what to say of the state of a copy."""
    if report.passes:
        return [
            f"{report.lock.package} in {report.directory} is untouched and current: plexy-pay {report.version}."
        ]
    return [*_about_edits(report), *_about_age(report)]


def _about_edits(report: Report) -> list[str]:
    name = f"{report.lock.package} in {report.directory}"
    if not report.edits:
        return [f"{name} is untouched."]
    return [
        f"{name} was edited by hand:",
        told(report.edits),
        "Restore these files from your repository's history; docs/vendoring.md says where changes belong.",
    ]


def _about_age(report: Report) -> list[str]:
    if report.is_current:
        return [
            f"It was made from the description and the generator of today: plexy-pay {report.version}."
        ]
    if report.is_newer:
        return [
            f"It is of plexy-pay {report.lock.version}, and this is the older {report.version}. Update this clone "
            "first."
        ]
    lines = [_out_of_date(report)]
    if report.overlays:
        lines.append(f"Overlays that changed: {', '.join(report.overlays)}.")
    if report.gone:
        lines.append(f"The description no longer has: {', '.join(report.gone)}.")
    return [*lines, *_about_changes(report), *_next_step(report)]


def _out_of_date(report: Report) -> str:
    line = f"It is out of date. It is of plexy-pay {report.lock.version}"
    if report.lock.version != report.version:
        line += f", and this is {report.version}"
    return f"{line}."


def _about_changes(report: Report) -> list[str]:
    if report.changes is None:
        return [
            "What changed for code that uses it is not known, because its openapi.json was edited."
        ]
    if not report.changes:
        return [
            f"The API is described the same. Files that changed: {_some(report.files)}."
        ]
    return ["What changed for code that uses it:", *changing.lines(report.changes)]


def _next_step(report: Report) -> list[str]:
    if report.gone:
        return [
            "Next: vendor it again without --update, and with the parts that there are."
        ]
    # Edited files have to be restored first, as was said.
    return [] if report.edits else [f"Next: {_command(report.directory, '--update')}"]


def as_json(report: Report) -> str:
    """Return the state of a copy for programs; the keys are stable."""
    edits, lock, changes = report.edits, report.lock, report.changes
    record: dict[str, Any] = {
        "package": lock.package,
        "passes": report.passes,
        "edited": {
            "changed": edits.changed,
            "added": edits.added,
            "deleted": edits.deleted,
        },
        "current": report.is_current,
        "version": {"vendored": lock.version, "this": report.version},
        "only": lock.options.only,
        "gone": report.gone,
        "overlays": report.overlays,
        "files": report.files,
        "changes": None if changes is None else list(map(_change_record, changes)),
    }
    return json.dumps(record, indent=2, ensure_ascii=False)


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "level": str(change.level),
        "money": change.is_about_money,
        "where": change.where,
        "text": change.text,
        "pointer": change.pointer,
    }


# -- words -----------------------------------------------------------------------------------------------------------


def _command(directory: Path, option: str) -> str:
    """Return the command that does something to a copy."""
    return f"./nox -s vendor -- {shlex.quote(str(directory))} {option}"


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many others there are."""
    text = ", ".join(names[:_NAMED])
    others = len(names) - _NAMED
    return f"{text} and {others} more" if others > 0 else text
