"""What a merchant's program does with events; both type checkers must find nothing wrong in it."""

from __future__ import annotations

from typing import assert_never

from plexy_pay import Money, webhooks


def handled(event: webhooks.AnyEvent) -> str:
    """All events, so that a new one in the package is a type error here."""
    match event:
        case webhooks.TransactionCharged(data=data, dedup_id=dedup_id):
            link = data.payment_link_id
            paid_by: str = link if isinstance(link, str) else "something else"
            return f"{dedup_id} {data.merchant_reference} {paid_by}"
        case (
            webhooks.TransactionCreated()
            | webhooks.TransactionAuthorized()
            | webhooks.TransactionRejected()
        ):
            return event.data.id
        case (
            webhooks.TransactionFailed()
            | webhooks.TransactionCancelled()
            | webhooks.TransactionRefunded()
        ):
            return event.data.id
        case (
            webhooks.PaymentOrderCreated()
            | webhooks.PaymentOrderPaid()
            | webhooks.PaymentOrderFailed()
        ):
            return event.data.payment_order_id
        case (
            webhooks.PaymentSucceeded()
            | webhooks.PaymentFailed()
            | webhooks.RefundSucceeded()
        ):
            money: Money | None = event.data.money
            return f"{event.id} {money} {event.created_at}"
        case webhooks.PaymentCallback(data=callback):
            return f"{callback.id} {callback.success} {callback.amount}"
        case webhooks.UnknownEvent(name=name):
            return name
        case _:
            assert_never(event)


def received(body: bytes, headers: dict[str, str]) -> str:
    secret = webhooks.TokenSecret("a-token-of-a-merchant")
    return handled(webhooks.unwrap(body, headers, secret=secret))
