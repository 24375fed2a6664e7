"""Names that differ by case and underscores only: one finding, and a rename that keeps all marks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from helpers.drifts import FILES, Workspace, link, operation, record, said
from helpers.specs import edited
from hypothesis import given
from hypothesis import strategies as st

from generator.drift.spellings import respelled

FIELD = """\
    payerReference:
      type: string
      description: Whom the link is for.
      x-free-text: true
      x-evidence: inferred
      x-source:
        - a guess by the name
    balance:
"""
SPELLED = edited(FILES, "schemas/links.yaml", "    balance:\n", FIELD)


@pytest.fixture(name="spelled")
def _spelled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    return Workspace(tmp_path, capsys, SPELLED)


UNKNOWN = record("/data/*/payer_reference", "unknown-field", "absent", "string")
MISSING = record("/data/*/payerReference", "missing", "string", "absent")


def test_a_field_of_a_log_that_is_spelled_otherwise_is_one_finding_and_a_rename(
    spelled: Workspace,
) -> None:
    log = spelled.file("drift.jsonl", f"{UNKNOWN}\n{MISSING}\n")

    report = spelled.correct(log)

    (finding,) = report["findings"]
    assert (finding["kind"], finding["verdict"]) == ("spelling", "patch")
    assert (
        "spelled `payerReference` in `spec/`, `payer_reference` in the response"
        in finding["text"]
    )
    properties = spelled.schema("response.Link")["properties"]
    assert "payerReference" not in properties
    assert properties["payer_reference"] == {
        "type": "string",
        "description": "Whom the link is for.",
        "x-free-text": True,
        "x-evidence": "inferred",
        "x-source": ["a guess by the name"],
    }
    assert [
        next(iter(one.keys() - {"target", "description"})) for one in spelled.actions()
    ] == [
        "update",
        "copy",
        "remove",
    ]
    assert spelled.report(log)["findings"] == []


def test_a_property_of_an_export_is_renamed_and_then_known_better(
    spelled: Workspace,
) -> None:
    source = spelled.export(
        lambda data: link(data)["properties"].update(
            PAYER_REFERENCE={"type": "string"}
        ),
        lambda data: link(data).update(required=["id", "PAYER_REFERENCE"]),
    )

    report = spelled.correct(source)

    found = [
        one
        for one in said(report, "patch")
        if "Reference" in one and not one.startswith("evidence")
    ]
    assert [one.partition(":")[0] for one in found] == ["spelling", "required"]
    assert said(report, "only-in-spec") == said(report, "by-hand") == []
    schema = spelled.schema("response.Link")
    renamed = schema["properties"]["PAYER_REFERENCE"]
    assert (renamed["x-free-text"], renamed["x-evidence"]) == (True, "documented")
    assert renamed["x-source"] == [
        "a guess by the name",
        "OpenAPI export of the vendor",
    ]
    assert schema["required"] == ["id", "PAYER_REFERENCE"]
    assert spelled.report(source)["findings"] == []


def with_reference(found: re.Match[str]) -> str:
    """Give a link in an example a reference."""
    pad = found[1] + " " * len(found[2] or "")
    return f"{found[0]}\n{pad}payerReference: shop"


def test_examples_and_required_fields_follow_the_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    required = "  required:\n    - id\n"
    files = edited(
        SPELLED, "schemas/links.yaml", required, f"{required}    - payerReference\n"
    )
    workspace = Workspace(tmp_path, capsys, files)
    for name in ("paths/links.yaml", "openapi.yaml"):
        text = workspace.text(name)
        workspace.file(
            f"spec/{name}", re.sub(r"(?m)^( *)(- )?id: L1$", with_reference, text)
        )

    workspace.correct(workspace.file("drift.jsonl", UNKNOWN))

    assert "payerReference" not in str(workspace.document())
    assert workspace.schema("response.Link")["required"] == ["id", "payer_reference"]
    page = workspace.document()["paths"]["/v1/links"]["get"]["responses"]["200"][
        "content"
    ]["application/json"]
    assert page["example"]["data"] == [{"id": "L1", "payer_reference": "shop"}]


def test_a_name_that_is_known_is_for_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = edited(
        SPELLED,
        "schemas/links.yaml",
        "      x-evidence: inferred\n      x-source:\n        - a guess",
        "      x-evidence: documented\n      x-source:\n        - a page",
    )
    workspace = Workspace(tmp_path, capsys, known)

    report = workspace.report(workspace.file("drift.jsonl", f"{UNKNOWN}\n{MISSING}\n"))

    (text,) = said(report, "by-hand")
    assert text.startswith("spelling: ")
    assert "the property is documented" in text
    assert said(report, "patch") == []


def test_another_type_under_another_spelling_is_for_a_person(
    spelled: Workspace,
) -> None:
    line = record("/data/*/payer_reference", "unknown-field", "absent", "object")

    (text,) = said(spelled.report(spelled.file("drift.jsonl", line)), "by-hand")

    assert "it is string here, seen as object" in text


def test_two_other_spellings_are_for_a_person(spelled: Workspace) -> None:
    other = record("/data/*/PayerReference", "unknown-field", "absent", "string")

    report = spelled.report(spelled.file("drift.jsonl", f"{UNKNOWN}\n{other}\n"))

    assert said(report, "patch") == []
    assert all(
        "other things were seen there" in text for text in said(report, "by-hand")
    )


def test_a_parameter_that_is_spelled_otherwise_is_renamed(workspace: Workspace) -> None:
    files = workspace.text("paths/links.yaml")
    parameter = (
        "    parameters:\n      - name: payerId\n        in: query\n        schema:\n          type: string\n"
        "        example: P1\n        x-evidence: inferred\n    responses:\n"
    )
    head, tail = files.rsplit("    responses:\n", 1)
    workspace.file("spec/paths/links.yaml", head + parameter + tail)
    source = workspace.export(
        lambda data: operation(data)["parameters"].append(
            {"name": "payer_id", "in": "query", "schema": {"type": "string"}}
        )
    )

    report = workspace.correct(source)

    (text,) = [one for one in said(report, "patch") if one.startswith("spelling")]
    assert (
        "links.retrieve query payerId: spelled `payerId` in `spec/`, `payer_id` in the export"
        in text
    )
    assert said(report, "only-in-spec") == []
    (renamed,) = workspace.document()["paths"]["/v1/links/{id}"]["get"]["parameters"]
    assert (renamed["name"], renamed["example"], renamed["x-evidence"]) == (
        "payer_id",
        "P1",
        "documented",
    )
    assert workspace.report(source)["findings"] == []


def test_a_value_that_is_spelled_otherwise_is_one_finding_for_a_person(
    workspace: Workspace,
) -> None:
    def change(data: dict[str, Any]) -> None:
        link(data)["properties"]["status"]["enum"] = ["active", "PAID"]

    report = workspace.report(workspace.export(change))

    (text,) = said(report, "by-hand")
    assert "LinkStatus paid: spelled `paid` in `spec/`, `PAID` in the export" in text
    assert said(report, "only-in-spec") == []


NAMES = st.lists(
    st.sampled_from(["payer_id", "payerId", "PayerID", "payer-id", "id", "ID", "note"]),
    unique=True,
)


@given(NAMES, NAMES)
def test_each_name_has_at_most_one_other_spelling_and_none_that_both_sides_have(
    ours: list[str], theirs: list[str]
) -> None:
    found = respelled(ours, theirs)

    assert set(found) <= set(theirs) - set(ours)
    assert set(found.values()) <= set(ours) - set(theirs)
    assert len(set(found.values())) == len(found)
