"""Small documents of other APIs, adapted or generated, so that tests can say what becomes of them."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from generator import foreign, pipeline
from generator.config import Config
from generator.config import load as read_config
from generator.document import Document, parse_pointer
from generator.foreign.adapting import CannotRepresent
from generator.problems import SpecError

Json = dict[str, Any]

_NAMES = (f"foreign_in_test_{number}" for number in itertools.count())


def document(
    paths: Json | None = None, schemas: Json | None = None, *, version: str = "3.1.0", **more: Any
) -> Json:
    """A minimal document of another API."""
    components = {"schemas": schemas or {}, **more.pop("components", {})}
    return {
        "openapi": version,
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.test"}],
        "paths": paths or {},
        "components": components,
        **more,
    }


def operation(**more: Any) -> Json:
    """An operation that answers with nothing."""
    return {"responses": {"204": {"description": "Done."}}, **more}


def answering(schema: Any, media: str = "application/json", **more: Any) -> Json:
    """An operation that answers with a value of the schema."""
    return operation(
        responses={"200": {"description": "Done.", "content": {media: {"schema": schema}}}}, **more
    )


def taking(schema: Any, media: str = "application/json", **more: Any) -> Json:
    """An operation that takes a body of the schema."""
    return operation(requestBody={"required": True, "content": {media: {"schema": schema}}}, **more)


def load(folder: Path, data: Json) -> Document:
    """The document as it is loaded from a file."""
    file = folder / "acme.json"
    file.write_text(json.dumps(data, indent=1), "utf-8")
    return foreign.load(file)


def adapt(folder: Path, data: Json, config: str = "") -> foreign.Adapted:
    """What the adapting stage makes of a document."""
    loaded = load(folder, data)
    foreign.check(loaded)
    return foreign.adapt(loaded, settings(folder, config), "ACME")


def settings(folder: Path, text: str) -> Config:
    """A config of this text."""
    file = folder / "acme.toml"
    file.write_text(text, "utf-8")
    return read_config(file)


def adapted(folder: Path, data: Json, config: str = "") -> Json:
    """The document that the adapting stage makes."""
    return adapt(folder, data, config).document.data


def shapes(folder: Path, schemas: Json, *, version: str = "3.1.0") -> Json:
    """What becomes of named schemas: the plain part of each, without marks."""
    made = adapted(folder, document(schemas=schemas, version=version))
    return {key: plain(schema) for key, schema in made["components"]["schemas"].items()}


def shape(folder: Path, schema: Any, schemas: Json | None = None, *, version: str = "3.1.0") -> Json:
    """What becomes of a schema that is the property of an object."""
    holder = {"type": "object", "properties": {"value": schema}}
    found: Json = shapes(folder, {"Holder": holder, **(schemas or {})}, version=version)["Holder"]
    value: Json = found["properties"]["value"]
    return value


def plain(value: Any) -> Any:
    """A part of a document without marks."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: plain(item) for key, item in value.items() if not str(key).startswith("x-")}


def problems(folder: Path, data: Json, config: str = "") -> list[str]:
    """What cannot be represented of a document, each with its pointer."""
    try:
        adapt(folder, data, config)
    except SpecError as error:
        return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in error.problems]
    return []


def generate(folder: Path, data: Json, config: str = "") -> ModuleType:
    """Generate a package from the document and import it under a name of its own."""
    file, settings_file, name = folder / "acme.json", folder / "acme.toml", next(_NAMES)
    file.write_text(json.dumps(data, indent=1), "utf-8")
    settings_file.write_text(config, "utf-8")
    pipeline.build(file, folder / name, config=settings_file)
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def build_what_can_be(data: Json, folder: Path, name: str) -> pipeline.Counts | None:
    """Generate a package; if the document stops, again without the operations that the list names.

    Each problem must have its line. None if what stops is no operation.
    """
    file, config = folder / f"{name}.json", folder / f"{name}.toml"
    file.write_text(json.dumps(data, indent=1), "utf-8")
    config.write_text("", "utf-8")
    lines = len(file.read_text("utf-8").splitlines())
    try:
        return pipeline.build(file, folder / name, config=config)
    except SpecError as error:
        left_out: set[str] = set()
        for problem in error.problems:
            assert isinstance(problem, CannotRepresent), problem
            assert 1 < problem.line <= lines
            place = parse_pointer(problem.pointer)
            if place[0] != "paths":
                return None
            left_out.add(f"{str(place[2]).upper()} {place[1]}")
        config.write_text(f"skip = {json.dumps(sorted(left_out))}", "utf-8")
    counts = pipeline.build(file, folder / name, config=config)
    assert set(counts.skipped) == left_out
    return counts
