# plexy-pay runtime, written by hand in runtime/_core/transport.py; the generator copies it unchanged.
"""The drivers' hands: they own the httpx clients and carry out one attempt, sync or async.

No object and no frame of the HTTP library gets out of here: some of them show the request's header bytes.
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
    """Return a function that makes a transport to the origin, through the proxy of the environment if it names one."""
    tls = tls_settings(origin)
    return partial(kind, verify=tls, proxy=proxy_for(origin, tls), trust_env=False)


def _guarded(client: Any, guard: Any, library: Library, origin: Origin) -> Any:
    """Return a copy of the user's client with guarded transports."""
    made = copy.copy(client)
    # The transports of a client have no public name.
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


@lru_cache(maxsize=64)  # To read one takes as long as all the rest of making a request.
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
    """Return the request of a client of the user's, with what that adds to each of its own."""
    return client.build_request(
        step.method,
        step.url,
        headers=step.headers,
        content=step.content,
        timeout=library.http.Timeout(**_timeouts(step)),
    )


class SyncTransport:
    """Sends the attempts of a sync client; what the user gave is copied or wrapped, and never closed.

    Each call holds it as a context from its first attempt to its last, so that closing it breaks off none: that
    would leave the outcome of a payment unknown for nothing.
    """

    def __init__(self, origin: Origin, http_client: GivenClient | None) -> None:
        watch()
        self._lock, self._calls, self._closing = Lock(), 0, False
        self._end: Callable[[], object] = lambda: None
        self._send: Callable[[Exchange, ApiKeyAuth], object]
        if http_client is None:
            pool = Pool(_dialer(HTTPX.http.HTTPTransport, origin), origin.site)
            self._send = partial(_send, pool)
            # Also when it is forgotten, and at the end of the program.
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
        """Send one request and return its response, or why there is none."""
        exchange = Exchange(step)
        with exchange:
            self._send(exchange, ApiKeyAuth(step.key, step.header))
        return exchange.result()

    def close(self) -> None:
        """Close the connections, unless they are the user's, once no call is under way."""
        with self._lock:
            self._closing = True
            idle = not self._calls
        if idle:
            self._end()


def _send(pool: Pool, exchange: Exchange, auth: ApiKeyAuth) -> None:
    # A client of ours has no hooks and no cookies: nothing is left to do between the auth hook and the guard.
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
    # The connections of a parent process are not this one's to close.
    if pid == os.getpid():
        pool.close()


class AsyncTransport:
    """Sends the attempts of an async client; like `SyncTransport`."""

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
        """Send one request and return its response, or why there is none."""
        from asyncio import timeout

        exchange = Exchange(step)
        with exchange:
            async with timeout(step.deadline - step.monotonic()):
                await self._send(exchange, ApiKeyAuth(step.key, step.header))
        return exchange.result()

    async def aclose(self) -> None:
        """Close the connections, unless they are the user's, once no call is under way."""
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
    # A loop ends its generators before it closes (asyncio.run does), and those that nobody holds any more: the
    # connections of a client that nobody closed are closed in their loop, the only place where they can be.
    try:
        yield
    finally:
        await pool.aclose()
