# plexy-pay runtime, written by hand in generator/runtime/webhooks/__init__.py; the generator copies it unchanged.
"""Webhooks: prove that a delivery came from Plexy Pay, and read its event.

event = webhooks.unwrap(body, headers, secret=webhooks.TokenSecret(token))
match event:
    case webhooks.TransactionCharged(data=data):
        ...

The adapters for web frameworks are modules of their own: `webhooks.fastapi`, `.django`, `.flask` and `.aiohttp`.
"""

from __future__ import annotations

from . import events
from .errors import Reason, WebhookVerificationError
from .event import UnknownEvent, WebhookEvent
from .events import *  # noqa: F403 - the classes of the spec's events, whichever they are
from .receiving import Claim, MemoryStore, Receiver, Reply, Store
from .secrets import BodySecret, FieldsSecret, TokenSecret
from .verifying import sign, unwrap

__all__ = [
    "BodySecret",
    "Claim",
    "FieldsSecret",
    "MemoryStore",
    "Reason",
    "Receiver",
    "Reply",
    "Store",
    "TokenSecret",
    "UnknownEvent",
    "WebhookEvent",
    "WebhookVerificationError",
    "sign",
    "unwrap",
]
__all__ += events.__all__
