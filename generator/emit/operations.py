"""Prepare what the templates show of operations."""

from __future__ import annotations

from dataclasses import dataclass

from ..identifiers import constant, pascal, snake
from ..model import query
from ..model.api import Amount, Api, Body, Field, Model, Operation, Parameter
from ..model.money import currency, priced_amount
from ..model.types import NULL, ModelRef, Scalar, Type, leaves_of, variants_of
from . import docstrings
from .annotations import LATE, PLAIN, attribute, parameter
from .results import classes_in, result_of
from .wire_facts import discriminators

#: Statuses that any response may have.
_OF_EVERY_OPERATION = ("400", "401", "403", "429")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A keyword argument of an operation.

    Attributes:
        name: Its name in Python.
        wire_name: Its name on the wire.
        type: Its type.
        amount: What is known of the amount that it is, if it is one.
        required: Whether every call has it.
        doc: What it is.
        setting: The setting of the client that fills it; callers do not pass it then.
        deprecated: The warning for callers who pass it, or nothing.
        is_own_text: Whether it holds a text of the caller's own, and no id of the API.
        is_joined: Whether the items of an array stand in one value, with commas between them.
    """

    name: str
    wire_name: str
    type: Type
    amount: Amount | None
    required: bool
    doc: str
    setting: str = ""
    deprecated: str = ""
    is_own_text: bool = False
    is_joined: bool = False

    @property
    def annotation(self) -> str:
        """Its annotation in a module that imports what it names."""
        return parameter(self.type, self.amount, PLAIN)

    @property
    def late_annotation(self) -> str:
        """Its annotation in a module that imports nothing of what it names."""
        return parameter(self.type, self.amount, LATE)

    @property
    def is_needed(self) -> bool:
        """Whether a call without it, or with None for it, cannot be sent."""
        return self.required and NULL not in variants_of(self.type)

    def written(self, operation: str) -> str:
        """Return the expression that writes it, in a mapping by its name on the wire.

        Args:
            operation: The record of its operation, which refuses what is needed and not there; none for a value of
                a path, which is refused where the path is made.
        """
        value = self.name
        if operation and self.is_needed:
            value = f"{operation}.needs({self.name!r}, {self.name})"
        value = self._checked(value)
        return f"{self.wire_name!r}: {f'joined({value})' if self.is_joined else value}"

    def _checked(self, value: str) -> str:
        leaves = list(leaves_of(self.type))
        kinds = {leaf.kind for leaf in leaves if isinstance(leaf, Scalar)} & {
            "date",
            "date-time",
        }
        if len(kinds) != 1 or any(isinstance(leaf, ModelRef) for leaf in leaves):
            return value
        return f"{'_day' if 'date' in kinds else '_moment'}({value}, {self.name!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """How a list is followed: names in Python, empty where there is none."""

    item: str
    late_item: str
    items: str
    page: str
    size: str
    total: str
    identity: str
    page_parameter: str
    size_parameter: str
    whole: bool


class OperationView:
    """What the templates show of an operation."""

    def __init__(self, node: Operation) -> None:
        self.node = node
        self.id = node.id
        self.constant = constant(node.id)
        self.resource = node.resource
        self.module = node.resource.replace(".", "_")
        self.method = node.method
        self.call = node.call
        self.http_method = node.http_method
        self.path = node.path
        self.family = node.family.name
        self.moves_money = node.moves_money
        self.evidence = node.evidence
        self.source = docstrings.sources(node)
        self.idempotency_key = node.idempotency_key
        self.key_repeats = node.key_repeats
        self.facts = node.facts
        self.summary = docstrings.paragraphs(node.summary) or node.id
        self.description = docstrings.paragraphs(node.description)
        self.evidence_text = docstrings.operation_evidence(node)
        self.deprecated = (
            docstrings.deprecation(node.deprecation, f"client.{node.call}")
            if node.deprecation
            else ""
        )
        model = node.body.model if node.body else None
        self.body = model.name if model else ""
        self.body_required = node.body is not None and node.body.required
        self.body_fields = body_arguments(model) if model else ()
        self.whole_body = whole_body(node.body) if node.body and model is None else None
        self.result = result_of(node.success)
        self.pagination = _pagination(node)
        self.says_success = query.says_success(node)
        path, named = (
            self._arguments("path"),
            (*self._arguments("query"), *self._arguments("header")),
        )
        # The lint refuses a path whose names are not those of its parameters.
        self._path = sorted(
            path, key=lambda argument: node.path.find("{" + argument.wire_name + "}")
        )
        self._headers = self._arguments("header")
        self.path_parameters = [
            argument for argument in self._path if not argument.setting
        ]
        self.query_parameters = self._arguments("query")
        self.header_parameters = [
            argument for argument in self._headers if not argument.setting
        ]
        self.named = [argument for argument in named if not argument.setting]

    def _arguments(self, place: str) -> list[Argument]:
        return [
            self._argument(one) for one in self.node.parameters if one.place == place
        ]

    def _argument(self, node: Parameter) -> Argument:
        subject = f"The parameter `{node.name}` of client.{self.call}"
        return Argument(
            name=node.name,
            wire_name=node.wire_name,
            type=node.type,
            amount=node.amount,
            required=node.required,
            doc=docstrings.parameter_doc(self.node, node),
            setting=node.setting,
            deprecated=docstrings.deprecation(node.deprecation, subject)
            if node.deprecation
            else "",
            is_own_text=node.is_own_text,
            is_joined=node.is_joined,
        )

    @property
    def settings(self) -> list[str]:
        """The settings of the client that its path needs."""
        return [argument.setting for argument in self._path if argument.setting]

    @property
    def own_texts(self) -> list[str]:
        """The parameters of its path that hold a text of the caller's own, by their names on the wire."""
        return [argument.wire_name for argument in self._path if argument.is_own_text]

    @property
    def header_settings(self) -> list[tuple[str, str]]:
        """The headers that the settings of the client fill, and the settings."""
        return [(one.wire_name, one.setting) for one in self._headers if one.setting]

    @property
    def arguments(self) -> list[Argument]:
        """The keyword arguments of the resource's method, required ones first."""
        whole = [self.whole_body.argument] if self.whole_body else []
        return sorted(
            (*self.named, *self.body_fields, *whole),
            key=lambda argument: not argument.required,
        )

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """What a call warns of: the parameter that must have been passed (none: always), and the text."""
        named = [one for one in (*self.path_parameters, *self.named) if one.deprecated]
        always = [("", self.deprecated)] if self.deprecated else []
        # One that every call has is not looked for.
        return always + [
            ("" if one.required else one.name, one.deprecated) for one in named
        ]

    @property
    def parameter_classes(self) -> list[tuple[str, str]]:
        """The modules and names of the classes that the annotations of its functions' parameters name."""
        names: set[str] = set()
        for argument in (*self.path_parameters, *self.named):
            names.update(classes_in(argument.type))
        return sorted((snake(name), name) for name in names)

    @property
    def classes(self) -> list[tuple[str, str]]:
        """The modules and names of the classes of its body and its response."""
        names = {*self.result.models, *([self.body] if self.body else [])}
        names |= set(self.whole_body.classes) if self.whole_body else set()
        return sorted((snake(name), name) for name in names)

    @property
    def function_doc(self) -> str:
        """Return the docstring of the first function of a module of the functional layer.

        Editors show the methods of the clients, whose docstrings are whole.
        """
        parts = [
            self.summary.rstrip(".") + ".",
            self.deprecated,
            "Send the request; return the whole response. "
            f"`PlexyPay.{self.call}` documents the meaning, the units and the errors.",
        ]
        return "\n\n".join(part for part in parts if part)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Return the statuses of errors, and what each means, but for those that every operation shares."""
        return [
            (response.status, docstrings.first_sentence(response.description))
            for response in self.node.responses
            if response.status[0] in "45"
            and not (response.shared_as and response.status in _OF_EVERY_OPERATION)
        ]

    @property
    def refusals(self) -> list[int]:
        """The 4xx after which the call was not carried out, as the document describes them."""
        return sorted(
            int(response.status) for response in self.node.responses if response.refuses
        )

    @property
    def advice(self) -> list[tuple[int, str]]:
        """What the document advises to do on a status."""
        found = [
            (response.status, response.advice)
            for response in self.node.responses
            if response.advice
        ]
        return [(int(status), text) for status, text in sorted(found)]


def views_of(api: Api) -> dict[str, OperationView]:
    """Return the view of each operation by its id, in the document's order."""
    return {operation.id: OperationView(operation) for operation in api.operations}


