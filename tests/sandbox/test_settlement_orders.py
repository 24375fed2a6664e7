"""Settlement payment orders: paid once, whatever is repeated, and told by webhooks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox, create_app
from plexy_pay_sandbox.validation import Contract

from .conftest import NOON
from .support import TOKEN, Api, Receiver, exact

ORDERS = "/v1/merchants/settlement-payment-orders"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def body_of(beneficiary: Any, request_id: str = "r-1", **fields: Any) -> dict[str, Any]:
    return {
        "requestId": request_id,
        "beneficiaryId": beneficiary["id"],
        "amount": 10000,
        "currency": "KZT",
    } | fields


def test_an_order_is_paid_after_a_minute(api: Api) -> None:
    api.charged()
    beneficiary = api.beneficiary()

    made = api.made(ORDERS, **body_of(beneficiary))
    assert made == {"id": made["id"], "status": "created", **body_of(beneficiary)}
    api.advance(59)
    assert api.get(f"{ORDERS}/{made['id']}") == made
    api.advance(1)

    assert api.get(f"{ORDERS}/{made['id']}") == made | {"status": "paid"}
    assert api.get(ORDERS) == [made | {"status": "paid"}]


def test_the_same_request_is_one_order_and_moves_money_once(api: Api) -> None:
    api.charged()
    body = body_of(api.beneficiary(), amount=12000)

    first = api.made(ORDERS, **body)
    # The money of a second order would not be there: 22 000 were captured.
    again = api.made(ORDERS, **body)
    api.advance(60)
    later = api.made(ORDERS, **body | {"amount": Decimal("12000.0")})

    assert again == first
    assert later == first | {"status": "paid"}
    assert len(api.get(ORDERS)) == 1
    exact(api.post(ORDERS, body | {"requestId": "r-2", "amount": 10000}))
    assert (
        api.post(
            ORDERS, body | {"requestId": "r-3", "amount": Decimal("0.01")}
        ).status_code
        == 422
    )


@pytest.mark.parametrize(
    "fields",
    [{"amount": 1}, {"currency": "USD"}, {"beneficiaryId": UNKNOWN}, {"comment": "x"}],
    ids=str,
)
def test_a_request_id_is_not_taken_for_another_order(
    api: Api, fields: dict[str, Any]
) -> None:
    api.charged()
    body = body_of(api.beneficiary())
    made = api.made(ORDERS, **body)

    response = api.post(ORDERS, body | fields)

    assert (response.status_code, response.json()["type"]) == (422, "validationError")
    assert response.json()["message"] == "requestId was used for another order"
    assert api.get(ORDERS) == [made]


def test_what_the_api_sets_itself_makes_no_other_order(api: Api) -> None:
    api.charged()
    made = api.made(ORDERS, **body_of(api.beneficiary()))

    assert api.made(ORDERS, **made | {"id": "mine", "status": "paid"}) == made


def test_an_order_that_was_refused_does_not_take_its_request_id(api: Api) -> None:
    body = body_of(api.beneficiary())

    response = api.post(ORDERS, body)
    assert (response.status_code, response.json()["message"]) == (
        422,
        "insufficient balance in KZT",
    )
    api.charged()

    assert api.made(ORDERS, **body)["status"] == "created"


def test_an_order_to_a_beneficiary_without_an_account_fails_and_gives_the_money_back(
    api: Api,
) -> None:
    api.charged()
    beneficiary = api.made("/v1/merchants/payment-beneficiaries", name="No account")
    made = api.made(ORDERS, **body_of(beneficiary, amount=22000))
    assert api.post(ORDERS, body_of(beneficiary, "r-2", amount=1)).status_code == 422

    api.advance(60)

    assert api.get(f"{ORDERS}/{made['id']}")["status"] == "failed"
    assert (
        api.made(ORDERS, **body_of(beneficiary, "r-2", amount=22000))["status"]
        == "created"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 0},
        {"amount": -5},
        {"amount": Decimal("0.001")},
        {"amount": "10"},
        {"currency": "BTC"},
        {"beneficiaryId": UNKNOWN},
        {"requestId": ""},
        {"requestId": 7},
    ],
    ids=str,
)
def test_an_order_that_cannot_be_is_refused(api: Api, fields: dict[str, Any]) -> None:
    api.charged()

    assert api.post(ORDERS, body_of(api.beneficiary()) | fields).status_code == 422
    assert api.get(ORDERS) == []


@pytest.mark.parametrize(
    "missing", ["requestId", "beneficiaryId", "amount", "currency"]
)
def test_an_order_needs_all_four_fields(api: Api, missing: str) -> None:
    api.charged()
    body = body_of(api.beneficiary())
    del body[missing]

    assert api.post(ORDERS, body).status_code == 422


def test_an_unknown_order_is_not_found(api: Api) -> None:
    assert api.http.get(f"{ORDERS}/{UNKNOWN}").status_code == 404


def test_the_webhooks_tell_what_becomes_of_an_order(
    receiver: Receiver, contract: Contract
) -> None:
    app = create_app(clock=lambda: NOON, webhook_url=receiver.url, webhook_token=TOKEN)
    with (
        RunningSandbox(app) as sandbox,
        httpx.Client(base_url=sandbox.base_url, trust_env=False) as http,
    ):
        http.headers["Authorization"] = sandbox.key
        api = Api(http)
        api.charged()
        for _ in range(3):
            receiver.next()
        beneficiary = api.beneficiary()
        order = api.made(ORDERS, **body_of(beneficiary))
        api.made(ORDERS, **body_of(beneficiary))
        other = api.made("/v1/merchants/payment-beneficiaries", name="No account")
        api.made(ORDERS, **body_of(other, "r-2", amount=Decimal("0.5")))
        api.advance(60)
        requests = [receiver.next_request() for _ in range(4)]

    assert all(headers["Authorization"] == f"Bearer {TOKEN}" for headers, _ in requests)
    events = [event for _, event in requests]
    assert [event["name"] for event in events] == [
        "payment_order.created",
        "payment_order.created",
        "payment_order.paid",
        "payment_order.failed",
    ]
    assert events[2] == {
        "name": "payment_order.paid",
        "merchant_id": "merchant_sandbox",
        "data": {
            "amount": 10000,
            "status": "paid",
            "currency": "KZT",
            "merchant_id": "merchant_sandbox",
            "beneficiary_id": beneficiary["id"],
            "payment_order_id": order["id"],
        },
    }
    for event in events:
        contract.check(
            "/components/schemas/plexypay.PaymentOrderWebhook", event, "event"
        )
