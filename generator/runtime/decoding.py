# plexy-pay runtime, written by hand in generator/runtime/decoding.py; the generator copies it unchanged.
"""From parsed JSON to models, tolerantly: what does not fit is kept as it came and never raises.

An answer that arrived is never thrown away because one of its fields is odd. `UNSET` and None pass through every
function here, and so does any value of another kind than the one that was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, Self, TypeVar

from .encoding import is_array, is_mapping, is_object
from .enums import OpenIntEnum, OpenStrEnum
from .errors import InvalidParameterError
from .types import UNSET

T = TypeVar("T")


class Model(Protocol):
    """What every generated model class offers."""

    _required: ClassVar[frozenset[str]]
    _constants: ClassVar[Mapping[str, object]]

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...


class RequestModel(Model, Protocol):
    """What the models of requests offer besides."""

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self: ...


ModelT = TypeVar("ModelT", bound=Model)


def decode_model(model: type[Model], value: Any) -> Any:
    """A JSON object becomes the model."""
    return model.from_dict(value) if is_object(value) else value


def decode_datetime(value: Any) -> Any:
    """ISO 8601 text with a time zone becomes an aware datetime; text without one stays text."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment if moment.tzinfo is not None else value


def decode_date(value: Any) -> Any:
    """ISO 8601 text becomes a date."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def decode_str_enum(enum: type[OpenStrEnum], value: Any) -> Any:
    """Text becomes a member; an unknown text becomes an open member that equals it."""
    return enum(value) if isinstance(value, str) else value


def decode_int_enum(enum: type[OpenIntEnum], value: Any) -> Any:
    """A whole number becomes a member; an unknown one becomes an open member that equals it."""
    return enum(value) if isinstance(value, int) and not isinstance(value, bool) else value


def decode_list(value: Any, decode_item: Callable[[Any], Any]) -> Any:
    """Each item of a JSON array is decoded."""
    return [decode_item(item) for item in value] if is_array(value) else value


def decode_mapping(value: Any, decode_item: Callable[[Any], Any]) -> Any:
    """Each value of a JSON object is decoded."""
    return {key: decode_item(item) for key, item in value.items()} if is_object(value) else value


def decode_variant(value: Any, *variants: type[Model]) -> Any:
    """A JSON object becomes the variant whose constants (the discriminator) it carries.

    Where no variant has constants, it becomes the first whose required properties are all there. An unknown variant
    stays the plain object that came.
    """
    if not is_object(value):
        return value
    for variant in variants:
        constants = variant._constants  # pyright: ignore[reportPrivateUsage]
        if constants and all(_carries(value, name, wanted) for name, wanted in constants.items()):
            return variant.from_dict(value)
    for variant in variants:
        if not variant._constants and variant._required <= value.keys():  # pyright: ignore[reportPrivateUsage]
            return variant.from_dict(value)
    return value


def _carries(data: Mapping[str, Any], name: str, wanted: object) -> bool:
    return name in data and (data[name] in wanted if isinstance(wanted, frozenset) else data[name] == wanted)


def decode_first(value: Any, *decoders: Callable[[Any], Any]) -> Any:
    """The first decoder that makes something of the value decides."""
    for decode in decoders:
        decoded = decode(value)
        if decoded is not value:
            return decoded
    return value


def object_body(model: type[ModelT]) -> Callable[[Any], ModelT]:
    """The decoder of an answer that is one JSON object.

    The decoder raises ValueError for any other JSON: nothing of the model could be read from it.
    """

    def decode(data: Any) -> ModelT:
        if not is_object(data):
            raise ValueError(f"a JSON object was expected, not {_kind(data)}")
        return model.from_dict(data)

    return decode


def array_body(decode_item: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """The decoder of an answer that is a JSON array, or null, as many services write an empty one.

    The decoder raises ValueError for any other JSON.
    """

    def decode(data: Any) -> list[T]:
        if data is None:
            return []
        if not is_array(data):
            raise ValueError(f"a JSON array was expected, not {_kind(data)}")
        return [decode_item(item) for item in data]

    return decode


def no_body(data: Any) -> None:
    """The decoder of an operation whose answer has no body that is known: empty or any JSON will do."""


def no_fields() -> dict[str, Any]:
    """No further fields, typed; a model starts with it."""
    return {}


def any_body(data: Any) -> Any:
    """The decoder of an answer whose shape is not known: the parsed JSON as it is."""
    return data


def _kind(data: object) -> str:
    kinds = (
        (dict, "an object"),
        (list, "an array"),
        (str, "text"),
        (bool, "a boolean"),
        (type(None), "null"),
    )
    return next((name for kind, name in kinds if isinstance(data, kind)), "a number")


def to_model(model: type[RequestModel], value: Any) -> Any:
    """A nested parameter as a model: a mapping is built into one, a model, None or UNSET stays."""
    return model.from_params(value) if is_mapping(value) else value


def to_models(model: type[RequestModel], value: Any) -> Any:
    """A sequence of nested parameters as a list of models."""
    if value is None or value is UNSET:
        return value
    return [to_model(model, item) for item in value]


def take(params: dict[str, Any], name: str, owner: str) -> Any:
    """Take a required parameter out of the mapping.

    Raises:
        InvalidParameterError: if it is missing.
    """
    value = params.pop(name, UNSET)
    if value is UNSET:
        raise InvalidParameterError(f"{owner} needs {name}. Nothing was sent. Pass {name}.")
    return value


def refuse_unknown(params: Mapping[str, Any], owner: str) -> None:
    """Refuse the parameters that are left over: a misspelt one would otherwise vanish in silence.

    Raises:
        InvalidParameterError: naming them.
    """
    if params:
        names = ", ".join(sorted(params))
        raise InvalidParameterError(
            f"{owner} has no parameter {names}. Nothing was sent. Check the spelling."
        )


def refuse_duplicates(params: Mapping[str, Any], wire_names: frozenset[str], owner: str) -> None:
    """Refuse further keys that a declared parameter already writes (`success_url` beside `successUrl`).

    Raises:
        InvalidParameterError: naming them.
    """
    twice = sorted(wire_names & params.keys())
    if twice:
        raise InvalidParameterError(
            f"{owner} was given {', '.join(twice)} twice, once in snake_case. Nothing was sent. Pass one of the two."
        )
