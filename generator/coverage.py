"""Counts what the document says by how well it is known: `python -m generator coverage`.

A fact is one thing of the document that has evidence, its own or inherited: the method of an operation, its path, a
parameter, a property, and so on. `facts` lists them all, and the report counts them.
"""

from __future__ import annotations

import csv
import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from . import reading
from .document import Document, Located, Pointer, mapping, objects, parse_pointer, references, sequence
from .problems import ToolError
from .reading import EVIDENCE

#: Schemas that the docs do not name have names of ours, which begin with this.
OWN_PREFIX = "plexypay."

#: The kinds of facts, in the order of the report.
KINDS = (
    *("method", "path", "parameter", "answer", "page_shape", "schema", "property", "unit", "webhook"),
    *("shared_answer", "server", "security_scheme"),
)

_TITLES = {
    "method": "methods of operations",
    "path": "paths of operations",
    "parameter": "parameters",
    "answer": "statuses of answers",
    "page_shape": "shapes of pages",
    "schema": "schemas",
    "property": "properties",
    "unit": "units of amounts",
    "webhook": "webhooks",
    "shared_answer": "answers that operations share",
    "server": "origins",
    "security_scheme": "ways to authenticate",
}
#: What the table of resources shows of each.
_SHOWN_PER_RESOURCE = ("method", "path", "parameter", "schema", "property")
_SCHEMAS = ("components", "schemas")
_WIDTH = 110


class Fact(NamedTuple):
    """One thing of the document, and how well it is known.

    Attributes:
        kind: One of `KINDS`.
        name: What it is: `payment_links.list`, `payment_links.list query page`, `payment_links.list 200`,
            `response.PaymentLink`, `response.PaymentLink amount`, `transaction.charged`, `https://api.plexypay.com`.
        evidence: One of the words for evidence; "inferred" where the document has none.
        pointer: Where it is in the document.
        resources: The resources that it belongs to. A schema belongs to all that send or receive it.
    """

    kind: str
    name: str
    evidence: str
    pointer: Pointer
    resources: tuple[str, ...] = ()


class InferredOperation(NamedTuple):
    """An operation whose method or path nothing shows."""

    call: str
    method: str
    path: str
    method_evidence: str
    path_evidence: str
    moves_money: bool


@dataclass(frozen=True)
class Report:
    """What was counted.

    Attributes:
        counts: For each kind of fact, how many have which evidence.
        resources: The same for each resource, in the document's order.
        calls: How each operation is called in Python, in the document's order.
        schemas: The keys of the schemas that the docs name.
        own_schemas: The keys of those that only we name.
        inferred: The operations with an inferred method or path.
        unused_schemas: The schemas that no operation and no webhook reaches.
    """

    counts: dict[str, Counter[str]]
    resources: dict[str, dict[str, Counter[str]]]
    calls: tuple[str, ...]
    schemas: tuple[str, ...]
    own_schemas: tuple[str, ...]
    inferred: tuple[InferredOperation, ...]
    unused_schemas: tuple[str, ...]


class Expectation(NamedTuple):
    """How much of a list of names the document has."""

    wanted: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.wanted) - len(self.missing)} of {len(self.wanted)}"


