# plexy-pay runtime, written by hand in runtime/_core/drift.py; the generator copies it unchanged.
"""Drift: where an answer differs from the spec. It is loaded when a first difference was noticed while decoding.

A difference is told without values: which operation, where in the answer, what was expected and what was seen.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from . import PACKAGE
from .causes import failures_ignored
from .decoding import Model, decode_date, decode_datetime, expected_by
from .encoding import is_array, is_object
from .enums import OpenIntEnum, OpenStrEnum
from .variants import Variants

# How many different records one process writes at most; an API that changed that much was noticed.
_MOST_RECORDS = 1000
# A new field is named only if its name looks like one: a key that is made of data may be personal.
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]*[0-9]{0,2}[A-Za-z_-]*", re.ASCII)
_WORD = re.compile(r'="(?:[^"\\]|\\.)*"|\[.*\]|[^|\s]+')
_FORMATS = {"date-time": decode_datetime, "date": decode_date}
# A module may have something of its own by such a name.
_PLAIN = frozenset(
    (
        "string",
        "integer",
        "number",
        "boolean",
        "null",
        "array",
        "object",
        "any",
        *_FORMATS,
    )
)

_logger = logging.getLogger(f"{PACKAGE}.drift")
# Which record was written, and by which call of `report`. No lock: one that another thread holds while the process is
# forked is held in the child for good.
_reported: dict[tuple[str, str, str, str], object] = {}


class Difference(NamedTuple):
    """One difference between an answer and the spec; no part of it is a value of the answer.

    Args:
        pointer: Where, as a JSON pointer; `*` stands for every position of an array, and for every key of a free map.
        kind: `type`, `missing`, `unknown-field`, `unknown-value` (of an enumeration) or `unknown-variant`.
        expected: JSON types, `date-time`, `date`, or the names of an enumeration or of variants.
        seen: The JSON type that came; `absent` if nothing did.
    """

    pointer: str
    kind: str
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.pointer or 'its root'} ({self.kind}: expected {self.expected}, seen {self.seen})"


def differences(decode: Callable[[Any], object], data: Any) -> list[Difference]:
    """Tell what is different in the JSON that a decoder was given: each difference once, and not more than 1,000."""
    shape = expected_by(decode)
    if shape is None:
        return []
    found: dict[Difference, None] = {}
    for one in _as_deep_as_python_goes(
        _in_value(_expected(shape.module, shape.words), data, "")
    ):
        found[one] = None
        if len(found) == _MOST_RECORDS:
            break
    return list(found)


def absence(decode: Callable[[Any], object]) -> list[Difference]:
    """Tell that a success had no content, where the spec says that it has a body."""
    shape = expected_by(decode)
    expected = () if shape is None else _expected(shape.module, shape.words)
    if not expected or any(one.json == "null" for one in expected):
        return []
    return [Difference("", "missing", _names(expected), "absent")]


def report(operation: str, found: list[Difference]) -> None:
    """Write a record for each difference that this process has not reported yet."""
    ours = object()
    for one in found:
        key = (operation, one.pointer, one.kind, one.seen)
        # Of several threads that come here at once, one puts its own object there.
        if (
            len(_reported) >= _MOST_RECORDS
            or _reported.setdefault(key, ours) is not ours
        ):
            continue
        # A log filter of the user's that fails must not cost the answer of a call that moved money.
        with failures_ignored(of_the_caller=True):
            _logger.warning(
                "%s: the answer differs from the spec at %s. It is kept as it came; this is reported once.",
                *(operation, one),
                extra={"operation": operation, **one._asdict()},
            )


class _Expected:
    """One thing that a value may be: a word of the spec, an enumeration, a model, one of several, or an array."""

    def __init__(self, what: Any, items: tuple[_Expected, ...] = ()) -> None:
        self.what = what
        self.items = items
        self.name = _name(what)
        self.json = {"date-time": "string", "date": "string"}.get(self.name, self.name)
        if isinstance(what, Variants):
            self.json = "object"
        elif isinstance(what, type):
            self.json = "object"
            if issubclass(what, (OpenStrEnum, OpenIntEnum)):
                self.json = "string" if issubclass(what, str) else "integer"
        elif self.name.startswith("="):
            self.json = _json_type(json.loads(self.name[1:]))

    @property
    def shown(self) -> str:
        """The name for a record."""
        return "object" if self.json == "object" else self.name.removeprefix("=")


def _name(what: Any) -> str:
    if isinstance(what, Variants):
        return " or ".join(what.names)
    return what if isinstance(what, str) else str(what.__name__)


def _in_model(
    model: type[Model], data: Mapping[str, Any], pointer: str
) -> Iterator[Difference]:
    types, required = model._types, model._required  # pyright: ignore[reportPrivateUsage]
    further, module = model._further, model.__module__  # pyright: ignore[reportPrivateUsage]
    for name in types.keys() - data.keys():
        if name in required:
            yield Difference(
                _at(pointer, name),
                "missing",
                _names(_expected(module, types[name])),
                "absent",
            )
    for name, value in data.items():
        if name in types:
            yield from _in_value(
                _expected(module, types[name]), value, _at(pointer, name)
            )
        elif further:
            yield from _in_value(_expected(module, further), value, f"{pointer}/*")
        else:
            shown = name if len(name) <= 64 and _FIELD_NAME.fullmatch(name) else "*"
            yield Difference(
                _at(pointer, shown), "unknown-field", "absent", _json_type(value)
            )


def _in_value(
    expected: tuple[_Expected, ...], value: Any, pointer: str
) -> Iterator[Difference]:
    seen = _json_type(value)
    fitting = [
        one
        for one in expected
        if one.json in (seen, "any") or (one.json, seen) == ("number", "integer")
    ]
    kind = "type"
    if not fitting:
        yield Difference(pointer, kind, _names(expected), seen)
    elif is_object(value):
        # One model, or the variants of one union.
        expected_object = next((one for one in fitting if one.json == "object"), None)
        if expected_object is not None:
            yield from _in_object(expected_object, value, pointer)
    elif is_array(value):
        for one in fitting:
            for item in value if one.items else ():
                yield from _in_value(one.items, item, f"{pointer}/*")
    elif not any(_takes(one, value) for one in fitting):
        kind = (
            "type" if all(one.name in _FORMATS for one in fitting) else "unknown-value"
        )
        yield Difference(pointer, kind, _names(tuple(fitting)), seen)


def _in_object(
    expected: _Expected, value: Mapping[str, Any], pointer: str
) -> Iterator[Difference]:
    model = (
        expected.what.model_of(value)
        if isinstance(expected.what, Variants)
        else expected.what
    )
    if model is not None:
        yield from _in_model(model, value, pointer)
    else:
        yield Difference(pointer, "unknown-variant", expected.name, "object")


def _takes(expected: _Expected, value: Any) -> bool:
    """Whether a value of the right JSON type is one of those that are expected."""
    if isinstance(expected.what, type):
        return value in expected.what._value2member_map_  # type: ignore[attr-defined]
    if expected.name in _FORMATS:
        return _FORMATS[expected.name](value) is not value
    return not expected.name.startswith("=") or json.loads(expected.name[1:]) == value


@cache
def _expected(module: str, text: str) -> tuple[_Expected, ...]:
    """The words of a model's table: `string`, `date-time | null`, `[Transaction]`, `="card"`."""
    names = vars(sys.modules[module])
    return tuple(_one_expected(module, part, names) for part in _WORD.findall(text))


def _one_expected(module: str, part: str, names: Mapping[str, Any]) -> _Expected:
    if part.startswith("["):
        return _Expected("array", _expected(module, part[1:-1]))
    return _Expected(part if part in _PLAIN else names.get(part, part))


def _names(expected: tuple[_Expected, ...]) -> str:
    return " or ".join(dict.fromkeys(one.shown for one in expected))


def _at(pointer: str, name: str) -> str:
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    for kind, name in (
        (str, "string"),
        (int, "integer"),
        (dict, "object"),
        (list, "array"),
        (type(None), "null"),
    ):
        if isinstance(value, kind):
            return name
    return "number"


def _as_deep_as_python_goes(found: Iterator[Difference]) -> Iterator[Difference]:
    try:
        yield from found
    except RecursionError:
        return
