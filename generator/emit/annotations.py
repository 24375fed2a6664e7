"""Write types as annotations: those of attributes, and those of what callers may pass."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.api import Amount, Enum, Model
from ..model.money import money_object_amount
from ..model.types import (
    Constant,
    EnumRef,
    ListOf,
    ModelRef,
    Scalar,
    ScalarKind,
    Type,
    Union,
    leaves_of,
    variants_of,
)

# A longer enumeration is not written out in every annotation that takes its values.
_MOST_LITERALS = 100

_ATTRIBUTES: dict[ScalarKind, str] = {
    "string": "str",
    "integer": "int",
    "number": "Decimal | int",
    "boolean": "bool",
    "date": "datetime.date",
    "date-time": "datetime.datetime",
    "null": "None",
    "any": "Any",
}
_PARAMETERS: dict[ScalarKind, str] = {
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "date": "date",
    "date-time": "datetime",
    "null": "None",
    "any": "object",
}
_MAPPING = "Mapping[str, object]"


@dataclass(frozen=True, slots=True)
class Names:
    """How a module names what its annotations hold.

    Attributes:
        models: What stands before a model, such as `_hints.models.`.
        enums: What stands before an enumeration.
        params: What stands before a TypedDict.
        money: What stands before `Money`.
    """

    models: str = ""
    enums: str = ""
    params: str = ""
    money: str = ""


PLAIN = Names()
"""The names as they are imported."""

LATE = Names(
    models="_hints.models.",
    enums="_hints.models.",
    params="_hints.params.",
    money="_hints.",
)
"""The names as they are found when a tool asks for the annotations: the modules import nothing of it."""


def attribute(type_: Type, names: Names = PLAIN, *, is_optional: bool = False) -> str:
    """Return the annotation of what a model or a response holds.

    Args:
        type_: The type.
        names: How the module names models.
        is_optional: Whether it may be `UNSET`.
    """
    # Of two models that an object fits alike, the first is read: the order is the document's.
    parts = [_attribute(variant, names) for variant in variants_of(type_)]
    if "None" in parts:
        parts.remove("None")
        parts.append("None")
    if is_optional:
        parts.append("Unset")
    return " | ".join(dict.fromkeys(parts))


def _attribute(type_: Type, names: Names) -> str:
    match type_:
        case Scalar(kind=kind):
            return _ATTRIBUTES[kind]
        case Constant(value=value):
            return f"Literal[{value!r}]"
        case EnumRef():
            return names.enums + type_.enum.name
        case ModelRef():
            return names.models + type_.model.name
        case ListOf(item=item):
            return f"list[{attribute(item, names)}]"
        case Union():
            return attribute(type_, names)


def parameter(
    type_: Type,
    amount: Amount | None = None,
    names: Names = PLAIN,
    *,
    built: bool = True,
) -> str:
    """Return the annotation of what a caller may pass.

    Args:
        type_: The type.
        amount: What is known of the amount that it is, if it is one.
        names: How the module names models, TypedDicts and Money.
        built: Whether a TypedDict is turned into its model before it is sent.
    """
    return " | ".join(dict.fromkeys(_parameter(type_, amount, names, built)))


def _parameter(
    type_: Type, amount: Amount | None, names: Names, built: bool
) -> list[str]:
    match type_:
        case Union(variants=variants):
            built = built and is_built(type_)
            return [
                part
                for variant in variants
                for part in _parameter(variant, amount, names, built)
            ]
        case Scalar(kind=kind):
            return _scalar(kind, amount, names)
        case Constant(value=value):
            return [f"Literal[{value!r}]"]
        case EnumRef():
            return _values(type_.enum, names)
        case ModelRef():
            return _objects(type_.model, names, built)
        case ListOf(item=item):
            return [f"Sequence[{parameter(item, None, names, built=built)}]"]


def _scalar(kind: ScalarKind, amount: Amount | None, names: Names) -> list[str]:
    takes_money = amount is not None and amount.unit is not None
    money = (
        [f"{names.money}Money"]
        if takes_money and kind in ("string", "integer", "number")
        else []
    )
    if kind != "number":
        return [_PARAMETERS[kind], *money]
    # An amount is never a binary float.
    return ["int", "Decimal", *(money if amount is not None else ["float"])]


def _values(enum: Enum, names: Names) -> list[str]:
    name = names.enums + enum.name
    if len(enum.members) > _MOST_LITERALS:
        return [name, "int" if enum.is_integer else "str"]
    return [
        name,
        f"Literal[{', '.join(repr(member.value) for member in enum.members)}]",
    ]


def _objects(model: Model, names: Names, built: bool) -> list[str]:
    takes_any = not built or not model.is_closed
    params = [f"{names.params}{model.name}Params"] if built else []
    money = [f"{names.money}Money"] if money_object_amount(model) else []
    return [
        names.models + model.name,
        *params,
        *([_MAPPING] if takes_any else []),
        *money,
    ]


def is_built(type_: Union) -> bool:
    """Return whether a mapping that is passed for a union can be built into a model: of several lists none can."""
    lists = [variant for variant in variants_of(type_) if _is_list_of_models(variant)]
    return len(lists) < 2


def _is_list_of_models(type_: Type) -> bool:
    return isinstance(type_, ListOf) and any(
        isinstance(leaf, ModelRef) for leaf in leaves_of(type_)
    )
