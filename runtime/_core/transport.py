# plexy-pay runtime, written by hand in runtime/_core/transport.py; the generator copies it unchanged.
"""Carry out one attempt, sync or async, through an HTTP library.

No object and no frame of the HTTP library leaves this module, because some of them show the request's header bytes.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, cast
from weakref import finalize

from .auth import ApiKeyAuth
from .connections import AsyncPool, Pool
from .environment import proxy_for, tls_settings
from .guard import AsyncGuardTransport, Exchange, GuardTransport, Refused, is_proxy
from .http_libraries import HTTPX, Library, library_of
from .library_logs import watch
from .settings import closed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable
    from typing import Self

    from .attempts import Failure, RawResponse, Send
    from .http_libraries import AsyncGivenClient, GivenClient
    from .origins import Origin


def _dialer(kind: Callable[..., Any], origin: Origin) -> Callable[[], Any]:
    """Return a function that makes a transport to the origin, through the environment's proxy if one is set."""
    tls = tls_settings(origin)
    return partial(kind, verify=tls, proxy=proxy_for(origin, tls), trust_env=False)


def _guarded(client: Any, guard: Any, library: Library, origin: Origin) -> Any:
    """Return a copy of the user's client with guarded transports."""
    made = copy.copy(client)
    # The HTTP libraries have no public attribute for the transports of a client.
    parts = cast("dict[str, Any]", vars(made))
    parts["_transport"] = guard(parts["_transport"], library)
    parts["_mounts"] = mounts = dict(parts["_mounts"])
    for pattern, inner in list(mounts.items()):
        if origin.direct and is_proxy(inner):
            del mounts[pattern]
        elif inner is not None:
            mounts[pattern] = guard(inner, library)
    return made


def _timeouts(step: Send) -> dict[str, float]:
    left = max(step.deadline - step.monotonic(), 0.001)
    connect, read, write, pool, _ = step.timeout
    return {
        "connect": min(connect, left),
        "read": min(read, left),
        "write": min(write, left),
        "pool": min(pool, left),
    }


@lru_cache(maxsize=64)  # Parsing a URL takes as long as the rest of making a request.
def _url(http: Any, text: str) -> Any:
    return http.URL(text)


def _request(library: Library, step: Send) -> Any:
    """Return the request of a step, without its key."""
    return library.http.Request(
        step.method,
        _url(library.http, step.url),
        headers=step.headers,
        content=step.content,
        extensions={"timeout": _timeouts(step)},
    )


def _request_of(client: Any, library: Library, step: Send) -> Any:
    """Return the request as the user's client builds it, with that client's own headers and cookies."""
    return client.build_request(
        step.method,
        step.url,
        headers=step.headers,
        content=step.content,
        timeout=library.http.Timeout(**_timeouts(step)),
    )


class SyncTransport:
    """Send the attempts of a sync client. The user's client or transport is copied or wrapped, and never closed.

    Each call enters this transport as a context from its first attempt to its last. So closing interrupts no call,
    which would needlessly leave the outcome of a payment unknown.
    """

    def __init__(self, origin: Origin, http_client: GivenClient | None) -> None:
        watch()
        self._lock, self._calls, self._closing = Lock(), 0, False
        self._end: Callable[[], object] = lambda: None
        self._send: Callable[[Exchange, ApiKeyAuth], object]
        if http_client is None:
            pool = Pool(_dialer(HTTPX.http.HTTPTransport, origin), origin.site)
            self._send = partial(_send, pool)
            # The finalizer also runs when the client is garbage-collected and when the program ends.
            self._end = finalize(self, _close, pool, os.getpid())
            return
        library = library_of(http_client, is_async=False)
        if isinstance(http_client, library.http.Client):
            copied = _guarded(http_client, GuardTransport, library, origin)
            self._send = partial(_send_by, http_client, copied, library)
        else:
            self._send = partial(
                _send_through, GuardTransport(http_client, library), library
            )

    def __enter__(self) -> Self:
        with self._lock:
            if self._closing:
                closed()
            self._calls += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls -= 1
            last = self._closing and not self._calls
        if last:
            self._end()

    def send(self, step: Send) -> RawResponse | Failure:
        """Send one request and return its response, or the failure that replaced it."""
        exchange = Exchange(step)
        with exchange:
            self._send(exchange, ApiKeyAuth(step.key, step.header))
        return exchange.result()

    def close(self) -> None:
        """Close the connections once no call is running, unless they belong to the user."""
        with self._lock:
            self._closing = True
            idle = not self._calls
        if idle:
            self._end()


