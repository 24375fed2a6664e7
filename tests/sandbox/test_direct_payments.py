"""Host-to-host payments and 3-D Secure, over HTTP."""

from __future__ import annotations

import base64
import hashlib
import re
from decimal import Decimal
from html import unescape
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from helpers.cards import NUMBER, YEAR, card_data, sealed
from plexy_pay_sandbox import RunningSandbox, create_app, wire
from plexy_pay_sandbox.card_keys import PADDINGS
from plexy_pay_sandbox.three_ds import cres_of

from .support import Api, Receiver, exact

UNKNOWN = "00000000-0000-4000-8000-000000000000"
CARD = card_data()
EXPIRY = f"07/{YEAR}"


def body_of(amount: Any = 22000, kind: str = "sale", **fields: Any) -> dict[str, Any]:
    order = {"amount": amount, "currency": "KZT", "orderReference": "ORD-1"}
    return {
        "transactionType": kind,
        "paymentMethod": "card",
        "orderDetails": order,
        "cardData": CARD,
    } | fields


def pay_by(api: Api, **card: Any) -> Any:
    """A payment with a card that differs from the usual one."""
    return pay(api, cardData=card_data(**card))


def pay(api: Api, amount: Any = 22000, kind: str = "sale", **fields: Any) -> Any:
    return exact(api.post("/v1/payments", body_of(amount, kind, **fields)))


def finish(api: Api, payment: Any, trans_status: str = "Y") -> Any:
    return api.made(
        "/v1/3ds/callback", transactionId=payment["id"], cres=cres_of(trans_status)
    )


def status_of(api: Api, payment: Any) -> str:
    return api.get(f"/v1/transactions/{payment['id']}")["status"]


