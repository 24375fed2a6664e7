"""The classes that openapi-python-client makes of the schemas and operations of a normalised document.

Its own way of reading a document copies the map of all classes for each class, and an operation several times with all
that its answers hold, so that it takes time with the square of the document. In a normalised document every class has
a name of its own, and our templates ask for nothing of an operation but its name. So its parts are called one by one
here, each with what it needs, and the time grows as the document does.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from openapi_python_client import schema as oai
from openapi_python_client import strings
from openapi_python_client.config import Config
from openapi_python_client.parser.errors import PropertyError
from openapi_python_client.parser.openapi import EndpointCollection, GeneratorData
from openapi_python_client.parser.properties import (
    EnumProperty,
    ModelProperty,
    Schemas,
    build_schemas,
    property_from_data,
)
from openapi_python_client.parser.properties.model_property import ANY_ADDITIONAL_PROPERTY, process_model
from openapi_python_client.parser.properties.schemas import Class, ReferencePath
from pydantic import ValidationError

from .normalising import operations, schemas
from .problems import GenerationError

Json = dict[str, Any]


def read(data: Json, config: Config) -> GeneratorData:
    """The classes and operations of the document, for openapi-python-client's project.

    Raises:
        GenerationError: naming every schema that it cannot represent.
    """
    known = Schemas()
    parsed = {key: _validated(key, schema) for key, schema in schemas(data).items()}
    models: dict[str, ModelProperty] = {}
    enums: list[EnumProperty] = []
    others: dict[Any, Any] = {}
    for key, schema in parsed.items():
        name = oai.UntrustedString(key)
        path = ReferencePath(oai.UntrustedString(f"/components/schemas/{key}"))
        if schema.enum:
            enums.append(_enum(key, schemas(data)[key], config))
            known.classes_by_reference[path] = enums[-1]
        elif schema.type is oai.DataType.OBJECT or schema.allOf or schema.properties:
            models[key] = _model(data, key, schema, config)
            known.classes_by_reference[path] = models[key]
        else:
            others[name] = schema
    if others:
        with _named_failure(data, *(name.get_untrusted_value() for name in others)):
            known = build_schemas(components=others, schemas=known, config=config)
    errors = [*known.errors, *_process(data, models, known, config)]
    if errors:
        raise GenerationError(
            "openapi-python-client cannot represent the document:\n" + "\n".join(map(_message, errors))
        )
    return GeneratorData(
        title=oai.UntrustedString(""),
        description=None,
        version=oai.UntrustedString(""),
        models=list(models.values()),
        enums=cast("Any", enums),
        errors=[],
        endpoint_collections_by_tag=_endpoints(data),
    )


@contextmanager
def _named_failure(data: Json, *keys: str) -> Generator[None]:
    """Say which schemas the tool was reading when it broke.

    Raises:
        GenerationError: for anything that it raises of itself.
    """
    try:
        yield
    except GenerationError:
        raise
    except Exception as error:
        names = ", ".join(str(schemas(data)[key].get("x-schema-key", key)) for key in keys)
        raise GenerationError(
            f"openapi-python-client broke while it read the schema {names}: {type(error).__name__}: {error}. "
            "Write the schema in another way, or add a pass to generator/normalising.py."
        ) from error


def _enum(key: str, schema: Json, config: Config) -> EnumProperty:
    """An enumeration. Our templates take its members from the document."""
    plain, *others = (value for value in schema["enum"] if value is not None)
    if any(type(value) is not type(plain) for value in others):
        raise GenerationError(
            f"openapi-python-client cannot represent the schema {key}: its values are of several types"
        )
    return EnumProperty(
        name=oai.UntrustedString(key),
        required=True,
        class_info=Class.from_string(string=key, config=config),
        values={},
        value_type=int if isinstance(plain, int) else str,
        default=None,
        python_name=strings.PythonIdentifier(key, config.field_prefix),
        description=None,
        example=None,
    )


def _model(data: Json, key: str, schema: oai.Schema, config: Config) -> ModelProperty:
    """A model without its properties."""
    with _named_failure(data, key):
        # Each is made beside an empty map: the names are unique already.
        found, _ = ModelProperty.build(
            data=schema,
            name=oai.UntrustedString(key),
            required=True,
            schemas=Schemas(),
            parent_name="",
            config=config,
            process_properties=False,
            roots=set(),
        )
    if not isinstance(found, ModelProperty):
        raise GenerationError(f"openapi-python-client cannot represent the schema {key}: {found}")
    return found


def _validated(key: str, schema: Json) -> oai.Schema:
    try:
        return oai.Schema.model_validate(schema)
    except ValidationError as error:
        raise GenerationError(f"openapi-python-client cannot read the schema {key}: {error}") from None


def _process(
    data: Json, models: dict[str, ModelProperty], known: Schemas, config: Config
) -> list[PropertyError]:
    """Give each model its properties. One that consists of others waits for them."""
    errors: list[PropertyError] = []
    waiting: list[ModelProperty] = []
    for key, model in models.items():
        if model.data.allOf:
            waiting.append(model)
        else:
            with _named_failure(data, key):
                error = _fill(model, known, config)
            errors += [error] if error else []
    while waiting:
        found: list[tuple[ModelProperty, object]] = []
        for model in waiting:
            with _named_failure(data, str(model.class_info.name)):
                found.append((model, process_model(model, schemas=known, config=config)))
        failed = [(model, result) for model, result in found if isinstance(result, PropertyError)]
        if len(failed) == len(waiting):
            return [*errors, *(error for _, error in failed)]
        waiting = [model for model, _ in failed]
    return errors


def _fill(model: ModelProperty, known: Schemas, config: Config) -> PropertyError | None:
    """What `process_model` does to a model, without its comparison of each property with all others."""
    required: list[Any] = []
    optional: list[Any] = []
    imports: set[str] = set()
    needed = {name.get_untrusted_value() for name in model.data.required or ()}
    common: dict[str, Any] = {"schemas": known, "config": config, "parent_name": model.class_info.name}
    for name, node in (model.data.properties or {}).items():
        wire = name.get_untrusted_value()
        prop, _ = property_from_data(name=name, required=wire in needed, data=node, **common)
        if isinstance(prop, PropertyError):
            return _named(prop, model, wire)
        (required if prop.required else optional).append(prop)
        imports |= prop.get_lazy_imports(prefix="..")
    further: Any = model.data.additionalProperties
    additional: Any = None if further is False else ANY_ADDITIONAL_PROPERTY
    if isinstance(further, (oai.Schema, oai.Reference)):
        additional, _ = property_from_data(
            name=oai.UntrustedString("AdditionalProperty"), required=True, data=further, **common
        )
        if isinstance(additional, PropertyError):
            return _named(additional, model, "additionalProperties")
        imports |= additional.get_lazy_imports(prefix="..")
    object.__setattr__(model, "required_properties", required)
    object.__setattr__(model, "optional_properties", optional)
    object.__setattr__(model, "additional_properties", additional)
    model.set_lazy_imports(imports)
    return None


def _named(error: PropertyError, model: ModelProperty, part: str) -> PropertyError:
    error.header = f"{model.class_info.name}.{part}: {error.header}"
    return error


def _message(error: Any) -> str:
    node: Any = getattr(error, "data", None)
    origin = "" if node is None else str(node.model_dump_json(exclude_none=True, by_alias=True))[:300]
    return f"- {error.header} {error.detail or ''} {origin}".rstrip()


def _endpoints(data: Json) -> dict[Any, EndpointCollection]:
    """The operations by the name of their folder."""
    found: dict[str, list[Any]] = {}
    for _, _, operation in operations(data):
        named = SimpleNamespace(name=operation["operationId"])
        found.setdefault(operation["tags"][0], []).append(named)
    return {tag: EndpointCollection(tag=tag, endpoints=endpoints) for tag, endpoints in found.items()}
