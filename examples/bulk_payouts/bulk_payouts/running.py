"""Pay everything that is planned, on an executor: one of threads, or that of a Dask cluster."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, wait
from math import ceil

from .ledger import Ledger, open_ledger
from .paying import CHUNK, plexy, recover, work

Progress = Callable[[int], object]
"""A function that takes the number of payouts that are done with."""

_REFRESH = 0.3

log = logging.getLogger(__name__)


def pay_all(address: str, lease: float, executor: Executor, show: Progress) -> None:
    """Pay until nothing is planned and nobody has a payout any more.

    Raises:
        PlexyError: if a call failed for a reason that all further ones would meet.
        Exception: whatever else stopped a worker. The ledger knows how far it came: run the program again.
    """
    ledger = open_ledger(address, lease)
    while True:
        # First what may have been sent already; only then anything is sent.
        recover(ledger, plexy())
        planned = ledger.counts()["planned"]
        if planned:
            _pay_planned(address, lease, executor, planned, show)
        elif not _wait_for_workers(ledger):
            return


def _pay_planned(
    address: str, lease: float, executor: Executor, planned: int, show: Progress
) -> None:
    ledger = open_ledger(address, lease)
    tasks = {
        executor.submit(work, address, lease) for _ in range(ceil(planned / CHUNK))
    }
    try:
        while tasks:
            done, tasks = wait(tasks, timeout=_REFRESH)
            show(number_done(ledger))
            for task in done:
                task.result()
    finally:
        for task in tasks:
            task.cancel()


def number_done(ledger: Ledger) -> int:
    """Return how many payouts are done with, for better or worse."""
    counts = ledger.counts()
    return counts["sent"] + counts["refused"] + counts["person"]


def _wait_for_workers(ledger: Ledger) -> bool:
    """Wait until the next lease ends, if there is one or a call to look up, and return whether there was."""
    ends = ledger.next_lease_end()
    if ends is not None:
        seconds = max(ends - time.time(), 0) + 0.1
        log.warning("waiting %.0f s: some workers have payouts, or are gone", seconds)
        time.sleep(seconds)
    return ends is not None or ledger.counts()["unknown"] > 0
