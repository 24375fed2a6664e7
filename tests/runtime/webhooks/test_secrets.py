"""Secrets: which texts are taken, that none is ever shown, and how each of them is compared."""

from __future__ import annotations

import copy
import hmac
import pickle
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from helpers.webhooks import (
    BY_BODY,
    BY_FIELDS,
    BY_TOKEN,
    CALLBACK,
    PRIVATE_KEY,
    SECRETS,
    SIGNING_SECRET,
    TOKEN,
    assert_nothing_shows_a_secret,
    delivery,
    example,
    native,
    raw,
    shows_a_secret,
)
from plexy_pay import ConfigurationError
from plexy_pay.webhooks import (
    BodySecret,
    FieldsSecret,
    Reason,
    TokenSecret,
    WebhookVerificationError,
    sign,
    unwrap,
)

KINDS: list[Any] = [TokenSecret, FieldsSecret, BodySecret]
each_kind = pytest.mark.parametrize("kind", KINDS)
each_secret = pytest.mark.parametrize(
    "secret", SECRETS, ids=lambda secret: secret.scheme
)


@each_kind
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("Bearer tok", "begins with the word Bearer"),
        ("bearer", "begins with the word Bearer"),
        ("t\u00f6k", "outside ASCII"),
        ("tok\n", "white space or control characters"),
        ("to k", "white space or control characters"),
        ("tok\x00", "white space or control characters"),
        (b"tok", "is a bytes, not text"),
        (None, "is a NoneType, not text"),
        (["tok"], "is a list, not text"),
    ],
)
def test_a_text_that_cannot_be_a_secret_is_refused(
    kind: Any, text: object, says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        kind(text)


def test_a_private_key_of_nothing_but_its_prefix_is_empty() -> None:
    # Its HMAC could be made by anybody.
    with pytest.raises(ConfigurationError, match="is empty"):
        FieldsSecret("pr_")


@pytest.mark.parametrize(
    "tolerance",
    [0, -1, True, 10**9, float("nan"), float("inf"), "300", None, Decimal(300)],
)
def test_a_tolerance_is_a_number_of_seconds(tolerance: Any) -> None:
    with pytest.raises(ConfigurationError, match="number of seconds above 0") as caught:
        BodySecret("".join(SIGNING_SECRET), tolerance=tolerance)
    assert_nothing_shows_a_secret(caught.value)


@each_kind
@pytest.mark.parametrize("end", [" ", "\n", "\u00e9", "\x7f"])
def test_no_frame_of_a_constructor_shows_the_text_that_it_refuses(
    kind: Any, end: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        kind(TOKEN + end)
    assert_nothing_shows_a_secret(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        kind(TOKEN.encode())
    assert_nothing_shows_a_secret(caught.value)


@each_secret
def test_a_secret_shows_itself_in_no_way(secret: Any) -> None:
    for text in (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!a}",
        f"{[secret]} %s %r" % (secret, secret),
    ):
        assert not shows_a_secret(text)
        assert type(secret).__name__ in text
        assert "********" in text
    assert not hasattr(secret, "__dict__")


@each_secret
@pytest.mark.parametrize(
    "do",
    [pickle.dumps, copy.copy, copy.deepcopy, lambda one: pickle.dumps({"in": [one]})],
)
def test_a_secret_is_never_pickled_or_copied(
    secret: Any, do: Callable[[Any], object]
) -> None:
    with pytest.raises(TypeError, match="never pickled or copied") as caught:
        do(secret)
    assert not shows_a_secret(str(caught.value))


def refusals() -> dict[str, Callable[[Any], object]]:
    """Ways in which a delivery with the right token, or a right signature, is refused."""
    return {
        "no JSON": lambda secret: unwrap(
            b"{", sign(native(secret), secret=secret), secret=secret
        ),
        "no object": lambda secret: unwrap(
            b"[]", sign(native(secret), secret=secret), secret=secret
        ),
        "too large": lambda secret: unwrap(
            native(secret),
            sign(native(secret), secret=secret),
            secret=secret,
            max_bytes=3,
        ),
        "wrong scheme": lambda secret: unwrap(
            raw(example("payment.succeeded")),
            sign(native(secret), secret=secret),
            secret=secret,
            now=0,
        ),
        "repeated": lambda secret: unwrap(
            native(secret),
            [*sign(native(secret), secret=secret).items()] * 2,
            secret=secret,
        ),
        "a further word": lambda secret: unwrap(
            native(secret),
            {
                name: f"{value} x"
                for name, value in sign(native(secret), secret=secret).items()
            },
            secret=secret,
        ),
        "one letter more": lambda secret: unwrap(
            native(secret),
            {
                name: f"{value}x"
                for name, value in sign(native(secret), secret=secret).items()
            },
            secret=secret,
        ),
    }


@each_secret
@pytest.mark.parametrize("name", refusals())
def test_no_frame_of_unwrap_shows_a_token_that_came(secret: Any, name: str) -> None:
    with pytest.raises(WebhookVerificationError) as caught:
        refusals()[name](secret)
    assert_nothing_shows_a_secret(caught.value)
    # Nor is what came kept by an error that is behind it: a parser's has the body.
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert_nothing_shows_a_secret(pickle.loads(pickle.dumps(caught.value)))


def test_no_frame_shows_a_secret_that_was_passed_wrongly() -> None:
    body, headers = delivery("transaction.charged", BY_TOKEN)
    wrong: list[Any] = [
        TOKEN,
        TOKEN.encode(),
        [TOKEN],
        [BY_TOKEN, TOKEN],
        {"secret": TOKEN},
    ]
    for secret in wrong:
        with pytest.raises(ConfigurationError) as caught:
            unwrap(body, headers, secret=secret)
        assert_nothing_shows_a_secret(caught.value)
        with pytest.raises(ConfigurationError) as caught:
            sign(body, secret=secret)
        assert_nothing_shows_a_secret(caught.value)


def test_no_frame_shows_the_headers_that_cannot_be_read() -> None:
    headers: Any = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", 5)]
    with pytest.raises(ConfigurationError) as caught:
        unwrap(b"{}", headers, secret=BY_TOKEN)
    assert_nothing_shows_a_secret(caught.value)


class Asked:
    """Stands in for `hmac.compare_digest`, keeps what it was asked, and answers as it is told."""

    def __init__(self, response: Callable[[bytes, bytes], bool]) -> None:
        self.response = response
        self.pairs: list[tuple[bytes, bytes]] = []

    def __call__(self, left: bytes, right: bytes) -> bool:
        self.pairs.append((left, right))
        return self.response(left, right)


def others(kind: Any, count: int) -> list[Any]:
    return [kind(f"another-{number}") for number in range(count)]


@each_secret
def test_the_comparison_in_constant_time_alone_decides(
    secret: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = native(secret)
    right, wrong = sign(body, secret=secret), sign(body, secret=type(secret)("another"))
    monkeypatch.setattr(hmac, "compare_digest", Asked(lambda left, right: True))
    assert unwrap(body, wrong, secret=secret).scheme == secret.scheme
    monkeypatch.setattr(hmac, "compare_digest", Asked(lambda left, right: False))
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(body, right, secret=secret)
    assert caught.value.reason is Reason.WRONG_SECRET


@each_secret
@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_active_secret_is_asked_with_bytes_of_equal_length(
    secret: Any, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = others(type(secret), 2)
    active.insert(place, secret)
    asked = Asked(hmac.compare_digest)
    monkeypatch.setattr(hmac, "compare_digest", asked)
    body = native(secret)
    unwrap(body, sign(body, secret=secret), secret=active)
    # Each of the three, whichever it is that proves the delivery.
    assert len(asked.pairs) == 3
    for left, right in asked.pairs:
        assert type(left) is type(right) is bytes
        assert len(left) == len(right) == 32


def test_each_signature_of_a_header_is_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = native(BY_BODY)
    right = sign(body, secret=BY_BODY, now=50)["Plexy-Signature"].partition(",")[2]
    asked = Asked(hmac.compare_digest)
    monkeypatch.setattr(hmac, "compare_digest", asked)
    unwrap(
        body,
        {"Plexy-Signature": f"t=50,{right},v1={'0' * 64},{right}"},
        secret=BY_BODY,
        now=50,
    )
    assert len(asked.pairs) == 3


def test_a_header_signed_by_hand_proves_a_body() -> None:
    body = b'{"id": "evt_1", "type": "payment.succeeded", "data": {"id": "pay_1"}}'
    signature = hmac.new(SIGNING_SECRET.encode(), body, sha256).hexdigest()
    headers = {"Plexy-Signature": f"t=1716640000,v1={signature}"}
    assert unwrap(body, headers, secret=BY_BODY, now=1716640000).id == "evt_1"
    assert sign(body, secret=BY_BODY, now=1716640000.9) == headers


# What is signed, written by hand: id, amount, currency, orderReference, and "true" or "false".
VECTORS: dict[str, tuple[bytes, str]] = {
    "two digits": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":126.27,"currency":"KZT","orderReference":"O-1","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a22126.27KZTO-1true",
    ),
    "a zero at the end, as PHP prints it": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":126.50,"currency":"KZT","orderReference":"O-1","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a22126.5KZTO-1true",
    ),
    "a zero at the end, as it came": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":126.50,"currency":"KZT","orderReference":"O-1","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a22126.50KZTO-1true",
    ),
    "zeros alone, as PHP prints them": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":100.0,"currency":"KZT","orderReference":"O-1","success":false}',
        "6fff162f-1273-4e44-9392-694cdc2e8a22100KZTO-1false",
    ),
    "zeros alone, as they came": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":100.0,"currency":"KZT","orderReference":"O-1","success":false}',
        "6fff162f-1273-4e44-9392-694cdc2e8a22100.0KZTO-1false",
    ),
    "a whole number": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":100,"currency":"KZT","orderReference":"O-1","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a22100KZTO-1true",
    ),
    "an exponent": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":1.5e3,"currency":"KZT","orderReference":"O-1","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a221500KZTO-1true",
    ),
    "a text": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":"126.50","currency":"KZT","orderReference":"O-1","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a22126.50KZTO-1true",
    ),
    "a big number": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":%s,"currency":"KZT","orderReference":"O-1","success":true}'
        % (b"9" * 400),
        f"6fff162f-1273-4e44-9392-694cdc2e8a22{'9' * 400}KZTO-1true",
    ),
    "letters of another alphabet": (
        '{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":1,"currency":"KZT","orderReference":"Заказ","success":true}'.encode(),
        "6fff162f-1273-4e44-9392-694cdc2e8a221KZTЗаказtrue",
    ),
    "half a character": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":1,"currency":"KZT","orderReference":"\\ud83d","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a221KZT\ud83dtrue",
    ),
    "no order reference": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":1,"currency":"KZT","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a221KZTtrue",
    ),
    "null for the order reference": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":1,"currency":"KZT","orderReference":null,"success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a221KZTtrue",
    ),
    "snake case": (
        b'{"id":"6fff162f-1273-4e44-9392-694cdc2e8a22","amount":1,"currency":"KZT","order_reference":"O-1","success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a221KZTO-1true",
    ),
    "wrapped": (
        b'{"id":{"Value":"6fff162f-1273-4e44-9392-694cdc2e8a22"},"amount":1,"currency":"KZT","orderReference":{"Value":"O-1"},"success":true}',
        "6fff162f-1273-4e44-9392-694cdc2e8a221KZTO-1true",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_five_fields_signed_by_hand_prove_a_callback(name: str) -> None:
    body, text = VECTORS[name]
    key = PRIVATE_KEY.removeprefix("pr_").encode()
    signature = hmac.new(key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()
    for secret in (BY_FIELDS, FieldsSecret(PRIVATE_KEY.removeprefix("pr_"))):
        assert (
            type(unwrap(body, {"x-signature": signature}, secret=secret)).__name__
            == "PaymentCallback"
        )


def test_a_test_delivery_signs_an_amount_as_php_prints_it() -> None:
    for name in (
        "a zero at the end, as PHP prints it",
        "zeros alone, as PHP prints them",
        "an exponent",
    ):
        body, text = VECTORS[name]
        signature = hmac.new(
            PRIVATE_KEY.removeprefix("pr_").encode(), text.encode(), sha256
        ).hexdigest()
        assert sign(body, secret=BY_FIELDS) == {"x-signature": signature}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": ""},
        {"id": 5},
        {"id": {"Value": {"Value": "x"}}},
        {"amount": None},
        {"amount": True},
        {"amount": ""},
        {"amount": "1e5"},
        {"amount": "100 "},
        {"amount": "\u0661"},
        {"amount": "1" * 101},
        {"amount": [1]},
        {"currency": None},
        {"currency": ""},
        {"currency": "KZT1"},
        {"currency": "KZ"},
        {"currency": 398},
        {"orderReference": 5},
        {"orderReference": False},
        {"orderReference": []},
        {"success": None},
        {"success": 1},
        {"success": "true"},
    ],
    ids=repr,
)
def test_a_field_of_another_kind_is_not_signed(changes: dict[str, Any]) -> None:
    headers = delivery(CALLBACK, BY_FIELDS)[1]
    body = raw(example(CALLBACK, **changes))
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(body, headers, secret=BY_FIELDS)
    assert caught.value.reason is Reason.MALFORMED_BODY
    with pytest.raises(WebhookVerificationError):
        sign(body, secret=BY_FIELDS)


