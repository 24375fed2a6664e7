"""The models and the functions: openapi-python-client reads the document, our templates write the code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from jinja2 import StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import string
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty

from . import classes, describing, pricing, qualifying, templating, views
from .naming import snake
from .normalising import properties, resolve, schemas
from .problems import GenerationError

Json = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates" / "opc"
FORKS = TEMPLATES / "upstream.json"


@dataclass(frozen=True)
class Field:
    """One attribute of a model, with the expressions that the template writes for it."""

    name: str
    wire_name: str
    required: bool
    annotation: str
    default: str
    doc: str
    decode: str
    encode: str
    build: str
    sensitive: bool
    deprecated: str
    expected: str
    odd: str
    is_needed: bool

    @property
    def argument(self) -> str:
        """The name attrs gives the constructor's argument: it drops leading underscores."""
        return self.name.lstrip("_")


@dataclass(frozen=True)
class EnumImport:
    """An enumeration that a model names."""

    name: str
    module: str


def generate(data: Json, out: Path) -> None:
    """Write `models/` and `api/` of the package at `out`.

    Raises:
        GenerationError: for anything that openapi-python-client would only warn about, an operation it would leave
            out, or a template of theirs that changed since we forked it.
    """
    _check_forks()
    # Amounts must never become a binary float; there is no setting for the type of a number.
    FloatProperty._type_string = "Decimal | int"  # pyright: ignore[reportPrivateUsage]
    # A constant is written with `repr`. What they escape before would be a part of the value then.
    strings: Any = string
    strings.remove_string_escapes = str
    config = Config.from_sources(
        ConfigFile(project_name_override=out.name, package_name_override=out.name, post_hooks=[]),
        MetaType.NONE,
        document_source=out,
        file_encoding="utf-8",
        overwrite=True,
        output_path=out,
    )
    parsed = classes.read(data, config)
    project = Project(openapi=parsed, config=config, custom_template_path=TEMPLATES)
    # A name that is not there must not become nothing.
    project.env.undefined = StrictUndefined
    filters = {"literal": templating.literal, "line": describing.line, "comment": describing.comment}
    project.env.filters.update(filters)  # pyright: ignore[reportUnknownMemberType]
    spec = SpecForTemplates(data)
    project.env.globals["spec"] = spec  # pyright: ignore[reportUnknownMemberType]
    out.mkdir(parents=True, exist_ok=True)
    with templating.explained(TEMPLATES, spec.about):
        project._build_models()  # pyright: ignore[reportPrivateUsage]
        project._build_api()  # pyright: ignore[reportPrivateUsage]
    # Their client and errors; ours are hand-written and part of the runtime.
    (out / "client.py").unlink()
    (out / "errors.py").unlink()
    _prove_complete(data, parsed)


def _prove_complete(data: Json, parsed: GeneratorData) -> None:
    wanted = {view.id for view in views.operation_views(data)}
    made = {
        str(endpoint.name)
        for collection in parsed.endpoint_collections_by_tag.values()
        for endpoint in collection.endpoints
    }
    if wanted != made:
        raise GenerationError(f"operations that were not generated: {', '.join(sorted(wanted ^ made))}")
    objects = {
        name for name, schema in schemas(data).items() if schema.get("x-schema-key") and _has_class(schema)
    }
    classes = {str(item.class_info.name) for item in [*parsed.models, *parsed.enums]}
    if not objects <= classes:
        raise GenerationError(f"schemas that were not generated: {', '.join(sorted(objects - classes))}")


def _has_class(schema: Json) -> bool:
    return schema.get("type") == "object" or bool(schema.get("enum"))


def _check_forks() -> None:
    recorded = cast("dict[str, str]", json.loads(FORKS.read_text("utf-8")))
    changed = [name for name, digest in recorded.items() if upstream_hash(name) != digest]
    forked = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja")}
    unrecorded = sorted(forked ^ recorded.keys())
    if changed:
        raise GenerationError(
            "openapi-python-client changed templates that ours were forked from: "
            f"{', '.join(sorted(changed))}. Compare them, carry over what matters, then run "
            "`python -m generator record-forks`."
        )
    if unrecorded:
        raise GenerationError(f"templates without a recorded upstream hash: {', '.join(unrecorded)}")


