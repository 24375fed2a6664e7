"""The callback of 2023 signs its fields without separators: what can be read in two ways is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from helpers.webhooks import BY_FIELDS, raw
from hypothesis import example as given_example
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import webhooks
from plexy_pay._currencies import EXPONENTS
from plexy_pay.webhooks import PaymentCallback, Reason, WebhookVerificationError, sign

ID = "6fff162f-1273-4e44-9392-694cdc2e8a22"
Fields = dict[str, Any]


def callback(
    own_id: str,
    amount: Any,
    currency: str,
    reference: str | None,
    *,
    success: bool = True,
) -> Fields:
    return {
        "id": own_id,
        "amount": amount,
        "currency": currency,
        "orderReference": reference,
        "success": success,
    }


def reason_of(claimed: Fields, signed: Fields) -> Reason | None:
    """Why what is claimed is refused, with the signature of what was signed; None if it is taken."""
    try:
        event = webhooks.unwrap(
            raw(claimed), sign(raw(signed), secret=BY_FIELDS), secret=BY_FIELDS
        )
    except WebhookVerificationError as error:
        return error.reason
    assert isinstance(event, PaymentCallback)
    assert event.data.id == claimed["id"]
    return None


# -- What merchants get

REFERENCES = [
    None,
    "",
    "ORD-1001",
    "1667207373325",
    "667f1a52-3f0c-4d1b-8f7e-9a642b5e7c90",
    "00000000-0000-0000-0000-000000000000",
    "wc_order_Zk3nR9s1u2X4Q",
    "INV/2026/0005",
    "2026-01-31#7",
    "A1B2C3",
    "Заказ 15",
    # They look like an amount and a currency, and the id still says where the amount begins.
    "5USD9",
    "100KZT",
    "7EUR",
    "430.43EUR1667207373325true",
    "true",
    "false",
]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("amount", [1, 100, 430.43, "126.50", 22000, 0.5, 0])
@pytest.mark.parametrize("own_id", [ID, ID.upper(), str(UUID(int=10**37 + 9))])
@pytest.mark.parametrize("success", [True, False])
def test_a_callback_with_a_uuid_is_taken_whatever_the_reference_is(
    own_id: str, amount: Any, reference: str | None, success: bool
) -> None:
    sent = callback(own_id, amount, "KZT", reference, success=success)
    assert reason_of(sent, sent) is None


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_each_currency_of_iso_4217_is_taken(currency: str) -> None:
    sent = callback(ID, 100, currency, "ORD-1001")
    assert reason_of(sent, sent) is None


@pytest.mark.parametrize(
    "currency", ["ABC", "kzt", "Kzt", "ORD", "XXX", "KZ\u0422", "€€€", "KZT ", "398"]
)
def test_what_is_no_currency_of_iso_4217_is_refused(currency: str) -> None:
    headers = sign(raw(callback(ID, 100, "KZT", "ORD-1001")), secret=BY_FIELDS)
    with pytest.raises(WebhookVerificationError) as caught:
        webhooks.unwrap(
            raw(callback(ID, 100, currency, "ORD-1001")), headers, secret=BY_FIELDS
        )
    assert caught.value.reason is Reason.MALFORMED_BODY


# -- What someone makes of a delivery that was caught


@pytest.mark.parametrize(
    ("sent", "claimed"),
    [
        (callback(ID, 100, "KZT", "5USD9"), callback(f"{ID}100KZT", 5, "USD", "9")),
        (callback(ID, 100, "KZT", "5USD9"), callback(f"{ID}10", "0", "KZT", "5USD9")),
        (callback(ID, 100, "KZT", "ORD-1"), callback(f"{ID}1", "00", "KZT", "ORD-1")),
        (callback(ID, 100, "KZT", "ORD-1"), callback(ID[:-1], 2100, "KZT", "ORD-1")),
        (callback(ID, 100, "KZT", "ORD-1"), callback(ID[:-2], 22100, "KZT", "ORD-1")),
        (callback(ID, 430.43, "EUR", "1"), callback(f"{ID}430.", 43, "EUR", "1")),
        (callback(ID, "-5", "EUR", "1"), callback(f"{ID}-", 5, "EUR", "1")),
        (
            callback("ps_1", 1000, "KZT", "ORD-1"),
            callback("ps_11", "000", "KZT", "ORD-1"),
        ),
        (
            callback("ps_1", 1000, "KZT", "ORD-1"),
            callback("ps_", 11000, "KZT", "ORD-1"),
        ),
        (callback("ps_", 5, "KZT", "9USD1"), callback("ps_5KZT", 9, "USD", "1")),
    ],
)
def test_another_amount_in_the_same_text_is_refused(
    sent: Fields, claimed: Fields
) -> None:
    assert reason_of(claimed, sent) is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    ("own_id", "amount", "reference"),
    [
        ("ps_1", 5, "ORD-1"),
        ("1234", 5, "ORD-1"),
        ("ps_a", 10, "ORD-1"),
        ("ps_a", 1.5, ""),
        ("ps_a", 5, "1USD"),
    ],
)
def test_a_callback_whose_id_does_not_say_where_it_ends_is_refused(
    own_id: str, amount: Any, reference: str
) -> None:
    sent = callback(own_id, amount, "KZT", reference)
    assert reason_of(sent, sent) is Reason.AMBIGUOUS


def test_a_text_with_one_reading_is_taken_whatever_the_id_is() -> None:
    sent = callback("ps_a", 5, "KZT", "ORD-1")
    assert reason_of(sent, sent) is None


def test_whether_a_text_has_two_readings_is_told_to_nobody_without_the_key() -> None:
    body = raw(callback("ps_1", 1000, "KZT", "ORD-1"))
    with pytest.raises(WebhookVerificationError) as caught:
        webhooks.unwrap(body, {"x-signature": "0" * 64}, secret=BY_FIELDS)
    assert caught.value.reason is Reason.WRONG_SECRET


# -- Whatever the fields are

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
pieces = st.sampled_from(
    [
        "1",
        "0",
        "25",
        ".",
        "-",
        "KZT",
        "USD",
        "EUR",
        "ORD",
        "x",
        "true",
        "false",
        ID,
        ID[:-1],
    ]
)
texts = st.lists(pieces, max_size=4).map("".join)
uuids = st.uuids().map(str)
ids = st.one_of(uuids, st.tuples(uuids, texts).map("".join), texts.filter(bool))
amounts = st.one_of(
    st.integers(0, 10**6),
    st.decimals(0, 10**6, places=2).map(str),
    st.sampled_from(["0", "5", "1.50", "100.00", "-5"]),
)


def readings(text: str) -> Iterator[Fields]:
    """Each way to divide a signed text into five fields."""
    success = text.endswith("true")
    rest = text.removesuffix("true" if success else "false")
    for currency in range(2, len(rest) - 2):
        for amount in range(1, currency):
            if rest[currency : currency + 3] in EXPONENTS and NUMBER.fullmatch(
                rest, amount, currency
            ):
                yield callback(
                    rest[:amount],
                    rest[amount:currency],
                    rest[currency : currency + 3],
                    rest[currency + 3 :],
                    success=success,
                )


@given(ids, amounts, st.sampled_from(["KZT", "USD", "JPY"]), texts, st.booleans())
@given_example(ID, 100, "KZT", "5USD9", True)
@given_example("x", 5, "KZT", "", True)
def test_what_is_taken_can_be_taken_for_nothing_else(
    own_id: str, amount: Any, currency: str, reference: str, success: bool
) -> None:
    sent = callback(own_id, amount, currency, reference, success=success)
    text = f"{own_id}{amount}{currency}{reference}{'true' if success else 'false'}"
    taken = {
        (one["id"], Decimal(one["amount"]), one["currency"])
        for one in readings(text)
        if reason_of(one, sent) is None
    }
    assert (
        taken <= {(own_id, Decimal(amount), currency)}
        or reason_of(sent, sent) is not None
    )
    assert len(taken) <= 1


@given(
    uuids,
    amounts,
    st.sampled_from(sorted(EXPONENTS)),
    st.text(max_size=20),
    st.booleans(),
)
def test_each_callback_with_a_uuid_is_taken(
    own_id: str, amount: Any, currency: str, reference: str, success: bool
) -> None:
    sent = callback(own_id, amount, currency, reference, success=success)
    assert reason_of(sent, sent) is None
