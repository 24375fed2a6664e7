"""Overlay 1.1: copies, single values as targets, its rules of its own, and moves of operations in a few lines."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.overlays import HEAD, HEAD_1_1, apply, base, diagnostics, write
from helpers.specs import BASE, broken, edited, write_spec
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import loader, openapi, overlays, pipeline
from generator.__main__ import main
from generator.diagnostics import Diagnostic, SpecError
from generator.document import Document, mapping
from generator.lint import redocly

RETRIEVE = ("paths", "/v1/links/{id}", "get")
ENUM = ("components", "schemas", "LinkStatus", "enum")


def apply_1_1(directory: Path, *overlays_in_order: str) -> Document:
    return apply(directory, *overlays_in_order, head=HEAD_1_1)


def diagnostics_1_1(directory: Path, *overlays_in_order: str) -> list[Diagnostic]:
    return diagnostics(directory, *overlays_in_order, head=HEAD_1_1)


# -- which version it is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "fix"),
    [
        ("    update: {}\n", "    copy: $.info\n", 7, "overlay: 1.1.0"),
        (
            "  version: 1.0.0\n",
            "  version: 1.0.0\n  description: Why.\n",
            5,
            "overlay: 1.1.0",
        ),
        (
            "target: $.info\n    update: {}",
            "target: $.info.title\n    update: A",
            6,
            "overlay: 1.1.0",
        ),
        ("overlay: 1.0.0", "overlay: 1.2.0", 1, "1.0 and 1.1"),
    ],
)
def test_a_file_that_needs_another_version_is_told_which_one_to_write(
    tmp_path: Path, old: str, new: str, line: int, fix: str
) -> None:
    path = tmp_path / "ours.overlay.yaml"
    path.write_text(
        (HEAD + "  - target: $.info\n    update: {}\n").replace(old, new), "utf-8"
    )

    with pytest.raises(SpecError) as raised:
        overlays.apply(base(), [path])

    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.file, diagnostic.line) == (path.as_posix(), line)
    assert fix in diagnostic.fix


def test_an_unknown_version_is_the_only_diagnostic_of_a_file_with_a_copy(
    tmp_path: Path,
) -> None:
    head = HEAD.replace("overlay: 1.0.0", "overlay: 2.0.0")

    [diagnostic] = diagnostics(
        tmp_path, "- {target: $.info, copy: $.info.license}\n", head=head
    )

    assert diagnostic.line == 1


def test_info_may_have_a_description_that_is_text(tmp_path: Path) -> None:
    described = HEAD_1_1.replace(
        "  title: Ours\n", "  title: Ours\n  description: Why we think so.\n"
    )
    action = "- {target: $.info, update: {x-a: 1}}\n"

    assert apply(tmp_path, action, head=described).data["info"]["x-a"] == 1
    [diagnostic] = diagnostics(
        tmp_path, action, head=described.replace("Why we think so.", "1")
    )
    assert (diagnostic.line, "`description` is not text" in diagnostic.message) == (
        4,
        True,
    )


# -- update of single values and lists ---------------------------------------------------------------------------------


def test_an_update_of_a_single_value_replaces_it(tmp_path: Path) -> None:
    after = apply_1_1(
        tmp_path,
        """\
        - target: $.info.title
          update: Ours
        - target: $.paths['/v1/links'].get.x-source[0]
          update: a letter from the vendor
        - target: $.paths.*.*.x-moves-money
          update: null
        """,
    )

    assert after.data["info"]["title"] == "Ours"
    assert after.get(("paths", "/v1/links", "get", "x-source")) == [
        "a letter from the vendor"
    ]
    assert (
        after.get(("paths", "/v1/links", "post")).get("x-moves-money", "gone") is None
    )
    place = after.where(("info", "title"))
    assert (Path(place.file).name, place.line) == ("1.overlay.yaml", 7)
    assert after.where(("info", "version")) == base().where(("info", "version"))


def test_a_list_is_joined_to_a_list_and_anything_else_becomes_one_more_entry(
    tmp_path: Path,
) -> None:
    target = "$.components.schemas.LinkStatus.enum"
    actions = (
        f"- {{target: {target}, update: [a, b]}}\n- {{target: {target}, update: c}}\n"
    )
    added = f"- {{target: {target}, update: [[d]]}}\n"

    before = base().get(ENUM)
    assert apply_1_1(tmp_path, actions, added).get(ENUM) == [
        *before,
        "a",
        "b",
        "c",
        ["d"],
    ]
    assert apply(tmp_path, actions).get(ENUM) == [*before, ["a", "b"], "c"], (
        "Overlay 1.0 appends"
    )


# -- copy --------------------------------------------------------------------------------------------------------------


def test_a_copy_merges_what_it_selects_and_leaves_that_as_it_is(tmp_path: Path) -> None:
    after = apply_1_1(
        tmp_path,
        """\
        - target: $.paths['/v1/links'].get
          copy: $.paths['/v1/links'].post['x-evidence']
        - target: $.components.schemas.LinkStatus.enum
          copy: $.paths['/v1/links'].get.tags
        - target: $.info.title
          copy: $.info.license.name
        - target: $.components.schemas.LinkStatus.enum
          copy: $.info.version
        """,
    )

    operation = after.get(("paths", "/v1/links", "get"))
    assert (operation["method"], operation["path"]) == ("documented", "documented")
    assert operation["operationId"] == "listLinks"
    assert after.get(ENUM) == [*base().get(ENUM), "Links", "1.0.0"]
    assert after.data["info"]["title"] == "MIT"
    assert after.get(("paths", "/v1/links", "post")) == base().get(
        ("paths", "/v1/links", "post")
    )


def test_a_copy_is_not_one_thing_with_what_it_was_made_from(tmp_path: Path) -> None:
    after = apply_1_1(
        tmp_path,
        """\
        - {target: $.info, update: {x-a: {words: []}, x-b: {}, x-c: {}}}
        - {target: "$.info['x-b', 'x-c']", copy: $.info.x-a}
        - {target: $.info.x-b.words, update: here}
        """,
    )

    info = after.data["info"]
    assert (info["x-a"]["words"], info["x-b"]["words"], info["x-c"]["words"]) == (
        [],
        ["here"],
        [],
    )


def test_a_copy_may_go_into_what_holds_it_and_into_a_part_of_it(tmp_path: Path) -> None:
    after = apply_1_1(
        tmp_path,
        """\
        - {target: $.info, copy: $.info.license}
        - {target: $.info.license, copy: $.info}
        """,
    )

    assert after.data["info"]["name"] == "MIT"
    assert after.data["info"]["license"]["license"] == {
        "name": "MIT",
        "identifier": "MIT",
    }


def test_what_a_copy_brings_has_the_place_of_the_copy(tmp_path: Path) -> None:
    after = apply_1_1(
        tmp_path,
        """\
        - target: $.paths['/v1/links/{id}']
          update:
            put: {}
        - target: $.paths['/v1/links/{id}'].put
          copy: $.paths['/v1/links/{id}'].get
        """,
    )

    place = after.where(
        ("paths", "/v1/links/{id}", "put", "responses", "200", "description")
    )
    assert (Path(place.file).name, place.line) == ("1.overlay.yaml", 10)
    summary = (*RETRIEVE, "summary")
    assert after.where(summary) == base().where(summary)


@pytest.mark.parametrize(
    ("action", "line", "message", "fix"),
    [
        (
            "target: $.info\n  copy: $.nothing",
            7,
            "the copy '$.nothing' matches nothing",
            "`$` has no 'nothing'",
        ),
        (
            "target: $.info\n  copy: $.infos",
            7,
            "the copy '$.infos' matches nothing",
            "did you mean",
        ),
        (
            "target: $.paths['/v2']\n  copy: $.info",
            6,
            "matches nothing",
            "with an `update`",
        ),
        ("target: $.info\n  copy: $.paths.*", 7, "selects 2 places", "exactly one"),
        ("target: $.info\n  copy: $.info", 7, "into itself", "another place"),
        (
            "target: $.paths.*\n  copy: $.paths['/v1/links']",
            7,
            "into itself",
            "another place",
        ),
        (
            "target: $.info\n  copy: $.tags",
            7,
            "selects an object, and what is copied is a list",
            "keys",
        ),
        (
            "target: $.info.title\n  copy: $.info",
            7,
            "selects a single value, and what is copied is",
            "single",
        ),
        (
            "target: $.info.title\n  update: [a]",
            7,
            "selects a single value, and `update` is a list",
            "single",
        ),
        (
            "target: $.info.title\n  update: {a: b}",
            7,
            "a single value, and `update` is an object",
            "single",
        ),
        (
            "target: $.info\n  update: [a]",
            7,
            "selects an object, and `update` is a list",
            "keys",
        ),
        (
            "target: $.info.*\n  update: a",
            6,
            "selects a single value and an object",
            "action for each",
        ),
        ("target: $.tags.*.*\n  copy: 1", 7, "`copy` is not a JSONPath", "$.paths"),
        ("target: $.info\n  copy: info", 7, "does not begin with `$`", "$.paths"),
        (
            "target: $.info\n  copy: $.info[",
            7,
            "the copy '$.info[' is not a JSONPath",
            "RFC 9535",
        ),
        (
            "target: $.info\n  copy: $.tags\n  update: {}",
            6,
            "both `update` and `copy`",
            "one of",
        ),
        (
            "target: $.info\n  copy: $.tags\n  remove: true",
            6,
            "both `copy` and `remove`",
            "one of",
        ),
        ("target: $.info\n  remove: false", 6, "the action does nothing", "one of"),
        (
            "target: $.components.schemas['response.Link'].properties.status\n"
            "  copy: $.components.schemas['response.Link'].properties.id",
            7,
            "`type` beside the `$ref`",
            "target what it refers to",
        ),
    ],
)
def test_a_copy_or_an_update_that_does_not_fit_is_an_error_at_its_line(
    tmp_path: Path, action: str, line: int, message: str, fix: str
) -> None:
    [diagnostic] = diagnostics_1_1(tmp_path, f"- {action}\n")

    assert (Path(diagnostic.file).name, diagnostic.line) == ("1.overlay.yaml", line)
    assert message in diagnostic.message
    assert fix in diagnostic.fix


# -- the same rules in both versions where 1.1 changed nothing ---------------------------------------------------------

SINGLE = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUE = st.recursive(
    SINGLE,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUE, max_size=3)


def merged(old: Any, new: Any) -> Any:
    """The merge of both versions of the standard, said once more; KeyError where kinds do not fit."""
    if isinstance(old, dict) and isinstance(new, dict):
        both = {
            key: merged(value, new[key]) if key in new else value
            for key, value in old.items()
        }
        return both | {key: value for key, value in new.items() if key not in old}
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    if isinstance(old, (dict, list)) or isinstance(new, (dict, list)):
        raise KeyError
    return new


@given(old=OBJECTS, new=OBJECTS)
def test_objects_merge_in_1_0_as_ever_in_1_1_alike_and_by_a_copy_too(
    old: Any, new: Any
) -> None:
    document = Document({"x-old": old, "x-new": new})
    actions = [{"target": "$.x-old", "update": new}]
    copies = [{"target": "$.x-old", "copy": "$.x-new"}]
    for version, listed in (("1.0.0", actions), ("1.1.0", actions), ("1.1.0", copies)):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "ours.json"
            info = {"title": "t", "version": "1"}
            path.write_text(
                json.dumps({"overlay": version, "info": info, "actions": listed}),
                "utf-8",
            )
            try:
                wanted = merged(copy.deepcopy(old), new)
            except KeyError:
                with pytest.raises(SpecError, match="cannot be merged"):
                    overlays.apply(document, [path])
            else:
                assert overlays.apply(document, [path]).data == {
                    "x-old": wanted,
                    "x-new": new,
                }


GOOD = {
    "overlay": "1.1.0",
    "info": {"title": "t", "version": "1", "description": "d"},
    "actions": [
        {"target": "$.paths['/v1/links'].get", "copy": "$.paths['/v1/links'].post"},
        {
            "target": "$.components.schemas.*.properties[?@.type == 'string'].type",
            "update": "integer",
        },
        {"target": "$.info", "copy": "$.info.license"},
    ],
}


@given(data=st.data())
def test_no_overlay_of_1_1_ends_in_a_traceback(data: st.DataObject) -> None:
    overlay = data.draw(broken(GOOD))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "broken.overlay.json"
        path.write_text(json.dumps(overlay), "utf-8")
        with contextlib.suppress(SpecError):
            overlays.apply(base(), [path])


# -- moving an operation -----------------------------------------------------------------------------------------------

MOVE = """\
- target: $.paths
  update:
    /v2/links/{id}/find: {parameters: [], post: {}}
