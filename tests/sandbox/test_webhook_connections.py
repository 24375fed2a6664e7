"""The connections of webhooks: kept as long as there is something to send, and never at the cost of a delivery."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable

import httpx
import pytest
import trustme
from helpers.wire import Recorded, Then, WireServer, http
from plexy_pay_sandbox import RunningSandbox, SentWebhook
from plexy_pay_sandbox.webhooks.posting import MOST_CONNECTIONS, Poster, Reply

EVENTS = 20
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
SPLIT_HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + http(200)
OLD = b"HTTP/1.0 200 OK\r\n\r\nthanks"


def burst(sandbox: RunningSandbox, *urls: str) -> list[SentWebhook]:
    """Have events sent to each of some addresses, all at once; what became of them."""
    sandbox.webhooks.hold()
    for number in range(EVENTS):
        for url in urls:
            sandbox.webhooks.emit(
                "transaction.charged", {"id": f"txn_{number}"}, url=url
            )
    sandbox.webhooks.release()
    return sandbox.webhooks.wait()


def ids(requests: list[Recorded]) -> list[str]:
    return [json.loads(request.body)["data"]["id"] for request in requests]


IN_ORDER = [f"txn_{number}" for number in range(EVENTS)]


# --- through the sandbox ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "response", [http(200), http(200, b"thanks"), CHUNKED, SPLIT_HINT]
)
def test_the_events_of_an_address_share_one_connection(
    sandbox: RunningSandbox, response: bytes
) -> None:
    with WireServer(response) as server:
        sent = burst(sandbox, f"{server.origin}/hook")

    assert {one.state for one in sent} == {"delivered"}
    assert ids(server.requests) == IN_ORDER
    assert server.connections == 1


@pytest.mark.parametrize("response", [http(200, headers={"Connection": "close"}), OLD])
def test_a_receiver_that_wants_a_connection_for_each_event_gets_it(
    sandbox: RunningSandbox, response: bytes
) -> None:
    with WireServer(Then(response, close=True)) as server:
        sent = burst(sandbox, f"{server.origin}/hook")

    assert [len(one.attempts) for one in sent] == [1] * EVENTS
    assert ids(server.requests) == IN_ORDER
    assert server.connections == EVENTS


def test_addresses_do_not_wait_for_each_other_and_each_keeps_its_order(
    sandbox: RunningSandbox,
) -> None:
    all_there = threading.Barrier(3)

    def respond(request: Recorded) -> bytes:
        all_there.wait(30)
        return http(200)

    with WireServer(respond) as server:
        sent = burst(sandbox, *(f"{server.origin}/{name}" for name in "abc"))

    assert {one.state for one in sent} == {"delivered"}
    assert server.connections == 3
    for name in "abc":
        assert (
            ids([one for one in server.requests if one.target == f"/{name}"])
            == IN_ORDER
        )


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (Then(close=True), "RemoteProtocolError"),
        (Then(b"HTTP/1.1 200", close=True), "RemoteProtocolError"),
        (Then(b"220 smtp.example\r\n\r\n", close=True), "RemoteProtocolError"),
        (Then(reset=True), "ReadError"),
    ],
)
def test_a_broken_response_is_an_attempt_that_failed_and_the_next_has_a_connection_of_its_own(
    sandbox: RunningSandbox, broken: Then, error: str
) -> None:
    with WireServer(http(200), broken, http(200)) as server:
        first, second, third = burst(sandbox, f"{server.origin}/hook")[:3]

    assert [len(first.attempts), len(third.attempts)] == [1, 1]
    assert [(one.status, one.error) for one in second.attempts] == [
        (None, error),
        (200, None),
    ]
    assert server.connections == 2
    assert ids(server.requests)[:4] == ["txn_0", "txn_1", "txn_1", "txn_2"]


@pytest.mark.parametrize(
    ("path", "target"),
    [("", "/"), ("/a/b?x=1&y=%2F", "/a/b?x=1&y=%2F"), ("/заказ 1?q=é#top", None)],
)
def test_a_request_names_its_place_as_any_client_would(
    sandbox: RunningSandbox, path: str, target: str | None
) -> None:
    with WireServer(http(200)) as server:
        sandbox.webhooks.emit("transaction.charged", url=server.origin + path)
        sandbox.webhooks.wait()

    [request] = server.requests
    expected = (
        httpx.URL(server.origin + path).raw_path.decode() if target is None else target
    )
    assert request.line == f"POST {expected} HTTP/1.1"
    assert request.values("host") == [f"127.0.0.1:{server.port}"]
    assert request.values("content-length") == [str(len(request.body))]
    assert request.values("content-type") == ["application/json"]


# --- by itself --------------------------------------------------------------------------------------------------


def posting(
    posts: Callable[[Poster], Awaitable[object]],
    *,
    patience: float = 30,
    linger: float = 30,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Run some posts, and close what is left of their connections."""

    async def run() -> None:
        poster = Poster(
            tls or ssl.create_default_context(), patience=patience, linger=linger
        )
        try:
            await posts(poster)
        finally:
            await poster.close()

    asyncio.run(run())


