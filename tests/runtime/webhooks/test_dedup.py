"""`dedup_id`: the same for each delivery of one event, in a format that never changes, and another for each event."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import pytest
from helpers.webhooks import (
    BY_BODY,
    BY_FIELDS,
    BY_TOKEN,
    CALLBACK,
    EVENTS,
    changed,
    example,
    raw,
)
from plexy_pay.webhooks import TokenSecret, UnknownEvent, sign, unwrap
from plexy_pay.webhooks._events import EVENTS as EVENTS_OF_THE_PACKAGE


def dedup_id(body: Any, secret: Any = BY_TOKEN) -> str:
    body = body if isinstance(body, bytes) else raw(body)
    return unwrap(body, sign(body, secret=secret), secret=secret).dedup_id


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# What the documentation says is hashed, and the id as it is: programs keep these in their databases, so a change of
# one is a break.
PINNED: list[tuple[dict[str, Any], Any, str, str]] = [
    (
        example("transaction.charged"),
        BY_TOKEN,
        '["txn_abcdef123456","transaction.charged","charged","2024-04-01T12:05:00Z",'
        '{"number":"1e3"},{"number":"1e3"}]',
        "transaction:d7978780e78a676479e06f1234585ce7ae0ef9297686455d01dba983a53118d0",
    ),
    (
        changed(
            "transaction.failed",
            amount=-12.50,
            updatedAt="2024-04-01T17:02:00.120+05:00",
        ),
        BY_TOKEN,
        '["txn_abcdef123456","transaction.failed","failed","2024-04-01T12:02:00.12Z",{"number":"-125e-1"}]',
        "transaction_state:e7576ab2c40b3eb3724c9aec8218eed6d8776ffe571905b56561dc6808b952ea",
    ),
    (
        example("payment_order.paid"),
        BY_TOKEN,
        '["4854228f-6a8b-4c59-8d4a-0e6d2c1b9f10","payment_order.paid","paid"]',
        "payment_order:c1ac1b44a7abb5821253be524628b5d654b9f5cf30a11d6f7758b196b9ecb293",
    ),
    (
        example("payment.succeeded"),
        BY_BODY,
        '["evt_1234567890"]',
        "event:83012115ded0d953e3d12f197484157f01e14ec9b0411d2473a5bd5d4badc7f1",
    ),
    (
        example(CALLBACK),
        BY_FIELDS,
        '["6fff162f-1273-4e44-9392-694cdc2e8a22430.43EUR1667207373325true",false]',
        "callback:78ef87d91266e0f2754af48c1c8505db0c8421df6ab69c8f766e9ee42edf5c75",
    ),
    (
        example(CALLBACK, settled=True),
        BY_FIELDS,
        '["6fff162f-1273-4e44-9392-694cdc2e8a22430.43EUR1667207373325true",true]',
        "callback:a3e2911cb14d1eb27ef2a860c619d0f7984f5e45d87ff1e7d3a276ecc1800b11",
    ),
]


@pytest.mark.parametrize(
    ("body", "secret", "hashed", "pinned"),
    PINNED,
    ids=[pinned[:18] for *_, pinned in PINNED],
)
def test_it_is_made_as_the_documentation_says_and_never_changes(
    body: Any, secret: Any, hashed: str, pinned: str
) -> None:
    assert dedup_id(body, secret) == pinned
    assert pinned == f"{pinned.partition(':')[0]}:{sha256(hashed)}"


def test_the_id_of_any_other_event_is_that_of_its_body() -> None:
    bodies: list[Any] = [
        {"name": "transaction.invented", "data": {"id": "t"}},
        {"name": "transaction.charged", "data": 5},
        {"name": "transaction.charged", "data": {"amount": 5}},
        {"name": "transaction.charged", "data": {"id": ""}},
        {"name": "transaction.charged", "data": {"id": ["t"]}},
        {"name": "transaction.charged", "data": {"id": "t", "amount": {"value": 5}}},
    ]
    for body in bodies:
        assert dedup_id(body) == f"body:{hashlib.sha256(raw(body)).hexdigest()}"


def without(body: Any, pointer: str, *value: Any) -> Any:
    """The body without the value at a pointer, or with another one there."""
    name, _, rest = pointer[1:].partition("/")
    if rest:
        return body | {name: without(body[name], f"/{rest}", *value)}
    others = {key: kept for key, kept in body.items() if key != name}
    return others | dict.fromkeys([name], *value) if value else others


PARTS = [
    (event.kind.name, pointer)
    for event in EVENTS_OF_THE_PACKAGE.values()
    for pointer in event.kind.identity
    if event.kind.name and pointer != "/name"
]


@pytest.mark.parametrize(("name", "pointer"), PARTS)
@pytest.mark.parametrize(
    "value", [(), (None,), ("",), ([],), ({},), ([1],), ({"a": 1},)], ids=repr
)
def test_two_events_that_lack_what_tells_them_apart_are_two(
    name: str, pointer: str, value: tuple[Any, ...]
) -> None:
    odd = without(example(name), pointer, *value)
    bodies = [odd, odd | {"further": 1}]
    ids = [dedup_id(body, BY_BODY) for body in bodies]
    assert ids == [f"body:{hashlib.sha256(raw(body)).hexdigest()}" for body in bodies]


@pytest.mark.parametrize("value", [False, 0])
def test_what_is_false_or_zero_is_not_missing(value: Any) -> None:
    assert dedup_id(changed("transaction.charged", amount=value)).startswith(
        "transaction:"
    )


@pytest.mark.parametrize(
    "moments",
    [
        (
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:00.0000000Z",
            "2026-01-01T05:00:00+05:00",
            "2025-12-31T19:00:00.00-05:00",
            "2026-01-01T00:00Z",
        ),
        (
            "2026-01-01T00:00:00.5Z",
            "2026-01-01T00:00:00.500Z",
            "2026-01-01T05:00:00.500000+05:00",
        ),
        ("2026-01-01T00:00:00.123456789Z", "2026-01-01T05:00:00.12345678900+05:00"),
    ],
)
def test_one_moment_has_one_id_however_it_is_written(moments: tuple[str, ...]) -> None:
    assert (
        len(
            {
                dedup_id(changed("transaction.charged", updatedAt=text))
                for text in moments
            }
        )
        == 1
    )


def test_what_is_not_the_same_moment_has_another_id() -> None:
    texts = [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01 00:00:00",
        "2026-01-01T00:00:00.000",
        "2026-01-01T00:00:00.000001Z",
        "2026-01-01T00:00:00.0000001Z",
        "2026-01-01T00:00:00+05:00",
        "2026-01-01T00:00:60Z",
        "2026-02-30T00:00:00Z",
        "2026-02-30T00:00:00.0Z",
        "0001-01-01T00:00:00+05:00",
        "0001-01-01T00:00:00.0+05:00",
        "2026-01-01",
        "soon",
        "soon.0Z",
    ]
    assert len(
        {dedup_id(changed("transaction.charged", updatedAt=text)) for text in texts}
    ) == len(texts)


def test_only_what_the_description_calls_a_moment_is_compared_as_one() -> None:
    same = [
        changed("transaction.charged", id=f"2026-01-01T00:00:00{end}")
        for end in ("Z", "+00:00")
    ]
    assert dedup_id(same[0]) != dedup_id(same[1])


@pytest.mark.parametrize("name", EVENTS)
def test_it_is_the_same_whichever_scheme_proves_the_event(name: str) -> None:
    if not name.startswith(("payment.", "refund.")):
        assert dedup_id(example(name)) == dedup_id(example(name), BY_BODY)
    assert dedup_id(example(name), BY_BODY) != dedup_id(
        example("transaction.charged") | {"name": "x"}
    )


def spelled(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The body as other deliveries of the same event may be written."""
    data = body["data"]
    snake = {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in name): value
        for name, value in data.items()
    }
    return [
        body,
        dict(reversed(body.items())),
        body | {"data": dict(reversed(data.items()))},
        body | {"data": snake},
        body
        | {
            "data": {
                name: {"Value": value}
                for name, value in data.items()
                if not isinstance(value, dict)
            }
        },
        body | {"data": {"Value": data}},
        body | {"data": data | {"brandNew": 1, "balance": 5, "description": "other"}},
    ]


