"""The annotation and the decoder of any shape of JSON that an answer may have."""

from __future__ import annotations

import json
from typing import Any

from .document import mapping, sequence
from .normalising import SCHEMA_PREFIX, schemas

Json = dict[str, Any]

_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "int | Decimal",
    "boolean": "bool",
    "null": "None",
    "array": "list",
}
_FORMATS = {"date-time": "datetime", "date": "date"}
_PLAIN = {
    "string": ["str"],
    "integer": ["int"],
    "number": ["int", "Decimal"],
    "boolean": ["bool"],
    "null": ["type(None)"],
}


def annotation(data: Json, schema: Json) -> str:
    """The type of what a decoder makes of the shape."""
    parts = [part for key in ("oneOf", "anyOf") for part in sequence(schema.get(key))]
    if parts:
        kinds = [annotation(data, part) for part in parts]
        # Of the annotations, only that of a number is a union itself.
        words = [
            word for kind in kinds for word in (kind.split(" | ") if kind in _TYPES.values() else [kind])
        ]
        return "Any" if "Any" in kinds else " | ".join(dict.fromkeys(words))
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(SCHEMA_PREFIX)
        target = schemas(data)[name]
        return name if _is_class(target) else annotation(data, target)
    if isinstance(schema.get("const"), (str, int)) and not isinstance(schema["const"], bool):
        return f"Literal[{schema['const']!r}]"
    kind = schema.get("type")
    if kind == "array":
        return f"list[{annotation(data, mapping(schema.get('items')))}]"
    if kind == "string" and schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    return _TYPES.get(kind, "Any") if isinstance(kind, str) else "Any"


def words(data: Json, schema: Json) -> str:
    """What the JSON should be, in the words that the runtime's `drift` reads."""
    parts = [part for key in ("oneOf", "anyOf") for part in sequence(schema.get(key))]
    if parts:
        return " | ".join(dict.fromkeys(words(data, part) for part in parts))
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(SCHEMA_PREFIX)
        target = schemas(data)[name]
        return name if _is_class(target) else words(data, target)
    if isinstance(schema.get("const"), (str, int)):
        return f"={json.dumps(schema['const'])}"
    kind = schema.get("type")
    if kind == "array":
        return f"[{words(data, mapping(schema.get('items')))}]"
    if kind == "string" and schema.get("format") in _FORMATS:
        return str(schema["format"])
    return kind if isinstance(kind, str) and kind in _PLAIN else "any"


def _is_class(schema: Json) -> bool:
    return bool(schema.get("enum")) or schema.get("type") == "object" or "properties" in schema


class Decoder:
    """Makes expressions that decode, and remembers which classes they name."""

    def __init__(self, data: Json) -> None:
        self._data = data
        self.models: set[str] = set()
        self.enums: set[str] = set()

    def expression(self, schema: Json, source: str, depth: int = 0) -> str:
        """What decodes the shape; the source itself if nothing needs to."""
        parts = [part for key in ("oneOf", "anyOf") for part in sequence(schema.get(key))]
        if parts:
            return self._union(parts, source, depth)
        if "$ref" in schema:
            return self._named(str(schema["$ref"]).removeprefix(SCHEMA_PREFIX), source, depth)
        if schema.get("type") == "array":
            item = f"item{depth or ''}"
            inner = self.expression(mapping(schema.get("items")), item, depth + 1)
            return source if inner == item else f"decode_list({source}, lambda {item}: {inner})"
        if schema.get("type") == "string" and schema.get("format") in _FORMATS and "const" not in schema:
            return f"decode_{_FORMATS[schema['format']]}({source})"
        return source

    def _named(self, name: str, source: str, depth: int) -> str:
        target = schemas(self._data)[name]
        if target.get("enum"):
            self.enums.add(name)
            return f"enum_decoder({name})({source})"
        if _is_class(target):
            self.models.add(name)
            return f"decode_model({name}, {source})"
        return self.expression(target, source, depth)

    def _union(self, parts: list[Json], source: str, depth: int) -> str:
        item = f"item{depth or ''}"
        names = [str(part.get("$ref", "")).removeprefix(SCHEMA_PREFIX) for part in parts]
        models = [name for name in names if name and not schemas(self._data)[name].get("enum")]
        self.models.update(models)
        decoders: list[str] = []
        if len(models) == 1:
            decoders.append(f"decode_model({models[0]}, {item})")
        elif models:
            decoders.append(f"decode_variant({item}, {', '.join(models)})")
        plain: list[str] = []
        for part, name in zip(parts, names, strict=True):
            if name in models:
                continue
            inner = self.expression(part, item, depth + 1)
            if inner != item:
                decoders.append(inner)
            elif part.get("type") == "array":
                plain.append("list")
            else:
                plain += _PLAIN.get(
                    str(part.get("type")), ["str", "int", "Decimal", "bool", "type(None)", "list", "dict"]
                )
        if not decoders:
            return source
        accepted = f"({', '.join(dict.fromkeys(plain))}{',' if plain else ''})"
        lambdas = ", ".join(f"lambda {item}: {decode}" for decode in decoders)
        return f"decode_union({source}, {accepted}, {lambdas})"
