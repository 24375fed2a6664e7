"""A response belongs to its request: bytes that were there before the request are never read as its response."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme
from helpers.calls import (
    AsyncFlavor,
    Flavor,
    Recording,
    capturing,
    creating,
    deleting,
    reading,
)
from helpers.http_library import httpx
from helpers.wire import Recorded, Then, WireResponse, WireServer, http, json_response
from plexy_pay._core.network import Channel, EarlyBytesError, narrow, narrow_async
from plexy_pay.errors import DeclinedError

DONE = json_response({"success": True, "message": "refunded"})
DECLINED = json_response({"success": False, "message": "declined"})
SURPLUS = {
    "a body longer than its length": json_response({"id": "th_1"}) + DONE,
    "a body that is longer by white space": json_response({"id": "th_1"})
    + b"\r\n\r\n"
    + DONE,
    "two responses": json_response({"id": "th_1"}) + DONE + DONE,
    "a chunked body and a second response": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        + DONE
    ),
    "half a response": json_response({"id": "th_1"}) + DONE[:30],
    "a response that promises another protocol": json_response({"id": "th_1"})
    + b"HTTP/1.1 101 Other\r\n\r\n",
}
WITHOUT_A_BODY = {
    "a 204 with a body": http(204).replace(b"Content-Length: 0\r\n", b"") + DONE,
    "a 304 with a body": http(304).replace(b"Content-Length: 0\r\n", b"") + DONE,
}


@pytest.fixture(params=["http", "https"])
def tls(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The server's TLS settings, which our clients trust, or None for plain http."""
    if request.param == "http":
        return None
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(params=["our client", "an injected client", "an injected transport"])
def http_client(request: pytest.FixtureRequest, flavor: Flavor, tls: Any) -> Any:
    """The `http_client` argument."""
    if request.param == "our client":
        return None
    options: dict[str, Any] = (
        {} if tls is None else {"verify": ssl.create_default_context()}
    )
    if request.param == "an injected client":
        return flavor.http_client(trust_env=False, **options)
    transport = (
        httpx.AsyncHTTPTransport if flavor.name == "async" else httpx.HTTPTransport
    )(**options)
    # A client of ours never closes what it was given: one of httpx does.
    flavor.http_client(transport=transport)
    return transport


@pytest.mark.parametrize("kind", SURPLUS)
def test_what_follows_a_response_is_not_the_response_to_a_refund(
    flavor: Flavor, tls: Any, http_client: Any, kind: str
) -> None:
    with WireServer(SURPLUS[kind], DECLINED, tls=tls) as server:
        client = flavor.client(server.origin, http_client=http_client)
        flavor.call(client, reading())
        with pytest.raises(DeclinedError, match="declined"):
            flavor.call(client, capturing())
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("kind", WITHOUT_A_BODY)
def test_the_body_of_a_response_that_has_none_is_not_the_next_response(
    flavor: Flavor, tls: Any, http_client: Any, kind: str
) -> None:
    with WireServer(
        WITHOUT_A_BODY[kind], json_response({"id": "th_2"}), tls=tls
    ) as server:
        client = flavor.client(server.origin, http_client=http_client)
        if "204" in kind:
            flavor.call(client, deleting())
        else:
            with pytest.raises(Exception, match="304"):
                flavor.call(client, deleting())
        assert flavor.call(client, creating({})).parsed == {"id": "th_2"}
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize(
    "second", [reading(), creating({"n": 2})], ids=["read", "write"]
)
def test_a_connection_with_surplus_is_not_used_by_calls_that_move_no_money_either(
    flavor: Flavor, tls: Any, http_client: Any, second: Any
) -> None:
    surplus = json_response({"id": "th_1"}) + json_response({"id": "of nobody"})
    with WireServer(surplus, json_response({"id": "th_2"}), tls=tls) as server:
        client = flavor.client(server.origin, http_client=http_client)
        flavor.call(client, reading())
        assert flavor.call(client, second).parsed == {"id": "th_2"}
    assert (server.connections, len(server.requests)) == (2, 2)


