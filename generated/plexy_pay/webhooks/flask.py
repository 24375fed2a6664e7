# plexy-pay runtime, written by hand in runtime/webhooks/flask.py; the generator copies it unchanged.
"""Receive webhooks in Flask.

app.add_url_rule("/plexy/webhooks", view_func=webhook_view(handle, secret=webhooks.TokenSecret(token)))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request
from flask.views import View
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from ._events import AnyEvent
from ._receiver import Receiver, Store, Unread, cut_short, not_acknowledged, too_large
from ._verification import MAX_BYTES, Secrets

__all__ = ["webhook_view"]

_PIECE = 64 * 1024


def webhook_view(
    handle: Callable[[AnyEvent], object],
    *,
    secret: Secrets,
    store: Store | None = None,
    max_bytes: int = MAX_BYTES,
) -> Callable[..., Response]:
    """Return a view function that receives deliveries and passes each event to your function once.

    The view accepts only POST. Its endpoint has the name of your function, unless you pass `endpoint` to
    `add_url_rule`. If Flask-WTF protects all views, exempt this one: `csrf.exempt(view)`.

    Args:
        handle: Your function; it may be `async` if Flask was installed with its extra `async`.
        secret: The secret that must prove deliveries, as for `unwrap`.
        store: The store of handled events; its methods must not be `async`. Without one, this process remembers them.
        max_bytes: The largest body size in bytes. `MAX_CONTENT_LENGTH` may set a lower limit.

    Raises:
        ConfigurationError: if the secrets cannot be used.
    """

    def call(event: AnyEvent) -> object:
        return current_app.ensure_sync(handle)(event)

    receiver = Receiver(call, secret=secret, store=store, max_bytes=max_bytes)
    view: Any = _WebhookView.as_view(
        getattr(handle, "__name__", "plexy_webhook"), receiver
    )
    made: Callable[..., Response] = view
    return made


class _WebhookView(View):
    methods = ("POST",)
    init_every_request = False

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def dispatch_request(self) -> Response:
        """Return the response to one delivery."""
        receiver = self._receiver
        try:
            reply = receiver.receive(_read(receiver.max_bytes), request.headers)
        except Unread as problem:
            reply = receiver.unread(problem)
        except HTTPException as error:
            raise not_acknowledged(
                error, error.get_response().status_code
            ) from error.__cause__
        return Response(reply.text, reply.status, mimetype="text/plain")


def _read(most: int) -> bytes:
    try:
        if request.content_length is None:
            return _chunks(most)
        if request.content_length <= most:
            return request.get_data()
    except ClientDisconnected as error:
        raise cut_short() from error
    except RequestEntityTooLarge:
        pass
    raise too_large(most)


def _chunks(most: int) -> bytes:
    """Read a body of undeclared length."""
    body = bytearray()
    while piece := request.stream.read(_PIECE):
        body += piece
        if len(body) > most:
            raise too_large(most)
    return bytes(body)
