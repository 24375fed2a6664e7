"""Read the webhooks: the class of each event, and how a delivery of it is read."""

from __future__ import annotations

import re
from collections.abc import Callable

from .. import identifiers, openapi
from ..diagnostics import meant
from ..document import Pointer, is_mapping, mapping, sequence
from .api import Event, Example, Field, Model
from .examples import read_example
from .query import listed_values
from .reader import Reader, tags_of, text_of
from .schemas import JSON, SchemaReader
from .types import ModelRef

#: The property of a body with the subject of an event; a body without it is the subject itself.
DATA = "data"
#: The name in Python of the property of a body that holds the merchant's id.
_MERCHANT = "merchant_id"
_PROVED_BY = "x-webhook-secret"
_PREFIX = re.compile(r"[a-z]+(?:_[a-z]+)*")
#: The classes of the runtime that check a delivery.
SECRETS = ("BodySecret", "FieldsSecret", "TokenSecret")
#: Names that the module of the events and its base use themselves.
_TAKEN = frozenset(
    {
        "Any",
        "AnyEvent",
        "ClassVar",
        "EVENTS",
        "Kind",
        "Mapping",
        "UnknownEvent",
        "WebhookEvent",
        *SECRETS,
    }
)


def read_events(reader: Reader, schemas: SchemaReader) -> tuple[Event, ...]:
    """Return the events of a document in its order."""
    classes = _classes_taken(schemas)
    tellers: dict[tuple[str, str], str] = {}
    events: list[Event] = []
    for webhook in openapi.webhooks(reader.document):
        event = _event(reader, schemas, webhook, classes)
        if event is not None:
            _check_that_it_is_told(reader, webhook, event, tellers)
            events.append(event)
    return tuple(events)


def _classes_taken(schemas: SchemaReader) -> dict[str, str]:
    """Return what has a class whose name an event may not have, by that name."""
    taken = dict.fromkeys(_TAKEN, "a part of the runtime")
    for model in schemas.models.values():
        taken[model.name] = f"the schema {model.key!r}"
    for enum in schemas.enums.values():
        taken[enum.name] = f"the schema {enum.key!r}"
    return taken


def _event(
    reader: Reader,
    schemas: SchemaReader,
    webhook: openapi.Operation,
    classes: dict[str, str],
) -> Event | None:
    if webhook.method != "post":
        message = f"{webhook.title} is a {webhook.method.upper()}"
        reader.wrong(
            webhook.pointer, message, "write `post:`; that is how events are sent"
        )
    class_name = _class_name(reader, webhook, classes)
    body = _body(reader, schemas, webhook)
    if class_name is None or body is None:
        return None
    data = body.by_wire_name.get(DATA)
    model = _about(reader, webhook, body, data)
    if model is None:
        return None
    name = _name(reader, webhook)
    scheme = _scheme(reader, webhook)
    prefix, identity = _identity(reader, webhook)
    return Event(
        origin=reader.origin(webhook.pointer, webhook.data),
        key=webhook.path,
        wire_id=str(webhook.data["operationId"]),
        class_name=class_name,
        name=name,
        named_by=_named_by(reader, webhook, name, body),
        secret=_secret(reader, webhook, scheme) if scheme else "",
        scheme=scheme,
        prefix=prefix,
        identity=identity,
        body=body,
        data=data,
        merchant=_first(body, lambda field: field.name == _MERCHANT),
        created=_first(body, lambda field: field.is_unix_time),
        model=model,
        summary=text_of(webhook.data, "summary"),
        description=text_of(webhook.data, "description"),
        tags=tags_of(webhook.data),
        example=_example(reader, webhook),
    )


def _example(reader: Reader, webhook: openapi.Operation) -> Example | None:
    """Return the body that the document shows for an event."""
    body = webhook.body()
    if body is None:
        return None
    return read_example(reader, (*body.pointer, "content", JSON))


def _first(body: Model, is_wanted: Callable[[Field], bool]) -> Field | None:
    for field in body.fields:
        if is_wanted(field):
            return field
    return None


def _class_name(
    reader: Reader, webhook: openapi.Operation, classes: dict[str, str]
) -> str | None:
    """Return the name of the event's class; None where the operationId gives none."""
    place, wire_id = (*webhook.pointer, "operationId"), webhook.data.get("operationId")
    if not isinstance(wire_id, str) or not identifiers.is_camel_case(wire_id):
        message = f"{webhook.title} has no operationId in camelCase"
        reader.wrong(
            place, message, "write one like `operationId: onTransactionCharged`"
        )
        return None
    made = identifiers.event_class(wire_id)
    if made is None:
        message = (
            f"the operationId {wire_id!r} of {webhook.title} does not begin with `on`"
        )
        reader.wrong(
            place,
            message,
            "write one like `onPaymentPaid`; its event is `PaymentPaid` then",
        )
    elif made in classes:
        message = f"the event of {webhook.title} would have the class {made}, as has {classes[made]}"
        reader.wrong(place, message, "rename one of them")
    return made


