"""Writes plain values as YAML in the style of `spec/`: block style, two spaces, quotes only where needed."""

from __future__ import annotations

import json
import re

from ..document import is_mapping, is_sequence

#: Text that needs no quotes in any version of YAML. Words with a meaning are excluded below.
_PLAIN = re.compile(
    r"(?:\.\./)*[A-Za-z_/$(](?:[\w ./()+%=&?~@$,;'`{}*-]|:(?=[^\s])|(?<=\S)#)*(?<! )", re.ASCII
)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def scalar(value: object) -> str:
    """A single value on one line."""
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if is_plain else json.dumps(value, ensure_ascii=not value.isprintable())
    return json.dumps(value, ensure_ascii=False)


def entry(key: str, value: object, indent: int) -> list[str]:
    """The lines of one entry of a mapping."""
    pad, name = " " * indent, scalar(key)
    if is_mapping(value) and value:
        return [f"{pad}{name}:", *_entries(value, indent + 2)]
    if is_sequence(value) and value:
        return [f"{pad}{name}:", *(line for one in value for line in item(one, indent + 2))]
    if isinstance(value, str) and "\n" in value and not re.search(r"[^\S\n]\n|^\s|\s$|[^\x20-\x7e\n]", value):
        inner = " " * (indent + 2)
        return [f"{pad}{name}: |-", *(inner + line if line else "" for line in value.split("\n"))]
    return [f"{pad}{name}: {_empty_or_scalar(value)}"]


def item(value: object, indent: int) -> list[str]:
    """The lines of one item of a list; `indent` is where its dash stands."""
    pad = " " * indent
    if is_mapping(value) and value:
        lines = _entries(value, indent + 2)
        return [f"{pad}- {lines[0].lstrip(' ')}", *lines[1:]]
    if is_sequence(value) and value:
        lines = [line for one in value for line in item(one, indent + 2)]
        return [f"{pad}- {lines[0].lstrip(' ')}", *lines[1:]]
    return [f"{pad}- {_empty_or_scalar(value)}"]


def _entries(value: dict[str, object], indent: int) -> list[str]:
    return [line for key, inner in value.items() for line in entry(key, inner, indent)]


def _empty_or_scalar(value: object) -> str:
    if is_mapping(value):
        return "{}"
    return "[]" if is_sequence(value) else scalar(value)
