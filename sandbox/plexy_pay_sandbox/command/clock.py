"""Move the clock of a sandbox ahead, and make it forget everything."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Final

import typer

from .output import show, show_json
from .running import DEFAULT_URL, AsJson, Url, call

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")


def seconds_of(text: str) -> Decimal:
    """Return the seconds of a duration such as `90`, `15m`, `1h` or `5d`.

    Raises:
        BadParameter: if it is none.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter("write a duration such as 90, 15m, 1h or 5d")
    number, unit = found.groups()
    return Decimal(number) * _SECONDS.get(unit, 1)


def advance(
    duration: Annotated[str, typer.Argument(help="Such as 90 (seconds), 15m, 1h, 5d.")],
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Move the clock ahead: captures, expiries and retries that become due happen."""
    response = call(url, "POST", "/_sandbox/advance", {"seconds": seconds_of(duration)})
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
        show("The sandbox has forgotten everything.")
