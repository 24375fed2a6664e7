"""The sandbox over HTTP: keys, requests that do not fit, and every operation of the document."""

from __future__ import annotations

import socket
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox, create_app, wire
from plexy_pay_sandbox.validation import Contract, DocumentError, bundled_document

from .support import KEY, Api, exact

HEX = "0123456789abcdef"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


# --- keys ----------------------------------------------------------------------------------------------------


def test_the_raw_key_is_let_in_and_every_key_of_the_sandbox_is(
    stranger: httpx.Client, sandbox: RunningSandbox
) -> None:
    for key in (KEY, "pr_other"):
        response = stranger.get(
            f"{sandbox.base_url}/v1/transactions", headers={"Authorization": key}
        )
        assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "pr_wrong")],
        [("Authorization", f"Bearer {KEY}")],
        [("Authorization", f"bearer {KEY}")],
        [("Authorization", f"Basic {KEY}")],
        [("Authorization", KEY.upper())],
        [("Authorization", f"{KEY},{KEY}")],
        [("Authorization", KEY), ("Authorization", KEY)],
        [("x-api-key", KEY)],
    ],
    ids=lambda headers: (
        " + ".join(f"{name}: {value}" for name, value in headers) or "none"
    ),
)
def test_anything_but_one_raw_key_is_answered_with_401_and_the_documented_body(
    stranger: httpx.Client, sandbox: RunningSandbox, headers: list[tuple[str, str]]
) -> None:
    response = stranger.get(f"{sandbox.base_url}/v1/transactions", headers=headers)

    assert response.status_code == 401
    body = response.json()
    assert set(body) == {"code", "message", "source", "type"}
    assert (body["source"], body["type"]) == ("keys", "apiError")
    assert KEY not in response.text


def test_a_request_without_a_key_changes_nothing(
    stranger: httpx.Client, api: Api, sandbox: RunningSandbox
) -> None:
    transaction = api.paid()

    response = stranger.post(
        f"{sandbox.base_url}/v1/payments/{transaction['paymentId']}/capture", json={}
    )

    assert response.status_code == 401
    assert (
        exact(api.http.get("/v1/transactions"))["data"][0]["status"]
        == "TRANSACTION_STATUS_AUTHED"
    )


@pytest.mark.parametrize("keys", [(), ("",), ("pr_1", "")])
def test_a_sandbox_that_anyone_could_enter_does_not_start(
    keys: tuple[str, ...],
) -> None:
    with pytest.raises(ValueError, match="API key"):
        create_app(keys=keys)


def test_every_response_has_a_request_id_of_its_own(
    stranger: httpx.Client, api: Api, sandbox: RunningSandbox
) -> None:
    link = api.create_link()
    transaction = api.pay(link)
    api.move(transaction, "capture")
    api.move(transaction, "refund")
    responses = [
        api.http.get("/v1/transactions"),
        api.move(transaction, "refund"),
        api.http.get("/v1/transactions?x=1"),
        api.http.get("/v1/nothing"),
        api.http.delete("/v1/transactions"),
        api.http.get(link["url"]),
        api.http.get("/_sandbox/webhooks"),
        api.http.post("/_sandbox/reset"),
        stranger.get(f"{sandbox.base_url}/v1/transactions"),
    ]

    assert [response.status_code for response in responses] == [
        200,
        500,
        422,
        404,
        405,
        200,
        200,
        204,
        401,
    ]
    assert len({response.headers["X-Request-Id"] for response in responses}) == len(
        responses
    )


