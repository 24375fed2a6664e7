"""Keep the latest requests with their responses, so that a developer sees what a program sent and what came back.

Headers are not kept, apart from the idempotency key: they have the API keys. Forms, and what is posted to a payment
page, are not kept either: card numbers are typed there. Card data that v2 takes in clear JSON are hidden.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import wire
from .hiding import is_page, without_cards
from .timing import Clock

_REMEMBERED: Final = 1000
_LARGEST: Final = 64 * 1024
_OWN: Final = "/_sandbox"
_DASHBOARD: Final = "/"
#: JSON that is nested more deeply could be read, but not written.
_DEEPEST: Final = 50


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """Represent one request and its response.

    Args:
        number: Its number in the order of the responses, from 1.
        at: The moment at which it came, in the time of the sandbox.
        method: The HTTP method.
        path: The path as it was sent, with its query.
        operation: The operation as `resource.method`; None for pages and unknown paths.
        status: The status of the response.
        milliseconds: How long the response took.
        request_id: The id that the response carries.
        idempotency_key: The key under which the request is carried out once, if it has one.
        body: The JSON of the request; None for another one, for none, and for a large one.
        response: The JSON of the response, likewise.
    """

    number: int
    at: str
    method: str
    path: str
    operation: str | None = None
    status: int = 0
    milliseconds: int = 0
    request_id: str = ""
    idempotency_key: str | None = None
    body: object = field(default=None, repr=False)
    response: object = field(default=None, repr=False)

    def show(self) -> dict[str, Any]:
        """Return the request as `GET /_sandbox/requests` lists it."""
        return {name: getattr(self, name) for name in self.__slots__}


class RequestLog:
    """Hold the latest requests.

    Args:
        clock: The time of the sandbox.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._news = asyncio.Event()
        self._count = 0
        self.forget()

    def forget(self) -> None:
        """Forget all requests. Their numbers are not used again."""
        self._requests: deque[LoggedRequest] = deque(maxlen=_REMEMBERED)

    def begin(self, method: str, path: str) -> LoggedRequest:
        """Return the entry of a request that came in. It is not listed before `end`."""
        moment = wire.to_microseconds(self._clock.now())
        return LoggedRequest(number=0, at=moment, method=method, path=path)

    def end(self, request: LoggedRequest) -> None:
        """Give a request whose response is complete its number, and list it.

        Numbers follow the order of the list, so that a reader who asks for those after the last one misses none.
        """
        self._count += 1
        request.number = self._count
        self._requests.append(request)
        self._news.set()
        self._news = asyncio.Event()

    def all(self) -> list[LoggedRequest]:
        """Return the requests that are kept, the newest first."""
        return list(reversed(self._requests))

    def after(self, number: int) -> list[LoggedRequest]:
        """Return the requests after the one with a number, the oldest first."""
        return [request for request in self._requests if request.number > number]

    async def wait(self, number: int, seconds: float) -> list[LoggedRequest]:
        """Return the requests after the one with a number; wait for the first if there is none."""
        found = self.after(number)
        if not found and seconds:
            try:
                await asyncio.wait_for(self._news.wait(), seconds)
            except TimeoutError:
                return []
        return found or self.after(number)


class LogsRequests:
    """Log each request of the API and of the pages of payers.

    Args:
        app: The application behind it.
        log: Where the requests are kept.
    """

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log a request, unless it is about the sandbox itself."""
        if scope["type"] != "http" or is_own(scope["path"]):
            await self._app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw_path.decode("latin-1").partition("?")[0]
        logged = self._log.begin(scope["method"], f"{path}?{query}" if query else path)
        scope["logged"] = logged
        started = monotonic()
        sent, came = _Body(), _Body()

        async def receive_body() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                sent.add(message.get("body", b""))
            return message

        async def send_response(message: Message) -> None:
            if message["type"] == "http.response.start":
                logged.status = message["status"]
            else:
                came.add(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive_body, send_response)
        finally:
            logged.milliseconds = round((monotonic() - started) * 1000)
            logged.request_id = scope.get("request_id", "")
            logged.idempotency_key = Headers(scope=scope).get("idempotency-key")
            if not is_page(scope["path"]):
                logged.body = sent.json()
            logged.response = came.json()
            self._log.end(logged)


def is_own(path: str) -> bool:
    """Return whether a path is about the sandbox itself, and neither of the API nor a page of payers."""
    if path == _DASHBOARD:
        return True
    return path.startswith(_OWN) and not is_page(path)


class _Body:
    """Collect a body up to the size that is kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= _LARGEST:
            self._parts.append(part)

    def json(self) -> object:
        """Return the JSON of the body; None if it is something else or too large."""
        if not 0 < self._size <= _LARGEST:
            return None
        try:
            read = wire.loads(b"".join(self._parts))
        except ValueError:
            return None
        return without_cards(read, _DEEPEST)
