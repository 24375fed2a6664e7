"""Return the edits that give a schema of `spec/` another type, by the way in which it is written there."""

from __future__ import annotations

from typing import Any

from ..document import Pointer
from .finding import Append, Drop, Edit, Put


def retyped(
    place: Pointer, written: dict[str, Any], kind: str, *, nullable: bool
) -> tuple[Edit, ...]:
    """Return the edits that replace the type; the format of the old one goes.

    Args:
        place: The place of the schema.
        written: The schema that is written there.
        kind: The new JSON type.
        nullable: True if a value may be null as well.
    """
    put = Put((*place, "type"), [kind, "null"] if nullable else kind)
    return (put, Drop((*place, "format"))) if "format" in written else (put,)


def made_nullable(place: Pointer, written: dict[str, Any]) -> tuple[Edit, ...]:
    """Return the edits that let a value be null as well; none where it is a union or has no type."""
    kind = written.get("type")
    if isinstance(kind, str):
        return (Put((*place, "type"), [kind, "null"]),)
    if isinstance(kind, list):
        return (Append((*place, "type"), "null"),)
    if isinstance(written.get("$ref"), str):
        union = [{"$ref": written["$ref"]}, {"type": "null"}]
        return (Put((*place, "oneOf"), union), Drop((*place, "$ref")))
    return ()
