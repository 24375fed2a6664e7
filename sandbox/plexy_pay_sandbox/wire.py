"""JSON as the sandbox reads and writes it: amounts stay exact, a number never becomes a binary float.

The sandbox has its own few lines here, and does not use the client's: a stand-in that shared the client's
code would share its mistakes and never show them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, cast

_LARGEST_EXPONENT: Final = 100


def loads(data: bytes | str) -> object:
    """Read JSON; whole numbers become int, all others Decimal.

    Raises:
        ValueError: if the data is not JSON (NaN and Infinity are not), is nested too deeply to read, or has a
            number beyond all measure.
    """
    try:
        return cast(
            "object",
            json.loads(data, parse_float=_number, parse_constant=_refuse_constant),
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dumps(value: object) -> bytes:
    """Write JSON as UTF-8; a Decimal with exactly its digits, trailing zeros left out, and no exponent.

    Raises:
        TypeError: for a value that JSON has no form for, a float among them.
    """
    return _text(value).encode()


def _text(value: object) -> str:
    if value is None or isinstance(value, (str, bool, int)):
        return json.dumps(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return (
            "{"
            + ",".join(
                f"{json.dumps(str(key))}:{_text(item)}" for key, item in items.items()
            )
            + "}"
        )
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        members = cast("Sequence[object]", value)
        return "[" + ",".join(_text(member) for member in members) + "]"
    raise TypeError(f"a value of type {type(value).__name__} has no form in JSON here")


def exact(number: float) -> Decimal:
    """Return the number that is written there: a float has no form in JSON here."""
    return Decimal(repr(number))


def plain(value: Decimal) -> str:
    """Return a decimal number in digits: `22000` and `56.41`, not `22000.00` and not `2.2E+4`.

    Raises:
        ValueError: if the number is not finite.
    """
    if not value.is_finite():
        raise ValueError("only a finite number can be written")
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_seconds(moment: datetime) -> str:
    """Return a moment as payment links show it: `2025-03-01T12:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_microseconds(moment: datetime) -> str:
    """Return a moment as transactions show it: `2026-09-05T10:14:11.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _number(text: str) -> Decimal:
    # 1e999999999 is ten bytes here, and a gigabyte when it is written out again.
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is beyond all measure") from None
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("a number is beyond all measure")
    return number


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
