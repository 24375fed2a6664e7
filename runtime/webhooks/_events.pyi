"""What the generated `_events.py` holds. Type checkers read this where the runtime stands; it is not copied."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from ._event import UnknownEvent, WebhookEvent

__all__ = ("EVENTS", "AnyEvent")

class DeclaredEvent(WebhookEvent[Any]):
    """Stands for the classes of the events in the spec."""

AnyEvent: TypeAlias = DeclaredEvent | UnknownEvent
EVENTS: Mapping[tuple[str, str], type[WebhookEvent[Any]]]
