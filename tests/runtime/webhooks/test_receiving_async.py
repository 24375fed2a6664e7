"""`Receiver.receive_async`: what was begun comes to its end, whatever becomes of the request and of the event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from plexy_pay import webhooks

SECRET = webhooks.TokenSecret("whk_0a1B2c3D4e5F")
BODY = b'{"name": "transaction.charged", "data": {"id": "txn_1"}}'
HEADERS = webhooks.sign(BODY, secret=SECRET)


class Store(webhooks.MemoryStore):
    """A store that notes what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def claim(self, dedup_id: str) -> webhooks.Claim:
        self.calls.append("claim")
        return super().claim(dedup_id)

    def done(self, dedup_id: str) -> None:
        self.calls.append("done")
        super().done(dedup_id)

    def release(self, dedup_id: str) -> None:
        self.calls.append("release")
        super().release(dedup_id)


async def given_up(receiver: webhooks.Receiver, entered: threading.Event) -> None:
    """A request that is cancelled while its event is handled."""
    request = asyncio.create_task(receiver.receive_async(BODY, HEADERS))
    await asyncio.to_thread(entered.wait, 30)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request


def test_a_handler_in_a_thread_comes_to_its_end_when_the_request_is_cancelled() -> None:
    store, entered, gate = Store(), threading.Event(), threading.Event()

    def handle(event: webhooks.AnyEvent) -> None:
        entered.set()
        gate.wait(30)

    async def main() -> None:
        receiver = webhooks.Receiver(handle, secret=SECRET, store=store)
        await given_up(receiver, entered)
        # The thread still runs: nobody else gets the event.
        assert await receiver.receive_async(BODY, HEADERS) == (503, "busy")
        gate.set()
        while (reply := await receiver.receive_async(BODY, HEADERS)).status == 503:
            pass
        assert reply == (200, "ok")

    asyncio.run(main())
    assert store.calls.count("done") == 1
    assert "release" not in store.calls


def test_an_async_handler_comes_to_its_end_when_the_request_is_cancelled() -> None:
    store, entered = Store(), threading.Event()

    async def main() -> None:
        gate = asyncio.Event()

        async def handle(event: webhooks.AnyEvent) -> None:
            entered.set()
            await gate.wait()

        receiver = webhooks.Receiver(handle, secret=SECRET, store=store)
        await given_up(receiver, entered)
        gate.set()
        while (reply := await receiver.receive_async(BODY, HEADERS)).status == 503:
            pass
        assert reply == (200, "ok")

    asyncio.run(main())
    assert "release" not in store.calls


def test_the_end_of_the_event_loop_waits_for_a_handler_in_a_thread() -> None:
    store, entered, gate = Store(), threading.Event(), threading.Event()

    def handle(event: webhooks.AnyEvent) -> None:
        entered.set()
        gate.wait(30)

    async def main() -> None:
        await given_up(webhooks.Receiver(handle, secret=SECRET, store=store), entered)
        asyncio.get_running_loop().call_later(0.01, gate.set)

    asyncio.run(main())
    assert store.calls == ["claim", "done"]


def test_an_async_handler_that_the_end_of_the_event_loop_cancels_gives_its_event_back() -> (
    None
):
    store, entered = Store(), threading.Event()

    async def handle(event: webhooks.AnyEvent) -> None:
        entered.set()
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        await given_up(webhooks.Receiver(handle, secret=SECRET, store=store), entered)

    asyncio.run(main())
    assert store.calls == ["claim", "release"]


def test_a_store_may_be_async() -> None:
    class AsyncStore:
        def __init__(self) -> None:
            self.memory = Store()

        async def claim(self, dedup_id: str) -> webhooks.Claim:
            return self.memory.claim(dedup_id)

        async def done(self, dedup_id: str) -> None:
            self.memory.done(dedup_id)

        async def release(self, dedup_id: str) -> None:
            self.memory.release(dedup_id)

    store, failures, handled = AsyncStore(), [ValueError("once")], list[Any]()

    def handle(event: webhooks.AnyEvent) -> None:
        if failures:
            raise failures.pop()
        handled.append(event)

    async def main() -> list[webhooks.Reply]:
        receiver = webhooks.Receiver(handle, secret=SECRET, store=store)
        with pytest.raises(ValueError, match="once"):
            await receiver.receive_async(BODY, HEADERS)
        return [await receiver.receive_async(BODY, HEADERS) for _ in range(2)]

    assert [reply.status for reply in asyncio.run(main())] == [200, 200]
    assert store.memory.calls == ["claim", "release", "claim", "done", "claim"]
    assert len(handled) == 1


def test_an_error_of_the_store_is_not_hidden() -> None:
    class Broken(webhooks.MemoryStore):
        def claim(self, dedup_id: str) -> webhooks.Claim:
            raise OSError("the database is away")

    receiver = webhooks.Receiver(lambda event: None, secret=SECRET, store=Broken())
    with pytest.raises(OSError, match="the database is away"):
        asyncio.run(receiver.receive_async(BODY, HEADERS))
