"""List the rows that an overlay asks of `tests/generator/facts`; a person writes them there, with the source.

That list is kept apart from `spec/` on purpose, so no program writes it: whoever raises evidence confirms it there.
"""

from __future__ import annotations

from .. import coverage
from ..coverage import Fact
from ..model import query
from ..model.api import Api, Enum, Operation
from . import facts, words

DIRECTORY = "tests/generator/facts"


def rows(before: Api, after: Api, source: str) -> dict[str, list[str]]:
    """Return the rows to write, by the file; cells are parted by tabs, as they are there."""
    old = {(fact.kind, fact.name): fact.evidence for fact in coverage.facts(before)}
    better = [
        fact
        for fact in coverage.facts(after)
        if words.is_better(fact.evidence, old.get((fact.kind, fact.name), facts.GUESS))
    ]
    lines = {
        "operations.tsv": _operations(before, after),
        "schemas.tsv": [
            f"{one.name}\t{one.evidence}" for one in better if one.kind == "schema"
        ],
        "properties.tsv": _properties(better),
        "values.tsv": _values(before, after),
        "others.tsv": _others(better),
    }
    found: dict[str, list[str]] = {}
    for name, some in lines.items():
        # A server that is written at several places is one fact.
        for line in dict.fromkeys(some):
            found.setdefault(name, []).append(f"{line}\t{source}")
    return found


def _operations(before: Api, after: Api) -> list[str]:
    old = {one.call: _row(one) for one in before.operations}
    new = [one for one in query.in_written_order(after) if one.call in old]
    return [_row(one) for one in new if old[one.call] != _row(one)]


def _row(one: Operation) -> str:
    return "\t".join(
        (one.call, one.http_method, one.path, one.method_evidence, one.path_evidence)
    )


def _properties(better: list[Fact]) -> list[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in better:
        if one.kind == "property":
            schema, _, name = one.name.partition(" ")
            found.setdefault((schema, one.evidence), []).append(name)
    return [
        f"{schema}\t{word}\t{', '.join(names)}"
        for (schema, word), names in found.items()
    ]


def _values(before: Api, after: Api) -> list[str]:
    """Return the values of enumerations that are new, or whose schema is known better now."""
    found: list[str] = []
    # The model keeps the order of the document for descriptions, and schemas in the order of their keys.
    order = {
        text.origin.pointer[:-1]: number
        for number, text in enumerate(after.descriptions)
    }
    for enum in sorted(
        after.enums.values(), key=lambda one: order.get(one.origin.pointer, -1)
    ):
        key, old = enum.key, before.enums.get(enum.key)
        word = facts.GUESS if old is None else old.evidence
        known = () if old is None else _listed(old)
        new = tuple(value for value in _listed(enum) if value not in known)
        is_better = words.is_better(enum.evidence, word)
        if is_better or (new and (old is None or word != facts.GUESS)):
            found.append(
                f"{key}\t{enum.evidence}\t{', '.join(_listed(enum) if is_better else new)}"
            )
    return found


def _listed(enum: Enum) -> tuple[str, ...]:
    return tuple(str(member.value) for member in enum.members)


def _others(better: list[Fact]) -> list[str]:
    elsewhere = ("method", "path", "schema", "property")
    return [
        f"{one.kind}\t{one.name}\t{one.evidence}"
        for one in better
        # A parameter of a path is as well known as the path.
        if one.kind not in elsewhere
        and not (one.kind == "parameter" and " path " in one.name)
    ]
