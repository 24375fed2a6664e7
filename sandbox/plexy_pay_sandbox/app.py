"""Put the sandbox together as a web application.

`api` responds to the operations of the document; `checkout`, `session_pages` and `bank` have the pages of payers. Under
`/_sandbox` lies what only the sandbox has, without a key: `control`, `faults.routes`, `webhooks.routes`, the pages of
`bank` and `session_pages`, and those of the `dashboard`, whose first one is at `/`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from plexy_pay import __version__
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import bank, checkout, responses, session_pages, wire
from .access import (
    DEFAULT_AGENT_ID,
    DEFAULT_CHECKOUT_KEY,
    DEFAULT_GATE_KEY,
    DEFAULT_KEY,
    DEFAULT_WEBHOOK_SECRET,
    DEFAULT_WEBHOOK_TOKEN,
    Access,
    keys_by_family,
)
from .api import Api, operation_names, without_handler
from .cards import ANY_PADDING
from .control_routes import Control
from .dashboard.routes import Dashboard
from .dashboard.sources import Sources
from .draws import Draws
from .faults import routes as fault_routes
from .faults.middleware import StrikesRequests
from .foreign_pages import RefusesForeignPages
from .journal import Journal, JournalError
from .kept_cards import KeptCardReader
from .kept_faults import KeptFaults
from .replay import Replay, headers_of
from .request_ids import RequestIds, request_ids
from .request_log import LogsRequests, RequestLog
from .steps import Parts, StepByStep, Steps
from .timing import Clock
from .validation import (
    Contract,
    DocumentError,
    read_document,
)
from .webhooks import routes as webhook_routes
from .webhooks.samples import Samples
from .webhooks.sender import RETRY_DELAYS, Settings, WebhookSender
from .webhooks.signing import Authorization
from .world import World

_TICK: Final = 1.0


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
    webhook_outbox: bool = False,
    card_padding: str = ANY_PADDING,
    allowed_hosts: Collection[str] = (),
    db: str | Path | None = None,
) -> Starlette:
    """Make the sandbox's application, with a memory of its own: an empty one, or what a file has kept.

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
        webhook_secret: The secret that signs the webhooks of v2.
        webhook_private_key: What signs the callbacks of 2023, without its `pr_`; None is the first of `keys`.
        webhook_url: Where events are posted to that have no callback URL of their own: those of settlement
            payment orders, of host-to-host payments, and of links without one. None posts none of them.
        webhook_checkout_url: The address for the events of v2. None posts none of them.
        webhook_callback_url: Where host-to-host payments report by the callback of 2023, in place of
            `transaction.*`. None has them report by `transaction.*`.
        webhook_hosts: Hosts besides loopback that webhooks may be posted to.
        webhook_retry_delays: Seconds before each further attempt of a webhook.
        webhook_outbox: Post no webhook, but keep each until somebody takes it over: see `webhooks.apps`.
        card_padding: The RSA padding of card data that is taken: `oaep-sha256`, `oaep-sha1`, `pkcs1-v1_5` or `any`.
        allowed_hosts: Names under which the sandbox is reached that the public DNS could have: see `foreign_pages`.
        db: The file that keeps the state, made if it is not there. The application has it until it has been served.
            None keeps nothing.

    Raises:
        DocumentError: if the document cannot be read.
        JournalError: if the file cannot be used, another sandbox has it, or it cannot be repeated.
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
    draws = Draws()
    samples = Samples(contract.document, time, draws.new_id)
    faults = KeptFaults(operation_names(contract), samples.names(), draws)
    sender = WebhookSender(
        access.secrets,
        time,
        settings,
        faults,
        hosts=webhook_hosts,
        retry_delays=webhook_retry_delays,
        keeps=webhook_outbox,
    )
    world = World(
        time,
        sender.post,
        sender.post_order,
        sender.post_checkout,
        draws.new_id,
        KeptCardReader(card_padding, draws),
    )
    log = RequestLog(time)
    parts = Parts(time, draws, world, sender)
    journal = (
        None
        if db is None
        else Journal(db, _made_for(contract, agent_id, outbox=webhook_outbox))
    )
    steps = Steps(parts, journal, headers_of(contract))
    control = Control(world, sender, log, access, faults, steps)
    dashboard = Dashboard(
        Sources(
            world=world,
            sender=sender,
            log=log,
            access=access,
            faults=faults,
            contract=contract,
            clock=time,
            control=control,
        )
    )
    routes = [
        *dashboard.routes(),
        *control.routes(),
        *fault_routes.routes(faults),
        *webhook_routes.routes(sender, samples),
        *bank.routes(world),
        *session_pages.routes(world),
        *checkout.routes(world),
    ]
    middleware = [
        Middleware(RequestIds),
        Middleware(RefusesForeignPages, allowed_hosts),
        Middleware(StrikesRequests, faults, contract),
        Middleware(LogsRequests, log),
        Middleware(StepByStep, steps),
    ]
    app = _application(routes, middleware, steps, sender, journal)
    # Not a route, whose pattern matches no path with a line end.
    app.router.default = Api(contract, world, families, agent_id)
    if journal is not None:
        replay = Replay(journal, parts, app.router, contract, families)
        _take_up(journal, replay, steps)
    app.state.access = access
    app.state.without_handler = without_handler(contract)
    app.state.db = None if journal is None else journal.path
    return app


def _made_for(contract: Contract, agent_id: str, *, outbox: bool) -> Mapping[str, str]:
    """Return what the steps of a journal cannot be repeated without."""
    document = sha256(wire.dumps(contract.document)).hexdigest()
    return {
        "version": __version__,
        "document": document[:16],
        "agent": agent_id,
        "webhook_outbox": str(outbox),
    }


def _take_up(journal: Journal, replay: Replay, steps: Steps) -> None:
    """Go on where a journal ends.

    Raises:
        JournalError: if it cannot be repeated.
    """
    try:
        if not replay.run():
            steps.begin()
    except BaseException:
        journal.close()
        raise


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
    routes: list[Route],
    middleware: list[Middleware],
    steps: Steps,
    sender: WebhookSender,
    journal: Journal | None,
) -> Starlette:
    """Serve the routes while the clock goes on.

    Every endpoint is a coroutine and calls the state without awaiting in between: each request is one whole step.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        if journal is not None and journal.closed:
            raise JournalError(
                f"The application has let go of {journal.path}. Make another one with create_app."
            )
        sender.open()
        ticking = asyncio.create_task(_follow_the_clock(steps))
        try:
            yield
        finally:
            ticking.cancel()
            await sender.close()
            if journal is not None:
                journal.close()

    return Starlette(
        routes=routes,
        middleware=middleware,
        exception_handlers={Exception: _unexpected},
        lifespan=lifespan,
    )


async def _follow_the_clock(steps: Steps) -> None:
    """Let captures and expiries happen at their time even if nobody asks, so that their webhooks go out."""
    while True:
        await asyncio.sleep(_TICK)
        steps.tick()


async def _unexpected(request: Request, error: Exception) -> Response:
    """Respond to a mistake in the sandbox itself; the server logs it. This response bypasses the middleware."""
    response = responses.internal_error()
    response.headers.update(request_ids(request.url.path))
    return response
