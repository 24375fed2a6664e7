"""The sandbox as a web application: routes, keys, checks and answers.

The document says which operations there are, where they lie, what they take and which status means success.
This module finds the operation of a request, checks key, parameters and body, lets the handler do its work,
and lets `answers` turn a refusal into the error body of the family. An operation that has no handler answers the
document's own example (`examples`), with the header `Plexy-Sandbox-Example: true`, and the log says so.

Documented: three families of operations, each with keys of its own, the raw key in `Authorization` (Pay API, Gate)
or in `x-api-key` (v2) without `Bearer`, 401 for a missing or wrong key, 404 for what is not there, and the body
with nothing but a message that a second refund was answered.

Stand-in choices, made because no public source says otherwise:

* Query parameters that the document does not have are refused: a filter that is quietly ignored looks as if
  it worked.
* All keys of one sandbox belong to one merchant, and to one agent of the Gate. The key of one family is refused by
  the others, and another agent's id with 401. `/health` wants a key, too.
* `X-Request-Id` on every answer; on those of v2 it is the same as the documented `Request-Id: req_...`.

Under `/_sandbox` lies what only the sandbox has: `POST /_sandbox/advance`, `POST /_sandbox/reset`, what
`webhooks.routes` has, and the pages of `bank`. These need no key.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
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

from . import answers, bank, checkout, wire
from .answers import CHECKOUT, GATE, Errors, json_answer, pay_error
from .cards import ANY_PADDING
from .examples import HEADER, Examples
from .handlers import HANDLERS, Call, Handler
from .refusals import Refusal
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
from .webhooks.signing import Authorization, Secrets
from .world import World

DEFAULT_KEY: Final = "pr_sandbox"
DEFAULT_CHECKOUT_KEY: Final = "ck_sandbox"
DEFAULT_GATE_KEY: Final = "gk_sandbox"
DEFAULT_AGENT_ID: Final = "11111111-1111-4111-8111-111111111111"
DEFAULT_WEBHOOK_TOKEN: Final = "whk_sandbox"  # noqa: S105 (it protects nothing but a test)
DEFAULT_WEBHOOK_SECRET: Final = "whs_sandbox"  # noqa: S105 (it protects nothing but a test)

_PAY: Final = "pay"
_TICK: Final = 1.0
_log = logging.getLogger("plexy_pay_sandbox")


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """How a client gets in: the first key of each family, and the agent of the Gate. And what proves webhooks.

    `app.state.access` has it.
    """

    key: str = DEFAULT_KEY
    checkout_key: str = DEFAULT_CHECKOUT_KEY
    gate_key: str = DEFAULT_GATE_KEY
    agent_id: str = DEFAULT_AGENT_ID
    webhook_token: str = DEFAULT_WEBHOOK_TOKEN
    webhook_secret: str = DEFAULT_WEBHOOK_SECRET
    webhook_private_key: str = DEFAULT_KEY


def utc_now() -> datetime:
    """The real time, in UTC."""
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
            the package `plexy_pay` carries.
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
    families = {_PAY: keys, CHECKOUT: checkout_keys, GATE: gate_keys}
    if not all(family and all(family) for family in families.values()):
        raise ValueError(
            "The sandbox needs at least one API key for each family, and none of them empty."
        )
    if len({*keys, *checkout_keys, *gate_keys}) < sum(
        len(set(family)) for family in families.values()
    ):
        raise ValueError("The sandbox needs other API keys for each family.")
    if not agent_id:
        raise ValueError("The sandbox needs the id of the agent.")
    contract = Contract(read_document(document))
    unknown = contract.key_headers.keys() - families.keys()
    if unknown:
        raise DocumentError(
            f"The sandbox has no keys for the family {', '.join(sorted(unknown))}."
        )
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
    sender = WebhookSender(
        Secrets(
            token=access.webhook_token,
            private_key=access.webhook_private_key,
            secret=access.webhook_secret,
        ),
        time,
        Settings(
            url=webhook_url,
            checkout_url=webhook_checkout_url,
            callback_url=webhook_callback_url,
            authorization=Authorization(webhook_authorization),
        ),
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
    known_keys = {
        name: [key.encode() for key in family] for name, family in families.items()
    }
    api = _Api(contract, world, known_keys, agent_id)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        sender.open()
        ticking = asyncio.create_task(_follow_the_clock(world, sender))
        try:
            yield
        finally:
            ticking.cancel()
            await sender.close()

    # Every endpoint is a coroutine and calls the state without awaiting in between: each request is one whole
    # step.
    app = Starlette(
        routes=[
            *_own_routes(world, sender),
            *webhook_routes.routes(sender, Samples(contract.document, time)),
            *bank.routes(world),
            *checkout.routes(world.state),
            Route("/{path:path}", api),
        ],
        middleware=[Middleware(_RequestIds)],
        exception_handlers={Exception: _unexpected},
        lifespan=lifespan,
    )
    app.state.access = access
    app.state.without_handler = [
        _named(operation)
        for operation in contract.operations
        if not _handler_of(operation)
    ]
    return app


class _Api:
    """The operations of the document."""

    def __init__(
        self,
        contract: Contract,
        world: World,
        keys: Mapping[str, Sequence[bytes]],
        agent_id: str,
    ) -> None:
        self._contract = contract
        self._examples = Examples(contract)
        self._world = world
        self._keys = keys
        self._agent_id = agent_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = _raw_path(request)
        errors = Errors(
            self._contract.family_near(path) or _PAY, request.scope["request_id"]
        )
        matches = self._contract.match(path)
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
            return errors.no_key(self._contract.key_headers[operation.family])
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
        path_values, query, headers = self._contract.check_parameters(
            operation, path, request.query_params.multi_items(), request.headers.items()
        )
        body = self._contract.check_body(
            operation, request.headers.get("content-type", ""), content
        )
        valid = ValidRequest(path_values, query, headers, body)
        origin = str(request.base_url).rstrip("/")
        handler = _handler_of(operation)
        if handler is None:
            return self._example(operation)
        answer = handler(Call(self._world, valid, origin))
        if answer is None or not operation.success_has_body:
            return Response(status_code=operation.success_status)
        return json_answer(answer, operation.success_status)

    def _example(self, operation: Operation) -> Response:
        """What the document shows, marked as such: the sandbox does not know what the operation does."""
        _log.warning(
            "%s has no handler in the sandbox: an example of the document is its response",
            _named(operation),
        )
        if operation.success_has_body:
            made = json_answer(self._examples.of(operation), operation.success_status)
        else:
            made = Response(status_code=operation.success_status)
        made.headers[HEADER] = "true"
        return made

    def _key_is_known(self, operation: Operation, request: Request) -> bool:
        # The raw header lines: two headers with keys are one too many, whatever they say.
        header = self._contract.key_headers[operation.family].lower().encode()
        given = [value for name, value in request.headers.raw if name == header]
        known = False
        for key in self._keys[operation.family]:
            known |= len(given) == 1 and hmac.compare_digest(given[0], key)
        return known


def _request_ids(path: str) -> dict[str, str]:
    """The headers that tell an answer's request: the first is that of v2, which alone has a documented one."""
    if path.startswith("/v2/"):
        return dict.fromkeys(("Request-Id", "X-Request-Id"), f"req_{uuid4().hex}")
    return {"X-Request-Id": str(uuid4())}


class _RequestIds:
    """Gives every answer the id of its request."""

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
        return json_answer({"now": wire.to_microseconds(now)})

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
    """An operation as its maintainer knows it."""
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
    """The path as the client wrote it: in an order reference, `%2F` is a slash and ends no segment."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.split(b"?")[0].decode("latin-1")


def _source(operation: Operation) -> str:
    first, *others = operation.resource.split(".")[0].split("_")
    return first + "".join(word.capitalize() for word in others)


async def _unexpected(request: Request, error: Exception) -> Response:
    """Answer a mistake in the sandbox itself; the server logs it. This answer bypasses the middleware."""
    answer = answers.internal_error()
    answer.headers.update(_request_ids(request.url.path))
    return answer
