# plexy-pay runtime, written by hand in runtime/_core/decoding.py; the generator copies it unchanged.
"""Turn parsed JSON into models. A value that does not fit is kept as it came; it never raises an error.

A response that arrived is never thrown away because one of its fields is odd. `UNSET` and None pass through every
function here, and so does any value of another kind than the one that was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from .encoding import is_array, is_object
from .enums import OpenIntEnum, OpenStrEnum
from .misfits import misfit
from .types import UNSET
from .variants import Variants
from .wire_types import Array, WireType


class Readable(Protocol):
    """Describe a model that can be read from a JSON object."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...


T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=Readable)

_moment = datetime.fromisoformat
_EXACT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)


class _New(Protocol):
    def __call__(self, cls: type[T], /) -> T: ...


# An empty instance for `from_dict` to fill: a constructor with names and defaults takes three times as long.
new_model: _New = object.__new__


def odd(value: Any) -> Any:
    """Return the value as it came, and note a misfit unless it is only missing."""
    if value is not UNSET:
        misfit()
    return value


def further_fields(
    data: Mapping[str, Any], declared: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields that the spec does not know, and note the misfit."""
    misfit()
    return free_fields(data, declared)


def free_fields(data: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields beside the declared ones, where the spec allows any."""
    return {name: value for name, value in data.items() if name not in declared}


def decode_model(read: Callable[[Any], Any], value: Any) -> Any:
    """Read a JSON object as a model."""
    try:
        if is_object(value):
            return read(value)
    except RecursionError:
        pass  # Nested without end: from here on it stays as it came.
    return odd(value)


def decode_models(read: Callable[[Any], Any], value: Any) -> Any:
    """Read each object of a JSON array as a model."""
    if not is_array(value):
        return odd(value)
    try:
        return [read(item) for item in value]
    except (TypeError, AttributeError):
        return [decode_model(read, item) for item in value]  # One is no object.
    except RecursionError:
        return odd(value)


def decode_datetime(value: Any) -> Any:
    """Return an aware datetime for ISO 8601 text with a time zone; any other text stays text.

    Text with more than six digits of a second stays text, too: a datetime cannot hold them.
    """
    if type(value) is str:
        try:
            # With a colon there, the seconds begin at the 17th place, and 27 places have room for six digits at most.
            if (value[13] == ":" and len(value) < 28) or _EXACT.fullmatch(value):
                moment = _moment(value)
                if moment.tzinfo is not None:
                    return moment
        except (ValueError, IndexError):
            pass
    return odd(value)


def decode_date(value: Any) -> Any:
    """Return a date for text such as `2026-01-31`."""
    try:
        day = date.fromisoformat(value)
    except (ValueError, TypeError):
        return odd(value)
    return day if day.isoformat() == value else odd(value)


def enum_decoder(enum: type[OpenStrEnum | OpenIntEnum]) -> Callable[[Any], Any]:
    """Return the decoder of an enumeration. It turns an unknown value into an open member that equals it.

    The decoder looks members up by itself: `enum(value)` takes ten times as long.
    """
    member_of = enum._value2member_map_.get
    kind = str if issubclass(enum, str) else int

    def decode(value: Any) -> Any:
        if type(value) is not kind:
            return odd(value)
        member = member_of(value)
        return enum._missing_(odd(value)) if member is None else member  # pyright: ignore[reportPrivateUsage]

    return decode


def decode_list(decode_item: Callable[[Any], Any], value: Any) -> Any:
    """Decode each item of a JSON array."""
    return [decode_item(item) for item in value] if is_array(value) else odd(value)


def decode_plain(kinds: Container[type], value: Any) -> Any:
    """Return a JSON array of text, numbers or booleans as it is, and note items of other types."""
    if not is_array(value):
        return odd(value)
    if not all(type(item) in kinds for item in value):
        misfit()
    return value


def decode_mapping(decode_item: Callable[[Any], Any], value: Any) -> Any:
    """Decode each value of a JSON object."""
    return (
        {key: decode_item(item) for key, item in value.items()}
        if is_object(value)
        else odd(value)
    )


def decode_variant(variants: Variants, value: Any) -> Any:
    """Read a JSON object as the variant that it is. One that is none of them stays the plain object that came."""
    variant = variants.model_of(value) if is_object(value) else None
    return odd(value) if variant is None else decode_model(variant.from_dict, value)


def decode_union(
    plain: Container[type], decoders: Iterable[Callable[[Any], Any]], value: Any
) -> Any:
    """Return a value of a plain type as it is, or the result of the first decoder that can read it."""
    if value is UNSET or type(value) in plain:
        return value
    for decode in decoders:
        decoded = decode(value)
        if decoded is not value:
            return decoded
    return odd(value)


def expected_by(decode: Callable[[Any], object]) -> WireType | None:
    """Return the JSON type that a decoder expects; None if it takes any JSON."""
    return getattr(decode, "expects", None)


def empty_of(decode: Callable[[Any], T]) -> T:
    """Return what a decoder gives for a success without content: an empty model, an empty list, or what null is to it.

    Raises:
        ValueError: if nothing can be made of it. Another decoder than those of the package may raise anything.
    """
    make: Callable[[], T] | None = getattr(decode, "empty", None)
    return decode(None) if make is None else make()


class ObjectBody(Generic[ModelT]):
    """Decode a response that is one JSON object.

    It raises ValueError for any other JSON: nothing of the model could be read from it.
    """

    def __init__(self, model: type[ModelT]) -> None:
        self.model = model
        self.expects: WireType = WireType((model,))

    def __call__(self, data: Any) -> ModelT:
        if not is_object(data):
            raise ValueError(f"a JSON object was expected, not {kind_of(data)}")
        return self.model.from_dict(data)

    def empty(self) -> ModelT:
        """Return a model that has nothing."""
        return self.model.from_dict({})


class ArrayBody(Generic[ModelT]):
    """Decode a response that is a JSON array of objects, or null, which many services write for an empty one.

    It raises ValueError for any other JSON.
    """

    def __init__(self, model: type[ModelT]) -> None:
        self.model = model
        self.expects: WireType = WireType((Array(WireType((model,))),))

    def __call__(self, data: Any) -> list[ModelT]:
        if data is None:
            misfit()
            return []
        if not is_array(data):
            raise ValueError(f"a JSON array was expected, not {kind_of(data)}")
        return cast("list[ModelT]", decode_models(self.model.from_dict, data))

    def empty(self) -> list[ModelT]:
        """Return an empty list."""
        return []


def no_body(data: Any) -> None:
    """Return the JSON of an operation whose response body is unknown. The body may be empty or any JSON."""


def any_body(data: Any) -> Any:
    """Return the parsed JSON of a response whose shape is unknown."""
    return data


def kind_of(data: object) -> str:
    """Return the kind of a JSON value in words."""
    kinds = (
        (dict, "an object"),
        (list, "an array"),
        (str, "text"),
        (bool, "a boolean"),
        (type(None), "null"),
    )
    return next((name for kind, name in kinds if isinstance(data, kind)), "a number")
