"""Generate the client, check that it is current, and lint the spec."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import places, stamp
from .diagnostics import GenerationError, SpecError, ToolError

#: Commands that compare with the commit that is checked out.
_ALL_CHANGES = "./nox -s changes -- HEAD"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 means success, 1 that something must be done first."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given[0] if given else "").parse_args(given)
    try:
        return int(options.run(options))
    except (SpecError, ToolError, GenerationError) as error:
        print(error, file=sys.stderr)
        print("Nothing was changed.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; the interpreter must not say so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser(chosen: str) -> argparse.ArgumentParser:
    """Return the parser of the program; of its commands only the chosen one has options, which may take imports."""
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, (text, add) in _COMMANDS.items():
        command = commands.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}."
        )
        if name == chosen:
            add(command)
    return parser


# The modules of a command are imported when it is chosen: it takes longer than what some of them do.


def _add_generate(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_generate)
    _add_overlay(command)
    command.add_argument(
        "--discard-edits",
        action="store_true",
        help="write over what somebody edited by hand there",
    )
    command.add_argument(
        "--force",
        action="store_true",
        help="generate also what is current by the hashes of all that it is made from",
    )


def _generate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    package = places.PACKAGE
    made_from = stamp.inputs(options.overlay)
    description = places.DESCRIPTION
    if not options.force and stamp.is_current(package, description, made_from):
        print(
            f"Nothing changed in {package.name}, nor in what it is made from{_with(options)}; --force makes it anyway."
        )
        return 0
    from . import pipeline, writing

    before = description.read_bytes() if description.is_file() else None
    is_new = not package.is_dir()
    counts = pipeline.generate(
        places.SPEC,
        package,
        options.overlay,
        described_in=description,
        discard_edits=options.discard_edits,
    )
    stamp.write(package, made_from)
    lines: list[str] = []
    if counts.difference and not is_new:
        from .changes.summary import summary

        # With overlays, git has not all of what the package was made from before.
        lines += summary(
            before or b"",
            description.read_bytes(),
            "" if options.overlay else _ALL_CHANGES,
        )
        lines += writing.told(counts.difference)
    result = _result(counts.difference, is_new=is_new)
    print(
        f"{result} {package.name}: {counts.operations} operations, {counts.models} models and enums, "
        f"{counts.events} events, {counts.files} files in {time.perf_counter() - started:.1f} s{_with(options)}."
    )
    print(*lines, sep="\n", end="\n" if lines else "")
    return 0


def _result(difference: object, *, is_new: bool) -> str:
    if is_new:
        return "New"
    return "Generated" if difference else "Nothing changed in"


def _add_check(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_check)
    _add_overlay(command)


def _check(options: argparse.Namespace) -> int:
    from . import checking

    # Whatever the stamp says: the package is made anew, and compared.
    found = checking.differences(
        places.SPEC, places.PACKAGE, options.overlay, places.DESCRIPTION
    )
    for text in found:
        print(text)
    if found:
        print(
            f"{len(found)} differences from what spec/ and generator/ make{_with(options)}."
        )
        return 1
    print(
        f"{places.PACKAGE.name} is exactly what spec/ and generator/ make{_with(options)}."
    )
    return 0


def _add_lint(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_lint)
    _add_spec(command)
    _add_overlay(command)


def _lint(options: argparse.Namespace) -> int:
    from . import pipeline

    pipeline.load_and_lint(options.spec, options.overlay, redocly=True)
    print(f"The spec is sound{_with(options)}: OpenAPI 3.1, Redocly and our own rules.")
    return 0


def _add_bundle(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_bundle)
    _add_spec(command)
    _add_overlay(command)


def _bundle(options: argparse.Namespace) -> int:
    from . import loader, pipeline

    sys.stdout.buffer.write(
        loader.bundle_bytes(pipeline.load(options.spec, options.overlay))
    )
    return 0


def _add_coverage(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_coverage)
    _add_spec(command)
    _add_overlay(command)
    command.add_argument(
        "--json", action="store_true", help="print JSON with stable keys"
    )
    command.add_argument(
        "--expect",
        type=Path,
        metavar="DIRECTORY",
        help="a directory with operations.tsv and schemas.tsv; what they name and the spec lacks is an error",
    )


def _coverage(options: argparse.Namespace) -> int:
    from . import coverage, coverage_report, pipeline
    from .model.build import read

    # A broken description can be counted as far as it can be read.
    api = read(pipeline.load(options.spec, options.overlay)).api
    report = coverage.report(api)
    expected = coverage.compare(report, options.expect) if options.expect else None
    show = coverage_report.as_json if options.json else coverage_report.as_text
    print(show(report, expected))
    return 1 if expected is not None and expected.missing else 0


def _add_record_forks(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_record_forks)


def _record_forks(options: argparse.Namespace) -> int:
    from .emit import opc

    opc.record_forks()
    print(f"Recorded {opc.FORKS}.")
    return 0


def _add_changes(command: argparse.ArgumentParser) -> None:
    from .changes.command import add_changes

    add_changes(command)


def _add_check_version(command: argparse.ArgumentParser) -> None:
    from .changes.command import add_check_version

    add_check_version(command)


def _add_vendor(command: argparse.ArgumentParser) -> None:
    from .vendor.command import add_vendor

    add_vendor(command)


def _add_drift(command: argparse.ArgumentParser) -> None:
    from .drift.command import add_drift

    add_drift(command)


def _add_spec(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--spec", type=Path, default=places.SPEC, help="the root of the spec"
    )


def _add_overlay(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--overlay",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="an OpenAPI Overlay 1.0 or 1.1 document to apply to the spec first; several apply in order",
    )


def _with(options: argparse.Namespace) -> str:
    """Return what a command adds to its last sentence when overlays were applied."""
    from .standing_overlays import applied_overlays

    applied = applied_overlays(getattr(options, "spec", places.SPEC), options.overlay)
    names = ", ".join(path.name for path in applied)
    return f" with {names}" if names else ""


#: Each command: what it does, and what gives it its options and its function.
_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "generate": ("write the package from the spec", _add_generate),
    "check": (
        "say whether the package is what the spec and the generator make",
        _add_check,
    ),
    "lint": ("check the spec: OpenAPI, Redocly and our own rules", _add_lint),
    "bundle": ("print the spec as one JSON document", _add_bundle),
    "coverage": ("count what the spec says by how well it is known", _add_coverage),
    "record-forks": (
        "record the upstream templates that ours were compared with",
        _add_record_forks,
    ),
    "changes": (
        "say what changed between two specs, for the people who use the package",
        _add_changes,
    ),
    "check-version": (
        "say whether the version is large enough for what changed since the last release",
        _add_check_version,
    ),
    "vendor": (
        "copy the package into another repository, and check or update such a copy",
        _add_vendor,
    ),
    "drift": (
        "say where the real API and the spec differ, and write the corrections as an overlay",
        _add_drift,
    ),
}


if __name__ == "__main__":
    # A run is short and keeps nearly all that it makes: to look for garbage would only cost time.
    gc.disable()
    raise SystemExit(main())
