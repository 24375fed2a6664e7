"""What payers do on the pages of a sandbox that keeps its state is done again at a new start, without their cards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plexy_pay_sandbox import pay_on_page
from plexy_pay_sandbox.named_cards import LINK_CARDS, SESSION_CARDS
from plexy_pay_sandbox.payer import pay_at_once

from .kept import Kept, kept, port_of
from .support import Api

ADDRESSES: dict[str, Any] = {
    "webhook_url": "http://shop.example/",
    "webhook_checkout_url": "http://shop.example/v2",
}
SESSION = {
    "amount": {"currency": "KZT", "value": 100},
    "merchantAccount": "merchant",
    "reference": "ORD-1",
    "returnUrl": "https://shop.example/done",
}
READ = (
    "/v1/payment-links",
    "/v1/transactions",
    "/_sandbox/webhooks",
    "/_sandbox/about",
)


def read(sandbox: Kept) -> list[Any]:
    api = sandbox.pay()
    return [api.get(path) for path in READ]


def test_each_card_of_a_link_leads_to_the_same_after_a_new_start(
    tmp_path: Path,
) -> None:
    ends: set[str] = set()
    with kept(tmp_path / "state.db", **ADDRESSES) as sandbox:
        api = sandbox.pay()
        for name in LINK_CARDS:
            ends.add(pay_on_page(api.create_link()["url"], name).result)
        pay_on_page(api.create_link()["url"], code="111")
        pay_at_once(api.create_link()["url"])
        pay_at_once(api.create_link()["url"], decline=True)
        before = read(sandbox)
        port = port_of(sandbox.running)
    assert ends == {"paid", "declined", "waiting"}

    with kept(tmp_path / "state.db", port, **ADDRESSES) as sandbox:
        assert read(sandbox) == before


def test_each_card_of_a_session_leads_to_the_same_after_a_new_start(
    tmp_path: Path,
) -> None:
    ends: set[str] = set()

    def results(checkout: Api) -> list[Any]:
        return [checkout.get(path) for path in paths]

    paths: list[str] = []
    with kept(tmp_path / "state.db", **ADDRESSES) as sandbox:
        checkout = sandbox.checkout()
        for name in SESSION_CARDS:
            session = checkout.made("/v2/sessions", **SESSION)
            end = pay_on_page(session["url"], name)
            ends.add(end.result)
            if end.redirect is not None:
                result = end.redirect.partition("?")[2]
                paths.append(f"/v2/sessions/{session['id']}?{result}")
        pay_at_once(checkout.made("/v2/sessions", **SESSION)["url"])
        before = read(sandbox), results(checkout)
    assert ends == {"paid", "declined"}
    assert paths

    with kept(tmp_path / "state.db", **ADDRESSES) as sandbox:
        assert (read(sandbox), results(sandbox.checkout())) == before


def test_a_payment_that_waits_at_the_bank_goes_on_after_a_new_start(
    tmp_path: Path,
) -> None:
    form = {"number": "4111111111111111", "expiry": "07/29", "code": "123"}
    with kept(tmp_path / "state.db") as sandbox:
        api = sandbox.pay()
        link = api.create_link()
        sent = api.http.post(f"{link['url']}/pay", data=form | {"holder": "Aliya"})
        bank = sent.headers["Location"].removeprefix(sandbox.running.base_url)
        api.http.post(bank, data={"otp": "000"})

    with kept(tmp_path / "state.db") as sandbox:
        api = sandbox.pay()
        page = api.http.post(bank, data={"otp": "555"})
        assert page.status_code == 200
        assert api.transaction_of(link)["status"] == "3d"


@pytest.mark.parametrize("language", ["ru", "kk;q=0.9, en;q=0.1"])
def test_the_language_of_a_payer_is_no_part_of_the_state(
    tmp_path: Path, language: str
) -> None:
    with kept(tmp_path / "state.db") as sandbox:
        api = sandbox.pay()
        api.http.headers["Accept-Language"] = language
        links = [api.create_link() for _ in range(3)]
        for link, action in zip(links, ("pay", "decline", "pay?lang=kk"), strict=True):
            assert api.http.post(f"{link['url']}/{action}").status_code == 200

    with kept(tmp_path / "state.db") as sandbox:
        assert sandbox.pay().get("/v1/transactions")["total"] == 3
