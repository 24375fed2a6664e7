"""Take the forms of the dashboard, and do what they ask for by the functions that the command uses.

A form that has done its work leads back to a page. One that is wrong is shown again with what is wrong.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..durations import seconds_of
from ..faults.kinds import KINDS
from ..faults.rules import UnknownFault
from ..journal import JournalError
from ..kept_requests import keep_form
from ..responses import not_kept
from ..webhooks.sender import UnknownDelivery
from . import addresses
from .access_list import shown_access
from .pages import Pages, sent_back
from .sources import Sources

Posted = Mapping[str, str]


class Forms:
    """Take the forms.

    Args:
        sources: The parts of the sandbox.
        pages: Renders the pages with forms.
    """

    def __init__(self, sources: Sources, pages: Pages) -> None:
        self._sources = sources
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the routes of what is posted."""
        forms = {
            addresses.ADVANCE: self.advance,
            addresses.FAULTS: self.set_fault,
            f"{addresses.FAULTS}/{{id}}/remove": self.remove_fault,
            f"{addresses.WEBHOOKS}/{{id}}/resend": self.resend,
            addresses.RESET: self.reset,
        }
        return [Route(path, form, methods=["POST"]) for path, form in forms.items()]

    async def controls(self, request: Request) -> Response:
        """Show the clock, the faults, and the keys."""
        return self._controls(request)

    async def advance(self, request: Request) -> Response:
        """Move the clock ahead."""
        posted = await _posted(request)
        by = posted.get("by", "")
        keep_form(request, by=by)
        try:
            seconds = seconds_of(by)
            self._sources.control.advance_by(timedelta(seconds=float(seconds)))
        except (ValueError, OverflowError) as error:
            return self._controls(request, posted, clock_error=str(error))
        return sent_back(_way_back(posted))

    async def set_fault(self, request: Request) -> Response:
        """Set a fault."""
        posted = await _posted(request)
        try:
            self._sources.faults.set(
                posted.get("target", ""),
                posted.get("fault", ""),
                times=_whole(posted, "times"),
                probability=_number(posted, "probability"),
                seconds=_number(posted, "seconds"),
            )
        except ValueError as error:
            return self._controls(request, posted, fault_error=str(error))
        return sent_back(addresses.CONTROLS)

    async def remove_fault(self, request: Request) -> Response:
        """Remove a fault."""
        # It may have been removed in another window.
        with contextlib.suppress(UnknownFault):
            self._sources.faults.remove(request.path_params["id"])
        return sent_back(addresses.CONTROLS)

    async def resend(self, request: Request) -> Response:
        """Send a delivery once more, and show the new one."""
        try:
            made = self._sources.sender.redeliver(request.path_params["id"])
        except UnknownDelivery:
            return self._pages.nothing(request, "delivery")
        return sent_back(addresses.delivery(made.id))

    async def reset(self, request: Request) -> Response:
        """Forget everything."""
        try:
            await self._sources.control.forget_everything()
        except JournalError as error:
            return not_kept(str(error))
        return sent_back(addresses.OVERVIEW)

    def _controls(
        self,
        request: Request,
        posted: Posted | None = None,
        *,
        clock_error: str | None = None,
        fault_error: str | None = None,
    ) -> Response:
        wrong = clock_error or fault_error
        values: dict[str, Any] = {
            "typed": posted or {},
            "clock_error": clock_error,
            "fault_error": fault_error,
            "faults": self._sources.faults.list(),
            "kinds": KINDS.values(),
            "targets": self._sources.faults.targets(),
            "secrets": shown_access(self._sources.access),
            "base_url": str(request.base_url).rstrip("/"),
        }
        return self._pages.show(
            request, "controls.html", 422 if wrong else 200, **values
        )


async def _posted(request: Request) -> Posted:
    content = (await request.body()).decode("utf-8", "replace")
    return {
        name: values[0].strip()
        for name, values in parse_qs(content, keep_blank_values=True).items()
    }


def _way_back(posted: Posted) -> str:
    """Return the page that a form stood on."""
    back = posted.get("back", "")
    return back if addresses.is_page(back) else addresses.CONTROLS


def _whole(posted: Posted, name: str) -> int | None:
    text = posted.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} must be a whole number")
    return int(text)


def _number(posted: Posted, name: str) -> float | None:
    text = posted.get(name, "")
    if not text:
        return None
    try:
        return float(Decimal(text))
    except (InvalidOperation, OverflowError):
        raise ValueError(f"{name} must be a number") from None
