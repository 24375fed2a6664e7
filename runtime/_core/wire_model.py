# plexy-pay runtime, written by hand in runtime/_core/wire_model.py; the generator copies it unchanged.
"""What all models have in common: the ways to JSON and back, and to the tools that read types at run time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from .encoding import encode, is_object, loads, write
from .frames import forgets
from .reprs import represent


class WireModel:
    """The base of every model."""

    __slots__ = ()

    _fields: ClassVar[tuple[str, ...]]

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read the JSON object of the API."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as it goes over the wire."""
        raise NotImplementedError

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

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from .pydantic_schemas import model_schema

        return model_schema(cls, encode)

    def __repr__(self) -> str:
        return represent(self)
