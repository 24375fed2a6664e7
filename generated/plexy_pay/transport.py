# plexy-pay runtime, written by hand in generator/runtime/transport.py; the generator copies it unchanged.
"""The drivers' hands: they own the httpx clients and carry out one attempt, sync or async.

No object and no frame of the HTTP library gets out of here: some of them show the request's header bytes.
"""

from __future__ import annotations

import copy
import os
import ssl
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from weakref import finalize

import httpx

from .auth import ApiKeyAuth
from .base_client import closed
from .connections import AsyncPool, Pool
from .errors import ConfigurationError
from .guard import AsyncGuardTransport, Exchange, GuardTransport, Refused, is_proxy
from .library_logs import watch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable
    from typing import Self

    from .base_client import Origin
    from .flow import Answer, Failure, Send

HTTP_LIBRARY = f"httpx {httpx.__version__}"
_TLS_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")

GivenClient: TypeAlias = httpx.Client | httpx.BaseTransport
"""What a sync client takes as `http_client`; only this module and its neighbours know the HTTP library."""
AsyncGivenClient: TypeAlias = httpx.AsyncClient | httpx.AsyncBaseTransport
"""What an async client takes as `http_client`."""


def check_http_client(client: object, *, is_async: bool) -> None:
    """Raise ConfigurationError for what cannot be used as `http_client`."""
    kinds = (httpx.AsyncClient, httpx.AsyncBaseTransport) if is_async else (httpx.Client, httpx.BaseTransport)
    if not isinstance(client, kinds):
        names = " or ".join(f"httpx.{kind.__name__}" for kind in kinds)
        raise ConfigurationError(f"http_client is a {type(client).__name__}, not an {names}.")


@lru_cache(maxsize=8)
def _tls(*_environment: str | None) -> ssl.SSLContext:
    """Return the TLS settings of this environment, shared because reading the certificates takes 20 ms and 1 MB."""
    context = httpx.create_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@lru_cache(maxsize=1)
def _no_tls() -> ssl.SSLContext:
    """Return TLS settings without certificates, for plain http."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _dialer(kind: Any, origin: Origin) -> Callable[[], Any]:
    """Return a function that makes a transport to the origin, through the proxy of the environment if it names one."""
    context = _no_tls() if origin.scheme == "http" else _tls(*map(os.environ.get, _TLS_VARIABLES))

    def dial() -> Any:
        # The environment's proxies are for the way out, not for this machine, and would read the key of plain http.
        # Only a client of httpx knows them.
        client = kind(verify=context, trust_env=not origin.direct)
        return client._transport_for_url(httpx.URL(str(origin)))

    return dial


def _guarded(client: Any, guard: Any, origin: Origin) -> Any:
    """Return a copy of the user's client with guarded transports."""
    made = copy.copy(client)
    parts = cast("dict[str, Any]", vars(made))  # The transports of a client have no public name.
    parts["_transport"] = guard(parts["_transport"])
    parts["_mounts"] = mounts = dict(parts["_mounts"])
    for pattern, inner in list(mounts.items()):
        if origin.direct and is_proxy(inner):
            del mounts[pattern]
        elif inner is not None:
            mounts[pattern] = guard(inner)
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


_url = lru_cache(maxsize=64)(httpx.URL)  # To read one takes as long as all the rest of making a request.


def _request(step: Send) -> httpx.Request:
    """Return the request of a client of ours, without its key."""
    known: dict[str, Any] = {"headers": step.headers, "content": step.content}
    return httpx.Request(step.method, _url(step.url), extensions={"timeout": _timeouts(step)}, **known)


def _request_of(client: httpx.Client | httpx.AsyncClient, step: Send) -> httpx.Request:
    """Return the request of a client of the user's, with what that adds to each of its own."""
    known: dict[str, Any] = {"headers": step.headers, "content": step.content}
    return client.build_request(step.method, step.url, timeout=httpx.Timeout(**_timeouts(step)), **known)


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
            pool = Pool(_dialer(httpx.Client, origin), origin.site)
            self._send = partial(_send, pool)
            # Also when it is forgotten, and at the end of the program.
            self._end = finalize(self, _close, pool, os.getpid())
        elif isinstance(http_client, httpx.Client):
            self._send = partial(_send_by, http_client, _guarded(http_client, GuardTransport, origin))
        else:
            self._send = partial(_send_through, GuardTransport(http_client))

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

    def send(self, step: Send) -> Answer | Failure:
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
    pool.send(exchange, next(auth.auth_flow(_request(exchange.step))))


def _send_through(guard: GuardTransport, exchange: Exchange, auth: ApiKeyAuth) -> None:
    guard.handle_request(next(auth.auth_flow(_request(exchange.step))))


def _send_by(given: httpx.Client, copied: httpx.Client, exchange: Exchange, auth: ApiKeyAuth) -> None:
    if given.is_closed:
        raise Refused("the http_client is closed")
    request = _request_of(copied, exchange.step)
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
            self._pool = AsyncPool(_dialer(httpx.AsyncClient, origin), origin.site)
            self._send = partial(_send_async, self._pool)
        elif isinstance(http_client, httpx.AsyncClient):
            copied = _guarded(http_client, AsyncGuardTransport, origin)
            self._send = partial(_send_by_async, http_client, copied)
        else:
            self._send = partial(_send_through_async, AsyncGuardTransport(http_client))

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

    async def send(self, step: Send) -> Answer | Failure:
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
    await pool.send(exchange, next(auth.auth_flow(_request(exchange.step))))


async def _send_through_async(guard: AsyncGuardTransport, exchange: Exchange, auth: ApiKeyAuth) -> None:
    await guard.handle_async_request(next(auth.auth_flow(_request(exchange.step))))


async def _send_by_async(
    given: httpx.AsyncClient, copied: httpx.AsyncClient, exchange: Exchange, auth: ApiKeyAuth
) -> None:
    if given.is_closed:
        raise Refused("the http_client is closed")
    request = _request_of(copied, exchange.step)
    await copied.send(request, auth=auth, follow_redirects=False, stream=True)


async def _until_the_end(pool: AsyncPool) -> AsyncGenerator[None]:
    # A loop ends its generators before it closes (asyncio.run does), and those that nobody holds any more: the
    # connections of a client that nobody closed are closed in their loop, the only place where they can be.
    try:
        yield
    finally:
        await pool.aclose()
