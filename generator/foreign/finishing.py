"""The last passes over the document that is made, when all of its schemas and operations are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..config import Config
from ..document import mapping, sequence
from ..naming import pascal
from ..normalising import METHODS, SCHEMA_PREFIX, nested
from . import naming

Json = dict[str, Any]

#: Names of fields whose values are never shown, in a log or by `repr`, unless a document says what is harmless.
_SECRET = re.compile(
    r"pass(word|phrase|wd|code)|secret|token|api_?key|private_?key|credential|authorization|cookie|signature"
    r"|(^|_)(pin|cvv|cvc|pan|iban|ssn|otp|email|phone|address|birth\w*|dob)($|_)|card_?number|account_?number"
    r"|(first|last|full|middle|sur|given|family)_?name",
    re.IGNORECASE,
)
#: Names of fields in which people write what they like: shown by `repr`, and not in a log.
_FREE_TEXT = re.compile(r"(^|_)(description|notes?|comments?|remarks?|memo)$", re.IGNORECASE)


def finish(data: Json, config: Config) -> None:
    """Apply every pass, in order; each changes the document that it is given."""
    discriminators_are_text(data)
    requirements_follow_the_direction(data)
    facts_have_their_evidence(data, config)
    secrets_are_marked(data, config)
    classes_have_names(data)
    fields_have_names(data)
    arguments_have_names(data)


def operations(data: Json) -> Iterator[Json]:
    """Every operation."""
    for item in data["paths"].values():
        for method in METHODS:
            if method in item:
                yield item[method]


def schemas(data: Json) -> Json:
    """The named schemas."""
    found: Json = data["components"]["schemas"]
    return found


def discriminators_are_text(data: Json) -> None:
    """A discriminator that is no text in one of its variants cannot be compared: their properties decide then."""
    for holder in _all_shapes(data):
        discriminator = mapping(holder.get("discriminator"))
        for part in sequence(holder.get("oneOf")) if discriminator else ():
            target = mapping(schemas(data).get(_key(part)))
            node = mapping(mapping(target.get("properties")).get(discriminator["propertyName"]))
            inner = schemas(data).get(_key(node), node)
            if "$ref" in part and node and inner.get("type") != "string":
                holder.pop("discriminator", None)


def requirements_follow_the_direction(data: Json) -> None:
    """What only answers have is not required of a caller, and what only requests have is not missed in an answer."""
    sent, received = set[str](), set[str]()
    for operation in operations(data):
        _reach(data, operation.get("requestBody"), sent)
        for parameter in operation["parameters"]:
            _reach(data, parameter["schema"], sent)
        _reach(data, operation.get("responses"), received)
    for key, schema in schemas(data).items():
        properties = mapping(schema.get("properties"))
        one_way = {
            name
            for name, node in properties.items()
            if (key in sent and node.get("readOnly")) or (key in received and node.get("writeOnly"))
        }
        if one_way and "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in one_way]


def facts_have_their_evidence(data: Json, config: Config) -> None:
    """How sure a schema is, and where it was read: what the config says, and the document itself."""
    for schema in schemas(data).values():
        schema.setdefault("x-evidence", config.evidence)
        schema["x-source"] = str(data["info"].get("title", "the document"))


def secrets_are_marked(data: Json, config: Config) -> None:
    """Fields whose names sound like secrets or persons, those that only requests have, and those of the config."""
    own = {name.lower() for name in config.sensitive}
    for schema in schemas(data).values():
        for name, node in mapping(schema.get("properties")).items():
            inner = schemas(data).get(_key(node), node)
            is_value = (
                inner.get("type") in ("string", "integer", "number")
                and "enum" not in inner
                and "const" not in inner
            )
            if name.lower() in own or node.get("writeOnly") or (is_value and _SECRET.search(_words(name))):
                node["x-sensitive"] = True
            elif is_value and _FREE_TEXT.search(_words(name)):
                node["x-free-text"] = True
    for operation in operations(data):
        for parameter in operation["parameters"]:
            name = parameter["name"]
            if name.lower() in own or _SECRET.search(_words(name)):
                parameter["x-sensitive"] = True


def classes_have_names(data: Json) -> None:
    """Each schema has a class that no other has, and that hides nothing in the modules that import it."""
    resources = {operation["x-resource"] for operation in operations(data)}
    others = {
        f"{prefix}{pascal(resource)}Resource{suffix}"
        for resource in resources
        for prefix in ("", "Async")
        for suffix in ("", "WithRawResponse")
    }
    for key, name in naming.class_names(schemas(data), others).items():
        schemas(data)[key]["x-class-name"] = name


def fields_have_names(data: Json) -> None:
    """Each property has an attribute that no other of its class has."""
    bodies = {_key(_body(operation)) for operation in operations(data)}
    for key, schema in schemas(data).items():
        properties = mapping(schema.get("properties"))
        reserved = naming.ARGUMENTS if key in bodies else ()
        for wire, name in naming.attributes(properties, reserved).items():
            properties[wire]["x-python-name"] = name


def arguments_have_names(data: Json) -> None:
    """Each parameter has a keyword that neither another one, nor a field of the body, nor the function has."""
    identities = naming.Names(operation["operationId"] for operation in operations(data))
    for operation in operations(data):
        body = schemas(data).get(_key(_body(operation)))
        is_fields = mapping(operation.get("x-body")).get("kind") in ("model", "form", "multipart")
        fields = (
            [node["x-python-name"] for node in mapping(body["properties"]).values()]
            if body and is_fields
            else []
        )
        # The function that asks for one page of a list calls it by this name.
        page = ("number",) if "x-pagination" in operation else ()
        names = naming.Names({*naming.ARGUMENTS, *fields, *page})
        order = {"path": 0, "query": 1, "header": 2, "cookie": 3}
        for parameter in sorted(operation["parameters"], key=lambda one: order[one["in"]]):
            wanted = naming.identifier(parameter["name"], "parameter")
            place = parameter["in"]
            parameter["x-python-name"] = names.free(wanted, f"{place}_{wanted}")
        if operation["operationId"] in names:
            operation["operationId"] = identities.free(f"{operation['operationId']}_call")


def _body(operation: Json) -> Json:
    content = mapping(mapping(operation.get("requestBody")).get("content"))
    return mapping(mapping(content.get("application/json")).get("schema"))


def _key(node: Any) -> str:
    return str(mapping(node).get("$ref", "")).removeprefix(SCHEMA_PREFIX)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _all_shapes(data: Json) -> Iterator[Json]:
    for schema in schemas(data).values():
        yield from nested(schema)
    for operation in operations(data):
        holders = [operation.get("requestBody"), *mapping(operation.get("responses")).values()]
        for holder in holders:
            for content in mapping(mapping(holder).get("content")).values():
                yield from nested(content.get("schema"))


def _reach(data: Json, value: Any, found: set[str]) -> None:
    """Every named schema below a value."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(node, dict):
            key = _key(node)
            if key and key not in found:
                found.add(key)
                waiting.append(schemas(data).get(key))
            waiting += node.values()  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
