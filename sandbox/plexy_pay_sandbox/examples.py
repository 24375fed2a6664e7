"""Examples of the document, which are the responses of operations without a handler.

The document's own example is taken; where it shows none, one is made of the schema, the same each time. Nothing is
remembered: what such a response says was made is not there when it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from .validation import Contract, Operation

#: The header of a response that is an example, which no handler made.
HEADER: Final = "Plexy-Sandbox-Example"

_JSON: Final = "application/json"
_TEXTS: Final[Mapping[str, str]] = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "email": "payer@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
#: What a schema without a type is about, by a keyword that only this type has.
_TELLING: Final[Mapping[str, str]] = {
    "properties": "object",
    "required": "object",
    "items": "array",
    "minItems": "array",
    "minimum": "number",
    "multipleOf": "number",
    "minLength": "string",
    "format": "string",
}


class _Endless(Exception):
    """A schema holds itself, so that no example of it ends."""


class Examples:
    """The examples of a document.

    Args:
        contract: The document, read.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def of(self, operation: Operation) -> object:
        """Return the body of an operation's success, as the document shows it or as its schema makes it."""
        place = f"{operation.pointer}/responses/{operation.success_status}"
        response, _ = self._contract.follow(self._contract.at(place), place)
        media: Mapping[str, Any] = response["content"][_JSON]
        if "example" in media:
            return cast("object", media["example"])
        for shown in media.get("examples", {}).values():
            example, _ = self._contract.follow(shown, place)
            if "value" in example:
                return cast("object", example["value"])
        try:
            return self._made(media.get("schema", {}), ())
        except _Endless:
            return {}

    def _made(self, schema: Any, above: tuple[str, ...]) -> object:
        """Return a value that fits a schema.

        Args:
            schema: The schema.
            above: The places of the references that led here.
        """
        if not isinstance(schema, Mapping):
            return None
        whole, above = self._whole(cast("Mapping[str, Any]", schema), above)
        for key in ("example", "const", "default"):
            if key in whole:
                return cast("object", whole[key])
        for key in ("examples", "enum"):
            if whole.get(key):
                return cast("object", whole[key][0])
        return self._of_type(_type_of(whole), whole, above)

    def _of_type(
        self, kind: str, schema: Mapping[str, Any], above: tuple[str, ...]
    ) -> object:
        if kind == "object":
            return self._object(schema, above)
        if kind == "array":
            return self._array(schema, above)
        if kind in ("integer", "number"):
            return _number(schema)
        if kind == "string":
            return _text(schema)
        return False if kind == "boolean" else None

    def _object(
        self, schema: Mapping[str, Any], above: tuple[str, ...]
    ) -> dict[str, object]:
        made: dict[str, object] = {}
        required = schema.get("required", ())
        properties: Mapping[str, Any] = schema.get("properties", {})
        for name, node in properties.items():
            try:
                made[name] = self._made(node, above)
            except _Endless:
                if name in required:
                    raise
        return made | {name: None for name in required if name not in made}

    def _array(self, schema: Mapping[str, Any], above: tuple[str, ...]) -> list[object]:
        least = schema.get("minItems", 0)
        most = schema.get("maxItems", max(least, 1))
        try:
            return [
                self._made(schema.get("items", {}), above)
                for _ in range(min(max(least, 1), most))
            ]
        except _Endless:
            if least:
                raise
            return []

    def _whole(
        self, schema: Mapping[str, Any], above: tuple[str, ...]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return a schema as one mapping: references followed, parts joined, and the first variant that ends chosen."""
        whole = {
            key: value
            for key, value in schema.items()
            if key not in ("$ref", "allOf", "oneOf", "anyOf")
        }
        parts: list[Any] = list(schema.get("allOf", ()))
        if "$ref" in schema:
            place = str(schema["$ref"])
            if place in above:
                raise _Endless
            above = (*above, place)
            parts.insert(0, self._contract.at(place.removeprefix("#")))
        for part in parts:
            if isinstance(part, Mapping):
                inner, above = self._whole(cast("Mapping[str, Any]", part), above)
                whole = _joined(inner, whole)
        variants = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
        return (
            (self._with_variant(whole, variants, above), above)
            if variants
            else (whole, above)
        )

    def _with_variant(
        self, whole: Mapping[str, Any], variants: list[Any], above: tuple[str, ...]
    ) -> dict[str, Any]:
        for variant in variants:
            try:
                # What it holds is looked at, too: a variant may come back to itself further down.
                self._made(variant, above)
            except _Endless:
                continue
            if not isinstance(variant, Mapping):
                return dict(whole)
            inner, _ = self._whole(cast("Mapping[str, Any]", variant), above)
            return _joined(inner, whole)
        raise _Endless


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return two parts of a schema as one; where both say something, the second is right."""
    joined = {**one, **other}
    if "properties" in one and "properties" in other:
        joined["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        joined["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    return joined


def _type_of(schema: Mapping[str, Any]) -> str:
    given = schema.get("type")
    if isinstance(given, str):
        return given
    if given:
        return next((kind for kind in given if kind != "null"), "null")
    return next((kind for key, kind in _TELLING.items() if key in schema), "null")


def _number(schema: Mapping[str, Any]) -> int | Decimal:
    """Return zero, or the number nearest to it that the bounds allow."""
    value: Any = 0
    lows = [schema["minimum"]] if "minimum" in schema else []
    lows += [schema["exclusiveMinimum"] + 1] if "exclusiveMinimum" in schema else []
    highs = [schema["maximum"]] if "maximum" in schema else []
    highs += [schema["exclusiveMaximum"] - 1] if "exclusiveMaximum" in schema else []
    value = min([max([value, *lows]), *highs])
    step = schema.get("multipleOf")
    return cast("int | Decimal", math.ceil(value / step) * step if step else value)


def _text(schema: Mapping[str, Any]) -> str:
    text = _TEXTS.get(str(schema.get("format")), "text")
    least = int(schema.get("minLength", 0))
    most = int(schema.get("maxLength", max(least, len(text))))
    return text.ljust(least, "x")[:most]