def record_forks() -> None:
    """Record the hash of each upstream template that ours replaces."""
    names = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja"))
    FORKS.write_text(json.dumps({name: upstream_hash(name) for name in names}, indent=2) + "\n", "utf-8")


def upstream_hash(name: str) -> str:
    """The SHA-256 of the template of openapi-python-client with this name."""
    return hashlib.sha256(files("openapi_python_client").joinpath("templates", name).read_bytes()).hexdigest()


class SpecForTemplates:
    """What the templates ask of the normalised document."""

    def __init__(self, data: Json) -> None:
        self._data = data
        self._views = {view.id: view for view in views.operation_views(data)}
        self._requests = set(views.request_schemas(data))
        self._answers = views.answer_schemas(data)
        self._amounts: dict[str, dict[str, str]] = {}
        self._currencies: dict[str, str] = {}
        self._priced = any(map(self.amounts, schemas(data)))
        self._bodies = {view.body for view in self._views.values()}
        models = [name for name, schema in schemas(data).items() if not schema.get("enum")]
        self._models = dict.fromkeys(models, "_hints.models.")
        self.docstring = _docstring
        self.literal = json.dumps

    def about(self, names: Mapping[str, Any]) -> str:
        """Say which schema or operation a template with these names is writing; nothing if they do not tell."""
        if "endpoint" in names:
            return templating.subject({"op": self.operation(str(names["endpoint"].name))})
        written = names.get("model") or names.get("enum")
        if not written:
            return ""
        name = str(written.class_info.name)
        field = names.get("f")
        part = f", property {field.wire_name}" if isinstance(field, Field) else ""
        return f"the schema {self.schema(name).get('x-schema-key', name)}{part}"

    def schema(self, name: str) -> Json:
        """The schema behind a class."""
        found: Json = schemas(self._data)[name]
        return found

    def schema_doc(self, name: str) -> str:
        """The docstring of the class."""
        return describing.schema_doc(self.schema(name))

    def operation(self, name: str) -> views.OperationView:
        """The operation with this id."""
        return self._views[name]

    def typed(self, annotation: str) -> str:
        """The annotation of an attribute, evaluated when a tool reads it: models may name each other."""
        return qualifying.qualified(annotation, self._models)

    def module(self, name: str) -> str:
        """The module of a class."""
        return snake(name)

    def is_request(self, name: str) -> bool:
        """Whether callers build this class from parameters."""
        return name in self._requests

    def is_closed(self, name: str) -> bool:
        """Whether the schema allows no further keys."""
        return bool(self.schema(name).get("x-closed"))

    def amounts(self, name: str) -> dict[str, str]:
        """The amounts of known unit of a class, with their units."""
        if name not in self._amounts:
            self._amounts[name] = pricing.amounts(self._data, self.schema(name))
        return self._amounts[name]

    def priced_amount(self, name: str) -> str:
        """The Python name of the amount that brings its currency along, or nothing."""
        wire_name = pricing.priced_amount(self._data, self.schema(name))
        return snake(wire_name) if wire_name else ""

    def currency(self, name: str) -> str:
        """The Python name of the currency beside the amounts, or nothing."""
        if name not in self._currencies:
            wire_name = pricing.currency_name(self._data, self.schema(name))
            self._currencies[name] = snake(wire_name) if wire_name else ""
        return self._currencies[name]

    def currency_check(self, name: str) -> str:
        """The function that a request's currency goes through: it must be there where the document requires it."""
        schema = self.schema(name)
        required = pricing.currency_name(self._data, schema) in views.required(self._data, schema)
        return "wire_currency" if required else "currency_beside"

    def needs_one_currency(self, name: str) -> bool:
        """Whether a body has to be checked for amounts in several currencies."""
        # Without an amount of known unit there is nothing to check, and nothing to look through.
        if not self._priced or name not in self._bodies:
            return False
        return pricing.needs_one_currency(self._data, views.with_parts(self._data, name))

    def is_answer(self, name: str) -> bool:
        """Whether the model is read from answers, and not only built for requests."""
        return name in self._answers or name not in self._requests

    def moneys(self, name: str) -> list[pricing.MoneyView]:
        """The properties that give amounts of an answer as Money."""
        return pricing.moneys(self._data, self.schema(name)) if self.is_answer(name) else []

    def next_action(self, name: str) -> Json | None:
        """What the property that says what a payment wants next is made of, where the schema has one."""
        schema = self.schema(name)
        if not (mark := schema.get("x-next-action")):
            return None
        made = {key: snake(mark[key]) for key in ("id", "success", "challenge")}
        # An answer whose schema has no such field may have it all the same.
        declared = mark["action"] in properties(self._data, schema)
        further = f'self.additional_properties.get("{mark["action"]}")'
        made["action"] = f"self.{snake(mark['action'])}" if declared else further
        return made | {key: _tuple(mark[key]) for key in ("shows", "finished")}

    def schema_names(self, names: list[str]) -> list[str]:
        """Those of the names that are schemas."""
        return [name for name in names if name in schemas(self._data)]

    def function_doc(self, op: views.OperationView) -> str:
        """The docstring of the first function of a module of the functional layer."""
        parts = [op.summary.rstrip(".") + ".", op.deprecated, op.description, op.evidence_text]
        parts.append(f"Returns the whole response. Raises `PlexyError`; see `{op.call}` for the errors.")
        return "\n\n".join(part for part in parts if part)

    def fields(self, model: Any) -> list[Field]:
        """The attributes of a model in the document's order."""
        schema = self.schema(str(model.class_info.name))
        declared = properties(self._data, schema)
        found = {
            str(_raw(prop.name)): prop for prop in [*model.required_properties, *model.optional_properties]
        }
        order = [name for name in declared if name in found] + [
            name for name in found if name not in declared
        ]
        return [
            self._field(schema, name, found[name], declared.get(name, {}), str(model.class_info.name))
            for name in order
        ]

    def _field(self, schema: Json, wire: str, prop: PropertyProtocol, node: Json, owner: str) -> Field:
        name = str(prop.python_name)
        annotation = prop.get_type_string().as_unembedded_code()
        default = "" if prop.required else " = UNSET"
        if prop.required and isinstance(prop, ConstProperty):
            default = f" = {prop.value.python_code.as_unembedded_code()}"
        if not self.is_answer(owner):
            # Only in requests may the amount be Money; it brings the currency along.
            if wire in self.amounts(owner):
                annotation = f"{annotation.removesuffix(' | Unset')} | Money" + (
                    " | Unset" if default else ""
                )
            elif name == self.currency(owner) and self.priced_amount(owner) and prop.required:
                annotation, default = f"{annotation} | Unset", " = UNSET"
        target = describing.text(resolve(self._data, node).get("description", ""))
        return Field(
            name=name,
            wire_name=wire,
            required=prop.required,
            annotation=annotation,
            default=default,
            doc=describing.property_doc(schema, {"description": target, **node}),
            decode=decode_expression(prop, f"data[{wire!r}]"),
            encode=self._encode(owner, prop, node, name),
            build=self._build(prop, node, name, owner),
            sensitive=bool(node.get("x-sensitive", False)),
            deprecated=describing.deprecation(node, f"The parameter `{name}` of {owner}"),
            expected=_expected(prop),
            odd=_odd_expression(prop, f"model.{name}", f"data[{wire!r}] is UNSET"),
            # Money brings a currency along, and null may be a value.
            is_needed=prop.required
            and not node.get("readOnly", False)
            and default != " = UNSET"
            and not {"None", "Any"} & set(annotation.split(" | ")),
        )

    def _encode(self, owner: str, prop: PropertyProtocol, node: Json, name: str) -> str:
        source = f"self.{name}"
        if not self.is_request(owner):
            return _encode_expression(prop, node, source)
        if "x-amount-unit" in node:
            answered = ", answered=True" if self.is_answer(owner) else ""
            return f'wire_amount({source}, "{node["x-amount-unit"]}", "{name}"{answered})'
        if name == self.currency(owner):
            if priced := self.priced_amount(owner):
                # What an answer brought goes out again as it came, also without a currency.
                check = "currency_beside" if self.is_answer(owner) else self.currency_check(owner)
                return f'{check}(self.{priced}, {source}, "{owner}")'
            if self.needs_one_currency(owner):
                return f"one_currency(self, {source})"
        if encoder := _encoder_of_times(prop):
            return f'{encoder}({source}, "{name}")'
        return _encode_expression(prop, node, source)

    def _build(self, prop: PropertyProtocol, node: Json, name: str, owner: str) -> str:
        target = resolve(self._data, node)
        amount = pricing.money_object_amount(self._data, target) if "$ref" in node else ""
        return _build_expression(prop, node, name, owner, snake(amount) if amount else "")

    def members(self, name: str) -> list[tuple[str, str]]:
        """The members of an enumeration and their values, as Python writes them."""
        schema = self.schema(name)
        values = [value for value in schema["enum"] if value is not None]
        return [
            (member, repr(value)) for member, value in zip(schema["x-enum-varnames"], values, strict=True)
        ]

    def enums_of(self, model: Any) -> list[EnumImport]:
        """The enumerations that the model's attributes name."""
        names = {
            str(inner.class_info.name)
            for prop in [*model.required_properties, *model.optional_properties, model.additional_properties]
            for inner in _flat(prop)
            if isinstance(inner, EnumProperty)
        }
        return [EnumImport(name, snake(name)) for name in sorted(names)]

    def model_imports(self, model: Any) -> list[str]:
        """The other models that the model's attributes name, as import statements."""
        own = f"import {model.class_info.name}"
        return sorted(statement for statement in model.lazy_imports if not statement.endswith(own))

    def additional_type(self, model: Any) -> str:
        """The type of the fields that the schema does not name."""
        prop = model.additional_properties
        return prop.get_type_string().as_unembedded_code() if prop else "Any"

    def decode_further(self, model: Any) -> str:
        """The expression that takes the fields beside the declared ones."""
        prop = model.additional_properties
        declared = self.schema(str(model.class_info.name)).get("additionalProperties")
        fields = f"{'further' if declared is None else 'free'}_fields(data, cls._blank)"
        inner = decode_expression(prop, "item") if prop else "item"
        return fields if inner == "item" else f"decode_mapping({fields}, lambda item: {inner})"

    def further(self, model: Any) -> str:
        """What is expected of the fields beside the declared ones; nothing where there should be none."""
        if self.schema(str(model.class_info.name)).get("additionalProperties") is None:
            return ""
        return _expected(model.additional_properties) if model.additional_properties else "any"

    def constants(self, name: str) -> str:
        """The values by which the model is told from the other variants of a union."""
        props = cast("Json", self.schema(name).get("properties") or {})
        values = {key: prop["x-constants"] for key, prop in props.items() if "x-constants" in prop}
        values.update({key: [prop["const"]] for key, prop in props.items() if "const" in prop})
        parts = [
            f"{key!r}: {found[0]!r}" if len(found) == 1 else f"{key!r}: frozenset({sorted(found)!r})"
            for key, found in sorted(values.items())
        ]
        return "{" + ", ".join(parts) + "}"

    def expected(self, fields: Any) -> str:
        """What the JSON of each field should be, as a mapping expression."""
        return "{" + ", ".join(f"{field.wire_name!r}: {field.expected!r}" for field in fields) + "}"

    def names(self, fields: Any) -> str:
        """The wire names of fields as a tuple expression."""
        return _tuple(sorted(field.wire_name for field in fields))

    def python_names(self, fields: Any) -> str:
        """The Python names of fields as a tuple expression."""
        return _tuple([field.name for field in fields])

    def offered(self, name: str, fields: Any) -> str:
        """The names of the parameters that callers may pass, as a tuple expression."""
        nodes = properties(self._data, self.schema(name))
        names = [field.name for field in fields if not nodes.get(field.wire_name, {}).get("readOnly")]
        return "cls._fields" if len(names) == len(fields) else _tuple(names)

    def encode_further(self, name: str, fields: Any) -> str:
        """The expression that encodes the fields beside the declared ones."""
        warns = fields and self.is_request(name) and not self.is_answer(name)
        return "encode_further(self)" if warns else "encode(self.additional_properties)"

    def sensitive(self, fields: Any) -> str:
        """The Python names of the fields to mask."""
        return _tuple(sorted(field.name for field in fields if field.sensitive))


