"""Any document is loaded whole, with its places: of one file or of several, with references of any kind."""

from __future__ import annotations

import json
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


def test_files_that_refer_to_each_other_are_fine(tmp_path: Path) -> None:
    document = loaded(
        tmp_path,
        openapi_yaml="openapi: 3.1.0\nB: {c: 1}\nD:\n  $ref: parts/shared.yaml#/A\n",
        parts__shared_yaml="A:\n  $ref: ../openapi.yaml#/B\n",
    )
    assert document.follow(("D",)).value == {"c": 1}


def secret_beside(folder: Path) -> Path:
    """A file of the machine beside the document's folder, and links to it from inside."""
    (folder / "secret.yaml").write_text("key: pr_of_the_machine\n")
    spec = folder / "spec"
    (spec / "parts").mkdir(parents=True)
    (spec / "link.yaml").symlink_to(folder / "secret.yaml")
    (spec / "twice.yaml").symlink_to("link.yaml")
    (spec / "up").symlink_to(folder, target_is_directory=True)
    (spec / "circle.yaml").symlink_to("circle.yaml")
    return spec


OUTSIDE = {
    "a path upwards": "../secret.yaml#/key",
    "down and up": "parts/../../secret.yaml",
    "percent-encoded": "%2e%2e/secret.yaml",
    "a percent-encoded slash": "..%2Fsecret.yaml",
    "a link": "link.yaml#/key",
    "a link to a link": "twice.yaml",
    "a link to a folder": "up/secret.yaml",
    "an absolute path": "{folder}/secret.yaml",
    "an absolute path to inside": "{folder}/spec/parts/inside.yaml",
    "a percent-encoded absolute path": "%2Fetc/hosts",
    "the machine's own": "/etc/passwd",
    "a name that no file can have": "a%00b.yaml",
}
ADDRESSES = (
    *("file:///etc/passwd", "FILE:/etc/passwd", "file:secret.yaml", "//host/a.yaml"),
    *("http://127.0.0.1/a.yaml", "https://example.com/a.yaml", "ftp://example.com/a", "data:text/yaml,a"),
)
PLACES = {
    "a reference": "$ref",
    "a dynamic reference": "$dynamicRef",
    "a mapping": "discriminator",
}


def referring(reference: str, place: str) -> str:
    value: object = {"mapping": {"a": reference}} if place == "a mapping" else reference
    return f"openapi: 3.1.0\na:\n  {PLACES[place]}: {json.dumps(value)}\n"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", OUTSIDE)
def test_a_file_outside_of_the_document_s_folder_is_never_read(tmp_path: Path, name: str, place: str) -> None:
    spec = secret_beside(tmp_path)
    (spec / "parts" / "inside.yaml").write_text("a: 1\n")
    (spec / "openapi.yaml").write_text(referring(OUTSIDE[name].format(folder=tmp_path), place))
    with pytest.raises(SpecError) as caught:
        load(spec / "openapi.yaml")
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert problem.message.endswith(f"is not below {spec.as_posix()}, and no other file is read")
    assert "copy the file below that folder" in problem.fix
    assert "pr_of_the_machine" not in str(caught.value)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("reference", ADDRESSES)
def test_no_address_is_opened(tmp_path: Path, reference: str, place: str) -> None:
    (found,) = problems(tmp_path, openapi_yaml=referring(reference, place))
    assert found.startswith(f"openapi.yaml:3: {reference!r} is an address, and nothing is downloaded")


def test_a_file_of_the_document_cannot_leave_its_folder_either(tmp_path: Path) -> None:
    spec = secret_beside(tmp_path)
    (spec / "openapi.yaml").write_text("openapi: 3.1.0\na:\n  $ref: parts/inside.yaml\n")
    (spec / "parts" / "inside.yaml").write_text("b:\n  $ref: ../../secret.yaml\n")
    with pytest.raises(SpecError, match="parts/inside.yaml:2: .* is not below"):
        load(spec / "openapi.yaml")


def test_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    spec = secret_beside(tmp_path)
    (spec / "openapi.yaml").write_text(referring("circle.yaml", "a reference"))
    with pytest.raises(SpecError, match="openapi.yaml:3: "):
        load(spec / "openapi.yaml")


def test_a_link_that_stays_below_the_folder_is_followed(tmp_path: Path) -> None:
    spec = secret_beside(tmp_path)
    (spec / "parts" / "real.yaml").write_text("A: {c: 1}\n")
    (spec / "inside.yaml").symlink_to(spec / "parts" / "real.yaml")
    (spec / "openapi.yaml").write_text("openapi: 3.1.0\nD:\n  $ref: inside.yaml#/A\n")
    assert load(spec / "openapi.yaml").follow(("D",)).value == {"c": 1}


def test_a_name_that_is_too_long_for_a_file_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, openapi_yaml=referring(f"{'a' * 5000}.yaml", "a reference"))
    assert "there is no file" in found


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
        "openapi.yaml:3: 'https://example.com/b.yaml' is an address, and nothing is downloaded. "
        "Fix: save what it means below the document's folder, and refer to that file by its path",
        "openapi.yaml:4: '#nowhere' names no anchor of the file. Fix: write it as `#/pointer`",
    ]


def test_a_swagger_document_is_named_as_one(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, openapi_yaml="swagger: '2.0'\n")
    assert found.startswith(
        "openapi.yaml:1: the file is a Swagger 2.0 document, not OpenAPI 3. Fix: convert it"
    )
