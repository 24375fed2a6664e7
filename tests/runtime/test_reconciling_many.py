"""Many saved calls are looked up side by side, ten at a time, and the caller sees how far it is."""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import Any

import pytest
from helpers.calls import KEY
from helpers.wire import Recorded, WireServer, json_response
from plexy_pay import AsyncPlexyPay, Executed, PlexyPay

CALLS = 40
SIDE_BY_SIDE = 10


class LookUps:
    """Answer look-ups only once ten of them are under way, and counts how many are at most."""

    def __init__(self) -> None:
        self.together = threading.Barrier(SIDE_BY_SIDE)
        self.lock = threading.Lock()
        self.under_way = self.most = 0

    def __call__(self, request: Recorded) -> bytes:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.together.wait(60)
        with self.lock:
            self.under_way -= 1
        return charged(request)


def charged(request: Recorded) -> bytes:
    """A payment that was charged, whatever its id."""
    payment = request.target.rpartition("/")[2]
    return json_response(
        {"transactionId": payment, "id": payment, "status": "charged", "amount": 5641}
    )


def reconciled(
    kind: Any, server: WireServer, **arguments: Any
) -> tuple[list[Any], list[str]]:
    """The responses for captures of many payments, and the ids that were asked for, in the order of the calls."""
    ids = [f"tx_{number}" for number in range(CALLS)]

    async def in_tasks() -> list[Any]:
        async with AsyncPlexyPay(KEY, base_url=server.origin) as client:
            saved = [
                await client.save_call("payments.capture", id=one, amount=None)
                for one in ids
            ]
            return await client.reconcile_all(saved, **arguments)

    if kind is AsyncPlexyPay:
        return asyncio.run(in_tasks()), ids
    with PlexyPay(KEY, base_url=server.origin) as client:
        saved = [
            client.save_call("payments.capture", id=one, amount=None) for one in ids
        ]
        return client.reconcile_all(saved, **arguments), ids


@pytest.fixture(params=[PlexyPay, AsyncPlexyPay], ids=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Any:
    """The client's class."""
    return request.param


def test_ten_look_ups_are_made_at_the_same_time_and_their_responses_keep_the_order(
    kind: Any,
) -> None:
    look_ups = LookUps()
    with WireServer(look_ups) as server:
        responses, ids = reconciled(kind, server)
    assert all(isinstance(response, Executed) for response in responses)
    assert [response.transaction.transaction_id for response in responses] == ids
    assert look_ups.most == SIDE_BY_SIDE


def test_the_caller_sees_how_many_calls_are_settled(kind: Any) -> None:
    seen: list[tuple[int, int]] = []
    with WireServer(charged) as server:
        reconciled(kind, server, progress=lambda *counts: seen.append(counts))
    assert seen == [(done, CALLS) for done in range(1, CALLS + 1)]


def test_an_error_of_the_callers_own_ends_it_without_asking_for_the_rest(
    kind: Any,
) -> None:
    numbers = itertools.count()

    def fail(settled: int, total: int) -> None:
        raise LookupError(f"the progress bar is gone at {next(numbers)}")

    with (
        WireServer(charged) as server,
        pytest.raises(LookupError, match="is gone at 0"),
    ):
        reconciled(kind, server, progress=fail)
    assert len(server.requests) < CALLS


def test_a_list_that_many_calls_need_is_read_for_all_and_counted_at_once(
    kind: Any,
) -> None:
    def empty(request: Recorded) -> bytes:
        if "page=" in request.target:
            return json_response(
                {"transactions": [], "total": 0, "page": 1, "size": 50}
            )
        return json_response({"message": "not found"}, 404)

    seen: list[tuple[int, int]] = []

    async def in_tasks(origin: str) -> None:
        async with AsyncPlexyPay(KEY, base_url=origin, allow_inferred=True) as client:
            saved = [
                await client.save_call("direct_payments.create", **facts)
                for facts in given
            ]
            await client.reconcile_all(
                saved, progress=lambda *counts: seen.append(counts)
            )

    given: list[Any] = [
        {"order_reference": f"ORD-{number}", "amount": 5641}
        for number in range(100, 100 + CALLS)
    ]
    with WireServer(empty) as server:
        if kind is AsyncPlexyPay:
            asyncio.run(in_tasks(server.origin))
        else:
            with PlexyPay(KEY, base_url=server.origin, allow_inferred=True) as client:
                saved = [
                    client.save_call("direct_payments.create", **facts)
                    for facts in given
                ]
                client.reconcile_all(
                    saved, progress=lambda *counts: seen.append(counts)
                )
    assert seen == [(CALLS, CALLS)]
    lists = [request.line for request in server.requests if "page=" in request.target]
    assert len(lists) == 1
    assert len(server.requests) == CALLS + 1