def _docstring(text: str, indent: int) -> str:
    return describing.docstring(text, indent=indent)


def _tuple(names: list[str]) -> str:
    return "(" + "".join(f"{name!r}, " for name in names) + ")"


def _raw(name: Any) -> str:
    return name.get_untrusted_value() if hasattr(name, "get_untrusted_value") else str(name)


def _flat(prop: Any) -> list[Any]:
    if isinstance(prop, UnionProperty):
        return [inner for part in prop.inner_properties for inner in _flat(part)]
    if isinstance(prop, ListProperty):
        return _flat(prop.inner_property)
    return [] if prop is None else [prop]


def decode_expression(prop: Any, source: str, depth: int = 0) -> str:
    """The expression that decodes parsed JSON into the type of a property; the source itself if it needs nothing."""
    item = "item" if depth == 0 else f"item{depth}"
    if isinstance(prop, DateTimeProperty):
        return f"decode_datetime({source})"
    if isinstance(prop, DateProperty):
        return f"decode_date({source})"
    if isinstance(prop, EnumProperty):
        return f"_{snake(str(prop.class_info.name))}({source})"
    if isinstance(prop, ModelProperty):
        return f"decode_model({prop.class_info.name}, {source})"
    if isinstance(prop, ListProperty):
        if isinstance(prop.inner_property, ModelProperty):
            return f"decode_models({prop.inner_property.class_info.name}, {source})"
        if _expected(prop.inner_property) in _PLAIN:
            return f"decode_plain({source}, {_PLAIN[_expected(prop.inner_property)]})"
        inner = decode_expression(prop.inner_property, item, depth + 1)
        return source if inner == item else f"decode_list({source}, lambda {item}: {inner})"
    if isinstance(prop, UnionProperty):
        return _decode_union(prop, source, item, depth)
    return source


