"""What the spec says is no more than what is known, and the report counts it.

`facts/` is the list of what is known, each with its source, kept apart from the spec on purpose: who raises the
evidence of something in `spec/` adds the fact here, with where it was read.

| file | what it lists |
| --- | --- |
| `operations.tsv` | all operations: call, method, path, how well both are known |
| `schemas.tsv` | all schemas that the docs name, and ours: the strongest word that the schema as a whole may have |
| `properties.tsv` | the properties that are known at all |
| `values.tsv` | the values of enums that are known at all; `*` is a list that was published as a whole |
| `statements.tsv` | what descriptions and DECISIONS.md must say in words, because no mark holds it |
| `others.tsv` | the same for parameters, statuses, units of amounts, webhooks, pages, servers, keys |

What is in none of them is inferred.
"""

from __future__ import annotations

import copy
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.specs import BASE, edited, write_spec

from generator import coverage, loader, openapi, pipeline
from generator.__main__ import main
from generator.coverage import Fact
from generator.document import (
    Document,
    Pointer,
    is_mapping,
    mapping,
    objects,
    parse_pointer,
)
from generator.model import query
from generator.model.api import EVIDENCE
from generator.model.build import read

FACTS = Path(__file__).parent / "facts"
FILES = ("operations.tsv", "schemas.tsv", "properties.tsv", "values.tsv", "others.tsv")


