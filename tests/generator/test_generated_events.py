"""Each event of the spec: its own example is read without a difference from the spec, and its class is light."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import plexy_pay
import pytest
from helpers.description import DESCRIPTION
from plexy_pay import webhooks
from plexy_pay._core.decoding import ObjectBody
from plexy_pay._core.drift import differences
from plexy_pay._core.encoding import loads
from plexy_pay.models import TransactionWebhookDetails

Json = dict[str, Any]

DOCUMENT = loads(DESCRIPTION.read_bytes())
HOOKS: dict[str, Json] = {
    key: item["post"] for key, item in DOCUMENT["webhooks"].items()
}
CLASSES = {event.kind.name: event for event in webhooks.EVENTS.values()}
SCHEMES = {
    "webhookToken": "TokenSecret",
    "checkoutWebhookSignature": "BodySecret",
    "callbackSignature": "FieldsSecret",
}


def example(hook: Json) -> Json:
    found: Json = hook["requestBody"]["content"]["application/json"]["example"]
    return found


def unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return (
            value["Value"]
            if value.keys() == {"Value"}
            else {key: unwrapped(item) for key, item in value.items()}
        )
    return value


def made(
    event: type[webhooks.WebhookEvent[Any]], hook: Json
) -> webhooks.WebhookEvent[Any]:
    body = unwrapped(example(hook))
    data = body[event.kind.data] if event.kind.data else body
    return event(
        name=event.kind.name,
        data=event.kind.model().from_dict(data),
        dedup_id="test:1",
        payload=example(hook),
        scheme="token",
    )


def test_the_document_and_the_package_have_the_same_events() -> None:
    assert len(HOOKS) == len(webhooks.EVENTS) == 14
    assert set(CLASSES) == {hook.get("x-event", "") for hook in HOOKS.values()}
    assert set(webhooks.EVENTS.values()) == {
        getattr(webhooks, hook["operationId"][2:]) for hook in HOOKS.values()
    }
    assert {event.__name__ for event in webhooks.EVENTS.values()} <= set(
        webhooks.__all__
    )


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_the_example_of_an_event_is_read_without_a_difference(hook: Json) -> None:
    kind = CLASSES[hook.get("x-event", "")].kind
    body = unwrapped(example(hook))
    assert body.get(kind.named_by, "") == kind.name
    data = body[kind.data] if kind.data else body

    assert differences(ObjectBody(kind.model()), data) == []
    assert kind.model().from_dict(data).to_dict() == data  # type: ignore[attr-defined]


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_each_part_of_the_identity_is_in_the_example(hook: Json) -> None:
    kind = CLASSES[hook.get("x-event", "")].kind
    assert list(kind.identity) == hook["x-dedup"]["pointers"]
    values: list[Any] = []
    for pointer in kind.identity:
        value: Any = unwrapped(example(hook))
        for name in pointer[1:].split("/"):
            value = value.get(name)
        values.append(value)
    # Not every transaction was processed.
    missing = [
        name for name, value in zip(kind.identity, values, strict=True) if value is None
    ]
    assert missing in ([], ["/data/processedAmount"])
    assert not any(isinstance(value, (dict, list)) for value in values)


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_the_secret_is_that_of_the_scheme_of_the_spec(hook: Json) -> None:
    (requirement,) = hook["security"]
    (scheme,) = requirement
    assert CLASSES[hook.get("x-event", "")].kind.secret.__name__ == SCHEMES[scheme]


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_an_event_is_pickled_matched_and_shown_as_its_own_class(hook: Json) -> None:
    event = made(CLASSES[hook.get("x-event", "")], hook)
    assert not hasattr(event, "__dict__")
    assert pickle.loads(pickle.dumps(event)) == event
    assert repr(event).startswith(
        f"{hook['operationId'][2:]}(name='{hook.get('x-event', '')}', data="
    )
    matching = [other for other in webhooks.EVENTS.values() if isinstance(event, other)]
    assert matching == [type(event)]


def test_wrapped_ids_are_plain_text_in_the_model_and_the_token_stays_hidden() -> None:
    event = made(webhooks.TransactionCharged, HOOKS["transaction.charged"])
    assert isinstance(event.data, TransactionWebhookDetails)
    annotations = TransactionWebhookDetails.__annotations__
    names = ("payment_link_id", "payment_session_id", "card_token_id", "customer_id")
    assert {annotations[name] for name in names} == {"str | Unset"}
    assert event.data.card_token_id == "4400437244977189"
    assert "4400437244977189" not in repr(event)
    assert not {"WebhookId", "WebhookCardToken"} & set(plexy_pay.models.__all__)
    assert {"plexypay.WebhookId", "plexypay.WebhookCardToken"} <= DOCUMENT[
        "components"
    ]["schemas"].keys()


def test_importing_the_events_imports_no_model() -> None:
    program = (
        "import sys; from plexy_pay import webhooks; before = set(sys.modules); "
        "webhooks.PaymentCallback.kind.model(); print(sorted(before), sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    before, after = done.stdout.split("] [")
    assert "plexy_pay.models" not in before
    assert not {"'attr'", "'attrs'", "'httpx'"} & set(
        before.replace("[", "").split(", ")
    )
    assert "plexy_pay.models.payment_callback_details" in after
    assert "plexy_pay.models.transaction_webhook_details" not in after
