"""The three kinds of call that the table has, each with a good response to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from attrs import define
from helpers.calls import as_object, operation
from plexy_pay._core.decoding import decode_variant
from plexy_pay._core.operation import Request
from plexy_pay._core.variants import Variants
from plexy_pay._core.wire_model import WireModel

PAYMENT = "8f14e45f-ceea-467f-a9d5-33b1e5f3f1a0"
ORDER = "ORD-1001"
REQUEST_ID = "payout-2027-01-15-1"


@dataclass(frozen=True)
class Kind:
    """One kind of call.

    Attributes:
        name: What the page calls it.
        call: The method's name in the client.
        make: Calls it, on a client or on its `with_raw_response`; the async client gives a coroutine.
        response: The JSON of a good response.
        status: The field of the response that is an enumeration.
        key: The idempotency key that every attempt must carry.
        order: The order reference that every error must carry.
        moves_money: Whether it moves money.
    """

    name: str
    call: str
    make: Callable[[Any], Any]
    response: dict[str, Any]
    status: str
    key: str | None = None
    order: str | None = None
    moves_money: bool = True

    @property
    def method(self) -> str:
        """Of HTTP."""
        return "POST" if self.moves_money else "GET"

    def request_with_variants(self) -> Request[Any]:
        """The same kind of call, made by hand, whose response is declared as one of two variants.

        No operation of the API answers with a union today.
        """
        facts: dict[str, Any] = {
            "call": self.call,
            "moves_money": self.moves_money,
            "method": self.method,
            "path": "/v1/things",
        }
        if self.key is not None:
            facts["idempotency_key"] = "requestId"
        body = {"requestId": self.key, "orderReference": self.order}
        given: dict[str, Any] = {"body": body} if self.moves_money else {}
        return Request(operation(**facts), decode=_one_of_two, **given)


@define(kw_only=True)
class _Card(WireModel):
    """A variant of a union, as generated models are: what carries its constant decodes to it."""

    type: Literal["card"]


@define(kw_only=True)
class _Wallet(WireModel):
    type: Literal["wallet"]


_VARIANTS = Variants(_Card, _Wallet)


def _one_of_two(data: Any) -> Any:
    return decode_variant(_VARIANTS, as_object(data))


READ = Kind(
    name="a GET",
    call="transactions.retrieve",
    make=lambda client: client.transactions.retrieve(PAYMENT),
    response={"transactionId": PAYMENT, "status": "charged", "amount": 22000},
    status="status",
    moves_money=False,
)
PAY = Kind(
    name="a POST that moves money",
    call="payments.refund",
    make=lambda client: client.payments.refund(
        PAYMENT, amount=5000, order_reference=ORDER
    ),
    response={"id": PAYMENT, "responseCode": "00", "success": True, "amount": 5000},
    status="responseCode",
    order=ORDER,
)
KEYED = Kind(
    name="a POST that moves money and carries a key",
    call="settlement_orders.create",
    make=lambda client: client.settlement_orders.create(
        request_id=REQUEST_ID, beneficiary_id=PAYMENT, amount=10000, currency="KZT"
    ),
    response={
        "id": PAYMENT,
        "requestId": REQUEST_ID,
        "status": "created",
        "amount": 10000,
    },
    status="status",
    key=REQUEST_ID,
)
KINDS = (READ, PAY, KEYED)


def good(kind: Kind) -> bytes:
    """A good response, as it goes over the wire."""
    return json.dumps(kind.response).encode()
