"""What a response becomes: whatever arrives, or does not arrive whole, is a response or a typed error, never None."""

from __future__ import annotations

import gzip
import re
import zlib
from decimal import Decimal
from typing import Any

import pytest
from helpers.calls import Flavor, capturing, creating, deleting, operation, reading
from helpers.http_library import httpx
from helpers.wire import Then, WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import errors
from plexy_pay._core.operation import Request
from plexy_pay._core.response_body import Body, BodyError
from plexy_pay._core.types import Timeout
from plexy_pay.errors import (
    ApiConnectionError,
    ApiError,
    ApiTimeoutError,
    ClientError,
    DeclinedError,
    DecodingError,
    Outcome,
    OutcomeUnknownError,
    PlexyError,
    RedirectError,
    ResponseTooLargeError,
    ServerError,
)

LIMIT = 10 * 1024 * 1024
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def failure(
    flavor: Flavor, response: Any, request: Any = None, **arguments: Any
) -> Any:
    """The error of one call, which is sent once."""
    with WireServer(response) as server:
        client = flavor.client(server.origin, max_retries=0, **arguments)
        with pytest.raises(PlexyError) as caught:
            flavor.call(client, request or reading())
    assert len(server.requests) == 1
    return caught.value


# Statuses


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, RedirectError),
        (304, RedirectError),
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (402, ClientError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (408, errors.RequestTimeoutError),
        (409, errors.ConflictError),
        (418, ClientError),
        (422, errors.UnprocessableEntityError),
        (429, errors.RateLimitError),
        (499, ClientError),
        (500, errors.InternalServerError),
        (501, ServerError),
        (502, errors.BadGatewayError),
        (503, errors.ServiceUnavailableError),
        (504, errors.GatewayTimeoutError),
        (520, ServerError),
        (599, ServerError),
        (600, ApiError),
        (999, ApiError),
    ],
)
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>down</html>", b"{", b"[]", b"null", b'{"code": 2}', b"\xff\xfe"],
)
def test_any_status_gives_its_typed_error_whatever_the_body_is(
    flavor: Flavor, status: int, kind: type[ApiError], body: bytes
) -> None:
    error = failure(flavor, http(status, body))
    assert type(error) is kind
    assert error.status == status
    assert error.body == (b"" if status == 304 else body)
    assert str(status) in str(error)


def test_a_status_of_the_hundreds_below_two_is_an_error_too(flavor: Flavor) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(101))
    client = flavor.client("https://api.example", http_client=transport)
    with pytest.raises(ApiError, match="101"):
        flavor.call(client, reading())


@pytest.mark.parametrize(
    ("body", "code", "kind", "source", "message"),
    [
        (
            {
                "code": 1,
                "message": "service unavailable",
                "source": "keys",
                "type": "apiError",
            },
            "1",
            "apiError",
            "keys",
            "service unavailable",
        ),
        (
            {
                "code": "0001",
                "type": "apiError",
                "message": "wrong",
                "source": "paymentLinks",
            },
            "0001",
            "apiError",
            "paymentLinks",
            "wrong",
        ),
        ({"message": "already refunded"}, None, None, None, "already refunded"),
        (
            {
                "error": {
                    "type": "card_error",
                    "code": "declined",
                    "message": "no",
                    "param": "amount",
                }
            },
            "declined",
            "card_error",
            None,
            "no",
        ),
        ({"error": "text", "code": 1153}, "1153", None, None, None),
        ({"code": None, "message": ["odd"], "type": {}}, None, None, None, None),
        ([], None, None, None, None),
    ],
)
def test_the_apis_own_error_is_kept_as_it_came(
    flavor: Flavor,
    body: Any,
    code: str | None,
    kind: str | None,
    source: str | None,
    message: str | None,
) -> None:
    error = failure(flavor, json_response(body, 500))
    assert (error.code, error.type, error.source, error.api_message) == (
        code,
        kind,
        source,
        message,
    )
    if message:
        assert f'500 ("{message}")' in str(error)


def test_foreign_text_cannot_forge_a_line_of_a_log(flavor: Flavor) -> None:
    error = failure(
        flavor,
        json_response(
            {"message": "bad\r\n2026-01-01 INFO paid\x1b[2J" + "x" * 1000}, 400
        ),
    )
    assert str(error).isprintable()
    assert len(str(error)) < 600
    assert error.api_message.startswith("bad\r\n")


