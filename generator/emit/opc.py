"""Write models and functions. This is the one module that knows openapi-python-client.

The tool renders our templates for each class and each operation. It reads a document that is made of the model and has
nothing but their names, so that none of its own readings of a schema decides anything; the templates ask the model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from jinja2 import StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData

from ..diagnostics import GenerationError
from ..identifiers import snake
from ..model.api import Api, Enum, Operation, Schema
from . import docstrings, templating
from .models import Attribute, EnumView, ModelView, Uses
from .operations import OperationView
from .python_names import in_python

Json = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates" / "opc"
FORKS = TEMPLATES / "upstream.json"


def generate(api: Api, operations: Mapping[str, OperationView], out: Path) -> None:
    """Write `models/` and `api/` of the package at `out`.

    Args:
        api: The model of the document.
        operations: What the templates show of each operation, by its id.
        out: The directory of the package.

    Raises:
        GenerationError: for anything that openapi-python-client would only warn about, an operation it would leave
            out, or a template of theirs that changed since we forked it.
    """
    _check_forks()
    config = Config.from_sources(
        ConfigFile(
            project_name_override=out.name,
            package_name_override=out.name,
            post_hooks=[],
        ),
        MetaType.NONE,
        document_source=out,
        file_encoding="utf-8",
        overwrite=True,
        output_path=out,
    )
    parsed = _parsed(api, config)
    project = Project(openapi=parsed, config=config, custom_template_path=TEMPLATES)
    # A name that is not there must not become nothing.
    project.env.undefined = StrictUndefined
    filters = {
        "literal": templating.literal,
        "line": docstrings.line,
        "comment": docstrings.comment,
        "snake": snake,
    }
    project.env.filters.update(filters)  # pyright: ignore[reportUnknownMemberType]
    views = Views(api, operations)
    writer = docstrings.Writer(in_python(api))
    functions = {
        "views": views,
        "docstring": writer.docstring,
        "in_python": writer.renamed,
    }
    project.env.globals.update(functions)  # pyright: ignore[reportUnknownMemberType]
    out.mkdir(parents=True, exist_ok=True)
    with templating.explained(TEMPLATES, views.about):
        project._build_models()  # pyright: ignore[reportPrivateUsage]
        project._build_api()  # pyright: ignore[reportPrivateUsage]
    # Their client and errors; ours are hand-written and part of the runtime.
    (out / "client.py").unlink()
    (out / "errors.py").unlink()


class Views:
    """What the templates show, by the names that the tool knows."""

    def __init__(self, api: Api, operations: Mapping[str, OperationView]) -> None:
        uses = Uses(api)
        self._models = {
            model.name: ModelView(model, uses) for model in api.models.values()
        }
        self._enums = {enum.name: EnumView(enum) for enum in api.enums.values()}
        self._operations = operations

    def model(self, name: object) -> ModelView:
        """Return the model of this name."""
        return self._models[str(name)]

    def enum(self, name: object) -> EnumView:
        """Return the enumeration of this name."""
        return self._enums[str(name)]

    def operation(self, name: object) -> OperationView:
        """Return the operation of this id."""
        return self._operations[str(name)]

    def about(self, names: Mapping[str, Any]) -> str:
        """Return which schema or operation a template with these names is writing; nothing if they do not tell."""
        if "endpoint" in names:
            return templating.subject({"op": self.operation(names["endpoint"].name)})
        written = names.get("model") or names.get("enum")
        if not written:
            return ""
        name = str(written.class_info.name)
        view = self._models.get(name) or self._enums[name]
        field = names.get("f")
        part = f", property {field.wire_name}" if isinstance(field, Attribute) else ""
        return f"the schema {view.key}{part}"


# -- the document of names -------------------------------------------------------------------------------------------


def _parsed(api: Api, config: Config) -> GeneratorData:
    try:
        parsed = GeneratorData.from_dict(cast("Any", _document(api)), config=config)
    except Exception as error:
        raise GenerationError(
            f"openapi-python-client: {type(error).__name__}: {error}"
        ) from error
    if isinstance(parsed, GeneratorError):
        raise GenerationError(
            f"openapi-python-client: {parsed.header} {parsed.detail or ''}".rstrip()
        )
    diagnostics = list(_diagnostics(parsed))
    if diagnostics:
        raise GenerationError("openapi-python-client: " + "; ".join(diagnostics))
    _prove_complete(api, parsed)
    return parsed


def _diagnostics(parsed: GeneratorData) -> Iterator[str]:
    for error in parsed.errors:
        yield f"{error.header} {error.detail or ''}".rstrip()
    for collection in parsed.endpoint_collections_by_tag.values():
        for error in collection.parse_errors:
            yield f"{error.header} {error.detail or ''}".rstrip()


def _document(api: Api) -> Json:
    schemas: Json = {model.name: {"type": "object"} for model in api.models.values()}
    for enum in api.enums.values():
        schemas[enum.name] = _enum(enum)
    return {
        "openapi": "3.1.0",
        "info": {"title": "names", "version": "1"},
        # Each has a path of its own: the tool wants the parameters of a template declared.
        "paths": {
            f"/{operation.id}": {"get": _operation(operation)}
            for operation in api.operations
        },
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _enum(enum: Enum) -> Json:
    if enum.is_integer:
        return {"type": "integer", "enum": [member.value for member in enum.members]}
    # The names are unique and valid, as the values need not be.
    return {"type": "string", "enum": [member.name for member in enum.members]}


def _operation(operation: Operation) -> Json:
    return {
        "operationId": operation.id,
        "tags": [operation.resource.replace(".", "_")],
        "responses": {"200": {"description": ""}},
    }


def _prove_complete(api: Api, parsed: GeneratorData) -> None:
    collections = parsed.endpoint_collections_by_tag.values()
    functions = {
        str(endpoint.name)
        for collection in collections
        for endpoint in collection.endpoints
    }
    classes = {str(item.class_info.name) for item in (*parsed.models, *parsed.enums)}
    wanted = {operation.id for operation in api.operations}
    nodes: list[Schema] = [*api.models.values(), *api.enums.values()]
    named = {node.name for node in nodes}
    missing = sorted((wanted ^ functions) | (named ^ classes))
    if missing:
        raise GenerationError(
            f"openapi-python-client gives other names to: {', '.join(missing)}"
        )


# -- the templates that ours replace ---------------------------------------------------------------------------------


def _check_forks() -> None:
    recorded = cast("dict[str, str]", json.loads(FORKS.read_text("utf-8")))
    changed = [
        name for name, digest in recorded.items() if upstream_hash(name) != digest
    ]
    forked = {
        path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja")
    }
    unrecorded = sorted(forked ^ recorded.keys())
    if changed:
        raise GenerationError(
            "openapi-python-client changed templates that ours were forked from: "
            f"{', '.join(sorted(changed))}. Compare them, carry over what matters, then run "
            "`python -m generator record-forks`."
        )
    if unrecorded:
        raise GenerationError(
            f"templates without a recorded upstream hash: {', '.join(unrecorded)}"
        )


def record_forks() -> None:
    """Record the hash of each upstream template that ours replaces."""
    names = sorted(
        path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja")
    )
    FORKS.write_text(
        json.dumps({name: upstream_hash(name) for name in names}, indent=2) + "\n",
        "utf-8",
    )


def upstream_hash(name: str) -> str:
    """Return the SHA-256 of the template of openapi-python-client with this name."""
    return hashlib.sha256(
        files("openapi_python_client").joinpath("templates", name).read_bytes()
    ).hexdigest()
