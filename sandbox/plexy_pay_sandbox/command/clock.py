"""Move the clock of a sandbox ahead, and make it forget everything."""

from __future__ import annotations

from typing import Annotated

import typer

from ..durations import seconds_of
from .output import show, show_json
from .running import DEFAULT_URL, AsJson, Url, call


def advance(
    duration: Annotated[str, typer.Argument(help="Such as 90 (seconds), 15m, 1h, 5d.")],
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Move the clock ahead: captures, expiries and delayed webhooks that become due happen."""
    try:
        seconds = seconds_of(duration)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    response = call(url, "POST", "/_sandbox/advance", {"seconds": seconds})
    if as_json:
        show_json(response)
    else:
        show(f"It is {response['now']} in the sandbox.")


def reset(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Forget all payments, deliveries and requests, and return to the real time."""
    call(url, "POST", "/_sandbox/reset")
    if as_json:
        show_json({"reset": True})
    else:
        show("The sandbox is empty again.")
