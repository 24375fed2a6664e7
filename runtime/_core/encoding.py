# plexy-pay runtime, written by hand in runtime/_core/encoding.py; the generator copies it unchanged.
"""Encode and decode JSON without rounding: values to JSON-able data, data to bytes, bytes to data.

Amounts of money are whole numbers or `Decimal`. They leave with exactly their digits and never pass through a binary
float.
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

# A JSON number with more digits is not an amount of money. Writing it out would only fill the memory.
_MOST_DIGITS = 100

# The time to read a whole number grows with the square of its digits. Python's own limit is far above any amount.
_MOST_WHOLE_DIGITS = sys.int_info.default_max_str_digits

# Single-byte encodings. Only these replace UTF-8 if a header names them.
_OLD_CHARSETS = ("windows-125", "cp125", "iso-8859-", "iso8859-", "koi8-")

_PLAIN = frozenset((str, int, bool, type(None), Decimal, float, Unset))


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether the value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Return whether the value is a JSON array."""
    return isinstance(value, list)


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether the value is a mapping of any type."""
    return isinstance(value, Mapping)


def is_collection(value: object) -> TypeGuard[Collection[Any]]:
    """Return whether the value becomes a JSON array: a list, a tuple or a set."""
    return isinstance(value, (list, tuple, set, frozenset))


def is_iterable(value: object) -> TypeGuard[Iterable[Any]]:
    """Return whether the value is iterable."""
    return isinstance(value, Iterable)


def is_uuid(value: object) -> bool:
    """Return whether the value is a UUID. If `uuid` has not been imported, no UUID exists and none is imported."""
    module = sys.modules.get("uuid")
    return module is not None and isinstance(value, module.UUID)


def encode(value: Any) -> Any:
    """Encode a value of a model as JSON data: models, enum members, dates, mappings and sequences.

    Raises:
        InvalidParameterError: for a date and time without a time zone, or a type without a JSON form.
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
        "pass Money only where the documentation of the parameter names it."
    )


def _encode_nested(value: Any) -> Any:
    """Encode mappings and sequences. A loop handles responses that are nested deeper than Python can call."""
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
    """Encode the fields of a request that the API's description does not know, and warn about misspelt ones."""
    further = model.additional_properties
    if further:
        from .misspellings import warn_of_misspelt
        from .schema import schema_of

        schema = schema_of(model.__class__)
        warn_of_misspelt(type(model).__name__, further, schema.names, schema.types)
    return encode(further)


