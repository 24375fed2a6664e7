"""Webhooks: what is posted, in which order, again after a failure, and never at the cost of the API's response."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox, app, create_app
from plexy_pay_sandbox.state import State
from plexy_pay_sandbox.timing import Clock
from plexy_pay_sandbox.validation import Contract
from plexy_pay_sandbox.webhooks.sender import (
    ATTEMPT_TIMEOUT,
    Delivery,
    UnknownDelivery,
    WebhookSender,
    is_loopback,
)
from plexy_pay_sandbox.webhooks.signing import Scheme, Secrets

from .support import KEY, SECRET, TOKEN, Api, Receiver, exact


def deliveries(api: Api) -> list[tuple[str, str, int]]:
    """Name, state and number of attempts of each delivery."""
    listed = exact(api.http.get("/_sandbox/webhooks"))["deliveries"]
    return [(one["name"], one["state"], len(one["attempts"])) for one in listed]


def client_of(sandbox: RunningSandbox) -> httpx.Client:
    """A client with the sandbox's usual key."""
    return httpx.Client(
        base_url=sandbox.base_url,
        headers={"Authorization": "pr_sandbox"},
        trust_env=False,
    )


def sender_of(**more: Any) -> WebhookSender:
    """A sender that is not part of a sandbox."""
    secrets = Secrets(token=TOKEN, private_key=KEY, secret=SECRET)
    return WebhookSender(secrets, Clock(lambda: datetime.now(UTC)), **more)


async def delivered_by(sender: WebhookSender, url: str) -> list[Delivery]:
    """What a sender has to say about two events for an address, when it is done with them."""
    sender.open()
    state = State(Clock(lambda: datetime.now(UTC)), sender.post)
    link = state.create_link(amount=1, currency="KZT", metadata={"callbackUrl": url})
    state.decline_link(link.id)
    assert await sender.idle(30)
    listed = sender.deliveries()
    await sender.close()
    return listed


def names(receiver: Receiver, count: int) -> list[str]:
    """The names of the next events."""
    return [receiver.next()["name"] for _ in range(count)]


def test_an_event_has_the_documented_shape_and_carries_the_token(
    api: Api, receiver: Receiver, contract: Contract
) -> None:
    link = api.create_link(
        metadata={"callbackUrl": receiver.url},
        orderReference="ORD-1",
        description="Shoes",
        customerId="01989f41-a6eb-77d4-a666-9361fb25bec6",
        recurring={"type": "cof_initial"},
        autoClearing=False,
    )
    transaction = api.pay(link)
    api.move(transaction, "capture", amount=Decimal("15000.5"))
    names(receiver, 2)

    headers, event = receiver.next_request()

    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Type"] == "application/json"
    noon = "2026-11-22T12:00:00.000000Z"
    data = event["data"]
    assert event == {
        "name": "transaction.charged",
        "merchantId": "merchant_sandbox",
        "data": data,
    }
    assert data == {
        "id": transaction["transactionId"],
        "amount": 22000,
        "balance": Decimal("15000.5"),
        "currency": "KZT",
        "status": "charged",
        "type": "payment",
        "last4": "1111",
        "paymentMethod": "card",
        "payerIp": "127.0.0.1",
        "merchantReference": "ORD-1",
        "description": "Shoes",
        "createdAt": noon,
        "updatedAt": noon,
        "authedAt": noon,
        "confirmedAt": noon,
        "processedAt": noon,
        "processedAmount": Decimal("15000.5"),
        "storeId": "store_sandbox",
        "terminalId": "term_sandbox",
        "secure3d": True,
        "recurringType": "cof_initial",
        "retrievalReferenceNumber": data["retrievalReferenceNumber"],
        "paymentLinkId": {"Value": link["id"]},
        "paymentSessionId": data["paymentSessionId"],
        "cardTokenId": data["cardTokenId"],
        "customerId": {"Value": "01989f41-a6eb-77d4-a666-9361fb25bec6"},
    }
    assert set(data["paymentSessionId"]) == set(data["cardTokenId"]) == {"Value"}


def test_every_event_fits_the_document(
    api: Api, receiver: Receiver, contract: Contract
) -> None:
    link = api.create_link(metadata={"callbackUrl": receiver.url})
    api.http.post(f"{link['url']}/decline")
    transaction = api.pay(link)
    api.move(transaction, "capture")
    api.move(transaction, "refund", amount=1)
    api.move(api.paid(metadata={"callbackUrl": receiver.url}), "cancel")

    events = [receiver.next() for _ in range(9)]

    assert [event["name"].removeprefix("transaction.") for event in events] == [
        *("created", "rejected"),
        *("created", "authorized", "charged", "refunded"),
        *("created", "authorized", "cancelled"),
    ]
    for event in events:
        pointer = f"/webhooks/{event['name']}/post/requestBody/content/application~1json/schema"
        contract.check(pointer, event, event["name"])


