"""Host-to-host payments and 3-D Secure, over HTTP."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from plexy_pay_sandbox import RunningSandbox, create_app, wire
from plexy_pay_sandbox.direct_payments import cres_of

from .support import Api, Receiver, exact

UNKNOWN = "00000000-0000-4000-8000-000000000000"
CARD = {"encryptedCardNumber": "QmFzZTY0"}


def body_of(amount: Any = 22000, kind: str = "sale", **fields: Any) -> dict[str, Any]:
    order = {"amount": amount, "currency": "KZT", "orderReference": "ORD-1"}
    return {
        "transactionType": kind,
        "paymentMethod": "card",
        "orderDetails": order,
        "cardData": CARD,
    } | fields


def pay(api: Api, amount: Any = 22000, kind: str = "sale", **fields: Any) -> Any:
    return exact(api.post("/v1/payments", body_of(amount, kind, **fields)))


def finish(api: Api, payment: Any, trans_status: str = "Y") -> Any:
    return api.made("/v1/3ds/callback", transactionId=payment["id"], cres=cres_of(trans_status))


def status_of(api: Api, payment: Any) -> str:
    return api.get(f"/v1/transactions/{payment['id']}")["status"]


def test_the_key_is_one_that_can_encrypt_and_has_no_private_part(api: Api) -> None:
    pem = api.get("/v1/keys")["publicKey"]

    key = load_pem_public_key(pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048
    number = base64.b64encode(key.encrypt(b"4111111111111111", padding.PKCS1v15())).decode()
    assert pay(api, cardData={"encryptedCardNumber": number})["success"] is True
    assert "PRIVATE" not in pem
    assert api.get("/v1/keys")["publicKey"] == pem


def test_a_payment_waits_for_its_payer_and_has_moved_nothing(api: Api) -> None:
    payment = pay(api)

    assert payment["action"] == "3ds-required"
    # As in the documented sample, which is why a program must not decide by these two.
    assert (payment["success"], payment["captured"]) == (True, True)
    assert (payment["amount"], payment["currency"], payment["orderReference"]) == (22000, "KZT", "ORD-1")
    assert "responseCode" not in payment
    three_ds = payment["threeDS"]
    assert (three_ds["status"], three_ds["type"]) == ("C", "challengeflow")
    session_data = three_ds["threeDSSessionData"]
    decoded = wire.loads(base64.urlsafe_b64decode(session_data + "=" * (-len(session_data) % 4)))
    assert decoded == {"transactionId": payment["id"]}
    assert status_of(api, payment) == "3d"
    api.advance(6 * 86400)
    assert status_of(api, payment) == "3d"


@pytest.mark.parametrize(("kind", "status"), [("sale", "charged"), ("auth", "authorized")])
def test_the_payers_yes_finishes_the_payment(api: Api, kind: str, status: str) -> None:
    payment = pay(api, kind=kind)

    done = finish(api, payment)

    assert (done["id"], done["success"], done["responseCode"]) == (payment["id"], True, "00")
    assert done["threeDS"]["status"] == "Y"
    assert "action" not in done
    assert status_of(api, payment) == status
    assert api.get("/v1/transactions/by-order-reference/ORD-1")["transactionId"] == payment["id"]


@pytest.mark.parametrize("trans_status", ["N", "R", "U"])
def test_the_payers_no_refuses_the_payment_with_200(api: Api, trans_status: str) -> None:
    payment = pay(api)

    done = finish(api, payment, trans_status)

    assert (done["success"], done["captured"], done["threeDS"]["status"]) == (False, False, trans_status)
    assert status_of(api, payment) == "rejected"


def test_a_challenge_has_one_answer(api: Api) -> None:
    payment = pay(api)
    finish(api, payment)

    again = api.post("/v1/3ds/callback", {"transactionId": payment["id"], "cres": cres_of("Y")})

    assert again.status_code == 422
    assert api.get("/v1/transactions")["total"] == 1


@pytest.mark.parametrize(
    "cres", ["", "!", "bm90IGpzb24", base64.b64encode(b"[]").decode(), base64.b64encode(b"{}").decode()]
)
def test_an_answer_that_cannot_be_read_leaves_the_payment_waiting(api: Api, cres: str) -> None:
    payment = pay(api)

    answer = api.post("/v1/3ds/callback", {"transactionId": payment["id"], "cres": cres})

    assert answer.status_code == 422
    assert status_of(api, payment) == "3d"
    assert finish(api, payment)["success"] is True


def test_a_challenge_of_nothing_is_not_found(api: Api) -> None:
    body = {"transactionId": UNKNOWN, "cres": cres_of("Y")}

    assert api.post("/v1/3ds/callback", body).status_code == 404


@pytest.mark.parametrize(
    "fields", [{"skipThreeDS": True}, {"moto": True}, {"scaExemption": "low_value"}], ids=str
)
def test_without_a_challenge_the_payment_is_made_at_once(api: Api, fields: dict[str, Any]) -> None:
    payment = pay(api, **fields)

    assert (payment["success"], payment["responseCode"]) == (True, "00")
    assert "action" not in payment
    assert status_of(api, payment) == "charged"


@pytest.mark.parametrize(
    "fields", [{"skipThreeDS": False}, {"moto": None}, {"moto": False}, {"scaExemption": None}], ids=str
)
def test_what_does_not_exempt_leads_to_the_challenge(api: Api, fields: dict[str, Any]) -> None:
    assert pay(api, **fields)["action"] == "3ds-required"


@pytest.mark.parametrize(("amount", "code"), [(20050, "05"), (Decimal("20050.00"), "05"), (20510, "51")])
def test_the_documented_amounts_are_refused_with_their_codes_and_200(
    api: Api, amount: Decimal | int, code: str
) -> None:
    payment = pay(api, amount)

    assert (payment["success"], payment["captured"], payment["responseCode"]) == (False, False, code)
    assert "action" not in payment
    assert status_of(api, payment) == "rejected"


def test_a_verification_moves_nothing(api: Api) -> None:
    done = pay(api, 0, "verification")

    assert (done["success"], done["amount"]) == (True, 0)
    assert api.get("/v1/transactions")["total"] == 0
    assert api.post("/v1/payments", body_of(1, "verification")).status_code == 422


def test_a_known_card_pays_by_its_token_and_an_unknown_one_does_not(api: Api) -> None:
    token = pay(api, skipThreeDS=True)["cardTokenId"]
    refused = pay(api, 20050, skipThreeDS=True)["cardTokenId"]

    paid = pay(api, skipThreeDS=True, cardData={"tokenId": token})

    assert paid["cardTokenId"] == token
    for unknown in (UNKNOWN, refused):
        assert api.post("/v1/payments", body_of(cardData={"tokenId": unknown})).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        body_of(0),
        body_of(-1),
        body_of(Decimal("0.001")),
        body_of(cardData={}),
        {name: value for name, value in body_of().items() if name != "cardData"},
        body_of(cardData={"encryptedCardNumber": ""}),
        body_of(cardData={"cardNumber": "4111111111111111"}),
        body_of(kind="gift"),
        {name: value for name, value in body_of().items() if name != "orderDetails"},
    ],
)
def test_a_payment_that_makes_no_sense_is_refused_and_leaves_nothing(api: Api, body: Any) -> None:
    answer = api.post("/v1/payments", body)

    assert answer.status_code == 422
    assert "4111111111111111" not in answer.text
    assert api.get("/v1/transactions")["total"] == 0


def test_a_host_to_host_payment_can_be_captured_in_part_and_refunded(api: Api) -> None:
    payment = pay(api, kind="auth", skipThreeDS=True)

    captured = exact(api.post(f"/v1/payments/{payment['id']}/capture", {"amount": 20000}))
    refunded = exact(api.post(f"/v1/payments/{payment['id']}/refund", {"amount": 5000}))

    assert (captured["remainingBalance"], refunded["remainingBalance"]) == (20000, 15000)


def test_an_auth_is_captured_by_itself_after_five_days(api: Api) -> None:
    payment = pay(api, kind="auth", skipThreeDS=True)

    api.advance(5 * 86400 - 1)
    assert status_of(api, payment) == "authorized"
    api.advance(1)
    assert status_of(api, payment) == "charged"


def test_the_banks_page_posts_the_result_to_the_merchant(api: Api) -> None:
    url = "https://shop.example/3ds?a=1&b=2"
    payment = pay(api, threeDSNotificationUrl=url)
    three_ds = payment["threeDS"]
    assert three_ds["action"] in three_ds["html"]

    page = api.http.post(three_ds["action"], data={"creq": three_ds["creq"]}).text

    assert page.count('action="https://shop.example/3ds?a=1&amp;b=2"') == 2
    [yes, no] = re.findall(r'name="cres" value="([^"]+)"', page)
    assert f'value="{three_ds["threeDSSessionData"]}"' in page
    assert finish(api, payment)["success"] is True
    assert (yes, no) == (cres_of("Y"), cres_of("N"))
    assert api.http.get(three_ds["action"]).status_code == 404


@pytest.mark.parametrize("fields", [{}, {"threeDSNotificationUrl": "javascript:alert(1)"}], ids=str)
def test_the_banks_page_shows_the_result_where_it_cannot_post_it(api: Api, fields: dict[str, Any]) -> None:
    page = api.http.get(pay(api, **fields)["threeDS"]["action"]).text

    assert "<form" not in page
    assert "javascript" not in page
    assert cres_of("Y") in page


def test_a_host_to_host_payment_tells_its_events_to_the_webhook_url(receiver: Receiver) -> None:
    app = create_app(webhook_url=receiver.url)
    with RunningSandbox(app) as sandbox, httpx.Client(base_url=sandbox.base_url, trust_env=False) as http:
        http.headers["Authorization"] = sandbox.key
        payment = pay(Api(http), skipThreeDS=True)
        events = [receiver.next() for _ in range(3)]

    assert [event["name"] for event in events] == [
        "transaction.created",
        "transaction.authorized",
        "transaction.charged",
    ]
    assert {event["data"]["id"] for event in events} == {payment["id"]}
