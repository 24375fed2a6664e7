"""Overlays: what they change, in which order, what they may not do, and what a package made with them is."""

from __future__ import annotations

import contextlib
import copy
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from helpers.maintainers import maintainer
from helpers.overlays import HEAD, apply, base, diagnostics, write
from helpers.specs import BASE, broken, edited, write_spec
from hypothesis import given
from hypothesis import strategies as st

from generator import checking, lint, loader, manifest, overlays, pipeline
from generator.__main__ import main
from generator.diagnostics import SpecError
from generator.document import Pointer
from generator.lint import redocly

LIST: Pointer = ("paths", "/v1/links", "get")


# -- update ------------------------------------------------------------------------------------------------------------


def test_an_update_merges_objects_replaces_single_values_and_joins_lists(
    tmp_path: Path,
) -> None:
    before = base().get(LIST)
    after = apply(
        tmp_path,
        """\
        - target: $.paths['/v1/links'].get
          update:
            summary: List the links
            x-evidence:
              path: observed
            x-source:
              - public code of a merchant
            description: New here.
        """,
    ).get(LIST)

    assert after["summary"] == "List the links"
    assert after["x-evidence"] == {"method": "documented", "path": "observed"}
    assert after["x-source"] == [*before["x-source"], "public code of a merchant"]
    assert after["description"] == "New here."
    assert after["parameters"] == before["parameters"]


def test_an_update_of_a_list_is_one_more_entry(tmp_path: Path) -> None:
    after = apply(
        tmp_path,
        """\
        - target: $.paths['/v1/links'].get.parameters
          update: {name: status, in: query, schema: {type: string}}
        - target: $.components.schemas.LinkStatus.enum
          update: [one, entry]
        """,
    )

    assert [p["name"] for p in after.get((*LIST, "parameters"))] == [
        "page",
        "size",
        "status",
    ]
    assert after.get(("components", "schemas", "LinkStatus", "enum"))[-1] == [
        "one",
        "entry",
    ]


def test_an_update_changes_everything_that_its_target_selects(tmp_path: Path) -> None:
    after = apply(
        tmp_path,
        """\
        - target: $.paths.*.get
          update: {deprecated: true}
        - target: $..parameters[?@.in == 'query' && @.name == 'size']
          update: {description: At most 100.}
        """,
    )

    marked = [
        item.get("get", {}).get("deprecated") for item in after.data["paths"].values()
    ]
    assert marked == [True, True]
    described = [p.get("description") for p in after.get((*LIST, "parameters"))]
    assert described == [None, "At most 100."]


def test_what_an_update_brings_to_two_places_is_not_one_thing(tmp_path: Path) -> None:
    after = apply(
        tmp_path,
        """\
        - target: $.paths.*.get
          update: {x-note: {words: []}}
        - target: $.paths['/v1/links'].get.x-note.words
          update: here
        """,
    )

    notes = [item["get"]["x-note"]["words"] for item in after.data["paths"].values()]
    assert notes == [["here"], []]


# -- remove ------------------------------------------------------------------------------------------------------------


def test_a_remove_takes_out_entries_of_objects_and_of_lists_and_single_values(
    tmp_path: Path,
) -> None:
    after = apply(
        tmp_path,
        """\
        - target: $.webhooks['link.paid']
          remove: true
        - target: $.paths['/v1/links'].get.x-pagination.total
          remove: true
        - target: $.components.schemas.LinkStatus.enum[?@ == 'active']
          remove: true
        """,
    )

    assert after.data["webhooks"] == {}
    assert "total" not in after.get((*LIST, "x-pagination"))
    assert after.get(("components", "schemas", "LinkStatus", "enum")) == ["paid"]


def test_a_remove_of_several_entries_takes_the_selected_ones(tmp_path: Path) -> None:
    after = apply(
        tmp_path,
        """\
        - target: $.components.schemas.LinkStatus
          update: {enum: [a, b, c]}
        - target: $.components.schemas.LinkStatus.enum[0, 2, 3]
          remove: true
        """,
    )

    assert after.get(("components", "schemas", "LinkStatus", "enum")) == ["paid", "c"]


def test_a_remove_may_select_an_object_and_what_is_inside_of_it(tmp_path: Path) -> None:
    after = apply(
        tmp_path,
        "- target: $.components.schemas['response.Link', 'Forgotten']..*\n  remove: true\n",
    )

    assert after.get(("components", "schemas", "Forgotten")) == {}