# --- requests that do not fit ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff", "application/json"),
        (b'{"amount": NaN, "currency": "KZT"}', "application/json"),
        (b'{"amount": 1e999999999, "currency": "KZT"}', "application/json"),
        (
            b'{"amount": 1.0e99999999999999999999, "currency": "KZT"}',
            "application/json",
        ),
        (b'{"amount": ' + b"9" * 5000 + b', "currency": "KZT"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"amount": 1, "currency": "KZT"}', "text/plain"),
        (b"amount=1&currency=KZT", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_not_json_is_a_bad_request(
    api: Api, content: bytes, content_type: str
) -> None:
    response = api.http.post(
        "/v1/payment-links", content=content, headers={"Content-Type": content_type}
    )

    assert response.status_code == 400
    assert (response.json()["code"], response.json()["type"]) == (3, "apiError")
    assert exact(api.http.get("/v1/payment-links"))["total"] == 0


def test_json_with_a_charset_is_json(api: Api) -> None:
    response = api.http.post(
        "/v1/payment-links",
        content='{"amount": 1, "currency": "KZT", "description": "Жол"}'.encode(),
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )

    assert response.status_code == 201
    assert response.json()["description"] == "Жол"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "body: must be object, not array"),
        ({"amount": 1}, "body: 'currency' is a required property"),
        (
            {"amount": "1", "currency": "KZT"},
            "body.amount: must be integer, not string",
        ),
        (
            {"amount": Decimal("1.5"), "currency": "KZT"},
            "body.amount: must be integer, not number",
        ),
        (
            {"amount": True, "currency": "KZT"},
            "body.amount: must be integer, not boolean",
        ),
        (
            {"amount": 1, "currency": "KZT", "amuont": 1},
            "body: Additional properties are not allowed",
        ),
        (
            {"amount": 1, "currency": "KZT", "expiresAt": "tomorrow"},
            "body.expiresAt: must be a date-time",
        ),
        (
            {"amount": 1, "currency": "KZT", "expiresAt": "2027-01-01T00:00:00"},
            "body.expiresAt: must be a date-time",
        ),
        (
            {"amount": 1, "currency": "KZT", "metadata": {"successUrl": "ok"}},
            "body.metadata.successUrl: must be a uri",
        ),
        (
            {"amount": 1, "currency": "KZT", "metadata": {"callbackUrl": "//x/y"}},
            "body.metadata.callbackUrl: ",
        ),
        (
            {
                "amount": 1,
                "currency": "KZT",
                "metadata": {"callbackUrl": "http://[::1/"},
            },
            "body.metadata.callb",
        ),
        (
            {
                "amount": 1,
                "currency": "KZT",
                "metadata": {"callbackUrl": "http://a b/"},
            },
            "body.metadata.callba",
        ),
        (
            {"amount": 1, "currency": "KZT", "recurring": {"type": "x"}},
            "body.recurring.type: must be one of ",
        ),
        (
            {"amount": 0, "currency": "KZT"},
            "amount must be a positive number of minor units",
        ),
        (
            {"amount": 1, "currency": "KZTT"},
            "the sandbox knows the currencies EUR, KZT, USD",
        ),
    ],
)
def test_a_body_that_does_not_fit_is_unprocessable_and_the_response_says_where(
    api: Api, body: Any, message: str
) -> None:
    response = api.post("/v1/payment-links", body)

    assert response.status_code == 422
    error = response.json()
    assert error["message"].startswith(message)
    assert (error["code"], error["source"], error["type"]) == (
        5,
        "paymentLinks",
        "validationError",
    )
    assert exact(api.http.get("/v1/payment-links"))["total"] == 0


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("page=0", "page counts from 1"),
        ("size=0", "page counts from 1"),
        ("size=1001", "page counts from 1"),
        ("page=one", "query.page: must be integer, not string"),
        ("page=1.5", "query.page: must be integer, not string"),
        ("page=", "query.page: must be integer, not string"),
        ("page=1&page=2", "query.page: given 2 times"),
        ("status=charged", "query.status: unknown; the document has page, size here"),
    ],
)
def test_a_query_that_does_not_fit_is_unprocessable(
    api: Api, query: str, message: str
) -> None:
    for path in ("/v1/transactions", "/v1/payment-links"):
        response = api.http.get(f"{path}?{query}")

        assert response.status_code == 422
        assert response.json()["message"].startswith(message)


