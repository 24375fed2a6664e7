"""The v2 API of the checkout, over HTTP."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from helpers.cards import card_data

from .support import Api, exact

AMOUNT = {"currency": "KZT", "value": 2_200_000}
ALWAYS = {"attemptAuthentication": "always"}


def session_of(checkout: Api, **fields: Any) -> Any:
    body = {
        "amount": AMOUNT,
        "merchantAccount": "Shop",
        "reference": "ORD-1",
        "returnUrl": "https://shop.example/back?a=1",
    }
    return checkout.made("/v2/sessions", **body | fields)


def end_of(checkout: Api, session: Any, action: str) -> str:
    """The `sessionResult` that a shopper brings back."""
    response = checkout.http.post(f"{session['url']}/{action}")
    assert response.status_code == 303, response.text
    return httpx.URL(response.headers["Location"]).params["sessionResult"]


def result_of(checkout: Api, session: Any, result: str) -> Any:
    return exact(
        checkout.http.get(
            f"/v2/sessions/{session['id']}", params={"sessionResult": result}
        )
    )


def merchant_has(api: Api, amount: int) -> bool:
    """Whether the merchant has exactly an amount: pays it out, and then cannot pay out anything."""
    token = api.made("/v1/payouts/cards", cardData=card_data())["cardTokenId"]
    body = {"currency": "KZT", "cardTokenId": token}
    taken = (
        not amount
        or api.post("/v1/payouts", body | {"amount": amount}).status_code == 200
    )
    return taken and api.post("/v1/payouts", body | {"amount": 1}).status_code == 422


def test_cards_are_what_a_shopper_can_pay_with(checkout: Api) -> None:
    for amount in (AMOUNT, {"currency": "KZT", "value": 0}):
        listed = checkout.made(
            "/v2/paymentMethods", merchantAccount="Shop", amount=amount
        )
        assert [method["type"] for method in listed["paymentMethods"]] == ["scheme"]


def test_a_payment_is_authorised_at_once_and_belongs_to_the_merchant(
    checkout: Api, api: Api
) -> None:
    paid = checkout.made("/v2/payments", amount=AMOUNT, reference="ORD-1")

    assert (paid["resultCode"], paid["amount"], paid["merchantReference"]) == (
        "Authorised",
        AMOUNT,
        "ORD-1",
    )
    assert api.get("/v1/transactions")["total"] == 0
    assert merchant_has(api, 22000)


@pytest.mark.parametrize(
    ("value", "code"), [(2_005_000, "card_declined"), (2_051_000, "insufficient_funds")]
)
def test_a_declined_card_is_402_with_a_card_error_and_moves_nothing(
    checkout: Api, api: Api, value: int, code: str
) -> None:
    response = checkout.post("/v2/payments", {"amount": AMOUNT | {"value": value}})

    assert response.status_code == 402
    assert (response.json()["error"]["type"], response.json()["error"]["code"]) == (
        "card_error",
        code,
    )
    assert merchant_has(api, 0)


def test_a_payment_that_asks_its_shopper_is_finished_once(
    checkout: Api, api: Api
) -> None:
    begun = checkout.made(
        "/v2/payments",
        amount=AMOUNT,
        reference="ORD-1",
        authenticationData=ALWAYS,
        returnUrl="https://shop.example/back?a=1",
    )
    assert "resultCode" not in begun
    assert begun["action"]["type"] == "redirect"
    page = checkout.http.get(begun["action"]["url"]).text
    [confirmed, _] = re.findall(
        r"https://shop\.example/back\?a=1&amp;redirectResult=([0-9A-F]+)", page
    )
    body = {"details": {"redirectResult": confirmed}}

    done = checkout.made("/v2/payments/details", **body)
    again = checkout.post("/v2/payments/details", body)

    assert (done["pspReference"], done["resultCode"]) == (
        begun["pspReference"],
        "Authorised",
    )
    assert again.status_code == 400
    assert checkout.http.get(begun["action"]["url"]).status_code == 404
    assert merchant_has(api, 22000)


def test_a_shopper_who_does_not_confirm_is_a_declined_card(
    checkout: Api, api: Api
) -> None:
    begun = checkout.made("/v2/payments", amount=AMOUNT, authenticationData=ALWAYS)
    page = checkout.http.get(begun["action"]["url"]).text
    [_, refused] = re.findall(r"<code>([0-9A-F]+)</code>", page)

    response = checkout.post(
        "/v2/payments/details", {"details": {"redirectResult": refused}}
    )

    assert response.status_code == 402
    assert merchant_has(api, 0)


@pytest.mark.parametrize(
    "body", [{}, {"details": {}}, {"details": {"redirectResult": "x"}}], ids=str
)
def test_details_of_no_payment_are_refused(checkout: Api, body: dict[str, Any]) -> None:
    checkout.made("/v2/payments", amount=AMOUNT, authenticationData=ALWAYS)

    assert checkout.post("/v2/payments/details", body).status_code == 400


def test_a_session_is_paid_on_its_page_and_tells_its_result(
    checkout: Api, api: Api
) -> None:
    session = session_of(checkout, shopperReference="customer-1")
    assert session["expiresAt"] == "2026-11-22T13:00:00Z"
    assert (session["amount"], session["shopperReference"]) == (AMOUNT, "customer-1")
    assert "/pay" in checkout.http.get(session["url"]).text

    result = result_of(checkout, session, end_of(checkout, session, "pay"))

    assert (result["status"], result["reference"]) == ("completed", "ORD-1")
    [payment] = result["payments"]
    assert (payment["resultCode"], payment["amount"]) == ("Authorised", AMOUNT)
    assert checkout.http.post(f"{session['url']}/pay").status_code == 409
    assert checkout.http.post(f"{session['url']}/decline").status_code == 409
    assert checkout.http.get(session["url"]).status_code == 409
    assert merchant_has(api, 22000)


def test_a_declined_attempt_leaves_a_session_open(checkout: Api) -> None:
    session = session_of(checkout)

    result = end_of(checkout, session, "decline")
    assert result_of(checkout, session, result) == {
        "id": session["id"],
        "status": "pending",
        "reference": "ORD-1",
        "payments": [],
        "additionalData": {},
    }

    assert end_of(checkout, session, "pay") == result
    assert result_of(checkout, session, result)["status"] == "completed"


def test_a_session_of_a_declined_amount_is_not_paid(checkout: Api, api: Api) -> None:
    session = session_of(checkout, amount=AMOUNT | {"value": 2_005_000})

    assert checkout.http.post(f"{session['url']}/pay").status_code == 402
    assert merchant_has(api, 0)


def test_a_session_expires_after_an_hour(checkout: Api, api: Api) -> None:
    session = session_of(checkout)
    result = end_of(checkout, session, "decline")
    api.advance(3600)

    assert result_of(checkout, session, result)["status"] == "expired"
    assert checkout.http.post(f"{session['url']}/pay").status_code == 409
    assert merchant_has(api, 0)


def test_a_session_that_returns_to_an_app_shows_its_result(checkout: Api) -> None:
    session = session_of(checkout, returnUrl="myapp://back")

    page = checkout.http.post(f"{session['url']}/pay").text

    [result] = re.findall(r"<code>([0-9A-F]+)</code>", page)
    assert result_of(checkout, session, result)["status"] == "completed"


def test_the_result_of_a_session_wants_its_session_result(checkout: Api) -> None:
    session = session_of(checkout)

    wrong = checkout.http.get(
        f"/v2/sessions/{session['id']}", params={"sessionResult": "x"}
    )
    missing = checkout.http.get(f"/v2/sessions/{session['id']}")

    assert wrong.status_code == 400
    assert missing.status_code == 400
    assert (
        missing.json()["error"].items()
        >= {"code": "parameter_missing", "param": "sessionResult"}.items()
    )


@pytest.mark.parametrize("action", ["", "/pay", "/decline"])
def test_there_is_no_page_of_an_unknown_session(checkout: Api, action: str) -> None:
    method = "POST" if action else "GET"

    assert (
        checkout.http.request(method, f"/_sandbox/sessions/CS1{action}").status_code
        == 404
    )


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("/v2/payments", {}, {"code": "parameter_missing", "param": "amount"}),
        (
            "/v2/payments",
            {"amount": {"value": 1}},
            {"code": "parameter_missing", "param": "amount.currency"},
        ),
        (
            "/v2/payments",
            {"amount": {"value": "1", "currency": "KZT"}},
            {"code": "parameter_invalid", "param": "amount.value"},
        ),
        (
            "/v2/payments",
            {"amount": {"value": 0, "currency": "KZT"}},
            {"code": "parameter_invalid"},
        ),
        (
            "/v2/payments",
            {"amount": {"value": 10**15, "currency": "KZT"}},
            {"code": "parameter_invalid"},
        ),
        (
            "/v2/payments",
            {"amount": {"value": 1, "currency": "BTC"}},
            {"code": "parameter_invalid"},
        ),
        (
            "/v2/sessions",
            {"amount": AMOUNT},
            {"code": "parameter_missing", "param": "merchantAccount"},
        ),
        (
            "/v2/paymentMethods",
            {},
            {"code": "parameter_missing", "param": "merchantAccount"},
        ),
        (
            "/v2/paymentMethods",
            {"merchantAccount": "Shop", "amount": {"value": 1, "currency": "BTC"}},
            {"code": "parameter_invalid"},
        ),
    ],
)
def test_what_is_wrong_with_a_request_is_400_and_names_the_parameter(
    checkout: Api, path: str, body: dict[str, Any], error: dict[str, str]
) -> None:
    response = checkout.post(path, body)

    assert response.status_code == 400
    assert (
        response.json()["error"].items()
        >= ({"type": "invalid_request_error"} | error).items()
    )


def test_a_body_that_is_not_json_is_an_invalid_request(checkout: Api) -> None:
    response = checkout.http.post(
        "/v2/payments", content="{", headers={"Content-Type": "application/json"}
    )

    assert (response.status_code, response.json()["error"]["code"]) == (
        400,
        "invalid_request",
    )


# The idempotency key of a payment


def keyed(
    checkout: Api, key: str, value: int = 2_200_000, **more: Any
) -> httpx.Response:
    """A payment with an idempotency key."""
    body = {"amount": AMOUNT | {"value": value}, **more}
    return checkout.http.post(
        "/v2/payments", json=body, headers={"Idempotency-Key": key}
    )


def test_the_same_key_and_body_pay_once_and_have_one_response(
    checkout: Api, api: Api
) -> None:
    first = keyed(checkout, "order-1")
    again = keyed(checkout, "order-1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert merchant_has(api, 22000)


def test_another_key_is_another_payment(checkout: Api, api: Api) -> None:
    assert (
        keyed(checkout, "order-1").json()["pspReference"]
        != keyed(checkout, "order-2").json()["pspReference"]
    )
    assert merchant_has(api, 44000)


def test_the_same_key_with_other_parameters_is_a_conflict(
    checkout: Api, api: Api
) -> None:
    keyed(checkout, "order-1")

    response = keyed(checkout, "order-1", value=100)

    assert response.status_code == 409
    error = response.json()["error"]
    assert (error["type"], error["code"]) == (
        "idempotency_error",
        "idempotency_key_in_use",
    )
    assert merchant_has(api, 22000)


def test_a_declined_payment_keeps_its_key(checkout: Api) -> None:
    responses = [keyed(checkout, "order-1", value=2_005_000) for _ in range(2)]

    assert [response.status_code for response in responses] == [402, 402]
    assert keyed(checkout, "order-1").status_code == 409


def test_a_request_that_is_wrong_takes_no_key(checkout: Api) -> None:
    assert keyed(checkout, "order-1", value=0).status_code == 400
    assert keyed(checkout, "order-1").status_code == 200


def test_a_key_expires_after_24_hours(checkout: Api, api: Api) -> None:
    keyed(checkout, "order-1")
    api.advance(24 * 3600 - 1)
    assert keyed(checkout, "order-1", value=100).status_code == 409
    api.advance(1)

    assert keyed(checkout, "order-1", value=100).status_code == 200


@pytest.mark.parametrize(("length", "status"), [(0, 400), (255, 200), (256, 400)])
def test_a_key_has_1_to_255_characters(checkout: Api, length: int, status: int) -> None:
    assert keyed(checkout, "k" * length).status_code == status


# Version and request id


@pytest.mark.parametrize(
    ("version", "status"),
    [("2024-01-15", 200), ("2023-06-01", 200), ("latest", 400), ("2024-02-30", 400)],
)
def test_a_version_is_a_date(checkout: Api, version: str, status: int) -> None:
    response = checkout.http.post(
        "/v2/payments", json={"amount": AMOUNT}, headers={"Plexy-Version": version}
    )

    assert response.status_code == status
    if status == 400:
        assert response.json()["error"]["param"] == "Plexy-Version"


@pytest.mark.parametrize("body", [{"amount": AMOUNT}, {}])
def test_every_response_of_v2_has_a_request_id(
    checkout: Api, body: dict[str, Any]
) -> None:
    response = checkout.post("/v2/payments", body)

    assert re.fullmatch(r"req_[0-9a-f]{32}", response.headers["Request-Id"])
    if not response.is_success:
        assert response.json()["error"]["request_id"] == response.headers["Request-Id"]


def test_no_other_family_has_that_header(api: Api) -> None:
    assert "Request-Id" not in api.http.get("/v1/transactions").headers


# The documented test values


def card(
    number: str = "4242424242424242", code: str = "123", postal_code: str = "12345"
) -> dict[str, Any]:
    """A payment with a test card, as the sandbox takes its component's data."""
    return {
        "amount": AMOUNT,
        "paymentMethod": {
            "type": "scheme",
            "encryptedCardNumber": f"test_{number}",
            "encryptedSecurityCode": f"test_{code}",
        },
        "billingAddress": {"postalCode": postal_code},
    }


