"""CPU of one call: ours, the same one through bare httpx, and the same one through the stock client."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, closing
from itertools import repeat
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)

import httpx
from plexy_pay import AsyncPlexyPay, PlexyPay

from benchmarks import server, stock
from benchmarks.document import KEY, LINK_ID, LINKS, new_link
from benchmarks.measuring import Spread, interleave, ratios
from benchmarks.report import Row, alone, rounds

HEADERS = {"Authorization": KEY}


def sync_sides(
    origin: str, clients: ExitStack
) -> dict[str, dict[str, Callable[[], Any]]]:
    """One call of each kind, for each side, with a client that was made once and that `clients` closes."""
    body, url = new_link(), f"{origin}{LINKS}"
    arguments = _arguments(body)
    ours, bare = (
        clients.enter_context(PlexyPay(KEY, base_url=origin)),
        clients.enter_context(httpx.Client()),
    )
    theirs = stock.module("client").AuthenticatedClient(
        base_url=origin, token=KEY, prefix=""
    )
    clients.callback(lambda: theirs.get_httpx_client().close())
    their_retrieve = stock.module("api.payment_links.retrieve_payment_link")
    their_create = stock.module("api.payment_links.create_payment_link")
    their_body = stock.module("models").RequestCreatePaymentLink
    retrieve, create, request = (
        ours.payment_links.retrieve,
        ours.payment_links.create,
        bare.request,
    )
    return {
        "GET": {
            "plexy_pay": lambda: retrieve(LINK_ID),
            "httpx": lambda: request("GET", f"{url}/{LINK_ID}", headers=HEADERS).json(),
            "stock": lambda: their_retrieve.sync(LINK_ID, client=theirs),
        },
        "POST": {
            "plexy_pay": lambda: create(**arguments),
            "httpx": lambda: request("POST", url, headers=HEADERS, json=body).json(),
            "stock": lambda: their_create.sync(
                client=theirs, body=their_body.from_dict(body)
            ),
        },
    }


def async_sides(
    origin: str, clients: AsyncExitStack
) -> dict[str, dict[str, Callable[[], Awaitable[Any]]]]:
    """The same for asyncio."""
    body, url = new_link(), f"{origin}{LINKS}"
    arguments = _arguments(body)
    ours, bare = AsyncPlexyPay(KEY, base_url=origin), httpx.AsyncClient()
    clients.push_async_callback(ours.aclose)
    clients.push_async_callback(bare.aclose)
    theirs = stock.module("client").AuthenticatedClient(
        base_url=origin, token=KEY, prefix=""
    )
    clients.push_async_callback(lambda: theirs.get_async_httpx_client().aclose())
    their_retrieve = stock.module("api.payment_links.retrieve_payment_link")
    their_create = stock.module("api.payment_links.create_payment_link")
    their_body = stock.module("models").RequestCreatePaymentLink
    retrieve, create = ours.payment_links.retrieve, ours.payment_links.create

    async def read() -> Any:
        return (await bare.request("GET", f"{url}/{LINK_ID}", headers=HEADERS)).json()

    async def make() -> Any:
        return (await bare.request("POST", url, headers=HEADERS, json=body)).json()

    return {
        "GET": {
            "plexy_pay": lambda: retrieve(LINK_ID),
            "httpx": read,
            "stock": lambda: their_retrieve.asyncio(LINK_ID, client=theirs),
        },
        "POST": {
            "plexy_pay": lambda: create(**arguments),
            "httpx": make,
            "stock": lambda: their_create.asyncio(
                client=theirs, body=their_body.from_dict(body)
            ),
        },
    }


def _arguments(body: dict[str, Any]) -> dict[str, Any]:
    """The same body as our keywords."""
    from plexy_pay.models import CreatePaymentLink

    model = CreatePaymentLink.from_dict(body)
    return {
        "amount": model.amount,
        "currency": model.currency,
        "order_reference": model.order_reference,
        "description": model.description,
        "expires_at": model.expires_at,
        "auto_clearing": model.auto_clearing,
        "metadata": {
            "success_url": body["metadata"]["successUrl"],
            "failure_url": body["metadata"]["failureUrl"],
            "cancel_url": body["metadata"]["cancelUrl"],
            "callback_url": body["metadata"]["callbackUrl"],
            "basketId": body["metadata"]["basketId"],
        },
    }


def _timed(call: Callable[[], Any], count: int) -> Callable[[], float]:
    """Process CPU time of a call in microseconds, over that many calls."""

    def measure() -> float:
        started = time.process_time()
        for _ in repeat(None, count):
            call()
        return (time.process_time() - started) / count * 1e6

    return measure


def _timed_async(
    loop: asyncio.AbstractEventLoop, call: Callable[[], Awaitable[Any]], count: int
) -> Callable[[], float]:
    async def measure() -> float:
        started = time.process_time()
        for _ in repeat(None, count):
            await call()
        return (time.process_time() - started) / count * 1e6

    return lambda: loop.run_until_complete(measure())


def measure(*, rounds: int = 60, count: int = 20) -> dict[str, dict[str, list[float]]]:
    """CPU microseconds of a call, for each kind of call and each side, round by round."""
    found: dict[str, dict[str, list[float]]] = {}
    with (
        server.running() as origin,
        closing(asyncio.new_event_loop()) as loop,
        ExitStack() as clients,
    ):
        async_clients = AsyncExitStack()
        clients.callback(lambda: loop.run_until_complete(async_clients.aclose()))
        kinds, waiting = sync_sides(origin, clients), async_sides(origin, async_clients)
        gc.collect()
        gc.freeze()  # What was loaded to prepare this is no load of a call.
        for name, sides in kinds.items():
            timed = {side: _timed(call, count) for side, call in sides.items()}
            found[f"sync {name}"] = interleave(timed, rounds=rounds, warm_up=3)
        for name, waits in waiting.items():
            timed = {
                side: _timed_async(loop, call, count) for side, call in waits.items()
            }
            found[f"async {name}"] = interleave(timed, rounds=rounds, warm_up=3)
    return found


def rows(effort: float = 1.0) -> list[Row]:
    """CPU per call over bare httpx, of the client and of the stock one."""
    return [
        _row(kind, values)
        for kind, values in measure(rounds=rounds(60, effort)).items()
    ]


def _row(kind: str, values: dict[str, list[float]]) -> Row:
    taken = {side: Spread.of(found).median for side, found in values.items()}
    return Row(
        f"CPU of a call over bare httpx, {kind}",
        ratios(values["plexy_pay"], values["httpx"]),
        "x",
        limit=1.0,
        beside={"stock": ratios(values["stock"], values["httpx"]).median},
        detail=", ".join(
            f"{side} {microseconds:.0f} us" for side, microseconds in taken.items()
        ),
    )


if __name__ == "__main__":
    sys.exit(alone(rows, __doc__))
