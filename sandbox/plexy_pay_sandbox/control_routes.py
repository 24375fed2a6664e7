"""Serve what controls the sandbox itself, under `/_sandbox`: its clock, its requests, triggers, forgetting.

These need no key. `webhooks.routes` has what controls the webhooks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from plexy_pay import __version__
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import triggers, wire
from .access import Access
from .control_requests import json_object, telling_mistakes
from .faults.rules import Faults
from .journal import JournalError
from .refusals import Refusal
from .request_log import RequestLog
from .responses import json_response, not_kept
from .steps import Steps
from .webhooks.sender import WebhookSender
from .world import World

_LONGEST_WAIT: Final = 30.0


class Control:
    """Respond to what is asked of the sandbox itself.

    Args:
        world: The memory of the sandbox.
        sender: Who delivers webhooks.
        log: The latest requests.
        access: The keys and secrets.
        faults: The faults that are set.
        steps: Keeps what was done.
    """

    def __init__(
        self,
        world: World,
        sender: WebhookSender,
        log: RequestLog,
        access: Access,
        faults: Faults,
        steps: Steps,
    ) -> None:
        self._world = world
        self._sender = sender
        self._log = log
        self._access = access
        self._faults = faults
        self._steps = steps

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/_sandbox/about", self.about, methods=["GET"]),
            Route(
                "/_sandbox/advance", telling_mistakes(self.advance), methods=["POST"]
            ),
            Route("/_sandbox/reset", self.reset, methods=["POST"]),
            Route(
                "/_sandbox/requests", telling_mistakes(self.requests), methods=["GET"]
            ),
            Route("/_sandbox/triggers", self.triggers, methods=["GET"]),
            Route(
                "/_sandbox/triggers", telling_mistakes(self.trigger), methods=["POST"]
            ),
        ]

    async def about(self, request: Request) -> Response:
        """Show the version, the time, the file with the state, and the keys that everybody may see."""
        kept_in = self._steps.kept_in
        return json_response(
            {
                "version": __version__,
                "now": wire.to_microseconds(self._world.state.settle()),
                "db": None if kept_in is None else str(kept_in),
                "access": self._access.shown(),
                "webhooks": {
                    "url": self._sender.settings.url,
                    "checkout_url": self._sender.settings.checkout_url,
                    "callback_url": self._sender.settings.callback_url,
                },
            }
        )

    async def advance(self, request: Request) -> Response:
        """Move the clock ahead."""
        try:
            now = self.advance_by(_seconds(await request.body()))
        except ValueError as error:
            raise ValueError(f'send {{"seconds": 3600}}: {error}') from None
        return json_response({"now": wire.to_microseconds(now)})

    def advance_by(self, by: timedelta) -> datetime:
        """Move the clock ahead, send the webhooks that have become due, and return the new time.

        Raises:
            ValueError: if that would move it back, or beyond the calendar.
        """
        now = self._world.state.advance(by)
        self._sender.settle()
        return now

    async def reset(self, request: Request) -> Response:
        """Forget everything, the faults that are set included."""
        try:
            await self.forget_everything()
        except JournalError as error:
            return not_kept(str(error))
        return Response(status_code=204)

    async def forget_everything(self) -> None:
        """Forget payments, deliveries, requests and faults, and return to the real time.

        Raises:
            JournalError: if the file that keeps the state cannot be written.
        """
        self._faults.clear()
        await self._sender.reset()
        self._world.reset()
        self._log.forget()
        self._steps.forget()

    async def requests(self, request: Request) -> Response:
        """List the requests after a number; with `wait`, for so many seconds until there is one."""
        try:
            after = int(request.query_params.get("after", "0"))
            wait = float(request.query_params.get("wait", "0"))
        except ValueError:
            raise ValueError("after and wait are numbers") from None
        if not 0 <= wait <= _LONGEST_WAIT:
            raise ValueError(f"wait is 0 to {_LONGEST_WAIT:g} s")
        found = await self._log.wait(after, wait)
        return json_response({"requests": [logged.show() for logged in found]})

    async def triggers(self, request: Request) -> Response:
        """List the events that can be triggered."""
        return json_response({"triggers": triggers.names()})

    async def trigger(self, request: Request) -> Response:
        """Make what leads to an event."""
        name = json_object(await request.body()).get("name")
        if not isinstance(name, str):
            raise ValueError('send {"name": "transaction.charged"}')
        try:
            made = triggers.trigger(self._world, name)
        except Refusal as refusal:
            raise ValueError(refusal.message) from None
        self._sender.settle()
        return json_response({"name": name, "made": made}, 201)


def _seconds(content: bytes) -> timedelta:
    seconds = json_object(content).get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, Decimal)):
        raise ValueError("seconds must be a number")
    try:
        return timedelta(seconds=float(seconds))
    except OverflowError:
        raise ValueError("seconds is too large") from None
