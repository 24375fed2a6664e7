"""The bundled OpenAPI document as the sandbox uses it: its operations, and whether a request fits them.

Schemas are not copied out of the document: each is reached by its place in it (a JSON pointer), so that
references resolve as they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from . import wire

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_DOCUMENT_URI: Final = "urn:plexy-pay-sandbox:openapi"
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
)
_LONGEST_MESSAGE: Final = 300
#: The rules of a schema whose errors are about fields that are missing or unknown.
_ABOUT_FIELDS: Final = ("required", "additionalProperties")


class DocumentError(Exception):
    """The OpenAPI document cannot drive the sandbox; the message says why."""


class Flaw(StrEnum):
    """The kind of what is wrong with a request."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    INVALID = "invalid"


class InvalidRequest(Exception):
    """A request does not fit the document; the message names the place and what is wrong there.

    Attributes:
        flaw: The kind of what is wrong.
        parameter: The field or parameter that is wrong, if it is about one: `amount.value`.
    """

    def __init__(
        self, message: str, flaw: Flaw = Flaw.INVALID, parameter: str | None = None
    ) -> None:
        super().__init__(message)
        self.flaw = flaw
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Misfit:
    """Represent one place of a body that does not fit the document.

    Attributes:
        place: The field, as `amount.value`; None for the body as a whole.
        message: What is wrong there.
        wanted: The schema of the field, as the document has it; empty for a field that it does not have.
        known: The fields that the document has beside one that it does not have.
    """

    place: str | None
    message: str
    wanted: Mapping[str, Any]
    known: tuple[str, ...] = ()


class MalformedRequest(Exception):
    """A request cannot be read at all: not JSON, or JSON missing where it must be."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path, query or header parameter of an operation."""

    name: str
    place: str
    required: bool
    pointer: str
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    resource: str
    name: str
    family: str
    method: str
    path: str
    pointer: str
    parameters: tuple[Parameter, ...]
    body_pointer: str | None
    body_required: bool
    success_status: int
    success_has_body: bool

    @property
    def full_name(self) -> str:
        """Return the name as `resource.method`."""
        return f"{self.resource}.{self.name}"

    @property
    def segments(self) -> tuple[str, ...]:
        """Return the path template, cut at its slashes."""
        return tuple(self.path.split("/"))


@dataclass(frozen=True, slots=True)
class ValidRequest:
    """The parts of a request that fit their operation, as the handlers get them."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Mapping[str, Any]


def bundled_document() -> dict[str, Any]:
    """Return the OpenAPI document that lies beside this module; the client of the same version was made of it.

    Raises:
        DocumentError: if the document is not there.
    """
    try:
        text = files("plexy_pay_sandbox").joinpath("openapi.json").read_bytes()
    except FileNotFoundError as error:
        raise DocumentError(
            "The package plexy_pay_sandbox has no openapi.json, and no other document was given. In a clone, run "
            "`./nox -s generate`; else install plexy-pay-sandbox anew."
        ) from error
    return _as_document(text, "plexy_pay_sandbox/openapi.json")


def read_document(source: str | Path | Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the document to work with: the bundled one (None), that of a JSON file, or one already read.

    Raises:
        DocumentError: if it cannot be read.
    """
    if source is None:
        return bundled_document()
    if isinstance(source, Mapping):
        try:
            # Through text once: a number that another reader made a float must not meet a Decimal later.
            return _as_document(
                json.dumps(source, default=_plain_number).encode(), "the given document"
            )
        except TypeError as error:
            raise DocumentError(f"The given document is not JSON: {error}.") from None
    try:
        text = Path(source).read_bytes()
    except OSError as error:
        raise DocumentError(f"{source} cannot be read: {error.strerror}") from error
    return _as_document(text, str(source))


