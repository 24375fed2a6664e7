"""Hold one of the two APIs, with what a comparison asks of it again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum as PlainEnum
from functools import cached_property

from ..document import Document
from ..model import query
from ..model.api import Api, Enum, Model
from ..model.build import read
from ..model.leftovers import leftovers
from ..model.types import EnumRef, Type, leaves_of


class Direction(PlainEnum):
    """A direction of data: a caller writes requests and reads responses; an event is read like a response."""

    REQUEST = "request"
    RESPONSE = "response"


BOTH = frozenset(Direction)
REQUEST = frozenset({Direction.REQUEST})
RESPONSE = frozenset({Direction.RESPONSE})


class Side:
    """An API that is compared.

    Args:
        document: The bundled document that describes it. It may be broken in any way.
    """

    def __init__(self, document: Document) -> None:
        # Flaws are for the lint: a package can be made of such a document.
        self.api, self.diagnostics, _, self.nodes = read(document)
        self.leftovers = leftovers(document, self.nodes)
        self.schemas: dict[str, Model | Enum] = dict(self.api.models)
        self.schemas.update(self.api.enums)

    @cached_property
    def uses(self) -> dict[str, frozenset[Direction]]:
        """Return which way each schema goes; nothing for one that nothing uses."""
        sent = _reached(_sent(self.api))
        received = _reached(query.received_types(self.api))
        received |= {event.body.key for event in self.api.events}
        return {key: _directions(key in sent, key in received) for key in self.schemas}

    def directions(self, key: str) -> frozenset[Direction]:
        """Return which way a schema goes; both ways for one that nothing uses, since its class is public."""
        return self.uses.get(key) or BOTH

    @cached_property
    def senders(self) -> dict[str, list[str]]:
        """Return the calls that take the fields of a model as their parameters, by the key of the model."""
        found: dict[str, list[str]] = {}
        for operation in self.api.operations:
            model = operation.body.model if operation.body else None
            if model is not None:
                found.setdefault(model.key, []).append(f"client.{operation.call}")
        return found


def _sent(api: Api) -> Iterator[Type]:
    for operation in api.operations:
        yield from (parameter.type for parameter in operation.parameters)
        if operation.body is not None:
            yield operation.body.type


def _reached(types: Iterable[Type]) -> set[str]:
    """Return the keys of the models and enumerations that values of these types consist of."""
    parts = list(types)
    models = query.reachable(parts)
    for model in models.values():
        parts += query.parts_of(model)
    found = set(models)
    for part in parts:
        found.update(leaf.key for leaf in leaves_of(part) if isinstance(leaf, EnumRef))
    return found


def _directions(is_sent: bool, is_received: bool) -> frozenset[Direction]:
    sent = REQUEST if is_sent else frozenset[Direction]()
    received = RESPONSE if is_received else frozenset[Direction]()
    return sent | received
