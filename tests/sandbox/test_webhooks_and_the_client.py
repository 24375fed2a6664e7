"""What the sandbox posts is what the client's verifier takes: two implementations that share no code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from plexy_pay import webhooks
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.validation import bundled_document

from .support import KEY, SECRET, TOKEN, Api, Receiver
from .test_direct_payments import pay

NOON = 1_795_348_800
EVENTS: dict[str, Any] = bundled_document()["webhooks"]
SECRETS = {
    "token": webhooks.TokenSecret(TOKEN),
    "fields": webhooks.FieldsSecret(KEY),
    "body": webhooks.BodySecret(SECRET),
}


@pytest.fixture
def posting(sandbox: RunningSandbox, receiver: Receiver) -> RunningSandbox:
    """A sandbox that posts everything to the receiver."""
    url = receiver.url
    sandbox.webhooks.configure(url=url, checkout_url=url, callback_url=url)
    return sandbox


def unwrapped(receiver: Receiver, scheme: str) -> Any:
    """The next event, as the client reads it."""
    headers, body = receiver.next_raw()
    return webhooks.unwrap(body, headers, secret=SECRETS[scheme], now=NOON)


@pytest.mark.parametrize("name", EVENTS)
def test_the_client_takes_each_event_and_no_forgery_of_it(
    posting: RunningSandbox, receiver: Receiver, name: str
) -> None:
    sent = posting.webhooks.emit(name)
    event = unwrapped(receiver, sent.scheme)
    assert type(event).__name__ == EVENTS[name]["post"]["operationId"].removeprefix(
        "on"
    )
    assert event.payload == sent.payload

    posting.webhooks.emit(name, forged=True)
    with pytest.raises(webhooks.WebhookVerificationError) as refused:
        unwrapped(receiver, sent.scheme)
    assert refused.value.reason is webhooks.Reason.WRONG_SECRET


@pytest.mark.parametrize("spelling", ["bearer", "raw", "doubled"])
def test_the_client_takes_the_token_in_each_spelling(
    posting: RunningSandbox,
    receiver: Receiver,
    spelling: Literal["bearer", "raw", "doubled"],
) -> None:
    posting.webhooks.configure(authorization=spelling)

    posting.webhooks.emit("transaction.charged")

    assert isinstance(unwrapped(receiver, "token"), webhooks.TransactionCharged)


@pytest.mark.parametrize("scheme", ["token", "body"])
def test_an_event_that_nobody_knows_is_an_unknown_one(
    posting: RunningSandbox, receiver: Receiver, scheme: Literal["token", "body"]
) -> None:
    posting.webhooks.emit("loan.granted", {"id": "loan_1"}, scheme=scheme)

    event = unwrapped(receiver, scheme)
    assert (type(event), event.name, event.data) == (
        webhooks.UnknownEvent,
        "loan.granted",
        {"id": "loan_1"},
    )


SAME = "6fff162f-1273-4e44-9392-694cdc2e8a22"


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("transaction.charged", "id"),
        ("payment_order.paid", "payment_order_id"),
        ("callback-2023", "id"),
    ],
)
def test_every_spelling_is_read_as_one_event(
    posting: RunningSandbox, receiver: Receiver, name: str, identity: str
) -> None:
    read: list[Any] = []
    for names in ("camel", "snake"):
        for wrappers in (True, False):
            sent = posting.webhooks.emit(
                name, {identity: SAME}, names=names, wrappers=wrappers
            )
            read.append(unwrapped(receiver, sent.scheme))

    assert len({event.dedup_id for event in read}) == 1
    first = read[0].data.to_dict()
    assert all(event.data.to_dict() == first for event in read)


def paid(api: Api, checkout: Api) -> None:
    api.charged()


def paid_in_the_checkout(api: Api, checkout: Api) -> None:
    for value in (100, 2_005_000, 200):
        checkout.post("/v2/payments", {"amount": {"currency": "KZT", "value": value}})


def paid_by_card(api: Api, checkout: Api) -> None:
    pay(api, moto=True)
    pay(api, 20050)


@pytest.mark.parametrize(
    ("happen", "scheme", "names"),
    [
        (
            paid,
            "token",
            ["transaction.created", "transaction.authorized", "transaction.charged"],
        ),
        (
            paid_in_the_checkout,
            "body",
            ["payment.succeeded", "payment.failed", "payment.succeeded"],
        ),
        (paid_by_card, "fields", [""] * 3),
    ],
)
def test_each_event_is_handled_once_however_often_and_in_which_order_it_comes(
    posting: RunningSandbox,
    api: Api,
    checkout: Api,
    receiver: Receiver,
    happen: Callable[[Api, Api], None],
    scheme: str,
    names: list[str],
) -> None:
    handled: list[Any] = []
    shop = webhooks.Receiver(handled.append, secret=SECRETS[scheme])
    posting.webhooks.configure(copies=2)
    posting.webhooks.hold()
    happen(api, checkout)
    for delivery in posting.webhooks.release("reversed"):
        posting.webhooks.redeliver(delivery)
    assert len(posting.webhooks.wait()) == 12

    taken = [receiver.next_raw() for _ in range(12)]
    for headers, body in taken:
        if scheme == "body":
            # The sandbox's clock stands still.
            headers |= webhooks.sign(body, secret=SECRETS[scheme])
        assert shop.receive(body, headers).status == 200

    assert [event.name for event in handled] == names[::-1]
