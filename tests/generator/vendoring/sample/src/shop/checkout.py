"""A page to pay on."""

from __future__ import annotations

from shop._vendor.acme_pay import Money, PlexyPay


def pay_page(client: PlexyPay, order: str, price: str) -> str:
    """The address to send the payer to."""
    link = client.payment_links.create(amount=Money(price, "KZT"), order_reference=order)
    if not isinstance(link.url, str):
        raise LookupError(f"no page for {order}")
    return link.url
