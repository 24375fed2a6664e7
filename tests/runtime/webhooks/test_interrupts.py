"""A receiver that is interrupted between two steps, anywhere: no event stays claimed for good."""

from __future__ import annotations

import asyncio
import dis
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import pytest
from plexy_pay import webhooks
from plexy_pay.webhooks import MemoryStore, Receiver, Reply, _receiver

# An interrupt between the making of a coroutine and its await.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SECRET = webhooks.TokenSecret("whk_0a1B2c3D4e5F")
BODY = b'{"name": "transaction.charged", "data": {"id": "txn_1"}}'
HEADERS = webhooks.sign(BODY, secret=SECRET)


class TimeLimit(Exception):
    """What a worker raises in the middle of whatever is going on."""


class AsyncStore:
    """A store whose methods are async."""

    def __init__(self) -> None:
        self.memory = MemoryStore()

    async def claim(self, dedup_id: str) -> webhooks.Claim:
        return self.memory.claim(dedup_id)

    async def done(self, dedup_id: str) -> None:
        self.memory.done(dedup_id)

    async def release(self, dedup_id: str) -> None:
        self.memory.release(dedup_id)


class Steps:
    """The steps of a code at which Python lets an interrupt in: after a call, a jump back, and the beginning."""

    def __init__(self) -> None:
        self.last: dict[FrameType, str] = {}

    def at(self, frame: FrameType, event: str) -> bool:
        """Whether an interrupt can come now."""
        if event != "opcode":
            return False
        before = self.last.get(frame, "")
        self.last[frame] = dis.opname[frame.f_code.co_code[frame.f_lasti]]
        return before.startswith(("CALL", "RESUME", "JUMP_BACKWARD"))


class Interrupter:
    """Raises an error in the receiver's own code, at one step after another has come back.

    Args:
        after: The code after whose end the steps count.
        until: The code with whose beginning they end.
        step: At which step the error is raised.
        error: What is raised.
    """

    def __init__(
        self, after: CodeType, until: CodeType, step: int, error: type[BaseException]
    ) -> None:
        self.after = after
        self.until = until
        self.step = step
        self.error = error
        self.counting = self.raised = False
        self.steps = Steps()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Look at each step of this thread."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            yield
        finally:
            sys.settrace(before)

    def __call__(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code is self.until:
            self.counting = False
            return None
        if frame.f_code is self.after:
            self.counting = self.counting or event == "return"
            return self
        if frame.f_code.co_filename != _receiver.__file__:
            return None
        frame.f_trace_opcodes = True
        if self.steps.at(frame, event) and self.counting and not self.raised:
            self.step -= 1
            if self.step < 0:
                self.raised = True
                raise self.error
        return self


class Kind:
    """One way to receive."""

    def __init__(self, name: str) -> None:
        self.is_async = name != "receive"
        self.store: Any = AsyncStore() if name == "async store" else MemoryStore()
        self.claim = self.store.claim.__code__
        self.events: list[Any] = []
        self.handle: Callable[[Any], Any] = (
            self._handle_async if self.is_async else self._handle
        )
        self.receiver = Receiver(self.handle, secret=SECRET, store=self.store)

    def _handle(self, event: Any) -> None:
        self.events.append(event)

    async def _handle_async(self, event: Any) -> None:
        self.events.append(event)

    def receive(self) -> Reply:
        """Take the delivery."""
        if not self.is_async:
            return self.receiver.receive(BODY, HEADERS)
        return asyncio.run(self.receiver.receive_async(BODY, HEADERS))

    def interrupted(
        self, step: int, error: type[BaseException], after: CodeType, until: CodeType
    ) -> bool:
        """Take the delivery, with an interrupt at a step; says whether there was such a step."""
        interrupter = Interrupter(after, until, step, error)
        try:
            with interrupter.at_work():
                self.receive()
        except (error, asyncio.CancelledError):
            assert interrupter.raised
        else:
            assert not interrupter.raised
        return interrupter.raised


ERRORS = [KeyboardInterrupt, SystemExit, asyncio.CancelledError, TimeLimit]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", ["receive", "async store"])
def test_an_interrupt_between_the_claim_and_the_handler_lets_go_of_the_event(
    name: str, error: type[BaseException]
) -> None:
    steps = 0
    while True:
        kind = Kind(name)
        if not kind.interrupted(steps, error, kind.claim, kind.handle.__code__):  # type: ignore[attr-defined]
            break
        assert kind.events == []
        assert kind.receive() == (200, "ok"), (
            f"busy for ever after an interrupt at step {steps}"
        )
        assert len(kind.events) == 1
        steps += 1
    assert steps > 2


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError]
)
@pytest.mark.parametrize("name", ["receive", "async store"])
def test_an_interrupt_after_the_handler_leaves_the_event_handled_or_to_be_sent_again(
    name: str, error: type[BaseException]
) -> None:
    steps = 0
    while True:
        kind = Kind(name)
        if not kind.interrupted(
            steps, error, kind.handle.__code__, MemoryStore.done.__code__
        ):  # type: ignore[attr-defined]
            break
        assert kind.receive() == (200, "ok"), (
            f"busy for ever after an interrupt at step {steps}"
        )
        assert len(kind.events) == 1
        steps += 1
    assert steps > 2


@pytest.mark.parametrize("error", ERRORS)
def test_an_interrupt_after_a_claim_in_a_thread_lets_go_of_the_event(
    error: type[BaseException],
) -> None:
    class Stopping(MemoryStore):
        """Stops the task that waits, while the claim is made in its thread."""

        def claim(self, dedup_id: str) -> webhooks.Claim:
            claimed = super().claim(dedup_id)
            if not stopped:
                stopped.append(True)
                loops[0].call_soon_threadsafe(stop)
            return claimed

    stopped: list[bool] = []
    loops: list[asyncio.AbstractEventLoop] = []
    events: list[Any] = []

    def stop() -> None:
        raise error

    async def main() -> Reply:
        loops[:] = [asyncio.get_running_loop()]
        loops[0].set_exception_handler(lambda *_: None)
        return await receiver.receive_async(BODY, HEADERS)

    receiver = Receiver(events.append, secret=SECRET, store=Stopping())
    for _ in range(2):
        try:
            reply = asyncio.run(main())
        except (error, asyncio.CancelledError):
            reply = asyncio.run(main())
        assert reply == (200, "ok")
    assert len(events) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, TimeLimit])
def test_a_memory_store_that_is_interrupted_while_it_claims_has_not_claimed(
    error: type[BaseException],
) -> None:
    def interrupt(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code is not MemoryStore.claim.__code__:
            return None
        frame.f_trace_opcodes = True
        if steps.at(frame, event):
            passed.append(None)
            if len(passed) == step:
                raise error
        return interrupt

    step = 1
    while True:
        store, steps, passed, before = (
            MemoryStore(),
            Steps(),
            list[None](),
            sys.gettrace(),
        )
        sys.settrace(interrupt)
        try:
            response = store.claim("event:1")
        except error:
            response = None  # type: ignore[assignment]
        finally:
            sys.settrace(before)
        if response is not None:
            break
        assert store.claim("event:1") == "new", (
            f"claimed by nobody after an interrupt at step {step}"
        )
        step += 1
    assert step > 2
