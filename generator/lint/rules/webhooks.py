"""Check that webhook deliveries can be told apart."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...model.api import Api, Event, Field, Model
from ...model.types import ListOf, ModelRef, variants_of


def webhook_can_be_told_from_its_likes(api: Api) -> Iterator[Diagnostic]:
    """Report `x-dedup` unless it lists properties of the body, the first always there, and once for each prefix."""
    lists: dict[str, tuple[str, ...]] = {}
    for event in api.events:
        place = (*event.origin.pointer, "x-dedup")
        if lists.setdefault(event.prefix, event.identity) != event.identity:
            message = f"x-dedup of {event.title} has the prefix {event.prefix!r} of another list of pointers"
            yield api.diagnostic(
                (*place, "prefix"),
                message,
                "choose another prefix, or list the same pointers",
            )
        yield from _identity_diagnostics(api, event)


def _identity_diagnostics(api: Api, event: Event) -> Iterator[Diagnostic]:
    for index, pointer in enumerate(event.identity):
        place = (*event.origin.pointer, "x-dedup", "pointers", index)
        way = _way(event.body, pointer)
        if not way or not _is_plain(way[-1]):
            message = f"x-dedup names {pointer!r}, which is nothing in the body of {event.title}"
            yield api.diagnostic(place, message, "write it like `/data/id`")
        elif index == 0 and not all(field.required for field in way):
            message = f"x-dedup of {event.title} begins with {pointer!r}, which is not required"
            yield api.diagnostic(
                place, message, "begin with the id; without it there is no identity"
            )


def _way(body: Model, pointer: str) -> list[Field]:
    """Return the fields on the way to a value of the body; none if it is not there."""
    root, *names = pointer.split("/")
    if root:
        return []
    way: list[Field] = []
    model: Model | None = body
    for name in names:
        field = model.by_wire_name.get(name) if model else None
        if field is None:
            return []
        way.append(field)
        model = field.type.model if isinstance(field.type, ModelRef) else None
    return way


def _is_plain(field: Field) -> bool:
    return not any(
        isinstance(variant, ModelRef | ListOf) for variant in variants_of(field.type)
    )