@pytest.mark.parametrize(
    "number", [b"1e999999999", b"-1e-999999999", b"0e999999", b"1e101"]
)
def test_an_exponent_that_would_fill_the_memory_is_no_amount(number: bytes) -> None:
    body = (
        b'{"id":"p1","amount":%s,"currency":"KZT","orderReference":"O-1","success":true}'
        % number
    )
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(body, {"x-signature": "0" * 64}, secret=BY_FIELDS)
    assert caught.value.reason is Reason.MALFORMED_BODY


def test_each_field_that_is_signed_counts() -> None:
    headers = delivery(CALLBACK, BY_FIELDS)[1]
    other = {
        "id": "x",
        "amount": 430.44,
        "currency": "USD",
        "orderReference": "1",
        "success": False,
    }
    for name, value in other.items():
        with pytest.raises(WebhookVerificationError) as caught:
            unwrap(raw(example(CALLBACK, **{name: value})), headers, secret=BY_FIELDS)
        assert caught.value.reason is Reason.WRONG_SECRET


def test_the_letters_of_the_currency_keep_the_order_reference_apart() -> None:
    body, headers = delivery(CALLBACK, BY_FIELDS, currency="KZT", orderReference="15")
    moved = raw(example(CALLBACK, currency="KZT1", orderReference="5"))
    assert unwrap(body, headers, secret=BY_FIELDS).name == ""
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(moved, headers, secret=BY_FIELDS)
    assert caught.value.reason is Reason.MALFORMED_BODY
