"""A sandbox and a Chromium for the tests of the sandbox's pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from plexy_pay import PlexyPay
from plexy_pay_sandbox import RunningSandbox

from .tabs import SCREENSHOTS, Browser, browser_program, running_browser


@pytest.fixture(scope="session")
def screenshots() -> None:
    """Make room for the pictures of this run; those of the last one go."""
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir()


@pytest.fixture(scope="module")
def browser(screenshots: None) -> Iterator[Browser]:
    """One Chromium for all tests of a module. Only at a desk may it be missing."""
    program = browser_program()
    if program is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on PATH")
    assert program is not None, "Chromium is missing: `./nox -s browser` installs it."
    with running_browser(program) as running:
        yield running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """One sandbox for all tests of a module."""
    with RunningSandbox() as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox: RunningSandbox) -> Iterator[PlexyPay]:
    """A client of the sandbox."""
    with PlexyPay(
        sandbox.key,
        checkout_api_key=sandbox.checkout_key,
        base_url=sandbox.base_url,
    ) as made:
        yield made
