"""The adapters in FastAPI, Django, Flask and aiohttp: what each delivery is answered, and what the handler gets."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from http.client import HTTPConnection
from typing import Any

import pytest
from helpers import adapters
from helpers.adapters import CLIENTS, SERVERS, Endpoint, Received, Served, Setup
from plexy_pay import ConfigurationError, webhooks

TOKEN = webhooks.TokenSecret("whk_0a1B2c3D4e5F")
FIELDS = webhooks.FieldsSecret("pr_0a1B2c3D4e5F6g7H8i9J")
BODY = webhooks.BodySecret("whsec_0a1B2c3D4e5F")
CHARGED = json.dumps(
    {
        "name": "transaction.charged",
        "merchantId": "123456",
        "data": {
            "id": "txn_1",
            "amount": 1000,
            "currency": "KZT",
            "status": "charged",
            "merchantReference": "ORD-1001",
            "updatedAt": "2024-04-01T12:05:00Z",
            "paymentLinkId": {"Value": "pl_1"},
        },
    }
).encode()
SIGNED = webhooks.sign(CHARGED, secret=TOKEN)
CALLBACK = json.dumps(
    {
        "id": "6fff162f-1273-4e44-9392-694cdc2e8a22",
        "amount": 1000,
        "currency": "KZT",
        "orderReference": "ORD-1001",
        "success": True,
    }
).encode()
SUCCEEDED = json.dumps(
    {
        "id": "evt_1",
        "type": "payment.succeeded",
        "created": 1679529600,
        "data": {"id": "pay_1"},
    }
).encode()

Start = Callable[[Setup], AbstractContextManager[Any]]
OK, BUSY, FAILED = Received(200, "ok"), Received(503, "busy"), Received(500, "failed")
REFUSED, TOO_LARGE = Received(401, "refused"), Received(413, "too large")


class Handler:
    """The user's function: it keeps the events, and fails or waits as it is told."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.failures: list[Exception] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def take(self, event: webhooks.AnyEvent) -> None:
        """Handle an event."""
        self.entered.release()
        assert self.gate.wait(adapters.PATIENCE)
        self._end(event)

    async def take_async(self, event: webhooks.AnyEvent) -> None:
        """Handle an event without holding up the event loop."""
        self.entered.release()
        assert await asyncio.to_thread(self.gate.wait, adapters.PATIENCE)
        self._end(event)

    def _end(self, event: webhooks.AnyEvent) -> None:
        if self.failures:
            raise self.failures.pop()
        self.events.append(event)


class Shop:
    """Makes applications, and closes them at the end of a test."""

    def __init__(self, ending: ExitStack, start: Start, flavor: str) -> None:
        self.handler = Handler()
        self._ending = ending
        self._start = start
        self._flavor = flavor

    def open(self, secret: Any = TOKEN, **options: Any) -> Any:
        """An application with the handler."""
        handle = (
            self.handler.take if self._flavor == "sync" else self.handler.take_async
        )
        return self._ending.enter_context(
            self._start(Setup(handle, {"secret": secret, **options}))
        )


@pytest.fixture(params=["sync", "async"])
def flavor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ending() -> Iterator[ExitStack]:
    with ExitStack() as ending:
        yield ending


def name_of(start: Start) -> str:
    return start.__name__


@pytest.fixture(params=[*CLIENTS, *SERVERS], ids=name_of)
def shop(request: pytest.FixtureRequest, flavor: str, ending: ExitStack) -> Shop:
    """Each application, asked by its test client and over sockets."""
    return Shop(ending, request.param, flavor)


@pytest.fixture(params=SERVERS, ids=name_of)
def served(request: pytest.FixtureRequest, flavor: str, ending: ExitStack) -> Shop:
    """Each application, over sockets."""
    return Shop(ending, request.param, flavor)


