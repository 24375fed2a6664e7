"""Handlers of the operations: from a valid request to the response's body."""

from __future__ import annotations

from . import checkout_api, direct_payments, gate, merchants, payments, wallet
from .calls import HANDLERS, Body, Call, Handler

# The modules are here for the handlers that they register.
__all__ = [
    "HANDLERS",
    "Body",
    "Call",
    "Handler",
    "checkout_api",
    "direct_payments",
    "gate",
    "merchants",
    "payments",
    "wallet",
]
