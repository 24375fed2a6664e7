"""An answer of any shape that differs from its document is reported, and a strict client raises."""

from __future__ import annotations

import asyncio
import logging
from types import ModuleType
from typing import Any

import pytest
from helpers.foreign import answering, document, generate, operation
from helpers.wire import WireServer, json_answer

Json = dict[str, Any]

PET: Json = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
DOG: Json = {"type": "object", "required": ["bark"], "properties": {"bark": {"type": "boolean"}}}
SIZE: Json = {"type": "string", "enum": ["small", "large"]}
REF: Json = {"$ref": "#/components/schemas/Pet"}
BARKING: Json = {"$ref": "#/components/schemas/Dog"}

#: A shape, an answer that fits it, one that does not, and where that is seen.
SHAPES: dict[str, tuple[Json, Any, Any, str]] = {
    "text": ({"type": "string"}, "done", 7, ""),
    "number": ({"type": "number"}, 1.5, "1.5", ""),
    "texts": ({"type": "array", "items": {"type": "string"}}, ["a"], ["a", 7], "/*"),
    "days": (
        {"type": "array", "items": {"type": "string", "format": "date"}},
        ["2026-01-31"],
        ["2026-01-31", "soon"],
        "/*",
    ),
    "sizes": (
        {"type": "array", "items": {"$ref": "#/components/schemas/Size"}},
        ["small"],
        ["small", "huge"],
        "/*",
    ),
    "pet": (REF, {"id": 1}, {"id": "1"}, "/id"),
    "pets": ({"type": "array", "items": REF}, [{"id": 1}], [{"id": 1}, {"id": "1"}], "/*/id"),
    "nested": (
        {"type": "array", "items": {"type": "array", "items": REF}},
        [[{"id": 1}]],
        [[{"id": "1"}]],
        "/*/*/id",
    ),
    "either": ({"oneOf": [REF, BARKING]}, {"bark": True}, {"bark": "loud"}, "/bark"),
    "mixed": ({"oneOf": [REF, {"type": "string"}]}, "gone", 7, ""),
}


KINDS = ("sync", "async")


def paths() -> Json:
    """Each shape twice: a difference is reported once in a process, and so each client has operations of its own."""
    found: Json = {}
    for kind in KINDS:
        for name, (schema, *_) in SHAPES.items():
            path, named = f"/{kind}/{name}", f"{kind}_{name}"
            found[path] = {"get": answering(schema, operationId=named, tags=["shapes"])}
        for name, schema in (("perhaps_pet", REF), ("perhaps_texts", SHAPES["texts"][0])):
            path, named = f"/{kind}/{name}", f"{kind}_{name}"
            responses: Json = {
                "200": {"description": "Done.", "content": {"application/json": {"schema": schema}}},
                "204": {"description": "Nothing."},
            }
            found[path] = {"get": operation(responses=responses, operationId=named, tags=["shapes"])}
    return found


CASES = [(name, fits, odd, at) for name, (_, fits, odd, at) in SHAPES.items()]
CASES += [("perhaps_pet", *SHAPES["pet"][1:]), ("perhaps_texts", *SHAPES["texts"][1:])]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package."""
    data = document(paths(), {"Pet": PET, "Dog": DOG, "Size": SIZE})
    return generate(tmp_path_factory.mktemp("acme"), data, '[package]\nclient = "Acme"\nvariables = "ACME"\n')


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The sync and the async client."""
    name: str = request.param
    return name


def called(acme: ModuleType, kind: str, name: str, payload: Any, *, strict: bool) -> Any:
    """What a client makes of an answer."""
    with WireServer(json_answer(payload)) as server:
        if kind == "sync":
            with acme.Acme(base_url=server.origin, strict=strict) as client:
                return getattr(client.shapes, f"sync_{name}")()

        async def call() -> Any:
            async with acme.AsyncAcme(base_url=server.origin, strict=strict) as other:
                return await getattr(other.shapes, f"async_{name}")()

        return asyncio.run(call())


@pytest.mark.parametrize(("name", "fits", "odd", "at"), CASES, ids=[name for name, *_ in CASES])
def test_an_answer_that_differs_is_noticed_whatever_its_shape(
    acme: ModuleType,
    kind: str,
    name: str,
    fits: Any,
    odd: Any,
    at: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        called(acme, kind, name, fits, strict=True)
        assert not caplog.records
        called(acme, kind, name, odd, strict=False)
    [record] = caplog.records
    assert record.name == f"{acme.__name__}.drift"
    assert record.pointer == at  # type: ignore[attr-defined]
    with pytest.raises(acme.UnexpectedAnswerError) as caught:
        called(acme, kind, name, odd, strict=True)
    assert [one.pointer for one in caught.value.differences] == [at]
