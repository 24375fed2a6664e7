# plexy-pay runtime, written by hand in generator/runtime/webhooks/receiving.py; the generator copies it unchanged.
"""From a delivery to the answer to it: prove it, hand its event over once, and say 200 only when that is done.

No web framework is in here; the adapters beside this module give their requests to a `Receiver`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from inspect import isawaitable, iscoroutinefunction
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from ..errors import ConfigurationError
from ..logs import LOGGER
from .errors import Reason, WebhookVerificationError
from .verifying import MAX_BYTES, Body, Headers, Secrets, unwrap, usable

if TYPE_CHECKING:
    from .events import AnyEvent

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
    handling an event twice would cost money, write a store over your database.

    Args:
        size: How many events it remembers.
    """

    def __init__(self, size: int = 100_000) -> None:
        if size < 1:
            raise ConfigurationError("A MemoryStore remembers at least one event.")
        self._size = size
        self._done: OrderedDict[str, None] = OrderedDict()
        self._busy: set[str] = set()
        self._lock = Lock()

    def claim(self, dedup_id: str) -> Claim:
        """Take an event to handle it."""
        with self._lock:
            if dedup_id in self._done:
                return "done"
            if dedup_id in self._busy:
                return "busy"
            self._busy.add(dedup_id)
            return "new"

    def done(self, dedup_id: str) -> None:
        """The event was handled."""
        with self._lock:
            self._busy.discard(dedup_id)
            self._done[dedup_id] = None
            if len(self._done) > self._size:
                self._done.popitem(last=False)

    def release(self, dedup_id: str) -> None:
        """Handling it failed."""
        with self._lock:
            self._busy.discard(dedup_id)


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
        claim = _not_async(self._store.claim(event.dedup_id), "store.claim")
        if claim != "new":
            return _reply_to(claim)
        try:
            result = self._handle(event)
        except BaseException as error:
            _not_async(self._store.release(event.dedup_id), "store.release")
            return _failed(event, error)
        if isawaitable(result):
            _not_async(self._store.release(event.dedup_id), "store.release")
            _not_async(result, "the handler")
        _not_async(self._store.done(event.dedup_id), "store.done")
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
        claim = await _off_the_loop(self._store.claim, event.dedup_id)
        if claim != "new":
            return _reply_to(claim)
        try:
            await _off_the_loop(self._handle, event)
        except BaseException as error:
            await _off_the_loop(self._store.release, event.dedup_id)
            return _failed(event, error)
        await _off_the_loop(self._store.done, event.dedup_id)
        return _TAKEN

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


async def _off_the_loop(function: Callable[[Any], Any], argument: Any) -> Any:
    if iscoroutinefunction(function):
        return await function(argument)
    context = copy_context()
    future = asyncio.get_running_loop().run_in_executor(None, lambda: context.run(_call, function, argument))
    # Nothing can stop a thread. So its end is waited for, even while the event loop is being closed: otherwise the
    # event would be released while it is still handled.
    while not future.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future])
    value = future.result()
    return await value if isawaitable(value) else value


def _call(function: Callable[[Any], Any], argument: Any) -> Any:
    try:
        return function(argument)
    except StopIteration as error:
        # No future can hold it; before Python 3.12 it would be waited for in vain.
        raise RuntimeError("StopIteration was raised.") from error


def declared_length(content_length: str | None) -> int:
    """What a header Content-Length says; 0 if there is none, or one that cannot be read. The body is counted too."""
    try:
        return int(content_length or 0)
    except ValueError:
        return 0
