"""Count what the model says by how well it is known.

A fact is one thing that has evidence, its own or inherited: the method of an operation, its path, a parameter, a
property, and so on. `facts` lists them all, and the report counts them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .diagnostics import ToolError
from .document import Pointer
from .model import query
from .model.api import Api, Evidence, Model, Operation, Schema, Wrapper

#: Schemas that the docs do not name have names of ours, which begin with this.
OWN_PREFIX = "plexypay."

#: The kinds of facts, in the order of the report.
KINDS = (
    "method",
    "path",
    "parameter",
    "response",
    "page_shape",
    "schema",
    "property",
    "unit",
    "webhook",
    "shared_response",
    "server",
    "security_scheme",
)

_SCHEMAS: Pointer = ("components", "schemas")


class Fact(NamedTuple):
    """A thing of the document, and how well it is known.

    Attributes:
        kind: One of `KINDS`.
        name: Such as `payment_links.list`, `payment_links.list query page`, `payment_links.list 200`,
            `response.PaymentLink`, `response.PaymentLink amount`, `transaction.charged`, `https://api.plexypay.com`.
        evidence: One of the words for evidence; "inferred" where the document has none.
        pointer: Where it is in the document.
        resources: The resources that it belongs to. A schema belongs to all that send or receive it.
    """

    kind: str
    name: str
    evidence: Evidence
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
    """Figures of a document.

    Attributes:
        counts: For each kind of fact, how many have which evidence.
        resources: The same for each resource, in the document's order.
        calls: The call of each operation in Python, in the document's order.
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
    """Count the names of one list that the document has."""

    wanted: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.wanted) - len(self.missing)} of {len(self.wanted)}"


class Expectations(NamedTuple):
    """Count what the document should have and has."""

    operations: Expectation
    schemas: Expectation

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what is missing, of either kind."""
        return self.operations.missing + self.schemas.missing


# -- facts -----------------------------------------------------------------------------------------------------------


def facts(api: Api) -> Iterator[Fact]:
    """Yield every fact with its evidence, inherited or its own.

    A server that is written at several places is yielded for each.
    """
    for operation in query.in_written_order(api):
        yield from _operation_facts(operation)
    yield from _schema_facts(api)
    for event in api.events:
        yield Fact("webhook", event.key, event.evidence, event.origin.pointer)
    for response in api.shared_responses:
        yield Fact(
            "shared_response", response.name, response.evidence, response.origin.pointer
        )
    for scheme in api.security_schemes:
        yield Fact(
            "security_scheme", scheme.name, scheme.evidence, scheme.origin.pointer
        )
    for server in api.servers:
        yield Fact("server", server.url, server.evidence, server.origin.pointer)


def _operation_facts(operation: Operation) -> Iterator[Fact]:
    call = operation.call
    place = operation.origin.pointer
    resources = (operation.resource,)
    yield Fact(
        "method",
        call,
        operation.method_evidence,
        (*place, "x-evidence", "method"),
        resources,
    )
    yield Fact(
        "path", call, operation.path_evidence, (*place, "x-evidence", "path"), resources
    )
    for parameter in operation.parameters:
        name = f"{call} {parameter.place} {parameter.wire_name}"
        evidence: Evidence = "inferred"
        if parameter.origin.is_stated:
            evidence = parameter.evidence
        elif parameter.place == "path":
            evidence = operation.path_evidence
        yield Fact("parameter", name, evidence, parameter.origin.pointer, resources)
    for response in operation.responses:
        if not response.shared_as:
            name = f"{call} {response.status}"
            yield Fact(
                "response", name, response.evidence, response.origin.pointer, resources
            )
    shape = operation.pagination
    if shape is not None:
        yield Fact("page_shape", call, shape.evidence, shape.origin.pointer, resources)


def _schema_facts(api: Api) -> Iterator[Fact]:
    users = _users(api)
    named = _named_schemas(api)
    for key, schema in named.items():
        yield Fact(
            "schema", key, schema.evidence, schema.origin.pointer, users.get(key, ())
        )
    for model in api.models.values():
        owner = named.get(_key_at(model.origin.pointer))
        if owner is not None:
            yield from _property_facts(owner, model, users.get(owner.key, ()))

    for amount in api.shared_amounts:
        yield Fact(
            "unit",
            amount.key,
            amount.evidence,
            amount.origin.pointer,
            users.get(amount.key, ()),
        )
    for wrapper in api.wrappers:
        for field in wrapper.fields:
            name = f"{wrapper.key} {field.wire_name}"
            resources = users.get(wrapper.key, ())
            yield Fact(
                "property", name, field.evidence, field.origin.pointer, resources
            )


def _property_facts(
    owner: Schema | Wrapper, model: Model, resources: tuple[str, ...]
) -> Iterator[Fact]:
    """Yield the facts of a model's own fields; the model is a named schema or written inside of one."""
    own = (*model.origin.pointer, "properties")
    for field in model.fields:
        place = field.origin.pointer
        if place[:-1] != own:
            continue
        is_marked = field.origin.is_stated or model.origin.is_stated
        evidence = field.evidence if is_marked else owner.evidence
        yield Fact(
            "property", f"{owner.key} {field.wire_name}", evidence, place, resources
        )
        if field.amount is not None:
            unit = (*place, "x-amount-unit")
            yield Fact(
                "unit",
                f"{owner.key} {field.wire_name}",
                field.amount.evidence,
                unit,
                resources,
            )


