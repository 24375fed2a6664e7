"""Payment links, transactions, and what can be done to a payment.

Payment links speak minor units (tiyn), everything else major units (tenge).

Stand-in choices in the responses, made because no public source says otherwise:

* The list of transactions spells three statuses as live responses did in 2026 (`TRANSACTION_STATUS_CHARGED`,
  `_REJECTED`, `_AUTHED`) and the rest as documented; a single transaction uses the documented names.
* The statistics count links by status; their sums are in minor units, and left out where currencies would
  mix.
* A merchant-initiated payment without `initialTransactionId` is found by its card token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ..records import HistoryEntry, Link, Movement, Status, Transaction
from ..refusals import NotAllowed
from ..tables import Total
from ..wire import to_microseconds, to_seconds
from .calls import Call, Json, handles, moment, page, present

_LIST_STATUS: Final[Mapping[Status, str]] = {
    Status.AUTHORIZED: "TRANSACTION_STATUS_AUTHED",
    Status.CHARGED: "TRANSACTION_STATUS_CHARGED",
    Status.REJECTED: "TRANSACTION_STATUS_REJECTED",
}


# --- payment links ------------------------------------------------------------------------------------------


@handles("payment_links", "create")
def create_payment_link(call: Call) -> Json:
    """Create Payment Link."""
    body = call.request.body
    link = call.state.create_link(
        amount=body["amount"],
        currency=body["currency"],
        order_reference=body.get("orderReference"),
        description=body.get("description"),
        customer_id=body.get("customerId"),
        expires_at=moment(body.get("expiresAt")),
        metadata=body.get("metadata"),
        recurring=body.get("recurring"),
        auto_clearing=body.get("autoClearing", True),
        validation=body.get("validation", False),
    )
    return _link(link, call.origin)


@handles("payment_links", "list")
def list_payment_links(call: Call) -> Json:
    """List Payment Links."""
    return page(call, call.state.links(), lambda link: _link_row(link, call.origin))


@handles("payment_links", "retrieve")
def retrieve_payment_link(call: Call) -> Json:
    """Retrieve Payment Link."""
    return _link(call.state.link(call.id), call.origin)


@handles("payment_links", "retrieve_by_order_reference")
def retrieve_payment_link_by_order_reference(call: Call) -> Json:
    """Retrieve Payment Link by Order Reference."""
    return _link(
        call.state.link_by_order_reference(call.request.path["order_reference"]),
        call.origin,
    )


@handles("payment_links", "cancel")
def cancel_payment_link(call: Call) -> Json:
    """Cancel Payment Link; the body is sent only if the document describes one."""
    return _link(call.state.cancel_link(call.id), call.origin)


@handles("payment_links", "update_expiration")
def update_payment_link_expiration(call: Call) -> Json:
    """Update Payment Link Expiration."""
    expires_at = moment(call.request.body.get("expiresAt"))
    if expires_at is None:
        raise NotAllowed("expiresAt is empty", "paymentLinks")
    return _link(call.state.update_link_expiration(call.id, expires_at), call.origin)


@handles("payment_links", "statistics")
def payment_links_statistics(call: Call) -> Json:
    """Retrieve Payment Links Statistics."""
    groups: dict[str, list[Total]] = {}
    for (status, _), total in call.state.link_totals().items():
        groups.setdefault(status, []).append(total)
    return {
        "items": [_statistics_item(status, group) for status, group in groups.items()]
    }


# --- transactions -------------------------------------------------------------------------------------------


@handles("transactions", "list")
def list_transactions(call: Call) -> Json:
    """List transactions."""
    return page(call, call.state.transactions(), _transaction_row)


@handles("transactions", "retrieve")
def retrieve_transaction(call: Call) -> Json:
    """Find Transaction by ID."""
    _, transaction = call.state.transaction(call.id)
    return _transaction(transaction)


@handles("transactions", "retrieve_by_payment_link")
def retrieve_transaction_by_payment_link(call: Call) -> Json:
    """Find Transaction by Payment Link ID."""
    return _transaction(
        call.state.payment_of_link(call.request.path["payment_link_id"]).transaction
    )


@handles("transactions", "retrieve_by_order_reference")
def retrieve_transaction_by_order_reference(call: Call) -> Json:
    """Find Transaction by Order reference."""
    payment = call.state.payment_by_order_reference(
        call.request.path["order_reference"]
    )
    return _transaction(payment.transaction)


@handles("transactions", "history")
def transaction_history(call: Call) -> Json:
    """Find Transaction's History by ID."""
    _, transaction = call.state.transaction(call.id)
    return {"events": [_history_event(entry) for entry in transaction.history]}


