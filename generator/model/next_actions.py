"""Read `x-next-action`: how a response says what the payer has to do next."""

from __future__ import annotations

from ..document import Pointer, mapping, sequence
from .api import NextAction
from .reader import Reader

_MARK = "x-next-action"
_KEYS = frozenset({"id", "success", "challenge", "action", "shows", "finished"})


def read_next_action(reader: Reader, schema: Pointer) -> NextAction | None:
    """Return what the mark of a schema says, if it has one; a name that it lacks is nothing."""
    value = reader.at(schema)
    if _MARK not in value:
        return None
    mark = mapping(value[_MARK])
    if mark.keys() != _KEYS:
        odd = ", ".join(sorted(mark.keys() ^ _KEYS))
        message = f"x-next-action lacks, or does not know, {odd}"
        reader.flawed((*schema, _MARK), message, "see spec/README.md")
    if not mark:
        return None
    return NextAction(
        id=str(mark.get("id", "")),
        success=str(mark.get("success", "")),
        challenge=str(mark.get("challenge", "")),
        action=str(mark.get("action", "")),
        shows=tuple(map(str, sequence(mark.get("shows")))),
        finished=tuple(map(str, sequence(mark.get("finished")))),
    )
