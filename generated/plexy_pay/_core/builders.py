# plexy-pay runtime, written by hand in runtime/_core/builders.py; the generator copies it unchanged.
"""Compile builders: functions that build models from the parameters of callers, in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import NOTHING

from .compiled import Source
from .decoders import Decoder, Discriminators, enum_decoder_of, variants_of
from .memo import once
from .money import amount_parameter, currency_beside, money_object, wire_currency
from .parameters import (
    refuse_duplicates,
    refuse_unknown,
    take,
    to_list,
    to_mapping,
    to_model,
    to_models,
    to_variant,
    warn_of_misspelt,
)
from .schema import Field, Schema, schema_of
from .types import UNSET
from .wire_types import Array, WireType, is_enum, wire_type


def builder_of(type_: WireType, place: str) -> Decoder | None:
    """Return the function that turns the mappings in a parameter into models; None if it can hold no models.

    Args:
        type_: The type of the parameter.
        place: The name of the parameter in messages.
    """
    steps: list[Decoder] = []
    for part in type_.parts:
        build = _array_builder(part.item, place) if isinstance(part, Array) else None
        if build is not None:
            steps.append(build)
    models = type_.models
    if len(models) == 1:
        steps.append(partial(to_model, models[0], place))
    elif models:
        steps.append(partial(to_variant, variants_of(type_), place))
    return _in_turn(steps)


def build_body(value: Any, annotation: Any, discriminators: Discriminators = ()) -> Any:
    """Return a body without fields of its own, such as an array, with its mappings turned into models.

    Args:
        value: The value that a caller passed.
        annotation: The annotation of the body.
        discriminators: The discriminators of the unions in the annotation.
    """
    build = builder_of(wire_type(annotation, discriminators), "body")
    return value if build is None else build(value)


def _array_builder(item: WireType, place: str) -> Decoder | None:
    if len(item.parts) == 1 and item.models:
        return partial(to_models, item.models[0], place)
    build = builder_of(item, place)
    return None if build is None else partial(to_list, build)


def _in_turn(steps: list[Decoder]) -> Decoder | None:
    if len(steps) < 2:
        return steps[0] if steps else None

    def build(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return build


@once
def from_params_of(model: type[Any]) -> Callable[..., Any]:
    """Return the function that builds a model from parameters in snake_case. Its first argument is the class."""
    schema, name = schema_of(model), model.__name__
    source = Source("from_params(cls, params)", written_by=__name__)
    source.bind("take", take)
    source.line("rest = dict(params)")
    for field in schema.fields:
        if field.wire.currency_of not in ("", "*"):
            amount = f"rest.get({field.wire.currency_of!r}, UNSET)"
            own = f"rest.get({field.name!r}, UNSET)"
            check = wire_currency if field.is_required else currency_beside
            currency = source.bind("currency", check)
            source.line(f"rest[{field.name!r}] = {currency}({amount}, {own}, {name!r})")
    source.line("model = cls(")
    for field in schema.fields:
        source.line(f"{field.argument}={_built(field, name, source)},", 2)
    source.line(")")
    if model._is_closed:
        source.bind("refuse_unknown", refuse_unknown)
        source.bind("OFFERED", schema.offered)
        source.line(f"refuse_unknown(rest, {name!r}, OFFERED)")
    else:
        _take_further(schema, source)
    source.line("return model")
    return source.compiled(model)


def _take_further(schema: Schema, source: Source) -> None:
    model, name = schema.model, schema.model.__name__
    source.bind("refuse_duplicates", refuse_duplicates)
    source.bind("WIRE_NAMES", frozenset(schema.types))
    source.line(f"refuse_duplicates(rest, WIRE_NAMES, {name!r})")
    if model._is_received and schema.fields:
        # The warning comes here and not at sending, because the same model may come from a response.
        source.bind("warn_of_misspelt", warn_of_misspelt)
        source.bind("OFFERED", schema.offered)
        source.line(f"warn_of_misspelt(rest, {name!r}, OFFERED)")
    build = builder_of(schema.further, name) if schema.further else None
    if build is None:
        source.line("model.additional_properties = rest")
    else:
        further = source.bind("build_further", partial(to_mapping, build))
        source.line(f"model.additional_properties = {further}(rest)")


def _built(field: Field, owner: str, source: Source) -> str:
    """Return the expression that takes an attribute out of a caller's parameters."""
    if field.wire.read_only:
        return "UNSET"
    value = _taken(field, owner, source)
    wire, name = field.wire, field.name
    if wire.unit is not None:
        build = partial(amount_parameter, unit=wire.unit, name=name)
        return f"{source.bind(f'build_{name}', build)}({value})"
    if wire.amount:
        read = partial(money_object, name=wire.amount)
        value = f"{source.bind(f'money_{name}', read)}({value})"
    (part, *others) = field.type.parts
    if isinstance(part, type) and is_enum(part) and not others:
        return f"{source.bind(f'build_{name}', enum_decoder_of(part))}({value})"
    build_value = builder_of(field.type, name)
    if build_value is None:
        return value
    return f"{source.bind(f'build_{name}', build_value)}({value})"


def _taken(field: Field, owner: str, source: Source) -> str:
    is_required = field.default is NOTHING or field.is_required
    if is_required and not field.is_constant:
        return f"take(rest, {field.name!r}, {owner!r})"
    if field.default is NOTHING or field.default is UNSET:
        return f"rest.pop({field.name!r}, UNSET)"
    return f"rest.pop({field.name!r}, {field.default!r})"
