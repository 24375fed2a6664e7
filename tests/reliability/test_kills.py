"""A sandbox that is killed amid payments has all that it acknowledged, and the check sees what is missing."""

from __future__ import annotations

from pathlib import Path

import httpx
from helpers.sandbox_process import SandboxProcess

from reliability import kills
from reliability.kills import Book, Plan

PLAN = Plan(payments=100, kills=2)


def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(
    tmp_path: Path,
) -> None:
    result = kills.run(tmp_path, PLAN)

    assert result.faults == []
    # Each kill breaks off one payment of each worker at most.
    assert result.refunded >= PLAN.payments - PLAN.kills * PLAN.threads
    assert len(result.seconds) == PLAN.kills + 2


def test_what_is_missing_or_there_twice_is_seen(tmp_path: Path) -> None:
    book = Book()
    with SandboxProcess(tmp_path / "state.db") as process:
        client = process.client()
        for name in ("ORD-1", "ORD-2"):
            book.pay(client, name)
        assert book.faults(client) == []
        leave_an_unnoted_payment(client)
        assert book.faults(client) == []
        client.post("/_sandbox/reset")
        found = book.faults(client)

    for name in ("ORD-1", "ORD-2"):
        for thing in ("link", "payment", "refund"):
            assert f"the {thing} of {name} is missing" in found


def leave_an_unnoted_payment(client: httpx.Client) -> None:
    """Leave a payment behind that nobody has noted: it may have come as far as it wants."""
    body = {"amount": 100, "currency": "KZT", "orderReference": "ORD-3"}
    link = client.post("/v1/payment-links", json=body).json()
    client.post(f"/{link['id']}/pay")
