"""Write the expressions that turn what callers pass into attributes of models, and attributes into JSON."""

from __future__ import annotations

from ..model.api import Field
from ..model.money import inner_amount
from ..model.types import (
    Constant,
    EnumRef,
    ListOf,
    ModelRef,
    Scalar,
    Type,
    Union,
    leaves_of,
    variants_of,
)
from .decoders import decoded
from .variants import VariantTable, models_of

_TIMES = {"date": "encode_day", "date-time": "encode_moment"}


def unit_of(field: Field) -> str:
    """Return the unit of an amount as the runtime takes it."""
    return field.unit or "unknown"


def encoded(field: Field) -> str:
    """Return the expression of an attribute as JSON, for what is read back from responses."""
    source = f"self.{field.name}"
    if field.amount is not None:
        return f"exact_amount({source})"
    plain = all(_is_plain(variant) for variant in variants_of(field.type))
    return source if plain else f"encode({source})"


def checked(field: Field, *, is_received: bool) -> str:
    """Return the expression of an attribute as JSON, for what callers build; it refuses what cannot be meant.

    Args:
        field: The field.
        is_received: Whether the model is also read from responses, which may bring more.
    """
    source = f"self.{field.name}"
    if field.amount is not None:
        answered = ", answered=True" if is_received else ""
        return f'wire_amount({source}, "{unit_of(field)}", "{field.name}"{answered})'
    encoder = time_encoder(field.type)
    return f'{encoder}({source}, "{field.name}")' if encoder else encoded(field)


def time_encoder(type_: Type) -> str:
    """Return the function that encodes dates, or moments, and refuses the other kind.

    Where both can be meant, or neither can, there is none.
    """
    leaves = list(leaves_of(type_))
    if any(isinstance(leaf, ModelRef) for leaf in leaves):
        return ""
    kinds = {
        leaf.kind for leaf in leaves if isinstance(leaf, Scalar) and leaf.kind in _TIMES
    }
    return _TIMES[kinds.pop()] if len(kinds) == 1 else ""


def _is_plain(type_: Type) -> bool:
    if isinstance(type_, Constant):
        return True
    return isinstance(type_, Scalar) and type_.kind not in ("date", "date-time", "any")


def built(field: Field, owner: str, table: VariantTable) -> str:
    """Return the expression that takes an attribute out of the parameters of a caller.

    Args:
        field: The field.
        owner: The class of its model, for messages.
        table: The names of unions of models in the module.
    """
    if field.read_only:
        return "UNSET"
    source = _taken(field, owner)
    if field.amount is not None:
        return f'amount_parameter({source}, "{unit_of(field)}", "{field.name}")'
    if amount := inner_amount(field):
        source = f'money_object({source}, "{amount.name}")'
    if isinstance(field.type, EnumRef):
        return decoded(field.type, source, table)
    return built_value(field.type, source, field.name, table)


def _taken(field: Field, owner: str) -> str:
    is_constant = isinstance(field.type, Constant)
    if field.required and not is_constant:
        return f'take(rest, "{field.name}", "{owner}")'
    default = (
        repr(field.type.value)
        if field.required and isinstance(field.type, Constant)
        else "UNSET"
    )
    return f'rest.pop("{field.name}", {default})'


def built_value(
    type_: Type, source: str, place: str, table: VariantTable, depth: int = 0
) -> str:
    """Return the expression that turns the mappings in what a caller passed into models; the source if there are none.

    Args:
        type_: The type.
        source: The expression of what was passed.
        place: How messages name it.
        table: The names of unions of models in the module.
        depth: How many expressions it stands within, so that the names of items differ.
    """
    expression = source
    for variant in variants_of(type_):
        if isinstance(variant, ListOf):
            expression = _built_list(variant.item, expression, place, table, depth)
    models = models_of(type_)
    if len(models) == 1:
        return f'to_model({models[0].name}, {expression}, "{place}")'
    if isinstance(type_, Union) and models:
        return f'to_variant({table.name(type_)}, {expression}, "{place}")'
    return expression


def _built_list(
    item: Type, source: str, place: str, table: VariantTable, depth: int
) -> str:
    if isinstance(item, ModelRef):
        return f'to_models({item.model.name}, {source}, "{place}")'
    name = "item" if depth == 0 else f"item{depth}"
    inner = built_value(item, name, place, table, depth + 1)
    return source if inner == name else f"to_list({source}, lambda {name}: {inner})"