def test_a_body_where_none_is_taken_is_refused(api: Api) -> None:
    transaction = api.paid()

    response = api.post(
        f"/v1/payments/{transaction['paymentId']}/cancel", {"amount": 1}
    )

    assert response.status_code == 422
    assert api.move(transaction, "cancel").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/payment-links/pl_unknown", None),
        ("DELETE", "/v1/payment-links/pl_unknown", None),
        (
            "PATCH",
            "/v1/payment-links/pl_unknown",
            {"expiresAt": "2027-01-01T00:00:00Z"},
        ),
        ("GET", "/v1/payment-links/by-order-reference/unknown", None),
        ("GET", f"/v1/transactions/{UNKNOWN}", None),
        ("GET", f"/v1/transactions/{UNKNOWN}/history", None),
        ("GET", "/v1/transactions/by-payment-link/pl_unknown", None),
        ("GET", "/v1/transactions/by-order-reference/unknown", None),
        ("POST", f"/v1/payments/{UNKNOWN}/capture", {}),
        ("POST", f"/v1/payments/{UNKNOWN}/cancel", None),
        ("POST", f"/v1/payments/{UNKNOWN}/refund", {}),
    ],
)
def test_what_is_not_there_is_answered_with_404_and_code_4(
    api: Api, method: str, path: str, body: Any
) -> None:
    response = (
        api.http.request(method, path, json=body)
        if body is not None
        else api.http.request(method, path)
    )

    assert response.status_code == 404
    assert (response.json()["code"], response.json()["type"]) == (4, "apiError")


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/", "/v1/payment-links/", "/v1/nothing", "/v1/payment-links/a/b"],
)
def test_a_path_that_the_document_does_not_have_is_not_found(
    api: Api, path: str
) -> None:
    assert api.http.get(path).status_code == 404


def test_a_method_that_a_path_does_not_take_is_named_with_those_that_it_takes(
    api: Api,
) -> None:
    response = api.http.put("/v1/payment-links/pl_x", json={})

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "PATCH", "DELETE"}


# --- payment links --------------------------------------------------------------------------------------------


def test_a_link_is_created_in_minor_units_and_points_at_the_sandbox(
    api: Api, sandbox: RunningSandbox
) -> None:
    link = api.create_link(
        orderReference="ORD-1",
        description="Shoes",
        customerId=UNKNOWN,
        expiresAt="2026-11-23T10:00:00.000Z",
        autoClearing=False,
        validation=False,
        metadata={"successUrl": "https://shop.example/ok", "club_id": 7},
    )

    assert link["id"].startswith("pl_")
    assert set(link["id"][3:]) <= set(HEX)
    assert link == {
        "id": link["id"],
        "status": "active",
        "amount": 2_200_000,
        "currency": "KZT",
        "autoClearing": False,
        "orderReference": "ORD-1",
        "description": "Shoes",
        "customerId": UNKNOWN,
        "createdAt": "2026-11-22T12:00:00Z",
        "updatedAt": "2026-11-22T12:00:00Z",
        "expiresAt": "2026-11-23T10:00:00Z",
        "metadata": {"successUrl": "https://shop.example/ok", "club_id": 7},
        "url": f"{sandbox.base_url}/{link['id']}",
        "validation": False,
    }
    assert exact(api.http.get(f"/v1/payment-links/{link['id']}")) == link


@pytest.mark.parametrize(
    "reference",
    ["ORD 1", "2026/11/42", "a%2Fb", "Заказ №1", "..", "?x=1#y", "statistics"],
)
def test_a_link_is_found_by_any_order_reference(api: Api, reference: str) -> None:
    link = api.create_link(orderReference=reference)
    quoted = "".join(f"%{byte:02X}" for byte in reference.encode())

    found = exact(api.http.get(f"/v1/payment-links/by-order-reference/{quoted}"))

    assert found["id"] == link["id"]
    transaction = api.pay(link)
    assert (
        exact(api.http.get(f"/v1/transactions/by-order-reference/{quoted}"))
        == transaction
    )


def test_an_order_reference_is_taken_once(api: Api) -> None:
    first = api.create_link(orderReference="ORD-1")

    response = api.post(
        "/v1/payment-links", {"amount": 5, "currency": "KZT", "orderReference": "ORD-1"}
    )

    assert response.status_code == 422
    assert "already exists" in response.json()["message"]
    assert (
        exact(api.http.get("/v1/payment-links/by-order-reference/ORD-1"))["id"]
        == first["id"]
    )


