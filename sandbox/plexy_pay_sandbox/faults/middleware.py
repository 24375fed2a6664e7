"""Strike requests with the faults that are set.

The middleware lies outside of the log and of the operations: a deed is done by the same code as without a fault, and
the log shows what the sandbox did, not what the client got. The whole request is read before anything happens, so that
the client has always sent it.

Stand-in choices, made because no public source says otherwise: the bodies of the 429, the 500 and the 502, and the form
of `Retry-After`, in seconds.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..access import PAY
from ..responses import Errors
from ..validation import Contract
from .connection import connection_of
from .kinds import Strikes
from .rules import Fault, Faults

_PAGE: Final = b"<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>"
_PIECES_A_SECOND: Final = 10


class StrikesRequests:
    """Let the faults that are set strike the operations of the document.

    Args:
        app: The application behind it.
        faults: The faults that are set.
        contract: The document, read.
    """

    def __init__(self, app: ASGIApp, faults: Faults, contract: Contract) -> None:
        self._app = app
        self._faults = faults
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, with its fault if one strikes it."""
        fault = self._fault_of(scope)
        if fault is None:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(self._app, self._errors_of(scope), scope, receive, send)
        if await exchange.read():
            await _STRIKES[fault.kind.name](exchange, fault)

    def _fault_of(self, scope: Scope) -> Fault | None:
        if scope["type"] != "http" or self._faults.is_empty:
            return None
        for operation, _ in self._contract.match(_path_of(scope)):
            if operation.method == scope["method"]:
                return self._faults.strike(Strikes.REQUEST, operation.full_name)
        return None

    def _errors_of(self, scope: Scope) -> Errors:
        family = self._contract.family_near(_path_of(scope)) or PAY
        return Errors(family, scope["request_id"])


def _path_of(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.split(b"?")[0].decode("latin-1")


@dataclass(slots=True)
class _Done:
    """The response of the application, whole."""

    start: Message = field(default_factory=dict[str, object])
    body: bytearray = field(default_factory=bytearray)

    async def take(self, message: Message) -> None:
        """Take a part of it, in place of the server."""
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


class _Exchange:
    """One request and what becomes of it.

    Args:
        app: The application.
        errors: The errors of the operation's family.
        scope: The scope of the request.
        receive: Gives the request.
        send: Takes the response.
    """

    def __init__(
        self, app: ASGIApp, errors: Errors, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._app = app
        self.errors = errors
        self._scope = scope
        self._receive = receive
        self._send = send
        self._content = bytearray()

    async def read(self) -> bool:
        """Read the request; return whether it came whole. A client that goes away before its end has sent none."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return False
            self._content += message.get("body", b"")
            if not message.get("more_body", False):
                return True

    async def do(self) -> _Done:
        """Do the deed, and keep the response back."""
        done = _Done()
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return await self._receive()
            given = True
            return {"type": "http.request", "body": bytes(self._content)}

        await self._app(self._scope, receive, done.take)
        return done

    async def respond(self, response: Response) -> None:
        """Respond with something else than the application."""
        await response(self._scope, self._receive, self._send)

    async def start(self, done: _Done) -> None:
        """Send the head of a response."""
        await self._send(done.start)

    async def send(self, content: bytes, *, more: bool) -> None:
        """Send a part of the body of a response."""
        await self._send(
            {"type": "http.response.body", "body": content, "more_body": more}
        )

    async def close(self) -> None:
        """Close the connection, and wait until it is."""
        connection_of(self._scope).close()
        await self._until_gone()

    async def reset(self) -> None:
        """Reset the connection, and wait until it is."""
        connection_of(self._scope).reset()
        await self._until_gone()

    async def wait(self, seconds: float) -> bool:
        """Wait, and return whether the client is still there."""
        try:
            await asyncio.wait_for(self._until_gone(), seconds)
        except TimeoutError:
            return True
        return False

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _lose_response(exchange: _Exchange, fault: Fault) -> None:
    await exchange.do()
    await exchange.close()


async def _reset_before(exchange: _Exchange, fault: Fault) -> None:
    await exchange.reset()


async def _reset_after(exchange: _Exchange, fault: Fault) -> None:
    await exchange.do()
    await exchange.reset()


async def _slow(exchange: _Exchange, fault: Fault) -> None:
    done = await exchange.do()
    if await exchange.wait(fault.seconds or 0):
        await exchange.start(done)
        await exchange.send(bytes(done.body), more=False)


async def _trickle(exchange: _Exchange, fault: Fault) -> None:
    done = await exchange.do()
    seconds = fault.seconds or 0
    wanted = math.ceil(seconds * _PIECES_A_SECOND)
    count = max(1, min(wanted, len(done.body)))
    size = max(1, math.ceil(len(done.body) / count))
    pieces = [done.body[at : at + size] for at in range(0, len(done.body), size)]
    await exchange.start(done)
    for piece in pieces:
        await exchange.send(bytes(piece), more=True)
        if not await exchange.wait(seconds / len(pieces)):
            return
    await exchange.send(b"", more=False)


async def _too_many_requests(exchange: _Exchange, fault: Fault) -> None:
    response = exchange.errors.too_many_requests()
    response.headers["Retry-After"] = str(math.ceil(fault.seconds or 0))
    await exchange.respond(response)


async def _server_error(exchange: _Exchange, fault: Fault) -> None:
    await exchange.do()
    await exchange.respond(exchange.errors.internal_error())


async def _bad_gateway(exchange: _Exchange, fault: Fault) -> None:
    await exchange.do()
    await exchange.respond(Response(_PAGE, 502, media_type="text/html"))


async def _truncated_body(exchange: _Exchange, fault: Fault) -> None:
    done = await exchange.do()
    if done.body:
        # The head announces the whole body.
        await exchange.start(done)
        await exchange.send(bytes(done.body[: len(done.body) // 2]), more=True)
    await exchange.close()


async def _not_json(exchange: _Exchange, fault: Fault) -> None:
    done = await exchange.do()
    await exchange.respond(
        Response(_PAGE, done.start["status"], media_type="text/html")
    )


_STRIKES: Final[dict[str, Callable[[_Exchange, Fault], Awaitable[None]]]] = {
    "response_lost": _lose_response,
    "reset_before": _reset_before,
    "reset_after": _reset_after,
    "slow": _slow,
    "trickle": _trickle,
    "too_many_requests": _too_many_requests,
    "server_error": _server_error,
    "bad_gateway": _bad_gateway,
    "truncated_body": _truncated_body,
    "not_json": _not_json,
}
