"""Edits of YAML text: only the lines of the edit change."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import pipeline
from generator.drifting import yaml_text
from generator.drifting.yaml_edit import CannotEditError, YamlFile
from generator.yaml_files import read_text

FILES = sorted(pipeline.SPEC.parent.rglob("*.yaml"))
TEXT = """\
# at the top
a:
  # of b
  b: 'x'  # beside
  list:
    - one  # first
    - two
  flow: [1, 2]
  text: |-
    long

    text
  # at the end of a

"z":
  - name: n
    in: query
"""


@pytest.mark.parametrize("path", FILES, ids=[path.name + path.parent.name for path in FILES])
def test_every_file_of_the_spec_keeps_its_bytes_when_an_edit_is_taken_back(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    file = YamlFile(text)
    assert file.text == text
    for key in file.keys(()):
        if not file.keys((key,)):
            continue
        file.put((key, "x-test"), {"a": ["b"]})
        assert read_text(file.text, path.name).value[key]["x-test"] == {"a": ["b"]}
        file.drop((key, "x-test"))
        assert file.text == text


def edited(*edits: tuple[Any, ...]) -> list[str]:
    """The lines that edits change, without those that are alike."""
    file = YamlFile(TEXT)
    for name, *arguments in edits:
        getattr(file, name)(*arguments)
    read_text(file.text, "edited")
    changed = difflib.ndiff(TEXT.splitlines(), file.text.splitlines())
    return [line for line in changed if line[0] in "+-"]


def test_a_value_is_replaced_in_its_line() -> None:
    assert edited(("put", ("a", "b"), "new")) == ["-   b: 'x'  # beside", "+   b: new  # beside"]


def test_a_new_entry_goes_where_the_order_says() -> None:
    assert YamlFile(TEXT).keys(("a",)) == ["b", "list", "flow", "text"]
    file = YamlFile(TEXT)
    file.put(("a", "new"), 1, ("b", "new", "list"))
    assert file.keys(("a",)) == ["b", "new", "list", "flow", "text"]
    file.put(("a", "first"), 1, ("first", "b"))
    assert file.keys(("a",))[0] == "first"
    file.put(("z", "0", "required"), True, ("name", "in", "required"))
    assert read_text(file.text, "edited").value["z"] == [{"name": "n", "in": "query", "required": True}]


def test_items_are_added_and_removed_and_the_comments_stay() -> None:
    assert edited(("append", ("a", "list"), "three")) == ["+     - three"]
    assert edited(("append", ("a", "flow"), 3)) == ["-   flow: [1, 2]", "+   flow: [1, 2, 3]"]
    assert edited(("drop", ("a", "list", "1"))) == ["-     - two"]
    assert edited(("drop", ("a", "list", "1")), ("drop", ("a", "list", "0"))) == [
        "-   list:",
        "-     - one  # first",
        "-     - two",
    ]


def test_a_long_text_ends_where_it_ends() -> None:
    assert edited(("drop", ("a", "text"))) == ["-   text: |-", "-     long", "- ", "-     text"]


def test_a_key_is_renamed_with_its_quotes() -> None:
    assert edited(("rename", ("z",), "y")) == ['- "z":', '+ "y":']


@pytest.mark.parametrize(
    "edit",
    [
        ("put", ("a", "flow", "x"), 1),
        ("append", ("a", "b"), 1),
        ("append", ("a", "flow"), {"x": 1}),
        ("drop", ("a", "flow", "0")),
        ("rename", ("nothing",), "x"),
        ("take", ("nothing",)),
        ("replace_item", ("a", "list", "7"), "x"),
    ],
)
def test_what_is_written_otherwise_is_not_edited(edit: tuple[Any, ...]) -> None:
    with pytest.raises(CannotEditError):
        edited(edit)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9999, 9999)
    | st.text()
    | st.sampled_from(["no", "1.0", "a: b", "x #y", "~"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_whatever_is_written_is_read_back(value: object) -> None:
    text = "\n".join(yaml_text.entry("key", value, 0))
    assert read_text(text, "written").value == {"key": value}
