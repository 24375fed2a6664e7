"""The sandbox as a web application: routes, keys, checks and responses.

The document says which operations there are, where they lie, what they take and which status means success.
This module finds the operation of a request, checks key, parameters and body, lets the handler do its work,
and lets `responses` turn a refusal into the error body of the family. An operation that has no handler gets the
document's own example (`examples`), with the header `Plexy-Sandbox-Example: true`, and the log says so.

Documented: three families of operations, each with keys of its own, the raw key in `Authorization` (Pay API, Gate)
or in `x-api-key` (v2) without `Bearer`, 401 for a missing or wrong key, 404 for what is not there, and the body
with nothing but a message that a second refund got.

Stand-in choices, made because no public source says otherwise:

* Query parameters that the document does not have are refused: a filter that is quietly ignored looks as if
  it worked.
* All keys of one sandbox belong to one merchant, and to one agent of the Gate. The key of one family is refused by
  the others, and another agent's id with 401. `/health` wants a key, too.
* `X-Request-Id` on every response; on those of v2 it is the same as the documented `Request-Id: req_...`.

Under `/_sandbox` lies what only the sandbox has: `POST /_sandbox/advance`, `POST /_sandbox/reset`, what
`webhooks.routes` has, and the pages of `bank`. These need no key.
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
from typing import Any, Final, Literal, cast
from uuid import uuid4

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import bank, checkout, responses, wire
from .access import (
    DEFAULT_AGENT_ID,
    DEFAULT_CHECKOUT_KEY,
    DEFAULT_GATE_KEY,
    DEFAULT_KEY,
    DEFAULT_WEBHOOK_SECRET,
    DEFAULT_WEBHOOK_TOKEN,
    PAY,
    Access,
    keys_by_family,
)
from .cards import ANY_PADDING
from .examples import HEADER, Examples
from .handlers import HANDLERS, Call, Handler
from .refusals import Refusal
from .responses import Errors, json_response, pay_error
from .timing import Clock
from .validation import (
    Contract,
    DocumentError,
    InvalidRequest,
    MalformedRequest,
    Operation,
    ValidRequest,
    read_document,
)
from .webhooks import routes as webhook_routes
from .webhooks.samples import Samples
from .webhooks.sender import RETRY_DELAYS, Settings, WebhookSender
from .webhooks.signing import Authorization
from .world import World

_TICK: Final = 1.0
_log = logging.getLogger("plexy_pay_sandbox")


def utc_now() -> datetime:
    """Return the real time, in UTC."""
    return datetime.now(UTC)


def create_app(
    document: str | Path | Mapping[str, Any] | None = None,
    *,
    keys: Sequence[str] = (DEFAULT_KEY,),
    checkout_keys: Sequence[str] = (DEFAULT_CHECKOUT_KEY,),
    gate_keys: Sequence[str] = (DEFAULT_GATE_KEY,),
    agent_id: str = DEFAULT_AGENT_ID,
    clock: Callable[[], datetime] = utc_now,
    webhook_token: str = DEFAULT_WEBHOOK_TOKEN,
    webhook_authorization: Literal["bearer", "raw", "doubled"] = "bearer",
    webhook_secret: str = DEFAULT_WEBHOOK_SECRET,
    webhook_private_key: str | None = None,
    webhook_url: str | None = None,
    webhook_checkout_url: str | None = None,
    webhook_callback_url: str | None = None,
    webhook_hosts: Collection[str] = (),
    webhook_retry_delays: Sequence[float] = RETRY_DELAYS,
    card_padding: str = ANY_PADDING,
) -> Starlette:
    """Make the sandbox's application, with an empty memory of its own.

    Args:
        document: The OpenAPI document that drives it: a path, or the document itself. None is the one that
            the sandbox carries.
        keys: The API keys that the Pay API accepts.
        checkout_keys: The API keys that v2 accepts.
        gate_keys: The API keys that the Gate accepts.
        agent_id: The agent whom the keys of the Gate belong to.
        clock: Gives the real time; `POST /_sandbox/advance` moves ahead of it.
        webhook_token: What webhooks of the Pay API carry as `Authorization: Bearer <token>`.
        webhook_authorization: How they carry it: `Bearer <token>`, `<token>`, or `Bearer Bearer <token>`.
        webhook_secret: What signs the webhooks of v2.
        webhook_private_key: What signs the callbacks of 2023, without its `pr_`; None is the first of `keys`.
        webhook_url: Where events are posted to that have no callback URL of their own: those of settlement
            payment orders, of host-to-host payments, and of links without one. None posts none of them.
        webhook_checkout_url: Where the events of v2 are posted to. None posts none of them.
        webhook_callback_url: Where host-to-host payments report by the callback of 2023, in place of
            `transaction.*`. None has them report by `transaction.*`.
        webhook_hosts: Hosts besides loopback that webhooks may be posted to.
        webhook_retry_delays: Seconds before each further attempt of a webhook.
        card_padding: The RSA padding of card data that is taken: `oaep-sha256`, `oaep-sha1`, `pkcs1-v1_5` or `any`.

    Raises:
        DocumentError: if the document cannot be read.
        ValueError: if a family has no key or an empty one, or a key that another one has, or the agent has no
            id; or a secret for webhooks is empty or cannot stand in a header; or there is no such padding.
    """
    families = keys_by_family(keys, checkout_keys, gate_keys)
    if not agent_id:
        raise ValueError("The sandbox needs the id of the agent.")
    contract = _contract_for(document, families)
    access = Access(
        keys[0],
        checkout_keys[0],
        gate_keys[0],
        agent_id,
        webhook_token,
        webhook_secret,
        keys[0] if webhook_private_key is None else webhook_private_key,
    )
    time = Clock(clock)
    settings = Settings(
        url=webhook_url,
        checkout_url=webhook_checkout_url,
        callback_url=webhook_callback_url,
        authorization=Authorization(webhook_authorization),
    )
    sender = WebhookSender(
        access.secrets,
        time,
        settings,
        hosts=webhook_hosts,
        retry_delays=webhook_retry_delays,
    )
    world = World(
        time,
        sender.post,
        sender.post_order,
        sender.post_checkout,
        card_padding=card_padding,
    )
    app = _application(_Api(contract, world, families, agent_id), world, sender, time)
    app.state.access = access
    app.state.without_handler = [
        _named(operation)
        for operation in contract.operations
        if not _handler_of(operation)
    ]
    return app


def _contract_for(
    document: str | Path | Mapping[str, Any] | None, families: Collection[str]
) -> Contract:
    """Read the document.

    Raises:
        DocumentError: if it cannot be read, or has a family for which there are no keys.
    """
    contract = Contract(read_document(document))
    unknown = contract.key_headers.keys() - set(families)
    if unknown:
        raise DocumentError(
            f"The sandbox has no keys for the family {', '.join(sorted(unknown))}."
        )
    return contract


def _application(
    api: _Api, world: World, sender: WebhookSender, time: Clock
) -> Starlette:
    """Put the operations beside the pages and what only the sandbox has.

    Every endpoint is a coroutine and calls the state without awaiting in between: each request is one whole step.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        sender.open()
        ticking = asyncio.create_task(_follow_the_clock(world, sender))
        try:
            yield
        finally:
            ticking.cancel()
            await sender.close()

    samples = Samples(api.contract.document, time)
    return Starlette(
        routes=[
            *_own_routes(world, sender),
            *webhook_routes.routes(sender, samples),
            *bank.routes(world),
            *checkout.routes(world.state),
            Route("/{path:path}", api),
        ],
        middleware=[Middleware(_RequestIds)],
        exception_handlers={Exception: _unexpected},
        lifespan=lifespan,
    )


