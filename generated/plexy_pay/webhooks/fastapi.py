# plexy-pay runtime, written by hand in generator/runtime/webhooks/fastapi.py; the generator copies it unchanged.
"""Webhooks in FastAPI.

app.include_router(webhook_router("/plexy/webhooks", handle, secret=webhooks.TokenSecret(token)))
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from .events import AnyEvent
from .receiving import Receiver, Store, declared_length
from .verifying import MAX_BYTES, Secrets

__all__ = ["webhook_router"]


def webhook_router(
    path: str,
    handle: Callable[[AnyEvent], object],
    *,
    secret: Secrets,
    store: Store | None = None,
    max_bytes: int = MAX_BYTES,
) -> APIRouter:
    """A router with one POST operation, which takes deliveries and hands each event to your function once.

    The operation is not in the OpenAPI document of your application.

    Args:
        path: Where deliveries are posted to.
        handle: Your function. One that is not `async` runs in a thread.
        secret: What deliveries must be proved with, as for `unwrap`.
        store: Which events were handled. Without one, this process remembers them.
        max_bytes: The largest body that is read.

    Raises:
        ConfigurationError: if the secrets cannot be used.
    """
    receiver = Receiver(handle, secret=secret, store=store, max_bytes=max_bytes)
    router = APIRouter()

    @router.post(path, include_in_schema=False)
    async def plexy_webhook(request: Request) -> Response:
        try:
            body = await _read(request, receiver.max_bytes)
        except ClientDisconnect:
            return Response(status_code=400)
        reply = (
            receiver.too_large() if body is None else await receiver.receive_async(body, request.headers.raw)
        )
        return Response(reply.text, reply.status, media_type="text/plain")

    return router


async def _read(request: Request, most: int) -> bytes | None:
    """The body; None if it is larger than `most`, as soon as that is seen."""
    if declared_length(request.headers.get("content-length")) > most:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