def test_a_link_can_be_cancelled_once(api: Api) -> None:
    link = api.create_link()

    assert api.http.delete(f"/v1/payment-links/{link['id']}").status_code == 200

    assert (
        exact(api.http.get(f"/v1/payment-links/{link['id']}"))["status"] == "cancelled"
    )
    assert api.http.delete(f"/v1/payment-links/{link['id']}").status_code == 422
    assert api.http.post(f"{link['url']}/pay").status_code == 409


def test_a_link_expires_by_the_clock_and_its_expiry_can_be_moved(api: Api) -> None:
    link = api.create_link(expiresAt="2026-11-22T13:00:00Z")
    path = f"/v1/payment-links/{link['id']}"

    moved = exact(api.http.patch(path, json={"expiresAt": "2026-11-22T17:00:00+03:00"}))

    assert moved["expiresAt"] == "2026-11-22T14:00:00Z"
    api.advance(7199)
    assert exact(api.http.get(path))["status"] == "active"
    api.advance(1)
    assert exact(api.http.get(path))["status"] == "expired"
    assert (
        api.http.patch(path, json={"expiresAt": "2026-11-23T00:00:00Z"}).status_code
        == 422
    )


def test_links_are_listed_page_by_page_with_the_newest_first(api: Api) -> None:
    links = [api.create_link(orderReference=f"ORD-{number}") for number in range(5)]

    first = exact(api.http.get("/v1/payment-links?page=1&size=2"))
    last = exact(api.http.get("/v1/payment-links?page=3&size=2"))
    beyond = exact(api.http.get("/v1/payment-links?page=4&size=2"))

    assert [row["id"] for row in first["data"]] == [links[4]["id"], links[3]["id"]]
    assert [row["id"] for row in last["data"]] == [links[0]["id"]]
    assert (first["page"], first["size"], first["total"]) == (1, 2, 5)
    assert beyond["data"] == []


def test_statistics_count_links_by_status_and_never_add_up_two_currencies(
    api: Api,
) -> None:
    api.create_link(amount=100)
    api.create_link(amount=50)
    api.paid(amount=7)
    api.paid(amount=8, currency="USD")

    items = exact(api.http.get("/v1/payment-links/statistics"))["items"]

    assert sorted(items, key=lambda item: item["status"]) == [
        {"status": "active", "count": 2, "amount": 150},
        {"status": "paid", "count": 2},
    ]


# --- transactions and payments --------------------------------------------------------------------------------


def test_a_transaction_speaks_major_units(api: Api) -> None:
    link = api.create_link(amount=2_200_050, orderReference="ORD-1")
    transaction = api.pay(link)

    assert transaction == {
        "transactionId": transaction["transactionId"],
        "paymentId": transaction["paymentId"],
        "status": "authorized",
        "amount": Decimal("22000.5"),
        "merchantReference": "ORD-1",
    }
    assert (
        exact(api.http.get(f"/v1/transactions/{transaction['transactionId']}"))
        == transaction
    )


def test_the_list_of_transactions_has_the_observed_fields_and_statuses(
    api: Api,
) -> None:
    link = api.create_link(orderReference="A")
    api.http.post(f"{link['url']}/decline")
    api.move(api.pay(link), "capture")
    authorized = api.paid(orderReference="B")

    listed = exact(api.http.get("/v1/transactions?page=1&size=50"))

    assert (listed["page"], listed["size"], listed["total"]) == (1, 50, 3)
    assert [row["status"] for row in listed["data"]] == [
        "TRANSACTION_STATUS_AUTHED",
        "TRANSACTION_STATUS_CHARGED",
        "TRANSACTION_STATUS_REJECTED",
    ]
    row = listed["data"][0]
    assert row == {
        "transactionId": authorized["transactionId"],
        "amount": 22000,
        "createdAt": "2026-11-22T12:00:00.000000Z",
        "rrn": row["rrn"],
        "status": "TRANSACTION_STATUS_AUTHED",
        "orderReference": "B",
    }
    assert len({row["rrn"] for row in listed["data"]}) == 3
    assert all(len(row["rrn"]) == 12 for row in listed["data"])


