"""`python -m generator`: generate the client, check that it is current, lint the spec."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import checking, loading, openapi_client, pipeline
from .openapi_client import GenerationError
from .problems import SpecError, ToolError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 means success, 1 that something must be done first."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SpecError, ToolError, GenerationError) as error:
        print(error, file=sys.stderr)
        print("Nothing was changed.", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run, text in (
        ("generate", _generate, "write the package from the spec"),
        ("check", _check, "say whether the package is what the spec and the generator make"),
        ("lint", _lint, "check the spec: OpenAPI, Redocly and our own rules"),
        ("bundle", _bundle, "print the spec as one JSON document"),
        ("record-forks", _record_forks, "record the upstream templates that ours were compared with"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--spec", type=Path, default=pipeline.SPEC, help="the root of the spec")
        if name == "generate":
            command.add_argument(
                "--out", type=Path, default=pipeline.PACKAGE, help="the folder of the package"
            )
    return parser


def _generate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    counts = pipeline.generate(options.spec, options.out)
    print(
        f"Generated {options.out.name}: {counts.operations} operations, {counts.models} models and enums, "
        f"{counts.files} files in {time.perf_counter() - started:.1f} s."
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    found = checking.differences(options.spec)
    for text in found:
        print(text)
    if found:
        print(f"{len(found)} generated files differ from what spec/ and generator/ make.")
        return 1
    print("generated/ is exactly what spec/ and generator/ make.")
    return 0


def _lint(options: argparse.Namespace) -> int:
    pipeline.load_and_lint(options.spec, redocly=True)
    print("The spec is sound: OpenAPI 3.1, Redocly and our own rules.")
    return 0


def _bundle(options: argparse.Namespace) -> int:
    sys.stdout.buffer.write(loading.bundle_bytes(loading.load(options.spec)))
    return 0


def _record_forks(options: argparse.Namespace) -> int:
    openapi_client.record_forks()
    print(f"Recorded {openapi_client.FORKS}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
