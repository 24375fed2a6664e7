# plexy-pay runtime, written by hand in runtime/webhooks/_receiver.py; the generator copies it unchanged.
"""Receive deliveries: verify each one, pass its event on once, and respond with 200 only after that has succeeded.

This module uses no web framework; the adapters next to it pass their requests to a `Receiver`. Each delivery that is
not accepted leaves a log record at warning. An error of the user's function or store also reaches the framework.
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
    """Represent the response to a delivery.

    Args:
        status: 200 if the event was handled, now or before. 401 or 413 if the delivery cannot be trusted. 500 or 503 if
            it must be sent again.
        text: A word for people who read the response. It reveals nothing to an attacker.
    """

    status: int
    text: str


class Store(Protocol):
    """Remember which events were handled. All processes that receive webhooks must share one store.

    Each method may be `async` if the `Receiver` is used with `receive_async`.
    """

    def claim(self, dedup_id: str) -> Claim | Awaitable[Claim]:
        """Claim an event for handling.

        Return `new` if the caller now owns the event, `done` if it was handled, `busy` while another owner handles it.
        Of two simultaneous claims, exactly one gets `new`. The claim of an owner that died must expire after a while.
        """
        ...

    def done(self, dedup_id: str) -> object:
        """Record that the event was handled. No later claim gets `new`."""
        ...

    def release(self, dedup_id: str) -> object:
        """Release an event whose handling failed. The next claim gets `new`."""
        ...


class MemoryStore:
    """Remember the latest events in this process only: for a single process, and for tests.

    The store is empty after a restart, so an event that is sent again is handled again. Write a store over your
    database if several processes receive webhooks, or if handling an event twice would cost money. A forked child knows
    the events that its parent had handled, and holds none of its parent's claims.

    Args:
        size: The largest number of events to remember.
    """

    def __init__(self, size: int = 100_000) -> None:
        if size < 1:
            raise ConfigurationError("A MemoryStore must remember at least one event.")
        self._size = size
        # There is no lock: a lock that another thread holds during a fork stays locked in the child for ever. Each
        # operation on these containers is atomic.
        self._done: OrderedDict[str, None] = OrderedDict()
        # The keys hold the process id, because the thread that made a claim does not exist in a forked child. There,
        # nothing would ever end the claim.
        self._busy: dict[tuple[int, str], object] = {}

    def claim(self, dedup_id: str) -> Claim:
        """Claim an event for handling."""
        ours, key = object(), (os.getpid(), dedup_id)
        try:
            mine = self._busy.setdefault(key, ours) is ours
            # Checked after the claim, because another thread may have finished just before it.
            if dedup_id not in self._done:
                return "new" if mine else "busy"
        except BaseException:
            self._let_go(key, ours)
            raise
        self._let_go(key, ours)
        return "done"

    def done(self, dedup_id: str) -> None:
        """Record that the event was handled."""
        self._done[dedup_id] = None
        if len(self._done) > self._size:
            self._done.popitem(last=False)
        self._busy.pop((os.getpid(), dedup_id), None)

    def release(self, dedup_id: str) -> None:
        """Release an event whose handling failed."""
        self._busy.pop((os.getpid(), dedup_id), None)

    def _let_go(self, key: tuple[int, str], claim: object) -> None:
        if self._busy.get(key) is claim:
            self._busy.pop(key, None)


class Receiver:
    """Receive deliveries, and pass each event to your function once.

    Your function should save the event or queue it, and return quickly: v2 counts a delivery as failed after 30
    seconds, and no limit is known for the others. The return value is ignored. If your function raises, the event is
    released, so that the next delivery of the event is passed on again. The error reaches you unchanged: respond with
    500.

    Args:
        handle: Your function; it may be `async` if you use `receive_async`.
        secret: The secret that must prove deliveries, as for `unwrap`.
        store: The store of handled events. Without one, this process remembers them.
        max_bytes: The largest body size in bytes.

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
            del secret  # The secret may be plain text, which a traceback with local variables must not show.
            raise ConfigurationError(problem)
        follow_environment()
        self._handle = handle
        self._secret = secret
        self._store: Store = MemoryStore() if store is None else store
        self.max_bytes = max_bytes
        # An event loop keeps only weak references to its tasks.
        self._tasks: set[asyncio.Task[Reply]] = set()

    def receive(self, body: Body, headers: Headers) -> Reply:
        """Receive one delivery, and return the response.

        Raises:
            ConfigurationError: if the secret or the body cannot be used, or your function or the store is `async`.
            Exception: any exception of your function or the store. The delivery was not acknowledged then.
        """
        event, reply = self._verified(body, headers)
        if event is None:
            return reply
        # No variable of this frame may show a token in a report about the handler's error.
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
                raise  # The store raised it, and was already told that the event was handled.
            end = self._end(claim, result)
            _not_async(end(event.dedup_id), "the store")
            if in_handler:
                _tell_failed(event, error)
            raise
        return _taken(event)

    async def receive_async(self, body: Body, headers: Headers) -> Reply:
        """Do the same as `receive`, for async code. A function that is not `async` runs in a thread.

        A verified event is handled to its end, even if the request is cancelled because the sender hung up.
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
            # The request is over, so only the log can report the result.
            task.add_done_callback(_tell_unheard)
            raise

    def unread(self, problem: Unread) -> Reply:
        """Return the response to a delivery whose body was not read, and log the reason."""
        _say(
            problem.level,
            "a webhook was not accepted (%s): %s",
            problem.reason,
            problem,
        )
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
                raise  # The store raised it, and was already told that the event was handled.
            await _off_the_loop(self._end(claim, result), event.dedup_id, _Result())
            if in_handler:
                _tell_failed(event, error)
            raise
        return _taken(event)

    def _end(self, claim: _Result, result: _Result) -> Callable[[str], object]:
        """Return the function that ends an interrupted claim. It does nothing if the claim is not ours."""
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
        return f"<Receiver of webhooks, verified with {self._secret!r}>"


_TAKEN = Reply(200, "ok")
_REFUSED = Reply(401, "refused")
_TOO_LARGE = Reply(413, "too large")
_BUSY = Reply(503, "busy")
_FAILED = Reply(500, "failed")


class Unread(Exception):
    """Raised when an adapter could not read a body; `Receiver.unread` returns the response.

    Args:
        reply: The response.
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
    """Return the error for a body that is too large. The body is not read beyond the limit."""
    text = f"Its body is larger than {most} bytes, or than the limit of the framework."
    return Unread(_TOO_LARGE, Reason.TOO_LARGE, text)


