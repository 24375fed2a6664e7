"""Exports of the vendor: what is found, what is written, and what is left to a person."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from helpers.drifts import Workspace, link, moved, operation, said


def test_an_export_that_says_the_same_only_raises_the_evidence(
    workspace: Workspace,
) -> None:
    report = workspace.correct(
        workspace.export(), "--source-name", "https://docs.links.kz/get"
    )

    assert said(report, "by-hand") == []
    assert {one["kind"] for one in report["findings"]} == {"evidence"}
    spec = workspace.document()
    retrieve = spec["paths"]["/v1/links/{id}"]["get"]
    assert retrieve["x-evidence"] == {"method": "documented", "path": "documented"}
    assert retrieve["x-source"] == ["https://docs.links.kz/get"]
    assert retrieve["responses"]["200"]["x-evidence"] == "documented"
    schemas = spec["components"]["schemas"]
    assert (
        schemas["response.Link"]["x-evidence"]
        == schemas["LinkStatus"]["x-evidence"]
        == "documented"
    )
    assert schemas["response.Links"]["x-evidence"] == "inferred", (
        "the export does not have it"
    )
    assert (
        schemas["response.Link"]["properties"]["balance"]["x-amount-unit-evidence"]
        == "inferred"
    )


def test_a_second_run_has_nothing_left_to_write(workspace: Workspace) -> None:
    export = workspace.export(
        lambda data: link(data)["properties"].update(note={"type": "string"}),
        lambda data: link(data).update(required=["id", "status", "note"]),
    )
    workspace.correct(export)
    written = workspace.texts()

    report = workspace.correct(export)

    assert report["findings"] == []
    assert report["overlay"] == ""
    assert not report["written"]
    assert workspace.texts() == written
    assert "spec/ says the same. Nothing to do." in workspace.run(export)[1]


def test_without_a_file_the_overlay_is_shown_and_nothing_is_touched(
    workspace: Workspace,
) -> None:
    before = workspace.texts()

    code, out, _ = workspace.run(workspace.export())

    assert code == 0
    assert workspace.texts() == before
    assert "overlay: 1.1.0" in out
    assert "x-evidence: documented" in out
    assert "`--as-overlay spec/overlays/NAME.yaml`" in out


def test_the_files_of_the_spec_keep_their_bytes(workspace: Workspace) -> None:
    before = workspace.texts()

    workspace.correct(
        workspace.export(
            lambda data: link(data)["properties"]["status"]["enum"].append("expired")
        )
    )

    after = workspace.texts()
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"overlays/0.yaml", "overlays/0.md"}


def test_an_action_says_what_was_found_and_merges_no_more_than_that(
    workspace: Workspace,
) -> None:
    export = workspace.export(
        lambda data: link(data)["properties"]["status"]["enum"].append("expired")
    )

    workspace.correct(export, "--source-name", "the docs")

    actions = {one["target"]: one for one in workspace.actions()}
    status = actions["$['components']['schemas']['LinkStatus']"]
    assert status["update"] == {
        "x-evidence": "documented",
        "enum": ["expired"],
        "x-source": ["the docs"],
    }
    assert (
        "LinkStatus expired: a value that `spec/` does not have"
        in status["description"]
    )
    assert "LinkStatus: inferred -> documented" in status["description"]


def test_evidence_is_never_lowered(workspace: Workspace) -> None:
    workspace.correct(workspace.export())
    before = workspace.texts()

    report = workspace.correct(
        workspace.export(), "--evidence", "observed", "--source-name", "elsewhere"
    )

    assert report["findings"] == []
    assert workspace.texts() == before


def test_a_wrong_guess_of_a_type_is_corrected_and_the_examples_follow(
    workspace: Workspace,
) -> None:
    workspace.correct(
        workspace.export(
            lambda data: link(data)["properties"].update(
                id={"type": "integer", "format": "int64"}
            )
        ),
    )

    spec = workspace.document()
    assert (
        spec["components"]["schemas"]["response.Link"]["properties"]["id"]["type"]
        == "integer"
    )
    response = spec["paths"]["/v1/links/{id}"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]
    assert response["example"] == {"id": 1}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ({"type": "string"}, "its unit is not to be guessed"),
        ({"type": "integer"}, "its unit is not to be guessed"),
    ],
)
def test_the_type_of_an_amount_is_for_a_person(
    workspace: Workspace, kind: dict[str, Any], text: str
) -> None:
    report = workspace.correct(
        workspace.export(lambda data: link(data)["properties"].update(balance=kind))
    )

    (hand,) = said(report, "by-hand")
    assert text in hand
    balance = workspace.document()["components"]["schemas"]["response.Link"][
        "properties"
    ]["balance"]
    assert balance["type"] == "number"
    assert balance["x-evidence"] == "inferred", (
        "what is not confirmed keeps its word when the schema's is raised"
    )


def test_what_is_known_is_not_overruled(workspace: Workspace) -> None:
    workspace.correct(workspace.export())
    export = workspace.export(
        lambda data: link(data)["properties"].update(id={"type": "integer"}),
        lambda data: link(data).update(required=["status"]),
    )

    report = workspace.correct(export)

    assert said(report, "patch") == []
    hand = "\n".join(said(report, "by-hand"))
    assert (
        "string in `spec/`, integer in the export; that contradicts what is documented"
        in hand
    )
    assert "required: response.Link status: required in the export" in hand
    assert all(
        one["file"].endswith(".yaml") and one["line"] > 1 for one in report["findings"]
    )


def test_a_new_amount_has_no_unit_and_private_fields_are_masked(
    workspace: Workspace,
) -> None:
    more = {
        "fee_amount": {"type": "integer"},
        "payerEmail": {"type": "string", "example": "a@b.kz"},
    }
    workspace.correct(
        workspace.export(lambda data: link(data)["properties"].update(more))
    )

    properties = workspace.document()["components"]["schemas"]["response.Link"][
        "properties"
    ]
    assert properties["fee_amount"]["x-amount-unit"] == "unknown"
    assert properties["fee_amount"]["x-amount-unit-evidence"] == "inferred"
    assert properties["payerEmail"]["x-sensitive"] is True
    assert "a@b.kz" not in "".join(workspace.texts().values())


def test_a_new_amount_as_text_is_for_a_person(workspace: Workspace) -> None:
    report = workspace.correct(
        workspace.export(
            lambda data: link(data)["properties"].update(amount={"type": "string"})
        )
    )
    assert "an amount as text has a unit that is not to be guessed" in "\n".join(
        said(report, "by-hand")
    )
    assert (
        "amount:" not in workspace.text("schemas/links.yaml").split("response.Link:")[1]
    )


def test_a_nested_object_becomes_schemas_with_names(workspace: Workspace) -> None:
    payer = {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"type": "string", "enum": ["person", "company"]},
            "cards": {
                "type": "array",
                "items": {"type": "object", "properties": {"mask": {"type": "string"}}},
            },
        },
    }
    workspace.correct(
        workspace.export(lambda data: link(data)["properties"].update(payer=payer))
    )

    schemas = workspace.document()["components"]["schemas"]
    assert (
        schemas["response.Link"]["properties"]["payer"]["$ref"]
        == "#/components/schemas/plexypay.LinkPayer"
    )
    made = schemas["plexypay.LinkPayer"]
    assert made["x-evidence"] == "documented"
    assert made["required"] == ["kind"]
    assert schemas["plexypay.LinkPayerKind"]["enum"] == ["person", "company"]
    assert (
        schemas["plexypay.LinkPayerCards"]["properties"]["mask"]["x-sensitive"] is True
    )


def test_a_plain_text_that_has_a_list_of_values_becomes_an_enumeration(
    workspace: Workspace,
) -> None:
    def change(data: dict[str, Any]) -> None:
        link(data)["properties"]["id"] = {"type": "string", "enum": ["one", "two"]}

    workspace.correct(workspace.export(change))

    schemas = workspace.document()["components"]["schemas"]
    assert schemas["response.Link"]["properties"]["id"] == {
        "$ref": "#/components/schemas/plexypay.LinkId"
    }
    assert schemas["plexypay.LinkId"]["enum"] == ["one", "two"]


def test_what_is_missing_in_the_export_is_said_and_stays(workspace: Workspace) -> None:
    report = workspace.correct(
        workspace.export(lambda data: link(data)["properties"].pop("balance"))
    )

    assert said(report, "only-in-spec") == [
        "property: response.Link balance: the export has no such property"
    ]
    link_schema = workspace.document()["components"]["schemas"]["response.Link"]
    assert link_schema["properties"]["balance"]["x-evidence"] == "inferred"


# -- operations --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "wanted"),
    [
        ("/v2/links/{linkId}", "get", "/v2/links/{id}"),
        ("/v1/links/{id}", "post", "/v1/links/{id}"),
        ("/v1/shops/{shop}/links/{id}", "get", "/v1/shops/{shop}/links/{id}"),
    ],
)
def test_a_guessed_place_is_corrected_by_name(
    workspace: Workspace, path: str, method: str, wanted: str
) -> None:
    report = workspace.correct(workspace.export(moved(path, method)))

    assert said(report, "by-hand") == []
    paths = workspace.document()["paths"]
    assert paths[wanted][method]["operationId"] == "retrieveLink"
    assert paths[wanted][method]["x-evidence"] == {
        "method": "documented",
        "path": "documented",
    }
    assert len(paths) == 2, "the old path is gone"
    assert workspace.report(workspace.export(moved(path, method)))["findings"] == []


def test_one_of_several_operations_of_a_path_moves_alone(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        moved("/v1/all-links")(data)
        operation(data).update(summary="List links", responses={})

    workspace.correct(workspace.export(change))

    paths = workspace.document()["paths"]
    assert set(paths) == {"/v1/links", "/v1/all-links", "/v1/links/{id}"}
    assert list(paths["/v1/links"]) == ["post"]
    assert paths["/v1/all-links"]["get"]["operationId"] == "listLinks"


def test_an_operation_moves_into_a_path_that_is_there(workspace: Workspace) -> None:
    spec = workspace.text("paths/links.yaml")
    head, _, tail = spec.partition("/v1/links/{id}:\n  parameters:")
    shared, _, rest = tail.partition("  get:\n")
    own = rest.replace(
        "    responses:\n",
        "    parameters:"
        + shared.replace("\n    ", "\n      ").rstrip()
        + "\n    responses:\n",
    )
    workspace.file("spec/paths/links.yaml", f"{head}/v1/links/{{id}}:\n  get:\n{own}")

    report = workspace.correct(workspace.export(moved("/v1/links", "delete")))

    assert said(report, "by-hand") == []
    paths = workspace.document()["paths"]
    assert list(paths) == ["/v1/links"]
    assert list(paths["/v1/links"]) == ["get", "post", "delete"]
    assert "parameters" not in paths["/v1/links"]["delete"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (moved("/v1/links"), "retrieve"),
        (moved("/v1/links/7701234567"), "does not look like the template of a path"),
        (
            moved("/v1/links/{a}/{b}"),
            "which parameter of the path became which is not clear",
        ),
    ],
)
def test_a_place_that_is_not_clear_is_for_a_person(
    workspace: Workspace, change: Any, text: str
) -> None:
    before = workspace.text("paths/links.yaml").split("    x-evidence:")[0]

    report = workspace.correct(workspace.export(change))

    assert text in "\n".join(said(report, "by-hand"))
    assert workspace.text("paths/links.yaml").split("    x-evidence:")[0] == before
    assert "7701234567" not in str(report) + "".join(workspace.texts().values())


def test_a_documented_path_is_not_overruled(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        moved("/v2/links", "post")(data)
        operation(data).update(summary="Create a link", responses={})

    report = workspace.correct(workspace.export(change))

    assert "the path is documented, which contradicts it" in "\n".join(
        said(report, "by-hand")
    )
    assert "/v2/links" not in workspace.text("openapi.yaml")


def test_a_new_operation_is_never_added_by_itself(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        moved("/v1/payouts", "post")(data)
        operation(data).update(summary="Create a payout for somebody")

    before = workspace.text("paths/links.yaml")
    report = workspace.correct(workspace.export(change))

    assert any(
        "POST /v1/payouts" in text and "moves money" in text
        for text in said(report, "by-hand")
    )
    assert workspace.text("paths/links.yaml") == before


@pytest.mark.parametrize(
    "group", [{"tags": ["Wallets"]}, {"tags": [], "x-apidog-folder": "Wallets"}]
)
def test_a_name_that_says_little_does_not_match_another_group(
    workspace: Workspace, group: dict[str, Any]
) -> None:
    def change(data: dict[str, Any]) -> None:
        moved("/v1/wallets")(data)
        operation(data).update(summary="List links", **group)

    report = workspace.correct(workspace.export(change))

    assert any("GET /v1/wallets" in text for text in said(report, "by-hand"))
    assert "/v1/wallets" not in workspace.text("openapi.yaml")


def test_the_path_of_the_server_belongs_to_the_path(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        moved("/links/{id}")(data)
        data["servers"] = [{"url": "https://api.links.kz/v1"}]

    assert {
        one["kind"] for one in workspace.report(workspace.export(change))["findings"]
    } == {"evidence"}


def test_parameters_bodies_and_statuses_are_taken_over(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        operation(data)["parameters"] += [
            {
                "name": "expand",
                "in": "query",
                "schema": {"type": "boolean"},
                "example": True,
            },
            {
                "name": "filter",
                "in": "query",
                "schema": {"type": "object", "properties": {}},
            },
        ]
        operation(data)["responses"]["500"] = {"description": ""}
        operation(data)["responses"]["418"] = {"description": ""}
        operation(data)["responses"]["201"] = operation(data)["responses"].pop("200")

    report = workspace.correct(workspace.export(change))

    retrieve = workspace.document()["paths"]["/v1/links/{id}"]["get"]
    (expand,) = retrieve["parameters"]
    assert expand["schema"] == {"type": "boolean"}
    assert expand["x-evidence"] == "documented"
    assert set(retrieve["responses"]) == {"201", "401", "500"}
    hand = "\n".join(said(report, "by-hand"))
    assert "query filter" in hand
    assert "418" in hand


def test_what_the_model_has_no_place_for_is_said_all_the_same(
    workspace: Workspace,
) -> None:
    def change(data: dict[str, Any]) -> None:
        moved("/v1/links/{id}", "post")(data)
        operation(data)["parameters"].append(
            {"name": "sid", "in": "cookie", "schema": {"type": "string"}}
        )
        operation(data)["requestBody"] = {
            "content": {"multipart/form-data": {"schema": {"type": "object"}}}
        }

    hand = "\n".join(said(workspace.report(workspace.export(change)), "by-hand"))

    assert "its name or place is odd" in hand
    assert "the request body of the export is no JSON" in hand
    assert "sid" not in hand


def test_an_object_that_is_written_in_a_shared_response_is_compared(
    workspace: Workspace,
) -> None:
    def change(data: dict[str, Any]) -> None:
        schema = copy.deepcopy(link(data))
        schema["properties"]["note"] = {"type": "string"}
        content = {"application/json; charset=utf-8": {"schema": schema}}
        data["components"]["responses"] = {
            "Link": {"description": "", "content": content}
        }
        operation(data)["responses"]["200"] = {"$ref": "#/components/responses/Link"}

    report = workspace.report(workspace.export(change))

    assert (
        "property: response.Link note: a property that `spec/` does not have"
        in said(report, "patch")
    )


def test_a_body_is_added_with_a_named_schema_and_an_example(
    workspace: Workspace,
) -> None:
    def change(data: dict[str, Any]) -> None:
        moved("/v1/links/{id}", "post")(data)
        body = {
            "type": "object",
            "required": ["reason"],
            "properties": {"reason": {"type": "string"}},
        }
        operation(data)["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": body,
                    "example": {"reason": "Aigerim asked"},
                }
            },
        }

    report = workspace.correct(workspace.export(change))

    assert said(report, "by-hand") == []
    post = workspace.document()["paths"]["/v1/links/{id}"]["post"]
    content = post["requestBody"]["content"]["application/json"]
    assert content["schema"] == {
        "$ref": "#/components/schemas/plexypay.RetrieveLinkRequest"
    }
    assert content["example"] == {"reason": "text"}
    assert "Aigerim" not in "".join(workspace.texts().values())


def test_what_the_lint_refuses_goes_to_a_person_and_the_rest_is_written(
    workspace: Workspace,
) -> None:
    def change(data: dict[str, Any]) -> None:
        link(data)["properties"] |= {
            "noteText": {"type": "string"},
            "note_text": {"type": "string"},
        }

    report = workspace.correct(workspace.export(change))

    (hand,) = said(report, "by-hand")
    assert "what the lint refuses" in hand
    assert "note_text" in hand
    properties = workspace.document()["components"]["schemas"]["response.Link"][
        "properties"
    ]
    assert "noteText" in properties
    assert "note_text" not in properties


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_page_of_the_documentation_site_is_read(workspace: Workspace) -> None:
    text = yaml.safe_dump(
        yaml.safe_load(workspace.export().read_text("utf-8")), sort_keys=False
    )
    page = workspace.file(
        "page.md",
        f"# Retrieve a link\n\n## OpenAPI Specification\n\n```yaml\n{text}```\n",
    )

    assert {one["kind"] for one in workspace.report(page)["findings"]} == {"evidence"}


def test_a_whole_export_says_which_operations_it_does_not_have(
    workspace: Workspace,
) -> None:
    def change(data: dict[str, Any]) -> None:
        data["paths"]["/v1/links"] = {"get": {"summary": "List links", "responses": {}}}

    report = workspace.report(workspace.export(change))

    missing = said(report, "only-in-spec")
    assert "operation: links.create: the export has no such operation" in missing
    assert (
        "parameter: links.list query page: the export has no such parameter" in missing
    )


def test_null_is_read_in_either_version(workspace: Workspace) -> None:
    for version, null in (
        ("3.0.3", {"type": "string", "nullable": True}),
        ("3.1.0", {"type": ["string", "null"]}),
    ):
        report = workspace.report(
            workspace.export(
                lambda data, version=version: data.update(openapi=version),
                lambda data, null=null: link(data)["properties"].update(id=null),
            )
        )
        text = "null: response.Link id: string in `spec/`, string or null in the export"
        assert text in said(report, "patch")


def test_webhooks_and_origins_are_not_dropped_in_silence(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        data["webhooks"] = {"paid": {"post": {"responses": {}}}}
        data["servers"] = [{"url": "https://api.elsewhere.example"}]

    hand = "\n".join(said(workspace.report(workspace.export(change)), "by-hand"))
    assert "webhooks, which are not compared" in hand
    assert "1 origins" in hand


@pytest.mark.parametrize(
    ("text", "said_so"),
    [
        ("", "the file is empty"),
        ("hello\n", "neither an OpenAPI document nor a log"),
        ("a: [b\n", "is not YAML"),
        ("a: 1\n", "it has no `openapi`"),
        ("swagger: '2.0'\npaths: {}\n", "Swagger 2.0 is not read"),
        ("openapi: 4.0.0\npaths: {}\n", "this version of OpenAPI is not read"),
        ("openapi: 3.0.1\npaths: {}\n", "no operations and no schemas"),
        ("openapi: 3.0.1\npaths: {/a: {$ref: other.yaml}}\n", "leads out of the file"),
        ("openapi: 3.0.1\npaths: {/a: {$ref: '#/b'}}\n", "leads nowhere"),
        ("openapi: 3.0.1\nx: " + "[" * 200 + "]" * 200, "nested more than 100 deep"),
        (
            "# A\n```yaml\nopenapi: 3.0.1\n```\n```yaml\nopenapi: 3.0.1\n```\n",
            "more than one OpenAPI document",
        ),
        ("\x00", "is not YAML"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(
    workspace: Workspace, text: str, said_so: str
) -> None:
    source = workspace.file("source.txt", text)

    code, out, err = workspace.run_to_write(source)

    assert (code, out) == (1, "")
    assert said_so in err
    assert f"{source.as_posix()}:" in err
    assert "Nothing was changed." in err


def test_a_file_that_is_not_there_is_an_error(workspace: Workspace) -> None:
    code, _, err = workspace.run(workspace.directory / "nothing.yaml")
    assert code == 1
    assert "No such file" in err


def test_a_schema_that_holds_itself_ends(workspace: Workspace) -> None:
    def change(data: dict[str, Any]) -> None:
        data["components"]["schemas"]["Tree"] = {
            "type": "object",
            "properties": {
                "above": {"$ref": "#/components/schemas/Tree"},
                "below": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/Tree"},
                },
            },
        }
        link(data)["properties"]["tree"] = {"$ref": "#/components/schemas/Tree"}

    workspace.correct(workspace.export(change))

    tree = workspace.document()["components"]["schemas"]["Tree"]
    assert tree["properties"]["above"]["$ref"] == "#/components/schemas/Tree"
