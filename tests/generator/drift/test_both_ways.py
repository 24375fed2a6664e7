"""Schemas that are sent and received: what a response shows becomes no parameter, and a second run says nothing."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.drifts import FILES, Workspace, link, record, said
from helpers.specs import edited

from generator import pipeline

#: The small spec, in which a payer is sent with a new link and comes back with each link.
PAYER = """\
Payer:
  type: object
  x-evidence: inferred
  properties:
    note:
      type: string
    level:
      type: string
    kind:
      $ref: "#/PayerKind"

PayerKind:
  type: string
  x-evidence: inferred
  enum:
    - person
    - company

LinkStatus:
"""
SHARED = edited(FILES, "schemas/links.yaml", "LinkStatus:\n", PAYER)
REFERENCE = '    payer:\n      $ref: "#/Payer"\n'
SHARED = edited(
    SHARED, "schemas/links.yaml", "    requestId:\n", f"{REFERENCE}    requestId:\n"
)
SHARED = edited(
    SHARED, "schemas/links.yaml", "    balance:\n", f"{REFERENCE}    balance:\n"
)

FEE = record("/payer/fee", "unknown-field", "absent", "integer", "links.retrieve")


@pytest.fixture(name="shared")
def _shared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    return Workspace(tmp_path, capsys, SHARED)


def payer(**properties: Any) -> dict[str, Any]:
    base = {"note": {"type": "string"}, "level": {"type": "string"}}
    kind = {"type": "string", "enum": ["person", "company"]}
    return {"type": "object", "properties": {**base, "kind": kind, **properties}}


def export(
    workspace: Workspace, sent: dict[str, Any] | None, received: dict[str, Any]
) -> Path:
    """Return an export that has a schema of its own for each way."""

    def change(data: dict[str, Any]) -> None:
        link(data)["properties"]["payer"] = received
        if sent is None:
            return
        body = {
            "type": "object",
            "required": ["amount"],
            "properties": {
                "amount": {"type": "integer"},
                "requestId": {"type": "string"},
                "payer": sent,
            },
        }
        create = {
            "summary": "Create a link",
            "tags": ["Links"],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": body}},
            },
            "responses": {"201": link_response(), "401": {"description": ""}},
        }
        data["paths"]["/v1/links"] = {"post": create}

    return workspace.export(change)


def link_response() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/response.Link"}
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def has_nothing_left(workspace: Workspace, source: Path) -> bool:
    """Whether a second run says nothing but what the first one left to people or found in spec/ alone."""
    first = workspace.correct(source)
    second = workspace.report(source)
    left = [one for one in first["findings"] if one["verdict"] != "patch"]
    return [(one["kind"], one["subject"]) for one in second["findings"]] == [
        (one["kind"], one["subject"]) for one in left
    ]


def test_a_field_of_a_response_is_no_parameter_of_a_request(shared: Workspace) -> None:
    log = shared.file("drift.jsonl", FEE)
    shared.correct(log)

    fee = shared.schema("Payer")["properties"]["fee"]
    assert (fee["type"], fee["readOnly"], fee["x-evidence"]) == (
        "integer",
        True,
        "observed",
    )
    assert shared.report(log)["findings"] == []


def test_a_field_of_a_schema_that_only_comes_is_as_it_was(shared: Workspace) -> None:
    shared.correct(
        shared.file(
            "drift.jsonl", record("/data/*/fee", "unknown-field", "absent", "integer")
        )
    )

    assert "readOnly" not in shared.schema("response.Link")["properties"]["fee"]


def test_the_client_has_the_field_and_takes_it_from_nobody(shared: Workspace) -> None:
    shared.correct(shared.file("drift.jsonl", FEE))
    pipeline.build(shared.spec, shared.directory / "both_ways_pay")
    sys.path.insert(0, str(shared.directory))
    try:
        package = importlib.import_module("both_ways_pay")
        params = importlib.import_module("both_ways_pay.params")
    finally:
        sys.path.remove(str(shared.directory))

    assert package.models.Payer.from_dict({"fee": 7}).fee == 7
    assert "note" in params.PayerParams.__annotations__
    assert "fee" not in params.PayerParams.__annotations__
    with pytest.raises(package.InvalidParameterError, match="fee"):
        package.models.Payer.from_params({"fee": 7})


def test_a_field_that_only_responses_of_an_export_have_is_no_parameter(
    shared: Workspace,
) -> None:
    source = export(shared, payer(), payer(fee={"type": "integer"}))

    assert has_nothing_left(shared, source)
    assert shared.schema("Payer")["properties"]["fee"]["readOnly"] is True


@pytest.mark.parametrize("received", [payer(), payer(fee={"type": "integer"})])
def test_a_field_that_requests_of_an_export_have_is_a_parameter(
    shared: Workspace, received: dict[str, Any]
) -> None:
    source = export(shared, payer(fee={"type": "integer"}), received)

    assert has_nothing_left(shared, source)
    assert "readOnly" not in shared.schema("Payer")["properties"]["fee"]


def test_a_field_that_a_response_requires_binds_no_request(shared: Workspace) -> None:
    received = payer(fee={"type": "integer"})
    received["required"] = ["fee"]

    assert has_nothing_left(shared, export(shared, payer(), received))
    assert "required" not in shared.schema("Payer")


def test_a_field_of_a_part_of_the_api_that_has_only_responses_is_no_parameter(
    shared: Workspace,
) -> None:
    assert has_nothing_left(
        shared, export(shared, None, payer(fee={"type": "integer"}))
    )
    assert shared.schema("Payer")["properties"]["fee"]["readOnly"] is True


def test_two_types_of_one_property_are_for_a_person(shared: Workspace) -> None:
    source = export(shared, payer(), payer(note={"type": "integer"}))

    (text,) = [
        one for one in said(shared.report(source), "by-hand") if "Payer note" in one
    ]
    assert "elsewhere the export says the same as `spec/`" in text
    assert has_nothing_left(shared, source)
    note = shared.schema("Payer")["properties"]["note"]
    assert (note["type"], note["x-evidence"]) == ("string", "inferred")


@pytest.mark.parametrize(
    "changed",
    [
        {"note": {"type": ["string", "null"]}},
        {"note": {"type": "string", "format": "date-time"}},
        {"kind": {"type": "string", "enum": ["person", "company", "state"]}},
    ],
)
def test_what_one_way_adds_is_written_and_the_other_way_says_nothing_of_it(
    shared: Workspace, changed: dict[str, Any]
) -> None:
    source = export(shared, payer(), payer(**changed))

    assert said(shared.report(source), "by-hand") == []
    assert has_nothing_left(shared, source)
