"""A process that is forked while another thread is at work: nothing that is held there holds the child up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import plexy_pay
import pytest

ROOT = str(Path(plexy_pay.__file__).parents[1])

FORK = """
import os, signal, sys, threading
sys.path.insert(0, sys.argv[1])
from plexy_pay import Difference, webhooks
from plexy_pay._core import drift

class Slow(str):
    # A text that is looked up for as long as the test wants.
    def __hash__(self):
        inside.set()
        go.wait(60)
        return hash(str(self))

inside, go = threading.Event(), threading.Event()
store, secret = webhooks.MemoryStore(), webhooks.TokenSecret("whk_0a1B2c3D4e5F")
receiver = webhooks.Receiver(print, secret=secret, store=store)
odd = [Difference("/id", "type", "string", "null")]

def begin(name):
    store.claim(name) if sys.argv[2] == "store" else drift.report(name, odd)

def whole():
    if sys.argv[2] == "store":
        body = b'{"name": "transaction.charged", "data": {"id": "txn_1"}}'
        assert receiver.receive(body, webhooks.sign(body, secret=secret)).status == 200
    else:
        drift.report("things.list", odd)

thread = threading.Thread(target=begin, args=(Slow("things.retrieve"),))
thread.start()
inside.wait(60)
child = os.fork()
if not child:
    signal.alarm(20)  # Ends a child that waits for ever.
    whole()
    os._exit(0)
_, status = os.waitpid(child, 0)
go.set()
thread.join()
sys.exit(os.waitstatus_to_exitcode(status))
"""

CLAIMED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from plexy_pay import webhooks

store = webhooks.MemoryStore()
assert store.claim("under way") == store.claim("handled") == "new"
store.done("handled")
child = os.fork()
if not child:
    seen = [store.claim("under way"), store.claim("under way"), store.claim("handled")]
    store.done("under way")
    os._exit(0 if seen == ["new", "busy", "done"] else 1)
_, status = os.waitpid(child, 0)
assert store.claim("under way") == "busy"
sys.exit(os.waitstatus_to_exitcode(status))
"""


def exit_status(program: str, *arguments: str) -> int:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, ROOT, *arguments],
        capture_output=True,
        check=False,
    )
    return run.returncode


@pytest.mark.parametrize("what", ["store", "drift"])
def test_a_child_goes_on_although_another_thread_was_in_the_middle_of_it(
    what: str,
) -> None:
    assert exit_status(FORK, what) == 0


def test_a_claim_ends_in_the_child_of_a_fork_which_has_not_the_thread_that_made_it() -> (
    None
):
    assert exit_status(CLAIMED) == 0
