"""Which names of JSON fields a log may show the values of: those that the document declares and nowhere marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .document import mapping, sequence
from .normalising import every_schema, operations, resolve

Json = dict[str, Any]

#: The list of a document, at its root, of the fields that a log shows.
SHOWN = "x-shown-in-logs"
_MARKS = ("x-sensitive", "x-free-text")


@dataclass
class Names:
    """Names without case, `_` and `-`, because camelCase and snake_case mean the same field.

    Attributes:
        values: Names of plain values, and of arrays of them. Where the document has a list of those that a log shows,
            any text or number that is not in it is hidden.
        objects: Names of objects whose fields are all declared.
        maps: Names of objects that take further fields, with the fields that each declares.
        hidden: Names that are marked `x-sensitive` or `x-free-text` anywhere; they are in none of the others.
        open: Names of values that may be any text or number.
    """

    values: set[str] = field(default_factory=set[str])
    objects: set[str] = field(default_factory=set[str])
    maps: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    hidden: set[str] = field(default_factory=set[str])
    open: set[str] = field(default_factory=set[str], compare=False)


def loggable(data: Json) -> Names:
    """The names of a document's properties and parameters, sorted by what a log may show."""
    names = Names()
    for schema in every_schema(data):
        for name, node in mapping(schema.get("properties")).items():
            _take(data, names, str(name), node)
            if "x-wrapped" in node:
                # On the wire it may be an object, and then its value has a name of its own.
                names.objects.add(plain(str(name)))
                _take(data, names, str(node["x-wrapped"]), node)
    for parameter in _parameters(data):
        _take(data, names, str(parameter["name"]), {**mapping(parameter.get("schema")), **_mark(parameter)})
    if SHOWN in data:
        shown = {plain(str(name)) for name in sequence(data[SHOWN])}
        names.hidden |= names.open - shown
    # A document that was cut out of a larger one says what else is marked there.
    names.hidden.update(map(str, sequence(data.get("x-sensitive-names"))))
    names.values -= names.hidden
    names.objects -= names.hidden
    names.maps = {name: fields for name, fields in names.maps.items() if name not in names.hidden}
    return names


def plain(name: str) -> str:
    """The name as `Names` has it; the runtime does the same to the names it meets."""
    return name.lower().replace("_", "").replace("-", "")


def _take(data: Json, names: Names, name: str, node: Json) -> None:
    key = plain(name)
    for part in _parts(data, node, set()):
        if any(part.get(mark) for mark in _MARKS):
            names.hidden.add(key)
        kinds = _kinds(part)
        if _is_open(part):
            names.open.add(key)
        if "enum" in part or "const" in part or kinds & {"string", "integer", "number", "boolean"}:
            names.values.add(key)
        if "object" not in kinds:
            continue
        fields = mapping(part.get("properties"))
        if part.get("additionalProperties") or not fields:
            names.maps.setdefault(key, set()).update(map(plain, fields))
        else:
            names.objects.add(key)


def is_marked(data: Json, node: Json) -> bool:
    """Whether a property, or what it refers to, is marked as masked in logs."""
    return any(part.get(mark) for part in _parts(data, node, set()) for mark in _MARKS)


def is_open(data: Json, node: Json) -> bool:
    """Whether the value of a property may be any text or number."""
    return any(map(_is_open, _parts(data, node, set())))


def _is_open(part: Json) -> bool:
    return not {"enum", "const"} & part.keys() and bool(_kinds(part) & {"string", "integer", "number"})


def _kinds(part: Json) -> set[str]:
    kinds = part.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(sequence(kinds))


def _parts(data: Json, node: Any, seen: set[int]) -> Iterator[Json]:
    """A property's schema with all that describes its own value: what it refers to, its variants and its items."""
    part = mapping(node)
    if not part or id(part) in seen:
        return
    seen.add(id(part))
    yield part
    if "$ref" in part:
        yield from _parts(data, _target(data, part), seen)
    yield from _parts(data, part.get("items"), seen)
    for key in ("oneOf", "anyOf", "allOf", "prefixItems"):
        for variant in sequence(part.get(key)):
            yield from _parts(data, variant, seen)


def _target(data: Json, part: Json) -> Any:
    """What a reference leads to; None where it leads nowhere, which another rule of the lint names."""
    try:
        return resolve(data, part)
    except (KeyError, TypeError):
        return None


def _mark(parameter: Json) -> Json:
    return {mark: True for mark in _MARKS if parameter.get(mark)}


def _parameters(data: Json) -> Iterator[Json]:
    holders = list(mapping(mapping(data.get("components")).get("parameters")).values())
    for item in mapping(data.get("paths")).values():
        holders += sequence(item.get("parameters"))
    for _, _, operation in operations(data):
        holders += sequence(operation.get("parameters"))
    yield from (resolve(data, holder) for holder in holders)
