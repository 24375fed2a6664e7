"""The checkout operations as a shop calls them: their version, their key and their errors."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from helpers.wire import WireServer, json_response
from plexy_pay import (
    UNSET,
    ApiError,
    AsyncPlexyPay,
    BadRequestError,
    ConflictError,
    InvalidParameterError,
    Money,
    OutcomeUnknownError,
    PlexyPay,
    models,
)

KEYS: dict[str, Any] = {"api_key": "pr_0123456789", "checkout_api_key": "ck_0123456789"}
PRICE = Money("22000", "KZT")
PAID: dict[str, Any] = {"pspReference": "BNV58BSJF9WQ5K65", "resultCode": "Authorised"}

Call = Callable[[Any], Any]

CALLS: dict[str, Call] = {
    "payment_methods.list": lambda client: client.checkout.payment_methods.list(
        merchant_account="Shop"
    ),
    "payments.create": lambda client: client.checkout.payments.create(amount=PRICE),
    "payments.submit_details": lambda client: client.checkout.payments.submit_details(
        details={"a": "b"}
    ),
    "sessions.create": lambda client: client.checkout.sessions.create(
        amount=PRICE,
        merchant_account="Shop",
        reference="ORD-1",
        return_url="https://shop.example",
    ),
    "sessions.retrieve_result": lambda client: client.checkout.sessions.retrieve_result(
        "CS1", session_result="X3"
    ),
}


class Shop:
    """A client of either kind behind one face."""

    def __init__(self, *, is_async: bool) -> None:
        self._is_async = is_async

    def call(self, server: WireServer, call: Call, **settings: Any) -> Any:
        """Make one call with a client of its own."""
        if self._is_async:
            return asyncio.run(self._awaited(server, call, settings))
        with PlexyPay(**KEYS, base_url=server.origin, **settings) as client:
            return call(client)

    async def _awaited(
        self, server: WireServer, call: Call, settings: dict[str, Any]
    ) -> Any:
        async with AsyncPlexyPay(**KEYS, base_url=server.origin, **settings) as client:
            return await call(client)


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A shop with the sync client, and one with the async client."""
    return Shop(is_async=request.param)


@pytest.mark.parametrize("name", CALLS)
def test_every_checkout_operation_asks_for_the_version_of_the_client(
    shop: Shop, name: str
) -> None:
    with WireServer(json_response(PAID | {"id": "CS1"})) as server:
        shop.call(server, CALLS[name], checkout_version="2024-01-15")

    assert server.requests[0].values("plexy-version") == ["2024-01-15"]


@pytest.mark.parametrize("name", CALLS)
def test_without_a_version_the_default_of_the_account_holds(
    shop: Shop, name: str
) -> None:
    with WireServer(json_response(PAID | {"id": "CS1"})) as server:
        shop.call(server, CALLS[name])

    assert server.requests[0].values("plexy-version") == []


def test_no_other_family_gets_the_version(shop: Shop) -> None:
    with WireServer(json_response({})) as server:
        shop.call(
            server,
            lambda client: client.transactions.retrieve("t-1"),
            checkout_version="2024-01-15",
        )

    assert server.requests[0].values("plexy-version") == []


# The idempotency key of a payment

USED = {
    "error": {
        "type": "idempotency_error",
        "code": "idempotency_key_in_use",
        "message": "The key is in use.",
    }
}


def paying(key: str) -> Call:
    """A payment with a key of its own."""
    return lambda client: client.checkout.payments.create(
        amount=PRICE, reference="ORD-1", idempotency_key=key
    )


def failed(shop: Shop, call: Call, response: bytes) -> OutcomeUnknownError:
    """The error of one call whose end is unclear; nothing was sent twice."""
    with WireServer(response) as server:
        with pytest.raises(OutcomeUnknownError) as caught:
            shop.call(server, call)
        assert len(server.requests) == 1
    return caught.value


def test_a_payment_carries_its_idempotency_key(shop: Shop) -> None:
    with WireServer(json_response(PAID)) as server:
        shop.call(server, paying("order-1"))
        shop.call(server, CALLS["payments.create"])

    assert [sent.values("idempotency-key") for sent in server.requests] == [
        ["order-1"],
        [],
    ]


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_no_payment_is_repeated_because_of_its_key(shop: Shop, status: int) -> None:
    error = failed(shop, paying("order-1"), json_response({}, status))

    assert (error.idempotency_key, error.attempts) == ("order-1", 1)
    assert error.saved_call["idempotency_key"] == "order-1"
    assert "Do not send it again" in str(error)


def test_a_key_that_was_used_before_leaves_the_outcome_open(shop: Shop) -> None:
    error = failed(shop, paying("order-1"), json_response(USED, 409))

    assert isinstance(error.cause, ConflictError)
    assert (error.cause.type, error.cause.code) == (
        "idempotency_error",
        "idempotency_key_in_use",
    )


@pytest.mark.parametrize("key", ["", " ", "a\u200bb"])
def test_a_key_that_nobody_can_see_is_refused(shop: Shop, key: str) -> None:
    with WireServer(json_response(PAID)) as server:
        with pytest.raises(InvalidParameterError, match="idempotency key"):
            shop.call(server, paying(key))
        assert server.requests == []


