"""A proxy between client and sandbox that does harm to every fifth exchange.

It reads a whole request, then decides by its seed: it passes the request on, or not, and gives the response back, or
something else. What it decides depends on the seed, the request and how often it has come, never on the clock or on the
order of threads.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

from helpers.wire import http, reset_on_close

ODDS: Mapping[str, float] = {
    "reset, not passed on": 0.03,
    "reset, passed on": 0.03,
    "5xx, not passed on": 0.035,
    "5xx, passed on": 0.035,
    "429, not passed on": 0.03,
    "cut off, passed on": 0.0195,
    "HTML page, passed on": 0.0195,
    "no response in time, passed on": 0.001,
}
"""The share of each fault: together a fifth."""

HTML = b"<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>"
STATUSES = (500, 502, 503, 504, 520)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Reset(Exception):
    """The connection is to end with a reset."""


class FaultyProxy:
    """The proxy.

    Args:
        upstream: The origin that requests are passed on to.
        seed: What decides.
    """

    def __init__(self, upstream: str, seed: int) -> None:
        parts = urlsplit(upstream)
        self._address = (parts.hostname, parts.port)
        self._seed = seed
        self._seen: Counter[bytes] = Counter()
        self._handlers: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()
        """How many requests met each fault; those that met none are under `none`."""

    async def run(self, pipe: Connection) -> None:
        """Serve until `stop` comes through the pipe. At `restart` the last request is done, then comes a new port."""
        order = "restart"
        while order != "stop":
            server = await asyncio.start_server(
                self._accept, "127.0.0.1", 0, backlog=1024
            )
            pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            order = await asyncio.to_thread(pipe.recv)
            server.close()
            while self._handlers:
                await asyncio.wait(self._handlers)

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        task.add_done_callback(self._handlers.discard)
        upstream: Stream | None = None
        try:
            while (request := await _message(reader)) is not None:
                upstream = await self._upstream(upstream)
                response, goes_on = await self._response(request, reader, upstream)
                writer.write(response)
                await writer.drain()
                if not goes_on:
                    break
        except (_Reset, ConnectionError, asyncio.IncompleteReadError):
            reset_on_close(writer.get_extra_info("socket"))
        finally:
            for one in (writer, upstream and upstream[1]):
                if one:
                    one.close()

    async def _upstream(self, last: Stream | None) -> Stream:
        """The connection to the sandbox; a new one, if the last has been closed."""
        if last is not None and not last[0].at_eof():
            return last
        return await asyncio.open_connection(*self._address)

    async def _response(
        self, request: bytes, reader: asyncio.StreamReader, upstream: Stream
    ) -> tuple[bytes, bool]:
        """What the client gets, and whether the connection goes on after it."""
        fault, dice = self._decide(request)
        self.counts[fault] += 1
        response = b""
        if not fault.endswith("not passed on"):
            upstream[1].write(request)
            passed = await _message(upstream[0])
            if passed is None:
                raise _Reset
            response = passed
        if fault == "none":
            return response, True
        if fault.startswith("reset"):
            raise _Reset
        if fault.startswith("5xx"):
            return http(
                dice.choice(STATUSES), HTML, {"Content-Type": "text/html"}
            ), True
        if fault.startswith("429"):
            return http(429, b"{}", {"Retry-After": "0"}), True
        if fault.startswith("cut off"):
            return response[: dice.randrange(1, len(response))], False
        if fault.startswith("HTML page"):
            return http(200, HTML, {"Content-Type": "text/html"}), True
        await reader.read()  # Until the client has given up.
        return b"", False

    def _decide(self, request: bytes) -> tuple[str, random.Random]:
        head, _, body = request.partition(b"\r\n\r\n")
        what = sha256(head.partition(b"\r\n")[0] + body).digest()
        self._seen[what] += 1
        dice = random.Random(f"{self._seed} {what.hex()} {self._seen[what]}")
        thrown = dice.random()
        for fault, share in ODDS.items():
            thrown -= share
            if thrown < 0:
                return fault, dice
        return "none", dice


async def _message(reader: asyncio.StreamReader) -> bytes | None:
    """A whole request or response; None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    length = _LENGTH.search(head)
    return head + await reader.readexactly(int(length[1])) if length else head


def serve_proxy(pipe: Connection, upstream: str, seed: int) -> None:
    """The proxy, for a `Child`; it reports its counts."""
    proxy = FaultyProxy(upstream, seed)
    asyncio.run(proxy.run(pipe))
    pipe.send(proxy.counts)
