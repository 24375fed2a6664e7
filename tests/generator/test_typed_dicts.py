"""What datamodel-code-generator says stops the generation; what it writes is tested with the generated code."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.generation import api_of, document, operation
from helpers.tools import before_parameters

from generator.diagnostics import GenerationError
from generator.emit import typed_dicts

ORDER = {"Order": {"type": "object", "properties": {"name": {"type": "string"}}}}
API = api_of(
    document(ORDER, {"/orders": {"post": operation("orders", "create", body="Order")}})
)


def test_a_warning_is_an_error_that_names_the_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_parameters("warnings.warn('a type was guessed')", tmp_path, monkeypatch)
    with pytest.raises(
        GenerationError,
        match="datamodel-code-generator: a type was guessed .*the schema Order",
    ):
        typed_dicts.generate(API)


def test_a_failure_is_an_error_that_names_the_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_parameters("raise ValueError('no schema')", tmp_path, monkeypatch)
    with pytest.raises(
        GenerationError, match="datamodel-code-generator: ValueError: no schema"
    ):
        typed_dicts.generate(API)


def test_a_tool_that_ends_its_process_is_named_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_parameters("os.write(2, b'no memory'); os._exit(3)", tmp_path, monkeypatch)
    with pytest.raises(
        GenerationError, match=r"datamodel-code-generator .*\(3\):\nno memory"
    ):
        typed_dicts.generate(API)


def test_what_only_the_tool_itself_should_mend_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_parameters(
        "warnings.warn('an old function', DeprecationWarning)", tmp_path, monkeypatch
    )
    assert "class OrderParams(TypedDict)" in typed_dicts.generate(API)


def test_what_the_tool_prints_is_no_part_of_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_parameters("print('hello')", tmp_path, monkeypatch)
    assert "hello" not in typed_dicts.generate(API)
