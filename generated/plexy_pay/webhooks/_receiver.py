# plexy-pay runtime, written by hand in runtime/webhooks/_receiver.py; the generator copies it unchanged.
"""From a delivery to the response to it: prove it, hand its event over once, and say 200 only when that is done.

No web framework is in here; the adapters beside this module give their requests to a `Receiver`. Each delivery that is
not taken leaves a line at warning; an error of the user's function or store reaches the framework besides.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Literal, NamedTuple, Protocol

from .._core.causes import failures_ignored
from .._core.logs import ERROR, INFO, LOGGER, WARNING, follow_environment
from ..errors import ConfigurationError
from ._errors import BodyReadError, Reason, WebhookVerificationError
from ._events import AnyEvent
from ._verification import MAX_BYTES, Body, Headers, Secrets, unwrap, usable

Claim = Literal["new", "done", "busy"]
_CLAIMS = ("new", "done", "busy")
_LOGGER = LOGGER.getChild("webhooks")


class Reply(NamedTuple):
    """What to answer to a delivery.

    Args:
        status: 200: taken, or taken before. 401 or 413: it cannot be trusted. 500 and 503: it is to be sent again.
        text: A word for whoever reads the response; it tells an attacker nothing.
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
    seconds, and for the others no limit is known. What it returns is not looked at. When it raises, the event is given
    back, so that it is handed over again when it is sent again, and the error reaches you as it is: respond with 500.

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
        follow_environment()
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
            Exception: whatever your function or the store raises; the delivery was not acknowledged then.
        """
        event, reply = self._verified(body, headers)
        if event is None:
            return reply
        # No variable of this frame may show a token to whoever reports the handler's error.
        del body, headers
        claim, result = _Result(), _Result()
        in_handler = over = False
        try:
            _call(self._store.claim, event.dedup_id, claim)
            if _not_async(claim.value, "store.claim") != "new":
                return _reply_to(event, claim.value)
            in_handler = True
            _call(self._handle, event, result)
            in_handler = False
            _not_async(result.value, "the handler")
            over = True
            _not_async(self._store.done(event.dedup_id), "store.done")
        except BaseException as error:
            if over and isinstance(error, Exception):
                raise  # Of the store: it was asked already.
            end = self._end(claim, result)
            _not_async(end(event.dedup_id), "the store")
            if in_handler:
                _tell_failed(event, error)
            raise
        return _taken(event)

    async def receive_async(self, body: Body, headers: Headers) -> Reply:
        """The async twin of `receive`: what is not `async` runs in a thread, so that it holds nobody else up.

        An event that was proved is handled to its end, even if the request is cancelled because its sender hung up.
        """
        event, reply = self._verified(body, headers)
        if event is None:
            return reply
        del body, headers
        task = asyncio.create_task(self._hand_over(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            # From now on nobody but the log learns how it ends.
            task.add_done_callback(_tell_unheard)
            raise

    def unread(self, problem: Unread) -> Reply:
        """Say what to answer to a delivery whose body was not read, and log why."""
        _say(problem.level, "a webhook was not taken (%s): %s", problem.reason, problem)
        return problem.reply

    async def _hand_over(self, event: AnyEvent) -> Reply:
        claim, result = _Result(), _Result()
        in_handler = over = False
        try:
            await _off_the_loop(self._store.claim, event.dedup_id, claim)
            if claim.value != "new":
                return _reply_to(event, claim.value)
            in_handler = True
            await _off_the_loop(self._handle, event, result)
            in_handler, over = False, True
            await _off_the_loop(self._store.done, event.dedup_id, _Result())
        except BaseException as error:
            if over and isinstance(error, Exception):
                raise  # Of the store: it was asked already.
            await _off_the_loop(self._end(claim, result), event.dedup_id, _Result())
            if in_handler:
                _tell_failed(event, error)
            raise
        return _taken(event)

    def _end(self, claim: _Result, result: _Result) -> Callable[[str], object]:
        """Choose what ends a claim that was interrupted, wherever that was; nothing does if it is not ours."""
        if not claim or claim.value != "new":
            return _nothing
        handled = bool(result) and not isawaitable(result.value)
        return self._store.done if handled else self._store.release

    def _verified(self, body: Body, headers: Headers) -> tuple[AnyEvent | None, Reply]:
        try:
            return unwrap(
                body, headers, secret=self._secret, max_bytes=self.max_bytes
            ), _TAKEN
        except WebhookVerificationError as error:
            _say(WARNING, "a webhook was refused (%s): %s", error.reason, error)
            return None, _TOO_LARGE if error.reason is Reason.TOO_LARGE else _REFUSED
        except BodyReadError as error:
            return None, self.unread(Unread(_FAILED, "read_before", str(error), ERROR))

    def __repr__(self) -> str:
        return f"<Receiver of webhooks, proved with {self._secret!r}>"


_TAKEN = Reply(200, "ok")
_REFUSED = Reply(401, "refused")
_TOO_LARGE = Reply(413, "too large")
_BUSY = Reply(503, "busy")
_FAILED = Reply(500, "failed")


class Unread(Exception):
    """A body that an adapter did not read; `Receiver.unread` answers it.

    Args:
        reply: What to answer.
        reason: A word for the log.
        text: What happened.
        level: The level of the log record.
    """

    def __init__(
        self, reply: Reply, reason: str, text: str, level: int = WARNING
    ) -> None:
        super().__init__(text)
        self.reply = reply
        self.reason = reason
        self.level = level


def too_large(most: int) -> Unread:
    """Say that a body is too large; no more of it was read than it takes to see that."""
    text = f"Its body is larger than {most} bytes, or than the limit of the framework."
    return Unread(_TOO_LARGE, Reason.TOO_LARGE, text)


def cut_short() -> Unread:
    """Say that a body ended too early."""
    text = "Its body ended before it was whole. Its sender hung up, or something on this server read the body first."
    return Unread(_FAILED, "cut_short", text)


def read_before(error: Exception) -> Unread:
    """Say that the framework has the body no more, because something read it in a way that does not keep it."""
    text = f"Something on this server read its body first ({type(error).__name__}: {error})."
    return Unread(_FAILED, "read_before", text, ERROR)


def not_acknowledged(error: Exception, status: int) -> Exception:
    """Give what to raise for an error of the handler's that the framework turns into a response.

    It is the error itself, unless its response would acknowledge an event that was not handled.
    """
    if status >= 400:
        return error
    name = type(error).__name__
    failure = RuntimeError(
        f"The handler of the webhook raised {name}, whose status is {status}. An error cannot acknowledge an event: it "
        "was given back, and is handed over again when it is sent again. Return from the handler to acknowledge it."
    )
    failure.__cause__ = error
    return failure


def _reply_to(event: AnyEvent, claim: object) -> Reply:
    """The response to an event that somebody else handles, or handled."""
    if claim not in _CLAIMS:
        raise ConfigurationError(
            f"The store's claim gave a {type(claim).__name__}; it gives 'new', 'done' or 'busy'."
        )
    if claim == "done":
        _say(
            INFO,
            "the webhook %s was handled before, and is acknowledged again",
            _named(event),
        )
        return _TAKEN
    # An event under way must be sent again: the one who is at it may fail.
    _say(
        WARNING,
        "the webhook %s is being handled already; it is to be sent again",
        _named(event),
    )
    return _BUSY


def _taken(event: AnyEvent) -> Reply:
    _say(INFO, "the webhook %s was handled", _named(event))
    return _TAKEN


def _tell_failed(event: AnyEvent, error: BaseException) -> None:
    """Leave a line for an error that the framework reports, with its traceback, in its own way."""
    if isinstance(error, Exception):
        text = "the handler of the webhook %s raised %s; it is handed over again when it is sent again"
        _say(WARNING, text, _named(event), type(error).__name__)


def _tell_unheard(task: asyncio.Task[Reply]) -> None:
    """Report the error of an event whose request is over: no framework does."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        with failures_ignored(of_the_caller=True):
            _LOGGER.error(
                "a webhook failed after its request was given up", exc_info=error
            )


