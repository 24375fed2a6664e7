"""Take the sandbox from one state to the next, in whole steps that a journal can keep.

A step is one request, or what happens by itself at its time. Within a step the clock stands still and nothing else is
done. Its entry is in the journal before its response leaves and before its webhooks go out.

Requests that read, and those that are refused, change nothing and are not kept (`kept_requests`). What had become due
before such a request is a step of its own. Faults lie outside of the steps: those of requests come before or after one,
and how a fault struck an event is noted in the step of the event.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Awaitable, Collection, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .dashboard import addresses
from .draws import Draws
from .faults.routes import PATH as FAULTS
from .journal import Journal, JournalError, Kind, Outcome, Step
from .kept_requests import kept_of, may_change
from .responses import not_kept
from .timing import Clock
from .webhooks.sender import Delivery, WebhookSender
from .world import World

_JSON: Final = b"application/json"
_WAITS: Final = frozenset(
    {
        "/_sandbox/requests",
        "/_sandbox/reset",
        "/_sandbox/webhooks/wait",
        addresses.RESET,
    }
)
"""The addresses that wait for something, and so are no step."""

_FAULTS: Final = (FAULTS, addresses.FAULTS)
"""Where faults are set, which is no step either: they are not kept."""

_log = logging.getLogger("plexy_pay_sandbox")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a sandbox that have a state."""

    clock: Clock
    draws: Draws
    world: World
    sender: WebhookSender

    def is_due(self) -> bool:
        """Return whether something has become due that has not happened yet."""
        return self.world.state.timeline.is_due() or self.sender.is_due()

    def settle(self) -> None:
        """Let everything happen that has become due."""
        self.world.state.settle()
        self.sender.settle()


@dataclass(frozen=True, slots=True)
class Sent:
    """The response of a step, as it goes to the server."""

    messages: list[Message]

    @property
    def status(self) -> int:
        """Return its status; 0, if the step ended with an error instead."""
        return self.messages[0]["status"] if self.messages else 0

    @property
    def is_json(self) -> bool:
        """Return whether its body is JSON."""
        headers = dict(self.messages[0]["headers"]) if self.messages else {}
        content_type: bytes = headers.get(b"content-type", b"")
        return content_type == _JSON

    @property
    def digest(self) -> int:
        """Return the checksum of its body if it tells of success in JSON, and 0 if it does not.

        A page is not looked at: its words depend on the browser.
        """
        if not self.is_json or not 200 <= self.status < 300:
            return 0
        return zlib.crc32(b"".join(part.get("body", b"") for part in self.messages))


