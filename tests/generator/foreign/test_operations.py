"""What becomes of operations: their names, parameters, bodies, answers, keys and origins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.foreign import adapt, adapted, answering, document, operation, plain, problems, taking

Json = dict[str, Any]

NUMBERS = {"type": "array", "items": {"type": "integer"}}


def only(folder: Path, data: Json, config: str = "") -> Json:
    """The only operation of a document."""
    (item,) = adapted(folder, data, config)["paths"].values()
    (found,) = item.values()
    made: Json = found
    return made


def parameter(folder: Path, node: Json, path: str = "/a", **more: Any) -> Json:
    """What becomes of the only parameter of the only operation."""
    data = document({path: {"get": operation(parameters=[node])}}, **more)
    (found,) = only(folder, data)["parameters"]
    made: Json = found
    return made


@pytest.mark.parametrize(
    ("tags", "identity", "method", "path", "call"),
    [
        (["pets"], "listPets", "get", "/pets", "pets.list"),
        (["pets"], "getPets", "get", "/pets", "pets.list"),
        (["pets"], "getPet", "get", "/pets/{id}", "pets.get"),
        (["pets"], "getPetById", "get", "/pets/{id}", "pets.get_by_id"),
        (["pet"], "findPetsByStatus", "get", "/pet/findByStatus", "pet.find_by_status"),
        (["Pet Store"], "pet_store-open", "post", "/open", "pet_store.open"),
        (["repos"], "repos/get-branch", "get", "/repos/{id}/b", "repos.get_branch"),
        (["categories"], "createCategory", "post", "/categories", "categories.create"),
        ([], "listPets", "get", "/v1/pets", "pets.list"),
        ([], "", "get", "/v1/pets", "pets.list"),
        ([], "", "get", "/api/v2/pets/{id}", "pets.get"),
        ([], "", "post", "/pets", "pets.create"),
        ([], "", "put", "/pets/{id}", "pets.replace"),
        ([], "", "patch", "/pets/{id}", "pets.update"),
        ([], "", "delete", "/pets/{id}/tags/{tag}", "pets.delete_tags"),
        ([], "", "get", "/", "default.list"),
        (["🎉"], "🎉", "get", "/a", "default.list_a"),
        (["close"], "x", "get", "/a", "close_api.x"),
        (["class"], "import", "get", "/a", "class_.import_"),
        (["a"], "object", "get", "/a", "a.object_"),
    ],
)
def test_the_names_of_an_operation(
    tmp_path: Path, tags: list[str], identity: str, method: str, path: str, call: str
) -> None:
    named = {"operationId": identity} if identity else {}
    needed = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("id", "tag")
    ]
    inside = [one for one in needed if f"{{{one['name']}}}" in path]
    made = only(tmp_path, document({path: {method: operation(tags=tags, parameters=inside, **named)}}))
    assert f"{made['x-resource']}.{made['x-method']}" == call
    assert made["operationId"].isidentifier()


def test_names_that_would_be_the_same_are_told_apart(tmp_path: Path) -> None:
    paths = {
        "/a": {
            "get": operation(operationId="getPet", tags=["pets"]),
            "post": operation(operationId="get_pet", tags=["pets"]),
        },
        "/b": {"get": operation(operationId="get-pets", tags=["pet s"])},
    }
    made = adapted(tmp_path, document(paths))["paths"]
    calls = [
        (one["operationId"], one["x-resource"], one["x-method"])
        for item in made.values()
        for one in item.values()
    ]
    assert calls == [
        ("get_pet", "pets", "get"),
        ("get_pet_2", "pets", "get_pet_2"),
        ("get_pets", "pet_s", "list"),
    ]


def test_the_config_names_an_operation(tmp_path: Path) -> None:
    config = '[operations."GET /a"]\nresource = "pets"\nmethod = "fetch"\nevidence = "observed"\n'
    made = only(tmp_path, document({"/a": {"get": operation(operationId="x")}}), config)
    assert (made["x-resource"], made["x-method"]) == ("pets", "fetch")
    assert made["x-evidence"] == {"method": "observed", "path": "observed"}


def test_marks_that_the_document_has_of_its_own_mean_nothing(tmp_path: Path) -> None:
    own = {
        "x-resource": 5,
        "x-evidence": "nonsense",
        "x-moves-money": "maybe",
        "x-pagination": [],
        "x-reconcile": 1,
    }
    made = only(tmp_path, document({"/a": {"get": operation(tags=["pets"], **own)}}))
    assert made["x-resource"] == "pets"
    assert made["x-evidence"] == {"method": "documented", "path": "documented"}


@pytest.mark.parametrize(
    ("config", "post", "get"),
    [
        ("", (True, True), (False, False)),
        ("moves_money = true", (True, False), (False, False)),
        ("moves_money = false", (False, False), (False, False)),
        ('moves_money = ["POST /a"]', (True, False), (False, False)),
        ('moves_money = ["look"]', (False, False), (True, False)),
        ('[operations."POST /a"]\nmoves_money = false', (False, False), (False, False)),
    ],
)
def test_what_may_move_money(
    tmp_path: Path, config: str, post: tuple[bool, bool], get: tuple[bool, bool]
) -> None:
    data = document({"/a": {"post": operation(), "get": operation(operationId="look")}})
    made = adapted(tmp_path, data, config)["paths"]["/a"]
    found = [
        (made[name]["x-moves-money"], made[name].get("x-moves-money-assumed", False))
        for name in ("post", "get")
    ]
    assert found == [post, get]
    assert ("x-reconcile" in made["post"]) is post[0]


def test_an_idempotency_key_is_a_header_or_a_property_of_the_body(tmp_path: Path) -> None:
    header = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    body = {"type": "object", "properties": {"requestId": {"type": "string"}}}
    data = document({"/a": {"post": taking(body, parameters=[header])}})
    for key in ("Idempotency-Key", "requestId"):
        config = f'[operations."POST /a"]\nidempotency_key = "{key}"'
        assert only(tmp_path, data, config)["x-idempotency-key"] == key
    (problem,) = problems(tmp_path, data, '[operations."POST /a"]\nidempotency_key = "other"')
    assert problem.startswith("acme.toml:2: POST /a has no header and no body property 'other'")


def test_an_operation_is_left_out_by_its_name_alone(tmp_path: Path) -> None:
    data = document(
        {"/a": {"get": operation(), "post": operation(operationId="makeIt")}, "/b": {"get": operation()}}
    )
    made = adapt(tmp_path, data, 'skip = ["makeIt", "GET /b"]')
    assert made.skipped == ("POST /a", "GET /b")
    assert [list(item) for item in made.document.data["paths"].values()] == [["get"]]
    found = problems(tmp_path, data, 'skip = ["POST /b"]')
    assert found == ["acme.toml:1: skip names no operation: 'POST /b'. Fix: write it as \"GET /path\""]


@pytest.mark.parametrize(
    ("node", "style"),
    [
        ({"schema": {"type": "string"}}, ""),
        ({"schema": {"type": "array", "items": {"type": "string"}}}, ""),
        ({"schema": {"type": "array", "items": {"type": "string"}}, "explode": False}, "comma"),
        ({"schema": {"type": "array", "items": {}}, "style": "pipeDelimited", "explode": False}, None),
        ({"schema": NUMBERS, "style": "pipeDelimited", "explode": False}, "pipe"),
        ({"schema": NUMBERS, "style": "spaceDelimited", "explode": False}, "space"),
        ({"schema": {"type": "object", "properties": {"a": {}}}}, "spread"),
        ({"schema": {"type": "object", "properties": {"a": {}}}, "style": "deepObject", "explode": True}, "deep"),
        ({"schema": {"type": "object", "properties": {"a": {}}}, "explode": False}, "pairs"),
        ({"content": {"application/json": {"schema": {"type": "object"}}}}, "json"),
        ({"content": {"text/csv": {"schema": {"type": "string"}}}}, None),
        ({"schema": {}}, "flat"),
        ({"schema": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}}, "flat"),
        ({"schema": {"type": "array", "items": {"type": "object"}}}, None),
        ({"schema": {"type": "string"}, "style": "deepObject"}, None),
    ],
)  # fmt: skip
def test_the_ways_to_write_a_query_parameter(tmp_path: Path, node: Json, style: str | None) -> None:
    data = document({"/a": {"get": operation(parameters=[{"name": "q", "in": "query", **node}])}})
    if style is None:
        (problem,) = problems(tmp_path, data)
        assert "#/paths/~1a/get/parameters/0: the value of q cannot be written" in problem
    else:
        assert only(tmp_path, data)["parameters"][0].get("x-style", "") == style


@pytest.mark.parametrize(
    ("schema", "style", "written"),
    [
        ({"type": "string"}, "simple", ""),
        ({"type": "integer"}, "simple", ""),
        ({"type": "number"}, "simple", "simple"),
        ({"type": "string", "format": "date"}, "simple", "simple"),
        ({"enum": ["a", "b"]}, "simple", "simple"),
        ({"type": "string"}, "matrix", "matrix"),
        ({"type": "string"}, "label", "label"),
        ({"type": "array", "items": {"type": "string"}}, "simple", "simple"),
        ({"type": "object"}, "simple", "simple"),
        ({"type": "array", "items": {"type": "object"}}, "simple", None),
    ],
)
def test_the_ways_to_write_a_path_parameter(
    tmp_path: Path, schema: Json, style: str, written: str | None
) -> None:
    node = {"name": "id", "in": "path", "required": True, "schema": schema, "style": style}
    data = document({"/a/{id}": {"get": operation(parameters=[node])}})
    if written is None:
        assert "the value of id cannot be written" in problems(tmp_path, data)[0]
    else:
        assert only(tmp_path, data)["parameters"][0].get("x-style", "") == written


def test_a_header_with_several_values_has_commas(tmp_path: Path) -> None:
    node = {"name": "X-Tags", "in": "header", "schema": {"type": "array", "items": {"type": "string"}}}
    assert parameter(tmp_path, node)["x-style"] == "comma"


def test_headers_that_openapi_ignores_or_that_carry_the_key_are_no_parameters(tmp_path: Path) -> None:
    names = ("Accept", "content-type", "Authorization", "X-Key")
    nodes = [{"name": name, "in": "header", "schema": {"type": "string"}} for name in names]
    schemes = {"k": {"type": "apiKey", "in": "header", "name": "x-key"}}
    data = document(
        {"/a": {"get": operation(parameters=nodes, security=[{"k": []}])}},
        components={"securitySchemes": schemes},
    )
    assert only(tmp_path, data)["parameters"] == []


def test_the_client_s_own_headers_and_names_that_no_header_can_have_stop(tmp_path: Path) -> None:
    nodes = [{"name": "Host", "in": "header", "schema": {}}, {"name": "a b", "in": "cookie", "schema": {}}]
    first, second = problems(tmp_path, document({"/a": {"get": operation(parameters=nodes)}}))
    assert first.startswith("acme.json:21: #/paths/~1a/get/parameters/0: the header Host is the client's own")
    assert second.startswith("acme.json:26: #/paths/~1a/get/parameters/1: no cookie can be named 'a b'")


@pytest.mark.parametrize(
    ("where", "node", "style"),
    [
        ("header", {"schema": {"type": "object"}}, "pairs"),
        ("header", {"schema": {"type": "object"}, "explode": True}, "equals"),
        ("header", {"schema": {}}, "comma"),
        ("header", {"schema": {"type": "string"}}, ""),
        ("cookie", {"schema": {"type": "string"}}, "cookie"),
        ("cookie", {"schema": {"type": "array", "items": {"type": "string"}}, "explode": False}, "cookie"),
        ("cookie", {"schema": {"type": "array", "items": {"type": "string"}}}, None),
        ("cookie", {"schema": {"type": "object"}, "explode": False}, None),
    ],
)
def test_the_ways_to_write_headers_and_cookies(
    tmp_path: Path, where: str, node: Json, style: str | None
) -> None:
    data = document({"/a": {"get": operation(parameters=[{"name": "x", "in": where, **node}])}})
    if style is None:
        assert "the value of x cannot be written" in problems(tmp_path, data)[0]
    else:
        assert only(tmp_path, data)["parameters"][0].get("x-style", "") == style


def test_where_a_key_goes_there_is_no_parameter(tmp_path: Path) -> None:
    schemes = {
        "q": {"type": "apiKey", "in": "query", "name": "key"},
        "c": {"type": "apiKey", "in": "cookie", "name": "sid"},
    }
    nodes = [
        {"name": name, "in": where, "schema": {"type": "string"}}
        for where in ("query", "cookie")
        for name in ("key", "sid")
    ]
    wanted = [{"q": [], "c": []}]
    data = document(
        {"/a": {"get": operation(parameters=nodes, security=wanted)}}, components={"securitySchemes": schemes}
    )
    made = only(tmp_path, data)["parameters"]
    assert [(one["in"], one["name"]) for one in made] == [("query", "sid"), ("cookie", "key")]


def test_parameters_of_the_path_hold_unless_the_operation_has_its_own(tmp_path: Path) -> None:
    shared = [
        {"name": "a", "in": "query", "schema": {"type": "string"}},
        {"name": "b", "in": "query", "schema": {}},
    ]
    own = [{"$ref": "#/components/parameters/A"}]
    components = {
        "parameters": {"A": {"name": "a", "in": "query", "required": True, "schema": {"type": "integer"}}}
    }
    data = document({"/a": {"parameters": shared, "get": operation(parameters=own)}}, components=components)
    made = plain(only(tmp_path, data)["parameters"])
    assert made == [
        {"name": "a", "in": "query", "schema": {"type": "integer"}, "required": True},
        {"name": "b", "in": "query", "schema": {}},
    ]


def test_a_path_and_its_parameters_must_agree(tmp_path: Path) -> None:
    node = {"name": "other", "in": "path", "required": True, "schema": {"type": "string"}}
    first, second = problems(tmp_path, document({"/a/{id}": {"get": operation(parameters=[node])}}))
    assert "nothing describes {id} of the path" in first
    assert "the path has no {other}" in second


def test_names_that_meet_are_told_apart_by_their_place(tmp_path: Path) -> None:
    nodes = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "options", "in": "query", "schema": {"type": "string"}},
        {"name": "a-b", "in": "query", "schema": {"type": "string"}},
        {"name": "a_b", "in": "query", "schema": {"type": "string"}},
        {"name": "A-B", "in": "header", "schema": {"type": "string"}},
    ]
    body = {"type": "object", "properties": {"id": {}, "options": {}, "aB": {}}}
    made = adapted(tmp_path, document({"/a/{id}": {"put": taking(body, parameters=nodes)}}))
    (found,) = made["paths"]["/a/{id}"].values()
    names = [node["x-python-name"] for node in found["parameters"]]
    (schema,) = made["components"]["schemas"].values()
    fields = [node["x-python-name"] for node in schema["properties"].values()]
    assert fields == ["id", "options_", "a_b"]
    assert names == ["path_id", "query_options", "query_a_b", "query_a_b_2", "header_a_b"]


@pytest.mark.parametrize(
    ("contents", "kind", "media"),
    [
        (["application/json"], "model", "application/json"),
        (["application/xml", "application/json"], "model", "application/json"),
        (["application/vnd.api+json"], "model", "application/vnd.api+json"),
        (
            ["multipart/form-data", "application/x-www-form-urlencoded"],
            "form",
            "application/x-www-form-urlencoded",
        ),
        (["application/octet-stream", "multipart/form-data"], "multipart", "multipart/form-data"),
        (["text/csv"], "raw", "text/csv"),
        (["image/*"], "raw", "application/octet-stream"),
        (["*/*"], "model", "application/json"),
    ],
)
def test_the_media_type_of_a_body(tmp_path: Path, contents: list[str], kind: str, media: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    body = {"content": {one: {"schema": schema} for one in contents}}
    made = adapt(tmp_path, document({"/a": {"post": operation(requestBody=body)}}))
    mark = made.document.data["paths"]["/a"]["post"]["x-body"]
    assert (mark["kind"], mark["media"]) == (kind, media)
    assert ("requests are sent in one of several media types" in made.notes) is (len(contents) > 1)


@pytest.mark.parametrize(
    "schema", [{"type": "array", "items": {}}, {"type": "string"}, {"enum": ["a", "b"]}, True]
)
def test_a_json_body_that_is_no_object_is_taken_whole(tmp_path: Path, schema: Any) -> None:
    assert only(tmp_path, document({"/a": {"post": taking(schema)}}))["x-body"]["kind"] == "json"


def test_the_fields_of_forms_that_are_no_text(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "picture": {"type": "string"},
            "meta": {"type": "object"},
            "name": {"type": "string"},
        },
    }
    body = {
        "content": {
            "multipart/form-data": {"schema": schema, "encoding": {"picture": {"contentType": "image/png"}}}
        }
    }
    made = only(tmp_path, document({"/a": {"post": operation(requestBody=body)}}))
    assert made["x-body"]["styles"] == {"file": "file", "files": "file", "picture": "file", "meta": "json"}


def test_nested_fields_of_a_form_are_json_unless_their_encoding_says_otherwise(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "object"}, "b": {"type": "object"}, "c": {"type": "object"}},
    }
    encoding = {"a": {"contentType": "application/json"}, "b": {"style": "deepObject", "explode": True}}
    form = "application/x-www-form-urlencoded"
    body = {"content": {form: {"schema": schema, "encoding": encoding}}}
    made = adapt(tmp_path, document({"/a": {"post": operation(requestBody=body)}}))
    styles = made.document.data["paths"]["/a"]["post"]["x-body"]["styles"]
    assert styles == {"a": "json", "b": "deep", "c": "json"}
    (places,) = (found for text, found in made.notes.items() if "as JSON" in text)
    assert len(places) == 1
    assert places[0].endswith("/properties/c")


@pytest.mark.parametrize("media", ["multipart/mixed", "multipart/related"])
def test_other_bodies_of_several_parts_stop(tmp_path: Path, media: str) -> None:
    (problem,) = problems(tmp_path, document({"/a": {"post": taking({"type": "object"}, media)}}))
    assert f"the client writes no body of {media}" in problem


@pytest.mark.parametrize(
    ("responses", "kind", "media", "optional"),
    [
        ({"204": []}, "none", "application/json", None),
        ({"200": ["application/json"]}, "json", "application/json", False),
        ({"200": ["application/json"], "204": []}, "json", "application/json", True),
        ({"2XX": ["application/json"]}, "json", "application/json", False),
        ({"default": ["application/json"]}, "json", "application/json", False),
        ({"default": ["application/json"], "204": []}, "none", "application/json", None),
        ({"200": ["application/hal+json"]}, "json", "application/json", False),
        ({"200": ["text/html", "application/json"]}, "json", "application/json", False),
        ({"200": ["text/html"]}, "text", "text/html", False),
        ({"200": ["image/png"]}, "bytes", "image/png", False),
        ({"200": ["image/png"], "201": ["application/json"]}, "bytes", "image/png", False),
        ({"404": ["application/json"]}, "none", "application/json", None),
    ],
)
def test_what_an_answer_is_read_as(
    tmp_path: Path, responses: dict[str, list[str]], kind: str, media: str, optional: bool | None
) -> None:
    written = {
        status: {"description": "It.", "content": {one: {"schema": {"type": "string"}} for one in medias}}
        for status, medias in responses.items()
    }
    mark = only(tmp_path, document({"/a": {"get": {"responses": written}}}))["x-answer"]
    assert (mark["kind"], mark["media"], mark.get("optional")) == (kind, media, optional)


def test_answers_of_several_successes_are_one_union(tmp_path: Path) -> None:
    def content(schema: Json) -> Json:
        return {"description": "It.", "content": {"application/json": {"schema": schema}}}

    pet = {"type": "object", "properties": {"id": {"type": "integer"}}}
    data = document({"/a": {"get": {"responses": {"200": content(pet), "202": content({"type": "string"})}}}})
    made = plain(only(tmp_path, data)["responses"]["200"]["content"]["application/json"]["schema"])
    assert made == {"oneOf": [{"$ref": "#/components/schemas/GetAResponse"}, {"type": "string"}]}


def test_a_stream_of_events_stops_unless_json_is_offered_too(tmp_path: Path) -> None:
    both = {"text/event-stream": {"schema": {}}, "application/json": {"schema": {}}}
    data = document({"/a": {"get": operation(responses={"200": {"description": "", "content": both}})}})
    assert only(tmp_path, data)["x-answer"]["kind"] == "json"
    (problem,) = problems(tmp_path, document({"/a": {"get": answering({}, "text/event-stream")}}))
    assert (
        "#/paths/~1a/get/responses/200/content/text~1event-stream: the answer is a stream of events"
        in problem
    )


def test_what_only_one_direction_has_is_not_demanded_of_the_other(tmp_path: Path) -> None:
    pet = {
        "type": "object",
        "required": ["id", "secret", "name"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "secret": {"type": "string", "writeOnly": True},
            "name": {},
        },
    }
    reference = {"$ref": "#/components/schemas/Pet"}
    both = document({"/a": {"post": {**taking(reference), **answering(reference)}}}, {"Pet": pet})
    assert adapted(tmp_path, both)["components"]["schemas"]["Pet"]["required"] == ["name"]
    answered = document({"/a": {"get": answering(reference)}}, {"Pet": pet})
    assert adapted(tmp_path, answered)["components"]["schemas"]["Pet"]["required"] == ["id", "name"]


def test_fields_that_sound_like_secrets_are_masked(tmp_path: Path) -> None:
    names = (
        "password",
        "apiKey",
        "access_token",
        "cardNumber",
        "firstName",
        "email",
        "pin",
        "status",
        "shipping",
        "nick",
    )
    pet = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    pet["properties"]["hidden"] = {"type": "string", "format": "password"}  # type: ignore[index]
    made = adapted(tmp_path, document(schemas={"Pet": pet}), 'sensitive = ["nick"]')
    properties = made["components"]["schemas"]["Pet"]["properties"]
    shown = [name for name, node in properties.items() if not node.get("x-sensitive")]
    assert shown == ["status", "shipping"]


def test_webhooks_and_callbacks_get_the_models_of_what_they_bring(tmp_path: Path) -> None:
    pet = {"type": "object", "properties": {"id": {"type": "integer"}}}
    hook = {"post": taking(pet)}
    data = document(
        {"/a": {"post": operation(callbacks={"paid": {"{$request.body#/url}": hook}})}},
        webhooks={"new pet": hook},
    )
    made = adapt(tmp_path, data)
    assert {"NewPetEvent", "PaidEvent"} <= set(made.document.data["components"]["schemas"])
    assert len(made.notes["webhooks have the models of what they bring, and no `unwrap`"]) == 2


def test_lists_become_pagers_by_the_config(tmp_path: Path) -> None:
    page = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}, "total": {}},
    }
    pet = {"type": "object", "properties": {"key": {"type": "string"}}}
    number = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    data = document(
        {"/a": {"get": answering({"$ref": "#/components/schemas/Page"}, parameters=[number])}},
        {"Page": page, "Pet": pet},
    )
    start = '[operations."GET /a"]\npagination = '
    told = '{ items = "data", page = "page", total = "total", identity = "key" }'
    assert only(tmp_path, data, start + told)["x-pagination"]["items"] == "data"
    for wrong, name in (("data", "rows"), ("page", "number"), ("total", "count"), ("key", "id")):
        (problem,) = problems(tmp_path, data, start + told.replace(f'"{wrong}"', f'"{name}"'))
        assert problem.startswith("acme.toml:2: the pagination of GET /a names no")


@pytest.mark.parametrize(
    ("path", "url"),
    [("/a b/ü", "/v1/a%20b/%C3%BC"), ("/a:b/{x y}", "/v1/a:b/{x y}"), ("/", "/v1/")],
)
def test_a_path_stands_after_that_of_its_server_and_is_encoded(tmp_path: Path, path: str, url: str) -> None:
    node = {"name": "x y", "in": "path", "required": True, "schema": {"type": "string"}}
    data = document(
        {path: {"get": operation(parameters=[node] if "{" in path else [])}},
        servers=[{"url": "https://a.test/v1/"}],
    )
    assert only(tmp_path, data)["x-path"] == url


@pytest.mark.parametrize("path", ["/a?b=c", "/a#b"])
def test_a_path_with_a_query_stops(tmp_path: Path, path: str) -> None:
    assert (
        "the path has a query or a fragment" in problems(tmp_path, document({path: {"get": operation()}}))[0]
    )
