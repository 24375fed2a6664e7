"""The card form of the checkout page: fields, test cards, 3-D Secure, and what is never kept."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox, pay_on_page
from plexy_pay_sandbox.named_cards import LINK_CARDS

from .support import Api

NUMBER = "4111 1111 1111 1111"
CARD = {"number": NUMBER, "expiry": "07/29", "code": "123", "holder": "Aigerim Serik"}


def posted(http: httpx.Client, link: Any, **fields: str) -> httpx.Response:
    """The response to the form of a link's page."""
    return http.post(f"{link['url']}/pay", data=CARD | fields)


def at_the_bank(http: httpx.Client, link: Any, code: str, **fields: str) -> Any:
    """The response to what the bank posts to the link's page after the payer's code."""
    asking = posted(http, link, **fields).headers["Location"]
    assert http.get(asking).status_code == 200
    page = http.post(asking, data={"otp": code}).text
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page)
    named = re.findall(r'name="(\w+)" value="([^"]*)"', page)
    return http.post(action, data=dict(named))


def status_of(api: Api, link: Any) -> str:
    return api.get(f"/v1/payment-links/{link['id']}")["status"]


def test_a_card_pays_after_the_code_of_its_bank(
    api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link()

    page = at_the_bank(stranger, link, "555")

    assert "<h1>Paid</h1>" in page.text
    assert "******1111" in page.text
    assert api.transaction_of(link)["status"] == "authorized"
    assert status_of(api, link) == "paid"
    [row] = api.get("/v1/transactions")["data"]
    names = [
        event["name"]
        for event in api.get(f"/v1/transactions/{row['transactionId']}/history")[
            "events"
        ]
    ]
    assert names == [
        "transaction.created",
        "transaction.3d",
        "transaction.authorized",
    ]


def test_a_payer_who_does_not_confirm_may_try_another_card(
    api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link()

    page = at_the_bank(stranger, link, "111")

    assert page.status_code == 402
    assert "not confirmed at the bank" in page.text
    assert f'href="/{link["id"]}"' in page.text
    assert api.transaction_of(link)["status"] == "rejected"
    assert "<h1>Paid</h1>" in at_the_bank(stranger, link, "555").text


@pytest.mark.parametrize(
    ("card", "code", "result", "reason"),
    [
        ("visa", "555", "paid", ""),
        ("visa", "111", "declined", "not confirmed"),
        ("visa", "123", "waiting", "This is not the code."),
        ("mastercard", "555", "paid", ""),
        ("visa-confirm", "555", "paid", ""),
        ("mastercard-confirm", "111", "declined", "not confirmed"),
        ("frictionless", "555", "paid", ""),
        ("frictionless-rejected", "555", "declined", "suspects fraud"),
        ("frictionless-failed", "555", "declined", "authenticate"),
        ("frictionless-not-enrolled", "555", "declined", "not enrolled"),
        ("challenge-cancelled", "555", "declined", "not confirmed"),
        ("challenge-lost", "555", "waiting", ""),
        ("challenge-error", "555", "declined", "not confirmed"),
        ("decline-security-code", "555", "declined", "security code is wrong"),
        ("decline-expired", "555", "declined", "expired"),
        ("decline-number", "555", "declined", "not valid"),
    ],
)
def test_each_test_card_does_on_the_page_what_its_name_says(
    api: Api, card: str, code: str, result: str, reason: str
) -> None:
    link = api.create_link()

    end = pay_on_page(link["url"], card, code)

    assert (end.result, end.redirect) == (result, None)
    assert reason in end.reason
    assert (status_of(api, link) == "paid") == (result == "paid")
    statuses = {"paid": "authorized", "declined": "rejected", "waiting": "3d"}
    assert api.transaction_of(link)["status"] == statuses[result]


def test_every_test_card_has_a_button(api: Api, stranger: httpx.Client) -> None:
    link = api.create_link()
    page = stranger.get(link["url"]).text

    assert re.findall(r'<button name="card" value="([\w-]+)">', page) == [*LINK_CARDS]


@pytest.mark.parametrize(
    ("amount", "says"),
    [(2_005_000, ("gave no reason", "05")), (2_051_000, ("not enough money", "51"))],
)
def test_the_refusing_amounts_refuse_on_links_too(
    api: Api, stranger: httpx.Client, amount: int, says: tuple[str, str]
) -> None:
    link = api.create_link(amount=amount)

    page = posted(stranger, link)

    assert page.status_code == 402
    for text in says:
        assert text in page.text
    assert api.transaction_of(link)["status"] == "rejected"


def test_a_payment_whose_result_gets_lost_is_rejected_after_ten_minutes(
    api: Api,
) -> None:
    link = api.create_link()
    pay_on_page(link["url"], "challenge-lost")

    api.advance(600)

    assert api.transaction_of(link)["status"] == "rejected"
    assert status_of(api, link) == "active"


@pytest.mark.parametrize(
    ("result", "name"), [("555", "successUrl"), ("111", "failureUrl")]
)
def test_after_the_bank_the_payer_is_sent_to_the_shop(
    api: Api, stranger: httpx.Client, result: str, name: str
) -> None:
    link = api.create_link(
        metadata={
            "successUrl": "https://shop.example/successUrl",
            "failureUrl": "https://shop.example/failureUrl",
        }
    )

    response = at_the_bank(stranger, link, result)

    assert response.status_code == 303
    assert response.headers["Location"] == f"https://shop.example/{name}"


def test_a_link_is_paid_once_even_if_two_payers_confirm(
    api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link()
    asking = posted(stranger, link).headers["Location"]
    assert pay_on_page(link["url"], "mastercard").result == "paid"

    page = stranger.post(asking, data={"otp": "555"}).text
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page)
    late = stranger.post(
        action, data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    )

    assert late.status_code == 402
    assert "paid or closed" in late.text
    assert "Try another card" not in late.text
    rows = api.get("/v1/transactions")["data"]
    assert sorted(row["status"] for row in rows) == [
        "TRANSACTION_STATUS_AUTHED",
        "TRANSACTION_STATUS_REJECTED",
    ]


def test_the_result_of_a_bank_counts_once_and_for_its_own_link(
    api: Api, stranger: httpx.Client
) -> None:
    link, other = api.create_link(), api.create_link()
    asking = posted(stranger, link).headers["Location"]
    page = stranger.post(asking, data={"otp": "555"}).text
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))

    for wrong in (
        stranger.post(f"{other['url']}/3ds", data=form),
        stranger.post(f"{link['url']}/3ds"),
        stranger.post(
            f"{link['url']}/3ds", data={"cres": "x", "threeDSSessionData": "x"}
        ),
    ):
        assert wrong.status_code == 303
    assert (status_of(api, link), status_of(api, other)) == ("active", "active")
    body = {"transactionId": asking.rsplit("/", 1)[-1], "cres": form["cres"]}
    assert api.post("/v1/3ds/callback", body).status_code == 422

    assert "<h1>Paid</h1>" in stranger.post(f"{link['url']}/3ds", data=form).text
    again = stranger.post(f"{link['url']}/3ds", data=form)
    assert (again.status_code, again.headers["Location"]) == (303, f"/{link['id']}")


