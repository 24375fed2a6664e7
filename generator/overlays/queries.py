"""Compile and look up JSONPath queries (RFC 9535), and explain one that matches nothing."""

from __future__ import annotations

import difflib
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import NameSelector

from ..document import Pointer, child, mapping, reference_of

_ENVIRONMENT = JSONPathEnvironment(strict=True)
#: Its own errors, and those of the numbers that it cannot read (`$[1e9]`).
BAD_QUERY = (JSONPathError, ArithmeticError, ValueError)
_PRINT = (
    "`python -m generator bundle` prints the document that targets are looked up in"
)


def compiled(text: str) -> JSONPath:
    """Return a query, ready to be looked up.

    Raises:
        JSONPathError, ArithmeticError, ValueError: The text is not a JSONPath.
    """
    query = _ENVIRONMENT.compile(text)
    assert isinstance(query, JSONPath)  # in strict mode there are no compound paths
    return query


def selected(query: JSONPath, data: dict[str, Any]) -> list[Pointer]:
    """Return the places that a query selects, each once.

    Raises:
        JSONPathError, ArithmeticError, ValueError: The query cannot be looked up.
    """
    return list(dict.fromkeys(match.parts for match in query.finditer(data)))


def advice(query: JSONPath, data: object) -> str:
    """Return what to do about a query that matches nothing: where a plain path of names leaves the document."""
    value, path = data, "$"
    for segment in query.segments:
        selector = segment.selectors[0] if len(segment.selectors) == 1 else None
        if not isinstance(segment, JSONPathChildSegment) or not isinstance(
            selector, NameSelector
        ):
            break
        name, found = selector.name, child(value, selector.name)
        if found is None:
            if (reference := reference_of(value)) is not None:
                return f"`{path}` refers to '{reference}'; target that"
            near = difflib.get_close_matches(name, list(mapping(value)), 1)
            if near:
                return f"did you mean `{path}[{near[0]!r}]`?"
            return f"`{path}` has no {name!r}; correct the target ({_PRINT})"
        value, path = found, f"{path}[{name!r}]"
    return f"correct the target; {_PRINT}"


def written(pointer: Pointer) -> str:
    """Return a place as a JSONPath."""
    return "$" + "".join(f"[{token!r}]" for token in pointer)
