# plexy-pay runtime, written by hand in runtime/_core/encoding.py; the generator copies it unchanged.
"""JSON without rounding: values to JSON-able data, data to bytes, bytes to data.

Amounts of money are whole numbers or `Decimal`; they leave with exactly their digits and never pass through a
binary float.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any, TypeGuard

from ..errors import InvalidParameterError
from .causes import foreign, is_interruption
from .types import UNSET, Unset

# A JSON number with more digits than this is no amount of money; written out it would only fill the memory.
_MOST_DIGITS = 100

# To read a whole number takes time with the square of its digits. Python's own limit is far above any amount, too.
_MOST_WHOLE_DIGITS = sys.int_info.default_max_str_digits

# Encodings of one byte for each character: text in another one than UTF-8 is in one of these, if a header says so.
_OLD_CHARSETS = ("windows-125", "cp125", "iso-8859-", "iso8859-", "koi8-")

_PLAIN = frozenset((str, int, bool, type(None), Decimal, float, Unset))


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether the value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether the value is a JSON array."""
    return isinstance(value, list)


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether the value is a mapping of any kind."""
    return isinstance(value, Mapping)


def is_collection(value: object) -> TypeGuard[Collection[Any]]:
    """Whether the value becomes a JSON array: a list, a tuple or a set."""
    return isinstance(value, (list, tuple, set, frozenset))


def is_iterable(value: object) -> TypeGuard[Iterable[Any]]:
    """Whether one can go through the value."""
    return isinstance(value, Iterable)


def is_uuid(value: object) -> bool:
    """Whether the value is a UUID. Nobody has one without its module, which the first call need not load."""
    module = sys.modules.get("uuid")
    return module is not None and isinstance(value, module.UUID)


def encode(value: Any) -> Any:
    """Turn a value of a model into data that JSON has: models, enum members, dates, mappings and sequences.

    Raises:
        InvalidParameterError: for a date and time without a time zone, or a type that JSON has no form for.
    """
    if type(value) in _PLAIN:
        return value
    if type(value) is dict:
        return _encode_nested(value) if value else {}
    if isinstance(value, Enum):
        return encode(value.value)
    if isinstance(value, datetime):
        return encode_datetime(value)
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, date):
        return value.isoformat()
    if is_uuid(value):
        return str(value)
    if isinstance(value, (str, int, float, Decimal)):
        return value
    if is_mapping(value) or is_collection(value):
        return _encode_nested(value)
    raise InvalidParameterError(
        f"A value of type {type(value).__name__} cannot be sent as JSON. Nothing was sent. "
        "Pass text, numbers, booleans, dates, models, mappings or sequences of them; "
        "a Money only where the documentation of the parameter names it."
    )


def _encode_nested(value: Any) -> Any:
    """Mappings and sequences; in a loop, because a response may be nested deeper than Python can call."""
    result: list[Any] = [None]
    left: list[tuple[Any, Any, Any]] = [(value, result, 0)]
    while left:
        item, holder, place = left.pop()
        if is_mapping(item):
            holder[place] = made = dict.fromkeys(map(str, item))
            left.extend((inner, made, str(key)) for key, inner in item.items())
        elif is_collection(item):
            holder[place] = listed = [None] * len(item)
            left.extend(
                (inner, listed, position) for position, inner in enumerate(item)
            )
        else:
            holder[place] = encode(item)
    return result[0]


def encode_further(model: Any) -> Any:
    """Encode the fields of a request that the API's description does not know; warn of those that look misspelt."""
    further = model.additional_properties
    if further:
        from .misspellings import warn_of_misspelt
        from .schema import schema_of

        schema = schema_of(model.__class__)
        warn_of_misspelt(type(model).__name__, further, schema.names, schema.types)
    return encode(further)


