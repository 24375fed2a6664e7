# plexy-pay runtime, written by hand in runtime/webhooks/_event.py; the generator copies it unchanged.
"""What every event is, and what the generated classes of `events` say about theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from .._core.decoding import Readable
from ._secrets import Secret

DataT = TypeVar("DataT")


class Kind(NamedTuple):
    """What the spec says of one event.

    Args:
        name: The event's name on the wire; empty for the one that has none.
        named_by: The property of the body that holds the name; empty where none does.
        secret: The kind of secret that its deliveries are proved with.
        prefix: What the `dedup_id` begins with.
        identity: Where the values are that tell one event from another, as JSON pointers into the body.
        data: The property of the body that is the event's `data`; empty where the whole body is.
        merchant: The property of the body that is the merchant's id; empty where none is.
        created: The property of the body that says when the event was made, in seconds since 1970; empty where none is.
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
    """A delivery that was proved to come from someone who knows the secret.

    Attributes:
        name: The event's name, such as `transaction.charged`. The callback of 2023 has none: empty.
        data: What it tells, as a model. What does not fit the spec is kept as it came.
        dedup_id: The same for each delivery of one event: keep it, and handle no event twice.
        id: The event's own id, where deliveries carry one (v2).
        merchant_id: Your id at Plexy Pay, where the delivery carries it.
        created_at: When the event was made, where the delivery says so (v2).
        payload: The whole JSON body as it came. Not shown by `repr`.
        scheme: How it was proved: `token`, `fields` or `body`.
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
    """An event that this version does not know, or a known one whose `data` is no object.

    It is never given another event's class. `data` is the JSON as it came: acknowledge it, and do not act on it.
    """

    data: Any = field(repr=False)
