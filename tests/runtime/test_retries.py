"""When a call is sent again by itself, how long it waits, and what an earlier attempt means for the outcome."""

from __future__ import annotations

import asyncio
import threading
from email.utils import formatdate
from typing import Any

import pytest
from helpers.calls import KEY, Flavor, Recording, capturing, creating, deleting, reading
from helpers.wire import Then, WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import AsyncPlexyPay, errors
from plexy_pay._core.retries import LONGEST_WAIT, Pace, in_milliseconds, retry_after
from plexy_pay._core.types import Timeout
from plexy_pay.errors import (
    ApiConnectionError,
    ApiTimeoutError,
    ConflictError,
    DecodingError,
    Outcome,
    OutcomeUnknownError,
    PlexyError,
    RateLimitError,
)

BACKOFF = [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
OK = json_response({"success": True})
IDEMPOTENT = {"idempotency_key": "requestId"}


def run(
    flavor: Flavor,
    request: Any,
    *responses: Any,
    pace: Recording | None = None,
    **arguments: Any,
) -> Any:
    """The response or error of one call, and what was slept; the responses must all be asked for."""
    pace = pace or Recording()
    with WireServer(*responses) as server:
        client = flavor.client(server.origin, pace=pace, **arguments)
        try:
            result = flavor.call(client, request)
        except PlexyError as error:
            result = error
    return result, pace.slept, server.requests


# What is sent again


@pytest.mark.parametrize(
    "response",
    [
        http(500),
        http(503),
        Then(close=True),
        Then(reset=True),
        http(408),
        http(200, b"<"),
    ],
)
@pytest.mark.parametrize("make", [capturing, lambda: creating({}), deleting])
def test_a_call_that_may_have_been_carried_out_is_sent_once(
    flavor: Flavor, response: Any, make: Any
) -> None:
    error, slept, requests = run(flavor, make(), response)
    assert isinstance(error, PlexyError)
    assert error.outcome is Outcome.UNKNOWN
    assert error.attempts == len(requests) == 1
    assert slept == []


def test_a_money_moving_post_that_got_a_500_was_sent_once(flavor: Flavor) -> None:
    error, _, requests = run(
        flavor, capturing(), json_response({"message": "already refunded"}, 500)
    )
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is errors.InternalServerError
    assert [request.line for request in requests] == [
        "POST /v1/payments/tx_1/capture HTTP/1.1"
    ]


@pytest.mark.parametrize(
    "raw",
    [
        http(500),
        http(502, b"<html>"),
        http(520),
        http(408),
        http(429),
        Then(close=True),
        Then(reset=True),
        Then(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", close=True),
    ],
)
def test_a_get_is_sent_again(flavor: Flavor, raw: Any) -> None:
    response, slept, requests = run(flavor, reading(), raw, raw, OK)
    assert response.parsed == {"success": True}
    assert response.attempts == len(requests) == 3
    assert slept == [0.5, 1.0]


@pytest.mark.parametrize("status", [300, 307, 400, 401, 403, 404, 409, 410, 422])
def test_a_response_that_another_attempt_would_not_change_is_final(
    flavor: Flavor, status: int
) -> None:
    error, slept, requests = run(flavor, reading(), http(status))
    assert error.attempts == len(requests) == 1
    assert slept == []


@pytest.mark.parametrize(
    "response", [http(200, b"<html>"), http(200), http(200, b"[]")]
)
def test_a_whole_response_that_does_not_fit_is_final(
    flavor: Flavor, response: bytes
) -> None:
    error, _, requests = run(flavor, reading(), response)
    assert type(error) is DecodingError
    assert len(requests) == 1


def test_a_call_that_moves_money_is_sent_again_after_a_429(flavor: Flavor) -> None:
    response, slept, requests = run(
        flavor, capturing(), http(429), http(429, headers={"Retry-After": "3"}), OK
    )
    assert response.attempts == 3
    assert slept == [0.5, 3.0]
    assert {request.body for request in requests} == {
        b'{"amount":5641,"orderReference":"ORD-1"}'
    }


def test_a_429_to_the_end_is_a_rejection(flavor: Flavor) -> None:
    error, _, requests = run(
        flavor, capturing(), http(429, headers={"Retry-After": "3"})
    )
    assert type(error) is RateLimitError
    assert (error.outcome, error.attempts, error.retry_after) == (
        Outcome.REJECTED,
        3,
        3.0,
    )
    assert len(requests) == 3


def test_a_call_that_was_not_sent_is_sent_again_even_if_it_moves_money(
    flavor: Flavor,
) -> None:
    with WireServer() as server:
        pass
    pace = Recording()
    with pytest.raises(ApiConnectionError) as caught:
        flavor.call(flavor.client(server.origin, pace=pace), capturing())
    assert (caught.value.outcome, caught.value.attempts) == (Outcome.NOT_SENT, 3)
    assert pace.slept == [0.5, 1.0]


def test_an_operation_that_its_key_makes_idempotent_is_sent_again_with_the_same_key(
    flavor: Flavor,
) -> None:
    request = capturing({"requestId": "k-1", "amount": 5}, **IDEMPOTENT)
    response, _, requests = run(flavor, request, Then(close=True), http(500), OK)
    assert (response.attempts, response.idempotency_key) == (3, "k-1")
    assert {sent.body for sent in requests} == {b'{"requestId":"k-1","amount":5}'}


def test_the_key_of_an_idempotent_operation_may_be_a_header(flavor: Flavor) -> None:
    request = capturing({"amount": 5}, idempotency_key="Idempotency-Key")
    request.headers = {"Idempotency-Key": "k-2"}
    response, _, requests = run(flavor, request, http(500), OK)
    assert (response.attempts, response.idempotency_key) == (2, "k-2")
    assert [sent.values("idempotency-key") for sent in requests] == [["k-2"], ["k-2"]]


def test_an_idempotent_operation_without_its_key_is_sent_once(flavor: Flavor) -> None:
    error, _, requests = run(flavor, capturing({"amount": 5}, **IDEMPOTENT), http(500))
    assert type(error) is OutcomeUnknownError
    assert error.idempotency_key is None
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("client", "option", "sent"), [(2, None, 3), (0, None, 1), (5, 1, 2), (0, 3, 4)]
)
def test_the_number_of_retries_is_the_clients_or_the_calls(
    flavor: Flavor, client: int, option: int | None, sent: int
) -> None:
    pace = Recording()
    with WireServer(http(500)) as server:
        made = flavor.client(server.origin, pace=pace, max_retries=client)
        with pytest.raises(PlexyError) as caught:
            flavor.call(
                made, reading(), None if option is None else {"max_retries": option}
            )
    assert caught.value.attempts == len(server.requests) == sent
    assert pace.slept == BACKOFF[: sent - 1]


# Outcomes over several attempts


def test_a_rejection_after_an_unknown_attempt_leaves_the_outcome_unknown(
    flavor: Flavor,
) -> None:
    request = capturing({"requestId": "k-1"}, **IDEMPOTENT)
    error, _, _ = run(
        flavor,
        request,
        Then(close=True),
        json_response({"message": "duplicate requestId"}, 409),
    )
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is ConflictError
    assert error.cause.outcome is Outcome.UNKNOWN
    assert error.idempotency_key == "k-1"
    assert "Call again only with the same key, 'k-1'" in str(error)


def test_a_decline_after_an_unknown_attempt_leaves_the_outcome_unknown(
    flavor: Flavor,
) -> None:
    request = capturing({"requestId": "k-1"}, **IDEMPOTENT)
    error, _, _ = run(flavor, request, http(500), json_response({"success": False}))
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is errors.DeclinedError


def test_a_refused_connection_after_an_unknown_attempt_leaves_the_outcome_unknown(
    flavor: Flavor,
) -> None:
    class Gone(Recording):
        def sleep(self, seconds: float) -> None:
            server.__exit__()
            super().sleep(seconds)

    request = capturing({"requestId": "k-1"}, **IDEMPOTENT)
    server = WireServer(Then(http(500), close=True))
    with server, pytest.raises(OutcomeUnknownError) as caught:
        flavor.call(flavor.client(server.origin, pace=Gone(), max_retries=1), request)
    assert type(caught.value.cause) is ApiConnectionError
    assert caught.value.attempts == 2


def test_a_rejection_after_a_429_is_a_rejection(flavor: Flavor) -> None:
    error, _, _ = run(flavor, capturing(), http(429), http(422))
    assert type(error) is errors.UnprocessableEntityError
    assert (error.outcome, error.attempts) == (Outcome.REJECTED, 2)


def test_a_success_after_an_unknown_attempt_is_a_success(flavor: Flavor) -> None:
    response, _, _ = run(
        flavor, capturing({"requestId": "k"}, **IDEMPOTENT), http(500), OK
    )
    assert response.parsed == {"success": True}


# Waiting


def test_the_wait_doubles_up_to_a_limit_and_is_a_random_part_of_that(
    flavor: Flavor,
) -> None:
    _, slept, _ = run(flavor, reading(), http(500), max_retries=6)
    assert slept == BACKOFF
    _, slept, _ = run(
        flavor, reading(), http(500), max_retries=6, pace=Recording(dice=0.25)
    )
    assert slept == [wait / 4 for wait in BACKOFF]


WALL = Recording().wall


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", 0.0),
        ("2", 2.0),
        ("1.5", 1.5),
        (" 7 ", 7.0),
        ("600", LONGEST_WAIT),
        (formatdate(WALL + 20, usegmt=True), 20.0),
        (formatdate(WALL + 3600, usegmt=True), LONGEST_WAIT),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_and_capped(
    flavor: Flavor, value: str, wait: float, status: int
) -> None:
    _, slept, _ = run(
        flavor, reading(), http(status, headers={"Retry-After": value}), OK
    )
    assert slept == [wait]


@pytest.mark.parametrize(
    "value",
    [
        "-1",
        "soon",
        "",
        "nan",
        "inf",
        "1e9",
        "99999999999999999999999",
        "9" * 400,
        "1.2.3",
        "\u0662",
        formatdate(WALL - 20, usegmt=True),
        formatdate(WALL, usegmt=True),
        formatdate(WALL + 10 * 86_400, usegmt=True),
        "Mon, 99 Foo 2026 99:99:99 GMT",
        "Sun, 06 Nov 9999999999 08:49:37 GMT",
    ],
)
def test_a_retry_after_that_tells_nothing_is_ignored(value: str) -> None:
    assert retry_after(value, WALL) is None


def test_an_ignored_retry_after_falls_back_to_the_backoff(flavor: Flavor) -> None:
    _, slept, _ = run(flavor, reading(), http(429, headers={"Retry-After": "-5"}), OK)
    assert slept == [0.5]


@given(st.text(), st.floats(0, 4e9))
def test_any_retry_after_is_nothing_or_a_wait_of_at_most_a_day(
    value: str, now: float
) -> None:
    seconds = retry_after(value, now)
    assert seconds is None or 0 <= seconds <= 86_400


# The total time


def test_no_retry_starts_when_its_wait_would_pass_the_total_time(
    flavor: Flavor,
) -> None:
    timeout = Timeout(total=1.2)
    error, slept, requests = run(
        flavor, reading(), http(500), max_retries=9, timeout=timeout
    )
    assert slept == [0.5]
    assert error.attempts == len(requests) == 2


def test_a_retry_after_beyond_the_total_time_is_left_to_the_caller(
    flavor: Flavor,
) -> None:
    response = http(429, headers={"Retry-After": "50"})
    error, slept, _ = run(flavor, capturing(), response, timeout=Timeout(total=20))
    assert type(error) is RateLimitError
    assert (error.attempts, error.retry_after, slept) == (1, 50.0, [])


class Late(Recording):
    """A clock that is 500 seconds on once a response was sent. Who reads it meanwhile waits for that."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.sent = threading.Event(), threading.Event()

    def monotonic(self) -> float:
        if self.asked.is_set():
            assert self.sent.wait(60)
        return self.now

    def respond(self, data: bytes, *, hang: bool = False) -> Then:
        self.asked.set()
        self.now += 500
        return Then(data, hang=hang, sent=self.sent)


def test_a_response_that_drips_ends_with_the_total_time(flavor: Flavor) -> None:
    pace = Late()
    dripping = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n"
    )
    with WireServer(lambda _: pace.respond(dripping, hang=True)) as server:
        with pytest.raises(OutcomeUnknownError) as caught:
            flavor.call(
                flavor.client(server.origin, pace=pace, max_retries=0), capturing()
            )
    assert type(caught.value.cause) is ApiTimeoutError
    assert caught.value.status == 200
    assert caught.value.body == b"{"


def test_a_response_that_came_whole_counts_even_if_it_came_late(flavor: Flavor) -> None:
    pace = Late()
    response, _, _ = run(flavor, capturing(), lambda _: pace.respond(OK), pace=pace)
    assert response.parsed == {"success": True}
    assert response.elapsed == 500


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"]
)
def test_an_async_call_is_stopped_at_its_total_time(head: bytes) -> None:
    async def main(origin: str) -> None:
        timeout = Timeout(connect=30, read=30, write=30, pool=30, total=0.1)
        async with AsyncPlexyPay(KEY, base_url=origin, timeout=timeout) as client:
            with pytest.raises(OutcomeUnknownError) as caught:
                await client.execute(capturing())
        assert type(caught.value.cause) is ApiTimeoutError
        assert caught.value.status == (200 if head else None)

    with WireServer(Then(head, hang=True)) as server:
        asyncio.run(main(server.origin))


def test_the_real_clocks_and_dice_are_what_they_seem() -> None:
    pace = Pace()
    assert 0 <= pace.random() < 1
    assert pace.monotonic() <= pace.monotonic()
    assert pace.time() > 1_700_000_000
    pace.sleep(0)
    asyncio.run(pace.sleep_async(0))


@given(st.floats(0, 86_400))
def test_a_wait_has_three_decimals_at_most_and_is_never_shorter(seconds: float) -> None:
    shown = in_milliseconds(seconds)
    assert seconds <= shown <= seconds + 0.0011
    assert len(repr(shown).partition(".")[2]) <= 3


@pytest.mark.parametrize(
    ("asked", "shown"), [("7", 7.0), ("0.1234", 0.124), ("4.035", 4.035)]
)
def test_a_retry_after_of_many_digits_is_shown_with_three(
    asked: str, shown: float
) -> None:
    assert retry_after(asked, WALL) == shown


def test_a_retry_after_that_is_a_date_is_shown_with_three_decimals() -> None:
    assert retry_after(formatdate(WALL + 30, usegmt=True), WALL + 0.123_456_7) == 29.877
