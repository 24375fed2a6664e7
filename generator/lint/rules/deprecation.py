"""The rule about `x-deprecated`: what a warning about something deprecated says."""

from __future__ import annotations

from collections.abc import Iterator

from ...document import Document, is_mapping, objects
from ...problems import Problem

_MARK = "x-deprecated"
_WORDS = ("since", "use", "until")


def deprecation_says_what_to_do(document: Document) -> Iterator[Problem]:
    """`x-deprecated` stands beside `deprecated: true`, and has `since`, `use` and `until` as texts."""
    for found in objects(document.data):
        if _MARK not in found.value:
            continue
        mark, place = found.value[_MARK], (*found.pointer, _MARK)
        if found.value.get("deprecated") is not True:
            fix = "write `deprecated: true` beside it, or remove it"
            yield document.problem(place, "x-deprecated stands where nothing is deprecated", fix)
        if not is_mapping(mark) or not mark:
            message = "x-deprecated is no mapping"
            yield document.problem(place, message, "write `since:`, `use:` and `until:` below it")
            continue
        for key, text in mark.items():
            if key not in _WORDS:
                message = f"x-deprecated has the unknown key {key!r}"
                yield document.problem((*place, key), message, f"use {', '.join(_WORDS)}")
            elif not isinstance(text, str) or not text.strip():
                fix = "write text, in quotes if it looks like a number"
                yield document.problem((*place, key), f"`{key}` of x-deprecated is no text", fix)