def _named_schemas(api: Api) -> dict[str, Schema | Wrapper]:
    """Return the schemas that have a key of their own in the document."""
    schemas: list[Schema | Wrapper] = list(query.schemas_of(api))
    schemas += api.wrappers
    found = {
        schema.key: schema
        for schema in schemas
        if schema.origin.pointer == (*_SCHEMAS, schema.key)
    }
    return dict(sorted(found.items()))


def _key_at(pointer: Pointer) -> str:
    """Return the key of the named schema that a place is in; nothing for a place elsewhere."""
    return str(pointer[2]) if pointer[:2] == _SCHEMAS else ""


def _users(api: Api) -> dict[str, tuple[str, ...]]:
    """Return, for each schema, the resources whose requests and successful responses reach it."""
    found: dict[str, dict[str, None]] = {}
    for operation in query.in_written_order(api):
        places = [parameter.origin.pointer for parameter in operation.parameters]
        places += [
            response.origin.pointer
            for response in operation.responses
            if response.status.startswith("2")
        ]
        if operation.body is not None:
            places.append(operation.body.origin.pointer)
        for component in query.components_from(api, places):
            found.setdefault(_key_at(component), {})[operation.resource] = None
    return {key: tuple(resources) for key, resources in found.items()}


# -- counting --------------------------------------------------------------------------------------------------------


def report(api: Api) -> Report:
    """Return the figures of an API."""
    schemas = _named_schemas(api)
    counts = _no_counts()
    resources = {
        operation.resource: _no_counts() for operation in query.in_written_order(api)
    }
    # A server may be written at many paths; it is one fact all the same.
    for fact in {(fact.kind, fact.name): fact for fact in facts(api)}.values():
        counts[fact.kind][fact.evidence] += 1
        for resource in fact.resources:
            resources[resource][fact.kind][fact.evidence] += 1
    return Report(
        counts=counts,
        resources=resources,
        calls=tuple(operation.call for operation in query.in_written_order(api)),
        schemas=tuple(key for key in schemas if not key.startswith(OWN_PREFIX)),
        own_schemas=tuple(key for key in schemas if key.startswith(OWN_PREFIX)),
        inferred=tuple(_inferred(api)),
        unused_schemas=tuple(
            key for key, schema in schemas.items() if schema.is_unused
        ),
    )


def _no_counts() -> dict[str, Counter[str]]:
    return {kind: Counter[str]() for kind in KINDS}


def _inferred(api: Api) -> Iterator[InferredOperation]:
    for operation in query.in_written_order(api):
        if operation.evidence == "inferred":
            yield InferredOperation(
                call=operation.call,
                method=operation.http_method,
                path=operation.path,
                method_evidence=operation.method_evidence,
                path_evidence=operation.path_evidence,
                moves_money=operation.moves_money,
            )


def compare(found: Report, directory: Path) -> Expectations:
    """Compare with the lists of what the document should have.

    Args:
        found: The report of the document.
        directory: Where `operations.tsv` (column `call`) and `schemas.tsv` (column `schema`) are.

    Raises:
        ToolError: A list cannot be read.
    """
    operations = _column(directory / "operations.tsv", "call")
    schemas = [
        key
        for key in _column(directory / "schemas.tsv", "schema")
        if not key.startswith(OWN_PREFIX)
    ]
    return Expectations(
        _expect(operations, found.calls), _expect(schemas, found.schemas)
    )


def _expect(wanted: list[str], there: tuple[str, ...]) -> Expectation:
    return Expectation(
        tuple(wanted), tuple(name for name in wanted if name not in there)
    )


def _column(path: Path, name: str) -> list[str]:
    """Return the values of one column of a table, each once."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
            return list(dict.fromkeys(row[name] for row in rows))
    except (OSError, KeyError) as error:
        raise ToolError(
            f"{path} is not a table with the column {name!r}: {error}."
        ) from None