@pytest.mark.parametrize("name", ["X-Request-Id", "request-id", "X-Correlation-ID"])
def test_the_request_id_is_on_responses_and_errors(flavor: Flavor, name: str) -> None:
    assert failure(flavor, json_response({}, 500, {name: "rq-7"})).request_id == "rq-7"
    with WireServer(json_response({}, 200, {name: "rq-8"})) as server:
        assert flavor.call(flavor.client(server.origin), reading()).request_id == "rq-8"


# Successes that cannot be read


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (
            http(
                200, b"<!DOCTYPE html><html>login</html>", {"Content-Type": "text/html"}
            ),
            r"not JSON \(content type: text/html\)",
        ),
        (http(200, b"OK", {"Content-Type": "text/plain"}), "not JSON"),
        (http(200, b'{"id": '), r"not JSON \(content type: none given\)"),
        (http(200, b'{"amount": NaN}'), "not JSON"),
        (http(200, b"\xff\xfe\x00"), "not JSON"),
        (http(200, b"[" * 100_000), "not JSON"),
        (http(200), "its body is empty"),
        (http(200, b"[]"), "ValueError: a JSON object was expected"),
        (http(200, b"null"), "ValueError: a JSON object was expected"),
        (http(200, b'"text"'), "ValueError: a JSON object was expected"),
        (
            Then(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id"', close=True),
            "peer closed connection",
        ),
        (
            Then(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id"', reset=True),
            "ReadError|RemoteProtocolError",
        ),
        (Then(CHUNKED + b'5\r\n{"id"\r\n', close=True), "RemoteProtocolError"),
        (Then(CHUNKED + b'50\r\n{"id"', close=True), "RemoteProtocolError"),
        (Then(CHUNKED + b"zz\r\n{}", close=True), "RemoteProtocolError"),
        (Then(b'HTTP/1.1 200 OK\r\n\r\n{"id"', close=True), "not JSON"),
    ],
)
def test_a_success_that_cannot_be_read_is_a_decoding_error_with_what_came(
    flavor: Flavor, response: Any, problem: str
) -> None:
    error = failure(flavor, response)
    assert type(error) is DecodingError
    assert error.outcome is Outcome.UNKNOWN
    assert error.status == 200
    assert re.search(problem, str(error))


def test_an_unreadable_success_of_a_call_that_moves_money_has_an_unknown_outcome(
    flavor: Flavor,
) -> None:
    error = failure(flavor, http(200, b"<html>", {"X-Request-Id": "rq-1"}), capturing())
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is DecodingError
    assert error.body == error.cause.body == b"<html>"
    assert error.request_id == "rq-1"
    assert error.status == 200
    assert "The payment may have gone through. Do not send it again" in str(error)
    assert "order reference 'ORD-1'" in str(error)


@pytest.mark.parametrize("response", [http(200, b"OK"), http(200, b"<html>")])
def test_text_where_no_body_is_declared_is_not_taken_for_a_success(
    flavor: Flavor, response: bytes
) -> None:
    assert type(failure(flavor, response, deleting())) is DecodingError


@pytest.mark.parametrize(
    "response", [http(200), http(204), json_response({"any": 1}), http(200, b"null")]
)
def test_an_operation_without_a_declared_body_takes_an_empty_response_or_any_json(
    flavor: Flavor, response: bytes
) -> None:
    with WireServer(response) as server:
        assert flavor.call(flavor.client(server.origin), deleting()).parsed is None


def test_a_decoder_that_makes_something_of_nothing_does_not_hide_an_empty_response(
    flavor: Flavor,
) -> None:
    request = Request(operation(), path_params={"id": "1"}, decode=lambda data: [data])
    assert "its body is empty" in str(failure(flavor, http(200), request))


def test_amounts_come_exact(flavor: Flavor) -> None:
    with WireServer(
        http(200, b'{"amount": 0.1, "big": 123456789012345678.91, "whole": 15}')
    ) as server:
        parsed = flavor.call(flavor.client(server.origin), reading()).parsed
    assert parsed == {
        "amount": Decimal("0.1"),
        "big": Decimal("123456789012345678.91"),
        "whole": 15,
    }