@pytest.fixture(params=SERVERS, ids=name_of)
def raw(request: pytest.FixtureRequest, ending: ExitStack) -> Shop:
    """Each application over sockets, with a plain handler: for what is decided before the handler."""
    return Shop(ending, request.param, "sync")


def test_an_event_is_handed_over_once_however_often_it_is_delivered(shop: Shop) -> None:
    endpoint: Endpoint = shop.open()
    assert [endpoint.send(CHARGED, SIGNED) for _ in range(3)] == [OK, OK, OK]
    (event,) = shop.handler.events
    assert isinstance(event, webhooks.TransactionCharged)
    assert event.data.merchant_reference == "ORD-1001"
    assert event.payload == json.loads(CHARGED)


@pytest.mark.parametrize(
    ("secret", "body", "kind"),
    [
        (FIELDS, CALLBACK, webhooks.PaymentCallback),
        (BODY, SUCCEEDED, webhooks.PaymentSucceeded),
    ],
    ids=["fields", "body"],
)
def test_the_other_schemes_get_through_too(
    shop: Shop, secret: Any, body: bytes, kind: type[Any]
) -> None:
    endpoint: Endpoint = shop.open([secret])
    assert endpoint.send(body, webhooks.sign(body, secret=secret)) == OK
    assert [type(event) for event in shop.handler.events] == [kind]
    assert (
        endpoint.send(body.replace(b"1", b"2"), webhooks.sign(body, secret=secret))
        == REFUSED
    )


