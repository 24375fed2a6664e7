"""What holds of `unwrap` for every input, as far as Hypothesis finds any."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from helpers.webhooks import (
    BY_BODY,
    BY_FIELDS,
    BY_TOKEN,
    CALLBACK,
    EVENTS,
    SECRETS,
    example,
    raw,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from plexy_pay import webhooks
from plexy_pay._core.encoding import dumps, loads
from plexy_pay._currencies import EXPONENTS
from plexy_pay.webhooks import (
    PaymentCallback,
    Reason,
    UnknownEvent,
    WebhookEvent,
    WebhookVerificationError,
    sign,
)
from plexy_pay.webhooks._payload import one_shape

unwrap: Any = webhooks.unwrap
NOW = 1_716_640_000
EXAMPLES = {name: raw(example(name)) for name in (*EVENTS, CALLBACK)}
each_secret = pytest.mark.parametrize(
    "secret", SECRETS, ids=lambda secret: secret.scheme
)

texts = st.text(max_size=12)
fractions = st.decimals(-(10**9), 10**9, places=3)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15), fractions, texts
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.one_of(
    texts,
    st.sampled_from(
        [
            *EVENTS,
            "name",
            "type",
            "data",
            "id",
            "Value",
            "merchantId",
            "merchant_id",
            "created",
            "",
        ]
    ),
    st.sampled_from(
        [
            "amount",
            "currency",
            "orderReference",
            "order_reference",
            "success",
            "settled",
        ]
    ),
)
# Objects that look like events more often than chance would make them.
objects = st.dictionaries(
    names,
    st.one_of(
        anything, names, st.dictionaries(names, st.one_of(anything, names), max_size=4)
    ),
    max_size=6,
)
bodies = st.one_of(
    st.binary(max_size=200),
    objects.map(dumps),
    st.sampled_from(sorted(EXAMPLES.values())),
    st.text(max_size=50).map(lambda text: text.encode("utf-16", "surrogatepass")),
)
values = st.one_of(
    st.text(max_size=100),
    st.binary(max_size=100),
    st.from_regex(r"\A(bearer ){0,3}[!-~]{0,30}\Z", fullmatch=True),
    st.from_regex(r"\At=[0-9]{1,13},v1=[0-9a-fA-F]{64}\Z", fullmatch=True),
    st.from_regex(r"\A[0-9a-f]{63,65}\Z", fullmatch=True),
)
header_names = st.one_of(
    st.sampled_from(
        [
            "Authorization",
            "x-signature",
            "Plexy-Signature",
            b"authorization",
            b"X-SIGNATURE",
        ]
    ),
    st.text(max_size=10),
    st.binary(max_size=10),
)
headers = st.one_of(
    st.dictionaries(header_names, values, max_size=4),
    st.lists(st.tuples(header_names, values), max_size=4),
)


@each_secret
@given(
    body=bodies, headers=headers, now=st.one_of(st.none(), st.floats(), st.integers())
)
def test_whatever_comes_is_an_event_or_a_refusal(
    secret: Any, body: bytes, headers: Any, now: Any
) -> None:
    try:
        event = unwrap(body, headers, secret=secret, now=now)
    except WebhookVerificationError as error:
        assert type(error) is WebhookVerificationError
        assert type(error.reason) is Reason
    else:
        assert isinstance(event, WebhookEvent)


def events(body: bytes, secret: Any, proof: Mapping[str, str]) -> Any:
    """The event of a body that is proved; None if it is refused for what it is, never for its proof."""
    try:
        return unwrap(body, proof, secret=secret, now=NOW)
    except WebhookVerificationError as error:
        assert error.reason in (
            Reason.NOT_JSON,
            Reason.NOT_AN_OBJECT,
            Reason.WRONG_SCHEME,
        )
        return None


@pytest.mark.parametrize(
    "secret", [BY_TOKEN, BY_BODY], ids=lambda secret: secret.scheme
)
@given(body=bodies)
def test_whatever_is_signed_is_proved(secret: Any, body: bytes) -> None:
    event = events(body, secret, sign(body, secret=secret, now=NOW))
    if event is not None:
        assert event.payload == loads(body)
        assert event.dedup_id == event.dedup_id.encode("ascii").decode()
        prefix, _, digest = event.dedup_id.partition(":")
        assert prefix in {
            kind.kind.prefix for kind in webhooks._events.EVENTS.values()
        } | {"body"}
        assert len(digest) == 64


@given(body=objects)
def test_each_json_object_comes_back_as_it_was_sent(body: dict[str, Any]) -> None:
    sent = dumps(body)
    for secret in (BY_TOKEN, BY_BODY):
        event = events(sent, secret, sign(sent, secret=secret, now=NOW))
        if event is not None:
            assert event.payload == loads(sent)
            assert event.name in (body.get("name"), body.get("type"), "")


@given(body=objects, name=st.one_of(texts, st.none(), anything), data=anything)
def test_no_event_gets_the_class_of_another(
    body: dict[str, Any], name: Any, data: Any
) -> None:
    sent = dumps(body | {"name": name, "data": data})
    event = events(sent, BY_BODY, sign(sent, secret=BY_BODY, now=NOW))
    if not isinstance(event, UnknownEvent):
        assert event.kind.name in (name, body.get("type"))
        assert event.kind.name == event.name


callbacks = st.builds(
    lambda further, fields: further | fields,
    st.dictionaries(names, anything, max_size=3),
    st.fixed_dictionaries(
        {
            "id": st.uuids().map(str),
            "amount": st.one_of(
                st.integers(-(10**20), 10**20),
                st.decimals(-(10**9), 10**9, places=2),
                st.from_regex(r"\A[0-9]{1,9}(\.[0-9]{1,4})?\Z", fullmatch=True),
            ),
            "currency": st.sampled_from(sorted(EXPONENTS)),
            "orderReference": st.one_of(st.none(), texts),
            "success": st.booleans(),
        }
    ),
)


@given(body=callbacks)
def test_each_callback_with_its_five_fields_can_be_signed_and_proved(
    body: dict[str, Any],
) -> None:
    sent = dumps(body)
    event = unwrap(sent, sign(sent, secret=BY_FIELDS), secret=BY_FIELDS)
    assert type(event) is PaymentCallback
    assert (event.data.id, event.data.success, event.data.currency) == (
        body["id"],
        body["success"],
        body["currency"],
    )
    assert event.payload == loads(sent)


@given(
    body=callbacks,
    further=st.dictionaries(
        names.filter(
            lambda name: (
                name
                not in {
                    "id",
                    "amount",
                    "currency",
                    "orderReference",
                    "success",
                    "settled",
                }
            )
        ),
        anything,
        max_size=4,
    ),
)
def test_nothing_beside_the_signed_fields_changes_what_a_callback_is(
    body: dict[str, Any], further: dict[str, Any]
) -> None:
    body.pop("settled", None)
    assume(
        not {"Settled", "SETTLED"}
        & {name.replace("_", "").capitalize() for name in (*body, *further)}
    )
    proof = sign(dumps(body), secret=BY_FIELDS)
    original = unwrap(dumps(body), proof, secret=BY_FIELDS)
    other = unwrap(dumps(further | body), proof, secret=BY_FIELDS)
    assert type(other) is PaymentCallback
    assert other.dedup_id == original.dedup_id
    for name in ("id", "amount", "currency", "order_reference", "success"):
        assert getattr(other.data, name) == getattr(original.data, name)


# -- One bit


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8 % len(content)] ^= 1 << bit % 8
    return bytes(changed)


@given(bit=st.integers(0, 10**6), name=st.sampled_from(sorted(EXAMPLES)))
def test_one_bit_of_a_signed_body_makes_it_another(bit: int, name: str) -> None:
    body = EXAMPLES[name]
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(
            flipped(body, bit),
            sign(body, secret=BY_BODY, now=NOW),
            secret=BY_BODY,
            now=NOW,
        )
    assert caught.value.reason is Reason.WRONG_SECRET


@each_secret
@given(bit=st.integers(0, 10**6), body=st.sampled_from(sorted(EXAMPLES.values())))
def test_one_bit_of_a_proof_makes_it_none(secret: Any, bit: int, body: bytes) -> None:
    if secret is BY_FIELDS:
        body = EXAMPLES[CALLBACK]
    [(name, value)] = sign(body, secret=secret, now=NOW).items()
    proof = value.removeprefix("Bearer ").encode()
    changed = flipped(proof, bit)
    # The case of a hexadecimal digit says nothing, and the timestamp is not signed.
    assume(secret is BY_TOKEN or changed.lower() != proof.lower())
    assume(
        secret is not BY_BODY or changed.partition(b",")[2] != proof.partition(b",")[2]
    )
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(body, {name.encode(): changed}, secret=secret, now=NOW)
    assert caught.value.reason in (Reason.WRONG_SECRET, Reason.MALFORMED_HEADER)


@given(
    value=st.sampled_from(["id", "amount", "currency", "orderReference"]),
    bit=st.integers(0, 400),
)
def test_one_bit_of_a_signed_field_makes_the_proof_wrong(value: str, bit: int) -> None:
    body = example(CALLBACK, amount="430.43")
    proof = sign(raw(body), secret=BY_FIELDS)
    other = body | {value: flipped(body[value].encode(), bit).decode("latin-1")}
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(raw(other), proof, secret=BY_FIELDS)
    assert caught.value.reason in (Reason.WRONG_SECRET, Reason.MALFORMED_BODY)


# -- One shape

known = ["id", "orderReference", "paymentLinkId", "last4", "order_id"]
spellings = st.one_of(
    st.sampled_from(
        [*known, "order_reference", "ORDERREFERENCE", "payment_link_id", "Last4"]
    ),
    texts,
)
fields = st.dictionaries(
    spellings, st.one_of(anything, st.fixed_dictionaries({"Value": texts})), max_size=6
)


@given(fields=fields)
def test_one_shape_of_one_shape_is_itself(fields: dict[str, Any]) -> None:
    shaped = one_shape(
        {name: value for name, value in fields.items() if not nested(value)}, known
    )
    assert one_shape(shaped, known) == shaped


def nested(value: Any) -> bool:
    """Whether a wrapper holds a wrapper: each time that it is read, one is taken off."""
    return (
        isinstance(value, dict)
        and value.keys() == {"Value"}
        and isinstance(value["Value"], dict)
    )


@given(fields=fields)
def test_one_shape_loses_no_value_and_never_replaces_a_field_by_another(
    fields: dict[str, Any],
) -> None:
    shaped = one_shape(fields, known)
    plain = {
        name: value["Value"]
        if isinstance(value, dict) and value.keys() == {"Value"}
        else value
        for name, value in fields.items()
    }
    assert sorted(map(repr, shaped.values())) == sorted(map(repr, plain.values()))
    for name in known:
        if name in fields:
            assert shaped[name] == plain[name]


# -- dedup_id

values_of_data = st.one_of(
    texts, st.integers(-(10**12), 10**12), st.booleans(), st.none()
)
IDENTITY = ("id", "status", "updatedAt", "amount", "processedAmount")
FURTHER = ("merchantReference", "paymentLinkId", "brandNew")
# A moment, and how it may be written.
moments = st.builds(
    lambda moment, minutes, form: form(
        moment.astimezone(timezone(timedelta(minutes=minutes)))
    ),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(
        [
            lambda moment: moment.isoformat(),
            lambda moment: moment.isoformat(timespec="microseconds"),
            lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        ]
    ),
)
parts = st.one_of(texts, st.integers(-(10**12), 10**12), st.booleans()).filter(
    lambda value: value != ""
)
whole = st.fixed_dictionaries(
    dict.fromkeys(IDENTITY, parts) | {"updatedAt": st.one_of(moments, parts)},
    optional=dict.fromkeys(FURTHER, values_of_data),
)
data = st.one_of(
    whole,
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys([*IDENTITY, *FURTHER], values_of_data)
    ),
)


def dedup_id(body: object) -> str:
    sent = raw(body)
    return unwrap(sent, sign(sent, secret=BY_TOKEN), secret=BY_TOKEN).dedup_id


@given(
    data=whole,
    order=st.randoms(use_true_random=False),
    wrapped=st.booleans(),
    snake=st.booleans(),
    zeros=st.booleans(),
)
def test_an_event_has_one_id_in_each_order_spelling_and_wrapping(
    data: dict[str, Any], order: Any, wrapped: bool, snake: bool, zeros: bool
) -> None:
    pairs = list(data.items())
    order.shuffle(pairs)
    other: dict[str, Any] = {}
    for name, value in pairs:
        if snake:
            name = "".join(
                f"_{letter.lower()}" if letter.isupper() else letter for letter in name
            )
        if zeros and type(value) is int and abs(value) < 10**9:
            value = float(value)
        other[name] = {"Value": value} if wrapped else value
    first = {"name": "transaction.charged", "merchantId": "m", "data": data}
    second = {"data": other, "merchant_id": "m", "name": "transaction.charged"}
    assert dedup_id(first) == dedup_id(second)


@given(one=data, two=data)
def test_two_events_have_one_id_only_if_they_agree_in_what_identifies_them(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    def identity(data: dict[str, Any]) -> str:
        if any(data.get(name) in (None, "") for name in IDENTITY):
            return json.dumps(data)
        return json.dumps(
            [
                as_moment(data[name]) if name == "updatedAt" else data[name]
                for name in IDENTITY
            ]
        )

    ids = [
        dedup_id({"name": "transaction.charged", "data": data}) for data in (one, two)
    ]
    assert (ids[0] == ids[1]) == (identity(one) == identity(two))


@given(data=whole, moment=moments)
def test_a_moment_has_one_id_in_each_time_zone(
    data: dict[str, Any], moment: str
) -> None:
    written = (
        datetime.fromisoformat(moment)
        .astimezone(UTC)
        .isoformat(timespec="microseconds")
    )
    ids = {
        dedup_id({"name": "transaction.charged", "data": data | {"updatedAt": text}})
        for text in (moment, written, written.replace("+00:00", "000Z"))
    }
    assert len(ids) == 1


def as_moment(value: Any) -> Any:
    """The seconds of a moment; anything else as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return (
        value
        if moment.tzinfo is None
        else ["moment", moment.timestamp(), moment.microsecond]
    )


@given(body=objects)
def test_an_event_that_is_not_known_has_the_id_of_its_bytes(
    body: dict[str, Any],
) -> None:
    sent = dumps(body | {"name": "new", "type": "new"})
    event = unwrap(sent, sign(sent, secret=BY_TOKEN), secret=BY_TOKEN)
    assert event.dedup_id == f"body:{hashlib.sha256(sent).hexdigest()}"
