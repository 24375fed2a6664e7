"""A walk through all operations of the document; the client compares each response with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from helpers.cards import card_data
from plexy_pay_sandbox.examples import HEADER
from plexy_pay_sandbox.three_ds import cres_of
from plexy_pay_sandbox.validation import Contract

from .support import Api, exact

CARD = card_data()


@contextmanager
def noting(
    contract: Contract, *clients: httpx.Client
) -> Iterator[set[tuple[str, str]]]:
    """Note each operation that answers a success."""
    met: set[tuple[str, str]] = set()

    def note(response: httpx.Response) -> None:
        path = response.request.url.raw_path.decode().split("?")[0]
        for operation, _ in contract.match(path):
            if (
                operation.method == response.request.method
                and response.status_code == operation.success_status
                # An example of the document shows nothing of what the sandbox does.
                and HEADER not in response.headers
            ):
                met.add((operation.resource, operation.name))

    hooks = [client.event_hooks for client in clients]
    for client, before in zip(clients, hooks, strict=True):
        client.event_hooks = {"response": [*before["response"], note]}
    try:
        yield met
    finally:
        for client, before in zip(clients, hooks, strict=True):
            client.event_hooks = before


def test_every_operation_of_the_document_has_a_success(
    contract: Contract, api: Api, checkout: Api, gate: Api
) -> None:
    with noting(contract, api.http, checkout.http, gate.http) as met:
        transaction = links_and_payments(api)
        host_to_host(api)
        merchants(api, transaction)
        wallet(api)
        checkouts(checkout)
        gates(gate)

    missing = {
        (operation.resource, operation.name) for operation in contract.operations
    } - met
    assert not missing, (
        f"the sandbox is shown to do nothing for {sorted(missing)}. Write a handler in "
        "sandbox/plexy_pay_sandbox/handlers/ and a call of it here: docs/architecture.md, Add an operation"
    )


def links_and_payments(api: Api) -> Any:
    """Links, transactions and payments; the transaction of a charged payment."""
    recurring = {"type": "cof_initial"}
    link = api.create_link(orderReference="ORD-1", recurring=recurring)
    for path in ("", "/statistics", f"/{link['id']}", "/by-order-reference/ORD-1"):
        api.get(f"/v1/payment-links{path}")
    other = api.create_link()
    body = {"expiresAt": "2026-12-01T00:00:00Z"}
    exact(api.http.patch(f"/v1/payment-links/{other['id']}", json=body))
    assert api.http.delete(f"/v1/payment-links/{other['id']}").status_code == 200
    transaction = api.pay(link)
    id = transaction["transactionId"]
    for path in ("", f"/{id}", f"/{id}/history", "/by-order-reference/ORD-1"):
        api.get(f"/v1/transactions{path}")
    exact(api.move(transaction, "capture"))
    exact(api.move(api.charged(), "refund"))
    exact(api.move(api.paid(), "cancel"))
    return transaction


def host_to_host(api: Api) -> None:
    assert api.get("/v1/keys")["publicKey"].startswith("-----BEGIN PUBLIC KEY-----")
    order = {"amount": 22000, "currency": "KZT"}
    body = {
        "transactionType": "sale",
        "paymentMethod": "card",
        "orderDetails": order,
        "cardData": CARD,
    }
    waiting = api.made("/v1/payments", **body)
    done = api.made("/v1/3ds/callback", transactionId=waiting["id"], cres=cres_of("Y"))
    token = done["cardTokenId"]
    api.made(
        "/v1/payments/merchant-initiated", amount=1, currency="KZT", cardTokenId=token
    )


def merchants(api: Api, transaction: Any) -> None:
    api.get("/v1/merchants/merchant_sandbox")
    customer = api.made(
        "/v1/customers", email="payer@example.com", phone="+70000000000"
    )
    for path in (
        "",
        f"/{customer['id']}",
        f"/{customer['id']}/card-tokens",
        f"/{customer['id']}/transactions",
    ):
        api.get(f"/v1/customers{path}")
    card = api.made("/v1/payouts/cards", customerId=customer["id"], cardData=CARD)
    api.made("/v1/payouts", amount=1, currency="KZT", cardTokenId=card["cardTokenId"])
    api.get("/v1/payouts")

    beneficiary = api.beneficiary()
    path = f"/v1/merchants/payment-beneficiaries/{beneficiary['id']}"
    exact(api.http.put(path, json={"name": "Other", "iban": "KZ1"}))
    api.get("/v1/merchants/payment-beneficiaries")
    api.get(path)

    part = {"beneficiaryId": beneficiary["id"], "amount": 100, "currency": "KZT"}
    split = api.made(
        "/v1/split-requests", transactionId=transaction["transactionId"], **part
    )
    whole = {"transactionId": transaction["transactionId"], **part}
    exact(api.http.put(f"/v1/split-requests/{split['id']}", json=whole))
    api.get("/v1/split-requests")
    api.get(f"/v1/split-requests/{split['id']}")
    spare = api.made("/v1/split-requests", **whole)
    assert api.http.delete(f"/v1/split-requests/{spare['id']}").status_code == 200

    assert (
        api.post(f"{path}/transfer", {"amount": 10, "currency": "KZT"}).status_code
        == 200
    )
    api.made(f"{path}/settlements", amount=10, currency="KZT")
    order = api.made("/v1/merchants/settlement-payment-orders", requestId="r-1", **part)
    api.get("/v1/merchants/settlement-payment-orders")
    api.get(f"/v1/merchants/settlement-payment-orders/{order['id']}")


def wallet(api: Api) -> None:
    def authorized(key: str) -> str:
        body = {"amount": 100, "currency": "KZT", "orderReference": "ORD-1"}
        made = api.http.post(
            "/v1/wallet/authorize", json=body, headers={"Idempotency-Key": key}
        )
        return str(exact(made)["walletTransactionId"])

    kept, dropped = authorized("k-1"), authorized("k-2")
    api.advance(2)
    for path in (f"{kept}/capture", f"{kept}/refund", f"{dropped}/cancel"):
        exact(api.post(f"/v1/wallet/{path}"))
    api.get(f"/v1/wallet/transaction/{kept}")
    api.get("/v1/wallet/transactions/")


def checkouts(checkout: Api) -> None:
    amount = {"currency": "KZT", "value": 2_200_000}
    checkout.made("/v2/paymentMethods", merchantAccount="Shop", amount=amount)
    always = {"attemptAuthentication": "always"}
    waiting = checkout.made("/v2/payments", amount=amount, authenticationData=always)
    page = checkout.http.get(waiting["action"]["url"]).text
    [confirmed, _] = re.findall(r"<code>([0-9A-F]+)</code>", page)
    checkout.made("/v2/payments/details", details={"redirectResult": confirmed})
    session = checkout.made(
        "/v2/sessions",
        amount=amount,
        merchantAccount="Shop",
        reference="ORD-1",
        returnUrl="https://shop.example/",
    )
    paid = checkout.http.post(f"{session['url']}/pay")
    result = httpx.URL(paid.headers["Location"]).params["sessionResult"]
    checkout.get(f"/v2/sessions/{session['id']}?sessionResult={result}")


def gates(gate: Api) -> None:
    for path in (
        "/product-types",
        "/product-categories",
        "/products",
        "/products/456",
        "/balance",
        "/deposits",
    ):
        gate.get(path)
    made = gate.http.post(
        "/orders", json={"product_id": 457}, headers={"Idempotency-Key": "order-1"}
    )
    order = exact(made)
    gate.get("/orders")
    gate.get(f"/orders/{order['id']}")
    assert gate.http.get(f"{gate.origin}/health").status_code == 200
