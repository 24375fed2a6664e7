"""Define the nodes of the model: frozen and typed, each with its place in the document and how it is known.

A name in Python, a header, a type is read from the document once, by `build`; everything else asks these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ..diagnostics import Diagnostic
from ..document import Location, Mark, Pointer
from .types import ModelRef, Type

Evidence = Literal["documented", "documented-2023", "observed", "inferred"]
AmountUnit = Literal["minor", "major", "decimal-string"]
ParameterPlace = Literal["path", "query", "header"]
Content = Literal["json", "text", "binary"]

#: The key of the metadata of a field that has its class of change: what `changes` makes of another value.
CHANGE = "change"
#: Only readers notice another value.
FOR_READERS = {CHANGE: "docs"}
#: The value follows from others, which are compared themselves.
FOLLOWS = {CHANGE: "follows"}

#: The evidence levels, the best first.
EVIDENCE: tuple[Evidence, ...] = (
    "documented",
    "documented-2023",
    "observed",
    "inferred",
)

#: The levels that are good enough to say that something is not there. A fact of 2023 proves nothing today.
PROVES_ABSENCE: tuple[Evidence, ...] = ("documented", "observed")

#: Values of the `environment` argument of the clients.
ENVIRONMENTS = ("live", "test")

#: The arguments that every client has, whatever the document says.
ARGUMENTS = (
    "environment",
    "base_url",
    "timeout",
    "max_retries",
    "http_client",
    "max_response_bytes",
    "strict",
    "allow_inferred",
    "plain_http_hosts",
    "user_agent_suffix",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of a node in the document.

    Attributes:
        pointer: Its place in the bundled document.
        location: Its file and line.
        evidence: The evidence level, by its own extension or by that of the node it belongs to.
        is_stated: True if the extension is its own.
        sources: Where it was read.
    """

    pointer: Pointer
    location: Location
    evidence: Evidence
    is_stated: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of the API.

    Attributes:
        origin: Where it comes from.
    """

    origin: Origin

    @property
    def evidence(self) -> Evidence:
        """Return the evidence level."""
        return self.origin.evidence

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the sources in which it was read."""
        return self.origin.sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """A replacement for a deprecated thing, and when the thing goes.

    Attributes:
        since: The version since which it is deprecated, or nothing.
        use: The thing to use in its place, or nothing.
        until: The version that removes it, or nothing.
    """

    since: str
    use: str
    until: str


# -- families ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Node):
    """A parameter of operations that a client is told once, when it is made.

    Attributes:
        argument: The argument of the clients.
        variable: The environment variable that stands for it where it is not given; none if there is none.
        is_date: True if its value is a date, such as `2024-01-15`.
        family: The name of the family whose operations have it.
        text: A description for people.
    """

    argument: str
    variable: str | None
    is_date: bool
    family: str
    text: str = field(metadata=FOR_READERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Node):
    """Operations with a key, a header and origins of their own; no family uses what belongs to another.

    Attributes:
        name: The name in errors and records of operations.
        argument: The argument of the clients that takes its key.
        variable: The environment variable that stands for the key.
        header: The header that carries the raw key.
        origins: The origin for each environment; none where the document names none.
        base_url: The argument that takes another origin for this family alone; the main family has `base_url` only.
    """

    name: str
    argument: str
    variable: str
    header: str
    origins: Mapping[str, str]
    base_url: str | None = field(metadata=FOLLOWS)


