"""From the bundled document to one that both code generators read rightly.

Each weakness of the tools is met in one small pass; `PASSES` is the order. A pass changes the document it is given,
which is a copy of its own.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from .document import mapping, parse_pointer, sequence
from .naming import class_names, constant, pascal, snake
from .naming import method as method_name

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SCHEMA_PREFIX = "#/components/schemas/"


def normalise(data: Json) -> Json:
    """The document with every pass applied; the given one stays as it is."""
    normal = copy.deepcopy(data)
    for change in PASSES:
        change(normal)
    return normal


def operations(data: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation of the document as path, method, operation."""
    for path, item in mapping(data.get("paths")).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def schemas(data: Json) -> Json:
    """The document's named schemas."""
    return cast("Json", data.setdefault("components", {}).setdefault("schemas", {}))


def every_schema(data: Json) -> Iterator[Json]:
    """Every schema object of the document, the nested ones after the one that holds them."""
    for schema in list(schemas(data).values()):
        yield from nested(schema)
    for parameter in _parameters(data):
        yield from nested(parameter.get("schema"))
    for content in _contents(data):
        for media in content.values():
            yield from nested(media.get("schema"))


def nested(schema: Any) -> Iterator[Json]:
    """A schema and all schemas written inside it."""
    if not isinstance(schema, dict):
        return
    node = cast("Json", schema)
    yield node
    for key in ("items", "additionalProperties", "not"):
        yield from nested(node.get(key))
    for key in ("oneOf", "anyOf", "allOf", "prefixItems"):
        for item in sequence(node.get(key)):
            yield from nested(item)
    for item in mapping(node.get("properties")).values():
        yield from nested(item)


def resolve(data: Json, node: Json) -> Json:
    """The object that a `$ref` points to, or the node itself."""
    while "$ref" in node:
        target: Any = data
        for part in parse_pointer(str(node["$ref"])):
            target = target[part]
        node = target
    return node


def properties(data: Json, schema: Json) -> Json:
    """The properties of a schema, those of its `allOf` parts included."""
    found: Json = {}
    for part in sequence(schema.get("allOf")):
        found.update(properties(data, resolve(data, part)))
    found.update(schema.get("properties") or {})
    return found


def _parameters(data: Json) -> Iterator[Json]:
    holders: list[Any] = list(mapping(data.get("components")).get("parameters", {}).values())
    for item in mapping(data.get("paths")).values():
        holders.extend(sequence(item.get("parameters")))
    for _, _, operation in operations(data):
        holders.extend(sequence(operation.get("parameters")))
    yield from (holder for holder in holders if "$ref" not in holder)


def _contents(data: Json) -> Iterator[Json]:
    components = mapping(data.get("components"))
    holders: list[Any] = [
        *components.get("responses", {}).values(),
        *components.get("requestBodies", {}).values(),
    ]
    webhooks = [hook["post"] for hook in mapping(data.get("webhooks")).values() if "post" in hook]
    for operation in [*(operation for _, _, operation in operations(data)), *webhooks]:
        holders.append(operation.get("requestBody") or {})
        holders.extend(mapping(operation.get("responses")).values())
    yield from (holder["content"] for holder in holders if "content" in holder)


# -- the passes ------------------------------------------------------------------------------------------------------


def path_parameters_move_to_operations(data: Json) -> None:
    """openapi-python-client loses the operations of a path whose parameters are written beside them."""
    for item in mapping(data.get("paths")).values():
        shared = item.pop("parameters", [])
        for method in METHODS:
            if method not in item or not shared:
                continue
            own: list[Any] = sequence(item[method].get("parameters"))
            taken = {_parameter_key(data, parameter) for parameter in own}
            item[method]["parameters"] = own + [
                copy.deepcopy(parameter)
                for parameter in shared
                if _parameter_key(data, parameter) not in taken
            ]


def _parameter_key(data: Json, parameter: Json) -> tuple[str, str]:
    resolved = resolve(data, parameter)
    return resolved["in"], resolved["name"]


def security_is_written_on_every_operation(data: Json) -> None:
    """openapi-python-client ignores the document's own security."""
    common = data.pop("security", None)
    for _, _, operation in operations(data):
        if common is not None and "security" not in operation:
            operation["security"] = copy.deepcopy(common)


def operations_belong_to_their_resource(data: Json) -> None:
    """The tag decides the folder of the functions, the operation id the module: both follow our names."""
    for path, method, operation in operations(data):
        operation["operationId"] = snake(operation.get("operationId") or f"{method}_{path}")
        resource = operation.get("x-resource") or (operation.get("tags") or ["default"])[0]
        operation["x-resource"] = ".".join(snake(part) for part in resource.split("."))
        operation["tags"] = [operation["x-resource"].replace(".", "_")]
        operation["x-method"] = method_name(operation.get("x-method") or operation["operationId"])