def test_what_the_handler_failed_at_is_handed_over_again(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint: Endpoint = shop.open()
    shop.handler.failures = [RuntimeError("the database is away"), StopIteration()]
    responses = [endpoint.send(CHARGED, SIGNED).status for _ in range(4)]
    assert responses == [500, 500, 200, 200]
    assert len(shop.handler.events) == 1
    ours = [record for record in caplog.records if record.name == "plexy_pay.webhooks"]
    assert ["transaction.charged" in record.getMessage() for record in ours] == [
        True,
        True,
    ]
    assert "ORD-1001" not in caplog.text


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (CHARGED, {}),
        (CHARGED, {"Authorization": ""}),
        (CHARGED, {"Authorization": "Bearer wrong"}),
        (CHARGED, {"Plexy-Signature": f"t=1,v1={'0' * 64}"}),
        (b"", SIGNED),
        (b"[]", SIGNED),
        (
            b"name=transaction.charged",
            {**SIGNED, "Content-Type": "application/x-www-form-urlencoded"},
        ),
        (b"--x\r\n", {**SIGNED, "Content-Type": "multipart/form-data; boundary=x"}),
        (SUCCEEDED, SIGNED),
    ],
    ids=[
        "no header",
        "empty",
        "wrong",
        "other",
        "no body",
        "array",
        "form",
        "multipart",
        "stronger",
    ],
)
def test_what_is_not_proved_is_refused_without_a_word_of_why(
    raw: Shop, body: bytes, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    endpoint: Endpoint = raw.open()
    assert endpoint.send(body, headers) == REFUSED
    assert raw.handler.events == []
    assert "a webhook was refused" in caplog.text
    assert endpoint.send(CHARGED, SIGNED) == OK


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_taken(shop: Shop, method: str) -> None:
    endpoint: Endpoint = shop.open()
    assert endpoint.send(CHARGED, SIGNED, method).status == 405
    assert shop.handler.events == []


def test_a_body_is_taken_up_to_the_limit(shop: Shop) -> None:
    endpoint: Endpoint = shop.open(max_bytes=len(CHARGED))
    assert endpoint.send(CHARGED + b" ", SIGNED) == TOO_LARGE
    assert shop.handler.events == []
    assert endpoint.send(CHARGED, SIGNED) == OK


def test_the_limit_of_one_mebibyte_needs_no_setting(shop: Shop) -> None:
    endpoint: Endpoint = shop.open()
    assert endpoint.send(CHARGED.ljust(2**20), SIGNED) == OK


AT_ONCE = [start for start in SERVERS if start is not adapters.django_on_uvicorn]


@pytest.mark.parametrize("start", AT_ONCE, ids=name_of)
def test_a_body_that_says_it_is_too_large_is_not_waited_for(
    start: Start, ending: ExitStack
) -> None:
    endpoint: Served = Shop(ending, start, "sync").open()
    lines = [
        f"Authorization: {SIGNED['Authorization']}",
        f"Content-Length: {2**20 + 1}",
    ]
    assert endpoint.raw(lines) == TOO_LARGE


def test_django_s_asgi_application_answers_once_it_has_read_a_body_that_is_too_large(
    ending: ExitStack,
) -> None:
    endpoint: Served = Shop(ending, adapters.django_on_uvicorn, "sync").open()
    body = CHARGED.ljust(2**20 + 1)
    lines = [
        f"Authorization: {SIGNED['Authorization']}",
        f"Content-Length: {len(body)}",
    ]
    assert endpoint.raw(lines, body) == TOO_LARGE


def chunked(*pieces: bytes, end: bool = True) -> bytes:
    """A body in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return body + b"0\r\n\r\n" if end else body


IN_CHUNKS = [f"Authorization: {SIGNED['Authorization']}", "Transfer-Encoding: chunked"]
READS_CHUNKS = [start for start in SERVERS if start is not adapters.django_on_wsgiref]


@pytest.mark.parametrize("start", READS_CHUNKS, ids=name_of)
def test_a_body_may_come_in_chunks(start: Start, ending: ExitStack) -> None:
    shop = Shop(ending, start, "sync")
    endpoint: Served = shop.open(max_bytes=len(CHARGED))
    assert endpoint.raw(IN_CHUNKS, chunked(CHARGED[:5], CHARGED[5:])) == OK
    assert len(shop.handler.events) == 1
    assert endpoint.raw(IN_CHUNKS, chunked(CHARGED, b" ")) == TOO_LARGE


@pytest.mark.parametrize(
    "start", [start for start in READS_CHUNKS if start in AT_ONCE], ids=name_of
)
def test_a_body_in_chunks_is_read_up_to_the_limit_only(
    start: Start, ending: ExitStack
) -> None:
    endpoint: Served = Shop(ending, start, "sync").open(max_bytes=1000)
    assert endpoint.raw(IN_CHUNKS, chunked(b" " * 70_000, end=False)) == TOO_LARGE


def test_django_under_wsgi_sees_no_body_in_chunks_and_says_so(
    ending: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint: Served = Shop(ending, adapters.django_on_wsgiref, "sync").open()
    assert endpoint.raw(IN_CHUNKS, chunked(CHARGED)) == FAILED
    assert "may not support chunked bodies" in caplog.text


@pytest.mark.parametrize("length", ["-1", "many", "9" * 5000])
def test_a_content_length_that_is_no_length_does_no_harm(
    raw: Shop, length: str
) -> None:
    endpoint: Served = raw.open()
    response = endpoint.raw(
        [f"Authorization: {SIGNED['Authorization']}", f"Content-Length: {length}"]
    )
    assert response.status in (400, 401, 413)
    assert raw.handler.events == []


RAW = SIGNED["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("good", [RAW, f"Bearer {RAW}"], ids=["raw", "bearer"])
@pytest.mark.parametrize(
    "other", ["wrong", RAW, f"Bearer {RAW}"], ids=["wrong", "good", "good bearer"]
)
@pytest.mark.parametrize("first", [True, False], ids=["good first", "good last"])
def test_two_authorization_headers_are_refused(
    raw: Shop, good: str, other: str, first: bool
) -> None:
    endpoint: Served = raw.open()
    lines = [f"Authorization: {good}", f"authorization: {other}"]
    lines = lines if first else lines[::-1]
    response = endpoint.raw([*lines, f"Content-Length: {len(CHARGED)}"], CHARGED)
    assert response == REFUSED
    assert raw.handler.events == []


def test_two_signatures_in_two_headers_are_refused_or_read_as_one_list(
    raw: Shop,
) -> None:
    endpoint: Served = raw.open(BODY)
    good = webhooks.sign(SUCCEEDED, secret=BODY)["Plexy-Signature"]
    lines = [f"Plexy-Signature: {good}", f"Plexy-Signature: {good}"]
    assert (
        endpoint.raw([*lines, f"Content-Length: {len(SUCCEEDED)}"], SUCCEEDED)
        == REFUSED
    )


def test_a_sender_that_hangs_up_breaks_nothing(
    raw: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint: Served = raw.open()
    connection = HTTPConnection("127.0.0.1", endpoint.port, timeout=adapters.PATIENCE)
    connection.putrequest("POST", adapters.PATH)
    connection.putheader("Content-Length", str(len(CHARGED)))
    connection.putheader("Authorization", SIGNED["Authorization"])
    connection.endheaders(CHARGED[:10])
    connection.close()
    assert endpoint.send(CHARGED, SIGNED) == OK
    assert len(raw.handler.events) == 1


def test_an_event_that_is_under_way_is_to_be_sent_again(served: Shop) -> None:
    endpoint: Served = served.open()
    handler = served.handler
    handler.gate.clear()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(endpoint.send, CHARGED, SIGNED)
        assert handler.entered.acquire(timeout=adapters.PATIENCE)
        # The handler that waits holds up nobody else: this is answered meanwhile.
        assert endpoint.send(CHARGED, SIGNED) == BUSY
        handler.gate.set()
        assert first.result() == OK
    assert endpoint.send(CHARGED, SIGNED) == OK
    assert len(handler.events) == 1


def test_of_many_deliveries_at_once_one_is_handled(served: Shop) -> None:
    endpoint: Served = served.open()
    with ThreadPoolExecutor(8) as pool:
        responses = set(pool.map(lambda _: endpoint.send(CHARGED, SIGNED), range(24)))
    assert OK in responses <= {OK, BUSY}
    assert len(served.handler.events) == 1


def test_a_store_of_the_user_s_is_asked(shop: Shop) -> None:
    class Store(webhooks.MemoryStore):
        def claim(self, dedup_id: str) -> webhooks.Claim:
            calls.append(("claim", dedup_id))
            return super().claim(dedup_id)

        def done(self, dedup_id: str) -> None:
            calls.append(("done", dedup_id))
            super().done(dedup_id)

        def release(self, dedup_id: str) -> None:
            calls.append(("release", dedup_id))
            super().release(dedup_id)

    calls: list[tuple[str, str]] = []
    endpoint: Endpoint = shop.open(store=Store())
    shop.handler.failures = [ValueError()]
    assert [endpoint.send(CHARGED, SIGNED).status for _ in range(3)] == [500, 200, 200]
    dedup_id = shop.handler.events[0].dedup_id
    asked = ["claim", "release", "claim", "done", "claim"]
    assert calls == [(name, dedup_id) for name in asked]


def test_secrets_that_cannot_be_used_are_an_error_at_start_up(shop: Shop) -> None:
    for secret in ("whk_0a1B2c3D4e5F", [TOKEN, BODY], []):
        with pytest.raises(ConfigurationError) as caught:
            shop.open(secret)
        assert "whk_" not in str(caught.value)


def test_a_handler_may_be_any_callable(ending: ExitStack) -> None:
    taken: list[Any] = []
    for start in SERVERS:
        endpoint: Served = ending.enter_context(
            start(
                Setup(
                    partial(lambda end, event: taken.append((end, event.name)), start),
                    {"secret": TOKEN},
                )
            )
        )
        assert endpoint.send(CHARGED, SIGNED) == OK
    assert taken == [(start, "transaction.charged") for start in SERVERS]
