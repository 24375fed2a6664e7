"""`unwrap`: what it takes, what it refuses and why, and which event comes of a delivery."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.message import Message
from types import MappingProxyType
from typing import Any

import pytest
from helpers.webhooks import (
    BY_BODY,
    BY_FIELDS,
    BY_TOKEN,
    CALLBACK,
    EVENTS,
    SECRETS,
    SIGNING_SECRET,
    TOKEN,
    changed,
    delivery,
    example,
    native,
    raw,
)
from plexy_pay import ConfigurationError, webhooks
from plexy_pay._core import drift
from plexy_pay._core.types import UNSET
from plexy_pay.webhooks import (
    BodySecret,
    FieldsSecret,
    PaymentCallback,
    PaymentSucceeded,
    Reason,
    TokenSecret,
    TransactionCharged,
    UnknownEvent,
    WebhookVerificationError,
    sign,
)

# Each test knows which event it looks at.
unwrap: Any = webhooks.unwrap
each_secret = pytest.mark.parametrize(
    "secret", SECRETS, ids=lambda secret: secret.scheme
)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def reason_of(body: Any, headers: Any, **options: Any) -> Reason:
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(body, headers, **options)
    return caught.value.reason


def class_of(event: str) -> str:
    """The name of an event's class: TransactionCharged for transaction.charged."""
    return "".join(word.capitalize() for word in event.replace("_", ".").split("."))


# -- Secrets


@each_secret
def test_during_a_rotation_the_old_and_the_new_secret_prove_deliveries(
    secret: Any,
) -> None:
    new = type(secret)("a-newer-secret")
    body = native(secret)
    for active in (
        [secret, new],
        (new, secret),
        {secret, new},
        frozenset((secret, new)),
    ):
        for used in (secret, new):
            assert (
                unwrap(body, sign(body, secret=used), secret=active).scheme
                == secret.scheme
            )
    assert (
        reason_of(body, sign(body, secret=secret), secret=[new]) is Reason.WRONG_SECRET
    )


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ((BY_TOKEN, BY_BODY), "of several classes"),
        ([BY_FIELDS, BY_TOKEN], "of several classes"),
        ("text", "of the type str"),
        (b"text", "of the type bytes"),
        (["text"], "of the type str"),
        ([BY_TOKEN, "text"], "of the type str"),
        ([[BY_TOKEN]], "of the type list"),
        ({"secret": BY_TOKEN}, "of the type dict"),
        (None, "of the type NoneType"),
        (TokenSecret, "of the type ABCMeta"),
        ([], "No webhook secret was given"),
    ],
    ids=str,
)
def test_what_is_no_secret_of_one_kind_is_a_mistake_in_the_program(
    secret: Any, says: str
) -> None:
    for do in (
        lambda: unwrap(b"{}", {}, secret=secret),
        lambda: sign(b"{}", secret=secret),
    ):
        with pytest.raises(ConfigurationError, match=says):
            do()


def test_a_class_of_secrets_of_the_users_own_is_refused() -> None:
    class Lenient(TokenSecret):
        def proves(self, delivery: object) -> bool:
            return True

    with pytest.raises(ConfigurationError, match="of the type Lenient"):
        unwrap(b"{}", BEARER, secret=Lenient(TOKEN))


# -- Bodies


@pytest.mark.parametrize(
    "body",
    [{"name": "x"}, [], "{}", None, 5, object()],
    ids=lambda body: type(body).__name__,
)
def test_a_body_that_was_parsed_or_decoded_is_a_mistake_in_the_program(
    body: Any,
) -> None:
    with pytest.raises(
        ConfigurationError, match=f"passed as {type(body).__name__}. Pass the raw bytes"
    ):
        unwrap(body, BEARER, secret=BY_TOKEN)
    with pytest.raises(ConfigurationError, match="Pass the raw bytes"):
        sign(body, secret=BY_BODY)


@each_secret
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_body_is_bytes_of_any_kind(secret: Any, kind: Any) -> None:
    body = kind(native(secret))
    event = unwrap(body, sign(body, secret=secret), secret=secret)
    assert event.payload == json.loads(native(secret), parse_float=Decimal)


