"""A sandbox that runs, and clients for it whose every response is compared with the document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from plexy_pay_sandbox import RunningSandbox, create_app
from plexy_pay_sandbox.validation import Contract, bundled_document

from .support import (
    AGENT,
    CHECKOUT_KEY,
    GATE_KEY,
    KEY,
    SECRET,
    TOKEN,
    Api,
    Receiver,
    fits_the_document,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The bundled document, as the sandbox reads it."""
    return Contract(bundled_document())


@pytest.fixture(scope="session")
def running() -> Iterator[RunningSandbox]:
    """One sandbox for all tests, whose clock stands at noon until it is advanced."""
    app = create_app(
        keys=(KEY, "pr_other"),
        checkout_keys=(CHECKOUT_KEY,),
        gate_keys=(GATE_KEY,),
        agent_id=AGENT,
        clock=lambda: NOON,
        webhook_token=TOKEN,
        webhook_secret=SECRET,
        webhook_retry_delays=(0, 0, 0),
    )
    with RunningSandbox(app) as running:
        yield running


@pytest.fixture(scope="session")
def stranger() -> Iterator[httpx.Client]:
    """A client without a key."""
    with httpx.Client(trust_env=False) as http:
        yield http


@pytest.fixture
def sandbox(running: RunningSandbox, stranger: httpx.Client) -> RunningSandbox:
    """The sandbox as it is when it has just been started."""
    assert stranger.post(f"{running.base_url}/_sandbox/reset").status_code == 204
    return running


def checking(
    base_url: str, contract: Contract, headers: dict[str, str]
) -> httpx.Client:
    """A client that fails when a response is not what the document says."""

    def check(response: httpx.Response) -> None:
        fits_the_document(contract, response)

    hooks = {"response": [check]}
    return httpx.Client(
        base_url=base_url, headers=headers, trust_env=False, event_hooks=hooks
    )


@pytest.fixture(scope="session")
def client(running: RunningSandbox, contract: Contract) -> Iterator[httpx.Client]:
    """A client with the right key."""
    with checking(running.base_url, contract, {"Authorization": KEY}) as http:
        yield http


@pytest.fixture(scope="session")
def checkout_client(
    running: RunningSandbox, contract: Contract
) -> Iterator[httpx.Client]:
    """A client with the right key for v2."""
    with checking(running.base_url, contract, {"x-api-key": CHECKOUT_KEY}) as http:
        yield http


@pytest.fixture(scope="session")
def gate_client(running: RunningSandbox, contract: Contract) -> Iterator[httpx.Client]:
    """A client with the right key for the Gate, whose paths begin behind the agent's id."""
    headers = {"Authorization": GATE_KEY}
    with checking(f"{running.base_url}/agent/{AGENT}", contract, headers) as http:
        yield http


@pytest.fixture
def api(sandbox: RunningSandbox, client: httpx.Client) -> Api:
    """Calls to a sandbox that has just been started."""
    return Api(client)


@pytest.fixture
def checkout(sandbox: RunningSandbox, checkout_client: httpx.Client) -> Api:
    """Calls to v2 of a sandbox that has just been started."""
    return Api(checkout_client)


@pytest.fixture
def gate(sandbox: RunningSandbox, gate_client: httpx.Client) -> Api:
    """Calls to the Gate of a sandbox that has just been started."""
    return Api(gate_client)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An endpoint for webhooks on this machine."""
    with Receiver() as running:
        yield running