class Contract:
    """The document, read: its operations, and the checks of what is sent to them.

    Args:
        document: A bundled OpenAPI 3.1 document.

    Raises:
        DocumentError: if an operation is not marked with `x-resource` and `x-method`, or two have the same
            path.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        empty: Registry[Any] = Registry()
        self._registry = empty.with_resource(
            _DOCUMENT_URI, DRAFT202012.create_resource(document)
        )
        self._formats = _formats()
        self._validators: dict[str, Callable[[object], Iterable[ValidationError]]] = {}
        self.key_headers = _key_headers(document)
        """The header of each family's key."""
        self.operations = tuple(self._read_operations())

    def match(self, raw_path: str) -> list[tuple[Operation, dict[str, str]]]:
        """Return the operations at a path (one for each method) with the values of their path parameters.

        Args:
            raw_path: The path as it came, still percent-encoded: `ORD%2F1` is one segment.
        """
        segments = raw_path.split("/")
        found: list[tuple[Operation, dict[str, str]]] = []
        for operation in self._by_exactness:
            values = _values(operation.segments, segments)
            # /v1/payment-links/statistics is a link called "statistics" only where no operation has that
            # path.
            if values is not None and (not found or found[0][0].path == operation.path):
                found.append((operation, values))
        return found

    def family_near(self, raw_path: str) -> str | None:
        """Return the family of the operations whose paths begin like this one, for the refusal of a wrong path."""
        first = raw_path.split("/")[1:2]
        for operation in self.operations:
            if list(operation.segments[1:2]) == first:
                return operation.family
        return None

    def check_parameters(
        self,
        operation: Operation,
        path: Mapping[str, str],
        query: Sequence[tuple[str, str]],
        headers: Sequence[tuple[str, str]] = (),
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Read the path's, the query's and the headers' values as what the document says they are.

        Headers are known by their names in the document, whatever case they came in.

        Raises:
            InvalidRequest: if one is missing, unknown (a header may be), given twice, or does not fit.
        """
        known = _named(operation, "query")
        given: dict[str, list[str]] = {}
        for name, text in query:
            if name not in known:
                # A filter that is quietly ignored would look as if it had worked.
                raise InvalidRequest(
                    f"query.{name}: unknown; the document has {', '.join(known) or 'none'} here",
                    Flaw.UNKNOWN,
                    name,
                )
            given.setdefault(name, []).append(text)
        sent: dict[str, list[str]] = {}
        for name, text in headers:
            sent.setdefault(name.lower(), []).append(text)
        by_header = {
            name: sent.get(name.lower(), []) for name in _named(operation, "header")
        }
        path_values = {
            name: self._read(parameter, [path[name]])
            for name, parameter in _named(operation, "path").items()
        }
        return (
            path_values,
            self._read_all(known, given),
            self._read_all(_named(operation, "header"), by_header),
        )

    def check_body(
        self, operation: Operation, content_type: str, content: bytes
    ) -> dict[str, Any]:
        """Read the body and compare it with the document; nothing is an empty body.

        Raises:
            MalformedRequest: if it is not `application/json`, not JSON, or missing where it must be there.
            InvalidRequest: if it does not fit the schema, or the operation takes no body.
        """
        if not content:
            if operation.body_required:
                raise MalformedRequest("the request has no body; send a JSON object")
            return {}
        if operation.body_pointer is None:
            raise InvalidRequest("body: this operation takes none")
        if content_type.split(";")[0].strip().lower() != "application/json":
            raise MalformedRequest(
                "the Content-Type of a body must be application/json"
            )
        try:
            body = wire.loads(content)
        except ValueError as error:
            raise MalformedRequest(
                f"the body is not JSON: {error}"[:_LONGEST_MESSAGE]
            ) from None
        self.check(operation.body_pointer, body, "body")
        if not isinstance(body, dict):
            raise InvalidRequest("body: must be an object")
        return cast("dict[str, Any]", body)

    def check(self, pointer: str, value: object, name: str) -> None:
        """Compare a value with the schema at a place of the document.

        Raises:
            InvalidRequest: naming a place inside the value that does not fit, the outermost first.
        """
        found = self._errors(pointer, value, name)
        if found:
            error = min(found, key=lambda error: len(error.absolute_path))
            raise InvalidRequest(
                describe(error, name), _flaw(error), _place(error, name)
            )

    def misfits(self, operation: Operation, body: object) -> list[Misfit]:
        """Return every place of a body that does not fit the document, the outermost first.

        Raises:
            InvalidRequest: if the body is beyond all measure.
        """
        if operation.body_pointer is None:
            return []
        found = self._errors(operation.body_pointer, body, "body")
        found.sort(key=lambda error: len(error.absolute_path))
        return [misfit for error in found for misfit in self._misfits_of(error)]

    def _misfits_of(self, error: ValidationError) -> Iterable[Misfit]:
        """Yield the fields that an error is about: one, or those that are missing or unknown."""
        schema = cast("Mapping[str, Any]", error.schema)
        properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
        instance = cast("object", error.instance)
        if error.validator not in _ABOUT_FIELDS or not isinstance(instance, dict):
            yield Misfit(_place(error, "body"), describe(error, "body"), schema)
            return
        fields = cast("dict[str, Any]", instance)
        above = [str(part) for part in error.absolute_path]
        if error.validator == "required":
            missing = error.message.partition("'")[2].partition("'")[0]
            wanted, _ = self.follow(properties.get(missing, {}), "")
            place = ".".join([*above, missing])
            yield Misfit(place, "is missing", wanted)
            return
        for name in fields.keys() - properties.keys():
            place = ".".join([*above, name])
            yield Misfit(place, "is not known", {}, tuple(properties))

    def _errors(self, pointer: str, value: object, name: str) -> list[ValidationError]:
        """Return all that does not fit the schema at a place of the document.

        Raises:
            InvalidRequest: if the value is beyond all measure.
        """
        errors_of = self._validators.get(pointer)
        if errors_of is None:
            # The stubs know no Decimal; the validator itself treats one as the number that it is.
            validator: Any = Draft202012Validator(
                {"$ref": f"{_DOCUMENT_URI}#{quote(pointer)}"},
                registry=self._registry,
                format_checker=self._formats,
            )
            errors_of = self._validators[pointer] = validator.iter_errors
        try:
            return list(errors_of(value))
        except (InvalidOperation, OverflowError, RecursionError):
            # Decimal refuses to compute with numbers of absurd size, and JSON can nest as deep as it likes.
            raise InvalidRequest(
                f"{name}: has a number or a nesting beyond all measure"
            ) from None

    def follow(
        self, value: Mapping[str, Any], pointer: str
    ) -> tuple[Mapping[str, Any], str]:
        """Return what a reference in the document points at in the end, and the place of that.

        Raises:
            DocumentError: if it points out of the document, or at nothing.
        """
        while "$ref" in value:
            reference = str(value["$ref"])
            if not reference.startswith("#/"):
                raise DocumentError(
                    f"{pointer} points out of the document, to {reference}: bundle it first."
                )
            pointer = unquote(reference[1:])
            value = self.at(pointer)
        return value, pointer

    def at(self, pointer: str) -> Any:
        """Return what lies at a place of the document.

        Raises:
            DocumentError: if there is no such place.
        """
        value: Any = self.document
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(key) if type(value) is list else key]
            except (KeyError, IndexError, ValueError, TypeError):
                raise DocumentError(f"The document has nothing at {pointer}.") from None
        return value

    @cached_property
    def _by_exactness(self) -> list[Operation]:
        return sorted(
            self.operations,
            key=lambda operation: [_is_template(part) for part in operation.segments],
        )

    def _read_all(
        self, parameters: Mapping[str, Parameter], given: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, parameter in parameters.items():
            if given.get(name):
                values[name] = self._read(parameter, given[name])
            elif parameter.required:
                raise InvalidRequest(
                    f"{parameter.place}.{name}: is required", Flaw.MISSING, name
                )
        return values

    def _read(self, parameter: Parameter, texts: list[str]) -> Any:
        name = f"{parameter.place}.{parameter.name}"
        if "array" in parameter.types:
            value: object = list(texts)
        elif len(texts) > 1:
            raise InvalidRequest(
                f"{name}: given {len(texts)} times", parameter=parameter.name
            )
        else:
            value = _from_text(texts[0], parameter.types)
        self.check(parameter.pointer, value, name)
        return value

    def _read_operations(self) -> Iterable[Operation]:
        seen: dict[tuple[str, tuple[str, ...]], str] = {}
        for path, item in _members(self.document, "paths"):
            shape = tuple(
                "{}" if _is_template(part) else part for part in path.split("/")
            )
            for method in _METHODS:
                if method not in item:
                    continue
                place = f"{method.upper()} {path}"
                if (method, shape) in seen:
                    raise DocumentError(
                        f"{place} and {seen[method, shape]} have the same path."
                    )
                seen[method, shape] = place
                yield self._read_operation(path, method, item)

    def _read_operation(
        self, path: str, method: str, item: Mapping[str, Any]
    ) -> Operation:
        place = f"{method.upper()} {path}"
        raw: Mapping[str, Any] = item[method]
        resource, name = raw.get("x-resource"), raw.get("x-method")
        if not isinstance(resource, str) or not isinstance(name, str):
            raise DocumentError(
                f"{place} has no x-resource and x-method: the sandbox cannot tell its handler."
            )
        pointer = f"/paths/{_escape(path)}/{method}"
        body_pointer, body_required = self._read_body(raw, pointer)
        success_status = _success_status(raw, place)
        success, _ = self.follow(
            raw["responses"][str(success_status)],
            f"{pointer}/responses/{success_status}",
        )
        return Operation(
            resource=resource,
            name=name,
            family=_family(raw, place, self.key_headers),
            method=method.upper(),
            path=path,
            pointer=pointer,
            parameters=tuple(self._read_parameters(path, method, item)),
            body_pointer=body_pointer,
            body_required=body_required,
            success_status=success_status,
            success_has_body="application/json" in success.get("content", {}),
        )

    def _read_body(
        self, operation: Mapping[str, Any], pointer: str
    ) -> tuple[str | None, bool]:
        if "requestBody" not in operation:
            return None, False
        body, body_pointer = self.follow(
            operation["requestBody"], f"{pointer}/requestBody"
        )
        if "application/json" not in body.get("content", {}):
            raise DocumentError(
                f"The request body at {body_pointer} has no application/json."
            )
        return f"{body_pointer}/content/application~1json/schema", bool(
            body.get("required", False)
        )

    def _read_parameters(
        self, path: str, method: str, item: Mapping[str, Any]
    ) -> Iterable[Parameter]:
        found: dict[tuple[str, str], Parameter] = {}
        for holder, pointer in (
            (item, f"/paths/{_escape(path)}"),
            (item[method], f"/paths/{_escape(path)}/{method}"),
        ):
            for index, raw in enumerate(holder.get("parameters", [])):
                parameter, parameter_pointer = self.follow(
                    raw, f"{pointer}/parameters/{index}"
                )
                name, place = str(parameter["name"]), str(parameter["in"])
                if place not in ("path", "query", "header"):
                    continue
                schema, schema_pointer = self.follow(
                    parameter["schema"], f"{parameter_pointer}/schema"
                )
                found[place, name] = Parameter(
                    name=name,
                    place=place,
                    required=bool(parameter.get("required", False)),
                    pointer=schema_pointer,
                    types=_types(schema),
                )
        for part in path.split("/"):
            if _is_template(part) and ("path", part[1:-1]) not in found:
                raise DocumentError(
                    f"{method.upper()} {path} does not describe its parameter {part}."
                )
        return found.values()


def _named(operation: Operation, place: str) -> dict[str, Parameter]:
    return {
        parameter.name: parameter
        for parameter in operation.parameters
        if parameter.place == place
    }


def _flaw(error: ValidationError) -> Flaw:
    flaws = {"required": Flaw.MISSING, "additionalProperties": Flaw.UNKNOWN}
    return flaws.get(str(error.validator), Flaw.INVALID)


def _place(error: ValidationError, name: str) -> str | None:
    """Return the field that an error is about, as `amount.value`; of a parameter its name."""
    if name != "body":
        return name.partition(".")[2] or None
    parts = [str(part) for part in error.absolute_path]
    instance, wanted = (
        cast("object", error.instance),
        cast("object", error.validator_value),
    )
    if (
        error.validator == "required"
        and isinstance(instance, dict)
        and isinstance(wanted, list)
    ):
        parts += [part for part in cast("list[str]", wanted) if part not in instance][
            :1
        ]
    return ".".join(parts) or None


def describe(error: ValidationError, name: str) -> str:
    """Say in one line what does not fit and where, without printing whole objects back."""
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}"
        for part in error.absolute_path
    )
    keyword = str(error.validator)
    wanted = cast("object", error.validator_value)
    if keyword == "type":
        names = (
            wanted
            if isinstance(wanted, str)
            else " or ".join(cast("list[str]", wanted))
        )
        text = f"must be {names}, not {_kind(cast('object', error.instance))}"
    elif keyword == "enum":
        text = f"must be one of {wire.dumps(wanted).decode()}"
    elif keyword in ("required", "additionalProperties", "dependentRequired"):
        text = error.message
    elif keyword == "format":
        text = f"must be a {wanted}"
    else:
        text = f"does not fit {keyword} {wire.dumps(wanted).decode()}"
    return f"{name}{place}: {text}"[:_LONGEST_MESSAGE]


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("date-time", raises=ValueError)(_is_date_time)
    checker.checks("date", raises=ValueError)(_is_date)
    checker.checks("uuid", raises=ValueError)(_is_uuid)
    checker.checks("uri", raises=ValueError)(_is_uri)
    return checker


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return (
        _RFC_3339.fullmatch(value) is not None
        and datetime.fromisoformat(value.upper()).tzinfo is not None
    )


def _is_date(value: object) -> bool:
    # ISO 8601 has more forms of a date than the formats of JSON Schema.
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value.lower()


def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return (
        bool(urlsplit(value).scheme)
        and value.isascii()
        and not any(map(str.isspace, value))
    )


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, Decimal)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _from_text(text: str, types: frozenset[str]) -> object:
    """Return a path or query value as the type that its schema wants; text that is none stays text, and fails."""
    if "integer" in types and re.fullmatch(r"-?[0-9]{1,30}", text):
        return int(text)
    if "number" in types and re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", text):
        return Decimal(text)
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    return text


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    given = schema.get("type", ())
    return frozenset([given] if isinstance(given, str) else given)


def _key_headers(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that the document's security schemes give to the keys of families."""
    schemes: Mapping[str, Mapping[str, Any]] = document.get("components", {}).get(
        "securitySchemes", {}
    )
    return {
        str(scheme["x-family"]): str(scheme["name"])
        for scheme in schemes.values()
        if "x-family" in scheme
    }


def _family(operation: Mapping[str, Any], place: str, known: Collection[str]) -> str:
    family = operation.get("x-family")
    if family not in known:
        raise DocumentError(
            f"{place} has the x-family {family}, and the document has keys of {', '.join(known) or 'none'}."
        )
    return str(family)


def _success_status(operation: Mapping[str, Any], place: str) -> int:
    statuses = [
        int(status)
        for status in operation.get("responses", {})
        if re.fullmatch(r"2\d\d", status)
    ]
    if not statuses:
        raise DocumentError(f"{place} has no 2xx response.")
    return min(statuses)


def _values(template: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    values: dict[str, str] = {}
    for part, segment in zip(template, segments, strict=True):
        if _is_template(part):
            if not segment:
                return None
            values[part[1:-1]] = unquote(segment)
        elif part != segment:
            return None
    return values


def _is_template(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _members(
    document: Mapping[str, Any], key: str
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    members = document.get(key)
    if not isinstance(members, Mapping):
        raise DocumentError(f"The document has no {key}.")
    return cast("Mapping[str, Mapping[str, Any]]", members).items()


def _plain_number(value: object) -> float:
    """Return a decimal number in a document that was read as the bundled one is; `json.dumps` asks for it."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"a value of type {type(value).__name__} has no form in JSON")


def _as_document(text: bytes, name: str) -> dict[str, Any]:
    try:
        document = wire.loads(text)
    except ValueError as error:
        raise DocumentError(f"{name} is not JSON: {error}") from None
    if not isinstance(document, dict) or "openapi" not in document:
        raise DocumentError(f"{name} is not an OpenAPI document.")
    return cast("dict[str, Any]", document)
