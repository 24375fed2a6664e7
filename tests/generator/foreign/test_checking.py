"""What is no OpenAPI is refused with its line, in a document of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.foreign import document, load, operation

from generator.foreign import checking

SCHEMA = ("components", "schemas", "Pet")


def found(folder: Path, data: dict[str, Any]) -> list[str]:
    return [
        str(problem).replace(f"{folder.as_posix()}/", "") for problem in checking.check(load(folder, data))
    ]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_right_document_has_no_problem(tmp_path: Path, version: str) -> None:
    data = document({"/a": {"get": operation()}}, {"Pet": {"type": "object"}}, version=version)
    assert found(tmp_path, data) == []


@pytest.mark.parametrize("version", ["2.0", "3.2.0", "4.0.0", 3])
def test_another_version_is_refused(tmp_path: Path, version: str) -> None:
    (problem,) = found(tmp_path, document(version=version))
    assert problem.startswith(f"acme.json:2: OpenAPI {version} is not supported")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_broken_schema_is_found_with_its_line(tmp_path: Path, version: str) -> None:
    problems = found(tmp_path, document(schemas={"Pet": {"type": "objekt"}}, version=version))
    assert problems[0].startswith('acme.json:16: "objekt" is not')


def test_the_innermost_mistake_of_a_union_is_told(tmp_path: Path) -> None:
    parameter = {"name": "a", "in": "query", "schema": {"type": "objekt"}}
    problems = found(tmp_path, document({"/a": {"get": operation(parameters=[parameter])}}, version="3.0.3"))
    assert any('"objekt" is not' in problem for problem in problems)


def test_a_reference_that_leads_nowhere_or_in_a_circle_is_found(tmp_path: Path) -> None:
    schemas = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    schemas["C"] = {"$ref": "#/components/schemas/D"}
    problems = found(tmp_path, document(schemas=schemas))
    assert [problem.split(": ")[1][:32] for problem in problems] == [
        "'#/components/schemas/B' leads n",
        "'#/components/schemas/A' leads n",
        "'#/components/schemas/D' leads n",
    ]


def test_a_pattern_that_only_others_can_run_is_no_problem(tmp_path: Path) -> None:
    pattern = {"type": "string", "pattern": "^(?<year>\\d{4})\\Z[[]"}
    assert found(tmp_path, document(schemas={"Pet": pattern}, version="3.0.3")) == []


def test_a_part_of_another_file_is_checked_where_it_is_used(tmp_path: Path) -> None:
    data = document(schemas={"Pet": {"type": "object", "properties": 5}})
    loaded = load(tmp_path, data)
    (problem,) = checking.check_schema(loaded, SCHEMA, loaded.get(SCHEMA))[:1]
    assert str(problem).replace(f"{tmp_path.as_posix()}/", "").startswith("acme.json:17: 5 is not of type")