@each_secret
def test_a_body_may_be_as_large_as_it_is_allowed_to_be(secret: Any) -> None:
    body = native(secret)
    headers = sign(body, secret=secret)
    assert unwrap(body, headers, secret=secret, max_bytes=len(body))
    assert (
        reason_of(body, headers, secret=secret, max_bytes=len(body) - 1)
        is Reason.TOO_LARGE
    )
    # Without being told: one MiB.
    body = body.ljust(1024 * 1024)
    assert unwrap(body, sign(body, secret=secret), secret=secret)
    assert (
        reason_of(body + b" ", sign(body + b" ", secret=secret), secret=secret)
        is Reason.TOO_LARGE
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"nul",
        b"\xff{}",
        b"{}x",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert reason_of(body, BEARER, secret=BY_TOKEN) is Reason.NOT_JSON
    assert (
        reason_of(body, sign(body, secret=BY_BODY), secret=BY_BODY) is Reason.NOT_JSON
    )
    assert (
        reason_of(body, {"x-signature": "0" * 64}, secret=BY_FIELDS) is Reason.NOT_JSON
    )


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"true", b"5", b'"transaction.charged"', b"[{}]"]
)
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    assert reason_of(body, BEARER, secret=BY_TOKEN) is Reason.NOT_AN_OBJECT
    assert (
        reason_of(body, sign(body, secret=BY_BODY), secret=BY_BODY)
        is Reason.NOT_AN_OBJECT
    )
    assert (
        reason_of(body, {"x-signature": "0" * 64}, secret=BY_FIELDS)
        is Reason.NOT_AN_OBJECT
    )


# -- Headers


class Werkzeug:
    """As `werkzeug.datastructures.Headers`: iterating gives pairs, and so does `items`."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def items(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


class Starlette(Mapping[str, str]):
    """As `starlette.datastructures.Headers`: a mapping whose `items` repeats a name that came twice."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def __getitem__(self, name: str) -> str:
        return next(value for key, value in self.pairs if key.lower() == name.lower())

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def items(self) -> Any:
        return self.pairs


def message(pairs: list[tuple[str, str]]) -> Message:
    """As `http.server.BaseHTTPRequestHandler.headers`."""
    made = Message()
    for name, value in pairs:
        made[name] = value
    return made


SPELLINGS: dict[str, Any] = {
    "a dict": dict,
    "a dict in capital letters": lambda pairs: {
        name.upper(): value for name, value in pairs
    },
    "a dict in small letters": lambda pairs: {
        name.lower(): value for name, value in pairs
    },
    "a dict of bytes": lambda pairs: {
        name.encode(): value.encode() for name, value in pairs
    },
    "a dict of lists": lambda pairs: {name: [value] for name, value in pairs},
    "a read-only mapping": lambda pairs: MappingProxyType(dict(pairs)),
    "pairs": lambda pairs: pairs,
    "pairs that can be read once": iter,
    "an ASGI scope": lambda pairs: [
        (name.lower().encode(), value.encode()) for name, value in pairs
    ],
    "pairs in lists": lambda pairs: [list(pair) for pair in pairs],
    "werkzeug": Werkzeug,
    "starlette": Starlette,
    "the standard library": message,
}


@each_secret
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_headers_are_read_as_frameworks_give_them(secret: Any, spelling: str) -> None:
    body = native(secret)
    pairs = [("Host", "shop"), *sign(body, secret=secret).items(), ("Accept", "*/*")]
    assert (
        unwrap(body, SPELLINGS[spelling](pairs), secret=secret).scheme == secret.scheme
    )


@pytest.mark.parametrize(
    "spelling",
    [
        "pairs",
        "pairs that can be read once",
        "werkzeug",
        "starlette",
        "the standard library",
    ],
)
def test_a_header_that_came_twice_is_refused_even_if_it_says_the_same(
    spelling: str,
) -> None:
    pairs = [("Authorization", TOKEN), ("authorization", TOKEN)]
    assert (
        reason_of(b"{}", SPELLINGS[spelling](pairs), secret=BY_TOKEN)
        is Reason.REPEATED_HEADER
    )
    lists = {"Authorization": [TOKEN, TOKEN]}
    assert reason_of(b"{}", lists, secret=BY_TOKEN) is Reason.REPEATED_HEADER


