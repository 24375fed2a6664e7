"""Any valid document becomes a whole package, or a list of what cannot be represented: other people's and random ones.

The documents of others come from a package of npm.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.foreign import build_what_can_be
from helpers.foreign_documents import documents
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from generator import foreign, formatting, params, pipeline
from generator.document import Document
from generator.foreign.adapting import CannotRepresent
from generator.foreign.checking import check as foreign_problems
from generator.normalising import METHODS
from generator.problems import SpecError

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "node_modules" / "@readme" / "oas-examples"

#: Documents of the examples that are no valid OpenAPI themselves.
INVALID = {
    *("3.0/json/openapi-workshop/post.json",),
    *("3.1/json/schema-validation-local.json", "3.1/json/schema-validation-top-level.json"),
}
#: What of the examples no client of ours could have, by the words of the first problem.
STOPPED = {
    "3.0/json/circular-paths.json": "the value of content cannot be written",
    "3.0/json/parameters-style.json": "the value of array cannot be written",
    "3.0/json/response-http-behavior.json": "api_key is no known scheme",
    "3.1/json/parameters-style.json": "the value of array cannot be written",
}


def examples() -> Iterator[str]:
    """Every OpenAPI 3 document of the examples, in JSON."""
    for file in sorted(EXAMPLES.glob("3.*/json/**/*.json")):
        yield file.relative_to(EXAMPLES).as_posix()


def operations_of(document: Document) -> int:
    """How many operations a document has, those of path items that others refer to each time."""
    items = [
        document.follow(("paths", path)).value
        for path in document.data.get("paths", {})
        if path.startswith("/")
    ]
    return sum(1 for item in items for method in METHODS if method in item)


def test_the_examples_are_there() -> None:
    found = set(examples())
    assert len(found) > 50, "npm installs them: ./nox -s tests does, or run `npm ci`"
    assert STOPPED.keys() | INVALID <= found


@pytest.mark.parametrize("name", [name for name in examples() if name not in INVALID])
def test_a_document_of_others_is_adapted_whole_or_stops_with_its_reasons(name: str) -> None:
    document = foreign.load(EXAMPLES / name)
    foreign.check(document)
    try:
        made = foreign.adapt(document, pipeline.Config(), "ACME")
    except SpecError as error:
        assert name in STOPPED
        assert STOPPED[name] in str(error.problems[0])
        for problem in error.problems:
            assert isinstance(problem, CannotRepresent)
            assert Path(problem.file) == EXAMPLES / name
            assert problem.line > 1
            assert problem.pointer.startswith("#/")
    else:
        assert name not in STOPPED
        assert operations_of(made.document) == operations_of(document)


@pytest.mark.parametrize("name", sorted(INVALID))
def test_a_document_that_is_not_valid_is_refused_with_lines(name: str) -> None:
    with pytest.raises(SpecError) as caught:
        foreign.check(foreign.load(EXAMPLES / name))
    assert all(problem.line > 1 for problem in caught.value.problems)


def is_valid(data: dict[str, Any]) -> bool:
    """Whether openapi-spec-validator has nothing against the document; it cannot read all that refer to themselves."""
    validator = OpenAPIV30SpecValidator if data["openapi"].startswith("3.0") else OpenAPIV31SpecValidator
    try:
        return next(iter(validator(data).iter_errors()), None) is None  # type: ignore[arg-type]
    except RecursionError:
        return not foreign_problems(Document(data))


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(data=documents())
def test_a_random_document_becomes_a_package_or_a_list_of_reasons(data: dict[str, Any]) -> None:
    assert is_valid(data)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # Two processes that take a second each time; the documents of the corpus run them.
        patch.setattr(formatting, "format_tree", lambda *_, **__: None)
        patch.setattr(params, "generate", only_the_document)
        counts = build_what_can_be(data, Path(folder), "package")
        if counts is None:
            return
        assert counts.operations + len(counts.skipped) == operations_of(Document(data))
        functions: list[str] = []
        for module in Path(folder, "package").rglob("*.py"):
            text = module.read_text("utf-8")
            compile(text, str(module), "exec", dont_inherit=True)
            functions += re.findall(r"^def sync\(", text, re.MULTILINE)
        assert len(functions) == counts.operations


def only_the_document(data: dict[str, Any], out: Path, brand: object = None) -> None:
    """What `params.generate` gives to datamodel-code-generator."""
    params.params_document(data)
    (out / "params").mkdir(parents=True)
