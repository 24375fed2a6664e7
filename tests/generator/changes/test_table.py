"""Every kind of change, with its class and its text: table.yaml is the contract, and docs/changes.md shows it.

Run this file as a program to rewrite docs/changes.md.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers.patches import patched

from generator import loader, yaml_files
from generator.changes import Change, Level, compare
from generator.changes.change import harsher
from generator.changes.changelog import quoted
from generator.changes.kinds import KINDS, MONEY
from generator.document import Document

HERE = Path(__file__).parent
PAGE = HERE.parent.parent.parent / "docs" / "changes.md"
BASE: dict[str, Any] = loader.load(HERE / "base.yaml").data
ROWS: list[dict[str, Any]] = yaml_files.read(HERE / "table.yaml", "table.yaml").value


@cache
def changes_of(number: int) -> list[Change]:
    """What the comparison says of the edit of the row with this number."""
    row = ROWS[number]
    old = patched(BASE, row.get("from", []))
    return compared(old, patched(old, row["edit"]))


def compared(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What the comparison says of two documents that stand in no file."""
    return compare(Document(old), Document(new))


@pytest.mark.parametrize(
    "holder",
    [
        "/paths/~1v1~1links~1{id}~1void/post",
        "/paths/~1v1~1links/get/parameters/3",
        "/components/schemas/response.Link/properties/weight",
    ],
)
def test_a_deprecation_and_its_advice_are_one_change_and_new_advice_is_another(
    holder: str,
) -> None:
    marks = {"deprecated": True, "x-deprecated": {"use": "something"}}
    old = patched(
        BASE,
        [
            {"op": "add", "path": f"{holder}/{key}", "value": mark}
            for key, mark in marks.items()
        ],
    )
    assert [change.kind for change in compared(BASE, old)] == ["deprecated"]
    new = patched(
        old,
        [
            {
                "op": "replace",
                "path": f"{holder}/x-deprecated",
                "value": {"use": "another"},
            }
        ],
    )
    [advice] = compared(old, new)
    assert advice.text.startswith("the advice about the deprecation")


each_row = pytest.mark.parametrize(
    "number", range(len(ROWS)), ids=[f"{row['kind']}: {row['when']}" for row in ROWS]
)


@each_row
def test_a_change_has_its_kind_its_class_and_its_text(number: int) -> None:
    row, changes = ROWS[number], changes_of(number)
    assert _own(number), [(change.kind, change.sentence) for change in changes]
    assert harsher(change.level for change in changes) is Level(row["level"]), changes


@each_row
def test_nothing_but_what_the_table_calls_so_is_unclassified_or_cannot_be_generated(
    number: int,
) -> None:
    kind = ROWS[number]["kind"]
    odd = {change.kind for change in changes_of(number)} & {
        "not-classified",
        "not-generated",
    }
    assert odd <= {kind}


def test_the_table_has_every_kind_that_can_be_reported_and_no_other() -> None:
    assert {row["kind"] for row in ROWS} == KINDS
    assert MONEY <= KINDS
    assert len(ROWS) >= 40


def test_the_base_document_is_one_that_the_generator_understands() -> None:
    changed = copy.deepcopy(BASE)
    changed["info"]["title"] = "Other links"
    assert [change.kind for change in compared(BASE, changed)] == [
        "documentation-changed"
    ]


def test_the_page_shows_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), (
        f"run python {Path(__file__).name} and read the diff"
    )


def page() -> str:
    """docs/changes.md."""
    lines = [_HEAD]
    own = [_own(number)[0] for number in range(len(ROWS))]
    for level, title in (
        (Level.BREAKING, "Breaking"),
        (Level.ADDITIVE, "Additive"),
        (Level.DOCS, "Docs only"),
    ):
        lines += [
            "",
            f"## {title}",
            "",
            _LEVELS[level],
            "",
            "| change | example from the report |",
            "| --- | --- |",
        ]
        for change, row in zip(own, ROWS, strict=True):
            if change.level is level:
                shout = "**money.** " if change.is_about_money else ""
                text = quoted(change.where) + change.sentence.removeprefix(change.where)
                lines.append(
                    f"| {row['when']} | {shout}{text.replace('|', chr(92) + '|')} |"
                )
    return "\n".join(lines) + "\n"


def _own(number: int) -> list[Change]:
    """Return the changes that the row with this number is about, where the edit does more than that."""
    row = ROWS[number]
    return [
        change
        for change in changes_of(number)
        if change.kind == row["kind"] and row["says"] in change.sentence
    ]


_HEAD = """\
<!-- Written by `python tests/generator/changes/test_table.py` from the table beside it. Do not edit. -->
# What counts as a breaking change

This page shows how `./nox -s changes -- OLD NEW` classifies a change between two descriptions of the API: breaking,
additive or docs only. A test checks each row: it makes such an edit to a small description and expects the report to
contain the sentence of the second column.

Requests and responses follow opposite rules. A parameter may accept more without harm, and a response may contain less.
A class that is both sent and received gets the more severe of the two classes. A change that these tables do not list
counts as breaking until somebody classifies it.

Before 1.0 a breaking change raises the minor version, and every other change the patch version. From 1.0 on a breaking
change raises the major version, an addition the minor version, and a change to the docs alone the patch version."""

_LEVELS = {
    Level.BREAKING: "A working program may fail, no longer pass its type check, or change its meaning.",
    Level.ADDITIVE: "Something was added. A working program keeps working.",
    Level.DOCS: "Only readers notice these changes.",
}


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
