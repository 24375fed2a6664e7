"""The faults, made with real sockets: what the server does for each name in `rules`."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Self
from unittest import mock

from helpers.calls import KEY, OTHER_KEY, Recording
from helpers.wire import (
    Recorded,
    Then,
    WireResponse,
    WireServer,
    http,
    json_response,
    reset_on_close,
)
from plexy_pay._core.types import Timeout

from .kinds import Kind, good

UNRESOLVED = "api.plexypay.invalid"
HTML = b"<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>"
JSON = {"Content-Type": "application/json"}
SHORT = 0.15
"""The read timeout where a fault needs one: seconds."""


class ResetsUnread(WireServer):
    """Resets every connection as soon as something arrives on it, without reading it."""

    def _talk(self, connection: socket.socket) -> None:
        connection.recv(1, socket.MSG_PEEK)
        reset_on_close(connection)


class ResetsHello(WireServer):
    """Reads the first bytes of a connection, the client's TLS hello, then resets it."""

    hello = b""

    def _talk(self, connection: socket.socket) -> None:
        self.hello += connection.recv(65536)
        reset_on_close(connection)


class AnswersHello(ResetsHello):
    """Answers the client's TLS hello with plain HTTP, as a port does that speaks no TLS."""

    def _talk(self, connection: socket.socket) -> None:
        self.hello += connection.recv(65536)
        connection.sendall(http(400, HTML))


class Refuses(WireServer):
    """Has a port, but refuses every connection to it until `listen` is called."""

    def _bind(self) -> socket.socket:
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        return bound

    def __enter__(self) -> Self:
        return self

    def listen(self) -> None:
        """Take connections from now on."""
        self._listener.listen()
        self._start(self._accept)


class Pace(Recording):
    """A clock that stands still unless a fault moves it, and dice that throw the longest wait.

    Attributes:
        at_wait: What happens when the client waits before its next try.
    """

    def __init__(self) -> None:
        super().__init__(dice=1.0)
        self.at_wait: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.at_wait()


@dataclass
class Scene:
    """The place where one call meets one fault.

    Attributes:
        server: Where the client is sent to.
        elsewhere: Another host, which nothing may ever reach.
        pace: The client's clocks.
        origin: The origin for the client.
        client: Further arguments of the client.
        response: The JSON of the response that the caller must get, if it gets one.
        variants: Whether the call is the one whose response is a union.
        held: Released by the server for each request that it lets wait for a response, if it does.
    """

    server: WireServer
    elsewhere: WireServer
    pace: Pace
    origin: str
    client: dict[str, Any] = field(default_factory=dict[str, Any])
    response: Any = None
    variants: bool = False
    held: threading.Semaphore | None = None


@contextlib.contextmanager
def scene(fault: str, kind: Kind) -> Iterator[Scene]:
    """The scene of a fault, for one call of a kind."""
    pace = Pace()
    with (
        WireServer(json_response(kind.response)) as elsewhere,
        contextlib.ExitStack() as stage,
    ):
        made = _make(fault, kind, pace, elsewhere)
        server = stage.enter_context(made.server)
        if isinstance(server, Refuses) and fault != "refused":
            pace.at_wait = server.listen
        if fault == "dns":
            stage.enter_context(
                mock.patch("socket.getaddrinfo", _resolver(socket.getaddrinfo))
            )
        yield made


def _resolver(real: Callable[..., Any]) -> Callable[..., Any]:
    """The resolver of a machine that does not know one name. No name server is asked."""

    def resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        if host in (UNRESOLVED, UNRESOLVED.encode()):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *arguments, **named)

    return resolve


def _make(fault: str, kind: Kind, pace: Pace, elsewhere: WireServer) -> Scene:
    if fault in _SERVERS:
        scheme, server = _SERVERS[fault]
        made = server(http(200, good(kind), JSON))
        origin = (
            f"{scheme}://{UNRESOLVED if fault == 'dns' else '127.0.0.1'}:{made.port}"
        )
        return Scene(made, elsewhere, pace, origin, response=kind.response)
    if fault.startswith("redirect_"):
        headers = {"Location": f"{elsewhere.origin}/v1/taken"}
        server = WireServer(http(int(fault.removeprefix("redirect_")), b"", headers))
        return Scene(server, elsewhere, pace, server.origin)
    if fault in _ODD:
        response = _ODD[fault](kind)
        headers = {"Content-Type": "text/plain"} if fault == "wrong_type" else JSON
        server = WireServer(http(200, json.dumps(response).encode(), headers))
        return Scene(
            server,
            elsewhere,
            pace,
            server.origin,
            response=response,
            variants=fault == "new_variant",
        )
    if fault.startswith("slow_"):
        return _slow(
            kind, _half(kind) if fault == "slow_body" else b"", elsewhere, pace
        )
    server = WireServer(*_responses(fault, kind, pace))
    made = Scene(server, elsewhere, pace, server.origin, response=kind.response)
    if fault == "rotated":
        made.client["api_key"] = [OTHER_KEY, KEY]
    if fault in _NO:
        made.response = _declined(kind, _NO[fault])
    return made


