# plexy-pay runtime, written by hand in runtime/webhooks/__init__.py; the generator copies it unchanged.
"""Verify that a webhook delivery came from Plexy Pay, and read its event.

event = webhooks.unwrap(body, headers, secret=webhooks.TokenSecret(token))
match event:
    case webhooks.TransactionCharged(data=data):
        ...

Each adapter for a web framework is a separate module: `webhooks.fastapi`, `.django`, `.flask` and `.aiohttp`.
"""

from __future__ import annotations

from . import _events
from ._errors import Reason, WebhookVerificationError
from ._event import UnknownEvent, WebhookEvent
from ._events import *  # noqa: F403 - the classes of the spec's events, whichever they are
from ._receiver import Claim, MemoryStore, Receiver, Reply, Store
from ._secrets import BodySecret, FieldsSecret, TokenSecret
from ._verification import sign, unwrap

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
__all__ += _events.__all__