def hung_up(server: WireServer) -> None:
    """Wait until the other side has closed a connection."""
    assert server.hung_up.acquire(timeout=30)


def test_a_connection_is_kept_for_the_next_post_even_when_nothing_is_under_way() -> (
    None
):
    async def posts(poster: Poster) -> None:
        for path in ("/a", "/b", "/a"):
            assert (
                await poster.post(f"{server.origin}{path}", {}, b"{}")
            ).status == 200

    with WireServer(http(200)) as server:
        posting(posts)
        hung_up(server)

    assert server.connections == 1


def test_the_beginning_of_a_response_is_kept_of_each_post_its_own() -> None:
    bodies = [b"x" * 5000, b"", b"second"]

    async def posts(poster: Poster) -> None:
        for body in bodies:
            reply = await poster.post(server.origin, {}, b"{}")
            assert reply == Reply(500, body[:2048])

    left = iter(bodies)
    with WireServer(lambda request: http(500, next(left))) as server:
        posting(posts)


def test_a_connection_that_nothing_needs_is_closed_so_that_the_receiver_is_free() -> (
    None
):
    async def posts(poster: Poster) -> None:
        await poster.post(server.origin, {}, b"{}")
        await asyncio.to_thread(hung_up, server)
        await poster.post(server.origin, {}, b"{}")

    with WireServer(http(200)) as server:
        posting(posts, linger=0.001)

    assert server.connections == 2


def test_a_connection_that_the_receiver_closes_without_a_word_costs_no_attempt() -> (
    None
):
    async def posts(poster: Poster) -> None:
        await asyncio.gather(twice(poster), serve(asyncio.get_running_loop()))

    async def twice(poster: Poster) -> None:
        for _ in range(2):
            assert (
                await poster.post(f"http://127.0.0.1:{port}/", {}, b"{}")
            ).status == 200

    async def serve(loop: asyncio.AbstractEventLoop) -> None:
        for _ in range(2):
            connection, _ = await loop.sock_accept(listening)
            with connection:
                await loop.sock_recv(connection, 65536)
                # The response and the end of the connection are there before the other side reads either.
                connection.send(http(200))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        port = listening.getsockname()[1]
        posting(posts)


def test_a_response_that_nobody_asked_for_is_never_the_response_to_the_next_request(
    sandbox: RunningSandbox,
) -> None:
    with WireServer(http(200) + http(200), http(503), http(200)) as server:
        first, second = burst(sandbox, f"{server.origin}/hook")[:2]

    assert [one.status for one in first.attempts] == [200]
    assert [one.status for one in second.attempts] == [503, 200]


