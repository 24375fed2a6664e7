# plexy-pay runtime, written by hand in generator/runtime/transport.py; the generator copies it unchanged.
"""The drivers' hands: they own the httpx clients and carry out one attempt, sync or async.

No object and no frame of the HTTP library gets out of here: some of them show the request's header bytes.
"""

from __future__ import annotations

import copy
import ssl
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import httpx

from .auth import ApiKeyAuth
from .errors import ConfigurationError
from .flow import Answer, Failure, Send
from .guard import AsyncGuardTransport, Exchange, GuardTransport, is_proxy

if TYPE_CHECKING:
    from .base_client import Origin

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
        made = kind(verify=context, trust_env=not origin.loopback, transport=client)
    parts = cast("dict[str, Any]", vars(made))  # The transports of a client have no public name.
    parts["_transport"] = guard(parts["_transport"])
    parts["_mounts"] = mounts = dict(parts["_mounts"])
    for pattern, inner in list(mounts.items()):
        if origin.loopback and is_proxy(inner):
            del mounts[pattern]
        elif inner is not None:
            mounts[pattern] = guard(inner)
    return made


def _request(client: httpx.Client | httpx.AsyncClient, step: Send) -> httpx.Request:
    left = max(step.deadline - step.monotonic(), 0.001)
    connect, read, write, pool, _ = (min(seconds, left) for seconds in step.timeout)
    timeout = httpx.Timeout(connect=connect, read=read, write=write, pool=pool)
    known: dict[str, Any] = {"headers": step.headers, "content": step.content, "timeout": timeout}
    return client.build_request(step.method, step.url, **known)


class SyncTransport:
    """Sends the attempts of a sync client; what the user gave is copied or wrapped, and never closed."""

    def __init__(self, origin: Origin, http_client: GivenClient | None) -> None:
        self._given = http_client
        self._client: httpx.Client
        self._client = _guarded(http_client, httpx.Client, GuardTransport, origin)

    def send(self, step: Send) -> Answer | Failure:
        """Send one request and give its answer, or why there is none."""
        exchange = Exchange(step)
        if isinstance(self._given, httpx.Client) and self._given.is_closed:
            return Failure("refused", "the http_client is closed", False)
        with exchange:
            auth = ApiKeyAuth(step.key, step.header)
            self._client.send(_request(self._client, step), auth=auth, follow_redirects=False, stream=True)
        return exchange.result()

    def close(self) -> None:
        """Close the connections, unless they are the user's."""
        if self._given is None:
            self._client.close()


class AsyncTransport:
    """Sends the attempts of an async client; like `SyncTransport`."""

    def __init__(self, origin: Origin, http_client: AsyncGivenClient | None) -> None:
        self._given = http_client
        self._client: httpx.AsyncClient
        self._client = _guarded(http_client, httpx.AsyncClient, AsyncGuardTransport, origin)

    async def send(self, step: Send) -> Answer | Failure:
        """Send one request and give its answer, or why there is none."""
        from asyncio import timeout

        exchange = Exchange(step)
        if isinstance(self._given, httpx.AsyncClient) and self._given.is_closed:
            return Failure("refused", "the http_client is closed", False)
        with exchange:
            auth = ApiKeyAuth(step.key, step.header)
            async with timeout(step.deadline - step.monotonic()):
                request = _request(self._client, step)
                await self._client.send(request, auth=auth, follow_redirects=False, stream=True)
        return exchange.result()

    async def aclose(self) -> None:
        """Close the connections, unless they are the user's."""
        if self._given is None:
            await self._client.aclose()