# -- schemas ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A unit of an amount, as far as it is known.

    Attributes:
        unit: The unit; none where the vendor does not state it.
        evidence: The evidence level of the unit.
        pointer: Where the unit is written.
    """

    unit: AmountUnit | None
    evidence: Evidence = field(metadata=FOR_READERS)
    pointer: Pointer = field(metadata=FOLLOWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Node):
    """A property of an object.

    Attributes:
        wire_name: Its name on the wire.
        name: Its name in Python.
        type: Its type.
        required: True if the object always has it.
        read_only: True if only responses carry it.
        write_only: True if only requests carry it.
        description: The description for people.
        amount: Its unit, as far as it is known, if it is an amount.
        is_main_amount: True if `money` of the model is this amount.
        is_sensitive: True if its value is masked in every representation.
        is_hidden: True if a log shows its name alone: it, or what it refers to, is sensitive or free text.
        is_unix_time: True if its value is a number of seconds since 1970.
        wrapped_as: The name under which webhooks wrap its value in an object; nothing where they do not.
        server_default: The value that the server takes where the field is left out, as JSON; none if not known.
        deprecation: The replacement, if it is deprecated.
    """

    wire_name: str
    name: str = field(metadata=FOLLOWS)
    type: Type
    required: bool
    read_only: bool
    write_only: bool
    description: str = field(metadata=FOR_READERS)
    amount: Amount | None
    is_main_amount: bool = field(metadata=FOR_READERS)
    is_sensitive: bool
    is_hidden: bool
    is_unix_time: bool
    wrapped_as: str
    server_default: str | None
    deprecation: Deprecation | None

    @property
    def unit(self) -> AmountUnit | None:
        """Return the unit of its amount, if it is one whose unit is known."""
        return None if self.amount is None else self.amount.unit

    @property
    def argument(self) -> str:
        """Return the name of the constructor's argument: attrs drops leading underscores."""
        return self.name.lstrip("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """A rule by which a response says what the payer has to do next.

    Attributes:
        id: The field with the id of the payment.
        success: The field that says whether the payment succeeded.
        challenge: The field with the form of the bank.
        action: The name on the wire of what names the action; the response may not declare it.
        shows: The actions that show the form.
        finished: The actions after which nothing is left to do.
    """

    id: str
    success: str
    challenge: str
    action: str
    shows: tuple[str, ...]
    finished: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Schema(Node):
    """A schema with a name.

    Attributes:
        key: Its key in the document; one that is written in place has a key made of what it belongs to.
        name: Its class, or the name that a class of it would have.
        description: The description for people.
        is_unused: True if it is marked as a schema that nothing refers to.
    """

    key: str = field(metadata=FOR_READERS)
    name: str
    description: str = field(metadata=FOR_READERS)
    is_unused: bool = field(metadata=FOR_READERS)


@dataclass(frozen=True, kw_only=True, eq=False)
class Model(Schema):
    """An object with fields.

    Attributes:
        fields: Its fields in the document's order.
        further: The type of the fields that the schema does not name; none where it says nothing of them.
        is_closed: True if the schema refuses further fields.
        deprecation: The replacement, if it is deprecated.
        next_action: The rule for what the payer has to do next, if there is one.
        own_required: The names that it requires itself, those that its parts require left out.
        required_evidence: The evidence level of that for each way, `request` and `response`; none if not stated.
    """

    fields: tuple[Field, ...]
    further: Type | None
    is_closed: bool
    deprecation: Deprecation | None
    next_action: NextAction | None
    own_required: tuple[str, ...] = field(metadata=FOLLOWS)
    required_evidence: Mapping[str, str] | None = field(metadata=FOR_READERS)

    @cached_property
    def by_wire_name(self) -> Mapping[str, Field]:
        """Return the fields by their names on the wire."""
        return {field.wire_name: field for field in self.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A value of an enumeration.

    Attributes:
        name: Its name in Python.
        value: The value on the wire.
        meaning: The meaning; nothing where that is not known.
        same: The canonical spelling of the same value; nothing where it is this one.
    """

    name: str
    value: str | int
    meaning: str
    same: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Enum(Schema):
    """An enumeration.

    Attributes:
        members: Its members in the document's order, null left out.
        is_integer: True if the values are whole numbers.
        takes_null: True if null is one of the values.
        deprecation: The replacement, if it is deprecated.
    """

    members: tuple[Member, ...]
    is_integer: bool
    takes_null: bool
    deprecation: Deprecation | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Alias(Schema):
    """A schema that is neither an object nor an enumeration; whatever refers to it has its type.

    Attributes:
        type: Its type.
    """

    type: Type = field(metadata=FOLLOWS)


# -- operations -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """A value that the document shows for something that is sent.

    Attributes:
        value: The value as JSON.
    """

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Node):
    """A parameter of a path, a query or the headers.

    Attributes:
        wire_name: Its name on the wire.
        name: Its name in Python.
        place: Where it stands.
        type: Its type.
        required: True if every call has it.
        description: The description for people.
        amount: Its unit, as far as it is known, if it is an amount.
        server_default: The value that the server takes where it is left out, as JSON; none where that is not known.
        setting: The argument of the client that fills it; nothing where callers pass it.
        deprecation: The replacement, if it is deprecated.
        is_own_text: True if it holds a text of the caller's own, an order reference, and no id of the API.
        is_joined: True if the items of an array stand in one value, with commas between them.
        is_hidden: True if a log shows its name alone.
        example: The value that the document shows for it, if it shows one.
    """

    wire_name: str
    name: str = field(metadata=FOLLOWS)
    place: ParameterPlace
    type: Type
    required: bool
    description: str = field(metadata=FOR_READERS)
    amount: Amount | None
    server_default: str | None
    setting: str
    deprecation: Deprecation | None
    is_own_text: bool
    is_joined: bool
    is_hidden: bool
    example: Example | None = field(repr=False, compare=False, metadata=FOLLOWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Node):
    """A JSON body of a request.

    Attributes:
        type: The type of its JSON.
        required: True if every call has one.
        description: The description for people.
        example: The value that the document shows for it, if it shows one.
    """

    type: Type
    required: bool
    description: str = field(metadata=FOR_READERS)
    example: Example | None = field(repr=False, compare=False, metadata=FOLLOWS)

    @property
    def model(self) -> Model | None:
        """Return the model whose fields are the parameters of the call; None where the body is passed as a whole."""
        if not isinstance(self.type, ModelRef):
            return None
        model = self.type.model
        # An object without fields of its own is a map.
        return model if model.fields or model.is_closed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Node):
    """A response of the API with a status.

    Attributes:
        status: The status, such as `200`, or a range, such as `5XX`.
        type: The type of its content; none where it has none.
        media_type: The media type of its content; nothing where it has none.
        content: The way its content is read.
        description: The meaning, for people.
        advice: Advice for people; nothing where the document advises nothing.
        refuses: True if the status says that the call was not carried out, as far as it is described.
        shared_as: The name of the shared response that it refers to; nothing for one written in place.
    """

    status: str = field(metadata=FOLLOWS)
    type: Type | None
    media_type: str = field(metadata=FOR_READERS)
    content: Content
    description: str = field(metadata=FOR_READERS)
    advice: str = field(metadata=FOR_READERS)
    refuses: bool
    shared_as: str = field(metadata=FOR_READERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagination(Node):
    """A way to follow a list.

    Attributes:
        item: The model of a row.
        items: The field of the response that holds the rows; none where the response is the array.
        page: The field with the number of the page.
        size: The field with the size of the page.
        total: The field with the number of all rows.
        identity: The field that tells a row from others.
        page_parameter: The parameter with the number of the page.
        size_parameter: The parameter with the size of the page.
        whole: True if one response is the whole list.
    """

    item: Model
    items: Field | None
    page: Field | None
    size: Field | None
    total: Field | None
    identity: Field | None
    page_parameter: Parameter | None
    size_parameter: Parameter | None
    whole: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Operation(Node):
    """An operation. Its origin has the weaker evidence of its method and its path.

    Attributes:
        position: Its number among the operations as the document writes them; the package orders those of one path.
        wire_id: The operationId of the document.
        id: The operationId in Python: the module of its functions.
        resource: The attribute of the client, such as `checkout.sessions`.
        method: The method of the resource.
        http_method: The method of HTTP, in capitals.
        path: The template of the path.
        method_evidence: The evidence level of the HTTP method.
        path_evidence: The evidence level of the path.
        family: The family whose key and origin it has.
        moves_money: True if a call may move money.
        summary: A summary in a line.
        description: The description for people.
        deprecation: The replacement, if it is deprecated.
        parameters: Its parameters: its own, then those of its path.
        body: The body of its request, if there is one.
        responses: Its responses in the document's order.
        pagination: The way its list is followed, if it lists.
        idempotency_key: The parameter by which the API knows a repeated call, by its name on the wire, or nothing.
        key_repeats: True if the client may repeat a call because it has that key.
        facts: Where the facts of a call stand in its request, as runtime expressions.
        tags: The names of the groups in which the document lists it.
    """

    position: int = field(metadata=FOLLOWS)
    wire_id: str
    id: str
    resource: str
    method: str
    http_method: str
    path: str
    method_evidence: Evidence = field(metadata=FOLLOWS)
    path_evidence: Evidence = field(metadata=FOLLOWS)
    family: Family
    moves_money: bool
    summary: str = field(metadata=FOR_READERS)
    description: str = field(metadata=FOR_READERS)
    deprecation: Deprecation | None
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: tuple[Response, ...]
    pagination: Pagination | None
    idempotency_key: str
    key_repeats: bool
    facts: Mapping[str, str]
    tags: tuple[str, ...] = field(metadata=FOR_READERS)

    @property
    def title(self) -> str:
        """Return the name in messages."""
        return f"{self.http_method} {self.path}"

    @property
    def call(self) -> str:
        """Return how a user writes the call, such as `payment_links.create`."""
        return f"{self.resource}.{self.method}"

    @property
    def success(self) -> Response | None:
        """Return the first successful response that has content; none where no success has any."""
        for response in self.responses:
            if response.status.startswith("2") and response.type is not None:
                return response
        return None

    @property
    def result(self) -> Type | None:
        """Return the type of what a success brings; none where it brings nothing."""
        return None if self.success is None else self.success.type


@dataclass(frozen=True, kw_only=True, eq=False)
class LookUp:
    """One way to find out what became of a call.

    Attributes:
        pointer: Its place in the bundled document.
        operation: The operation that is asked.
        by: The fact of the call by which it is asked.
        row: The model of what it shows: a row of the list, or the whole response.
        fields: The fields of the row in which the fact comes back.
        amount: The field of the row with the amount, in the same unit as the call's; none where there is none.
        made: The field of the row with the time at which it was made.
        status: The field of the row with its state.
        found: The states that say that the call was carried out.
        ended: The states that say that it was, and that the money is back.
        absent: The states that are said to mean that it was not.
        whole: True if the operation can be carried out only once, and as a whole.
        original: The field of the row with the original's id.
        absence: True if a list that does not show the call is said to prove that it was not carried out.
        evidence: The weakest evidence of all that is read.
        is_known: True if all that is read is known well enough to prove an absence.
    """

    pointer: Pointer
    operation: Operation
    by: str
    row: Model
    fields: tuple[Field, ...]
    amount: Field | None
    made: Field | None
    status: str
    found: tuple[str, ...]
    ended: tuple[str, ...]
    absent: tuple[str, ...]
    whole: bool
    original: Field | None
    absence: bool
    evidence: Evidence = field(metadata=FOR_READERS)
    is_known: bool

    @property
    def is_list(self) -> bool:
        """Return whether it is searched page by page; else it shows one thing."""
        return self.operation.pagination is not None

    @property
    def finds(self) -> bool:
        """Return whether what it shows can be known to be the call's; else it only tells a person what is there."""
        if self.is_list:
            return self.made is not None or self.by == "idempotency_key"
        return bool(self.found or self.ended)


@dataclass(frozen=True, kw_only=True, eq=False)
class Recipe:
    """All look-ups of one operation that moves money.

    Attributes:
        operation: The operation.
        amount_unit: The unit of the amount in its request; none where there is no amount or no known unit.
        none: Why there is no look-up; nothing where there is one.
        check: The things that a person can check.
        look_ups: The look-ups, in the order in which they are asked.
    """

    operation: Operation = field(metadata=FOLLOWS)
    amount_unit: AmountUnit | None = field(metadata=FOLLOWS)
    none: str
    check: str = field(metadata=FOR_READERS)
    look_ups: tuple[LookUp, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Event(Node):
    """An event that a webhook delivers.

    Attributes:
        key: The key of the webhook in the document.
        wire_id: The operationId of the document.
        class_name: The class of the event.
        name: Its name in the body; nothing where the body has none.
        named_by: The field of the body with the name; none where the body has none.
        secret: The kind of secret that proves a delivery.
        scheme: The place of the security scheme that names the secret.
        prefix: The beginning of the identity of a delivery.
        identity: The JSON pointers whose values tell one event from another.
        body: The model of the body.
        data: The field of the body that holds what the event is about; none where that is the body itself.
        merchant: The field of the body with the id of the merchant.
        created: The field of the body with the time, as seconds since 1970.
        model: The model of what the event is about.
        summary: A summary in a line.
        description: The description for people.
        tags: The names of the groups in which the document lists it.
        example: The body that the document shows for it, if it shows one.
    """

    key: str = field(metadata=FOR_READERS)
    wire_id: str = field(metadata=FOR_READERS)
    class_name: str
    name: str
    named_by: Field | None
    secret: str
    scheme: Pointer = field(metadata=FOLLOWS)
    prefix: str
    identity: tuple[str, ...]
    body: Model
    data: Field | None = field(metadata=FOLLOWS)
    merchant: Field | None = field(metadata=FOLLOWS)
    created: Field | None = field(metadata=FOLLOWS)
    model: Model
    summary: str = field(metadata=FOR_READERS)
    description: str = field(metadata=FOR_READERS)
    tags: tuple[str, ...] = field(metadata=FOR_READERS)
    example: Example | None = field(repr=False, compare=False, metadata=FOLLOWS)

    @property
    def title(self) -> str:
        """Return the name in messages."""
        return f"webhook {self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper(Node):
    """A named schema that only wraps a value in webhooks: whatever refers to it has the value alone.

    Attributes:
        key: Its key in the document.
        description: The description for people.
        is_unused: True if it is marked as a schema that nothing refers to.
        fields: Its fields: the value alone, as far as webhooks wrap nothing else.
    """

    key: str
    description: str = field(metadata=FOR_READERS)
    is_unused: bool = field(metadata=FOR_READERS)
    fields: tuple[Field, ...] = field(metadata=FOLLOWS)

    @property
    def by_wire_name(self) -> Mapping[str, Field]:
        """Return the fields by their names on the wire."""
        return {field.wire_name: field for field in self.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description(Node):
    """A text of the document for people, on whatever it stands.

    Attributes:
        text: The text.
        is_of_unknown_unit: True if it describes an amount that is marked as one of unknown unit.
    """

    text: str
    is_of_unknown_unit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAmount(Node):
    """A named schema that is an amount itself; its evidence is that of the unit.

    Attributes:
        key: The key of the schema in the document.
    """

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedResponse(Node):
    """A response to which operations refer by its name.

    Attributes:
        name: Its key in the document.
    """

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Server(Node):
    """An origin, at one of the places that list it.

    Attributes:
        url: The origin.
        description: The description for people.
    """

    url: str = field(metadata=FOLLOWS)
    description: str = field(metadata=FOR_READERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme(Node):
    """A way to authenticate.

    Attributes:
        name: Its key in the document.
        description: The description for people.
    """

    name: str
    description: str = field(metadata=FOR_READERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownName:
    """A field that a debug log shows.

    Attributes:
        name: Its name on the wire.
        location: Where the document lists it.
    """

    name: str
    location: Location


@dataclass(frozen=True, kw_only=True, eq=False)
class Api:
    """An API with all its parts.

    Attributes:
        families: All families, the main one first: that of the operations that name no security of their own.
        settings: The settings of the clients besides keys and origins, in the order of the families.
        operations: All operations in the document's order.
        recipes: The ways to find out what became of a call, for each operation that says so.
        events: All events in the document's order.
        models: All models by key, in the order of the keys.
        enums: All enumerations by key, in the order of the keys.
        aliases: All other named schemas by key.
        wrappers: The schemas that only wrap a value, in the order of their keys.
        shared_amounts: The units of named schemas that are amounts themselves, in the document's order.
        shared_responses: The responses that operations share, in the document's order.
        servers: The servers, once for each place that lists one.
        security_schemes: The ways to authenticate, in the document's order.
        descriptions: All descriptions, in the document's order.
        references: Each reference and the component it leads to, grouped by the first three steps of its place. A
            discriminator that tells the children of its schema apart refers to each of them.
        shown_in_logs: The fields that a debug log shows; none where the document has no such list.
        hidden_in_logs: The fields that a larger document, of which this one is a part, hides.
        disputed_currencies: The currencies whose minor units are not those of ISO 4217, by the vendor's own list.
        marks: Where each part of the document was written.
    """

    families: tuple[Family, ...]
    settings: tuple[Setting, ...]
    operations: tuple[Operation, ...]
    recipes: tuple[Recipe, ...]
    events: tuple[Event, ...]
    models: Mapping[str, Model]
    enums: Mapping[str, Enum]
    aliases: Mapping[str, Alias]
    wrappers: tuple[Wrapper, ...]
    shared_amounts: tuple[SharedAmount, ...]
    shared_responses: tuple[SharedResponse, ...]
    servers: tuple[Server, ...]
    security_schemes: tuple[SecurityScheme, ...]
    descriptions: tuple[Description, ...]
    references: Mapping[Pointer, tuple[tuple[Pointer, Pointer], ...]]
    shown_in_logs: tuple[ShownName, ...] | None
    hidden_in_logs: tuple[str, ...]
    disputed_currencies: tuple[str, ...]
    marks: Mark = field(repr=False, metadata=FOLLOWS)

    def diagnostic(self, pointer: Pointer, message: str, fix: str) -> Diagnostic:
        """Return a diagnostic with what stands at a place in the document."""
        location = self.marks.where(pointer)
        return Diagnostic(location.file, location.line, message, fix)

    @property
    def main(self) -> Family:
        """Return the family of most operations."""
        return self.families[0]

    def settings_of(self, family: Family) -> tuple[Setting, ...]:
        """Return what the clients are told for the operations of a family."""
        return tuple(
            setting for setting in self.settings if setting.family == family.name
        )
