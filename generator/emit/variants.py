"""Name the unions of models that a module tells apart."""

from __future__ import annotations

from ..model.api import Model
from ..model.types import Discriminator, ModelRef, Type, Union, variants_of

_Key = tuple[tuple[str, ...], Discriminator | None]


class VariantTable:
    """The unions of several models in a module, in the order in which they are met."""

    def __init__(self) -> None:
        self._unions: dict[_Key, Union] = {}

    def name(self, union: Union) -> str:
        """Return the name of the `Variants` of a union."""
        key = _key(union)
        self._unions.setdefault(key, union)
        return f"_variants_{list(self._unions).index(key) + 1}"

    def definitions(self) -> list[tuple[str, str]]:
        """Return the name of each, and the expression that makes it."""
        return [
            (self.name(union), _expression(union)) for union in self._unions.values()
        ]


class InlineVariants(VariantTable):
    """The unions of a function that names none: each is made where it is used."""

    def name(self, union: Union) -> str:
        """Return the expression that makes the `Variants` of a union."""
        return _expression(union)


def models_of(type_: Type) -> list[Model]:
    """Return the models that a value of the type may be, arrays left out."""
    return [
        variant.model for variant in variants_of(type_) if isinstance(variant, ModelRef)
    ]


def _key(union: Union) -> _Key:
    return tuple(model.key for model in models_of(union)), union.discriminator


def _expression(union: Union) -> str:
    names = {model.key: model.name for model in models_of(union)}
    models = ", ".join(names.values())
    discriminator = union.discriminator
    if discriminator is None:
        return f"Variants({models})"
    values = ", ".join(
        f"{value!r}: {names[key]}" for value, key in discriminator.keys if key in names
    )
    otherwise = (
        f", otherwise={names[discriminator.otherwise]}"
        if discriminator.otherwise
        else ""
    )
    return f"Variants({models}, name={discriminator.wire_name!r}, values={{{values}}}{otherwise})"