@pytest.mark.parametrize(
    "headers",
    [
        None,
        5,
        "Authorization: x",
        ["Authorization: x"],
        [("Authorization",)],
        [("Authorization", 5)],
        {"Authorization": None},
        {5: "x"},
    ],
    ids=repr,
)
def test_headers_that_cannot_be_read_are_a_mistake_in_the_program(headers: Any) -> None:
    with pytest.raises(
        ConfigurationError, match="headers of the webhook cannot be read"
    ):
        unwrap(b"{}", headers, secret=BY_TOKEN)


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f"Bearer {TOKEN}",
        f"Bearer Bearer {TOKEN}",
        f"bearer {TOKEN}",
        f"BEARER   {TOKEN}",
        f" \tBearer {TOKEN} \t",
    ],
)
def test_the_token_comes_raw_or_after_one_or_two_bearers(value: str) -> None:
    assert unwrap(b"{}", {"Authorization": value}, secret=BY_TOKEN).scheme == "token"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", Reason.MISSING_HEADER),
        (" \t ", Reason.MISSING_HEADER),
        ("Bearer", Reason.WRONG_SECRET),
        ("Bearer ", Reason.WRONG_SECRET),
        (TOKEN.lower(), Reason.WRONG_SECRET),
        (TOKEN[:-1], Reason.WRONG_SECRET),
        (f"{TOKEN}{TOKEN}", Reason.WRONG_SECRET),
        (f"Bearer{TOKEN}", Reason.WRONG_SECRET),
        (f"Bearer Bearer Bearer {TOKEN}", Reason.MALFORMED_HEADER),
        (f"Bearer\t{TOKEN}", Reason.MALFORMED_HEADER),
        (f"Basic {TOKEN}", Reason.MALFORMED_HEADER),
        (f"Bearer {TOKEN}, Bearer {TOKEN}", Reason.MALFORMED_HEADER),
        (f"{TOKEN}\n", Reason.MALFORMED_HEADER),
        (f"{TOKEN}\x00", Reason.MALFORMED_HEADER),
        (f"{TOKEN}\u00e9", Reason.MALFORMED_HEADER),
        (f"{TOKEN}\ud800", Reason.MALFORMED_HEADER),
        (f"B\u0435arer {TOKEN}", Reason.MALFORMED_HEADER),
        ("a" * 8193, Reason.MALFORMED_HEADER),
        ("bearer " + " " * 8000 + "\u00e9", Reason.MALFORMED_HEADER),
    ],
    ids=ascii,
)
def test_another_authorization_is_refused(value: str, reason: Reason) -> None:
    assert reason_of(b"{}", {"Authorization": value}, secret=BY_TOKEN) is reason


DIGEST = sign(native(BY_FIELDS), secret=BY_FIELDS)["x-signature"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", Reason.MISSING_HEADER),
        ("0" * 64, Reason.WRONG_SECRET),
        (DIGEST[:-1], Reason.MALFORMED_HEADER),
        (f"{DIGEST}0", Reason.MALFORMED_HEADER),
        (f"{DIGEST}, {DIGEST}", Reason.MALFORMED_HEADER),
        (f"sha256={DIGEST}", Reason.MALFORMED_HEADER),
        (f"{DIGEST[:-2]} {DIGEST[-1]}", Reason.MALFORMED_HEADER),
        ("z" * 64, Reason.MALFORMED_HEADER),
        ("\u0661" * 64, Reason.MALFORMED_HEADER),
        ("\uff10" * 64, Reason.MALFORMED_HEADER),
        ("0x" + "0" * 62, Reason.MALFORMED_HEADER),
        ("_".join(["0"] * 32) + "0", Reason.MALFORMED_HEADER),
        ("-" + "0" * 63, Reason.MALFORMED_HEADER),
    ],
    ids=ascii,
)
def test_another_signature_of_fields_is_refused(value: str, reason: Reason) -> None:
    assert (
        reason_of(native(BY_FIELDS), {"x-signature": value}, secret=BY_FIELDS) is reason
    )


NOW = 1_716_640_000
V1 = sign(native(BY_BODY), secret=BY_BODY, now=NOW)["Plexy-Signature"].partition(",")[2]


def by_body(value: str, now: float = NOW) -> Any:
    return unwrap(native(BY_BODY), {"Plexy-Signature": value}, secret=BY_BODY, now=now)


@pytest.mark.parametrize(
    "value",
    [
        f"t={NOW},{V1}",
        f"{V1},t={NOW}",
        f"t={NOW}, {V1}",
        f"t={NOW},v1={'0' * 64},{V1}",
        f"t={NOW}" + f",v1={'0' * 64}" * 15 + f",{V1}",
        f"t={NOW},v0=weak,{V1},v2=new",
        f"t={NOW},{V1},",
        f"t={NOW},v1={V1[3:].upper()}",
        f"t=00{NOW},{V1}",
    ],
)
def test_a_signature_may_stand_among_others(value: str) -> None:
    assert type(by_body(value)) is PaymentSucceeded


