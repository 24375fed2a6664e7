"""Rules about schemas: which are there, and that each has a name we chose."""

from __future__ import annotations

from collections.abc import Iterator

from ... import reading
from ...document import NAME_MAPS, Document, Located, Pointer, objects, references, sequence
from ...model.keywords import EXTENSIONS
from ...problems import Problem, meant

#: The formats of JSON Schema and of OpenAPI's registry that an API for payments may have.
FORMATS = (
    *("date-time", "date", "time", "duration", "uuid", "uri", "uri-reference", "iri", "email", "hostname"),
    *("ipv4", "ipv6", "regex", "int32", "int64", "float", "double", "decimal", "byte", "binary", "password"),
)
_OBJECT_KEYS = ("properties", "patternProperties", "additionalProperties")
#: Keywords under which a schema only limits the one it stands in; nobody needs a name for it.
_LIMITS = frozenset({"not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas"})


def schema_is_used_or_marked(document: Document) -> Iterator[Problem]:
    """A schema that no operation or webhook reaches says `x-unused: true`, and only such a one."""
    uses = [document.data.get("paths"), document.data.get("webhooks")]
    reached = reading.reached(document, (target for use in uses for _, target in references(use, names=True)))
    for schema in reading.named_schemas(document):
        name = str(schema.pointer[-1])
        marked = schema.value.get("x-unused")
        place = (*schema.pointer, "x-unused")
        if marked is not None and marked is not True:
            yield document.problem(place, "x-unused is either `true` or not there", "write `x-unused: true`")
        elif marked and name in reached:
            message = f"the schema {name!r} is marked as unused, but something uses it"
            yield document.problem(place, message, "remove `x-unused`")
        elif not marked and name not in reached:
            message = f"no operation or webhook uses the schema {name!r}"
            yield document.problem(
                schema.pointer, message, "use it, mark it with `x-unused: true`, or remove it"
            )


def object_has_a_name(document: Document) -> Iterator[Problem]:
    """An object or enum that is written in place would get a class with a name that nobody chose."""
    for schema in reading.schemas(document):
        what = None if _has_a_name(schema) else _nameless(schema)
        if what is not None:
            yield document.problem(
                schema.pointer,
                f"{what} is written in place",
                "make it a named schema in `schemas/` and refer to it",
            )


def _has_a_name(schema: Located) -> bool:
    """Whether this is a named schema, a part of its `allOf`, or a mere limit: none is a class of its own."""
    if schema.pointer[:2] == ("components", "schemas"):
        is_part = len(schema.pointer) == 5 and schema.pointer[3] == "allOf"
        if len(schema.pointer) == 3 or is_part:
            return True
    return _is_limit(schema.pointer)


def _is_limit(pointer: Pointer) -> bool:
    is_name = False
    for token in pointer:
        if not is_name and token in _LIMITS:
            return True
        is_name = not is_name and token in NAME_MAPS
    return False


def _nameless(schema: Located) -> str | None:
    kind = schema.value.get("type")
    if "object" in (kind, *sequence(kind)) or any(key in schema.value for key in _OBJECT_KEYS):
        return "an object"
    if "enum" in schema.value:
        return "an enum"
    if len(sequence(schema.value.get("allOf"))) > 1:
        return "an `allOf` of several schemas"
    return None


def format_is_known(document: Document) -> Iterator[Problem]:
    """A misspelt format would be ignored in silence, and a moment would be read as text."""
    for schema in reading.schemas(document):
        if schema.value.get("format", "date-time") not in FORMATS:
            name = schema.value["format"]
            fix = meant(name, FORMATS, f"use one of {', '.join(FORMATS)}, or remove it")
            yield document.problem((*schema.pointer, "format"), f"{name!r} is no format that is known", fix)


def extension_is_known(document: Document) -> Iterator[Problem]:
    """A misspelt extension would be ignored in silence; for `x-sensitive` that would leak."""
    for place, found in objects(document.data):
        for key in found:
            if key.startswith("x-") and key not in EXTENSIONS:
                fix = meant(key, sorted(EXTENSIONS), "remove it, or add it to the list of extensions")
                yield document.problem((*place, key), f"nothing reads the extension {key!r}", fix)
