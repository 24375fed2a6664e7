"""Loading: many files become one document that still knows where everything was written."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from helpers.specs import BASE, broken, edited, write_spec
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.diagnostics import Diagnostic, SpecError
from generator.document import Document, Location
from generator.loader import bundle_bytes, load

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"

Load = Callable[[dict[str, str]], Document]
Refuse = Callable[[dict[str, str]], list[Diagnostic]]


@pytest.fixture(name="loaded")
def _loaded(tmp_path: Path) -> Load:
    return lambda files: load(write_spec(tmp_path, files))


@pytest.fixture(name="refused")
def _refused(tmp_path: Path) -> Refuse:
    """The diagnostics of a document that cannot be loaded; their files as paths from the document's directory."""

    def refuse(files: dict[str, str]) -> list[Diagnostic]:
        with pytest.raises(SpecError) as caught:
            load(write_spec(tmp_path, files))
        assert str(caught.value).splitlines() == [
            str(diagnostic) for diagnostic in caught.value.diagnostics
        ]
        return [
            Diagnostic(
                Path(found.file).relative_to(tmp_path).as_posix(),
                found.line,
                found.message,
                found.fix,
            )
            for found in caught.value.diagnostics
        ]

    return refuse


def place(diagnostics: list[Diagnostic]) -> tuple[str, int]:
    """Where the only diagnostic is."""
    assert len(diagnostics) == 1, diagnostics
    return diagnostics[0].file, diagnostics[0].line


# -- the bundle --------------------------------------------------------------------------------------------


def test_path_items_of_other_files_stand_in_the_bundle_where_they_were_referred_to(
    loaded: Load,
) -> None:
    data = loaded(BASE).data

    assert list(data["paths"]) == ["/v1/links", "/v1/links/{id}"]
    assert data["paths"]["/v1/links"]["post"]["operationId"] == "createLink"


def test_every_schema_of_every_schema_file_is_in_the_bundle_in_sorted_order(
    loaded: Load,
) -> None:
    files = {
        **BASE,
        "schemas/more/unreached.yaml": "Zebra: {type: string}\nApple: {type: string}\n",
    }

    schemas = loaded(files).data["components"]["schemas"]

    assert list(schemas) == [
        *("Apple", "Forgotten", "LinkStatus", "Zebra", "request.CreateLink"),
        *("response.Error", "response.Link", "response.Links"),
    ]


