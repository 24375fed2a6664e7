# plexy-pay runtime, written by hand in runtime/_core/drift.py; the generator copies it unchanged.
"""Find and report drift: differences between a response and the spec.

The module is loaded when decoding notices the first difference. A report holds no values: it names the operation, the
place in the response, and the expected and seen types.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from . import PACKAGE
from .causes import failures_ignored
from .decoders import variants_of
from .decoding import Readable, decode_date, decode_datetime, expected_by
from .encoding import is_array, is_object
from .schema import schema_of
from .variants import Variants
from .wire_types import (
    DAY,
    MOMENT,
    Array,
    Constant,
    Part,
    Plain,
    WireType,
    is_enum,
    is_model,
)

# The largest number of different records that one process writes. An API that changed this much has been noticed.
_MOST_RECORDS = 1000
# A new field is named only if its name looks like a field name, because a key made of data may be personal.
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]*[0-9]{0,2}[A-Za-z_-]*", re.ASCII)
_FORMATS: dict[Plain, Callable[[Any], Any]] = {
    MOMENT: decode_datetime,
    DAY: decode_date,
}

_logger = logging.getLogger(f"{PACKAGE}.drift")
# The records that were written, each with a token of the call of `report` that wrote it. There is no lock: a lock that
# another thread holds during a fork stays locked in the child for ever.
_reported: dict[tuple[str, str, str, str], object] = {}


class Difference(NamedTuple):
    """Represent one difference between a response and the spec. It holds no value of the response.

    Args:
        pointer: The place, as a JSON pointer. `*` stands for every position of an array and every key of a free map.
        kind: `type`, `missing`, `unknown-field`, `unknown-value` (of an enumeration) or `unknown-variant`.
        expected: JSON types, `date-time`, `date`, or the names of an enumeration or of variants.
        seen: The JSON type that came; `absent` if the value is missing.
    """

    pointer: str
    kind: str
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.pointer or 'its root'} ({self.kind}: expected {self.expected}, seen {self.seen})"


def differences(decode: Callable[[Any], object], data: Any) -> list[Difference]:
    """Return the differences between the JSON and the type that a decoder expects: each once, and at most 1,000."""
    type_ = expected_by(decode)
    if type_ is None:
        return []
    found: dict[Difference, None] = {}
    for one in _as_deep_as_python_goes(_in_value(_expected(type_), data, "")):
        found[one] = None
        if len(found) == _MOST_RECORDS:
            break
    return list(found)


def absence(decode: Callable[[Any], object]) -> list[Difference]:
    """Return the difference of a success without content, if the spec requires a body."""
    type_ = expected_by(decode)
    expected = () if type_ is None else _expected(type_)
    if not expected or any(one.json == "null" for one in expected):
        return []
    return [Difference("", "missing", _names(expected), "absent")]


def report(operation: str, found: list[Difference]) -> None:
    """Write a record for each difference that this process has not reported yet."""
    ours = object()
    for one in found:
        key = (operation, one.pointer, one.kind, one.seen)
        if len(_reported) >= _MOST_RECORDS:
            return
        # If several threads get here at once, only one stores its own token.
        if _reported.setdefault(key, ours) is not ours:
            continue
        # A failing log filter of the program must not lose the response of a call that moved money.
        with failures_ignored(of_the_caller=True):
            _logger.warning(
                "%s: the response differs from the spec at %s. It is kept unchanged; this is reported once.",
                operation,
                one,
                extra={"operation": operation} | one._asdict(),
            )


class _Expected:
    """Represent one expected form of a value: a part of a type, or all models of a union together."""

    def __init__(self, what: Part | Variants) -> None:
        self.what = what
        self.name = _name(what)
        self.json = _json_of(what)
        self.items = _expected(what.item) if isinstance(what, Array) else ()

    @property
    def shown(self) -> str:
        """Return the name for a record."""
        return "object" if self.json == "object" else self.name


def _name(what: Part | Variants) -> str:
    match what:
        case Variants():
            return " or ".join(what.names)
        case Plain(word=word):
            return word
        case Constant(value=value):
            return json.dumps(value)
        case Array():
            return "array"
        case _:
            return what.__name__


def _json_of(what: Part | Variants) -> str:
    """Return the JSON type of an expected form."""
    match what:
        case Plain(word=word):
            return "string" if what in _FORMATS else word
        case Constant(value=value):
            return _json_type(value)
        case Array():
            return "array"
        case type() if is_enum(what):
            return "string" if issubclass(what, str) else "integer"
        case _:
            return "object"


def _in_model(
    model: type[Readable], data: Mapping[str, Any], pointer: str
) -> Iterator[Difference]:
    schema = schema_of(model)
    for name in schema.required - data.keys():
        wanted = _names(_expected(schema.types[name]))
        yield Difference(_at(pointer, name), "missing", wanted, "absent")
    for name, value in data.items():
        if name in schema.types:
            expected = _expected(schema.types[name])
            yield from _in_value(expected, value, _at(pointer, name))
        elif schema.further is not None:
            yield from _in_value(_expected(schema.further), value, f"{pointer}/*")
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
        # At most one expected form is an object: one model, or the variants of one union.
        expected_object = next((one for one in fitting if one.json == "object"), None)
        if expected_object is not None:
            yield from _in_object(expected_object, value, pointer)
    elif is_array(value):
        for one in fitting:
            if one.items:
                for item in value:
                    yield from _in_value(one.items, item, f"{pointer}/*")
    elif not any(_takes(one, value) for one in fitting):
        kind = (
            "type" if all(one.what in _FORMATS for one in fitting) else "unknown-value"
        )
        yield Difference(pointer, kind, _names(tuple(fitting)), seen)


def _in_object(
    expected: _Expected, value: Mapping[str, Any], pointer: str
) -> Iterator[Difference]:
    model: object = expected.what
    if isinstance(model, Variants):
        model = model.model_of(value)
    if isinstance(model, type):
        yield from _in_model(model, value, pointer)
    else:
        yield Difference(pointer, "unknown-variant", expected.name, "object")


def _takes(expected: _Expected, value: Any) -> bool:
    """Return whether a value of the right JSON type is one of the expected values."""
    match expected.what:
        case Constant(value=wanted):
            return bool(wanted == value)
        case Plain() as plain:
            decode = _FORMATS.get(plain)
            return decode is None or decode(value) is not value
        case type() as enum:
            return value in enum._value2member_map_
        case _:
            return True


@cache
def _expected(type_: WireType) -> tuple[_Expected, ...]:
    """Return the expected forms of a value of a type. The models of a union are one form."""
    several = variants_of(type_) if len(type_.models) > 1 else None
    found: list[_Expected] = []
    for part in type_.parts:
        if several is None or not is_model(part):
            found.append(_Expected(part))
        elif all(one.what is not several for one in found):
            found.append(_Expected(several))
    return tuple(found)


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
