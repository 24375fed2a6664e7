"""What the template shows of a webhook: the class of its event, and how a delivery of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import describing
from .document import mapping, sequence
from .naming import event_class, snake
from .normalising import SCHEMA_PREFIX, properties, resolve, schemas
from .views import UnsupportedError

Json = dict[str, Any]

#: The property of a body that holds what an event is about; a body without it is about that itself.
DATA = "data"
#: What the property of a body is called, in Python, that holds the merchant's id.
MERCHANT = "merchant_id"
#: The value of `x-format` that marks seconds since 1970.
UNIX_SECONDS = "unix-seconds"


@dataclass(frozen=True)
class EventView:
    """One event, with the names that the spec gives it on the wire and ours in Python."""

    class_name: str
    name: str
    named_by: str
    secret: str
    prefix: str
    identity: tuple[str, ...]
    data: str
    merchant: str
    created: str
    model: str
    doc: str

    @property
    def loader(self) -> str:
        """The function that imports the model."""
        return f"_{snake(self.model)}"


def webhooks(data: Json) -> list[tuple[str, Json]]:
    """Every webhook of the document, with the key that it stands under."""
    return [
        (key, operation)
        for key, item in mapping(data.get("webhooks")).items()
        for operation in mapping(item).values()
        if "operationId" in mapping(operation)
    ]


def event_views(data: Json) -> list[EventView]:
    """Every event of the normalised document, in its order.

    Raises:
        UnsupportedError: naming the webhook that cannot be represented.
    """
    return [_view(data, key, operation) for key, operation in webhooks(data)]


def _view(data: Json, key: str, operation: Json) -> EventView:
    name = str(operation.get("x-event", ""))
    class_name = event_class(str(operation["operationId"]))
    if class_name is None:
        raise UnsupportedError(f"webhook {key}: its operationId does not begin with `on`")
    body = properties(data, _object(data, key, _content(data, operation).get("schema")))
    dedup = mapping(operation.get("x-dedup"))
    about = _schema_of(body[DATA] if DATA in body else _content(data, operation).get("schema"))
    _object(data, key, body.get(DATA, {"$ref": SCHEMA_PREFIX + about}))
    return EventView(
        class_name=class_name,
        name=name,
        named_by=_named_by(data, key, name, body),
        secret=_secret(data, key, operation),
        prefix=str(dedup.get("prefix", "")),
        identity=tuple(map(str, sequence(dedup.get("pointers")))),
        data=DATA if DATA in body else "",
        merchant=next((name for name in body if snake(name) == MERCHANT), ""),
        created=next((name for name, node in body.items() if node.get("x-format") == UNIX_SECONDS), ""),
        model=about,
        doc=_doc(name, operation, about, dedup),
    )


def _content(data: Json, operation: Json) -> Json:
    body = resolve(data, mapping(operation.get("requestBody")))
    return mapping(mapping(body.get("content")).get("application/json"))


def _schema_of(node: Any) -> str:
    return str(mapping(node).get("$ref", "")).removeprefix(SCHEMA_PREFIX)


def _object(data: Json, key: str, node: Any) -> Json:
    """The named object that a part of the body refers to."""
    schema = mapping(schemas(data).get(_schema_of(node)))
    if not (schema.get("type") == "object" or "properties" in schema or "allOf" in schema):
        raise UnsupportedError(
            f"webhook {key}: its body, or the body's `{DATA}`, is no object with a named schema"
        )
    return schema


def _named_by(data: Json, key: str, name: str, body: Json) -> str:
    """The property that holds the event's name: its enumeration lists it."""
    if not name:
        return ""
    found = [wire for wire, node in body.items() if name in sequence(resolve(data, node).get("enum"))]
    if len(found) != 1:
        raise UnsupportedError(
            f"webhook {key}: not one property of its body lists {name!r}, but {len(found)}"
        )
    return found[0]


def _secret(data: Json, key: str, operation: Json) -> str:
    names = [name for requirement in sequence(operation.get("security")) for name in requirement]
    schemes = mapping(mapping(data.get("components")).get("securitySchemes"))
    secrets = [str(mapping(schemes.get(name)).get("x-webhook-secret", "")) for name in names]
    if len(secrets) != 1 or not secrets[0]:
        raise UnsupportedError(f"webhook {key}: it does not name one security scheme with `x-webhook-secret`")
    return secrets[0]


def _doc(name: str, operation: Json, model: str, dedup: Json) -> str:
    """The docstring of the class: what happened, how that is known, what it brings, and what makes it the same."""
    told = f"Event `{name}`" if name else "It has no name in its body"
    same = ", ".join(f"`{pointer[1:].replace('/', '.')}`" for pointer in sequence(dedup.get("pointers")))
    parts = [
        describing.text(operation.get("summary")).rstrip(".") + ".",
        describing.text(operation.get("description")),
        f"{told}: {describing.evidence(operation)}.",
        f"`data` is of the class `{model}`. Deliveries have the same `dedup_id` if they agree in {same} "
        "and lack none of them.",
    ]
    return "\n\n".join(part for part in parts if part)
