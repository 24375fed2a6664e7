# plexy-pay runtime, written by hand in runtime/_core/decoders.py; the generator copies it unchanged.
"""Compile the functions that read parsed JSON as a type or as a model."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MethodType
from typing import Any, Generic, TypeAlias, TypeVar

from .compiled import Source
from .decoding import (
    decode_date,
    decode_datetime,
    decode_list,
    decode_mapping,
    decode_model,
    decode_models,
    decode_plain,
    decode_union,
    decode_variant,
    enum_decoder,
    free_fields,
    further_fields,
    new_model,
)
from .fields import Discriminator
from .memo import once
from .misfits import misfit
from .schema import Field, Schema, schema_of
from .types import UNSET, Unset
from .variants import Variants
from .wire_types import (
    BOOLEAN,
    DAY,
    INTEGER,
    MOMENT,
    NULL,
    NUMBER,
    STRING,
    Array,
    Constant,
    Part,
    Plain,
    WireType,
    is_enum,
    is_model,
    wire_type,
)

Decoder: TypeAlias = Callable[[Any], Any]
Discriminators: TypeAlias = tuple[Discriminator, ...]
T = TypeVar("T")

#: The Python types of plain values, which may also be missing.
_KINDS: dict[Part, tuple[type, ...]] = {
    plain: (*plain.kinds, Unset) for plain in (STRING, INTEGER, NUMBER, BOOLEAN)
}
_LIST = (list, Unset)
enum_decoder_of = once(enum_decoder)


def decoder_of(type_: WireType) -> Decoder | None:
    """Return the function that decodes a type; None where parsed JSON is what it holds."""
    if len(type_.parts) == 1:
        return _of_part(type_.parts[0])
    decoders: list[Decoder] = [_of_models(type_)] if type_.models else []
    plain: list[type] = []
    for part in type_.parts:
        if is_model(part):
            continue
        decode = _of_part(part)
        if decode is None:
            plain += _kinds(part)
        else:
            decoders.append(decode)
    if not decoders:
        return None
    if len(decoders) == 1 and not plain:
        return decoders[0]
    return partial(decode_union, tuple(plain), tuple(decoders))


def _of_part(part: Part) -> Decoder | None:
    if part == MOMENT:
        return decode_datetime
    if part == DAY:
        return decode_date
    if isinstance(part, Array):
        return _of_array(part.item)
    if isinstance(part, type):
        return enum_decoder_of(part) if is_enum(part) else _of_model(part)
    return None


def _of_model(model: type[Any]) -> Decoder:
    # Models may hold each other, so the reader is looked up when it is needed.
    return lambda value: decode_model(reader_of(model), value)


def _of_array(item: WireType) -> Decoder | None:
    (part, *others) = item.parts
    if is_model(part) and not others:
        return lambda value: decode_models(reader_of(part), value)
    if part in _KINDS and not others:
        return partial(decode_plain, _KINDS[part])
    decode = decoder_of(item)
    return None if decode is None else partial(decode_list, decode)


def _of_models(type_: WireType) -> Decoder:
    if len(type_.models) == 1:
        return _of_model(type_.models[0])
    return partial(decode_variant, variants_of(type_))


def _kinds(part: Part) -> tuple[type, ...]:
    """Return the Python types of parsed JSON that need no decoder."""
    if isinstance(part, Plain):
        return part.kinds
    if isinstance(part, Constant):
        return (part.kind,)
    return (list,)


@once
def variants_of(type_: WireType) -> Variants:
    """Return the object that tells the models of a union apart."""
    by_name = {model.__name__: model for model in type_.models}
    how = type_.discriminator
    if how is None:
        return Variants(*type_.models)
    values = {value: by_name[name] for value, name in how.values}
    otherwise = by_name[how.otherwise] if how.otherwise else None
    return Variants(*type_.models, name=how.name, values=values, otherwise=otherwise)


class TypedBody(Generic[T]):
    """Decode a response that is not an object: a plain value, an array of them, or one of several types.

    Args:
        annotation: The annotation of what it gives.
        discriminators: The discriminators of the unions in it.
    """

    def __init__(self, annotation: Any, discriminators: Discriminators = ()) -> None:
        self.expects: WireType = wire_type(annotation, discriminators)
        self._decode = decoder_of(self.expects)

    def __call__(self, data: Any) -> T:
        # A plain value of another type is nothing that a decoder looks at.
        misfit()
        result: T = data if self._decode is None else self._decode(data)
        return result

    def empty(self) -> Any:
        """Return the value of a success without content: an empty list, or None where null is allowed."""
        if isinstance(self.expects.parts[0], Array):
            return []
        if NULL in self.expects.parts:
            return None
        raise ValueError("a value was expected, and nothing came")


@once
def reader_of(model: type[Any]) -> Decoder:
    """Return the function that reads a JSON object as a model."""
    # Python calls a bound method within the loop that calls it, and nothing else as quickly.
    return MethodType(from_dict_of(model), model)


@once
def from_dict_of(model: type[Any]) -> Callable[..., Any]:
    """Return the function that reads the JSON object of a model; its first argument is the class to make."""
    schema = schema_of(model)
    source = Source("from_dict(cls, src_dict)", written_by=__name__)
    source.bind("new_model", new_model)
    read_further = source.bind("read_further", _further_decoder(schema))
    source.line("model = new_model(cls)")
    if not schema.fields:
        source.line(f"model.additional_properties = {read_further}(src_dict)")
        source.line("return model")
        return source.compiled(model)
    count = len(schema.fields)
    source.bind("BLANK", dict.fromkeys(schema.types, UNSET))
    source.line("model.additional_properties = {}")
    source.line("data = src_dict")
    source.line(f"if len(data) != {count}:")
    source.line("data = {**BLANK, **data}", 2)
    source.line(f"if len(data) != {count}:", 2)
    source.line(f"model.additional_properties = {read_further}(data)", 3)
    source.line("try:")
    for field in schema.fields:
        value = f"data[{field.wire_name!r}]"
        decode = decoder_of(field.type)
        if decode is not None:
            value = f"{source.bind(f'read_{field.name}', decode)}({value})"
        source.line(f"model.{field.name} = {value}", 2)
    source.line("except KeyError:")
    # As many fields as the spec has, but not the same ones.
    source.line("return from_dict(cls, {**BLANK, **src_dict})", 2)
    checks = [check for field in schema.fields for check in _oddities(field, source)]
    if checks:
        source.bind("misfit", misfit)
        source.line("if (")
        for number, check in enumerate(checks):
            source.line(f"or {check}" if number else check, 2)
        source.line("):")
        source.line("misfit()", 2)
    source.line("return model")
    return source.compiled(model)


def _further_decoder(schema: Schema) -> Callable[[Any], Any]:
    """Return the function that reads the fields that the spec does not name."""
    declared, type_ = schema.types, schema.further
    if type_ is None:
        return lambda data: further_fields(data, declared)
    decode = decoder_of(type_)
    if decode is None:
        return lambda data: free_fields(data, declared)
    return lambda data: decode_mapping(decode, free_fields(data, declared))


def _oddities(field: Field, source: Source) -> list[str]:
    """Return the conditions under which a field does not fit and no decoder has noticed."""
    found = [f"data[{field.wire_name!r}] is UNSET"] if field.is_required else []
    checks = [_check(part, field, source) for part in field.type.parts]
    if all(checks):
        # Null comes last in a type, and is the quickest to look for.
        found.append(f"({' and '.join(reversed(checks))})")
    return found


def _check(part: Part, field: Field, source: Source) -> str:
    """Return the condition under which a value is not this part of a type; nothing where a decoder looks."""
    value = f"model.{field.name}"
    if part == NULL:
        return f"{value} is not None"
    if isinstance(part, Constant):
        return f"{value} not in ({part.value!r}, UNSET)"
    if isinstance(part, Array):
        is_decoded = decoder_of(WireType((part,))) is not None
        return (
            "" if is_decoded else f"type({value}) not in {source.bind('LIST', _LIST)}"
        )
    if part in _KINDS:
        if part == STRING and field.is_required and len(field.type.parts) == 1:
            return f"type({value}) is not str"
        kinds = source.bind(part.word.upper(), _KINDS[part])
        return f"type({value}) not in {kinds}"
    return ""
