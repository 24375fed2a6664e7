"""A sandbox whose state is kept in a file: what it has responded to is there when it starts again."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from helpers.cards import card_data
from plexy_pay_sandbox import RunningSandbox, create_app
from plexy_pay_sandbox.command import main
from plexy_pay_sandbox.dashboard import addresses

from .kept import Kept, kept, port_of
from .support import AGENT, CHECKOUT_KEY, GATE_KEY, KEY, Api
from .test_every_operation import (
    checkouts,
    gates,
    host_to_host,
    links_and_payments,
    merchants,
    wallet,
)


@dataclass
class Asked:
    """Note what a client reads, so that it can be read again."""

    paths: set[str] = field(default_factory=set[str])

    def __call__(self, response: httpx.Response) -> None:
        request = response.request
        # The key that reads cards ends with the process; each sandbox has the same one here.
        if request.method == "GET" and request.url.path != "/v1/keys":
            self.paths.add(request.url.raw_path.decode())


def test_every_operation_leaves_what_is_read_the_same_after_a_new_start(
    tmp_path: Path,
) -> None:
    families = {
        "pay": ("", {"Authorization": KEY}),
        "checkout": ("", {"x-api-key": CHECKOUT_KEY}),
        "gate": (f"/agent/{AGENT}", {"Authorization": GATE_KEY}),
    }
    asked = {name: Asked() for name in families}

    def clients(sandbox: Kept) -> dict[str, Api]:
        return {
            name: sandbox.api(
                path, headers=headers, event_hooks={"response": [asked[name]]}
            )
            for name, (path, headers) in families.items()
        }

    def read(apis: dict[str, Api]) -> dict[str, str]:
        return {
            path: api.http.get(f"{api.origin}{path}").text
            for name, api in apis.items()
            for path in sorted(asked[name].paths)
        }

    with kept(tmp_path / "state.db") as sandbox:
        apis = clients(sandbox)
        transaction = links_and_payments(apis["pay"])
        host_to_host(apis["pay"])
        merchants(apis["pay"], transaction)
        wallet(apis["pay"])
        checkouts(apis["checkout"])
        gates(apis["gate"])
        before = read(apis)
        port = port_of(sandbox.running)

    with kept(tmp_path / "state.db", port) as sandbox:
        after = read(clients(sandbox))

    assert len(before) > 30
    assert after == before


def test_the_clock_stays_ahead_and_goes_on_after_a_new_start(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        api = sandbox.pay()
        transaction = api.paid()
        api.advance(3599)

    with kept(db) as sandbox:
        api = sandbox.pay()
        path = f"/v1/transactions/{transaction['transactionId']}"
        assert api.get(path)["status"] == "authorized"
        api.advance(1)
        assert api.get(path)["status"] == "charged"


def test_what_the_dashboard_changed_is_the_same_after_a_new_start(
    tmp_path: Path,
) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        transaction = sandbox.pay().paid()
        advance = f"{sandbox.running.base_url}{addresses.ADVANCE}"
        assert httpx.post(advance, data={"by": "1h"}).status_code == 303

    with kept(db) as sandbox:
        path = f"/v1/transactions/{transaction['transactionId']}"
        assert sandbox.pay().get(path)["status"] == "charged"


def test_a_reset_empties_the_file(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        api = sandbox.pay()
        api.paid(description="Long ago")
        sandbox.running.reset()
        link = api.create_link()

    assert b"Long ago" not in db.read_bytes()
    with kept(db) as sandbox:
        [listed] = sandbox.pay().get("/v1/payment-links")["data"]
        assert listed["id"] == link["id"]


def test_a_refused_request_is_refused_again_and_leaves_nothing(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        api = sandbox.pay()
        api.create_link(orderReference="ORD-1")
        again = {"amount": 1, "currency": "KZT", "orderReference": "ORD-1"}
        assert api.post("/v1/payment-links", again).status_code == 422
        assert api.post("/v1/payment-links", {"amount": -1}).status_code == 422

    with kept(db) as sandbox:
        assert sandbox.pay().get("/v1/payment-links")["total"] == 1


def test_bodies_of_another_kind_than_json_can_be_repeated(tmp_path: Path) -> None:
    db, form = tmp_path / "state.db", "application/x-www-form-urlencoded"
    headers = {"Content-Type": form}
    with kept(db) as sandbox:
        api = sandbox.pay()
        transaction = api.paid()
        path = f"/v1/payments/{transaction['paymentId']}/capture"
        for content in ("number=4111", "{", '{"amount": 1}'):
            refused = api.http.post(path, content=content, headers=headers)
            assert 400 <= refused.status_code < 500
        for path in ("/_sandbox/triggers", "/_sandbox/webhooks/settings"):
            assert api.http.post(path, content="number=4111").status_code == 422
        # curl sends JSON like this, unless it is told otherwise.
        moved = api.http.post(
            "/_sandbox/advance", content='{"seconds": 60}', headers=headers
        )
        assert moved.status_code == 200
        now = api.get("/_sandbox/about")["now"]

    with kept(db) as sandbox:
        api = sandbox.pay()
        assert api.get("/_sandbox/about")["now"] == now
        path = f"/v1/transactions/{transaction['transactionId']}"
        assert api.get(path)["status"] == "authorized"


def test_a_request_that_names_no_host_can_be_repeated(tmp_path: Path) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        # HTTP/1.0 does without the header.
        link = plain_post(sandbox.running, "/v1/payment-links")
        port = port_of(sandbox.running)
        assert f":{port}/pl_" in link

    with kept(db) as sandbox:
        assert sandbox.pay().get("/v1/payment-links")["total"] == 1


def plain_post(running: RunningSandbox, path: str) -> str:
    """Post a link in HTTP/1.0, and return the response."""
    body = b'{"amount": 1, "currency": "KZT"}'
    head = f"POST {path} HTTP/1.0\r\nAuthorization: {KEY}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port_of(running))) as connection:
        connection.sendall(head.encode() + body)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received.decode()


def test_a_card_is_read_again_although_its_key_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "state.db"
    body = {
        "transactionType": "sale",
        "paymentMethod": "card",
        "orderDetails": {"amount": 1, "currency": "KZT"},
    }
    with kept(db) as sandbox:
        api = sandbox.pay()
        for number in ("4907639999909022", "4907639999990022"):
            api.post("/v1/payments", body | {"cardData": card_data(number)})
        before = api.get("/v1/transactions")
        assert before["total"] == 2

    monkeypatch.setattr("plexy_pay_sandbox.cards.decrypt", lambda *_: None)
    with kept(db) as sandbox:
        assert sandbox.pay().get("/v1/transactions") == before


def test_the_file_is_named_to_whoever_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "state.db"
    with kept(db) as sandbox:
        assert sandbox.pay().get("/_sandbox/about")["db"] == str(db)
        main(["doctor", "--url", sandbox.running.base_url])
        assert f"keeps its state in {db}" in capsys.readouterr().out
    with RunningSandbox() as running:
        assert httpx.get(f"{running.base_url}/_sandbox/about").json()["db"] is None
        main(["doctor", "--url", running.base_url])
        assert "is lost when it stops" in capsys.readouterr().out


def test_an_application_takes_its_file_by_itself(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="create_app"):
        RunningSandbox(create_app(), db=tmp_path / "state.db")
    with RunningSandbox(db=tmp_path / "state.db") as running:
        about = httpx.get(f"{running.base_url}/_sandbox/about").json()
    assert about["db"] == str(tmp_path / "state.db")


def test_an_application_that_has_been_served_is_not_served_again(
    tmp_path: Path,
) -> None:
    app = create_app(db=tmp_path / "state.db")
    with RunningSandbox(app):
        pass
    with pytest.raises(RuntimeError, match="did not start"):
        RunningSandbox(app)
