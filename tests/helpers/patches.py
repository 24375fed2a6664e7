"""JSON Patch (RFC 6902), as far as tables of tests need it."""

from __future__ import annotations

import copy
from typing import Any

from generator.document import parse_pointer


def patched(data: dict[str, Any], edits: list[dict[str, Any]]) -> dict[str, Any]:
    """A copy of the document with the edits made, in their order."""
    copied = copy.deepcopy(data)
    for edit in edits:
        *holders, last = parse_pointer(edit["path"])
        match edit["op"]:
            case "remove":
                _take(_reached(copied, holders), last)
            case "move":
                *sources, name = parse_pointer(edit["from"])
                value = _take(_reached(copied, sources), name)
                _put(_reached(copied, holders, make=True), last, value)
            case "add":
                _put(_reached(copied, holders), last, copy.deepcopy(edit["value"]))
            case "replace":
                holder = _reached(copied, holders)
                holder[int(last) if isinstance(holder, list) else last] = copy.deepcopy(
                    edit["value"]
                )
            case other:
                raise ValueError(f"no operation of JSON Patch: {other}")
    return copied


def _reached(data: Any, tokens: list[str], *, make: bool = False) -> Any:
    for token in tokens:
        if make and isinstance(data, dict):
            data.setdefault(token, {})
        data = data[int(token)] if isinstance(data, list) else data[token]
    return data


def _take(holder: Any, token: str) -> Any:
    return holder.pop(int(token)) if isinstance(holder, list) else holder.pop(token)


def _put(holder: Any, token: str, value: Any) -> None:
    if isinstance(holder, list):
        holder.insert(int(token), value)
    else:
        holder[token] = value
