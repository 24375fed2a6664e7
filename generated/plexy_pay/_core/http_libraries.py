# plexy-pay runtime, written by hand in runtime/_core/http_libraries.py; the generator copies it unchanged.
"""The HTTP libraries whose clients and transports are taken: httpx, and httpx2, which is made of the same parts.

The package depends on httpx alone and uses it for its own connections. Only this module knows which class belongs to
which library.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any, Protocol, TypeAlias

import httpx

from ..errors import ConfigurationError

_NAMES = ("httpx", "httpx2")


class HttpClient(Protocol):
    """A `Client` of httpx or httpx2."""

    @property
    def is_closed(self) -> bool:
        """Whether it is closed."""
        ...

    @property
    def build_request(self) -> Callable[..., Any]:
        """Makes a request with the client's own headers and cookies."""
        ...

    @property
    def send(self) -> Callable[..., Any]:
        """Sends a request."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class HttpTransport(Protocol):
    """A `BaseTransport` of httpx or httpx2."""

    @property
    def handle_request(self) -> Callable[..., Any]:
        """Sends a request."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class AsyncHttpClient(Protocol):
    """An `AsyncClient` of httpx or httpx2."""

    @property
    def is_closed(self) -> bool:
        """Whether it is closed."""
        ...

    @property
    def build_request(self) -> Callable[..., Any]:
        """Makes a request with the client's own headers and cookies."""
        ...

    @property
    def send(self) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Sends a request."""
        ...

    def aclose(self) -> Coroutine[Any, Any, None]:
        """Close its connections."""
        ...


class AsyncHttpTransport(Protocol):
    """An `AsyncBaseTransport` of httpx or httpx2."""

    @property
    def handle_async_request(self) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Sends a request."""
        ...

    def aclose(self) -> Coroutine[Any, Any, None]:
        """Close its connections."""
        ...


GivenClient: TypeAlias = HttpClient | HttpTransport
"""What a sync client takes as `http_client`."""
AsyncGivenClient: TypeAlias = AsyncHttpClient | AsyncHttpTransport
"""What an async client takes as `http_client`."""


class Library:
    """One HTTP library.

    Args:
        http: Its module.

    Attributes:
        http: Its module.
        name: Its name and version, for the User-Agent.
        not_sent: Its exceptions after which nothing of a request has left, where its own transports raise them.
        too_late: Its exceptions that mean that the time was over.
        refusals: Its exceptions for a request that it does not accept itself.
        failures: Its exceptions that mean that the connection failed.
    """

    http: Any
    name: str
    not_sent: tuple[type[Exception], ...]
    too_late: type[Exception]
    refusals: tuple[type[Exception], ...]
    failures: type[Exception]

    def __init__(self, http: Any) -> None:
        self.http = http
        self.name = f"{http.__name__} {http.__version__}"
        self.not_sent = (
            http.ConnectError,
            http.ConnectTimeout,
            http.PoolTimeout,
            http.ProxyError,
            http.UnsupportedProtocol,
        )
        self.too_late = http.TimeoutException
        self.refusals = (
            http.CookieConflict,
            http.InvalidURL,
            http.LocalProtocolError,
            http.UnsupportedProtocol,
        )
        self.failures = http.TransportError
        self._transports = (
            http.HTTPTransport,
            http.AsyncHTTPTransport,
            http.MockTransport,
        )

    def kinds(self, *, is_async: bool) -> tuple[type[Any], type[Any]]:
        """Return the classes of its clients and transports."""
        if is_async:
            return self.http.AsyncClient, self.http.AsyncBaseTransport
        return self.http.Client, self.http.BaseTransport

    def owns(self, transport: object) -> bool:
        """Return whether a transport is the library's own. Others may have tried a request before they fail."""
        return type(transport) in self._transports


@cache
def _library(name: str) -> Library:
    return Library(sys.modules[name])


HTTPX = Library(httpx)
"""The library of our own connections."""


def library_of(client: object, *, is_async: bool) -> Library:
    """Return the library that an `http_client` belongs to.

    Raises:
        ConfigurationError: if it belongs to none, or is of the other kind.
    """
    for name in _NAMES:
        # Whoever made the client has imported its library.
        if name in sys.modules and isinstance(
            client, _library(name).kinds(is_async=is_async)
        ):
            return _library(name)
    names = " or ".join(
        f"httpx.{kind.__name__}" for kind in HTTPX.kinds(is_async=is_async)
    )
    raise ConfigurationError(
        f"http_client is a {type(client).__name__}, not an {names}, nor one of httpx2. Nothing was sent."
    )