@pytest.mark.parametrize(
    ("fields", "errors", "first"),
    [
        ({"number": ""}, ["Enter the card number."], "number"),
        ({"number": "4111"}, ["12 to 19 digits"], "number"),
        ({"number": "4111x11111111111"}, ["12 to 19 digits"], "number"),
        ({"expiry": "13/29"}, ["Enter month and year"], "expiry"),
        ({"expiry": ""}, ["Enter the expiry date."], "expiry"),
        ({"code": "12"}, ["3 or 4 digits."], "code"),
        ({"code": ""}, ["Enter the security code."], "code"),
        ({"holder": " "}, ["Enter the name on the card."], "holder"),
        ({"holder": "4111111111111111"}, ["no digits"], "holder"),
        (
            dict.fromkeys(CARD, ""),
            ["Enter the card number.", "Enter the name on the card."],
            "number",
        ),
    ],
)
def test_a_wrong_field_says_so_and_nothing_is_paid(
    api: Api,
    stranger: httpx.Client,
    fields: dict[str, str],
    errors: list[str],
    first: str,
) -> None:
    link = api.create_link()

    page = posted(stranger, link, **fields)

    assert page.status_code == 422
    for error in errors:
        assert error in page.text
    [focused] = re.findall(r'<input id="(\w+)"[^>]* autofocus', page.text)
    assert focused == first
    [field] = re.findall(rf'<input id="{first}"[^>]*>', page.text)
    assert 'aria-invalid="true"' in field
    assert f'aria-describedby="{first}-error' in field
    assert f'id="{first}-error"' in page.text
    assert api.get("/v1/transactions")["total"] == 0