class _Api:
    """The operations of the document."""

    def __init__(
        self,
        contract: Contract,
        world: World,
        keys: Mapping[str, Sequence[str]],
        agent_id: str,
    ) -> None:
        self.contract = contract
        self._examples = Examples(contract)
        self._world = world
        self._keys = {
            name: [key.encode() for key in family] for name, family in keys.items()
        }
        self._agent_id = agent_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        path = _raw_path(request)
        errors = Errors(
            self.contract.family_near(path) or PAY, request.scope["request_id"]
        )
        matches = self.contract.match(path)
        if not matches:
            return errors.no_route()
        found = [match for match in matches if match[0].method == request.method]
        if not found:
            return errors.no_method(
                ", ".join(operation.method for operation, _ in matches)
            )
        operation, values = found[0]
        errors = Errors(operation.family, errors.request_id)
        if not self._key_is_known(operation, request):
            return errors.no_key(self.contract.key_headers[operation.family])
        if values.get("agent_id", self._agent_id) != self._agent_id:
            return errors.other_agent()
        content = await request.body()
        try:
            return self._perform(operation, values, request, content)
        except MalformedRequest as error:
            return errors.malformed(str(error), _source(operation))
        except InvalidRequest as error:
            return errors.invalid(error, _source(operation))
        except Refusal as refusal:
            return errors.refused(refusal)

    def _perform(
        self,
        operation: Operation,
        path: Mapping[str, str],
        request: Request,
        content: bytes,
    ) -> Response:
        path_values, query, headers = self.contract.check_parameters(
            operation, path, request.query_params.multi_items(), request.headers.items()
        )
        body = self.contract.check_body(
            operation, request.headers.get("content-type", ""), content
        )
        valid = ValidRequest(path_values, query, headers, body)
        origin = str(request.base_url).rstrip("/")
        handler = _handler_of(operation)
        if handler is None:
            return self._example(operation)
        made = handler(Call(self._world, valid, origin))
        if made is None or not operation.success_has_body:
            return Response(status_code=operation.success_status)
        return json_response(made, operation.success_status)

    def _example(self, operation: Operation) -> Response:
        """Respond with what the document shows, marked as such: the sandbox does not know what the operation does."""
        _log.warning(
            "%s has no handler in the sandbox: an example of the document is its response",
            _named(operation),
        )
        if operation.success_has_body:
            made = json_response(self._examples.of(operation), operation.success_status)
        else:
            made = Response(status_code=operation.success_status)
        made.headers[HEADER] = "true"
        return made

    def _key_is_known(self, operation: Operation, request: Request) -> bool:
        # The raw header lines: two headers with keys are one too many, whatever they say.
        header = self.contract.key_headers[operation.family].lower().encode()
        given = [value for name, value in request.headers.raw if name == header]
        known = False
        for key in self._keys[operation.family]:
            known |= len(given) == 1 and hmac.compare_digest(given[0], key)
        return known