def without_unset(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that are not UNSET. None counts as a value."""
    return {name: value for name, value in fields.items() if value is not UNSET}


def encode_day(value: Any, name: str) -> Any:
    """Encode a parameter that is a date, or several.

    Raises:
        InvalidParameterError: for a date and time, because its day depends on the time zone.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        raise InvalidParameterError(
            f"{name} is a date, but was given as a date and time, which is another day in another time zone. "
            "Nothing was sent. Pass moment.astimezone(zone).date(), with the time zone of your shop."
        )
    if is_collection(value):
        return [encode_day(item, name) for item in value]
    return encode(value)


def encode_moment(value: Any, name: str) -> Any:
    """Encode a parameter that is a date and time, or several.

    Raises:
        InvalidParameterError: for a date without a time, or a date and time without a time zone.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return encode_datetime(value, name)
    if isinstance(value, date):
        raise InvalidParameterError(
            f"{name} is a date and time, but was given as a date, which has no time of day and no time zone. "
            "Nothing was sent. Pass datetime.combine(day, time(), tzinfo=zone), with the time zone of your shop."
        )
    if is_collection(value):
        return [encode_moment(item, name) for item in value]
    return encode(value)


def encode_datetime(value: datetime, name: str = "A date and time") -> str:
    """Write an aware date and time in UTC with `Z`, as the API expects it.

    Raises:
        InvalidParameterError: if the value has no time zone. The client never guesses one.
    """
    if value.tzinfo is None:
        raise InvalidParameterError(
            f"{name} was given without a time zone. Nothing was sent. "
            "Pass an aware one, for example datetime.now(UTC) + timedelta(days=1)."
        )
    # Python's first and last day may have no form in UTC. Such a value keeps its own time zone.
    with suppress(OverflowError):
        value = value.astimezone(UTC)
    return value.isoformat().replace("+00:00", "Z")


def exact_amount(value: Any) -> Any:
    """Return an amount of a response unchanged, but refuse a float, which may already be rounded.

    Raises:
        InvalidParameterError: for a float. No response holds one, because its numbers are read exactly.
    """
    if isinstance(value, float):
        raise InvalidParameterError(
            "An amount was given as a float. Nothing was sent. "
            "Pass Money, an int or a Decimal: a float cannot hold money exactly."
        )
    return value


def dumps(value: object) -> bytes:
    """Write JSON-able data as UTF-8 bytes. A Decimal keeps exactly its digits and has no exponent.

    Raises:
        InvalidParameterError: for a number that JSON cannot hold, or a type that `encode` should have encoded.
    """
    return _written(value, _decimal_text).encode()


def write(value: object) -> str:
    """Write the result of `encode` as JSON text. A Decimal keeps its exponent and all its digits.

    Raises:
        InvalidParameterError: for a number that JSON cannot hold.
    """
    return _written(value, _exact_text)


def _written(value: object, number: Callable[[Decimal], str]) -> str:
    try:
        return _QUICK.encode(value)
    except (TypeError, ValueError, RecursionError):
        # The quick encoder does not know a type in the value, most often Decimal.
        return _text(value, number)


_QUICK = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


class _Done(str):
    """Represent a finished piece of JSON text."""

    __slots__ = ()


def _text(value: Any, number: Callable[[Decimal], str]) -> str:
    """Write any value. A loop handles responses that are nested deeper than Python can call."""
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
        f"A value of type {type(value).__name__} has no JSON form. Nothing was sent. Pass a finite number or text."
    )


def _exact_text(value: Decimal) -> str:
    if not value.is_finite():
        raise InvalidParameterError(
            "A decimal number is not finite, so it has no JSON form."
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
    """Read the JSON of a response like `loads`, even if a text in it has an old encoding or is damaged.

    A response is never sent again. So invalid text loses only its unreadable characters, and never the response.

    Args:
        data: The bytes.
        charset: The charset of the Content-Type. It is used only if the bytes are not UTF-8.

    Raises:
        ValueError: if the bytes are not JSON.
    """
    try:
        return loads(data)
    except UnicodeDecodeError:
        pass  # Only this error leaves another encoding to try.
    return loads(_decoded(data, charset).encode())


def _decoded(data: bytes, charset: str) -> str:
    if charset.lower().startswith(_OLD_CHARSETS):
        with suppress(LookupError, UnicodeDecodeError):
            return data.decode(charset)
    return data.decode(json.detect_encoding(data), "replace")


def read_content(data: bytes, content: str, charset: str) -> Any:
    """Read the body of a success: JSON, text, or the unchanged bytes.

    Args:
        data: The bytes.
        content: `json`, `text` or `binary`.
        charset: The charset of the Content-Type.

    Raises:
        ValueError: if the content should be JSON and is not.
    """
    if content == "binary":
        return data
    if content == "text":
        return _text_of(data, charset)
    return loads_response(data, charset)


def _text_of(data: bytes, charset: str) -> str:
    """Return the text in its stated encoding or in UTF-8, with unreadable characters replaced."""
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return data.decode("utf-8", "replace")


def loads(data: bytes) -> Any:
    """Read JSON bytes. Whole numbers become int, all other numbers Decimal.

    Raises:
        ValueError: if the bytes are not JSON.
    """
    # Python refuses long whole numbers by itself, unless the program has changed its limit.
    if sys.get_int_max_str_digits() != _MOST_WHOLE_DIGITS:
        return _read(data, _CAREFUL_DECODER)
    read_fast = _fast_reader()
    if read_fast is not None:
        # The standard library knows more encodings and forms of text, so it decides about anything refused here.
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
        # Imported by name, because type checkers need not have it.
        msgspec: Any = import_module("msgspec.json")
        read: Callable[[bytes], Any] = msgspec.Decoder(float_hook=Decimal).decode
        numbers = read(_NUMBERS.encode())
    except Exception as error:
        if is_interruption(error):
            raise
        return None  # It is not installed, or has changed.
    exact = _DECODER.decode(_NUMBERS)
    return read if list(map(repr, numbers)) == list(map(repr, exact)) else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _whole_number(text: str) -> int:
    if len(text) > _MOST_WHOLE_DIGITS:
        raise ValueError("a number in the JSON has too many digits")
    return int(text)


# A reader that reads these numbers exactly reads every number exactly.
_NUMBERS = (
    "[9223372036854775808, -123456789012345678901234567890, 0.10, 1e400, -0.0, 1E+2]"
)
# Made once, because `json.loads` with arguments makes a decoder for each call.
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
_CAREFUL_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_refuse_constant, parse_int=_whole_number
)


def query_text(value: Any) -> str | None:
    """Return one query value as text; None if it is not sent (`UNSET` or None)."""
    if value is None or isinstance(value, Unset):
        return None
    encoded = encode(value)
    if isinstance(encoded, bool):
        return "true" if encoded else "false"
    # A caller's subclass of a number or text may override how it is written.
    if isinstance(encoded, Decimal):
        return Decimal.__format__(encoded, "f")
    if isinstance(encoded, int):
        return int.__repr__(encoded)
    if isinstance(encoded, float):
        return float.__repr__(encoded)
    return str.__str__(encoded) if isinstance(encoded, str) else str(encoded)
