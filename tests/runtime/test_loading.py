"""A call loads only what it needs, and few modules know the HTTP library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
RUNTIME = Path(__file__).parents[2] / "runtime"
MODULES = sorted(RUNTIME.glob("_core/*.py"))
WEBHOOKS = sorted((RUNTIME / "webhooks").glob("*.py"))
ON_DEMAND = {"cards", "drift", "log_masks", "next_action", "reconciliation"}


def test_a_call_that_succeeds_loads_nothing_of_what_is_loaded_on_demand() -> None:
    program = f"""
import sys
from helpers.wire import WireServer, json_response
from plexy_pay import PlexyPay
with WireServer(json_response({{"id": "pl_1"}})) as server, PlexyPay("pr_1", base_url=server.origin) as client:
    client.payment_links.create(amount=100, currency="KZT")
loaded = {{name.rpartition(".")[2] for name in sys.modules if name.startswith("plexy_pay.")}}
assert not loaded & { {"webhooks", *ON_DEMAND} }, loaded
"""
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


def test_two_modules_know_what_lies_beneath_the_http_library() -> None:
    beneath = ("_h11_state", "_network_backend", "_httpcore_stream")
    texts = {path.stem: path.read_text() for path in (*MODULES, *WEBHOOKS)}
    assert [
        name for name, text in texts.items() if any(word in text for word in beneath)
    ] == [
        "guard",
        "network",
    ]
