"""`python -m generator`: generate the client, check that it is current, lint the spec."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from pathlib import Path

from . import checking, coverage, loading, pipeline, writing
from .changes import command as changes_command
from .changes.summary import summary
from .drifting import command as drifting_command
from .emit import opc
from .problems import GenerationError, SpecError, ToolError
from .vendoring import command as vendoring_command

#: What compares with the commit that is checked out.
_ALL_CHANGES = "./nox -s changes -- HEAD"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 means success, 1 that something must be done first."""
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run, text in (
        ("generate", _generate, "write the package from the spec"),
        ("check", _check, "say whether the package is what the spec and the generator make"),
        ("lint", _lint, "check the spec: OpenAPI, Redocly and our own rules"),
        ("bundle", _bundle, "print the spec as one JSON document"),
        ("coverage", _coverage, "count what the spec says by how well it is known"),
        ("record-forks", _record_forks, "record the upstream templates that ours were compared with"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        if name in ("lint", "bundle", "coverage"):
            command.add_argument("--spec", type=Path, default=pipeline.SPEC, help="the root of the spec")
        if name != "record-forks":
            command.add_argument(
                "--overlay",
                type=Path,
                action="append",
                default=[],
                metavar="FILE",
                help="an OpenAPI Overlay 1.0 or 1.1 document to apply to the spec first; several apply in order",
            )
        if name == "generate":
            command.add_argument(
                "--discard-edits", action="store_true", help="write over what somebody edited by hand there"
            )
        if name == "coverage":
            command.add_argument("--json", action="store_true", help="print JSON with stable keys")
            command.add_argument(
                "--expect",
                type=Path,
                metavar="FOLDER",
                help="a folder with operations.tsv and schemas.tsv; what they name and the spec lacks is an error",
            )
    changes_command.add_to(commands)
    vendoring_command.add_to(commands)
    drifting_command.add_to(commands)
    return parser


def _generate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    package = pipeline.PACKAGE
    description = package / "openapi.json"
    before = description.read_bytes() if description.is_file() else None
    is_new = not package.is_dir()
    counts = pipeline.generate(pipeline.SPEC, package, options.overlay, discard_edits=options.discard_edits)
    lines: list[str] = []
    if counts.difference and not is_new:
        # With overlays, git has not all of what the package was made from before.
        lines += summary(before or b"", description.read_bytes(), "" if options.overlay else _ALL_CHANGES)
        lines += writing.told(counts.difference)
    word = "New" if is_new else "Generated" if counts.difference else "Nothing changed in"
    print(
        f"{word} {package.name}: {counts.operations} operations, {counts.models} models and enums, "
        f"{counts.events} events, {counts.files} files in {time.perf_counter() - started:.1f} s{_with(options)}."
    )
    print(*lines, sep="\n", end="\n" if lines else "")
    return 0


def _check(options: argparse.Namespace) -> int:
    found = checking.differences(pipeline.SPEC, pipeline.PACKAGE, options.overlay)
    for text in found:
        print(text)
    if found:
        print(f"{len(found)} differences from what spec/ and generator/ make{_with(options)}.")
        return 1
    print(f"{pipeline.PACKAGE.name} is exactly what spec/ and generator/ make{_with(options)}.")
    return 0


def _lint(options: argparse.Namespace) -> int:
    pipeline.load_and_lint(options.spec, options.overlay, redocly=True)
    print(f"The spec is sound{_with(options)}: OpenAPI 3.1, Redocly and our own rules.")
    return 0


def _bundle(options: argparse.Namespace) -> int:
    sys.stdout.buffer.write(loading.bundle_bytes(pipeline.load(options.spec, options.overlay)))
    return 0


def _coverage(options: argparse.Namespace) -> int:
    report = coverage.report(pipeline.load(options.spec, options.overlay))
    expected = coverage.compare(report, options.expect) if options.expect else None
    print(coverage.as_json(report, expected) if options.json else coverage.as_text(report, expected))
    return 1 if expected is not None and expected.missing else 0


def _with(options: argparse.Namespace) -> str:
    """What a command adds to its last sentence when overlays were given."""
    return "".join(f"{', ' if n else ' with '}{path.name}" for n, path in enumerate(options.overlay))


def _record_forks(options: argparse.Namespace) -> int:
    opc.record_forks()
    print(f"Recorded {opc.FORKS}.")
    return 0


if __name__ == "__main__":
    # A run is short and keeps nearly all that it makes: to look for garbage would only cost time.
    gc.disable()
    raise SystemExit(main())
