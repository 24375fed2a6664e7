# plexy-pay runtime, written by hand in runtime/_core/wire_model.py; the generator copies it unchanged.
"""What all models have in common: the ways to JSON and back, and to the tools that read types at run time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import define, field, setters

from .builders import from_params_of
from .decoders import from_dict_of
from .encoders import to_dict_of
from .encoding import encode, is_object, loads, write
from .frames import forgets
from .further import no_fields, own_fields
from .parameters import refuse_nothing
from .reprs import represent
from .schema import schema_of
from .types import UNSET


@define(kw_only=True, slots=True, repr=False, on_setattr=setters.NO_OP)
class WireModel:
    """The base of every model."""

    _is_sent: ClassVar[bool] = False
    _is_received: ClassVar[bool] = True
    _is_closed: ClassVar[bool] = False
    _takes_any: ClassVar[bool] = False
    _has_one_currency: ClassVar[bool] = False

    additional_properties: dict[str, Any] = field(
        factory=no_fields, converter=own_fields
    )
    """Fields that this version of the spec does not know, as they came."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read the JSON object of the API. What is missing stays `UNSET`; what does not fit stays as it came."""
        model: Self = from_dict_of(cls)(cls, src_dict)
        return model

    @forgets
    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as it goes over the wire; what is `UNSET` is left out.

        Numbers with decimals in it are `Decimal`, which `json.dumps` refuses and `to_json` writes. All else is as JSON
        has it: dates and times are text, as are members of enumerations.

        Raises:
            InvalidParameterError: for a float as an amount, or a date and time without a time zone.
        """
        written: dict[str, Any] = to_dict_of(type(self))(self)
        return written

    @classmethod
    @forgets
    def from_json(cls, text: str | bytes) -> Self:
        """Read the text of a JSON object: what the API sent, or what `to_json` gave. No number loses a digit.

        Raises:
            ValueError: if the text is no JSON, or no object.
        """
        try:
            data = loads(
                text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
            )
        except ValueError:
            # The error of the parser holds the text.
            raise ValueError("The text is not JSON.") from None
        if not is_object(data):
            raise ValueError("The text is JSON, but no object.")
        return cls.from_dict(data)

    @forgets
    def to_json(self) -> str:
        """Return the JSON text as it goes over the wire, unknown fields included; what is `UNSET` is left out.

        Numbers keep exactly their digits: `150.00` stays `150.00`. A date and time is written in UTC. `from_json` makes
        an equal model of what the API once sent.

        Raises:
            InvalidParameterError: as `to_dict`.
        """
        return write(self.to_dict())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from .pydantic_schemas import model_schema

        return model_schema(cls, encode)

    def __repr__(self) -> str:
        return represent(self)


class RequestModel(WireModel):
    """The base of models that callers build."""

    __slots__ = ()

    _is_sent: ClassVar[bool] = True
    _is_received: ClassVar[bool] = False

    def __attrs_post_init__(self) -> None:
        # Responses are read without the constructor: only a caller comes here.
        schema = schema_of(type(self))
        refuse_nothing(self, schema.needed)
        for name, text in schema.deprecated.items():
            if getattr(self, name) is not UNSET:
                from .deprecation import warn

                warn(text)

    @classmethod
    @forgets
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """Build the model from snake_case parameters, nested mappings included, as the resources take them.

        Raises:
            InvalidParameterError: for a missing, misspelt or doubled parameter, or an amount of the wrong kind.
        """
        model: Self = from_params_of(cls)(cls, params)
        return model


class SharedModel(RequestModel):
    """The base of models that callers build and that responses have as well."""

    __slots__ = ()

    _is_received: ClassVar[bool] = True