def _decode_union(prop: Any, source: str, item: str, depth: int) -> str:
    inner_properties = _flat_union(prop)
    models = [str(inner.class_info.name) for inner in inner_properties if isinstance(inner, ModelProperty)]
    decoders: list[Callable[[str], str]] = []
    if len(models) == 1:
        decoders.append(lambda value: f"decode_model({models[0]}, {value})")
    elif models:
        decoders.append(lambda value: f"decode_variant({value}, {', '.join(models)})")
    plain: list[str] = []
    for inner in inner_properties:
        if isinstance(inner, ModelProperty):
            continue
        if decode_expression(inner, item, depth + 1) != item:
            decoders.append(partial(_decode_inner, inner, depth + 1))
        else:
            plain.extend(_plain_types(inner))
    if not decoders:
        return source
    if len(decoders) == 1 and not plain:
        return decoders[0](source)
    accepted = f"({', '.join(dict.fromkeys(plain))}{',' if plain else ''})"
    return f"decode_union({source}, {accepted}, {', '.join(f'lambda {item}: {decode(item)}' for decode in decoders)})"


def _decode_inner(prop: Any, depth: int, source: str) -> str:
    return decode_expression(prop, source, depth)


def _plain_types(prop: Any) -> list[str]:
    """The Python types of parsed JSON that a property takes as they are."""
    kinds: list[tuple[type, list[str]]] = [
        (
            ConstProperty,
            [f"type({prop.value.python_code.as_unembedded_code()})"]
            if isinstance(prop, ConstProperty)
            else [],
        ),
        (BooleanProperty, ["bool"]),
        (IntProperty, ["int"]),
        (FloatProperty, ["int", "Decimal"]),
        (StringProperty, ["str"]),
        (NoneProperty, ["type(None)"]),
        (ListProperty, ["list"]),
    ]
    found = next((names for kind, names in kinds if isinstance(prop, kind)), None)
    return ["str", "int", "Decimal", "bool", "type(None)", "list", "dict"] if found is None else found


