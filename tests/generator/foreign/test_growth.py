"""The work grows as the document does, whatever it is that grows. Calls are counted, which no machine makes slower."""

from __future__ import annotations

import cProfile
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.foreign import answering, document, taking

from generator import formatting, params, pipeline

Json = dict[str, Any]

TEXT = {"type": "string"}


def ref(key: str) -> Json:
    return {"$ref": f"#/components/schemas/{key}"}


def operations(count: int) -> Json:
    """Operations of one resource, each with a body and an answer of its own."""
    paths: Json = {}
    for number in range(count):
        body = {
            "type": "object",
            "properties": {"name": TEXT, "inner": {"type": "object", "properties": {"a": TEXT}}},
        }
        paths[f"/things/{number}"] = {"post": {**taking(body, tags=["things"]), **answering(ref("Thing"))}}
    return document(paths, {"Thing": {"type": "object", "properties": {"name": TEXT}}})


def schemas(count: int) -> Json:
    """Schemas that all reach each other, from every body."""
    found: Json = {}
    for number in range(count):
        following = ref(f"S{(number + 1) % count}")
        properties = {
            "next": following,
            "all": {"type": "array", "items": following},
            "either": {"anyOf": [following, TEXT]},
        }
        found[f"S{number}"] = {"type": "object", "properties": properties}
    paths = {f"/s{number}": {"post": taking(ref(f"S{number}"))} for number in range(count)}
    return document(paths, found)


def properties(count: int) -> Json:
    """One object with many properties, in both directions."""
    wide = {"type": "object", "properties": {f"p{number}": TEXT for number in range(count)}}
    return document({"/a": {"post": {**taking(ref("Wide")), **answering(ref("Wide"))}}}, {"Wide": wide})


def values(count: int) -> Json:
    """One long enumeration, used in as many places."""
    names = {"enum": [f"value {number}" for number in range(count)]}
    holder = {"type": "object", "properties": {f"p{number}": ref("Names") for number in range(count)}}
    return document({"/a": {"post": taking(ref("Holder"))}}, {"Names": names, "Holder": holder})


def variants(count: int) -> Json:
    """One union of many objects."""
    found: Json = {
        f"V{n}": {"type": "object", "properties": {"kind": {"const": f"v{n}"}}} for n in range(count)
    }
    found["Union"] = {"oneOf": [ref(key) for key in found], "discriminator": {"propertyName": "kind"}}
    return document({"/a": {"get": answering(ref("Union"))}}, found)


def tags(count: int) -> Json:
    """Operations of as many resources."""
    return document({f"/t{n}": {"get": answering(TEXT, tags=[f"tag{n}"])} for n in range(count)})


def parameters(count: int) -> Json:
    """One operation with many parameters."""
    nodes = [{"name": f"p{n}", "in": "query", "schema": TEXT} for n in range(count)]
    return document({"/a": {"get": answering(TEXT, parameters=nodes)}})


def calls(data: Json, config: Path) -> int:
    """How many calls of functions it takes to generate the package, without the two tools that are processes."""
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.json")
        file.write_text(json.dumps(data), "utf-8")
        profile.enable()
        pipeline.build(file, Path(folder, "package"), config=config)
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def no_params(data: Json, out: Path, brand: object = None) -> None:
    params.params_document(data)
    (out / "params").mkdir(parents=True)


@pytest.mark.parametrize(
    ("made", "least"),
    [
        (operations, 6),
        (schemas, 15),
        (properties, 60),
        (values, 120),  # More than are written out in each annotation: below, the work has another form.
        (variants, 20),
        (tags, 12),
        (parameters, 60),
    ],
)
def test_work_grows_with_the_document(
    made: Callable[[int], Json], least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formatting, "format_tree", lambda *_, **__: None)
    monkeypatch.setattr(params, "generate", no_params)
    config = tmp_path / "empty.toml"
    config.touch()
    calls(made(1), config)  # What is made once and kept.
    first, second, third = (calls(made(count * least), config) for count in (1, 2, 3))
    # What does not depend on the document is in all of them; a square would make this five thirds.
    assert (third - second) / (second - first) < 1.2
