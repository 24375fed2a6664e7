"""What each operation does: from a valid request to the answer's body."""

from __future__ import annotations

from . import checkout_api, direct_payments, gate, merchants, payments, wallet
from .calls import HANDLERS, Answer, Call, Handler

# The modules are here for the handlers that they register.
__all__ = [
    "HANDLERS",
    "Answer",
    "Call",
    "Handler",
    "checkout_api",
    "direct_payments",
    "gate",
    "merchants",
    "payments",
    "wallet",
]
