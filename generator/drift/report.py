"""Report what was found, what the overlay corrects, and what to do next: as Markdown, and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..document import format_pointer
from ..model.api import Api
from . import facts
from .fact_rows import DIRECTORY
from .finding import Finding, Verdict

_TITLES = {
    Verdict.PATCH: "Corrected by the overlay",
    Verdict.HAND: "Decide by hand",
    Verdict.ONLY_HERE: "Only in spec/ (a difference, but the source may just not say it; nothing is written)",
}
_UNSURE = re.compile(
    r"\binferred\b|\bnot known\b|\bnot documented\b|\bnot described yet\b|\bnames only\b|\bits fields are not\b"
)
_SHOWN_LINES = 10


@dataclass(frozen=True)
class Report:
    """All that there is to report.

    Attributes:
        source: The name of the source, for people.
        evidence: The evidence of what was found.
        spec: The API that `spec/` describes, without the new overlay.
        findings: The findings.
        overlay: The text of the overlay, or none.
        written_to: The file that it was written to, if it was.
        rows: The rows for the lists of facts.
        unreadable: Lines of the log with records that could not be used.
        told: True if the source tells of anything.
    """

    source: str
    evidence: str
    spec: Api
    findings: Sequence[Finding]
    overlay: str
    written_to: str
    rows: dict[str, list[str]]
    unreadable: tuple[int, ...]
    told: bool

    def of(self, verdict: Verdict) -> list[Finding]:
        """Return the findings with one verdict: what is about money first, then in the order of the document."""
        found = [one for one in self.findings if one.verdict is verdict]
        return sorted(
            found, key=lambda one: not facts.is_about_money(self.spec, one.where)
        )


def as_markdown(report: Report) -> str:
    """Return the report for people."""
    parts = [_head(report)]
    parts += _sections(report)
    if report.unreadable:
        parts.append(
            f"Lines of the log that look like drift and cannot be read: {_shown_lines(report)}"
        )
    parts += _next(report)
    return "\n\n".join(parts) + "\n"


def as_json(report: Report) -> str:
    """Return the report for programs; keys are never renamed or removed, new ones may come."""
    record: dict[str, object] = {
        "source": report.source,
        "evidence": report.evidence,
        "written": bool(report.written_to),
        "findings": _records(report),
        "overlay": report.overlay,
        "facts": report.rows,
        "unreadable_lines": list(report.unreadable),
    }
    return json.dumps(record, indent=2, ensure_ascii=False)


def _head(report: Report) -> str:
    counts = {verdict: len(report.of(verdict)) for verdict in Verdict}
    if not any(counts.values()) and not report.unreadable:
        said = (
            "spec/ says the same"
            if report.told
            else "it holds no record of `plexy_pay.drift`"
        )
        return f"# Drift: {report.source}\n\n{report.source}: {said}. Nothing to do."
    return (
        f"# Drift: {report.source}\n\n{report.source}, which is {report.evidence}: "
        f"{counts[Verdict.PATCH]} corrections, {counts[Verdict.HAND]} to decide by hand, "
        f"{counts[Verdict.ONLY_HERE]} only in spec/."
    )


def _sections(report: Report) -> Iterator[str]:
    for verdict, title in _TITLES.items():
        found = report.of(verdict)
        if found:
            lines = [f"## {title}: {len(found)}", ""]
            lines += [_line(report, one) for one in found]
            yield "\n".join(lines)


def _shown_lines(report: Report) -> str:
    shown = ", ".join(map(str, report.unreadable[:_SHOWN_LINES]))
    return f"{shown} ..." if len(report.unreadable) > _SHOWN_LINES else shown


def _line(report: Report, one: Finding) -> str:
    return (
        f"- {report.spec.marks.where(one.where)}: {one.kind}: {one.subject}: {one.text}"
    )


def _records(report: Report) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for verdict in Verdict:
        found += [_record(report, one) for one in report.of(verdict)]
    return found


def _record(report: Report, one: Finding) -> dict[str, object]:
    place = report.spec.marks.where(one.where)
    return {
        "kind": one.kind,
        "verdict": one.verdict.value,
        "subject": one.subject,
        "text": one.text,
        "pointer": format_pointer(one.where),
        "file": place.file,
        "line": place.line,
    }


def _next(report: Report) -> Iterator[str]:
    """Yield what to do now."""
    steps = list(_decisions(report))
    steps += _corrections(report)
    if steps:
        yield "\n".join(["## Next", "", *steps])
    if report.rows:
        yield "\n".join(_rows(report))


def _decisions(report: Report) -> Iterator[str]:
    if report.of(Verdict.HAND):
        yield "- Decide what is left above, each at its file and line, with evidence and source (spec/README.md)."


def _corrections(report: Report) -> Iterator[str]:
    if not report.overlay:
        return
    if report.written_to:
        yield f"- Read the overlay {report.written_to}. In `spec/overlays/` every command applies it."
    else:
        yield "- To have the overlay, run this again with `--as-overlay spec/overlays/NAME.yaml`."
    yield (
        "- Describe new properties. Those with personal data stay `x-sensitive: true`; harmless names go to "
        "`x-shown-in-logs`."
    )
    unsure = list(_unsure(report))
    if unsure:
        yield f"- These descriptions still speak of what was not known: {', '.join(unsure)}."
    if report.rows:
        yield f"- Confirm what is known better now in `{DIRECTORY}/`: the rows are below."
    yield "- `./nox -s generate`, `./nox -s changes -- main` and `./nox -s coverage-spec`; then `./nox -s check`."


def _rows(report: Report) -> Iterator[str]:
    yield f"## Rows for {DIRECTORY}/ (a row that is there for it is replaced)"
    for name, lines in report.rows.items():
        yield from ("", f"{name}:", "", "```text")
        yield from lines
        yield "```"


def _unsure(report: Report) -> Iterator[str]:
    """Yield where descriptions of what is corrected say that it is not known."""
    for place in dict.fromkeys(one.where[:3] for one in report.of(Verdict.PATCH)):
        for description in report.spec.descriptions:
            inner = description.origin.pointer
            # Of an operation, its own text and those of its responses; of a schema, those of its properties, too.
            is_of_it = inner[: len(place)] == place and len(inner) <= len(place) + 3
            if is_of_it and _UNSURE.search(description.text):
                yield str(report.spec.marks.where(inner))
