"""What is done with each input of the fuzzer, and what no input may do."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from typing import Any

from helpers.webhooks import CALLBACK, EVENTS, SECRETS, example, raw
from plexy_pay._core.encoding import loads
from plexy_pay.webhooks import (
    PaymentCallback,
    Reason,
    UnknownEvent,
    WebhookEvent,
    WebhookVerificationError,
    sign,
    unwrap,
)
from plexy_pay.webhooks._secrets import BodySecret, FieldsSecret, TokenSecret

NOW = 1_716_640_000
HEADERS = ("Authorization", "x-signature", "Plexy-Signature")
_ID = re.compile(
    r"(transaction|transaction_state|payment_order|event|callback|body):[0-9a-f]{64}"
)
# How the header comes to be: from the input alone, by the secret, or by the secret with the input at its end.
_AS_IT_IS, _SIGNED, _LENGTHENED = range(3)
# Refusals of a delivery whose proof is right.
_OF_THE_BODY = {
    Reason.NOT_JSON,
    Reason.NOT_AN_OBJECT,
    Reason.MALFORMED_BODY,
    Reason.AMBIGUOUS,
    Reason.WRONG_SCHEME,
    Reason.TOO_LARGE,
}


def encoded(scheme: int, way: int, header: bytes, body: bytes) -> bytes:
    """An input: a byte that chooses scheme and way, the length of the header, the header, and the body."""
    return bytes((scheme + 3 * way, len(header))) + header + body


def one_input(data: bytes) -> None:
    """Give the delivery that an input describes to `unwrap`.

    Raises:
        Exception: anything but a refusal, or an event that is not what it should be.
    """
    if len(data) < 2:
        return
    secret = SECRETS[data[0] % 3]
    way = data[0] // 3 % 3
    header, body = data[2 : 2 + data[1]], data[2 + data[1] :]
    [(name, proof)] = _proof(secret, body).items()
    value = (
        header
        if way == _AS_IT_IS
        else proof.encode() + (header if way == _LENGTHENED else b"")
    )
    try:
        event: Any = unwrap(body, [(name.encode(), value)], secret=secret, now=NOW)
    except WebhookVerificationError as error:
        assert type(error) is WebhookVerificationError
        assert type(error.reason) is Reason
        assert way != _SIGNED or error.reason in _OF_THE_BODY, error.reason
        assert error.__context__ is None
        return
    _look_at(event, secret, body)


def _proof(
    secret: TokenSecret | FieldsSecret | BodySecret, body: bytes
) -> dict[str, str]:
    try:
        return sign(body, secret=secret, now=NOW)
    except WebhookVerificationError as error:
        assert error.reason in _OF_THE_BODY
        return {"x-signature": "0" * 64}


def _look_at(
    event: Any, secret: TokenSecret | FieldsSecret | BodySecret, body: bytes
) -> None:
    assert isinstance(event, WebhookEvent)
    assert event.scheme == secret.scheme
    assert _ID.fullmatch(event.dedup_id)
    assert event.payload == loads(body)
    assert isinstance(secret, FieldsSecret) == isinstance(event, PaymentCallback)
    if isinstance(event, (UnknownEvent, PaymentCallback)):
        assert isinstance(event, UnknownEvent) or event.name == ""
    else:
        assert event.name == event.kind.name == event.payload[event.kind.named_by]
        assert event.kind.secret is type(secret) or isinstance(secret, BodySecret)
    assert "payload" not in repr(event)
    assert pickle.loads(pickle.dumps(event)) == event
    # Sent again, and signed again, it is the same event.
    again = unwrap(body, sign(body, secret=secret, now=NOW), secret=secret, now=NOW)
    assert isinstance(secret, FieldsSecret) or again.dedup_id == event.dedup_id


def seeds() -> Iterator[bytes]:
    """Inputs to begin with: each example of the document, in each scheme and each way."""
    for scheme, secret in enumerate(SECRETS):
        for name in (*EVENTS, CALLBACK):
            body = raw(example(name))
            [(_, proof)] = _proof(secret, body).items()
            yield encoded(scheme, _AS_IT_IS, proof.encode(), body)
            yield encoded(scheme, _SIGNED, b"", body)
        yield encoded(scheme, _LENGTHENED, b",v1=" + b"0" * 64, raw(example(CALLBACK)))


def words() -> set[str]:
    """What the fuzzer puts together: the names and texts of the examples, and the marks of the headers."""
    found = {
        '"Value":',
        "null",
        "true",
        "1e9",
        "-0.0",
        "\\ud800",
        "Bearer ",
        ",v1=",
        "t=",
    }
    waiting: list[Any] = [example(name) for name in (*EVENTS, CALLBACK)]
    for value in waiting:
        if isinstance(value, dict):
            found |= {f'"{name}":' for name in value}
            waiting += value.values()
        elif isinstance(value, str):
            found.add(f'"{value}"')
    return found
