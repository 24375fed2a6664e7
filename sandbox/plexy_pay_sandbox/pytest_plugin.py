"""Fixtures for pytest: a sandbox, clients for it, its clock, its faults, and webhooks without a socket.

pytest loads this module in every project where the sandbox is installed. It defines fixtures only, and imports what
they need once a test asks for one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from plexy_pay import AsyncPlexyPay, PlexyPay

    from .faults.control import FaultControl
    from .serving import RunningSandbox, SandboxClock
    from .webhooks.apps import AppWebhooks

_URL: Final = "http://testserver/webhooks"
_CHECKOUT_URL: Final = "http://testserver/webhooks/checkout"


@pytest.fixture(scope="session")
def _plexy_running() -> Iterator[RunningSandbox]:  # pyright: ignore[reportUnusedFunction]
    """Run one sandbox for all tests of a process; with pytest-xdist each worker has its own."""
    from .app import create_app
    from .serving import RunningSandbox

    app = create_app(
        webhook_url=_URL, webhook_checkout_url=_CHECKOUT_URL, webhook_outbox=True
    )
    with RunningSandbox(app) as running:
        yield running


@pytest.fixture
def plexy_sandbox(
    _plexy_running: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> RunningSandbox:
    """A sandbox as it is when it has just been started.

    For the test, the variables `PLEXY_*` of the environment are those of the sandbox: `PlexyPay()` in the code under
    test goes to it, and no key of the developer's machine is used.
    """
    sandbox = _plexy_running
    for name in list(os.environ):
        if name.startswith("PLEXY_"):
            monkeypatch.delenv(name)
    own = {
        "PLEXY_API_KEY": sandbox.key,
        "PLEXY_CHECKOUT_API_KEY": sandbox.checkout_key,
        "PLEXY_GATE_API_KEY": sandbox.gate_key,
        "PLEXY_BASE_URL": sandbox.base_url,
        "PLEXY_WEBHOOK_TOKEN": sandbox.webhook_token,
        "PLEXY_WEBHOOK_SECRET": sandbox.webhook_secret,
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    sandbox.reset()
    return sandbox


@pytest.fixture
def plexy_client(plexy_sandbox: RunningSandbox) -> Iterator[PlexyPay]:
    """A client of the sandbox, with the keys of all families."""
    from plexy_pay import PlexyPay

    with PlexyPay(
        plexy_sandbox.key,
        checkout_api_key=plexy_sandbox.checkout_key,
        gate_api_key=plexy_sandbox.gate_key,
        agent_id=plexy_sandbox.agent_id,
        base_url=plexy_sandbox.base_url,
        environment="test",
    ) as client:
        yield client


@pytest.fixture
def plexy_async_client(plexy_sandbox: RunningSandbox) -> AsyncPlexyPay:
    """An async client of the sandbox, with the keys of all families.

    It is made outside of any event loop, so it works in the tests of every plugin for asyncio. Its connections end with
    the loop of the test.
    """
    from plexy_pay import AsyncPlexyPay

    return AsyncPlexyPay(
        plexy_sandbox.key,
        checkout_api_key=plexy_sandbox.checkout_key,
        gate_api_key=plexy_sandbox.gate_key,
        agent_id=plexy_sandbox.agent_id,
        base_url=plexy_sandbox.base_url,
        environment="test",
    )


@pytest.fixture
def plexy_clock(plexy_sandbox: RunningSandbox) -> SandboxClock:
    """The clock of the sandbox: `plexy_clock.advance("1h")`."""
    return plexy_sandbox.clock


@pytest.fixture
def plexy_webhooks(plexy_sandbox: RunningSandbox) -> AppWebhooks:
    """The webhooks of the sandbox: `plexy_webhooks.deliver_to(app)`."""
    from .webhooks.apps import AppWebhooks

    return AppWebhooks(plexy_sandbox.base_url)


@pytest.fixture
def plexy_faults(plexy_sandbox: RunningSandbox) -> FaultControl:
    """The faults of the sandbox: `plexy_faults.next("payments.capture", "response_lost")`."""
    return plexy_sandbox.faults
