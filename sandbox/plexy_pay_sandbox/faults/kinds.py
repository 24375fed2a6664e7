"""The faults by name, with a sentence each about what happens to the money.

A name is written with underscores in Python and with hyphens in the command; both are taken everywhere.
"""

from __future__ import annotations

from difflib import get_close_matches
from enum import StrEnum
from typing import Final, NamedTuple


class Strikes(StrEnum):
    """What a fault strikes."""

    REQUEST = "request"
    """The request of an operation, such as `payments.capture`."""
    WEBHOOK = "webhook"
    """The delivery of an event, such as `transaction.charged`."""


class FaultKind(NamedTuple):
    """Represent one fault.

    Attributes:
        name: Its name, in snake case.
        strikes: What it strikes.
        happens: What happens, and what that means for the money.
        seconds: The seconds that it takes unless others are asked for; None for one that takes no time.
    """

    name: str
    strikes: Strikes
    happens: str
    seconds: float | None = None

    @property
    def shown_name(self) -> str:
        """Return the name as the command writes it."""
        return self.name.replace("_", "-")


_KINDS: Final = (
    FaultKind(
        "response_lost",
        Strikes.REQUEST,
        "The deed is done: money may have moved. The connection is closed without a response.",
    ),
    FaultKind(
        "reset_before",
        Strikes.REQUEST,
        "Nothing is done: no money moves. The request is read, and the connection is reset.",
    ),
    FaultKind(
        "reset_after",
        Strikes.REQUEST,
        "The deed is done: money may have moved. The connection is reset without a response.",
    ),
    FaultKind(
        "slow",
        Strikes.REQUEST,
        "The deed is done at once: money may have moved. Its response waits for some real seconds.",
        seconds=5,
    ),
    FaultKind(
        "trickle",
        Strikes.REQUEST,
        "The deed is done at once: money may have moved. The body of its response comes in small pieces, over some "
        "real seconds.",
        seconds=5,
    ),
    FaultKind(
        "too_many_requests",
        Strikes.REQUEST,
        "Nothing is done: no money moves. The response is a 429 whose Retry-After names the seconds.",
        seconds=1,
    ),
    FaultKind(
        "server_error",
        Strikes.REQUEST,
        "The deed is done: money may have moved. The response is a 500 that does not tell.",
    ),
    FaultKind(
        "bad_gateway",
        Strikes.REQUEST,
        "The deed is done: money may have moved. The response is a 502 with an HTML page.",
    ),
    FaultKind(
        "truncated_body",
        Strikes.REQUEST,
        "The deed is done: money may have moved. The connection is closed after half of the body; a response without "
        "a body is lost whole.",
    ),
    FaultKind(
        "not_json",
        Strikes.REQUEST,
        "The deed is done: money may have moved. The response has its own status, and an HTML page as its body.",
    ),
    FaultKind(
        "webhook_twice",
        Strikes.WEBHOOK,
        "The event is posted twice. A handler that counts it twice ships or books twice.",
    ),
    FaultKind(
        "webhook_late",
        Strikes.WEBHOOK,
        "The money has moved; the event is posted some seconds later, in the time of the sandbox.",
        seconds=3600,
    ),
    FaultKind(
        "webhook_out_of_order",
        Strikes.WEBHOOK,
        "The money has moved; the event is held until the next one to the same address was sent.",
    ),
    FaultKind(
        "webhook_lost",
        Strikes.WEBHOOK,
        "The money has moved; the event is never posted. Only a look-up tells.",
    ),
    FaultKind(
        "webhook_forged",
        Strikes.WEBHOOK,
        "No money moves for it: a copy whose proof is false comes just before the event. A handler must refuse it.",
    ),
)

KINDS: Final = {kind.name: kind for kind in _KINDS}
"""All faults by name."""


def kind_named(name: str) -> FaultKind:
    """Return the fault of a name, in snake case or in kebab case.

    Raises:
        ValueError: if there is none.
    """
    kind = KINDS.get(name.replace("-", "_"))
    if kind is None:
        raise ValueError(f"there is no fault {name!r}{_meant_fault(name)}")
    return kind


def _meant_fault(name: str) -> str:
    """Return the end of a message: the nearest fault, spelled as the name is, or all of them."""
    spelled = {kind.name: kind for kind in _KINDS}
    if "-" in name:
        spelled = {kind.shown_name: kind for kind in _KINDS}
    near = get_close_matches(name, spelled, 1)
    return (
        f": did you mean {near[0]!r}?" if near else f"; there is {', '.join(spelled)}"
    )
