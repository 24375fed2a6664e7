"""Answers what comparisons ask of parameters and operations."""

from __future__ import annotations

from typing import Any

from .. import reading
from ..document import Located, mapping
from ..reading import Operation
from . import facts, words


def new_parameter(name: str, where: str, schema: dict[str, Any], *, is_required: bool) -> dict[str, Any]:
    """Return a parameter without its evidence; its example is left open."""
    made: dict[str, Any] = {"name": name, "in": where}
    if is_required:
        made["required"] = True
    text = "Named in the vendor's description. What it means is not described yet."
    return made | {"description": text, "schema": schema, "example": None}


def key_of(parameter: Located) -> tuple[str, str]:
    """Return what makes a parameter the same as another; the name of a header has no case."""
    where, name = reading.parameter_key(parameter.value)
    return where, name.lower() if where == "header" else name


def json_of(holder: Located) -> Located | None:
    """Return the JSON of a request body or a response."""
    for media in reading.media_types(holder):
        kind = str(media.pointer[-1]).split(";")[0].strip().lower()
        if kind in ("application/json", "*/*") or kind.endswith("+json"):
            return media
    return None


def weakest(operation: Operation) -> str:
    """Return the weaker word of an operation's method and path."""
    marks = mapping(operation.data.get("x-evidence"))
    method, path = (str(marks.get(part, facts.GUESS)) for part in ("method", "path"))
    return path if words.is_better(method, path) else method


def class_of(operation: Operation) -> str:
    """Return the name after which schemas of an operation are called."""
    name = str(operation.data.get("operationId", "Operation"))
    return name[:1].upper() + name[1:]
