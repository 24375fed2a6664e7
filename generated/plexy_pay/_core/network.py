# plexy-pay runtime, written by hand in runtime/_core/network.py; the generator copies it unchanged.
"""Wrap the byte streams beneath the HTTP library's connections.

httpcore reads any bytes on a kept connection as the response to the next request, even bytes that were there before
that request was written (`_receive_event` in httpcore's `_sync/http11.py`). It also grants the whole timeout to each
piece of a response, so that a slow drip of pieces never ends. The streams here wrap httpcore's own. They write no
request to a connection that holds unread bytes, and no read or write of a sync call outlasts the call's deadline.
"""

# ruff: noqa: ASYNC109 - the methods of a stream have the parameters of httpcore's

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from .causes import failures_ignored, foreign

if TYPE_CHECKING:
    from asyncio import Future, Task

Site: TypeAlias = tuple[str, str, int]
"""Scheme, host and port."""

# The size in bytes of the pieces of a request. Each piece must be written before the deadline, even to a slow reader.
_PIECE = 16_384
# The seconds to read from a new TLS connection, to distinguish session tickets, which carry no data, from early bytes.
_GLANCE = 0.01


class EarlyBytesError(Exception):
    """Raised when the connection held bytes before the request was written. No part of the request left."""


class Channel:
    """Represent one connection to the successive calls that use it.

    Args:
        plain: Whether requests leave without TLS. With TLS, the bytes before the handshake are for the proxy.

    Attributes:
        wrote: Whether a byte of the call's request may have left.
        broken: Whether the connection failed while writing the request.
        used: Whether an earlier call used the connection.
    """

    plain: bool
    wrote: bool
    broken: bool
    used: bool

    def __init__(self, *, plain: bool) -> None:
        self.plain = plain
        self.wrote = self.broken = self.used = False
        self.stream: Any = None
        self._overdue = False
        self._deadline = 0.0
        self._monotonic: Callable[[], float] = time.monotonic

    def begin(self, deadline: float, monotonic: Callable[[], float]) -> None:
        """Begin a call that must end by the deadline."""
        self.wrote = self.broken = self._overdue = False
        self._deadline, self._monotonic = deadline, monotonic

    def waiting(self, timeout: float | None) -> float:
        """Return the seconds that a read may wait. After the deadline, one last read takes buffered data at once.

        Raises:
            TimeoutError: if the last read has been made as well.
        """
        if self._monotonic() < self._deadline or self._overdue:
            return self.within(timeout)
        self._overdue = True
        return 0.0

    def within(self, timeout: float | None) -> float:
        """Return the timeout, or the seconds until the deadline if they are fewer.

        Raises:
            TimeoutError: if the deadline has passed.
        """
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(timeout, left)


def narrow(transport: Any, site: Site, channel: Channel) -> None:
    """Replace the connection pool of a sync httpx transport by one connection through the channel."""
    pool = transport._pool
    pool._network_backend = _Backend(pool._network_backend, channel)
    transport._pool = pool.create_connection(_origin(site))


def narrow_async(transport: Any, site: Site, channel: Channel) -> None:
    """Replace the connection pool of an async httpx transport by one connection through the channel."""
    pool = transport._pool
    pool._network_backend = _AsyncBackend(pool._network_backend, channel)
    transport._pool = pool.create_connection(_origin(site))


def can_serve_again(transport: Any) -> bool:
    """Return whether the one connection of a transport is open and idle, according to the server's last response."""
    idle: bool = transport._pool.is_idle()
    return idle


def _origin(site: Site) -> Any:
    from httpcore import Origin

    scheme, host, port = site
    return Origin(scheme.encode("ascii"), host.encode("ascii"), port)


class _Backend:
    """Connect like httpcore's own backend."""

    def __init__(self, inner: Any, channel: Channel) -> None:
        self._inner = inner
        self._channel = channel

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> _Stream:
        stream = self._inner.connect_tcp(
            host, port, timeout=self._channel.within(timeout), **options
        )
        self._channel.used = False
        return _Stream(stream, self._channel, carries_requests=self._channel.plain)


