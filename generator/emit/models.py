"""Prepare what the templates show of models and enumerations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..model import money, query
from ..model.api import Api, Enum, Field, Model
from ..model.types import (
    NULL,
    Constant,
    EnumRef,
    Scalar,
    leaves_of,
    models_in,
    variants_of,
)
from ..naming import snake
from . import docstrings
from .annotations import Names, attribute
from .decoders import decoded, expected, oddity
from .encoders import built, built_value, checked, encoded
from .variants import VariantTable

#: Models may name each other, so they are looked up when a tool asks for the annotations.
_LATE_MODELS = Names(models="_hints.models.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute of a model.

    Attributes:
        wire_name: The name of the field on the wire.
        name: The name of the attribute.
        argument: The name of the constructor's argument.
        annotation: The annotation of the attribute.
        default: What stands behind the annotation, or nothing.
        doc: The docstring.
        decode: The expression that reads it.
        encode: The expression that writes it.
        build: The expression that takes it out of parameters.
        expected: What its JSON should be, in the words of the runtime's `drift`.
        odd: The expression that finds a value that does not fit; nothing where a decoder finds it.
        required: Whether the object always has it.
        is_needed: Whether a caller must give it.
        is_offered: Whether a caller may give it.
        is_sensitive: Whether its value is masked.
        deprecated: The warning for callers who give it, or nothing.
    """

    wire_name: str
    name: str
    argument: str
    annotation: str
    default: str
    doc: str
    decode: str
    encode: str
    build: str
    expected: str
    odd: str
    required: bool
    is_needed: bool
    is_offered: bool
    is_sensitive: bool
    deprecated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyProperty:
    """A property that gives an amount of a response as Money.

    Attributes:
        name: The name of the property.
        field: The attribute with the amount, or with the object that has the Money.
        unit: The unit; nothing for such an object.
        currency: The expression of the currency.
        doc: The docstring.
        method: The method that takes the currency from the caller; nothing where the model has one.
        method_doc: The docstring of the method.
    """

    name: str
    field: str
    unit: str
    currency: str
    doc: str
    method: str
    method_doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextActionProperty:
    """The property that says what the payer has to do next, as expressions."""

    id: str
    success: str
    challenge: str
    action: str
    shows: str
    finished: str


