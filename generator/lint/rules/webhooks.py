"""Rules about webhooks: each becomes a class, and says how its deliveries are told, proved and kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import reading
from ...document import Document, Located, Pointer, is_mapping, mapping, sequence
from ...model.events import DATA
from ...model.schemas import UNIX_SECONDS
from ...naming import class_names, event_class
from ...problems import Problem, meant

#: The classes of the runtime that check a delivery.
SECRETS = ("BodySecret", "FieldsSecret", "TokenSecret")
#: What the module of the events and its base call their own.
_TAKEN = frozenset(
    {"Any", "AnyEvent", "ClassVar", "EVENTS", "Kind", "Mapping", "UnknownEvent", "WebhookEvent", *SECRETS}
)

_PREFIX = re.compile(r"[a-z]+(?:_[a-z]+)*")
_FORMAT, _SECRET, _WRAPPED = "x-format", "x-webhook-secret", "x-wrapped"


def webhook_becomes_a_class(document: Document) -> Iterator[Problem]:
    """A webhook is a POST whose operationId is `on` and the name of the event's class, which nothing else has."""
    models = _model_classes(document)
    for webhook in reading.webhooks(document):
        place, name = (*webhook.pointer, "operationId"), webhook.data.get("operationId")
        if webhook.method != "post":
            message = f"{webhook.title} is a {webhook.method.upper()}"
            yield document.problem(webhook.pointer, message, "write `post:`; that is how events are sent")
        # That there is one, in camelCase, is asked of every operation.
        if not isinstance(name, str) or not re.match(r"[a-z]\w*\Z", name):
            continue
        made = event_class(name)
        if made is None:
            message = f"the operationId {name!r} of {webhook.title} does not begin with `on`"
            yield document.problem(
                place, message, "write one like `onPaymentPaid`; its event is `PaymentPaid` then"
            )
        elif made in models or made in _TAKEN:
            owner = f"the schema {models[made]!r}" if made in models else "a part of the runtime"
            message = f"the event of {webhook.title} would have the class {made}, as has {owner}"
            yield document.problem(place, message, "rename one of them")


def _model_classes(document: Document) -> dict[str, str]:
    """The keys of the schemas by class; none where two share one, which has a rule of its own."""
    named = {str(schema.pointer[-1]): schema.value for schema in reading.named_schemas(document)}
    try:
        return {name: key for key, name in class_names(named).items()}
    except (TypeError, ValueError):
        return {}


def webhook_brings_an_object(document: Document) -> Iterator[Problem]:
    """The body of a webhook, and its `data` if it has one, are objects: they become models."""
    for webhook in reading.webhooks(document):
        place = _body(webhook)
        if not _is_object(document, place):
            yield document.problem(
                place,
                f"the body of {webhook.title} is not described as a JSON object",
                "describe it in `schemas/`, and refer to that below `requestBody: content: application/json:`",
            )
            continue
        data = reading.properties(document, place).get(DATA)
        if data is not None and not _is_object(document, data.pointer):
            yield document.problem(
                data.pointer,
                f"the `{DATA}` of {webhook.title} is not described as an object",
                "describe it in `schemas/` and refer to that",
            )


def _body(webhook: reading.Operation) -> Pointer:
    body = webhook.body()
    return (
        *(body.pointer if body else (*webhook.pointer, "requestBody")),
        "content",
        "application/json",
        "schema",
    )


def _is_object(document: Document, place: Pointer) -> bool:
    """Whether it is an object; that it has a name is a rule for all objects."""
    return "object" in reading.types(document, place)


def webhook_is_told_by_its_name(document: Document) -> Iterator[Problem]:
    """The event's name is a value of one property of the body; at most one webhook has none."""
    owners: dict[tuple[str, str], str] = {}
    for webhook in reading.webhooks(document):
        place, name = (*webhook.pointer, "x-event"), webhook.data.get("x-event")
        properties = reading.properties(document, _body(webhook))
        tellers = [wire for wire, node in properties.items() if name in _values(document, node)]
        if "x-event" not in webhook.data:
            tellers = [""]
        elif not isinstance(name, str) or not name:
            yield document.problem(
                place, f"{name!r} is no name of an event", "write the name as it is on the wire"
            )
            continue
        elif len(tellers) != 1 and properties:
            message = (
                f"{len(tellers)} properties of the body of {webhook.title} list {name!r} among their values"
            )
            fix = "add it to the `enum` of the one property that holds the name, or correct the name"
            yield document.problem(place, message, fix)
            continue
        other = owners.setdefault(((tellers or [""])[0], name or ""), webhook.title)
        if other != webhook.title:
            message = f"nothing tells {webhook.title} from {other}"
            yield document.problem(
                place, message, "write `x-event:` with its name in the body; one alone has none"
            )


def _values(document: Document, node: Located) -> list[object]:
    return sequence(mapping(document.follow(node.pointer).value).get("enum"))


