"""Read the log of `plexy_pay.drift`: lines of JSON with the attributes of its records, or its lines of text.

Any other line of the log is skipped. A record that does not look like one of ours is counted, and nothing of it is
used: anybody can write to a log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..document import is_mapping, parse_pointer
from . import words

KINDS = frozenset(
    {"type", "missing", "unknown-field", "unknown-value", "unknown-variant"}
)
SEEN = frozenset(
    {"string", "integer", "number", "boolean", "null", "object", "array", "absent"}
)

_KEYS = frozenset({"operation", "pointer", "kind", "expected", "seen"})
_OPERATION = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){1,4}", re.ASCII)
_EXPECTED = re.compile(r"[A-Za-z0-9_\[\]:. -]{1,300}", re.ASCII)
_TEXT = re.compile(
    r"(?P<operation>[\w.]+): the response differs from the spec at (?P<pointer>\S*|its root) "
    r"\((?P<kind>[a-z-]+): expected (?P<expected>[^()]{1,300}), seen (?P<seen>[a-z]+)\)"
)


@dataclass(frozen=True)
class Record:
    """A record of the log: where a response was other than `spec/` says. It has no value of the response.

    Attributes:
        operation: The call, such as `payment_links.create`.
        pointer: The place in the response; `*` is every item of an array.
        kind: One of `KINDS`.
        expected: The type that `spec/` says.
        seen: The JSON type that came, or `absent`.
        line: The line of the log, from 1.
    """

    operation: str
    pointer: tuple[str, ...]
    kind: str
    expected: str
    seen: str
    line: int


@dataclass(frozen=True)
class Log:
    """Records of a log, each difference once, and the lines with records that cannot be used."""

    records: tuple[Record, ...]
    unreadable: tuple[int, ...]


def is_log(text: str) -> bool:
    """Return whether a file is a log: its first lines are JSON objects, one in each, or a line of text is ours."""
    lines = text.strip().splitlines()
    found = _object(lines[0]) if lines else None
    if found is not None and not found.keys() & {"openapi", "swagger", "paths"}:
        return True
    return _TEXT.search(text) is not None and "openapi:" not in text


def read(text: str) -> Log:
    """Return the records of a log."""
    records: dict[tuple[object, ...], Record] = {}
    unreadable: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        for facts in _facts(line):
            record = _record(facts, number)
            if record is None:
                unreadable.append(number)
            else:
                records.setdefault(
                    (record.operation, record.pointer, record.kind, record.seen), record
                )
    return Log(tuple(records.values()), tuple(unreadable))


def _facts(line: str) -> Iterator[Mapping[str, Any]]:
    """Yield the attributes of the record on a line, if there is one."""
    found = _object(line)
    if found is None:
        match = _TEXT.search(line)
        if match is not None:
            facts = match.groupdict()
            if facts["pointer"] == "its root":
                facts["pointer"] = ""
            yield facts
        return
    # Formatters differ in where they put the attributes: beside the message, or in an object of their own.
    places = [found, *filter(is_mapping, found.values())]
    whole = [place for place in places if place.keys() >= _KEYS]
    if whole:
        yield whole[0]
    elif str(found.get("logger", found.get("name", ""))).endswith(".drift"):
        match = _TEXT.search(str(found.get("message", found.get("msg", ""))))
        yield match.groupdict() if match else {}


def _record(facts: Mapping[str, Any], line: int) -> Record | None:
    texts = {key: facts.get(key) for key in _KEYS}
    if not all(isinstance(value, str) for value in texts.values()):
        return None
    operation, pointer, kind, expected, seen = (
        str(texts[key]) for key in ("operation", "pointer", "kind", "expected", "seen")
    )
    tokens = parse_pointer("#" + pointer.replace("%", "%25")) if pointer else ()
    is_sound = (
        _OPERATION.fullmatch(operation)
        and kind in KINDS
        and seen in SEEN
        and _EXPECTED.fullmatch(expected)
        and (not pointer or pointer.startswith("/"))
        and len(tokens) <= 50
        and all(part == "*" or words.is_name(part) for part in tokens)
    )
    return Record(operation, tokens, kind, expected, seen, line) if is_sound else None


def _object(line: str) -> dict[str, Any] | None:
    text = line.strip()
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if is_mapping(found) else None
