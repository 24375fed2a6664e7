"""Run the command `drift` of `python -m generator`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .. import pipeline
from ..diagnostics import ToolError
from ..document import Document
from ..model import build
from . import export_comparison, fact_rows, observations, report, source
from .finding import Finding
from .log import Log
from .overlay import Heading
from .proposal import propose

_OBSERVED, _DOCUMENTED = "observed", "documented"
_LONGEST_NAME = 200


def add_drift(command: argparse.ArgumentParser) -> None:
    """Give the command its options, and what it runs."""
    command.set_defaults(run=run, overlay=[])
    command.add_argument(
        "source",
        type=Path,
        metavar="SOURCE",
        help="a log of `plexy_pay.drift`, or the vendor's OpenAPI export: a document, or a page of its docs with one",
    )
    command.add_argument(
        "--spec", type=Path, default=pipeline.SPEC, help="the root of the spec"
    )
    command.add_argument(
        "--as-overlay",
        type=Path,
        metavar="FILE",
        help="write the corrections to this new file, NAME.yaml, and the report beside it, to NAME.md; else both are "
        "printed. Every command applies the overlays in spec/overlays",
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
    command.add_argument(
        "--json", action="store_true", help="print JSON with stable keys"
    )


def run(options: argparse.Namespace) -> int:
    """Compare, and print or write the overlay and the report."""
    root = _shown(
        options.spec / "openapi.yaml" if options.spec.is_dir() else options.spec
    )
    if options.as_overlay is not None:
        _refuse_to_overwrite(options.as_overlay)
    told = source.read(options.source)
    if isinstance(told, Log) and options.evidence == _DOCUMENTED:
        print(
            "A log is what was seen, not what the vendor documents: `--evidence observed`.",
            file=sys.stderr,
        )
        return 2
    made = _report(root, told, options)
    if made.written_to:
        _write(Path(made.written_to), made)
    if options.json:
        print(report.as_json(made))
    else:
        print(_text(made), end="")
    return 0


def _report(
    root: Path, told: Log | source.Export, options: argparse.Namespace
) -> report.Report:
    word = str(
        options.evidence or (_OBSERVED if isinstance(told, Log) else _DOCUMENTED)
    )
    name = _source_name(options.source_name, told)
    document = pipeline.load_and_lint(root, redocly=False)
    heading = Heading(
        title=f"Drift found in {options.source.name}",
        description=f"Written by `drift`. The source is {word}: {name}",
    )

    def find(refused: dict[str, str]) -> list[Finding]:
        return _find(document, told, word, name, refused)

    try:
        proposal = propose(root, document, find, heading)
    except RecursionError:
        raise ToolError(
            f"{options.source} is nested too deep to be compared."
        ) from None
    target = options.as_overlay if proposal.overlay else None
    api = build.read(document).api
    rows: dict[str, list[str]] = {}
    if proposal.overlay:
        rows = fact_rows.rows(api, build.read(proposal.document).api, name)
    return report.Report(
        source=options.source.as_posix(),
        evidence=word,
        spec=api,
        findings=proposal.findings,
        overlay=proposal.overlay,
        written_to="" if target is None else _shown(target).as_posix(),
        rows=rows,
        unreadable=told.unreadable if isinstance(told, Log) else (),
        told=not isinstance(told, Log) or bool(told.records),
    )


def _find(
    document: Document,
    told: Log | source.Export,
    word: str,
    name: str,
    refused: dict[str, str],
) -> list[Finding]:
    if isinstance(told, Log):
        return observations.observe(document, told, word, name, refused)
    return export_comparison.compare(document, told, word, name, refused)


def _text(made: report.Report) -> str:
    text = report.as_markdown(made)
    if made.overlay and not made.written_to:
        text += f"\n## The overlay\n\n```yaml\n{made.overlay}```\n"
    return text


def _report_of(overlay: Path) -> Path:
    """Return the file of the report that stands beside an overlay."""
    return overlay.with_suffix(".md")


def _refuse_to_overwrite(overlay: Path) -> None:
    if overlay.suffix != ".yaml":
        raise ToolError(
            f"{overlay} does not end in `.yaml`, as the name of an overlay does."
        )
    for path in (overlay, _report_of(overlay)):
        if path.exists():
            raise ToolError(
                f"{path} is there already, and nothing is written over: its corrections would be lost. "
                "Give another name."
            )


def _write(overlay: Path, made: report.Report) -> None:
    overlay.parent.mkdir(parents=True, exist_ok=True)
    for path, text in (
        (_report_of(overlay), report.as_markdown(made)),
        (overlay, made.overlay),
    ):
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)


def _source_name(given: str | None, told: Log | source.Export) -> str:
    """Return what is written to `x-source`."""
    if given is None:
        is_log = isinstance(told, Log)
        return (
            "responses of the API (plexy_pay.drift)"
            if is_log
            else "OpenAPI export of the vendor"
        )
    name = given.strip()
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise ToolError(
            "--source-name is one line of text, such as the address of the page."
        )
    return name


def _shown(path: Path) -> Path:
    """Return a path from where the user stands, if it is below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
