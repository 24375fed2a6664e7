"""No recorded value gets from an export into the spec or into the report, and no export breaks the comparison."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from helpers.drifts import FILES, RETRIEVE, Workspace, link, operation
from helpers.specs import broken, write_spec
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import loader, pipeline
from generator.document import Document, mapping, parse_pointer, references
from generator.drift import export_comparison, words
from generator.drift.source import Export

SECRETS = ("7701123", "aigerim", "4400430211112222", "6e70c8a6-8f4d-4d2f")
SECRET = st.sampled_from(
    [
        "+7 7011 23 45",
        "77011234567",
        "aigerim@shop.kz",
        "Aigerim Omarova",
        "4400430211112222",
        "6e70c8a6-8f4d-4d2f",
    ]
)


@pytest.fixture(scope="module", name="spec")
def _spec(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return loader.load(write_spec(tmp_path_factory.mktemp("values") / "spec", FILES))


def written(spec: Document, data: dict[str, Any]) -> str:
    """All that a comparison would write or say."""
    return repr(
        export_comparison.compare(
            spec, Export(Document(data), is_whole=True), "documented", "the docs"
        )
    ) + repr(
        [
            one.edits
            for one in export_comparison.compare(
                spec, Export(Document(data), is_whole=True), "documented", "the docs"
            )
        ]
    )


@st.composite
def with_secrets(draw: st.DrawFn) -> dict[str, Any]:
    """An export with values of persons in one of the places where an export can have them."""
    data, secret = copy.deepcopy(RETRIEVE), draw(SECRET)
    schema, op = link(data), operation(data)
    places: list[Any] = [
        lambda: schema.update(
            example={"id": secret}, description=secret, default=secret, title=secret
        ),
        lambda: schema["properties"].update({secret: {"type": "string"}}),
        lambda: schema["properties"].update(
            note={"type": "string", "example": secret, "default": secret}
        ),
        lambda: schema["properties"].update(
            note={"type": "string", "enum": ["one", secret]}
        ),
        lambda: schema["properties"].update(note={"type": secret}),
        lambda: schema["properties"].update(note={"type": "string", "format": secret}),
        lambda: schema["properties"].update(
            note={"type": "string", "pattern": secret, "const": secret}
        ),
        lambda: schema["properties"]["status"]["enum"].append(secret),
        lambda: schema["properties"].update(
            payer={"type": "object", "properties": {secret: {"type": "string"}}}
        ),
        lambda: schema["required"].append(secret),
        lambda: op["parameters"].append(
            {"name": secret, "in": "query", "schema": {"type": "string"}}
        ),
        lambda: op["parameters"].append(
            {
                "name": "expand",
                "in": "query",
                "example": secret,
                "schema": {"type": "string"},
            }
        ),
        lambda: op["responses"].update({secret: {"description": secret}}),
        lambda: op["responses"]["200"].update(description=secret),
        lambda: op.update(description=secret, tags=[secret]),
        lambda: data.update(
            paths={f"/v1/links/{secret}": next(iter(data["paths"].values()))}
        ),
        lambda: data["components"]["schemas"].update({secret: {"type": "object"}}),
        lambda: data.update(
            servers=[{"url": f"https://{secret}.example", "description": secret}]
        ),
    ]
    draw(st.sampled_from(places))()
    return data


@settings(max_examples=150)
@given(data=with_secrets())
def test_values_in_an_export_are_neither_written_nor_shown(
    spec: Document, data: dict[str, Any]
) -> None:
    text = written(spec, data).lower()
    assert not [secret for secret in SECRETS if secret in text]


@settings(max_examples=120)
@given(data=broken(RETRIEVE))
def test_a_broken_export_breaks_nothing(spec: Document, data: dict[str, Any]) -> None:
    sound = all(
        target.startswith("#/")
        and mapping(data)
        and Document(data).get(parse_pointer(target)) is not None
        for _, target in references(data)
    )
    if sound:  # others are refused when they are read
        written(spec, data)


def test_the_spec_itself_as_an_export_differs_in_nothing_but_what_it_then_proves() -> (
    None
):
    whole = loader.load(pipeline.SPEC)
    said = export_comparison.compare(
        whole, Export(whole, is_whole=True), "documented", "the docs"
    )
    assert {one.kind for one in said} == {"evidence", "webhook"}


def test_a_name_is_told_from_data() -> None:
    names = (
        "id",
        "cardTokenId",
        "addressLine1",
        "threeDS2",
        "x_9",
        "_links",
        "iso3166",
    )
    data = (
        "77011234567",
        "a@b.kz",
        "Aigerim O",
        "",
        "6e70c8a6-8f4d",
        "deadbeef01",
        "a" * 65,
        "карта",
        "user_77011",
    )
    assert [name for name in names if not words.is_name(name)] == ["iso3166"]
    assert [name for name in data if words.is_name(name)] == []


def test_the_patch_on_disk_holds_no_value_of_the_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace(tmp_path, capsys)

    def change(data: dict[str, Any]) -> None:
        link(data)["example"] = {"id": "Aigerim Omarova"}
        link(data)["properties"]["phone"] = {
            "type": "string",
            "example": "+77011234567",
            "default": "+77011234567",
        }
        operation(data)["responses"]["200"]["content"]["application/json"][
            "example"
        ] = {"id": "Aigerim Omarova"}

    workspace.correct(workspace.export(change))

    text = "".join(workspace.texts().values())
    assert "phone:" in text
    assert "Aigerim" not in text
    assert "7701" not in text
