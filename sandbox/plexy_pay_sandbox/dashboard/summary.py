"""Say in one line what a developer wants to know first."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ..request_log import LoggedRequest
from . import addresses, requests
from .orders import Order
from .words import Tone


class Headline(NamedTuple):
    """Represent the line at the top.

    Attributes:
        text: One sentence.
        tone: Its colour.
        address: The page that has more about it.
    """

    text: str
    tone: Tone
    address: str | None = None


def headline_of(order: Order | None, logged: list[LoggedRequest]) -> Headline:
    """Return the line about what came last: the latest payment or link, or a request that was refused after it.

    Args:
        order: The latest payment or link.
        logged: The latest requests of programs, the newest first.
    """
    latest = next(filter(_tells, logged), None)
    if latest is not None and _is_later(latest, order):
        return _refusal(latest)
    if order is None:
        return Headline("There is no payment or link yet.", Tone.QUIET)
    return Headline(order.headline, order.tone, addresses.order(order.id))


def _tells(logged: LoggedRequest) -> bool:
    """Return whether a request tells something: one that only reads does if it was refused."""
    return logged.method != "GET" or requests.tone_of(logged) is Tone.BAD


def _is_later(logged: LoggedRequest, order: Order | None) -> bool:
    """Return whether a request was refused after the latest news of an order."""
    if requests.tone_of(logged) is not Tone.BAD:
        return False
    if order is None:
        return True
    at = datetime.fromisoformat(logged.at)
    return at >= order.latest_at and not _is_about(logged, order)


def _is_about(logged: LoggedRequest, order: Order) -> bool:
    """Return whether a refused request made or tried the order, whose own line says more."""
    return logged.method == "POST" and logged.status == 402 and bool(order.attempts)


def _refusal(logged: LoggedRequest) -> Headline:
    what = logged.operation or f"{logged.method} {logged.path.partition('?')[0]}"
    reason = requests.reason_of(logged).rstrip(".") or "no reason was given"
    text = (
        f"The latest request, {what}, was refused with HTTP {logged.status}: {reason}."
    )
    return Headline(text, Tone.BAD, addresses.request(logged.number))