- target: $.paths['/v2/links/{id}/find'].parameters
  copy: $.paths['/v1/links/{id}'].parameters
- target: $.paths['/v2/links/{id}/find'].post
  copy: $.paths['/v1/links/{id}'].get
- target: $.paths['/v1/links/{id}']
  remove: true
"""
#: The same without the parameters that all operations of the old path share.
FORGETFUL = """\
- target: $.paths
  update:
    /v2/links/{id}/find: {post: {}}
- target: $.paths['/v2/links/{id}/find'].post
  copy: $.paths['/v1/links/{id}'].get
- target: $.paths['/v1/links/{id}'].get
  remove: true
"""
#: A path with a parameter that its template does not name.
SHARED = edited(
    BASE,
    "paths/links.yaml",
    "      example: L1\n  get:\n    operationId: retrieveLink",
    "      example: L1\n    - name: X-Shop\n      in: header\n      schema:\n        type: string\n      example: S1\n"
    "  get:\n    operationId: retrieveLink",
)


def test_an_operation_is_moved_to_another_path_and_method_in_a_few_lines(
    tmp_path: Path,
) -> None:
    root = write_spec(tmp_path / "spec", BASE)

    pipeline.build(root, tmp_path / "plexy_pay", [write(tmp_path, MOVE, head=HEAD_1_1)])

    record = (
        (tmp_path / "plexy_pay" / "_operations.py")
        .read_text("utf-8")
        .partition("RETRIEVE_LINK = ")[2]
    )
    record = record.partition("\n)")[0]
    assert 'method="POST"' in record
    assert 'path="/v2/links/{id}/find"' in record
    sources = [
        path.read_text("utf-8") for path in (tmp_path / "plexy_pay").rglob("*.py")
    ]
    assert not [text for text in sources if "/v1/links/{id}" in text]


@pytest.mark.parametrize(
    ("spec", "name"), [(BASE, "'id' (path)"), (SHARED, "'X-Shop' (header)")]
)
def test_a_copied_operation_that_lost_the_parameters_of_its_path_is_an_error(
    tmp_path: Path, spec: dict[str, str], name: str
) -> None:
    document = loader.load(write_spec(tmp_path / "spec", spec))
    overlay = write(tmp_path, FORGETFUL, head=HEAD_1_1)

    with pytest.raises(SpecError) as raised:
        overlays.apply(document, [overlay])

    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.file, diagnostic.line) == (overlay.as_posix(), 10)
    assert name in diagnostic.message
    assert "`parameters: []`" in diagnostic.fix
    assert "copy: $['paths']['/v1/links/{id}']['parameters']" in diagnostic.fix


@pytest.mark.parametrize(
    "more",
    [
        "- target: $.paths['/v2/links/{id}/find']\n  update: {parameters: []}\n",
        "- target: $.paths['/v2/links/{id}/find'].post\n"
        "  update: {parameters: [{name: id, in: path, required: true, schema: {type: string}, example: L1}]}\n",
        "- target: $.paths['/v2/links/{id}/find']\n  remove: true\n",
    ],
)
def test_parameters_that_the_new_path_or_the_operation_lists_are_the_users_choice(
    tmp_path: Path, more: str
) -> None:
    assert apply_1_1(tmp_path, FORGETFUL + more)


def test_a_parameter_of_a_path_that_the_new_path_does_not_name_may_stay_behind(
    tmp_path: Path,
) -> None:
    after = apply_1_1(
        tmp_path, FORGETFUL.replace("/v2/links/{id}/find", "/v2/links/find")
    )

    assert (
        after.get(("paths", "/v2/links/find", "post", "operationId")) == "retrieveLink"
    )


def moved_create(evidence: str, method: str = "put", path: str = "/v1/links") -> str:
    """The documented operation that creates links at another place, with an action that writes its evidence."""
    new = f"$.paths['{path}'].{method}"
    return (
        f"- target: $.paths\n  update:\n    {path}: {{{method}: {{}}}}\n"
        f"- target: {new}\n  copy: $.paths['/v1/links'].post\n"
        f"- target: $.paths['/v1/links'].post\n  remove: true\n"
        f"- target: {new}\n  update: {{x-evidence: {evidence}}}\n"
    )


@pytest.mark.parametrize(
    ("actions", "keys"),
    [
        (moved_create("{}"), ["method"]),
        (moved_create("{path: observed}"), ["method"]),
        (moved_create("{}", method="post", path="/v2/links"), ["path"]),
        (moved_create("{}", path="/v2/links"), ["method", "path"]),
        (moved_create("{method: observed}", path="/v2/links"), ["path"]),
    ],
)
def test_a_copied_operation_with_the_evidence_of_its_old_place_is_an_error(
    tmp_path: Path, actions: str, keys: list[str]
) -> None:
    found = diagnostics_1_1(tmp_path, actions)

    assert [(Path(diagnostic.file).name, diagnostic.line) for diagnostic in found] == [
        ("1.overlay.yaml", 10)
    ] * len(keys)
    for diagnostic, key in zip(found, keys, strict=True):
        assert f"still says that its {key} is documented" in diagnostic.message
        assert "`x-evidence:`" in diagnostic.fix


WHOLE_PATH = """\
- target: $.paths
  update:
    /v2/links: {}
