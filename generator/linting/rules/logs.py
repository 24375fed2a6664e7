"""Rules about logs: every value that a log could show was looked at by someone."""

from __future__ import annotations

from collections.abc import Iterator

from ... import loggable, reading
from ...document import Document, Located, mapping, objects, sequence
from ...problems import Problem

_LIST = "x-shown-in-logs"


def field_is_shown_or_masked(document: Document) -> Iterator[Problem]:
    """A field that may hold any text or number is classed: sensitive, free text, or harmless.

    A document without the list leaves it to the marks alone.
    """
    if _LIST not in document.data:
        return
    fields = list(_fields(document))
    marked = {loggable.plain(name) for name, node in fields if loggable.is_marked(document.data, node.value)}
    shown = {loggable.plain(str(name)) for name in sequence(document.data.get(_LIST))}
    for name, node in fields:
        if loggable.plain(name) not in marked | shown and loggable.is_open(document.data, node.value):
            yield document.problem(
                node.pointer,
                f"nobody has said whether a log may show {name!r}",
                f"write `x-sensitive: true` or `x-free-text: true`, or put it into `{_LIST}` of openapi.yaml",
            )


def shown_names_exist(document: Document) -> Iterator[Problem]:
    """The list of what a log shows names each field once, and none that is not there or is masked."""
    fields = list(_fields(document))
    names = {loggable.plain(name) for name, _ in fields}
    marked = {loggable.plain(name) for name, node in fields if loggable.is_marked(document.data, node.value)}
    seen: set[str] = set()
    for index, name in enumerate(sequence(document.data.get(_LIST))):
        key = loggable.plain(str(name))
        problems = {
            "has two entries": key in seen,
            "is masked": key in marked,
            "is no field": key not in names,
        }
        for problem in (text for text, holds in problems.items() if holds):
            yield document.problem((_LIST, index), f"{name!r} {problem}", "remove it from the list")
            break
        seen.add(key)


def _fields(document: Document) -> Iterator[tuple[str, Located]]:
    """Every property and every parameter, with its name."""
    for schema in reading.schemas(document):
        for name, node in mapping(schema.value.get("properties")).items():
            yield str(name), Located((*schema.pointer, "properties", name), mapping(node))
            if "x-wrapped" in mapping(node):
                yield str(node["x-wrapped"]), Located((*schema.pointer, "properties", name), mapping(node))
    for found in objects(document.data):
        if {"in", "name", "schema"} <= found.value.keys():
            mark = {key: found.value[key] for key in ("x-sensitive", "x-free-text") if key in found.value}
            yield str(found.value["name"]), Located(found.pointer, {**mapping(found.value["schema"]), **mark})
