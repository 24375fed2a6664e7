# plexy-pay runtime, written by hand in runtime/_core/fields.py; the generator copies it unchanged.
"""Facts about the JSON of a field that its annotation does not state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .money import Unit


class Discriminator(NamedTuple):
    """The field that tells which of several models an object is.

    Attributes:
        name: The name of the field on the wire.
        values: Each value of the field, and the name of its model.
        otherwise: The name of the model for other values; empty where such an object stays as it came.
    """

    name: str
    values: tuple[tuple[str, str], ...]
    otherwise: str = ""


class Wire(NamedTuple):
    """Facts about the JSON of a field that neither its name nor its annotation states.

    Attributes:
        name: The name on the wire; empty where it is the attribute's name in camelCase.
        unit: The unit of an amount of money.
        currency_of: The attribute whose currency this is, `*` for all amounts of the body; empty for other fields.
        amount: The attribute of the amount in a field that is an amount and its currency.
        required: Whether an object without it differs from the spec; None where the annotation says so.
        read_only: Whether only responses have it, so that no caller may give it.
        sensitive: Whether its value is masked.
        deprecated: The warning for callers who give it.
        discriminators: The discriminator of each union of models in its type that has one.
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
    """Return the name on the wire of an attribute: `orderReference` for `order_reference`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
