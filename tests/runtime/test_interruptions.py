"""A call that is cancelled, interrupted or late takes nothing from the calls after it, and ends in time."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from helpers.calls import KEY, AsyncFlavor, Flavor, capturing, creating, reading
from helpers.http_library import httpx
from helpers.wire import Recorded, WireServer, http, json_response
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.types import Timeout
from plexy_pay.errors import (
    ApiConnectionError,
    ApiTimeoutError,
    Outcome,
    OutcomeUnknownError,
    PlexyError,
)

OK = json_response({"success": True})
CONNECTIONS = 100


class Together:
    """Answers the calls of a second part only once all of them have arrived at the same time."""

    def __init__(self, calls: int, before: Callable[[], bytes]) -> None:
        self.barrier = threading.Barrier(calls)
        self.before = before

    def __call__(self, request: Recorded) -> bytes:
        if request.body != b'{"together":true}':
            return self.before()
        self.barrier.wait(60)
        return OK


# Cancelled and late calls


def test_cancelled_calls_leave_all_connections_of_an_async_client_to_others() -> None:
    async def main(origin: str) -> None:
        async with AsyncPlexyPay(
            KEY, base_url=origin, timeout=Timeout(pool=60.0)
        ) as client:
            for moment in range(300):
                call = asyncio.create_task(client.execute(reading()))
                for _ in range(moment % 60):  # Cancelled at each of its steps.
                    await asyncio.sleep(0)
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
            together = (
                client.execute(creating({"together": True})) for _ in range(CONNECTIONS)
            )
            assert len(await asyncio.gather(*together)) == CONNECTIONS

    with WireServer(Together(CONNECTIONS, lambda: OK)) as server:
        asyncio.run(main(server.origin))


def test_calls_that_come_too_late_leave_all_connections_of_a_client_to_others(
    flavor: Flavor,
) -> None:
    never = threading.Event()

    def hang() -> bytes:
        never.wait(60)
        return b""

    with WireServer(Together(CONNECTIONS, hang)) as server:
        client = flavor.client(server.origin, max_retries=0, timeout=Timeout(pool=60.0))
        for _ in range(CONNECTIONS + 20):
            with pytest.raises(ApiTimeoutError):
                flavor.call(client, reading(), {"timeout": Timeout(total=0.001)})
        if flavor.name == "async":

            async def main() -> None:
                calls = (
                    client.execute(creating({"together": True}))
                    for _ in range(CONNECTIONS)
                )
                await asyncio.gather(*calls)

            flavor.runner.run(main())  # type: ignore[attr-defined]
        else:
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                list(
                    pool.map(
                        lambda _: client.execute(creating({"together": True})),
                        range(CONNECTIONS),
                    )
                )
        never.set()


class _Interruption(Exception):
    """A task queue's limit: it comes by a signal, in the middle of a call."""


@pytest.fixture
def interruption() -> Iterator[None]:
    """A signal that raises in the main thread."""

    def interrupt(*_: object) -> None:
        raise _Interruption

    before = signal.signal(signal.SIGUSR1, interrupt)
    yield
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.usefixtures("interruption")
def test_calls_that_a_signal_interrupts_leave_all_connections_of_a_sync_client_to_others() -> (
    None
):
    stopped = threading.Event()

    def interrupt() -> bytes:
        os.kill(os.getpid(), signal.SIGUSR1)
        stopped.wait(60)
        return b""

    with WireServer(Together(CONNECTIONS, interrupt)) as server:
        with PlexyPay(
            KEY, base_url=server.origin, timeout=Timeout(pool=60.0), max_retries=0
        ) as client:
            for _ in range(CONNECTIONS + 20):
                # Which error it becomes is not this test's subject.
                with pytest.raises((_Interruption, PlexyError)):
                    client.execute(reading())
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                list(
                    pool.map(
                        lambda _: client.execute(creating({"together": True})),
                        range(CONNECTIONS),
                    )
                )
        stopped.set()


def test_a_call_that_finds_no_free_connection_in_time_was_not_sent(
    flavor: Flavor,
) -> None:
    held = threading.Event()

    def hold(_: Recorded) -> bytes:
        held.wait(60)
        return OK

    async def crowd(client: Any) -> None:
        calls = [
            asyncio.create_task(client.execute(creating({"n": n})))
            for n in range(CONNECTIONS)
        ]
        await asyncio.to_thread(all_arrived)
        with pytest.raises(ApiTimeoutError, match="no money moved") as caught:
            await client.execute(capturing(), {"timeout": Timeout(pool=0.01)})
        assert caught.value.outcome is Outcome.NOT_SENT
        held.set()
        await asyncio.gather(*calls)

    def all_arrived() -> None:
        while len(server.requests) < CONNECTIONS:
            pass

    with WireServer(hold) as server:
        client = flavor.client(server.origin, max_retries=0)
        if flavor.name == "async":
            flavor.runner.run(crowd(client))  # type: ignore[attr-defined]
        else:
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                calls = [
                    pool.submit(client.execute, creating({"n": n}))
                    for n in range(CONNECTIONS)
                ]
                all_arrived()
                with pytest.raises(ApiTimeoutError, match="no money moved") as caught:
                    client.execute(capturing(), {"timeout": Timeout(pool=0.01)})
                assert caught.value.outcome is Outcome.NOT_SENT
                held.set()
                assert all(call.result(60).status_code == 200 for call in calls)
    assert len(server.requests) == CONNECTIONS


