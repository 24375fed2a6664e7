"""Prepare what the templates show of models and enumerations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..identifiers import camel, snake
from ..model import money, query
from ..model.api import Api, Enum, Field, Model
from ..model.types import Constant, EnumRef, leaves_of
from . import docstrings
from .annotations import Names, attribute
from .wire_facts import discriminators, wire_call

#: Models may name each other, so they are looked up when a tool asks for the annotations.
_LATE_MODELS = Names(models="_hints.models.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute of a model.

    Attributes:
        wire_name: The name of the field on the wire.
        name: The name of the attribute.
        annotation: The annotation of the attribute.
        assigned: What stands behind the annotation: a default, facts about its JSON, or nothing.
        doc: The docstring.
    """

    wire_name: str
    name: str
    annotation: str
    assigned: str
    doc: str


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
    def base(self) -> str:
        """Return the class of the runtime that it derives from."""
        if not self.is_sent:
            return "WireModel"
        return "SharedModel" if self.is_received else "RequestModel"

    @property
    def facts(self) -> list[str]:
        """Return the names of what is true of it and not of every model."""
        further = self._model.further
        # Beside an amount without a currency field, no field asks for the check.
        has_field = self._currency is not None and self._priced is None
        facts = {
            "_is_closed": self.is_sent and self.is_closed,
            "_takes_any": further is not None and not self.further_type,
            "_has_one_currency": self.is_sent
            and self.needs_one_currency
            and not has_field,
        }
        return [name for name, is_true in facts.items() if is_true]

    @property
    def further_type(self) -> str:
        """Return the type of the fields that the schema does not name; nothing where any JSON will do."""
        further = self._model.further
        annotation = "Any" if further is None else attribute(further, _LATE_MODELS)
        return "" if annotation == "Any" else annotation

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
        return Attribute(
            wire_name=field.wire_name,
            name=field.name,
            annotation=annotation,
            assigned=self._assigned(field, annotation, default),
            doc=docstrings.field_doc(self._model, field),
        )

    def _assigned(self, field: Field, annotation: str, default: str) -> str:
        """Return what stands behind the annotation of a field."""
        facts = self._facts_of(field, annotation)
        if not facts:
            return f" = {default}" if default else ""
        metadata = f"metadata={wire_call(facts)}"
        arguments = f"default={default}, {metadata}" if default else metadata
        return f" = field({arguments})"

    def _facts_of(self, field: Field, annotation: str) -> dict[str, object]:
        """Return the facts about the JSON of a field that its name and its annotation do not say."""
        facts: dict[str, object] = {}
        if camel(field.name) != field.wire_name:
            facts["name"] = field.wire_name
        if field.amount is not None:
            facts["unit"] = field.unit or "unknown"
        if self.is_sent:
            facts |= self._facts_of_parameter(field)
        required = field.required and not field.write_only
        if required != ("Unset" not in annotation):
            facts["required"] = required
        if field.is_sensitive:
            facts["sensitive"] = True
        if found := discriminators(field.type):
            facts["discriminators"] = found
        return facts

    def _facts_of_parameter(self, field: Field) -> dict[str, object]:
        facts: dict[str, object] = {}
        if field is self._currency and field.amount is None:
            if self._priced is not None:
                facts["currency_of"] = self.priced
            elif self.needs_one_currency:
                facts["currency_of"] = "*"
        if amount := money.inner_amount(field):
            facts["amount"] = amount.name
        if field.read_only:
            facts["read_only"] = True
        if field.deprecation:
            subject = f"The parameter `{field.name}` of {self.name}"
            facts["deprecated"] = docstrings.deprecation(field.deprecation, subject)
        return facts

    def _annotation(self, field: Field) -> tuple[str, str]:
        """Return the annotation of a field, and its default."""
        # Of a request that a caller builds, what only responses carry is no part.
        is_required = field.required and not (field.read_only and self.is_sent)
        default = "" if is_required else "UNSET"
        if is_required and isinstance(field.type, Constant):
            default = repr(field.type.value)
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
            return f"{annotation} | Unset", "UNSET"
        return annotation, default

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
