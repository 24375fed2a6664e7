"""Create payment pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shop._vendor.acme_pay import Money, PlexyPay


def pay_page(client: PlexyPay, order: str, price: str) -> str:
    """Return the address of the page for the payer."""
    link = client.payment_links.create(
        amount=Money(price, "KZT"),
        order_reference=order,
        description=f"Order {order}",
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    if not isinstance(link.url, str):
        raise LookupError(f"no page for {order}")
    return link.url
