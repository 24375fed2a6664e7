"""The dashboard over HTTP: what it says, that to read it changes nothing, and what its forms do."""

from __future__ import annotations

import html
import logging
import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from plexy_pay import webhooks
from plexy_pay_sandbox import RunningSandbox, create_app, triggers
from plexy_pay_sandbox.control_calls import ask
from plexy_pay_sandbox.serving import server_config

from .support import KEY, Api, Receiver

BASE = "/_sandbox/dashboard"
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def read(sandbox: RunningSandbox, stranger: httpx.Client) -> Callable[..., str]:
    """Reads a page; gives what stands on it, without its tags."""

    def read(path: str, status: int = 200) -> str:
        response = stranger.get(f"{sandbox.base_url}{path}")
        assert response.status_code == status, response.text
        return words_of(response.text)

    return read


@pytest.fixture
def post(sandbox: RunningSandbox, stranger: httpx.Client) -> Callable[..., Any]:
    """Posts a form, as a browser does from the dashboard."""

    def post(path: str, **fields: str) -> httpx.Response:
        origin = {"Origin": sandbox.base_url}
        return stranger.post(f"{sandbox.base_url}{path}", data=fields, headers=origin)

    return post


def words_of(text: str) -> str:
    """Return what a page says."""
    body = text.partition("<main>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def page_of(some_id: str) -> str:
    return f"{BASE}/orders/{some_id}"


def headline(read: Callable[..., str]) -> str:
    return read("/").removeprefix("Overview ").partition(" Payments and links")[0]


# --- why it is not paid -----------------------------------------------------------------------------------


def test_nothing_yet_shows_how_to_begin(read: Callable[..., str]) -> None:
    page = read("/")
    assert "There is no payment or link yet." in page
    assert "client.payment_links.create(" in page


def test_a_link_that_nobody_has_opened(read: Callable[..., str], api: Api) -> None:
    api.create_link(orderReference="ORD-1001")
    assert headline(read) == "ORD-1001 is not paid: nobody has opened the payment page."


def test_a_link_that_was_opened(
    read: Callable[..., str], api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link(orderReference="ORD-1001")
    stranger.get(link["url"])
    assert "the payment page was opened, and no card was sent" in headline(read)
    stranger.post(f"{link['url']}/pay", data={"number": "41"})
    assert "the card form was sent with mistakes" in headline(read)


def test_a_card_that_was_declined(
    read: Callable[..., str], api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link(amount=2_051_000, orderReference="ORD-1001")
    form = {"number": "4111111111111111", "expiry": "07/30", "code": "123"}
    stranger.post(f"{link['url']}/pay", data=form | {"holder": "Aigerim Serik"})
    assert headline(read) == (
        "ORD-1001 is not paid: the bank declined the card (insufficient funds)."
    )


def test_a_payer_who_has_not_confirmed(
    read: Callable[..., str], api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link(orderReference="ORD-1001")
    form = {"number": "4111111111111111", "expiry": "07/30", "code": "123"}
    stranger.post(f"{link['url']}/pay", data=form | {"holder": "Aigerim Serik"})
    assert "3-D Secure is not finished" in headline(read)
    page = read(page_of(link["id"]))
    assert "The bank asks the payer (3-D Secure)" in page


def test_a_page_that_was_told_to_decline(
    read: Callable[..., str], api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link(orderReference="ORD-1001")
    stranger.post(f"{link['url']}/decline")
    assert "the payment page was told to decline" in headline(read)


def test_a_link_that_has_expired(read: Callable[..., str], api: Api) -> None:
    api.create_link(orderReference="ORD-1001", expiresAt="2026-11-22T13:00:00Z")
    api.advance(7200)
    assert headline(read) == (
        "ORD-1001 is not paid: the link expired at 2026-11-22 13:00:00, and before that nobody has opened the "
        "payment page."
    )


def test_a_link_that_was_cancelled(read: Callable[..., str], api: Api) -> None:
    link = api.create_link(orderReference="ORD-1001")
    api.http.delete(f"/v1/payment-links/{link['id']}")
    assert headline(read) == "ORD-1001 is not paid: the link was cancelled."


def test_a_link_that_is_paid(read: Callable[..., str], api: Api) -> None:
    api.paid(orderReference="ORD-1001")
    line = headline(read)
    assert line.startswith("ORD-1001 is paid, but the shop may not know it: ")
    assert "--webhook-url" in line


def test_a_shop_that_refuses_its_webhooks(
    read: Callable[..., str], api: Api, sandbox: RunningSandbox, receiver: Receiver
) -> None:
    receiver.statuses += [500] * 8
    api.paid(orderReference="ORD-1001", metadata={"callbackUrl": receiver.url})
    sandbox.webhooks.wait()
    assert f"{receiver.url} responded with HTTP 500" in headline(read)


def test_a_shop_that_takes_its_webhooks(
    read: Callable[..., str], api: Api, sandbox: RunningSandbox, receiver: Receiver
) -> None:
    api.paid(orderReference="ORD-1001", metadata={"callbackUrl": receiver.url})
    sandbox.webhooks.wait()
    assert headline(read) == (
        "ORD-1001 is paid: 22 000.00 KZT on hold, captured automatically at 2026-11-22 13:00:00."
    )
    api.advance(3600)
    sandbox.webhooks.wait()
    assert headline(read) == "ORD-1001 is paid: 22 000.00 KZT captured."


def test_a_request_that_was_refused_after_the_latest_order(
    read: Callable[..., str], api: Api
) -> None:
    api.create_link(orderReference="ORD-1001")
    api.http.post("/v1/payment-links", json={"amount": 5, "currency": "XXX"})
    line = headline(read)
    assert line.startswith("The latest request, payment_links.create, was refused")
    api.create_link(orderReference="ORD-1002")
    assert headline(read).startswith("ORD-1002")


def test_a_payment_of_v2_that_was_declined(
    read: Callable[..., str], checkout: Api
) -> None:
    amount = {"value": 2_051_000, "currency": "KZT"}
    checkout.post("/v2/payments", {"amount": amount, "reference": "ORD-1001"})
    assert headline(read) == (
        "ORD-1001 is not paid: the bank declined the card (there is not enough money on the card)."
    )


def test_a_shopper_of_v2_who_has_not_confirmed(
    read: Callable[..., str], checkout: Api, stranger: httpx.Client
) -> None:
    made = checkout.made(
        "/v2/payments",
        amount={"value": 2_200_000, "currency": "KZT"},
        reference="ORD-1001",
        returnUrl="https://shop.example/back",
        authenticationData={"attemptAuthentication": "always"},
    )
    assert "the shopper has not confirmed at the bank" in headline(read)
    stranger.get(made["action"]["url"])
    assert "Page of the bank" in read(page_of(made["pspReference"]))


def test_a_session_that_was_opened_declined_and_has_expired(
    read: Callable[..., str], checkout: Api, stranger: httpx.Client
) -> None:
    session = checkout.made(
        "/v2/sessions",
        amount={"value": 2_200_000, "currency": "KZT"},
        merchantAccount="Shop",
        reference="ORD-1001",
        returnUrl="https://shop.example/back",
    )
    assert "nobody has opened the payment page" in headline(read)
    stranger.get(session["url"])
    assert "the payment page was opened" in headline(read)
    stranger.post(f"{session['url']}/decline")
    assert "the payment page was told to decline" in headline(read)
    checkout.advance(7200)
    assert "the session expired at 2026-11-22 13:00:00" in headline(read)
    page = read(page_of(session["id"]))
    for text in ("Session (v2) created", "Page opened", "Declined", "Session expired"):
        assert text in page


@pytest.mark.parametrize("event", triggers.names())
def test_every_event_leaves_pages_that_can_be_read(
    read: Callable[..., str],
    sandbox: RunningSandbox,
    stranger: httpx.Client,
    receiver: Receiver,
    event: str,
) -> None:
    url = receiver.url
    sandbox.webhooks.configure(url=url, checkout_url=url)
    ask(sandbox.base_url, "POST", "/_sandbox/triggers", {"name": event})
    sandbox.webhooks.wait()
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        text = stranger.get(f"{sandbox.base_url}{path}")
        assert text.status_code == 200, path
        seen.add(path)
        links = re.findall(r'href="(/[^"#]*)"', text.text)
        waiting += [one for one in set(links) - seen if one not in waiting]
    assert f"{BASE}/controls" in seen


# --- the timeline -------------------------------------------------------------------------------------------


def test_the_timeline_tells_everything_in_the_time_of_the_sandbox(
    read: Callable[..., str],
    api: Api,
    sandbox: RunningSandbox,
    stranger: httpx.Client,
    receiver: Receiver,
) -> None:
    link = api.create_link(
        orderReference="ORD-1001", metadata={"callbackUrl": receiver.url}
    )
    stranger.get(link["url"])
    transaction = api.pay(link)
    api.advance(3600)
    api.move(transaction, "refund", amount=5000)
    sandbox.webhooks.wait()

    page = read(page_of(link["id"]))

    told = (
        "2026-11-22 12:00:00 POST /v1/payment-links responded with HTTP 201",
        "2026-11-22 12:00:00 Payment link created 22 000.00 KZT",
        "Page opened",
        "Card form sent",
        "Payment begun with card ******1111",
        "Authorized 22 000.00 KZT",
        f"Webhook transaction.authorized delivered, to {receiver.url}",
        "2026-11-22 13:00:00 Captured 22 000.00 KZT",
        "/refund responded with HTTP 200",
        "2026-11-22 13:00:00 Refunded 5 000.00 KZT",
        "Webhook transaction.refunded",
    )
    places = [page.find(text) for text in told]
    assert -1 not in places, told[places.index(-1)]
    assert page.find(told[0]) < page.find(told[2]) < page.find(told[7])


def test_a_payment_is_found_by_each_of_its_ids(
    read: Callable[..., str], api: Api
) -> None:
    transaction = api.paid(orderReference="ORD-1001")
    for some_id in (transaction["paymentId"], transaction["transactionId"]):
        assert "ORD-1001" in read(page_of(some_id))
    assert "There is no such payment or link." in read(page_of("pl_none"), 404)


# --- requests -----------------------------------------------------------------------------------------------


def number_of(sandbox: RunningSandbox, place: int = -1) -> int:
    found = ask(sandbox.base_url, "GET", "/_sandbox/requests", None)["requests"]
    return int(found[place]["number"])


def test_a_refused_request_shows_each_wrong_field_with_what_the_api_wants(
    read: Callable[..., str], api: Api, sandbox: RunningSandbox
) -> None:
    body = {"amount": "12", "curency": "KZT", "metadata": {"successUrl": 5}}
    api.http.post("/v1/payment-links", json=body)

    page = read(f"{BASE}/requests/{number_of(sandbox)}")

    assert "Refused with HTTP 422" in page
    assert "curency is not known Did you mean currency?" in page
    assert "currency is missing The API wants: string" in page
    assert "amount must be integer, not string The API wants: integer, in minor" in page
    assert "metadata.successUrl must be string, not number" in page


def test_a_request_shows_what_was_sent_what_came_and_its_code(
    read: Callable[..., str], api: Api, sandbox: RunningSandbox
) -> None:
    link = api.create_link(orderReference="ORD-1001")

    page = read(f"{BASE}/requests/{number_of(sandbox)}")

    assert "payment_links.create" in page
    assert '"orderReference": "ORD-1001"' in page
    assert link["id"] in page
    assert 'amount=Money("22000", "KZT")' in page
    assert KEY not in page


def test_what_is_posted_to_a_payment_page_is_not_shown(
    read: Callable[..., str], api: Api, sandbox: RunningSandbox, stranger: httpx.Client
) -> None:
    link = api.create_link()
    stranger.post(f"{link['url']}/pay", data={"number": "4111111111111111"})

    page = read(f"{BASE}/requests/{number_of(sandbox)}")

    assert "4111" not in page
    assert "is not kept" in page


def test_long_lists_have_pages(read: Callable[..., str], api: Api) -> None:
    for number in range(52):
        api.create_link(orderReference=f"ORD-{number:03}")
    assert "ORD-051" in read("/")
    assert "ORD-031" not in read("/")
    assert "ORD-031" in read("/?page=2")
    assert "Newer" in read(f"{BASE}/requests?page=2")
    assert "There is nothing on this page." in read("/?page=99")
    for strange in ("0", "-1", "x", "9" * 5000, "%C2%B2"):
        read(f"/?page={strange}")
        read(f"{BASE}/requests/{strange}", 404)


# --- webhooks -----------------------------------------------------------------------------------------------


@pytest.fixture
def default() -> Iterator[RunningSandbox]:
    """A sandbox with the secrets that everybody may see."""
    with RunningSandbox(create_app(webhook_retry_delays=(0, 0, 0))) as running:
        yield running


@pytest.mark.parametrize(
    ("event", "secret", "says"),
    [
        ("transaction.charged", "TokenSecret", "Nothing is signed"),
        ("callback-2023", "FieldsSecret", "Five fields of the body"),
        ("payment.succeeded", "BodySecret", "The raw body is signed"),
    ],
)
def test_the_proof_is_explained_and_the_code_verifies_the_delivery(
    default: RunningSandbox,
    stranger: httpx.Client,
    receiver: Receiver,
    event: str,
    secret: str,
    says: str,
) -> None:
    sent = default.webhooks.emit(event, url=receiver.url)
    default.webhooks.wait()
    headers, body = receiver.next_raw()

    text = stranger.get(f"{default.base_url}{BASE}/webhooks/{sent.id}").text

    page = words_of(text)
    assert says in page
    assert "of the latest try is right." in page
    (code,) = re.findall(r'<pre id="code"[^>]*><code>(.*?)</code>', text, re.DOTALL)
    program = html.unescape(code)
    assert f"webhooks.{secret}(" in program
    names: dict[str, Any] = {"body": body, "headers": headers}
    exec(program, names)
    assert isinstance(names["event"], webhooks.WebhookEvent)


def test_a_forged_delivery_says_that_it_is_to_be_refused(
    default: RunningSandbox, stranger: httpx.Client, receiver: Receiver
) -> None:
    sent = default.webhooks.emit("payment.succeeded", url=receiver.url, forged=True)
    default.webhooks.wait()
    text = stranger.get(f"{default.base_url}{BASE}/webhooks/{sent.id}").text
    assert "This delivery is forged" in text


def test_a_delivery_shows_its_tries_with_the_beginning_of_each_response(
    read: Callable[..., str], sandbox: RunningSandbox, receiver: Receiver
) -> None:
    receiver.statuses += [503]
    sent = sandbox.webhooks.emit("transaction.charged", url=receiver.url)
    sandbox.webhooks.wait()
    page = read(f"{BASE}/webhooks/{sent.id}")
    assert re.search(r"Tries 2026-11-22 12:00:00 503 .*2026-11-22 12:00:00 200", page)
    assert "Content-Type application/json" in page


def test_secrets_that_were_given_are_not_shown(
    sandbox: RunningSandbox, stranger: httpx.Client, receiver: Receiver
) -> None:
    for event in ("transaction.charged", "callback-2023", "payment.succeeded"):
        sent = sandbox.webhooks.emit(event, url=receiver.url)
        sandbox.webhooks.wait()
        text = stranger.get(f"{sandbox.base_url}{BASE}/webhooks/{sent.id}").text
        for secret in (KEY, sandbox.webhook_token, sandbox.webhook_secret):
            assert secret not in text
    text = stranger.get(f"{sandbox.base_url}{BASE}/controls").text
    assert KEY not in text
    assert "yours, not shown" in text


def test_resend_posts_the_same_body_once_more(
    post: Callable[..., Any], sandbox: RunningSandbox, receiver: Receiver
) -> None:
    sent = sandbox.webhooks.emit("transaction.charged", url=receiver.url)
    sandbox.webhooks.wait()

    response = post(f"{BASE}/webhooks/{sent.id}/resend")

    assert response.status_code == 303
    sandbox.webhooks.wait()
    first, second = sandbox.webhooks.deliveries()
    assert response.headers["location"].endswith(second.id)
    assert first.payload == second.payload
    assert post(f"{BASE}/webhooks/whd_99/resend").status_code == 404


# --- clock, faults, reset -----------------------------------------------------------------------------------


def test_the_clock_is_moved_by_buttons_and_by_a_field(
    post: Callable[..., Any], sandbox: RunningSandbox
) -> None:
    before = sandbox.clock.now()
    assert post(f"{BASE}/advance", by="3d", back="/").headers["location"] == "/"
    assert post(f"{BASE}/advance", by="15m").headers["location"] == f"{BASE}/controls"
    assert sandbox.clock.now() - before == timedelta(days=3, minutes=15)


@pytest.mark.parametrize("by", ["", "soon", "-1", "9" * 30 + "d"])
def test_a_clock_that_cannot_move_says_so(post: Callable[..., Any], by: str) -> None:
    response = post(f"{BASE}/advance", by=by)
    assert response.status_code == 422
    assert 'id="by-error"' in response.text


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/v1/x", f"{BASE}evil"]
)
def test_a_form_leads_to_the_dashboard_and_nowhere_else(
    post: Callable[..., Any], back: str
) -> None:
    response = post(f"{BASE}/advance", by="1h", back=back)
    assert response.headers["location"] == f"{BASE}/controls"


def test_a_fault_is_set_and_removed(
    post: Callable[..., Any], read: Callable[..., str], sandbox: RunningSandbox
) -> None:
    fields = {"target": "payments.*", "fault": "slow", "times": "2", "seconds": "0.5"}
    assert post(f"{BASE}/faults", **fields).status_code == 303
    (fault,) = sandbox.faults.list()
    assert (fault.target, fault.fault, fault.times) == ("payments.*", "slow", 2)
    assert "slow payments.*" in read(f"{BASE}/controls")
    assert "slow of payments.* (struck 0 so far)" in read("/")
    assert post(f"{BASE}/faults/{fault.id}/remove").status_code == 303
    assert sandbox.faults.list() == []
    assert post(f"{BASE}/faults/{fault.id}/remove").status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"target": "payments.captur", "fault": "slow"},
        {"target": "*", "fault": "none"},
        {"target": "*", "fault": "slow", "times": "x"},
        {"target": "*", "fault": "slow", "seconds": "x"},
        {"target": "*", "fault": "slow", "seconds": "nan"},
        {"target": "*", "fault": "slow", "probability": "2"},
        {},
    ],
)
def test_a_fault_that_cannot_be_says_so_and_keeps_what_was_typed(
    post: Callable[..., Any], sandbox: RunningSandbox, fields: dict[str, str]
) -> None:
    response = post(f"{BASE}/faults", **fields)
    assert response.status_code == 422
    assert 'id="fault-error"' in response.text
    assert f'value="{fields.get("target", "")}"' in response.text
    assert sandbox.faults.list() == []


def test_reset_asks_first(
    post: Callable[..., Any], read: Callable[..., str], api: Api
) -> None:
    api.create_link(orderReference="ORD-1001")
    assert "This cannot be undone." in read(f"{BASE}/reset")
    assert "ORD-1001" in read("/")
    assert post(f"{BASE}/reset").headers["location"] == "/"
    assert "There is no payment or link yet." in read("/")


# --- to read changes nothing --------------------------------------------------------------------------------


def test_to_read_changes_nothing() -> None:
    times = [datetime(2026, 11, 22, 12, tzinfo=UTC)]
    app = create_app(clock=lambda: times[0])
    with RunningSandbox(app) as sandbox, httpx.Client(trust_env=False) as http:
        http.headers["Authorization"] = sandbox.key
        body = {"amount": 100, "currency": "KZT", "expiresAt": "2026-11-22T13:00:00Z"}
        made = http.post(f"{sandbox.base_url}/v1/payment-links", json=body).json()
        before = ask(sandbox.base_url, "GET", "/_sandbox/requests", None)
        pages = ("/", page_of(made["id"]), f"{BASE}/requests", f"{BASE}/webhooks")
        for path in (*pages, f"{BASE}/controls", f"{BASE}/reset", f"{BASE}/requests/1"):
            assert http.get(f"{sandbox.base_url}{path}").status_code == 200
        assert ask(sandbox.base_url, "GET", "/_sandbox/requests", None) == before


# --- safety -------------------------------------------------------------------------------------------------


def test_what_comes_from_requests_is_text(
    api: Api, sandbox: RunningSandbox, stranger: httpx.Client
) -> None:
    link = api.create_link(
        orderReference=HOSTILE,
        description=HOSTILE,
        metadata={HOSTILE: HOSTILE, "callbackUrl": f"http://127.0.0.1:1/{HOSTILE}"},
    )
    api.pay(link)
    api.http.post("/v1/payment-links", json={HOSTILE: HOSTILE})
    api.http.get(f"/v1/{HOSTILE}?{HOSTILE}")
    paths = ["/", page_of(link["id"]), f"{BASE}/requests", f"{BASE}/webhooks"]
    numbers = range(1, number_of(sandbox) + 1)
    paths += [f"{BASE}/requests/{number}" for number in numbers]
    paths += [f"{BASE}/webhooks/{one.id}" for one in sandbox.webhooks.deliveries()]
    shown = 0
    for path in paths:
        text = stranger.get(f"{sandbox.base_url}{path}").text
        assert "<script>alert" not in text
        shown += "&lt;script&gt;alert" in text
    assert shown > 3


def test_a_page_takes_only_its_own_files_and_stands_in_no_frame(
    sandbox: RunningSandbox, stranger: httpx.Client
) -> None:
    response = stranger.get(sandbox.base_url)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=)", response.text)
    for path in re.findall(r'(?:src|href)="(/[^"]*static[^"]*)"', response.text):
        assert stranger.get(f"{sandbox.base_url}{path}").status_code == 200
    for name in ("../routes.py", "htmx-LICENSE.txt", "%2e%2e"):
        path = f"{sandbox.base_url}{BASE}/static/{name}"
        assert stranger.get(path).status_code == 404


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda one: next(iter(one.values())))
@pytest.mark.parametrize("path", ["/_sandbox/reset", f"{BASE}/reset"])
def test_a_page_of_another_site_changes_nothing(
    api: Api,
    read: Callable[..., str],
    sandbox: RunningSandbox,
    stranger: httpx.Client,
    path: str,
    headers: dict[str, str],
) -> None:
    api.create_link(orderReference="ORD-1001")
    response = stranger.post(f"{sandbox.base_url}{path}", headers=headers)
    assert response.status_code == 403
    assert "nothing was changed" in response.json()["message"]
    assert "ORD-1001" in read("/")