def wrapped_values_are_taken_out(data: Json) -> None:
    """Webhooks wrap some values in an object (`x-wrapped: Value`); they are read as the value alone."""
    wrappers: set[str] = set()
    for schema in list(every_schema(data)):
        for prop in mapping(schema.get("properties")).values():
            if "x-wrapped" not in prop:
                continue
            name = prop["x-wrapped"]
            for part in sequence(prop.pop("oneOf", None)):
                value = mapping(resolve(data, part).get("properties")).get(name)
                if value is not None:
                    wrappers.add(str(part["$ref"]))
                    prop |= {**value, **prop}
    used = {str(schema.get("$ref")) for schema in every_schema(data)}
    for reference in wrappers - used:
        del schemas(data)[_unescaped(reference.removeprefix(SCHEMA_PREFIX))]


def nullable_becomes_a_type(data: Json) -> None:
    """OpenAPI 3.0 says `nullable: true`; beside a `$ref` tools drop it in silence."""
    for schema in list(every_schema(data)):
        if not schema.pop("nullable", False):
            continue
        if "$ref" in schema:
            schema["oneOf"] = [{"$ref": schema.pop("$ref")}, {"type": "null"}]
        elif isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
            if "enum" in schema and None not in schema["enum"]:
                schema["enum"] = [*schema["enum"], None]
        elif "allOf" in schema:
            schema["oneOf"] = [{"allOf": schema.pop("allOf")}, {"type": "null"}]
        else:
            for key in ("oneOf", "anyOf"):
                if key in schema:
                    schema[key] = [*schema[key], {"type": "null"}]


def nullable_enums_become_unions(data: Json) -> None:
    """openapi-python-client renames the class of a named enum that lists null; the null moves to where it is used."""
    nullable: set[str] = set()
    for key, schema in schemas(data).items():
        if None in sequence(schema.get("enum")):
            schema["enum"] = [value for value in schema["enum"] if value is not None]
            schema["type"] = (
                "integer" if all(isinstance(value, int) for value in schema["enum"]) else "string"
            )
            nullable.add(SCHEMA_PREFIX + key)
    for schema in list(every_schema(data)):
        if schema.get("$ref") in nullable:
            schema["oneOf"] = [{"$ref": schema.pop("$ref")}, {"type": "null"}]


def inline_schemas_get_names(data: Json) -> None:
    """An object or enum written in place becomes a named schema, so that it gets a class with a name we chose."""
    named = schemas(data)
    for key in list(named):
        _name_parts(named, named[key], key)
    for _, _, operation in operations(data):
        base = pascal(operation["operationId"])
        for parameter in sequence(operation.get("parameters")):
            if "schema" in parameter:
                parameter["schema"] = _named(named, parameter["schema"], base + pascal(parameter["name"]))
        holders = [("Request", mapping(operation.get("requestBody")))]
        holders += [
            (f"Response{status}", answer) for status, answer in mapping(operation.get("responses")).items()
        ]
        for suffix, holder in holders:
            for media in mapping(holder.get("content")).values():
                if "schema" in media:
                    media["schema"] = _named(named, media["schema"], base + pascal(suffix))


def _named(named: Json, schema: Json, name: str) -> Json:
    _name_parts(named, schema, name)
    is_object = schema.get("type") == "object"
    if "$ref" in schema or not (is_object or schema.get("enum")):
        return schema
    key = name
    while key in named:
        key += "_"
    named[key] = {"x-evidence": "inferred", **schema}
    return {"$ref": SCHEMA_PREFIX + key}