def _body(
    reader: Reader, schemas: SchemaReader, webhook: openapi.Operation
) -> Model | None:
    body = webhook.body()
    holder = body.pointer if body else (*webhook.pointer, "requestBody")
    type_ = schemas.json_of(body) if body else None
    if isinstance(type_, ModelRef):
        return type_.model
    reader.wrong(
        (*holder, "content", JSON, "schema"),
        f"the body of {webhook.title} is not described as a JSON object",
        f"describe it in `schemas/`, and refer to that below `requestBody: content: {JSON}:`",
    )
    return None


def _about(
    reader: Reader, webhook: openapi.Operation, body: Model, data: Field | None
) -> Model | None:
    """Return the model of what the event is about."""
    if data is None:
        return body
    if isinstance(data.type, ModelRef):
        return data.type.model
    message = f"the `{DATA}` of {webhook.title} is not described as an object"
    reader.wrong(
        data.origin.pointer, message, "describe it in `schemas/` and refer to that"
    )
    return None


def _name(reader: Reader, webhook: openapi.Operation) -> str:
    """Return the name of the event in the body; nothing where it has none."""
    name = webhook.data.get("x-event", "")
    if isinstance(name, str) and (name or "x-event" not in webhook.data):
        return name
    message = f"{name!r} is no name of an event"
    reader.wrong(
        (*webhook.pointer, "x-event"), message, "write the name as it is on the wire"
    )
    return str(name)


def _named_by(
    reader: Reader, webhook: openapi.Operation, name: str, body: Model
) -> Field | None:
    """Return the field that holds the event's name: its enumeration lists it."""
    if not name or not isinstance(webhook.data.get("x-event"), str):
        return None
    found = [field for field in body.fields if name in listed_values(field.type)]
    if len(found) == 1:
        return found[0]
    reader.wrong(
        (*webhook.pointer, "x-event"),
        f"{len(found)} properties of the body of {webhook.title} list {name!r} among their values",
        "add it to the `enum` of the one property that holds the name, or correct the name",
    )
    return None


def _check_that_it_is_told(
    reader: Reader,
    webhook: openapi.Operation,
    event: Event,
    tellers: dict[tuple[str, str], str],
) -> None:
    """Report an event that has the name of another in the same property, or none as another."""
    teller = event.named_by.wire_name if event.named_by else ""
    other = tellers.setdefault((teller, event.name), webhook.title)
    if other != webhook.title:
        reader.wrong(
            (*webhook.pointer, "x-event"),
            f"nothing tells {webhook.title} from {other}",
            "write `x-event:` with its name in the body; one alone has none",
        )


def _identity(
    reader: Reader, webhook: openapi.Operation
) -> tuple[str, tuple[str, ...]]:
    """Return what the identity of a delivery begins with, and the pointers to its parts."""
    extension = mapping(webhook.data.get("x-dedup"))
    prefix, pointers = extension.get("prefix"), sequence(extension.get("pointers"))
    if (
        not isinstance(prefix, str)
        or not _PREFIX.fullmatch(prefix)
        or not pointers
        or len(extension) != 2
    ):
        reader.wrong(
            (*webhook.pointer, "x-dedup"),
            f"{webhook.title} does not say what tells one event of it from another",
            "write `x-dedup:` with `prefix:` (a word) and `pointers:` (JSON pointers into the body)",
        )
        return "", ()
    return prefix, tuple(map(str, pointers))


def _scheme(reader: Reader, webhook: openapi.Operation) -> Pointer:
    """Return the place of the one security scheme that the webhook names; an empty one where that is not there."""
    place = (*webhook.pointer, "security")
    names = openapi.scheme_names(webhook.data.get("security"))
    if len(names) != 1:
        message = f"{webhook.title} names {len(names)} security schemes"
        fix = "write `security:` with the one that proves its deliveries; where there are several, the strongest"
        reader.wrong(place, message, fix)
        return ()
    scheme: Pointer = ("components", "securitySchemes", names[0])
    if not is_mapping(reader.document.follow(scheme).value):
        message = f"{webhook.title} names the security scheme {names[0]!r}, which is not there"
        reader.wrong(
            place,
            message,
            "describe it in `components.securitySchemes`, or correct the name",
        )
        return ()
    return scheme


def _secret(reader: Reader, webhook: openapi.Operation, scheme: Pointer) -> str:
    """Return the kind of secret that the security scheme of the webhook names."""
    place, value = reader.document.follow(scheme)
    secret = value.get(_PROVED_BY, "")
    if secret not in SECRETS:
        extension = (*place, _PROVED_BY) if _PROVED_BY in value else place
        message = f"the scheme {scheme[-1]!r} of {webhook.title} does not name the class of its secret"
        fix = f"write `{_PROVED_BY}:` with one of {', '.join(SECRETS)}"
        reader.wrong(extension, message, meant(secret, SECRETS, fix))
    return str(secret)
