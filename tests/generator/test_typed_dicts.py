"""What datamodel-code-generator says stops the generation; what it writes is tested with the generated code."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datamodel_code_generator
import pytest
from helpers.generation import api_of, document, operation

from generator.emit import typed_dicts
from generator.problems import GenerationError

ORDER = {"Order": {"type": "object", "properties": {"name": {"type": "string"}}}}
API = api_of(document(ORDER, {"/orders": {"post": operation("orders", "create", body="Order")}}))


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Makes datamodel-code-generator do something else before it writes what it writes."""
    real = datamodel_code_generator.generate

    def replace(first: Callable[[], object]) -> None:
        def generate(*args: Any, **options: Any) -> Any:
            first()
            return real(*args, **options)

        monkeypatch.setattr(datamodel_code_generator, "generate", generate)

    return replace


def test_a_warning_is_an_error_each_time(
    tool: Callable[[Callable[[], object]], None], tmp_path: Path
) -> None:
    tool(lambda: warnings.warn("a type was guessed", stacklevel=1))
    for number in range(2):
        with pytest.raises(GenerationError, match="datamodel-code-generator: a type was guessed"):
            typed_dicts.generate(API, tmp_path / str(number))


def test_a_failure_is_an_error_that_names_the_tool(
    tool: Callable[[Callable[[], object]], None], tmp_path: Path
) -> None:
    def fail() -> None:
        raise ValueError("no schema")

    tool(fail)
    with pytest.raises(GenerationError, match="datamodel-code-generator: ValueError: no schema"):
        typed_dicts.generate(API, tmp_path)


def test_what_only_the_tool_itself_should_mend_is_no_error(
    tool: Callable[[Callable[[], object]], None], tmp_path: Path
) -> None:
    tool(lambda: warnings.warn("an old function of a library", DeprecationWarning, stacklevel=1))
    typed_dicts.generate(API, tmp_path)
    assert "class OrderParams(TypedDict)" in (tmp_path / "params" / "__init__.py").read_text("utf-8")
