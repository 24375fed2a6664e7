"""An exception of the caller's own code reaches the caller as it is, with what became of the call as a note."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from helpers.calls import KEY, AsyncFlavor, Flavor, Recording, capturing, reading
from helpers.http_library import httpx
from helpers.wire import Recorded, Then, WireServer, http, json_response
from plexy_pay import PlexyPay
from plexy_pay.errors import ApiConnectionError, OutcomeUnknownError

DONE = json_response({"success": True})


class JobLimit(Exception):
    """The time limit of a task queue."""


class JobTimeout(TimeoutError):
    """One that the HTTP library would take for a timeout of its own."""


class HardLimit(BaseException):
    """One that no `except Exception` sees."""


LIMITS = [
    JobLimit("the job's time is over"),
    JobTimeout("the job's time is over"),
    HardLimit("the job's time is over"),
    TimeoutError("the job's time is over"),
    ConnectionResetError("a handler's own connection"),
    FileNotFoundError(2, "a handler's own file"),
    ValueError("a handler's mistake"),
    KeyboardInterrupt(),
]
limits = pytest.mark.parametrize(
    "limit", LIMITS, ids=lambda limit: type(limit).__name__
)


def notes(error: BaseException) -> str:
    found = "\n".join(getattr(error, "__notes__", ()))
    error.__notes__ = []  # The same object serves several tests.
    return found


@pytest.fixture
def interrupt() -> Iterator[Callable[[BaseException], Callable[[Recorded], bytes]]]:
    """Makes a response of a server that never comes: a signal handler raises an exception in its place."""
    before = signal.getsignal(signal.SIGUSR1)

    def interrupting(error: BaseException) -> Callable[[Recorded], bytes]:
        stopped = threading.Event()

        def handler(*_: object) -> None:
            stopped.set()
            raise error

        def respond(_: Recorded) -> bytes:
            os.kill(os.getpid(), signal.SIGUSR1)
            stopped.wait(60)
            return b""

        signal.signal(signal.SIGUSR1, handler)
        return respond

    yield interrupting
    signal.signal(signal.SIGUSR1, before)


@limits
def test_what_a_signal_handler_raises_while_a_payment_is_under_way_reaches_the_caller(
    interrupt: Any, limit: BaseException
) -> None:
    with (
        WireServer(interrupt(limit), DONE) as server,
        PlexyPay(KEY, base_url=server.origin) as client,
    ):
        with pytest.raises(type(limit)) as caught:
            client.execute(capturing())
        assert caught.value is limit
        assert "The payment may have gone through" in (said := notes(limit))
        assert "'ORD-1'" in said
        assert len(server.requests) == 1
        client.execute(capturing())
        assert server.connections == 2


@limits
def test_what_a_signal_handler_raises_while_something_is_read_is_no_reason_to_read_again(
    interrupt: Any, limit: BaseException
) -> None:
    with WireServer(DONE, interrupt(limit), DONE) as server:
        with PlexyPay(KEY, base_url=server.origin) as client:
            client.execute(reading())
            with pytest.raises(type(limit)) as caught:
                client.execute(reading())
            assert caught.value is limit
            assert "only reads" in notes(limit)
            assert len(server.requests) == 2
            # The interrupted connection is not used again: the response to the old request may still come.
            client.execute(reading())
            assert server.connections == 2


@limits
def test_what_a_signal_handler_raises_while_a_request_is_written_reaches_the_caller(
    interrupt: Any, limit: BaseException
) -> None:
    def read_a_part() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)
            response(Recorded(b""))

    response = interrupt(limit)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=read_a_part, daemon=True).start()
        with (
            PlexyPay(KEY, base_url=origin) as client,
            pytest.raises(type(limit)) as caught,
        ):
            client.execute(capturing({"note": "x" * 20_000_000}))
    assert caught.value is limit
    assert "may have gone through" in notes(limit)


@limits
def test_what_the_key_function_raises_reaches_the_caller(
    flavor: Flavor, limit: BaseException
) -> None:
    def provider() -> str:
        raise limit

    async def provider_async() -> str:
        raise limit

    providers: list[Any] = (
        [provider] if flavor.name == "sync" else [provider, provider_async]
    )
    for given in providers:
        with WireServer() as server:
            client = flavor.client(server.origin, given)
            with pytest.raises(type(limit)) as caught:
                flavor.call(client, capturing())
        assert caught.value is limit
        assert "Nothing was sent, no money moved" in notes(limit)
        assert server.requests == []


@limits
def test_what_a_request_hook_raises_reaches_the_caller(
    flavor: Flavor, limit: BaseException
) -> None:
    def hook(_: httpx.Request) -> None:
        raise limit

    with WireServer() as server:
        client = flavor.client(server.origin, http_client=flavor.request_hook(hook))
        with pytest.raises(type(limit)) as caught:
            flavor.call(client, capturing())
    assert caught.value is limit
    assert "Nothing was sent, no money moved" in notes(limit)
    assert server.requests == []


@limits
@pytest.mark.parametrize(
    ("response", "meaning"),
    [
        (DONE, "had responded with 200: the call was carried out"),
        (json_response({"success": False}), "No money was moved"),
        (json_response({"message": "no"}, 422), "No money was moved"),
        (http(500), "may have gone through"),
        (http(200, b"<html>"), "may have gone through"),
    ],
)
def test_what_a_response_hook_raises_reaches_the_caller_with_what_the_api_said(
    flavor: Flavor, limit: BaseException, response: bytes, meaning: str
) -> None:
    def hook(_: httpx.Response) -> None:
        raise limit

    with WireServer(response) as server:
        client = flavor.client(server.origin, http_client=flavor.response_hook(hook))
        with pytest.raises(type(limit)) as caught:
            flavor.call(client, capturing())
        assert caught.value is limit
        assert meaning in notes(limit)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "limit", [JobLimit(), HardLimit(), ValueError(), KeyboardInterrupt()], ids=repr
)
def test_what_a_transport_raises_reaches_the_caller(
    flavor: Flavor, limit: BaseException
) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise limit

    client = flavor.client("http://127.0.0.1:9", http_client=flavor.transport(handle))
    with pytest.raises(type(limit)) as caught:
        flavor.call(client, capturing())
    assert caught.value is limit
    assert "may have gone through" in notes(limit)


@pytest.mark.parametrize(
    "failure",
    [httpx.ReadError("gone"), ConnectionResetError(), TimeoutError(), OSError("gone")],
    ids=repr,
)
def test_a_transport_whose_sockets_fail_failed_as_the_network_does(
    flavor: Flavor, failure: Exception
) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise failure

    client = flavor.client("http://127.0.0.1:9", http_client=flavor.transport(handle))
    with pytest.raises(OutcomeUnknownError) as caught:
        flavor.call(client, capturing())
    assert isinstance(caught.value.cause, ApiConnectionError)


@limits
def test_what_is_raised_between_two_attempts_reaches_the_caller(
    flavor: Flavor, limit: BaseException
) -> None:
    class Interrupted(Recording):
        def sleep(self, seconds: float) -> None:
            raise limit

    with WireServer(http(503), DONE) as server:
        client = flavor.client(server.origin, pace=Interrupted())
        with pytest.raises(type(limit)) as caught:
            flavor.call(client, reading())
    assert caught.value is limit
    assert "things.retrieve" in notes(limit)
    assert len(server.requests) == 1


def test_an_earlier_attempt_that_may_have_arrived_is_not_forgotten(
    flavor: Flavor,
) -> None:
    class Interrupted(Recording):
        def sleep(self, seconds: float) -> None:
            raise JobLimit

    with WireServer(http(503), DONE) as server:
        client = flavor.client(server.origin, pace=Interrupted())
        with pytest.raises(JobLimit) as caught:
            flavor.call(
                client,
                capturing({"requestId": "request-1"}, idempotency_key="requestId"),
            )
    assert "Call again only with the same key, 'request-1'" in notes(caught.value)


def test_a_time_limit_that_comes_while_a_record_is_logged_reaches_the_caller(
    flavor: Flavor,
) -> None:
    class Limited(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise JobLimit

    handler, logger = Limited(), logging.getLogger("plexy_pay")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with WireServer(DONE) as server, pytest.raises(JobLimit) as caught:
            flavor.call(flavor.client(server.origin), capturing())
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert "had responded with 200" in notes(caught.value)


def test_a_cancelled_task_says_what_became_of_its_payment() -> None:
    async def main(server: WireServer, client: Any) -> BaseException:
        task = asyncio.create_task(client.execute(capturing()))
        while not server.requests:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return caught.value

    flavor = AsyncFlavor()
    with WireServer(Then(hang=True)) as server:
        error = flavor.runner.run(main(server, flavor.client(server.origin)))
        flavor.close()
    assert "may have gone through" in notes(error)


def test_the_causes_that_an_exception_came_with_stay(flavor: Flavor) -> None:
    first = LookupError("no trace here")

    def hook(_: httpx.Request) -> None:
        raise JobLimit("no trace") from first

    with WireServer() as server:
        client = flavor.client(server.origin, http_client=flavor.request_hook(hook))
        with pytest.raises(JobLimit) as caught:
            flavor.call(client, capturing())
    assert caught.value.__cause__ is first


def test_a_note_shows_no_key(flavor: Flavor) -> None:
    def provider() -> str:
        if keys:
            return keys.pop()
        raise JobLimit

    keys = [KEY]
    with WireServer(json_response({}, 503)) as server:
        client = flavor.client(server.origin, provider)
        with pytest.raises(OutcomeUnknownError):
            flavor.call(client, capturing())
        with pytest.raises(JobLimit) as caught:
            flavor.call(
                client, capturing(body={"amount": 5641, "orderReference": f"ORD-{KEY}"})
            )
    assert KEY not in notes(caught.value)


@limits
def test_a_look_up_that_the_callers_code_ends_is_no_verdict(
    flavor: Flavor, limit: BaseException
) -> None:
    def provider() -> str:
        if len(server.requests) == 1:
            raise limit
        return KEY

    with WireServer(http(500)) as server:
        client = flavor.client(server.origin, provider)
        with pytest.raises(OutcomeUnknownError) as caught:
            flavor.call(client, capturing(id="capture_payment"))
        with pytest.raises(type(limit)) as ended:
            if flavor.name == "sync":
                client.reconcile(caught.value.saved_call)
            else:
                flavor.runner.run(client.reconcile(caught.value.saved_call))  # type: ignore[attr-defined]
    assert ended.value is limit
    notes(limit)
