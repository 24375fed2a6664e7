"""`plexy-sandbox trigger`, `pay`, `advance`, `logs`, `deliveries`, `reset` and `doctor`, with a sandbox that runs."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from plexy_pay import Money, NotFoundError, PlexyPay, webhooks
from plexy_pay_sandbox import RunningSandbox, create_app, triggers
from plexy_pay_sandbox.command import main
from plexy_pay_sandbox.control_calls import ask

from .support import Receiver

SECRET = webhooks.TokenSecret("whk_sandbox")


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[PlexyPay]:
    with PlexyPay(sandbox.key, base_url=sandbox.base_url) as made:
        yield made


@pytest.fixture
def told(sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command with the sandbox; give what it prints, which is JSON with `--json`."""

    def run(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--url", sandbox.base_url]) == code
        printed = capsys.readouterr()
        if code:
            return printed.err
        return json.loads(printed.out) if "--json" in arguments else printed.out

    return run


def link_of(client: PlexyPay) -> Any:
    return client.payment_links.create(
        amount=Money("22000", "KZT"), order_reference="ORD-1001", description="Tea"
    )


def test_a_link_is_paid_by_its_url_or_by_its_id(client: PlexyPay, told: Any) -> None:
    link = link_of(client)
    assert "paid" in told("pay", link.url)
    assert client.payment_links.retrieve(link.id).status == "paid"
    assert "cannot be paid any more" in told("pay", link.id, code=1)


def test_a_link_is_declined_and_the_payer_sent_on(client: PlexyPay, told: Any) -> None:
    link = client.payment_links.create(
        amount=Money("1", "KZT"),
        order_reference="ORD-1",
        description="Tea",
        metadata={"failure_url": "https://shop.example/failed"},
    )
    done = told("pay", link.id, "--decline", "--json")
    assert done == {
        "link": link.id,
        "result": "declined",
        "redirect": "https://shop.example/failed",
    }
    assert client.payment_links.retrieve(link.id).status == "active"


def test_a_response_that_tells_no_result_is_no_payment() -> None:
    with Receiver([500]) as receiver:
        link = f"http://{urlsplit(receiver.url).netloc}/pl_1"
        assert main(["pay", link]) == 1


def test_a_code_without_a_card_is_refused(client: PlexyPay, told: Any) -> None:
    link = link_of(client)
    assert "--code needs --card" in told("pay", link.id, "--code", "111", code=1)
    assert client.payment_links.retrieve(link.id).status == "active"


def test_a_link_that_is_not_there_ends_with_1(told: Any) -> None:
    assert "no payment link pl_none" in told("pay", "pl_none", code=1)


@pytest.mark.parametrize(
    ("arguments", "result", "reason"),
    [
        (("--card", "visa"), "paid", None),
        (("--card", "visa", "--code", "111"), "declined", "not confirmed"),
        (("--card", "challenge-lost"), "waiting", None),
        (("--card", "decline-security-code"), "declined", "security code"),
    ],
)
def test_a_link_is_paid_through_its_page_with_a_named_card(
    client: PlexyPay,
    told: Any,
    arguments: tuple[str, ...],
    result: str,
    reason: str | None,
) -> None:
    link = link_of(client)

    done = told("pay", link.id, *arguments, "--json")

    assert done["result"] == result
    assert (reason or "") in done.get("reason", "")
    assert (client.payment_links.retrieve(link.id).status == "paid") == (
        result == "paid"
    )


def test_a_card_that_is_not_known_is_named_with_those_that_are(
    client: PlexyPay, told: Any
) -> None:
    link = link_of(client)

    assert "did you mean 'visa'" in told("pay", link.id, "--card", "vsa", code=1)
    assert "not both" in told("pay", link.id, "--card", "visa", "--decline", code=1)
    assert "no payment link" in told("pay", "pl_none", "--card", "visa", code=1)
    told("pay", link.id)
    assert "any more" in told("pay", link.id, "--card", "visa", code=1)


def test_to_pay_without_a_sandbox_says_that_there_is_none(told: Any) -> None:
    for more in ((), ("--card", "visa")):
        shown = told("pay", "http://127.0.0.1:9/pl_1", *more, code=3)
        assert "No sandbox listens" in shown


@pytest.mark.parametrize("event", triggers.names())
def test_what_a_trigger_makes_is_found_by_a_handler(event: str) -> None:
    with Receiver() as receiver:
        app = create_app(
            webhook_url=receiver.url,
            webhook_checkout_url=receiver.url,
            webhook_callback_url=receiver.url,
        )
        with RunningSandbox(app) as sandbox:
            assert main(["trigger", event, "--url", sandbox.base_url, "--json"]) == 0
            names = [one.name for one in sandbox.webhooks.wait()]
            assert event in names
            client = PlexyPay(sandbox.key, base_url=sandbox.base_url)
            if event.startswith("transaction."):
                (transaction, *_) = client.transactions.list()
                reached = event.removeprefix("transaction.")
                history = client.transactions.retrieve(transaction.transaction_id or "")
                assert reached in {"created", history.status, "charged", "authorized"}


def test_a_trigger_prints_the_ids_of_what_it_made(client: PlexyPay, told: Any) -> None:
    made = told("trigger", "transaction.refunded", "--json")["made"]
    transaction = client.transactions.retrieve(made["transaction"])
    assert transaction.status == "refunded"
    assert client.payment_links.retrieve(made["payment_link"]).status == "paid"


def test_a_trigger_says_that_no_webhook_has_an_address(told: Any) -> None:
    assert "it has no address" in told("trigger", "transaction.charged")


def test_an_event_that_is_not_known_is_the_one_that_was_meant(told: Any) -> None:
    assert "did you mean 'transaction.charged'?" in told(
        "trigger", "transaction.chraged", code=1
    )
    assert "transaction.charged" in told("trigger").splitlines()


def test_the_clock_moves_by_a_duration(client: PlexyPay, told: Any) -> None:
    link = link_of(client)
    told("pay", link.id)
    told("advance", "61m")
    transaction = client.transactions.retrieve_by_payment_link(link.id)
    assert transaction.status == "charged", "auto clearing comes an hour later"


def test_a_duration_that_is_none_is_a_wrong_argument(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advance", "soon", "--url", sandbox.base_url]) == 2
    assert "15m" in capsys.readouterr().err


def test_the_log_shows_requests_and_why_one_was_refused(
    client: PlexyPay, told: Any
) -> None:
    link = link_of(client)
    with pytest.raises(NotFoundError):
        client.payments.capture("00000000-0000-4000-8000-000000000000")
    shown = told("logs")
    assert "201  POST /v1/payment-links  payment_links.create" in shown
    assert "404  POST" in shown
    assert "transaction not found" in shown
    assert link.id not in shown
    assert "pr_sandbox" not in shown


def test_the_log_has_bodies_for_programs(client: PlexyPay, capsys: Any) -> None:
    link_of(client)
    capsys.readouterr()
    assert (
        main(["logs", "--json", "--url", str(client._settings.family("pay")[1])]) == 0
    )
    (logged,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert logged["operation"] == "payment_links.create"
    assert logged["body"]["orderReference"] == "ORD-1001"
    assert logged["response"]["status"] == "active"
    assert logged["number"] == 1


def test_the_log_keeps_no_card_and_nothing_that_it_could_not_show(
    sandbox: RunningSandbox, client: PlexyPay, told: Any
) -> None:
    number = "5454545454545454"
    with PlexyPay(
        checkout_api_key=sandbox.checkout_key, base_url=sandbox.base_url
    ) as shop:
        method = {"encryptedCardNumber": number, "encryptedSecurityCode": "737"}
        shop.checkout.payments.create(
            amount=Money("1", "KZT"), payment_method={"type": "scheme"} | method
        )
    link = link_of(client)
    httpx.post(f"{link.url}/pay", json={"number": number, "code": "737"})
    headers = {"Authorization": sandbox.key, "Content-Type": "application/json"}
    httpx.post(
        f"{sandbox.base_url}/v1/payment-links",
        content="[" * 600 + "]" * 600,
        headers=headers,
    )
    assert "POST /v1/payment-links" in told("logs")
    kept = ask(sandbox.base_url, "GET", "/_sandbox/requests", None)
    assert len(kept["requests"]) == 4
    assert number not in str(kept)
    assert "737" not in str([one["body"] for one in kept["requests"]])


def test_no_name_in_a_table_is_broken_for_a_file(capsys: Any) -> None:
    assert main(["scenarios", "list"]) == 0
    printed = capsys.readouterr().out
    for name in ("challenge-code-wrong", "v2-security-code-000"):
        assert name in printed


def test_a_program_triggers_events(sandbox: RunningSandbox, client: PlexyPay) -> None:
    made = sandbox.trigger("transaction.charged")
    assert client.transactions.retrieve(made["transaction"]).status
    with pytest.raises(ValueError, match="did you mean"):
        sandbox.trigger("transaction.charge")


def test_a_request_that_ends_later_is_listed_later(
    sandbox: RunningSandbox, client: PlexyPay
) -> None:
    parts = urlsplit(sandbox.base_url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as slow:
        head = (
            "POST /v1/payment-links HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            f"Authorization: {sandbox.key}\r\n\r\n"
        )
        slow.sendall(head.encode())
        client.transactions.list().first()
        first = ask(sandbox.base_url, "GET", "/_sandbox/requests", None)["requests"]
        slow.sendall(b"{}")
        slow.recv(100)
    path = f"/_sandbox/requests?after={first[-1]['number']}&wait=10"
    (later,) = ask(sandbox.base_url, "GET", path, None)["requests"]
    assert later["method"] == "POST"


def test_a_delivery_is_posted_once_more() -> None:
    with Receiver() as receiver:
        with RunningSandbox(create_app(webhook_url=receiver.url)) as sandbox:
            url = ["--url", sandbox.base_url]
            assert main(["trigger", "transaction.rejected", *url]) == 0
            first = sandbox.webhooks.wait()[-1]
            assert main(["deliveries", "resend", first.id, *url]) == 0
            again = sandbox.webhooks.wait()[-1]
    assert again.payload == first.payload
    assert (first.state, again.state) == ("delivered", "delivered")


def test_a_delivery_that_is_not_there_ends_with_1(told: Any) -> None:
    assert "no delivery whd_9" in told("deliveries", "resend", "whd_9", code=1)
    assert "No webhook was posted yet." in told("deliveries", "list")


def test_a_reset_forgets_everything(client: PlexyPay, told: Any) -> None:
    link = link_of(client)
    told("reset")
    with pytest.raises(NotFoundError):
        client.payment_links.retrieve(link.id)


def test_without_a_sandbox_a_command_ends_with_3_and_says_how_to_start_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["reset", "--url", "http://127.0.0.1:9"]) == 3
    assert "plexy-sandbox start" in capsys.readouterr().err


class Verifying(BaseHTTPRequestHandler):
    """An endpoint as a merchant has one: it believes the sandbox's token alone."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            webhooks.unwrap(body, dict(self.headers), secret=SECRET)
        except webhooks.WebhookVerificationError:
            self.send_response(401)
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_the_doctor_sees_an_endpoint_that_verifies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Verifying)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    app = create_app(webhook_url=f"http://127.0.0.1:{server.server_port}/hook")
    try:
        with RunningSandbox(app) as sandbox:
            assert main(["doctor", "--url", sandbox.base_url]) == 0
    finally:
        server.shutdown()
        server.server_close()
    assert "refused a forged transaction.authorized" in capsys.readouterr().out


def test_the_doctor_sees_an_endpoint_that_believes_anybody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Receiver() as receiver:
        with RunningSandbox(create_app(webhook_url=receiver.url)) as sandbox:
            assert main(["doctor", "--url", sandbox.base_url]) == 1
    assert "does not verify deliveries" in capsys.readouterr().out


def test_the_doctor_sees_the_environment(
    sandbox: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PLEXY_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("PLEXY_API_KEY", "pr_another_key")
    assert main(["doctor", "--url", sandbox.base_url]) == 1
    shown = capsys.readouterr().out
    assert "FAIL   PLEXY_BASE_URL is http://127.0.0.1:1" in shown
    assert "refuses the key in PLEXY_API_KEY" in shown
    assert "pr_another_key" not in shown
