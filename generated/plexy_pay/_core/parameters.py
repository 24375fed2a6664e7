# plexy-pay runtime, written by hand in runtime/_core/parameters.py; the generator copies it unchanged.
"""Steps that turn the parameters of a caller, in snake_case, into models of requests.

A mapping that fits several models, or a name that no model has, is refused. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, Self, TypeVar

from ..errors import InvalidParameterError, locate, missing_parameter
from .encoding import is_iterable, is_mapping
from .types import UNSET
from .variants import Variants


class Buildable(Protocol):
    """A model that is built of parameters."""

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self: ...


BuildableT = TypeVar("BuildableT", bound=Buildable)


def build(model: type[BuildableT], params: Mapping[str, Any], call: str) -> BuildableT:
    """Return the body of a call, made of its parameters.

    Raises:
        InvalidParameterError: as `from_params` does, but naming the call.
    """
    try:
        return model.from_params(params)
    except InvalidParameterError as error:
        locate(error, model.__name__, call, ": ")
        raise


def to_model(model: type[Buildable], place: str, value: Any) -> Any:
    """A nested parameter as a model: a mapping is built into one, a model, None or UNSET stays.

    Raises:
        InvalidParameterError: as `from_params` does, but naming the place.
    """
    if not is_mapping(value):
        return value
    try:
        return model.from_params(value)
    except InvalidParameterError as error:
        locate(error, model.__name__, place)
        raise


def to_models(model: type[Buildable], place: str, value: Any) -> Any:
    """A sequence of nested parameters as a list of models."""
    if isinstance(value, str) or is_mapping(value) or not is_iterable(value):
        return value  # It is no sequence: to take it apart would send something else in silence.
    return [to_model(model, place, item) for item in value]


def to_variant(variants: Variants, place: str, value: Any) -> Any:
    """Return a nested parameter as the variant that it is meant for; what is no mapping stays.

    Raises:
        InvalidParameterError: if the parameters do not tell which, or as `from_params` does.
    """
    return (
        to_model(variants.model_for(value, place), place, value)
        if is_mapping(value)
        else value
    )


def to_list(build_item: Callable[[Any], Any], value: Any) -> Any:
    """Return a sequence of nested parameters as a list of what each is built into; what is no sequence stays."""
    if isinstance(value, str) or is_mapping(value) or not is_iterable(value):
        return value
    return [build_item(item) for item in value]


def to_mapping(
    build_item: Callable[[Any], Any], value: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of a mapping as what each is built into; its keys are the caller's own."""
    return {key: build_item(item) for key, item in value.items()}


def take(params: dict[str, Any], name: str, owner: str) -> Any:
    """Take a required parameter out of the mapping.

    Raises:
        InvalidParameterError: if it is missing.
    """
    value = params.pop(name, UNSET)
    if value is UNSET:
        raise missing_parameter(owner, name)
    return value


def refuse_nothing(model: object, needed: Iterable[str]) -> None:
    """Refuse a model of a request that a caller made with None or UNSET for what the API requires.

    Raises:
        InvalidParameterError: naming the first.
    """
    for name in needed:
        value = getattr(model, name)
        if value is None or value is UNSET:
            raise missing_parameter(type(model).__name__, name)


def refuse_unknown(
    params: Mapping[str, Any], owner: str, known: tuple[str, ...]
) -> None:
    """Refuse the parameters that are left over: a misspelt one would otherwise vanish in silence.

    Raises:
        InvalidParameterError: naming them, and those that there are.
    """
    if params:
        from .misspellings import unknown

        raise InvalidParameterError(unknown(owner, params, known))


def warn_of_misspelt(
    params: Mapping[str, Any], owner: str, known: tuple[str, ...]
) -> None:
    """Warn of the parameters that are left over and look like a misspelling of one that there is."""
    if params:
        from .misspellings import warn_of_misspelt as warn

        warn(owner, params, known)


def refuse_duplicates(
    params: Mapping[str, Any], wire_names: frozenset[str], owner: str
) -> None:
    """Refuse further keys that a declared parameter writes (`successUrl`, which is `success_url` here).

    Raises:
        InvalidParameterError: naming them.
    """
    spelt = sorted(wire_names & params.keys())
    if spelt:
        raise InvalidParameterError(
            f"{owner} has {', '.join(spelt)} in the API's spelling. Nothing was sent. Pass it once, in snake_case."
        )
