"""The sandbox as a web application: routes, keys, checks and answers.

The document says which operations there are, where they lie, what they take and which status means success.
This module finds the operation of a request, checks key, parameters and body, lets the handler do its work,
and turns a refusal into the error body of the API.

Documented: the raw key in `Authorization` without `Bearer`, 401 for a missing or wrong key, 404 for what is
not there, the error body's shape and its codes 1 to 5, and the body with nothing but a message that a second
refund was answered.

Stand-in choices, made because no public source says otherwise:

* The statuses of the other error codes: 400 for code 3 (a body that is not JSON), 422 for code 5 (a request
  that does not fit the document or the present status), 500 for code 2. A 401 has code 2 and the source
  `keys`.
* Query parameters that the document does not have are refused: a filter that is quietly ignored looks as if
  it worked.
* All keys of one sandbox belong to one merchant.
* `X-Request-Id` on every answer.

Under `/_sandbox` lies what only the sandbox has: `POST /_sandbox/advance`, `POST /_sandbox/reset` and
`GET /_sandbox/webhooks`. These need no key.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast
from uuid import uuid4

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import checkout, wire
from .handlers import HANDLERS, Call, Handler
from .state import AlreadyRefunded, Clock, NotFound, Refusal, State
from .validation import (
    Contract,
    DocumentError,
    InvalidRequest,
    MalformedRequest,
    Operation,
    ValidRequest,
    read_document,
)
from .webhooks import RETRY_DELAYS, WebhookSender

DEFAULT_KEY: Final = "pr_sandbox"
DEFAULT_WEBHOOK_TOKEN: Final = "whk_sandbox"  # noqa: S105 (it protects nothing but a test)

_TICK: Final = 1.0
_log = logging.getLogger("plexy_pay_sandbox")


def utc_now() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


def create_app(
    document: str | Path | Mapping[str, Any] | None = None,
    *,
    keys: Sequence[str] = (DEFAULT_KEY,),
    clock: Callable[[], datetime] = utc_now,
    webhook_token: str = DEFAULT_WEBHOOK_TOKEN,
    webhook_hosts: Collection[str] = (),
    webhook_retry_delays: Sequence[float] = RETRY_DELAYS,
) -> Starlette:
    """Make the sandbox's application, with an empty memory of its own.

    Args:
        document: The OpenAPI document that drives it: a path, or the document itself. None is the one that
            the package `plexy_pay` carries.
        keys: The API keys that are accepted.
        clock: Gives the real time; `POST /_sandbox/advance` moves ahead of it.
        webhook_token: What webhooks carry as `Authorization: Bearer <token>`.
        webhook_hosts: Hosts besides loopback that webhooks may be posted to.
        webhook_retry_delays: Seconds before each further attempt of a webhook.

    Raises:
        DocumentError: if the document cannot be read, or has an operation that no handler is registered for.
        ValueError: if no key is given, or an empty one.
    """
    if not keys or not all(keys):
        raise ValueError("The sandbox needs at least one API key, and none of them empty.")
    contract = Contract(read_document(document))
    handlers = _handlers_of(contract)
    sender = WebhookSender(webhook_token, webhook_hosts, webhook_retry_delays)
    state = State(Clock(clock), sender.post)
    api = _Api(contract, handlers, state, [key.encode() for key in keys])

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        sender.open()
        ticking = asyncio.create_task(_follow_the_clock(state))
        try:
            yield
        finally:
            ticking.cancel()
            await sender.close()

    # Every endpoint is a coroutine and calls the state without awaiting in between: each request is one whole
    # step.
    return Starlette(
        routes=[
            *_own_routes(state, sender),
            *checkout.routes(state),
            Route("/{path:path}", api),
        ],
        middleware=[Middleware(_RequestIds)],
        exception_handlers={Exception: _unexpected},
        lifespan=lifespan,
    )


class _Api:
    """The operations of the document."""

    def __init__(
        self, contract: Contract, handlers: Mapping[Operation, Handler], state: State, keys: Sequence[bytes]
    ) -> None:
        self._contract = contract
        self._handlers = handlers
        self._state = state
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        matches = self._contract.match(_raw_path(request))
        if not matches:
            return _error(404, 4, "not found", "routes")
        found = [match for match in matches if match[0].method == request.method]
        if not found:
            allowed = ", ".join(operation.method for operation, _ in matches)
            return _error(405, 3, f"this path takes {allowed}", "routes", headers={"Allow": allowed})
        operation, path = found[0]
        if not self._key_is_known(request):
            return _error(
                401,
                2,
                "missing or invalid API key; Authorization carries the raw key, without Bearer",
                "keys",
            )
        content = await request.body()
        try:
            return self._perform(operation, path, request, content)
        except MalformedRequest as error:
            return _error(400, 3, str(error), _source(operation))
        except InvalidRequest as error:
            return _error(422, 5, str(error), _source(operation))
        except Refusal as refusal:
            return _refused(refusal)

    def _perform(
        self, operation: Operation, path: Mapping[str, str], request: Request, content: bytes
    ) -> Response:
        path_values, query = self._contract.check_parameters(
            operation, path, request.query_params.multi_items()
        )
        body = self._contract.check_body(operation, request.headers.get("content-type", ""), content)
        origin = str(request.base_url).rstrip("/")
        answer = self._handlers[operation](Call(self._state, ValidRequest(path_values, query, body), origin))
        if answer is None or not operation.success_has_body:
            return Response(status_code=operation.success_status)
        return _json(answer, operation.success_status)

    def _key_is_known(self, request: Request) -> bool:
        # The raw header lines: two Authorization headers are one too many, whatever they say.
        given = [value for name, value in request.headers.raw if name == b"authorization"]
        known = False
        for key in self._keys:
            known |= len(given) == 1 and hmac.compare_digest(given[0], key)
        return known


class _RequestIds:
    """Gives every answer an `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = str(uuid4())
            await send(message)

        await self._app(scope, receive, send_with_id)


def _own_routes(state: State, sender: WebhookSender) -> list[Route]:
    async def advance(request: Request) -> Response:
        try:
            by = _seconds(await request.body())
            now = state.advance(by)
        except ValueError as error:
            return _error(422, 5, f'send {{"seconds": 3600}}: {error}', "sandbox")
        return _json({"now": wire.to_microseconds(now)})

    async def reset(request: Request) -> Response:
        await sender.reset()
        state.reset()
        return Response(status_code=204)

    async def webhooks(request: Request) -> Response:
        return _json({"deliveries": sender.deliveries()})

    return [
        Route("/_sandbox/advance", advance, methods=["POST"]),
        Route("/_sandbox/reset", reset, methods=["POST"]),
        Route("/_sandbox/webhooks", webhooks, methods=["GET"]),
    ]


def _handlers_of(contract: Contract) -> dict[Operation, Handler]:
    missing = [
        f"{operation.method} {operation.path} ({operation.resource}.{operation.name})"
        for operation in contract.operations
        if (operation.resource, operation.name) not in HANDLERS
    ]
    if missing:
        raise DocumentError(
            f"The document has {len(missing)} operation(s) without a handler: {'; '.join(missing)}. "
            "Add a handler to plexy_pay_sandbox/handlers.py for each."
        )
    return {operation: HANDLERS[operation.resource, operation.name] for operation in contract.operations}


async def _follow_the_clock(state: State) -> None:
    """Let captures and expiries happen at their time even if nobody asks, so that their webhooks go out."""
    while True:
        await asyncio.sleep(_TICK)
        state.settle()


def _seconds(content: bytes) -> timedelta:
    body = wire.loads(content)
    seconds = cast("dict[str, object]", body).get("seconds") if isinstance(body, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, Decimal)):
        raise ValueError("seconds must be a number")
    try:
        return timedelta(seconds=float(seconds))
    except OverflowError:
        raise ValueError("seconds is too large") from None


def _raw_path(request: Request) -> str:
    """The path as the client wrote it: in an order reference, `%2F` is a slash and ends no segment."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.split(b"?")[0].decode("latin-1")


def _source(operation: Operation) -> str:
    first, *others = operation.resource.split("_")
    return first + "".join(word.capitalize() for word in others)


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, AlreadyRefunded):
        # What the live API was seen to answer: no code, no type, and a status that looks like a breakdown.
        return _json({"message": f"failed to handle command: something went wrong, {refusal.message}"}, 500)
    status, code = (404, 4) if isinstance(refusal, NotFound) else (422, 5)
    return _error(status, code, refusal.message, refusal.source)


def _error(
    status: int, code: int, message: str, source: str, *, headers: Mapping[str, str] | None = None
) -> Response:
    kind = "validationError" if code == 5 else "apiError"
    return _json({"code": code, "message": message, "source": source, "type": kind}, status, headers)


def _json(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(wire.dumps(body), status, headers=headers, media_type="application/json")


async def _unexpected(request: Request, error: Exception) -> Response:
    """Answer a mistake in the sandbox itself; the server logs it. This answer bypasses the middleware."""
    return _error(500, 2, "something went wrong", "sandbox", headers={"X-Request-Id": str(uuid4())})
