"""Give every response the id of its request."""

from __future__ import annotations

from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def request_ids(path: str) -> dict[str, str]:
    """Return the headers that name the request of a response: the first is that of v2, the only documented one."""
    if path.startswith("/v2/"):
        return dict.fromkeys(("Request-Id", "X-Request-Id"), f"req_{uuid4().hex}")
    return {"X-Request-Id": str(uuid4())}


class RequestIds:
    """Give every response the id of its request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ids = request_ids(scope.get("path", ""))
        scope["request_id"] = ids["X-Request-Id"]

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(ids)
            await send(message)

        await self._app(scope, receive, send_with_id)
