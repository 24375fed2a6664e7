"""CPU of one call: ours, the same one through bare httpx, and the same one through the stock client."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
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

HEADERS = {"Authorization": KEY}


def sync_sides(origin: str) -> dict[str, dict[str, Callable[[], Any]]]:
    """One call of each kind, for each side, with a client that was made once."""
    stock.folder()
    from plexy_pay_stock import AuthenticatedClient
    from plexy_pay_stock.api.payment_links import create_payment_link, retrieve_payment_link
    from plexy_pay_stock.models import RequestCreatePaymentLink

    body, url = new_link(), f"{origin}{LINKS}"
    arguments = _arguments(body)
    ours, bare = PlexyPay(KEY, base_url=origin), httpx.Client()
    theirs = AuthenticatedClient(base_url=origin, token=KEY, prefix="")
    retrieve, create, request = ours.payment_links.retrieve, ours.payment_links.create, bare.request
    return {
        "GET": {
            "plexy_pay": lambda: retrieve(LINK_ID),
            "httpx": lambda: request("GET", f"{url}/{LINK_ID}", headers=HEADERS).json(),
            "stock": lambda: retrieve_payment_link.sync(LINK_ID, client=theirs),
        },
        "POST": {
            "plexy_pay": lambda: create(**arguments),
            "httpx": lambda: request("POST", url, headers=HEADERS, json=body).json(),
            "stock": lambda: create_payment_link.sync(
                client=theirs, body=RequestCreatePaymentLink.from_dict(body)
            ),
        },
    }


def async_sides(origin: str) -> dict[str, dict[str, Callable[[], Awaitable[Any]]]]:
    """The same for asyncio."""
    stock.folder()
    from plexy_pay_stock import AuthenticatedClient
    from plexy_pay_stock.api.payment_links import create_payment_link, retrieve_payment_link
    from plexy_pay_stock.models import RequestCreatePaymentLink

    body, url = new_link(), f"{origin}{LINKS}"
    arguments = _arguments(body)
    ours, bare = AsyncPlexyPay(KEY, base_url=origin), httpx.AsyncClient()
    theirs = AuthenticatedClient(base_url=origin, token=KEY, prefix="")
    retrieve, create = ours.payment_links.retrieve, ours.payment_links.create

    async def read() -> Any:
        return (await bare.request("GET", f"{url}/{LINK_ID}", headers=HEADERS)).json()

    async def make() -> Any:
        return (await bare.request("POST", url, headers=HEADERS, json=body)).json()

    return {
        "GET": {
            "plexy_pay": lambda: retrieve(LINK_ID),
            "httpx": read,
            "stock": lambda: retrieve_payment_link.asyncio(LINK_ID, client=theirs),
        },
        "POST": {
            "plexy_pay": lambda: create(**arguments),
            "httpx": make,
            "stock": lambda: create_payment_link.asyncio(
                client=theirs, body=RequestCreatePaymentLink.from_dict(body)
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
    loop = asyncio.new_event_loop()
    with server.running() as origin:
        for name, sides in sync_sides(origin).items():
            timed = {side: _timed(call, count) for side, call in sides.items()}
            found[f"sync {name}"] = interleave(timed, rounds=rounds, warm_up=3)
        for name, waits in async_sides(origin).items():
            timed = {side: _timed_async(loop, call, count) for side, call in waits.items()}
            found[f"async {name}"] = interleave(timed, rounds=rounds, warm_up=3)
    loop.close()
    return found


if __name__ == "__main__":
    for kind, values in measure().items():
        print(f"{kind:10}", end="")
        for side, taken in values.items():
            print(f"  {side} {Spread.of(taken).median:.0f} us", end="")
        for side in ("plexy_pay", "stock"):
            spread = ratios(values[side], values["httpx"])
            print(f"  {side}/httpx {spread.median:.3f} ({spread.low:.3f}-{spread.high:.3f})", end="")
        print()
