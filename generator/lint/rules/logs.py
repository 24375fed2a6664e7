"""Check that every value that a log could show was looked at by someone."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...emit.loggable import is_open, nodes
from ...identifiers import plain
from ...model.api import Api

_LIST = "x-shown-in-logs"


def field_is_shown_or_masked(api: Api) -> Iterator[Diagnostic]:
    """Report a field of any text or number that is not classed: sensitive, free text, or harmless.

    A document without the list leaves it to the extensions alone.
    """
    if api.shown_in_logs is None:
        return
    classed = _hidden(api) | {plain(shown.name) for shown in api.shown_in_logs}
    for name, node in nodes(api):
        if plain(name) not in classed and is_open(node.type):
            location = node.origin.location
            yield Diagnostic(
                location.file,
                location.line,
                f"nobody has said whether a log may show {name!r}",
                f"write `x-sensitive: true` or `x-free-text: true`, or put it into `{_LIST}` of openapi.yaml",
            )


def shown_names_exist(api: Api) -> Iterator[Diagnostic]:
    """Report a name that the list for logs has twice, or that is not there or is masked."""
    names = {plain(name) for name, _ in nodes(api)}
    hidden = _hidden(api)
    seen: set[str] = set()
    for shown in api.shown_in_logs or ():
        key = plain(shown.name)
        wrong = ""
        if key in seen:
            wrong = "has two entries"
        elif key in hidden:
            wrong = "is masked"
        elif key not in names:
            wrong = "is no field"
        if wrong:
            location = shown.location
            yield Diagnostic(
                location.file,
                location.line,
                f"{shown.name!r} {wrong}",
                "remove it from the list",
            )
        seen.add(key)


def _hidden(api: Api) -> set[str]:
    return {plain(name) for name, node in nodes(api) if node.is_hidden}
