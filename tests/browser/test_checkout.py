"""The payers' pages in Chromium: every way through them, on a phone and on a desk, for everybody.

`Tab.sees` looks at each page for what axe-core finds, for sideways scrolling, and keeps its picture.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from plexy_pay import Money, PlexyPay
from plexy_pay_sandbox import RunningSandbox, pay_on_page

from .tabs import Browser, Tab

WIDTHS = (360, 1280)
FORM = "Payment to Sandbox Shop"
CARD = {
    "number": "4111 1111 1111 1111",
    "expiry": f"07/{datetime.now(UTC).year % 100 + 3:02}",
    "code": "123",
    "holder": "Aigerim Serik",
}
RETURNS = {
    "success_url": "https://shop.example/paid",
    "failure_url": "https://shop.example/failed",
    "cancel_url": "https://shop.example/cart",
}

MakeLink = Callable[..., Any]


@pytest.fixture
def make_link(client: PlexyPay) -> MakeLink:
    def make(**fields: Any) -> Any:
        order = {"amount": Money("22000", "KZT"), "description": "Two pairs of shoes"}
        return client.payment_links.create(**(order | fields))

    return make


def status_of(client: PlexyPay, link: Any) -> str:
    return str(client.payment_links.retrieve(link.id).status)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_payer_types_a_card_and_the_code_of_the_bank(
    browser: Browser, client: PlexyPay, make_link: MakeLink, width: int
) -> None:
    link = make_link(order_reference=f"ORD-{width}")
    with browser.tab("success", width=width) as tab:
        tab.go(link.url)
        page = tab.sees(FORM)
        for text in ("22 000.00 KZT", f"ORD-{width}", "Two pairs of shoes"):
            assert text in page.text
        tab.fill(**CARD)
        tab.button("Pay")
        assert tab.sees("Your bank").focused == "otp"
        tab.fill(otp="123")
        tab.button("Send")
        assert tab.sees("Your bank").focused == "otp"
        assert "This is not the code." in tab.said_about("otp")
        tab.fill(otp="555")
        tab.button("Send")
        assert "******1111" in tab.sees("Paid").text
        tab.go(link.url)
        assert "has been paid" in tab.sees("Checkout").text
    assert status_of(client, link) == "paid"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_refused_payer_tries_another_card(
    browser: Browser, client: PlexyPay, make_link: MakeLink, width: int
) -> None:
    link = make_link()
    with browser.tab("declined", width=width) as tab:
        tab.go(link.url)
        tab.fill(**CARD | {"code": "444"})
        tab.button("Pay")
        page = tab.sees("Declined")
        assert "The security code is wrong." in page.text
        assert "Response code: 05" in page.text
        tab.link("Try another card")
        tab.sees(FORM)
        assert tab.value("number") == ""
        tab.button("frictionless confirmed without a question")
        tab.sees(FORM)
        tab.button("Pay")
        tab.sees("Paid")
    assert status_of(client, link) == "paid"


@pytest.mark.parametrize("width", WIDTHS)
def test_wrong_fields_are_told_one_by_one_and_the_first_has_the_focus(
    browser: Browser, make_link: MakeLink, width: int
) -> None:
    with browser.tab("errors", width=width) as tab:
        tab.go(make_link().url)
        tab.fill(holder="Aigerim Serik", expiry="13/29", number="41")
        tab.button("Pay")
        page = tab.sees(FORM)
        assert page.title.startswith("Error:")
        assert page.focused == "number"
        assert "12 to 19 digits" in tab.said_about("number")
        assert "month and year" in tab.said_about("expiry")
        assert "Enter the security code." in tab.said_about("code")
        assert tab.said_about("holder") == ""
        assert (tab.value("number"), tab.value("code")) == ("", "")
        assert (tab.value("expiry"), tab.value("holder")) == ("13/29", "Aigerim Serik")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("card", "button", "heading", "says"),
    [
        ("visa-confirm asks to confirm", "Confirm", "Paid", "went through"),
        ("visa-confirm asks to confirm", "Refuse", "Declined", "not confirmed"),
        ("challenge-cancelled the payer cancels at the bank", "Cancel", "Declined", ""),
        ("challenge-error the bank reports an error", "Go on", "Declined", ""),
    ],
)
def test_a_bank_has_buttons_instead_of_a_code(
    browser: Browser,
    make_link: MakeLink,
    width: int,
    card: str,
    button: str,
    heading: str,
    says: str,
) -> None:
    with browser.tab(f"bank-{button.lower().replace(' ', '-')}", width=width) as tab:
        tab.go(make_link().url)
        tab.button(card)
        tab.button("Pay")
        tab.sees("Your bank")
        tab.button(button)
        assert says in tab.sees(heading).text


@pytest.mark.parametrize(
    ("card", "heading", "says"),
    [
        ("frictionless-failed not authenticated", "Declined", "not authenticate"),
        ("frictionless-rejected suspected fraud", "Declined", "suspects fraud"),
        ("challenge-lost the bank’s result gets lost", "Your bank", "ten minutes"),
        ("decline-expired expired", "Declined", "has expired"),
    ],
)
def test_some_cards_decide_without_the_payer(
    browser: Browser, make_link: MakeLink, card: str, heading: str, says: str
) -> None:
    with browser.tab(card.split()[0], width=360) as tab:
        tab.go(make_link().url)
        tab.button(card)
        tab.button("Pay")
        assert says in tab.sees(heading).text


@pytest.mark.parametrize(
    ("code", "end"), [("555", RETURNS["success_url"]), ("111", RETURNS["failure_url"])]
)
def test_after_the_bank_the_payer_is_at_the_shop(
    browser: Browser, make_link: MakeLink, code: str, end: str
) -> None:
    with browser.tab(f"shop-{code}") as tab:
        tab.go(make_link(metadata=RETURNS).url)
        tab.fill(**CARD)
        tab.button("Pay")
        tab.sees("Your bank")
        tab.fill(otp=code)
        tab.button("Send")
        assert tab.sees("The shop").address == end


def test_a_payer_goes_back_to_the_shop_without_paying(
    browser: Browser, client: PlexyPay, make_link: MakeLink
) -> None:
    link = make_link(metadata=RETURNS)
    with browser.tab("cancel", width=360) as tab:
        tab.go(link.url)
        tab.link("Back to the shop")
        assert tab.sees("The shop").address == RETURNS["cancel_url"]
    assert status_of(client, link) == "active"


@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
@pytest.mark.parametrize("width", WIDTHS)
def test_closed_links_say_why(browser: Browser, width: int) -> None:
    price = Money("22000", "KZT")
    # Its clock moves, which is no business of the other tests.
    with (
        RunningSandbox() as sandbox,
        PlexyPay(sandbox.key, base_url=sandbox.base_url) as client,
        browser.tab("closed", width=width) as tab,
    ):
        cancelled = client.payment_links.create(amount=price)
        client.payment_links.cancel(cancelled.id)
        expired = client.payment_links.create(
            amount=price, expires_at=datetime.now(UTC) + timedelta(days=1)
        )
        sandbox.advance(timedelta(days=2).total_seconds())
        tab.go(str(cancelled.url))
        assert "was cancelled" in tab.sees("Checkout").text
        tab.go(str(expired.url))
        assert "has expired" in tab.sees("Checkout").text
        tab.go(f"{sandbox.base_url}/pl_none")
        assert "no such payment link" in tab.sees("Not found").text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("language", "name", "heading", "pay", "bank", "paid"),
    [
        (
            "ru",
            "Русский",
            "Оплата в пользу Sandbox Shop",
            "Оплатить",
            "Ваш банк",
            "Оплачено",
        ),
        (
            "kk",
            "Қазақша",
            "Sandbox Shop дүкеніне төлем",
            "Төлеу",
            "Сіздің банкіңіз",
            "Төленді",
        ),
    ],
)
def test_a_payer_switches_the_language_and_keeps_it(
    browser: Browser,
    make_link: MakeLink,
    width: int,
    language: str,
    name: str,
    heading: str,
    pay: str,
    bank: str,
    paid: str,
) -> None:
    with browser.tab(f"language-{language}", width=width) as tab:
        tab.go(make_link().url)
        tab.link(name)
        tab.sees(heading)
        tab.button(pay)
        assert tab.sees(heading).language == language
        tab.go(f"{make_link().url}?card=visa-confirm")
        tab.button(pay)
        tab.sees(bank)
        tab.button({"ru": "Подтвердить", "kk": "Растау"}[language])
        assert tab.sees(paid).language == language


def test_the_browsers_language_is_the_first(
    browser: Browser, make_link: MakeLink
) -> None:
    with browser.tab("accept-language", language="ru-KZ") as tab:
        tab.go(make_link().url)
        assert tab.sees("Оплата в пользу Sandbox Shop").language == "ru"


def typed_with_the_keyboard(tab: Tab) -> None:
    for text in (CARD["number"], CARD["expiry"], CARD["code"], CARD["holder"]):
        tab.keys("Tab")
        tab.type(text)
    tab.keys("Tab", "Enter")


def test_the_keyboard_is_enough(
    browser: Browser, client: PlexyPay, make_link: MakeLink
) -> None:
    link = make_link()
    with browser.tab("keyboard") as tab:
        tab.go(link.url)
        tab.keys("Tab", "Tab", "Tab")
        assert tab.sees(FORM).focused == "Қазақша"
        typed_with_the_keyboard(tab)
        assert tab.sees("Your bank").focused == "otp"
        tab.type("555")
        tab.keys("Enter")
        tab.sees("Paid")
    assert status_of(client, link) == "paid"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_needs_javascript(
    browser: Browser, client: PlexyPay, make_link: MakeLink, width: int
) -> None:
    link = make_link()
    with browser.tab("no-javascript", width=width, javascript=False) as tab:
        tab.go(link.url)
        tab.button("Pay")
        assert tab.sees(FORM).focused == "number"
        tab.fill(**CARD)
        tab.button("Pay")
        tab.sees("Your bank")
        tab.fill(otp="555")
        tab.button("Send")
        tab.sees("Back from your bank")
        tab.button("Go on")
        tab.sees("Paid")
    assert status_of(client, link) == "paid"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_dark_colours_can_be_read_too(
    browser: Browser, make_link: MakeLink, width: int
) -> None:
    with browser.tab("dark", width=width, dark=True) as tab:
        link = make_link()
        tab.go(link.url)
        tab.sees(FORM)
        tab.button("Pay")
        tab.sees(FORM)
        tab.go(link.url)
        tab.button("Decline")
        tab.sees("Declined")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_order_stays_within_a_phone(
    browser: Browser, make_link: MakeLink, width: int
) -> None:
    with browser.tab("long", width=width) as tab:
        link = make_link(
            amount=Money("999999999.99", "KZT"),
            order_reference=f"ORDER{width}" + "0123456789" * 8,
            description="слово" * 40,
        )
        tab.go(link.url)
        tab.sees(FORM)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_session_is_paid_on_its_page(
    browser: Browser, client: PlexyPay, width: int
) -> None:
    session = client.checkout.sessions.create(
        amount=Money("22000", "KZT"),
        merchant_account="Shop",
        reference="ORD-1",
        return_url="https://shop.example/back",
    )
    with browser.tab("session", width=width) as tab:
        tab.go(str(session.url))
        tab.sees(FORM)
        tab.fill(**CARD | {"number": "4000 0000 0000 9995"})
        tab.button("Pay")
        assert "not enough money" in tab.sees("Declined").text
        tab.link("Try another card")
        tab.fill(**CARD | {"number": "4242 4242 4242 4242"})
        tab.button("Pay")
        assert "sessionResult=" in tab.sees("The shop").address
        tab.go(str(session.url))
        assert "has been paid" in tab.sees("Checkout").text


def test_a_shopper_confirms_a_redirect(browser: Browser, client: PlexyPay) -> None:
    payment = client.checkout.payments.create(
        amount=Money("22000", "KZT"),
        return_url="https://shop.example/back",
        authentication_data={"attempt_authentication": "always"},
    )
    assert payment.action
    with browser.tab("redirect", width=360) as tab:
        tab.go(str(payment.action.url))
        tab.sees("Your bank")
        tab.link("Confirm")
        assert "redirectResult=" in tab.sees("The shop").address


def test_the_payer_of_tests_goes_the_same_way(
    client: PlexyPay, make_link: MakeLink
) -> None:
    link = make_link()

    assert pay_on_page(str(link.url)).result == "paid"
    assert status_of(client, link) == "paid"
