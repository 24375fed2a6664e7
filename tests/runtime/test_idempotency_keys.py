"""An idempotency key is text that a person can see: what is blank makes no call repeatable, and never leaves."""

from __future__ import annotations

import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from helpers.calls import KEY, Flavor, Recording, creating
from helpers.wire import WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import PlexyPay
from plexy_pay._core.idempotency import idempotency_key
from plexy_pay._core.operation import Request
from plexy_pay._core.types import UNSET
from plexy_pay.errors import InvalidParameterError, Outcome, OutcomeUnknownError

MONEY: dict[str, Any] = {"moves_money": True}


def in_header(key: object) -> Request[Any]:
    """A call that carries its key in a header."""
    request = creating({"amount": 1}, idempotency_key="Idempotency-Key", **MONEY)
    request.headers = {"Idempotency-Key": key}
    return request


def in_body(key: object) -> Request[Any]:
    """A call that carries its key in the body."""
    body = {} if key is UNSET else {"requestId": key}
    return creating(body, idempotency_key="requestId", **MONEY)


PLACES = pytest.mark.parametrize("place", [in_header, in_body])
INVISIBLE = {
    "a space": " ",
    "a tab": "\t",
    "line ends": "\r\n",
    "a no-break space": "\u00a0",
    "an ideographic space": "\u3000",
    "a zero-width space": "\u200b",
    "a zero-width joiner": "\u200d",
    "a byte order mark": "\ufeff",
    "a soft hyphen": "\u00ad",
    "a direction mark": "\u200e",
    "a word joiner": "\u2060",
    "a control character": "\x00",
    "a delete": "\x7f",
    "a line separator": "\u2028",
    "a blank of Braille": "\u2800",
    "a Hangul filler": "\u3164",
    "a combining grapheme joiner": "\u034f",
    "a variation selector": "\ufe0f",
    "a tag": "\U000e0041",
    "a surrogate": "\ud800",
    "a private character": "\ue000",
    "an unassigned character": "\u0378",
}
NO_TEXT = [
    None,
    False,
    True,
    0,
    1,
    1.5,
    Decimal(1),
    b"key",
    ["key"],
    {"key": 1},
    object(),
]


AROUND = ["{}", "{0}{0}", "{}order-1001", "order-1001{}", "order{}1001"]
# A blank between two words can be seen.
BLANK_KEYS = [
    form.format(blank) for form in AROUND for blank in INVISIBLE.values() if blank
]
BLANK_KEYS.remove("order 1001")


@PLACES
@pytest.mark.parametrize("key", ["", *BLANK_KEYS], ids=ascii)
def test_a_key_with_what_nobody_can_see_is_refused_before_anything_is_sent(
    flavor: Flavor, place: Any, key: str
) -> None:
    with WireServer(http(503)) as server:
        client = flavor.client(server.origin, pace=Recording())
        with pytest.raises(InvalidParameterError, match="idempotency key") as caught:
            flavor.call(client, place(key))
    assert server.requests == []
    assert caught.value.outcome is Outcome.NOT_SENT
    assert str(caught.value).isprintable()


@PLACES
@pytest.mark.parametrize("key", NO_TEXT, ids=lambda key: type(key).__name__)
def test_a_key_that_is_no_text_is_refused_before_anything_is_sent(
    flavor: Flavor, place: Any, key: object
) -> None:
    with WireServer(http(503)) as server:
        client = flavor.client(server.origin, pace=Recording())
        with pytest.raises(
            InvalidParameterError,
            match=r"things.create: .*idempotency key.* Nothing was sent",
        ):
            flavor.call(client, place(key))
    assert server.requests == []


class Named(StrEnum):
    ONE = "order-1001"


@PLACES
@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("order-1001", "order-1001"),
        ("order 1001", "order 1001"),
        ("0", "0"),
        (Named.ONE, "order-1001"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_every_attempt_carries_the_key_as_text(
    flavor: Flavor, place: Any, key: object, sent: str
) -> None:
    with WireServer(http(503), json_response({"id": "1"})) as server:
        client = flavor.client(server.origin, pace=Recording())
        response = flavor.call(client, place(key))
    assert response.idempotency_key == sent
    assert len(server.requests) == 2
    for request in server.requests:
        where = request.values("idempotency-key") or [request.body.decode()]
        assert where in ([sent], [f'{{"requestId":"{sent}"}}'])


def test_a_key_in_letters_of_another_script_is_text_in_a_body(flavor: Flavor) -> None:
    with WireServer() as server:
        assert (
            flavor.call(
                flavor.client(server.origin), in_body("заказ-1")
            ).idempotency_key
            == "заказ-1"
        )


@PLACES
def test_without_its_key_a_call_that_could_carry_one_is_not_repeatable(
    flavor: Flavor, place: Any
) -> None:
    with WireServer(http(503)) as server:
        client = flavor.client(server.origin, pace=Recording())
        with pytest.raises(OutcomeUnknownError) as caught:
            flavor.call(client, place(UNSET))
    assert len(server.requests) == 1
    assert caught.value.idempotency_key is None


def test_a_blank_key_in_extra_body_is_refused_too(flavor: Flavor) -> None:
    with WireServer(http(503)) as server:
        request = creating({}, idempotency_key="requestId", **MONEY)
        with pytest.raises(InvalidParameterError, match="idempotency key"):
            flavor.call(
                flavor.client(server.origin),
                request,
                {"extra_body": {"requestId": "\u200b"}},
            )
    assert server.requests == []


@given(st.text())
def test_whatever_text_passes_is_unchanged_and_visible_at_both_ends(text: str) -> None:
    try:
        assert idempotency_key(text, "things.create") == text
    except InvalidParameterError as error:
        assert str(error).isprintable()
    else:
        assert text == text.strip() != ""
        assert text.isprintable()


@pytest.mark.parametrize("key", ["", " ", "\u200b", " k-1", 7])
def test_the_key_of_a_saved_call_is_one_that_the_call_takes(key: Any) -> None:
    with PlexyPay(
        gate_api_key=KEY, gate_base_url="https://gate.example", agent_id="a-1"
    ) as client:
        with pytest.raises(InvalidParameterError, match="idempotency.key"):
            client.save_call(
                "gate.orders.create", idempotency_key=key, order_reference="ORD-1"
            )


@PLACES
def test_a_key_that_is_untried_is_sent_and_told_but_repeats_nothing(
    flavor: Flavor, place: Any
) -> None:
    request = place("order-1")
    request.operation.key_repeats = False
    with WireServer(http(503), json_response({})) as server:
        client = flavor.client(server.origin, pace=Recording())
        with pytest.raises(OutcomeUnknownError, match="Do not send it again") as caught:
            flavor.call(client, request)
        assert len(server.requests) == 1
    assert (caught.value.idempotency_key, caught.value.outcome) == (
        "order-1",
        Outcome.UNKNOWN,
    )


@PLACES
def test_a_key_that_is_untried_does_not_stop_what_is_safe_without_one(
    flavor: Flavor, place: Any
) -> None:
    request = place("order-1")
    request.operation.key_repeats = False
    with WireServer(http(429), json_response({})) as server:
        flavor.call(flavor.client(server.origin, pace=Recording()), request)
        assert len(server.requests) == 2
