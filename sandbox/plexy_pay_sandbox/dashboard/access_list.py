"""List the keys and secrets with what they are for."""

from __future__ import annotations

from typing import Final, NamedTuple

from ..access import Access

_PURPOSES: Final = {
    "key": "API key of the Pay API",
    "checkout_key": "API key of the checkout (v2)",
    "gate_key": "API key of the Gate",
    "agent_id": "Agent of the Gate",
    "webhook_token": "Token of webhooks (transaction.*, payment_order.*)",
    "webhook_secret": "Secret of webhooks of v2 (payment.*, refund.*)",
    "webhook_private_key": "Private key that signs the callbacks of 2023",
}


class ShownSecret(NamedTuple):
    """Represent a key or a secret: one that was given is not shown."""

    id: str
    purpose: str
    value: str
    is_shown: bool


def shown_access(access: Access) -> list[ShownSecret]:
    """Return the keys and secrets, as `GET /_sandbox/about` shows them."""
    shown = access.shown()
    return [
        ShownSecret(name, purpose, shown[name], shown[name] == getattr(access, name))
        for name, purpose in _PURPOSES.items()
    ]
