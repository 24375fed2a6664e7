"""An operation that the sandbox has no handler for returns the document's own example, and says that it does."""

from __future__ import annotations

import copy
import json
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import plexy_pay_sandbox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay_sandbox import RunningSandbox, create_app, wire
from plexy_pay_sandbox.examples import Examples
from plexy_pay_sandbox.validation import Contract, Operation, bundled_document

KEY = {"Authorization": "pr_sandbox"}
MARK = "Plexy-Sandbox-Example"
GIFT = {"id": "g1", "note": "For Aisha"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "amount", "made"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "amount": {"type": "number", "minimum": 5},
        "made": {"type": "string", "format": "date-time"},
        "kind": {"$ref": "#/components/schemas/GiftKind"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Gift"}},
        "either": {"oneOf": [{"type": "null"}, {"type": "integer"}]},
    },
    "additionalProperties": False,
}


def grown(response: dict[str, Any], status: str = "200", **more: Any) -> dict[str, Any]:
    """The document with one more operation, for which there is no handler."""
    document = copy.deepcopy(bundled_document())
    document["components"]["schemas"] |= {
        "Gift": SCHEMA,
        "GiftKind": {"type": "string", "enum": ["card", "cash"]},
    }
    body = {
        "type": "object",
        "required": ["note"],
        "properties": {"note": {"type": "string"}},
    }
    document["paths"]["/v1/gifts"] = {
        "post": {
            "operationId": "createGift",
            "x-resource": "gifts",
            "x-method": "create",
            "x-family": "pay",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": body}},
            },
            "responses": {status: {"description": "A gift.", **response}},
            **more,
        }
    }
    return document


def shown(**content: Any) -> dict[str, Any]:
    return {"content": {"application/json": content}}


@contextmanager
def serving(document: dict[str, Any]) -> Iterator[httpx.Client]:
    with RunningSandbox(create_app(document)) as sandbox:
        with httpx.Client(
            base_url=sandbox.base_url, headers=KEY, trust_env=False
        ) as client:
            yield client


REFERENCE = {"$ref": "#/components/schemas/Gift"}


