# plexy-pay runtime, written by hand in runtime/_core/pydantic_schemas.py; the generator copies it unchanged.
"""How pydantic reads and writes our types. Only pydantic itself calls this, so nobody else needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from .enums import OpenIntEnum, OpenStrEnum
    from .money import Money
    from .types import Unset
    from .wire_model import WireModel

# By its name, because type checkers need not have it.
_pydantic_core: Any = import_module("pydantic_core")

_JsonSchema = dict[str, Any]

_MONEY = "Money is an object of an amount in major units and a currency."
_UNIT = "In major units (tenge, not tiyn), exactly, with as many decimals as the currency has."
_CURRENCY: _JsonSchema = {
    "type": "string",
    "description": "ISO 4217 code.",
    "pattern": "^[A-Z]{3}$",
}
_DECIMAL: _JsonSchema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}


def money_schema(kind: type[Money]) -> Any:
    """Return the schema of `Money`: an object of an amount and a currency."""

    def read(value: object) -> Money:
        if isinstance(value, kind):
            return value
        if not isinstance(value, Mapping):
            raise ValueError(_MONEY)
        given = cast("Mapping[str, Any]", value)
        if set(given) != {"amount", "currency"}:
            raise ValueError(_MONEY)
        return kind(given["amount"], given["currency"])

    def written(money: Money) -> dict[str, str]:
        return {"amount": format(money.amount, "f"), "currency": money.currency}

    def told(_: Any, handler: Any) -> _JsonSchema:
        exact = {**_DECIMAL, "description": _UNIT}
        either = {"anyOf": [_DECIMAL, {"type": "integer"}], "description": _UNIT}
        return {
            "title": "Money",
            "type": "object",
            "properties": {
                "amount": exact if handler.mode == "serialization" else either,
                "currency": _CURRENCY,
            },
            "required": ["amount", "currency"],
            "additionalProperties": False,
        }

    return _schema(kind, read, written, told)


def enum_schema(enum: type[OpenStrEnum | OpenIntEnum]) -> Any:
    """Return the schema of an enumeration: one of its values, or one that the API added later."""
    kind = str if issubclass(enum, str) else int
    member: Callable[[Any], OpenStrEnum | OpenIntEnum] = enum

    def read(value: object) -> Any:
        if isinstance(value, enum):
            return value
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ValueError(
                f"{enum.__name__} is made of {'text' if kind is str else 'a whole number'}."
            )
        return member(value)

    def told(_: Any, __: Any) -> _JsonSchema:
        word = "string" if kind is str else "integer"
        known: _JsonSchema = {"enum": [member.value for member in enum]}
        later = {"description": "A value that the API added later."}
        return {
            "title": enum.__name__,
            "anyOf": [{**known, "type": word}, {**later, "type": word}],
        }

    return _schema(enum, read, lambda member: member.value, told)


def model_schema(model: type[WireModel], encode: Callable[[object], Any]) -> Any:
    """Return the schema of a model.

    A model of responses is also made of the API's own JSON object. A model that is sent is only taken as it is: a
    dictionary in its place is one of parameters, whose names are others.

    Args:
        model: The class of the model.
        encode: The function that turns a model into JSON.
    """
    is_sent = hasattr(model, "from_params")

    def read(value: object) -> Any:
        if isinstance(value, model):
            return value
        if is_sent or not isinstance(value, dict):
            raise ValueError(f"A {model.__name__} was expected.")
        return model.from_dict(cast("dict[str, Any]", value))

    def told(_: Any, handler: Any) -> _JsonSchema:
        if is_sent and handler.mode == "validation":
            raise _pydantic_core.PydanticOmit
        return {"title": model.__name__, "type": "object", "additionalProperties": True}

    return _schema(model, read, encode, told, named=not is_sent)


def unset_schema(kind: type[Unset]) -> Any:
    """Return the schema of `Unset`: only `UNSET` itself, which JSON has no form for."""

    def read(value: object) -> Unset:
        if isinstance(value, kind):
            return value
        raise ValueError("Only UNSET was expected.")

    def written(_: Unset) -> Any:
        raise ValueError(
            "UNSET has no form in JSON. Leave the field out: `exclude_unset=True` does it."
        )

    def told(_: Any, __: Any) -> _JsonSchema:
        raise _pydantic_core.PydanticOmit

    return _schema(kind, read, written, told, named=False)


def _schema(
    kind: type[Any],
    read: Callable[[Any], Any],
    written: Callable[[Any], Any],
    told: Callable[[Any, Any], _JsonSchema],
    *,
    named: bool = True,
) -> Any:
    """Put together what reads, what writes JSON, and what tells of both; nothing else is made of the value.

    A type with a name has one place in a JSON schema. What may be left out of one must have no place.
    """
    return _pydantic_core.core_schema.no_info_plain_validator_function(
        read,
        ref=f"{kind.__module__}.{kind.__qualname__}:{id(kind)}" if named else None,
        serialization=_pydantic_core.core_schema.plain_serializer_function_ser_schema(
            written, when_used="json"
        ),
        metadata={"pydantic_js_functions": [told]},
    )