class Expectations(NamedTuple):
    """How much the document has of what it should have."""

    operations: Expectation
    schemas: Expectation

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, of either kind."""
        return self.operations.missing + self.schemas.missing


# -- facts -----------------------------------------------------------------------------------------------------------


def facts(document: Document) -> Iterator[Fact]:
    """Every fact of the document, with its evidence; what inherits evidence has that of what it inherits from.

    A server that is written at several places is yielded for each.
    """
    users = _users(document)
    for operation in reading.operations(document):
        yield from _operation_facts(operation)
    for schema in reading.named_schemas(document):
        key = str(schema.pointer[-1])
        yield from _schema_facts(document, key, users.get(key, ()))
    for webhook in reading.webhooks(document):
        yield Fact("webhook", webhook.path, _word(webhook.data.get("x-evidence")), webhook.pointer)
    for kind, key in (("shared_answer", "responses"), ("security_scheme", "securitySchemes")):
        for name, part in mapping(mapping(document.data.get("components")).get(key)).items():
            yield Fact(kind, name, _word(mapping(part).get("x-evidence")), ("components", key, name))
    for place, server in _servers(document):
        yield Fact("server", str(server.get("url")), _word(server.get("x-evidence")), place)


def _servers(document: Document) -> Iterator[Located]:
    """Every server, of the document, of a path or of an operation."""
    for place, found in objects(document.data):
        for index, server in enumerate(sequence(found.get("servers"))):
            yield Located((*place, "servers", index), mapping(server))


def call_of(operation: reading.Operation) -> str:
    """How the operation is called in Python: `payment_links.create`."""
    return f"{operation.data.get('x-resource')}.{operation.data.get('x-method')}"


def _operation_facts(operation: reading.Operation) -> Iterator[Fact]:
    call, resources = call_of(operation), (str(operation.data.get("x-resource")),)
    marks = mapping(operation.data.get("x-evidence"))
    method, path = _word(marks.get("method")), _word(marks.get("path"))
    place = (*operation.pointer, "x-evidence")
    yield Fact("method", call, method, (*place, "method"), resources)
    yield Fact("path", call, path, (*place, "path"), resources)
    for parameter in operation.parameters():
        where, name = parameter.value.get("in"), parameter.value.get("name")
        inherited = path if where == "path" else None
        evidence = _word(parameter.value.get("x-evidence", inherited))
        yield Fact("parameter", f"{call} {where} {name}", evidence, parameter.pointer, resources)
    for status in mapping(operation.data.get("responses")):
        pointer = (*operation.pointer, "responses", status)
        answer = mapping(operation.document.get(pointer))
        if "$ref" not in answer:
            evidence = _word(answer.get("x-evidence", _weakest(method, path)))
            yield Fact("answer", f"{call} {status}", evidence, pointer, resources)
    if "x-pagination" in operation.data:
        shape = mapping(operation.data["x-pagination"])
        yield Fact(
            "page_shape",
            call,
            _word(shape.get("x-evidence")),
            (*operation.pointer, "x-pagination"),
            resources,
        )


def _schema_facts(document: Document, key: str, resources: tuple[str, ...]) -> Iterator[Fact]:
    pointer = (*_SCHEMAS, key)
    schema = mapping(document.get(pointer))
    own = _word(schema.get("x-evidence"))
    yield Fact("schema", key, own, pointer, resources)
    for part in reading.nested(Located(pointer, schema)):
        inherited = part.value.get("x-evidence", own)
        for name, value in mapping(part.value.get("properties")).items():
            evidence = _word(mapping(value).get("x-evidence", inherited))
            yield Fact("property", f"{key} {name}", evidence, (*part.pointer, "properties", name), resources)
        if "x-amount-unit" in part.value:
            unit, name = _word(part.value.get("x-amount-unit-evidence")), _property_of(part.pointer)
            yield Fact("unit", f"{key} {name}".rstrip(), unit, (*part.pointer, "x-amount-unit"), resources)


def _property_of(pointer: Pointer) -> str:
    """The property that a part of a schema belongs to; empty for the schema as a whole."""
    names = [name for key, name in pairwise(pointer) if key == "properties"]
    return str(names[-1]) if names else ""


def _word(evidence: object) -> str:
    return evidence if isinstance(evidence, str) and evidence in EVIDENCE else "inferred"


def _weakest(*words: str) -> str:
    return max(words, key=EVIDENCE.index)


def _users(document: Document) -> dict[str, tuple[str, ...]]:
    """For each schema, the resources whose requests and successful answers reach it, in the document's order."""
    found: dict[str, dict[str, None]] = {}
    for operation in reading.operations(document):
        answers = [answer.value for status, answer in operation.responses() if status.startswith("2")]
        body = operation.body()
        parameters = [parameter.value for parameter in operation.parameters()]
        waiting = [*_named(parameters), *_named(answers), *_named(body.value if body else None)]
        seen: set[str] = set()
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                found.setdefault(key, {})[str(operation.data.get("x-resource"))] = None
                waiting += _named(document.get((*_SCHEMAS, key)))
    return {key: tuple(resources) for key, resources in found.items()}


def _named(value: object) -> list[str]:
    """The schemas that a part of the document refers to."""
    pointers = (parse_pointer(target) for _, target in references(value) if target.startswith("#/"))
    return [pointer[2] for pointer in pointers if pointer[:2] == _SCHEMAS and len(pointer) > 2]


# -- counting --------------------------------------------------------------------------------------------------------


def report(document: Document) -> Report:
    """Count the facts of a document."""
    operations = list(reading.operations(document))
    schemas = [str(schema.pointer[-1]) for schema in reading.named_schemas(document)]
    counts = {kind: Counter[str]() for kind in KINDS}
    resources = {
        str(operation.data.get("x-resource")): {kind: Counter[str]() for kind in KINDS}
        for operation in operations
    }
    # A server may be written at many paths; it is one fact all the same.
    for fact in {(fact.kind, fact.name): fact for fact in facts(document)}.values():
        counts[fact.kind][fact.evidence] += 1
        for resource in fact.resources:
            resources[resource][fact.kind][fact.evidence] += 1
    return Report(
        counts=counts,
        resources=resources,
        calls=tuple(map(call_of, operations)),
        schemas=tuple(key for key in schemas if not key.startswith(OWN_PREFIX)),
        own_schemas=tuple(key for key in schemas if key.startswith(OWN_PREFIX)),
        inferred=tuple(_inferred(operations)),
        unused_schemas=tuple(
            str(schema.pointer[-1])
            for schema in reading.named_schemas(document)
            if schema.value.get("x-unused") is True
        ),
    )