def test_a_page_of_a_payer_takes_what_a_shop_posts(
    api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link()
    foreign = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}
    response = stranger.post(f"{link['url']}/pay", headers=foreign)
    assert response.headers["Plexy-Sandbox-Result"] == "paid"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:1", 200),
        ("[::1]:8490", 200),
        ("192.168.1.5", 200),
        ("localhost:8490", 200),
        ("sandbox:8490", 200),
        ("shop.localhost", 200),
        ("host.docker.internal:8490", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:8490", 403),
        ("EVIL.example.", 403),
        ("[oops", 403),
    ],
)
def test_a_name_that_is_not_known_is_refused(
    sandbox: RunningSandbox, stranger: httpx.Client, host: str, status: int
) -> None:
    for path in ("/", "/_sandbox/about", "/_sandbox/requests", f"{BASE}/controls"):
        response = stranger.get(f"{sandbox.base_url}{path}", headers={"Host": host})
        assert response.status_code == status


def test_a_name_that_was_allowed_is_known() -> None:
    app = create_app(allowed_hosts=["Sandbox.shop.example"])
    with RunningSandbox(app) as sandbox, httpx.Client(trust_env=False) as http:
        headers = {"Host": "sandbox.shop.example:8490"}
        assert http.get(sandbox.base_url, headers=headers).status_code == 200


