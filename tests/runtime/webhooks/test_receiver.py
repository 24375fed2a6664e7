"""`Receiver`: each event is handed over once, and 200 is said only when that is done."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from helpers.webhooks import (
    BY_BODY,
    BY_TOKEN,
    TOKEN,
    changed,
    delivery,
    raw,
    shows_a_secret,
)
from plexy_pay import ConfigurationError
from plexy_pay.webhooks import (
    MemoryStore,
    Receiver,
    Reply,
    TransactionCharged,
    UnknownEvent,
    sign,
)

BEARER = {"Authorization": f"Bearer {TOKEN}"}
CHARGED, _ = delivery("transaction.charged", BY_TOKEN)
Receive = Callable[[Receiver, bytes, Any], Reply]


@pytest.fixture(params=["receive", "receive_async"])
def receive(request: pytest.FixtureRequest) -> Iterator[Receive]:
    """Both ways to receive, one after the other."""
    with asyncio.Runner() as runner:

        def run(receiver: Receiver, body: bytes, headers: Any) -> Reply:
            result = getattr(receiver, request.param)(body, headers)
            return result if isinstance(result, Reply) else runner.run(result)

        yield run


def answered(receive: Receive, receiver: Receiver) -> int:
    """The status that a web framework answers to a good delivery."""
    try:
        return receive(receiver, CHARGED, BEARER).status
    except (RuntimeError, ValueError):
        return 500


class Handler:
    """Keeps what it was given, and fails as often as it is told."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.events: list[Any] = []

    def __call__(self, event: Any) -> str:
        self.events.append(event)
        if self.failures:
            raise self.failures.pop(0)
        return "what it returns is not looked at"