- target: $.paths['/v2/links']
  copy: $.paths['/v1/links']
- target: $.paths['/v1/links']
  remove: true
"""


def test_each_operation_of_a_copied_path_item_needs_the_evidence_of_its_new_place(
    tmp_path: Path,
) -> None:
    [diagnostic] = diagnostics_1_1(tmp_path, WHOLE_PATH)

    assert (diagnostic.line, "its path is documented" in diagnostic.message) == (
        10,
        True,
    )
    assert "$['paths']['/v2/links']['post']" in diagnostic.fix
    written = (
        "- target: $.paths['/v2/links'].post.x-evidence.path\n  update: observed\n"
    )
    assert apply_1_1(tmp_path, WHOLE_PATH + written)


@pytest.mark.parametrize(
    "actions",
    [
        moved_create("{method: documented}"),
        moved_create("{method: observed, path: documented}", path="/v2/links"),
        moved_create("{path: inferred}", method="post", path="/v2/links"),
    ],
)
def test_evidence_that_was_written_after_the_copy_is_the_users_word(
    tmp_path: Path, actions: str
) -> None:
    assert apply_1_1(tmp_path, actions)


def test_a_file_of_one_line_knows_what_was_written_after_the_copy(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ours.overlay.json"
    for evidence, fits in (("{method: observed}", True), ("{}", False)):
        overlay = yaml.safe_load(
            HEAD_1_1.replace("actions:", "") + "actions:\n" + moved_create(evidence)
        )
        path.write_text(json.dumps(overlay), "utf-8")
        with (
            contextlib.nullcontext()
            if fits
            else pytest.raises(SpecError, match="method is documented")
        ):
            assert overlays.apply(base(), [path])


def operations(document: Document) -> dict[str, tuple[str, dict[str, Any], list[Any]]]:
    """The operations of a document by their ids: their method, their keys, and all parameters that they take."""
    found: dict[str, tuple[str, dict[str, Any], list[Any]]] = {}
    for operation in openapi.operations(document):
        keys = {
            key: value for key, value in operation.data.items() if key != "parameters"
        }
        taken = [parameter.value for parameter in operation.parameters()]
        found[str(keys["operationId"])] = (operation.method, keys, taken)
    return found


@settings(max_examples=40)
@given(data=st.data())
def test_copy_then_remove_moves_any_operation_of_the_spec_and_changes_nothing_else(
    data: st.DataObject,
) -> None:
    before = real()
    moved = data.draw(st.sampled_from(list(openapi.operations(before))))
    method = data.draw(st.sampled_from(["get", "put", "post", "delete", "patch"]))
    path = "/moved" + moved.path
    old, new = f"$.paths['{moved.path}']", f"$.paths['{path}']"
    actions: list[dict[str, Any]] = [
        {"target": "$.paths", "update": {path: {"parameters": [], method: {}}}},
        {"target": f"{new}.{method}", "copy": f"{old}.{moved.method}"},
        {"target": f"{old}.{moved.method}", "remove": True},
        {
            "target": f"{new}.{method}",
            "update": {"x-evidence": moved.data["x-evidence"]},
        },
    ]
    if "parameters" in mapping(before.get(moved.pointer[:-1])):
        actions.append({"target": f"{new}.parameters", "copy": f"{old}.parameters"})
    with tempfile.TemporaryDirectory() as directory:
        overlay = Path(directory) / "ours.overlay.yaml"
        info = {"title": "t", "version": "1"}
        overlay.write_text(
            yaml.safe_dump({"overlay": "1.1.0", "info": info, "actions": actions}),
            "utf-8",
        )
        after = overlays.apply(before, [overlay])

    wanted = operations(before)
    name = str(moved.data["operationId"])
    assert wanted[name][0] == moved.method
    wanted[name] = (method, *wanted[name][1:])
    assert operations(after) == wanted
    assert [
        item.path
        for item in openapi.operations(after)
        if item.data["operationId"] == name
    ] == [path]


_REAL: list[Document] = []


def real() -> Document:
    """The project's own document, read once."""
    if not _REAL:
        _REAL.append(loader.load(pipeline.SPEC))
    return _REAL[0]


