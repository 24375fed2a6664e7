"""Show the requests that came to a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from .output import show, show_json
from .running import DEFAULT_URL, AsJson, Url, call

_PATIENCE: Final = 20


def logs(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")
    ] = False,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Show the latest requests with the status of their responses, and why a request was refused."""
    last = _print(call(url, "GET", "/_sandbox/requests"), 0, as_json)
    while follow:
        path = f"/_sandbox/requests?after={last}&wait={_PATIENCE}"
        last = _print(call(url, "GET", path), last, as_json)


def _print(response: Mapping[str, Any], last: int, as_json: bool) -> int:
    """Print requests, and return the number of the last one."""
    for request in response["requests"]:
        if as_json:
            show_json(request)
        else:
            show(_line(request))
        last = request["number"]
    return last


def _line(request: Mapping[str, Any]) -> str:
    line = (
        f"{request['at'][11:19]}  {request['status']}  {request['method']} {request['path']}"
        f"  {request['operation'] or ''}  {request['milliseconds']} ms"
    )
    if request["status"] < 400:
        return line
    reason = _reason(request["response"])
    return f"{line}\n          {reason}" if reason else line


def _reason(response: object) -> str:
    """Return what a refusal says, in either form of the API."""
    if not isinstance(response, Mapping):
        return ""
    inner: Any = response.get("error", response)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return str(inner.get("message", "")) if isinstance(inner, Mapping) else ""  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
