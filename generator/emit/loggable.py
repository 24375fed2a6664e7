"""Sort the names of JSON fields by what a debug log may show of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..identifiers import plain
from ..model.api import Api, Field, Parameter
from ..model.types import Constant, EnumRef, ModelRef, Scalar, Type, leaves_of

_OPEN = frozenset({"string", "integer", "number", "date", "date-time"})
_PLAIN = _OPEN | {"boolean"}


@dataclass
class Names:
    """Names without case, `_` and `-`, because camelCase and snake_case mean the same field.

    Attributes:
        values: Names of plain values, and of arrays of them. Where the document has a list of those that a log shows,
            any text or number that is not in it is hidden.
        objects: Names of objects whose fields are all declared.
        maps: Names of objects that take further fields, with the fields that each declares.
        hidden: Names that are sensitive or free text anywhere; they are in none of the others.
        open: Names of values that may be any text or number.
    """

    values: set[str] = field(default_factory=set[str])
    objects: set[str] = field(default_factory=set[str])
    maps: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    hidden: set[str] = field(default_factory=set[str])
    open: set[str] = field(default_factory=set[str])


def loggable(api: Api) -> Names:
    """Return the names of the fields and parameters of an API, sorted by what a log may show."""
    names = Names()
    for name, node in nodes(api):
        _take(names, plain(name), node)
    # On the wire a wrapped value may be an object, and then the value has a name of its own.
    names.objects.update(
        plain(node.wire_name) for _, node in nodes(api) if _is_wrapped(node)
    )
    if api.shown_in_logs is not None:
        names.hidden |= names.open - {plain(shown.name) for shown in api.shown_in_logs}
    # A document that was cut out of a larger one says what else is hidden there.
    names.hidden.update(api.hidden_in_logs)
    names.values -= names.hidden
    names.objects -= names.hidden
    names.maps = {
        name: fields for name, fields in names.maps.items() if name not in names.hidden
    }
    return names


def is_open(type_: Type) -> bool:
    """Return whether a value of the type may be any text or number."""
    return any(
        isinstance(leaf, Scalar) and leaf.kind in _OPEN for leaf in leaves_of(type_)
    )


def nodes(api: Api) -> Iterator[tuple[str, Field | Parameter]]:
    """Yield the fields and parameters with their names on the wire, and with those within a wrapping object."""
    for model in api.models.values():
        for node in model.fields:
            yield node.wire_name, node
            if node.wrapped_as:
                yield node.wrapped_as, node
    for operation in api.operations:
        for parameter in operation.parameters:
            yield parameter.wire_name, parameter


def _take(names: Names, key: str, node: Field | Parameter) -> None:
    if node.is_hidden:
        names.hidden.add(key)
    if is_open(node.type):
        names.open.add(key)
    for leaf in leaves_of(node.type):
        match leaf:
            case Constant() | EnumRef():
                names.values.add(key)
            case Scalar(kind=kind) if kind in _PLAIN:
                names.values.add(key)
            case ModelRef():
                _take_object(names, key, leaf)
            case _:
                pass


def _is_wrapped(node: Field | Parameter) -> bool:
    return isinstance(node, Field) and bool(node.wrapped_as)


def _take_object(names: Names, key: str, ref: ModelRef) -> None:
    fields = {plain(one.wire_name) for one in ref.model.fields}
    if ref.model.further is not None or not fields:
        names.maps.setdefault(key, set()).update(fields)
    else:
        names.objects.add(key)
