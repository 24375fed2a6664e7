"""Responses that fit the document, made by Hypothesis, and every place in them where one thing can be changed."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import plexy_pay
import plexy_pay.api
from helpers.description import DESCRIPTION
from hypothesis import strategies as st

from generator.identifiers import snake

Json = dict[str, Any]

DOCUMENT: Json = json.loads(DESCRIPTION.read_text("utf-8"))

CANARY = "c4n4ry"
"""Stands in every sensitive value, and in every value that the document does not know."""

texts = st.text(max_size=12)
whole_numbers = st.integers(-(10**15), 10**15)
decimals = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3
)
fractions = st.one_of(
    decimals, st.sampled_from([Decimal("0.10"), Decimal("1E+5"), Decimal("22000.00")])
)
scalars = st.one_of(st.none(), st.booleans(), whole_numbers, fractions, texts)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def moments(draw: st.DrawFn) -> str:
    """Dates and times as other programs write them: any offset, none to six digits of a second."""
    moment = draw(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))
    offset = draw(st.one_of(st.none(), st.integers(-14 * 60, 14 * 60)))
    digits = draw(st.integers(0, 6))
    text = moment.strftime("%m-%dT%H:%M:%S")
    text = f"{moment.year:04d}-{text}" + (
        f".{moment.microsecond:06d}"[: digits + 1] if digits else ""
    )
    if offset is None:
        return f"{text}Z"
    return (
        text
        + datetime(2026, 1, 1, tzinfo=timezone(timedelta(minutes=offset))).isoformat()[
            19:
        ]
    )


@dataclass(frozen=True)
class ResponseBody:
    """What an operation answers: the schema of the document, and the decoder of the package."""

    operation: str
    schema: Json
    decode: Callable[[Any], Any]


def responses() -> Iterator[ResponseBody]:
    """Every operation that answers with JSON."""
    modules = {
        name.rpartition(".")[2]: name
        for _, name, is_package in pkgutil.walk_packages(
            plexy_pay.api.__path__, "plexy_pay.api."
        )
        if not is_package
    }
    for item in DOCUMENT["paths"].values():
        for method, operation in item.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/json")
                if status.startswith("2") and content:
                    name = snake(operation["operationId"])
                    module = importlib.import_module(modules[name])
                    yield ResponseBody(name, content["schema"], module._decode)


def resolved(schema: Json) -> Json:
    """The schema itself, without references and without a list of one."""
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][
                schema["$ref"].rpartition("/")[2]
            ]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            return schema


def types_of(schema: Json) -> set[str]:
    """The JSON types that a schema allows; none if it allows any."""
    schema = resolved(schema)
    if "oneOf" in schema:
        return set().union(*map(types_of, schema["oneOf"]))
    found = schema.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def fitting(schema: Json, sensitive: bool = False) -> st.SearchStrategy[Any]:
    """Values that fit the schema."""
    schema = resolved(schema)
    if "oneOf" in schema:
        return st.one_of(*[fitting(one, sensitive) for one in schema["oneOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = sorted(types_of(schema))
    if len(kinds) != 1:
        return (
            st.one_of(*[fitting({**schema, "type": kind}, sensitive) for kind in kinds])
            if kinds
            else anything
        )
    if kinds == ["object"]:
        return objects(schema)
    if kinds == ["array"]:
        return st.lists(fitting(schema.get("items", {})), max_size=3)
    if kinds == ["string"] and schema.get("format") == "date-time":
        return moments()
    if kinds == ["string"]:
        return st.just(f"{CANARY} secret") if sensitive else texts
    if kinds == ["boolean"]:
        return st.booleans()
    if kinds == ["null"]:
        return st.none()
    least = 1 if "exclusiveMinimum" in schema or "minimum" in schema else -(10**15)
    whole = st.integers(least, 10**15)
    return (
        whole
        if kinds == ["integer"]
        else st.one_of(whole, fractions.map(abs).filter(lambda n: n >= least))
    )


@st.composite
def objects(draw: st.DrawFn, schema: Json) -> Json:
    """Objects with the required fields, some of the others, and free ones where the schema allows them."""
    made: Json = {}
    properties: Json = schema.get("properties", {})
    for name, field in properties.items():
        if name in schema.get("required", ()) or draw(st.booleans()):
            made[name] = draw(fitting(field, field.get("x-sensitive", False)))
    if schema.get("additionalProperties"):
        free = draw(
            st.dictionaries(
                texts.filter(lambda name: name not in properties), anything, max_size=2
            )
        )
        made |= free
    return dict(draw(st.permutations(list(made.items()))))


@dataclass(frozen=True)
class Place:
    """One field or item of a payload.

    Attributes:
        path: The keys and positions that lead to it.
        pointer: The same as the package reports it.
        schema: What the document says of it.
        required: Whether it must be there.
        sensitive: Whether it is masked.
    """

    path: tuple[str | int, ...]
    pointer: str
    schema: Json
    required: bool = False
    sensitive: bool = False

    def holder(self, payload: Any) -> Any:
        """The object or array that it stands in."""
        for key in self.path[:-1]:
            payload = payload[key]
        return payload

    def put(self, payload: Any, value: Any) -> None:
        """Write another value there."""
        self.holder(payload)[self.path[-1]] = value


def places(
    schema: Json, value: Any, path: tuple[str | int, ...] = (), pointer: str = ""
) -> Iterator[Place]:
    """Every declared field and every item of a payload that fits."""
    schema = resolved(schema)
    if isinstance(value, dict):
        for name, field in schema.get("properties", {}).items():
            if name in value:
                at = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
                required = name in schema.get("required", ())
                yield Place(
                    (*path, name), at, field, required, field.get("x-sensitive", False)
                )
                yield from places(field, value[name], (*path, name), at)
    elif isinstance(value, list) and "items" in schema:
        for position, item in enumerate(value):
            yield Place((*path, position), f"{pointer}/*", schema["items"])
            yield from places(schema["items"], item, (*path, position), f"{pointer}/*")


def model_objects(schema: Json, payload: Any) -> Iterator[tuple[Json, str, bool]]:
    """Every object of a payload that the document describes, with its pointer, and whether it takes free fields."""
    at = [(schema, payload, "")]
    at += [
        (place.schema, place.holder(payload)[place.path[-1]], place.pointer)
        for place in places(schema, payload)
    ]
    for one, value, pointer in at:
        if isinstance(value, dict) and "object" in types_of(one):
            yield value, pointer, bool(resolved(one).get("additionalProperties"))


def json_type(value: Any) -> str:
    """The JSON type of a value."""
    names: Mapping[type, str] = {
        bool: "boolean",
        str: "string",
        int: "integer",
        Decimal: "number",
        dict: "object",
    }
    return "null" if value is None else names.get(type(value), "array")


OF_TYPE: dict[str, Any] = {
    "string": f"{CANARY} text",
    "integer": 7,
    "number": Decimal("7.50"),
    "boolean": True,
    "null": None,
    "object": {"number": f"{CANARY} 4111", "deep": [{"x": CANARY}]},
    "array": [f"{CANARY}", {"x": CANARY}],
}
"""A value of each JSON type."""