@pytest.mark.parametrize(
    "expiry", ["07/29", "07 / 29", "0729", "07/2029", "07-29", "07.29"]
)
def test_an_expiry_is_read_as_people_write_it(
    api: Api, stranger: httpx.Client, expiry: str
) -> None:
    assert posted(stranger, api.create_link(), expiry=expiry).status_code == 303


def test_the_values_of_a_wrong_form_are_kept_but_for_number_and_code(
    api: Api, stranger: httpx.Client
) -> None:
    page = posted(stranger, api.create_link(), code="1", expiry="7/29").text

    assert 'value="7/29"' in page
    assert 'value="Aigerim Serik"' in page
    for name in ("number", "code"):
        [field] = re.findall(rf'<input id="{name}"[^>]*>', page)
        assert 'value=""' in field


@pytest.mark.parametrize("fields", [{"code": "1"}, {"code": "444"}, {}], ids=str)
def test_a_card_number_is_neither_sent_back_nor_logged(
    api: Api, stranger: httpx.Client, fields: dict[str, str]
) -> None:
    link = api.create_link()
    number = "4012888888881881"

    first = posted(stranger, link, number=number, **fields)
    shown = [first.text, str(first.headers)]
    if "Location" in first.headers:
        shown.append(stranger.get(first.headers["Location"]).text)
    shown.append(stranger.get(f"{api.origin}/_sandbox/requests").text)
    shown.append(api.http.get("/v1/transactions").text)

    for text in shown:
        assert number not in text
        assert "888888881881" not in text


@pytest.mark.parametrize("name", ["expiry", "holder"])
def test_a_card_number_in_the_wrong_field_is_not_sent_back(
    api: Api, stranger: httpx.Client, name: str
) -> None:
    page = posted(stranger, api.create_link(), **{name: NUMBER})

    assert page.status_code == 422
    assert NUMBER not in page.text


@pytest.mark.parametrize("typed", ["411111111", "123"])
def test_digits_of_a_card_in_the_field_of_the_expiry_are_not_sent_back(
    api: Api, stranger: httpx.Client, typed: str
) -> None:
    response = posted(stranger, api.create_link(), **CARD | {"expiry": typed})
    assert response.status_code == 422
    assert typed not in response.text


def test_a_body_without_card_fields_is_the_shortcut(
    api: Api, stranger: httpx.Client
) -> None:
    for content in ("", "a=b", '{"number": "1"}'):
        link = api.create_link()
        assert stranger.post(f"{link['url']}/pay", content=content).status_code == 200
        assert status_of(api, link) == "paid"


def test_a_closed_link_takes_no_card(api: Api, stranger: httpx.Client) -> None:
    link = api.create_link()
    api.pay(link)

    page = posted(stranger, link)

    assert page.status_code == 409
    assert "This link has been paid" in page.text


def test_a_card_is_kept_with_its_mask_alone(api: Api) -> None:
    customer = api.made("/v1/customers", email="a@b.kz", phone="+77010000000")
    link = api.create_link(customerId=customer["id"])

    pay_on_page(link["url"], "mastercard")

    [card] = api.get(f"/v1/customers/{customer['id']}/card-tokens")
    assert "4444" in str(card)
    assert "5555555555554444" not in str(card)


def test_the_payer_of_tests_says_what_is_missing(
    api: Api, sandbox: RunningSandbox
) -> None:
    link = api.create_link()
    with pytest.raises(ValueError, match="no test card with the name 'amex'"):
        pay_on_page(link["url"], "amex")
    api.pay(link)
    with pytest.raises(ValueError, match="no form for a card"):
        pay_on_page(link["url"])
    with pytest.raises(OSError, match="404"):
        pay_on_page(f"{sandbox.base_url}/pl_none")


def test_the_policy_of_the_page_allows_its_style_alone(
    api: Api, stranger: httpx.Client
) -> None:
    policy = stranger.get(api.create_link()["url"]).headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; base-uri 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "script-src" not in policy
