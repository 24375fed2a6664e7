"""Hand webhooks to an application of the test's own process, without a socket.

The sandbox keeps what it would have posted (`create_app(webhook_outbox=True)`): body and headers, signed. Each
application is called in its own way, and the sandbox is told the status of the response, as if it had posted.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx

from ..control_calls import ask
from .control import WebhookControl
from .routes import PATH

_ORIGIN = "http://testserver"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppResponse:
    """The response of an application to one webhook.

    Attributes:
        id: The id of the delivery in the sandbox.
        name: The name of the event.
        status: The status of the response: 200 acknowledges.
        body: Its body.
    """

    id: str
    name: str
    status: int
    body: bytes = field(repr=False)


class _Post(NamedTuple):
    """One post: what the sandbox would have sent."""

    id: str
    name: str
    path: str
    headers: Mapping[str, str]
    content: bytes


class _Reply(NamedTuple):
    status: int
    body: bytes


class AppWebhooks(WebhookControl):
    """Control the webhooks of a sandbox that posts nothing itself, and hand them to an application."""

    def deliver_to(self, app: Any, path: str | None = None) -> list[AppResponse]:
        """Hand over all events that are due, the oldest first, and return the responses.

        An event that is not acknowledged with 200 waits for the next call, which is its next attempt. A forged one is
        tried once. What the application raises is raised here, and the event stays due.

        Args:
            app: An ASGI or WSGI application, the test client of Django, or one of Starlette or FastAPI.
            path: The path of the endpoint. None takes that of the event's address: `metadata.callbackUrl` of a link, or
                else `/webhooks`.

        Raises:
            TypeError: if the application is none of these.
            RuntimeError: if an ASGI application is given while an event loop runs: await `deliver_to_async` there.
        """
        call = _caller_of(app)
        return [self._reported(post, call(app, post)) for post in self._posts(path)]

    async def deliver_to_async(
        self, app: Any, path: str | None = None
    ) -> list[AppResponse]:
        """Hand over all events that are due to an ASGI application, in the event loop that runs; see `deliver_to`.

        Args:
            app: An ASGI application.
            path: As in `deliver_to`.

        Raises:
            TypeError: if the application is another one.
        """
        if not _is_asgi(app):
            raise TypeError(
                f"{type(app).__name__} is no ASGI application. deliver_to takes the others."
            )
        return [
            self._reported(post, await _by_asgi_async(app, post))
            for post in self._posts(path)
        ]

    def _posts(self, path: str | None) -> list[_Post]:
        response = ask(self._base_url, "POST", f"{PATH}/due", {})
        return [_post_of(listed, path) for listed in response["due"]]

    def _reported(self, post: _Post, reply: _Reply) -> AppResponse:
        self._post(f"/{quote(post.id, safe='')}/report", {"status": reply.status})
        return AppResponse(
            id=post.id, name=post.name, status=reply.status, body=reply.body
        )


def _post_of(listed: Mapping[str, Any], path: str | None) -> _Post:
    url: str = listed["url"]
    parts = urlsplit(url)
    found = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return _Post(
        listed["id"],
        listed["name"],
        found if path is None else path,
        listed["headers"],
        listed["body"].encode(),
    )


def _caller_of(app: Any) -> Any:
    """Return what calls an application of this kind."""
    if _is_djangos(app):
        return _by_django
    post = getattr(app, "post", None)
    is_client = callable(post) and callable(getattr(app, "send", None))
    if is_client and not inspect.iscoroutinefunction(post):
        return _by_client
    if _is_asgi(app):
        return _by_asgi
    if is_client or not callable(app) or _is_aiohttps(app):
        raise TypeError(
            f"{type(app).__name__} is no ASGI or WSGI application, and no test client of Django, Starlette or FastAPI. "
            "Of Flask pass the application. An aiohttp application needs a server: have the sandbox post to it."
        )
    return _by_wsgi


def _is_aiohttps(app: object) -> bool:
    """Return whether this is an application of aiohttp, without an import."""
    aiohttp = sys.modules.get("aiohttp.web")
    return aiohttp is not None and isinstance(app, aiohttp.Application)


def _is_djangos(app: object) -> bool:
    """Return whether this is the test client of Django, without an import: if it is, somebody has imported it."""
    django = sys.modules.get("django.test")
    return django is not None and isinstance(app, django.Client)


def _is_asgi(app: Any) -> bool:
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(
        type(app).__call__
    )


def _by_django(app: Any, post: _Post) -> _Reply:
    headers = dict(post.headers)
    kind = headers.pop("Content-Type")
    response = app.generic("POST", post.path, post.content, kind, headers=headers)
    return _Reply(response.status_code, response.content)


def _by_client(app: Any, post: _Post) -> _Reply:
    response = app.post(post.path, content=post.content, headers=dict(post.headers))
    return _Reply(response.status_code, response.content)


def _by_wsgi(app: Any, post: _Post) -> _Reply:
    with httpx.Client(
        transport=httpx.WSGITransport(app), base_url=_ORIGIN, trust_env=False
    ) as client:
        return _by_client(client, post)


def _by_asgi(app: Any, post: _Post) -> _Reply:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_by_asgi_async(app, post))
    raise RuntimeError(
        "An event loop runs here, in which deliver_to would call the application from outside. "
        "Write: await plexy_webhooks.deliver_to_async(app). Nothing was delivered."
    )


async def _by_asgi_async(app: Any, post: _Post) -> _Reply:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url=_ORIGIN, trust_env=False
    ) as client:
        response = await client.post(
            post.path, content=post.content, headers=dict(post.headers)
        )
    return _Reply(response.status_code, response.content)