# --- live ---------------------------------------------------------------------------------------------------


def test_a_page_of_what_was_forgotten_is_loaded_anew(
    sandbox: RunningSandbox, stranger: httpx.Client
) -> None:
    for path in (page_of("pl_none"), f"{BASE}/webhooks/whd_1"):
        address = f"{sandbox.base_url}{path}"
        response = stranger.get(address, headers={"HX-Request": "true"})
        assert response.headers["hx-refresh"] == "true"


def test_htmx_gets_what_has_changed_and_else_the_time_alone(
    api: Api, sandbox: RunningSandbox, stranger: httpx.Client
) -> None:
    def ask_again(mark: str) -> httpx.Response:
        headers = {"HX-Request": "true", "Dashboard-Seen": mark}
        return stranger.get(sandbox.base_url, headers=headers)

    text = stranger.get(sandbox.base_url).text
    (mark,) = re.findall(r'"Dashboard-Seen": "(\w+)"', text)
    same = ask_again(mark)
    assert same.headers["hx-reswap"] == "none"
    assert 'id="live"' not in same.text
    assert 'hx-swap-oob="true"' in same.text
    api.create_link(orderReference="ORD-1001")
    other = ask_again(mark)
    assert "hx-reswap" not in other.headers
    assert "ORD-1001" in other.text
    assert "<html" not in other.text


@pytest.mark.parametrize(
    ("method", "path", "is_kept"),
    [
        ("GET", "/", False),
        ("GET", "/?page=2", False),
        ("GET", f"{BASE}/webhooks/whd_1", False),
        ("POST", f"{BASE}/reset", True),
        ("GET", "/v1/payment-links", True),
        ("POST", "/_sandbox/reset", True),
    ],
)
def test_looks_at_the_dashboard_do_not_fill_the_access_log(
    method: str, path: str, is_kept: bool
) -> None:
    server_config(create_app(), access_log=True)
    line = ("127.0.0.1:1", method, path, "1.1", 200)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "", line, None)
    assert bool(logging.getLogger("uvicorn.access").filter(record)) is is_kept


def test_a_request_without_a_path_does_not_spoil_the_page(
    sandbox: RunningSandbox,
) -> None:
    parts = urlsplit(sandbox.base_url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as raw:
        raw.sendall(
            b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )
        while raw.recv(1000):
            pass
    assert httpx.get(f"{sandbox.base_url}/").status_code == 200
