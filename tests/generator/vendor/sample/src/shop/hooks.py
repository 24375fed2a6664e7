"""What the shop does when an event arrives."""

from __future__ import annotations

from collections.abc import Mapping

from shop._vendor.acme_pay import webhooks


def told(body: bytes, headers: Mapping[str, str], token: str) -> str:
    """What happened, in words."""
    event = webhooks.unwrap(body, headers, secret=webhooks.TokenSecret(token))
    match event:
        case webhooks.TransactionCharged(data=data):
            return f"{data.merchant_reference} is paid"
        case webhooks.UnknownEvent(name=name):
            return f"nobody knows {name}"
        case _:
            return f"nothing to do for {event.name}"
