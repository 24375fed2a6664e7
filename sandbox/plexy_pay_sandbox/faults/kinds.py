"""The faults by name, with a sentence each about what happens to the money.

A name is written with underscores in Python and with hyphens in the command; both are taken everywhere.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from ..suggestions import meant


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
        "The sandbox executes the call: money may have moved. It closes the connection without a response.",
    ),
    FaultKind(
        "reset_before",
        Strikes.REQUEST,
        "The sandbox reads the request and resets the connection without executing it. No money moves.",
    ),
    FaultKind(
        "reset_after",
        Strikes.REQUEST,
        "The sandbox executes the call: money may have moved. It resets the connection without a response.",
    ),
    FaultKind(
        "slow",
        Strikes.REQUEST,
        "The sandbox executes the call at once: money may have moved. The response follows some real seconds later.",
        seconds=5,
    ),
    FaultKind(
        "trickle",
        Strikes.REQUEST,
        "The sandbox executes the call at once: money may have moved. The response body arrives in small pieces, over "
        "some real seconds.",
        seconds=5,
    ),
    FaultKind(
        "too_many_requests",
        Strikes.REQUEST,
        "The sandbox does not execute the call. No money moves. The response is a 429 with the seconds in Retry-After.",
        seconds=1,
    ),
    FaultKind(
        "server_error",
        Strikes.REQUEST,
        "The sandbox executes the call: money may have moved. The response is a 500 with a general message.",
    ),
    FaultKind(
        "bad_gateway",
        Strikes.REQUEST,
        "The sandbox executes the call: money may have moved. The response is a 502 with an HTML page.",
    ),
    FaultKind(
        "truncated_body",
        Strikes.REQUEST,
        "The sandbox executes the call: money may have moved. It closes the connection after half of the body. A "
        "response without a body is lost completely.",
    ),
    FaultKind(
        "not_json",
        Strikes.REQUEST,
        "The sandbox executes the call: money may have moved. The response has its usual status, but an HTML body.",
    ),
    FaultKind(
        "webhook_twice",
        Strikes.WEBHOOK,
        "The sandbox delivers the event twice. A handler that counts it twice ships or books twice.",
    ),
    FaultKind(
        "webhook_late",
        Strikes.WEBHOOK,
        "The money has moved. The sandbox delivers the event some seconds later, in its own time.",
        seconds=3600,
    ),
    FaultKind(
        "webhook_out_of_order",
        Strikes.WEBHOOK,
        "The money has moved. The sandbox holds the event until it has delivered the next one to the same address.",
    ),
    FaultKind(
        "webhook_lost",
        Strikes.WEBHOOK,
        "The money has moved. The sandbox never delivers the event. Only a look-up shows the payment.",
    ),
    FaultKind(
        "webhook_forged",
        Strikes.WEBHOOK,
        "A copy with a false signature arrives just before the event. No money moves for it. A handler must refuse it.",
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
    return meant(name, spelled)
