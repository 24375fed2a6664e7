"""What the tests of the runtime share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from helpers import http_library
from helpers.calls import AsyncFlavor, Flavor


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what another HTTP library cannot change, where one is asked for."""
    if http_library.NAME == "httpx":
        return
    users = {item.path: http_library.users_in(item.module) for item in items}  # type: ignore[attr-defined]
    left = [item for item in items if _function_of(item) not in users[item.path]]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if _function_of(item) in users[item.path]]


def _function_of(item: pytest.Item) -> str:
    return item.name.partition("[")[0]


@pytest.fixture(params=[Flavor, AsyncFlavor], ids=["sync", "async"])
def flavor(request: pytest.FixtureRequest) -> Iterator[Flavor]:
    """The sync and the async client, one after the other: every test that asks for it holds for both."""
    made: Flavor = request.param()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, proxy or netrc file of the developer's machine decides about a test."""
    for name in (
        "PLEXY_API_KEY",
        "PLEXY_BASE_URL",
        "PLEXY_CHECKOUT_VERSION",
        "NETRC",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "SSLKEYLOGFILE",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