def test_references_between_files_become_references_inside_the_bundle(
    loaded: Load,
) -> None:
    data = loaded(BASE).data

    operation = data["paths"]["/v1/links"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/request.CreateLink"}
    assert operation["responses"]["401"] == {
        "$ref": "#/components/responses/Unauthorized"
    }
    status = data["components"]["schemas"]["response.Link"]["properties"]["status"]
    assert status == {"$ref": "#/components/schemas/LinkStatus"}


def test_keys_keep_the_order_in_which_they_were_written(loaded: Load) -> None:
    data = loaded({"openapi.yaml": HEAD + "x-z: 1\nx-a: 2\npaths: {}\n"}).data

    assert list(data) == ["openapi", "info", "x-z", "x-a", "paths"]


def test_a_single_file_with_references_inside_itself_is_a_document(
    loaded: Load,
) -> None:
    text = HEAD + (
        "paths: {}\n"
        "components:\n"
        "  schemas:\n"
        "    B: {$ref: '#/components/schemas/A'}\n"
        "    A: {type: string, description: a scalar}\n"
    )

    document = loaded({"api.yaml": text})

    assert document.data["components"]["schemas"] == {
        "A": {"type": "string", "description": "a scalar"},
        "B": {"$ref": "#/components/schemas/A"},
    }
    assert document.where(("components", "schemas", "A", "description")).line == 7


def test_a_json_file_is_a_document(loaded: Load) -> None:
    text = '{\n\t"openapi": "3.1.0",\n\t"info": {"title": "a\\/b \\ud83d\\ude00 \\\\ud83d"},\n\t"paths": {}\n}'

    document = loaded({"api.json": text})

    assert document.data["info"]["title"] == "a/b 😀 \\ud83d"
    assert document.where(("info",)).line == 3


def test_the_directory_of_the_root_file_may_be_given_in_its_place(
    tmp_path: Path,
) -> None:
    root = write_spec(tmp_path, BASE)

    assert load(tmp_path) == load(root)


def test_references_in_examples_defaults_and_extensions_are_data(loaded: Load) -> None:
    text = HEAD + (
        "paths: {}\n"
        "components:\n"
        "  schemas:\n"
        "    A:\n"
        "      default: {$ref: nowhere.yaml}\n"
        "      example: {$ref: nowhere.yaml}\n"
        "      examples: [{$ref: nowhere.yaml}]\n"
        "      const: {$ref: nowhere.yaml}\n"
        "      enum: [{$ref: nowhere.yaml}]\n"
        "      x-note: {$ref: nowhere.yaml}\n"
        "  examples:\n"
        "    one: {value: {$ref: nowhere.yaml}}\n"
    )

    data = loaded({"openapi.yaml": text}).data

    assert data["components"]["schemas"]["A"]["default"] == {"$ref": "nowhere.yaml"}


def test_properties_that_are_called_like_keywords_are_schemas(loaded: Load) -> None:
    files = {
        "openapi.yaml": HEAD + "paths: {}\n",
        "schemas/a.yaml": """\
            A:
              properties:
                default: {$ref: "#/B"}
                example: {$ref: "#/B"}
                x-note: {$ref: "#/B"}
                properties: {$ref: "#/B"}
                $ref: {type: string}
            B: {type: string}
            """,
    }

    properties = loaded(files).data["components"]["schemas"]["A"]["properties"]

    target = {"$ref": "#/components/schemas/B"}
    assert properties == {
        **dict.fromkeys(["default", "example", "x-note", "properties"], target),
        "$ref": {"type": "string"},
    }


def test_keys_beside_a_reference_to_a_schema_are_kept(loaded: Load) -> None:
    files = {
        "openapi.yaml": HEAD + "paths: {}\n",
        "schemas/a.yaml": 'A: {$ref: "b.yaml#/B", description: also a B}\n',
        "schemas/b.yaml": "B: {type: string}\n",
    }

    schema = loaded(files).data["components"]["schemas"]["A"]

    assert schema == {"$ref": "#/components/schemas/B", "description": "also a B"}


def test_the_mapping_of_a_discriminator_follows_its_schemas(loaded: Load) -> None:
    files = {
        "openapi.yaml": HEAD + "paths: {}\n",
        "schemas/pets.yaml": """\
            Pet:
              oneOf: [{$ref: "#/Cat"}, {$ref: "dogs.yaml#/Dog"}]
              discriminator: {propertyName: kind, mapping: {cat: "#/Cat", dog: "dogs.yaml#/Dog", other: Cat}}
            Cat: {type: object}
            """,
        "schemas/dogs.yaml": "Dog: {type: object}\n",
    }

    pet = loaded(files).data["components"]["schemas"]["Pet"]

    assert pet["discriminator"]["mapping"] == {
        "cat": "#/components/schemas/Cat",
        "dog": "#/components/schemas/Dog",
        "other": "Cat",
    }


def test_what_is_neither_path_item_nor_schema_is_copied_in_at_each_use(
    loaded: Load,
) -> None:
    files = edited(
        BASE,
        "paths/links.yaml",
        "  parameters:\n    - name: id\n      in: path\n      required: true\n      schema:\n"
        "        type: string\n      example: L1\n",
        "  parameters:\n    - $ref: ../parameters.yaml#/id\n",
    )
    files["parameters.yaml"] = """\
        id:
          name: id
          in: path
          required: true
          schema: {$ref: "schemas/links.yaml#/LinkStatus"}
          example: L1
        """

    document = loaded(files)

    pointer = ("paths", "/v1/links/{id}", "parameters", 0)
    assert document.get((*pointer, "schema")) == {
        "$ref": "#/components/schemas/LinkStatus"
    }
    assert document.where((*pointer, "required")).file.endswith("/parameters.yaml")


def test_a_path_item_of_the_components_is_written_out(loaded: Load) -> None:
    text = HEAD + (
        "paths:\n"
        "  /a: {$ref: '#/components/pathItems/A'}\n"
        "components:\n"
        "  pathItems:\n"
        "    A: {get: {responses: {}}}\n"
    )

    assert loaded({"openapi.yaml": text}).data["paths"]["/a"] == {
        "get": {"responses": {}}
    }


def test_the_bundle_is_the_same_bytes_every_time_and_loads_as_itself(
    tmp_path: Path,
) -> None:
    files = edited(BASE, "openapi.yaml", "title: Links", "title: Ссылки")
    first = bundle_bytes(load(write_spec(tmp_path / "one", files)))
    second = bundle_bytes(
        load(write_spec(tmp_path / "two", dict(reversed(files.items()))))
    )

    assert first == second
    assert "Ссылки".encode() in first
    assert first.endswith(b"}\n")
    (tmp_path / "bundle.json").write_bytes(first)
    assert bundle_bytes(load(tmp_path / "bundle.json")) == first


# -- the source map ----------------------------------------------------------------------------------------


def test_a_place_in_the_bundle_leads_to_the_file_and_line_where_it_was_written(
    loaded: Load,
) -> None:
    document = loaded(BASE)

    def where(*pointer: str | int) -> tuple[str, str]:
        location = document.where(pointer)
        line = (
            Path(location.file)
            .read_text(encoding="utf-8")
            .splitlines()[location.line - 1]
        )
        return "/".join(Path(location.file).parts[-2:]), line.strip()

    assert where("paths", "/v1/links/{id}") == ("paths/links.yaml", "/v1/links/{id}:")
    assert where("paths", "/v1/links", "get", "parameters", 1) == (
        "paths/links.yaml",
        "- name: size",
    )
    assert where("components", "schemas", "LinkStatus", "enum", 0) == (
        "schemas/links.yaml",
        "- active",
    )
    assert where("webhooks", "link.paid")[1] == "link.paid:"


def test_an_unknown_place_has_the_location_of_its_nearest_ancestor(
    loaded: Load,
) -> None:
    document = loaded(BASE)

    operation = ("paths", "/v1/links", "post")
    assert document.where((*operation, "x-absent", "deeper")) == document.where(
        operation
    )
    assert document.where(("nothing",)).line == 1


def test_a_document_without_a_source_map_still_responses(loaded: Load) -> None:
    assert Document({"openapi": "3.1.0"}).where(("openapi",)) == Location(
        "<document>", 1
    )
    assert str(Location("spec/a.yaml", 3)) == "spec/a.yaml:3"


def test_a_changed_document_keeps_the_source_map(loaded: Load) -> None:
    document = loaded(BASE)

    changed = document.with_data({"openapi": "3.1.0"})

    assert changed.where(("paths", "/v1/links")) == document.where(
        ("paths", "/v1/links")
    )


def test_files_are_called_as_the_user_called_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_spec(tmp_path / "spec", BASE)
    monkeypatch.chdir(tmp_path)

    document = load(Path("spec/openapi.yaml"))

    assert document.where(("paths", "/v1/links")) == Location(
        "spec/paths/links.yaml", 1
    )


def test_a_diagnostic_reads_as_file_line_message_and_fix() -> None:
    diagnostic = Diagnostic("spec/paths/x.yaml", 12, "it is wrong.", "make it right")

    assert str(diagnostic) == "spec/paths/x.yaml:12: it is wrong. Fix: make it right"


# -- YAML --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[
            ("yes", "yes"),
            ("no", "no"),
            ("on", "on"),
            ("off", "off"),
            ("NO", "NO"),
            ("y", "y"),
        ],
        *[("true", True), ("True", True), ("FALSE", False), ("tRUE", "tRUE")],
        *[("null", None), ("~", None), ("", None), ("Null", None), ("nULL", "nULL")],
        *[
            ("2025-03-14", "2025-03-14"),
            ("2025-03-14T00:00:00Z", "2025-03-14T00:00:00Z"),
            ("12:30:45", "12:30:45"),
        ],
        *[
            ("012", 12),
            ("0o14", 12),
            ("0xFf", 255),
            ("+5", 5),
            ("-0", 0),
            ("1_000", "1_000"),
            ("0b1", "0b1"),
        ],
        *[
            ("1.50", 1.5),
            (".5", 0.5),
            ("1.", 1.0),
            ("1e3", 1000.0),
            ("-1.5E-2", -0.015),
            ("1e", "1e"),
            (".", "."),
        ],
        *[
            ("'12'", "12"),
            ('"true"', "true"),
            ("!!str 12", "12"),
            ("!!int '12'", 12),
            ("1.0.0", "1.0.0"),
        ],
        *[("9007199254740993", 9007199254740993), ("=", "="), ("3d", "3d")],
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(
    loaded: Load, text: str, value: object
) -> None:
    found = loaded({"openapi.yaml": f"{HEAD}x-value: {text}\n"}).data["x-value"]

    assert found == value
    assert type(found) is type(value)


