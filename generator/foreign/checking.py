"""Checks that a document is OpenAPI 3.0 or 3.1 at all, in time that grows as the document does.

openapi-spec-validator follows every reference anew from each place that has it, so its time grows with the square of a
document whose schemas are used often. Here its schemas of OpenAPI are checked once, by jsonschema-rs, and what
references lead to is looked at where the document is adapted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import jsonschema_rs
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from ..document import Document, Pointer, is_mapping, mapping, objects, reference_of
from ..linting.json_schema import short
from ..problems import Problem, meant

_VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}
_MINIMAL = {"info": {"title": "", "version": ""}, "paths": {}}
#: How many problems are shown of one document: the first ones tell enough.
_MOST = 100


def version_of(document: Document) -> str:
    """`3.0` or `3.1`, or whatever else the document says."""
    return ".".join(str(document.data.get("openapi")).split(".")[:2])


def check(document: Document) -> list[Problem]:
    """What keeps the document from being OpenAPI, each with its place."""
    version = version_of(document)
    if version not in _VALIDATORS:
        message = f"OpenAPI {document.data.get('openapi')} is not supported"
        return [document.problem(("openapi",), message, "write the document in OpenAPI 3.0 or 3.1")]
    otherwise = f"change it to what OpenAPI {version} allows here"
    found = [
        document.problem(pointer, text, fix)
        for pointer, text, fix in _errors(_validator(version), document.data, (), otherwise)
    ]
    found += _unresolved(document)
    if version == "3.1":
        for pointer, schema in _roots(document):
            found += check_schema(document, pointer, schema)
    return sorted(set(found))[:_MOST]


def check_schema(document: Document, pointer: Pointer, schema: Any) -> list[Problem]:
    """What keeps a part of the document from being a schema."""
    version = version_of(document)
    otherwise = f"change it to what OpenAPI {version} allows in a schema"
    return [
        document.problem(place, text, fix)
        for place, text, fix in _errors(_schema_validator(version), schema, pointer, otherwise)
    ]


def _errors(validator: Any, value: Any, at: Pointer, otherwise: str) -> Iterator[tuple[Pointer, str, str]]:
    """What is wrong in a value: where, what, and what to do."""
    if validator.is_valid(value):
        return
    for error in validator.iter_errors(value):
        deepest = _deepest(error)
        words = [str(word) for word in _words(deepest)]
        fix = meant(deepest.instance, words, f"use one of {', '.join(words)}") if words else otherwise
        yield (*at, *deepest.instance_path), short(deepest.message), fix


def _words(error: Any) -> list[object]:
    """The words that could stand in place of a value, where OpenAPI lists them; none where it does not."""
    if error.kind.name == "enum":
        return list(error.kind.options)
    variants = [inner for variant in getattr(error.kind, "context", None) or () for inner in variant]
    here = [inner for inner in variants if inner.instance_path == error.instance_path]
    found = [words for inner in here if (words := _words(inner))]
    return found[0] if found else []


def _deepest(error: Any) -> Any:
    """Of a union, what is wrong in the variant that fits best: the one whose error lies deepest."""
    best = error
    for variant in getattr(error.kind, "context", None) or ():
        for inner in map(_deepest, variant):
            if len(inner.instance_path) > len(best.instance_path):
                best = inner
    return best


def _unresolved(document: Document) -> Iterator[Problem]:
    for pointer, value in objects(document.data):
        if reference_of(value) is not None and document.follow(pointer).value is None:
            yield document.problem(
                (*pointer, "$ref"),
                f"{value['$ref']!r} leads nowhere, or round in a circle",
                "add what it refers to, or correct it",
            )


def _roots(document: Document) -> Iterator[tuple[Pointer, Any]]:
    """Every schema that is not inside of another one."""
    for key, schema in mapping(mapping(document.data.get("components")).get("schemas")).items():
        yield ("components", "schemas", key), schema
    for pointer, value in objects(document.data):
        if pointer[:2] != ("components", "schemas") and _holds_schema(value):
            yield (*pointer, "schema"), value["schema"]


def _holds_schema(value: Any) -> bool:
    return is_mapping(value) and isinstance(value.get("schema"), (dict, bool))


@cache
def _validator(version: str) -> Any:
    # Patterns are for other programs: whether this one could run them says nothing of the document.
    return jsonschema_rs.validator_for(_schema(version), validate_formats=False)


@cache
def _schema_validator(version: str) -> Any:
    if version == "3.0":
        whole = _schema("3.0")
        rules = {key: whole[key] for key in ("id", "$schema", "definitions")}
        rules["allOf"] = [{"$ref": "#/definitions/Schema"}]
        return jsonschema_rs.validator_for(rules, validate_formats=False)
    reference = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    return jsonschema_rs.Draft202012Validator(reference, validate_formats=False)


def _schema(version: str) -> dict[str, Any]:
    """The JSON Schema of OpenAPI itself."""
    document = {"openapi": f"{version}.0", **_MINIMAL}
    validator = cast("Any", _VALIDATORS[version](cast("Any", document)).schema_validator)
    return dict(validator.schema)