def test_the_history_tells_every_step(api: Api) -> None:
    transaction = api.paid()
    api.advance(60)
    api.move(transaction, "capture", amount=15000)

    events = exact(
        api.http.get(f"/v1/transactions/{transaction['transactionId']}/history")
    )["events"]

    assert [(event["name"], event["data"]["amount"]) for event in events] == [
        ("transaction.created", 22000),
        ("transaction.3d", 22000),
        ("transaction.authorized", 22000),
        ("transaction.charged", 15000),
    ]
    assert events[-1]["createdAt"] == "2026-11-22T12:01:00.000000Z"


def test_capture_cancel_and_refund_response_as_documented_in_2023(api: Api) -> None:
    transaction = api.paid(orderReference="ORD-1")

    captured = exact(api.move(transaction, "capture", amount=15000))
    released = exact(api.move(transaction, "cancel"))
    refunded = exact(
        api.move(
            transaction, "refund", amount=Decimal("5000.25"), orderReference="ORD-1-R"
        )
    )

    assert captured == {
        "id": transaction["transactionId"],
        "responseCode": "00",
        "networkTransactionReference": captured["networkTransactionReference"],
        "authCode": captured["authCode"],
        "amount": 15000,
        "orderReference": "ORD-1",
        "remainingBalance": 15000,
        "success": True,
        "message": "Successfully captured the transaction",
    }
    assert (released["amount"], released["remainingBalance"]) == (7000, 15000)
    assert released["message"] == "Successfully cancelled the transaction"
    assert (refunded["amount"], refunded["remainingBalance"]) == (
        Decimal("5000.25"),
        Decimal("9999.75"),
    )
    assert (refunded["orderReference"], refunded["originalTransactionId"]) == (
        "ORD-1-R",
        transaction["transactionId"],
    )
    refund = exact(api.http.get(f"/v1/transactions/{refunded['id']}"))
    assert (refund["status"], refund["amount"]) == ("refunded", Decimal("5000.25"))
    assert refund["paymentId"] == transaction["paymentId"]


@pytest.mark.parametrize("amount", [{}, {"amount": None}])
def test_a_capture_or_refund_without_an_amount_takes_all(
    api: Api, amount: dict[str, Any]
) -> None:
    transaction = api.paid()

    assert exact(api.move(transaction, "capture", **amount))["amount"] == 22000
    refunded = exact(api.move(transaction, "refund", **amount))

    assert (refunded["amount"], refunded["remainingBalance"]) == (22000, 0)
    assert (
        api.http.get(f"/v1/transactions/{transaction['transactionId']}").json()[
            "status"
        ]
        == "refunded"
    )


def test_the_id_of_a_payment_operation_may_be_the_payments_or_the_transactions(
    api: Api,
) -> None:
    transaction = api.paid()

    assert (
        api.post(f"/v1/payments/{transaction['transactionId']}/capture", {}).status_code
        == 200
    )
    assert (
        api.post(f"/v1/payments/{transaction['paymentId']}/refund", {}).status_code
        == 200
    )


def test_a_payment_that_was_wholly_refunded_answers_a_refund_with_500_and_nothing_but_a_message(
    api: Api,
) -> None:
    transaction = api.paid()
    api.move(transaction, "capture")
    api.move(transaction, "refund")

    response = api.move(transaction, "refund")

    assert response.status_code == 500
    assert response.json() == {
        "message": "failed to handle command: something went wrong, "
        "transaction can not be refunded: already refunded"
    }
    assert exact(api.http.get("/v1/transactions"))["total"] == 2


@pytest.mark.parametrize(
    ("before", "action", "amount"),
    [
        ([], "refund", None),
        ([], "capture", Decimal("22000.01")),
        ([], "capture", Decimal("0.001")),
        ([], "capture", 0),
        ([], "capture", -1),
        ([], "capture", "1"),
        (["capture"], "capture", None),
        (["capture"], "cancel", None),
        (["capture"], "refund", Decimal("22000.01")),
        (["capture"], "refund", 0),
        (["cancel"], "capture", None),
        (["cancel"], "cancel", None),
        (["cancel"], "refund", None),
    ],
)
def test_a_movement_that_the_rules_forbid_is_unprocessable_and_changes_nothing(
    api: Api, before: list[str], action: str, amount: Any
) -> None:
    transaction = api.paid()
    for step in before:
        assert api.move(transaction, step).status_code == 200
    rows = exact(api.http.get("/v1/transactions"))

    response = api.move(
        transaction, action, **({} if amount is None else {"amount": amount})
    )

    assert response.status_code == 422
    assert (response.json()["code"], response.json()["type"]) == (5, "validationError")
    assert exact(api.http.get("/v1/transactions")) == rows


