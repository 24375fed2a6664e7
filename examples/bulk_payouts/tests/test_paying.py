"""Each way in which a call can end leads to the right state, and no payout to two orders."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from plexy_pay import AuthenticationError, Money, PlexyPay
from plexy_pay_sandbox import FaultControl, RunningSandbox, SandboxClock

from bulk_payouts.ledger import Claimed, ConflictError, Ledger, open_ledger
from bulk_payouts.paying import KEY_LIFETIME, pay_next, plexy
from bulk_payouts.payout import Payout
from bulk_payouts.report import ask_for_statuses, is_well, report
from bulk_payouts.running import pay_all

ORDERS = "settlement_orders.create"
LEASE = 60.0


@pytest.fixture
def ledger(address: str) -> Ledger:
    """Return an empty ledger."""
    opened = open_ledger(address, LEASE)
    opened.create()
    return opened


@pytest.fixture
def seller(plexy_client: PlexyPay) -> str:
    """Return the id of a beneficiary who can be paid."""
    return str(plexy_client.beneficiaries.create(name="Aru", iban="KZ01").id)


@pytest.fixture
def takings(plexy_client: PlexyPay, plexy_clock: SandboxClock) -> None:
    """Bring in the money that is paid out."""
    bring_in(plexy_client, plexy_clock, "takings")


def bring_in(client: PlexyPay, clock: SandboxClock, reference: str) -> None:
    """Have a payer pay 10,000 tenge, and wait until they are there."""
    link = client.payment_links.create(
        amount=Money("10000", "KZT"),
        order_reference=reference,
        description="What is paid out",
        expires_at=clock.now() + timedelta(hours=2),
    )
    httpx.post(f"{link.url}/pay").raise_for_status()
    clock.advance("1h")


def payouts(seller: str, count: int = 1) -> list[Payout]:
    """Return payouts of 100 tenge, P-1 and so on."""
    money = Money("100.50", "KZT")
    return [
        Payout(f"P-{number}", money, seller, "major") for number in range(1, count + 1)
    ]


def run(address: str) -> None:
    """Pay until nothing is left to do."""
    with ThreadPoolExecutor(4) as executor:
        pay_all(address, LEASE, executor, lambda done: None)


def die_with(address: str) -> Claimed:
    """Take a payout as a worker does that is killed then, and let its lease end."""
    ledger = open_ledger(address, -1.0)
    claimed = ledger.claim(
        "killed", lambda name: plexy().save_call(ORDERS, idempotency_key=name)
    )
    assert claimed is not None
    return claimed


def orders(client: PlexyPay) -> Counter[str]:
    """Return how many orders the API has of each name."""
    return Counter(str(order.request_id) for order in client.settlement_orders.list())


@pytest.mark.usefixtures("takings")
def test_a_second_run_of_the_same_file_pays_nothing(
    ledger: Ledger, address: str, plexy_client: PlexyPay, seller: str
) -> None:
    for _ in range(2):
        ledger.plan(payouts(seller, 50))
        run(address)
    assert orders(plexy_client) == {f"P-{number}": 1 for number in range(1, 51)}
    assert ledger.counts()["sent"] == 50
    assert is_well(ledger)


@pytest.mark.usefixtures("takings")
@pytest.mark.parametrize("fault", ["response_lost", "reset_before"])
def test_a_call_whose_outcome_is_unknown_is_looked_up_first(
    ledger: Ledger,
    address: str,
    plexy_client: PlexyPay,
    plexy_faults: FaultControl,
    seller: str,
    fault: str,
) -> None:
    # The client calls three times, always under the same name.
    plexy_faults.set(ORDERS, fault, times=3)
    ledger.plan(payouts(seller))
    run(address)
    assert orders(plexy_client) == {"P-1": 1}
    [row] = ledger.rows("sent")
    # What was done is found, and what was not is sent again.
    assert row.attempts == (1 if fault == "response_lost" else 2)


@pytest.mark.usefixtures("takings")
@pytest.mark.parametrize("sent", [True, False])
def test_what_a_killed_worker_had_is_taken_over(
    ledger: Ledger, address: str, plexy_client: PlexyPay, seller: str, sent: bool
) -> None:
    [payout] = payouts(seller)
    ledger.plan([payout])
    die_with(address)
    if sent:
        plexy_client.settlement_orders.create(
            request_id=payout.reference,
            beneficiary_id=seller,
            amount=payout.number,
            currency="KZT",
        )
    run(address)
    assert orders(plexy_client) == {"P-1": 1}
    assert ledger.counts()["sent"] == 1


def test_nobody_takes_what_a_living_worker_has(
    ledger: Ledger, plexy_client: PlexyPay, seller: str
) -> None:
    ledger.plan(payouts(seller))
    mine = ledger.claim(
        "mine", lambda name: plexy_client.save_call(ORDERS, idempotency_key=name)
    )
    assert mine is not None
    assert pay_next(ledger, plexy_client, "other") is False
    assert ledger.take_over("other") == []


def test_a_worker_that_lost_its_lease_writes_nothing(
    ledger: Ledger, address: str, plexy_client: PlexyPay, seller: str
) -> None:
    ledger.plan(payouts(seller))
    late = die_with(address)
    [mine] = ledger.take_over("mine")
    ledger.record(late, "refused")
    assert ledger.counts()["sending"] == 1
    ledger.record(mine, "sent")
    assert ledger.counts()["sent"] == 1


def test_many_workers_never_take_the_same_payout(
    ledger: Ledger, plexy_client: PlexyPay, seller: str
) -> None:
    ledger.plan(payouts(seller, 100))

    def take_all(_: int) -> list[str]:
        taken: list[str] = []
        worker = uuid4().hex
        while claimed := ledger.claim(worker, lambda name: {}):
            taken.append(claimed.payout.reference)
        return taken

    with ThreadPoolExecutor(8) as executor:
        parts = list(executor.map(take_all, range(8)))
    taken = [reference for part in parts for reference in part]
    assert sorted(taken) == sorted({f"P-{number}" for number in range(1, 101)})


def test_what_the_api_refuses_is_sent_again_only_if_somebody_says_so(
    ledger: Ledger,
    address: str,
    plexy_client: PlexyPay,
    plexy_clock: SandboxClock,
    seller: str,
) -> None:
    ledger.plan(payouts(seller))
    run(address)
    run(address)
    [row] = ledger.rows("refused")
    assert "balance" in row.note
    assert row.attempts == 1
    assert not is_well(ledger)
    bring_in(plexy_client, plexy_clock, "takings")
    ledger.plan_refused_again()
    run(address)
    assert orders(plexy_client) == {"P-1": 1}
    assert is_well(ledger)


@pytest.mark.usefixtures("plexy_sandbox")
def test_a_refusal_after_an_unclear_call_is_for_a_person(
    ledger: Ledger, address: str, plexy_client: PlexyPay, seller: str
) -> None:
    ledger.plan(payouts(seller))
    die_with(address)
    # There is no money: but did the killed worker's call find some?
    run(address)
    [row] = ledger.rows("person")
    assert "balance" in row.note


@pytest.mark.usefixtures("takings")
@pytest.mark.parametrize(("state", "attempts"), [("unknown", 1), ("planned", 2)])
def test_a_key_is_not_relied_on_for_ever(
    ledger: Ledger,
    address: str,
    plexy_client: PlexyPay,
    seller: str,
    state: Any,
    attempts: int,
) -> None:
    ledger.plan(payouts(seller))
    claimed = die_with(address)
    ledger.record(claimed, state, unclear_since=time.time() - KEY_LIFETIME)
    run(address)
    [row] = ledger.rows("person")
    assert row.attempts == attempts
    assert not orders(plexy_client)


@pytest.mark.usefixtures("takings")
def test_a_name_that_the_api_has_with_another_amount_is_not_paid(
    ledger: Ledger, address: str, plexy_client: PlexyPay, seller: str
) -> None:
    plexy_client.settlement_orders.create(
        request_id="P-1", beneficiary_id=seller, amount=7, currency="KZT"
    )
    ledger.plan(payouts(seller))
    run(address)
    assert orders(plexy_client) == {"P-1": 1}
    assert len(ledger.rows("refused")) == 1


def test_a_reference_of_another_payout_stops_the_whole_file(
    ledger: Ledger, seller: str
) -> None:
    ledger.plan(payouts(seller))
    changed = replace(payouts(seller)[0], unit="minor")
    new = replace(payouts(seller)[0], reference="P-2")
    with pytest.raises(ConflictError, match="P-1"):
        ledger.plan([new, changed])
    assert sum(ledger.counts().values()) == 1


def test_what_concerns_all_payouts_stops_the_run(
    ledger: Ledger, plexy_sandbox: RunningSandbox, seller: str
) -> None:
    ledger.plan(payouts(seller))
    with (
        PlexyPay("pr_wrong", base_url=plexy_sandbox.base_url) as client,
        pytest.raises(AuthenticationError),
    ):
        pay_next(ledger, client, "worker")
    assert ledger.counts()["planned"] == 1


@pytest.mark.usefixtures("takings")
def test_an_order_that_fails_later_is_for_a_person(
    ledger: Ledger, address: str, plexy_client: PlexyPay, plexy_clock: SandboxClock
) -> None:
    without_account = str(plexy_client.beneficiaries.create(name="Timur").id)
    ledger.plan(payouts(without_account))
    run(address)
    assert is_well(ledger)
    plexy_clock.advance("2m")
    ask_for_statuses(ledger, plexy_client)
    assert not is_well(ledger)
    assert "P-1" in list(report(ledger))[-1]