def cut_short() -> Unread:
    """Return the error for a body that ended too early."""
    text = "Its body ended too early. Its sender hung up, or something on this server read the body first."
    return Unread(_FAILED, "cut_short", text)


def read_before(error: Exception) -> Unread:
    """Return the error for a body that something else read first, and that the framework did not keep."""
    text = f"Something on this server read its body first ({type(error).__name__}: {error})."
    return Unread(_FAILED, "read_before", text, ERROR)


def not_acknowledged(error: Exception, status: int) -> Exception:
    """Return the exception to raise for a handler's error that the framework turns into a response.

    This is the error itself, unless its response would acknowledge an event that was not handled.
    """
    if status >= 400:
        return error
    name = type(error).__name__
    failure = RuntimeError(
        f"The handler of the webhook raised {name}, whose status is {status}. An error cannot acknowledge an event: "
        "the event was released, and its next delivery is handled again. Return from the handler to acknowledge it."
    )
    failure.__cause__ = error
    return failure


def _reply_to(event: AnyEvent, claim: object) -> Reply:
    """Return the response to an event that another owner is handling or has handled."""
    if claim not in _CLAIMS:
        raise ConfigurationError(
            f"The store's claim returned a {type(claim).__name__}. It must return 'new', 'done' or 'busy'."
        )
    if claim == "done":
        _say(
            INFO,
            "the webhook %s was handled before, and is acknowledged again",
            _named(event),
        )
        return _TAKEN
    # The current owner of the event may still fail, so the event must be sent again.
    _say(
        WARNING,
        "the webhook %s is being handled already; it must be sent again",
        _named(event),
    )
    return _BUSY


def _taken(event: AnyEvent) -> Reply:
    _say(INFO, "the webhook %s was handled", _named(event))
    return _TAKEN


def _tell_failed(event: AnyEvent, error: BaseException) -> None:
    """Log one line for a handler's error. The framework reports its traceback."""
    if isinstance(error, Exception):
        text = "the handler of the webhook %s raised %s; its next delivery is handled again"
        _say(WARNING, text, _named(event), type(error).__name__)


def _tell_unheard(task: asyncio.Task[Reply]) -> None:
    """Report the error of an event whose request is over, because no framework reports it."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        with failures_ignored(of_the_caller=True):
            _LOGGER.error(
                "a webhook failed after its request was given up", exc_info=error
            )


def _say(level: int, text: str, *values: object) -> None:
    # A failing log filter of the program must not decide about a delivery.
    with failures_ignored(of_the_caller=True):
        _LOGGER.log(level, text, *values)


def _named(event: AnyEvent) -> str:
    # The name of an unknown event may be any text.
    return f"{event.name[:100]!r} ({event.dedup_id})"


def _not_async(value: Any, whose: str) -> Any:
    if not isawaitable(value):
        return value
    # Closed, because Python warns about a coroutine that is never awaited.
    getattr(value, "close", str)()
    raise ConfigurationError(
        f"{whose} is async, and receive() cannot await it. Use receive_async()."
    )


def _nothing(dedup_id: str) -> None:
    """Do nothing, for a claim that is not ours."""


class _Result(defaultdict[str, Any]):
    """Hold the result of a function. It is empty until the function has returned."""

    @property
    def value(self) -> Any:
        """Return the result; None if there is none yet. This does not call the function."""
        return self.get("value")


async def _off_the_loop(
    function: Callable[[Any], Any], argument: Any, result: _Result
) -> None:
    """Store the result of a function. A function that is not async runs in a thread."""
    if iscoroutinefunction(function):
        result["value"] = await function(argument)
        return
    context = copy_context()
    work = asyncio.get_running_loop().run_in_executor(
        None, lambda: context.run(_call, function, argument, result)
    )
    interrupts: list[BaseException] = []
    # A thread cannot be stopped. So this waits for its end, even while the event loop is closing. Otherwise the event
    # would be released while it is still being handled, or claimed after it was given up.
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            continue
        except BaseException as error:
            interrupts.append(error)
    problem = work.exception()
    if interrupts:
        raise interrupts[0]
    if problem is not None:
        raise problem
    if isawaitable(result.value):
        result["value"] = await result.pop("value")


def _call(function: Callable[[Any], Any], argument: Any, result: _Result) -> None:
    result.default_factory = partial(function, argument)
    try:
        # One step calls the function and stores its result, so no interrupt can separate the two.
        _ = result["value"]
    except StopIteration as stop:
        # A future cannot hold a StopIteration.
        raise RuntimeError("StopIteration was raised.") from stop


def declared_length(content_length: str | None) -> int:
    """Return the value of a Content-Length header; 0 if it is missing or invalid. The body is counted as well."""
    try:
        return int(content_length or 0)
    except ValueError:
        return 0
