# plexy-pay runtime, written by hand in generator/runtime/transport.py; the generator copies it unchanged.
"""The drivers' hands: they own the httpx clients and carry out one attempt, sync or async.

No object and no frame of the HTTP library gets out of here: some of them show the request's header bytes.
"""

from __future__ import annotations

import copy
import os
import ssl
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from weakref import finalize

import httpx

from .auth import ApiKeyAuth
from .base_client import closed
from .errors import ConfigurationError
from .flow import Answer, Failure, Send
from .guard import AsyncGuardTransport, Exchange, GuardTransport, is_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from typing import Self

    from .base_client import Origin

HTTP_LIBRARY = f"httpx {httpx.__version__}"
# As many connections are kept as are opened: a pool of 50 threads must not open new ones all the time.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100)

GivenClient: TypeAlias = httpx.Client | httpx.BaseTransport
"""What a sync client takes as `http_client`; only this module and its two neighbours know the HTTP library."""
AsyncGivenClient: TypeAlias = httpx.AsyncClient | httpx.AsyncBaseTransport
"""What an async client takes as `http_client`."""


def check_http_client(client: object, *, is_async: bool) -> None:
    """Raise ConfigurationError for what cannot be used as `http_client`."""
    kinds = (httpx.AsyncClient, httpx.AsyncBaseTransport) if is_async else (httpx.Client, httpx.BaseTransport)
    if not isinstance(client, kinds):
        names = " or ".join(f"httpx.{kind.__name__}" for kind in kinds)
        raise ConfigurationError(f"http_client is a {type(client).__name__}, not an {names}.")


def _guarded(client: Any, kind: Any, guard: Any, origin: Origin) -> Any:
    """Our own client, one around the user's transport, or a copy of the user's client; its transports guarded."""
    if isinstance(client, kind):
        made = copy.copy(client)
    else:
        # Plain http goes to this machine only: it needs no certificates, which are slow to load.
        plain = origin.scheme == "http"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else httpx.create_ssl_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # The environment's proxies are for the way out, not for this machine.
        made = kind(verify=context, trust_env=not origin.loopback, transport=client, limits=_LIMITS)
    parts = cast("dict[str, Any]", vars(made))  # The transports of a client have no public name.
    parts["_transport"] = guard(parts["_transport"])
    parts["_mounts"] = mounts = dict(parts["_mounts"])
    for pattern, inner in list(mounts.items()):
        if origin.loopback and is_proxy(inner):
            del mounts[pattern]
        elif inner is not None:
            mounts[pattern] = guard(inner)
    return made


def _route(client: Any, origin: Origin) -> Any:
    """The transport, proxied or not, by which the client reaches the one origin that it is made for."""
    return client._transport_for_url(httpx.URL(str(origin)))


def _timeouts(step: Send) -> dict[str, float]:
    left = max(step.deadline - step.monotonic(), 0.001)
    connect, read, write, pool, _ = step.timeout
    return {
        **{"connect": min(connect, left), "read": min(read, left)},
        **{"write": min(write, left), "pool": min(pool, left)},
    }


_url = lru_cache(maxsize=64)(httpx.URL)  # To read one takes as long as all the rest of making a request.


def _request(step: Send) -> httpx.Request:
    """The request of a client of ours."""
    known: dict[str, Any] = {"headers": step.headers, "content": step.content}
    return httpx.Request(step.method, _url(step.url), extensions={"timeout": _timeouts(step)}, **known)


def _request_of(client: httpx.Client | httpx.AsyncClient, step: Send) -> httpx.Request:
    """The request of a client of the user's, with what that adds to each of its own."""
    known: dict[str, Any] = {"headers": step.headers, "content": step.content}
    return client.build_request(step.method, step.url, timeout=httpx.Timeout(**_timeouts(step)), **known)


class SyncTransport:
    """Sends the attempts of a sync client; what the user gave is copied or wrapped, and never closed.

    Each call holds it as a context from its first attempt to its last, so that closing it breaks off none: that
    would leave the outcome of a payment unknown for nothing.
    """

    def __init__(self, origin: Origin, http_client: GivenClient | None) -> None:
        self._given = http_client
        self._client: httpx.Client
        self._client = _guarded(http_client, httpx.Client, GuardTransport, origin)
        self._straight: GuardTransport = _route(self._client, origin)
        self._lock, self._calls, self._closing = Lock(), 0, False
        # Also when it is forgotten, and at the end of the program.
        ours = http_client is None
        self._end = finalize(self, _close, self._client, os.getpid()) if ours else lambda: None

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
        """Send one request and give its answer, or why there is none."""
        exchange = Exchange(step)
        auth = ApiKeyAuth(step.key, step.header)
        if not isinstance(self._given, httpx.Client):
            # A client of ours has no hooks and no cookies: nothing is left to do between the hook and the guard.
            with exchange:
                request = next(auth.auth_flow(_request(step)))
                self._straight.handle_request(request)
        elif self._given.is_closed:
            return Failure("refused", "the http_client is closed", False)
        else:
            with exchange:
                request = _request_of(self._client, step)
                self._client.send(request, auth=auth, follow_redirects=False, stream=True)
        return exchange.result()

    def close(self) -> None:
        """Close the connections, unless they are the user's, once no call is under way."""
        with self._lock:
            self._closing = True
            idle = not self._calls
        if idle:
            self._end()


class AsyncTransport:
    """Sends the attempts of an async client; like `SyncTransport`."""

    def __init__(self, origin: Origin, http_client: AsyncGivenClient | None) -> None:
        self._given = http_client
        self._client: httpx.AsyncClient
        self._client = _guarded(http_client, httpx.AsyncClient, AsyncGuardTransport, origin)
        self._straight: AsyncGuardTransport = _route(self._client, origin)
        self._calls, self._closing = 0, False
        self._end: AsyncGenerator[None] | None = None

    async def __aenter__(self) -> Self:
        if self._closing:
            closed()
        if self._end is None and self._given is None:
            self._end = _until_the_end(self._client)
            await anext(self._end)
        self._calls += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self._calls -= 1
        if self._closing and not self._calls:
            await self._finish()

    async def send(self, step: Send) -> Answer | Failure:
        """Send one request and give its answer, or why there is none."""
        from asyncio import timeout

        exchange = Exchange(step)
        auth = ApiKeyAuth(step.key, step.header)
        left = step.deadline - step.monotonic()
        if not isinstance(self._given, httpx.AsyncClient):
            with exchange:
                async with timeout(left):
                    request = next(auth.auth_flow(_request(step)))
                    await self._straight.handle_async_request(request)
        elif self._given.is_closed:
            return Failure("refused", "the http_client is closed", False)
        else:
            with exchange:
                async with timeout(left):
                    request = _request_of(self._client, step)
                    await self._client.send(request, auth=auth, follow_redirects=False, stream=True)
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


def _close(client: httpx.Client, pid: int) -> None:
    # The connections of a parent process are not this one's to close. An error here must not hide a call's result.
    if pid == os.getpid():
        with suppress(Exception):
            client.close()


async def _until_the_end(client: httpx.AsyncClient) -> AsyncGenerator[None]:
    # A loop ends its generators before it closes (asyncio.run does), and those that nobody holds any more: the
    # connections of a client that nobody closed are closed in their loop, the only place where they can be.
    try:
        yield
    finally:
        with suppress(Exception):
            await client.aclose()