def without_unset(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value; None is one."""
    return {name: value for name, value in fields.items() if value is not UNSET}


def encode_day(value: Any, name: str) -> Any:
    """Encode a parameter that is a date, or several.

    Raises:
        InvalidParameterError: for a date and time: which day it is depends on the time zone.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        raise InvalidParameterError(
            f"{name} is a date, and was given a date and time: in another time zone it is another day. "
            "Nothing was sent. Pass moment.astimezone(zone).date(), with the time zone of your shop."
        )
    return (
        [encode_day(item, name) for item in value]
        if is_collection(value)
        else encode(value)
    )


def encode_moment(value: Any, name: str) -> Any:
    """Encode a parameter that is a date and time, or several.

    Raises:
        InvalidParameterError: for a date alone, or for one without a time zone.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return encode_datetime(value, name)
    if isinstance(value, date):
        raise InvalidParameterError(
            f"{name} is a date and time, and was given a date: it has no time of day and no time zone. "
            "Nothing was sent. Pass datetime.combine(day, time(), tzinfo=zone), with the time zone of your shop."
        )
    return (
        [encode_moment(item, name) for item in value]
        if is_collection(value)
        else encode(value)
    )


def encode_datetime(value: datetime, name: str = "A date and time") -> str:
    """Write an aware date and time in UTC with `Z`, as the API expects it.

    Raises:
        InvalidParameterError: if the value has no time zone; the client never guesses one.
    """
    if value.tzinfo is None:
        raise InvalidParameterError(
            f"{name} was given without a time zone. Nothing was sent. "
            "Pass an aware one, for example datetime.now(UTC) + timedelta(days=1)."
        )
    # The first or the last day there is keeps its own time zone.
    with suppress(OverflowError):
        value = value.astimezone(UTC)
    return value.isoformat().replace("+00:00", "Z")


def exact_amount(value: Any) -> Any:
    """Let an amount of a response through as it is, unless it is a float, which would have been rounded already.

    Raises:
        InvalidParameterError: for a float. No response has one: its numbers are read exactly.
    """
    if isinstance(value, float):
        raise InvalidParameterError(
            "An amount was given as float. Nothing was sent. "
            "Pass Money, an int or a Decimal: a float cannot hold money exactly."
        )
    return value


def dumps(value: object) -> bytes:
    """Write JSON-able data as UTF-8 bytes; a Decimal with exactly its digits and without an exponent.

    Raises:
        InvalidParameterError: for a number that JSON cannot hold, or a type that `encode` would have had to turn.
    """
    return _written(value, _decimal_text).encode()


def write(value: object) -> str:
    """Write what `encode` gave as JSON text; a Decimal keeps its exponent, and may have as many digits as it came with.

    Raises:
        InvalidParameterError: for a number that JSON cannot hold.
    """
    return _written(value, _exact_text)


def _written(value: object, number: Callable[[Decimal], str]) -> str:
    try:
        return _QUICK.encode(value)
    except (TypeError, ValueError, RecursionError):
        # Something that the quick way has no form for, most often a Decimal.
        return _text(value, number)


_QUICK = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


class _Done(str):
    """A piece of JSON text that is written already."""

    __slots__ = ()


def _text(value: Any, number: Callable[[Decimal], str]) -> str:
    """Write any value; in a loop, because a response may be nested deeper than Python can call."""
    pieces: list[str] = []
    left: list[Any] = [value]
    while left:
        item = left.pop()
        if isinstance(item, _Done):
            pieces.append(item)
        elif is_mapping(item):
            left.extend(reversed(_members(item)))
        elif is_array(item):
            left.extend(reversed(_items(item)))
        else:
            pieces.append(_scalar(item, number))
    return "".join(pieces)


def _members(value: Mapping[Any, Any]) -> list[Any]:
    parts: list[Any] = [_Done("{")]
    for key, item in value.items():
        comma = "," if len(parts) > 1 else ""
        parts += (_Done(f"{comma}{json.dumps(str(key))}:"), item)
    parts.append(_Done("}"))
    return parts


def _items(value: list[Any]) -> list[Any]:
    parts: list[Any] = [_Done("[")]
    for item in value:
        if len(parts) > 1:
            parts.append(_Done(","))
        parts.append(item)
    parts.append(_Done("]"))
    return parts


def _scalar(value: Any, number: Callable[[Decimal], str]) -> str:
    if isinstance(value, str):
        return json.dumps(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__repr__(value)
    if is_uuid(value):
        return json.dumps(str(value))
    raise InvalidParameterError(
        f"A value of type {type(value).__name__} has no form in JSON. Nothing was sent. Pass a finite number or text."
    )


def _exact_text(value: Decimal) -> str:
    if not value.is_finite():
        raise InvalidParameterError(
            "A decimal number is not finite, so it has no form in JSON."
        )
    return str(value)


def _decimal_text(value: Decimal) -> str:
    if (
        not value.is_finite()
        or abs(value.adjusted()) > _MOST_DIGITS
        or len(value.as_tuple().digits) > _MOST_DIGITS
    ):
        raise InvalidParameterError(
            "A decimal number is not finite or far too long. Nothing was sent."
        )
    return Decimal.__format__(value, "f")


def loads_response(data: bytes, charset: str) -> Any:
    """Read the JSON of a response as `loads` does, also where a text in it is in an old encoding, or damaged.

    A response is never sent again. So a text that is not valid costs the characters that cannot be read, and no more.

    Args:
        data: The bytes.
        charset: What the Content-Type says that they are in. It counts only where they are not UTF-8.

    Raises:
        ValueError: if the bytes are not JSON.
    """
    try:
        return loads(data)
    except UnicodeDecodeError:
        pass  # The only error that leaves something to try.
    return loads(_decoded(data, charset).encode())


def _decoded(data: bytes, charset: str) -> str:
    if charset.lower().startswith(_OLD_CHARSETS):
        with suppress(LookupError, UnicodeDecodeError):
            return data.decode(charset)
    return data.decode(json.detect_encoding(data), "replace")


def read_content(data: bytes, content: str, charset: str) -> Any:
    """Read a success: JSON, a text, or the bytes as they came.

    Args:
        data: The bytes.
        content: `json`, `text` or `binary`.
        charset: What the Content-Type says that they are in.

    Raises:
        ValueError: if they are not JSON, and should be.
    """
    if content == "binary":
        return data
    return (
        _text_of(data, charset) if content == "text" else loads_response(data, charset)
    )


def _text_of(data: bytes, charset: str) -> str:
    """Return a text in the encoding that it is said to be in, or in UTF-8; what cannot be read costs no more."""
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return data.decode("utf-8", "replace")


def loads(data: bytes) -> Any:
    """Read JSON bytes; whole numbers become int, all others Decimal.

    Raises:
        ValueError: if the bytes are not JSON.
    """
    # Python refuses long whole numbers by itself, unless the program has changed its limit.
    if sys.get_int_max_str_digits() != _MOST_WHOLE_DIGITS:
        return _read(data, _CAREFUL_DECODER)
    read_fast = _fast_reader()
    if read_fast is not None:
        # The standard library knows more encodings and forms of text, and decides about what this one refuses.
        try:
            return read_fast(data)
        except Exception as error:
            if foreign(error) is not None:
                raise
    return _read(data, _DECODER)


def _read(data: bytes, decoder: json.JSONDecoder) -> Any:
    try:
        return decoder.decode(data.decode(json.detect_encoding(data), "surrogatepass"))
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    except ArithmeticError:
        raise ValueError("a number in the JSON is too large") from None


@cache
def _fast_reader() -> Callable[[bytes], Any] | None:
    """Return msgspec's reader if it is installed (the extra `speed`) and reads numbers exactly."""
    try:
        # By its name, because type checkers need not have it.
        msgspec: Any = import_module("msgspec.json")
        read: Callable[[bytes], Any] = msgspec.Decoder(float_hook=Decimal).decode
        numbers = read(_NUMBERS.encode())
    except Exception as error:
        if is_interruption(error):
            raise
        return None  # It is not there, or is another than it was.
    exact = _DECODER.decode(_NUMBERS)
    return read if list(map(repr, numbers)) == list(map(repr, exact)) else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _whole_number(text: str) -> int:
    if len(text) > _MOST_WHOLE_DIGITS:
        raise ValueError("a number in the JSON has too many digits")
    return int(text)


# Whoever reads these exactly reads every number so.
_NUMBERS = (
    "[9223372036854775808, -123456789012345678901234567890, 0.10, 1e400, -0.0, 1E+2]"
)
# Made once: `json.loads` with arguments makes one each time.
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
_CAREFUL_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_refuse_constant, parse_int=_whole_number
)


def query_text(value: Any) -> str | None:
    """One query value as text, or None if it is not sent (`UNSET` or None)."""
    if value is None or isinstance(value, Unset):
        return None
    encoded = encode(value)
    if isinstance(encoded, bool):
        return "true" if encoded else "false"
    # A class of the caller's may write itself in another way than the number or the text that it is.
    if isinstance(encoded, Decimal):
        return Decimal.__format__(encoded, "f")
    if isinstance(encoded, int):
        return int.__repr__(encoded)
    if isinstance(encoded, float):
        return float.__repr__(encoded)
    return str.__str__(encoded) if isinstance(encoded, str) else str(encoded)