class Recording(MemoryStore):
    """Writes down what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str]] = []

    def claim(self, dedup_id: str) -> Any:
        self.calls.append(("claim", dedup_id))
        return super().claim(dedup_id)

    def done(self, dedup_id: str) -> None:
        self.calls.append(("done", dedup_id))
        super().done(dedup_id)

    def release(self, dedup_id: str) -> None:
        self.calls.append(("release", dedup_id))
        super().release(dedup_id)


# -- Once


def test_an_event_is_handed_over_once_however_often_it_comes(receive: Receive) -> None:
    handler, store = Handler(), Recording()
    receiver = Receiver(handler, secret=BY_TOKEN, store=store)
    for headers in (
        BEARER,
        {"authorization": TOKEN},
        [("AUTHORIZATION", f"Bearer Bearer {TOKEN}")],
    ):
        assert receive(receiver, CHARGED, headers) == (200, "ok")
    [event] = handler.events
    assert isinstance(event, TransactionCharged)
    assert store.calls == [
        (name, event.dedup_id) for name in ("claim", "done", "claim", "claim")
    ]


def test_each_event_is_handed_over(receive: Receive) -> None:
    handler = Handler()
    receiver = Receiver(handler, secret=BY_TOKEN)
    bodies = [
        raw(changed("transaction.refunded", amount=amount))
        for amount in (100, 200, 300)
    ]
    for body in (*bodies, *bodies, b'{"name":"transaction.invented"}'):
        assert receive(receiver, body, BEARER).status == 200
    assert [type(event).__name__ for event in handler.events] == [
        "TransactionRefunded"
    ] * 3 + ["UnknownEvent"]
    assert isinstance(handler.events[-1], UnknownEvent)


def test_receivers_that_share_a_store_hand_an_event_over_once(receive: Receive) -> None:
    handler, store = Handler(), MemoryStore()
    for secret in (BY_TOKEN, BY_BODY):
        receiver = Receiver(handler, secret=secret, store=store)
        assert receive(receiver, CHARGED, sign(CHARGED, secret=secret)).status == 200
    assert len(handler.events) == 1


# -- Refused


@pytest.mark.parametrize(
    ("body", "headers", "reply"),
    [
        (CHARGED, {}, (401, "refused")),
        (CHARGED, {"Authorization": "wrong"}, (401, "refused")),
        (b"{", BEARER, (401, "refused")),
        (CHARGED + b" " * 1024, BEARER, (413, "too large")),
    ],
)
def test_what_cannot_be_trusted_reaches_neither_store_nor_handler(
    receive: Receive,
    body: bytes,
    headers: Any,
    reply: tuple[int, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    handler, store = Handler(), Recording()
    receiver = Receiver(
        handler, secret=BY_TOKEN, store=store, max_bytes=1024 + len(CHARGED) - 1
    )
    assert receive(receiver, body, headers) == reply
    assert (handler.events, store.calls) == ([], [])
    [record] = caplog.records
    assert (record.name, record.levelname) == ("plexy_pay.webhooks", "WARNING")
    assert record.getMessage().startswith("a webhook was refused (")
    assert "txn_abcdef123456" not in record.getMessage()
    assert not shows_a_secret(record.getMessage())


@pytest.mark.parametrize(
    "secret",
    [TOKEN, [BY_TOKEN, BY_BODY], [], None],
    ids=["text", "mixed", "none", "None"],
)
def test_a_secret_that_cannot_be_used_is_refused_when_the_receiver_is_made(
    secret: Any,
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Receiver(print, secret=secret)
    assert not shows_a_secret(str(caught.value))


def test_a_receiver_does_not_show_its_secret() -> None:
    assert (
        repr(Receiver(print, secret=BY_TOKEN))
        == "<Receiver of webhooks, verified with TokenSecret(********)>"
    )
    assert not shows_a_secret(repr(Receiver(print, secret=[BY_TOKEN])))


def test_a_body_that_was_parsed_is_a_mistake_in_the_program(receive: Receive) -> None:
    body: Any = {"name": "transaction.charged"}
    with pytest.raises(ConfigurationError, match="raw bytes"):
        receive(Receiver(print, secret=BY_TOKEN), body, BEARER)


# -- Failing


def test_an_event_whose_handler_failed_comes_again(
    receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    handler, store = (
        Handler(RuntimeError("no database"), ValueError("once more")),
        Recording(),
    )
    receiver = Receiver(handler, secret=BY_TOKEN, store=store)
    assert [answered(receive, receiver) for _ in range(4)] == [500, 500, 200, 200]
    assert len(handler.events) == 3
    assert [name for name, _ in store.calls] == ["claim", "release"] * 2 + [
        "claim",
        "done",
        "claim",
    ]
    said = [record.getMessage() for record in caplog.records]
    assert ["raised RuntimeError" in said[0], "raised ValueError" in said[1]] == [
        True,
        True,
    ]
    assert all("'transaction.charged'" in text and "again" in text for text in said)
    # What it says may be of the payer. The framework reports it, with the traceback.
    assert "no database" not in "".join(said)


def test_the_error_of_a_handler_is_the_one_that_it_raised(receive: Receive) -> None:
    raised = RuntimeError("no database")
    with pytest.raises(RuntimeError) as caught:
        receive(Receiver(Handler(raised), secret=BY_TOKEN), CHARGED, BEARER)
    assert caught.value is raised
    assert (
        raised.__cause__,
        raised.__context__,
        getattr(raised, "__notes__", None),
    ) == (None, None, None)
    assert caught.traceback[-1].name == "__call__"


def test_an_end_of_iteration_in_a_handler_keeps_its_traceback(receive: Receive) -> None:
    with pytest.raises(RuntimeError) as caught:
        receive(
            Receiver(Handler(StopIteration("empty")), secret=BY_TOKEN), CHARGED, BEARER
        )
    cause = caught.value.__cause__
    assert isinstance(cause, StopIteration)
    assert cause.__traceback__
    assert "raise self.failures.pop" in "".join(traceback.format_exception(cause))


def test_the_error_of_a_handler_shows_no_payload_and_no_token(receive: Receive) -> None:
    with pytest.raises(RuntimeError) as caught:
        receive(
            Receiver(Handler(RuntimeError("no database")), secret=BY_TOKEN),
            CHARGED,
            BEARER,
        )
    step = caught.tb
    seen = ""
    while step is not None:
        if step.tb_frame.f_globals["__name__"].startswith("plexy_pay"):
            seen += repr(step.tb_frame.f_locals)
        step = step.tb_next  # type: ignore[assignment]
    assert "TransactionCharged" in seen
    assert not shows_a_secret(seen)
    assert "192.168.1.1" not in seen


class Failing(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        raise OSError("the program's own filter is broken")


def test_a_broken_filter_of_the_program_decides_about_no_delivery(
    receive: Receive,
) -> None:
    logger, broken = logging.getLogger("plexy_pay.webhooks"), Failing()
    logger.addFilter(broken)
    logger.setLevel(logging.INFO)
    try:
        receiver = Receiver(Handler(RuntimeError("no database")), secret=BY_TOKEN)
        assert [answered(receive, receiver) for _ in range(3)] == [500, 200, 200]
        assert receive(receiver, CHARGED, {}).status == 401
    finally:
        logger.removeFilter(broken)
        logger.setLevel(logging.NOTSET)


def test_info_says_of_each_delivery_what_became_of_it(
    receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "plexy_pay")
    receiver = Receiver(Handler(), secret=BY_TOKEN)
    unknown = b'{"name":"%s"}' % (b"x" * 10_000)
    for body in (CHARGED, CHARGED, unknown):
        assert receive(receiver, body, BEARER).status == 200
    first, again, strange = [record.getMessage() for record in caplog.records]
    assert "'transaction.charged' (transaction:" in first
    assert "was handled" in first
    assert "before" in again
    assert len(strange) < 300


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_process_that_is_stopped_lets_go_of_the_event_and_stops(
    stop: type[BaseException],
) -> None:
    store = Recording()
    receiver = Receiver(Handler(stop()), secret=BY_TOKEN, store=store)
    with pytest.raises(stop):
        receiver.receive(CHARGED, BEARER)
    assert [name for name, _ in store.calls] == ["claim", "release"]
    assert receiver.receive(CHARGED, BEARER).status == 200


class Broken(MemoryStore):
    """A store whose database is away in one of its methods."""

    def __init__(self, method: str) -> None:
        super().__init__()
        setattr(self, method, self.fail)

    def fail(self, dedup_id: str) -> Any:
        raise OSError("the database is away")


@pytest.mark.parametrize(("method", "handled"), [("claim", 0), ("done", 1)])
def test_without_its_store_nothing_is_acknowledged(
    receive: Receive, method: str, handled: int
) -> None:
    handler = Handler()
    with pytest.raises(OSError, match="the database is away"):
        receive(
            Receiver(handler, secret=BY_TOKEN, store=Broken(method)), CHARGED, BEARER
        )
    assert len(handler.events) == handled


def test_a_store_that_cannot_let_go_hides_nothing_of_the_handlers_error(
    receive: Receive,
) -> None:
    receiver = Receiver(
        Handler(ValueError("of the handler")), secret=BY_TOKEN, store=Broken("release")
    )
    with pytest.raises(OSError, match="the database is away") as caught:
        receive(receiver, CHARGED, BEARER)
    assert "of the handler" in str(caught.value.__context__)


@pytest.mark.parametrize(
    "response", [True, None, "New", "NEW", 1, [], b"new"], ids=repr
)
def test_a_store_that_answers_something_else_is_a_mistake_in_the_program(
    receive: Receive, response: object
) -> None:
    handler, store = Handler(), MemoryStore()
    store.claim = lambda dedup_id: response  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(ConfigurationError, match="must return 'new', 'done' or 'busy'"):
        receive(Receiver(handler, secret=BY_TOKEN, store=store), CHARGED, BEARER)
    assert handler.events == []


# -- At one time


def test_an_event_that_is_being_handled_is_to_be_sent_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    replies: list[Reply] = []

    def handle(event: object) -> None:
        replies.append(receiver.receive(CHARGED, BEARER))

    receiver = Receiver(handle, secret=BY_TOKEN)
    assert receiver.receive(CHARGED, BEARER) == (200, "ok")
    # Not 200: if the one who is at it fails, it must come again.
    assert replies == [(503, "busy")]
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "is being handled already" in record.getMessage()


def test_of_many_threads_one_handles_the_event() -> None:
    handler = Handler()
    receiver = Receiver(handler, secret=BY_TOKEN)
    together = threading.Barrier(16)

    def run(_: int) -> int:
        together.wait()
        return receiver.receive(CHARGED, BEARER).status

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(run, range(16)))
    assert set(statuses) <= {200, 503}
    assert len(handler.events) == 1


def test_of_many_claims_at_one_time_one_is_new() -> None:
    store = MemoryStore()
    together = threading.Barrier(16)

    def claim(_: int) -> str:
        together.wait()
        return store.claim("event:1")

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(claim, range(16))) == ["busy"] * 15 + ["new"]


# -- async


def test_a_handler_and_a_store_may_be_async() -> None:
    events: list[Any] = []

    class Database(Recording):
        async def claim(self, dedup_id: str) -> Any:
            await asyncio.sleep(0)
            return super().claim(dedup_id)

        async def done(self, dedup_id: str) -> None:  # type: ignore[override]
            super().done(dedup_id)

        async def release(self, dedup_id: str) -> None:  # type: ignore[override]
            super().release(dedup_id)

    async def handle(event: Any) -> None:
        await asyncio.sleep(0)
        events.append(event)
        if len(events) == 1:
            raise RuntimeError("once")

    store = Database()

    async def main() -> list[int]:
        receiver = Receiver(handle, secret=BY_TOKEN, store=store)
        with pytest.raises(RuntimeError, match="once"):
            await receiver.receive_async(CHARGED, BEARER)
        return [
            (await receiver.receive_async(CHARGED, BEARER)).status for _ in range(2)
        ]

    assert asyncio.run(main()) == [200, 200]
    assert len(events) == 2
    assert [name for name, _ in store.calls] == [
        "claim",
        "release",
        "claim",
        "done",
        "claim",
    ]


def test_what_is_async_cannot_be_used_by_receive_and_the_event_comes_again() -> None:
    async def handle(event: object) -> None:
        raise AssertionError("it is never started")

    store = Recording()
    with pytest.raises(
        ConfigurationError, match=r"the handler is async.*Use receive_async"
    ):
        Receiver(handle, secret=BY_TOKEN, store=store).receive(CHARGED, BEARER)
    assert [name for name, _ in store.calls] == ["claim", "release"]

    class Database(MemoryStore):
        async def claim(self, dedup_id: str) -> Any:  # type: ignore[override]
            raise AssertionError("it is never started")

    with pytest.raises(ConfigurationError, match=r"store\.claim is async"):
        Receiver(Handler(), secret=BY_TOKEN, store=Database()).receive(CHARGED, BEARER)


def test_a_mistake_of_the_handlers_own_is_a_failed_handler(receive: Receive) -> None:
    store = Recording()
    receiver = Receiver(
        Handler(ConfigurationError("no API key")), secret=BY_TOKEN, store=store
    )
    with pytest.raises(ConfigurationError, match="no API key"):
        receive(receiver, CHARGED, BEARER)
    assert [name for name, _ in store.calls] == ["claim", "release"]


def test_a_handler_that_is_not_async_holds_up_no_other_request() -> None:
    release = threading.Event()

    def handle(event: object) -> None:
        assert release.wait(60)

    async def main() -> Reply:
        receiver = Receiver(handle, secret=BY_TOKEN)
        first = asyncio.create_task(receiver.receive_async(CHARGED, BEARER))
        # The loop is free: this one is refused while the other is handled.
        assert (await receiver.receive_async(CHARGED, {})).status == 401
        assert not first.done()
        release.set()
        return await first

    assert asyncio.run(main()).status == 200


@pytest.mark.parametrize("kind", ["async", "thread"])
def test_a_request_that_is_cancelled_does_not_stop_what_is_done_with_its_event(
    kind: str,
) -> None:
    events: list[Any] = []
    begun, go = threading.Event(), threading.Event()

    async def handle_async(event: Any) -> None:
        begun.set()
        while not go.is_set():
            await asyncio.sleep(0)
        events.append(event)

    def handle_in_thread(event: Any) -> None:
        begun.set()
        assert go.wait(60)
        events.append(event)

    async def main() -> None:
        receiver = Receiver(
            handle_async if kind == "async" else handle_in_thread, secret=BY_TOKEN
        )
        request = asyncio.create_task(receiver.receive_async(CHARGED, BEARER))
        while not begun.is_set():
            await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        # It is still being handled, so that a delivery sent again meanwhile must not start it a second time.
        assert (await receiver.receive_async(CHARGED, BEARER)).status == 503
        go.set()
        while (await receiver.receive_async(CHARGED, BEARER)).status == 503:
            await asyncio.sleep(0)
        assert (await receiver.receive_async(CHARGED, BEARER)).status == 200

    asyncio.run(main())
    assert len(events) == 1


def test_an_error_after_the_request_was_cancelled_is_logged_with_its_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, go = threading.Event(), threading.Event()
    store = Recording()

    async def handle(event: Any) -> None:
        begun.set()
        while not go.is_set():
            await asyncio.sleep(0)
        raise RuntimeError("nobody listens")

    async def main() -> None:
        receiver = Receiver(handle, secret=BY_TOKEN, store=store)
        request = asyncio.create_task(receiver.receive_async(CHARGED, BEARER))
        while not begun.is_set():
            await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        go.set()
        while not any(record.levelname == "ERROR" for record in caplog.records):
            await asyncio.sleep(0)

    asyncio.run(main())
    gc.collect()
    assert [name for name, _ in store.calls] == ["claim", "release"]
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.name for record in errors] == ["plexy_pay.webhooks"]
    assert errors[0].exc_info
    assert "nobody listens" in str(errors[0].exc_info[1])


def test_an_event_loop_that_ends_lets_go_of_an_event_that_it_stopped() -> None:
    store = Recording()

    async def handle(event: object) -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        receiver = Receiver(handle, secret=BY_TOKEN, store=store)
        task = asyncio.create_task(receiver.receive_async(CHARGED, BEARER))
        while not store.calls:
            await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(main())
    assert [name for name, _ in store.calls] == ["claim", "release"]
    assert (
        Receiver(Handler(), secret=BY_TOKEN, store=store)
        .receive(CHARGED, BEARER)
        .status
        == 200
    )


# -- MemoryStore


def test_a_memory_store_forgets_the_oldest_event_and_nothing_that_is_under_way() -> (
    None
):
    store = MemoryStore(size=2)
    assert store.claim("under way") == "new"
    for name in ("a", "b", "c"):
        assert store.claim(name) == "new"
        store.done(name)
    assert [store.claim(name) for name in ("b", "c", "under way")] == [
        "done",
        "done",
        "busy",
    ]
    assert store.claim("a") == "new"
    store.release("a")
    assert store.claim("a") == "new"
    # Letting go of what is not held, or was handled, changes nothing.
    store.release("never seen")
    store.release("c")
    assert store.claim("c") == "done"


def test_a_memory_store_stays_as_small_as_it_was_told() -> None:
    store = MemoryStore(size=100)
    for number in range(1_000):
        store.claim(str(number))
        store.done(str(number))
        store.done(str(number))
    assert len(store._done) == 100
    assert len(store._busy) == 0


@pytest.mark.parametrize("size", [0, -1])
def test_a_memory_store_remembers_something(size: int) -> None:
    with pytest.raises(ConfigurationError, match="at least one"):
        MemoryStore(size)
