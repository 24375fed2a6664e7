"""The command `drift` of `python -m generator`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .. import pipeline
from ..problems import ToolError
from . import comparing, fact_rows, observing, patching, report, source
from .finding import Finding
from .log import Log

_OBSERVED, _DOCUMENTED = "observed", "documented"


def add_drift(command: argparse.ArgumentParser) -> None:
    """Give the command its options, and what it runs."""
    command.set_defaults(run=run, overlay=[])
    command.add_argument(
        "source",
        type=Path,
        metavar="SOURCE",
        help="a log of `plexy_pay.drift`, or the vendor's OpenAPI export: a document, or a page of its docs with one",
    )
    command.add_argument("--spec", type=Path, default=pipeline.SPEC, help="the root of the spec")
    command.add_argument(
        "--write", action="store_true", help="write the patch to the spec; else it is printed"
    )
    command.add_argument(
        "--source-name",
        metavar="TEXT",
        help="what to write to x-source: the address of the page, for instance",
    )
    command.add_argument(
        "--evidence",
        choices=(_OBSERVED, _DOCUMENTED),
        help="how well known it is; else `observed` for a log, `documented` for an export",
    )
    command.add_argument("--json", action="store_true", help="print JSON with stable keys")


def run(options: argparse.Namespace) -> int:
    """Compare, and print or write the patch."""
    root: Path = options.spec / "openapi.yaml" if options.spec.is_dir() else options.spec
    root = _shown(root)
    told = source.read(options.source)
    if isinstance(told, Log) and options.evidence == _DOCUMENTED:
        print(
            "A log is what was seen, not what the vendor documents: `--evidence observed`.", file=sys.stderr
        )
        return 2
    word: str = options.evidence or (_OBSERVED if isinstance(told, Log) else _DOCUMENTED)
    name = _source_name(options.source_name, told)
    document = pipeline.load_and_lint(root, redocly=False)

    def find(refused: dict[str, str]) -> list[Finding]:
        if isinstance(told, Log):
            return observing.observe(document, told, word, name, refused)
        return comparing.compare(document, told, word, name, refused)

    try:
        patch = patching.make(root, document, find)
    except RecursionError:
        raise ToolError(f"{options.source} is nested too deep to be compared.") from None
    if options.write and patch.texts:
        patch.write()
    result = report.Report(
        source=options.source.as_posix(),
        evidence=word,
        spec=pipeline.load(root) if options.write else document,
        patch=patch,
        rows=fact_rows.rows(document, patch.document, name) if patch.texts else {},
        unreadable=told.unreadable if isinstance(told, Log) else (),
        told=not isinstance(told, Log) or bool(told.records),
        written=options.write and bool(patch.texts),
    )
    print(report.as_json(result) if options.json else report.as_text(result))
    return 0


def _source_name(given: str | None, told: Log | source.Export) -> str:
    """What is written to `x-source`."""
    if given is None:
        return (
            "answers of the API (plexy_pay.drift)"
            if isinstance(told, Log)
            else "OpenAPI export of the vendor"
        )
    name = given.strip()
    if not name or not name.isprintable() or len(name) > 200:
        raise ToolError("--source-name is one line of text, such as the address of the page.")
    return name


def _shown(path: Path) -> Path:
    """A path from where the user stands, if it is below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
