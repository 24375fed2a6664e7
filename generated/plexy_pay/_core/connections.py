# plexy-pay runtime, written by hand in runtime/_core/connections.py; the generator copies it unchanged.
"""Manage the connections of our own clients. Each connection serves one call at a time and is kept only while healthy.

A call takes a place for one connection from a pool and gives it back. So no call searches among many connections, which
takes httpcore's pool a time that grows with the square of their number (`_assign_requests_to_connections` in httpcore's
`_sync/connection_pool.py`). An interrupted call leaves no place occupied. A connection is closed after a call that
failed, was interrupted, or left bytes behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .causes import failures_ignored
from .guard import Exchange, check, receive, receive_async
from .http_libraries import HTTPX
from .network import (
    Channel,
    Closing,
    EarlyBytesError,
    Site,
    can_serve_again,
    narrow,
    narrow_async,
)

if TYPE_CHECKING:
    from asyncio import Future

_NOT_SENT = (*HTTPX.not_sent, EarlyBytesError)
MOST_CONNECTIONS = 100
KEEPALIVE_EXPIRY = 30.0
"""The number of seconds for which an idle connection is kept."""


class PoolTimeoutError(TimeoutError):
    """Raised when no connection became free in time. Nothing was sent."""


class BrokenRequestError(Exception):
    """Raised when the connection failed while writing the request, although a response reports success."""


class _Place:
    """Hold at most one connection.

    Args:
        dial: Makes a transport of httpx.
        site: The target of the connection.
    """

    def __init__(self, dial: Callable[[], Any], site: Site) -> None:
        self._dial = dial
        self._site = site
        self._transport: Any = None
        self._channel = self._new_channel()
        self.idle_since: float = 0.0

    def _new_channel(self) -> Channel:
        return Channel(plain=self._site[0] == "http")

    @property
    def is_empty(self) -> bool:
        """Return whether the place has no connection to reuse."""
        return self._transport is None

    def _begin(
        self, exchange: Exchange, narrow: Callable[[Any, Site, Channel], None]
    ) -> Any:
        """Return the transport for a call, and make it if there is none."""
        if self._transport is None:
            transport = self._dial()
            narrow(transport, self._site, self._channel)
            self._transport = transport
        self._channel.begin(exchange.step.deadline, exchange.step.monotonic)
        return self._transport

    def _end(self, exchange: Exchange, error: BaseException | None) -> bool:
        """Record in the exchange whether a byte left. Return whether the connection may be reused."""
        exchange.sent = self._channel.wrote and not isinstance(error, _NOT_SENT)
        self._channel.used = True
        return error is None and exchange.clean and can_serve_again(self._transport)

    def _check_written(self, response: Any) -> None:
        if self._channel.broken and response.status_code < 400:
            raise BrokenRequestError(
                f"the request broke off, so the response {response.status_code} does not belong to it"
            )

    def _forget(self) -> Any:
        """Drop the transport, whose locks an interrupted call may still hold. Return the stream to close."""
        stream = self._channel.stream
        self._transport, self._channel = None, self._new_channel()
        return stream


class Place(_Place):
    """Hold at most one connection of a sync client."""

    def send(self, exchange: Exchange, request: Any) -> None:
        """Send a request and read its response."""
        if exchange.step.own_connection:
            self.close()
        failure: BaseException | None = None
        try:
            response = self._open(exchange, request)
            self._check_written(response)
            receive(exchange, response)
            with failures_ignored():
                response.stream.close()
        except BaseException as error:
            failure = error
            raise
        finally:
            if not self._end(exchange, failure):
                self.close()

    def _open(self, exchange: Exchange, request: Any) -> Any:
        transport = self._begin(exchange, narrow)
        request = check(exchange, request)
        try:
            response: Any = transport.handle_request(request)
        except EarlyBytesError:
            if not self._channel.used:
                raise
            # The bytes belong to an earlier call, and no part of this request left. So a new connection may send it.
            self.close()
            response = self._begin(exchange, narrow).handle_request(request)
        return response

    def close(self) -> None:
        """Close the connection, if there is one."""
        stream = self._forget()
        if stream is not None:
            with failures_ignored():
                stream.close()


class AsyncPlace(_Place):
    """Hold at most one connection of an async client."""

    def __init__(self, dial: Callable[[], Any], site: Site, closing: Closing) -> None:
        super().__init__(dial, site)
        self._closing = closing

    async def send(self, exchange: Exchange, request: Any) -> None:
        """Send a request and read its response."""
        if exchange.step.own_connection:
            self.close()
        failure: BaseException | None = None
        try:
            response = await self._open(exchange, request)
            self._check_written(response)
            await receive_async(exchange, response)
            with failures_ignored():
                await response.stream.aclose()
        except BaseException as error:
            failure = error
            raise
        finally:
            if not self._end(exchange, failure):
                self.close()

    async def _open(self, exchange: Exchange, request: Any) -> Any:
        transport = self._begin(exchange, narrow_async)
        request = check(exchange, request)
        try:
            response: Any = await transport.handle_async_request(request)
        except EarlyBytesError:
            if not self._channel.used:
                raise
            # The bytes belong to an earlier call, and no part of this request left. So a new connection may send it.
            self.close()
            response = await self._begin(exchange, narrow_async).handle_async_request(
                request
            )
        return response

    def close(self) -> None:
        """Close the connection, if there is one, in a separate task."""
        stream = self._forget()
        if stream is not None:
            self._closing.begin(stream)


PlaceT = TypeVar("PlaceT", Place, AsyncPlace)


class _Free(Generic[PlaceT]):
    """Hold the free places of a pool: those with a connection, most recently used on top, and the empty ones."""

    def __init__(self, places: list[PlaceT]) -> None:
        self._empty: list[PlaceT] = places
        self._kept: list[PlaceT] = []

    def take(self, now: float) -> PlaceT | None:
        """Take a place, preferably one with a connection. Return None if none is free."""
        places = self._kept or self._empty
        if not places:
            return None
        # No function call between these lines: a signal handler could raise after it, and the place would be lost.
        place = places[-1]
        del places[-1]
        if now - place.idle_since > KEEPALIVE_EXPIRY:
            place.close()
        return place

    def give(self, place: PlaceT, now: float) -> None:
        """Take a place back, and close the connection with the longest idle time if that time is over."""
        if place.is_empty:
            self._empty.append(place)
            return
        place.idle_since = now
        self._kept.append(place)
        oldest = self._kept[0]
        if now - oldest.idle_since > KEEPALIVE_EXPIRY:
            oldest.close()
            del self._kept[0]
            self._empty.append(oldest)

    def close(self) -> None:
        """Close all connections."""
        while self._kept:
            place = self._kept.pop()
            place.close()
            self._empty.append(place)


class Pool:
    """Hold the connections of a sync client to its origin. Threads wait for a free one in order of arrival."""

    def __init__(self, dial: Callable[[], Any], site: Site) -> None:
        self._free = _Free([Place(dial, site) for _ in range(MOST_CONNECTIONS)])
        self._waiting: deque[SimpleQueue[Place]] = deque()
        self._lock = Lock()

    def send(self, exchange: Exchange, request: Any) -> None:
        """Send a request and read its response on a connection that no other call uses at the same time."""
        place = self._take(exchange)
        try:
            place.send(exchange, request)
        finally:
            self._give(place, exchange)

    def _take(self, exchange: Exchange) -> Place:
        step = exchange.step
        with self._lock:
            place = self._free.take(step.monotonic())
            if place is not None:
                return place
            turn: SimpleQueue[Place] = SimpleQueue()
            self._waiting.append(turn)
        left = min(step.timeout.pool, step.deadline - step.monotonic())
        try:
            return turn.get(timeout=max(0.0, left))
        except BaseException as error:
            with self._lock:
                given = turn not in self._waiting
                if not given:
                    self._waiting.remove(turn)
            if given:
                self._give(turn.get(), exchange)
            if isinstance(error, Empty):
                raise PoolTimeoutError from None
            raise

    def _give(self, place: Place, exchange: Exchange) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(place)
            else:
                self._free.give(place, exchange.step.monotonic())

    def close(self) -> None:
        """Close the connections that no call uses."""
        with self._lock:
            self._free.close()


class AsyncPool:
    """Hold the connections of an async client to its origin, in one event loop."""

    def __init__(self, dial: Callable[[], Any], site: Site) -> None:
        self._closing = Closing()
        self._free = _Free(
            [AsyncPlace(dial, site, self._closing) for _ in range(MOST_CONNECTIONS)]
        )
        self._waiting: deque[Future[AsyncPlace]] = deque()

    async def send(self, exchange: Exchange, request: Any) -> None:
        """Send a request and read its response on a connection that no other call uses at the same time."""
        place = self._free.take(exchange.step.monotonic()) or await self._turn(exchange)
        try:
            await place.send(exchange, request)
        finally:
            self._give(place, exchange)

    async def _turn(self, exchange: Exchange) -> AsyncPlace:
        from asyncio import get_running_loop, timeout

        turn: Future[AsyncPlace] = get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with timeout(exchange.step.timeout.pool):
                return await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._give(turn.result(), exchange)
            else:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise PoolTimeoutError from None
            raise

    def _give(self, place: AsyncPlace, exchange: Exchange) -> None:
        waiting = (turn for turn in self._waiting if not turn.done())
        turn = next(waiting, None)
        if turn is None:
            self._free.give(place, exchange.step.monotonic())
        else:
            self._waiting.remove(turn)
            turn.set_result(place)

    async def aclose(self) -> None:
        """Close the connections that no call uses."""
        self._free.close()
        await self._closing.finish()
