"""The parameters of an operation: those of its path and its own, each with the way in which its value is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..document import Located, Pointer, is_mapping, mapping, sequence
from .adapting import Adapting
from .media import is_json
from .shapes import Shapes

Json = dict[str, Any]

#: Headers of which OpenAPI says that a parameter with their name means nothing.
_IGNORED = frozenset({"accept", "content-type", "authorization"})
#: Headers that the client writes itself.
_OWN = frozenset({"host", "connection", "content-length", "transfer-encoding"})
_LEAVE_OUT = "or leave the operation out with `skip` in the config"


def parameters(
    adapting: Adapting,
    shapes: Shapes,
    operation: Located,
    path: str,
    name: str,
    keys: frozenset[tuple[str, str]],
) -> list[Json]:
    """The parameters of an operation as the generator's own documents write them.

    Args:
        adapting: The document.
        shapes: Its schemas.
        operation: The operation, and where it is.
        path: Its path.
        name: What the classes that a parameter needs are named after.
        keys: Where its keys go, such as `("header", "x-key")`: they are no parameters.
    """
    found: list[Json] = []
    named: set[str] = set()
    for pointer, node in _written(adapting, operation):
        where, wire = str(node.get("in")), str(node.get("name"))
        if where == "path":
            if "{" + wire + "}" not in path:
                adapting.cannot(pointer, f"the path has no {{{wire}}}", "correct its name, or remove it")
                continue
            named.add(wire)
        if (where, wire.lower() if where == "header" else wire) in keys:
            continue
        if where == "header" and wire.lower() in _IGNORED:
            continue
        if where == "header" and (wire.lower() in _OWN or not _is_header(wire)):
            fix = f"describe a key as a security scheme, {_LEAVE_OUT}"
            adapting.cannot(
                pointer, f"the header {wire} is the client's own, or no header can be named so", fix
            )
            continue
        if where == "cookie" and not _is_header(wire):
            adapting.cannot(pointer, f"no cookie can be named {wire!r}", f"correct its name, {_LEAVE_OUT}")
            continue
        made = _parameter(adapting, shapes, Located(pointer, node), f"{name}.{wire}")
        if made is not None:
            found.append(made)
    for wire in dict.fromkeys(re.findall(r"\{([^{}]*)\}", path)):
        if wire not in named:
            adapting.cannot(
                operation.pointer, f"nothing describes {{{wire}}} of the path", "add a parameter `in: path`"
            )
    return found


def _written(adapting: Adapting, operation: Located) -> Iterator[Located]:
    """The parameters of the operation, then those of its path that it does not replace; each once."""
    seen: set[tuple[str, str]] = set()
    for holder in (operation.pointer, operation.pointer[:-1]):
        place = adapting.document.follow(holder).pointer
        for index, _ in enumerate(sequence(adapting.document.get((*place, "parameters")))):
            found = adapting.object((*place, "parameters", index))
            key = str(found.value.get("in")), str(found.value.get("name"))
            if key not in seen and found.value:
                seen.add(key)
                yield found


def _is_header(name: str) -> bool:
    return bool(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name))


def _parameter(adapting: Adapting, shapes: Shapes, parameter: Located, name: str) -> Json | None:
    pointer, node = parameter
    where, wire = str(node["in"]), str(node["name"])
    made: Json = {"name": wire, "in": where}
    if is_mapping(node.get("content")):
        media, holder = next(iter(mapping(node["content"]).items()), ("", None))
        if where != "query" or not is_json(media):
            _not_written(adapting, pointer, wire, f"as {media or 'nothing'}")
            return None
        place: Pointer = (*pointer, "content", media, "schema")
        made |= {"schema": shapes.at(place, name) if "schema" in mapping(holder) else {}, "x-style": "json"}
    else:
        made["schema"] = shapes.at((*pointer, "schema"), name) if "schema" in node else {}
        style = _style(where, node, made["schema"])
        if style is None:
            _not_written(adapting, pointer, wire, f"in the style {node.get('style', 'of its place')}")
            return None
        made |= {"x-style": style} if style else {}
    if where == "path":
        # Nothing says that it is an id, which has no slash.
        made["x-own-text"] = True
    if where == "path" or node.get("required") is True:
        made["required"] = True
    for key in ("description", "deprecated"):
        if key in node:
            made[key] = node[key]
    return made


def _not_written(adapting: Adapting, pointer: Pointer, wire: str, how: str) -> None:
    adapting.cannot(
        pointer,
        f"the value of {wire} cannot be written {how}: its type is nested, or OpenAPI does not define it",
        f"use a plain type, or in the query the style `deepObject` or `content` with JSON, {_LEAVE_OUT}",
    )


def _style(where: str, node: Json, schema: Json) -> str | None:
    """How a value is written: empty as it is, None if it cannot be.

    In a path that is one of `simple`, `label` and `matrix`, with a star where each value or field stands by itself.
    """
    style = str(node.get("style", "form" if where in ("query", "cookie") else "simple"))
    explode = node.get("explode", style == "form") is True
    is_any = not schema.keys() - {"description", "deprecated"} or _is_list_or_plain(schema)
    if where == "path":
        if style not in ("simple", "label", "matrix") or not (is_any or _is_object(schema)):
            return None
        return "" if style == "simple" and _is_text(schema) else f"{style}{'*' if explode else ''}"
    if where == "cookie":
        return "cookie" if style == "form" and (is_plain(schema) or (is_any and not explode)) else None
    if is_plain(schema):
        return "" if style in ("form", "simple", "spaceDelimited", "pipeDelimited") else None
    if _is_flat_list(schema):
        separators = {"spaceDelimited": "space", "pipeDelimited": "pipe", "form": "comma", "simple": "comma"}
        if where == "query" and style != "simple":
            return "" if explode and style != "deepObject" else separators.get(style)
        return "comma" if where == "header" and style == "simple" else None
    if _is_object(schema):
        of_query = {("deepObject", True): "deep", ("deepObject", False): "deep", ("form", True): "spread"}
        of_header = {("simple", True): "equals"}
        pairs = {("form" if where == "query" else "simple", False): "pairs"}
        return {**(of_query if where == "query" else of_header), **pairs}.get((style, explode))
    if where == "header":
        return "comma" if style == "simple" and is_any else None
    return "flat" if style == "form" and explode and is_any else None


def _is_flat_list(schema: Json) -> bool:
    return schema.get("type") == "array" and is_plain(schema["items"])


def _is_object(schema: Json) -> bool:
    return "$ref" in schema and not schema.get("x-enum")


def is_plain(schema: Json) -> bool:
    """Whether every value of the shape is one text, number or boolean."""
    if "oneOf" in schema:
        return all(map(is_plain, schema["oneOf"]))
    return (
        "const" in schema or schema.get("type") not in (None, "array", "object") or bool(schema.get("x-enum"))
    )


def _is_list_or_plain(schema: Json) -> bool:
    return all(
        is_plain(part) or (part.get("type") == "array" and is_plain(part["items"]))
        for part in schema.get("oneOf", [schema])
    )


def _is_text(schema: Json) -> bool:
    """Whether the values can stand in a path as they are."""
    return schema.get("type") in ("string", "integer") and "format" not in schema