class Later:
    """Sends a second response on its own, once the test says that the first one was read."""

    def __init__(self, first: bytes, second: bytes) -> None:
        self.first, self.second = first, second
        self.read, self.sent = threading.Event(), threading.Event()

    def __call__(self, request: Recorded) -> Then:
        connection = self.connection
        threading.Thread(target=self._send, args=(connection,), daemon=True).start()
        return Then(self.first)

    connection: Any = None

    def _send(self, connection: Any) -> None:
        assert self.read.wait(60)
        connection.sendall(self.second)
        self.sent.set()


class Remembering(WireServer):
    """A server whose scripted responses can reach the connection that they are for."""

    def _talk(self, connection: socket.socket) -> None:
        for response in self._responses:
            if isinstance(response, Later) and response.connection is None:
                response.connection = connection
        super()._talk(connection)


@pytest.mark.parametrize(
    "second",
    [reading(), creating({"n": 2}), capturing()],
    ids=["read", "write", "money"],
)
def test_a_second_response_that_comes_while_the_connection_is_idle_is_nobodys(
    flavor: Flavor, tls: Any, second: Any
) -> None:
    later = Later(json_response({"id": "th_1"}), DONE)
    with Remembering(
        later, json_response({"success": True, "id": "th_2"}), tls=tls
    ) as server:
        client = flavor.client(server.origin)
        flavor.call(client, reading())
        later.read.set()
        assert later.sent.wait(60)
        assert flavor.call(client, second).parsed["id"] == "th_2"
    assert (server.connections, len(server.requests)) == (2, 2)


def test_a_clean_connection_is_used_again_except_by_calls_that_move_money(
    flavor: Flavor, tls: Any
) -> None:
    with WireServer(json_response({"success": True}), tls=tls) as server:
        client = flavor.client(server.origin)
        for request in (reading(), creating({}), reading()):
            flavor.call(client, request)
        assert server.connections == 1
        flavor.call(client, capturing())
        assert server.connections == 2
        flavor.call(client, reading())
        assert server.connections == 2
        flavor.call(client, capturing())
    assert server.connections == 3


@pytest.mark.parametrize(
    "last",
    [
        json_response({"id": "th_1"}, headers={"Connection": "close"}),
        json_response({"id": "th_1"}).replace(b"HTTP/1.1", b"HTTP/1.0"),
        b'HTTP/1.1 200 OK\r\n\r\n{"id": "th_1"}',
    ],
    ids=["Connection: close", "HTTP/1.0", "no length"],
)
@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_connection_that_the_server_ends_is_not_used_again(
    flavor: Flavor, tls: Any, last: bytes, hangs_up: bool
) -> None:
    ended = hangs_up or b"Content-Length" not in last
    with WireServer(
        Then(last, close=ended), json_response({"id": "th_2"}), tls=tls
    ) as server:
        client = flavor.client(server.origin)
        assert flavor.call(client, reading()).parsed == {"id": "th_1"}
        assert flavor.call(client, creating({})).parsed == {"id": "th_2"}
    assert (server.connections, len(server.requests)) == (2, 2)


def test_each_look_up_of_a_reconciliation_has_a_connection_of_its_own(
    flavor: Flavor,
) -> None:
    looking = reading()
    looking.quiet = True
    with WireServer(json_response({"id": "th_1"})) as server:
        client = flavor.client(server.origin)
        for request in (reading(), looking, looking):
            flavor.call(client, request)
    assert server.connections == 3


@pytest.mark.parametrize(("idle", "connections"), [(29.0, 1), (31.0, 2)])
def test_a_connection_is_kept_for_thirty_seconds_without_a_call(
    flavor: Flavor, idle: float, connections: int
) -> None:
    pace = Recording()
    with WireServer(json_response({"id": "th_1"})) as server:
        client = flavor.client(server.origin, pace=pace)
        flavor.call(client, reading())
        pace.now += idle
        flavor.call(client, reading())
        assert server.connections == connections