@pytest.mark.parametrize(
    "values", [{}, {"code": "999"}, {"postal_code": "99999"}, {"code": "321"}], ids=str
)
def test_checks_that_pass_or_are_not_made_let_a_payment_through(
    checkout: Api, api: Api, values: dict[str, str]
) -> None:
    assert checkout.made("/v2/payments", **card(**values))["resultCode"] == "Authorised"
    assert merchant_has(api, 22000)


@pytest.mark.parametrize(
    ("values", "code"),
    [({"code": "000"}, "incorrect_cvc"), ({"postal_code": "00000"}, "card_declined")],
)
def test_a_check_that_fails_declines_the_card(
    checkout: Api, api: Api, values: dict[str, str], code: str
) -> None:
    response = checkout.post("/v2/payments", card(**values))

    assert (response.status_code, response.json()["error"]["code"]) == (402, code)
    assert merchant_has(api, 0)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000009987", "card_declined"),
        ("4000000000009979", "card_declined"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4000000000000119", "processing_error"),
        ("4000000000000101", "incorrect_number"),
    ],
)
def test_the_test_cards_are_declined_as_documented(
    checkout: Api, number: str, code: str
) -> None:
    response = checkout.post("/v2/payments", card(number))

    assert (response.status_code, response.json()["error"]["code"]) == (402, code)


def test_the_blocked_card_is_refused_by_the_risk_system(
    checkout: Api, api: Api
) -> None:
    blocked = checkout.made(
        "/v2/payments", **card("4000000000004954"), authenticationData=ALWAYS
    )

    assert (blocked["status"], blocked["failure_reason"]) == ("blocked", "rule_blocked")
    assert blocked["resultCode"] == "Refused"
    assert set(blocked["risk"]) == {"level", "score", "factors"}
    assert merchant_has(api, 0)


def test_the_card_under_review_is_paid_and_shows_its_risk(
    checkout: Api, api: Api
) -> None:
    paid = checkout.made("/v2/payments", **card("4000000000009235"))

    assert paid["resultCode"] == "Authorised"
    assert set(paid["risk"]) == {"level", "score", "factors"}
    assert merchant_has(api, 22000)


def test_a_payment_without_a_test_card_has_no_risk(checkout: Api) -> None:
    assert "risk" not in checkout.made("/v2/payments", amount=AMOUNT)
