"""Compare the events that webhooks deliver."""

from __future__ import annotations

from dataclasses import replace

from ..model.api import Event, Field, Model
from . import matches
from .difference import Difference
from .findings import Findings, Place, brief, changed, novelty


def compare(found: Findings) -> None:
    """Compare all events."""
    old, new = found.old.api.events, found.new.api.events
    pairs = matches.events(old, new)
    for event in old:
        if event in pairs:
            place = replace(_place(event), pointer=pairs[event].origin.pointer)
            _EventDifference(found, place, event, pairs[event]).compare()
        else:
            found.breaks(
                "event-removed",
                _place(event),
                "was removed: such a delivery becomes an `UnknownEvent`.",
            )
    for event in new:
        if event not in pairs.values():
            found.adds("event-added", _place(event), novelty(event.summary))
    kept = [event.key for event in new if event in pairs.values()]
    if [pairs[event].key for event in old if event in pairs] != kept:
        found.docs(
            Place("openapi.json", ("webhooks",)),
            "the order of the webhooks",
            "order-changed",
        )


def _place(event: Event) -> Place:
    name = f"webhooks.{event.class_name}"
    return Place(name, event.origin.pointer, symbols=(name,))


class _EventDifference(Difference[Event]):
    def on_class_name(self, old: str, new: str) -> None:
        text = f"is now called `webhooks.{new}`. Rename it in your `match`."
        self.breaks("event-renamed", text)

    def on_name(self, old: str, new: str) -> None:
        text = (
            f"has another name in the body: the name {changed(old or None, new or None)}. Under the old name it "
            "becomes an `UnknownEvent`."
        )
        self.breaks("event-name-changed", text)

    def on_named_by(self, old: Field | None, new: Field | None) -> None:
        was = old and old.wire_name
        now = new and new.wire_name
        if was != now and self.old.name == self.new.name:
            text = f"has its name in another field: it {changed(was, now)}."
            self.breaks("event-name-changed", text)

    def on_secret(self, old: str, new: str) -> None:
        text = f"is verified with another secret: {brief(new)} instead of {brief(old)}."
        self.breaks("event-proof-changed", text)

    def on_prefix(self, old: str, new: str) -> None:
        self._other_identity()

    def on_identity(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        if self.old.prefix == self.new.prefix:
            self._other_identity()

    def _other_identity(self) -> None:
        text = (
            "has another `dedup_id`: an event that was handled before the update counts as new when it is delivered "
            "again. Update while no delivery is in progress, or compare your own ids."
        )
        self.breaks("dedup-changed", text)

    def on_body(self, old: Model, new: Model) -> None:
        if self.found.now(old.key) != new.key:
            text = f"changed its type from `{old.name}` to `{new.name}`."
            self.found.breaks("type-changed", self.place.about("the body"), text)

    def on_model(self, old: Model, new: Model) -> None:
        if self.found.now(old.key) != new.key:
            text = f"is now about a `{new.name}` instead of a `{old.name}`."
            self.breaks("type-changed", text)
