"""The fixtures for merchants, in a pytest of its own: docs/testing.md has the rest, and tests/docs runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from helpers.pages import ROOT

TESTS = """
import asyncio
import os

import pytest
from plexy_pay import Money, NotFoundError, PlexyPay

LINK = dict(amount=Money("1", "KZT"), order_reference="ORD-1", description="Tea")


@pytest.mark.parametrize("run", range(3))
def test_each_test_begins_anew(
    run, plexy_sandbox, plexy_client, plexy_clock, plexy_faults, plexy_webhooks
):
    ahead = plexy_clock.now()
    assert list(plexy_client.payment_links.list()) == []
    assert plexy_faults.list() == []
    assert plexy_webhooks.deliveries() == []
    plexy_client.payment_links.create(**LINK)
    plexy_faults.set("payment_links.list", "slow", times=9, seconds=600)
    plexy_webhooks.emit("transaction.charged")
    plexy_webhooks.hold()
    assert (plexy_clock.advance("1d") - ahead).days == 1


def test_the_environment_is_that_of_the_sandbox(plexy_sandbox):
    names = {name for name in os.environ if name.startswith("PLEXY_")}
    assert names == {
        "PLEXY_API_KEY",
        "PLEXY_BASE_URL",
        "PLEXY_CHECKOUT_API_KEY",
        "PLEXY_GATE_API_KEY",
        "PLEXY_WEBHOOK_SECRET",
        "PLEXY_WEBHOOK_TOKEN",
    }
    with PlexyPay() as client:
        client.payment_links.create(**LINK)


def test_without_a_fixture_the_environment_is_the_developer_s():
    assert os.environ["PLEXY_API_KEY"] == "pr_live"
    assert os.environ["PLEXY_CHECKOUT_VERSION"] == "2020-01-01"


def test_all_families_are_open(plexy_client):
    plexy_client.gate.balance.retrieve()
    with pytest.raises(NotFoundError):
        plexy_client.transactions.retrieve("00000000-0000-4000-8000-000000000000")


def test_the_async_client_is_of_no_loop(plexy_async_client):
    async def test():
        await plexy_async_client.payment_links.create(**LINK)

    async def again():
        return [link async for link in plexy_async_client.payment_links.list()]

    asyncio.run(test())
    assert len(asyncio.run(again())) == 1
"""

OTHERS = """
import sys


def test_nothing_is_imported():
    heavy = {"plexy_pay", "httpx", "jsonschema", "starlette", "uvicorn", "rich"}
    assert heavy & set(sys.modules) == set()
"""


@pytest.mark.parametrize(("tests", "count"), [(TESTS, 7), (OTHERS, 1)])
def test_the_fixtures_work_in_a_project_of_a_merchant(
    tests: str, count: int, tmp_path: Path
) -> None:
    (tmp_path / "test_shop.py").write_text(tests)
    # Loaded by its name, whether it is installed or not. The environment is that of a developer with a live key.
    env = {
        **os.environ,
        "PLEXY_API_KEY": "pr_live",
        "PLEXY_BASE_URL": "https://api.plexypay.invalid",
        "PLEXY_CHECKOUT_VERSION": "2020-01-01",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-W", "error"),
            *("-p", "plexy_pay_sandbox.pytest_plugin"),
        ],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} passed" in done.stdout


def test_pytest_finds_the_plugin_where_the_sandbox_is_installed() -> None:
    project = tomllib.loads((ROOT / "sandbox/pyproject.toml").read_text("utf-8"))
    (module,) = project["project"]["entry-points"]["pytest11"].values()
    assert hasattr(import_module(module), "plexy_sandbox")


def test_every_public_name_of_the_sandbox_can_be_imported() -> None:
    package = import_module("plexy_pay_sandbox")
    assert set(package.__all__) == set(package._MODULES)
    for name in package.__all__:
        assert getattr(package, name).__name__ == name
        assert name in dir(package)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing
