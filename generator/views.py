"""What the templates show of an operation, read from the normalised document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from . import describing, pricing
from .document import mapping, sequence
from .naming import constant, pascal, snake
from .normalising import SCHEMA_PREFIX, operations, properties, resolve, schemas
from .qualifying import names

Json = dict[str, Any]


# What tells a row of a list apart from the others, where `x-pagination` names nothing else.
ROW_IDS = ("id", "transactionId")


# A longer enumeration is not written out in every annotation that takes its values.
_MOST_LITERALS = 100


def _checked(annotation: str, value: str, name: str) -> str:
    named = set(names(annotation))
    kinds = named & {"date", "datetime"}
    if len(kinds) != 1 or "Mapping" in named:
        return value
    return f"{'_day' if 'date' in kinds else '_moment'}({value}, {name!r})"


class UnsupportedError(Exception):
    """Something of the document that the client has no form for; the text says what and where."""


@dataclass(frozen=True)
class Parameter:
    """A path, query or header parameter, or a property of the body.

    `setting` names the client's own setting that fills a path parameter or a header; callers do not pass it then.
    `deprecated` is what a warning says when it is passed, and is empty where there is nothing to say. `is_own_text`
    says of a path parameter that it is no id of the API.
    """

    name: str
    wire_name: str
    type: str
    required: bool
    doc: str
    setting: str = ""
    deprecated: str = ""
    is_own_text: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether a call without it, or with None for it, cannot be sent."""
        return self.required and "None" not in self.type.split(" | ")

    def written(self, operation: str) -> str:
        """Return the expression that writes it, in a mapping by its name on the wire.

        Args:
            operation: The record of its operation, which refuses what is needed and not there; none for a value of
                a path, which is refused where the path is made.
        """
        value = self.name
        if operation and self.is_needed:
            value = f"{operation}.needs({self.name!r}, {self.name})"
        return f"{self.wire_name!r}: {_checked(self.type, value, self.name)}"


@dataclass(frozen=True)
class Answer:
    """What a success gives: its type, and the decoder of the parsed JSON (`no_body`: there is none)."""

    type: str
    decode: str
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pagination:
    """How a list operation is followed: names in Python, empty where there is none.

    `items`, `page`, `size` and `total` are attributes of the answer, `identity` is one of a row. `whole` says that
    the answer is the whole list.
    """

    item: str
    items: str
    page: str
    size: str
    total: str
    identity: str
    page_parameter: str
    size_parameter: str
    whole: bool


@dataclass(frozen=True)
class OperationView:
    """One operation, with every name already in Python."""

    id: str
    resource: str
    method: str
    http_method: str
    path: str
    family: str
    moves_money: bool
    evidence: str
    source: str
    idempotency_key: str
    summary: str
    description: str
    evidence_text: str
    all_path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    all_header_parameters: tuple[Parameter, ...]
    body: str
    body_required: bool
    body_fields: tuple[Parameter, ...]
    answer: Answer
    pagination: Pagination | None
    errors: tuple[tuple[str, str], ...] = field(default=())
    key_repeats: bool = True
    refusals: tuple[int, ...] = ()
    advice: tuple[tuple[int, str], ...] = ()
    says_success: bool = False
    deprecated: str = ""

    @property
    def constant(self) -> str:
        """The name of the operation's record."""
        return constant(self.id)

    @property
    def module(self) -> str:
        """The module of its resource and the folder of its functions."""
        return self.resource.replace(".", "_")

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings of the client that its path needs."""
        return tuple(parameter.setting for parameter in self.all_path_parameters if parameter.setting)

    @property
    def own_texts(self) -> tuple[str, ...]:
        """The parameters of its path that hold a text of the caller's own, by their names on the wire."""
        return tuple(parameter.wire_name for parameter in self.all_path_parameters if parameter.is_own_text)

    @property
    def path_parameters(self) -> tuple[Parameter, ...]:
        """The path parameters that callers pass."""
        return tuple(parameter for parameter in self.all_path_parameters if not parameter.setting)

    @property
    def header_parameters(self) -> tuple[Parameter, ...]:
        """The header parameters that callers pass."""
        return tuple(parameter for parameter in self.all_header_parameters if not parameter.setting)

    @property
    def header_settings(self) -> tuple[tuple[str, str], ...]:
        """The headers that the settings of the client fill, and the settings."""
        filled = (parameter for parameter in self.all_header_parameters if parameter.setting)
        return tuple((parameter.wire_name, parameter.setting) for parameter in filled)

    @property
    def call(self) -> str:
        """How a user writes the call."""
        return f"{self.resource}.{self.method}"

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """The keyword arguments of the resource's method, required ones first."""
        fields = (*self.query_parameters, *self.header_parameters, *self.body_fields)
        return tuple(sorted(fields, key=lambda parameter: not parameter.required))

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """What a call warns of: the parameter that must have been passed (none: always), and the text."""
        named = (*self.path_parameters, *self.query_parameters, *self.header_parameters)
        always = [("", self.deprecated)] if self.deprecated else []
        # One that every call has is not looked for.
        return always + [
            ("" if parameter.required else parameter.name, parameter.deprecated)
            for parameter in named
            if parameter.deprecated
        ]

    @property
    def parameter_models(self) -> list[str]:
        """The names that the annotations of its function's parameters may hold."""
        types = " ".join(
            p.type for p in (*self.path_parameters, *self.query_parameters, *self.header_parameters)
        )
        return sorted(set(re.findall(r"[A-Za-z_]\w*", types)))

    @property
    def models(self) -> list[str]:
        """The model classes that the operation's functions name."""
        return sorted({*self.answer.models, *([self.body] if self.body else [])})


def operation_views(data: Json) -> list[OperationView]:
    """Every operation of the normalised document, in its order.

    Raises:
        UnsupportedError: naming the operation that cannot be represented.
    """
    return [_view(data, path, method, operation) for path, method, operation in operations(data)]


def _view(data: Json, path: str, method: str, operation: Json) -> OperationView:
    parameters: dict[str, list[Parameter]] = {"path": [], "query": [], "header": [], "cookie": []}
    for reference in sequence(operation.get("parameters")):
        node = resolve(data, reference)
        parameters[node["in"]].append(_parameter(data, node, operation))
    if parameters["cookie"]:
        raise UnsupportedError(f"{method.upper()} {path}: cookie parameters are not supported")
    body, body_required, fields = _body(data, operation, f"{method.upper()} {path}")
    return OperationView(
        id=operation["operationId"],
        resource=operation["x-resource"],
        method=operation["x-method"],
        http_method=method.upper(),
        path=path,
        family=operation.get("x-family", "pay"),
        moves_money=bool(operation.get("x-moves-money", False)),
        evidence=describing.weakest_evidence(operation),
        source=describing.sources(operation),
        idempotency_key=operation.get("x-idempotency-key", ""),
        key_repeats=operation.get("x-idempotency-repeats") is not False,
        summary=describing.text(operation.get("summary")) or operation["operationId"],
        description=describing.text(operation.get("description")),
        evidence_text=describing.operation_evidence(operation),
        all_path_parameters=tuple(_in_path_order(path, parameters["path"])),
        query_parameters=tuple(parameters["query"]),
        all_header_parameters=tuple(parameters["header"]),
        body=body,
        body_required=body_required,
        body_fields=fields,
        answer=_answer(data, operation),
        pagination=_pagination(data, operation),
        errors=_errors(data, operation),
        refusals=_refusals(data, operation),
        advice=_advice(data, operation),
        says_success=_says_success(data, operation),
        deprecated=describing.deprecation(operation, _call(operation)),
    )


def _call(operation: Json) -> str:
    """How warnings name an operation."""
    return f"client.{operation['x-resource']}.{operation['x-method']}"


def _in_path_order(path: str, parameters: list[Parameter]) -> list[Parameter]:
    return sorted(parameters, key=lambda parameter: path.index("{" + parameter.wire_name + "}"))


def _parameter(data: Json, node: Json, operation: Json) -> Parameter:
    schema = mapping(node.get("schema"))
    inherited = {"x-evidence": describing.weakest_evidence(operation)}
    name = snake(node["name"])
    return Parameter(
        name=name,
        wire_name=node["name"],
        type=parameter_type(data, schema),
        required=bool(node.get("required", False)),
        doc=describing.property_doc(inherited, {**schema, **node}),
        setting=str(node.get("x-client-setting", "")),
        deprecated=describing.deprecation(node, f"The parameter `{name}` of {_call(operation)}"),
        is_own_text=_is_own_text(node, operation),
    )


def _is_own_text(node: Json, operation: Json) -> bool:
    """Whether a path parameter holds a text of the caller's own, an order reference."""
    place = mapping(operation.get("x-call-facts")).get("order_reference")
    return node["in"] == "path" and place == f"$request.path.{node['name']}"


def _body(data: Json, operation: Json, where: str) -> tuple[str, bool, tuple[Parameter, ...]]:
    node = resolve(data, operation.get("requestBody") or {})
    if not node:
        return "", False, ()
    media = mapping(mapping(node["content"]).get("application/json"))
    reference = str(mapping(media.get("schema")).get("$ref", ""))
    if not reference.startswith(SCHEMA_PREFIX):
        raise UnsupportedError(f"{where}: the request body is not one JSON object with a named schema")
    name = reference.removeprefix(SCHEMA_PREFIX)
    return name, bool(node.get("required", False)), schema_fields(data, schemas(data)[name])


def schema_fields(data: Json, schema: Json) -> tuple[Parameter, ...]:
    """The properties of a request schema as parameters."""
    needed = required(data, schema)
    # Money brings its currency along, so the currency beside an amount may be left out.
    money_brings = pricing.currency_name(data, schema) if pricing.priced_amount(data, schema) else ""
    return tuple(
        Parameter(
            name=snake(name),
            wire_name=name,
            type=parameter_type(data, prop),
            required=name in needed and name != money_brings,
            doc=describing.property_doc(schema, {**_target_description(data, prop), **prop}),
        )
        for name, prop in properties(data, schema).items()
        # What only answers carry is no parameter.
        if not prop.get("readOnly", False)
    )


def _target_description(data: Json, prop: Json) -> Json:
    target = resolve(data, prop)
    return {"description": target["description"]} if target is not prop and "description" in target else {}


def required(data: Json, schema: Json) -> set[str]:
    """The properties that a schema requires, those of its `allOf` parts included."""
    names = set[str](sequence(schema.get("required")))
    for part in sequence(schema.get("allOf")):
        names |= required(data, resolve(data, part))
    return names


def parameter_type(data: Json, schema: Json, *, built: bool = True) -> str:
    """The annotation of a parameter: what a caller may pass.

    Args:
        data: The normalised document.
        schema: The parameter's schema.
        built: Whether a TypedDict is turned into its model before it is sent.
    """
    return " | ".join(dict.fromkeys(_parameter_types(data, schema, built)))


def _parameter_types(data: Json, schema: Json, built: bool) -> list[str]:
    if "$ref" in schema:
        return _named_types(data, str(schema["$ref"]).removeprefix(SCHEMA_PREFIX), built)
    for key in ("oneOf", "anyOf"):
        if key in schema:
            built = built and is_built(data, schema)
            return [name for part in schema[key] for name in _parameter_types(data, part, built)]
    if len(sequence(schema.get("allOf"))) == 1:
        return _parameter_types(data, schema["allOf"][0], built)
    if isinstance(schema.get("type"), list):
        return [
            name
            for kind in schema["type"]
            for name in _parameter_types(data, {**schema, "type": kind}, built)
        ]
    if "const" in schema:
        return [f"Literal[{schema['const']!r}]"]
    unit = schema.get("x-amount-unit", "unknown")
    priced = ["Money"] if unit != "unknown" else []
    match schema.get("type"):
        case "string":
            formats = {"date-time": "datetime", "date": "date"}
            return [formats.get(schema.get("format", ""), "str"), *priced]
        case "integer":
            return ["int", *priced]
        case "number":
            return ["int", "Decimal", *(priced if "x-amount-unit" in schema else ["float"])]
        case "boolean":
            return ["bool"]
        case "null":
            return ["None"]
        case "array":
            items = mapping(schema.get("items"))
            return [f"Sequence[{parameter_type(data, items, built=built and '$ref' in items)}]"]
        case "object":
            return ["Mapping[str, object]"]
        case _:
            return ["object"]


