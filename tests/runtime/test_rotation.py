"""Several active keys: a 401 moves on, the working key stays, threads and tasks share what was learnt."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from helpers.calls import (
    KEY,
    OTHER_KEY,
    Flavor,
    Recording,
    capturing,
    creating,
    reading,
)
from helpers.wire import Recorded, WireServer, http, json_response
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay.errors import AuthenticationError, Outcome, OutcomeUnknownError

THIRD_KEY = "pr_thirdThirdThirdThird1"


class Gate:
    """Answers 401 to every key but the accepted one."""

    def __init__(self, accepted: str) -> None:
        self.accepted = accepted

    def __call__(self, request: Recorded) -> bytes:
        if request.values("authorization") != [self.accepted]:
            return json_response({"code": 3, "message": "unknown key"}, 401)
        return json_response({"success": True})


def used(server: WireServer) -> list[str]:
    return [request.values("authorization")[0] for request in server.requests]


def test_a_401_moves_on_to_the_next_key_and_the_body_is_sent_again_whole(
    flavor: Flavor,
) -> None:
    with WireServer(Gate(OTHER_KEY)) as server:
        response = flavor.call(
            flavor.client(server.origin, [KEY, OTHER_KEY]), capturing()
        )
    assert response.parsed == {"success": True}
    assert response.attempts == 2
    assert used(server) == [KEY, OTHER_KEY]
    first, second = server.requests
    assert first.body == second.body == b'{"amount":5641,"orderReference":"ORD-1"}'
    assert first.line == second.line


def test_the_working_key_is_kept_for_later_requests(flavor: Flavor) -> None:
    with WireServer(Gate(OTHER_KEY)) as server:
        client = flavor.client(server.origin, [KEY, OTHER_KEY])
        for _ in range(3):
            flavor.call(client, reading())
    assert used(server) == [KEY, OTHER_KEY, OTHER_KEY, OTHER_KEY]


def test_it_moves_back_when_the_working_key_is_revoked(flavor: Flavor) -> None:
    gate = Gate(OTHER_KEY)
    with WireServer(gate) as server:
        client = flavor.client(server.origin, [KEY, OTHER_KEY])
        flavor.call(client, reading())
        gate.accepted = KEY
        flavor.call(client, reading())
        flavor.call(client, reading())
    assert used(server) == [KEY, OTHER_KEY, OTHER_KEY, KEY, KEY]


def test_each_key_is_tried_once_in_a_request(flavor: Flavor) -> None:
    with WireServer(Gate("pr_nobody")) as server:
        client = flavor.client(server.origin, [KEY, OTHER_KEY, THIRD_KEY])
        with pytest.raises(AuthenticationError, match="Check the API key") as caught:
            flavor.call(client, capturing())
    assert used(server) == [KEY, OTHER_KEY, THIRD_KEY]
    assert caught.value.attempts == 3
    assert caught.value.outcome is Outcome.REJECTED


def test_changing_the_key_takes_no_retry_and_no_time(flavor: Flavor) -> None:
    pace = Recording()
    with WireServer(Gate(OTHER_KEY)) as server:
        flavor.call(
            flavor.client(server.origin, [KEY, OTHER_KEY], pace=pace, max_retries=0),
            capturing(),
        )
    assert pace.slept == []


def test_only_a_401_changes_the_key(flavor: Flavor) -> None:
    for status in (400, 403, 404, 422, 500):
        with WireServer(http(status)) as server:
            client = flavor.client(server.origin, [KEY, OTHER_KEY], max_retries=0)
            with pytest.raises(Exception, match=str(status)):
                flavor.call(client, creating({}))
        assert used(server) == [KEY]


def test_a_failure_of_the_second_key_keeps_the_outcome_of_that_attempt(
    flavor: Flavor,
) -> None:
    with WireServer(http(401), http(500)) as server:
        with pytest.raises(OutcomeUnknownError) as caught:
            flavor.call(flavor.client(server.origin, [KEY, OTHER_KEY]), capturing())
    assert caught.value.attempts == 2
    assert used(server) == [KEY, OTHER_KEY]


def test_a_response_that_proves_nothing_about_the_key_does_not_make_it_the_working_one(
    flavor: Flavor,
) -> None:
    with WireServer(http(401), http(503), Gate(KEY)) as server:
        client = flavor.client(server.origin, [KEY, OTHER_KEY], max_retries=0)
        with pytest.raises(Exception, match="503"):
            flavor.call(client, reading())
        flavor.call(client, reading())
    assert used(server) == [KEY, OTHER_KEY, KEY]


def test_the_working_key_is_kept_for_a_callable_that_gives_several(
    flavor: Flavor,
) -> None:
    with WireServer(Gate(OTHER_KEY)) as server:
        client = flavor.client(server.origin, lambda: [KEY, OTHER_KEY])
        flavor.call(client, reading())
        flavor.call(client, reading())
    assert used(server) == [KEY, OTHER_KEY, OTHER_KEY]


def test_threads_share_a_client_while_the_key_changes_under_them() -> None:
    gate = Gate(KEY)

    def work(number: int) -> Any:
        if number == 40:
            gate.accepted = OTHER_KEY
        return client.execute(creating({"number": number})).parsed

    with (
        WireServer(gate) as server,
        PlexyPay([KEY, OTHER_KEY], base_url=server.origin) as client,
    ):
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(work, range(80)))
        client.execute(reading())
    assert results == [{"success": True}] * 80
    assert {request.body for request in server.requests} == {
        b'{"number":%d}' % number for number in range(80)
    } | {b""}
    assert used(server)[-1] == OTHER_KEY
    # Each call needs one request, or two while the key changes; at most the calls in flight met the revoked key.
    assert len(server.requests) <= 80 + 1 + 8


def test_tasks_share_a_client_while_the_key_changes_under_them() -> None:
    gate = Gate(KEY)

    async def main(origin: str) -> list[Any]:
        async with AsyncPlexyPay([KEY, OTHER_KEY], base_url=origin) as client:

            async def work(number: int) -> Any:
                if number == 40:
                    gate.accepted = OTHER_KEY
                return (await client.execute(creating({"number": number}))).parsed

            results = await asyncio.gather(*(work(number) for number in range(80)))
            await client.execute(reading())
            return results

    with WireServer(gate) as server:
        results = asyncio.run(main(server.origin))
    assert results == [{"success": True}] * 80
    assert used(server)[-1] == OTHER_KEY
    bodies = {request.body for request in server.requests if request.body}
    assert bodies == {b'{"number":%d}' % number for number in range(80)}
