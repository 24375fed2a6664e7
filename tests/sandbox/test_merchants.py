"""The merchant, customers, payouts, beneficiaries and splits, over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from helpers.cards import card_data

from .support import Api, exact

UNKNOWN = "00000000-0000-4000-8000-000000000000"
CARD = card_data()
BENEFICIARIES = "/v1/merchants/payment-beneficiaries"


def customer(
    api: Api, email: str = "payer@example.com", phone: str = "+70000000000"
) -> Any:
    return api.made("/v1/customers", email=email, phone=phone)


def card(api: Api, **fields: Any) -> str:
    return api.made("/v1/payouts/cards", **{"cardData": CARD, **fields})["cardTokenId"]


def split(
    api: Api, transaction: Any, beneficiary: Any, part_amount: Any, **fields: Any
) -> Any:
    body = part(transaction, beneficiary, part_amount) | fields
    return api.post("/v1/split-requests", body)


def part(transaction: Any, beneficiary: Any, amount: Any) -> dict[str, Any]:
    return {
        "transactionId": transaction["transactionId"],
        "beneficiaryId": beneficiary["id"],
        "amount": amount,
        "currency": "KZT",
    }


def balance(api: Api, beneficiary: Any) -> Any:
    return api.get(f"{BENEFICIARIES}/{beneficiary['id']}").get("balance")


def can_pay_out(api: Api, amount: Decimal | int) -> bool:
    """Whether the merchant has an amount: pays it out."""
    body = {"amount": amount, "currency": "KZT", "cardTokenId": card(api)}
    return api.post("/v1/payouts", body).status_code == 200


# --- the merchant ---------------------------------------------------------------------------------------------


def test_a_key_sees_its_own_merchant_only(api: Api) -> None:
    assert api.get("/v1/merchants/merchant_sandbox") == {
        "id": "merchant_sandbox",
        "name": "Sandbox Shop",
    }
    assert api.http.get("/v1/merchants/other").status_code == 404


# --- customers ------------------------------------------------------------------------------------------------


def test_a_customer_can_be_found_again(api: Api) -> None:
    made = customer(api)
    other = customer(api, email="other@example.com")

    assert made["createdAt"] == "2026-11-22T12:00:00Z"
    assert api.get(f"/v1/customers/{made['id']}") == made
    assert api.get("/v1/customers") == {
        "data": [other, made],
        "page": 1,
        "size": 50,
        "total": 2,
    }
    assert api.get("/v1/customers?page=2&size=1")["data"] == [made]


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "a@example.com"}, {"phone": "+7"}, {"email": "", "phone": "+7"}],
    ids=str,
)
def test_a_customer_needs_email_and_phone(api: Api, body: dict[str, str]) -> None:
    response = api.post("/v1/customers", body)

    assert response.status_code == 422
    assert (
        response.json()["message"]
        == "both email and phone are required to create a new customer"
    )


def test_the_same_customer_cannot_be_made_twice(api: Api) -> None:
    customer(api)
    response = api.post(
        "/v1/customers", {"email": "payer@example.com", "phone": "+70000000000"}
    )

    assert response.status_code == 422
    assert api.get("/v1/customers")["total"] == 1


@pytest.mark.parametrize("path", ["", "/card-tokens", "/transactions"])
def test_what_belongs_to_an_unknown_customer_is_not_found(api: Api, path: str) -> None:
    assert api.http.get(f"/v1/customers/{UNKNOWN}{path}").status_code == 404


def test_a_customers_cards_are_those_that_were_saved_and_those_that_paid(
    api: Api,
) -> None:
    id = customer(api)["id"]
    saved = card(api, customerId=id, cardData=card_data(number="5555555555554444"))
    card(api)
    api.http.post(f"{api.create_link(customerId=id)['url']}/decline")
    api.paid(customerId=id)

    cards = api.get(f"/v1/customers/{id}/card-tokens")

    assert cards[0]["cardTokenId"] == saved
    assert [shown["cardMask"] for shown in cards] == ["******4444", "******1111"]
    assert [shown["cardScheme"] for shown in cards] == ["mastercard", "visa"]


def test_a_customers_transactions_are_payments_and_refunds_in_major_units(
    api: Api,
) -> None:
    id = customer(api)["id"]
    api.charged()
    transaction = api.charged(customerId=id)
    exact(api.move(transaction, "refund", amount=Decimal("0.5")))

    rows = api.get(f"/v1/customers/{id}/transactions")

    assert rows["total"] == 2
    assert [(row["amount"], row["status"]) for row in rows["data"]] == [
        (Decimal("0.5"), "refunded"),
        (22000, "charged"),
    ]


# --- payouts --------------------------------------------------------------------------------------------------


def test_a_payout_takes_what_was_captured_and_no_more(api: Api) -> None:
    api.paid()
    assert not can_pay_out(api, Decimal("0.01"))
    api.charged(2_200_000)

    assert can_pay_out(api, Decimal("21999.99"))
    assert not can_pay_out(api, Decimal("0.02"))
    assert can_pay_out(api, Decimal("0.01"))

    payouts = api.get("/v1/payouts")
    assert [payout["amount"] for payout in payouts] == [
        Decimal("0.01"),
        Decimal("21999.99"),
    ]
    assert api.get("/v1/payouts?size=1&page=2") == payouts[1:]


def test_money_in_another_currency_does_not_help(api: Api) -> None:
    api.charged(currency="USD")

    assert not can_pay_out(api, 1)


@pytest.mark.parametrize(
    "fields",
    [{"amount": 0}, {"amount": -1}, {"amount": Decimal("0.001")}, {"currency": "BTC"}],
    ids=str,
)
def test_a_payout_of_no_real_amount_is_refused(
    api: Api, fields: dict[str, Any]
) -> None:
    api.charged()
    body = {"amount": 1, "currency": "KZT", "cardTokenId": card(api)} | fields

    assert api.post("/v1/payouts", body).status_code == 422
    assert api.get("/v1/payouts") == []


@pytest.mark.parametrize("missing", ["amount", "currency", "cardTokenId"])
def test_a_payout_needs_amount_currency_and_card(api: Api, missing: str) -> None:
    api.charged()
    body = {"amount": 1, "currency": "KZT", "cardTokenId": card(api)}
    del body[missing]

    response = api.post("/v1/payouts", body)

    assert (response.status_code, response.json()["message"]) == (
        422,
        f"{missing} is required",
    )


def test_only_a_card_that_was_saved_for_payouts_is_paid(api: Api) -> None:
    id = customer(api)["id"]
    api.charged(customerId=id)
    [paying] = api.get(f"/v1/customers/{id}/card-tokens")

    for token in (UNKNOWN, paying["cardTokenId"]):
        body = {"amount": 1, "currency": "KZT", "cardTokenId": token}
        assert api.post("/v1/payouts", body).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"cardData": {}},
        {"cardData": {"tokenId": UNKNOWN}},
        {"cardData": CARD | {"number": "4111111111111111"}},
        {"cardData": {"encryptedCardNumber": CARD["encryptedCardNumber"]}},
        {"cardData": CARD | {"encryptedExpiryYear": "QQ=="}},
        {"cardData": card_data(number="4111111111111110")},
        {"cardData": CARD, "customerId": UNKNOWN},
    ],
    # The ciphertexts differ from run to run, so they are no names of tests.
    ids=[
        "nothing",
        "no fields",
        "a token",
        "a number in the clear",
        "no expiry",
        "no year",
        "no check digit",
        "nobody's",
    ],
)
def test_a_card_that_cannot_be_saved_is_refused_and_not_repeated(
    api: Api, body: Any
) -> None:
    response = api.post("/v1/payouts/cards", body)

    assert response.status_code == 422
    assert "4111111111111111" not in response.text


def test_a_payment_whose_money_was_paid_out_cannot_be_refunded(api: Api) -> None:
    transaction = api.charged()
    assert can_pay_out(api, 2001)

    refused = api.move(transaction, "refund", amount=20000)
    refunded = api.move(transaction, "refund", amount=19999)

    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "insufficient balance in KZT",
    )
    assert exact(refunded)["remainingBalance"] == 2001
    assert not can_pay_out(api, Decimal("0.01"))


# --- beneficiaries --------------------------------------------------------------------------------------------


def test_a_beneficiary_can_be_found_and_replaced(api: Api) -> None:
    made = api.beneficiary()
    assert set(made) == {"id", "name", "iban"}

    changed = exact(api.http.put(f"{BENEFICIARIES}/{made['id']}", json={"name": "New"}))

    assert changed == {"id": made["id"], "name": "New"}
    assert api.get(f"{BENEFICIARIES}/{made['id']}") == changed
    assert api.get(BENEFICIARIES) == [changed]


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"iban": "KZ1"}], ids=str)
def test_a_beneficiary_needs_a_name(api: Api, body: dict[str, str]) -> None:
    made = api.beneficiary()

    assert api.post(BENEFICIARIES, body).status_code == 422
    assert api.http.put(f"{BENEFICIARIES}/{made['id']}", json=body).status_code == 422
    assert api.get(BENEFICIARIES) == [made]


def test_an_unknown_beneficiary_is_not_found(api: Api) -> None:
    path = f"{BENEFICIARIES}/{UNKNOWN}"
    amount = {"amount": 1, "currency": "KZT"}

    responses = [
        api.http.get(path),
        api.http.put(path, json={"name": "x"}),
        api.post(f"{path}/transfer", amount),
        api.post(f"{path}/settlements", amount),
    ]

    assert [response.status_code for response in responses] == [404] * 4


def test_a_beneficiarys_money_goes_back_or_out_and_never_below_zero(api: Api) -> None:
    beneficiary = api.beneficiary()
    exact(split(api, api.charged(), beneficiary, 100))
    path = f"{BENEFICIARIES}/{beneficiary['id']}"

    settled = api.made(f"{path}/settlements", amount=Decimal("60.01"), currency="KZT")
    assert (settled["amount"], settled["status"]) == (Decimal("60.01"), "created")
    for action in ("transfer", "settlements"):
        response = api.post(f"{path}/{action}", {"amount": 40, "currency": "KZT"})
        assert (response.status_code, response.json()["message"]) == (
            422,
            "insufficient balance in KZT",
        )
    assert (
        api.post(
            f"{path}/transfer", {"amount": Decimal("39.99"), "currency": "KZT"}
        ).content
        == b""
    )

    assert balance(api, beneficiary) == 0
    assert can_pay_out(api, Decimal("21939.99"))
    assert not can_pay_out(api, Decimal("0.01"))


@pytest.mark.parametrize("action", ["transfer", "settlements"])
@pytest.mark.parametrize(
    "body",
    [{}, {"amount": 1}, {"currency": "KZT"}, {"amount": 0, "currency": "KZT"}],
    ids=str,
)
def test_money_is_not_moved_without_an_amount(
    api: Api, action: str, body: dict[str, Any]
) -> None:
    beneficiary = api.beneficiary()
    exact(split(api, api.charged(), beneficiary, 100))

    assert (
        api.post(f"{BENEFICIARIES}/{beneficiary['id']}/{action}", body).status_code
        == 422
    )
    assert balance(api, beneficiary) == 100


def test_nothing_is_settled_to_a_beneficiary_without_an_account(api: Api) -> None:
    beneficiary = api.made(BENEFICIARIES, name="No account")
    exact(split(api, api.charged(), beneficiary, 100))

    response = api.post(
        f"{BENEFICIARIES}/{beneficiary['id']}/settlements",
        {"amount": 1, "currency": "KZT"},
    )

    assert response.status_code == 422
    assert balance(api, beneficiary) == 100


# --- split requests -------------------------------------------------------------------------------------------


def test_a_split_moves_its_part_to_the_beneficiary(api: Api) -> None:
    transaction, beneficiary = api.charged(), api.beneficiary()

    made = exact(split(api, transaction, beneficiary, Decimal("5000.5")))

    assert made == {
        "id": made["id"],
        **part(transaction, beneficiary, Decimal("5000.5")),
    }
    assert api.get(f"/v1/split-requests/{made['id']}") == made
    assert api.get("/v1/split-requests") == [made]
    assert balance(api, beneficiary) == Decimal("5000.5")
    assert not can_pay_out(api, 17000)
    assert can_pay_out(api, Decimal("16999.5"))


def test_the_splits_of_a_payment_take_no_more_than_it_has(api: Api) -> None:
    transaction, beneficiary = api.charged(), api.beneficiary()
    api.charged()
    exact(split(api, transaction, beneficiary, 12000))

    assert split(api, transaction, beneficiary, Decimal("10000.01")).status_code == 422
    exact(api.move(transaction, "refund", amount=1))
    assert split(api, transaction, beneficiary, 10000).status_code == 422
    exact(split(api, transaction, beneficiary, 9999))


def test_an_update_replaces_a_split(api: Api) -> None:
    transaction, one, two = api.charged(), api.beneficiary(), api.beneficiary()
    made = exact(split(api, transaction, one, 22000))

    body = part(transaction, two, 21000)
    changed = exact(api.http.put(f"/v1/split-requests/{made['id']}", json=body))

    assert changed == {"id": made["id"], **body}
    assert (balance(api, one), balance(api, two)) == (0, 21000)
    assert len(api.get("/v1/split-requests")) == 1
    assert can_pay_out(api, 1000)


def test_a_deleted_split_brings_its_part_back(api: Api) -> None:
    transaction, beneficiary = api.charged(), api.beneficiary()
    made = exact(split(api, transaction, beneficiary, 22000))

    assert api.http.delete(f"/v1/split-requests/{made['id']}").status_code == 200

    assert balance(api, beneficiary) == 0
    assert api.http.get(f"/v1/split-requests/{made['id']}").status_code == 404
    assert api.http.delete(f"/v1/split-requests/{made['id']}").status_code == 404
    assert can_pay_out(api, 22000)


def test_a_part_that_was_settled_cannot_be_taken_back(api: Api) -> None:
    transaction, one, two = api.charged(), api.beneficiary(), api.beneficiary()
    made = exact(split(api, transaction, one, 100))
    api.made(f"{BENEFICIARIES}/{one['id']}/settlements", amount=1, currency="KZT")

    path = f"/v1/split-requests/{made['id']}"
    assert api.http.delete(path).status_code == 422
    assert api.http.put(path, json=part(transaction, two, 100)).status_code == 422

    assert api.get(path) == made
    assert balance(api, one) == 99
    assert balance(api, two) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"transactionId": UNKNOWN},
        {"beneficiaryId": UNKNOWN},
        {"amount": 0},
        {"amount": Decimal("0.001")},
        {"currency": "USD"},
        {"currency": "BTC"},
    ],
    ids=str,
)
def test_a_split_that_cannot_be_is_refused_and_moves_nothing(
    api: Api, fields: dict[str, Any]
) -> None:
    transaction, beneficiary = api.charged(), api.beneficiary()

    assert split(api, transaction, beneficiary, 1, **fields).status_code == 422

    assert api.get("/v1/split-requests") == []
    assert can_pay_out(api, 22000)


@pytest.mark.parametrize(
    "missing", ["transactionId", "beneficiaryId", "amount", "currency"]
)
def test_a_split_needs_all_four_fields(api: Api, missing: str) -> None:
    body = part(api.charged(), api.beneficiary(), 1)
    del body[missing]

    assert (
        api.post("/v1/split-requests", body).json()["message"]
        == f"{missing} is required"
    )


def test_only_a_charged_payment_is_split(api: Api) -> None:
    beneficiary = api.beneficiary()
    refund = exact(api.move(api.charged(), "refund", amount=1))

    assert split(api, api.paid(), beneficiary, 1).status_code == 422
    assert (
        split(api, {"transactionId": refund["id"]}, beneficiary, 1).status_code == 422
    )


def test_a_beneficiarys_balance_has_one_currency(api: Api) -> None:
    beneficiary = api.beneficiary()
    exact(split(api, api.charged(), beneficiary, 1))

    assert (
        split(
            api, api.charged(currency="USD"), beneficiary, 1, currency="USD"
        ).status_code
        == 422
    )


@pytest.mark.parametrize(
    "path", [BENEFICIARIES, "/v1/split-requests", "/v1/payouts", "/v1/customers"]
)
@pytest.mark.parametrize(
    "query", ["page=0", "size=0", "size=1001", "page=x", "status=paid"]
)
def test_a_page_that_cannot_be_is_refused(api: Api, path: str, query: str) -> None:
    assert api.http.get(f"{path}?{query}").status_code == 422
