"""Render the pages of the dashboard: whole, or only what has changed since a page was shown."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from . import addresses
from .sources import Sources
from .words import day_and_time, span

#: Nothing but the dashboard's own files, in no frame, and forms that lead nowhere else.
_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    # With no-referrer a browser would hide the origin of a form, which says that it is no foreign one.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

#: Sent by htmx with the mark of what the page shows.
_SEEN: Final = "Dashboard-Seen"
_LIVE: Final = "live"


class Pages:
    """Render pages.

    Args:
        sources: The parts of the sandbox.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def show(
        self, request: Request, name: str, status: int = 200, **values: Any
    ) -> Response:
        """Return the response of a page; to htmx only the part that changes, and only if it has.

        Args:
            request: The request that it responds to.
            name: The name of its template.
            status: The status of the response.
            values: The values of the template.
        """
        template = _environment().get_template(name)
        values |= self._common(request)
        live = ""
        if _LIVE in template.blocks:
            live = "".join(template.blocks[_LIVE](template.new_context(values)))
        mark = hashlib.sha256(live.encode()).hexdigest()[:16]
        values |= {"live": live, "mark": mark}
        if _is_htmx(request) and live:
            return _change(request, values)
        return HTMLResponse(template.render(values), status, headers=HEADERS)

    def nothing(self, request: Request, what: str) -> Response:
        """Return the response of a page that is about nothing; htmx is told to load it."""
        if _is_htmx(request):
            # What a page is about was forgotten while it was shown.
            return Response(headers=HEADERS | {"HX-Refresh": "true"})
        return self.show(request, "nothing.html", 404, what=what)

    def _common(self, request: Request) -> dict[str, Any]:
        clock = self._sources.clock
        return {
            "now": clock.now(),
            "ahead": span(clock.ahead) if clock.ahead else "",
            "here": _address_of(request),
        }


def sent_back(address: str) -> Response:
    """Return the response to a form that has done its work: the page is read anew."""
    return RedirectResponse(address, 303, headers=HEADERS)


def _is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def _change(request: Request, values: dict[str, Any]) -> Response:
    """Return what htmx puts into a page: the time, and what has changed."""
    changed = request.headers.get(_SEEN) != values["mark"]
    text = _environment().get_template("change.html").render(values, changed=changed)
    headers = HEADERS if changed else HEADERS | {"HX-Reswap": "none"}
    return HTMLResponse(text, headers=headers)


def _address_of(request: Request) -> str:
    if request.method == "POST":
        # A form that was wrong is shown where it is posted to, and nothing can be read there.
        return addresses.CONTROLS
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


@cache
def _environment() -> Environment:
    # Its stubs leave open what the dictionaries hold.
    made: Any = Environment(
        loader=PackageLoader("plexy_pay_sandbox", "dashboard/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["moment"] = day_and_time
    made.globals["addresses"] = addresses
    # A block that is rendered alone has no imports.
    made.globals["parts"] = made.get_template("parts.html").module
    return cast("Environment", made)
