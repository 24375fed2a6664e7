"""The dashboard in Chromium: what a developer finds there, on a phone and on a desk, by mouse and by keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from plexy_pay import Money, PlexyPay
from plexy_pay_sandbox import RunningSandbox, create_app, pay_on_page

from .tabs import Browser, Tab

WIDTHS = (360, 1280)
HOSTILE = "<script>alert(1)</script>"


class Shop(BaseHTTPRequestHandler):
    """A webhook endpoint that fails."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        content = b"TypeError: 'NoneType' object is not subscriptable"
        self.send_response(500)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The address of the failing endpoint."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/webhooks"
        server.shutdown()


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox of its own for each test: each looks at the whole of it."""
    with RunningSandbox(create_app(webhook_retry_delays=(0, 0, 0))) as running:
        yield running


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[PlexyPay]:
    """A client of it."""
    with PlexyPay(
        sandbox.key, checkout_api_key=sandbox.checkout_key, base_url=sandbox.base_url
    ) as made:
        yield made


@pytest.fixture
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A tab of the width of the test, in which the browser has nothing to complain about."""
    width = request.node.callspec.params.get("width", 1280)
    name = request.node.originalname.removeprefix("test_")
    with browser.tab(f"dashboard-{name}", width=width) as opened:
        yield opened
        # A form that is wrong is no mistake of the page, though the browser says so.
        assert [one for one in opened.heard().complaints if "422" not in one] == []


def link_of(client: PlexyPay, reference: str, **fields: Any) -> Any:
    order = {"amount": Money("22000", "KZT"), "order_reference": reference}
    return client.payment_links.create(**(order | fields))


def fill(sandbox: RunningSandbox, client: PlexyPay, shop: str) -> None:
    """Make what a developer has after an hour of work."""
    for reference in ("ORD-1001", "ORD-1002"):
        link = link_of(client, reference, metadata={"callback_url": shop})
        pay_on_page(str(link.url))
    link_of(client, "ORD-1003")
    httpx.post(
        f"{sandbox.base_url}/v1/payment-links",
        json={"amount": "12", "curency": "KZT", "expiresAt": "tomorrow"},
        headers={"Authorization": sandbox.key},
    )
    client.checkout.payments.create(amount=Money("10.5", "USD"), reference="V2-1")
    poor = {"amount": Money("20510", "KZT"), "metadata": {"callback_url": shop}}
    declined = link_of(client, "ORD-1004", **poor)
    pay_on_page(str(declined.url), "visa")
    sandbox.faults.next("payments.capture", "response_lost")
    sandbox.webhooks.wait()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_developer_sees_why_an_order_is_not_paid(
    tab: Tab, sandbox: RunningSandbox, client: PlexyPay, shop: str, width: int
) -> None:
    fill(sandbox, client, shop)
    tab.go(sandbox.base_url)
    page = tab.sees("Overview")
    assert "ORD-1004 is not paid: the bank declined the card" in page.text
    assert "responded with HTTP 500" in page.text
    tab.link("ORD-1004 is not paid: the bank declined the card (insufficient funds).")
    page = tab.sees("ORD-1004")
    for text in ("Page opened", "Card form sent", "Declined", "transaction.rejected"):
        assert text in page.text


@pytest.mark.parametrize("width", WIDTHS)
def test_a_refused_request_says_which_field_is_wrong(
    tab: Tab, sandbox: RunningSandbox, client: PlexyPay, shop: str, width: int
) -> None:
    fill(sandbox, client, shop)
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/requests")
    tab.sees("Requests")
    refused = next(one for one in requests_of(sandbox) if one["status"] == 422)
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/requests/{refused['number']}")
    page = tab.sees("POST /v1/payment-links")
    assert "Did you mean currency?" in page.text
    assert "integer, in minor units" in page.text
    made = next(one for one in requests_of(sandbox) if one["status"] == 201)
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/requests/{made['number']}")
    page = tab.sees("POST /v1/payment-links")
    assert "client.payment_links.create(" in page.text
    tab.click("Copy: Code for this request")
    tab.waits_for("Copied")
    assert 'amount=Money("22000", "KZT")' in tab.copied()