@pytest.mark.parametrize(
    "value",
    [
        V1,
        f"t={NOW}",
        f"t={NOW},v1=",
        f"t=,{V1}",
        f"t={NOW},t={NOW},{V1}",
        f"t={NOW},{V1}, t={NOW},{V1}",
        f"t=-{NOW},{V1}",
        f"t=+{NOW},{V1}",
        f"t={NOW}.0,{V1}",
        f"t={NOW}_0,{V1}",
        f"t= {NOW},{V1}",
        f"t =  {NOW},{V1}",
        f"t=\u0661,{V1}",
        f"t={10**12},{V1}",
        f"t={'9' * 8000},{V1}",
        f"T={NOW},{V1}",
        f"t={NOW},V1={V1[3:]}",
        f"t={NOW};{V1}",
        f"t={NOW},v1={'z' * 64},{V1}",
        f"t={NOW},v1={V1[3:-1]},{V1}",
        f"t={NOW}" + f",v1={'0' * 64}" * 16 + f",{V1}",
        f"t={NOW},{V1}\n",
        f"Bearer t={NOW},{V1}",
        "garbage",
        ",",
        "=",
        "\u00e9",
    ],
    ids=ascii,
)
def test_another_form_of_signature_is_refused(value: str) -> None:
    with pytest.raises(WebhookVerificationError) as caught:
        by_body(value)
    assert caught.value.reason is Reason.MALFORMED_HEADER


def test_the_timestamp_may_be_off_by_the_tolerance_in_both_directions_and_no_more() -> (
    None
):
    value = f"t={NOW},{V1}"
    for now in (NOW, NOW + 300, NOW - 300, NOW + 299.9):
        assert by_body(value, now)
    for now, reason in (
        (NOW + 300.001, Reason.TOO_OLD),
        (NOW - 300.001, Reason.TOO_NEW),
        (10**11, Reason.TOO_OLD),
    ):
        with pytest.raises(WebhookVerificationError) as caught:
            by_body(value, now)
        assert caught.value.reason is reason
    narrow = BodySecret(SIGNING_SECRET, tolerance=0.5)
    headers = {"Plexy-Signature": value}
    assert unwrap(native(BY_BODY), headers, secret=narrow, now=NOW + 0.5)
    assert (
        reason_of(native(BY_BODY), headers, secret=narrow, now=NOW + 1)
        is Reason.TOO_OLD
    )
    # Far in the future too, as nobody else looks at.
    assert (
        reason_of(native(BY_BODY), headers, secret=BY_BODY, now=NOW - 10**7)
        is Reason.TOO_NEW
    )


def test_the_clock_of_this_machine_is_asked_where_no_time_is_given() -> None:
    body = native(BY_BODY)
    assert unwrap(body, sign(body, secret=BY_BODY), secret=BY_BODY)
    assert (
        reason_of(body, sign(body, secret=BY_BODY, now=0), secret=BY_BODY)
        is Reason.TOO_OLD
    )


def test_a_wrong_signature_is_not_called_old() -> None:
    # Whoever does not know the secret learns nothing about the clock.
    with pytest.raises(WebhookVerificationError) as caught:
        by_body(f"t=1,v1={'0' * 64}")
    assert caught.value.reason is Reason.WRONG_SECRET


# -- Schemes


@each_secret
def test_a_delivery_without_a_proof_is_refused(secret: Any) -> None:
    assert (
        reason_of(native(secret), {"Host": "shop"}, secret=secret)
        is Reason.MISSING_HEADER
    )


@each_secret
@pytest.mark.parametrize(
    "used", SECRETS, ids=lambda secret: f"sent with {secret.scheme}"
)
def test_a_proof_of_another_scheme_is_never_taken(secret: Any, used: Any) -> None:
    if used is not secret:
        body = native(used)
        assert (
            reason_of(body, sign(body, secret=used), secret=secret)
            is Reason.WRONG_SCHEME
        )
        assert (
            reason_of(body, iter(sign(body, secret=used).items()), secret=secret)
            is Reason.WRONG_SCHEME
        )


