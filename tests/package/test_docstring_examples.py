"""Every method of both clients shows one example, in the form in which a tool shows it as code.

`tests/contract` runs the examples, and `tests/typed` checks their types.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import griffe
import pytest
from helpers.method_examples import FLAVOURS, Flavour, all_examples, example_of, methods
from plexy_pay._operations import OPERATIONS

from generator.formatting import ruff

CASES = [(flavour, call) for flavour in FLAVOURS for call in methods(flavour)]


def test_no_method_is_left_out() -> None:
    calls = {operation.call for operation in OPERATIONS}
    assert len(calls) == 63
    for flavour in FLAVOURS:
        assert set(methods(flavour)) == calls
    assert len(CASES) == 2 * 63


@pytest.mark.parametrize(("flavour", "call"), CASES)
def test_a_method_has_one_example_which_calls_it(flavour: Flavour, call: str) -> None:
    method = methods(flavour)[call]
    example = example_of(method)
    awaited = "async for" in example or f"await client.{call}(" in example
    assert f"client.{call}(" in example
    assert awaited == (flavour == "async")
    text = inspect.getdoc(method) or ""
    assert text.index("Evidence:") < text.index("Example:") < text.index("Args:")
    # The tool behind mkdocs says of each section what it is; it renders such a text as Markdown, so fences as code.
    sections = griffe.Docstring(text).parse("google")
    shown = [
        one for one in sections if one.kind is griffe.DocstringSectionKind.admonition
    ]
    assert [one.value.kind for one in shown] == ["example"]
    assert shown[0].value.contents.strip() == f"```python\n{example}```"


def test_the_examples_are_formed_as_ruff_forms_them(tmp_path: Path) -> None:
    """In the docstring of a method in a class the longest line of them has 88 columns."""
    program = tmp_path / "examples.py"
    program.write_text(all_examples(), "utf-8")
    done = ruff("format", "--isolated", "--line-length", "80", "--diff", str(program))
    assert done.stdout == ""
    done = ruff("check", "--isolated", "--select", "F401,F821,I", str(program))
    assert done.returncode == 0, done.stdout