def is_built(data: Json, schema: Json) -> bool:
    """Whether one class alone, or a list of one, can be meant by a mapping that is passed for a union."""
    parts = [part for key in ("oneOf", "anyOf") for part in sequence(schema.get(key))]
    objects = [part for part in parts if _is_object(resolve(data, part))]
    lists = [part for part in parts if "$ref" in mapping(part.get("items"))]
    others = [part for part in parts if part not in lists and part.get("type") != "null"]
    return (len(objects) == 1 and not lists) or (len(lists) == 1 and not others)


def _named_types(data: Json, name: str, built: bool) -> list[str]:
    schema = schemas(data)[name]
    if schema.get("enum"):
        null = ["None"] if None in schema["enum"] else []
        if len(schema["enum"]) > _MOST_LITERALS:
            return [name, "int" if schema.get("type") == "integer" else "str", *null]
        values = [value for value in schema["enum"] if value is not None]
        return [name, f"Literal[{', '.join(map(repr, values))}]", *null]
    if schema.get("type") == "object" or "properties" in schema or "allOf" in schema:
        further = [] if schema.get("x-closed") else ["Mapping[str, object]"]
        return [
            name,
            *([f"{name}Params"] if built else []),
            *([] if built else ["Mapping[str, object]"]),
            *further,
            *(["Money"] if pricing.money_object_amount(data, schema) else []),
        ]
    return _parameter_types(data, schema, built)


def _answer(data: Json, operation: Json) -> Answer:
    for status, reference in mapping(operation.get("responses")).items():
        content = mapping(resolve(data, reference).get("content"))
        if str(status).startswith("2") and "application/json" in content:
            return _answer_of(data, content["application/json"].get("schema") or {})
    return Answer("None", "no_body")


def _answer_of(data: Json, schema: Json) -> Answer:
    name = str(schema.get("$ref", "")).removeprefix(SCHEMA_PREFIX)
    if name and _is_object(schemas(data)[name]):
        return Answer(name, f"ObjectBody({name})", (name,))
    target = resolve(data, schema)
    items = mapping(target.get("items"))
    item = str(items.get("$ref", "")).removeprefix(SCHEMA_PREFIX)
    if target.get("type") == "array" and item and _is_object(schemas(data)[item]):
        return Answer(f"list[{item}]", f"ArrayBody({item})", (item,))
    return Answer("Any", "any_body")


def _is_object(schema: Json) -> bool:
    return schema.get("type") == "object" or "properties" in schema or "allOf" in schema


def _pagination(data: Json, operation: Json) -> Pagination | None:
    mark = mapping(operation.get("x-pagination"))
    if not mark:
        return None
    answer = _answer(data, operation)
    envelope = properties(data, schemas(data)[answer.type]) if "items" in mark else {}
    if envelope:
        item = str(envelope[mark["items"]]["items"]["$ref"]).removeprefix(SCHEMA_PREFIX)
    else:
        item = answer.type.removeprefix("list[").removesuffix("]")
    names = properties(data, schemas(data)[item])
    identity = str(mark.get("identity") or next((name for name in ROW_IDS if name in names), ""))
    nodes = [resolve(data, parameter) for parameter in sequence(operation.get("parameters"))]
    queries = {node["name"]: node for node in nodes}

    def named(key: str, among: Json) -> str:
        name = str(mark.get(key, ""))
        return snake(name) if name in among else ""

    return Pagination(
        item=item,
        items=named("items", envelope),
        page=named("page", envelope),
        size=named("size", envelope),
        total=named("total", envelope),
        identity=snake(identity) if identity else "",
        page_parameter=named("page", queries),
        size_parameter=named("size", queries),
        whole=mark.get("whole", False),
    )


def _errors(data: Json, operation: Json) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for status, reference in mapping(operation.get("responses")).items():
        if str(status)[0] in "45":
            found.append(
                (str(status), describing.first_sentence(resolve(data, reference).get("description")))
            )
    return tuple(found)


def _refusals(data: Json, operation: Json) -> tuple[int, ...]:
    """The 4xx after which the call was not carried out, as the document describes them.

    What is only inferred describes nothing, and `x-refuses: false` says that a described one proves nothing.
    """
    inherited = describing.weakest_evidence(operation)
    found: list[int] = []
    for status, reference in mapping(operation.get("responses")).items():
        response = resolve(data, reference)
        is_known = response.get("x-evidence", inherited) != "inferred"
        refuses = response.get("x-refuses") is not False
        if re.fullmatch("4[0-9][0-9]", str(status)) and is_known and refuses:
            found.append(int(status))
    return tuple(sorted(found))


