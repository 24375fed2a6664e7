"""Responses that differ from the spec: what is logged, how often, and what `strict=True` makes of it."""

from __future__ import annotations

import logging
import pickle
from concurrent.futures import ThreadPoolExecutor
from string import ascii_letters
from typing import Any

import pytest
from helpers.calls import KEY, OTHER_KEY, AsyncFlavor, Flavor, capturing, operation
from helpers.wire import WireServer, http, json_response
from plexy_pay import (
    Difference,
    Money,
    OutcomeUnknownError,
    Undetermined,
    UnexpectedResponseError,
    webhooks,
)
from plexy_pay._core import drift
from plexy_pay._core.decoding import ArrayBody, ObjectBody
from plexy_pay._core.operation import Request
from plexy_pay.errors import (
    BadRequestError,
    DeclinedError,
    DecodingError,
    Outcome,
    PlexyError,
)
from plexy_pay.models import (
    PaymentLink,
    RefundPaymentResponse,
    Transaction,
    TransactionList,
)

ODD_LINK = {
    "id": "pl_1",
    "url": 7,
    "status": "dormant",
    "brandNew": {"secret": "4400430000000000"},
}
ODD_REFUND = {"id": "tx_2", "responseCode": "00", "authCode": 123456}


@pytest.fixture(autouse=True)
def _nothing_reported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "_reported", {})


def link(**changes: Any) -> Request[PaymentLink]:
    """A GET of a payment link."""
    return Request(
        operation(**changes), path_params={"id": "pl_1"}, decode=ObjectBody(PaymentLink)
    )


def refund() -> Request[Any]:
    """A POST that moves money."""
    request: Request[Any] = capturing()
    request.decode = ObjectBody(RefundPaymentResponse)
    return request


def parsed(
    flavor: Flavor, payload: Any, request: Request[Any] | None = None, **arguments: Any
) -> Any:
    """What a client makes of a response."""
    with WireServer(json_response(payload)) as server:
        client = flavor.client(server.origin, max_retries=0, **arguments)
        return flavor.call(client, request or link()).parsed


def failure(
    flavor: Flavor, payload: Any, request: Request[Any] | None = None, **arguments: Any
) -> Any:
    """The error that a strict client raises, after one request."""
    with WireServer(json_response(payload)) as server:
        client = flavor.client(server.origin, max_retries=2, strict=True, **arguments)
        with pytest.raises(PlexyError) as caught:
            flavor.call(client, request or link())
    assert len(server.requests) == 1
    return caught.value


def records(caplog: pytest.LogCaptureFixture) -> list[Any]:
    """What the drift logger wrote; servers of other tests may write too."""
    return [record for record in caplog.records if record.name == "plexy_pay.drift"]


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, str, str, str]]:
    """The records, by their attributes."""
    return [
        (one.operation, one.pointer, one.kind, one.expected, one.seen)
        for one in records(caplog)
    ]


def test_each_difference_is_one_record_without_a_value(
    flavor: Flavor, caplog: pytest.LogCaptureFixture
) -> None:
    made = parsed(flavor, ODD_LINK)
    assert (made.url, made.status, made["brandNew"]) == (
        7,
        "dormant",
        ODD_LINK["brandNew"],
    )
    assert told(caplog) == [
        ("things.retrieve", "/url", "type", "string", "integer"),
        ("things.retrieve", "/status", "unknown-value", "PaymentLinkStatus", "string"),
        ("things.retrieve", "/brandNew", "unknown-field", "absent", "object"),
    ]
    assert {record.levelno for record in records(caplog)} == {logging.WARNING}
    texts = [record.getMessage() for record in records(caplog)]
    assert "things.retrieve: the response differs from the spec at /url" in texts[0]
    assert not any(
        word in text for text in texts for word in ("4400", "dormant", "secret", "pl_1")
    )


def test_a_difference_is_reported_once_for_each_operation(
    flavor: Flavor, caplog: pytest.LogCaptureFixture
) -> None:
    for call in ("links.retrieve", "links.retrieve", "links.cancel"):
        parsed(flavor, {"id": 1}, link(call=call))
    parsed(flavor, {"id": None}, link(call="links.retrieve"))
    assert [(found[0], found[4]) for found in told(caplog)] == [
        ("links.retrieve", "integer"), ("links.cancel", "integer"), ("links.retrieve", "null"),
    ]  # fmt: skip


def test_a_response_that_fits_and_an_error_report_nothing(
    flavor: Flavor, caplog: pytest.LogCaptureFixture
) -> None:
    parsed(
        flavor,
        {"id": "pl_1", "metadata": {"own": 5}, "createdAt": "2026-01-02T03:04:05Z"},
    )
    with (
        WireServer(json_response(ODD_LINK, 400)) as server,
        pytest.raises(BadRequestError),
    ):
        flavor.call(flavor.client(server.origin), link())
    assert told(caplog) == []


def test_the_rows_of_a_list_are_one_place(
    flavor: Flavor, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{"transactionId": str(number), "rrn": number} for number in range(50)]
    request: Request[Any] = Request(
        operation(), path_params={"id": 1}, decode=ObjectBody(TransactionList)
    )
    parsed(flavor, {"data": rows}, request)
    request.decode = ArrayBody(Transaction)
    parsed(flavor, rows, request)
    assert [found[1] for found in told(caplog)] == ["/data/*/rrn", "/*/rrn"]


def test_many_threads_report_a_difference_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = [
        Difference(f"/field{number}", "type", "string", "null") for number in range(20)
    ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(drift.report, ["things.list"] * 64, [found] * 64))
    assert len(told(caplog)) == 20