def test_a_response_that_comes_when_nothing_is_under_way_ends_the_connection() -> None:
    idle, ended = threading.Event(), threading.Event()

    def serve() -> None:
        with listening.accept()[0] as first:
            first.recv(65536)
            first.sendall(http(200))
            idle.wait(30)
            first.sendall(http(200))
            # Until the sandbox has hung up.
            with contextlib.suppress(ConnectionResetError):
                assert first.recv(65536) == b""
        ended.set()
        with listening.accept()[0] as second:
            second.recv(65536)
            second.sendall(http(503))

    async def posts(poster: Poster) -> None:
        assert (await poster.post(f"http://127.0.0.1:{port}/", {}, b"{}")).status == 200
        idle.set()
        assert await asyncio.to_thread(ended.wait, 30)
        assert (await poster.post(f"http://127.0.0.1:{port}/", {}, b"{}")).status == 503

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        posting(posts)
        thread.join(30)


@pytest.mark.parametrize(
    "response",
    [
        Then(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nOK", hang=True),
        Then(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nOK", close=True),
        Then(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
            hang=True,
        ),
    ],
)
def test_an_acknowledgement_counts_though_its_body_never_ends(response: Then) -> None:
    async def posts(poster: Poster) -> None:
        for _ in range(2):
            assert (await poster.post(server.origin, {}, b"{}")).status == 200

    with WireServer(response) as server:
        posting(posts, linger=0.001)

    assert server.connections == 2


def test_a_receiver_that_keeps_silent_is_hung_up_on() -> None:
    async def posts(poster: Poster) -> None:
        with pytest.raises(TimeoutError):
            await poster.post(server.origin, {}, b"{}")
        await asyncio.to_thread(answered.set)
        await asyncio.to_thread(hung_up, server)

    answered = threading.Event()

    def respond(request: Recorded) -> bytes:
        answered.wait(30)
        return b""

    with WireServer(respond) as server:
        posting(posts, patience=0.01)


def test_a_post_that_is_stopped_leaves_no_connection_behind() -> None:
    arrived, gate = threading.Event(), threading.Event()

    def respond(request: Recorded) -> bytes:
        arrived.set()
        gate.wait(30)
        return b""

    async def posts(poster: Poster) -> None:
        post = asyncio.create_task(poster.post(server.origin, {}, b"{}"))
        assert await asyncio.to_thread(arrived.wait, 30)
        post.cancel()
        with pytest.raises(asyncio.CancelledError):
            await post
        gate.set()
        await asyncio.to_thread(hung_up, server)

    with WireServer(respond) as server:
        posting(posts)


def test_more_addresses_than_connections_take_turns() -> None:
    arrived, gate = threading.Semaphore(0), threading.Event()

    def respond(request: Recorded) -> bytes:
        arrived.release()
        gate.wait(30)
        return http(200)

    def open_when_all_places_are_taken() -> None:
        for _ in range(MOST_CONNECTIONS):
            assert arrived.acquire(timeout=30)
        gate.set()

    async def posts(poster: Poster) -> None:
        count = MOST_CONNECTIONS + 20
        under_way = [
            poster.post(f"{server.origin}/{number}", {}, b"{}")
            for number in range(count)
        ]
        opening = asyncio.to_thread(open_when_all_places_are_taken)
        assert (await asyncio.gather(opening, *under_way))[1:] == [
            Reply(200, b"")
        ] * count

    with WireServer(respond) as server:
        posting(posts)

    assert server.connections == MOST_CONNECTIONS


def test_a_receiver_may_speak_tls_and_must_be_who_it_says() -> None:
    authority = trustme.CA()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)

    async def known(poster: Poster) -> None:
        for _ in range(2):
            assert (await poster.post(server.origin, {}, b"{}")).status == 200

    async def unknown(poster: Poster) -> None:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await poster.post(server.origin, {}, b"{}")

    with WireServer(http(200), tls=theirs) as server:
        posting(known, tls=ours)
        assert server.connections == 1
        posting(unknown)
        assert len(server.requests) == 2