def rows(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", strict=True))


def names(cell: str) -> list[str]:
    return cell.split(", ")


OPERATIONS = {row["call"]: row for row in rows("operations.tsv")}
SCHEMAS = {row["schema"]: row for row in rows("schemas.tsv")}


def known() -> dict[tuple[str, str], str]:
    """How well each fact is known, by kind and name."""
    found = {("schema", key): row["evidence"] for key, row in SCHEMAS.items()}
    for call, row in OPERATIONS.items():
        found |= {
            ("method", call): row["method_evidence"],
            ("path", call): row["path_evidence"],
        }
    for row in rows("properties.tsv"):
        found |= {
            ("property", f"{row['schema']} {name}"): row["evidence"]
            for name in names(row["properties"])
        }
    return found | {
        (row["kind"], row["fact"]): row["evidence"] for row in rows("others.tsv")
    }


KNOWN = known()
VALUES = {
    (row["schema"], value): row["evidence"]
    for row in rows("values.tsv")
    for value in names(row["values"])
}


def strongest(fact: Fact, document: Document) -> str:
    """The strongest word that a fact may have in the spec."""
    call, _, rest = fact.name.partition(" ")
    values = mapping(document.get(fact.pointer)).get("enum")
    if fact.kind == "schema" and values:
        words = [
            VALUES.get((fact.name, "*"), VALUES.get((fact.name, str(v)), "inferred"))
            for v in values
        ]
        return max(words, key=EVIDENCE.index)
    if fact.kind == "parameter" and rest.startswith("path "):
        return KNOWN.get(("path", call), "inferred")
    return KNOWN.get((fact.kind, fact.name), "inferred")


def too_strong(document: Document) -> list[str]:
    """What the spec says more firmly than the list of facts; each with its name, and where it stands."""
    facts = {fact.pointer: fact for fact in coverage.facts(read(document)[0])}
    marks: list[tuple[Pointer, Fact | None, str]] = [
        (place, fact, fact.evidence) for place, fact in facts.items()
    ]
    marks += [
        (place, nearest(facts, place), word)
        for place, word in further_marks(document, facts)
    ]
    found: list[str] = []
    for place, fact, word in marks:
        allowed = "inferred" if fact is None else strongest(fact, document)
        if word in EVIDENCE and EVIDENCE.index(word) < EVIDENCE.index(allowed):
            name = place if fact is None else f"{fact.kind} {fact.name}"
            found.append(
                f"{document.where(place)}: {name} is {word} here, and {allowed} in tests/generator/facts"
            )
    return found


def further_marks(
    document: Document, facts: dict[Pointer, Fact]
) -> Iterator[tuple[Pointer, str]]:
    """The marks of evidence inside of what has a fact, such as those on the variants of a property."""
    for place, found in objects(document.data):
        evidence = found.get("x-evidence")
        if evidence is not None and not is_mapping(evidence) and place not in facts:
            yield place, str(evidence)


def nearest(facts: dict[Pointer, Fact], place: Pointer) -> Fact | None:
    around = (facts.get(place[:length]) for length in range(len(place), 0, -1))
    return next((fact for fact in around if fact is not None), None)


@pytest.fixture(scope="module", name="spec")
def _spec() -> Document:
    return pipeline.load()


# -- the spec and the list of facts -----------------------------------------------------------------------------------


def call_of(operation: openapi.Operation) -> str:
    """Return how an operation is called in Python."""
    return f"{operation.data['x-resource']}.{operation.data['x-method']}"


def test_the_spec_has_every_operation_of_the_docs_and_no_other(spec: Document) -> None:
    calls = coverage.report(read(spec)[0]).calls
    assert len(OPERATIONS) == 63
    assert sorted(calls) == sorted(OPERATIONS)


def test_every_operation_has_the_method_and_path_of_the_list(spec: Document) -> None:
    there = {
        call_of(op): (op.method.upper(), op.path) for op in openapi.operations(spec)
    }
    assert there == {
        call: (row["method"], row["path"]) for call, row in OPERATIONS.items()
    }


def test_every_operation_has_exactly_the_evidence_of_the_list(spec: Document) -> None:
    there = {call_of(op): op.data["x-evidence"] for op in openapi.operations(spec)}
    wanted = {
        call: {"method": row["method_evidence"], "path": row["path_evidence"]}
        for call, row in OPERATIONS.items()
    }
    assert there == wanted


def test_the_spec_has_every_schema_that_the_docs_name_and_no_other_under_such_a_name(
    spec: Document,
) -> None:
    wanted = [key for key in SCHEMAS if not key.startswith(coverage.OWN_PREFIX)]
    assert len(wanted) == 99
    assert sorted(coverage.report(read(spec)[0]).schemas) == sorted(wanted)


def test_nothing_is_said_more_firmly_than_it_is_known(spec: Document) -> None:
    assert too_strong(spec) == []


def test_everything_that_is_known_is_in_the_spec(spec: Document) -> None:
    there = {(fact.kind, fact.name) for fact in coverage.facts(read(spec)[0])}
    assert sorted(fact for fact in KNOWN if fact not in there) == []


def test_every_known_value_of_an_enum_is_in_the_spec(spec: Document) -> None:
    enums = {
        str(schema.pointer[-1]): schema.value.get("enum", [])
        for schema in openapi.named_schemas(spec)
    }
    missing = [
        pair
        for pair in VALUES
        if pair[1] != "*" and pair[1] not in enums.get(pair[0], [])
    ]
    assert missing == []


def test_no_response_requires_a_field_that_is_inferred(spec: Document) -> None:
    """A response that lacks it is an error of a strict client, after money moved."""
    api = read(spec).api
    received = query.received_components(api)
    known = {
        fact.name: fact.evidence
        for fact in coverage.facts(api)
        if fact.kind == "property"
    }
    required = [
        f"{schema.pointer[-1]} {name}"
        for schema in openapi.named_schemas(spec)
        if schema.pointer in received
        for name in schema.value.get("required", [])
    ]
    assert len(required) > 10
    assert [name for name in required if known[name] == "inferred"] == []


@pytest.mark.parametrize(
    "row", rows("statements.tsv"), ids=lambda row: row["words"][:40]
)
def test_every_statement_of_the_list_is_made_where_it_belongs(
    spec: Document, row: dict[str, str]
) -> None:
    words, source = " ".join(row["words"].split()), row["source"]
    if row["place"].startswith("DECISIONS.md#"):
        number = row["place"].partition("#")[2]
        text = (pipeline.SPEC.parent / "DECISIONS.md").read_text(encoding="utf-8")
        said = re.split(r"^### (?=\d+\. )", text, flags=re.MULTILINE)[1:]
        section = next(part for part in said if part.startswith(f"{number}. "))
        assert words in " ".join(section.split())
        return
    node = mapping(spec.get(parse_pointer(row["place"])))
    assert words in " ".join(str(node["description"]).replace("**", "").split())
    assert any(named.startswith(source) for named in node["x-source"])


@pytest.mark.parametrize("name", FILES)
def test_every_fact_has_a_word_for_evidence_and_a_source(name: str) -> None:
    for row in rows(name):
        words = {word for key, word in row.items() if key.endswith("evidence")}
        assert words <= set(EVIDENCE), row
        assert (row["source"] == "-") == (words == {"inferred"}), row


# -- what the comparison finds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pointer", "evidence", "name"),
    [
        (
            ("paths", "/v1/payment-links/{id}", "delete", "x-evidence", "path"),
            "observed",
            "path payment_links.cancel",
        ),
        (
            ("components", "schemas", "response.Merchant", "x-evidence"),
            "documented-2023",
            "schema response.Merchant",
        ),
        (
            (
                "components",
                "schemas",
                "response.Merchant",
                "properties",
                "id",
                "x-evidence",
            ),
            "documented",
            "property response.Merchant id",
        ),
        (
            ("components", "schemas", "plexypay.TransactionStatus", "x-evidence"),
            "documented",
            "schema plexypay.TransactionStatus",
        ),
        (
            (
                "components",
                "schemas",
                "request.CreatePaymentLink",
                "properties",
                "amount",
                "x-amount-unit-evidence",
            ),
            "documented",
            "unit request.CreatePaymentLink amount",
        ),
        (
            ("components", "schemas", "response.Merchant", "properties", "id", "oneOf"),
            [{"type": "string", "x-evidence": "documented"}],
            "property response.Merchant id",
        ),
        (
            ("components", "responses", "BadRequest", "x-evidence"),
            "documented",
            "shared_response BadRequest",
        ),
    ],
)
def test_a_guess_that_is_marked_better_is_named(
    spec: Document, pointer: Pointer, evidence: object, name: str
) -> None:
    data = copy.deepcopy(spec.data)
    holder: Any = data
    for token in pointer[:-1]:
        holder = holder[token]
    holder[pointer[-1]] = evidence

    assert any(f": {name} is " in text for text in too_strong(spec.with_data(data)))


