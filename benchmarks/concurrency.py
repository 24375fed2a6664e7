"""Calls per second with many calls in flight, without latency and with that of a network, beside peers."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)

import httpx
from plexy_pay import AsyncPlexyPay, PlexyPay, Timeout

from benchmarks import server
from benchmarks.document import KEY, LINK_ID, LINKS
from benchmarks.measuring import Spread, interleave, ratios
from benchmarks.report import Row, alone, rounds

HEADERS = {"Authorization": KEY}
IN_FLIGHT = (1, 10, 50, 100, 300)
LATENCIES = (0.0, 0.05)
#: Nobody is to fail because a connection is not free in time: that would look like speed.
PATIENCE = 60.0
#: How much of bare httpx's CPU a call may take with 100 calls in flight. A ratio: milliseconds are the machine's.
MOST_CPU = 0.75


@dataclass
class Load:
    """What one side made of a number of calls.

    Args:
        per_second: Calls per second.
        cpu: Milliseconds of CPU per call, of this process alone.
        failed: How many of the calls raised.
    """

    per_second: float
    cpu: float
    failed: int


Call = Callable[[], Any]
AsyncCall = Callable[[], Awaitable[Any]]


def sync_sides(origin: str, clients: ExitStack) -> dict[str, Call]:
    """Return a call of each side, with a client that `clients` closes."""
    url = f"{origin}{LINKS}/{LINK_ID}"
    ours = clients.enter_context(
        PlexyPay(KEY, base_url=origin, timeout=_patient(), max_retries=0)
    )
    retrieve = ours.payment_links.retrieve
    sides: dict[str, Call] = {"plexy_pay": lambda: retrieve(LINK_ID)}
    bare = clients.enter_context(httpx.Client(timeout=PATIENCE))
    sides["httpx"] = lambda: bare.request("GET", url, headers=HEADERS).json()
    if find_spec("httpx2"):
        newer = clients.enter_context(import_module("httpx2").Client(timeout=PATIENCE))
        sides["httpx2"] = lambda: newer.request("GET", url, headers=HEADERS).json()
    if find_spec("openai"):
        make = import_module("openai").OpenAI
        peer = clients.enter_context(
            make(api_key=KEY, base_url=f"{origin}/v1", timeout=PATIENCE, max_retries=0)
        )
        sides["openai"] = lambda: peer.get(f"/payment-links/{LINK_ID}", cast_to=object)
    return sides


async def async_sides(origin: str, clients: AsyncExitStack) -> dict[str, AsyncCall]:
    """Return the same for asyncio."""
    url = f"{origin}{LINKS}/{LINK_ID}"
    ours = await clients.enter_async_context(
        AsyncPlexyPay(KEY, base_url=origin, timeout=_patient(), max_retries=0)
    )
    retrieve = ours.payment_links.retrieve
    sides: dict[str, AsyncCall] = {"plexy_pay": lambda: retrieve(LINK_ID)}
    bare = await clients.enter_async_context(httpx.AsyncClient(timeout=PATIENCE))

    async def read() -> Any:
        return (await bare.request("GET", url, headers=HEADERS)).json()

    sides["httpx"] = read
    if find_spec("httpx2"):
        newer = await clients.enter_async_context(
            import_module("httpx2").AsyncClient(timeout=PATIENCE)
        )

        async def read_newer() -> Any:
            return (await newer.request("GET", url, headers=HEADERS)).json()

        sides["httpx2"] = read_newer
    if find_spec("openai"):
        make = import_module("openai").AsyncOpenAI
        peer = await clients.enter_async_context(
            make(api_key=KEY, base_url=f"{origin}/v1", timeout=PATIENCE, max_retries=0)
        )
        sides["openai"] = lambda: peer.get(f"/payment-links/{LINK_ID}", cast_to=object)
    return sides


def _patient() -> Timeout:
    return Timeout(PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE)


def on_threads(call: Call, in_flight: int, count: int) -> Load:
    """Make calls on threads that share a client."""

    def work(numbers: Iterator[int]) -> int:
        failed = 0
        for _ in numbers:
            try:
                call()
            except Exception:
                failed += 1
        return failed

    shared = iter(range(count))
    with ThreadPoolExecutor(in_flight) as pool:
        cpu, started = time.process_time(), time.perf_counter()
        failed = sum(pool.map(work, [shared] * in_flight))
        return _load(count, failed, started, cpu)


async def in_tasks(call: AsyncCall, in_flight: int, count: int) -> Load:
    """Make calls in tasks that share a client."""

    async def work(numbers: Iterator[int]) -> int:
        failed = 0
        for _ in numbers:
            try:
                await call()
            except Exception:
                failed += 1
        return failed

    shared = iter(range(count))
    cpu, started = time.process_time(), time.perf_counter()
    failed = sum(await asyncio.gather(*(work(shared) for _ in range(in_flight))))
    return _load(count, failed, started, cpu)


def _load(count: int, failed: int, started: float, cpu: float) -> Load:
    wall, spent = time.perf_counter() - started, time.process_time() - cpu
    return Load(count / wall, spent / count * 1000, failed)


def calls_of_a_round(in_flight: int, latency: float) -> int:
    """Return how many calls a round makes: enough to fill the pool, and not a matter of minutes."""
    if not latency:
        return max(300, 2 * in_flight)
    return max(20, min(10 * in_flight, 600))


def measure(
    latency: float, *, rounds: int, in_flight: tuple[int, ...] = IN_FLIGHT
) -> dict[tuple[str, int], dict[str, list[Load]]]:
    """Return the loads of each side, round by round, for threads and asyncio and each number in flight."""
    found: dict[tuple[str, int], dict[str, list[Load]]] = {}
    with (
        server.running(latency) as origin,
        asyncio.Runner() as runner,
        ExitStack() as clients,
    ):
        async_clients = AsyncExitStack()
        clients.callback(lambda: runner.run(async_clients.aclose()))
        sync_calls = sync_sides(origin, clients)
        async_calls = runner.run(async_sides(origin, async_clients))
        gc.collect()
        for number in in_flight:
            count = calls_of_a_round(number, latency)
            tasks = {
                side: partial(_run, runner, call, number, count)
                for side, call in async_calls.items()
            }
            found["asyncio", number] = interleave(tasks, rounds=rounds)
            threads = {
                side: partial(on_threads, call, number, count)
                for side, call in sync_calls.items()
            }
            found["threads", number] = interleave(threads, rounds=rounds)
    return found


def _run(runner: asyncio.Runner, call: AsyncCall, in_flight: int, count: int) -> Load:
    return runner.run(in_tasks(call, in_flight, count))


def least_ratio(in_flight: int, latency: float, flavor: str) -> float:
    """Return how many times bare httpx's calls per second are asked for.

    One call at a time, and a few in flight at 50 ms, are all waiting: nobody can be faster there. 0.97 leaves room for
    noise.
    """
    if in_flight < 50:
        return 0.97 if latency or in_flight == 1 else 1.0
    return 1.5 if flavor == "asyncio" else 1.2


def rows(effort: float = 1.0) -> list[Row]:
    """Return calls per second over bare httpx, and the CPU of a call with 100 in flight."""
    made: list[Row] = []
    for latency in LATENCIES:
        for (flavor, in_flight), loads in measure(
            latency, rounds=rounds(3, effort)
        ).items():
            made += _rows(flavor, in_flight, latency, loads)
    return made


def _rows(
    flavor: str, in_flight: int, latency: float, loads: dict[str, list[Load]]
) -> list[Row]:
    ours = loads["plexy_pay"]
    if any(load.failed for load in ours):
        raise RuntimeError(
            f"calls of ours failed with {in_flight} in flight ({flavor})"
        )
    where = f"{flavor}, {in_flight} in flight, {latency * 1000:.0f} ms of latency"
    faster = Row(
        f"calls per second over bare httpx, {where}",
        ratios(
            [load.per_second for load in ours],
            [load.per_second for load in loads["httpx"]],
        ),
        "x",
        limit=least_ratio(in_flight, latency, flavor),
        at_least=True,
        detail=", ".join(_described(side, found) for side, found in loads.items()),
    )
    if in_flight != 100 or not latency:
        return [faster]
    cpu = ratios([load.cpu for load in ours], [load.cpu for load in loads["httpx"]])
    return [
        faster,
        Row(f"CPU of a call over bare httpx, {where}", cpu, "x", limit=MOST_CPU),
    ]


def _described(side: str, loads: list[Load]) -> str:
    speed = Spread.of([load.per_second for load in loads]).median
    cpu = Spread.of([load.cpu for load in loads]).median
    failed = sum(load.failed for load in loads)
    described = f"{side} {speed:.0f}/s ({cpu:.2f} ms)"
    return f"{described}, {failed} failed" if failed else described


if __name__ == "__main__":
    sys.exit(alone(rows, __doc__))