def test_connections_that_no_call_takes_any_more_are_closed_by_later_calls(
    flavor: Flavor,
) -> None:
    pace, together = Recording(), threading.Barrier(2)

    def both(_: Recorded) -> bytes:
        together.wait(60)
        return json_response({"id": "th_1"})

    async def two() -> None:
        await asyncio.gather(client.execute(reading()), client.execute(reading()))

    with WireServer(both, both, json_response({"id": "th_1"})) as server:
        client = flavor.client(server.origin, pace=pace)
        if isinstance(flavor, AsyncFlavor):
            flavor.runner.run(two())
        else:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda _: client.execute(reading()), range(2)))
        for _ in range(3):
            pace.now += 20.0
            flavor.call(client, reading())
        assert server.hung_up.acquire(timeout=60)
        assert server.connections == 2


# A server that speaks first


@pytest.fixture
def speaking_first() -> Iterator[socket.socket]:
    """A listening socket whose first connection gets a response before anything is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def accept_and_speak(listener: socket.socket, tls: Any, taken: list[Any]) -> None:
    connection, _ = listener.accept()
    # Without it the kernel may hold the response back until the client has acknowledged the handshake.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if tls is not None:
        connection = tls.wrap_socket(connection, server_side=True)
    taken.append(connection)
    connection.sendall(DONE)


def test_no_request_is_written_to_a_new_connection_on_which_the_server_spoke_first(
    speaking_first: socket.socket, tls: Any
) -> None:
    taken: list[Any] = []
    port = speaking_first.getsockname()[1]
    server = threading.Thread(
        target=accept_and_speak, args=(speaking_first, tls, taken)
    )
    server.start()
    channel = Channel(plain=tls is None)
    channel.begin(60.0, lambda: 0.0)
    with httpx.HTTPTransport(verify=ssl.create_default_context()) as transport:
        narrow(transport, ("http", "127.0.0.1", port), channel)
        backend: Any = transport._pool._network_backend  # type: ignore[attr-defined]
        stream = backend.connect_tcp("127.0.0.1", port)
        if tls is not None:
            stream = stream.start_tls(ssl.create_default_context(), "127.0.0.1")
        server.join(60)
        select.select([stream.get_extra_info("socket")], [], [], 60)
        with pytest.raises(EarlyBytesError):
            stream.write(b"POST /v1/refunds HTTP/1.1\r\n\r\n")
        stream.close()
    assert not channel.wrote
    nothing_came(taken[0])


def test_no_request_is_written_to_a_new_async_connection_on_which_the_server_spoke_first(
    speaking_first: socket.socket, tls: Any
) -> None:
    taken: list[Any] = []
    port = speaking_first.getsockname()[1]
    channel = Channel(plain=tls is None)
    channel.begin(60.0, lambda: 0.0)

    async def main() -> None:
        serving = asyncio.create_task(
            asyncio.to_thread(accept_and_speak, speaking_first, tls, taken)
        )
        async with httpx.AsyncHTTPTransport(
            verify=ssl.create_default_context()
        ) as transport:
            narrow_async(transport, ("http", "127.0.0.1", port), channel)
            backend: Any = transport._pool._network_backend  # type: ignore[attr-defined]
            stream = await backend.connect_tcp("127.0.0.1", port)
            if tls is not None:
                stream = await stream.start_tls(
                    ssl.create_default_context(), "127.0.0.1"
                )
            await serving
            await asyncio.to_thread(
                select.select, [stream.get_extra_info("socket")], [], [], 60
            )
            with pytest.raises(EarlyBytesError):
                await stream.write(b"POST /v1/refunds HTTP/1.1\r\n\r\n")
            await stream.aclose()

    asyncio.run(main())
    assert not channel.wrote
    nothing_came(taken[0])


def nothing_came(connection: socket.socket) -> None:
    with connection:
        connection.settimeout(60)
        # A client that goes away in haste leaves an error instead of an end.
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            assert connection.recv(65536) == b""


# The cause


def test_bare_httpx_still_takes_the_surplus_of_one_response_for_the_next() -> None:
    # When this fails, httpcore throws the surplus away itself, and `network.py` may do less.
    # https://github.com/encode/httpcore/blob/1.0.9/httpcore/_sync/http11.py#L209
    surplus: WireResponse = json_response({"id": "th_1"}) + DONE
    with (
        WireServer(surplus, DECLINED) as server,
        httpx.Client(trust_env=False) as client,
    ):
        client.get(server.origin)
        assert client.post(server.origin).json()["success"] is True
