"""The code that the dashboard shows for a request: run against a sandbox, it makes the same request."""

from __future__ import annotations

import contextlib
import shlex
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from plexy_pay import PlexyError
from plexy_pay_sandbox import RunningSandbox, wire
from plexy_pay_sandbox.access import Access
from plexy_pay_sandbox.control_calls import ask
from plexy_pay_sandbox.dashboard.programs import Program, program_of
from plexy_pay_sandbox.request_log import LoggedRequest
from plexy_pay_sandbox.validation import Contract, Operation, bundled_document

CONTRACT = Contract(bundled_document())
ACCESS = Access()
#: As the log keeps it.
CARD = {
    "encryptedCardNumber": "<hidden>",
    "encryptedExpiryMonth": "QmFzZTY0",
    "encryptedExpiryYear": "QmFzZTY0",
}


@pytest.fixture(scope="module")
def default() -> Any:
    """A sandbox with the keys that the shown code names."""
    with RunningSandbox() as sandbox:
        yield sandbox


def written(
    method: str,
    path: str,
    body: Any = None,
    *,
    key: str | None = None,
    base_url: str = "http://127.0.0.1:8490",
    access: Access = ACCESS,
) -> Program:
    exact = None if body is None else wire.loads(wire.dumps(body))
    logged = LoggedRequest(
        number=1, at="", method=method, path=path, body=exact, idempotency_key=key
    )
    return program_of(CONTRACT, logged, access, base_url)


def requests_of(sandbox: RunningSandbox, run: Callable[[], object]) -> list[Any]:
    """Return the requests that something makes."""
    path = "/_sandbox/requests"
    before = ask(sandbox.base_url, "GET", path, None)["requests"]
    last = before[-1]["number"] if before else 0
    run()
    found: list[Any] = ask(sandbox.base_url, "GET", f"{path}?after={last}", None)[
        "requests"
    ]
    return found


def made_by(sandbox: RunningSandbox, program: Program) -> Any:
    """Run a program; return the one request that it makes."""

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with contextlib.suppress(PlexyError):
                exec(program.text, {})

    assert program.language == "Python", program
    (request,) = requests_of(sandbox, run)
    return request


SAMPLES: list[tuple[str, str, Any, str | None]] = [
    (
        "POST",
        "/v1/payment-links",
        {
            "amount": 2_200_000,
            "currency": "KZT",
            "orderReference": 'ORD "1001"\n<b>',
            "expiresAt": "2030-12-31T18:59:59Z",
            "metadata": {"successUrl": "https://shop.example/ok", "basketId": 42},
        },
        None,
    ),
    (
        "POST",
        "/v1/payments",
        {
            "transactionType": "sale",
            "paymentMethod": "card",
            "orderDetails": {"amount": Decimal("22000.5"), "currency": "KZT"},
            "cardData": CARD,
        },
        None,
    ),
    ("POST", "/v1/payments/abc/capture", {"amount": 15000}, None),
    ("POST", "/v1/payments/abc/refund", {"amount": 5000, "description": "One"}, None),
    ("POST", "/v1/payments/abc/cancel", None, None),
    ("POST", "/v1/customers", {"email": "a@shop.example", "phone": "+7"}, None),
    ("GET", "/v1/customers?page=2&size=10", None, None),
    (
        "POST",
        "/v2/sessions",
        {
            "amount": {"value": 2_200_000, "currency": "KZT"},
            "merchantAccount": "Shop",
            "reference": "ORD-1",
            "returnUrl": "https://shop.example/back",
        },
        None,
    ),
    (
        "POST",
        "/v2/payments",
        {"amount": {"value": 1050, "currency": "USD"}},
        "order-1001",
    ),
    ("GET", "/v1/transactions/by-order-reference/ORD%2F1", None, None),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "key"), SAMPLES, ids=[one[1] for one in SAMPLES]
)
def test_the_code_makes_the_same_request(
    default: RunningSandbox, method: str, path: str, body: Any, key: str | None
) -> None:
    program = written(method, path, body, key=key, base_url=default.base_url)

    made = made_by(default, program)

    assert (made["method"], made["path"]) == (method, path)
    assert made["body"] == body
    assert made["idempotency_key"] == key


def example_of(operation: Operation) -> Any:
    """Return the document's example of the body of an operation."""
    raw = CONTRACT.at(operation.pointer)
    if "requestBody" not in raw:
        return None
    content = CONTRACT.follow(raw["requestBody"], operation.pointer)[0]["content"]
    shown = content["application/json"]
    return shown.get("example") or next(iter(shown["examples"].values()))["value"]


@pytest.mark.parametrize(
    "operation", CONTRACT.operations, ids=lambda one: one.full_name
)
def test_every_operation_has_a_call_of_the_client(operation: Operation) -> None:
    path = operation.path
    for parameter in operation.parameters:
        path = path.replace(f"{{{parameter.name}}}", "abc")
    required = [one for one in operation.parameters if one.required]
    query = [f"{one.name}=abc" for one in required if one.place == "query"]
    key = any(one.place == "header" for one in required)
    program = written(
        operation.method,
        f"{path}?{'&'.join(query)}" if query else path,
        example_of(operation),
        key="order-1001" if key else None,
    )

    assert program.language == "Python", program.note
    assert f"client.{operation.full_name}(" in program.text


def test_money_is_written_where_the_client_knows_the_unit() -> None:
    minor = written("POST", "/v1/payment-links", {"amount": 50, "currency": "KZT"})
    major = written(
        "POST",
        "/v1/payments",
        {
            "transactionType": "auth",
            "paymentMethod": "card",
            "orderDetails": {"amount": 50, "currency": "KZT"},
        },
    )
    unknown = written("POST", "/v1/payments/abc/capture", {"amount": 50})

    assert 'amount=Money("0.5", "KZT")' in minor.text
    assert 'Money("50", "KZT")' in major.text
    assert 'capture("abc", amount=50)' in unknown.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/nothing", None),
        ("PUT", "/v1/payment-links", None),
        ("GET", "/v1/payment-links/%2E%2E", None),
        ("POST", "/v1/payment-links", {"amount": 1, "unheard": "it's"}),
        ("POST", "/v1/payment-links", [1]),
    ],
)
def test_what_the_client_would_not_send_is_shown_for_a_shell(
    method: str, path: str, body: Any
) -> None:
    program = written(method, path, body)

    words = shlex.split(program.text)
    assert program.language == "curl"
    assert program.note
    assert words[:4] == ["curl", "-X", method, f"http://127.0.0.1:8490{path}"]
    if body is not None:
        assert wire.loads(words[-1]) == body


def test_a_key_that_was_given_is_not_shown() -> None:
    access = Access(key="pr_real", checkout_key="ck_real", gate_key="gk_real")
    for path in ("/v1/payment-links", "/v2/nothing", "/agent/a/balance", "/v1/nothing"):
        program = written("GET", path, access=access)
        assert "_real" not in program.text


def test_the_client_is_told_of_another_host() -> None:
    program = written("GET", "/v1/keys", base_url="http://sandbox:8490")

    assert 'plain_http_hosts=["sandbox"]' in program.text
