"""Tells what was found, what was or would be written, and what to do next."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..document import Document, Pointer, format_pointer, mapping, objects
from .fact_rows import FOLDER
from .finding import Finding, Move, Verdict
from .patching import Patch

_TITLES = {
    Verdict.PATCH: "To write to spec/",
    Verdict.HAND: "Decide by hand",
    Verdict.ONLY_HERE: "Only in spec/ (a difference, but the source may just not say it; nothing is written)",
}
_UNSURE = re.compile(
    r"\binferred\b|\bnot known\b|\bnot documented\b|\bnot described yet\b|\bnames only\b|\bits fields are not\b"
)


@dataclass(frozen=True)
class Report:
    """All there is to tell.

    Attributes:
        source: What was read, for people.
        evidence: The evidence of what was found.
        spec: The bundled document of `spec/` as it is now.
        patch: The findings and the patch.
        rows: The rows for the lists of facts.
        unreadable: Lines of the log with records that could not be used.
        told: Whether the source tells of anything.
        written: Whether the patch was written.
    """

    source: str
    evidence: str
    spec: Document
    patch: Patch
    rows: dict[str, list[str]]
    unreadable: tuple[int, ...]
    told: bool
    written: bool

    def of(self, verdict: Verdict) -> list[Finding]:
        """The findings with one verdict."""
        return [one for one in self.patch.findings if one.verdict is verdict]


def as_text(report: Report) -> str:
    """The report for people."""
    parts = [_head(report)]
    for verdict, title in _TITLES.items():
        found = report.of(verdict)
        if found:
            if verdict is Verdict.PATCH and report.written:
                title = "Written to spec/"
            lines = [f"{title}: {len(found)}", *(f"  {_line(report, one)}" for one in found)]
            parts.append("\n".join(lines))
    if report.unreadable:
        shown = ", ".join(map(str, report.unreadable[:10])) + (" ..." if len(report.unreadable) > 10 else "")
        parts.append(f"Lines of the log that look like drift and cannot be read: {shown}")
    if report.patch.texts and not report.written:
        parts.append("The patch:\n" + report.patch.diff().rstrip("\n"))
    parts.append("\n".join(_next(report)))
    return "\n\n".join(part for part in parts if part)


def as_json(report: Report) -> str:
    """The report for programs; keys are never renamed or removed, new ones may come."""
    record: dict[str, object] = {
        "source": report.source,
        "evidence": report.evidence,
        "written": report.written,
        "findings": [_record(report, one) for one in report.patch.findings],
        "files": sorted(report.patch.texts),
        "diff": report.patch.diff() if not report.written else "",
        "facts": report.rows,
        "unreadable_lines": list(report.unreadable),
    }
    return json.dumps(record, indent=2, ensure_ascii=False)


def _head(report: Report) -> str:
    counts = {verdict: len(report.of(verdict)) for verdict in Verdict}
    if not any(counts.values()) and not report.unreadable:
        said = "spec/ says the same" if report.told else "it holds no record of `plexy_pay.drift`"
        return f"{report.source}: {said}. Nothing to do."
    return (
        f"{report.source}, which is {report.evidence}: {counts[Verdict.PATCH]} differences to write, "
        f"{counts[Verdict.HAND]} to decide by hand, {counts[Verdict.ONLY_HERE]} only in spec/."
    )


def _line(report: Report, one: Finding) -> str:
    return f"{report.spec.where(_now(report, one.where))}: {one.kind}: {one.subject}: {one.text}"


def _record(report: Report, one: Finding) -> dict[str, object]:
    place = report.spec.where(_now(report, one.where))
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
    """What to do now."""
    patched, by_hand = report.of(Verdict.PATCH), report.of(Verdict.HAND)
    if not patched and not by_hand:
        return
    yield "Next:"
    if by_hand:
        yield "- Decide what is left above, each at its file and line, with evidence and source (spec/README.md)."
    if not patched:
        return
    if not report.written:
        yield "- Read the patch, then run this again with --write."
    else:
        yield "- Read `git diff spec/`."
    yield "- Check that new properties with personal data have `x-sensitive: true`, and describe them."
    unsure = list(_unsure(report))
    if unsure:
        yield f"- These descriptions still speak of what was not known: {', '.join(unsure)}."
    if report.rows:
        yield f"- Confirm what is known better now in {FOLDER}/ (a row that is there for it is replaced):"
        for name, lines in report.rows.items():
            yield f"    {name}"
            for line in lines:
                yield f"      {line}"
    yield "- `./nox -s generate`, `./nox -s changes -- main` and `./nox -s coverage-spec`; then `./nox -s check`."


def _unsure(report: Report) -> Iterator[str]:
    """Where descriptions of what was patched say that it is not known."""
    places = dict.fromkeys(_now(report, one.where[:3]) for one in report.of(Verdict.PATCH))
    for place in places:
        for inner, found in objects(report.spec.get(place), place):
            text = mapping(found).get("description")
            # Of an operation, its own text and those of its answers; of a schema, those of its properties, too.
            if isinstance(text, str) and _UNSURE.search(text) and len(inner) <= len(place) + 2:
                yield str(report.spec.where((*inner, "description")))


def _now(report: Report, pointer: Pointer) -> Pointer:
    """Where something is now: a patch that was written may have moved it."""
    if report.written:
        for one in report.of(Verdict.PATCH):
            for edit in one.edits:
                if isinstance(edit, Move) and pointer[:3] == ("paths", edit.path, edit.method):
                    return ("paths", edit.new_path, edit.new_method, *pointer[3:])
    return pointer
