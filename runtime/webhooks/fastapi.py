# plexy-pay runtime, written by hand in runtime/webhooks/fastapi.py; the generator copies it unchanged.
"""Receive webhooks in FastAPI.

app.include_router(webhook_router("/plexy/webhooks", handle, secret=webhooks.TokenSecret(token)))
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ._events import AnyEvent
from ._receiver import (
    Receiver,
    Store,
    Unread,
    cut_short,
    declared_length,
    not_acknowledged,
    read_before,
    too_large,
)
from ._verification import MAX_BYTES, Secrets

__all__ = ["webhook_router"]


def webhook_router(
    path: str,
    handle: Callable[[AnyEvent], object],
    *,
    secret: Secrets,
    store: Store | None = None,
    max_bytes: int = MAX_BYTES,
) -> APIRouter:
    """Return a router with one POST operation that receives deliveries and passes each event to your function once.

    The OpenAPI document of your application does not list the operation.

    Args:
        path: The path that deliveries are posted to.
        handle: Your function. A function that is not `async` runs in a thread.
        secret: The secret that must prove deliveries, as for `unwrap`.
        store: The store of handled events. Without one, this process remembers them.
        max_bytes: The largest body size in bytes.

    Raises:
        ConfigurationError: if the secrets cannot be used.
    """
    receiver = Receiver(handle, secret=secret, store=store, max_bytes=max_bytes)
    router = APIRouter()

    @router.post(path, include_in_schema=False)
    async def plexy_webhook(request: Request) -> Response:
        try:
            reply = await receiver.receive_async(
                await _read(request, receiver.max_bytes), request.headers.raw
            )
        except Unread as problem:
            reply = receiver.unread(problem)
        except HTTPException as error:
            raise not_acknowledged(error, error.status_code) from error.__cause__
        return Response(reply.text, reply.status, media_type="text/plain")

    return router


async def _read(request: Request, most: int) -> bytes:
    if declared_length(request.headers.get("content-length")) > most:
        raise too_large(most)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise too_large(most)
    except ClientDisconnect as error:
        raise cut_short() from error
    except RuntimeError as error:
        # Starlette raises this error if the stream was already consumed.
        raise read_before(error) from error
    return bytes(body)
