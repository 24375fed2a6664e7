"""Match the operations and schemas of two APIs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from ..model.api import Enum, Event, Model, Operation
from .side import Side

_Thing = TypeVar("_Thing", Operation, Event)


def operations(
    old: Sequence[Operation], new: Sequence[Operation]
) -> dict[Operation, Operation]:
    """Return the new one of each operation: by its id, else by its method and path, else by its name."""
    return _matched(
        old,
        new,
        (
            lambda one: (one.id, one.http_method, one.path),
            lambda one: one.id,
            lambda one: (one.http_method, one.path),
            lambda one: one.call,
        ),
    )


def events(old: Sequence[Event], new: Sequence[Event]) -> dict[Event, Event]:
    """Return for each event the new one: of the same class, else of the same key."""
    return _matched(old, new, (lambda one: one.class_name, lambda one: one.key))


def _matched(
    old: Sequence[_Thing],
    new: Sequence[_Thing],
    keys: Iterable[Callable[[_Thing], object]],
) -> dict[_Thing, _Thing]:
    waiting, left = list(old), list(new)
    pairs: dict[_Thing, _Thing] = {}
    for key in keys:
        known = {key(thing): thing for thing in reversed(left)}
        for thing in list(waiting):
            match = known.pop(key(thing), None)
            if match is not None:
                pairs[thing] = match
                waiting.remove(thing)
                left.remove(match)
    return pairs


def renamed_schemas(old: Side, new: Side) -> dict[str, str]:
    """Return the schemas that are there under another key: of the same class, or else with the same content."""
    gone = {
        key: schema for key, schema in old.schemas.items() if key not in new.schemas
    }
    come = {
        key: schema for key, schema in new.schemas.items() if key not in old.schemas
    }
    found = _alike(gone, come, lambda schema: schema.name)
    rest = {key: schema for key, schema in gone.items() if key not in found}
    left = {key: schema for key, schema in come.items() if key not in found.values()}
    return found | _alike(rest, left, _content)


def _alike(
    gone: Mapping[str, Model | Enum],
    come: Mapping[str, Model | Enum],
    identity: Callable[[Model | Enum], str],
) -> dict[str, str]:
    """Return the schemas that have the same identity, where no others have it."""
    before = {key: identity(schema) for key, schema in gone.items()}
    after = {identity(schema): key for key, schema in come.items()}
    counts = Counter(before.values())
    counts.update(map(identity, come.values()))
    return {
        key: after[value]
        for key, value in before.items()
        if value in after and counts[value] == 2
    }


def _content(schema: Model | Enum) -> str:
    """Return all that a schema says of its values, whatever it is called."""
    if isinstance(schema, Enum):
        return repr(
            [(member.value, member.meaning, member.same) for member in schema.members]
        )
    fields = [(field.wire_name, field.type, field.required) for field in schema.fields]
    return repr((fields, schema.further, schema.is_closed)).replace(
        repr(schema.key), "itself"
    )