_WORDS: tuple[tuple[type, str], ...] = (
    (DateTimeProperty, "date-time"),
    (DateProperty, "date"),
    (BooleanProperty, "boolean"),
    (IntProperty, "integer"),
    (FloatProperty, "number"),
    (StringProperty, "string"),
    (NoneProperty, "null"),
)
_PLAIN = {"string": "TEXT", "integer": "INTEGER", "number": "NUMBER", "boolean": "BOOLEAN"}


def _expected(prop: Any) -> str:
    """What the JSON of a property should be, in the words that the runtime's `drift` reads."""
    if isinstance(prop, (EnumProperty, ModelProperty)):
        return str(prop.class_info.name)
    if isinstance(prop, ListProperty):
        inner = _expected(prop.inner_property)
        return f"[{inner}]"
    if isinstance(prop, UnionProperty):
        return " | ".join(dict.fromkeys(_expected(inner) for inner in _flat_union(prop)))
    if isinstance(prop, ConstProperty):
        return f"={json.dumps(prop.value.raw_value)}"
    return next((word for kind, word in _WORDS if isinstance(prop, kind)), "any")


def _odd_expression(prop: Any, source: str, is_missing: str) -> str:
    """The expression that finds what no decoder looks at: a plain field of another type, and one that is missing."""
    flat = _flat_union(prop) if isinstance(prop, UnionProperty) else [prop]
    checks: list[str] = []
    for inner in flat:
        word = _expected(inner)
        if isinstance(inner, ConstProperty):
            checks.append(f"{source} not in ({inner.value.python_code.as_unembedded_code()}, UNSET)")
        elif isinstance(inner, ListProperty) and decode_expression(inner, source) == source:
            checks.append(f"type({source}) not in (list, Unset)")
        elif word == "null":
            checks.insert(0, f"{source} is not None")
        elif word in _PLAIN:
            checks.append(f"type({source}) not in {_PLAIN[word]}")
        else:
            checks.clear()  # Anything goes, or a decoder looks at it.
            break
    if prop.required and checks == [f"type({source}) not in TEXT"]:
        return f"type({source}) is not str"
    found = " and ".join(checks)
    missing = is_missing if prop.required else ""
    if found and missing and len(checks) > 1:
        found = f"({found})"
    return " or ".join(
        part for part in (missing, found if missing or len(checks) < 2 else f"({found})") if part
    )


