"""Run the shop against a sandbox, each test with an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from plexy_pay_sandbox import RunningSandbox

from shop.app import create_app

from .visitor import StartShop, Visitor


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests that are async on asyncio."""
    return "asyncio"


@pytest.fixture
def start_shop(
    plexy_sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartShop]:
    """Return what starts the shop."""
    monkeypatch.setenv("OPERATOR_TOKEN", "operator")
    monkeypatch.setenv("SHOP_URL", "http://testserver")
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/shop.db")
    with ExitStack() as running:

        def start() -> Visitor:
            client = TestClient(create_app(), follow_redirects=False)
            return Visitor(running.enter_context(client))

        yield start


@pytest.fixture
def shop(start_shop: StartShop) -> Visitor:
    """Return a shop that was just started."""
    return start_shop()