# Declines


def test_success_false_is_a_decline_with_the_parsed_response(flavor: Flavor) -> None:
    body = {"success": False, "message": "insufficient funds", "code": 51}
    error = failure(flavor, json_response(body), capturing())
    assert type(error) is DeclinedError
    assert error.outcome is Outcome.REJECTED
    assert error.response == body
    assert error.status == 200
    assert (
        'declined it ("insufficient funds"). No money was moved by this call.'
        in str(error)
    )


def test_a_decline_that_does_not_decode_is_still_a_decline(flavor: Flavor) -> None:
    def decode(data: Any) -> dict[str, Any]:
        raise KeyError("id")

    request = capturing()
    request.decode = decode
    error = failure(flavor, json_response({"success": False}), request)
    assert type(error) is DeclinedError
    assert error.response is None
    assert error.body == b'{"success": false}'


def test_reading_a_payment_that_was_declined_is_no_failure(flavor: Flavor) -> None:
    with WireServer(json_response({"id": "tx_1", "success": False})) as server:
        assert flavor.call(flavor.client(server.origin), reading()).parsed == {
            "id": "tx_1",
            "success": False,
        }


# Sizes and encodings


def encoded(body: bytes, encoding: str, status: int = 200) -> bytes:
    return http(
        status, body, {"Content-Encoding": encoding, "Content-Type": "application/json"}
    )


def raw_deflate(data: bytes) -> bytes:
    press = zlib.compressobj(wbits=-15)
    return press.compress(data) + press.flush()


GOOD = b'{"id": "th_1"}'


@pytest.mark.parametrize(
    "raw",
    [
        encoded(GOOD, "identity"),
        encoded(gzip.compress(GOOD, mtime=0), "gzip"),
        encoded(gzip.compress(GOOD, mtime=0), "GZIP"),
        encoded(gzip.compress(GOOD, mtime=0), "x-gzip"),
        encoded(
            gzip.compress(GOOD[:5], mtime=0) + gzip.compress(GOOD[5:], mtime=0), "gzip"
        ),
        encoded(zlib.compress(GOOD), "deflate"),
        encoded(raw_deflate(GOOD), "deflate"),
    ],
)
def test_compressed_responses_are_read(flavor: Flavor, raw: bytes) -> None:
    with WireServer(raw) as server:
        response = flavor.call(flavor.client(server.origin), reading())
    assert response.parsed == {"id": "th_1"}
    assert response.content == GOOD


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (encoded(b"\x0b\x06\x80" + GOOD, "br"), "not JSON .*Content-Encoding: br"),
        (encoded(b"\x1f\x8b" + GOOD, "gzip"), "damaged"),
        (encoded(gzip.compress(GOOD, mtime=0)[:-9], "gzip"), "cut off"),
        (encoded(gzip.compress(GOOD, mtime=0)[:-4] + b"abcd", "gzip"), "damaged"),
        (encoded(zlib.compress(GOOD)[:-3], "deflate"), "cut off"),
        (encoded(gzip.compress(GOOD, mtime=0) + b"rest", "gzip"), "damaged"),
    ],
)
def test_a_response_in_a_strange_or_damaged_encoding_is_a_decoding_error(
    flavor: Flavor, response: bytes, problem: str
) -> None:
    error = failure(flavor, response)
    assert type(error) is DecodingError
    assert re.search(problem, str(error))


def test_a_compressed_error_keeps_its_type_and_message(flavor: Flavor) -> None:
    error = failure(
        flavor,
        encoded(gzip.compress(b'{"code": 5, "message": "no"}', mtime=0), "gzip", 422),
    )
    assert (type(error), error.code, error.api_message) == (
        errors.UnprocessableEntityError,
        "5",
        "no",
    )


def test_an_error_in_a_strange_encoding_keeps_its_type(flavor: Flavor) -> None:
    assert (
        type(failure(flavor, encoded(b"\x0b\x02\x80", "br", 503)))
        is errors.ServiceUnavailableError
    )