def test_a_value_of_another_kind_takes_a_remove_and_an_update(tmp_path: Path) -> None:
    after = apply(
        tmp_path,
        """\
        - target: $.components.schemas['response.Link'].properties.id.type
          remove: true
        - target: $.components.schemas['response.Link'].properties.id
          update: {type: [string, integer]}
        """,
    )

    assert after.get(
        ("components", "schemas", "response.Link", "properties", "id", "type")
    ) == [
        "string",
        "integer",
    ]


# -- order -------------------------------------------------------------------------------------------------------------


def test_actions_and_overlays_apply_in_order_each_to_what_those_before_it_made(
    tmp_path: Path,
) -> None:
    first = "- {target: $.info, update: {title: One}}\n- {target: $.info, update: {x-list: [1]}}\n"
    second = "- {target: $.info, update: {title: Two}}\n- {target: $.info.x-list, update: 2}\n"

    assert apply(tmp_path, first, second).data["info"]["title"] == "Two"
    assert apply(tmp_path, first, second).data["info"]["x-list"] == [1, 2]
    [diagnostic] = diagnostics(tmp_path, second, first)
    assert "'$.info.x-list' matches nothing" in diagnostic.message


def test_no_overlay_changes_nothing_and_the_given_document_is_never_changed(
    tmp_path: Path,
) -> None:
    before = copy.deepcopy(base().data)
    apply(
        tmp_path,
        "- {target: $, update: {info: {title: Mine}}}\n- {target: $.webhooks, remove: true}\n",
    )

    assert base().data == before
    assert overlays.apply(base(), []) is base()


def test_an_overlay_may_be_json(tmp_path: Path) -> None:
    action = {"target": "$.info", "update": {"title": "JSON"}}
    path = tmp_path / "ours.overlay.json"
    record = {
        "overlay": "1.0.1",
        "info": {"title": "t", "version": "1"},
        "x-mine": 1,
        "actions": [action],
    }
    path.write_text(json.dumps(record), "utf-8")

    assert overlays.apply(base(), [path]).data["info"]["title"] == "JSON"


# -- what an action may not do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "advice"),
    [
        ("$.paths['/v1/link']", "did you mean `$['paths']['/v1/links']`?"),
        ("$.paths['/v1/links'].patch", "`$['paths']['/v1/links']` has no 'patch'"),
        (
            "$.paths['/v1/links'].get.responses['401'].description",
            "refers to '#/components/responses/Unauthorized'; target that",
        ),
        (
            "$.paths.*.get.parameters[?@.name == 'pages']",
            "`python -m generator bundle` prints the document",
        ),
        ("$..operatonId", "`python -m generator bundle` prints the document"),
    ],
)
def test_a_target_that_selects_nothing_is_an_error_with_advice(
    tmp_path: Path, target: str, advice: str
) -> None:
    [diagnostic] = diagnostics(
        tmp_path, f'- target: "{target}"\n  update: {{x-a: 1}}\n'
    )

    assert diagnostic.file == (tmp_path / "1.overlay.yaml").as_posix()
    assert diagnostic.line == 6
    assert diagnostic.message == f"the target {target!r} matches nothing"
    assert advice in diagnostic.fix


@pytest.mark.parametrize(
    ("action", "line", "message"),
    [
        (
            "target: $.info.title\n  update: {a: b}",
            6,
            "selects a single value, into which nothing can be merged",
        ),
        (
            "target: $.info\n  update: Title",
            7,
            "selects an object, and `update` is a single value",
        ),
        (
            "target: $.info\n  update: [x]",
            7,
            "selects an object, and `update` is a list",
        ),
        ("target: $\n  remove: true", 6, "the document as a whole cannot be removed"),
        (
            "target: $.info\n  update:\n    x-a: 1\n    license: MIT",
            9,
            "`license` is an object, into which a single value cannot be merged",
        ),
        (
            "target: $.components.schemas.LinkStatus\n  update:\n    type: [string]",
            8,
            "`type` is a single value, into which a list cannot be merged",
        ),
        (
            "target: $.components.schemas['response.Link'].properties\n  update:\n    status:\n      type: integer",
            8,
            "`type` beside the `$ref` to '#/components/schemas/LinkStatus' would be lost",
        ),
        (
            "target: $.components.schemas['response.Link'].properties.id\n"
            "  update:\n    $ref: '#/components/schemas/LinkStatus'",
            7,
            "`type` beside the `$ref` to '#/components/schemas/LinkStatus' would be lost",
        ),
    ],
)
def test_an_action_that_does_not_fit_is_an_error_at_its_line(
    tmp_path: Path, action: str, line: int, message: str
) -> None:
    [diagnostic] = diagnostics(tmp_path, f"- {action}\n")

    assert diagnostic.line == line
    assert message in diagnostic.message