_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Co"], exclude_characters="\ufeff\ufffe\uffff"
    )
)
# A key of YAML on one line has 1,024 characters at most, and JSON writes six of them for one that is not ASCII.
_KEY = _TEXT.filter(lambda text: len(json.dumps(text)) < 1000)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEY, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_loading_and_bundling_keep_every_value_of_json(value: object) -> None:
    text = json.dumps({"openapi": "3.1.0", "paths": {}, "x-value": value})

    assert json.loads(bundle_bytes(_load_text(text, "api.json")))["x-value"] == value


@given(_JSON)
def test_loading_keeps_every_value_that_another_yaml_library_wrote(
    value: object,
) -> None:
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    stream = StringIO()
    yaml.dump({"openapi": "3.1.0", "paths": {}, "x-value": value}, stream)

    assert _load_text(stream.getvalue(), "api.yaml").data["x-value"] == value


def _load_text(text: str, name: str) -> Document:
    with tempfile.TemporaryDirectory() as directory:
        return load(write_spec(Path(directory), {name: text}))


def test_status_codes_are_text_with_quotes_or_without(loaded: Load) -> None:
    text = (
        HEAD
        + "paths: {/a: {get: {responses: {200: {description: ok}, '404': {description: no}}}}}\n"
    )

    assert list(
        loaded({"openapi.yaml": text}).data["paths"]["/a"]["get"]["responses"]
    ) == ["200", "404"]


