# plexy-pay runtime, written by hand in runtime/webhooks/aiohttp.py; the generator copies it unchanged.
"""Receive webhooks in aiohttp.

app.add_routes([web.post("/plexy/webhooks", webhook_handler(handle, secret=webhooks.TokenSecret(token)))])
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from ._events import AnyEvent
from ._receiver import Receiver, Store, Unread, cut_short, not_acknowledged, too_large
from ._verification import MAX_BYTES, Secrets

__all__ = ["webhook_handler"]


def webhook_handler(
    handle: Callable[[AnyEvent], object],
    *,
    secret: Secrets,
    store: Store | None = None,
    max_bytes: int = MAX_BYTES,
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a request handler that receives deliveries and passes each event to your function once.

    Args:
        handle: Your function. A function that is not `async` runs in a thread.
        secret: The secret that must prove deliveries, as for `unwrap`.
        store: The store of handled events. Without one, this process remembers them.
        max_bytes: The largest body size in bytes, regardless of the application's `client_max_size`.

    Raises:
        ConfigurationError: if the secrets cannot be used.
    """
    receiver = Receiver(handle, secret=secret, store=store, max_bytes=max_bytes)

    async def plexy_webhook(request: web.Request) -> web.Response:
        try:
            reply = await receiver.receive_async(
                await _read(request, receiver.max_bytes), request.headers
            )
        except Unread as problem:
            reply = receiver.unread(problem)
        except web.HTTPException as error:
            raise not_acknowledged(error, error.status) from error.__cause__
        return web.Response(status=reply.status, text=reply.text)

    return plexy_webhook


async def _read(request: web.Request, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise too_large(most)
    # A middleware may have read the body. If not, the limit of this handler replaces the application's.
    source = request
    if request.can_read_body:
        source = request.clone(client_max_size=most + 1)
    try:
        return await source.read()
    except web.HTTPRequestEntityTooLarge:
        raise too_large(most) from None
    except (web.RequestPayloadError, ConnectionError) as error:
        raise cut_short() from error
