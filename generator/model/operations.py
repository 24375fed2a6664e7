"""Read the operations: their parameters, bodies and responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import identifiers, openapi
from ..document import Located, Pointer, mapping, parse_pointer, reference_of, sequence
from .amounts import read_amount
from .api import (
    EVIDENCE,
    Body,
    Content,
    Evidence,
    Family,
    Operation,
    Parameter,
    ParameterPlace,
    Response,
)
from .call_facts import read_facts
from .examples import read_example
from .lists import ListReader
from .reader import (
    Reader,
    default_of,
    deprecation_of,
    evidence_of,
    line_of,
    tags_of,
    text_of,
)
from .schemas import JSON, SchemaReader
from .types import ANYTHING

_PLACES: dict[str, ParameterPlace] = {
    "path": "path",
    "query": "query",
    "header": "header",
}
_REFUSAL = re.compile("4[0-9][0-9]")
#: The only style of each place, which is what the document means where it says nothing.
_STYLES = {"path": "simple", "query": "form", "header": "simple"}
#: Media types that are not one text or one file.
_UNREADABLE = (
    "multipart/",
    "text/event-stream",
    "application/x-www-form-urlencoded",
    "application/x-ndjson",
)


def read_operations(
    reader: Reader, schemas: SchemaReader, families: Mapping[str, Family]
) -> tuple[Operation, ...]:
    """Return the operations of a document in its order.

    Args:
        reader: The reader of the document.
        schemas: The schemas of the document.
        families: The families by name.
    """
    operations = _OperationReader(reader, schemas)
    return tuple(
        operations.read(operation, _family_of(reader, operation, families))
        for operation in _all(reader)
    )


def _family_of(
    reader: Reader, operation: openapi.Operation, families: Mapping[str, Family]
) -> Family:
    """Return the family of an operation; one without key or origin where the document names none that is known."""
    name = str(operation.data.get("x-family", ""))
    known = families.get(name)
    if known is not None:
        return known
    # The reader of the families says what is wrong. The rest of the operation can be read all the same.
    origin = reader.origin((*operation.pointer, "x-family"), {})
    return Family(
        origin=origin,
        name=name,
        argument="",
        variable="",
        header="",
        origins={},
        base_url=None,
    )


def _all(reader: Reader) -> list[openapi.Operation]:
    """Return the operations, those of one path in the order of `METHODS`."""
    found = list(openapi.operations(reader.document))
    paths = list(dict.fromkeys(operation.path for operation in found))
    return sorted(
        found,
        key=lambda one: (paths.index(one.path), openapi.METHODS.index(one.method)),
    )


class _OperationReader:
    def __init__(self, reader: Reader, schemas: SchemaReader) -> None:
        self._reader = reader
        self._document = reader.document
        self._schemas = schemas
        written = openapi.operations(reader.document)
        self._positions = {node.pointer: number for number, node in enumerate(written)}

    def read(self, node: openapi.Operation, family: Family) -> Operation:
        value = node.data
        levels = mapping(value.get("x-evidence"))
        method = evidence_of(levels.get("method")) or "inferred"
        path = evidence_of(levels.get("path")) or "inferred"
        weakest = max((method, path), key=EVIDENCE.index)
        wire_id = str(value.get("operationId") or f"{node.method}_{node.path}")
        origin = self._reader.origin(node.pointer, value | {"x-evidence": weakest})
        parameters = self._parameters(node, weakest)
        responses = tuple(self._responses(node, weakest))
        return Operation(
            origin=origin,
            position=self._positions[node.pointer],
            wire_id=wire_id,
            id=identifiers.snake(wire_id),
            resource=_resource(value),
            method=identifiers.method(str(value.get("x-method") or wire_id)),
            http_method=node.method.upper(),
            path=node.path,
            method_evidence=method,
            path_evidence=path,
            family=family,
            moves_money=value.get("x-moves-money") is True,
            summary=text_of(value, "summary"),
            description=text_of(value, "description"),
            deprecation=deprecation_of(value),
            parameters=parameters,
            body=self._body(node),
            responses=responses,
            pagination=ListReader(self._reader, self._schemas, node, responses).read(
                parameters
            ),
            idempotency_key=str(value.get("x-idempotency-key", "")),
            key_repeats=value.get("x-idempotency-repeats") is not False,
            facts=read_facts(self._reader, node),
            tags=tags_of(value),
        )

    # -- parameters ----------------------------------------------------------------------------------------

    def _parameters(
        self, node: openapi.Operation, inherited: Evidence
    ) -> tuple[Parameter, ...]:
        found = [
            parameter
            for parameter in node.parameters()
            if self._is_supported(node, parameter)
        ]
        # An operation's own come first, in the package as in its signature.
        own = [parameter for parameter in found if _is_below(node, parameter)]
        shared = [parameter for parameter in found if parameter not in own]
        return tuple(
            self._parameter(node, parameter, inherited) for parameter in own + shared
        )

    def _is_supported(self, node: openapi.Operation, parameter: Located) -> bool:
        """Return whether the client can send a parameter; note what it cannot do."""
        value, name = parameter.value, parameter.value.get("name")
        place = str(value.get("in"))
        if place not in _PLACES:
            return self._refuse(
                (*parameter.pointer, "in"),
                f"{node.title} has a parameter in {place!r}, which the client does not send",
                "declare it in `path`, `query` or `header`, or remove it",
            )
        if "content" in value:
            return self._refuse(
                (*parameter.pointer, "content"),
                f"{node.title} has the parameter {name!r} with content of its own, which the client does not write",
                "give it a `schema:` in place of `content:`",
            )
        style = value.get("style", _STYLES[place])
        if style != _STYLES[place]:
            return self._refuse(
                (*parameter.pointer, "style"),
                f"{node.title} has the parameter {name!r} in the style {style!r}, which the client does not write",
                f"remove `style:`; {place} parameters have the style `{_STYLES[place]}`",
            )
        return True

    def _refuse(self, pointer: Pointer, message: str, fix: str) -> bool:
        self._reader.wrong(pointer, message, fix)
        return False

    def _parameter(
        self, node: openapi.Operation, located: Located, inherited: Evidence
    ) -> Parameter:
        pointer, value = (*located.pointer, "schema"), located.value
        described = mapping(value.get("schema")) | value
        wire_name = str(value.get("name"))
        reference = mapping(node.data.get("x-call-facts")).get("order_reference")
        return Parameter(
            origin=self._reader.origin(located.pointer, described, inherited),
            wire_name=wire_name,
            name=identifiers.snake(wire_name),
            place=_PLACES[value["in"]],
            type=self._schemas.type_at(pointer),
            required=value.get("required") is True,
            description=text_of(described, "description"),
            amount=read_amount(self._reader, wire_name, pointer, located.pointer),
            server_default=default_of(described),
            setting=str(value.get("x-client-setting", "")),
            deprecation=deprecation_of(described),
            is_own_text=value["in"] == "path"
            and reference == f"$request.path.{wire_name}",
            is_joined=value["in"] == "query" and value.get("explode") is False,
            is_hidden=self._schemas.is_masked(pointer)
            or self._schemas.is_masked(located.pointer),
            example=read_example(self._reader, located.pointer),
        )

    # -- bodies --------------------------------------------------------------------------------------------

    def _body(self, node: openapi.Operation) -> Body | None:
        body = node.body()
        if body is None:
            return None
        type_ = self._schemas.json_of(body)
        if type_ is None:
            named = ", ".join(mapping(body.value.get("content"))) or "none"
            self._reader.wrong(
                (*body.pointer, "content"),
                f"the body of {node.title} has no JSON; its media types are: {named}",
                f"describe it under `{JSON}:`; the client sends no forms, files or streams",
            )
            return None
        return Body(
            origin=self._reader.origin(body.pointer, body.value),
            type=type_,
            required=body.value.get("required") is True,
            description=text_of(body.value, "description"),
            example=read_example(self._reader, (*body.pointer, "content", JSON)),
        )

    def _content(self, holder: Located) -> tuple[str, Content]:
        """Return the media type in which a response is asked for, and how it is read."""
        offered = list(mapping(mapping(holder.value).get("content")))
        if not offered or JSON in offered:
            return (JSON if offered else ""), "json"
        readable = [
            media_type
            for media_type in offered
            if not media_type.startswith(_UNREADABLE)
        ]
        if not readable:
            self._reader.wrong(
                (*holder.pointer, "content"),
                f"the response is {' or '.join(offered)}, which the client does not read",
                f"describe it as `{JSON}:`, as text (`text/csv:`) or as a file (`application/octet-stream:`)",
            )
            return "", "json"
        texts = [
            media_type for media_type in readable if media_type.startswith("text/")
        ]
        return (texts[0], "text") if texts else (readable[0], "binary")

    def _responses(
        self, node: openapi.Operation, inherited: Evidence
    ) -> list[Response]:
        return [
            self._response(node, status, found, inherited)
            for status, found in node.responses()
        ]

    def _response(
        self, node: openapi.Operation, status: str, found: Located, inherited: Evidence
    ) -> Response:
        written = mapping(self._document.get((*node.pointer, "responses", status)))
        reference = reference_of(written)
        origin = self._reader.origin(found.pointer, found.value, inherited)
        # An inferred response describes nothing, and the document may say that a status proves nothing.
        refuses = (
            origin.evidence != "inferred" and found.value.get("x-refuses") is not False
        )
        media_type, content = self._content(found)
        return Response(
            origin=origin,
            status=str(status),
            type=self._schemas.json_of(found) if content == "json" else ANYTHING,
            media_type=media_type,
            content=content,
            description=text_of(found.value, "description"),
            advice=line_of(found.value, "x-advice"),
            refuses=refuses and _REFUSAL.fullmatch(str(status)) is not None,
            shared_as="" if reference is None else str(parse_pointer(reference)[-1]),
        )


def _is_below(node: openapi.Operation, parameter: Located) -> bool:
    """Return whether the operation itself lists the parameter, and not its path."""
    own = sequence(node.data.get("parameters"))
    places = {
        node.document.follow((*node.pointer, "parameters", index)).pointer
        for index, _ in enumerate(own)
    }
    return parameter.pointer in places


def _resource(value: dict[str, Any]) -> str:
    tags = sequence(value.get("tags")) or ["default"]
    name = str(value.get("x-resource") or tags[0])
    return ".".join(identifiers.snake(part) for part in name.split("."))
