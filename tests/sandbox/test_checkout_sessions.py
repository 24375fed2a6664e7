"""The page of a session of v2: its form, and the documented cards and codes."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import pay_on_page
from plexy_pay_sandbox.named_cards import SESSION_CARDS

from .support import Api

CARD = {
    "number": "4242 4242 4242 4242",
    "expiry": "07/29",
    "code": "123",
    "holder": "Aigerim Serik",
}


@pytest.fixture
def session(checkout: Api) -> Any:
    """A session of 22 000 KZT."""
    return checkout.made(
        "/v2/sessions",
        amount={"currency": "KZT", "value": 2_200_000},
        merchantAccount="Shop",
        reference="ORD-1",
        returnUrl="https://shop.example/back?a=1",
    )


def status_of(checkout: Api, session: Any, way_back: httpx.URL) -> str:
    result = way_back.params["sessionResult"]
    return checkout.get(f"/v2/sessions/{session['id']}?sessionResult={result}")[
        "status"
    ]


def test_the_page_shows_the_order_and_every_test_card(
    session: Any, stranger: httpx.Client
) -> None:
    page = stranger.get(session["url"]).text

    for text in ("22 000.00 KZT", "ORD-1", "Sandbox Shop", ">Pay<"):
        assert text in page
    assert re.findall(r'name="card" value="([\w-]+)"', page) == [*SESSION_CARDS]


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("visa", None),
        ("mastercard", None),
        ("decline", "declined the card"),
        ("decline-insufficient-funds", "not enough money"),
        ("decline-lost", "lost"),
        ("decline-stolen", "stolen"),
        ("decline-expired", "expired"),
        ("decline-security-code", "security code"),
        ("decline-processing", "not be processed"),
        ("decline-number", "number is wrong"),
        ("risk-blocked", "risk rules"),
        ("risk-review", None),
    ],
)
def test_each_test_card_does_what_its_name_says(
    checkout: Api, session: Any, stranger: httpx.Client, card: str, reason: str | None
) -> None:
    end = pay_on_page(session["url"], card)

    if reason is None:
        assert (end.result, end.reason) == ("paid", "")
        assert status_of(checkout, session, httpx.URL(end.redirect or "")) == (
            "completed"
        )
    else:
        assert (end.result, end.redirect) == ("declined", None)
        assert reason in end.reason
        assert pay_on_page(session["url"], "visa").result == "paid"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": "4000000000000002"}, "card_declined"),
        ({"number": "4000000000000127"}, "incorrect_cvc"),
        ({"code": "000"}, "incorrect_cvc"),
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"expiry": "01/20"}, "expired_card"),
    ],
    ids=str,
)
def test_a_card_is_declined_as_it_was_typed(
    session: Any, stranger: httpx.Client, fields: dict[str, str], code: str
) -> None:
    page = stranger.post(f"{session['url']}/pay", data=CARD | fields)

    assert page.status_code == 402
    assert code in page.text
    assert "Try another card" in page.text


def test_the_refusing_amounts_refuse_sessions_too(
    checkout: Api, stranger: httpx.Client
) -> None:
    session = checkout.made(
        "/v2/sessions",
        amount={"currency": "KZT", "value": 2_051_000},
        merchantAccount="Shop",
        reference="ORD-1",
        returnUrl="https://shop.example/",
    )

    page = stranger.post(f"{session['url']}/pay", data=CARD)

    assert page.status_code == 402
    assert "not enough money" in page.text


def test_a_wrong_field_says_so_and_the_session_stays_open(
    session: Any, stranger: httpx.Client
) -> None:
    page = stranger.post(f"{session['url']}/pay", data=CARD | {"number": "1"})

    assert page.status_code == 422
    assert "12 to 19 digits" in page.text
    assert pay_on_page(session["url"]).result == "paid"


def test_a_closed_session_says_so(
    session: Any, api: Api, stranger: httpx.Client
) -> None:
    api.advance(3600)

    page = stranger.post(f"{session['url']}/pay", data=CARD)

    assert page.status_code == 409
    assert "time to pay" in page.text