def test_marks_and_descriptions_may_stand_beside_a_reference(tmp_path: Path) -> None:
    target = "$.components.schemas['response.Link'].properties.status"
    after = apply(
        tmp_path,
        f"- target: {target}\n  update: {{x-evidence: observed, description: Open.}}\n",
    )

    status = after.get(
        ("components", "schemas", "response.Link", "properties", "status")
    )
    assert status == {
        "$ref": "#/components/schemas/LinkStatus",
        "x-evidence": "observed",
        "description": "Open.",
    }


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = diagnostics(
        tmp_path,
        "- {target: $.nothing, remove: true}\n- {target: $.info.title, update: {}}\n",
    )

    assert [diagnostic.line for diagnostic in found] == [6, 7]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            "{target: '$.components.schemas.LinkStatus', remove: true}",
            "'#/components/schemas/LinkStatus' leads nowhere",
        ),
        (
            "{target: $.components.schemas.LinkStatus, update: {items: {$ref: ../schemas/links.yaml#/LinkStatus}}}",
            "'../schemas/links.yaml#/LinkStatus' leads out of the document",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_afterwards_is_an_error(
    tmp_path: Path, action: str, message: str
) -> None:
    found = diagnostics(tmp_path, f"- {action}\n")

    assert any(message in diagnostic.message for diagnostic in found)


# -- broken overlays ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "overlay: 1.0.0",
            "overlay: 1.2.0",
            1,
            "overlay version '1.2.0' is not supported",
        ),
        (
            "overlay: 1.0.0",
            "overlay: 1.10.0",
            1,
            "overlay version '1.10.0' is not supported",
        ),
        ("overlay: 1.0.0", "overlay: 1.1", 1, "overlay version 1.1 is not supported"),
        ("overlay: 1.0.0", "overlay: 1.0", 1, "overlay version 1.0 is not supported"),
        ("overlay: 1.0.0", "openapi: 3.1.0", 1, "the file is not an overlay"),
        (
            "info:\n  title: Ours\n  version: 1.0.0\n",
            "",
            1,
            "the overlay has no `info`",
        ),
        ("  title: Ours\n", "", 2, "`info` has no `title`"),
        ("  version: 1.0.0\n", "", 2, "`info` has no `version`"),
        (
            "  version: 1.0.0\n",
            "  version: 1\n",
            4,
            "`info` has no `version` that is text",
        ),
        ("info:\n", "infos: 1\ninfo:\n", 2, "the overlay has the unknown key 'infos'"),
        ("info:\n", "extends: 1\ninfo:\n", 2, "`extends` is not text"),
        (
            "actions:\n  - target: $.info\n    update: {}\n",
            "",
            1,
            "the overlay has no actions",
        ),
        (
            "actions:\n  - target: $.info\n    update: {}\n",
            "actions: []\n",
            5,
            "the overlay has no actions",
        ),
        (
            "  - target: $.info\n    update: {}\n",
            "  - remove\n",
            6,
            "an action is not a mapping",
        ),
        (
            "  - target: $.info\n    update",
            "  - update",
            6,
            "the action has no `target`",
        ),
        ("    update: {}\n", "", 6, "the action does nothing"),
        (
            "    update: {}\n",
            "    update: {}\n    remove: true\n",
            6,
            "both `update` and `remove`",
        ),
        ("    update: {}\n", "    remove: yes\n", 7, "`remove` is not true or false"),
        (
            "    update: {}\n",
            "    copy: $.info\n",
            7,
            "the action has the unknown key 'copy'",
        ),
        (
            "  version: 1.0.0\n",
            "  version: 1.0.0\n  description: d\n",
            5,
            "the unknown key 'description'",
        ),
        (
            "    update: {}\n",
            "    update: {}\n    description: 1\n",
            8,
            "`description` is not text",
        ),
        ("target: $.info", "target: info", 6, "does not begin with `$`"),
        (
            "target: $.info",
            "target: $.info[",
            6,
            "is not a JSONPath: unexpected end of query",
        ),
        (
            "target: $.info",
            "target: $./v1/links",
            6,
            "is not a JSONPath: unexpected token '/'",
        ),
        (
            "target: $.info",
            "target: '$[?nope(@)]'",
            6,
            "is not a JSONPath: function 'nope' is not defined",
        ),
        ("target: $.info", "target: '$[?@.a == 1e999]'", 6, "is not a JSONPath"),
        ("target: $.info", "target: $[1e9]", 6, "is not a JSONPath"),
        (
            "  title: Ours\n",
            "  title: Ours\n  title: Twice\n",
            4,
            "the key 'title' is already on line 3",
        ),
    ],
)
def test_a_broken_overlay_is_an_error_at_its_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    text = HEAD + "  - target: $.info\n    update: {}\n"
    assert text.count(old) == 1
    path = tmp_path / "ours.overlay.yaml"
    path.write_text(text.replace(old, new), "utf-8")

    with pytest.raises(SpecError) as raised:
        overlays.apply(base(), [path])

    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.file, diagnostic.line) == (path.as_posix(), line)
    assert message in diagnostic.message


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"gone\.yaml:1: the file cannot be read"):
        overlays.apply(base(), [tmp_path / "gone.yaml"])