def body_arguments(model: Model) -> tuple[Argument, ...]:
    """Return the keyword arguments that the fields of a body become."""
    # Money brings its currency along, so the currency beside an amount may be left out.
    brought = currency(model) if priced_amount(model) else None
    return tuple(
        _of_field(model, field, brought)
        for field in model.fields
        if not field.read_only
    )


def _of_field(model: Model, field: Field, brought: Field | None) -> Argument:
    return Argument(
        name=field.name,
        wire_name=field.wire_name,
        type=field.type,
        amount=field.amount,
        required=field.required and field is not brought,
        doc=docstrings.field_doc(model, field),
    )


def _pagination(node: Operation) -> PageView | None:
    page = node.pagination
    if page is None:
        return None
    return PageView(
        item=page.item.name,
        late_item=LATE.models + page.item.name,
        items=_name(page.items),
        page=_name(page.page),
        size=_name(page.size),
        total=_name(page.total),
        identity=_name(page.identity),
        page_parameter=_name(page.page_parameter),
        size_parameter=_name(page.size_parameter),
        whole=page.whole,
    )


def _name(node: Field | Parameter | None) -> str:
    return "" if node is None else node.name


def resource_class(resource: str) -> str:
    """Return the class of a resource: `checkout.sessions` -> `CheckoutSessionsResource`, which is no model's name."""
    return pascal(resource.replace(".", "_")) + "Resource"


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeBody:
    """A body that is passed as a whole: an array, a map, a union or a plain value.

    Attributes:
        argument: The argument of the method.
        annotation: The annotation of what the functional layer takes: models are built by then.
        build: The expression that turns the mappings in it into models.
        classes: The classes that it names.
    """

    argument: Argument
    annotation: str
    build: str
    classes: tuple[str, ...]


def _built_body(type_: Type) -> str:
    if not any(isinstance(leaf, ModelRef) for leaf in leaves_of(type_)):
        return "body"
    found = discriminators(type_)
    apart = f", {found}" if found else ""
    return f"build_body(body, {attribute(type_, PLAIN)}{apart})"


def whole_body(node: Body) -> WholeBody:
    """Return what a method takes as a body that has no fields."""
    argument = Argument(
        name="body",
        wire_name="",
        type=node.type,
        amount=None,
        required=node.required,
        doc=docstrings.paragraphs(node.description) or "The body of the request.",
    )
    return WholeBody(
        argument=argument,
        annotation=parameter(node.type, None, PLAIN, built=False),
        build=_built_body(node.type),
        classes=tuple(classes_in(node.type)),
    )