def test_more_calls_than_connections_all_get_their_turn(flavor: Flavor) -> None:
    with WireServer(lambda request: http(200, request.body)) as server:
        client = flavor.client(server.origin, timeout=Timeout(pool=60.0))
        bodies = [
            {"n": n}
            for n in range(
                20 * CONNECTIONS if flavor.name == "async" else 3 * CONNECTIONS
            )
        ]
        if flavor.name == "async":

            async def main() -> list[Any]:
                return await asyncio.gather(
                    *(client.execute(creating(body)) for body in bodies)
                )

            responses = flavor.runner.run(main())  # type: ignore[attr-defined]
        else:
            with ThreadPoolExecutor(150) as pool:
                responses = list(
                    pool.map(lambda body: client.execute(creating(body)), bodies)
                )
    assert [response.parsed for response in responses] == bodies
    assert server.connections <= CONNECTIONS


# Responses that are whole


class Unclosable(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes whole, and cannot be closed."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def __iter__(self) -> Iterator[bytes]:
        yield b'{"success": true}'

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"success": true}'

    def close(self) -> None:
        assert self.error is not None
        raise self.error

    async def aclose(self) -> None:
        if self.error is None:
            await asyncio.sleep(3600)
        else:
            raise self.error


@pytest.mark.parametrize(
    "error", [httpx.CloseError("the socket is gone"), OSError(9, "Bad file descriptor")]
)
def test_a_whole_response_counts_whatever_closing_its_stream_raises(
    flavor: Flavor, error: Exception
) -> None:
    transport = flavor.transport(
        lambda _: httpx.Response(200, stream=Unclosable(error))
    )
    client = flavor.client("https://api.plexypay.com", http_client=transport)
    assert flavor.call(client, capturing()).parsed == {"success": True}


def test_a_whole_response_counts_if_closing_its_stream_takes_until_the_deadline() -> (
    None
):
    flavor = AsyncFlavor()
    transport = flavor.transport(lambda _: httpx.Response(200, stream=Unclosable(None)))
    client = flavor.client(
        "https://api.plexypay.com", http_client=transport, timeout=Timeout(total=0.05)
    )
    assert flavor.call(client, capturing()).parsed == {"success": True}
    flavor.close()


# Responses without an end

DRIPS = {
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "102 Processing in a flood": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 1000),
    "bytes of a header": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "bytes of a status line": (b"HTTP/1.1 200 ", b"o"),
    "bytes of a chunk extension": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;",
        b"x",
    ),
    "bytes of a trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Long: ",
        b"x",
    ),
    "white space in a body": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        b" ",
    ),
}


class Dripping(WireServer):
    """Sends a beginning, then pieces until the client goes away."""

    def __init__(self, beginning: bytes, piece: bytes) -> None:
        super().__init__()
        self.beginning, self.piece = beginning, piece

    def _talk(self, connection: Any) -> None:
        self._receive(connection)
        connection.sendall(self.beginning)
        while not self._stopped.wait(0.005):
            connection.sendall(self.piece)


@pytest.mark.parametrize("kind", DRIPS)
def test_a_response_that_drips_without_end_ends_at_the_deadline(
    flavor: Flavor, kind: str
) -> None:
    with Dripping(*DRIPS[kind]) as server:
        client = flavor.client(server.origin, timeout=Timeout(total=0.2), max_retries=0)
        with pytest.raises(OutcomeUnknownError) as caught:
            flavor.call(client, capturing())
    assert isinstance(caught.value.cause, (ApiTimeoutError, ApiConnectionError))


# Requests that break off


def test_a_success_that_comes_while_the_request_is_still_written_is_no_proof(
    flavor: Flavor,
) -> None:
    class Hasty(WireServer):
        def _talk(self, connection: Any) -> None:
            connection.recv(1)
            connection.sendall(OK)
            # With bytes of the request unread, closing resets the connection.

    with Hasty() as server:
        client = flavor.client(server.origin, max_retries=0)
        with pytest.raises(OutcomeUnknownError):
            flavor.call(client, capturing({"note": "x" * 50_000_000}))
