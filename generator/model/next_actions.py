"""Read `x-next-action`: how a response says what the payer has to do next."""

from __future__ import annotations

from ..document import Pointer, mapping, sequence
from .api import NextAction
from .reader import Reader

_EXTENSION = "x-next-action"
_KEYS = frozenset({"id", "success", "challenge", "action", "shows", "finished"})


def read_next_action(reader: Reader, schema: Pointer) -> NextAction | None:
    """Return what the extension of a schema says, if it has one; a name that it lacks is nothing."""
    value = reader.at(schema)
    if _EXTENSION not in value:
        return None
    extension = mapping(value[_EXTENSION])
    if extension.keys() != _KEYS:
        odd = ", ".join(sorted(extension.keys() ^ _KEYS))
        message = f"x-next-action lacks, or does not know, {odd}"
        reader.flawed((*schema, _EXTENSION), message, "see spec/README.md")
    if not extension:
        return None
    return NextAction(
        id=str(extension.get("id", "")),
        success=str(extension.get("success", "")),
        challenge=str(extension.get("challenge", "")),
        action=str(extension.get("action", "")),
        shows=tuple(map(str, sequence(extension.get("shows")))),
        finished=tuple(map(str, sequence(extension.get("finished")))),
    )
