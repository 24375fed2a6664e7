"""What every store of handled webhooks does that is kept in a database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from plexy_pay import webhooks
from plexy_pay_sandbox.access import DEFAULT_WEBHOOK_TOKEN

SECRET = webhooks.TokenSecret(DEFAULT_WEBHOOK_TOKEN)


def claims(store: webhooks.Store, clock: Callable[[float], None]) -> None:
    """Claims, ends and leases; `clock` moves the time that the store sees, whose leases are of 120 seconds."""
    assert store.claim("transaction:1") == "new"
    assert store.claim("transaction:1") == "busy"
    store.release("transaction:1")
    assert store.claim("transaction:1") == "new"
    store.done("transaction:1")
    store.release("transaction:1")
    assert [store.claim("transaction:1") for _ in range(2)] == ["done", "done"]

    assert store.claim("transaction:2") == "new"
    clock(119)
    assert store.claim("transaction:2") == "busy"
    clock(2)
    # Its owner has died.
    assert [store.claim("transaction:2") for _ in range(2)] == ["new", "busy"]
    clock(10**6)
    assert store.claim("transaction:1") == "done"

    start = threading.Barrier(8)

    def claim(number: int) -> Any:
        start.wait(30)
        return [store.claim(f"event:{event}") for event in range(20)]

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(claim, range(8)))
    for of_one_event in zip(*claimed, strict=True):
        assert sorted(of_one_event) == ["busy"] * 7 + ["new"]
