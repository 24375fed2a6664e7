"""Write an export of the vendor the way `spec/` is written, so that the model reads it as it reads `spec/`.

An export may be OpenAPI 3.0 or 3.1, has schemas written in place, leaves types open, puts parts of its paths in its
servers and has other media types for JSON. Each of that has one form here. All schemas have keys of ours, so that no
text of the vendor becomes a name.

Some facts have no place in the model. A request body that is no JSON is listed beside it. A parameter of a cookie, or
of no known place, stands there under a name that is none. A list of values is left out that is empty, or holds others
than texts or whole numbers. A union of plain types is the same as a list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .. import openapi
from ..document import Document, Located, Pointer, mapping, sequence
from ..model import build, query
from ..model.api import Api
from ..model.schemas import JSON
from ..model.types import Type

_TYPES = frozenset({"string", "integer", "number", "boolean", "object", "array"})
_JSON_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "integer"),
    (float, "number"),
)
_UNIONS = ("oneOf", "anyOf")
_NULL = {"type": "null"}
#: Places of parameters that the client can send.
_PLACES = ("path", "query", "header")
_SCHEMAS: Pointer = ("components", "schemas")

_Written = dict[str, Any]


class Foreign:
    """A vendor's API, as the model reads it.

    Attributes:
        api: The API.
        operations: Its operations, in the order of the export.
        schemas: The types of the schemas that the export names, by name, in its order.
        has_webhooks: True if the export describes webhooks.
        names: The name of a schema in the export, by our key; nothing for one that is written in place.
        no_json: The places of the operations whose request body is no JSON.
        sent: The places of the schemas that a request may carry.
        received: The places of those that a response or a webhook may carry.
    """

    def __init__(self, document: Document) -> None:
        writer = _Writer(document)
        written = Document(writer.document())
        self.api: Api = build.read(written).api
        self.operations = query.in_written_order(self.api)
        self.schemas: dict[str, Type] = {
            name: self.api.aliases[key].type for name, key in writer.aliases.items()
        }
        self.has_webhooks = bool(mapping(document.data.get("webhooks")))
        self.names = writer.names
        self.no_json = writer.no_json
        self.sent = query.sent_components(self.api)
        webhooks = [webhook.pointer for webhook in openapi.webhooks(written)]
        self.received = query.received_components(self.api) | query.components_from(
            self.api, webhooks
        )


class _Bare(NamedTuple):
    """A schema without references and wrappings around it.

    Attributes:
        place: Where it stands.
        value: The value there.
        nullable: True if null is fine.
        variants: Where its variants are, null left out.
    """

    place: Pointer
    value: _Written
    nullable: bool
    variants: list[Pointer]


class _Writer:
    """Write the document.

    Attributes:
        names: The names of the export for the schemas that have one, by our keys.
        aliases: Our keys of the schemas that the export names, by its names.
        no_json: The operations whose request body is no JSON.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._keys: dict[Pointer, str] = {}
        self._schemas: dict[str, _Written] = {}
        self.names: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.no_json: set[Pointer] = set()

    def document(self) -> _Written:
        """Return the whole document."""
        for number, schema in enumerate(openapi.named_schemas(self._document)):
            key = f"Named{number}"
            self.aliases[str(schema.pointer[-1])] = key
            self._schemas[key] = self._schema(schema.pointer)
        return {
            "openapi": "3.1.0",
            "servers": self._document.data.get("servers"),
            "paths": self._paths(),
            "webhooks": self._webhooks(),
            "components": {"schemas": self._schemas},
        }

    # -- operations ----------------------------------------------------------------------------------------------------

    def _paths(self) -> _Written:
        paths: _Written = {}
        for operation in openapi.operations(self._document):
            path = _full_path(operation)
            if operation.method in paths.get(path, {}):
                path = operation.path
            pointer = ("paths", path, operation.method)
            paths.setdefault(path, {})[operation.method] = self._operation(
                operation, pointer
            )
        return paths

    def _webhooks(self) -> _Written:
        return {
            webhook.path: {webhook.method: {"requestBody": self._body(webhook.body())}}
            for webhook in openapi.webhooks(self._document)
        }

    def _operation(self, operation: openapi.Operation, pointer: Pointer) -> _Written:
        data = operation.data
        tags = [*sequence(data.get("tags")), data.get("x-apidog-folder")]
        made: _Written = {
            key: data[key]
            for key in ("operationId", "summary")
            if _is_text(data.get(key))
        }
        made["tags"] = [tag for tag in tags if _is_text(tag)]
        made["parameters"] = [self._parameter(one) for one in operation.parameters()]
        made["responses"] = {
            status: self._content(one) for status, one in operation.responses()
        }
        body = operation.body()
        if body is not None and mapping(body.value.get("content")):
            if _json_of(body) is None:
                self.no_json.add(pointer)
            else:
                made["requestBody"] = self._body(body)
        return made

    def _parameter(self, parameter: Located) -> _Written:
        where, name = openapi.parameter_key(parameter.value)
        if where not in _PLACES:
            where, name = "header", ""
        required = parameter.value.get("required") is True
        schema = self._schema((*parameter.pointer, "schema"))
        return {"name": name, "in": where, "required": required, "schema": schema}

    def _body(self, body: Located | None) -> _Written:
        media = None if body is None else _json_of(body)
        if body is None or media is None:
            return {}
        schema = self._schema((*media.pointer, "schema"))
        return {
            "required": body.value.get("required") is True,
            "content": {JSON: {"schema": schema}},
        }

    def _content(self, response: Located) -> _Written:
        """Return a response; one whose JSON is not described has none."""
        media = _json_of(response)
        if media is None or not mapping(mapping(media.value).get("schema")):
            return {}
        return {"content": {JSON: {"schema": self._schema((*media.pointer, "schema"))}}}

    # -- schemas -------------------------------------------------------------------------------------------------------

    def _schema(self, pointer: Pointer) -> _Written:
        """Return what stands for the schema at a place."""
        bare = self._bare(pointer)
        made = self._not_null(bare)
        return {"oneOf": [made, _NULL]} if bare.nullable else made

    def _bare(self, pointer: Pointer) -> _Bare:
        """Return the schema that the one at a place comes down to."""
        nullable, seen = False, set[Pointer]()
        while True:
            place, found = self._document.follow(pointer)
            value = mapping(found)
            if place in seen:
                return _Bare(place, {}, nullable, [])
            seen.add(place)
            listed: list[Pointer] = [(*place, *step) for step in _steps(value, _UNIONS)]
            variants = [one for one in listed if not self._is_null(one)]
            nullable = nullable or _says_null(value) or len(variants) < len(listed)
            parts: list[Pointer] = [
                (*place, *step) for step in _steps(value, ("allOf",))
            ]
            wrapped = variants or parts
            if len(wrapped) != 1 or "properties" in value:
                return _Bare(
                    place, value, nullable, variants if len(variants) > 1 else []
                )
            pointer = wrapped[0]

    def _not_null(self, bare: _Bare) -> _Written:
        if bare.variants:
            return self._named(bare, self._union)
        values = _values(bare.value)
        types = self._types(bare)
        if values:
            return self._named(bare, lambda _: {"enum": values})
        if types == {"object"}:
            return self._named(bare, self._object)
        if types == {"array"}:
            return self._named(bare, self._array)
        return _plain(bare, types)

    def _types(self, bare: _Bare) -> set[str]:
        """Return the JSON types; a broken document may have any text there, and none of it is to be shown."""
        types = (
            openapi.types(self._document, bare.place) & _TYPES
            if bare.value
            else set[str]()
        )
        if not types and openapi.properties(self._document, bare.place):
            return {"object"}
        return types or set(_types_of(sequence(bare.value.get("enum"))))

    def _named(self, bare: _Bare, write: Callable[[_Bare], _Written]) -> _Written:
        """Return a reference to a schema, which is written once; one that holds itself is known by then."""
        key = self._keys.get(bare.place)
        if key is None:
            key = f"Schema{len(self._keys)}"
            self._keys[bare.place] = key
            if len(bare.place) == 3 and bare.place[:2] == _SCHEMAS:
                self.names[key] = str(bare.place[2])
            self._schemas[key] = write(bare)
        return {"$ref": f"#/components/schemas/{key}"}

    def _union(self, bare: _Bare) -> _Written:
        return {"oneOf": [self._schema(variant) for variant in bare.variants]}

    def _array(self, bare: _Bare) -> _Written:
        return {"type": "array", "items": self._schema((*bare.place, "items"))}

    def _object(self, bare: _Bare) -> _Written:
        required = [
            name for name in sequence(bare.value.get("required")) if _is_text(name)
        ]
        own = {
            name: self._property((*bare.place, "properties", name))
            for name in mapping(bare.value.get("properties"))
        }
        made: _Written = {"type": "object", "required": required, "properties": own}
        parts = [
            self._schema((*bare.place, *step))
            for step in _steps(bare.value, ("allOf",))
        ]
        if parts:
            # The model lists the properties of the parts first; here its own come before them.
            made["allOf"] = [{"properties": own}, *parts]
        return made

    def _property(self, pointer: Pointer) -> _Written:
        made = self._schema(pointer)
        if self._bare(pointer).value.get("readOnly") is True:
            made["readOnly"] = True
        return made

    def _is_null(self, pointer: Pointer) -> bool:
        return mapping(self._document.follow(pointer).value).get("type") == "null"


