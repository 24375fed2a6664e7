"""The Gate, over HTTP: orders are charged once, and balances are exact text."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox

from .support import AGENT, GATE_KEY, Api, exact

TOP_UP: dict[str, Any] = {
    "product_id": 456,
    "currency_code": "USD",
    "topup_request": {
        "amount": "10.00",
        "customer_account": {"steam_login": "player123"},
    },
    "external_ref": "INV-1001",
}
VOUCHER = {"product_id": 457}
FAILING = {"product_id": 458}


def order(gate: Api, body: Any = TOP_UP, key: str = "order-1") -> httpx.Response:
    return gate.http.post("/orders", json=body, headers={"Idempotency-Key": key})


def available(gate: Api) -> str:
    [balance] = gate.get("/balance")["items"]
    return balance["available"]


def test_a_top_up_looks_like_the_documented_sample(gate: Api) -> None:
    made = exact(order(gate))

    assert (
        made.items()
        >= {
            "product_id": 456,
            "external_ref": "INV-1001",
            "idempotency_key": "order-1",
            "status": "pending",
            "currency_code": "USD",
            "charged_amount": "12.50",
            "balance_before": "250.00",
            "balance_after": "237.50",
            "is_test": True,
            "region_code": "GLOBAL",
            "created_at": "2026-11-22T12:00:00Z",
            "completed_at": None,
            "failed_at": None,
        }.items()
    )
    assert set(made["order_content"]) == {"vendor_order_id"}
    assert available(gate) == "237.50"


def test_an_order_is_completed_after_ninety_seconds_and_has_its_voucher(
    gate: Api,
) -> None:
    made = exact(order(gate, VOUCHER))
    gate.advance(89)
    assert gate.get(f"/orders/{made['id']}") == made
    gate.advance(1)

    done = gate.get(f"/orders/{made['id']}")

    assert (done["status"], done["completed_at"]) == (
        "completed",
        "2026-11-22T12:01:30Z",
    )
    assert len(done["order_content"]["voucher_code"]) == 14
    assert done["failed_at"] is None
    assert available(gate) == "237.50"


def test_an_order_that_fails_gives_its_money_back(gate: Api) -> None:
    made = exact(order(gate, FAILING))
    assert (made["charged_amount"], available(gate)) == ("25.00", "225.00")
    gate.advance(90)

    done = gate.get(f"/orders/{made['id']}")

    assert (done["status"], done["completed_at"]) == ("failed", None)
    assert done["failed_at"] == "2026-11-22T12:01:30Z"
    assert available(gate) == "250.00"


def test_the_same_key_and_payload_is_one_order_and_charges_once(gate: Api) -> None:
    first = exact(order(gate))
    again = exact(order(gate))
    gate.advance(90)
    later = exact(order(gate))

    assert again == first
    assert (later["id"], later["status"]) == (first["id"], "completed")
    assert gate.get("/orders")["total"] == 1
    assert available(gate) == "237.50"


@pytest.mark.parametrize(
    "body",
    [
        TOP_UP | {"external_ref": "INV-1002"},
        TOP_UP | {"topup_request": TOP_UP["topup_request"] | {"amount": "10.0"}},
        VOUCHER,
    ],
    ids=["reference", "amount", "product"],
)
def test_the_same_key_with_another_payload_is_a_conflict_and_charges_nothing(
    gate: Api, stranger: httpx.Client, sandbox: RunningSandbox, body: Any
) -> None:
    exact(order(gate))

    response = stranger.post(
        f"{sandbox.base_url}/agent/{AGENT}/orders",
        json=body,
        headers={"Authorization": GATE_KEY, "Idempotency-Key": "order-1"},
    )

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
    assert gate.get("/orders")["total"] == 1
    assert available(gate) == "237.50"


def test_another_key_is_another_order(gate: Api) -> None:
    assert exact(order(gate))["id"] != exact(order(gate, key="order-2"))["id"]
    assert available(gate) == "225.00"


def test_too_little_balance_is_400_and_the_key_is_still_free(gate: Api) -> None:
    big = TOP_UP | {"topup_request": TOP_UP["topup_request"] | {"amount": "100"}}
    exact(order(gate, big, "a"))
    exact(order(gate, big, "b"))
    assert available(gate) == "0.00"

    refused = order(gate, VOUCHER, "c")
    assert (refused.status_code, refused.json()["message"]) == (
        400,
        "insufficient balance in USD",
    )
    gate.advance(3600)

    assert exact(order(gate, VOUCHER, "c"))["balance_before"] == "100.00"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"product_id": "456"},
        {"product_id": 1},
        {"product_id": 459},
        VOUCHER | {"currency_code": "KZT"},
        VOUCHER | {"topup_request": TOP_UP["topup_request"]},
        VOUCHER | {"quantity": 2},
        {"product_id": 456},
        {"product_id": 456, "topup_request": {}},
        {"product_id": 456, "topup_request": {"amount": "10.00"}},
        {
            "product_id": 456,
            "topup_request": {"amount": "10.00", "customer_account": {}},
        },
        *(
            {
                "product_id": 456,
                "topup_request": {
                    "amount": amount,
                    "customer_account": {"email": "a@example.com"},
                },
            }
            for amount in (
                10,
                "4",
                "101",
                "10.50",
                "10.001",
                "1e1",
                "-10",
                "0",
                "",
                "ten",
                " 10",
                "9" * 40,
            )
        ),
    ],
    ids=str,
)
def test_an_order_that_cannot_be_is_400_and_charges_nothing(
    gate: Api, body: Any
) -> None:
    assert order(gate, body).status_code == 400
    assert gate.get("/orders")["total"] == 0
    assert available(gate) == "250.00"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}], ids=str)
def test_an_order_without_a_key_is_400(gate: Api, headers: dict[str, str]) -> None:
    assert gate.http.post("/orders", json=VOUCHER, headers=headers).status_code == 400
    assert available(gate) == "250.00"


def test_two_keys_are_one_too_many(gate: Api) -> None:
    headers = [("Idempotency-Key", "a"), ("idempotency-key", "b")]

    assert gate.http.post("/orders", json=VOUCHER, headers=headers).status_code == 400


def test_orders_are_listed_newest_first_page_by_page_and_filtered(gate: Api) -> None:
    one, two, three = (
        exact(order(gate, body, key))
        for key, body in (("a", VOUCHER), ("b", FAILING), ("c", VOUCHER))
    )

    def ids(query: str = "") -> list[str]:
        return [row["id"] for row in gate.get(f"/orders?{query}")["items"]]

    assert ids() == [three["id"], two["id"], one["id"]]
    assert ids("page=2&pageSize=2") == [one["id"]]
    assert ids("product_id=458") == [two["id"]]
    assert gate.get("/orders?pageSize=2")["total"] == 3
    assert ids("status=completed") == []
    gate.advance(90)
    assert ids("status=failed") == [two["id"]]
    assert ids("status=completed&product_id=457") == [three["id"], one["id"]]


@pytest.mark.parametrize(
    "query", ["page=0", "pageSize=0", "pageSize=1001", "status=lost", "size=1"]
)
def test_a_list_that_cannot_be_is_400(
    stranger: httpx.Client, sandbox: RunningSandbox, query: str
) -> None:
    url = f"{sandbox.base_url}/agent/{AGENT}/orders?{query}"

    assert stranger.get(url, headers={"Authorization": GATE_KEY}).status_code == 400


def test_the_pending_deposit_is_posted_after_an_hour(gate: Api) -> None:
    deposits = gate.get("/deposits")
    assert [(row["amount"], row["status"]) for row in deposits["items"]] == [
        ("250.00", "posted"),
        ("100.00", "pending"),
    ]
    assert deposits["items"][1]["posted_at"] is None
    assert gate.get("/deposits?status=pending")["total"] == 1
    gate.advance(3600)

    assert gate.get("/deposits?status=pending")["total"] == 0
    [balance] = gate.get("/balance")["items"]
    assert balance == {
        "currency_code": "USD",
        "available": "350.00",
        "updated_at": "2026-11-22T13:00:00Z",
    }


def test_products_have_types_and_categories(gate: Api) -> None:
    types = {row["id"]: row["code"] for row in gate.get("/product-types")}
    categories = {row["id"] for row in gate.get("/product-categories")}
    products = gate.get("/products")

    assert types == {1: "redeem_card", 2: "direct_transfer", 3: "direct_top_up"}
    assert all(
        row["product_type_id"] in types and row["category_id"] in categories
        for row in products
    )
    assert gate.get("/products/456") in products
    assert [row["id"] for row in products if not row["is_active"]] == [459]


@pytest.mark.parametrize("path", ["/products/1", "/orders/none"])
def test_what_is_not_there_is_404(gate: Api, path: str) -> None:
    response = gate.http.get(path)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_reset_gives_the_agent_its_first_deposit_again(gate: Api) -> None:
    exact(order(gate))
    gate.advance(3600)

    assert gate.http.post(f"{gate.origin}/_sandbox/reset").status_code == 204

    assert (available(gate), gate.get("/orders")["total"]) == ("250.00", 0)