class Steps:
    """Take steps, and keep them.

    Args:
        parts: The parts that a step changes.
        journal: Where steps are kept; None keeps none.
        headers: The names of the headers that requests are kept with, in lower case.
    """

    def __init__(
        self, parts: Parts, journal: Journal | None, headers: Collection[str]
    ) -> None:
        self._parts = parts
        self._journal = journal
        self._headers = frozenset(headers)
        self._failure: JournalError | None = None
        parts.sender.on_progress = self._keep_progress

    @property
    def kept_in(self) -> Path | None:
        """Return the file that keeps the steps, if there is one."""
        return None if self._journal is None else self._journal.path

    def tick(self) -> None:
        """Let happen what has become due, unless the journal has failed."""
        try:
            with self._parts.clock.stopped():
                self._settle()
        except JournalError as error:
            self._fail(error)

    def request(self, app: ASGIApp, scope: Scope, content: bytes) -> Sent:
        """Take the step of a request, and return its response."""
        with self._parts.clock.stopped():
            try:
                self._settle()
                return self._perform(app, scope, content)
            except JournalError as error:
                self._fail(error)
                return send_whole(not_kept(str(error)), scope, b"")

    def forget(self) -> None:
        """Begin the journal anew, after a reset. That mends a journal that has failed.

        Raises:
            JournalError: if the journal cannot be written.
        """
        if self._journal is None:
            return
        with self._parts.clock.stopped():
            first = self._options()
        try:
            self._journal.restart(first)
        except JournalError as error:
            self._fail(error)
            raise
        self._failure = None

    def begin(self) -> None:
        """Keep the options of the sender, if they are not those of the steps so far."""
        if self._journal is not None:
            with self._parts.clock.stopped():
                self._journal.add(self._options())

    # --- inside ---------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        if self._failure is not None:
            raise self._failure
        if not self._parts.is_due():
            return
        self._parts.draws.begin()
        try:
            self._parts.settle()
        finally:
            self._add(Kind.TIME)

    def _perform(self, app: ASGIApp, scope: Scope, content: bytes) -> Sent:
        self._parts.draws.begin()
        sent = Sent([])
        try:
            send_whole(app, scope, content, sent)
        finally:
            drew = self._parts.draws.used
            if may_change(scope, sent.status, drew=drew):
                self._keep(scope, content, sent)
        return sent

    def _keep(self, scope: Scope, content: bytes, sent: Sent) -> None:
        """Keep the step of a request.

        Raises:
            JournalError: if it cannot be kept.
        """
        if self._journal is None:
            return
        try:
            kept = kept_of(scope, content, self._headers)
        except ValueError as error:
            raise JournalError(
                f"{self._journal.path} cannot keep {scope['method']} {scope['path']}: {error}."
            ) from error
        self._add(Kind.REQUEST, status=sent.status, digest=sent.digest, **kept)

    def _add(self, kind: Kind, **more: Any) -> None:
        if self._journal is None:
            return
        draws, moment = self._parts.draws, self._parts.clock.real_now()
        step = Step(
            kind=kind, moment=moment, seed=draws.seed, notes=draws.notes, **more
        )
        self._journal.add(step)

    def _options(self) -> Step:
        options = json.dumps(self._parts.sender.options()).encode()
        return Step(
            kind=Kind.OPTIONS, moment=self._parts.clock.real_now(), body=options
        )

    def _keep_progress(self, delivery: Delivery) -> None:
        if self._journal is None or self._failure is not None:
            return
        attempts = [attempt.kept() for attempt in delivery.attempts]
        outcome = Outcome(delivery.state, delivery.reason, attempts)
        try:
            self._journal.keep_outcome(delivery.id, outcome)
        except JournalError as error:
            self._fail(error)

    def _fail(self, error: JournalError) -> None:
        """Take no more steps: the memory has what the file has not. Nothing of it goes out as a webhook either."""
        if self._failure is None:
            self._failure = error
            _log.error("%s The sandbox responds with 500 from now on.", error)
        self._parts.sender.halt()


class StepByStep:
    """Make each request one step.

    Args:
        app: The application behind it.
        steps: Takes the steps.
    """

    def __init__(self, app: ASGIApp, steps: Steps) -> None:
        self._app = app
        self._steps = steps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the step of a request once its body is complete."""
        if scope["type"] != "http" or _reads_the_dashboard(scope):
            await self._app(scope, receive, send)
            return
        if scope["path"] in _WAITS or scope["path"].startswith(_FAULTS):
            self._steps.tick()
            await self._app(scope, receive, send)
            return
        content = await _body(receive)
        if content is None:
            return
        for message in self._steps.request(self._app, scope, content).messages:
            await send(message)


def _reads_the_dashboard(scope: Scope) -> bool:
    """Return whether a request looks at the dashboard. A page that is open must not make happen what is due."""
    return scope["method"] in ("GET", "HEAD") and addresses.is_page(scope["path"])


def send_whole(
    app: ASGIApp, scope: Scope, content: bytes, sent: Sent | None = None
) -> Sent:
    """Have an application respond without a pause, and return its response.

    Args:
        app: The application.
        scope: The request.
        content: The body of the request.
        sent: Takes the response; it has what was sent even if the application raises.

    Raises:
        RuntimeError: if the application waits for something.
    """
    sent = Sent([]) if sent is None else sent

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        sent.messages.append(message)

    _run_whole(app(scope, receive, send))
    return sent


def _run_whole(awaitable: Awaitable[None]) -> None:
    coroutine = cast("Coroutine[Any, Any, None]", awaitable)
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("a request of the sandbox waited in the middle of its step")


async def _body(receive: Receive) -> bytes | None:
    """Return the body of a request; None, if the client went away before its end."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