class ModelView:
    """What the template of a model shows."""

    def __init__(self, model: Model, uses: Uses) -> None:
        self._uses = uses
        self._model = model
        self.name = model.name
        self.key = model.key
        self.module = snake(model.name)
        self.doc = docstrings.class_doc(model)
        self.is_sent = model.key in uses.sent
        self.is_received = model.key in uses.received or not self.is_sent
        self.is_closed = model.is_closed
        self.needs_one_currency = uses.needs_one_currency(model)
        self._table = VariantTable()
        self._priced = money.priced_amount(model)
        self._currency = money.currency(model)
        self.priced = self._priced.name if self._priced else ""
        self.currency = self._currency.name if self._currency else ""
        self.fields = [self._attribute(field) for field in model.fields]

    # -- what the class has ---------------------------------------------------------------------------------

    @property
    def enums(self) -> list[EnumView]:
        """The enumerations that the attributes name."""
        types = query.parts_of(self._model)
        leaves = [leaf for type_ in types for leaf in leaves_of(type_)]
        enums = {
            leaf.enum.name: leaf.enum for leaf in leaves if isinstance(leaf, EnumRef)
        }
        return [EnumView(enums[name]) for name in sorted(enums)]

    @property
    def models(self) -> list[tuple[str, str]]:
        """The modules and names of the other models that the attributes name."""
        models = [
            model for type_ in query.parts_of(self._model) for model in models_in(type_)
        ]
        names = {model.name for model in models} - {self.name}
        return sorted((snake(name), name) for name in names)

    @property
    def further_type(self) -> str:
        """The type of the fields that the schema does not name."""
        further = self._model.further
        return "Any" if further is None else attribute(further, _LATE_MODELS)

    @property
    def further(self) -> str:
        """What the JSON of those fields should be; nothing where there should be none."""
        return (
            ""
            if self._model.further is None
            else expected(self._model.further, self._table)
        )

    @property
    def decode_further(self) -> str:
        """The expression that reads those fields."""
        further = self._model.further
        if further is None:
            return "further_fields(data, cls._blank)"
        fields, inner = (
            "free_fields(data, cls._blank)",
            decoded(further, "item", self._table),
        )
        return (
            fields
            if inner == "item"
            else f"decode_mapping({fields}, lambda item: {inner})"
        )

    @property
    def build_further(self) -> str:
        """The expression that takes those fields out of parameters."""
        further = self._model.further
        inner = (
            "item"
            if further is None
            else built_value(further, "item", self.name, self._table)
        )
        return "rest" if inner == "item" else f"to_mapping(rest, lambda item: {inner})"

    @property
    def variants(self) -> list[tuple[str, str]]:
        """The unions of models that its expressions name, and what makes each."""
        _ = (self.further, self.decode_further, self.build_further)
        return self._table.definitions()

    @property
    def encode_further(self) -> str:
        """The expression that writes those fields."""
        warns = self.fields and self.is_sent and not self.is_received
        return "encode_further(self)" if warns else "encode(self.additional_properties)"

    @property
    def constants(self) -> str:
        """The values by which the model is told from the other variants of a union."""
        values: dict[str, str] = {}
        for field in self._model.fields:
            if isinstance(field.type, Constant):
                values[field.wire_name] = repr(field.type.value)
        return (
            "{"
            + ", ".join(f"{name!r}: {values[name]}" for name in sorted(values))
            + "}"
        )

    @property
    def types(self) -> str:
        """What the JSON of each field should be."""
        words = (f"{field.wire_name!r}: {field.expected!r}" for field in self.fields)
        return "{" + ", ".join(words) + "}"

    @property
    def required(self) -> str:
        """The names on the wire of the fields that are always there."""
        # What only requests carry is in no response.
        fields = [
            field
            for field in self._model.fields
            if field.required and not field.write_only
        ]
        return tuple_of(sorted(field.wire_name for field in fields))

    @property
    def wire_names(self) -> str:
        """The names on the wire of all fields."""
        return tuple_of(sorted(field.wire_name for field in self.fields))

    @property
    def names(self) -> str:
        """The names of the attributes."""
        return tuple_of(field.name for field in self.fields)

    @property
    def sensitive(self) -> str:
        """The attributes that are masked."""
        return tuple_of(
            sorted(field.name for field in self.fields if field.is_sensitive)
        )

    @property
    def offered(self) -> str:
        """The names of the parameters that callers may give."""
        if all(field.is_offered for field in self.fields):
            return "cls._fields"
        return tuple_of(field.name for field in self.fields if field.is_offered)

    @property
    def needed(self) -> str:
        """The attributes that callers must give; nothing where there are none."""
        names = [field.name for field in self.fields if field.is_needed]
        return tuple_of(names) if self.is_sent and names else ""

    @property
    def warned(self) -> list[Attribute]:
        """The attributes that warn callers who give them."""
        return (
            [field for field in self.fields if field.deprecated] if self.is_sent else []
        )

    @property
    def odd(self) -> str:
        """The expression that finds a field that does not fit."""
        return " or ".join(field.odd for field in self.fields if field.odd)

    @property
    def currency_check(self) -> str:
        """The function that the currency goes through: it must be there where the document requires it."""
        return (
            "wire_currency"
            if self._currency and self._currency.required
            else "currency_beside"
        )

    @property
    def moneys(self) -> list[MoneyProperty]:
        """The properties that give the amounts of a response as Money."""
        if not self.is_received:
            return []
        found = money.money_properties(self._model)
        return [self._money(name, field) for name, field in found.items()]

    @property
    def next_action(self) -> NextActionProperty | None:
        """What the property is made of that says what the payer has to do next."""
        mark = self._model.next_action
        if mark is None:
            return None
        # A response whose schema has no such field may have it all the same.
        further = f'self.additional_properties.get("{mark.action}")'
        is_declared = mark.action in self._model.by_wire_name
        return NextActionProperty(
            id=snake(mark.id),
            success=snake(mark.success),
            challenge=snake(mark.challenge),
            action=f"self.{snake(mark.action)}" if is_declared else further,
            shows=tuple_of(mark.shows),
            finished=tuple_of(mark.finished),
        )

    # -- its parts ------------------------------------------------------------------------------------------

    def _attribute(self, field: Field) -> Attribute:
        annotation, default = self._annotation(field)
        is_nullable = any(
            variant in (NULL, Scalar("any")) for variant in variants_of(field.type)
        )
        subject = f"The parameter `{field.name}` of {self.name}"
        return Attribute(
            wire_name=field.wire_name,
            name=field.name,
            argument=field.argument,
            annotation=annotation,
            default=default,
            doc=docstrings.field_doc(self._model, field),
            decode=decoded(field.type, f"data[{field.wire_name!r}]", self._table),
            encode=self._encoded(field),
            build=built(field, self.name, self._table),
            expected=expected(field.type, self._table),
            odd=oddity(field, self._table),
            required=field.required,
            # Money brings a currency along, and null may be a value.
            is_needed=field.required
            and not field.read_only
            and default != " = UNSET"
            and not is_nullable,
            is_offered=not field.read_only,
            is_sensitive=field.is_sensitive,
            deprecated=docstrings.deprecation(field.deprecation, subject)
            if field.deprecation
            else "",
        )

    def _annotation(self, field: Field) -> tuple[str, str]:
        """Return the annotation of a field, and its default."""
        # Of a request that a caller builds, what only responses carry is no part.
        is_required = field.required and not (field.read_only and self.is_sent)
        default = "" if is_required else " = UNSET"
        if is_required and isinstance(field.type, Constant):
            default = f" = {field.type.value!r}"
        takes_money = not self.is_received and field.unit is not None
        if takes_money:
            annotation = f"{attribute(field.type, _LATE_MODELS)} | Money"
            return (f"{annotation} | Unset" if default else annotation), default
        is_optional = not is_required or (field.write_only and self.is_received)
        annotation = attribute(field.type, _LATE_MODELS, is_optional=is_optional)
        is_brought = (
            not self.is_received
            and field is self._currency
            and self._priced is not None
        )
        if is_brought and field.required:
            return f"{annotation} | Unset", " = UNSET"
        return annotation, default

    def _encoded(self, field: Field) -> str:
        if not self.is_sent:
            return encoded(field)
        if field is self._currency and field.amount is None:
            if self._priced is not None:
                # What a response brought goes out again as it came, also without a currency.
                check = "currency_beside" if self.is_received else self.currency_check
                return f'{check}(self.{self.priced}, self.{field.name}, "{self.name}")'
            if self.needs_one_currency:
                return f"one_currency(self, self.{field.name})"
        return checked(field, is_received=self.is_received)

    def _money(self, name: str, field: Field) -> MoneyProperty:
        declared = self.currency
        currency = (
            f"self.{declared}"
            if declared
            else 'self.additional_properties.get("currency")'
        )
        takes_currency = field.unit is not None and not declared
        return MoneyProperty(
            name=name,
            field=field.name,
            unit=field.unit or "",
            currency=currency,
            doc=docstrings.money_doc(
                field, has_currency=bool(declared), method=f"{name}_in"
            ),
            method=f"{name}_in" if takes_currency else "",
            method_doc=docstrings.money_in_doc(field),
        )


