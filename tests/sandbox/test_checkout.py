"""The checkout page: what a payer sees and where the payer is sent."""

from __future__ import annotations

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox

from .support import Api


def test_the_page_shows_amount_order_and_merchant(
    api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link(
        amount=2_200_050, orderReference="ORD-1", description="Two pairs of shoes"
    )

    page = stranger.get(link["url"])

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    for text in (
        "22 000.50 KZT",
        "ORD-1",
        "Two pairs of shoes",
        "Sandbox Shop",
        ">Pay<",
    ):
        assert text in page.text
    assert f'action="/{link["id"]}/pay"' in page.text
    assert f'action="/{link["id"]}/decline"' in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]


def test_what_a_merchant_writes_is_text_on_the_page_and_never_markup(
    api: Api, stranger: httpx.Client
) -> None:
    evil = "<script>alert(1)</script>\"'&"
    link = api.create_link(
        orderReference=evil,
        description=evil,
        metadata={"cancelUrl": "https://shop.example/?a=\"'<b>&c=1"},
    )

    page = stranger.get(link["url"]).text

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;" in page
    assert 'href="https://shop.example/?a=&#34;&#39;&lt;b&gt;&amp;c=1"' in page


def test_paying_shows_that_it_was_paid(api: Api, stranger: httpx.Client) -> None:
    link = api.create_link()

    page = stranger.post(f"{link['url']}/pay")

    assert page.status_code == 200
    assert "<h1>Paid</h1>" in page.text
    assert api.transaction_of(link)["status"] == "authorized"
    assert "This link has been paid" in stranger.get(link["url"]).text


def test_declining_leaves_the_link_open_for_another_try(
    api: Api, stranger: httpx.Client
) -> None:
    link = api.create_link()

    page = stranger.post(f"{link['url']}/decline")

    assert "<h1>Declined</h1>" in page.text
    assert api.transaction_of(link)["status"] == "rejected"
    assert api.http.get(f"/v1/payment-links/{link['id']}").json()["status"] == "active"
    assert api.pay(link)["status"] == "authorized"


@pytest.mark.parametrize(
    ("action", "name"), [("pay", "successUrl"), ("decline", "failureUrl")]
)
def test_the_payer_is_sent_to_the_shop_afterwards(
    api: Api, stranger: httpx.Client, action: str, name: str
) -> None:
    link = api.create_link(metadata={name: "https://shop.example/done?order=1"})

    response = stranger.post(f"{link['url']}/{action}")

    assert response.status_code == 303
    assert response.headers["Location"] == "https://shop.example/done?order=1"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "https:", "//shop.example/ok"],
)
def test_the_payer_is_not_sent_to_an_address_that_is_no_web_page(
    api: Api, stranger: httpx.Client, address: str
) -> None:
    response = api.post(
        "/v1/payment-links",
        {
            "amount": 1,
            "currency": "KZT",
            "metadata": {"successUrl": address, "cancelUrl": address},
        },
    )
    if response.status_code == 422:
        return
    link = response.json()

    assert address not in stranger.get(link["url"]).text
    assert stranger.post(f"{link['url']}/pay").status_code == 200


@pytest.mark.parametrize("action", ["pay", "decline"])
def test_a_closed_link_cannot_be_paid_or_declined(
    api: Api, stranger: httpx.Client, action: str
) -> None:
    paid = api.create_link()
    api.pay(paid)
    cancelled = api.create_link()
    api.http.delete(f"/v1/payment-links/{cancelled['id']}")
    expired = api.create_link(expiresAt="2026-11-22T12:00:01Z")
    api.advance(1)

    for link, says in (
        (paid, "This link has been paid"),
        (cancelled, "This link was cancelled"),
        (expired, "This link has expired"),
    ):
        page = stranger.post(f"{link['url']}/{action}")
        assert page.status_code == 409
        assert says in page.text
        assert says in stranger.get(link["url"]).text
        assert "<form" not in page.text
    assert api.http.get("/v1/transactions").json()["total"] == 1


def test_a_link_that_is_not_there_is_a_page_that_says_so(
    sandbox: RunningSandbox, stranger: httpx.Client
) -> None:
    for response in (
        stranger.get(f"{sandbox.base_url}/pl_unknown"),
        stranger.post(f"{sandbox.base_url}/pl_unknown/pay"),
        stranger.post(f"{sandbox.base_url}/pl_unknown/decline"),
    ):
        assert response.status_code == 404
        assert "There is no such payment link." in response.text


def test_looking_at_a_page_pays_nothing(api: Api, stranger: httpx.Client) -> None:
    link = api.create_link()

    assert stranger.get(f"{link['url']}/pay").status_code == 405

    assert api.http.get("/v1/transactions").json()["total"] == 0