def test_an_alias_is_a_copy_of_its_anchor(loaded: Load) -> None:
    data = loaded(
        {"openapi.yaml": HEAD + "paths: {}\nx-a: &a {b: [1]}\nx-c: *a\n"}
    ).data

    assert data["x-c"] == {"b": [1]}
    assert data["x-c"] is not data["x-a"]


@pytest.mark.parametrize(
    ("text", "line", "message", "fix"),
    [
        ("a: 1\na: 2\n", 2, "'a' is already on line 1", "remove or rename"),
        (
            "a:\n  200: x\n  '200': y\n",
            3,
            "'200' is already on line 2",
            "remove or rename",
        ),
        ("a: [1,\nb: 2\n", 3, "not YAML", "correct the YAML"),
        ("a: b: c\n", 1, "not YAML", "correct the YAML"),
        ("a: 1\nb: \x01\n", 2, "not YAML", "remove the character"),
        ("a: *b\n", 1, "no anchor", "write &b before"),
        ("", 1, "empty", "write the document"),
        ("# only a comment\n", 1, "empty", "write the document"),
        (
            "a: 1\n---\nb: 2\n",
            2,
            "more than one YAML document",
            "one document per file",
        ),
        ("a: 1\nb: !!timestamp 2025-03-14\n", 2, "does not fit", "remove the tag"),
        ("a: !thing {b: 1}\n", 1, "'!thing'", "remove the tag"),
        ("a: !!int x\n", 1, "'x' does not fit", "remove the tag"),
        ("a: .nan\n", 1, "no number .nan", "quote"),
        ("a: 1e999\n", 1, "no number 1e999", "quote"),
        (f"a: {'9' * 5000}\n", 1, "too many digits", "quote"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "merge key", "write the entries out"),
        ("? [a]\n: b\n", 1, "a key is not text", "as text"),
        ("a: " + "[" * 30_000, 1, "100 deep", "$ref"),
        ("a: &a [*a]\n", 1, "no anchor", "write &a before"),
        ("- 1\n", 1, "not an OpenAPI document", "begins with `openapi:`"),
        ("swagger: '2.0'\n", 1, "not an OpenAPI document", "begins with `openapi:`"),
    ],
)
def test_broken_yaml_is_refused_with_its_line(
    refused: Refuse, text: str, line: int, message: str, fix: str
) -> None:
    diagnostics = refused({"openapi.yaml": text})

    assert place(diagnostics) == ("openapi.yaml", line)
    assert message in diagnostics[0].message
    assert fix in diagnostics[0].fix