def webhook_has_one_proof(document: Document) -> Iterator[Problem]:
    """A webhook names exactly one security scheme, and that one the class of secret that checks it."""
    for webhook in reading.webhooks(document):
        place = (*webhook.pointer, "security")
        names = [name for choice in sequence(webhook.data.get("security")) for name in mapping(choice)]
        if len(names) != 1:
            message = f"{webhook.title} names {len(names)} security schemes"
            fix = "write `security:` with the one that proves its deliveries; where there are several, the strongest"
            yield document.problem(place, message, fix)
            continue
        scheme = document.follow(("components", "securitySchemes", names[0]))
        # A scheme that is not there is OpenAPI's own concern.
        if is_mapping(scheme.value) and scheme.value.get(_SECRET) not in SECRETS:
            mark = (*scheme.pointer, _SECRET) if _SECRET in scheme.value else scheme.pointer
            message = f"the scheme {names[0]!r} of {webhook.title} does not name the class of its secret"
            fix = f"write `{_SECRET}:` with one of {', '.join(SECRETS)}"
            yield document.problem(mark, message, meant(scheme.value.get(_SECRET, ""), SECRETS, fix))


def webhook_can_be_told_from_its_likes(document: Document) -> Iterator[Problem]:
    """`x-dedup` lists properties of the body; the first one is always there, and a prefix has one list only."""
    lists: dict[str, list[object]] = {}
    for webhook in reading.webhooks(document):
        place, mark = (*webhook.pointer, "x-dedup"), mapping(webhook.data.get("x-dedup"))
        prefix, pointers = mark.get("prefix"), sequence(mark.get("pointers"))
        if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix) or not pointers or len(mark) != 2:
            message = f"{webhook.title} does not say what tells one event of it from another"
            yield document.problem(
                place,
                message,
                "write `x-dedup:` with `prefix:` (a word) and `pointers:` (JSON pointers into the body)",
            )
            continue
        if lists.setdefault(prefix, pointers) != pointers:
            message = f"x-dedup of {webhook.title} has the prefix {prefix!r} of another list of pointers"
            yield document.problem(
                (*place, "prefix"), message, "choose another prefix, or list the same pointers"
            )
        for index, pointer in enumerate(pointers):
            found = _at(document, _body(webhook), pointer)
            if found is None and _is_object(document, _body(webhook)):
                message = f"x-dedup names {pointer!r}, which is nothing in the body of {webhook.title}"
                yield document.problem((*place, "pointers", index), message, "write it like `/data/id`")
            elif found is False and index == 0:
                message = f"x-dedup of {webhook.title} begins with {pointer!r}, which is not required"
                yield document.problem(
                    (*place, "pointers", index), message, "begin with the id; without it there is no identity"
                )


def _at(document: Document, place: Pointer, pointer: object) -> bool | None:
    """Whether the plain value at a pointer into the body is required on the whole way; None if there is none."""
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        return None
    required = True
    for name in pointer[1:].split("/"):
        found = reading.properties(document, place).get(name)
        if found is None:
            return None
        required = required and name in sequence(mapping(document.follow(place).value).get("required"))
        place = found.pointer
    is_plain = not reading.types(document, place) & {"object", "array"} or reading.mark(
        document, place, _WRAPPED
    )
    return required if is_plain else None


def wrapped_value_may_come_plain(document: Document) -> Iterator[Problem]:
    """`x-wrapped` stands on a property that is a value, or an object of that value alone; events have the value."""
    for schema in reading.schemas(document):
        for name, prop in mapping(schema.value.get("properties")).items():
            mark = mapping(prop).get(_WRAPPED)
            if mark is None:
                continue
            place = (*schema.pointer, "properties", name)
            if not _is_wrapped(document, place, mark):
                yield document.problem(
                    (*place, _WRAPPED),
                    f"{name!r} is not `oneOf` a value and an object whose one property {mark!r} is such a value",
                    "correct the schema, or remove the mark",
                )


def _is_wrapped(document: Document, place: Pointer, name: object) -> bool:
    variants = [(*place, "oneOf", index) for index, _ in enumerate(sequence(document.get((*place, "oneOf"))))]
    wrappers = [variant for variant in variants if "object" in reading.types(document, variant)]
    if len(variants) != 2 or len(wrappers) != 1:
        return False
    [plain] = [variant for variant in variants if variant != wrappers[0]]
    inner = reading.properties(document, wrappers[0])
    kinds = reading.types(document, plain)
    return [*inner] == [name] and bool(kinds) and kinds == reading.types(document, inner[str(name)].pointer)


def format_is_known(document: Document) -> Iterator[Problem]:
    """`x-format` says how a number is read; seconds since 1970 are whole numbers."""
    for schema in reading.schemas(document):
        if _FORMAT in schema.value and (
            schema.value[_FORMAT] != UNIX_SECONDS or schema.value.get("type") != "integer"
        ):
            message = f"{schema.value[_FORMAT]!r} is no format of {schema.value.get('type', 'any type')}"
            yield document.problem(
                (*schema.pointer, _FORMAT),
                message,
                f"write `{_FORMAT}: {UNIX_SECONDS}` on an integer, or remove it",
            )