def test_the_diagnostics_of_every_broken_overlay_are_said_at_once(
    tmp_path: Path,
) -> None:
    found = diagnostics(
        tmp_path, "- {target: info, remove: true}\n", "- {target: $.info}\n"
    )

    assert [Path(diagnostic.file).name for diagnostic in found] == [
        "1.overlay.yaml",
        "2.overlay.yaml",
    ]


GOOD = {
    "overlay": "1.0.0",
    "info": {"title": "t", "version": "1"},
    "actions": [
        {
            "target": "$.paths['/v1/links'].get",
            "update": {"x-evidence": {"path": "observed"}, "tags": ["a"]},
        },
        {
            "target": "$.components.schemas.*.properties[?@.type == 'string']",
            "update": {"x-a": [1]},
        },
        {"target": "$.webhooks", "remove": True},
    ],
}


@given(data=st.data())
def test_no_overlay_ends_in_a_traceback(data: st.DataObject) -> None:
    overlay = data.draw(broken(GOOD))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "broken.overlay.json"
        path.write_text(json.dumps(overlay), "utf-8")
        with contextlib.suppress(SpecError):
            overlays.apply(base(), [path])


# -- the source map ----------------------------------------------------------------------------------------------------


def test_what_an_overlay_brings_has_its_file_and_line_and_the_rest_keeps_its_own(
    tmp_path: Path,
) -> None:
    after = apply(
        tmp_path,
        """\
        - target: $.paths['/v1/links'].get
          update:
            summary: Mine
            parameters:
              - name: status
                in: query
        - target: $.paths['/v1/links'].get.parameters[0]
          remove: true
        """,
    )

    def place(*pointer: str | int) -> tuple[str, int]:
        location = after.where((*LIST, *pointer))
        return Path(location.file).name, location.line

    assert place("summary") == ("1.overlay.yaml", 8)
    assert place("parameters", 1, "in") == ("1.overlay.yaml", 11), (
        "it moved up when the first one went"
    )
    assert place("parameters", 0, "name") == (
        "links.yaml",
        base().where((*LIST, "parameters", 1)).line,
    )
    assert place("operationId") == (
        "links.yaml",
        base().where((*LIST, "operationId")).line,
    )


def test_a_diagnostic_that_the_lint_finds_in_an_overlaid_part_names_the_overlay(
    tmp_path: Path,
) -> None:
    overlay = write(
        tmp_path,
        """\
        - target: $.paths['/v1/links/{id}'].get
          update:
            x-evidence:
              path: certain
            tags:
              - Lnks
        """,
    )
    root = write_spec(tmp_path / "spec", BASE)

    with pytest.raises(SpecError) as raised:
        pipeline.build(root, tmp_path / "plexy_pay", [overlay])

    found = {
        (Path(diagnostic.file).name, diagnostic.line): diagnostic.message
        for diagnostic in raised.value.diagnostics
    }
    assert "'certain' is not a word for evidence" in found["ours.overlay.yaml", 9]
    assert "has 2 tags" in found["ours.overlay.yaml", 11]