@pytest.mark.parametrize(
    "name",
    [name for name in EVENTS if name.startswith(("transaction.", "payment_order."))],
)
def test_an_event_of_the_token_is_its_own_class_by_token_and_by_signature(
    name: str,
) -> None:
    for secret in (BY_TOKEN, BY_BODY):
        event = unwrap(*delivery(name, secret), secret=secret)
        assert (type(event).__name__, event.name, event.scheme) == (
            class_of(name),
            name,
            secret.scheme,
        )
        assert type(event) is getattr(webhooks, class_of(name))


@pytest.mark.parametrize(
    "name", ["payment.succeeded", "payment.failed", "refund.succeeded"]
)
def test_an_event_of_v2_is_taken_with_its_signature_alone(name: str) -> None:
    event = unwrap(*delivery(name, BY_BODY), secret=BY_BODY)
    assert (type(event).__name__, event.name) == (class_of(name), name)
    assert (event.id, event.created_at) == (
        example(name)["id"],
        datetime.fromtimestamp(example(name)["created"], UTC),
    )
    assert reason_of(*delivery(name, BY_TOKEN), secret=BY_TOKEN) is Reason.WRONG_SCHEME
    odd = raw(example(name) | {"data": 5})
    assert reason_of(odd, BEARER, secret=BY_TOKEN) is Reason.WRONG_SCHEME


def test_what_the_five_fields_prove_is_a_callback_whatever_else_the_body_says() -> None:
    _, headers = delivery(CALLBACK, BY_FIELDS)
    claims = [example(name) for name in EVENTS] + [
        {"name": "transaction.charged", "type": "payment.succeeded", "data": {}}
    ]
    for claim in claims:
        event = unwrap(raw(claim | example(CALLBACK)), headers, secret=BY_FIELDS)
        assert type(event) is PaymentCallback
        assert (event.name, event.id, event.merchant_id, event.created_at) == (
            "",
            None,
            None,
            None,
        )
        assert event.data.id == example(CALLBACK)["id"]


def test_no_field_that_is_signed_can_be_brought_in_under_another_spelling() -> None:
    # A callback without an order reference was signed, and someone writes one in.
    bare = {
        name: value
        for name, value in example(CALLBACK).items()
        if name != "orderReference"
    }
    headers = sign(raw(bare), secret=BY_FIELDS)
    assert unwrap(raw(bare), headers, secret=BY_FIELDS).data.order_reference is UNSET
    for name in (
        "order_reference",
        "OrderReference",
        "orderreference",
        "ORDER_REFERENCE",
        "order_Reference_",
    ):
        assert (
            reason_of(raw({**bare, name: "ORD-2"}), headers, secret=BY_FIELDS)
            is Reason.WRONG_SECRET
        )
    # Where the field is there by its own name, no other spelling of it counts, before or after.
    whole, headers = example(CALLBACK), delivery(CALLBACK, BY_FIELDS)[1]
    others = {
        "order_reference": "ORD-2",
        "Id": "x",
        "AMOUNT": 1,
        "Success": False,
        "currency_": "USD",
    }
    for body in (whole | others, others | whole):
        data = unwrap(raw(body), headers, secret=BY_FIELDS).data
        seen = (data.id, data.amount, data.currency, data.order_reference, data.success)
        assert seen == (
            "6fff162f-1273-4e44-9392-694cdc2e8a22",
            Decimal("430.43"),
            "EUR",
            "1667207373325",
            True,
        )
    # Nor does a name of nothing fill what has no name.
    assert (
        unwrap(raw(whole | {"": "m_evil"}), headers, secret=BY_FIELDS).merchant_id
        is None
    )


def test_of_a_name_that_is_given_twice_the_last_counts_in_the_check_and_in_the_event() -> (
    None
):
    body = raw(example(CALLBACK))
    headers = sign(body, secret=BY_FIELDS)
    doubled = body.replace(b'"id":', b'"id": "evil", "id":')
    assert unwrap(doubled, headers, secret=BY_FIELDS).data.id == example(CALLBACK)["id"]
    doubled = body[:-1] + b', "id": "evil"}'
    assert reason_of(doubled, headers, secret=BY_FIELDS) is Reason.WRONG_SECRET


# -- Events


