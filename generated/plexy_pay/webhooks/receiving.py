# plexy-pay runtime, written by hand in generator/runtime/webhooks/receiving.py; the generator copies it unchanged.
"""From a delivery to the answer to it: prove it, hand its event over once, and say 200 only when that is done.

No web framework is in here; the adapters beside this module give their requests to a `Receiver`.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Literal, NamedTuple, Protocol

from ..errors import ConfigurationError
from ..logs import LOGGER
from .errors import Reason, WebhookVerificationError
from .events import AnyEvent
from .verifying import MAX_BYTES, Body, Headers, Secrets, unwrap, usable

Claim = Literal["new", "done", "busy"]
_CLAIMS = ("new", "done", "busy")


class Reply(NamedTuple):
    """What to answer to a delivery.

    Args:
        status: 200: taken, or taken before. 401 or 413: it cannot be trusted. 500 and 503: it is to be sent again.
        text: A word for whoever reads the answer; it tells an attacker nothing.
    """

    status: int
    text: str


class Store(Protocol):
    """Remembers which events were handled. All processes that receive webhooks must share one.

    Each method may be `async`, for a `Receiver` that is used with `receive_async`.
    """

    def claim(self, dedup_id: str) -> Claim | Awaitable[Claim]:
        """Take an event to handle it: `new` if it is yours now, `done` if it was handled, `busy` while it is.

        Of two claims at one time, one gets `new`. A claim whose owner died must end by itself after a while.
        """
        ...

    def done(self, dedup_id: str) -> object:
        """The event was handled: it is never `new` again."""
        ...

    def release(self, dedup_id: str) -> object:
        """Handling it failed: the next claim gets `new`."""
        ...


class MemoryStore:
    """Remembers in this process only, and only the latest events: for one process, and for tests.

    After a restart it knows nothing, so an event that is sent again is handled again. With several processes, or where
    handling an event twice would cost money, write a store over your database. The child of a fork knows what its
    parent had handled, and holds none of its parent's claims.

    Args:
        size: How many events it remembers.
    """

    def __init__(self, size: int = 100_000) -> None:
        if size < 1:
            raise ConfigurationError("A MemoryStore remembers at least one event.")
        self._size = size
        # No lock: one that another thread holds while the process is forked is held in the child for good. Each step
        # on these is whole by itself.
        self._done: OrderedDict[str, None] = OrderedDict()
        # With the process: the child of a fork has not the thread that made a claim, so nothing would ever end it.
        self._busy: dict[tuple[int, str], object] = {}

    def claim(self, dedup_id: str) -> Claim:
        """Take an event to handle it."""
        ours, key = object(), (os.getpid(), dedup_id)
        try:
            mine = self._busy.setdefault(key, ours) is ours
            # Asked after the claim: another thread may have come to its end just before.
            if dedup_id not in self._done:
                return "new" if mine else "busy"
        except BaseException:
            self._let_go(key, ours)
            raise
        self._let_go(key, ours)
        return "done"

    def done(self, dedup_id: str) -> None:
        """The event was handled."""
        self._done[dedup_id] = None
        if len(self._done) > self._size:
            self._done.popitem(last=False)
        self._busy.pop((os.getpid(), dedup_id), None)

    def release(self, dedup_id: str) -> None:
        """Handling it failed."""
        self._busy.pop((os.getpid(), dedup_id), None)

    def _let_go(self, key: tuple[int, str], claim: object) -> None:
        if self._busy.get(key) is claim:
            self._busy.pop(key, None)


class Receiver:
    """Takes deliveries, and hands each event to your function once.

    Your function saves the event, or puts it into a queue, and returns quickly: v2 counts a delivery as failed after 30
    seconds, and for the others no limit is known. What it returns is not looked at. When it raises, the delivery is
    answered with 500, so that it is sent again.

    Args:
        handle: Your function; it may be `async` where `receive_async` is used.
        secret: What deliveries must be proved with, as for `unwrap`.
        store: Which events were handled. Without one, this process remembers them.
        max_bytes: The largest body that is read.

    Raises:
        ConfigurationError: if the secrets cannot be used.
    """

    def __init__(
        self,
        handle: Callable[[AnyEvent], object],
        *,
        secret: Secrets,
        store: Store | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        _, problem = usable(secret)
        if problem is not None:
            del secret  # It may be plain text, which a traceback with local variables must not show.
            raise ConfigurationError(problem)
        self._handle = handle
        self._secret = secret
        self._store: Store = MemoryStore() if store is None else store
        self.max_bytes = max_bytes
        # An event loop holds its tasks by weak references only.
        self._tasks: set[asyncio.Task[Reply]] = set()

    def receive(self, body: Body, headers: Headers) -> Reply:
        """Take one delivery, and say what to answer.

        Raises:
            ConfigurationError: the secret or the body cannot be used, or something is `async` that must not be here.
            Exception: whatever the store raises; the delivery was not acknowledged then.
        """
        event, reply = self._verified(body, headers)
        if event is None:
            return reply
        # A handler that fails is logged with its traceback, where no variable of this frame must show a token.
        del body, headers
        claims, results = list[Any](), list[Any]()
        in_handler = over = False
        try:
            _call(self._store.claim, event.dedup_id, claims)
            claim = _not_async(claims[0], "store.claim")
            if claim != "new":
                return _reply_to(claim)
            in_handler = True
            _call(self._handle, event, results)
            in_handler = False
            _not_async(results[0], "the handler")
            over = True
            _not_async(self._store.done(event.dedup_id), "store.done")
        except BaseException as error:
            if over and isinstance(error, Exception):
                raise  # Of the store: it was asked already.
            end = self._end(claims, results)
            _not_async(end(event.dedup_id), "the store")
            if not in_handler:
                raise
            return _failed(event, error)
        return _TAKEN

    async def receive_async(self, body: Body, headers: Headers) -> Reply:
        """The async twin of `receive`: what is not `async` runs in a thread, so that it holds nobody else up.

        An event that was proved is handled to its end, even if the request is cancelled because its sender hung up.
        """
        event, reply = self._verified(body, headers)
        if event is None:
            return reply
        task = asyncio.create_task(self._hand_over(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    def too_large(self) -> Reply:
        """The answer to a body larger than `max_bytes`, of which no more was read than it takes to see that."""
        LOGGER.warning(
            "a webhook was refused (%s): it is larger than %d bytes", Reason.TOO_LARGE, self.max_bytes
        )
        return _TOO_LARGE

    async def _hand_over(self, event: AnyEvent) -> Reply:
        claims, results = list[Any](), list[Any]()
        in_handler = over = False
        try:
            await _off_the_loop(self._store.claim, event.dedup_id, claims)
            if claims[0] != "new":
                return _reply_to(claims[0])
            in_handler = True
            await _off_the_loop(self._handle, event, results)
            in_handler, over = False, True
            await _off_the_loop(self._store.done, event.dedup_id, [])
        except BaseException as error:
            if over and isinstance(error, Exception):
                raise  # Of the store: it was asked already.
            await _off_the_loop(self._end(claims, results), event.dedup_id, [])
            if not in_handler:
                raise
            return _failed(event, error)
        return _TAKEN

    def _end(self, claims: list[Any], results: list[Any]) -> Callable[[str], object]:
        """Choose what ends a claim that was interrupted, wherever that was; nothing does if it is not ours."""
        if claims != ["new"]:
            return _nothing
        handled = bool(results) and not isawaitable(results[0])
        return self._store.done if handled else self._store.release

    def _verified(self, body: Body, headers: Headers) -> tuple[AnyEvent | None, Reply]:
        try:
            return unwrap(body, headers, secret=self._secret, max_bytes=self.max_bytes), _TAKEN
        except WebhookVerificationError as error:
            LOGGER.warning("a webhook was refused (%s): %s", error.reason, error)
            return None, _TOO_LARGE if error.reason is Reason.TOO_LARGE else _REFUSED

    def __repr__(self) -> str:
        return f"<Receiver of webhooks, proved with {self._secret!r}>"


_TAKEN = Reply(200, "ok")
_REFUSED = Reply(401, "refused")
_TOO_LARGE = Reply(413, "too large")
_BUSY = Reply(503, "busy")
_FAILED = Reply(500, "failed")


def _reply_to(claim: object) -> Reply:
    """The answer to an event that somebody else handles, or handled."""
    if claim not in _CLAIMS:
        raise ConfigurationError(
            f"The store's claim gave a {type(claim).__name__}; it gives 'new', 'done' or 'busy'."
        )
    # An event under way must be sent again: the one who is at it may fail.
    return _TAKEN if claim == "done" else _BUSY


def _failed(event: AnyEvent, error: BaseException) -> Reply:
    if not isinstance(error, Exception):
        raise error  # The process or the task is being stopped.
    LOGGER.exception("the handler of the webhook %r failed; it is to be sent again", event.name)
    return _FAILED


def _not_async(value: Any, whose: str) -> Any:
    if not isawaitable(value):
        return value
    getattr(value, "close", str)()  # A coroutine that is never awaited would warn.
    raise ConfigurationError(f"{whose} is async, and receive() cannot await it. Use receive_async().")


def _nothing(dedup_id: str) -> None:
    """End no claim."""


async def _off_the_loop(function: Callable[[Any], Any], argument: Any, results: list[Any]) -> None:
    """Put what a function gives into the list; one that is not async runs in a thread."""
    if iscoroutinefunction(function):
        results.append(await function(argument))
        return
    context = copy_context()
    work = asyncio.get_running_loop().run_in_executor(
        None, lambda: context.run(_call, function, argument, results)
    )
    interrupts: list[BaseException] = []
    # Nothing can stop a thread. So its end is waited for, even while the event loop is being closed: otherwise the
    # event would be released while it is still handled, or claimed after it was given up.
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            continue
        except BaseException as error:
            interrupts.append(error)
    problem = work.exception()
    for reason in (*interrupts, *filter(None, [problem])):
        raise reason
    if isawaitable(results[0]):
        results.append(await results.pop())


def _call(function: Callable[[Any], Any], argument: Any, results: list[Any]) -> None:
    # In one step: no interrupt can come between what the function did and the note of it.
    results += map(function, (argument,))
    if not results:
        # It ended the iteration. No future can hold it, either.
        raise RuntimeError("StopIteration was raised.")


def declared_length(content_length: str | None) -> int:
    """What a header Content-Length says; 0 if there is none, or one that cannot be read. The body is counted too."""
    try:
        return int(content_length or 0)
    except ValueError:
        return 0
