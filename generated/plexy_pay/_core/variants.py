# plexy-pay runtime, written by hand in runtime/_core/variants.py; the generator copies it unchanged.
"""Select one of several models for a JSON object or for a caller's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidParameterError
from .schema import Field, schema_of
from .wire_types import Constant


class Variants:
    """Hold the models that one JSON object may be.

    Args:
        models: The models, in the order of the spec.
        name: The name of the discriminator on the wire; empty if there is none.
        values: The model for each value of the discriminator.
        otherwise: The model for other values; None if such an object stays unchanged.
    """

    def __init__(
        self,
        *models: type[Any],
        name: str = "",
        values: Mapping[str, type[Any]] | None = None,
        otherwise: type[Any] | None = None,
    ) -> None:
        self.models: tuple[type[Any], ...] = models
        self._name = name
        self._values = values or {}
        self._otherwise = otherwise

    @property
    def names(self) -> list[str]:
        """Return the names of the models."""
        return [model.__name__ for model in self.models]

    def model_of(self, data: Mapping[str, Any]) -> type[Any] | None:
        """Return the model of a JSON object; None if the object fits no model."""
        if self._name:
            return self._valued(data.get(self._name)) or self._otherwise
        best: tuple[bool, int, int] | None = None
        found: type[Any] | None = None
        for model in self.models:
            fit = _fit(model, data)
            # Among equal fits the first model wins.
            if fit is not None and (best is None or fit > best):
                best, found = fit, model
        return found

    def model_for(self, params: Mapping[str, Any], place: str) -> type[Any]:
        """Return the model for parameters in snake_case.

        Raises:
            InvalidParameterError: if the parameters do not select one model. The client never guesses.
        """
        if self._name:
            found = self._named(params)
        else:
            fitting = [model for model in self.models if _takes(model, params)]
            found = fitting[0] if len(fitting) == 1 else None
        if found is not None:
            return found
        by = f" by `{self._parameter()}`" if self._name else ""
        raise InvalidParameterError(
            f"{place} may be {' or '.join(self.names)}, and the given value does not tell{by} which. "
            "Nothing was sent. Pass one of these models."
        )

    def _valued(self, value: object) -> type[Any] | None:
        return self._values.get(value) if isinstance(value, str) else None

    def _named(self, params: Mapping[str, Any]) -> type[Any] | None:
        return self._valued(params.get(self._parameter()))

    def _parameter(self) -> str:
        """Return the name of the discriminator in Python."""
        for model in self.models:
            for field in schema_of(model).fields:
                if field.wire_name == self._name:
                    return field.name
        return self._name


def _fit(model: type[Any], data: Mapping[str, Any]) -> tuple[bool, int, int] | None:
    """Return how well an object fits a model, as a comparable value; None if it does not fit.

    Constants distinguish a model from others, so an object without them does not fit. An object with them may lack a
    required field, because an odd response must still be read.
    """
    schema = schema_of(model)
    constants = schema.constants
    if not all(_carries(data, name, wanted) for name, wanted in constants.items()):
        return None
    is_whole = schema.required <= data.keys()
    if not is_whole and not constants:
        return None
    return is_whole, len(constants), len(schema.types.keys() & data.keys())


def _carries(data: Mapping[str, Any], name: str, wanted: object) -> bool:
    value = data.get(name)
    # True equals 1 in Python, but not in JSON.
    return type(value) is type(wanted) and value == wanted


def _takes(model: type[Any], params: Mapping[str, Any]) -> bool:
    """Return whether a model has all the parameters and needs no other."""
    schema = schema_of(model)
    if not params.keys() <= set(schema.names):
        return False
    return all(_is_taken(field, params) for field in schema.fields)


def _is_taken(field: Field, params: Mapping[str, Any]) -> bool:
    """Return whether the parameters satisfy a field. A passed constant must have the right value."""
    if field.name not in params:
        return field.is_constant or not field.is_required
    (part, *_) = field.type.parts
    if isinstance(part, Constant) and field.is_constant:
        return _carries(params, field.name, part.value)
    return True