@pytest.mark.parametrize(
    "secret", [BY_TOKEN, BY_BODY], ids=lambda secret: secret.scheme
)
@pytest.mark.parametrize(
    "body",
    [
        {"name": "transaction.invented", "data": {"id": "x"}},
        {"name": "Transaction.Charged", "data": {"id": "x"}},
        {"name": "transaction.charged ", "data": {"id": "x"}},
        {"name": "transaction.char\u200bged", "data": {"id": "x"}},
        {"name": "payment.succeeded", "data": {"id": "x"}},
        {"type": "transaction.charged", "data": {"id": "x"}},
        {"type": "payment.invented", "data": {"id": "x"}},
        {"name": {"Value": "transaction.charged"}, "data": {"id": "x"}},
        {"name": ["transaction.charged"], "data": {"id": "x"}},
        {"name": None},
        {"name": ""},
        {"": ""},
        {},
        example(CALLBACK),
    ],
    ids=ascii,
)
def test_an_event_that_is_not_known_is_never_anothers_class(
    secret: Any, body: dict[str, Any]
) -> None:
    event = unwrap(raw(body), sign(raw(body), secret=secret), secret=secret)
    assert type(event) is UnknownEvent
    assert event.payload == json.loads(raw(body), parse_float=Decimal)
    assert event.data == body.get("data")
    written = [body[key] for key in ("name", "type") if isinstance(body.get(key), str)]
    assert event.name == (written or [""])[0]


@pytest.mark.parametrize(
    "data",
    [None, 5, "text", [], [{"id": "x"}], True, {"Value": "x"}, {"Value": None}],
    ids=repr,
)
def test_a_known_event_whose_data_is_no_object_is_unknown(data: object) -> None:
    body = raw(
        {
            "name": "transaction.charged",
            "merchantId": "m_1",
            "id": "evt_1",
            "data": data,
        }
    )
    event = unwrap(body, BEARER, secret=BY_TOKEN)
    assert isinstance(event, UnknownEvent)
    assert (event.name, event.data, event.merchant_id, event.id) == (
        "transaction.charged",
        data,
        "m_1",
        "evt_1",
    )
    body = raw({"name": "transaction.charged"})
    assert isinstance(unwrap(body, BEARER, secret=BY_TOKEN), UnknownEvent)


def test_each_spelling_of_an_event_decodes_to_one_shape() -> None:
    def snake(name: str) -> str:
        return "".join(
            f"_{letter.lower()}" if letter.isupper() else letter for letter in name
        )

    camel = example("transaction.charged")
    plain = {
        name: value["Value"] if isinstance(value, dict) else value
        for name, value in camel["data"].items()
    }
    shapes = [
        camel,
        camel | {"data": plain},
        camel | {"data": {snake(name): value for name, value in plain.items()}},
        camel | {"data": {name: {"Value": value} for name, value in plain.items()}},
        camel
        | {
            "data": {
                "Value": {
                    snake(name).upper(): {"Value": value}
                    for name, value in plain.items()
                }
            }
        },
        {
            "name": camel["name"],
            "merchant_id": camel["merchantId"],
            "Data": camel["data"],
        },
    ]
    events = [unwrap(raw(shape), BEARER, secret=BY_TOKEN) for shape in shapes]
    for event, shape in zip(events, shapes, strict=True):
        assert isinstance(event, TransactionCharged)
        assert event.data == events[0].data
        assert event.data.payment_link_id == "pl_019a2a21f46f706ea202a75adabcbb80"
        assert event.merchant_id == "123456"
        assert event.dedup_id == events[0].dedup_id
        # The payload is as it came, in whatever shape.
        assert event.payload == shape


def test_the_payload_has_exact_numbers_and_is_not_shown() -> None:
    body = b'{"name":"transaction.charged","further":0.10,"data":{"id":"t","amount":126.50,"secretly":"c4n4ry"}}'
    event = unwrap(body, BEARER, secret=BY_TOKEN)
    assert str(event.payload["data"]["amount"]) == "126.50"
    assert str(event.data.amount) == "126.50"
    assert str(event.payload["further"]) == "0.10"
    assert "c4n4ry" not in repr(event)
    assert "payload" not in repr(event)
    unknown = unwrap(
        b'{"name":"new","data":{"card":"c4n4ry"}}', BEARER, secret=BY_TOKEN
    )
    assert "c4n4ry" not in repr(unknown)


def test_personal_data_is_not_shown() -> None:
    shown = repr(unwrap(*delivery("transaction.charged", BY_TOKEN), secret=BY_TOKEN))
    for value in ("6789", "192.168.1.1", "4400437244977189"):
        assert value not in shown