def _flat_union(prop: Any) -> list[Any]:
    return [
        inner
        for part in prop.inner_properties
        for inner in (_flat_union(part) if isinstance(part, UnionProperty) else [part])
    ]


def _encoder_of_times(prop: Any) -> str:
    """The function that encodes dates, or dates and times, and refuses the other kind; none where both can be meant."""
    flat = _flat(prop)
    if any(isinstance(inner, ModelProperty) for inner in flat):
        return ""
    days = any(isinstance(inner, DateProperty) for inner in flat)
    moments = any(isinstance(inner, DateTimeProperty) for inner in flat)
    return "" if days == moments else "encode_day" if days else "encode_moment"


def _encode_expression(prop: Any, node: Json, source: str) -> str:
    if "x-amount-unit" in node:
        return f"exact_amount({source})"
    plain = (
        StringProperty,
        IntProperty,
        FloatProperty,
        BooleanProperty,
        ConstProperty,
        NoneProperty,
    )
    flat = _flat_union(prop) if isinstance(prop, UnionProperty) else [prop]
    return source if all(isinstance(inner, plain) for inner in flat) else f"encode({source})"


def _build_expression(prop: Any, node: Json, name: str, owner: str, money_object: str) -> str:
    if node.get("readOnly", False):
        return "UNSET"
    required = prop.required and not isinstance(prop, ConstProperty)
    default = "UNSET"
    if isinstance(prop, ConstProperty) and prop.required:
        default = prop.value.python_code.as_unembedded_code()
    source = f'take(rest, "{name}", "{owner}")' if required else f'rest.pop("{name}", {default})'
    if "x-amount-unit" in node:
        return f'amount_parameter({source}, "{node["x-amount-unit"]}", "{name}")'
    if money_object:
        source = f'money_object({source}, "{money_object}")'
    if isinstance(prop, EnumProperty):
        return decode_expression(prop, source)
    if isinstance(prop, ListProperty) and isinstance(prop.inner_property, ModelProperty):
        return f'to_models({prop.inner_property.class_info.name}, {source}, "{name}")'
    models = [inner for inner in _flat(prop) if isinstance(inner, ModelProperty)]
    if len(models) == 1 and not isinstance(prop, ListProperty):
        return f'to_model({models[0].class_info.name}, {source}, "{name}")'
    return source