def test_what_is_wrong_with_a_part_since_an_overlay_took_something_out_names_the_overlay(
    tmp_path: Path,
) -> None:
    overlay = write(
        tmp_path,
        "- target: $.paths['/v1/links'].get.responses['401']\n  remove: true\n",
    )

    with pytest.raises(SpecError) as raised:
        pipeline.build(
            write_spec(tmp_path / "spec", BASE), tmp_path / "plexy_pay", [overlay]
        )

    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.file, diagnostic.line) == (overlay.as_posix(), 6)
    assert diagnostic.message == "GET /v1/links has no 401 and no 4xx response"


# -- moving a path -----------------------------------------------------------------------------------------------------

MOVE = """\
- target: $.paths['/v1/links/{id}']
  remove: true
- target: $.paths
  update:
    /v2/links/{link_id}:
      get:
        operationId: retrieveLink
        summary: Retrieve a link
        tags: [Links]
        x-resource: links
        x-method: retrieve
        x-family: pay
        x-moves-money: false
        x-evidence: {method: documented, path: documented}
        x-source: [a letter from the vendor]
        parameters:
          - {name: link_id, in: path, required: true, schema: {type: string}, example: L1}
        responses:
          "200":
            description: The link.
            content:
              application/json:
                schema: {$ref: '#/components/schemas/response.Link'}
                example: {id: L1}
          "401": {$ref: '#/components/responses/Unauthorized'}
          "500": {$ref: '#/components/responses/ServerError'}
"""


def test_a_path_is_moved_by_removing_it_and_adding_the_new_one(tmp_path: Path) -> None:
    root = write_spec(tmp_path / "spec", BASE)
    before = {
        path: path.read_bytes() for path in root.parent.rglob("*") if path.is_file()
    }

    pipeline.build(root, tmp_path / "plexy_pay", [write(tmp_path, MOVE)])

    operations = (tmp_path / "plexy_pay" / "_operations.py").read_text("utf-8")
    assert 'path="/v2/links/{link_id}"' in operations
    assert 'path="/v1/links/{id}"' not in operations
    assert {
        path: path.read_bytes() for path in root.parent.rglob("*") if path.is_file()
    } == before


# -- evidence ----------------------------------------------------------------------------------------------------------

GUESSED = edited(
    BASE,
    "paths/links.yaml",
    "      method: documented\n      path: documented\n    x-source:\n      - https://docs.links.kz/create\n",
    "      method: inferred\n      path: inferred\n",
)
CONFIRMED = """\
- target: $.paths['/v1/links'].post
  update:
    x-evidence: {method: documented, path: documented}
    x-source: [a letter from the vendor]
"""


def built(directory: Path, name: str, *overlays_in_order: Path) -> ModuleType:
    pipeline.build(
        write_spec(directory / "spec", GUESSED), directory / name, overlays_in_order
    )
    sys.path.insert(0, str(directory))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(directory))


