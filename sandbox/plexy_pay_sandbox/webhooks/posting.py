"""Post to receivers, over connections that are kept while there is something to post.

Only the few lines that a webhook needs, on asyncio and h11, which uvicorn brings along: with a general HTTP client, a
delivery would cost several times as much. Proxies, redirects and cookies are unknown here: what is meant for this
machine stays on it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, cast

import h11
import httpx

MOST_CONNECTIONS: Final = 100
"""How many posts are under way at once; more of them wait."""

LINGER: Final = 1.0
"""Seconds that a connection is kept for the next post: fewer than receivers keep it."""

_LONGEST_EXCERPT: Final = 2048


class Reply(NamedTuple):
    """Represent what a receiver said.

    Attributes:
        status: The status of the response.
        excerpt: The beginning of its body; a developer finds there why a handler failed.
    """

    status: int
    excerpt: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    """The destination of a post.

    Attributes:
        origin: Scheme, host and port; posts to one origin share connections.
        authority: How the header `Host` says it.
        path: Path and query.
    """

    origin: tuple[str, str, int]
    authority: str
    path: bytes


class Poster:
    """Post over connections, of which each carries one post at a time.

    Args:
        tls: How receivers prove who they are that speak TLS.
        patience: Seconds until the status of a response must be there.
        linger: Seconds that a connection is kept for the next post, and that the rest of a response may take.
    """

    def __init__(
        self, tls: ssl.SSLContext, *, patience: float, linger: float = LINGER
    ) -> None:
        self._tls = tls
        self._patience = patience
        self._linger = linger
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)
        self._idle: dict[tuple[str, str, int], list[_Connection]] = {}

    async def post(self, url: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """Post something, and return the response; only the beginning of its body is kept.

        Raises:
            TimeoutError: if the status does not come in time.
            httpx.ConnectError: if there is no connection.
            httpx.ReadError: if the connection breaks before the status comes.
            h11.RemoteProtocolError: if something else than a response comes.
        """
        target = _target(url)
        async with self._places:
            async with asyncio.timeout(self._patience):
                connection = await self._connected(target)
                status = await connection.exchange(target, headers, content)
            is_free = await connection.is_free_within(self._linger)
            reply = Reply(status, connection.excerpt)
            if is_free:
                self._keep(target, connection)
            return reply

    async def close(self) -> None:
        """Close the connections that are kept."""
        kept = [
            connection
            for connections in self._idle.values()
            for connection in connections
        ]
        self._idle.clear()
        for connection in kept:
            await connection.end()

    async def _connected(self, target: _Target) -> _Connection:
        # The loop gets the chance to see that a receiver has closed its connection.
        await asyncio.sleep(0)
        while (kept := self._kept(target)) is not None:
            if kept.is_open:
                return kept
            kept.close()
        return await _open(target, self._tls)

    def _keep(self, target: _Target, connection: _Connection) -> None:
        self._idle.setdefault(target.origin, []).append(connection)
        loop = asyncio.get_running_loop()
        connection.expiry = loop.call_later(
            self._linger, self._expire, target, connection
        )

    def _kept(self, target: _Target) -> _Connection | None:
        connections = self._idle.get(target.origin)
        if not connections:
            return None
        connection = connections[-1]
        self._forget(target, connection)
        return connection

    def _expire(self, target: _Target, connection: _Connection) -> None:
        self._forget(target, connection)
        connection.close()

    def _forget(self, target: _Target, connection: _Connection) -> None:
        connections = self._idle[target.origin]
        connections.remove(connection)
        if not connections:
            del self._idle[target.origin]
        if connection.expiry is not None:
            connection.expiry.cancel()


class _Connection(asyncio.Protocol):
    """A connection to a receiver, for one post after another. Whatever goes wrong closes it.

    Attributes:
        expiry: Closes the connection when nobody has used it.
        excerpt: The beginning of the body of the latest response.
    """

    expiry: asyncio.TimerHandle | None = None
    excerpt: bytes = b""

    def __init__(self) -> None:
        self._protocol = h11.Connection(h11.CLIENT)
        self._under_way = False
        self._news = asyncio.Event()
        self._lost = asyncio.Event()
        self._error: Exception | None = None

    # --- what asyncio calls ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take a part of a response."""
        if not self._under_way:
            # Nobody has asked: it must not pass for the response to the next request.
            self.close()
            return
        self._protocol.receive_data(data)
        self._news.set()

    def eof_received(self) -> None:
        """Note that the receiver has closed its side; asyncio closes the other one."""
        self._protocol.receive_data(b"")
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end of the connection."""
        self._error = exc
        self._lost.set()
        self._news.set()

    # --- what a poster calls --------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Return whether neither side has closed it."""
        return not self._transport.is_closing()

    async def exchange(
        self, target: _Target, headers: Mapping[str, str], content: bytes
    ) -> int:
        """Send a request, and read the response up to its status."""
        self._under_way = True
        self.excerpt = b""
        try:
            self._transport.write(self._written(target, headers, content))
            while not isinstance(event := await self._next_event(), h11.Response):
                pass
        except BaseException:
            self.close()
            raise
        return event.status_code

    async def is_free_within(self, seconds: float) -> bool:
        """Read the rest of the response; return whether another post can follow, and close the connection if not."""
        free = False
        try:
            async with asyncio.timeout(seconds):
                while not isinstance(
                    event := await self._next_event(), h11.EndOfMessage
                ):
                    self._take(event)
            free = self._start_anew()
        except (TimeoutError, httpx.ReadError, h11.RemoteProtocolError):
            # The receiver has said what it had to say: this only costs the connection.
            pass
        finally:
            if not free:
                self.close()
        return free

    def close(self) -> None:
        """Close the connection, whatever is under way on it."""
        self._transport.abort()

    async def end(self) -> None:
        """Close the connection, and wait until it is."""
        self.close()
        await self._lost.wait()

    # --- inside ---------------------------------------------------------------------------------------------

    def _written(
        self, target: _Target, headers: Mapping[str, str], content: bytes
    ) -> bytes:
        own = {
            "Host": target.authority,
            "Accept": "*/*",
            "User-Agent": "plexy-pay-sandbox",
            "Content-Length": str(len(content)),
        }
        request = h11.Request(
            method="POST", target=target.path, headers=[*own.items(), *headers.items()]
        )
        return b"".join(
            [
                self._protocol.send(request),
                self._protocol.send(h11.Data(data=content)),
                self._protocol.send(h11.EndOfMessage()),
            ]
        )

    async def _next_event(self) -> object:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            if self._lost.is_set():
                raise httpx.ReadError(str(self._error or "the connection was closed"))
            self._news.clear()
            await self._news.wait()
        return event

    def _take(self, event: object) -> None:
        """Take a part of the body, as far as it is kept."""
        if isinstance(event, h11.Data):
            room = _LONGEST_EXCERPT - len(self.excerpt)
            self.excerpt += bytes(event.data[:room])

    def _start_anew(self) -> bool:
        """Get ready for another request, if the receiver has said one response and wants to hear more."""
        unasked, ended = self._protocol.trailing_data
        if unasked or ended or self._protocol.our_state is not h11.DONE:
            return False
        self._protocol.start_next_cycle()
        self._under_way = False
        return self.is_open


async def _open(target: _Target, tls: ssl.SSLContext) -> _Connection:
    scheme, host, port = target.origin
    loop = asyncio.get_running_loop()
    try:
        _, connection = await loop.create_connection(
            _Connection, host, port, ssl=tls if scheme == "https" else None
        )
    except OSError as error:
        raise httpx.ConnectError(str(error)) from error
    return connection


@lru_cache(maxsize=1024)
def _target(url: str) -> _Target:
    read = httpx.URL(url)
    port = read.port or (443 if read.scheme == "https" else 80)
    origin = (read.scheme, read.raw_host.decode(), port)
    return _Target(origin, read.netloc.decode(), read.raw_path)
