"""One of the two documents: its operations, events and schemas under the names that they have in Python.

Documents may be broken in any way here. What cannot be read has no name, and its difference is reported all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from ..document import (
    Document,
    Pointer,
    is_mapping,
    mapping,
    parse_pointer,
    reference_of,
    references,
    sequence,
)
from ..naming import class_names, event_class, method, pascal, snake

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
JSON_TYPE = "application/json"
_SCHEMAS = ("components", "schemas")


class Direction(Enum):
    """Which way data goes: a caller writes requests and reads answers; an event is read like an answer."""

    REQUEST = "request"
    ANSWER = "answer"


BOTH = frozenset(Direction)
REQUEST = frozenset({Direction.REQUEST})
ANSWER = frozenset({Direction.ANSWER})


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation, or a webhook, with its names in Python."""

    pointer: Pointer
    path: str
    http_method: str
    data: Json
    item: Json
    is_event: bool = False

    @cached_property
    def id(self) -> str:
        """The operationId, or what the generator puts in its place."""
        return str(self.data.get("operationId") or f"{self.http_method}_{self.path}")

    @cached_property
    def function(self) -> str:
        """The module of its functions."""
        return snake(self.id)

    @cached_property
    def resource(self) -> str:
        """The attribute of the client, such as `checkout.sessions`."""
        name = self.data.get("x-resource") or next(iter(sequence(self.data.get("tags"))), "default")
        return ".".join(snake(part) for part in str(name).split("."))

    @cached_property
    def call(self) -> str:
        """How a user writes it: `client.payment_links.create`; for an event its class."""
        if self.is_event:
            return f"webhooks.{event_class(self.id) or pascal(self.id)}"
        return f"client.{self.resource}.{method(str(self.data.get('x-method') or self.id))}"


class Side:
    """A bundled document, read for comparing."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data = document.data
        self._below: dict[str, list[str]] = {}

    @cached_property
    def operations(self) -> list[Operation]:
        """The operations, in the document's order."""
        return list(self._operations("paths"))

    @cached_property
    def events(self) -> list[Operation]:
        """The webhooks, in the document's order."""
        return list(self._operations("webhooks"))

    def _operations(self, kind: str) -> Iterator[Operation]:
        for path, item in mapping(self.data.get(kind)).items():
            for name, data in mapping(item).items():
                if name in METHODS and is_mapping(data):
                    yield Operation((kind, path, name), path, name, data, mapping(item), kind == "webhooks")

    @cached_property
    def schemas(self) -> Json:
        """The named schemas."""
        return mapping(mapping(self.data.get("components")).get("schemas"))

    @cached_property
    def classes(self) -> dict[str, str]:
        """The class of each named schema."""
        try:
            return class_names({key: mapping(schema) for key, schema in self.schemas.items()})
        except (TypeError, ValueError):
            # Two share a name: nothing can be generated, and that is said elsewhere.
            return {key: pascal(key) for key in self.schemas}

    def resolve(self, value: object) -> Json:
        """The object that a reference leads to, or the value itself; nothing for what is no object."""
        seen: set[str] = set()
        while (reference := reference_of(value)) is not None and reference not in seen:
            seen.add(reference)
            value = self.document.get(parse_pointer(reference))
        return mapping(value)

    def schema_key(self, reference: object) -> str:
        """The key of the named schema that a reference leads to, or nothing."""
        tokens = parse_pointer(reference) if isinstance(reference, str) else ()
        return tokens[2] if len(tokens) == 3 and tokens[:2] == _SCHEMAS else ""

    @cached_property
    def bodies(self) -> dict[str, list[Operation]]:
        """The operations whose body is a named schema, by the schema's key."""
        found: dict[str, list[Operation]] = {}
        for operation in self.operations:
            media = self.json_content(self.resolve(operation.data.get("requestBody")))
            if key := self.schema_key(mapping(media.get("schema")).get("$ref")):
                found.setdefault(key, []).append(operation)
        return found

    @staticmethod
    def json_content(holder: Json) -> Json:
        """The JSON of a request body or an answer."""
        return mapping(mapping(holder.get("content")).get(JSON_TYPE))

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """The calls and events that a component is reached from, by the component's reference."""
        found: dict[str, dict[str, None]] = {}
        for operation in (*self.operations, *self.events):
            shared = {"parameters": operation.item.get("parameters", [])}
            for reference in self._reached((operation.data, shared)):
                found.setdefault(reference, {})[operation.call] = None
        return {reference: list(calls) for reference, calls in found.items()}

    @cached_property
    def directions(self) -> dict[str, frozenset[Direction]]:
        """Which way each named schema goes; both ways for one that nothing uses, since its class is public."""
        return {key: used or BOTH for key, used in self.uses.items()}

    @cached_property
    def uses(self) -> dict[str, frozenset[Direction]]:
        """Which way each named schema goes; nothing for one that nothing uses."""
        requests: list[Any] = []
        answers: list[Any] = []
        for operation in self.operations:
            body, responses = operation.data.get("requestBody"), operation.data.get("responses")
            requests += [body, {"parameters": operation.data.get("parameters", [])}]
            requests.append({"parameters": operation.item.get("parameters", [])})
            answers.append({"responses": responses} if is_mapping(responses) else None)
        answers += [event.data.get("requestBody") for event in self.events]
        sent, read = (
            {self.schema_key(reference) for reference in self._reached(holders)}
            for holders in (requests, answers)
        )
        return {
            key: frozenset(
                direction
                for direction, reached in ((Direction.REQUEST, sent), (Direction.ANSWER, read))
                if key in reached
            )
            for key in self.schemas
        }

    def _reached(self, holders: Iterable[Any]) -> set[str]:
        """Every reference below some values, those that lead on included."""
        waiting = [target for holder in holders for target in self._direct(holder)]
        seen: set[str] = set()
        while waiting:
            target = waiting.pop()
            if target not in seen:
                seen.add(target)
                if target not in self._below:
                    self._below[target] = self._direct(self.document.get(parse_pointer(target)))
                waiting += self._below[target]
        return seen

    @staticmethod
    def _direct(value: Any) -> list[str]:
        return [target for _, target in references(value)]