def test_the_memory_of_what_was_reported_is_bounded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(1500):
        drift.report(
            "things.list", [Difference(f"/field{number}", "type", "string", "null")]
        )
    assert len(told(caplog)) == 1000


def test_a_log_filter_that_fails_does_not_cost_the_response(flavor: Flavor) -> None:
    def fail(record: logging.LogRecord) -> bool:
        raise RuntimeError("a filter of the user's")

    logger = logging.getLogger("plexy_pay.drift")
    logger.addFilter(fail)
    try:
        assert parsed(flavor, ODD_LINK).id == "pl_1"
    finally:
        logger.removeFilter(fail)


def test_a_strict_client_takes_a_response_that_fits(flavor: Flavor) -> None:
    assert parsed(flavor, {"id": "pl_1"}, strict=True).id == "pl_1"


def test_a_strict_client_raises_with_the_whole_response(flavor: Flavor) -> None:
    error = failure(flavor, ODD_LINK)
    assert type(error) is UnexpectedResponseError
    assert isinstance(error, DecodingError)
    assert (error.outcome, error.status, error.attempts) == (Outcome.UNKNOWN, 200, 1)
    assert error.response.parsed.url == 7
    assert (error.response.status_code, error.response.attempts) == (200, 1)
    assert b"dormant" in error.response.content
    assert [one.pointer for one in error.differences] == [
        "/url",
        "/status",
        "/brandNew",
    ]
    assert "/url (type: expected string, seen integer)" in str(error)
    assert "safe to call again" in str(error)
    assert not any(word in f"{error} {error!r}" for word in ("4400", "dormant"))


def test_with_money_a_strict_client_says_not_to_send_it_again(flavor: Flavor) -> None:
    error = failure(flavor, ODD_REFUND, refund())
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is UnexpectedResponseError
    assert error.response.parsed.auth_code == 123456
    assert error.response is error.cause.response
    for words in (
        "by its status the call was carried out",
        "/authCode",
        "Do not send it again",
    ):
        assert words in str(error)


def test_the_error_of_a_strict_client_survives_pickling(flavor: Flavor) -> None:
    error = pickle.loads(pickle.dumps(failure(flavor, ODD_REFUND, refund())))
    assert error.response.parsed == RefundPaymentResponse.from_dict(ODD_REFUND)
    assert error.response.headers["content-type"] == "application/json"
    assert error.cause.differences == (
        Difference("/authCode", "type", "string", "integer"),
    )


def test_a_key_that_the_api_quotes_is_not_in_the_error(flavor: Flavor) -> None:
    error = failure(flavor, {**ODD_LINK, "description": f"made with {KEY}"})
    assert error.response.parsed.description == "made with ********"
    assert KEY.encode() not in pickle.dumps(error) + error.response.content
    assert OTHER_KEY not in str(error)


def test_a_decline_stays_a_decline(flavor: Flavor) -> None:
    error = failure(flavor, {"success": False, **ODD_REFUND}, refund())
    assert type(error) is DeclinedError
    assert error.outcome is Outcome.REJECTED


def test_a_response_of_the_wrong_kind_as_a_whole_cannot_be_read(flavor: Flavor) -> None:
    with (
        WireServer(json_response([ODD_LINK])) as server,
        pytest.raises(DecodingError, match="an array") as caught,
    ):
        flavor.call(flavor.client(server.origin), link())
    assert not isinstance(caught.value, UnexpectedResponseError)


@pytest.mark.parametrize("number", [b"1e99999999999999999999", b"1" * 5000])
def test_a_number_that_no_program_can_hold_cannot_be_read(
    flavor: Flavor, number: bytes
) -> None:
    for status, kind in ((200, DecodingError), (400, BadRequestError)):
        with (
            WireServer(http(status, b'{"id": %b}' % number)) as server,
            pytest.raises(kind),
        ):
            flavor.call(flavor.client(server.origin), link())


def test_the_look_ups_of_reconcile_are_checked_too(
    flavor: Flavor, caplog: pytest.LogCaptureFixture
) -> None:
    def settled(result: Any) -> Any:
        return flavor.runner.run(result) if isinstance(flavor, AsyncFlavor) else result

    for strict in (False, True):
        with WireServer(json_response({"transactionId": 7, "brandNew": 1})) as server:
            client = flavor.client(server.origin, strict=strict)
            saved = settled(
                client.save_call("payments.refund", id="tx_1", amount=Money("5", "KZT"))
            )
            found = settled(client.reconcile(saved))
        assert isinstance(found, Undetermined)
        assert ("UnexpectedResponseError" in found.reason) is strict
    assert {"/brandNew", "/transactionId"} <= {found[1] for found in told(caplog)}


def test_an_event_whose_data_is_no_object_is_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = webhooks.TokenSecret("whk_0a1B2c3D4e5F")
    body = b'{"name": "transaction.charged", "data": [1]}'
    event = webhooks.unwrap(body, webhooks.sign(body, secret=secret), secret=secret)
    assert isinstance(event, webhooks.UnknownEvent)
    assert told(caplog) == [
        ("webhooks.transaction.charged", "", "type", "object", "array")
    ]


def test_of_a_hostile_response_no_more_differences_are_kept_than_are_reported(
    flavor: Flavor,
) -> None:
    names = (a + b + c for a in ascii_letters for b in ascii_letters for c in "_ab")
    error = failure(flavor, {"id": "pl_1", **dict.fromkeys(names, 1)})
    assert len(error.differences) == 1000