@pytest.mark.parametrize(
    "content",
    [
        shown(schema=REFERENCE, example=GIFT),
        shown(
            schema=REFERENCE, examples={"one": {"value": GIFT}, "two": {"value": {}}}
        ),
        shown(schema={"examples": [GIFT]}),
        shown(schema={"allOf": [{"example": GIFT}]}),
    ],
    ids=["an example", "several examples", "the schema's example", "a part's example"],
)
def test_it_answers_the_documents_example_and_marks_it(
    content: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with (
        serving(grown(content)) as client,
        caplog.at_level(logging.INFO, "plexy_pay_sandbox"),
    ):
        response = client.post("/v1/gifts", json={"note": "For Aisha"})
        own = client.get("/v1/transactions")
    assert (response.status_code, response.json()) == (200, GIFT)
    assert response.headers[MARK] == "true"
    assert own.status_code == 200
    assert MARK not in own.headers
    [line] = [
        record.getMessage()
        for record in caplog.records
        if "example" in record.getMessage()
    ]
    assert "POST /v1/gifts" in line
    assert "gifts.create" in line


def test_without_an_example_it_makes_the_same_one_from_the_schema_each_time() -> None:
    document = grown(shown(schema=REFERENCE))
    with serving(document) as client:
        responses = [
            client.post("/v1/gifts", json={"note": "x"}).content for _ in range(2)
        ]
    assert responses[0] == responses[1]
    Contract(document).check(
        "/components/schemas/Gift", wire.loads(responses[0]), "response"
    )
    assert json.loads(responses[0])["kind"] == "card"


def test_the_status_of_success_and_an_empty_body_are_the_documents() -> None:
    with serving(grown({}, status="204")) as client:
        response = client.post("/v1/gifts", json={"note": "x"})
    assert (response.status_code, response.content, response.headers[MARK]) == (
        204,
        b"",
        "true",
    )


def test_requests_are_checked_as_ever() -> None:
    with serving(grown(shown(example=GIFT))) as client:
        assert client.post("/v1/gifts", json={}).status_code == 422
        assert client.post("/v1/gifts").status_code == 400
        refused = client.post(
            "/v1/gifts", json={"note": "x"}, headers={"Authorization": "pr_wrong"}
        )
        assert refused.status_code == 401
        assert MARK not in refused.headers


def test_the_command_starts_and_names_such_operations(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_bytes(wire.dumps(grown(shown(example=GIFT))))
    command = [
        sys.executable,
        "-m",
        "plexy_pay_sandbox",
        "--port",
        "0",
        "--document",
        str(path),
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert process.stdout is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if line.startswith("Ctrl-C"):
                break
        found = re.search(r"http://[0-9.]+:\d+", printed)
        assert found is not None, printed
        with httpx.Client(
            base_url=found.group(), headers=KEY, trust_env=False
        ) as client:
            assert client.post("/v1/gifts", json={"note": "x"}).json() == GIFT
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=30)
    assert "POST /v1/gifts" in printed
    assert "POST /v1/gifts" in complaints


def test_the_quickstart_goes_on_when_the_package_has_such_an_operation(
    tmp_path: Path,
) -> None:
    """The package of a maintainer who has just added the operation: the bundled document has it."""
    package = tmp_path / "plexy_pay_sandbox"
    shutil.copytree(
        Path(plexy_pay_sandbox.__file__).parent,
        package,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (package / "openapi.json").write_bytes(wire.dumps(grown(shown(example=GIFT))))
    done = subprocess.run(
        [sys.executable, "-m", "plexy_pay_sandbox.quickstart"],
        env={"PYTHONPATH": ":".join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Done: " in done.stdout


def test_every_success_of_the_document_can_be_made_without_its_example(
    contract: Contract,
) -> None:
    document = without_examples(bundled_document())
    bare = Contract(document)
    examples = Examples(bare)
    for operation in bare.operations:
        if operation.success_has_body:
            check(bare, operation, examples.of(operation))


def check(contract: Contract, operation: Operation, made: object) -> None:
    place = f"{operation.pointer}/responses/{operation.success_status}"
    _, pointer = contract.follow(contract.at(place), place)
    contract.check(
        f"{pointer}/content/application~1json/schema",
        made,
        f"{operation.method} {operation.path}",
    )


def without_examples(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {
            name: item
            for name, item in value.items()
            if name not in ("example", "examples", "default")
        }
        return {name: without_examples(item) for name, item in kept.items()}
    return (
        [without_examples(item) for item in value] if isinstance(value, list) else value
    )


LEAVES = st.sampled_from(
    [
        *(
            {"type": kind}
            for kind in (
                "string",
                "integer",
                "number",
                "boolean",
                "null",
                "array",
                "object",
            )
        ),
        *(
            {"type": "string", "format": kind}
            for kind in ("date-time", "date", "uuid", "uri", "email")
        ),
        *(
            {"enum": [1, "a"]},
            {"const": None},
            {"type": ["null", "integer"]},
            {},
            REFERENCE,
            True,
        ),
        *(
            {"type": "integer", "exclusiveMinimum": 7},
            {"type": "number", "maximum": -3},
            {"minLength": 9, "type": "string"},
        ),
        *(
            {"type": "integer", "multipleOf": 7, "minimum": 8},
            {"type": "string", "maxLength": 2},
        ),
    ]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda item, least: {"type": "array", "items": item, "minItems": least},
            inner,
            st.integers(0, 3),
        ),
        st.builds(
            lambda fields: {
                "type": "object",
                "properties": fields,
                "required": sorted(fields),
            },
            st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        ),
        st.builds(lambda first: {"anyOf": [first, {"type": "null"}]}, inner),
        st.builds(lambda first: {"allOf": [first]}, inner),
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_what_is_made_of_a_schema_fits_it(schema: Any) -> None:
    contract = Contract(grown(shown(schema=schema)))
    [operation] = [one for one in contract.operations if one.path == "/v1/gifts"]
    check(contract, operation, Examples(contract).of(operation))


def test_a_schema_that_refers_to_itself_ends() -> None:
    endless = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/Endless"}},
    }
    document = grown(shown(schema={"$ref": "#/components/schemas/Endless"}))
    document["components"]["schemas"]["Endless"] = endless
    with serving(document) as client:
        assert client.post("/v1/gifts", json={"note": "x"}).status_code == 200
