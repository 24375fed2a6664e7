"""A sandbox that keeps its state in a file, and what tests do with it before and after a new start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from plexy_pay_sandbox import RunningSandbox, create_app

from .conftest import NOON
from .support import AGENT, CHECKOUT_KEY, GATE_KEY, KEY, Api


@dataclass
class Kept:
    """A sandbox that keeps its state, and the clients for it."""

    running: RunningSandbox
    clients: ExitStack

    def api(self, path: str = "", **client: Any) -> Api:
        """Return calls with a client that is made like this."""
        base_url = self.running.base_url + path
        http = httpx.Client(base_url=base_url, trust_env=False, **client)
        return Api(self.clients.enter_context(http))

    def pay(self) -> Api:
        """Return calls with the right key of the Pay API."""
        return self.api(headers={"Authorization": KEY})

    def checkout(self) -> Api:
        """Return calls with the right key of v2."""
        return self.api(headers={"x-api-key": CHECKOUT_KEY})


@contextmanager
def kept(db: Path, port: int = 0, **options: Any) -> Iterator[Kept]:
    """A sandbox with a file, whose clock stands at noon until it is advanced."""
    app = create_app(
        keys=(KEY,),
        checkout_keys=(CHECKOUT_KEY,),
        gate_keys=(GATE_KEY,),
        agent_id=AGENT,
        clock=lambda: NOON,
        webhook_retry_delays=(0, 0, 0),
        db=db,
        **options,
    )
    with RunningSandbox(app, port=port) as running, ExitStack() as clients:
        yield Kept(running, clients)


def port_of(running: RunningSandbox) -> int:
    """The port of a sandbox."""
    port = httpx.URL(running.base_url).port
    assert port is not None
    return port
