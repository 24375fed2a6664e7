"""Decide what a transaction means for its order."""

from __future__ import annotations

from django.utils import timezone
from plexy_pay.models import TransactionResponse, TransactionStatus

from .models import Order

# The money is held, or taken: a payment link is captured by itself an hour after it was paid.
PAYS = (TransactionStatus.AUTHORIZED, TransactionStatus.CHARGED)
FAILS = (TransactionStatus.REJECTED, TransactionStatus.FAILED)


def status_of(found: TransactionResponse) -> TransactionStatus | None:
    """Return the status in the spelling of the documentation; None if it is one that this version does not know."""
    status = found.status
    return status.canonical if isinstance(status, TransactionStatus) else None


def take_note(order: Order, found: TransactionResponse) -> None:
    """Change an order by what Plexy Pay says about a transaction of it. Doing it again changes nothing.

    Args:
        order: The order, locked in a transaction of the database. The caller saves it.
        found: The transaction, as it was looked up.
    """
    status = status_of(found)
    if status in PAYS:
        _take_payment(order, found)
    elif status in FAILS and order.state == Order.State.OPEN:
        order.state = Order.State.DECLINED
    elif status == TransactionStatus.CANCELLED and order.payment_id == id_of(found):
        order.state = Order.State.GIVEN_BACK
    elif status == TransactionStatus.REFUNDED:
        _take_refund(order, found)


def id_of(found: TransactionResponse) -> str:
    """Return the id by which a payment is looked up, captured, cancelled and refunded."""
    return found.payment_id or found.transaction_id or ""


def _take_payment(order: Order, found: TransactionResponse) -> None:
    if order.payment_id:
        if order.payment_id != id_of(found):
            order.note = f"Paid twice: give {id_of(found)} back in the dashboard."
        return
    is_wanted = order.is_unpaid
    order.payment_id, order.state = id_of(found), Order.State.PAID
    if found.money_in(order.currency) != order.price:
        order.note = f"Paid {found.amount}, not {order.price}: somebody has to look."
    elif not is_wanted:
        order.note = "Paid after it was cancelled: give the money back."
    else:
        fulfil(order)


def fulfil(order: Order) -> None:
    """Fulfil an order. This runs once for each, in the transaction in which the order becomes paid."""
    # Fulfil here: write down what is to be shipped, in this same transaction, and have a worker ship it. What cannot be
    # rolled back, such as a mail, belongs into transaction.on_commit, which may be lost in a crash, or to that worker.
    order.fulfilled_at = timezone.now()


def _take_refund(order: Order, found: TransactionResponse) -> None:
    if found.money_in(order.currency) == order.price:
        order.state = Order.State.GIVEN_BACK
    else:
        order.note = f"{found.amount} of {order.price} were refunded."
