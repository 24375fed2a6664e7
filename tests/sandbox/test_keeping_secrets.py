"""The file with a sandbox's state holds no card, no security code and no key, wherever they were sent to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.cards import YEAR, card_data

from .kept import Kept, kept, port_of
from .support import CHECKOUT_KEY, GATE_KEY, KEY, Api
from .test_every_operation import host_to_host

NUMBER, CODE = "4111111111111111", "98761"
OTHER_NUMBER = "4907639999909022"
V2_NUMBER, V2_CODE = "4000000000009995", "54321987"
SECRETS: dict[str, Any] = {
    "webhook_token": "whk_of_the_test",
    "webhook_secret": "whs_of_the_test",
    "webhook_private_key": "pr_of_callbacks",
}
SESSION = {
    "amount": {"currency": "KZT", "value": 100},
    "merchantAccount": "merchant",
    "reference": "ORD-1",
    "returnUrl": "https://shop.example/done",
}


def bytes_of(directory: Path) -> bytes:
    """All bytes of the files in a directory."""
    return b"".join(file.read_bytes() for file in directory.iterdir())


def form(number: str = NUMBER, **fields: str) -> dict[str, str]:
    typed = {"number": number, "expiry": f"07/{YEAR}", "code": "735", "holder": "Aliya"}
    return typed | fields


def all_ways_of_a_card(sandbox: Kept) -> None:
    """Send cards wherever one can be sent: right, wrong, refused, and where they do not belong."""
    api, checkout = sandbox.pay(), sandbox.checkout()
    host_to_host(api)
    link = api.create_link()
    for page in (link["url"], f"{sandbox.running.base_url}/pl_none"):
        api.http.post(f"{page}/pay", data=form(code=CODE))
        api.http.post(f"{page}/pay", json={"number": NUMBER})
        api.http.post(f"{page}/pay?number={NUMBER}", data=form(holder=NUMBER))
        api.http.post(f"{page}/decline", data=form())
        api.http.post(f"{page}/3ds", data=form(cres=""))
    another = api.create_link()
    asking = api.http.post(f"{another['url']}/pay", data=form()).headers["Location"]
    api.http.post(asking, data=form(otp=NUMBER))

    session = checkout.made("/v2/sessions", **SESSION)
    api.http.post(f"{session['url']}/pay", data=form(V2_NUMBER))
    api.http.post(f"{session['url']}/pay", data=form(OTHER_NUMBER))
    for number in (V2_NUMBER, OTHER_NUMBER):
        pay_by_checkout(checkout, number)
    for path in ("/_sandbox/advance", "/_sandbox/webhooks/hold", "/_sandbox/triggers"):
        api.http.post(path, content=f"number={NUMBER}")
    mistaken = {
        "transactionType": "sale",
        "paymentMethod": "card",
        "orderDetails": {"amount": 1, "currency": "KZT"},
        "cardData": card_data() | {"encryptedCardNumber": NUMBER},
    }
    assert api.post("/v1/payments", mistaken).status_code == 422


def pay_by_checkout(checkout: Api, number: str) -> httpx.Response:
    method = {
        "type": "scheme",
        "encryptedCardNumber": f"test_{number}",
        "encryptedSecurityCode": f"test_{V2_CODE}",
    }
    body: dict[str, Any] = {
        "amount": {"currency": "KZT", "value": 100},
        "paymentMethod": method,
    }
    return checkout.post("/v2/payments", body)


def test_no_card_no_code_and_no_key_is_in_the_file(tmp_path: Path) -> None:
    with kept(tmp_path / "state.db", **SECRETS) as sandbox:
        all_ways_of_a_card(sandbox)
        link = sandbox.pay().create_link(orderReference="ORD-2001")

    held = bytes_of(tmp_path)
    assert b"ORD-2001" in held
    secrets = [NUMBER, OTHER_NUMBER, V2_NUMBER, CODE, V2_CODE, '"735"', "=735"]
    secrets += [KEY, CHECKOUT_KEY, GATE_KEY, *SECRETS.values(), "PRIVATE KEY"]
    assert [secret for secret in secrets if secret.encode() in held] == []

    with kept(tmp_path / "state.db", **SECRETS) as sandbox:
        found = sandbox.pay().get(f"/v1/payment-links/{link['id']}")
        assert found["orderReference"] == "ORD-2001"


def test_what_the_cards_have_led_to_is_the_same_after_a_new_start(
    tmp_path: Path,
) -> None:
    def read(sandbox: Kept) -> list[Any]:
        api = sandbox.pay()
        paths = ("/v1/transactions", "/v1/payment-links", "/_sandbox/webhooks")
        return [api.get(path) for path in paths]

    addresses: dict[str, Any] = {
        "webhook_url": "http://shop.example/",
        "webhook_checkout_url": "http://shop.example/v2",
    }
    with kept(tmp_path / "state.db", **addresses) as sandbox:
        all_ways_of_a_card(sandbox)
        before = read(sandbox)
        port = port_of(sandbox.running)
    with kept(tmp_path / "state.db", port, **addresses) as sandbox:
        assert read(sandbox) == before


@pytest.mark.parametrize("number", [V2_NUMBER, OTHER_NUMBER])
def test_a_request_with_a_kept_key_gets_its_first_result_after_a_new_start(
    tmp_path: Path, number: str
) -> None:
    headers = {"Idempotency-Key": "order-1"}

    def pay(checkout: Api) -> tuple[int, Any]:
        checkout.http.headers.update(headers)
        response = pay_by_checkout(checkout, number)
        result = response.json()
        return response.status_code, result.get("pspReference") or result["error"][
            "code"
        ]

    with kept(tmp_path / "state.db") as sandbox:
        first = pay(sandbox.checkout())
    with kept(tmp_path / "state.db") as sandbox:
        checkout = sandbox.checkout()
        assert pay(checkout) == first
        # Only another amount tells the requests apart now: the card was not kept.
        body = {"amount": {"currency": "KZT", "value": 200}}
        other = checkout.post("/v2/payments", body)
        assert other.status_code == 409
