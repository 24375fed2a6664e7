"""Show what was counted: for people as tables, for programs as JSON."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Callable
from typing import Any

from .coverage import KINDS, Expectations, InferredOperation, Report
from .model.api import EVIDENCE

_TITLES = {
    "method": "methods of operations",
    "path": "paths of operations",
    "parameter": "parameters",
    "response": "statuses of responses",
    "page_shape": "shapes of pages",
    "schema": "schemas",
    "property": "properties",
    "unit": "units of amounts",
    "webhook": "webhooks",
    "shared_response": "responses that operations share",
    "server": "origins",
    "security_scheme": "ways to authenticate",
}
#: Columns of the table of resources.
_SHOWN_PER_RESOURCE = ("method", "path", "parameter", "schema", "property")
_WIDTH = 110


def as_json(found: Report, expected: Expectations | None = None) -> str:
    """Return the report for programs; keys are never renamed or removed, new ones may come."""
    record: dict[str, Any] = {
        "operations": len(found.calls),
        "schemas": {
            "documented_names": len(found.schemas),
            "own_names": len(found.own_schemas),
        },
        "evidence": _record(found.counts),
        "resources": {
            name: _record(counts) for name, counts in found.resources.items()
        },
        "inferred_operations": [operation._asdict() for operation in found.inferred],
        "unused_schemas": list(found.unused_schemas),
        "expected": None,
    }
    if expected is not None:
        record["expected"] = {
            name: {
                "found": len(part.wanted) - len(part.missing),
                "of": len(part.wanted),
                "missing": list(part.missing),
            }
            for name, part in expected._asdict().items()
        }
    return json.dumps(record, indent=2, ensure_ascii=False)


def _record(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    record: dict[str, dict[str, int]] = {}
    for kind in KINDS:
        record[kind] = {level: counts[kind][level] for level in EVIDENCE}
    return record


def as_text(found: Report, expected: Expectations | None = None) -> str:
    """Return the report for people."""
    parts = [
        _summary(found, expected),
        _totals(found),
        "By resource, as documented / documented-2023 / observed / inferred. A schema counts with each resource\n"
        "that sends or receives it.",
        _resources(found),
        _inferred_text(found.inferred),
        _names(
            "Schemas that no operation and no webhook reaches", found.unused_schemas
        ),
    ]
    return "\n\n".join(filter(None, parts))


def _totals(found: Report) -> str:
    rows: list[list[str]] = []
    for kind in KINDS:
        counts = found.counts[kind]
        rows.append([_TITLES[kind], *_numbers(counts), str(counts.total())])
    return _table(["", *EVIDENCE, "all"], rows)


def _resources(found: Report) -> str:
    head = [""]
    for kind in _SHOWN_PER_RESOURCE:
        head.append("properties" if kind == "property" else f"{kind}s")
    rows: list[list[str]] = []
    for name, counts in found.resources.items():
        cells = ["/".join(_numbers(counts[kind])) for kind in _SHOWN_PER_RESOURCE]
        rows.append([name, *cells])
    return _table(head, rows)


def _summary(found: Report, expected: Expectations | None) -> str:
    if expected is None:
        return (
            f"{len(found.calls)} operations, {len(found.schemas)} schemas that the docs name "
            f"and {len(found.own_schemas)} that we name."
        )
    text = (
        f"{expected.operations} operations, {expected.schemas} schemas "
        f"(and {len(found.own_schemas)} more that we name)."
    )
    missing = _names("Missing", expected.missing)
    return f"{text}\n{missing}" if missing else text


def _numbers(counts: Counter[str]) -> list[str]:
    return [str(counts[word]) for word in EVIDENCE]


def _inferred_text(operations: tuple[InferredOperation, ...]) -> str:
    rows: list[list[str]] = []
    for operation in operations:
        words = {"method": operation.method_evidence, "path": operation.path_evidence}
        inferred = " and ".join(
            part for part, word in words.items() if word == "inferred"
        )
        money = "moves money" if operation.moves_money else ""
        rows.append(
            [operation.call, f"{operation.method} {operation.path}", inferred, money]
        )
    title = f"Operations whose method or path is inferred: {len(rows)}"
    if not rows:
        return title
    table = _table(["", "sent as", "inferred", ""], rows, str.ljust)
    return f"{title}\n{table}"


def _table(
    head: list[str], rows: list[list[str]], align: Callable[[str, int], str] = str.rjust
) -> str:
    """Return columns as wide as their widest cell; the first one is names."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines: list[str] = []
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *map(align, row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _names(title: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    fill = textwrap.TextWrapper(_WIDTH, initial_indent="  ", subsequent_indent="  ")
    fill.break_on_hyphens = fill.break_long_words = False
    return f"{title}: {len(names)}\n{fill.fill(', '.join(names))}"
