# plexy-pay runtime, written by hand in runtime/_core/schema.py; the generator copies it unchanged.
"""Derive the schema of a model from its attrs class: the names, types and roles of its fields in JSON.

The schema is derived when a model is first read or written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from .fields import Wire, camel_case, wire_of
from .memo import once
from .types import UNSET
from .wire_types import Constant, WireType, is_missing_allowed, wire_type

FURTHER = "additional_properties"


class Field(NamedTuple):
    """Represent a field of a model.

    Attributes:
        name: The name of the attribute.
        argument: The argument of the constructor.
        wire_name: The name on the wire.
        type: The JSON type.
        default: The value if a caller omits the field; `attrs.NOTHING` if the field must be passed.
        is_required: Whether an object without the field differs from the spec.
        wire: The facts that the model states in addition to the annotation.
    """

    name: str
    argument: str
    wire_name: str
    type: WireType
    default: Any
    is_required: bool
    wire: Wire

    @property
    def is_constant(self) -> bool:
        """Return whether the field allows exactly one value."""
        return len(self.type.parts) == 1 and isinstance(self.type.parts[0], Constant)

    @property
    def is_needed(self) -> bool:
        """Return whether a caller must pass a value other than None."""
        return self.default is not UNSET and not self.type.is_nullable


class Schema:
    """Represent the schema of a model.

    Args:
        model: The class.

    Attributes:
        model: The class.
        fields: The fields, in the order of the spec.
        further: The type of fields that the spec does not name; None if the spec allows none.
    """

    def __init__(self, model: type[Any]) -> None:
        annotations = dict(_annotations(model))
        self.model = model
        self.fields = tuple(
            _field(attribute, annotations[attribute.name])
            for attribute in model.__attrs_attrs__
            if attribute.name != FURTHER
        )
        (further,) = annotations[FURTHER].__args__[1:]
        is_free = model._takes_any or further is not Any
        self.further = wire_type(further) if is_free else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of the attributes."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def types(self) -> dict[str, WireType]:
        """Return the types of the fields, by their names on the wire."""
        return {field.wire_name: field.type for field in self.fields}

    @cached_property
    def required(self) -> frozenset[str]:
        """Return the names on the wire of the required fields. An object without one of them differs from the spec."""
        return frozenset(field.wire_name for field in self.fields if field.is_required)

    @cached_property
    def constants(self) -> dict[str, object]:
        """Return the constant values that distinguish the model from others, by their names on the wire."""
        found: dict[str, object] = {}
        for field in self.fields:
            (part, *_) = field.type.parts
            if isinstance(part, Constant) and field.is_constant:
                found[field.wire_name] = part.value
        return found

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Return the names of the attributes that callers must pass."""
        return tuple(field.name for field in self.fields if field.is_needed)

    @cached_property
    def deprecated(self) -> dict[str, str]:
        """Return the warnings for callers who pass a deprecated attribute, by its name."""
        warnings = {field.name: field.wire.deprecated for field in self.fields}
        return {name: text for name, text in warnings.items() if text}

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """Return the names of the attributes that callers may pass."""
        return tuple(field.name for field in self.fields if not field.wire.read_only)


@once
def schema_of(model: type[Any]) -> Schema:
    """Return the schema of a model."""
    return Schema(model)


def _field(attribute: Any, annotation: Any) -> Field:
    wire = wire_of(attribute.metadata)
    is_required = wire.required
    if is_required is None:
        is_required = not is_missing_allowed(annotation)
    return Field(
        name=attribute.name,
        argument=attribute.alias or attribute.name,
        wire_name=wire.name or camel_case(attribute.name),
        type=wire_type(annotation, wire.discriminators),
        default=attribute.default,
        is_required=is_required,
        wire=wire,
    )


def _annotations(model: type[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the annotations of the fields of a model and its base classes, with every name resolved.

    One evaluation resolves all annotations of a class, because each evaluation has a high fixed cost.
    """
    for base in reversed(model.__mro__):
        own = [
            one for one in vars(base).get("__attrs_attrs__", ()) if not one.inherited
        ]
        texts = [one.type for one in own if isinstance(one.type, str)]
        # A copy, because eval adds the builtins to its namespace.
        names = dict(vars(sys.modules[base.__module__]))
        resolved = iter(eval(f"({''.join(f'{text},' for text in texts)})", names))
        for one in own:
            yield one.name, next(resolved) if isinstance(one.type, str) else one.type