def _send(pool: Pool, exchange: Exchange, auth: ApiKeyAuth) -> None:
    # Our own client has no hooks and no cookies, so nothing runs between the auth hook and the guard.
    pool.send(exchange, auth(_request(HTTPX, exchange.step)))


def _send_through(
    guard: GuardTransport, library: Library, exchange: Exchange, auth: ApiKeyAuth
) -> None:
    exchange.library = library
    guard.handle_request(auth(_request(library, exchange.step)))


def _send_by(
    given: Any, copied: Any, library: Library, exchange: Exchange, auth: ApiKeyAuth
) -> None:
    if given.is_closed:
        raise Refused("the http_client is closed")
    exchange.library = library
    request = _request_of(copied, library, exchange.step)
    copied.send(request, auth=auth, follow_redirects=False, stream=True)


def _close(pool: Pool, pid: int) -> None:
    # A forked process must not close its parent's connections.
    if pid == os.getpid():
        pool.close()


class AsyncTransport:
    """Send the attempts of an async client, as `SyncTransport` does for a sync one."""

    def __init__(self, origin: Origin, http_client: AsyncGivenClient | None) -> None:
        watch()
        self._calls, self._closing = 0, False
        self._pool: AsyncPool | None = None
        self._end: AsyncGenerator[None] | None = None
        self._send: Callable[[Exchange, ApiKeyAuth], Awaitable[object]]
        if http_client is None:
            self._pool = AsyncPool(
                _dialer(HTTPX.http.AsyncHTTPTransport, origin), origin.site
            )
            self._send = partial(_send_async, self._pool)
            return
        library = library_of(http_client, is_async=True)
        if isinstance(http_client, library.http.AsyncClient):
            copied = _guarded(http_client, AsyncGuardTransport, library, origin)
            self._send = partial(_send_by_async, http_client, copied, library)
        else:
            self._send = partial(
                _send_through_async, AsyncGuardTransport(http_client, library), library
            )

    async def __aenter__(self) -> Self:
        if self._closing:
            closed()
        if self._end is None and self._pool is not None:
            self._end = _until_the_end(self._pool)
            await anext(self._end)
        self._calls += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self._calls -= 1
        if self._closing and not self._calls:
            await self._finish()

    async def send(self, step: Send) -> RawResponse | Failure:
        """Send one request and return its response, or the failure that replaced it."""
        from asyncio import timeout

        exchange = Exchange(step)
        with exchange:
            async with timeout(step.deadline - step.monotonic()):
                await self._send(exchange, ApiKeyAuth(step.key, step.header))
        return exchange.result()

    async def aclose(self) -> None:
        """Close the connections once no call is running, unless they belong to the user."""
        self._closing = True
        if not self._calls:
            await self._finish()

    async def _finish(self) -> None:
        end, self._end = self._end, None  # Two tasks may close at once.
        if end is not None:
            await end.aclose()


async def _send_async(pool: AsyncPool, exchange: Exchange, auth: ApiKeyAuth) -> None:
    await pool.send(exchange, auth(_request(HTTPX, exchange.step)))


async def _send_through_async(
    guard: AsyncGuardTransport, library: Library, exchange: Exchange, auth: ApiKeyAuth
) -> None:
    exchange.library = library
    await guard.handle_async_request(auth(_request(library, exchange.step)))


async def _send_by_async(
    given: Any, copied: Any, library: Library, exchange: Exchange, auth: ApiKeyAuth
) -> None:
    if given.is_closed:
        raise Refused("the http_client is closed")
    exchange.library = library
    request = _request_of(copied, library, exchange.step)
    await copied.send(request, auth=auth, follow_redirects=False, stream=True)


async def _until_the_end(pool: AsyncPool) -> AsyncGenerator[None]:
    # An event loop finishes its generators before it closes (asyncio.run does so), and also those without references.
    # So the connections of a client that was never closed are closed in their own loop, the only place that can do it.
    try:
        yield
    finally:
        await pool.aclose()