def _request_ids(path: str) -> dict[str, str]:
    """Return the headers that name the request of a response: the first is that of v2, the only documented one."""
    if path.startswith("/v2/"):
        return dict.fromkeys(("Request-Id", "X-Request-Id"), f"req_{uuid4().hex}")
    return {"X-Request-Id": str(uuid4())}


class _RequestIds:
    """Give every response the id of its request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ids = _request_ids(scope.get("path", ""))
        scope["request_id"] = ids["X-Request-Id"]

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(ids)
            await send(message)

        await self._app(scope, receive, send_with_id)


def _own_routes(world: World, sender: WebhookSender) -> list[Route]:
    async def advance(request: Request) -> Response:
        try:
            by = _seconds(await request.body())
            now = world.state.advance(by)
            sender.settle()
        except ValueError as error:
            return pay_error(422, 5, f'send {{"seconds": 3600}}: {error}', "sandbox")
        return json_response({"now": wire.to_microseconds(now)})

    async def reset(request: Request) -> Response:
        await sender.reset()
        world.reset()
        return Response(status_code=204)

    return [
        Route("/_sandbox/advance", advance, methods=["POST"]),
        Route("/_sandbox/reset", reset, methods=["POST"]),
    ]


def _handler_of(operation: Operation) -> Handler | None:
    return HANDLERS.get((operation.resource, operation.name))


def _named(operation: Operation) -> str:
    """Name an operation as its maintainer knows it."""
    return (
        f"{operation.method} {operation.path} ({operation.resource}.{operation.name})"
    )


async def _follow_the_clock(world: World, sender: WebhookSender) -> None:
    """Let captures and expiries happen at their time even if nobody asks, so that their webhooks go out."""
    while True:
        await asyncio.sleep(_TICK)
        world.state.settle()
        sender.settle()


def _seconds(content: bytes) -> timedelta:
    body = wire.loads(content)
    seconds = (
        cast("dict[str, object]", body).get("seconds")
        if isinstance(body, dict)
        else None
    )
    if isinstance(seconds, bool) or not isinstance(seconds, (int, Decimal)):
        raise ValueError("seconds must be a number")
    try:
        return timedelta(seconds=float(seconds))
    except OverflowError:
        raise ValueError("seconds is too large") from None


def _raw_path(request: Request) -> str:
    """Return the path as the client wrote it: in an order reference, `%2F` is a slash and ends no segment."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.split(b"?")[0].decode("latin-1")


def _source(operation: Operation) -> str:
    first, *others = operation.resource.split(".")[0].split("_")
    return first + "".join(word.capitalize() for word in others)


async def _unexpected(request: Request, error: Exception) -> Response:
    """Respond to a mistake in the sandbox itself; the server logs it. This response bypasses the middleware."""
    response = responses.internal_error()
    response.headers.update(_request_ids(request.url.path))
    return response
