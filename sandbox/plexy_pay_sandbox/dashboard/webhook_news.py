"""Find the webhooks that are about a payment, and say what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, cast

from ..webhooks.attempts import DeliveryAttempt
from ..webhooks.nowhere import LostEvent
from ..webhooks.sender import Delivery, DeliveryState, WebhookSender
from .words import Tone, day_and_time

_STATES: Final[Mapping[DeliveryState, tuple[str, Tone]]] = {
    DeliveryState.HELD: ("held back", Tone.WAITING),
    DeliveryState.DELAYED: ("delayed", Tone.WAITING),
    DeliveryState.PENDING: ("on its way", Tone.WAITING),
    DeliveryState.DELIVERED: ("delivered", Tone.GOOD),
    DeliveryState.GIVEN_UP: ("given up", Tone.BAD),
    DeliveryState.NOT_SENT: ("not sent", Tone.BAD),
}


class Trouble(NamedTuple):
    """Represent why a shop may not know of something.

    Attributes:
        text: The reason, as the end of a sentence.
        tone: Its colour: a shop that has no address may not want to know.
    """

    text: str
    tone: Tone = Tone.BAD


class WebhookNews:
    """Know the deliveries and the events without an address by what they are about.

    Args:
        sender: Who delivers.
    """

    def __init__(self, sender: WebhookSender) -> None:
        self._deliveries: dict[str, list[Delivery]] = {}
        self._lost: dict[str, list[LostEvent]] = {}
        for delivery in sender.deliveries():
            for name in set(texts_in(delivery.message.payload)):
                self._deliveries.setdefault(name, []).append(delivery)
        for event in sender.lost.all():
            for name in event.about:
                self._lost.setdefault(name, []).append(event)

    def deliveries(self, ids: Iterable[str]) -> list[Delivery]:
        """Return the deliveries about any of these ids, the oldest first."""
        found = [one for name in ids for one in self._deliveries.get(name, ())]
        unique = {delivery.id: delivery for delivery in found}
        return sorted(unique.values(), key=lambda delivery: delivery.at)

    def lost(self, ids: Iterable[str]) -> list[LostEvent]:
        """Return the events about any of these ids that had nowhere to go, the oldest first."""
        found = [one for name in ids for one in self._lost.get(name, ())]
        return sorted(set(found), key=lambda event: event.at)

    def trouble(self, ids: Iterable[str]) -> Trouble | None:
        """Return why the shop may not know of the latest event about any of these ids; None if nothing is wrong."""
        ids = list(ids)
        sent, lost = self.deliveries(ids), self.lost(ids)
        if lost and (not sent or sent[-1].at <= lost[-1].at):
            lacks = f"{lost[-1].name} had no address: {lost[-1].hint}"
            return Trouble(lacks, Tone.WAITING)
        text = trouble_of(sent[-1]) if sent else None
        return None if text is None else Trouble(text)


def trouble_of(delivery: Delivery) -> str | None:
    """Return why the receiver does not know of an event; None if it does, or nothing is wrong yet."""
    message, attempts = delivery.message, delivery.attempts
    if delivery.state is DeliveryState.DELIVERED:
        return None
    if attempts:
        return f"{message.url} {reply_to(attempts[-1])} to {message.name}"
    if delivery.state is DeliveryState.NOT_SENT:
        return f"{message.name} was not sent: {delivery.reason}"
    if delivery.state in (DeliveryState.HELD, DeliveryState.DELAYED):
        return f"{message.name} is {words_of(delivery)[0]}"
    return None


def short_trouble_of(delivery: Delivery) -> str | None:
    """Return why the receiver does not know of an event, where its name and its address stand beside it."""
    if delivery.state is DeliveryState.DELIVERED:
        return None
    if delivery.attempts:
        return f"the shop {replies_to(delivery.attempts)}"
    return delivery.reason


def replies_to(attempts: Sequence[DeliveryAttempt]) -> str:
    """Return what came back to tries, as the end of a sentence."""
    counted = Counter(map(reply_to, attempts))
    return ", ".join(
        reply if count == 1 else f"{reply} ({count} times)"
        for reply, count in counted.items()
    )


def reply_to(attempt: DeliveryAttempt) -> str:
    """Return what came back to a try, as the middle of a sentence."""
    if attempt.status is not None:
        return f"responded with HTTP {attempt.status}"
    return f"could not be reached ({attempt.error})"


def words_of(delivery: Delivery) -> tuple[str, Tone]:
    """Return how far a delivery has come."""
    words, tone = _STATES[delivery.state]
    if delivery.next_at is not None:
        return f"tried again at {day_and_time(delivery.next_at)[11:]}", Tone.BAD
    return words, tone


def texts_in(value: object) -> Iterator[str]:
    """Yield all texts in a value that was JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in cast("Mapping[object, object]", value).values():
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            yield from texts_in(one)
