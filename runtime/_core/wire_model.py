# plexy-pay runtime, written by hand in runtime/_core/wire_model.py; the generator copies it unchanged.
"""Define the base of all models: reading and writing JSON, and support for tools that read types at run time."""

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
    """Represent a JSON object of the API. Every model derives from this class."""

    _is_sent: ClassVar[bool] = False
    _is_received: ClassVar[bool] = True
    _is_closed: ClassVar[bool] = False
    _takes_any: ClassVar[bool] = False
    _has_one_currency: ClassVar[bool] = False

    additional_properties: dict[str, Any] = field(
        factory=no_fields, converter=own_fields
    )
    """Fields that this version of the spec does not know, unchanged."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read a JSON object of the API. Missing fields are `UNSET`; a value that does not fit stays unchanged."""
        model: Self = from_dict_of(cls)(cls, src_dict)
        return model

    @forgets
    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as it goes over the wire, without the fields that are `UNSET`.

        Numbers with decimals are `Decimal`, which `json.dumps` refuses and `to_json` writes. All other values have
        their JSON form: dates, times and members of text enumerations are text.

        Raises:
            InvalidParameterError: for a float as an amount, or a date and time without a time zone.
        """
        written: dict[str, Any] = to_dict_of(type(self))(self)
        return written

    @classmethod
    @forgets
    def from_json(cls, text: str | bytes) -> Self:
        """Read the text of a JSON object from the API or from `to_json`. No number loses a digit.

        Raises:
            ValueError: if the text is not JSON, or not a JSON object.
        """
        content = text
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        try:
            data = loads(content)
        except ValueError:
            # The parser's error holds the text, which may be secret.
            raise ValueError("The text is not JSON.") from None
        if not is_object(data):
            raise ValueError("The text is JSON, but not an object.")
        return cls.from_dict(data)

    @forgets
    def to_json(self) -> str:
        """Return the JSON text as it goes over the wire, with unknown fields and without the fields that are `UNSET`.

        Numbers keep exactly their digits: `150.00` stays `150.00`. A date and time is written in UTC. For a model that
        the API sent, `from_json` restores an equal model.

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
    """Represent a JSON object that callers build."""

    __slots__ = ()

    _is_sent: ClassVar[bool] = True
    _is_received: ClassVar[bool] = False

    def __attrs_post_init__(self) -> None:
        # Responses are read without the constructor, so only a caller's model gets here.
        schema = schema_of(type(self))
        refuse_nothing(self, schema.needed)
        for name, text in schema.deprecated.items():
            if getattr(self, name) is not UNSET:
                from .deprecation import warn

                warn(text)

    @classmethod
    @forgets
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """Build the model from snake_case parameters, including nested mappings, as the resources take them.

        Raises:
            InvalidParameterError: for a missing, misspelt or doubled parameter, or an amount of the wrong kind.
        """
        model: Self = from_params_of(cls)(cls, params)
        return model


class SharedModel(RequestModel):
    """Represent a JSON object that callers build and responses contain as well."""

    __slots__ = ()

    _is_received: ClassVar[bool] = True
