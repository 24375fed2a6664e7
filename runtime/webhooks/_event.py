# plexy-pay runtime, written by hand in runtime/webhooks/_event.py; the generator copies it unchanged.
"""Define the base of all events, and the facts that each generated event class states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from .._core.decoding import Readable
from ._secrets import Secret

DataT = TypeVar("DataT")


class Kind(NamedTuple):
    """Hold the facts of the spec about one event.

    Args:
        name: The event's name on the wire; empty for the one event without a name.
        named_by: The property of the body with the name; empty if there is none.
        secret: The class of secret that verifies its deliveries.
        prefix: The prefix of the `dedup_id`.
        identity: The places of the values that distinguish events, as JSON pointers into the body.
        data: The property of the body with the event's `data`; empty if `data` is the whole body.
        merchant: The property of the body with the merchant's id; empty if there is none.
        created: The property of the body with the time of the event, in seconds since 1970; empty if there is none.
        model: Loads the class of `data`.
    """

    name: str
    named_by: str
    secret: type[Secret]
    prefix: str
    identity: tuple[str, ...]
    data: str
    merchant: str
    created: str
    model: Callable[[], type[Readable]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent(Generic[DataT]):
    """Represent the event of a verified delivery: its sender knows the secret.

    Attributes:
        name: The event's name, such as `transaction.charged`. It is empty for the callback of 2023, which has none.
        data: The event's data, as a model. Values that do not fit the spec stay unchanged.
        dedup_id: The identity of the event, the same for each of its deliveries. Save it, and handle no event twice.
        id: The event's own id; None if the delivery carries none. Only v2 deliveries carry one.
        merchant_id: Your id at Plexy Pay; None if the delivery does not carry it.
        created_at: The time of the event; None if the delivery does not carry it. Only v2 deliveries carry it.
        payload: The whole, unchanged JSON body. `repr` does not show it.
        scheme: The scheme that verified the delivery: `token`, `fields` or `body`.
    """

    kind: ClassVar[Kind]

    name: str
    data: DataT
    dedup_id: str
    id: str | None = None
    merchant_id: str | None = None
    created_at: datetime | None = None
    payload: Mapping[str, Any] = field(repr=False)
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(WebhookEvent[Any]):
    """Represent an event that this version does not know, or a known event whose `data` is not an object.

    Such an event never gets another event's class. `data` holds the unchanged JSON. Acknowledge the event, and do not
    act on it.
    """

    data: Any = field(repr=False)
