"""Rules about `x-next-action`, by which the client reads what an answer wants next."""

from __future__ import annotations

from collections.abc import Iterator

from ... import reading
from ...document import Document, Located, mapping, sequence
from ...problems import Problem

_MARK = "x-next-action"
_PROPERTIES = ("id", "success", "challenge")
_LISTS = ("shows", "finished")
#: What the runtime's `next_action` reads of a challenge.
_CHALLENGE = ("action", "creq", "html", "status", "threeDSSessionData")


def next_action_names_what_exists(document: Document) -> Iterator[Problem]:
    """The mark names properties of the schema, a challenge has its parts, and each known action has a place."""
    for schema in reading.named_schemas(document):
        if _MARK in mapping(schema.value):
            yield from _problems(document, schema)


def _problems(document: Document, schema: Located) -> Iterator[Problem]:
    place = (*schema.pointer, _MARK)
    mark, known = mapping(schema.value[_MARK]), reading.properties(document, schema.pointer)
    wanted = {*_PROPERTIES, "action", *_LISTS}
    if mark.keys() != wanted:
        odd = ", ".join(sorted(mark.keys() ^ wanted))
        yield document.problem(place, f"x-next-action lacks, or does not know, {odd}", "see spec/README.md")
    for key in _PROPERTIES:
        if key in mark and mark[key] not in list(known):
            message = f"x-next-action names {mark[key]!r}, which is no property of the schema"
            yield document.problem((*place, key), message, "add the property, or correct the name")
    challenge = known.get(str(mark.get("challenge")))
    parts = {} if challenge is None else reading.properties(document, challenge.pointer)
    if challenge is not None and (missing := [name for name in _CHALLENGE if name not in parts]):
        message = f"the challenge has no {', '.join(missing)}"
        yield document.problem((*place, "challenge"), message, "add it: the client's next_action reads it")
    action = known.get(str(mark.get("action")))
    values = [] if action is None else sequence(mapping(document.follow(action.pointer).value).get("enum"))
    listed = [value for key in _LISTS for value in sequence(mark.get(key))]
    if action is not None and sorted(map(str, values)) != sorted(map(str, listed)):
        message = f"x-next-action has the actions {listed}, the schema has {list(values)}"
        yield document.problem(place, message, "write each action under `shows:` or under `finished:`")
    if "next_action" in known or "nextAction" in known:
        message = "a property of the schema is named as the one that x-next-action makes"
        yield document.problem(place, message, "remove the mark, or rename the property")