def test_aliases_that_blow_a_file_up_are_refused(refused: Refuse) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    diagnostics = refused({"openapi.yaml": "\n".join(lines)})

    assert "too large" in diagnostics[0].message


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(tmp_path: Path) -> None:
    root = tmp_path / "openapi.yaml"
    root.write_bytes(b"openapi: 3.1.0\nx-a: \xff\n")

    with pytest.raises(SpecError, match=r"openapi\.yaml:2: the file is not UTF-8"):
        load(root)


def test_a_root_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"absent\.yaml:1: the file cannot be read"):
        load(tmp_path / "absent.yaml")


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(
    loaded: Load,
) -> None:
    document = loaded(
        {"openapi.yaml": "\ufeff" + HEAD.replace("\n", "\r\n") + "paths: {}\r\n"}
    )

    assert document.data["openapi"] == "3.1.0"
    assert document.where(("paths",)).line == 3


# -- references that lead nowhere --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "message", "fix"),
    [
        (
            "../schemas/links.yaml#/response.Lnik",
            "leads nowhere",
            "did you mean `response.Link`?",
        ),
        (
            "../schemas/links.yaml#/response.Link/properties/absent",
            "leads nowhere",
            "add the key",
        ),
        (
            "../schemas/lnks.yaml#/response.Link",
            "no file '../schemas/lnks.yaml'",
            "did you mean `../schemas/links.yaml`?",
        ),
        ("../schemas/links.yaml", "names no schema", "add `#/`"),
        ("../schemas/links.yaml#response.Link", "no JSON pointer", "`#/key`"),
        (
            "#/components/schemas/response.Link",
            "leads nowhere",
            "`../openapi.yaml#/components/schemas/response.Link`",
        ),
        (
            "../openapi.yaml#/components/schemas/Absent",
            "leads nowhere",
            "add what it refers to",
        ),
        (
            "../../elsewhere.yaml#/A",
            "outside of the spec directory",
            "copy the file below",
        ),
        ("/etc/passwd", "outside of the spec directory", "copy the file below"),
        ("https://example.com/a.yaml#/A", "leads out of the document", "copy"),
        ("file:///etc/passwd", "leads out of the document", "copy"),
        ("//example.com/a.yaml", "leads out of the document", "copy"),
    ],
)
def test_a_reference_that_cannot_be_followed_is_refused_where_it_is_written(
    refused: Refuse, reference: str, message: str, fix: str
) -> None:
    files = edited(
        BASE,
        "paths/links.yaml",
        "../schemas/links.yaml#/request.CreateLink",
        json.dumps(reference),
    )

    diagnostics = refused(files)

    line = (
        files["paths/links.yaml"]
        .splitlines()
        .index(f"            $ref: {json.dumps(reference)}")
        + 1
    )
    assert place(diagnostics) == ("paths/links.yaml", line)
    assert message in diagnostics[0].message
    assert fix in diagnostics[0].fix