def requests_of(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """Return the requests that came, the first one first."""
    listed = httpx.get(f"{sandbox.base_url}/_sandbox/requests").json()
    found: list[dict[str, Any]] = listed["requests"]
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_a_delivery_explains_its_signature_and_is_sent_again_by_keyboard(
    tab: Tab, sandbox: RunningSandbox, client: PlexyPay, shop: str, width: int
) -> None:
    fill(sandbox, client, shop)
    sandbox.webhooks.configure(url=shop, checkout_url=shop, callback_url=shop)
    last = sandbox.webhooks.emit("payment.succeeded")
    sandbox.webhooks.wait()
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/webhooks")
    page = tab.sees("Webhooks")
    assert "Events that had nowhere to go" in page.text
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/webhooks/{last.id}")
    page = tab.sees("payment.succeeded")
    for text in ("HMAC-SHA256", "whs_sandbox", "BodySecret", "NoneType", "is right"):
        assert text in page.text
    tab.focus("button", "Resend")
    tab.keys("Enter")
    tab.waits_for(f"Delivery whd_{int(last.id.removeprefix('whd_')) + 1}")
    sandbox.webhooks.wait()
    assert len(sandbox.webhooks.deliveries()) == int(last.id.removeprefix("whd_")) + 1


@pytest.mark.parametrize("width", WIDTHS)
def test_the_controls_move_the_clock_set_faults_and_copy_keys(
    tab: Tab, sandbox: RunningSandbox, client: PlexyPay, width: int
) -> None:
    pay_on_page(str(link_of(client, "ORD-1001").url))
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/controls")
    tab.sees("Controls")
    tab.click("Copy: Secret of webhooks of v2 (payment.*, refund.*)")
    tab.waits_for("Copied")
    assert tab.copied() == "whs_sandbox"
    tab.fill(target="payments.captur")
    tab.button("Set the fault")
    page = tab.sees("Controls")
    assert "did you mean 'payments.capture'" in page.text
    assert page.focused == "target"
    tab.fill(target="payments.capture")
    tab.button("Set the fault")
    assert "struck 0 so far" in tab.sees("Controls").text
    tab.button("Remove response-lost of payments.capture")
    assert "No fault is set" in tab.sees("Controls").text
    tab.button("+3 days")
    assert "ahead" in tab.sees("Controls").text
    tab.link("Overview")
    assert "22 000.00 KZT captured" in tab.sees("Overview").text
    tab.link("Controls")
    tab.link("Reset the sandbox")
    tab.sees("Forget everything?")
    tab.button("Forget everything")
    assert "There is no payment or link yet" in tab.sees("Overview").text


@pytest.mark.parametrize("width", [1280])
def test_the_page_is_live_without_being_loaded_anew(
    tab: Tab, sandbox: RunningSandbox, client: PlexyPay, width: int
) -> None:
    tab.go(sandbox.base_url)
    tab.waits_for("There is no payment or link yet.")
    tab.mark()
    link = link_of(client, "ORD-1001")
    tab.waits_for("ORD-1001 is not paid: nobody has opened the payment page.")
    pay_on_page(str(link.url))
    tab.waits_for("ORD-1001 is paid")
    assert tab.is_marked()


@pytest.mark.parametrize("width", [1280])
def test_what_somebody_types_stays_while_the_page_changes(
    tab: Tab, sandbox: RunningSandbox, width: int
) -> None:
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/controls")
    tab.sees("Controls")
    tab.focus("textbox", "Move it ahead by")
    tab.type("1")
    sandbox.faults.next("payments.refund", "slow")
    tab.waits_for("payments.refund")
    tab.type("5m")
    assert tab.value("by") == "15m"


@pytest.mark.parametrize("width", [1280])
def test_the_focus_stays_on_a_button_that_is_drawn_anew(
    tab: Tab, sandbox: RunningSandbox, width: int
) -> None:
    sandbox.faults.next("payments.capture", "slow")
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/controls")
    tab.focus("button", "Remove slow of payments.capture")
    sandbox.faults.next("payments.refund", "slow")
    tab.waits_for("payments.refund")
    assert tab.sees("Controls").focused == "remove-flt_1"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_hostile_order_stays_text(
    tab: Tab, sandbox: RunningSandbox, client: PlexyPay, width: int
) -> None:
    link = link_of(client, HOSTILE, description='"><img src=x onerror=alert(1)>')
    tab.go(sandbox.base_url)
    assert HOSTILE in tab.sees("Overview").text
    tab.go(f"{sandbox.base_url}/_sandbox/dashboard/orders/{link.id}")
    assert HOSTILE in tab.sees(HOSTILE).text


@pytest.mark.parametrize("width", WIDTHS)
def test_the_dark_colours_can_be_read_too(
    browser: Browser, sandbox: RunningSandbox, client: PlexyPay, shop: str, width: int
) -> None:
    fill(sandbox, client, shop)
    with browser.tab("dashboard-dark", width=width, dark=True) as tab:
        tab.go(sandbox.base_url)
        tab.sees("Overview")
        tab.go(f"{sandbox.base_url}/_sandbox/dashboard/controls")
        tab.sees("Controls")
        tab.go(f"{sandbox.base_url}/_sandbox/dashboard/webhooks/whd_1")
        tab.sees("transaction.created")
        tab.link("Requests")
        tab.sees("Requests")
        assert tab.heard().complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_needs_javascript(
    browser: Browser, sandbox: RunningSandbox, client: PlexyPay, shop: str, width: int
) -> None:
    link = link_of(client, "ORD-1001", metadata={"callback_url": shop})
    pay_on_page(str(link.url))
    sandbox.webhooks.wait()
    with browser.tab("dashboard-plain", width=width, javascript=False) as tab:
        tab.go(sandbox.base_url)
        assert "ORD-1001 is paid" in tab.sees("Overview").text
        tab.button("+1 h")
        assert "captured" in tab.sees("Overview").text
        tab.go(f"{sandbox.base_url}/_sandbox/dashboard/webhooks/whd_1")
        tab.sees("transaction.created")
        tab.button("Resend")
        tab.sees("transaction.created")
    assert [one.name for one in sandbox.webhooks.deliveries()].count(
        "transaction.created"
    ) == 2