def _plain(bare: _Bare, types: set[str]) -> _Written:
    made: _Written = {}
    if types:
        made["type"] = min(types) if len(types) == 1 else sorted(types)
    if _is_text(bare.value.get("format")):
        made["format"] = bare.value["format"]
    return made


def _steps(value: _Written, keys: tuple[str, ...]) -> Iterator[Pointer]:
    for key in keys:
        for index, _ in enumerate(sequence(value.get(key))):
            yield key, index


def _values(value: _Written) -> list[str | int]:
    """Return the values of an enumeration; none where the model's enumerations hold no such values."""
    values = [one for one in sequence(value.get("enum")) if one is not None]
    kinds = set(_types_of(values))
    return values if kinds <= {"string", "integer"} and len(kinds) == 1 else []


def _types_of(values: Iterable[object]) -> Iterator[str]:
    return map(_type_of, values)


def _type_of(value: object) -> str:
    for kind, name in _JSON_TYPES:
        if isinstance(value, kind):
            return name
    return ""


def _says_null(value: _Written) -> bool:
    kind = value.get("type")
    is_type = kind == "null" or "null" in sequence(kind)
    is_listed = None in sequence(value.get("enum"))
    return is_type or is_listed or value.get("nullable") is True


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _json_of(holder: Located) -> Located | None:
    """Return the JSON of a request body or a response."""
    for media in openapi.media_types(holder):
        kind = str(media.pointer[-1]).split(";")[0].strip().lower()
        if kind in ("application/json", "*/*") or kind.endswith("+json"):
            return media
    return None


def _full_path(operation: openapi.Operation) -> str:
    """Return the path behind that of the server: an export may say `/payments` below one that ends in `/v1`."""
    item = mapping(operation.document.get(operation.pointer[:-1]))
    for holder in (operation.data, item, operation.document.data):
        servers = sequence(holder.get("servers"))
        if servers:
            prefixes = {_path_of(mapping(server).get("url")) for server in servers}
            return (prefixes.pop() if len(prefixes) == 1 else "") + operation.path
    return operation.path


def _path_of(url: object) -> str:
    try:
        path = urlsplit(str(url)).path.rstrip("/")
    except ValueError:
        return ""
    return path if path.startswith("/") and "{" not in path else ""