# --- payments -----------------------------------------------------------------------------------------------


@handles("payments", "capture")
def capture_payment(call: Call) -> Json:
    """Capture Payment."""
    moved = call.state.capture(call.id, call.request.body.get("amount"))
    return _movement(moved, "Successfully captured the transaction")


@handles("payments", "cancel")
def cancel_payment(call: Call) -> Json:
    """Cancel Payment."""
    return _movement(
        call.state.cancel(call.id), "Successfully cancelled the transaction"
    )


@handles("payments", "refund")
def refund_payment(call: Call) -> Json:
    """Process Refund."""
    body = call.request.body
    moved = call.state.refund(
        call.id,
        body.get("amount"),
        order_reference=body.get("orderReference"),
        description=body.get("description"),
    )
    return _movement(moved, "Successfully refunded the transaction") | {
        "originalTransactionId": moved.payment.transaction.id
    }


@handles("recurring_payments", "create")
def create_merchant_initiated_payment(call: Call) -> Json:
    """Create Merchant-Initiated Payment."""
    body = call.request.body
    payment = call.state.charge_card(
        amount=body["amount"],
        currency=body["currency"],
        card_token_id=body["cardTokenId"],
        initial_transaction_id=body.get("initialTransactionId"),
    )
    return {
        "id": payment.id,
        "amount": payment.transaction.amount,
        "currency": payment.transaction.currency,
        "status": payment.transaction.status,
    }


# --- how things look ----------------------------------------------------------------------------------------


def _link(link: Link, origin: str) -> Json:
    return present(
        id=link.id,
        status=link.status,
        amount=link.amount,
        currency=link.currency,
        autoClearing=link.auto_clearing,
        orderReference=link.order_reference,
        description=link.description,
        customerId=link.customer_id,
        createdAt=to_seconds(link.created_at),
        updatedAt=to_seconds(link.updated_at),
        expiresAt=to_seconds(link.expires_at) if link.expires_at else None,
        metadata=link.metadata or None,
        url=f"{origin}/{link.id}",
        validation=link.validation,
    )


def _link_row(link: Link, origin: str) -> Json:
    return present(
        id=link.id,
        status=link.status,
        amount=link.amount,
        currency=link.currency,
        orderReference=link.order_reference,
        description=link.description,
        url=f"{origin}/{link.id}",
        createdAt=to_seconds(link.created_at),
        expiresAt=to_seconds(link.expires_at) if link.expires_at else None,
    )


def _statistics_item(status: str, totals: Sequence[Total]) -> Json:
    """Return the total of each currency together, and the amount where there is one currency."""
    count = sum(total.count for total in totals)
    return present(
        status=status,
        count=count,
        amount=totals[0].amount if len(totals) == 1 else None,
    )


def _transaction(transaction: Transaction) -> Json:
    return present(
        transactionId=transaction.id,
        paymentId=transaction.payment_id,
        status=transaction.status,
        amount=transaction.amount,
        merchantReference=transaction.order_reference,
    )


def _transaction_row(transaction: Transaction) -> Json:
    return present(
        transactionId=transaction.id,
        amount=transaction.amount,
        createdAt=to_microseconds(transaction.created_at),
        rrn=transaction.reference_number,
        status=_LIST_STATUS.get(transaction.status, transaction.status),
        orderReference=transaction.order_reference,
    )


def _history_event(entry: HistoryEntry) -> Json:
    return {
        "name": f"transaction.{entry.status}",
        "createdAt": to_microseconds(entry.at),
        "data": {"status": entry.status, "amount": entry.amount},
    }


def _movement(moved: Movement, message: str) -> Json:
    return present(
        id=moved.transaction.id,
        responseCode="00",
        networkTransactionReference=f"{moved.transaction.reference_number}S",
        authCode=moved.payment.transaction.reference_number[-6:],
        amount=moved.amount,
        orderReference=moved.transaction.order_reference,
        remainingBalance=moved.balance,
        success=True,
        message=message,
    )