def test_a_response_up_to_the_limit_is_read_and_one_byte_more_is_not(
    flavor: Flavor,
) -> None:
    body = b'"' + b"a" * (LIMIT - 2) + b'"'
    request = Request(operation(), path_params={"id": "1"}, decode=lambda data: data)
    with WireServer(http(200, body)) as server:
        assert flavor.call(flavor.client(server.origin), request).content == body
    error = failure(flavor, http(200, body + b" "), request)
    assert type(error) is ResponseTooLargeError
    assert f"larger than {LIMIT} bytes" in str(error)


def test_the_limit_can_be_changed(flavor: Flavor) -> None:
    assert (
        type(failure(flavor, json_response({"a": "b" * 100}), max_response_bytes=50))
        is ResponseTooLargeError
    )
    with WireServer(json_response({"a": "b" * 100})) as server:
        assert (
            flavor.call(
                flavor.client(server.origin, max_response_bytes=200), reading()
            ).status_code
            == 200
        )


def test_an_announced_length_over_the_limit_is_refused_without_waiting_for_it(
    flavor: Flavor,
) -> None:
    response = Then(
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n", hang=True
    )
    assert type(failure(flavor, response)) is ResponseTooLargeError


def test_an_endless_response_is_cut_at_the_limit(flavor: Flavor) -> None:
    chunk = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    response = Then(CHUNKED + chunk * 64, hang=True)
    assert (
        type(failure(flavor, response, max_response_bytes=100_000))
        is ResponseTooLargeError
    )


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("press", [gzip.compress, zlib.compress, raw_deflate])
def test_a_few_bytes_that_would_inflate_to_a_gigabyte_are_stopped_at_the_limit(
    flavor: Flavor, status: int, press: Any
) -> None:
    bomb = press(bytes(64 * 1024 * 1024))
    encoding = "gzip" if press is gzip.compress else "deflate"
    error = failure(flavor, encoded(bomb, encoding, status), capturing())
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is (
        ResponseTooLargeError if status == 200 else errors.InternalServerError
    )
    assert len(error.body) < 100_000


def test_a_bomb_is_stopped_before_a_users_hook_reads_it(flavor: Flavor) -> None:
    seen: list[bytes] = []
    injected = flavor.reading_hook(seen)
    bomb = gzip.compress(bytes(64 * 1024 * 1024), mtime=0)
    assert (
        type(failure(flavor, encoded(bomb, "gzip"), http_client=injected))
        is ResponseTooLargeError
    )
    assert seen == []


def test_a_finished_response_of_a_custom_transport_is_read_within_the_limit(
    flavor: Flavor,
) -> None:
    headers = {"Content-Encoding": "gzip"}
    body = gzip.compress(b'{"a": "' + b"b" * 1000 + b'"}', mtime=0)
    transport = flavor.transport(
        lambda request: httpx.Response(200, headers=headers, content=body)
    )
    client = flavor.client("https://api.example", http_client=transport)
    assert flavor.call(client, reading()).parsed == {"a": "b" * 1000}
    client = flavor.client(
        "https://api.example", http_client=transport, max_response_bytes=500
    )
    with pytest.raises(ResponseTooLargeError):
        flavor.call(client, reading())


@given(
    st.binary(max_size=2000),
    st.integers(1, 1500),
    st.sampled_from(["", "gzip", "deflate", "raw"]),
)
def test_a_body_is_given_whole_or_refused_and_never_larger_than_the_limit(
    data: bytes, limit: int, encoding: str
) -> None:
    press = {
        "": bytes,
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "raw": raw_deflate,
    }[encoding]
    sent = press(data)
    body = Body({"content-encoding": encoding.replace("raw", "deflate")}, limit)
    try:
        for start in range(0, len(sent), 7):
            body.add(sent[start : start + 7])
        assert body.decoded() == data
    except BodyError as error:
        assert error.kind == "too_large"
        assert max(len(sent), len(data)) > limit
    else:
        assert len(data) <= limit


# No response