def _name_parts(named: Json, schema: Json, name: str) -> None:
    for key, item in mapping(schema.get("properties")).items():
        schema["properties"][key] = _named(named, item, f"{name}_{key}")
    if isinstance(schema.get("items"), dict):
        schema["items"] = _named(named, schema["items"], f"{name}_item")
    if isinstance(schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = _named(named, schema["additionalProperties"], f"{name}_value")
    for key in ("oneOf", "anyOf"):
        if key in schema:
            schema[key] = [_named(named, item, f"{name}_{n}") for n, item in enumerate(schema[key], 1)]


def schemas_are_keyed_by_class_name(data: Json) -> None:
    """Titles become class names in openapi-python-client and collide; the schema key decides instead."""
    named = schemas(data)
    names = class_names(named)
    for schema in every_schema(data):
        schema.pop("title", None)
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith(SCHEMA_PREFIX):
            schema["$ref"] = SCHEMA_PREFIX + names[_unescaped(reference.removeprefix(SCHEMA_PREFIX))]
        targets = mapping(mapping(schema.get("discriminator")).get("mapping"))
        for value, target in targets.items():
            key = _unescaped(str(target).removeprefix(SCHEMA_PREFIX))
            targets[value] = SCHEMA_PREFIX + names.get(key, key)
    data["components"]["schemas"] = {
        names[key]: {**schema, "x-schema-key": key} for key, schema in sorted(named.items())
    }


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def discriminators_become_constants(data: Json) -> None:
    """openapi-python-client ignores the discriminator; a constant on each variant tells them apart."""
    named = schemas(data)
    values: dict[tuple[str, str], list[str]] = {}
    for schema in every_schema(data):
        discriminator = mapping(schema.get("discriminator"))
        variants = [
            str(part["$ref"])
            for part in sequence(schema.get("oneOf") or schema.get("anyOf"))
            if "$ref" in part
        ]
        if not discriminator or not variants:
            continue
        name = str(discriminator["propertyName"])
        targets = mapping(discriminator.get("mapping"))
        for reference in variants:
            variant = reference.removeprefix(SCHEMA_PREFIX)
            keys = [value for value, target in targets.items() if target == reference]
            # Without a mapping the schema's own key, as the document wrote it, is the value.
            wanted = values.setdefault((variant, name), [])
            wanted.extend(key for key in keys or [named[variant]["x-schema-key"]] if key not in wanted)
    for (variant, name), wanted in values.items():
        properties = cast("Json", named[variant].setdefault("properties", {}))
        kept = {
            key: value for key, value in properties.get(name, {}).items() if key.startswith(("x-", "desc"))
        }
        properties[name] = {**kept, "type": "string", "x-constants": wanted}
        if len(wanted) == 1:
            properties[name]["const"] = wanted[0]


def enum_members_get_unique_names(data: Json) -> None:
    """Values that differ in signs or capitals only (`GMT+0`, `GMT-0`) would become one member and stop the run."""
    for schema in every_schema(data):
        values: list[Any] = [value for value in sequence(schema.get("enum")) if value is not None]
        if not values:
            continue
        schema["x-enum-varnames"] = enum_members(values)


def enum_members(values: list[Any]) -> list[str]:
    """The name of the member of each value of an enumeration."""
    names: dict[str, None] = {}
    for value in values:
        name = base = _member_name(value)
        count = 2
        while name in names:
            name = f"{base}_{count}"
            count += 1
        names[name] = None
    return list(names)


def _member_name(value: Any) -> str:
    text = str(value).replace("-", " minus ") if isinstance(value, int) else str(value)
    name = constant(text) if re.search(r"[^\W_]", text) else "EMPTY"
    name = name.removeprefix("FIELD_")
    # `mro` and dunder names belong to the Enum machinery itself.
    return (
        f"VALUE_{name}"
        if not name.isidentifier() or name[0].isdigit() or name in ("MRO", "NAME", "VALUE")
        else name
    )


def amounts_carry_their_unit(data: Json) -> None:
    """The unit may stand in the schema that an amount refers to; what reads a property looks at the property alone."""
    for schema in list(every_schema(data)):
        for prop in mapping(schema.get("properties")).values():
            for key in ("x-amount-unit", "x-amount-unit-evidence"):
                if key not in prop and (found := _mark(data, prop, key)) is not None:
                    prop[key] = found


def _mark(data: Json, schema: Json, key: str) -> Any:
    """A mark of a schema that is no object, or of the one it refers to."""
    target = resolve(data, schema)
    parts = [part for kind in ("allOf", "oneOf", "anyOf") for part in sequence(target.get(kind))]
    return next(
        (
            found
            for found in (target.get(key), *(_mark(data, part, key) for part in parts))
            if found is not None
        ),
        None,
    )


def defaults_stay_with_the_server(data: Json) -> None:
    """A default in the document says what the server does when a value is left out; the client sends nothing then."""
    for schema in every_schema(data):
        if "default" in schema:
            schema["x-server-default"] = schema.pop("default")


def ids_stay_strings(data: Json) -> None:
    """The API's ids come as UUIDs and as other text in the same places; text is what a caller stores and compares."""
    for schema in every_schema(data):
        if schema.get("format") == "uuid":
            del schema["format"]


def models_keep_unknown_fields(data: Json) -> None:
    """Every model keeps fields it does not know; a closed schema only refuses misspelt parameters of a caller."""
    for schema in every_schema(data):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
            schema["x-closed"] = True


PASSES: tuple[Callable[[Json], None], ...] = (
    path_parameters_move_to_operations,
    security_is_written_on_every_operation,
    operations_belong_to_their_resource,
    wrapped_values_are_taken_out,
    nullable_becomes_a_type,
    inline_schemas_get_names,
    nullable_enums_become_unions,
    schemas_are_keyed_by_class_name,
    discriminators_become_constants,
    enum_members_get_unique_names,
    amounts_carry_their_unit,
    defaults_stay_with_the_server,
    ids_stay_strings,
    models_keep_unknown_fields,
)
