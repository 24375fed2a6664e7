"""Write values as the Python that a person would write for them, within the width of a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, cast

from plexy_pay import Money

from .. import wire

_WIDTH: Final = 88
_INDENT: Final = "    "

#: The names that a program must import, by what the text of a value begins with.
_IMPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "datetime(": ("datetime", "UTC"),
    "date(": ("date",),
    "Decimal(": ("Decimal",),
    "Money(": ("Money",),
}


@dataclass(frozen=True, slots=True)
class _Group:
    """Represent what stands between two brackets: parts, each with the name that it begins with."""

    opening: str
    parts: tuple[tuple[str, _Group | str], ...]
    closing: str


def call_lines(
    before: str, positional: Sequence[object], named: Mapping[str, object], after: str
) -> list[str]:
    """Return the lines of a call.

    Args:
        before: What stands before its arguments, up to the bracket.
        positional: The values that are passed by their place.
        named: The values that are passed by name.
        after: What stands behind its bracket.
    """
    parts = [("", _written(value)) for value in positional]
    parts += [(f"{name}=", _written(value)) for name, value in named.items()]
    return list(_lines(before, _Group("", tuple(parts), f"){after}"), ""))


def imported_names(values: Sequence[object]) -> set[str]:
    """Return the names that values need in a program."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, Mapping):
            fields = cast("Mapping[object, object]", value)
            found |= imported_names(list(fields.values()))
        elif isinstance(value, list):
            found |= imported_names(cast("list[object]", value))
        else:
            name = _atom(value).partition("(")[0]
            found.update(_IMPORTS.get(f"{name}(", ()))
    return found


def text(value: str) -> str:
    """Return a text in double quotes. Python reads all that JSON escapes, apart from halves of a character."""
    return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)


def _written(value: object) -> _Group | str:
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        parts = [(f"{text(name)}: ", _written(one)) for name, one in fields.items()]
        return _Group("{", tuple(parts), "}")
    if isinstance(value, list):
        members = cast("list[object]", value)
        return _Group("[", tuple(("", _written(one)) for one in members), "]")
    return _atom(value)


def _atom(value: object) -> str:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Money):
        return f"Money({text(wire.plain(value.amount))}, {text(value.currency)})"
    if isinstance(value, Decimal):
        return f"Decimal({text(str(value))})"
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return repr(value)


def _moment(value: datetime) -> str:
    there = value.astimezone(UTC)
    numbers = [there.year, there.month, there.day, there.hour, there.minute]
    numbers += [there.second, there.microsecond]
    while len(numbers) > 5 and not numbers[-1]:
        numbers.pop()
    return f"datetime({', '.join(map(str, numbers))}, tzinfo=UTC)"


def _lines(before: str, value: _Group | str, indent: str) -> Iterator[str]:
    """Yield the lines of a value behind some text: one if it fits, else one for each part."""
    whole = f"{indent}{before}{_flat(value)}"
    if isinstance(value, str) or not value.parts or len(whole) <= _WIDTH:
        yield whole
        return
    yield f"{indent}{before}{value.opening}"
    for name, part in value.parts:
        *above, last = _lines(name, part, indent + _INDENT)
        yield from above
        yield f"{last},"
    yield f"{indent}{value.closing}"


def _flat(value: _Group | str) -> str:
    if isinstance(value, str):
        return value
    parts = ", ".join(f"{name}{_flat(part)}" for name, part in value.parts)
    return f"{value.opening}{parts}{value.closing}"
