"""The fault table: what the clients do is what the rules say, and docs/reliability.md shows it."""

from __future__ import annotations

import pytest

from reliability import page, table
from reliability.cells import Runner
from reliability.kinds import PAY
from reliability.rules import SECTIONS
from reliability.table import Entry


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """The table as both clients fill it."""
    return table.run()


def test_every_call_meets_every_fault_as_the_rules_say(entries: list[Entry]) -> None:
    differences = table.differences(entries)
    assert not differences, "\n" + "\n".join(differences)


def test_the_page_is_what_the_run_writes(entries: list[Entry]) -> None:
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.render(entries), (
        "docs/reliability.md is out of date: run ./nox -s reliability"
    )


def test_no_fault_stands_in_the_table_twice() -> None:
    names = [row.fault for _, _, rows in SECTIONS for row in rows]
    assert len(set(names)) == len(names)


def test_the_readme_counts_the_faults() -> None:
    count = sum(len(rows) for _, _, rows in SECTIONS)
    readme = (page.PAGE.parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"what both clients do in {count} faults" in " ".join(readme.split())


def test_a_call_that_behaves_otherwise_is_a_difference() -> None:
    row = next(
        row for _, _, rows in SECTIONS for row in rows if row.fault == "status_502"
    )
    with Runner("sync") as runner:
        seen = runner.see(row.fault, PAY)
    entry = Entry(row, PAY, row.pay._replace(arrived=3, tries=3), {"sync": seen})
    assert list(Entry(row, PAY, row.pay, {"sync": seen}).differences()) == []
    [difference] = entry.differences()
    assert "payments.refund, sync (status_502)" in difference