def _slow(kind: Kind, body: bytes, elsewhere: WireServer, pace: Pace) -> Scene:
    """A server that keeps the connection open and says no more."""
    held = threading.Semaphore(0)

    def hold(_: Recorded) -> Then:
        held.release()
        return Then(body, hang=True)

    server = WireServer(hold)
    return Scene(
        server,
        elsewhere,
        pace,
        server.origin,
        {"timeout": Timeout(read=SHORT)},
        held=held,
    )


_NO: dict[str, object] = {"declined": False, "declined_in_text": "false"}


def _declined(kind: Kind, success: object) -> dict[str, Any]:
    return kind.response | {"success": success, "message": "Do not honor"}


def _half(kind: Kind) -> bytes:
    """A response whose body ends in the middle, though its head has announced it whole."""
    body = good(kind)
    return http(200, body, JSON)[: -len(body) // 2]


_SERVERS: dict[str, tuple[str, type[WireServer]]] = {
    "dns": ("https", WireServer),
    "refused": ("http", Refuses),
    "refused_then_good": ("http", Refuses),
    "tls_reset": ("https", ResetsHello),
    "tls_garbage": ("https", AnswersHello),
    "reset_unread": ("http", ResetsUnread),
}

_ODD: dict[str, Callable[[Kind], Any]] = {
    "wrong_type": lambda kind: kind.response,
    "new_value": lambda kind: kind.response | {kind.status: "frozen"},
    "new_field": lambda kind: kind.response | {"novelty": {"since": [2027]}},
    "new_variant": lambda kind: {"type": "barter", "goods": ["wool"]},
    "null": lambda kind: dict.fromkeys(kind.response),
    "other_type": lambda kind: {
        name: str(value) if isinstance(value, int) else 7
        for name, value in kind.response.items()
    },
    "missing": lambda kind: {kind.status: kind.response[kind.status]},
}


def _failure(status: int, headers: dict[str, str] | None = None) -> bytes:
    return json_response({"code": 5, "message": "no"}, status, headers)


def _responses(fault: str, kind: Kind, pace: Pace) -> list[WireResponse]:
    """What the server answers, in order; the last one is repeated."""
    body = good(kind)
    whole = http(200, body, JSON)
    half = _half(kind)
    down, many = _failure(503), _failure(429)
    if fault.startswith("status_"):
        status = int(fault.removeprefix("status_"))
        return [
            http(status, HTML, {"Content-Type": "text/html"})
            if status == 502
            else _failure(status)
        ]
    if fault in _WAITS:
        value = _WAITS[fault](pace)
        return [_failure(429, {} if value is None else {"Retry-After": value})]

    def trickle(_: Recorded) -> bytes:
        # The clock goes past the end of the call while the response is on its way, in three pieces.
        pace.now += 200
        third = -(-len(body) // 3)
        pieces = [body[at : at + third] for at in range(0, len(body), third)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
        return (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + chunks
            + b"0\r\n\r\n"
        )

    def gzipped(content: bytes) -> bytes:
        return http(200, content, {**JSON, "Content-Encoding": "gzip"})

    scripts: dict[str, Callable[[], list[WireResponse]]] = {
        "reset_read": lambda: [Then(reset=True)],
        "closed": lambda: [Then(close=True)],
        "not_http": lambda: [Then(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", close=True)],
        "huge_header": lambda: [http(200, body, {**JSON, "X-Huge": "x" * 200_000})],
        "trickle": lambda: [trickle],
        "reset_body": lambda: [Then(half, reset=True)],
        "short_body": lambda: [Then(half, close=True)],
        "empty": lambda: [http(200, b"", JSON)],
        "truncated": lambda: [http(200, body[:-3], JSON)],
        "html": lambda: [http(200, HTML, {"Content-Type": "text/html"})],
        "other_json": lambda: [json_response("accepted")],
        "bad_gzip": lambda: [gzipped(b"\x1f\x8b\x08\x00 these are no compressed data")],
        "gzip_bomb": lambda: [gzipped(_BOMB)],
        "too_long": lambda: [http(200, body, {**JSON, "Content-Length": str(2**40)})],
        "html_404": lambda: [http(404, HTML, {"Content-Type": "text/html"})],
        "declined": lambda: [json_response(_declined(kind, False))],
        "declined_in_text": lambda: [json_response(_declined(kind, "false"))],
        "rotated": lambda: [_failure(401), whole],
        "wait_then_good": lambda: [many, whole],
        "reset_then_good": lambda: [Then(reset=True), whole],
        "down_then_good": lambda: [_failure(503, {"Retry-After": "7"}), whole],
        "down_then_conflict": lambda: [down, _failure(409)],
        "down_then_missing": lambda: [down, _failure(404)],
        "wait_then_down": lambda: [many, _failure(502)],
        "down_then_wait": lambda: [_failure(502), many],
    }
    return scripts[fault]()


_BOMB = gzip.compress(bytes(20_000_000), mtime=0)

_WAITS: dict[str, Callable[[Pace], str | None]] = {
    "wait_seconds": lambda pace: "7",
    "wait_date": lambda pace: formatdate(pace.wall + 20, usegmt=True),
    "wait_zero": lambda pace: "0",
    "wait_hour": lambda pace: "3600",
    "wait_absurd": lambda pace: "999999999",
    "wait_past": lambda pace: formatdate(0, usegmt=True),
    "wait_garbage": lambda pace: "soon",
    "wait_negative": lambda pace: "-5",
    "wait_none": lambda pace: None,
}
