"""Calls made by hand, without generated operations, the same for the sync and the async client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any

from helpers.http_library import httpx
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.operation import Operation, Request
from plexy_pay._core.types import UNSET, RequestOptions, Response

KEY = "pr_0a1B2c3D4e5F6g7H8i9J"
OTHER_KEY = "pr_9z8Y7x6W5v4U3t2S1r0Q"


def operation(**changes: Any) -> Operation:
    """A GET that is documented and moves no money, unless the changes say otherwise."""
    facts: dict[str, Any] = {
        "id": "retrieve_thing",
        "call": "things.retrieve",
        "method": "GET",
        "path": "/v1/things/{id}",
        "family": "pay",
        "moves_money": False,
        "evidence": "documented",
        "source": "https://developer.plexy.money",
    }
    return Operation(**facts | changes)


def as_object(data: Any) -> dict[str, Any]:
    """The decoder of a response that is a JSON object."""
    if not isinstance(data, dict):
        raise ValueError("a JSON object was expected")
    return data


def as_nothing(data: Any) -> None:
    """The decoder of a response that has no declared body."""


def reading(thing: object = "th_1", **changes: Any) -> Request[dict[str, Any]]:
    """A GET."""
    return Request(operation(**changes), path_params={"id": thing}, decode=as_object)


def listing(query: Mapping[str, object], **changes: Any) -> Request[dict[str, Any]]:
    """A GET with a query."""
    return Request(
        operation(path="/v1/things", **changes), query=query, decode=as_object
    )


def capturing(body: object = UNSET, **changes: Any) -> Request[dict[str, Any]]:
    """A POST that moves money."""
    facts: dict[str, Any] = {
        "id": "capture",
        "call": "payments.capture",
        "method": "POST",
        "moves_money": True,
    }
    facts["path"] = "/v1/payments/{id}/capture"
    facts["facts"] = {
        "id": "$request.path.id",
        "order_reference": "$request.body#/orderReference",
    }
    body = {"amount": 5641, "orderReference": "ORD-1"} if body is UNSET else body
    return Request(
        operation(**facts | changes),
        path_params={"id": "tx_1"},
        body=body,
        decode=as_object,
    )


def creating(body: object, **changes: Any) -> Request[dict[str, Any]]:
    """A POST that moves no money."""
    facts: dict[str, Any] = {
        "call": "things.create",
        "method": "POST",
        "path": "/v1/things",
    }
    return Request(operation(**facts | changes), body=body, decode=as_object)


def deleting(**changes: Any) -> Request[None]:
    """A DELETE whose response has no declared body."""
    facts: dict[str, Any] = {"call": "things.delete", "method": "DELETE"}
    return Request(
        operation(**facts | changes), path_params={"id": "th_1"}, decode=as_nothing
    )


class Recording:
    """Clocks and sleep that take no time: what was slept is recorded, and moves the clock on."""

    def __init__(self, dice: float = 1.0) -> None:
        self.slept: list[float] = []
        self.now = 1000.0
        self.wall = 1_800_000_000.0
        self.dice = dice

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.wall

    def random(self) -> float:
        return self.dice

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)


def set_pace(client: Any, pace: Any) -> None:
    """Give a client other clocks, dice and sleep."""
    client._settings = client._settings._replace(pace=pace)


class Flavor:
    """The sync or the async client behind one face, so that each test holds for both."""

    name = "sync"

    def __init__(self) -> None:
        self._opened: list[Any] = []

    def client(
        self,
        base_url: str | None,
        api_key: Any = KEY,
        *,
        pace: Recording | None = None,
        **arguments: Any,
    ) -> Any:
        """A client; it is closed after the test."""
        client = self._client(api_key, base_url=base_url, **arguments)
        if pace is not None:
            set_pace(client, pace)
        self._opened.append(client)
        return client

    def http_client(self, **arguments: Any) -> Any:
        """An httpx client; it is closed after the test."""
        client = self._http_client(**arguments)
        self._opened.append(client)
        return client

    def request_hook(self, hook: Callable[[httpx.Request], None]) -> Any:
        """An httpx client with a request hook."""
        return self.http_client(
            event_hooks={"request": [self.hook(hook)]}, trust_env=False
        )

    def response_hook(self, hook: Callable[[httpx.Response], None]) -> Any:
        """An httpx client with a response hook."""
        return self.http_client(
            event_hooks={"response": [self.hook(hook)]}, trust_env=False
        )

    def reading_hook(self, seen: list[bytes]) -> Any:
        """An httpx client with a response hook that reads the body, as httpx documents it."""
        hook = self._reading_hook(seen)
        return self.http_client(event_hooks={"response": [hook]}, trust_env=False)

    def _reading_hook(self, seen: list[bytes]) -> Any:
        def hook(response: httpx.Response) -> None:
            seen.append(response.read())

        return hook

    def _client(self, *arguments: Any, **named: Any) -> Any:
        return PlexyPay(*arguments, **named)

    def _http_client(self, **arguments: Any) -> Any:
        return httpx.Client(**arguments)

    def hook(self, function: Callable[[Any], None]) -> Any:
        """The function as a hook of this flavor's httpx client."""
        return function

    def transport(self, handle: Callable[[httpx.Request], httpx.Response]) -> Any:
        """A custom transport that answers with a function."""

        class Custom(httpx.BaseTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                return handle(request)

        return Custom()

    def call(
        self, client: Any, request: Request[Any], options: RequestOptions | None = None
    ) -> Response[Any]:
        """Execute one request."""
        return client.execute(request, options)

    def close(self) -> None:
        """Close all that was opened."""
        for client in reversed(self._opened):
            client.close()


class AsyncFlavor(Flavor):
    """The async client; all calls of a test run in one event loop."""

    name = "async"

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()

    def _reading_hook(self, seen: list[bytes]) -> Any:
        async def hook(response: httpx.Response) -> None:
            seen.append(await response.aread())

        return hook

    def _client(self, *arguments: Any, **named: Any) -> Any:
        return AsyncPlexyPay(*arguments, **named)

    def _http_client(self, **arguments: Any) -> Any:
        return httpx.AsyncClient(**arguments)

    def hook(self, function: Callable[[Any], None]) -> Any:
        async def hook(message: Any) -> None:
            function(message)

        return hook

    def transport(self, handle: Callable[[httpx.Request], httpx.Response]) -> Any:
        class Custom(httpx.AsyncBaseTransport):
            async def handle_async_request(
                self, request: httpx.Request
            ) -> httpx.Response:
                return handle(request)

        return Custom()

    def call(
        self, client: Any, request: Request[Any], options: RequestOptions | None = None
    ) -> Response[Any]:
        # In the test's own context, which the runner would take from the first call for all.
        return self.runner.run(client.execute(request, options), context=copy_context())

    def close(self) -> None:
        async def close() -> None:
            for client in reversed(self._opened):
                await client.aclose()

        self.runner.run(close())
        self.runner.close()
