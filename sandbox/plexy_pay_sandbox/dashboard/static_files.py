"""Serve the files of the dashboard: its style, its script, htmx and its icon."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..pages import colours
from . import addresses

_TYPES: Final[Mapping[str, str]] = {
    "dashboard.css": "text/css",
    "dashboard.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
#: The pages of payers have the same ones.
_WITH_COLOURS: Final = "dashboard.css"


def route() -> Route:
    """Return the route of the files."""
    return Route(f"{addresses.STATIC}/{{name}}", _serve, methods=["GET"])


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _TYPES:
        return Response(status_code=404)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(_content(name), headers=headers, media_type=_TYPES[name])


@cache
def _content(name: str) -> str:
    text = (
        files("plexy_pay_sandbox")
        .joinpath("dashboard", "static", name)
        .read_text("utf-8")
    )
    return colours() + text if name == _WITH_COLOURS else text
