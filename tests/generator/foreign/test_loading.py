"""Any document is loaded whole, with its places: of one file or of several, with references of any kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.specs import write_spec

from generator.document import Document
from generator.foreign.loading import load
from generator.problems import SpecError


def loaded(folder: Path, **files: str) -> Document:
    return load(
        write_spec(
            folder, {name.replace("__", "/").replace("_yaml", ".yaml"): text for name, text in files.items()}
        )
    )


def problems(folder: Path, **files: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        loaded(folder, **files)
    return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in caught.value.problems]


def test_a_reference_to_another_file_leads_to_its_part_of_the_document(tmp_path: Path) -> None:
    document = loaded(
        tmp_path,
        openapi_yaml="openapi: 3.1.0\npaths:\n  /a:\n    $ref: paths/a.yaml#/item\n",
        paths__a_yaml="""\
            item:
              get:
                schema: {$ref: "../common.yaml#/Pet"}
                own: {$ref: "#/other"}
            other: 1
            """,
        common_yaml="Pet:\n  type: object\n  properties:\n    owner:\n      $ref: openapi.yaml#/components\n",
    )
    found = document.follow(("paths", "/a", "get", "schema"))
    assert found.value["type"] == "object"
    assert found.pointer == ("x-files", "common.yaml", "Pet")
    assert document.follow(("paths", "/a", "get", "own")).value == 1
    assert str(document.where(found.pointer)).endswith("common.yaml:1")
    assert found.value["properties"]["owner"]["$ref"] == "#/components"


def test_a_folder_beside_the_document_is_not_read(tmp_path: Path) -> None:
    document = loaded(tmp_path, openapi_yaml="openapi: 3.1.0\npaths: {}\n", schemas__a_yaml="broken: [")
    assert document.data == {"openapi": "3.1.0", "paths": {}}


def test_files_above_and_files_that_refer_to_each_other_are_fine(tmp_path: Path) -> None:
    write_spec(tmp_path, {"shared.yaml": "A:\n  $ref: spec/openapi.yaml#/B\n"})
    write_spec(
        tmp_path / "spec", {"openapi.yaml": "openapi: 3.1.0\nB: {c: 1}\nD:\n  $ref: ../shared.yaml#/A\n"}
    )
    document = load(tmp_path / "spec" / "openapi.yaml")
    assert document.follow(("D",)).value == {"c": 1}


def test_an_anchor_and_a_dynamic_reference_become_pointers(tmp_path: Path) -> None:
    document = loaded(
        tmp_path,
        openapi_yaml="""\
            openapi: 3.1.0
            a:
              $anchor: here
              type: string
            b:
              $ref: "#here"
            c:
              $dynamicAnchor: node
              items:
                $dynamicRef: "#node"
            """,
    )
    assert document.data["b"] == {"$ref": "#/a"}
    assert document.data["c"]["items"] == {"$ref": "#/c"}


def test_a_discriminator_s_mapping_is_followed_too(tmp_path: Path) -> None:
    document = loaded(
        tmp_path,
        openapi_yaml="""\
            openapi: 3.1.0
            pet:
              discriminator:
                propertyName: kind
                mapping: {cat: pets.yaml#/Cat, dog: Dog}
            """,
        pets_yaml="Cat: {type: object}\n",
    )
    mapping = document.data["pet"]["discriminator"]["mapping"]
    assert mapping == {"cat": "#/x-files/pets.yaml/Cat", "dog": "Dog"}


def test_examples_are_data_in_which_nothing_is_a_reference(tmp_path: Path) -> None:
    document = loaded(tmp_path, openapi_yaml='openapi: 3.1.0\nexample: {$ref: "nowhere.yaml"}\n')
    assert document.data["example"] == {"$ref": "nowhere.yaml"}


def test_the_merge_key_of_yaml_1_1_is_understood(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\nbase: &base\n  x: 1\n  y: 2\nmade:\n  <<: *base\n  x: 3\n'<<': text\n"
    document = loaded(tmp_path, openapi_yaml=text)
    assert document.data["made"] == {"x": 3, "y": 2}
    assert str(document.where(("made", "y"))).endswith(":4")
    assert document.data["<<"] == "text"


def test_what_is_missing_or_elsewhere_is_named_with_its_line(tmp_path: Path) -> None:
    text = """\
        openapi: 3.1.0
        a: {$ref: missin.yaml}
        b: {$ref: "https://example.com/b.yaml"}
        c: {$ref: "#nowhere"}
        d: {<<: 1}
        """
    assert problems(tmp_path, openapi_yaml=text, missing_yaml="x: 1\n")[:1] == [
        "openapi.yaml:5: the merge key `<<` names no mapping. Fix: write the entries out"
    ]
    found = problems(tmp_path, openapi_yaml=text.replace("d: {<<: 1}", "d: 1"), missing_yaml="x: 1\n")
    assert found == [
        "openapi.yaml:2: there is no file 'missin.yaml'. Fix: did you mean 'missing.yaml'?",
        "openapi.yaml:3: 'https://example.com/b.yaml' leads to another computer, and nothing is downloaded. "
        "Fix: save what it means beside the document, and refer to that file",
        "openapi.yaml:4: '#nowhere' names no anchor of the file. Fix: write it as `#/pointer`",
    ]


def test_a_swagger_document_is_named_as_one(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, openapi_yaml="swagger: '2.0'\n")
    assert found.startswith(
        "openapi.yaml:1: the file is a Swagger 2.0 document, not OpenAPI 3. Fix: convert it"
    )
