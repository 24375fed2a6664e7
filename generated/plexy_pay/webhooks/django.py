# plexy-pay runtime, written by hand in runtime/webhooks/django.py; the generator copies it unchanged.
"""Receive webhooks in Django.

urlpatterns = [path("plexy/webhooks", webhook_view(handle, secret=webhooks.TokenSecret(token)))]
"""

# Django has no types of its own.
# mypy: disable-error-code="import-untyped"
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.core.exceptions import RequestDataTooBig
from django.db import connections
from django.db.transaction import non_atomic_requests
from django.http import (
    HttpRequest,
    HttpResponse,
    RawPostDataException,
    UnreadablePostError,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ._events import AnyEvent
from ._receiver import (
    Receiver,
    Store,
    Unread,
    cut_short,
    declared_length,
    read_before,
    too_large,
)
from ._verification import MAX_BYTES, Secrets

__all__ = ["webhook_view"]


def webhook_view(
    handle: Callable[[AnyEvent], object],
    *,
    secret: Secrets,
    store: Store | None = None,
    max_bytes: int = MAX_BYTES,
) -> Callable[[HttpRequest], HttpResponse]:
    """Return a view that receives deliveries and passes each event to your function once.

    The view accepts only POST and needs no CSRF token. It runs outside the transactions of `ATOMIC_REQUESTS`, for all
    databases, because other processes must see a claim at once. Your function can open its own transaction with
    `transaction.atomic()`.

    Args:
        handle: Your function; it may be `async`, under WSGI and ASGI.
        secret: The secret that must prove deliveries, as for `unwrap`.
        store: The store of handled events; its methods must not be `async`. Without one, this process remembers them.
        max_bytes: The largest body size in bytes. `DATA_UPLOAD_MAX_MEMORY_SIZE` may set a lower limit.

    Raises:
        ConfigurationError: if the secrets cannot be used.
    """
    call = async_to_sync(handle) if iscoroutinefunction(handle) else handle
    receiver = Receiver(call, secret=secret, store=store, max_bytes=max_bytes)

    def plexy_webhook(request: Any) -> HttpResponse:
        try:
            reply = receiver.receive(
                _read(request, receiver.max_bytes), request.headers
            )
        except Unread as problem:
            reply = receiver.unread(problem)
        return HttpResponse(
            reply.text.encode(), status=reply.status, content_type="text/plain"
        )

    # Without an alias, only the transaction of the default database would be disabled.
    aliases: Any = connections
    for alias in aliases:
        non_atomic_requests(using=alias)(plexy_webhook)
    view = csrf_exempt(require_POST(plexy_webhook))
    return cast("Callable[[HttpRequest], HttpResponse]", view)


def _read(request: Any, most: int) -> bytes:
    length = declared_length(request.META.get("CONTENT_LENGTH"))
    if length > most:
        raise too_large(most)
    try:
        # Without a length, `request.body` could have any size.
        body: bytes = request.body if length > 0 else request.read(most + 1)
    except RequestDataTooBig:
        raise too_large(most) from None
    except UnreadablePostError as error:
        raise cut_short() from error
    except RawPostDataException as error:
        raise read_before(error) from error
    return body
