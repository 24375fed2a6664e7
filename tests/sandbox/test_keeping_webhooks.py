"""Webhooks of a sandbox that keeps its state: a new start loses none, and sends none again that was acknowledged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.sandbox_process import SandboxProcess
from plexy_pay_sandbox.control_calls import ask
from plexy_pay_sandbox.journal import JournalError

from .kept import Kept, kept
from .support import Api, Receiver

SHOP = "http://testserver/webhooks"


def test_webhooks_that_were_acknowledged_are_not_sent_again(
    tmp_path: Path, receiver: Receiver
) -> None:
    db = tmp_path / "state.db"
    with kept(db, webhook_url=receiver.url) as sandbox:
        sandbox.pay().paid()
        before = sandbox.running.webhooks.wait()
    assert [receiver.next()["name"] for _ in before] == [
        "transaction.created",
        "transaction.authorized",
    ]

    with kept(db, webhook_url=receiver.url) as sandbox:
        assert sandbox.running.webhooks.wait() == before
        sandbox.pay().create_link()
        sandbox.running.webhooks.emit("transaction.charged")
        assert receiver.next()["name"] == "transaction.charged"
        assert sandbox.running.webhooks.deliveries()[-1].id == f"whd_{len(before) + 1}"


def test_webhooks_that_were_on_their_way_are_sent_after_a_kill(
    tmp_path: Path, receiver: Receiver
) -> None:
    db = tmp_path / "state.db"
    receiver.gate.clear()
    with SandboxProcess(db, "--webhook-url", receiver.url) as process:
        Api(process.client()).paid()
        first = receiver.next()
    receiver.gate.set()

    with SandboxProcess(db, "--webhook-url", receiver.url) as process:
        process.base_url()
        assert receiver.next() == first
        assert receiver.next()["name"] == "transaction.authorized"


def test_a_webhook_that_was_given_up_stays_so(
    tmp_path: Path, receiver: Receiver
) -> None:
    db = tmp_path / "state.db"
    receiver.statuses += [500] * 4
    with kept(db, webhook_url=receiver.url) as sandbox:
        sandbox.running.webhooks.emit("transaction.charged")
        before = sandbox.running.webhooks.wait()
    assert [(one.state, len(one.attempts)) for one in before] == [("given_up", 4)]

    with kept(db, webhook_url=receiver.url) as sandbox:
        assert sandbox.running.webhooks.wait() == before


def test_delayed_and_held_webhooks_wait_on_after_a_new_start(
    tmp_path: Path, receiver: Receiver
) -> None:
    db = tmp_path / "state.db"
    with kept(db, webhook_url=receiver.url) as sandbox:
        events = sandbox.running.webhooks
        events.configure(delay=60)
        events.emit("transaction.charged")
        events.configure(delay=0)
        events.hold()
        events.emit("transaction.refunded")

    with kept(db, webhook_url=receiver.url) as sandbox:
        events = sandbox.running.webhooks
        assert [one.state for one in events.deliveries()] == ["delayed", "held"]
        events.release()
        assert receiver.next()["name"] == "transaction.refunded"
        sandbox.running.advance(60)
        assert receiver.next()["name"] == "transaction.charged"


def test_another_address_for_webhooks_holds_for_what_happens_from_then_on(
    tmp_path: Path, receiver: Receiver
) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        sandbox.pay().paid()

    with kept(db, webhook_url=receiver.url) as sandbox:
        assert sandbox.running.webhooks.deliveries() == []
        sandbox.running.webhooks.configure(copies=2)
    with kept(db, webhook_url=receiver.url) as sandbox:
        sandbox.running.webhooks.emit("transaction.charged")
        assert len(sandbox.running.webhooks.deliveries()) == 2


def test_a_host_that_is_no_longer_named_gets_nothing_that_was_delayed(
    tmp_path: Path,
) -> None:
    db, url = tmp_path / "state.db", "http://shop.example/hook"
    with kept(db, webhook_url=url, webhook_hosts=["shop.example"]) as sandbox:
        sandbox.running.webhooks.configure(delay=60)
        sandbox.running.webhooks.emit("transaction.charged")

    with kept(db) as sandbox:
        sandbox.running.advance(60)
        [delivery] = sandbox.running.webhooks.wait()
        assert (delivery.state, delivery.attempts) == ("not_sent", ())
        assert "--webhook-host shop.example" in (delivery.reason or "")


@pytest.mark.parametrize(
    "fault",
    [
        "webhook_lost",
        "webhook_twice",
        "webhook_late",
        "webhook_forged",
        "webhook_out_of_order",
    ],
)
def test_what_a_fault_made_of_an_event_stays_so_and_the_fault_is_gone(
    tmp_path: Path, receiver: Receiver, fault: str
) -> None:
    db = tmp_path / "state.db"
    # The forged one is not tried again, whatever the response.
    with kept(db, webhook_url=receiver.url) as sandbox:
        sandbox.running.faults.set("transaction.created", fault, times=3)
        sandbox.pay().paid()
        before = sandbox.running.webhooks.wait()

    with kept(db, webhook_url=receiver.url) as sandbox:
        assert sandbox.running.webhooks.wait() == before
        assert sandbox.running.faults.list() == []
        sandbox.running.advance(3600)
        later = sandbox.running.webhooks.wait()
        assert {one.state for one in later} <= {"delivered", "not_sent"}


def test_faults_of_requests_are_no_part_of_the_state(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        faults = sandbox.running.faults
        faults.set("payment_links.create", "bad_gateway")
        body = {"amount": 1, "currency": "KZT"}
        api = sandbox.pay()
        assert api.post("/v1/payment-links", body).status_code == 502
        faults.next("payment_links.create", "too_many_requests")
        assert api.post("/v1/payment-links", body).status_code == 429

    with kept(db) as sandbox:
        assert sandbox.running.faults.list() == []
        assert sandbox.pay().get("/v1/payment-links")["total"] == 1


def due(sandbox: Kept) -> list[Any]:
    """What a sandbox would post, without the proofs, which differ each second."""
    response = ask(sandbox.running.base_url, "POST", "/_sandbox/webhooks/due", {})
    return [(one["id"], one["name"], one["body"]) for one in response["due"]]


def report(sandbox: Kept, delivery: str, status: int) -> None:
    path = f"/_sandbox/webhooks/{delivery}/report"
    ask(sandbox.running.base_url, "POST", path, {"status": status})


def test_webhooks_that_wait_to_be_taken_over_wait_on_after_a_new_start(
    tmp_path: Path,
) -> None:
    db = tmp_path / "state.db"
    options: dict[str, Any] = {"webhook_url": SHOP, "webhook_outbox": True}
    with kept(db, **options) as sandbox:
        sandbox.running.faults.next("transaction.created", "webhook_forged")
        sandbox.pay().paid()
        forged, created, authorized = due(sandbox)
        report(sandbox, forged[0], 401)
        report(sandbox, created[0], 200)
        report(sandbox, authorized[0], 500)
        before = sandbox.running.webhooks.deliveries()

    # Another secret proves them from now on.
    with kept(db, webhook_token="whk_new", **options) as sandbox:
        assert sandbox.running.webhooks.deliveries() == before
        assert due(sandbox) == [authorized]


def test_a_file_of_a_sandbox_that_posts_nothing_is_refused_by_one_that_posts(
    tmp_path: Path,
) -> None:
    db = tmp_path / "state.db"
    with kept(db, webhook_outbox=True):
        pass
    with pytest.raises(JournalError, match="webhook_outbox True"), kept(db):
        pass
