"""The bodies of webhooks, and the spellings in which they come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast

from .. import wire
from ..checkout_api import CheckoutEvent
from ..records import MERCHANT_ID, Event, Status
from ..settlement_orders import SettlementOrder

_WRAPPER: Final = "Value"
_WRAPPED: Final = frozenset(
    {"paymentlinkid", "paymentsessionid", "cardtokenid", "customerid"}
)


class Names(StrEnum):
    """The spelling of the fields of a body."""

    CAMEL = "camel"
    SNAKE = "snake"


def payload_of(event: Event) -> dict[str, Any]:
    """Return the body of a webhook, in the documented shape with its `{"Value": ...}` wrappers."""
    payment, transaction = event.payment, event.transaction
    values: dict[str, Any] = {
        "id": transaction.id,
        "amount": transaction.amount,
        "balance": event.merchant_balance,
        "currency": transaction.currency,
        "status": event.status,
        "type": transaction.type,
        "last4": payment.card.mask[-4:],
        "paymentMethod": "card",
        "payerIp": "127.0.0.1",
        "merchantReference": transaction.order_reference,
        "description": transaction.description,
        "createdAt": wire.to_microseconds(transaction.created_at),
        "updatedAt": wire.to_microseconds(transaction.updated_at),
        "authedAt": _moment(transaction.authorized_at),
        "confirmedAt": _moment(transaction.processed_at),
        "processedAt": _moment(transaction.processed_at),
        "processedAmount": transaction.processed_amount,
        "storeId": "store_sandbox",
        "terminalId": "term_sandbox",
        "secure3d": transaction.secure_3d,
        "parentTransactionId": transaction.parent_id,
        "recurringType": payment.recurring_type,
        "retrievalReferenceNumber": transaction.reference_number,
        "paymentLinkId": _wrapped(payment.link.id if payment.link else None),
        "paymentSessionId": _wrapped(payment.session_id),
        "cardTokenId": _wrapped(payment.card_token_id),
        "customerId": _wrapped(payment.customer_id),
    }
    return {"name": event.name, "merchantId": MERCHANT_ID, "data": _present(values)}


def order_payload_of(order: SettlementOrder) -> dict[str, Any]:
    """Return the body of a webhook about a settlement payment order, as documented: in snake case."""
    data = {
        "amount": order.amount,
        "status": order.status,
        "currency": order.currency,
        "merchant_id": MERCHANT_ID,
        "beneficiary_id": order.beneficiary.id,
        "payment_order_id": order.id,
    }
    return {
        "name": f"payment_order.{order.status}",
        "merchant_id": MERCHANT_ID,
        "data": data,
    }


def checkout_payload_of(event: CheckoutEvent) -> dict[str, Any]:
    """Return the body of a webhook of v2, in the documented shape."""
    data = {
        "id": event.payment.reference_id,
        "amount": event.payment.value,
        "currency": event.payment.currency,
        "status": event.status,
    }
    return {
        "id": event.id,
        "type": event.name,
        "created": int(event.at.timestamp()),
        "data": data,
    }


def callback_payload_of(event: Event) -> dict[str, Any]:
    """Return the body of a callback of 2023."""
    transaction = event.transaction
    values: dict[str, Any] = {
        "id": transaction.id,
        "amount": transaction.amount,
        "currency": transaction.currency,
        "orderReference": transaction.order_reference,
        "success": event.status in (Status.AUTHORIZED, Status.CHARGED),
        "settled": event.status is Status.CHARGED,
        "externalReference": transaction.reference_number,
        "paymentMethod": "card",
    }
    return _present(values)


def spelled(payload: object, names: Names | None, wrappers: bool | None) -> object:
    """Return a body in another spelling; None leaves it as it is.

    Args:
        payload: The body.
        names: How fields are to be named, those of the objects inside, too.
        wrappers: Whether the four ids that the documentation wraps are `{"Value": ...}`, or plain text.
    """
    if not isinstance(payload, Mapping):
        return payload
    changed = dict(cast("Mapping[str, object]", payload))
    if wrappers is not None:
        data = changed.get("data")
        if isinstance(data, Mapping):
            changed["data"] = _with_wrappers(
                cast("Mapping[str, object]", data), wrappers
            )
        changed = _with_wrappers(changed, wrappers)
    return changed if names is None else _named(changed, names)


def _with_wrappers(fields: Mapping[str, object], wrappers: bool) -> dict[str, object]:
    changed: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping) and set(cast("Mapping[str, object]", value)) == {
            _WRAPPER
        }:
            changed[name] = value if wrappers else value[_WRAPPER]
        elif (
            wrappers
            and isinstance(value, str)
            and name.replace("_", "").lower() in _WRAPPED
        ):
            changed[name] = {_WRAPPER: value}
        else:
            changed[name] = value
    return changed


def _named(fields: Mapping[str, object], names: Names) -> dict[str, object]:
    return {
        _name(name, names): _named(cast("Mapping[str, object]", value), names)
        if isinstance(value, Mapping)
        else value
        for name, value in fields.items()
    }


def _name(name: str, names: Names) -> str:
    if names is Names.SNAKE:
        return re.sub("(?<=[a-z0-9])[A-Z]", lambda found: f"_{found[0].lower()}", name)
    return re.sub("(?<=[a-z0-9])_([a-z0-9])", lambda found: found[1].upper(), name)


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _wrapped(value: str | None) -> dict[str, str] | None:
    return None if value is None else {_WRAPPER: value}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else wire.to_microseconds(moment)
