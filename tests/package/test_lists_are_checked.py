"""A row that differs from the spec is noticed on every page of every list operation, sync and async."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pytest
from helpers.description import DESCRIPTION
from helpers.wire import WireServer, json_response
from plexy_pay import AsyncPlexyPay, PlexyPay, UnexpectedResponseError
from plexy_pay._core import drift

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
DOCUMENT = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
LISTS: dict[str, Any] = {
    f"{operation['x-resource']}.{operation['x-method']}": operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "x-pagination" in operation
}
DRIFTED = {"brandNew": "c4n4ry"}
# Their rows may have any further field.
FREE = ("split_requests.list", "settlement_orders.list")
Rows = Callable[[str, str, bool], list[Any]]


@pytest.fixture(autouse=True)
def _nothing_reported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "_reported", {})


def page_of(call: str) -> tuple[dict[str, Any], int]:
    """The argument that begins a list at its second page, if it has pages, and the number of the page."""
    return ({"page": 2}, 2) if "page" in LISTS[call]["x-pagination"] else ({}, 1)


def arguments(call: str) -> tuple[list[str], dict[str, Any]]:
    """The arguments of a list: the id in its path, and the page."""
    named = [
        one["name"]
        for one in LISTS[call].get("parameters", [])
        if one.get("in") == "path"
    ]
    return ["an-id"] * len([name for name in named if name != "agent_id"]), page_of(
        call
    )[0]


def payload(call: str) -> Any:
    """A page with a row that is no object, and one with a field that the spec does not know."""
    items = LISTS[call]["x-pagination"].get("items")
    rows = [7, DRIFTED]
    return {items: rows} if items else rows


def rows_sync(call: str, origin: str, strict: bool) -> list[Any]:
    ids, named = arguments(call)
    with client_of(PlexyPay, origin, strict) as client:
        return list(attrgetter(call)(client)(*ids, **named))


def rows_async(call: str, origin: str, strict: bool) -> list[Any]:
    ids, named = arguments(call)

    async def collect() -> list[Any]:
        async with client_of(AsyncPlexyPay, origin, strict) as client:
            return [row async for row in attrgetter(call)(client)(*ids, **named)]

    return asyncio.run(collect())


def client_of(kind: Any, origin: str, strict: bool) -> Any:
    keys = {
        "checkout_api_key": "ck_0a1B2c3D4e5F",
        "gate_api_key": "gk_0a1B2c3D4e5F",
        "agent_id": "ag_1",
    }
    return kind("pr_0a1B2c3D4e5F", base_url=origin, strict=strict, **keys)


@pytest.fixture(params=[rows_sync, rows_async], ids=["sync", "async"])
def rows(request: pytest.FixtureRequest) -> Rows:
    found: Rows = request.param
    return found


@pytest.mark.parametrize("call", LISTS)
def test_a_row_that_drifted_is_reported(
    call: str, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    items = LISTS[call]["x-pagination"].get("items")
    with WireServer(json_response(payload(call))) as server:
        assert len(rows(call, server.origin, False)) == 2
    told = {
        (record.operation, record.pointer, record.kind)  # type: ignore[attr-defined]
        for record in caplog.records
        if record.name == "plexy_pay.drift"
    }
    at = f"/{items}/*" if items else "/*"
    assert (call, at, "type") in told
    assert (call, f"{at}/brandNew", "unknown-field") in told or call in FREE
    assert "c4n4ry" not in caplog.text


@pytest.mark.parametrize("call", LISTS)
def test_a_strict_client_raises_and_names_the_page(call: str, rows: Rows) -> None:
    with (
        WireServer(json_response(payload(call))) as server,
        pytest.raises(UnexpectedResponseError) as caught,
    ):
        rows(call, server.origin, True)
    assert f"page {page_of(call)[1]}: " in str(caught.value)
    assert "/* (type: expected object, seen integer)" in str(caught.value)
    assert caught.value.operation == call
    assert json.loads(caught.value.body) == payload(call)
    assert len(server.requests) == 1
