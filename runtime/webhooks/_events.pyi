"""Stub of the generated `_events.py`, for type checkers that read runtime/ in place. It is not copied."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from ._event import UnknownEvent, WebhookEvent

__all__ = ("EVENTS", "AnyEvent")

class DeclaredEvent(WebhookEvent[Any]):
    """Stands for the classes of the events in the spec."""

AnyEvent: TypeAlias = DeclaredEvent | UnknownEvent
EVENTS: Mapping[tuple[str, str], type[WebhookEvent[Any]]]
