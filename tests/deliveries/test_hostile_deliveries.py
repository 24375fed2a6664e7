"""Hostile deliveries: what comes of each is what the table says, and docs/webhook-deliveries.md shows it."""

from __future__ import annotations

import asyncio

import pytest
from plexy_pay.webhooks import Reason

from deliveries import cases, page
from deliveries.cases import SCHEMES, SECTIONS, Entry, cell

ROWS = [row for _, _, rows in SECTIONS for row in rows]


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """The table as a run fills it."""
    return cases.run()


def test_each_delivery_gets_the_one_right_response_in_each_scheme(
    entries: list[Entry],
) -> None:
    differences = cases.differences(entries)
    assert not differences, "\n" + "\n".join(differences)


def test_the_page_is_what_the_run_writes(entries: list[Entry]) -> None:
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.render(entries), (
        f"docs/{page.PAGE.name} is out of date: run ./nox -s deliveries"
    )


def test_no_delivery_stands_in_the_table_twice() -> None:
    assert len({row.text for row in ROWS}) == len(ROWS)


def test_each_reason_to_refuse_a_delivery_stands_in_the_table() -> None:
    assert set(Reason) <= {
        result for row in ROWS for text in row.cells for result in cell(text).results
    }


def test_a_response_of_another_kind_is_a_difference() -> None:
    row = next(row for row in ROWS if row.text == "A duplicate")
    with asyncio.Runner() as runner:
        seen = cases.look(row, SCHEMES[0], runner)
    assert list(Entry(row, SCHEMES[0], cell(row.cells[0]), seen).differences()) == []
    for wrong in (
        "TransactionCharged 200+200 2",
        "TransactionCharged 200+503 1",
        "UnknownEvent 200+200 1",
    ):
        told = list(Entry(row, SCHEMES[0], cell(wrong), seen).differences())
        assert len(told) == 2
        assert "A duplicate; token, receive_async" in told[1]