class EnumView:
    """What the template of an enumeration shows."""

    def __init__(self, enum: Enum) -> None:
        self.name = enum.name
        self.key = enum.key
        self.module = snake(enum.name)
        self.doc = docstrings.class_doc(enum)
        self.members = enum.members
        self.meanings = {
            member.value: member.meaning for member in enum.members if member.meaning
        }
        self.same = {
            member.value: member.same for member in enum.members if member.same
        }


class Uses:
    """What models are used for, worked out once.

    Attributes:
        sent: The models that callers build, by key.
        received: The models that are read from responses and webhooks, by key.
    """

    def __init__(self, api: Api) -> None:
        self.sent: Mapping[str, Model] = query.sent(api)
        self.received: Mapping[str, Model] = query.received(api)
        bodies = [operation.body for operation in api.operations if operation.body]
        self._whole = {
            body.model.key: query.reachable([body.type]).values()
            for body in bodies
            if body.model
        }

    def needs_one_currency(self, model: Model) -> bool:
        """Return whether a body has to be checked for amounts in several currencies."""
        parts = self._whole.get(model.key)
        return parts is not None and money.needs_one_currency(parts)


def tuple_of(names: Iterable[str]) -> str:
    """Return the expression of a tuple of texts."""
    return "(" + "".join(f"{name!r}, " for name in names) + ")"
