"""Read the webhooks: the class of each event, and how a delivery of it is read."""

from __future__ import annotations

from .. import naming, reading
from ..document import mapping, sequence
from .api import Event, Field, Model
from .reader import Reader, text_of
from .schemas import SchemaReader
from .types import EnumRef, ModelRef, variants_of

#: The property of a body that holds what an event is about; a body without it is about that itself.
DATA = "data"
#: The name in Python of the property of a body that holds the merchant's id.
_MERCHANT = "merchant_id"
_JSON = "application/json"


def read_events(reader: Reader, schemas: SchemaReader) -> tuple[Event, ...]:
    """Return the events of a document in its order."""
    found = [_event(reader, schemas, webhook) for webhook in reading.webhooks(reader.document)]
    return tuple(event for event in found if event is not None)


def _event(reader: Reader, schemas: SchemaReader, webhook: reading.Operation) -> Event | None:
    wire_id = str(webhook.data.get("operationId", ""))
    class_name = naming.event_class(wire_id)
    if class_name is None:
        reader.wrong(
            (*webhook.pointer, "operationId"),
            f"{webhook.title} has no operationId that begins with `on`",
            "write one like `operationId: onTransactionCharged`",
        )
        return None
    body = _body(schemas, webhook)
    data = body.by_wire_name.get(DATA) if body else None
    model = _about(body, data)
    if body is None or model is None:
        reader.wrong(
            (*webhook.pointer, "requestBody"),
            f"the body of {webhook.title}, or its `{DATA}`, is no object with a named schema",
            "refer to a schema of `components.schemas` with properties",
        )
        return None
    name = str(webhook.data.get("x-event", ""))
    dedup = mapping(webhook.data.get("x-dedup"))
    return Event(
        origin=reader.origin(webhook.pointer, webhook.data),
        key=webhook.path,
        wire_id=wire_id,
        class_name=class_name,
        name=name,
        named_by=_named_by(reader, webhook, name, body),
        secret=_secret(reader, webhook),
        prefix=str(dedup.get("prefix", "")),
        identity=tuple(map(str, sequence(dedup.get("pointers")))),
        body=body,
        data=data,
        merchant=next((field for field in body.fields if field.name == _MERCHANT), None),
        created=next((field for field in body.fields if field.is_unix_time), None),
        model=model,
        summary=text_of(webhook.data, "summary"),
        description=text_of(webhook.data, "description"),
    )


def _body(schemas: SchemaReader, webhook: reading.Operation) -> Model | None:
    body = webhook.body()
    if body is None or _JSON not in mapping(body.value.get("content")):
        return None
    type_ = schemas.type_at((*body.pointer, "content", _JSON, "schema"))
    return type_.model if isinstance(type_, ModelRef) else None


def _about(body: Model | None, data: Field | None) -> Model | None:
    if data is None:
        return body
    return data.type.model if isinstance(data.type, ModelRef) else None


def _named_by(reader: Reader, webhook: reading.Operation, name: str, body: Model) -> Field | None:
    """Return the field that holds the event's name: its enumeration lists it."""
    if not name:
        return None
    found = [field for field in body.fields if name in _values(field)]
    if len(found) != 1:
        reader.wrong(
            (*webhook.pointer, "x-event"),
            f"not one property of the body of {webhook.title} lists {name!r}, but {len(found)}",
            "add the name to the enumeration of one property",
        )
        return None
    return found[0]


def _values(field: Field) -> list[object]:
    enums = [variant.enum for variant in variants_of(field.type) if isinstance(variant, EnumRef)]
    return [member.value for enum in enums for member in enum.members]


def _secret(reader: Reader, webhook: reading.Operation) -> str:
    """Return the kind of secret that the one security scheme of the webhook names."""
    schemes = reader.at(("components", "securitySchemes"))
    named = [name for choice in sequence(webhook.data.get("security")) for name in mapping(choice)]
    secrets = [str(mapping(schemes.get(name)).get("x-webhook-secret", "")) for name in named]
    if len(secrets) == 1 and secrets[0]:
        return secrets[0]
    reader.wrong(
        (*webhook.pointer, "security"),
        f"{webhook.title} does not name one security scheme with `x-webhook-secret`",
        "write `security:` with the scheme whose secret proves its deliveries",
    )
    return ""