@pytest.mark.parametrize(
    ("minor", "written"),
    [
        (1, b"0.01"),
        (10, b"0.1"),
        (100, b"1"),
        (2_200_000, b"22000"),
        (999_999_999_999_999, b"9999999999999.99"),
        (30, b"0.3"),
    ],
)
def test_amounts_are_written_in_digits_and_never_pass_through_a_float(
    api: Api, minor: int, written: bytes
) -> None:
    transaction = api.paid(amount=minor)

    response = api.post(
        f"/v1/payments/{transaction['paymentId']}/capture",
        {"amount": Decimal(minor).scaleb(-2)},
    )

    assert b'"amount":' + written + b"," in response.content


def test_three_refunds_of_a_third_leave_exactly_nothing(api: Api) -> None:
    transaction = api.paid(amount=30)
    api.move(transaction, "capture")

    balances = [
        exact(api.move(transaction, "refund", amount=Decimal("0.1")))[
            "remainingBalance"
        ]
        for _ in range(3)
    ]

    assert balances == [Decimal("0.2"), Decimal("0.1"), 0]


def test_a_payment_clears_itself_after_an_hour_or_five_days(api: Api) -> None:
    quick = api.create_link()
    slow = api.create_link(autoClearing=False)
    api.pay(quick)
    api.pay(slow)

    statuses: list[tuple[str, str]] = []
    for seconds in (3599, 1, 5 * 86400 - 3601, 1):
        api.advance(seconds)
        statuses.append(
            (api.transaction_of(quick)["status"], api.transaction_of(slow)["status"])
        )

    assert statuses == [
        ("authorized", "authorized"),
        ("charged", "authorized"),
        ("charged", "authorized"),
        ("charged", "charged"),
    ]


def test_a_merchant_initiated_payment_needs_a_card_that_was_saved(api: Api) -> None:
    response = api.post(
        "/v1/payments/merchant-initiated",
        {
            "amount": 1099,
            "currency": "KZT",
            "cardTokenId": UNKNOWN,
            "initialTransactionId": UNKNOWN,
        },
    )

    assert response.status_code == 422
    assert response.json()["source"] == "payments"


# --- what only the sandbox has --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"seconds": "1"}',
        b'{"seconds": true}',
        b'{"seconds": -1}',
    ],
)
def test_the_clock_is_not_moved_by_a_request_that_it_does_not_understand(
    api: Api, body: bytes
) -> None:
    response = api.http.post("/_sandbox/advance", content=body)

    assert response.status_code == 422
    assert response.json()["type"] == "validationError"


@pytest.mark.parametrize("seconds", ["1e50", "1e12", "9" * 300])
def test_the_clock_does_not_leave_the_calendar(api: Api, seconds: str) -> None:
    assert (
        api.http.post(
            "/_sandbox/advance", content=f'{{"seconds": {seconds}}}'
        ).status_code
        == 422
    )
    assert api.http.get("/v1/transactions").status_code == 200


def test_advancing_answers_the_new_time(api: Api) -> None:
    response = api.http.post("/_sandbox/advance", json={"seconds": 1.5})

    assert response.json() == {"now": "2026-11-22T12:00:01.500000Z"}


def test_a_reset_forgets_links_transactions_and_the_moved_clock(api: Api) -> None:
    api.paid(orderReference="ORD-1")
    api.advance(60)

    assert api.http.post("/_sandbox/reset").status_code == 204

    assert exact(api.http.get("/v1/transactions"))["total"] == 0
    assert (
        api.create_link(orderReference="ORD-1")["createdAt"] == "2026-11-22T12:00:00Z"
    )


# --- the document ---------------------------------------------------------------------------------------------


def test_every_request_example_of_the_document_fits_the_document(
    contract: Contract,
) -> None:
    for operation in contract.operations:
        if operation.body_pointer is not None:
            media = contract.at(operation.body_pointer.removesuffix("/schema"))
            contract.check(operation.body_pointer, media["example"], operation.pointer)