def _inferred(operations: Iterable[reading.Operation]) -> Iterator[InferredOperation]:
    for operation in operations:
        marks = mapping(operation.data.get("x-evidence"))
        method, path = _word(marks.get("method")), _word(marks.get("path"))
        if "inferred" in (method, path):
            money = operation.data.get("x-moves-money") is True
            yield InferredOperation(
                call_of(operation), operation.method.upper(), operation.path, method, path, money
            )


def compare(found: Report, folder: Path) -> Expectations:
    """Compare with the lists of what the document should have.

    Args:
        found: The report of the document.
        folder: Where `operations.tsv` (column `call`) and `schemas.tsv` (column `schema`) are.

    Raises:
        ToolError: A list cannot be read.
    """
    operations = _column(folder / "operations.tsv", "call")
    schemas = [key for key in _column(folder / "schemas.tsv", "schema") if not key.startswith(OWN_PREFIX)]
    return Expectations(_expect(operations, found.calls), _expect(schemas, found.schemas))


def _expect(wanted: list[str], there: tuple[str, ...]) -> Expectation:
    return Expectation(tuple(wanted), tuple(name for name in wanted if name not in there))


def _column(path: Path, name: str) -> list[str]:
    """The values of one column of a table, each once."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
            return list(dict.fromkeys(row[name] for row in rows))
    except (OSError, KeyError) as error:
        raise ToolError(f"{path} is not a table with the column {name!r}: {error}.") from None


# -- showing ---------------------------------------------------------------------------------------------------------


def as_json(found: Report, expected: Expectations | None = None) -> str:
    """The report for programs; keys are never renamed or removed, new ones may come."""
    record: dict[str, Any] = {
        "operations": len(found.calls),
        "schemas": {"documented_names": len(found.schemas), "own_names": len(found.own_schemas)},
        "evidence": _record(found.counts),
        "resources": {name: _record(counts) for name, counts in found.resources.items()},
        "inferred_operations": [operation._asdict() for operation in found.inferred],
        "unused_schemas": list(found.unused_schemas),
        "expected": None
        if expected is None
        else {
            name: {
                "found": len(part.wanted) - len(part.missing),
                "of": len(part.wanted),
                "missing": list(part.missing),
            }
            for name, part in expected._asdict().items()
        },
    }
    return json.dumps(record, indent=2, ensure_ascii=False)


def _record(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {kind: {word: counts[kind][word] for word in EVIDENCE} for kind in KINDS}


def as_text(found: Report, expected: Expectations | None = None) -> str:
    """The report for people."""
    return "\n\n".join(
        part
        for part in (
            _summary(found, expected),
            _table(
                ["", *EVIDENCE, "all"],
                [
                    [_TITLES[kind], *_numbers(found.counts[kind]), str(found.counts[kind].total())]
                    for kind in KINDS
                ],
            ),
            "By resource, as documented / documented-2023 / observed / inferred. A schema counts with each resource\n"
            "that sends or receives it.",
            _table(
                ["", *(f"{kind}s" if kind != "property" else "properties" for kind in _SHOWN_PER_RESOURCE)],
                [
                    [name, *("/".join(_numbers(counts[kind])) for kind in _SHOWN_PER_RESOURCE)]
                    for name, counts in found.resources.items()
                ],
            ),
            _inferred_text(found.inferred),
            _names("Schemas that no operation and no webhook reaches", found.unused_schemas),
        )
        if part
    )


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
        inferred = " and ".join(part for part, word in words.items() if word == "inferred")
        money = "moves money" if operation.moves_money else ""
        rows.append([operation.call, f"{operation.method} {operation.path}", inferred, money])
    title = f"Operations whose method or path is inferred: {len(rows)}"
    return f"{title}\n{_table(['', 'sent as', 'inferred', ''], rows, str.ljust)}" if rows else title


def _table(head: list[str], rows: list[list[str]], align: Callable[[str, int], str] = str.rjust) -> str:
    """Columns as wide as their widest cell; the first one is names."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(align, row[1:], widths[1:])]).rstrip()
        for row in (head, *rows)
    ]
    return "\n".join(lines)


def _names(title: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    fill = textwrap.TextWrapper(_WIDTH, initial_indent="  ", subsequent_indent="  ")
    fill.break_on_hyphens = fill.break_long_words = False
    return f"{title}: {len(names)}\n{fill.fill(', '.join(names))}"
