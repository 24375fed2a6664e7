"""What GitHub reads as Markdown is read as the same by the site's tool."""

from __future__ import annotations

import textwrap

import pytest

from generator.site.dialect import adapted

CASES = {
    "the words behind a fence": (
        "```python continues\nx\n```\n```python file=a.py\ny\n```",
        '```python\nx\n```\n```python title="a.py"\ny\n```',
    ),
    "a list behind a paragraph": ("Text:\n- one\n- two", "Text:\n\n- one\n- two"),
    "a paragraph in an item": (
        "- one\n\n  more\n- two\n\nText",
        "- one\n\n    more\n- two\n\nText",
    ),
    "a block in an item": (
        "1. one:\n\n   ```yaml\n   a:\n     b\n   ```\n2. two",
        "1. one:\n\n    ```yaml\n    a:\n      b\n    ```\n2. two",
    ),
    "a list in an item": ("- one\n  - two\n    more", "- one\n    - two\n        more"),
    "a line that goes on": ("- one\n  goes on\n- two", "- one\n    goes on\n- two"),
    "code that looks like a list": (
        "```text\n- a\n  - b\n```",
        "```text\n- a\n  - b\n```",
    ),
    "a fence in a longer fence": (
        "````text\n```python continues\n```\n````",
        "````text\n```python continues\n```\n````",
    ),
    "a table behind a list": ("- one\n\n| a |\n| - |", "- one\n\n| a |\n| - |"),
}


@pytest.mark.parametrize(("written", "expected"), CASES.values(), ids=CASES)
def test_a_page_keeps_its_meaning(written: str, expected: str) -> None:
    assert adapted(textwrap.dedent(written)) == expected
