"""The three schemes: which events go where, and what proves them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox, create_app
from plexy_pay_sandbox.validation import Contract
from plexy_pay_sandbox.webhooks.signing import (
    Authorization,
    Scheme,
    Secrets,
    signed_text,
)

from .support import CHECKOUT_KEY, KEY, SECRET, TOKEN, Api, Receiver, exact
from .test_direct_payments import finish, pay

AMOUNT = {"currency": "KZT", "value": 2_200_000}
SECRETS = Secrets(token=TOKEN, private_key="pr_secret-key", secret=SECRET)
NOON = 1_795_348_800


def proof(scheme: Scheme, *, content: bytes = b"", text: str = "") -> dict[str, str]:
    return SECRETS.headers(scheme, content, text, NOON, Authorization.BEARER)


# --- what is signed: the signatures were computed with OpenSSL ----------------------------------------------


def test_a_callback_signs_five_fields_with_the_key_behind_its_prefix() -> None:
    payload = {
        "id": "txn_1",
        "amount": Decimal("22000.50"),
        "currency": "KZT",
        "orderReference": "ORD-1",
        "success": True,
        "settled": False,
    }

    signature = "6a2eccaae71cba116bd30f8db388b7e17a7eea5afdd5da2f0f47c1d4d52230d0"
    assert proof(Scheme.FIELDS, text=signed_text(payload)) == {"x-signature": signature}


def test_a_callback_without_an_order_reference_signs_the_other_four() -> None:
    payload = {"id": "txn_1", "amount": 100, "currency": "USD", "success": False}

    signature = "8dd8fd135ebda1a0068503d1146d2618e1ba71712f65b42e4b561b2ee1b4c2f0"
    assert proof(Scheme.FIELDS, text=signed_text(payload)) == {"x-signature": signature}


def test_v2_signs_the_body_and_tells_the_time_beside_it() -> None:
    signature = "6e0381b2dbe76167ea22c278a63471fa4558460f8e59d06f8d0e342910edd1c2"
    shown = proof(Scheme.BODY, content=b'{"id":"evt_1"}')
    assert shown == {"Plexy-Signature": f"t={NOON},v1={signature}"}


def test_a_body_that_is_no_object_can_be_signed_as_a_callback() -> None:
    assert signed_text([1]) == ""


@pytest.mark.parametrize(
    ("spelling", "header"),
    [
        ("bearer", f"Bearer {TOKEN}"),
        ("raw", TOKEN),
        ("doubled", f"Bearer Bearer {TOKEN}"),
    ],
)
def test_the_token_comes_in_three_spellings(
    sandbox: RunningSandbox,
    api: Api,
    receiver: Receiver,
    spelling: Literal["bearer", "raw", "doubled"],
    header: str,
) -> None:
    sandbox.webhooks.configure(authorization=spelling)

    api.paid(metadata={"callbackUrl": receiver.url})

    headers, _ = receiver.next_request()
    assert headers["Authorization"] == header
    assert not {"x-signature", "Plexy-Signature"} & set(headers)


@pytest.mark.parametrize(
    "secrets",
    [
        {"webhook_token": ""},
        {"webhook_token": "wäh"},
        {"webhook_secret": "two\nlines"},
        {"webhook_secret": " padded"},
        {"webhook_private_key": "pr_"},
    ],
    ids=str,
)
def test_a_secret_that_cannot_be_used_is_refused_and_not_shown(
    secrets: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        create_app(**secrets)

    assert not any(value and value in str(caught.value) for value in secrets.values())


def test_a_program_reads_from_the_sandbox_what_proves_its_webhooks() -> None:
    app = create_app(
        keys=["pr_first", "pr_second"], webhook_token="whk_a", webhook_secret="whs_b"
    )
    with RunningSandbox(app) as sandbox:
        own = (
            sandbox.webhook_token,
            sandbox.webhook_secret,
            sandbox.webhook_private_key,
        )

    assert own == ("whk_a", "whs_b", "pr_first")


def test_secrets_do_not_show() -> None:
    shown = f"{SECRETS!r} {create_app(webhook_secret='whs_other').state.access!r}"

    assert not any(
        secret in shown for secret in (TOKEN, "secret-key", SECRET, "whs_other")
    )


# --- v2 -----------------------------------------------------------------------------------------------------


def declined(checkout: Api) -> Any:
    checkout.post("/v2/payments", {"amount": AMOUNT | {"value": 2_005_000}})


def refused_by_the_shopper(checkout: Api) -> Any:
    always = {"attemptAuthentication": "always"}
    begun = checkout.made("/v2/payments", amount=AMOUNT, authenticationData=always)
    [_, refused] = re.findall(
        r"<code>([0-9A-F]+)</code>", checkout.http.get(begun["action"]["url"]).text
    )
    checkout.post("/v2/payments/details", {"details": {"redirectResult": refused}})
    return begun


def confirmed_by_the_shopper(checkout: Api) -> Any:
    always = {"attemptAuthentication": "always"}
    begun = checkout.made("/v2/payments", amount=AMOUNT, authenticationData=always)
    [confirmed, _] = re.findall(
        r"<code>([0-9A-F]+)</code>", checkout.http.get(begun["action"]["url"]).text
    )
    return checkout.made("/v2/payments/details", details={"redirectResult": confirmed})


def session(checkout: Api) -> Any:
    fields = {
        "merchantAccount": "Shop",
        "reference": "ORD-1",
        "returnUrl": "https://shop.example/back",
    }
    return checkout.made("/v2/sessions", amount=AMOUNT, **fields)


def paid_session(checkout: Api) -> Any:
    checkout.http.post(f"{session(checkout)['url']}/pay")


def declined_session(checkout: Api) -> Any:
    checkout.http.post(f"{session(checkout)['url']}/decline")


def paid_at_once(checkout: Api) -> Any:
    return checkout.made("/v2/payments", amount=AMOUNT)


def test_an_event_of_v2_has_the_documented_shape_and_a_signature(
    sandbox: RunningSandbox, checkout: Api, receiver: Receiver
) -> None:
    sandbox.webhooks.configure(checkout_url=receiver.url)

    payment = paid_at_once(checkout)

    headers, event = receiver.next_request()
    data = {
        "id": payment["pspReference"],
        "amount": 2_200_000,
        "currency": "KZT",
        "status": "succeeded",
    }
    assert event == {
        "id": event["id"],
        "type": "payment.succeeded",
        "created": NOON,
        "data": data,
    }
    assert event["id"].startswith("evt_")
    assert headers["Plexy-Signature"].startswith(f"t={NOON},v1=")
    assert headers["Content-Type"] == "application/json"
    assert not {"Authorization", "x-signature"} & set(headers)


@pytest.mark.parametrize(
    ("happen", "name"),
    [
        (paid_at_once, "payment.succeeded"),
        (confirmed_by_the_shopper, "payment.succeeded"),
        (paid_session, "payment.succeeded"),
        (declined, "payment.failed"),
        (refused_by_the_shopper, "payment.failed"),
        (declined_session, "payment.failed"),
    ],
)
def test_each_end_of_a_payment_of_v2_is_one_event_that_fits_the_document(
    sandbox: RunningSandbox,
    checkout: Api,
    receiver: Receiver,
    contract: Contract,
    happen: Callable[[Api], Any],
    name: str,
) -> None:
    sandbox.webhooks.configure(checkout_url=receiver.url)

    happen(checkout)

    [sent] = sandbox.webhooks.wait()
    assert (sent.name, sent.scheme, sent.state) == (name, "body", "delivered")
    event = receiver.next()
    assert event["data"]["status"] == name.removeprefix("payment.")
    contract.check(
        f"/webhooks/{name}/post/requestBody/content/application~1json/schema",
        event,
        name,
    )


def test_the_time_of_a_signature_is_real_however_far_the_clock_was_moved(
    sandbox: RunningSandbox, checkout: Api, receiver: Receiver
) -> None:
    sandbox.webhooks.configure(checkout_url=receiver.url)
    sandbox.advance(86400)

    paid_at_once(checkout)

    headers, event = receiver.next_request()
    assert event["created"] == NOON + 86400
    assert headers["Plexy-Signature"].startswith(f"t={NOON},v1=")


def test_events_of_v2_go_to_their_own_address_or_nowhere(
    sandbox: RunningSandbox, checkout: Api, receiver: Receiver
) -> None:
    sandbox.webhooks.configure(url=receiver.url)

    paid_at_once(checkout)

    assert sandbox.webhooks.wait() == []


# --- the callback of 2023 -----------------------------------------------------------------------------------


@pytest.fixture
def told(
    sandbox: RunningSandbox, receiver: Receiver
) -> Callable[[], list[tuple[bool, bool]]]:
    """What the callbacks so far have said: `success` and `settled` of each."""
    sandbox.webhooks.configure(callback_url=receiver.url)

    def callbacks() -> list[tuple[bool, bool]]:
        sent = sandbox.webhooks.wait()
        assert {(one.name, one.scheme, one.state) for one in sent} == {
            ("callback-2023", "fields", "delivered")
        }
        return [(one.payload["success"], one.payload["settled"]) for one in sent]

    return callbacks


def test_a_callback_has_the_fields_of_2023_and_a_signature(
    sandbox: RunningSandbox, api: Api, receiver: Receiver
) -> None:
    sandbox.webhooks.configure(callback_url=receiver.url)

    payment = pay(api, skipThreeDS=True)

    headers, body = receiver.next_request()
    assert body == {
        "id": payment["id"],
        "amount": 22000,
        "currency": "KZT",
        "orderReference": "ORD-1",
        "success": True,
        "settled": False,
        "externalReference": "000000000001",
        "paymentMethod": "card",
    }
    text = f"{payment['id']}22000KZTORD-1true"
    own = Secrets(token=TOKEN, private_key=KEY, secret=SECRET)
    assert (
        headers["x-signature"]
        == own.headers(Scheme.FIELDS, b"", text, 0, Authorization.RAW)["x-signature"]
    )
    assert not {"Authorization", "Plexy-Signature"} & set(headers)


def test_a_sale_calls_back_when_it_is_authorized_and_when_it_is_charged(
    api: Api, told: Callable[[], list[tuple[bool, bool]]]
) -> None:
    finish(api, pay(api))

    assert told() == [(True, False), (True, True)]


def test_an_authorization_calls_back_again_when_it_is_captured(
    api: Api, told: Callable[[], list[tuple[bool, bool]]]
) -> None:
    payment = pay(api, kind="auth", moto=True)
    assert told() == [(True, False)]

    assert api.post(f"/v1/payments/{payment['id']}/capture", {}).status_code == 200

    assert told() == [(True, False), (True, True)]


def test_a_payment_that_is_refused_calls_back_without_success(
    api: Api, told: Callable[[], list[tuple[bool, bool]]]
) -> None:
    pay(api, 20050)
    finish(api, pay(api), "N")

    assert told() == [(False, False), (False, False)]


def test_a_refund_and_a_cancellation_call_nobody_back(
    api: Api, told: Callable[[], list[tuple[bool, bool]]]
) -> None:
    charged, authorized = pay(api, moto=True), pay(api, kind="auth", moto=True)
    before = told()

    assert api.post(f"/v1/payments/{charged['id']}/refund", {}).status_code == 200
    assert api.post(f"/v1/payments/{authorized['id']}/cancel").status_code == 200

    assert told() == before


def test_payments_of_links_and_with_saved_cards_are_never_told_by_callback(
    sandbox: RunningSandbox, api: Api, receiver: Receiver
) -> None:
    with Receiver() as callbacks:
        sandbox.webhooks.configure(url=receiver.url, callback_url=callbacks.url)
        link = api.paid(recurring={"type": "cof_initial"})
        token = receiver.next()["data"]["cardTokenId"]["Value"]
        body = {"amount": 1, "currency": "KZT", "cardTokenId": token}
        body |= {"initialTransactionId": link["transactionId"]}
        exact(api.post("/v1/payments/merchant-initiated", body))

        assert {(one.url, one.scheme) for one in sandbox.webhooks.wait()} == {
            (receiver.url, "token")
        }


def test_without_a_callback_url_host_to_host_payments_are_told_by_events(
    sandbox: RunningSandbox, api: Api, receiver: Receiver
) -> None:
    sandbox.webhooks.configure(url=receiver.url)

    pay(api, moto=True)

    names = [one.name for one in sandbox.webhooks.wait()]
    assert names == [
        "transaction.created",
        "transaction.authorized",
        "transaction.charged",
    ]


# --- secrets stay where they are ----------------------------------------------------------------------------


def test_nothing_that_is_listed_or_logged_shows_a_secret(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    secrets = ["pr_hidden", "whk_hidden", "whs_hidden", CHECKOUT_KEY]
    app = create_app(
        keys=secrets[:1],
        webhook_token=secrets[1],
        webhook_secret=secrets[2],
        checkout_keys=secrets[3:],
        webhook_url=receiver.url,
        webhook_checkout_url=receiver.url,
        webhook_callback_url=receiver.url,
        webhook_retry_delays=(),
    )
    with RunningSandbox(app) as sandbox:
        receiver.statuses[:] = [500, 500, 500]
        for name in (
            "transaction.charged",
            "payment.succeeded",
            "callback-2023",
            "transaction.charged",
        ):
            sandbox.webhooks.emit(name)
        sent = sandbox.webhooks.wait()
        listed = httpx.get(
            f"{sandbox.base_url}/_sandbox/webhooks", trust_env=False
        ).text
    shown = f"{caplog.text} {listed} {sent} {sandbox} {sandbox.webhooks}"

    assert [one.state for one in sent] == ["given_up"] * 3 + ["delivered"]
    assert "webhook 'payment.succeeded' was given up after 1 attempt" in caplog.text
    assert not any(secret.partition("_")[2] in shown for secret in secrets[:3])
    for header in ("authorization", "x-signature", "plexy-signature"):
        assert header not in listed.lower().replace('"authorization":"bearer"', "")