def test_a_dangling_reference_inside_one_file_is_refused_with_a_suggestion(
    refused: Refuse,
) -> None:
    diagnostics = refused(
        edited(BASE, "schemas/links.yaml", "#/LinkStatus", "#/LinkStatsu")
    )

    assert place(diagnostics) == ("schemas/links.yaml", 32)
    assert diagnostics[0].fix == "did you mean `LinkStatus`?"


def test_a_dangling_reference_of_the_root_file_is_refused(refused: Refuse) -> None:
    text = (
        HEAD
        + "paths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    Bb: {}\n"
    )

    diagnostics = refused({"openapi.yaml": text})

    assert place(diagnostics) == ("openapi.yaml", 6)
    assert diagnostics[0].message == "'#/components/schemas/B' leads nowhere"
    assert diagnostics[0].fix == "did you mean `Bb`?"


def test_a_mapping_of_a_discriminator_that_leads_nowhere_is_refused(
    refused: Refuse,
) -> None:
    schema = "A:\n  discriminator:\n    propertyName: kind\n    mapping:\n      a: '#/Absent'\n"

    diagnostics = refused(
        {"openapi.yaml": HEAD + "paths: {}\n", "schemas/a.yaml": schema}
    )

    assert place(diagnostics) == ("schemas/a.yaml", 5)


def test_a_link_that_leads_out_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("A: {type: string}\n")
    root = write_spec(
        tmp_path / "spec",
        {"openapi.yaml": HEAD + "paths: {/a: {$ref: link.yaml#/A}}\n"},
    )
    (tmp_path / "spec" / "link.yaml").symlink_to(tmp_path / "secret.yaml")

    with pytest.raises(SpecError, match="outside of the spec directory"):
        load(root)


@pytest.mark.parametrize("directory", ["schemas", "paths"])
def test_a_link_among_the_files_that_are_read_by_themselves_is_refused(
    tmp_path: Path, directory: str
) -> None:
    (tmp_path / "secret.yaml").write_text("Secret: {description: pr_of_the_machine}\n")
    root = write_spec(tmp_path / "spec", {"openapi.yaml": HEAD + "paths: {}\n"})
    (tmp_path / "spec" / directory).mkdir()
    (tmp_path / "spec" / directory / "link.yaml").symlink_to(tmp_path / "secret.yaml")

    with pytest.raises(
        SpecError, match=f"{directory}/link.yaml:1: .* outside of the spec directory"
    ) as caught:
        load(root)
    assert "pr_of_the_machine" not in str(caught.value)


@pytest.mark.parametrize(
    "reference",
    ["%2Fetc%2Fpasswd", "..%2f..%2felsewhere.yaml", "a%00b.yaml", "../link/x.yaml"],
)
def test_no_spelling_of_a_path_leads_out_of_the_directory(
    tmp_path: Path, reference: str
) -> None:
    files = edited(
        BASE,
        "paths/links.yaml",
        "../schemas/links.yaml#/request.CreateLink",
        json.dumps(reference),
    )
    root = write_spec(tmp_path / "spec", files)
    (tmp_path / "x.yaml").write_text("A: 1\n")
    (tmp_path / "spec" / "link").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(SpecError, match="outside of the spec directory"):
        load(root)


def test_a_broken_file_is_reported_once_and_not_with_every_reference_to_it(
    refused: Refuse,
) -> None:
    files = {**BASE, "schemas/errors.yaml": "a: [\n"}

    diagnostics = refused(files)

    assert {diagnostic.file for diagnostic in diagnostics} == {"schemas/errors.yaml"}


