"""Note the events that no address was set for: a shop that waits for them waits for ever."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from .. import wire

PAY_HINT: Final = (
    "give the payment link a metadata.callbackUrl, or start the sandbox with "
    "--webhook-url"
)
"""What gives the events of the Pay API an address."""

CHECKOUT_HINT: Final = "start the sandbox with --webhook-checkout-url"
"""What gives the events of v2 an address."""

_REMEMBERED: Final = 1000

_log = logging.getLogger("plexy_pay_sandbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class LostEvent:
    """Represent an event that had nowhere to go.

    Attributes:
        name: The name of the event.
        at: The moment at which it happened, in the time of the sandbox.
        about: The ids of what it is about.
        hint: What gives such events an address.
    """

    name: str
    at: datetime
    about: tuple[str, ...]
    hint: str

    def show(self) -> dict[str, Any]:
        """Return the event as `GET /_sandbox/webhooks` lists it."""
        return {
            "name": self.name,
            "at": wire.to_microseconds(self.at),
            "about": list(self.about),
            "hint": self.hint,
        }


class LostEvents:
    """Hold the latest events that had nowhere to go. The first of each kind says so in the log."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forget all of them."""
        self._events: deque[LostEvent] = deque(maxlen=_REMEMBERED)
        self._told: set[str] = set()

    def note(self, event: LostEvent) -> None:
        """Note an event, and log what is to be done about it unless that was said before."""
        self._events.append(event)
        if event.hint in self._told:
            return
        self._told.add(event.hint)
        _log.warning(
            "webhook %r had no address: %s. `plexy-sandbox deliveries list` lists those that follow.",
            event.name,
            event.hint,
        )

    def all(self) -> list[LostEvent]:
        """Return the events, the oldest first."""
        return list(self._events)
