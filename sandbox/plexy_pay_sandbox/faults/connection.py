"""Reach the connection of a request from the application: to close or reset it takes more than ASGI has.

`serving` puts the connection into the extensions of the scope. Middleware of the user may lie in between, since it
passes the scope on. Served by another server, a request has no connection that could be harmed.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Mapping
from typing import Any, Final, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_KEY: Final = "plexy_pay_sandbox.connection"
#: Linger for no time: two integers, which Windows has shorter.
_RESET: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Connection:
    """End the connection of a request in the ways of a broken network.

    Args:
        transport: The transport of the server.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def close(self) -> None:
        """Send what was written, then close the connection."""
        self._transport.close()

    def reset(self) -> None:
        """Reset the connection, so that the client sees an error and not an end."""
        # A duplicate, since the transport's own object takes options with some event loops only.
        with self._transport.get_extra_info("socket").dup() as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()


def connection_of(scope: Scope) -> Connection:
    """Return the connection of a request.

    Raises:
        RuntimeError: if the server is not the sandbox's own.
    """
    extensions: Mapping[str, object] = scope.get("extensions") or {}
    connection = extensions.get(_KEY)
    if not isinstance(connection, Connection):
        raise RuntimeError(
            "This fault breaks a connection, and the application is served without one. Serve it with RunningSandbox "
            "or plexy-sandbox."
        )
    return connection


class ConnectionProtocol(H11Protocol):
    """Uvicorn's protocol, which names its connection to the application."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection over."""
        super().connection_made(transport)
        self.app = cast("Any", _naming(self.app, Connection(transport)))


def _naming(app: Any, connection: Connection) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        extensions = dict(scope.get("extensions") or {})
        extensions[_KEY] = connection
        scope["extensions"] = extensions
        await app(scope, receive, send)

    return call