def test_an_operation_without_marks_stops_the_start_with_its_name() -> None:
    document = bundled_document()
    del document["paths"]["/v1/transactions"]["get"]["x-method"]

    with pytest.raises(
        DocumentError, match="GET /v1/transactions has no x-resource and x-method"
    ):
        create_app(document)


def test_a_reference_out_of_the_document_stops_the_start() -> None:
    document = bundled_document()
    document["paths"]["/v1/transactions"]["get"]["responses"]["200"] = {
        "$ref": "other.yaml#/x"
    }

    with pytest.raises(DocumentError, match=r"other\.yaml.*bundle it first"):
        create_app(document)


def test_two_operations_at_one_path_stop_the_start() -> None:
    document = bundled_document()
    document["paths"]["/v1/transactions/{number}"] = document["paths"][
        "/v1/transactions/{id}"
    ]

    with pytest.raises(DocumentError, match="have the same path"):
        create_app(document)


def test_a_document_with_exact_numbers_can_be_given() -> None:
    create_app(bundled_document() | {"x-rate": Decimal("0.1")})


def test_a_document_that_json_has_no_form_for_stops_the_start() -> None:
    with pytest.raises(
        DocumentError, match="not JSON: a value of type object has no form in JSON"
    ):
        create_app(bundled_document() | {"x-rate": object()})


def test_a_document_can_be_given_as_a_file(
    stranger: httpx.Client, tmp_path: Path
) -> None:
    path = tmp_path / "openapi.json"
    path.write_bytes(wire.dumps(bundled_document()))

    for source in (path, str(path)):
        with RunningSandbox(create_app(source)) as sandbox:
            assert (
                stranger.get(f"{sandbox.base_url}/v1/transactions").status_code == 401
            )


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "is not JSON"), ('{"a": 1}', "is not an OpenAPI document")],
)
def test_a_file_that_is_no_document_stops_the_start(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(content)

    with pytest.raises(DocumentError, match=message):
        create_app(path)
    with pytest.raises(DocumentError, match="cannot be read"):
        create_app(tmp_path / "absent.json")


def test_the_document_decides_paths_schemas_and_the_status_of_success(
    stranger: httpx.Client,
) -> None:
    document = bundled_document()
    create = document["paths"].pop("/v1/payment-links")["post"]
    create["responses"]["202"] = create["responses"].pop("201")
    document["paths"] = {"/v9/links": {"post": create}}
    document["components"]["schemas"]["request.CreatePaymentLink"]["properties"][
        "amount"
    ]["multipleOf"] = 0.5
    document["components"]["schemas"]["request.CreatePaymentLink"]["properties"][
        "amount"
    ]["maximum"] = 10

    with RunningSandbox(create_app(document)) as sandbox:
        url, headers = f"{sandbox.base_url}/v9/links", {"Authorization": "pr_sandbox"}
        fits = stranger.post(
            url, headers=headers, json={"amount": 10, "currency": "KZT"}
        )
        does_not = stranger.post(
            url, headers=headers, json={"amount": 11, "currency": "KZT"}
        )

    assert fits.status_code == 202
    assert does_not.json()["message"] == "body.amount: does not fit maximum 10"


# --- running --------------------------------------------------------------------------------------------------


def test_a_running_sandbox_stops_by_itself_and_frees_its_port() -> None:
    with RunningSandbox() as sandbox:
        port = int(sandbox.base_url.rpartition(":")[2])
        assert repr(sandbox) == f"<RunningSandbox {sandbox.base_url}>"
    sandbox.close()

    with socket.create_server(("127.0.0.1", port)):
        pass


def test_two_sandboxes_share_nothing(stranger: httpx.Client) -> None:
    with RunningSandbox() as one, RunningSandbox() as two:
        for sandbox in (one, two):
            response = stranger.post(
                f"{sandbox.base_url}/v1/payment-links",
                headers={"Authorization": "pr_sandbox"},
                json={"amount": 1, "currency": "KZT", "orderReference": "ORD-1"},
            )
            assert response.status_code == 201


def test_an_application_that_fails_at_its_start_is_an_error_for_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("no start today")

    with pytest.raises(RuntimeError, match="did not start"):
        RunningSandbox(broken)
