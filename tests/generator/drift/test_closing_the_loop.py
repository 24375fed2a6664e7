"""From a page of the vendor to spec, client, changelog and coverage report: a guess of the real spec is corrected."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from generator import pipeline
from generator.__main__ import main
from generator.changes import changelog_entry, compare, proposed_version
from generator.changes.change import Change, Level
from generator.document import Document

PAGE = "https://developer.plexy.money/process-payout"
TEXT = """\
# Process Payout

## OpenAPI Specification

```yaml
openapi: 3.0.1
info:
  title: ''
  version: 1.0.0
paths:
  /v1/merchants/payouts:
    post:
      summary: Process Payout
      tags:
        - Payouts
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/request.HandlePayout'
            example:
              amount: 15000
              cardTokenId: 0c3b
      responses:
        '200':
          description: ''
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/response.Payout'
components:
  schemas:
    request.HandlePayout:
      type: object
      required: [amount, currency]
      properties:
        amount: {type: number}
        currency: {type: string}
        cardTokenId: {type: string}
    response.Payout:
      type: object
      properties:
        id: {type: integer, format: int64}
        amount: {type: number}
        currency: {type: string}
        status: {type: string, enum: [created, processing, paid]}
        createdAt: {type: string, format: date-time}
```
"""


class Loop(NamedTuple):
    """What there was and what there is."""

    directory: Path
    spec: Path
    before: Document
    after: Document
    report: dict[str, Any]
    changes: list[Change]


def run(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(list(arguments)) == 0
    return out.getvalue()


@pytest.fixture(scope="module", name="loop")
def _loop(tmp_path_factory: pytest.TempPathFactory) -> Loop:
    directory = tmp_path_factory.mktemp("loop")
    shutil.copytree(pipeline.SPEC.parent, directory / "spec")
    spec, page = directory / "spec" / "openapi.yaml", directory / "page.md"
    page.write_text(TEXT, encoding="utf-8")
    before = pipeline.load(spec)
    overlay = directory / "spec" / "overlays" / "payouts.yaml"
    report = json.loads(
        run(
            "drift",
            str(page),
            "--spec",
            str(spec),
            "--source-name",
            PAGE,
            "--as-overlay",
            str(overlay),
            "--json",
        )
    )
    after = pipeline.load(spec)
    return Loop(directory, spec, before, after, report, compare(before, after))


def test_the_spec_says_what_the_page_says(loop: Loop) -> None:
    assert [one for one in loop.report["findings"] if one["verdict"] != "patch"] == []
    data = loop.after.data
    payout = data["paths"]["/v1/merchants/payouts"]["post"]
    assert payout["x-evidence"] == {"method": "documented", "path": "documented"}
    assert payout["x-source"][-1] == PAGE
    assert "post" not in data["paths"]["/v1/payouts"]
    schemas = data["components"]["schemas"]
    assert schemas["request.HandlePayout"]["required"] == ["amount", "currency"]
    response = schemas["response.Payout"]
    assert response["x-evidence"] == "documented"
    assert response["properties"]["id"]["type"] == "integer"
    assert (
        response["properties"]["status"]["$ref"]
        == "#/components/schemas/plexypay.PayoutStatus"
    )
    assert schemas["plexypay.PayoutStatus"]["enum"] == ["created", "processing", "paid"]
    assert response["properties"]["amount"]["x-amount-unit"] == "unknown"
    assert loop.report["written"]


def test_the_client_calls_the_corrected_path(loop: Loop) -> None:
    pipeline.build_from(loop.after, loop.directory / "corrected_pay", "0.0.0")
    program = """
from corrected_pay import PlexyPay
from corrected_pay.models import Payout, PayoutStatus
from corrected_pay.api.payouts import process_payout
import inspect
print("/v1/merchants/payouts" in inspect.getsource(process_payout))
required = inspect.signature(PlexyPay(api_key="pr_test").payouts.create).parameters
print(required["currency"].default is inspect.Parameter.empty)
payout = Payout.from_dict({"id": 7, "status": "paid"})
print(payout.id == 7, payout.status is PayoutStatus.PAID)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=loop.directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True"] * 4, done.stderr


def test_the_changelog_tells_users(loop: Loop) -> None:
    assert Level.BREAKING in {change.level for change in loop.changes}
    version = proposed_version("0.1.0", loop.changes)

    entry = changelog_entry(version, loop.changes, "unreleased")

    assert entry.startswith("## [0.2.0] - unreleased")
    assert "/v1/merchants/payouts" in entry
    assert "`currency`" in entry or "currency" in entry
    assert "PayoutStatus" in entry


def test_the_coverage_report_follows(loop: Loop) -> None:
    record = json.loads(run("coverage", "--spec", str(loop.spec), "--json"))

    assert "payouts.create" not in [
        one["call"] for one in record["inferred_operations"]
    ]
    assert record["resources"]["payouts"]["path"]["documented"] == 1
    assert record["resources"]["payouts"]["schema"]["documented"] == 3


def test_the_rows_for_the_list_of_facts_are_printed(loop: Loop) -> None:
    facts = loop.report["facts"]
    assert facts["operations.tsv"] == [
        f"payouts.create\tPOST\t/v1/merchants/payouts\tdocumented\tdocumented\t{PAGE}"
    ]
    assert f"response.Payout\tdocumented\t{PAGE}" in facts["schemas.tsv"]
    assert (
        f"plexypay.PayoutStatus\tdocumented\tcreated, processing, paid\t{PAGE}"
        in facts["values.tsv"]
    )
    assert (
        f"request.HandlePayout\tdocumented\tamount, currency, cardTokenId\t{PAGE}"
        in facts["properties.tsv"]
    )
    assert facts["others.tsv"] == [f"response\tpayouts.create 200\tdocumented\t{PAGE}"]


def test_the_files_of_the_spec_keep_their_bytes(loop: Loop) -> None:
    for path in sorted(pipeline.SPEC.parent.rglob("*.yaml")):
        name = path.relative_to(pipeline.SPEC.parent).as_posix()
        assert (loop.spec.parent / name).read_bytes() == path.read_bytes()


def test_a_second_run_has_nothing_left_to_say(loop: Loop) -> None:
    again = json.loads(
        run(
            "drift",
            str(loop.directory / "page.md"),
            "--spec",
            str(loop.spec),
            "--source-name",
            PAGE,
            "--json",
        )
    )
    assert again["findings"] == []