def _advice(data: Json, operation: Json) -> tuple[tuple[int, str], ...]:
    """What the document advises to do on a status of an operation."""
    responses = {status: resolve(data, node) for status, node in mapping(operation.get("responses")).items()}
    return tuple(
        (int(status), " ".join(response["x-advice"].split()))
        for status, response in sorted(responses.items())
        if "x-advice" in response
    )


def _says_success(data: Json, operation: Json) -> bool:
    """Whether the answer has a property `success` that is true or false."""
    for status, reference in mapping(operation.get("responses")).items():
        content = mapping(resolve(data, reference).get("content"))
        if str(status).startswith("2") and "application/json" in content:
            return _has_success(data, mapping(content["application/json"].get("schema")))
    return False


def _has_success(data: Json, schema: Json, above: tuple[Json, ...] = ()) -> bool:
    target = resolve(data, schema)
    if target in above:
        return False  # A union that holds itself.
    prop = mapping(properties(data, target).get("success"))
    if "boolean" in _json_types(resolve(data, prop)):
        return True
    parts = [*sequence(target.get("oneOf")), *sequence(target.get("anyOf"))]
    return any(_has_success(data, part, (*above, target)) for part in parts)


def _json_types(schema: Json) -> list[Any]:
    kind = schema.get("type")
    return sequence(kind) or [kind]


def request_schemas(data: Json) -> list[str]:
    """The object schemas that a caller can pass, by class name, in order."""
    found: set[str] = set()
    for view in operation_views(data):
        if view.body:
            _reach(data, {"$ref": SCHEMA_PREFIX + view.body}, found)
    return sorted(found)


def with_parts(data: Json, name: str) -> set[str]:
    """An object schema and all that it holds, by class name."""
    found: set[str] = set()
    _reach(data, {"$ref": SCHEMA_PREFIX + name}, found)
    return found


def answer_schemas(data: Json) -> set[str]:
    """The object schemas that answers and webhooks bring, by class name."""
    holders = [
        answer for _, _, operation in operations(data) for answer in operation.get("responses", {}).values()
    ]
    hooks = mapping(data.get("webhooks")).values()
    holders += [hook["post"].get("requestBody") or {} for hook in hooks if "post" in hook]
    found: set[str] = set()
    for holder in holders:
        for media in mapping(resolve(data, holder).get("content")).values():
            _reach(data, media.get("schema"), found)
    return found


def _reach(data: Json, schema: Any, found: set[str]) -> None:
    for part in sequence(schema):
        _reach(data, part, found)
    node = mapping(schema)
    if not node:
        return
    name = str(node.get("$ref", "")).removeprefix(SCHEMA_PREFIX)
    if name:
        target = schemas(data)[name]
        if name in found:
            return
        if _is_object(target):
            found.add(name)
        _reach(data, target, found)
        return
    for key in ("items", "oneOf", "anyOf", "allOf", "additionalProperties"):
        _reach(data, node.get(key), found)
    for prop in mapping(node.get("properties")).values():
        _reach(data, prop, found)


def by_resource(views: Iterable[OperationView]) -> dict[str, list[OperationView]]:
    """The operations grouped by resource, both in the document's order."""
    groups: dict[str, list[OperationView]] = {}
    for view in views:
        parts = view.resource.split(".")
        for depth in range(1, len(parts)):
            # `checkout` groups `checkout.sessions` and others, with or without operations of its own.
            groups.setdefault(".".join(parts[:depth]), [])
        groups.setdefault(view.resource, []).append(view)
    return groups


def resource_class(resource: str) -> str:
    """The class of a resource: `checkout.sessions` -> `CheckoutSessionsResource`, which is no model's name."""
    return pascal(resource.replace(".", "_")) + "Resource"


def children(resource: str, groups: Iterable[str]) -> list[str]:
    """The resources one level below a resource; below the empty one, those of the client itself."""
    prefix = f"{resource}." if resource else ""
    below = [name.removeprefix(prefix) for name in groups if name.startswith(prefix)]
    return [prefix + name for name in below if name and "." not in name]