def test_the_key_is_one_that_can_encrypt_and_has_no_private_part(api: Api) -> None:
    pem = api.get("/v1/keys")["publicKey"]

    key = load_pem_public_key(pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048
    assert "PRIVATE" not in pem
    assert api.get("/v1/keys")["publicKey"] == pem


@pytest.mark.parametrize("padding", PADDINGS)
def test_a_card_is_read_in_each_padding_and_shown_by_its_face_only(
    api: Api, padding: str
) -> None:
    payment = pay_by(
        api, number="5555555555554444", holder="Дана Sample", padding=PADDINGS[padding]
    )

    assert (payment["cardMask"], payment["cardScheme"]) == ("******4444", "mastercard")
    assert (payment["cardExpiryDate"], payment["cardholderName"]) == (
        EXPIRY,
        "Дана Sample",
    )
    shown = "".join(
        response.text
        for response in (
            api.http.get("/v1/transactions"),
            api.http.get("/_sandbox/webhooks"),
        )
    )
    assert "5555555555554444" not in f"{payment}{shown}"


@pytest.mark.parametrize("other", [name for name in PADDINGS if name != "oaep-sha1"])
def test_a_sandbox_of_one_padding_takes_no_other(other: str) -> None:
    with (
        RunningSandbox(create_app(card_padding="oaep-sha1")) as sandbox,
        httpx.Client(
            base_url=sandbox.base_url,
            trust_env=False,
            headers={"Authorization": sandbox.key},
        ) as http,
    ):
        refused = Api(http).post(
            "/v1/payments", body_of(cardData=card_data(padding=PADDINGS[other]))
        )
        assert pay_by(Api(http), padding=PADDINGS["oaep-sha1"])["success"] is True

    assert refused.status_code == 422
    assert "cardData.encryptedCardNumber" in refused.json()["message"]
    assert "oaep-sha1" in refused.json()["message"]


def test_a_sandbox_of_an_unknown_padding_does_not_start() -> None:
    with pytest.raises(ValueError, match="oaep-sha256"):
        create_app(card_padding="zero")


@pytest.mark.parametrize("field", CARD)
@pytest.mark.parametrize(
    "text",
    ["QQ==", "no Base64!", sealed("\n"), sealed("\0")],
    ids=["short", "text", "line end", "zero"],
)
def test_a_field_that_cannot_be_read_is_refused_by_its_name(
    api: Api, field: str, text: str
) -> None:
    refused = api.post("/v1/payments", body_of(cardData=CARD | {field: text}))

    assert refused.status_code == 422
    assert f"cardData.{field} cannot be decrypted" in refused.json()["message"]


def test_a_card_is_encrypted_with_one_padding(api: Api) -> None:
    number, holder = "encryptedCardNumber", "encryptedCardholderName"
    ours, theirs = (
        card_data(padding=PADDINGS[name]) for name in ("oaep-sha256", "oaep-sha1")
    )
    for mixed, other in (
        (ours | {holder: theirs[holder]}, holder),
        (theirs | {number: ours[number]}, number),
    ):
        refused = api.post("/v1/payments", body_of(cardData=mixed))

        assert refused.status_code == 422
        assert f"cardData.{other} cannot be decrypted" in refused.json()["message"]


def test_a_refusal_of_card_data_repeats_none_of_them(api: Api) -> None:
    stranger = rsa.generate_private_key(65537, 2048).public_key()
    for text in (
        base64.b64encode(
            stranger.encrypt(NUMBER.encode(), PADDINGS["pkcs1-v1_5"])
        ).decode(),
        sealed("4111 1111 1111 1111"),
        sealed(f"{NUMBER}x"),
    ):
        refused = api.post(
            "/v1/payments", body_of(cardData=CARD | {"encryptedCardNumber": text})
        )

        assert refused.status_code == 422
        assert not re.search("4111 ?1111", refused.text)


@pytest.mark.parametrize("field", CARD)
def test_each_field_of_a_card_is_needed(api: Api, field: str) -> None:
    card = {name: text for name, text in CARD.items() if name != field}

    refused = api.post("/v1/payments", body_of(cardData=card))

    assert refused.status_code == 422
    assert field in refused.json()["message"]


@pytest.mark.parametrize(
    ("card", "code", "cvv"),
    [
        ({"number": "4111111111111110"}, None, "M"),
        ({"cvv": "444"}, "05", "N"),
        ({"month": "10", "year": "26"}, "54", "M"),
        ({"month": "10", "year": "2026"}, "54", "M"),
    ],
    ids=str,
)
def test_a_card_that_can_pay_nothing_is_rejected_with_200(
    api: Api, card: dict[str, Any], code: str | None, cvv: str
) -> None:
    payment = pay_by(api, **card)

    assert (payment["success"], payment["captured"]) == (False, False)
    assert (payment.get("responseCode"), payment["cvvStatus"]) == (code, cvv)
    assert status_of(api, payment) == "rejected"
    verification = pay(api, 0, "verification", cardData=card_data(**card))
    assert (verification["success"], verification.get("responseCode")) == (False, code)


def test_a_card_is_good_until_the_end_of_its_month(api: Api) -> None:
    # The sandbox's clock stands in November 2026.
    assert pay_by(api, month="11", year="26")["action"] == "3ds-required"


def test_the_card_that_is_trusted_pays_without_a_question(api: Api) -> None:
    payment = pay_by(api, number="4907639999909022")

    assert (payment["success"], payment["action"], payment["responseCode"]) == (
        True,
        "3ds-completed",
        "00",
    )
    assert (payment["threeDS"]["status"], payment["threeDS"]["type"]) == (
        "Y",
        "frictionless",
    )
    assert (payment["cvvStatus"], payment["cvvStatusDecoded"]) == ("M", "match")
    assert status_of(api, payment) == "charged"


@pytest.mark.parametrize(
    ("number", "status", "reason", "code"),
    [
        ("4907639999990022", "R", "11", 1013),
        ("5283901906612672", "R", "11", 1013),
        ("4907630099999922", "N", "01", None),
        ("5283901901266672", "N", "13", None),
    ],
)
def test_the_cards_that_a_bank_refuses_without_a_question(
    api: Api, number: str, status: str, reason: str, code: int | None
) -> None:
    payment = pay_by(api, number=number)

    assert (payment["success"], payment.get("code")) == (False, code)
    assert "action" not in payment
    three_ds = payment["threeDS"]
    assert (three_ds["status"], three_ds["statusReason"], three_ds["type"]) == (
        status,
        reason,
        "frictionless",
    )
    assert status_of(api, payment) == "rejected"
    assert (
        pay(api, skipThreeDS=True, cardData=card_data(number=number))["success"] is True
    )


def response_at(api: Api, payment: Any, **form: str) -> httpx.Response:
    """What the bank's page answers to a form."""
    three_ds = payment["threeDS"]
    return api.http.post(three_ds["action"], data={"creq": three_ds["creq"], **form})


def posted_by(page: httpx.Response) -> tuple[str, dict[str, str]]:
    """Where the one form of a page posts to, and its fields."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', page.text)
    return unescape(action), {name: unescape(value) for name, value in fields}


CHALLENGES = [
    ("4111111111111111", "555", True),
    ("4111111111111111", "111", False),
    ("5555555555554444", "555", True),
    ("5555555555554444", "111", False),
    ("4200000000000000", "555", True),
    ("4640170131116658", "111", False),
    ("4918914107195005", "555", True),
    ("5283901669012672", "555", True),
    ("4001880000000055", "111", False),
    ("5168159443230322", "555", False),
    ("4012888888881881", "555", True),
]


@pytest.mark.parametrize(("number", "code", "succeeds"), CHALLENGES)
def test_the_bank_of_each_card_answers_as_the_list_says(
    api: Api, number: str, code: str, succeeds: bool
) -> None:
    payment = pay(
        api,
        cardData=card_data(number=number),
        threeDSNotificationUrl="https://shop.example/3ds",
    )
    question = response_at(api, payment)

    address, form = posted_by(response_at(api, payment, otp=code))

    assert ('name="otp"' in question.text, "cres" in question.text) == (True, False)
    assert address == "https://shop.example/3ds"
    assert form.keys() == {"cres", "threeDSSessionData"}
    done = api.made("/v1/3ds/callback", transactionId=payment["id"], cres=form["cres"])
    assert done["success"] is succeeds
    assert status_of(api, payment) == ("charged" if succeeds else "rejected")


def test_a_wrong_code_is_asked_again(api: Api) -> None:
    payment = pay(api, threeDSNotificationUrl="https://shop.example/3ds")

    page = response_at(api, payment, otp="123")

    assert "This is not the code." in page.text
    assert "cres" not in page.text
    assert status_of(api, payment) == "3d"


def test_a_payment_whose_response_gets_lost_is_rejected_after_ten_minutes(
    api: Api,
) -> None:
    payment = pay(
        api,
        cardData=card_data(number="5440382741349178"),
        threeDSNotificationUrl="https://s.example/",
    )

    page = response_at(api, payment, otp="555")

    assert "<form" not in page.text
    api.advance(599)
    assert status_of(api, payment) == "3d"
    api.advance(1)
    assert status_of(api, payment) == "rejected"
    body = {"transactionId": payment["id"], "cres": cres_of("Y")}
    assert api.post("/v1/3ds/callback", body).status_code == 422
    other = pay(api, cardData=card_data(number="5440382741349178"))
    assert finish(api, other)["success"] is True
    api.advance(600)
    assert status_of(api, other) == "charged"


def test_the_banks_response_about_another_payment_is_refused(api: Api) -> None:
    mine, other = pay(api), pay(api)

    body = {"transactionId": mine["id"], "cres": cres_of("Y", other["id"])}

    assert api.post("/v1/3ds/callback", body).status_code == 422
    assert status_of(api, mine) == "3d"


def test_a_payment_waits_for_its_payer_and_has_moved_nothing(api: Api) -> None:
    payment = pay(api)

    assert payment["action"] == "3ds-required"
    # As in the documented sample, which is why a program must not decide by these two.
    assert (payment["success"], payment["captured"]) == (True, True)
    assert (payment["amount"], payment["currency"], payment["orderReference"]) == (
        22000,
        "KZT",
        "ORD-1",
    )
    assert "responseCode" not in payment
    three_ds = payment["threeDS"]
    assert (three_ds["status"], three_ds["type"]) == ("C", "challengeflow")
    session_data = three_ds["threeDSSessionData"]
    decoded = wire.loads(
        base64.urlsafe_b64decode(session_data + "=" * (-len(session_data) % 4))
    )
    assert decoded == {"transactionId": payment["id"]}
    assert status_of(api, payment) == "3d"
    api.advance(6 * 86400)
    assert status_of(api, payment) == "3d"


@pytest.mark.parametrize(
    ("kind", "status"), [("sale", "charged"), ("auth", "authorized")]
)
def test_the_payers_yes_finishes_the_payment(api: Api, kind: str, status: str) -> None:
    payment = pay(api, kind=kind)

    done = finish(api, payment)

    assert (done["id"], done["success"], done["responseCode"]) == (
        payment["id"],
        True,
        "00",
    )
    assert done["threeDS"]["status"] == "Y"
    assert "action" not in done
    assert status_of(api, payment) == status
    assert (
        api.get("/v1/transactions/by-order-reference/ORD-1")["transactionId"]
        == payment["id"]
    )


@pytest.mark.parametrize("trans_status", ["N", "R", "U"])
def test_the_payers_no_refuses_the_payment_with_200(
    api: Api, trans_status: str
) -> None:
    payment = pay(api)

    done = finish(api, payment, trans_status)

    assert (done["success"], done["captured"], done["threeDS"]["status"]) == (
        False,
        False,
        trans_status,
    )
    assert status_of(api, payment) == "rejected"


def test_a_challenge_has_one_response(api: Api) -> None:
    payment = pay(api)
    finish(api, payment)

    again = api.post(
        "/v1/3ds/callback", {"transactionId": payment["id"], "cres": cres_of("Y")}
    )

    assert again.status_code == 422
    assert api.get("/v1/transactions")["total"] == 1


@pytest.mark.parametrize(
    "cres",
    [
        "",
        "!",
        "bm90IGpzb24",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b"{}").decode(),
    ],
)
def test_a_response_that_cannot_be_read_leaves_the_payment_waiting(
    api: Api, cres: str
) -> None:
    payment = pay(api)

    response = api.post(
        "/v1/3ds/callback", {"transactionId": payment["id"], "cres": cres}
    )

    assert response.status_code == 422
    assert status_of(api, payment) == "3d"
    assert finish(api, payment)["success"] is True


def test_a_challenge_of_nothing_is_not_found(api: Api) -> None:
    body = {"transactionId": UNKNOWN, "cres": cres_of("Y")}

    assert api.post("/v1/3ds/callback", body).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [{"skipThreeDS": True}, {"moto": True}, {"scaExemption": "low_value"}],
    ids=str,
)
def test_without_a_challenge_the_payment_is_made_at_once(
    api: Api, fields: dict[str, Any]
) -> None:
    payment = pay(api, **fields)

    assert (payment["success"], payment["responseCode"]) == (True, "00")
    assert payment["action"] == "3ds-skipped"
    assert status_of(api, payment) == "charged"


@pytest.mark.parametrize(
    "fields",
    [{"skipThreeDS": False}, {"moto": None}, {"moto": False}, {"scaExemption": None}],
    ids=str,
)
def test_what_does_not_exempt_leads_to_the_challenge(
    api: Api, fields: dict[str, Any]
) -> None:
    assert pay(api, **fields)["action"] == "3ds-required"


@pytest.mark.parametrize(
    ("amount", "code"), [(20050, "05"), (Decimal("20050.00"), "05"), (20510, "51")]
)
def test_the_documented_amounts_are_refused_with_their_codes_and_200(
    api: Api, amount: Decimal | int, code: str
) -> None:
    payment = pay(api, amount)

    assert (payment["success"], payment["captured"], payment["responseCode"]) == (
        False,
        False,
        code,
    )
    assert "action" not in payment
    assert status_of(api, payment) == "rejected"


def test_a_verification_moves_nothing(api: Api) -> None:
    done = pay(api, 0, "verification")

    assert (done["success"], done["amount"]) == (True, 0)
    assert api.get("/v1/transactions")["total"] == 0
    assert api.post("/v1/payments", body_of(1, "verification")).status_code == 422


def test_a_known_card_pays_by_its_token_and_an_unknown_one_does_not(api: Api) -> None:
    first = pay(api, skipThreeDS=True, cardData=card_data(number="5555555555554444"))
    token = first["cardTokenId"]
    refused = pay(api, 20050, skipThreeDS=True)["cardTokenId"]

    paid = pay(api, skipThreeDS=True, cardData={"tokenId": token})

    assert (paid["cardTokenId"], paid["cardMask"]) == (token, "******4444")
    assert "cvvStatus" not in paid
    assert pay(api, cardData={"tokenId": token})["action"] == "3ds-required"
    for unknown in (UNKNOWN, refused):
        assert (
            api.post("/v1/payments", body_of(cardData={"tokenId": unknown})).status_code
            == 422
        )


@pytest.mark.parametrize(
    "body",
    [
        body_of(0),
        body_of(-1),
        body_of(Decimal("0.001")),
        body_of(cardData={}),
        {name: value for name, value in body_of().items() if name != "cardData"},
        body_of(cardData=CARD | {"encryptedCardNumber": ""}),
        body_of(cardData={"cardNumber": "4111111111111111"}),
        body_of(kind="gift"),
        {name: value for name, value in body_of().items() if name != "orderDetails"},
    ],
)
def test_a_payment_that_makes_no_sense_is_refused_and_leaves_nothing(
    api: Api, body: Any
) -> None:
    response = api.post("/v1/payments", body)

    assert response.status_code == 422
    assert "4111111111111111" not in response.text
    assert api.get("/v1/transactions")["total"] == 0


def test_a_host_to_host_payment_can_be_captured_in_part_and_refunded(api: Api) -> None:
    payment = pay(api, kind="auth", skipThreeDS=True)

    captured = exact(
        api.post(f"/v1/payments/{payment['id']}/capture", {"amount": 20000})
    )
    refunded = exact(api.post(f"/v1/payments/{payment['id']}/refund", {"amount": 5000}))

    assert (captured["remainingBalance"], refunded["remainingBalance"]) == (
        20000,
        15000,
    )


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
    assert posted_by(httpx.Response(200, text=three_ds["html"])) == (
        three_ds["action"],
        {
            "creq": three_ds["creq"],
            "threeDSSessionData": three_ds["threeDSSessionData"],
        },
    )

    page = response_at(api, payment, otp="555")

    form = {
        "cres": cres_of("Y", payment["id"]),
        "threeDSSessionData": three_ds["threeDSSessionData"],
    }
    assert posted_by(page) == (url, form)
    # The page sends itself, and runs no other script.
    [script] = re.findall(r"<script>(.*?)</script>", page.text)
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in page.headers["Content-Security-Policy"]
    assert finish(api, payment)["success"] is True
    assert api.http.get(three_ds["action"]).status_code == 404


@pytest.mark.parametrize(
    "fields", [{}, {"threeDSNotificationUrl": "javascript:alert(1)"}], ids=str
)
def test_the_banks_page_shows_the_result_where_it_cannot_post_it(
    api: Api, fields: dict[str, Any]
) -> None:
    payment = pay(api, **fields)

    page = response_at(api, payment, otp="555").text

    assert "<form" not in page
    assert "javascript" not in page
    assert cres_of("Y", payment["id"]) in page


def test_a_host_to_host_payment_tells_its_events_to_the_webhook_url(
    receiver: Receiver,
) -> None:
    app = create_app(webhook_url=receiver.url)
    with (
        RunningSandbox(app) as sandbox,
        httpx.Client(base_url=sandbox.base_url, trust_env=False) as http,
    ):
        http.headers["Authorization"] = sandbox.key
        payment = pay(Api(http), skipThreeDS=True)
        events = [receiver.next() for _ in range(3)]

    assert [event["name"] for event in events] == [
        "transaction.created",
        "transaction.authorized",
        "transaction.charged",
    ]
    assert {event["data"]["id"] for event in events} == {payment["id"]}
