"""What a response proves of a call that moves money: nobody may pay again because of one that proves nothing."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
from helpers.calls import Flavor, Recording, capturing, creating, reading
from helpers.wire import WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay._core.decoding import ObjectBody
from plexy_pay._core.operation import Request
from plexy_pay._core.proof import INTERRUPTED, REFUSALS, Success, refuses, success_of
from plexy_pay.errors import (
    ClientError,
    DeclinedError,
    DecodingError,
    Outcome,
    OutcomeUnknownError,
    PlexyError,
    UnexpectedResponseError,
)
from plexy_pay.models import RefundPaymentResponse

PROVEN = [
    400,
    401,
    402,
    403,
    404,
    405,
    410,
    411,
    413,
    414,
    415,
    417,
    421,
    422,
    426,
    428,
    429,
    431,
    451,
]
GIVEN_UP = [408, 425, 444, 460, 499]
NO_PROOF = [
    *GIVEN_UP,
    *(
        406,
        407,
        409,
        412,
        416,
        418,
        419,
        420,
        423,
        424,
        430,
        440,
        449,
        450,
        463,
        464,
        470,
        494,
        495,
        496,
        497,
        498,
    ),
]


def failure(flavor: Flavor, response: Any, request: Any, **arguments: Any) -> Any:
    """The error of one call, which is sent once."""
    with WireServer(response) as server:
        client = flavor.client(server.origin, pace=Recording(), **arguments)
        with pytest.raises(PlexyError) as caught:
            flavor.call(client, request, {"max_retries": 0})
    assert len(server.requests) == 1
    return caught.value


# Statuses


@pytest.mark.parametrize("status", PROVEN)
def test_a_status_whose_meaning_is_that_it_was_not_done_is_a_rejection(
    flavor: Flavor, status: int
) -> None:
    error = failure(flavor, json_response({"message": "no"}, status), capturing())
    assert isinstance(error, ClientError)
    assert error.outcome is Outcome.REJECTED
    assert "No money was moved by this call" in str(error)


@pytest.mark.parametrize("status", NO_PROOF)
def test_any_other_refusal_of_a_call_that_moves_money_has_an_unknown_outcome(
    flavor: Flavor, status: int
) -> None:
    error = failure(flavor, json_response({"message": "gone"}, status), capturing())
    assert type(error) is OutcomeUnknownError
    assert isinstance(error.cause, ClientError)
    assert error.outcome is error.cause.outcome is Outcome.UNKNOWN
    assert "does not say that the call was not carried out" in str(error)
    assert "No money was moved" not in str(error)
    assert error.saved_call["order_reference"] == "ORD-1"


@pytest.mark.parametrize("status", NO_PROOF)
def test_with_a_key_an_unknown_refusal_says_to_use_the_same_key(
    flavor: Flavor, status: int
) -> None:
    body = {"requestId": "k-1"}
    request = creating(body, moves_money=True, idempotency_key="requestId")
    error = failure(flavor, http(status), request)
    assert type(error) is OutcomeUnknownError
    assert str(error).endswith("Call again only with the same key, 'k-1'.")


@pytest.mark.parametrize("status", [409, 499])
def test_without_money_an_unknown_refusal_is_its_own_error(
    flavor: Flavor, status: int
) -> None:
    error = failure(flavor, http(status), creating({}))
    assert isinstance(error, ClientError)
    assert error.outcome is Outcome.UNKNOWN
    assert "look before you call again" in str(error)
    assert "safe to call again" in str(failure(flavor, http(status), reading()))


@pytest.mark.parametrize("status", [406, 409, 423])
def test_a_status_that_the_api_documents_for_the_operation_is_a_rejection(
    flavor: Flavor, status: int
) -> None:
    error = failure(flavor, http(status), capturing(refusals=(status,)))
    assert error.outcome is Outcome.REJECTED
    assert error.status == status


@pytest.mark.parametrize("status", GIVEN_UP)
def test_a_status_that_comes_from_something_in_between_is_none_whatever_is_documented(
    flavor: Flavor, status: int
) -> None:
    error = failure(flavor, http(status), capturing(refusals=(status,)))
    assert type(error) is OutcomeUnknownError


@pytest.mark.parametrize(
    "status", [300, 302, 304, 500, 520, 522, 524, 530, 561, 598, 599, 600, 999]
)
def test_no_status_of_another_hundred_is_a_rejection(
    flavor: Flavor, status: int
) -> None:
    assert type(failure(flavor, http(status), capturing())) is OutcomeUnknownError


@given(st.integers(100, 999))
def test_only_a_4xx_can_prove_a_rejection_and_each_that_does_is_one_of_http(
    status: int,
) -> None:
    if refuses(status, capturing().operation):
        assert 400 <= status < 500
        assert HTTPStatus(status).phrase
    assert not REFUSALS & INTERRUPTED


# Success


def refunding(**changes: Any) -> Request[Any]:
    request: Any = capturing(says_success=True, **changes)
    request.decode = ObjectBody(RefundPaymentResponse)
    return request


@pytest.mark.parametrize("status", [200, 201, 202, 207, 299])
def test_success_true_is_done(flavor: Flavor, status: int) -> None:
    with WireServer(json_response({"id": "r_1", "success": True}, status)) as server:
        assert (
            flavor.call(flavor.client(server.origin), refunding()).parsed.success
            is True
        )


NO = [False, 0, 0.0, "0", "false", "FALSE", " False ", "no", "No"]
UNCLEAR: list[Any] = [
    *(None, 1, -1, 2.5, "true", "True", "yes", "", " ", "maybe"),
    *([], [True], [False], {}, {"error": {"code": 1}}),
]


@pytest.mark.parametrize("value", NO)
def test_a_no_is_a_decline_however_it_is_written(flavor: Flavor, value: Any) -> None:
    body = {"id": "r_1", "success": value, "message": "insufficient funds"}
    error = failure(flavor, json_response(body), refunding())
    assert type(error) is DeclinedError
    assert error.outcome is Outcome.REJECTED
    assert error.response.id == "r_1"
    assert 'declined it ("insufficient funds")' in str(error)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("value", UNCLEAR, ids=repr)
def test_a_success_that_says_neither_is_an_unknown_outcome_with_the_whole_response(
    flavor: Flavor, value: Any, strict: bool
) -> None:
    body = {"id": "r_1", "success": value}
    error = failure(
        flavor,
        json_response(body, 201, {"X-Request-Id": "rq-1"}),
        refunding(),
        strict=strict,
    )
    assert_unclear(error, "r_1")
    assert type(error.response.parsed.success) in (type(value), Decimal)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "r_1"},
        {"Success": True},
        {"data": {"success": True}},
        {"error": {"code": 51, "message": "insufficient funds"}},
        {"code": 5, "message": "no"},
    ],
)
def test_a_success_without_the_word_is_an_unknown_outcome_with_the_whole_response(
    flavor: Flavor, body: Any
) -> None:
    error = failure(
        flavor, json_response(body, 201, {"X-Request-Id": "rq-1"}), refunding()
    )
    assert_unclear(error, body.get("id"))
    assert "`success` should be true, and is missing" in str(error)


def assert_unclear(error: Any, identity: str | None) -> None:
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is UnexpectedResponseError
    assert "does not say whether it was carried out" in str(error)
    assert "Do not send it again" in str(error)
    response = error.response
    assert response is error.cause.response
    assert (response.status_code, response.request_id, response.attempts) == (
        201,
        "rq-1",
        1,
    )
    assert response.content == error.body
    assert (response.parsed.id or None) == identity
    assert error.saved_call["id"] == "tx_1"


def test_an_unclear_success_with_a_key_is_not_sent_again(flavor: Flavor) -> None:
    body = {"requestId": "k-1"}
    request = creating(
        body, moves_money=True, idempotency_key="requestId", says_success=True
    )
    with WireServer(json_response({"id": 1})) as server:
        with pytest.raises(
            OutcomeUnknownError, match="Call again only with the same key, 'k-1'"
        ):
            flavor.call(flavor.client(server.origin, pace=Recording()), request)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *((value, DeclinedError) for value in NO),
        *((value, OutcomeUnknownError) for value in UNCLEAR),
    ],
)
def test_a_call_whose_response_has_no_success_by_the_spec_is_judged_by_one_that_is_there(
    flavor: Flavor, value: Any, kind: type[PlexyError]
) -> None:
    assert (
        type(
            failure(flavor, json_response({"id": "p_1", "success": value}), capturing())
        )
        is kind
    )


def test_a_call_whose_response_has_no_success_needs_none(flavor: Flavor) -> None:
    with WireServer(json_response({"id": "p_1"})) as server:
        assert flavor.call(flavor.client(server.origin), capturing()).parsed == {
            "id": "p_1"
        }


@pytest.mark.parametrize("value", [*UNCLEAR, *NO[1:]], ids=repr)
def test_calls_that_move_no_money_and_those_that_read_take_any_success(
    flavor: Flavor, value: Any
) -> None:
    body = {"success": value}
    with WireServer(json_response(body)) as server:
        client = flavor.client(server.origin)
        for request in (
            creating({}, says_success=True),
            reading(says_success=True),
            reading(moves_money=True),
        ):
            assert (
                flavor.call(client, request).content
                == json_response(body).partition(b"\r\n\r\n")[2]
            )


@pytest.mark.parametrize(
    "response", [http(200), http(200, b"null"), http(200, b"[]"), http(200, b'"ok"')]
)
def test_what_cannot_be_read_at_all_stays_a_decoding_error(
    flavor: Flavor, response: bytes
) -> None:
    error = failure(flavor, response, refunding())
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is DecodingError


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5
    )
)
def test_only_true_is_ever_taken_for_money_that_moved(value: Any) -> None:
    found = success_of({"success": value}, capturing().operation)
    assert (found is Success.DONE) == (value is True)
