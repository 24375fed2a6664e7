# plexy-pay runtime, written by hand in runtime/_core/pydantic_schemas.py; the generator copies it unchanged.
"""Define how pydantic reads and writes our types. Only pydantic calls this module, so it need not be installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from .enums import OpenIntEnum, OpenStrEnum
    from .money import Money
    from .types import Unset
    from .wire_model import WireModel

# Imported by name, because type checkers need not have it.
_pydantic_core: Any = import_module("pydantic_core")

_JsonSchema = dict[str, Any]

_MONEY = "Money is an object of an amount in major units and a currency."
_UNIT = "In major units (tenge, not tiyn), exactly, with as many decimals as the currency has."
_CURRENCY: _JsonSchema = {
    "type": "string",
    "description": "ISO 4217 code.",
    "pattern": "^[A-Z]{3}$",
}
_PATTERN = r"^-?\d+(\.\d+)?$"
_EXACT_AMOUNT: _JsonSchema = {
    "type": "string",
    "pattern": _PATTERN,
    "description": _UNIT,
}
_ANY_AMOUNT: _JsonSchema = {
    "anyOf": [{"type": "string", "pattern": _PATTERN}, {"type": "integer"}],
    "description": _UNIT,
}


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
        is_written = handler.mode == "serialization"
        amount = _EXACT_AMOUNT if is_written else _ANY_AMOUNT
        return {
            "title": "Money",
            "type": "object",
            "properties": {"amount": amount, "currency": _CURRENCY},
            "required": ["amount", "currency"],
            "additionalProperties": False,
        }

    return _schema(kind, read, written, told)


def enum_schema(enum: type[OpenStrEnum | OpenIntEnum]) -> Any:
    """Return the schema of an enumeration: a known value, or a value that the API added later."""
    kind = str if issubclass(enum, str) else int
    member: Callable[[Any], OpenStrEnum | OpenIntEnum] = enum

    def read(value: object) -> Any:
        if isinstance(value, enum):
            return value
        if not isinstance(value, kind) or isinstance(value, bool):
            wanted = "text" if kind is str else "a whole number"
            raise ValueError(f"{enum.__name__} is made of {wanted}.")
        return member(value)

    def told(_: Any, __: Any) -> _JsonSchema:
        word = "string" if kind is str else "integer"
        known = {"enum": [member.value for member in enum], "type": word}
        later = {"description": "A value that the API added later.", "type": word}
        return {"title": enum.__name__, "anyOf": [known, later]}

    return _schema(enum, read, lambda member: member.value, told)


def model_schema(model: type[WireModel], encode: Callable[[object], Any]) -> Any:
    """Return the schema of a model.

    pydantic also reads a model of responses from the API's own JSON object. It takes a model of requests only as an
    instance: a dictionary in its place would hold parameters, which have other names.

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
    """Return the schema of `Unset`, which accepts only `UNSET`. JSON has no form for it."""

    def read(value: object) -> Unset:
        if isinstance(value, kind):
            return value
        raise ValueError("Only UNSET was expected.")

    def written(_: Unset) -> Any:
        raise ValueError(
            "UNSET has no JSON form. Leave the field out with `exclude_unset=True`."
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
    """Return a schema that reads a value, writes it as JSON, and describes both forms.

    A named type gets one definition in a JSON schema. A type that may be omitted from a JSON schema must not be named.
    """
    return _pydantic_core.core_schema.no_info_plain_validator_function(
        read,
        ref=f"{kind.__module__}.{kind.__qualname__}:{id(kind)}" if named else None,
        serialization=_pydantic_core.core_schema.plain_serializer_function_ser_schema(
            written, when_used="json"
        ),
        metadata={"pydantic_js_functions": [told]},
    )