@pytest.mark.parametrize(
    "response",
    [
        Then(close=True),
        Then(reset=True),
        Then(b"HTTP/1.1 200 O", close=True),
        Then(b"not http at all\r\n\r\n", close=True),
        Then(b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n", close=True),
        Then(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", close=True),
        Then(b"HTTP/1.1 200 OK\r\nX-Huge: " + b"a" * 300_000 + b"\r\n\r\n", close=True),
        Then(b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 30_000 + b"\r\n", close=True),
    ],
)
def test_a_connection_that_breaks_before_the_response_is_a_connection_error(
    flavor: Flavor, response: Then
) -> None:
    error = failure(flavor, response)
    assert type(error) is ApiConnectionError
    assert error.outcome is Outcome.UNKNOWN
    assert error.status is None
    assert "the connection failed" in str(error)
    error = failure(flavor, response, capturing())
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is ApiConnectionError


def test_no_response_in_time_on_a_call_that_moves_money_says_what_to_do(
    flavor: Flavor,
) -> None:
    timeout = Timeout(5.0, 0.05, 5.0, 5.0, 60.0)
    error = failure(flavor, Then(hang=True), capturing(), timeout=timeout)
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is ApiTimeoutError
    assert str(error) == (
        "payments.capture: no response came in time: ReadTimeout. The payment may have gone through. "
        "Do not send it again; use error.reconcile(), or look it up by its order reference 'ORD-1' first."
    )


def test_a_response_whose_end_does_not_come_in_time_is_a_timeout_with_its_status(
    flavor: Flavor,
) -> None:
    response = Then(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id"', hang=True)
    error = failure(flavor, response, timeout=Timeout(5.0, 0.05, 5.0, 5.0, 60.0))
    assert type(error) is ApiTimeoutError
    assert (error.status, error.body, error.outcome) == (200, b'{"id"', Outcome.UNKNOWN)


def test_a_refused_connection_means_that_nothing_was_sent(flavor: Flavor) -> None:
    with WireServer() as server:
        pass
    with pytest.raises(
        ApiConnectionError,
        match="Nothing was sent, no money moved: it is safe to call again",
    ) as caught:
        flavor.call(flavor.client(server.origin, max_retries=0), capturing())
    assert caught.value.outcome is Outcome.NOT_SENT


def test_a_host_without_an_address_means_that_nothing_was_sent(flavor: Flavor) -> None:
    with pytest.raises(ApiConnectionError) as caught:
        flavor.call(
            flavor.client("https://no-such-host.invalid", max_retries=0), capturing()
        )
    assert caught.value.outcome is Outcome.NOT_SENT


# What errors know of the call


def test_an_error_knows_its_call(flavor: Flavor) -> None:
    error = failure(
        flavor,
        json_response({"code": 4}, 404, {"Retry-After": "7", "X-Request-Id": "r"}),
        capturing(),
    )
    assert (error.operation, error.method, error.path) == (
        "payments.capture",
        "POST",
        "/v1/payments/{id}/capture",
    )
    assert (error.status, error.attempts, error.request_id, error.retry_after) == (
        404,
        1,
        "r",
        7.0,
    )
    assert (error.order_reference, error.idempotency_key, error.outcome) == (
        "ORD-1",
        None,
        Outcome.REJECTED,
    )
    assert error.message == str(error)


def test_the_order_reference_is_found_in_the_path_too(flavor: Flavor) -> None:
    request = Request(
        operation(
            path="/v1/by-order-reference/{order_reference}",
            facts={"order_reference": "$request.path.order_reference"},
        ),
        path_params={"order_reference": "ORD-9"},
        decode=lambda data: data,
    )
    assert failure(flavor, http(404), request).order_reference == "ORD-9"


@pytest.mark.parametrize(
    ("request_made", "response", "meaning"),
    [
        (capturing(), http(422), "No money was moved by this call."),
        (creating({}), http(422), "The call was not carried out."),
        (capturing(), http(500), "look it up by its order reference 'ORD-1' first."),
        (
            capturing({"amount": 1}),
            http(500),
            "look it up with a retrieve or list call first.",
        ),
        (
            creating({}),
            http(500),
            "It may have been carried out: look before you call again.",
        ),
        (reading(), http(500), "This call only reads: it is safe to call again."),
        (
            creating(
                {"requestId": "k-1"}, moves_money=True, idempotency_key="requestId"
            ),
            http(500),
            "Call again only with the same key, 'k-1'.",
        ),
    ],
)
def test_an_error_says_what_it_means_and_what_to_do(
    flavor: Flavor, request_made: Any, response: bytes, meaning: str
) -> None:
    assert str(failure(flavor, response, request_made)).endswith(meaning)
