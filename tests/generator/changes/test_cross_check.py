"""griffe, which reads the two packages, finds nothing broken that the comparison does not call breaking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.patches import patched

from generator import loader, yaml_files
from generator.changes import Change, compare
from generator.changes.cross_check import Breakage, breakages, is_explained, unexplained
from generator.document import Document

HERE = Path(__file__).parent
BASE = Document(loader.load(HERE / "base.yaml").data)
ROWS: list[dict[str, Any]] = yaml_files.read(HERE / "table.yaml", "table.yaml").value

#: Kinds that no other row gets in the way of; together they break each part of the package.
KINDS = (
    *(
        "operation-removed",
        "resource-removed",
        "function-renamed",
        "parameter-removed",
        "parameter-added-required",
    ),
    *(
        "property-removed",
        "property-added-required",
        "enum-value-removed",
        "canonical-removed",
        "class-removed",
    ),
    *(
        "class-no-longer-sent",
        "money-changed",
        "meaning-removed",
        "property-becomes-required",
        "event-removed",
    ),
    *(
        "property-becomes-optional",
        "null-removed",
        "operation-added",
        "class-added",
        "enum-value-added",
    ),
)


@pytest.fixture(scope="module")
def both() -> tuple[list[Breakage], list[Change]]:
    """What griffe and what the comparison say of a document in which much is broken at once."""
    edited = BASE.data
    for row in ROWS:
        # Removed by name, an edit is still right after others; `operation-removed` and its like are one operation.
        if row["kind"] in KINDS and "from" not in row:
            try:
                edited = patched(edited, row["edit"])
            except (KeyError, IndexError):
                continue  # A row before has removed what this one edits.
    return breakages(BASE, Document(edited)), compare(BASE, Document(edited))


def test_each_breakage_is_explained_by_a_breaking_change(
    both: tuple[list[Breakage], list[Change]],
) -> None:
    found, changes = both
    parts = {breakage.symbol.split(".")[0] for breakage in found}
    assert parts >= {"api", "client", "models", "params"}
    assert len(found) > 20
    assert unexplained(found, changes) == []


def test_a_breakage_that_no_change_explains_is_named(
    both: tuple[list[Breakage], list[Change]],
) -> None:
    found, changes = both
    silent = [change for change in changes if "models.Meta" not in change.symbols]
    assert len(silent) < len(changes)
    assert unexplained(found, silent) == [
        "Public object was removed: models.Meta (models.Meta)",
        "Public object was removed: models.meta (models.Meta)",
    ]
    assert len(unexplained(found, [])) == len(found)


def test_a_change_of_one_field_does_not_explain_that_another_is_gone() -> None:
    edited = patched(
        BASE.data,
        [
            {
                "op": "remove",
                "path": "/components/schemas/response.Link/properties/weight",
            }
        ],
    )
    changes = compare(BASE, Document(edited))
    assert is_explained("models.Link.weight", changes)
    assert not is_explained("models.Link.note", changes)
    assert not is_explained("models.Link.weight_in_grams", changes)


def test_a_change_of_a_class_does_not_explain_that_its_fields_are_gone() -> None:
    edit = {
        "op": "add",
        "path": "/components/schemas/request.Payer/additionalProperties",
        "value": False,
    }
    changes = compare(BASE, Document(patched(BASE.data, [edit])))
    assert is_explained("models.Payer", changes)
    assert not is_explained("models.Payer.email", changes)