@pytest.mark.parametrize(
    "name", [name for name in EVENTS if name.startswith("transaction.")]
)
def test_every_spelling_of_an_event_has_one_id(name: str) -> None:
    assert len({dedup_id(body) for body in spelled(example(name))}) == 1


def of_amount(written: str) -> bytes:
    """A body with an amount that Python would write in another way."""
    return raw(changed("transaction.charged", amount="AMOUNT")).replace(
        b'"AMOUNT"', written.encode()
    )


@pytest.mark.parametrize(
    "numbers",
    [
        ("1000", "1000.0", "1000.00", "1e3", "1E+3", "10000e-1"),
        ("0", "-0", "0.0", "-0.00", "0e9"),
        ("-1.5", "-1.50", "-15e-1"),
        ("9" * 300, f"{'9' * 300}.0"),
    ],
)
def test_every_way_to_write_a_number_has_one_id(numbers: tuple[str, ...]) -> None:
    assert len({dedup_id(of_amount(number)) for number in numbers}) == 1


def test_what_is_not_the_same_number_has_another_id() -> None:
    values = [
        "1",
        "10",
        "100",
        "1.01",
        "-1",
        "true",
        '"1"',
        '"1e0"',
        "null",
        "1e-400",
        "1e400",
        "0",
    ]
    assert len({dedup_id(of_amount(value)) for value in values}) == len(values)


def test_a_number_whose_exponent_is_huge_has_an_id_and_fills_no_memory() -> None:
    text = (
        '["txn_abcdef123456","transaction.charged","charged","2024-04-01T12:05:00Z",'
        '{"number":"1e999999999999"},{"number":"1e3"}]'
    )
    assert dedup_id(of_amount("1e999999999999")) == f"transaction:{sha256(text)}"


