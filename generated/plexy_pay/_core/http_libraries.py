# plexy-pay runtime, written by hand in runtime/_core/http_libraries.py; the generator copies it unchanged.
"""Define the supported HTTP libraries: httpx, and httpx2, which consists of the same parts.

The package depends only on httpx and uses it for its own connections. Only this module knows the classes of each
library.
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
    """Represent a `Client` of httpx or httpx2."""

    @property
    def is_closed(self) -> bool:
        """Return whether the client is closed."""
        ...

    @property
    def build_request(self) -> Callable[..., Any]:
        """Return the method that makes a request with the client's own headers and cookies."""
        ...

    @property
    def send(self) -> Callable[..., Any]:
        """Return the method that sends a request."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class HttpTransport(Protocol):
    """Represent a `BaseTransport` of httpx or httpx2."""

    @property
    def handle_request(self) -> Callable[..., Any]:
        """Return the method that sends a request."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class AsyncHttpClient(Protocol):
    """Represent an `AsyncClient` of httpx or httpx2."""

    @property
    def is_closed(self) -> bool:
        """Return whether the client is closed."""
        ...

    @property
    def build_request(self) -> Callable[..., Any]:
        """Return the method that makes a request with the client's own headers and cookies."""
        ...

    @property
    def send(self) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Return the method that sends a request."""
        ...

    def aclose(self) -> Coroutine[Any, Any, None]:
        """Close the connections."""
        ...


class AsyncHttpTransport(Protocol):
    """Represent an `AsyncBaseTransport` of httpx or httpx2."""

    @property
    def handle_async_request(self) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Return the method that sends a request."""
        ...

    def aclose(self) -> Coroutine[Any, Any, None]:
        """Close the connections."""
        ...


GivenClient: TypeAlias = HttpClient | HttpTransport
"""The types that a sync client accepts as `http_client`."""
AsyncGivenClient: TypeAlias = AsyncHttpClient | AsyncHttpTransport
"""The types that an async client accepts as `http_client`."""


class Library:
    """Represent one HTTP library.

    Args:
        http: The module of the library.

    Attributes:
        http: The module of the library.
        name: The name and version, for the User-Agent.
        not_sent: The exceptions that prove that no part of a request has left, if the library's own transports raise
            them.
        too_late: The exception class for timeouts.
        refusals: The exceptions for a request that the library itself does not accept.
        failures: The exception class for a failed connection.
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
        """Return the classes of the library's clients and transports."""
        if is_async:
            return self.http.AsyncClient, self.http.AsyncBaseTransport
        return self.http.Client, self.http.BaseTransport

    def owns(self, transport: object) -> bool:
        """Return whether a transport is the library's own. Other transports may retry before they raise an error."""
        return type(transport) in self._transports


@cache
def _library(name: str) -> Library:
    return Library(sys.modules[name])


HTTPX = Library(httpx)
"""The library of the package's own connections."""


def library_of(client: object, *, is_async: bool) -> Library:
    """Return the library that an `http_client` belongs to.

    Raises:
        ConfigurationError: if it belongs to none, or is async instead of sync or the other way round.
    """
    for name in _NAMES:
        # A program with a client of a library has imported that library.
        if name in sys.modules and isinstance(
            client, _library(name).kinds(is_async=is_async)
        ):
            return _library(name)
    names = " or ".join(
        f"httpx.{kind.__name__}" for kind in HTTPX.kinds(is_async=is_async)
    )
    raise ConfigurationError(
        f"http_client is a {type(client).__name__}, not an {names} or its httpx2 counterpart. Nothing was sent."
    )
