# plexy-pay runtime, written by hand in runtime/_core/enums.py; the generator copies it unchanged.
"""Define open enumerations: a value that this version does not know becomes a member that equals the value."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any, Self


class OpenStrEnum(StrEnum):
    """Represent a text enumeration that accepts values that the API added after this version was made."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Return whether this version of the client knows the value."""
        return self._value_ in type(self)._value2member_map_

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from .pydantic_schemas import enum_schema

        return enum_schema(cls)

    @property
    def meaning(self) -> str | None:
        """Return the meaning of the value; None if no text is known. Enumerations with texts override this."""
        return None


class OpenIntEnum(IntEnum):
    """Represent a whole-number enumeration that accepts values that the API added after this version was made."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        member = int.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Return whether this version of the client knows the value."""
        return self._value_ in type(self)._value2member_map_

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from .pydantic_schemas import enum_schema

        return enum_schema(cls)
