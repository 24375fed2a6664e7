"""The wallet of Pay v1. Amounts are in minor units."""

from __future__ import annotations

from ..wallet import WalletTransaction
from .calls import Call, Json, handles, present


@handles("wallet", "authorize")
def authorize(call: Call) -> Json:
    """Authorize."""
    key = call.request.headers.get("Idempotency-Key", "")
    return _transaction(call.world.wallet.authorize(key, call.request.body))


@handles("wallet", "capture")
def capture(call: Call) -> Json:
    """Capture."""
    return _transaction(call.world.wallet.capture(_id(call)))


@handles("wallet", "cancel")
def cancel(call: Call) -> Json:
    """Cancel."""
    return _transaction(call.world.wallet.cancel(_id(call)))


@handles("wallet", "refund")
def refund(call: Call) -> Json:
    """Refund."""
    return _transaction(call.world.wallet.refund(_id(call)))


@handles("wallet", "retrieve")
def retrieve(call: Call) -> Json:
    """Get Transaction."""
    return _transaction(call.world.wallet.get(_id(call)))


@handles("wallet", "list")
def list_transactions(call: Call) -> list[Json]:
    """List Transactions."""
    return [_transaction(transaction) for transaction in call.world.wallet.all()]


def _id(call: Call) -> str:
    return str(call.request.path["wallet_transaction_id"])


def _transaction(transaction: WalletTransaction) -> Json:
    return present(
        walletTransactionId=transaction.id,
        walletTransactionStatus=transaction.status,
        orderReference=transaction.order_reference,
        amount=transaction.minor,
        currency=transaction.currency,
    )
