"""Lists what the overlay asks of `tests/generator/facts`: the rows that a person has to write there, with the source.

That list is kept apart from `spec/` on purpose, so no program writes it: whoever raises evidence confirms it there.
"""

from __future__ import annotations

from .. import coverage, reading
from ..coverage import Fact
from ..document import Document, mapping, sequence
from ..model.build import read
from ..reading import call_of
from . import words

FOLDER = "tests/generator/facts"


def rows(before: Document, after: Document, source: str) -> dict[str, list[str]]:
    """Return the rows to write, by the file; cells are parted by tabs, as they are there."""
    old = {(fact.kind, fact.name): fact.evidence for fact in coverage.facts(read(before)[0])}
    better = [
        fact
        for fact in coverage.facts(read(after)[0])
        if words.is_better(fact.evidence, old.get((fact.kind, fact.name), "inferred"))
    ]
    found: dict[str, list[str]] = {}
    for name, lines in (
        ("operations.tsv", _operations(before, after, source)),
        ("schemas.tsv", [f"{one.name}\t{one.evidence}\t{source}" for one in better if one.kind == "schema"]),
        ("properties.tsv", _properties(better, source)),
        ("values.tsv", _values(before, after, source)),
        ("others.tsv", _others(better, source)),
    ):
        if lines:
            found[name] = list(dict.fromkeys(lines))
    return found


def _operations(before: Document, after: Document, source: str) -> list[str]:
    old = {call_of(one): _row(one) for one in reading.operations(before)}
    return [
        f"{_row(one)}\t{source}"
        for one in reading.operations(after)
        if old.get(call_of(one)) not in (None, _row(one))
    ]


def _row(operation: reading.Operation) -> str:
    marks = mapping(operation.data.get("x-evidence"))
    cells = (
        call_of(operation),
        operation.method.upper(),
        operation.path,
        marks.get("method"),
        marks.get("path"),
    )
    return "\t".join(map(str, cells))


def _properties(better: list[Fact], source: str) -> list[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in better:
        if one.kind == "property":
            schema, _, name = one.name.partition(" ")
            found.setdefault((schema, one.evidence), []).append(name)
    return [f"{schema}\t{word}\t{', '.join(names)}\t{source}" for (schema, word), names in found.items()]


def _values(before: Document, after: Document, source: str) -> list[str]:
    """Return the values of enumerations that are new, or whose schema is known better now."""
    found: list[str] = []
    for schema in reading.named_schemas(after):
        values, old = sequence(schema.value.get("enum")), mapping(before.get(schema.pointer))
        new = [value for value in values if value not in sequence(old.get("enum"))]
        word = str(schema.value.get("x-evidence"))
        is_better = words.is_better(word, str(old.get("x-evidence", "inferred")))
        if values and (is_better or (new and old.get("x-evidence") != "inferred")):
            listed = ", ".join(map(str, values if is_better else new))
            found.append(f"{schema.pointer[-1]}\t{word}\t{listed}\t{source}")
    return found


def _others(better: list[Fact], source: str) -> list[str]:
    elsewhere = ("method", "path", "schema", "property")
    return [
        f"{one.kind}\t{one.name}\t{one.evidence}\t{source}"
        for one in better
        # A parameter of a path is as well known as the path.
        if one.kind not in elsewhere and not (one.kind == "parameter" and " path " in one.name)
    ]