def test_two_partial_refunds_of_one_payment_are_two_events() -> None:
    first = changed(
        "transaction.refunded", amount=300, updatedAt="2024-04-01T12:05:00Z"
    )
    same_amount_later = changed(
        "transaction.refunded", amount=300, updatedAt="2024-04-01T12:06:00Z"
    )
    same_moment = changed(
        "transaction.refunded", amount=200, updatedAt="2024-04-01T12:05:00Z"
    )
    processed = changed(
        "transaction.refunded",
        amount=300,
        processedAmount=299,
        updatedAt="2024-04-01T12:05:00Z",
    )
    other = changed(
        "transaction.refunded",
        id="txn_other",
        amount=300,
        updatedAt="2024-04-01T12:05:00Z",
    )
    charged = first | {"name": "transaction.charged"}
    bodies = [first, same_amount_later, same_moment, processed, other, charged]
    assert len({dedup_id(body) for body in bodies}) == len(bodies)


def test_no_value_can_be_made_to_look_like_two() -> None:
    pairs = [
        ("a", "b"),
        ('a","b', "c"),
        ("a\\", "b"),
        ("a", 'b","c'),
        ("a,b", "c"),
        ("a", "b,c"),
    ]
    ids = [
        dedup_id(changed("transaction.charged", status=one, updatedAt=two))
        for one, two in pairs
    ]
    assert len(set(ids)) == len(pairs)


def test_halves_of_characters_and_zeros_have_an_id() -> None:
    for text in ("\ud83d", "\x00", "\u202e", "\U0001f600", "é"):
        assert dedup_id(changed("transaction.charged", id=text)).startswith(
            "transaction:"
        )


# -- The callback of 2023: whoever caught a delivery must not make a second event of it


def callback(**changes: Any) -> bytes:
    return raw(example(CALLBACK, **changes))


def replayed(body: bytes, original: bytes) -> str:
    """The id of a body that came with the signature of another."""
    return unwrap(body, sign(original, secret=BY_FIELDS), secret=BY_FIELDS).dedup_id


def test_nothing_that_is_not_signed_makes_a_new_event_of_a_callback() -> None:
    original = callback(amount=100)
    bodies = [
        callback(amount="100"),
        callback(amount=100.0),
        original.replace(b"100", b"100.000"),
        original.replace(b"100", b"1e2"),
        callback(amount={"Value": 100}),
        callback(amount=100, brandNew=1),
        callback(amount=100, paymentMethod="other", externalReference=None),
        callback(amount=100, settled=None),
        callback(amount=100, settled=0),
        callback(amount=100, settled="false"),
        callback(amount=100, settled=["x"]),
        callback(amount=100, settled={"Value": False}),
        callback(amount=100, name="transaction.charged", data={"id": "x"}),
        original.replace(b" ", b""),
        original[:-1] + b"   }",
    ]
    assert {replayed(body, original) for body in bodies} == {
        dedup_id(original, BY_FIELDS)
    }


def test_settled_alone_makes_one_more_and_is_true_or_not() -> None:
    original = callback(settled=False)
    settled = {
        replayed(callback(settled=value), original) for value in (True, {"Value": True})
    }
    others = {
        replayed(callback(settled=value), original)
        for value in (False, None, 1, "true", [], {}, 2.5)
    }
    assert (len(settled), len(others), len(settled | others)) == (1, 1, 2)


def test_a_callback_that_was_signed_with_zeros_at_the_end_has_one_id_in_every_spelling() -> (
    None
):
    # The signature was made of the text 126.50; only that text can be proved, whichever way the body writes it.
    original = callback(amount="126.50")
    for body in (original, original.replace(b'"126.50"', b"126.50")):
        assert replayed(body, original) == dedup_id(original, BY_FIELDS)


def test_a_callback_has_the_same_id_after_the_key_was_rotated() -> None:
    other = type(BY_FIELDS)("pr_another")
    body = callback()
    assert unwrap(
        body, sign(body, secret=other), secret=[BY_FIELDS, other]
    ).dedup_id == dedup_id(body, BY_FIELDS)


def test_each_signed_field_of_a_callback_makes_another_event() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"id": str(UUID(int=1))},
        {"amount": 430.44},
        {"currency": "USD"},
        {"orderReference": "x"},
        {"success": False},
    ]
    assert len({dedup_id(callback(**change), BY_FIELDS) for change in changes}) == len(
        changes
    )


def test_it_is_of_one_length_however_long_the_event_is() -> None:
    long = changed("transaction.charged", id="t" * 100_000, amount=10**400)
    assert len(dedup_id(long)) == len("transaction:") + 64
    # A column of 100 characters has room for each.
    assert (
        max(len(event.kind.prefix) for event in EVENTS_OF_THE_PACKAGE.values()) + 1 + 64
        <= 100
    )
    assert unwrap(
        raw(long), {"Authorization": "tok"}, secret=TokenSecret("tok")
    ).dedup_id.isascii()
    assert (
        type(
            unwrap(b'{"name":"x"}', {"Authorization": "tok"}, secret=TokenSecret("tok"))
        )
        is UnknownEvent
    )
