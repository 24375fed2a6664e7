# plexy-pay runtime, written by hand in runtime/_core/fields.py; the generator copies it unchanged.
"""Define the facts about a field's JSON that its annotation does not state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .money import Unit


class Discriminator(NamedTuple):
    """Represent the field that selects one of several models for an object.

    Attributes:
        name: The name of the field on the wire.
        values: Each value of the field, with the name of its model.
        otherwise: The name of the model for other values; empty if such an object stays unchanged.
    """

    name: str
    values: tuple[tuple[str, str], ...]
    otherwise: str = ""


class Wire(NamedTuple):
    """Hold the facts about a field's JSON that neither its name nor its annotation states.

    Attributes:
        name: The name on the wire; empty if it is the attribute's name in camelCase.
        unit: The unit of an amount of money.
        currency_of: The attribute of the amount in this currency, `*` for all amounts of the body; empty for other
            fields.
        amount: The name of the amount inside a field that holds an amount and its currency.
        required: Whether an object without the field differs from the spec; None if the annotation decides.
        read_only: Whether only responses have the field, so that no caller may pass it.
        sensitive: Whether the value is masked.
        deprecated: The warning for callers who pass the field.
        discriminators: The discriminators of the unions of models in its type.
    """

    name: str = ""
    unit: Unit | None = None
    currency_of: str = ""
    amount: str = ""
    required: bool | None = None
    read_only: bool = False
    sensitive: bool = False
    deprecated: str = ""
    discriminators: tuple[Discriminator, ...] = ()


_PLAIN = Wire()


def wire(
    name: str = "",
    *,
    unit: Unit | None = None,
    currency_of: str = "",
    amount: str = "",
    required: bool | None = None,
    read_only: bool = False,
    sensitive: bool = False,
    deprecated: str = "",
    discriminators: tuple[Discriminator, ...] = (),
) -> dict[type[Wire], Wire]:
    """Return the metadata of a field; `Wire` documents each argument."""
    fact = Wire(
        name,
        unit,
        currency_of,
        amount,
        required,
        read_only,
        sensitive,
        deprecated,
        discriminators,
    )
    return {Wire: fact}


def wire_of(metadata: Mapping[Any, Any]) -> Wire:
    """Return the facts in the metadata of a field."""
    found: Wire = metadata.get(Wire, _PLAIN)
    return found


def camel_case(name: str) -> str:
    """Return an attribute's name on the wire: `orderReference` for `order_reference`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
