"""Run the shop against a sandbox, each test with an empty database."""

from __future__ import annotations

import pytest
from django.test import Client
from plexy_pay_sandbox import RunningSandbox

from .visitor import Visitor


@pytest.fixture
def shop(db: None, plexy_sandbox: RunningSandbox, admin_client: Client) -> Visitor:
    """Return a visitor of the shop."""
    return Visitor(Client(), admin_client)
