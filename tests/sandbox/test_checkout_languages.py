"""The languages of the payers' pages: their words, and how one is chosen."""

from __future__ import annotations

import re
from string import Formatter

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.card_payments import (
    LINK_CLOSED,
    NOT_AUTHENTICATED,
    REFUSALS,
    UNASKED,
)
from plexy_pay_sandbox.cards import CVV_FAILED, EXPIRED, INVALID_NUMBER
from plexy_pay_sandbox.checkout_api import BLOCKED, DECLINES
from plexy_pay_sandbox.named_cards import LINK_CARDS, SESSION_CARDS
from plexy_pay_sandbox.records import LinkStatus
from plexy_pay_sandbox.texts import LANGUAGES, REASONS, TEXTS

from .support import Api

PAY = {"en": ">Pay<", "ru": ">Оплатить<", "kk": ">Төлеу<"}


def places(text: str) -> set[str]:
    """The names of the values that stand in a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_all_languages_have_the_same_words() -> None:
    assert LANGUAGES.keys() == TEXTS.keys() == REASONS.keys() == {"en", "ru", "kk"}
    for language in LANGUAGES:
        assert TEXTS[language].keys() == TEXTS["en"].keys()
        assert REASONS[language].keys() == REASONS["en"].keys()
        for key, text in TEXTS[language].items():
            assert text.strip() == text != ""
            assert places(text) == places(TEXTS["en"][key])


def test_every_card_and_every_closed_link_has_words() -> None:
    cards = [*LINK_CARDS.values(), *SESSION_CARDS.values()]
    needed = {card.leads_to for card in cards}
    needed |= {f"link_{status}" for status in LinkStatus if status != "active"}

    assert needed <= TEXTS["en"].keys()


def test_every_refusal_of_a_link_has_a_reason() -> None:
    needed = {message for _, message in [*REFUSALS.values(), *DECLINES.values()]}
    needed |= {said.message for said in UNASKED.values() if said.status != "Y"}
    needed |= {LINK_CLOSED, NOT_AUTHENTICATED, CVV_FAILED, EXPIRED}
    needed |= {INVALID_NUMBER, BLOCKED}

    assert needed <= REASONS["en"].keys()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("kk-KZ,kk;q=0.9,ru;q=0.8", "kk"),
        ("de, en;q=0.5, ru;q=0.7", "ru"),
        ("ru;q=0, en;q=0.1", "en"),
        ("de", "en"),
        ("ru;q=x, kk;q=0.1", "kk"),
        ("*;q=0.5, RU;q=0.4", "ru"),
    ],
)
def test_the_browser_chooses_the_language(
    api: Api, stranger: httpx.Client, accepted: str, language: str
) -> None:
    link = api.create_link()

    page = stranger.get(link["url"], headers={"Accept-Language": accepted}).text

    assert f'<html lang="{language}">' in page
    assert PAY[language] in page
    assert f'lang="{language}" hreflang="{language}" aria-current="true"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_payers_choice_is_kept_on_all_pages(
    sandbox: RunningSandbox, api: Api, language: str
) -> None:
    link = api.create_link()
    form = {"number": "4111111111111111", "expiry": "07/29"}
    card = form | {"code": "123", "holder": "Aigerim"}
    html = f'<html lang="{language}">'
    with httpx.Client(trust_env=False, headers={"Accept-Language": "de"}) as http:
        assert html in http.get(link["url"], params={"lang": language}).text
        assert html in http.get(link["url"]).text
        assert html in http.post(f"{link['url']}/pay", data=form).text
        asking = http.post(f"{link['url']}/pay", data=card).headers["Location"]
        assert html in http.get(asking).text
        back = http.post(asking, data={"otp": "555"}).text
        assert html in back
        [action] = re.findall(r'<form method="post" action="([^"]+)"', back)
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', back))
        paid = http.post(action, data=fields).text
        assert f"<h1>{TEXTS[language]['paid_title']}</h1>" in paid
        assert TEXTS[language]["link_paid"] in http.get(link["url"]).text
        assert TEXTS[language]["no_link"] in http.get(f"{sandbox.base_url}/pl_0").text


def test_an_unknown_choice_is_no_choice(api: Api, stranger: httpx.Client) -> None:
    response = stranger.get(api.create_link()["url"], params={"lang": "xx"})

    assert '<html lang="en">' in response.text
    assert "Set-Cookie" not in response.headers