def test_a_refund_is_an_event_about_its_own_transaction(
    api: Api, receiver: Receiver
) -> None:
    transaction = api.paid(metadata={"callbackUrl": receiver.url})
    api.move(transaction, "capture")
    refund = exact(api.move(transaction, "refund", amount=5000))
    names(receiver, 3)

    data = receiver.next()["data"]

    assert (data["id"], data["parentTransactionId"]) == (
        refund["id"],
        transaction["transactionId"],
    )
    assert (data["type"], data["status"], data["amount"], data["balance"]) == (
        "refund",
        "refunded",
        5000,
        17000,
    )


def test_a_link_without_a_callback_url_has_no_webhooks(api: Api) -> None:
    api.paid()
    api.paid(metadata={"successUrl": "http://127.0.0.1/ok"})

    assert deliveries(api) == []


def test_the_automatic_capture_is_an_event_too(api: Api, receiver: Receiver) -> None:
    api.paid(metadata={"callbackUrl": receiver.url})
    assert names(receiver, 2) == ["transaction.created", "transaction.authorized"]

    api.advance(3600)

    event = receiver.next()
    assert event["name"] == "transaction.charged"
    assert event["data"]["processedAt"] == "2026-11-22T13:00:00.000000Z"


def test_an_event_that_is_not_acknowledged_is_sent_again_before_the_next_one(
    api: Api, receiver: Receiver
) -> None:
    receiver.statuses[:] = [500, 204, 401]

    api.paid(metadata={"callbackUrl": receiver.url})

    assert names(receiver, 5) == ["transaction.created"] * 4 + [
        "transaction.authorized"
    ]
    assert deliveries(api)[0] == ("transaction.created", "delivered", 4)


def test_an_event_is_given_up_after_the_last_attempt_and_the_next_one_goes_out(
    api: Api, receiver: Receiver
) -> None:
    receiver.statuses[:] = [500, 500, 500, 500]

    api.paid(metadata={"callbackUrl": receiver.url})

    assert names(receiver, 5) == ["transaction.created"] * 4 + [
        "transaction.authorized"
    ]
    assert deliveries(api)[0] == ("transaction.created", "given_up", 4)


def test_a_redirect_is_not_followed_and_no_acknowledgement(
    api: Api, receiver: Receiver
) -> None:
    receiver.statuses[:] = [302]

    api.paid(metadata={"callbackUrl": receiver.url})

    assert names(receiver, 2) == ["transaction.created"] * 2


def test_the_api_answers_while_a_receiver_keeps_the_sandbox_waiting(
    api: Api, receiver: Receiver
) -> None:
    receiver.gate.clear()
    transaction = api.paid(metadata={"callbackUrl": receiver.url})
    assert receiver.next()["name"] == "transaction.created"

    # The receiver still holds back its response to the first event.
    assert api.move(transaction, "capture").status_code == 200
    assert [state for _, state, _ in deliveries(api)] == ["pending"] * 3

    receiver.gate.set()
    assert names(receiver, 2) == ["transaction.authorized", "transaction.charged"]


def test_a_receiver_that_hangs_does_not_hold_up_another(
    api: Api, receiver: Receiver
) -> None:
    with Receiver() as other:
        receiver.gate.clear()
        api.paid(metadata={"callbackUrl": receiver.url})
        receiver.next()

        api.paid(metadata={"callbackUrl": other.url})

        assert names(other, 2) == ["transaction.created", "transaction.authorized"]


def test_an_event_tells_the_transaction_as_it_was_when_it_happened(
    api: Api, receiver: Receiver
) -> None:
    receiver.gate.clear()
    transaction = api.paid(metadata={"callbackUrl": receiver.url})
    api.move(transaction, "capture")
    receiver.gate.set()

    statuses = [receiver.next()["data"]["status"] for _ in range(3)]

    assert statuses == ["created", "authorized", "charged"]


def test_a_receiver_that_is_not_there_is_tried_and_given_up() -> None:
    # Bound and not listening: it refuses, and no other process can take the port meanwhile.
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{refusing.getsockname()[1]}/"
        listed = asyncio.run(delivered_by(sender_of(retry_delays=(0, 0)), url))

    assert len(listed) == 2
    for one in listed:
        assert one.state == "given_up"
        assert [attempt.error for attempt in one.attempts] == ["ConnectError"] * 3


def test_the_pauses_before_further_attempts_grow_fourfold(receiver: Receiver) -> None:
    receiver.statuses[:] = [500] * 8
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    listed = asyncio.run(delivered_by(sender_of(sleep=note), receiver.url))

    assert [(one.state, len(one.attempts)) for one in listed] == [("given_up", 4)] * 2
    assert pauses == [0.5, 2, 8] * 2


def test_after_an_acknowledgement_there_is_no_pause_and_no_further_attempt(
    receiver: Receiver,
) -> None:
    receiver.statuses[:] = [200, 500]
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    listed = asyncio.run(delivered_by(sender_of(sleep=note), receiver.url))

    assert [(one.state, len(one.attempts)) for one in listed] == [
        ("delivered", 1),
        ("delivered", 2),
    ]
    assert pauses == [0.5]