def test_all_diagnostics_are_told_at_once_in_order(refused: Refuse) -> None:
    files = edited(BASE, "schemas/links.yaml", "#/LinkStatus", "#/Absent")
    files = edited(
        files,
        "openapi.yaml",
        "paths/links.yaml#/~1v1~1links\n",
        "paths/absent.yaml#/a\n",
    )

    diagnostics = refused(files)

    assert [diagnostic.file for diagnostic in diagnostics] == [
        "openapi.yaml",
        "paths/links.yaml",
        "schemas/links.yaml",
    ]


def test_two_files_with_one_schema_key_are_refused(refused: Refuse) -> None:
    diagnostics = refused(
        {**BASE, "schemas/other.yaml": "\nLinkStatus: {type: string}\n"}
    )

    assert place(diagnostics) == ("schemas/other.yaml", 2)
    assert "'LinkStatus' is already in" in diagnostics[0].message
    assert "schemas/links.yaml:45" in diagnostics[0].message


def test_a_path_in_a_file_that_the_root_leaves_out_is_refused(refused: Refuse) -> None:
    diagnostics = refused(
        {**BASE, "paths/more.yaml": "/v1/more:\n  get: {responses: {}}\n"}
    )

    assert place(diagnostics) == ("paths/more.yaml", 1)
    assert "$ref: paths/more.yaml#/~1v1~1more" in diagnostics[0].fix


def test_a_file_that_contains_itself_is_refused(refused: Refuse) -> None:
    files = {
        "openapi.yaml": HEAD
        + "paths: {/a: {get: {responses: {'200': {$ref: 'loop.yaml#/A'}}}}}\n",
        "loop.yaml": "A:\n  headers:\n    B: {$ref: '#/A'}\n",
    }

    diagnostics = refused(files)

    assert place(diagnostics) == ("loop.yaml", 3)
    assert "contains itself" in diagnostics[0].message


def test_a_path_item_with_keys_beside_its_reference_is_refused(refused: Refuse) -> None:
    reference = "$ref: paths/links.yaml#/~1v1~1links\n"

    diagnostics = refused(
        edited(BASE, "openapi.yaml", reference, reference + "    parameters: []\n")
    )

    assert place(diagnostics)[0] == "openapi.yaml"
    assert "`parameters` beside this `$ref` would be lost" in diagnostics[0].message


def test_schemas_that_refer_to_each_other_in_a_circle_are_fine(loaded: Load) -> None:
    files = {
        "openapi.yaml": HEAD + "paths: {}\n",
        "schemas/a.yaml": "A: {properties: {b: {$ref: 'b.yaml#/B'}}}\n",
        "schemas/b.yaml": "B: {properties: {a: {$ref: 'a.yaml#/A'}, me: {$ref: '#/B'}}}\n",
    }

    document = loaded(files)

    schema = ("components", "schemas")
    assert document.follow(
        (*schema, "A", "properties", "b", "properties", "a", "properties")
    ).pointer == (
        *(*schema, "A"),
        "properties",
    )


def test_following_a_reference_that_leads_round_in_a_circle_gives_nothing() -> None:
    document = Document(
        {"components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}}
    )

    assert document.follow(("components", "schemas", "A")).value is None


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return load(write_spec(tmp_path_factory.mktemp("base"), BASE))


@given(data=st.data())
def test_a_broken_document_is_loaded_or_refused_with_places(
    base: Document, data: st.DataObject
) -> None:
    text = json.dumps(data.draw(broken(base.data)), indent=1)

    try:
        loaded = _load_text(text, "api.json")
    except SpecError as refusal:
        diagnostics = refusal.diagnostics
    else:
        assert bundle_bytes(loaded)
        diagnostics = []

    assert all(
        1 <= diagnostic.line <= text.count("\n") + 1 for diagnostic in diagnostics
    )