# -- the command line, and a tool of somebody else ---------------------------------------------------------------------


@pytest.mark.parametrize("command", ["generate", "bundle", "vendor"])
def test_the_help_names_both_versions(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])

    assert "OpenAPI Overlay 1.0 or 1.1" in " ".join(capsys.readouterr().out.split())


@pytest.fixture(name="openapi_format")
def _openapi_format() -> Path:
    directory = Path(
        os.environ.get("PLEXY_NODE_MODULES") or redocly.PROJECT / "node_modules"
    )
    program = directory / ".bin" / "openapi-format"
    if not program.exists():
        pytest.fail(
            f"openapi-format is not in {directory}. Run `npm ci`, or set PLEXY_NODE_MODULES."
        )
    return program


@pytest.mark.parametrize(
    "actions",
    [
        MOVE,
        "- {target: $.info.title, update: Ours}\n- {target: '$.components.schemas.LinkStatus.enum', update: [a]}\n",
        "- {target: $.info, copy: $.info.license}\n- {target: $.info.title, copy: $.info.version}\n",
        "- {target: '$.components.schemas.LinkStatus.enum', copy: '$.tags[0].name'}\n",
    ],
)
def test_another_tool_makes_the_same_of_an_overlay(
    tmp_path: Path, openapi_format: Path, actions: str
) -> None:
    overlay = write(tmp_path, actions, head=HEAD_1_1)
    source, made = tmp_path / "openapi.json", tmp_path / "made.json"
    source.write_bytes(loader.bundle_bytes(base()))

    command = [
        str(openapi_format),
        str(source),
        "--overlayFile",
        str(overlay),
        "--no-sort",
        "--json",
    ]
    subprocess.run(
        [*command, "-o", str(made)], check=True, capture_output=True, timeout=120
    )

    assert json.loads(made.read_text("utf-8")) == overlays.apply(base(), [overlay]).data
