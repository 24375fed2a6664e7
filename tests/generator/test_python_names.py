"""Texts of a document quote names of the wire; docstrings have those of Python."""

from __future__ import annotations

import pytest
from helpers.generation import api_of, document, generate, operation

from generator.emit.python_names import in_python

CREATE = operation(
    "links",
    "create",
    body="request.someLink",
    parameters=[
        {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}},
        {"name": "pageSize", "in": "query", "schema": {"type": "integer"}},
    ],
)
SCHEMAS = {
    "request.someLink": {
        "type": "object",
        "description": "With `orderReference`.",
        "x-evidence": "documented",
        "properties": {
            "orderReference": {"type": "string", "description": "See `autoClearing`."},
            "autoClearing": {"type": "boolean"},
            "colorDepth": {"type": "string"},
            "threeDS": {"type": "object"},
            "data": {"type": "string"},
            "kind": {"$ref": "#/components/schemas/kindOf"},
            "kindOf": {"type": "string"},
            "cardNotPresent": {"type": "string"},
        },
    },
    "kindOf": {
        "type": "string",
        "x-evidence": "documented",
        "enum": ["cardNotPresent"],
    },
}
API = api_of(document(SCHEMAS, {"/links": {"post": CREATE}}))


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("`orderReference`", "`order_reference`"),
        ("`pageSize` and `autoClearing`", "`page_size` and `auto_clearing`"),
        ("`autoClearing: false`", "`auto_clearing: false`"),
        ("`threeDS.html` and `data.orderReference`", "`three_ds.html` and `data.order_reference`"),
        # Over the end of a line of the document.
        ("`autoClearing:\nfalse`", "`auto_clearing:\nfalse`"),
    ],
)  # fmt: skip
def test_a_quoted_name_becomes_that_of_python(written: str, spoken: str) -> None:
    assert in_python(API)(written) == spoken


@pytest.mark.parametrize(
    "text",
    [
        "orderReference",
        '"orderReference"',
        "`Idempotency-Key`",
        '`{"orderReference": "ORD-1"}`',
        "`/v1/links/{orderReference}`",
        # A value of an enumeration, and a schema.
        "`cardNotPresent`",
        "`kindOf`",
        "`request.someLink`",
        # Names of something else.
        "`screen.colorDepth`",
        "`navigator.colorDepth()`",
        "`unknownName`",
        "``orderReference``",
        "```\norderReference\n```",
        "`orderReference",
    ],
)
def test_anything_else_stays(text: str) -> None:
    assert in_python(API)(text) == text


def test_all_docstrings_speak_python(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("generated")
    create = CREATE | {"description": "Has `orderReference`."}
    package = generate(directory, document(SCHEMAS, {"/links": {"post": create}}))
    text = package.PlexyPay("pr_x").links.create.__doc__
    assert "Has `order_reference`." in text
    assert "order_reference: See `auto_clearing`." in text
    assert "With `order_reference`." in package.models.SomeLink.__doc__
    assert "With `order_reference`." in package.params.SomeLinkParams.__doc__
