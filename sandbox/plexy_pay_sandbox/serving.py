"""A sandbox that runs beside a program: in a thread, on a free port of the loopback interface.

```python
with RunningSandbox() as sandbox:
    client = PlexyPay("pr_sandbox", base_url=sandbox.base_url)
```
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from .access import Access
from .app import create_app
from .control_calls import ask
from .dashboard.addresses import is_page
from .durations import seconds_of
from .faults.connection import ConnectionProtocol
from .faults.control import FaultControl
from .webhooks.control import WebhookControl

_PATIENCE: Final = 10.0
#: What uvicorn has in a line: the address of the client, method, path, version, and status.
_ACCESS_FIELDS: Final = 5


class RunningSandbox:
    """A sandbox that listens from the moment it is made until it is closed.

    Args:
        app: The application to serve; None makes a fresh one from the bundled document.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        db: The file that keeps the state of the application that is made; None keeps nothing.

    Raises:
        DocumentError: if the bundled document cannot drive the sandbox.
        JournalError: if the file cannot be used, or another sandbox has it.
        ValueError: if there is an application and a file: `create_app` takes the file.
        OSError: if the port is taken.
        RuntimeError: if the server does not start.
    """

    def __init__(
        self,
        app: ASGIApp | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        db: str | Path | None = None,
    ) -> None:
        if app is not None and db is not None:
            raise ValueError("Give db to create_app, which has made the application.")
        # The port first: a file that was opened for nothing would stay taken.
        self._socket = listening_socket(host, port)
        try:
            app = create_app(db=db) if app is None else app
        except BaseException:
            self._socket.close()
            raise
        access = _access_of(app)
        self.key: str = access.key
        """A key for the Pay API."""
        self.checkout_key: str = access.checkout_key
        """A key for the checkout, v2."""
        self.gate_key: str = access.gate_key
        """A key for the Gate."""
        self.agent_id: str = access.agent_id
        """The agent whom the key for the Gate belongs to."""
        self.webhook_token: str = access.webhook_token
        """What webhooks of the Pay API carry in `Authorization`."""
        self.webhook_secret: str = access.webhook_secret
        """The secret that signs the webhooks of v2."""
        self.webhook_private_key: str = access.webhook_private_key
        """What signs the callbacks of 2023, without its `pr_`."""
        self.base_url: str = base_url_of(self._socket)
        """The origin to give to the client."""
        self.webhooks: WebhookControl = WebhookControl(self.base_url)
        """Duplicates, delays, another order, and any event, on demand."""
        self.faults: FaultControl = FaultControl(self.base_url)
        """Lost responses, resets, lost events and the like, on demand."""
        self.clock: SandboxClock = SandboxClock(self.base_url)
        """The time of the sandbox."""
        self._server = _Server(server_config(app))
        self._thread = threading.Thread(
            target=self._run, name="plexy-pay-sandbox", daemon=True
        )
        self._thread.start()
        self._server.ready.wait(_PATIENCE)
        if not self._server.started:
            self.close()
            raise RuntimeError("The sandbox did not start; its log says why.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RunningSandbox {self.base_url}>"

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock ahead: what becomes due, such as an automatic capture, happens.

        Args:
            seconds: How far.

        Raises:
            ValueError: if that would move it back, or beyond the calendar.
        """
        self.clock.advance(seconds)

    def trigger(self, event: str) -> dict[str, str]:
        """Make the real objects behind an event, which then happens, and return their ids.

        Args:
            event: The event, such as `transaction.charged`.

        Raises:
            ValueError: if nothing of the sandbox leads to such an event.
        """
        made: dict[str, str] = ask(
            self.base_url, "POST", "/_sandbox/triggers", {"name": event}
        )["made"]
        return made

    def reset(self) -> None:
        """Forget all payments, deliveries, requests and faults, and return to the real time."""
        ask(self.base_url, "POST", "/_sandbox/reset", None)

    def close(self) -> None:
        """Stop the server and wait until it has. Closing twice does no harm."""
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except SystemExit:
            # That is how uvicorn ends when the application does not start; it has logged why.
            pass
        finally:
            self._server.ready.set()


class SandboxClock:
    """Read the time of a running sandbox, and move it ahead.

    Args:
        base_url: The sandbox's origin, such as `http://127.0.0.1:8490`.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"<SandboxClock {self._base_url}>"

    def advance(self, by: float | str | timedelta) -> datetime:
        """Move the time ahead: what becomes due, such as an automatic capture, happens.

        Args:
            by: How far: seconds, a timedelta, or text such as `15m`, `1h` or `5d`.

        Returns:
            The time after that.

        Raises:
            ValueError: if that would move it back, or beyond the calendar, or is no duration.
        """
        seconds = seconds_of(by) if isinstance(by, str) else by
        if isinstance(seconds, timedelta):
            seconds = seconds.total_seconds()
        body = {"seconds": seconds}
        response = ask(self._base_url, "POST", "/_sandbox/advance", body)
        return datetime.fromisoformat(response["now"])

    def now(self) -> datetime:
        """Return the time of the sandbox."""
        response = ask(self._base_url, "GET", "/_sandbox/about", None)
        return datetime.fromisoformat(response["now"])


def _access_of(app: ASGIApp) -> Access:
    """Return how to get into an application; the defaults, if it is not one that `create_app` has made."""
    access: object = (
        getattr(app.state, "access", None) if isinstance(app, Starlette) else None
    )
    return access if isinstance(access, Access) else Access()


class _Server(uvicorn.Server):
    """A uvicorn server that says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def server_config(app: ASGIApp, *, access_log: bool = False) -> uvicorn.Config:
    """Return how the sandbox is served: quietly, and without waiting for idle connections when it stops."""
    config = uvicorn.Config(
        app,
        http=ConnectionProtocol,
        log_level="info" if access_log else "warning",
        access_log=access_log,
        lifespan="on",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    if access_log:
        logging.getLogger("uvicorn.access").addFilter(_is_no_look)
    return config


def _is_no_look(record: logging.LogRecord) -> bool:
    """Return whether a line is not about a look at the dashboard, which asks every two seconds for what is new."""
    if not isinstance(record.args, tuple) or len(record.args) < _ACCESS_FIELDS:
        return True
    method, path = record.args[1], str(record.args[2]).partition("?")[0]
    return method != "GET" or not is_page(path)


def listening_socket(host: str, port: int) -> socket.socket:
    """Bind a port at once, so that the address is known before the server runs.

    Raises:
        OSError: if the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named on purpose: without it asyncio leaves TCP_NODELAY off, and responses take 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except BaseException:
        listening.close()
        raise
    return listening


def base_url_of(listening: socket.socket) -> str:
    """Return the origin that a client on this machine reaches a socket at."""
    address, port = listening.getsockname()[:2]
    if address in ("0.0.0.0", "::"):
        address = "127.0.0.1" if address == "0.0.0.0" else "::1"
    return (
        f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
    )
