"""A time that a call takes is exact: a date alone, or one without a time zone, is refused before anything is sent."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from helpers.arguments import BY_CALL, SCHEMAS, resolved
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import AsyncPlexyPay, InvalidParameterError, Money, PlexyPay, models

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
AMOUNT = Money("22000", "KZT")
KINDS = pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])


def call(kind: Any, method: str, **given_arguments: Any) -> list[httpx.Request]:
    """Call a method of the payment links; return what was sent."""
    sent: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={})

    async def wait(made: Any) -> None:
        await made

    client = kind("pr_1", http_client=httpx.MockTransport(respond))
    try:
        made = getattr(client.payment_links, method)(**given_arguments)
        if inspect.isawaitable(made):
            asyncio.run(wait(made))
    except InvalidParameterError:
        assert sent == []
        raise
    return sent


def every_way(value: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Each place of a request that takes a time: the method, the parameter and the arguments."""
    return [
        ("create", "expires_at", {"amount": AMOUNT, "expires_at": value}),
        ("create", "expiry", {"amount": AMOUNT, "recurring": {"expiry": value}}),
        (
            "create",
            "expiry",
            {"amount": AMOUNT, "recurring": models.Recurring(expiry=value)},
        ),
        ("update_expiration", "expires_at", {"id": "x", "expires_at": value}),
    ]


def test_these_are_all_places_of_a_request_that_take_a_time() -> None:
    found: list[str] = []
    for one in BY_CALL.values():
        taken = [
            node
            for node in map(resolved, one["parameters"])
            if "x-client-setting" not in node
        ]
        kinds = [parameter["schema"].get("format") for parameter in taken]
        assert not {"date", "date-time"} & set(kinds)
    for name, schema in SCHEMAS.items():
        for field, prop in schema.get("properties", {}).items():
            if prop.get("format", "") in ("date", "date-time") and name.startswith(
                "request."
            ):
                found.append(f"{name}.{field}")
    assert sorted(found) == [
        *("request.CreatePaymentLink.expiresAt", "request.Recurring.expiry"),
        "request.UpdatePaymentLink.expiresAt",
    ]


@KINDS
@pytest.mark.parametrize("way", range(4))
@given(day=st.dates())
def test_a_date_for_a_date_and_time_is_refused(kind: Any, way: int, day: date) -> None:
    method, name, arguments = every_way(day)[way]
    with pytest.raises(InvalidParameterError) as caught:
        call(kind, method, **arguments)
    text = str(caught.value)
    assert text.startswith(f"payment_links.{method}: {name} is a date and time")
    assert "time of day" in text
    assert "Nothing was sent" in text


@KINDS
@pytest.mark.parametrize("way", range(4))
def test_a_time_without_a_zone_is_refused_by_its_name(kind: Any, way: int) -> None:
    method, name, arguments = every_way(datetime(2026, 1, 31))[way]
    with pytest.raises(
        InvalidParameterError, match=rf"^payment_links\.{method}: {name} .*time zone"
    ):
        call(kind, method, **arguments)


@KINDS
@pytest.mark.parametrize("way", range(4))
def test_an_aware_one_and_text_leave(kind: Any, way: int) -> None:
    for value in (datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31T00:00:00Z"):
        method, _, arguments = every_way(value)[way]
        (request,) = call(kind, method, **arguments)
        assert b"2026-01-31T00:00:00Z" in request.content