class Recorder(httpx.BaseTransport):
    """Takes requests instead of the network."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(201, json={"id": "L1"})


def create(package: Any, transport: Recorder) -> Any:
    with package.PlexyPay(
        "pr_test", base_url="https://api.links.kz", http_client=transport
    ) as client:
        return client.links.create(amount=1, request_id="R1")


def test_an_operation_that_an_overlay_confirms_is_no_longer_inferred(
    tmp_path: Path,
) -> None:
    transport = Recorder()
    guessed = built(tmp_path, "made_without_overlay")
    with pytest.raises(guessed.InferredOperationError):
        create(guessed, transport)
    assert transport.requests == []

    confirmed = built(tmp_path, "made_with_overlay", write(tmp_path, CONFIRMED))

    operations = importlib.import_module("made_with_overlay._operations")
    assert operations.CREATE_LINK.evidence == "documented"
    assert operations.CREATE_LINK.source == "a letter from the vendor"
    assert create(confirmed, transport).id == "L1"
    assert [request.url.path for request in transport.requests] == ["/v1/links"]


# -- the command line, and the record of what was done -----------------------------------------------------------------


@pytest.fixture(name="spec")
def _spec(tmp_path: Path) -> Path:
    return write_spec(tmp_path / "spec", BASE)


def test_generate_records_the_overlays_and_check_compares_them(
    tmp_path: Path, kept: Path
) -> None:
    first = write(tmp_path, "- {target: $.info, update: {title: A}}\n", "a.yaml")
    second = write(tmp_path, "- {target: $.info, update: {title: B}}\n", "b.yaml")
    both = ["--overlay", str(first), "--overlay", str(second)]
    with maintainer(tmp_path, kept) as somebody:
        status, said = somebody.run("generate", *both)
        assert status == 0, said
        assert "with a.yaml, b.yaml" in said
        record = manifest.read(somebody.package)["overlays"]
        assert [item["name"] for item in record] == ["a.yaml", "b.yaml"]
        assert all(item["hash"].startswith("sha256:") for item in record)
        described = json.loads(somebody.description.read_bytes())
        assert described["info"]["title"] == "B"

        status, said = somebody.run("check")
        assert status == 1, said
        assert said.startswith(
            "plexy_pay: it was made with a.yaml, b.yaml, and this check is for no overlay."
        )
        assert "Give both commands the same `--overlay FILE`" in said

        write(
            tmp_path, "- {target: $.info, update: {title: B, version: '2'}}\n", "b.yaml"
        )
        status, said = somebody.run("check", *both)
        assert status == 1, said
        assert "the overlays a.yaml, b.yaml changed since it was generated" in said

        before = somebody.tree()
        broken = write(tmp_path, "- {target: $.nothing, remove: true}\n", "broken.yaml")
        status, said = somebody.run("generate", "--overlay", str(broken))
        assert status == 1, said
        assert f"{broken.as_posix()}:6: the target '$.nothing' matches nothing" in said
        assert "Nothing was changed." in said
        assert somebody.tree() == before


def test_a_package_without_overlays_is_not_what_a_check_with_one_wants(
    tmp_path: Path, spec: Path
) -> None:
    pipeline.build(spec, tmp_path / "plexy_pay")
    overlay = write(tmp_path, "- {target: $.info, update: {title: Mine}}\n")

    found = checking.differences(spec, tmp_path / "plexy_pay", [overlay])

    assert (
        "it was made with no overlay, and this check is for ours.overlay.yaml"
        in found[0]
    )


def test_bundle_and_coverage_take_overlays_too(
    tmp_path: Path, spec: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    overlay = ["--spec", str(spec), "--overlay", str(write(tmp_path, MOVE))]

    assert main(["bundle", *overlay]) == 0
    assert "/v2/links/{link_id}" in json.loads(capfd.readouterr().out)["paths"]
    assert main(["coverage", "--json", *overlay]) == 0
    inferred = json.loads(capfd.readouterr().out)["inferred_operations"]
    assert [operation["call"] for operation in inferred] == ["links.list"]


@pytest.fixture(name="node_modules")
def _node_modules() -> Path:
    directory = Path(
        os.environ.get("PLEXY_NODE_MODULES") or redocly.PROJECT / "node_modules"
    )
    if not (directory / ".bin" / "redocly").exists():
        pytest.fail(
            f"Redocly CLI is not in {directory}. Run `npm ci`, or set PLEXY_NODE_MODULES."
        )
    return directory


def test_redocly_reads_the_overlaid_document_and_its_diagnostics_name_the_overlay(
    tmp_path: Path, spec: Path, node_modules: Path
) -> None:
    good = overlays.apply(loader.load(spec), [write(tmp_path, MOVE)])
    assert lint.lint(spec, good, node_modules=node_modules, overlaid=True) == []

    action = "- target: $.components.schemas.LinkStatus\n  update:\n    desciption: x\n"
    bad = write(tmp_path, action, "bad.overlay.yaml")
    found = lint.lint(
        spec,
        overlays.apply(loader.load(spec), [bad]),
        node_modules=node_modules,
        overlaid=True,
    )

    [diagnostic] = [
        diagnostic for diagnostic in found if "Redocly" in diagnostic.message
    ]
    assert (diagnostic.file, diagnostic.line) == (bad.as_posix(), 8)
    assert diagnostic.fix.startswith("did you mean `description`")


def test_the_command_lint_takes_overlays(
    tmp_path: Path,
    spec: Path,
    node_modules: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(redocly, "PROJECT", node_modules.parent)

    assert (
        main(["lint", "--spec", str(spec), "--overlay", str(write(tmp_path, MOVE))])
        == 0
    )

    assert "The spec is sound with ours.overlay.yaml" in capsys.readouterr().out