@pytest.mark.parametrize(
    "created",
    [None, "1679529600", True, 10**30, -(10**30), 10**4000, 1.5, [], {}],
    ids=lambda one: str(one)[:20],
)
def test_a_time_that_is_none_is_left_out(created: object) -> None:
    body = raw(example("payment.succeeded", created=created, id=created))
    event = unwrap(body, sign(body, secret=BY_BODY), secret=BY_BODY)
    assert type(event) is PaymentSucceeded
    assert event.created_at is None
    assert event.id == (created if isinstance(created, str) else None)


@pytest.mark.parametrize("name", [*EVENTS, CALLBACK, "unknown"])
def test_an_event_is_pickled_compared_and_never_changed(name: str) -> None:
    secret = BY_FIELDS if name == CALLBACK else BY_BODY
    body = raw(
        example(name) if name != "unknown" else {"name": name, "data": {"amount": 1.5}}
    )
    event = unwrap(body, sign(body, secret=secret), secret=secret)
    again = pickle.loads(pickle.dumps(event))
    assert again == event
    assert type(again) is type(event)
    with pytest.raises(AttributeError):
        event.name = "transaction.charged"  # type: ignore[misc]
    assert not hasattr(event, "__dict__")


def test_an_event_is_matched_by_its_class() -> None:
    def told(event: webhooks._events.AnyEvent) -> object:
        match event:
            case webhooks.TransactionCharged(data=data):
                return data.amount
            case webhooks.UnknownEvent(name=name):
                return name
            case _:
                return None

    def read(event: str) -> webhooks._events.AnyEvent:
        return webhooks.unwrap(*delivery(event, BY_TOKEN), secret=BY_TOKEN)

    assert told(read("transaction.charged")) == 1000
    assert told(read("transaction.failed")) is None
    assert told(webhooks.unwrap(b'{"name":"new"}', BEARER, secret=BY_TOKEN)) == "new"


def test_every_class_is_exported_and_says_how_it_is_proved() -> None:
    for event in (*webhooks._events.EVENTS.values(), UnknownEvent):
        assert getattr(webhooks, event.__name__) is event
        assert event.__name__ in webhooks.__all__
    kinds = {event.kind.secret for event in webhooks._events.EVENTS.values()}
    assert kinds == {TokenSecret, FieldsSecret, BodySecret}


def test_what_differs_from_the_spec_is_reported_once_and_without_values(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "_reported", {})
    caplog.set_level(logging.WARNING, "plexy_pay.drift")
    body = raw(
        changed(
            "transaction.charged",
            amount="c4n4ry",
            brandNew="c4n4ry",
            updatedAt="c4n4ry",
        )
    )
    for _ in range(3):
        event = unwrap(body, BEARER, secret=BY_TOKEN)
        assert isinstance(event, TransactionCharged)
        assert event.data.additional_properties == {"brandNew": "c4n4ry"}
    records: list[Any] = caplog.records
    told = {(record.operation, record.pointer, record.kind) for record in records}
    assert told == {
        ("webhooks.transaction.charged", "/amount", "type"),
        ("webhooks.transaction.charged", "/brandNew", "unknown-field"),
        ("webhooks.transaction.charged", "/updatedAt", "type"),
    }
    assert len(caplog.records) == 3
    assert "c4n4ry" not in caplog.text


def test_the_example_of_each_event_has_no_difference_from_the_spec(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "_reported", {})
    for name in EVENTS:
        unwrap(*delivery(name, BY_BODY), secret=BY_BODY)
    unwrap(*delivery(CALLBACK, BY_FIELDS), secret=BY_FIELDS)
    assert [record.getMessage() for record in caplog.records] == []


# -- Refusals


def test_a_refusal_says_what_to_do_and_nothing_of_the_delivery() -> None:
    body = b'{"name": "c4n4ry"'
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(body, BEARER | {"x-signature": "c4n4ry"}, secret=BY_TOKEN)
    error = caught.value
    assert str(error) == (
        "The body of the webhook is not JSON. Treat the delivery as if it had never arrived; no money moved because of "
        "it. If Plexy Pay sent it, ask its support."
    )
    assert "c4n4ry" not in repr(error) + repr(vars(error))
    assert error.reason == "not_json"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.reason) == (str(error), Reason.NOT_JSON)