def test_a_receiver_that_does_not_answer_in_time_has_not_taken_the_event(
    receiver: Receiver,
) -> None:
    receiver.gate.clear()

    listed = asyncio.run(
        delivered_by(sender_of(retry_delays=(), patience=0.01), receiver.url)
    )

    assert [one.attempts[0].error for one in listed] == ["TimeoutError"] * 2
    assert [one.state for one in listed] == ["given_up"] * 2


def test_a_receiver_has_the_documented_thirty_seconds() -> None:
    assert ATTEMPT_TIMEOUT == 30


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://shop.example/hook", "shop.example is not this machine"),
        ("http://192.168.0.1/hook", "192.168.0.1 is not this machine"),
        (
            "http://127.0.0.1.shop.example/hook",
            "127.0.0.1.shop.example is not this machine",
        ),
        ("ftp://127.0.0.1/hook", "not an http or https address"),
        ("http:///hook", "not an http or https address"),
        ("http:hook", "not an http or https address"),
    ],
)
def test_an_event_for_another_machine_is_listed_and_not_sent(
    api: Api, url: str, reason: str
) -> None:
    api.paid(metadata={"callbackUrl": url})

    listed = exact(api.http.get("/_sandbox/webhooks"))["deliveries"]

    assert [one["state"] for one in listed] == ["not_sent", "not_sent"]
    assert reason in listed[0]["reason"]
    assert listed[0]["attempts"] == []


def test_another_machine_gets_events_when_it_was_named(receiver: Receiver) -> None:
    # 0.0.0.0 is no loopback address, and still leads to this machine.
    open_sandbox = create_app(webhook_hosts=["0.0.0.0"])
    with RunningSandbox(open_sandbox) as sandbox, client_of(sandbox) as http:
        Api(http).paid(
            metadata={"callbackUrl": receiver.url.replace("127.0.0.1", "0.0.0.0")}
        )

        assert names(receiver, 2) == ["transaction.created", "transaction.authorized"]


def test_the_automatic_capture_needs_no_request_to_happen(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_TICK", 0.01)
    now = [datetime(2026, 11, 22, tzinfo=UTC)]
    with (
        RunningSandbox(create_app(clock=lambda: now[0])) as sandbox,
        client_of(sandbox) as http,
    ):
        Api(http).paid(metadata={"callbackUrl": receiver.url})
        names(receiver, 2)

        now[0] += timedelta(hours=1)

        assert receiver.next()["name"] == "transaction.charged"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("shop.localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_else(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_latest_thousand_deliveries_are_remembered() -> None:
    sender = sender_of()
    made = [
        sender.emit("x", Scheme.TOKEN, "https://shop.example/hook", {"number": number})[
            0
        ]
        for number in range(1001)
    ]

    assert sender.deliveries() == made[1:]
    assert sender.redeliver(made[2].id).message is made[2].message
    with pytest.raises(UnknownDelivery, match="whd_1"):
        sender.redeliver(made[0].id)


def test_a_reset_stops_what_is_on_its_way(api: Api, receiver: Receiver) -> None:
    receiver.gate.clear()
    api.paid(metadata={"callbackUrl": receiver.url})
    receiver.next()

    assert api.http.post("/_sandbox/reset").status_code == 204

    receiver.gate.set()
    assert deliveries(api) == []
    api.paid(metadata={"callbackUrl": receiver.url}, orderReference="after")
    assert receiver.next()["data"]["merchantReference"] == "after"


def test_the_list_of_deliveries_does_not_show_the_token(
    api: Api, receiver: Receiver
) -> None:
    api.paid(metadata={"callbackUrl": receiver.url})
    names(receiver, 2)

    assert TOKEN not in api.http.get("/_sandbox/webhooks").text


def test_a_saved_card_is_charged_by_its_token_and_reports_to_the_same_address(
    api: Api, receiver: Receiver
) -> None:
    api.paid(metadata={"callbackUrl": receiver.url}, recurring={"type": "cof_initial"})
    names(receiver, 1)
    initial = receiver.next()["data"]

    response = api.post(
        "/v1/payments/merchant-initiated",
        {
            "amount": 1099,
            "currency": "KZT",
            "cardTokenId": initial["cardTokenId"]["Value"],
            "initialTransactionId": initial["id"],
        },
    )

    payment = exact(response)
    assert payment == {
        "id": payment["id"],
        "amount": 1099,
        "currency": "KZT",
        "status": "authorized",
    }
    created, authorized = receiver.next()["data"], receiver.next()["data"]
    assert (
        created["parentTransactionId"]
        == authorized["parentTransactionId"]
        == initial["id"]
    )
    assert (
        authorized["amount"],
        authorized["recurringType"],
        authorized["secure3d"],
    ) == (
        1099,
        "ucof",
        False,
    )
    assert "paymentLinkId" not in authorized
    assert (
        api.post(f"/v1/payments/{payment['id']}/capture", {"amount": 99}).status_code
        == 200
    )
