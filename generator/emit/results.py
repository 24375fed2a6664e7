"""Prepare what the templates show of the content of responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model.api import Response
from ..model.types import ANYTHING, EnumRef, ListOf, ModelRef, Type, leaves_of
from .annotations import LATE, PLAIN, attribute
from .wire_facts import discriminators

_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a success gives.

    Attributes:
        type: The annotation of it.
        late_type: The same in a module that imports nothing of what it names.
        decode: The decoder of what was read.
        models: The classes that it names.
        accept: The media types that are asked for.
        content: How the bytes are read: as `json`, `text` or `binary`.
        is_typed: Whether the decoder is made of the annotation.
    """

    type: str
    late_type: str
    decode: str
    models: tuple[str, ...] = ()
    accept: str = _JSON
    content: str = "json"
    is_typed: bool = False


def result_of(response: Response | None) -> Result:
    """Return what a success gives."""
    if response is None or response.type is None:
        return Result(type="None", late_type="None", decode="no_body")
    if response.content == "json":
        return _json(response.type)
    type_ = "str" if response.content == "text" else "bytes"
    # Errors are JSON all the same.
    accept = f"{response.media_type}, {_JSON}"
    return Result(
        type=type_,
        late_type=type_,
        decode="any_body",
        accept=accept,
        content=response.content,
    )


def _json(type_: Type) -> Result:
    match type_:
        case ModelRef():
            return _named(type_, f"ObjectBody({type_.model.name})")
        case ListOf(item=ModelRef() as item):
            return _named(type_, f"ArrayBody({item.model.name})")
        case _ if type_ == ANYTHING:
            return Result(type="Any", late_type="Any", decode="any_body")
        case _:
            return _of_any_shape(type_)


def _named(type_: Type, decode: str) -> Result:
    return Result(
        type=attribute(type_, PLAIN),
        late_type=_late(type_),
        decode=decode,
        models=tuple(classes_in(type_)),
    )


def _of_any_shape(type_: Type) -> Result:
    found = discriminators(type_)
    apart = f", {found}" if found else ""
    return Result(
        type=attribute(type_, PLAIN),
        late_type=_late(type_),
        decode=f"TypedBody({attribute(type_, PLAIN)}{apart})",
        models=tuple(classes_in(type_)),
        is_typed=True,
    )


def _late(type_: Type) -> str:
    # A resource may have a method `list`.
    return attribute(type_, LATE).replace("list[", "builtins.list[")


def classes_in(type_: Type) -> Iterator[str]:
    """Yield the names of the classes in a type."""
    for leaf in leaves_of(type_):
        if isinstance(leaf, ModelRef):
            yield leaf.model.name
        elif isinstance(leaf, EnumRef):
            yield leaf.enum.name
