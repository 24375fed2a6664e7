"""Docstrings speak of what they describe by its name in Python, not by that on the wire."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import plexy_pay
import pytest
from helpers.description import DESCRIPTION
from helpers.openapi import every_object

from generator.identifiers import snake

PACKAGE = Path(plexy_pay.__file__).parent
FILES = [
    *sorted((PACKAGE / "_resources").glob("*.py")),
    *sorted((PACKAGE / "models").glob("*.py")),
    *sorted((PACKAGE / "api").rglob("*.py")),
    PACKAGE / "params" / "__init__.py",
    PACKAGE / "webhooks" / "_events.py",
    PACKAGE / "_client.py",
]
#: Quotations of something else: a function of browsers, from which a page takes a value, and the property of the
#: objects around ids in deliveries, which events take away.
NO_NAMES = {"navigator.javaEnabled()", "Value"}


def wire_names() -> dict[str, str]:
    """Return the properties and parameters that have another name in Python; headers keep theirs."""
    names: set[str] = set()
    for value in every_object(json.loads(DESCRIPTION.read_text("utf-8"))):
        properties = value.get("properties")
        if isinstance(properties, dict):
            names.update(properties)
        if value.get("in") in ("path", "query"):
            names.add(value["name"])
    return {name: snake(name) for name in names if snake(name) != name}


NAMES = wire_names()


def texts(file: Path) -> Iterator[str]:
    """Yield every docstring of a file, those of attributes as well, without the programs in them."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield re.sub(r"```.*?```", "", str(node.value.value), flags=re.DOTALL)


def quoted(file: Path) -> set[str]:
    return {found for text in texts(file) for found in re.findall("`([^`]+)`", text)}


def quoted_wire_names(file: Path) -> set[str]:
    return {
        one
        for one in quoted(file) - NO_NAMES
        # A path of a URL names its parts as the document does.
        if "/" not in one and not NAMES.keys().isdisjoint(re.findall(r"\w+", one))
    }


def test_names_differ_and_files_are_read() -> None:
    assert NAMES["orderReference"] == "order_reference"
    assert len(FILES) > 200
    found = set[str]().union(*map(quoted, FILES))
    assert {"order_reference", "data.updated_at", *NO_NAMES} <= found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_docstring_quotes_no_name_of_the_wire(file: Path) -> None:
    assert quoted_wire_names(file) == set()


def test_the_meaning_of_a_value_speaks_python_too() -> None:
    meaning = plexy_pay.models.CheckoutResultCode.REFUSED.meaning
    assert meaning is not None
    assert "`refusal_reason_code`" in meaning