def test_a_new_value_of_an_enum_must_be_known_too(spec: Document) -> None:
    data = copy.deepcopy(spec.data)
    data["components"]["schemas"]["plexypay.TransactionType"]["enum"].append(
        "chargeback"
    )

    wanted = "schema plexypay.TransactionType is documented here, and inferred in"
    assert any(wanted in text for text in too_strong(spec.with_data(data)))


def test_weaker_words_than_the_list_are_fine(spec: Document) -> None:
    data = copy.deepcopy(spec.data)
    data["components"]["schemas"]["response.PaymentLink"]["x-evidence"] = "observed"

    assert too_strong(spec.with_data(data)) == too_strong(spec)


# -- the report -------------------------------------------------------------------------------------------------------


@pytest.fixture(name="small")
def _small(tmp_path: Path) -> Path:
    files = edited(
        BASE,
        "schemas/links.yaml",
        "    balance:\n      type: number\n",
        "    balance:\n      type: number\n      x-evidence: observed\n",
    )
    return write_spec(tmp_path / "spec", files)


def test_the_report_counts_each_kind_of_fact_by_its_evidence(small: Path) -> None:
    report = coverage.report(read(loader.load(small))[0])

    def count(kind: str) -> dict[str, int]:
        return dict(report.counts[kind])

    assert count("method") == {"documented": 2, "inferred": 1}
    assert count("path") == {"documented": 1, "inferred": 2}
    assert count("parameter") == {"inferred": 3}, (
        "two of the list, and one of the path that inherits from it"
    )
    assert count("schema") == {"documented": 1, "inferred": 5}
    assert count("property") == {"documented": 2, "observed": 1, "inferred": 6}
    assert count("unit") == {"observed": 1, "inferred": 1}
    assert count("webhook") == {"inferred": 1}


def test_a_resource_counts_the_schemas_that_its_calls_send_and_receive(
    small: Path,
) -> None:
    report = coverage.report(read(loader.load(small))[0])

    assert list(report.resources) == ["links"]
    reached = report.resources["links"]["schema"]
    assert dict(reached) == {"documented": 1, "inferred": 3}, (
        "errors and unused schemas belong to no resource"
    )


def test_the_report_lists_what_is_inferred_and_what_is_unused(small: Path) -> None:
    report = coverage.report(read(loader.load(small))[0])

    assert [tuple(operation) for operation in report.inferred] == [
        ("links.list", "GET", "/v1/links", "documented", "inferred", False),
        ("links.retrieve", "GET", "/v1/links/{id}", "inferred", "inferred", False),
    ]
    assert report.unused_schemas == ("Forgotten",)


def test_the_table_is_for_people(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", "--spec", str(small)]) == 0

    said = capsys.readouterr().out
    assert said.startswith(
        "3 operations, 6 schemas that the docs name and 0 that we name."
    )
    assert "links.list      GET /v1/links       path" in said
    assert "Schemas that no operation and no webhook reaches: 1\n  Forgotten" in said


def test_the_json_has_stable_keys(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", "--spec", str(small), "--json"]) == 0

    record = json.loads(capsys.readouterr().out)
    assert {*record} >= {
        *(
            "operations",
            "schemas",
            "evidence",
            "resources",
            "inferred_operations",
            "unused_schemas",
            "expected",
        )
    }
    assert record["operations"] == 3
    assert record["schemas"] == {"documented_names": 6, "own_names": 0}
    assert record["evidence"]["path"] == {
        "documented": 1,
        "documented-2023": 0,
        "observed": 0,
        "inferred": 2,
    }
    assert record["resources"]["links"]["method"]["documented"] == 2
    assert record["inferred_operations"][1] == {
        "call": "links.retrieve",
        "method": "GET",
        "path": "/v1/links/{id}",
        "method_evidence": "inferred",
        "path_evidence": "inferred",
        "moves_money": False,
    }
    assert record["expected"] is None


def test_what_is_expected_and_missing_is_named_and_fails(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", "--spec", str(small), "--expect", str(FACTS)]) == 1

    said = capsys.readouterr().out
    assert said.startswith("0 of 63 operations, 1 of 99 schemas")
    assert "payouts.create" in said


def test_the_spec_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--expect", str(FACTS), "--json"]) == 0

    expected = json.loads(capsys.readouterr().out)["expected"]
    assert expected == {
        "operations": {"found": 63, "of": 63, "missing": []},
        "schemas": {"found": 99, "of": 99, "missing": []},
    }


def test_a_directory_without_the_lists_is_an_error_that_says_so(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", "--spec", str(small), "--expect", str(tmp_path)]) == 1
    assert (
        "operations.tsv is not a table with the column 'call'"
        in capsys.readouterr().err
    )