def test_a_saved_payment_names_its_key() -> None:
    client = PlexyPay(**KEYS)

    saved = client.save_call(
        "checkout.payments.create", order_reference="ORD-1", idempotency_key="order-1"
    )

    assert saved["idempotency_key"] == "order-1"


@pytest.mark.parametrize(
    "name", ["payments.submit_details", "sessions.create", "payment_methods.list"]
)
def test_only_the_payment_takes_a_key(name: str) -> None:
    resource, method = name.split(".")
    parameters = inspect.signature(
        getattr(getattr(PlexyPay(**KEYS).checkout, resource), method)
    ).parameters

    assert "idempotency_key" not in parameters


# Errors

WHOLE = {
    "type": "invalid_request_error",
    "code": "parameter_missing",
    "message": "A required parameter is missing.",
    "param": "amount",
    "request_id": "req_body",
}
SHORT = {
    "code": "invalid_request",
    "message": "The amount is wrong.",
    "param": "amount",
}


def refused(shop: Shop, response: bytes) -> BadRequestError:
    """The error of a payment that is refused with 400."""
    with WireServer(response) as server, pytest.raises(BadRequestError) as caught:
        shop.call(server, CALLS["payments.create"])
    return caught.value


def test_an_error_tells_all_that_the_object_of_v2_says(shop: Shop) -> None:
    error = refused(shop, json_response({"error": WHOLE}, 400))

    assert (error.type, error.code, error.param) == (
        "invalid_request_error",
        "parameter_missing",
        "amount",
    )
    assert (error.api_message, error.request_id) == (
        "A required parameter is missing.",
        "req_body",
    )


def test_an_error_object_without_type_and_request_id_is_read_too(shop: Shop) -> None:
    error = refused(
        shop, json_response({"error": SHORT}, 400, {"Request-Id": "req_header"})
    )

    assert (error.type, error.code, error.param) == (None, "invalid_request", "amount")
    assert error.request_id == "req_header"


def test_the_header_goes_before_the_body_s_request_id(shop: Shop) -> None:
    error = refused(
        shop, json_response({"error": WHOLE}, 400, {"Request-Id": "req_header"})
    )

    assert error.request_id == "req_header"


def test_the_documented_header_goes_before_that_of_a_gateway(shop: Shop) -> None:
    headers = {"X-Request-Id": "gateway-1", "Request-Id": "req_header"}

    assert (
        refused(shop, json_response({"error": SHORT}, 400, headers)).request_id
        == "req_header"
    )


def test_a_success_has_the_request_id_of_its_header(shop: Shop) -> None:
    def create(client: Any) -> Any:
        return client.with_raw_response.checkout.payments.create(amount=PRICE)

    with WireServer(json_response(PAID, headers={"Request-Id": "req_1"})) as server:
        response = shop.call(server, create)

    assert response.request_id == "req_1"


@pytest.mark.parametrize("status", [400, 402, 403, 422])
def test_a_documented_refusal_moved_no_money(shop: Shop, status: int) -> None:
    with (
        WireServer(json_response({"error": SHORT}, status)) as server,
        pytest.raises(ApiError) as caught,
    ):
        shop.call(server, CALLS["payments.create"])

    assert caught.value.outcome == "rejected"


def test_both_shapes_of_the_error_are_models() -> None:
    whole = models.CheckoutError.from_dict({"error": WHOLE})
    short = models.CheckoutError.from_dict({"error": SHORT})

    assert isinstance(whole.error, models.CheckoutErrorDetails)
    assert isinstance(short.error, models.CheckoutErrorDetails)
    assert (whole.error.request_id, short.error.type) == ("req_body", UNSET)


def test_idempotency_error_is_a_type_and_a_code() -> None:
    details = models.CheckoutErrorDetails.from_dict(
        {"type": "idempotency_error", "code": "idempotency_error"}
    )

    assert details.type is models.CheckoutErrorType.IDEMPOTENCY_ERROR
    assert details.code is models.CheckoutErrorCode.IDEMPOTENCY_ERROR


# What a payment and an event say


def test_a_result_code_says_what_to_do() -> None:
    payment = models.CheckoutPayment.from_dict(
        {"resultCode": "Refused", "refusalReasonCode": 2}
    )

    assert isinstance(payment.result_code, models.CheckoutResultCode)
    assert "another way to pay" in str(payment.result_code.meaning)
    assert payment.refusal_reason_code == 2


def test_an_unknown_result_code_is_kept() -> None:
    payment = models.CheckoutPayment.from_dict({"resultCode": "PartiallyAuthorised"})

    assert payment.result_code == "PartiallyAuthorised"


@pytest.mark.parametrize(
    ("code", "recoverable"), [("lost_card", "no"), ("incorrect_cvc", "yes")]
)
def test_a_decline_code_says_whether_it_is_recoverable(
    code: str, recoverable: str
) -> None:
    assert models.CheckoutDeclineCode(code).meaning == f"Recoverable: {recoverable}."


@pytest.mark.parametrize(
    "model", ["CardOnFile", "Subscription", "UnscheduledCardOnFile", "Something"]
)
def test_any_recurring_processing_model_is_sent_as_it_is(
    shop: Shop, model: str
) -> None:
    def create(client: Any) -> Any:
        return client.checkout.payments.create(
            amount=PRICE, recurring_processing_model=model
        )

    with WireServer(json_response(PAID)) as server:
        shop.call(server, create)

    assert json.loads(server.requests[0].body)["recurringProcessingModel"] == model
