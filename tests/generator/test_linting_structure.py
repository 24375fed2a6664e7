"""The document is checked against OpenAPI itself, and each error has its place in the files."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from helpers.specs import BASE, broken, edited, write_spec
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema.exceptions import SchemaError
from openapi_schema_validator import OAS30Validator, OAS31Validator, OAS32Validator

from generator.document import Document, mapping
from generator.lint import lint, structure
from generator.loader import load

ROOT, PATHS, LINKS, ERRORS = (
    "openapi.yaml",
    "paths/links.yaml",
    "schemas/links.yaml",
    "schemas/errors.yaml",
)


def found_in(directory: Path, files: dict[str, str]) -> list[tuple[str, str, str]]:
    """The diagnostics as file, text of the line, message."""
    diagnostics = list(structure.check(load(write_spec(directory, files))))
    assert all(
        "OpenAPI 3.1.0" in f"{diagnostic.message} {diagnostic.fix}"
        for diagnostic in diagnostics
    )
    return [
        (
            Path(diagnostic.file).relative_to(directory).as_posix(),
            Path(diagnostic.file)
            .read_text(encoding="utf-8")
            .splitlines()[diagnostic.line - 1]
            .strip(),
            diagnostic.message,
        )
        for diagnostic in diagnostics
    ]


def test_the_base_document_is_valid(tmp_path: Path) -> None:
    assert found_in(tmp_path, BASE) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "text", "message"),
    [
        (ROOT, "  version: 1.0.0\n", "", "info:", "'version' is a required property"),
        (
            ROOT,
            "  title: Links\n",
            "  title: Links\n  tilte: x\n",
            "info:",
            "'tilte' was unexpected",
        ),
        (
            PATHS,
            "- name: size\n        in: query",
            "- name: size\n        in: qurey",
            "in: qurey",
            "'qurey' is not one of",
        ),
        (
            PATHS,
            "        description: One page.\n",
            "",
            '"200":',
            "'description' is a required property",
        ),
    ],
)
def test_what_openapi_does_not_allow_is_found_where_it_is_written(
    tmp_path: Path, file: str, old: str, new: str, text: str, message: str
) -> None:
    diagnostics = found_in(tmp_path, edited(BASE, file, old, new))

    assert (file, text) in [diagnostic[:2] for diagnostic in diagnostics]
    assert any(message in diagnostic[2] for diagnostic in diagnostics)


@pytest.mark.parametrize(
    ("file", "old", "new", "text", "message"),
    [
        (
            ERRORS,
            "code:\n      type: string",
            "code:\n      type: strnig",
            "type: strnig",
            "'strnig' is not",
        ),
        (
            LINKS,
            "total:\n      type: integer",
            "total:\n      type: integer\n      default: many",
            "default: many",
            "'many'",
        ),
        (
            PATHS,
            "operationId: createLink",
            "operationId: listLinks",
            "post:",
            "'listLinks'",
        ),
        (PATHS, "- name: id\n", "- name: uid\n", "get:", "'id'"),
    ],
)
def test_errors_that_do_not_know_their_place_get_the_one_where_they_were_found(
    tmp_path: Path, file: str, old: str, new: str, text: str, message: str
) -> None:
    diagnostics = found_in(tmp_path, edited(BASE, file, old, new))

    assert (file, text) in [diagnostic[:2] for diagnostic in diagnostics]
    assert any(message in diagnostic[2] for diagnostic in diagnostics)


@pytest.mark.parametrize("version", ["2.0", "4.0.0", "three"])
def test_another_version_of_openapi_is_refused(tmp_path: Path, version: str) -> None:
    root = write_spec(
        tmp_path, edited(BASE, ROOT, "openapi: 3.1.0", f"openapi: '{version}'")
    )

    diagnostics = list(structure.check(load(root)))

    assert [diagnostic.line for diagnostic in diagnostics] == [1]
    assert f"OpenAPI {version} is not supported" in diagnostics[0].message
    assert "3.0 or 3.1" in diagnostics[0].fix


def test_a_document_of_openapi_3_0_is_checked_by_its_own_rules() -> None:
    schema = {
        "type": "integer",
        "minimum": 1,
        "exclusiveMinimum": True,
        "nullable": True,
    }
    data: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"A": schema}},
    }
    newer = copy.deepcopy({**data, "openapi": "3.1.0"})

    assert list(structure.check(Document(data))) == []
    assert list(structure.check(Document(newer)))


def test_a_reference_that_leads_nowhere_is_a_diagnostic_and_no_traceback() -> None:
    schemas = {"A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}}
    data = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }

    diagnostics = list(structure.check(Document(data)))

    assert len(diagnostics) == 1
    assert "openapi-spec-validator stopped" in diagnostics[0].message
    assert len(diagnostics[0].message) < 300


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return load(write_spec(tmp_path_factory.mktemp("base"), BASE))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_check_breaks_on_no_document(base: Document, data: st.DataObject) -> None:
    document = base.with_data(data.draw(broken(base.data)))

    assert all(diagnostic.line >= 1 for diagnostic in structure.check(document))


VERSIONS = pytest.mark.parametrize(
    "of_version", [OAS30Validator, OAS31Validator, OAS32Validator]
)


def is_accepted(of_version: Any, schema: object) -> bool:
    try:
        of_version.check_schema(schema)
    except SchemaError:
        return False
    return True


@VERSIONS
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_schema_that_is_passed_at_once_is_one_that_the_validator_accepts(
    base: Document, of_version: Any, data: st.DataObject
) -> None:
    schemas = mapping(mapping(base.data["components"])["schemas"])
    schema = data.draw(broken(schemas[data.draw(st.sampled_from(sorted(schemas)))]))
    if structure.soundness(of_version)(schema):
        assert is_accepted(of_version, schema)


@VERSIONS
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strnig"},
        {"minLength": -1},
        {"required": "all"},
        {"pattern": "("},
        {"properties": {"a": {"items": {"pattern": "(?P<n>x"}}}},
        {"patternProperties": {"(": {}}},
        {"discriminator": 1},
        {"allOf": []},
        3,
        None,
    ],
)
def test_a_schema_that_the_validator_refuses_is_not_passed(
    of_version: Any, schema: object
) -> None:
    if not is_accepted(of_version, schema):
        assert not structure.soundness(of_version)(schema)


def test_every_schema_of_a_sound_document_is_passed_at_once(base: Document) -> None:
    is_sound = structure.soundness(OAS31Validator)
    assert all(
        map(is_sound, mapping(mapping(base.data["components"])["schemas"]).values())
    )


@pytest.mark.parametrize("place", ["document", "schema"])
def test_another_dialect_of_schemas_has_its_own_rules(place: str) -> None:
    dialect = "http://json-schema.org/draft-04/schema#"
    schema: dict[str, Any] = {"type": "integer", "minimum": 1, "exclusiveMinimum": 1}
    data: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"A": schema}},
    }
    assert list(structure.check(Document(data))) == []
    if place == "schema":
        schema["$schema"] = dialect
    else:
        data["jsonSchemaDialect"] = dialect
    [diagnostic] = structure.check(Document(data))
    assert "boolean" in diagnostic.message


def test_linting_tells_all_diagnostics_once_and_in_order(tmp_path: Path) -> None:
    files = edited(BASE, PATHS, "operationId: createLink", "operationId: create link")
    files = edited(files, ROOT, "  version: 1.0.0\n", "")
    files = edited(files, ROOT, '            code: "2"', "            code: 2")
    root = write_spec(tmp_path, files)

    diagnostics = lint(root, load(root), redocly=False)

    assert diagnostics == sorted(set(diagnostics))
    assert [Path(diagnostic.file).name for diagnostic in diagnostics] == [
        "openapi.yaml",
        "openapi.yaml",
        "links.yaml",
    ]
    assert lint(tmp_path, load(root), redocly=False) == diagnostics
