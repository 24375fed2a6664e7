"""What a test can ask of the webhooks: any event, duplicates, another order, delays, other spellings, forgeries."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

import httpx
import pytest
from plexy_pay_sandbox import (
    RunningSandbox,
    SentWebhook,
    WebhookControl,
    create_app,
    wire,
)
from plexy_pay_sandbox.control_calls import ask
from plexy_pay_sandbox.validation import Contract, bundled_document
from plexy_pay_sandbox.webhooks.signing import Authorization, Scheme, Secrets

from .support import KEY, SECRET, TOKEN, Api, Receiver, exact

WEBHOOKS: dict[str, Any] = bundled_document()["webhooks"]
PROOFS = {"token": "Authorization", "fields": "x-signature", "body": "Plexy-Signature"}


@pytest.fixture
def webhooks(sandbox: RunningSandbox, receiver: Receiver) -> WebhookControl:
    """The webhooks of a sandbox that posts everything to the receiver."""
    url = receiver.url
    sandbox.webhooks.configure(url=url, checkout_url=url, callback_url=url)
    return sandbox.webhooks


def names_of(sent: Iterable[SentWebhook]) -> list[str]:
    return [one.name for one in sent]


def arrived(webhooks: WebhookControl, receiver: Receiver) -> list[Any]:
    """The bodies that have arrived when nothing is on its way any more."""
    webhooks.wait()
    return [receiver.next() for _ in range(receiver.requests.qsize())]


# --- any event ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WEBHOOKS)
def test_each_event_of_the_document_can_be_sent_and_fits_it(
    webhooks: WebhookControl, receiver: Receiver, contract: Contract, name: str
) -> None:
    sent = webhooks.emit(name)

    headers, event = receiver.next_request()
    contract.check(
        f"/webhooks/{name}/post/requestBody/content/application~1json/schema",
        event,
        name,
    )
    assert (sent.name, sent.payload) == (name, event)
    assert [header for header in PROOFS.values() if header in headers] == [
        PROOFS[sent.scheme]
    ]


def test_the_events_of_each_family_are_proved_by_their_own_scheme(
    webhooks: WebhookControl,
) -> None:
    names = (
        "transaction.refunded",
        "payment_order.paid",
        "callback-2023",
        "refund.succeeded",
    )

    assert [webhooks.emit(name).scheme for name in names] == [
        "token",
        "token",
        "fields",
        "body",
    ]


def test_fields_of_the_sample_can_be_replaced(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.emit(
        "transaction.charged",
        {"merchantReference": "ORD-7", "amount": 0.1, "id": "txn_7"},
    )

    event = receiver.next()
    data = event["data"]
    assert (data["merchantReference"], data["amount"], data["id"]) == (
        "ORD-7",
        Decimal("0.1"),
        "txn_7",
    )
    assert (event["name"], data["status"], data["currency"]) == (
        "transaction.charged",
        "charged",
        "USD",
    )


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("transaction.charged", lambda body: body["data"]["id"]),
        ("payment_order.paid", lambda body: body["data"]["payment_order_id"]),
        ("payment.succeeded", lambda body: body["id"]),
        ("callback-2023", lambda body: body["id"]),
    ],
)
def test_two_events_on_demand_are_no_duplicates(
    webhooks: WebhookControl, name: str, identity: Any
) -> None:
    first, second = webhooks.emit(name), webhooks.emit(name)

    assert identity(first.payload) != identity(second.payload)


@pytest.mark.parametrize(
    ("scheme", "body"),
    [
        (
            "token",
            {
                "name": "loan.granted",
                "merchantId": "merchant_sandbox",
                "data": {"id": 1},
            },
        ),
        ("fields", {"id": 1}),
        (
            "body",
            {"id": "evt_", "type": "loan.granted", "created": 0, "data": {"id": 1}},
        ),
    ],
)
def test_an_event_that_nobody_knows_has_the_shape_of_its_scheme(
    webhooks: WebhookControl,
    receiver: Receiver,
    scheme: Literal["token", "fields", "body"],
    body: dict[str, Any],
) -> None:
    webhooks.emit("loan.granted", {"id": 1}, scheme=scheme)

    headers, event = receiver.next_request()
    assert PROOFS[scheme] in headers
    assert event.keys() == body.keys()
    assert {
        **event,
        **({"id": "evt_", "created": 0} if scheme == "body" else {}),
    } == body


def test_an_event_without_a_scheme_of_its_own_carries_the_token(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.emit("loan.granted")

    headers, event = receiver.next_request()
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert event == {
        "name": "loan.granted",
        "merchantId": "merchant_sandbox",
        "data": {},
    }


def test_a_misspelt_event_is_the_one_that_was_meant(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    with pytest.raises(ValueError, match=r"did you mean 'transaction\.charged'\?"):
        webhooks.emit("transaction.chraged", url=receiver.url)
    sent = webhooks.emit("transaction.chraged", url=receiver.url, scheme="token")
    assert sent.name == "transaction.chraged"


@pytest.mark.parametrize("data", ["text", 1, True, [], [{}]], ids=str)
def test_data_need_not_be_an_object(
    webhooks: WebhookControl, receiver: Receiver, data: Any
) -> None:
    webhooks.emit("transaction.charged", data)

    assert receiver.next()["data"] == data


@pytest.mark.parametrize(
    "payload", [[1], "text", None, 5, {"name": 1}, {"data": {}}], ids=str
)
def test_a_whole_body_can_be_given(
    webhooks: WebhookControl, receiver: Receiver, payload: Any
) -> None:
    for scheme in ("token", "fields", "body"):
        webhooks.emit("anything", payload=payload, scheme=scheme)

    assert arrived(webhooks, receiver) == [payload] * 3


def test_a_whole_body_is_sent_in_its_own_spelling(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.configure(names="snake", wrappers=True)

    webhooks.emit("x", payload={"merchantId": 1, "data": {"customerId": "c"}})

    assert receiver.next() == {"merchantId": 1, "data": {"customerId": "c"}}


def test_an_event_goes_where_it_is_sent(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    sent = sandbox.webhooks.emit("refund.succeeded", url=receiver.url)

    assert (sent.url, receiver.next()["type"]) == (receiver.url, "refund.succeeded")


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("transaction.charged", "url"),
        ("callback-2023", "callback_url"),
        ("payment.failed", "checkout_url"),
    ],
)
def test_an_event_without_an_address_is_refused_with_what_to_set(
    sandbox: RunningSandbox, name: str, setting: str
) -> None:
    with pytest.raises(ValueError, match=rf"send url, or set {setting}\."):
        sandbox.webhooks.emit(name)


def test_an_event_on_demand_stays_on_this_machine(sandbox: RunningSandbox) -> None:
    sent = sandbox.webhooks.emit("transaction.charged", url="https://shop.example/hook")

    assert (sent.state, sent.attempts) == ("not_sent", ())
    assert sent.reason is not None
    assert "shop.example is not this machine" in sent.reason


def test_a_custom_document_without_a_sample_still_has_its_event(
    receiver: Receiver,
) -> None:
    document = bundled_document()
    content = document["webhooks"]["payment.failed"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    del content["example"]
    with RunningSandbox(
        create_app(document, webhook_checkout_url=receiver.url)
    ) as sandbox:
        sent = sandbox.webhooks.emit("payment.failed", {"id": "pay_1"})

    assert sent.scheme == "body"
    assert (sent.payload["type"], sent.payload["data"]) == (
        "payment.failed",
        {"id": "pay_1"},
    )


# --- forgeries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["transaction.charged", "callback-2023", "payment.succeeded"]
)
def test_a_forgery_looks_right_and_is_proved_with_another_secret(
    webhooks: WebhookControl, receiver: Receiver, name: str
) -> None:
    sent = webhooks.emit(name, forged=True)

    headers, content = receiver.next_raw()
    own = Secrets(token=TOKEN, private_key=KEY, secret=SECRET)
    text = "".join(
        str(sent.payload.get(field))
        for field in ("id", "amount", "currency", "orderReference")
    )
    real = own.headers(
        Scheme(sent.scheme), content, f"{text}true", 0, Authorization.BEARER
    )
    [header] = real
    assert len(headers[header]) >= len("Bearer ") + 32
    assert headers[header].rpartition("=")[2] != real[header].rpartition("=")[2]


def test_a_forgery_is_tried_once(webhooks: WebhookControl, receiver: Receiver) -> None:
    receiver.statuses[:] = [401]

    webhooks.emit("transaction.charged", forged=True)

    [sent] = webhooks.wait()
    assert (sent.state, [attempt.status for attempt in sent.attempts]) == (
        "given_up",
        [401],
    )


# --- duplicates ---------------------------------------------------------------------------------------------


def test_an_event_can_be_delivered_once_more(
    webhooks: WebhookControl, api: Api, receiver: Receiver
) -> None:
    api.paid()
    created, _ = webhooks.wait()

    again = webhooks.redeliver(created)

    assert (again.name, again.payload, again.url) == (
        created.name,
        created.payload,
        created.url,
    )
    assert again.id != created.id
    first, _, last = arrived(webhooks, receiver)
    assert first == last == created.payload


def test_a_redelivery_of_v2_keeps_the_id_of_the_event(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.redeliver(webhooks.emit("payment.succeeded").id)

    (first_headers, first), (second_headers, second) = (
        receiver.next_raw(),
        receiver.next_raw(),
    )
    assert first == second
    assert first_headers["Plexy-Signature"] == second_headers["Plexy-Signature"]


def test_each_event_can_be_delivered_several_times(
    webhooks: WebhookControl, api: Api, receiver: Receiver
) -> None:
    webhooks.configure(copies=2)

    api.paid()

    bodies = arrived(webhooks, receiver)
    assert [body["name"] for body in bodies] == ["transaction.created"] * 2 + [
        "transaction.authorized"
    ] * 2
    assert (bodies[0], bodies[2]) == (bodies[1], bodies[3])


@pytest.mark.parametrize("delivery_id", ["whd_99", "", "a/b?c"])
def test_what_was_never_delivered_cannot_be_delivered_again(
    webhooks: WebhookControl, delivery_id: str
) -> None:
    with pytest.raises((ValueError, RuntimeError), match="404"):
        webhooks.redeliver(delivery_id)


# --- another order ------------------------------------------------------------------------------------------


@pytest.fixture
def held(webhooks: WebhookControl, api: Api) -> list[SentWebhook]:
    """The three events of a payment that are held back."""
    webhooks.hold()
    api.charged()
    held = webhooks.wait()
    assert [one.state for one in held] == ["held"] * 3
    return held


STEPS = ["transaction.created", "transaction.authorized", "transaction.charged"]


def test_events_that_are_held_have_not_arrived(
    held: list[SentWebhook], receiver: Receiver
) -> None:
    assert names_of(held) == STEPS
    assert receiver.requests.empty()


def test_events_are_released_as_they_came(
    held: list[SentWebhook], webhooks: WebhookControl, receiver: Receiver
) -> None:
    released = webhooks.release()

    assert names_of(released) == STEPS
    assert [body["name"] for body in arrived(webhooks, receiver)] == STEPS
    assert [one.state for one in webhooks.deliveries()] == ["delivered"] * 3


def test_events_are_released_from_the_last_to_the_first(
    held: list[SentWebhook], webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.release("reversed")

    assert [body["name"] for body in arrived(webhooks, receiver)] == STEPS[::-1]


def test_events_are_released_in_the_order_that_is_named_and_the_others_follow(
    held: list[SentWebhook], webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.release([held[2], held[0].id, held[2]])

    arrivals = [body["name"] for body in arrived(webhooks, receiver)]
    assert arrivals == [STEPS[2], STEPS[0], STEPS[1]]


def test_after_a_release_nothing_is_held_any_more(
    held: list[SentWebhook], webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.release()

    webhooks.emit("transaction.refunded")

    assert names_of(webhooks.wait())[-1] == "transaction.refunded"
    assert [body["name"] for body in arrived(webhooks, receiver)] == [
        *STEPS,
        "transaction.refunded",
    ]


def test_an_order_that_cannot_be_leaves_all_held(
    held: list[SentWebhook], webhooks: WebhookControl, receiver: Receiver
) -> None:
    with pytest.raises(ValueError, match="whd_99 is not held"):
        webhooks.release([held[1], "whd_99"])

    assert [one.state for one in webhooks.wait()] == ["held"] * 3
    assert receiver.requests.empty()


# --- delays -------------------------------------------------------------------------------------------------


def test_a_delivery_is_late_by_the_sandbox_s_clock(
    sandbox: RunningSandbox, webhooks: WebhookControl, api: Api, receiver: Receiver
) -> None:
    webhooks.configure(delay=60)
    api.paid()
    sandbox.advance(59.5)
    assert [one.state for one in webhooks.wait()] == ["delayed"] * 2

    sandbox.advance(0.5)

    assert [body["name"] for body in arrived(webhooks, receiver)] == STEPS[:2]


def test_an_event_is_overtaken_by_one_that_is_not_delayed(
    sandbox: RunningSandbox, webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.configure(delay=1)
    webhooks.emit("transaction.authorized")
    webhooks.configure(delay=0)
    webhooks.emit("transaction.charged")
    webhooks.wait()

    sandbox.advance(1)

    arrivals = [body["name"] for body in arrived(webhooks, receiver)]
    assert arrivals == ["transaction.charged", "transaction.authorized"]


def test_a_delay_begins_when_the_event_happened(
    sandbox: RunningSandbox, webhooks: WebhookControl, api: Api, receiver: Receiver
) -> None:
    api.paid()
    webhooks.configure(delay=60)

    # The capture was due after an hour, and its event a minute later.
    sandbox.advance(3660)

    assert [body["name"] for body in arrived(webhooks, receiver)] == STEPS


def test_an_event_that_becomes_due_while_events_are_held_is_held_too(
    sandbox: RunningSandbox, webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.configure(delay=1)
    webhooks.emit("transaction.charged")
    webhooks.hold()
    sandbox.advance(1)
    assert [one.state for one in webhooks.wait()] == ["held"]

    webhooks.release()

    assert receiver.next()["name"] == "transaction.charged"


def test_a_clock_that_cannot_be_moved_is_an_error(sandbox: RunningSandbox) -> None:
    with pytest.raises(ValueError, match="the clock only moves ahead"):
        sandbox.advance(-1)


# --- other spellings ----------------------------------------------------------------------------------------


def data_of(webhooks: WebhookControl, api: Api, receiver: Receiver) -> Any:
    api.paid(customerId="01989f41-a6eb-77d4-a666-9361fb25bec6")
    return receiver.next()["data"]


IDS = ("paymentLinkId", "paymentSessionId", "cardTokenId", "customerId")


def test_ids_can_come_without_their_wrappers(
    webhooks: WebhookControl, api: Api, receiver: Receiver
) -> None:
    webhooks.configure(wrappers=False)

    data = data_of(webhooks, api, receiver)

    assert all(isinstance(data[name], str) for name in IDS)


def test_ids_can_come_in_wrappers(webhooks: WebhookControl, receiver: Receiver) -> None:
    plain = dict.fromkeys(IDS, "id") | {"description": "id"}
    for names in (None, "snake"):
        webhooks.emit("transaction.charged", plain, wrappers=True, names=names)

    camel, snake = (receiver.next()["data"] for _ in range(2))
    assert [camel[name] for name in IDS] == [{"Value": "id"}] * 4
    assert snake["payment_link_id"] == snake["customer_id"] == {"Value": "id"}
    assert camel["description"] == snake["description"] == "id"


def test_fields_can_come_in_snake_case(
    webhooks: WebhookControl, api: Api, receiver: Receiver
) -> None:
    webhooks.configure(names="snake")

    api.paid()

    event = receiver.next()
    assert event["merchant_id"] == "merchant_sandbox"
    assert set(event["data"]) >= {
        "retrieval_reference_number",
        "secure3d",
        "last4",
        "created_at",
    }
    assert set(event["data"]["payment_link_id"]) == {"Value"}
    assert not any(letter.isupper() for name in event["data"] for letter in name)


def test_settlement_orders_can_come_in_camel_case(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.emit("payment_order.paid", names="camel")

    event = receiver.next()
    assert event.keys() == {"name", "merchantId", "data"}
    assert event["data"].keys() >= {"paymentOrderId", "beneficiaryId", "merchantId"}


def test_a_callback_in_another_spelling_is_signed_over_the_same_values(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    for names in ("camel", "snake"):
        webhooks.emit(
            "callback-2023", {"id": "txn_1", "orderReference": "ORD-1"}, names=names
        )

    (first, camel), (second, snake) = receiver.next_request(), receiver.next_request()
    assert (camel["orderReference"], snake["order_reference"]) == ("ORD-1", "ORD-1")
    assert first["x-signature"] == second["x-signature"]


# --- waiting ------------------------------------------------------------------------------------------------


def test_a_wait_that_is_too_short_says_so(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    receiver.gate.clear()
    webhooks.emit("transaction.charged")
    receiver.next()

    with pytest.raises(TimeoutError, match="still on their way"):
        webhooks.wait(0)

    receiver.gate.set()
    [sent] = webhooks.wait()
    assert (sent.state, [attempt.status for attempt in sent.attempts]) == (
        "delivered",
        [200],
    )


def test_attempts_are_told_with_their_errors(
    webhooks: WebhookControl, receiver: Receiver
) -> None:
    receiver.statuses[:] = [503]
    webhooks.emit("transaction.charged")
    webhooks.emit("transaction.charged", url="http://127.0.0.1:1/")

    first, second = webhooks.wait()

    assert [(attempt.status, attempt.error) for attempt in first.attempts] == [
        (503, None),
        (200, None),
    ]
    assert [(attempt.status, attempt.error) for attempt in second.attempts] == [
        (None, "ConnectError")
    ] * 4
    assert second.reason == "no attempt was acknowledged with 200"


# --- settings -----------------------------------------------------------------------------------------------


def test_a_reset_forgets_what_is_held_and_all_settings(
    held: list[SentWebhook],
    sandbox: RunningSandbox,
    webhooks: WebhookControl,
    receiver: Receiver,
) -> None:
    webhooks.configure(copies=2, delay=60)

    ask(sandbox.base_url, "POST", "/_sandbox/reset", None)

    assert webhooks.deliveries() == []
    webhooks.emit("transaction.charged", url=receiver.url)
    assert names_of(webhooks.wait()) == ["transaction.charged"]
    with pytest.raises(ValueError, match="no address"):
        webhooks.emit("transaction.charged")


def test_settings_are_shown_and_those_that_are_not_named_stay(
    sandbox: RunningSandbox, webhooks: WebhookControl, receiver: Receiver
) -> None:
    webhooks.configure(copies=3, delay=0.5, authorization="raw")
    webhooks.configure(url=None, names="snake", wrappers=False)

    shown = ask(sandbox.base_url, "GET", "/_sandbox/webhooks", None)

    assert shown["holding"] is False
    assert shown["settings"] == {
        "url": None,
        "checkout_url": receiver.url,
        "callback_url": receiver.url,
        "authorization": "raw",
        "copies": 3,
        "delay": Decimal("0.5"),
        "names": "snake",
        "wrappers": False,
    }


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("settings", {"copies": 0}, "copies must be a number from 1 to 10"),
        ("settings", {"copies": True}, "copies must be a number from 1 to 10"),
        (
            "settings",
            {"delay": -1},
            "delay must be a number of seconds from 0 to 2592000",
        ),
        ("settings", {"delay": "1"}, "delay must be a number of seconds"),
        ("settings", {"url": ""}, "url must be a text"),
        ("settings", {"names": "kebab"}, "names must be one of camel, snake"),
        ("settings", {"wrappers": 1}, "wrappers must be true or false"),
        (
            "settings",
            {"authorization": None},
            "authorization must be one of bearer, raw, doubled",
        ),
        (
            "settings",
            {"token": "x"},
            "'token' is not known here; there is url, checkout_url",
        ),
        ("settings", [], "the body must be a JSON object"),
        ("emit", {}, "name is required"),
        ("emit", {"name": ""}, "name must be a text"),
        (
            "emit",
            {"name": "x", "scheme": "none"},
            "scheme must be one of token, fields, body",
        ),
        (
            "emit",
            {"name": "x", "data": {}, "payload": {}},
            "send data, which goes into the sample",
        ),
        (
            "emit",
            {"name": "callback-2023", "data": [], "url": "http://localhost"},
            "must be an object",
        ),
        ("release", {"order": "random"}, 'order must be a list of ids, or "reversed"'),
        ("release", {"order": [1]}, 'order must be a list of ids, or "reversed"'),
        ("wait", {"seconds": 601}, "seconds must be a number of seconds from 0 to 600"),
    ],
    ids=str,
)
def test_what_cannot_be_is_422_and_changes_nothing(
    sandbox: RunningSandbox, stranger: httpx.Client, path: str, body: Any, message: str
) -> None:
    before = stranger.get(f"{sandbox.base_url}/_sandbox/webhooks").json()

    response = stranger.post(
        f"{sandbox.base_url}/_sandbox/webhooks/{path}", content=wire.dumps(body)
    )

    assert response.status_code == 422
    assert message in response.json()["message"]
    assert stranger.get(f"{sandbox.base_url}/_sandbox/webhooks").json() == before


def test_a_body_that_is_not_json_is_422(
    sandbox: RunningSandbox, stranger: httpx.Client
) -> None:
    response = stranger.post(f"{sandbox.base_url}/_sandbox/webhooks/emit", content=b"{")

    assert response.status_code == 422


def test_it_all_works_with_curl(
    sandbox: RunningSandbox, stranger: httpx.Client, receiver: Receiver
) -> None:
    base = f"{sandbox.base_url}/_sandbox/webhooks"
    body = {"name": "transaction.charged", "url": receiver.url}
    [sent] = exact(stranger.post(f"{base}/emit", content=wire.dumps(body)))[
        "deliveries"
    ]
    assert (
        exact(stranger.post(f"{base}/{sent['id']}/redeliver"))["deliveries"][0]["name"]
        == sent["name"]
    )
    assert exact(stranger.post(f"{base}/hold"))["holding"] is True
    assert exact(stranger.post(f"{base}/release"))["deliveries"] == []
    waited = exact(stranger.post(f"{base}/wait"))["deliveries"]
    assert [one["state"] for one in waited] == ["delivered"] * 2


def test_control_of_something_else_than_a_sandbox_is_an_error() -> None:
    with (
        Receiver() as other,
        pytest.raises(RuntimeError, match="The sandbox responded with"),
    ):
        WebhookControl(other.url).deliveries()
