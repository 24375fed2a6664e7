"""Small documents, generated and imported, so that tests can say what the generated code does."""

from __future__ import annotations

import copy
import importlib
import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from generator import loader, pipeline
from generator.document import Document
from generator.model.api import Api
from generator.model.build import build

_NAMES = (f"generated_in_test_{number}" for number in itertools.count())


def document(
    schemas: dict[str, Any] | None = None,
    paths: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A minimal OpenAPI document with these schemas and paths."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "A small API", "version": "1"},
        "paths": paths or {},
        "components": {"schemas": schemas or {}},
        **more,
    }


def with_keys(data: dict[str, Any]) -> dict[str, Any]:
    """The document with an origin, and with a key for each family of its operations, where it names none."""
    if "security" in data:
        return data
    made = copy.deepcopy(data)
    names = {"pay"}
    for item in made.get("paths", {}).values():
        for found in item.values():
            if isinstance(found, dict) and found.get("x-family", "pay") != "pay":
                names.add(found["x-family"])
                found["security"] = [{f"{found['x-family']}Key": []}]
    schemes = made.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes |= {f"{name}Key": _key(name) for name in sorted(names)}
    made.setdefault(
        "servers", [{"url": "https://api.example", "x-environment": "live"}]
    )
    return {**made, "security": [{"payKey": []}]}


def _key(family: str) -> dict[str, str]:
    prefix = "" if family == "pay" else f"{family}_"
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-family": family,
        "x-client-setting": f"{prefix}api_key",
        "x-environment-variable": f"PLEXY_{prefix.upper()}API_KEY",
    }


def operation(
    resource: str,
    method: str,
    *,
    body: str | None = None,
    response: str | dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An operation of a resource, with the named schemas as request body and response."""
    schema = (
        {"$ref": f"#/components/schemas/{response}"}
        if isinstance(response, str)
        else response
    )
    result: dict[str, Any] = {
        "operationId": f"{resource}{method.capitalize()}",
        "x-resource": resource,
        "x-method": method,
        "x-family": "pay",
        "x-moves-money": False,
        "x-evidence": {"method": "documented", "path": "documented"},
        "responses": {
            "200": {"description": "Done."}
            | ({"content": {"application/json": {"schema": schema}}} if schema else {})
        },
        **more,
    }
    if body:
        reference = {"$ref": f"#/components/schemas/{body}"}
        result["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": reference}},
        }
    return result


def api_of(data: dict[str, Any]) -> Api:
    """Return the model of a document, with keys where it names none."""
    return build(Document(with_keys(data)))


def generate(directory: Path, data: dict[str, Any]) -> ModuleType:
    """Generate a package from the document and import it under a name of its own."""
    source = directory / "openapi.yaml"
    source.write_text(yaml.safe_dump(with_keys(data), sort_keys=False), "utf-8")
    name = next(_NAMES)
    pipeline.build_from(loader.load(source), directory / name, "0.0.0")
    sys.path.insert(0, str(directory))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(directory))