def _say(level: int, text: str, *values: object) -> None:
    # A log filter of the user's that fails must not decide about a delivery.
    with failures_ignored(of_the_caller=True):
        _LOGGER.log(level, text, *values)


def _named(event: AnyEvent) -> str:
    # The name of an event that nobody knows may be any text.
    return f"{event.name[:100]!r} ({event.dedup_id})"


def _not_async(value: Any, whose: str) -> Any:
    if not isawaitable(value):
        return value
    getattr(value, "close", str)()  # A coroutine that is never awaited would warn.
    raise ConfigurationError(
        f"{whose} is async, and receive() cannot await it. Use receive_async()."
    )


def _nothing(dedup_id: str) -> None:
    """End no claim."""


class _Result(defaultdict[str, Any]):
    """What a function gave: empty until it has."""

    @property
    def value(self) -> Any:
        """What it gave; it is not called for it."""
        return self.get("value")


async def _off_the_loop(
    function: Callable[[Any], Any], argument: Any, result: _Result
) -> None:
    """Note what a function gives; one that is not async runs in a thread."""
    if iscoroutinefunction(function):
        result["value"] = await function(argument)
        return
    context = copy_context()
    work = asyncio.get_running_loop().run_in_executor(
        None, lambda: context.run(_call, function, argument, result)
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
    if isawaitable(result.value):
        result["value"] = await result.pop("value")


def _call(function: Callable[[Any], Any], argument: Any, result: _Result) -> None:
    result.default_factory = partial(function, argument)
    try:
        # In one step: no interrupt can come between what the function did and the note of it.
        _ = result["value"]
    except StopIteration as stop:
        # No future can hold it.
        raise RuntimeError("StopIteration was raised.") from stop


def declared_length(content_length: str | None) -> int:
    """What a header Content-Length says; 0 if there is none, or one that cannot be read. The body is counted too."""
    try:
        return int(content_length or 0)
    except ValueError:
        return 0