class _Stream:
    """Wrap a stream of httpcore's sync backend."""

    def __init__(self, inner: Any, channel: Channel, *, carries_requests: bool) -> None:
        self._inner = inner
        self._channel = channel
        self._carries_requests = carries_requests
        channel.stream = self

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            data: bytes = self._inner.read(
                max_bytes, timeout=self._channel.waiting(timeout)
            )
        except Exception as error:
            if _found_nothing(error):
                raise TimeoutError from None
            raise
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        channel = self._channel
        if not buffer:
            return  # The request was written completely. Its empty end must not fail because the deadline has passed.
        channel.within(timeout)
        if self._carries_requests and not channel.wrote:
            if _holds_bytes(self._inner):
                raise EarlyBytesError
            channel.wrote = True
        try:
            for start in range(0, len(buffer), _PIECE):
                self._inner.write(
                    buffer[start : start + _PIECE], timeout=channel.within(timeout)
                )
            return
        except BaseException as error:
            channel.broken = True
            interruption = foreign(error)
            if interruption is None or interruption is error:
                raise
        # Raised here, because httpcore ignores a failure to write the request: there may already be a response to it.
        raise interruption

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> _Stream:
        stream = self._inner.start_tls(
            ssl_context, server_hostname, self._channel.within(timeout)
        )
        return _Stream(stream, self._channel, carries_requests=True)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


class _AsyncBackend:
    """Connect like httpcore's own async backend."""

    def __init__(self, inner: Any, channel: Channel) -> None:
        self._inner = inner
        self._channel = channel

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> _AsyncStream:
        stream = await self._inner.connect_tcp(host, port, timeout=timeout, **options)
        self._channel.used = False
        return _AsyncStream(stream, self._channel, carries_requests=self._channel.plain)


class _AsyncStream:
    """Wrap a stream of httpcore's async backend. The driver of an async call enforces its deadline."""

    def __init__(self, inner: Any, channel: Channel, *, carries_requests: bool) -> None:
        self._inner = inner
        self._channel = channel
        self._carries_requests = carries_requests
        # Kept here, because asking anyio for it takes longer than reading from it.
        self._tls = inner.get_extra_info("ssl_object")
        channel.stream = self

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = await self._inner.read(max_bytes, timeout)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        channel = self._channel
        if self._carries_requests and buffer and not channel.wrote:
            if await _holds_bytes_async(self._inner, self._tls, used=channel.used):
                raise EarlyBytesError
            channel.wrote = True
        try:
            await self._inner.write(buffer, timeout)
            return
        except BaseException as error:
            channel.broken = True
            interruption = foreign(error)
            if interruption is None or interruption is error:
                raise
        # Raised here, because httpcore ignores a failure to write the request: there may already be a response to it.
        raise interruption

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> _AsyncStream:
        stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return _AsyncStream(stream, self._channel, carries_requests=True)

    def get_extra_info(self, info: str) -> Any:
        return self._tls if info == "ssl_object" else self._inner.get_extra_info(info)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _holds_bytes(stream: Any) -> bool:
    """Return whether anything can be read: bytes, the end of the stream or an error."""
    if stream.get_extra_info("ssl_object") is None and not stream.get_extra_info(
        "is_readable"
    ):
        return False
    # With TLS, only reading distinguishes data from session tickets.
    try:
        stream.read(1, timeout=0)
    except Exception as error:
        if foreign(error) is not None:
            raise
        return not _found_nothing(error)
    return True


def _found_nothing(error: Exception) -> bool:
    """Return whether a read that did not wait failed only because nothing had come."""
    return isinstance(error.__cause__, (BlockingIOError, ssl.SSLWantReadError))


async def _holds_bytes_async(stream: Any, tls: Any, *, used: bool) -> bool:
    """Return whether anything can be read: bytes, the end of the stream or an error."""
    if tls is not None and has_decrypted(tls):
        return True
    if not stream.get_extra_info("is_readable"):
        return False
    if tls is None or used:
        return True
    # A TLS server sends session tickets right after the handshake. Only reading distinguishes them from early bytes.
    try:
        await stream.read(1, timeout=_GLANCE)
    except Exception as error:
        if foreign(error) is not None:
            raise
        return not isinstance(error.__cause__, TimeoutError)
    return True


def has_decrypted(tls: Any) -> bool:
    """Return whether an in-memory TLS object, as async streams use, holds bytes or the end of the stream."""
    if not isinstance(tls, ssl.SSLObject):
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        pass  # The stream has ended or is damaged, so the connection is unusable.
    return True


class Closing:
    """Close async streams in separate tasks, so that the cancellation of a call does not interrupt the closing."""

    def __init__(self) -> None:
        # An event loop keeps only weak references to its tasks.
        self._open: dict[Any, Task[None]] = {}

    def begin(self, stream: Any) -> Future[None]:
        """Begin to close a stream. Return a future for the end."""
        from asyncio import create_task, shield

        self._open[stream] = task = create_task(self._close(stream))
        return shield(task)

    async def finish(self) -> None:
        """Close all open streams, even if the end of the event loop cancelled their tasks."""
        for stream in list(self._open):
            await self._close(stream)

    async def _close(self, stream: Any) -> None:
        # The call already has its response or its error, so a failure here changes nothing.
        with failures_ignored(of_the_caller=True):
            await stream.aclose()
        self._open.pop(stream, None)
