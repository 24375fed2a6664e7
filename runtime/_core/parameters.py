# plexy-pay runtime, written by hand in runtime/_core/parameters.py; the generator copies it unchanged.
"""Turn a caller's parameters, in snake_case, into models of requests.

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
    """Represent a model that can be built from parameters."""

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self: ...


BuildableT = TypeVar("BuildableT", bound=Buildable)


def build(model: type[BuildableT], params: Mapping[str, Any], call: str) -> BuildableT:
    """Return the body of a call, built from its parameters.

    Raises:
        InvalidParameterError: as in `from_params`, with the name of the call.
    """
    try:
        return model.from_params(params)
    except InvalidParameterError as error:
        locate(error, model.__name__, call, ": ")
        raise


def to_model(model: type[Buildable], place: str, value: Any) -> Any:
    """Return a nested parameter as a model. A mapping becomes a model; a model, None or UNSET stays unchanged.

    Raises:
        InvalidParameterError: as in `from_params`, with the name of the place.
    """
    if not is_mapping(value):
        return value
    try:
        return model.from_params(value)
    except InvalidParameterError as error:
        locate(error, model.__name__, place)
        raise


def to_models(model: type[Buildable], place: str, value: Any) -> Any:
    """Return a sequence of nested parameters as a list of models. Any other value stays unchanged."""
    if isinstance(value, str) or is_mapping(value) or not is_iterable(value):
        return value  # Splitting it up would silently send something else.
    return [to_model(model, place, item) for item in value]


def to_variant(variants: Variants, place: str, value: Any) -> Any:
    """Return a nested parameter as the variant that its fields select. A value that is not a mapping stays unchanged.

    Raises:
        InvalidParameterError: if the parameters do not select one variant, or as in `from_params`.
    """
    if not is_mapping(value):
        return value
    return to_model(variants.model_for(value, place), place, value)


def to_list(build_item: Callable[[Any], Any], value: Any) -> Any:
    """Return a sequence of nested parameters as a list of built items. Any other value stays unchanged."""
    if isinstance(value, str) or is_mapping(value) or not is_iterable(value):
        return value
    return [build_item(item) for item in value]


def to_mapping(
    build_item: Callable[[Any], Any], value: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a mapping with each value built. Its keys are the caller's own."""
    return {key: build_item(item) for key, item in value.items()}


def take(params: dict[str, Any], name: str, owner: str) -> Any:
    """Remove a required parameter from the mapping and return it.

    Raises:
        InvalidParameterError: if it is missing.
    """
    value = params.pop(name, UNSET)
    if value is UNSET:
        raise missing_parameter(owner, name)
    return value


def refuse_nothing(model: object, needed: Iterable[str]) -> None:
    """Refuse a model of a request with None or UNSET in place of a value that the API requires.

    Raises:
        InvalidParameterError: with the name of the first such value.
    """
    for name in needed:
        value = getattr(model, name)
        if value is None or value is UNSET:
            raise missing_parameter(type(model).__name__, name)


def refuse_unknown(
    params: Mapping[str, Any], owner: str, known: tuple[str, ...]
) -> None:
    """Refuse parameters that no field has taken, because a misspelt one would otherwise vanish silently.

    Raises:
        InvalidParameterError: with the names of these parameters and of the known ones.
    """
    if params:
        from .misspellings import unknown

        raise InvalidParameterError(unknown(owner, params, known))


def warn_of_misspelt(
    params: Mapping[str, Any], owner: str, known: tuple[str, ...]
) -> None:
    """Warn about parameters that no field has taken and that look like a misspelling of a known one."""
    if params:
        from .misspellings import warn_of_misspelt as warn

        warn(owner, params, known)


def refuse_duplicates(
    params: Mapping[str, Any], wire_names: frozenset[str], owner: str
) -> None:
    """Refuse a further key in the API's spelling if a parameter writes it: `successUrl` is `success_url` here.

    Raises:
        InvalidParameterError: with the names of these keys.
    """
    spelt = sorted(wire_names & params.keys())
    if spelt:
        raise InvalidParameterError(
            f"{owner} has {', '.join(spelt)} in the API's spelling. Nothing was sent. Pass it once, in snake_case."
        )
