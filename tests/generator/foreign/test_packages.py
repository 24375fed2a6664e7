"""What packages of other APIs send and make of answers: one document with everything, generated once and used."""

from __future__ import annotations

import asyncio
import json
import pickle
import re
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from helpers.foreign import answering, document, generate, operation, taking

Json = dict[str, Any]

TEXT = {"type": "string"}
PET = {"$ref": "#/components/schemas/Pet"}


def query(name: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "schema": schema, **more}


def path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


LIST = {"type": "array", "items": TEXT}
FILTER = {"type": "object", "properties": {"min": {"type": "integer"}, "inner": {"type": "object"}}}
UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "meta": {"type": "object"},
        "name": TEXT,
    },
}
FORM = {
    "type": "object",
    "properties": {"amount": {"type": "number"}, "card": FILTER, "tags": LIST, "last one": TEXT},
}
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
}

PATHS: Json = {
    "/pets": {
        "get": answering(
            {"type": "array", "items": PET},
            tags=["pets"],
            operationId="listPets",
            parameters=[
                query("tags", LIST),
                query("ids", LIST, explode=False),
                query("either", {"anyOf": [TEXT, LIST]}),
                query("filter", FILTER, style="deepObject", explode=True),
                query("spread", FILTER),
                {"name": "where", "in": "query", "content": {"application/json": {"schema": FILTER}}},
                {"name": "X-Tags", "in": "header", "schema": LIST},
            ],
        ),
        "post": {**taking(PET, tags=["pets"], operationId="createPet"), **answering(PET)},
        "put": taking({"type": "array", "items": PET}, tags=["pets"], operationId="replacePets"),
        "patch": taking(PET, "application/merge-patch+json", tags=["pets"], operationId="patchPets"),
        "delete": operation(tags=["pets"], operationId="deletePets", security=[]),
    },
    "/pets/{id}/{day}": {
        "parameters": [path("id", TEXT), path("day", {"type": "string", "format": "date"})],
        "get": answering({"oneOf": [PET, TEXT, {"type": "null"}]}, tags=["pets"], operationId="getPetOfDay"),
    },
    "/photo": {
        "get": answering({}, "image/png", tags=["photos"], operationId="getPhoto"),
        "post": taking(UPLOAD, "multipart/form-data", tags=["photos"], operationId="uploadPhoto"),
        "put": taking({}, "image/png", tags=["photos"], operationId="putPhoto", security=[{"key": []}]),
    },
    "/form": {
        "post": operation(
            tags=["forms"],
            operationId="sendForm",
            requestBody={
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": FORM,
                        "encoding": {"card": {"style": "deepObject"}},
                    }
                }
            },
        ),
        "get": answering(TEXT, "text/plain", tags=["forms"], operationId="showForm"),
    },
    "/numbers": {
        "get": answering(
            {"type": "array", "items": {"type": "string", "format": "date"}},
            tags=["numbers"],
            operationId="days",
        ),
        "post": operation(
            tags=["numbers"],
            operationId="add",
            responses={
                "200": {"description": "", "content": {"application/json": {"schema": PET}}},
                "204": {"description": ""},
            },
        ),
    },
}
PET_SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "price": {"type": "number"},
        "kind": {"type": "string", "enum": ["cat", "dog"]},
        "owner": {"type": "object", "properties": {"full-name": TEXT}},
        "class": TEXT,
        "password": TEXT,
        'od"d\\': TEXT,
    },
}


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package, generated with an empty config but for its names."""
    data = document(
        PATHS, {"Pet": PET_SCHEMA}, components={"securitySchemes": SCHEMES}, security=[{"bearer": []}]
    )
    folder = tmp_path_factory.mktemp("acme")
    return generate(folder, data, '[package]\nclient = "Acme"\nvariables = "ACME"')


class Wire:
    """Answers every request with one answer, and keeps the requests."""

    def __init__(self, acme: ModuleType) -> None:
        self._acme = acme
        self.requests: list[httpx.Request] = []

    def client(self, body: bytes = b"", status: int = 200, **more: Any) -> Any:
        """A client whose calls are answered with this."""

        def answer(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return httpx.Response(status, content=body)

        keys = {"api_key": "a-secret-key", "key": "another-key"}
        return self._acme.Acme(**keys, http_client=httpx.MockTransport(answer), **more)

    @property
    def sent(self) -> httpx.Request:
        """The only request."""
        (request,) = self.requests
        return request


@pytest.fixture
def wire(acme: ModuleType) -> Wire:
    return Wire(acme)


def test_the_package_has_names_of_its_own_and_none_of_ours(acme: ModuleType) -> None:
    assert {"Acme", "AsyncAcme", "AcmeError"} <= set(acme.__all__)
    folder = Path(str(acme.__file__)).parent
    for file in folder.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            found = re.search(r"plexy|spec/|nox -s", file.read_text("utf-8"), re.IGNORECASE)
            assert found is None, f"{file.name}: {found}"


def test_all_of_the_package_can_be_imported(acme: ModuleType) -> None:
    acme.preload()
    assert not (Path(str(acme.__file__)).parent / "webhooks").exists()


def test_the_key_goes_after_its_prefix_into_its_header(wire: Wire) -> None:
    wire.client(b"[]").pets.list()
    assert wire.sent.headers.get_list("authorization") == ["Bearer a-secret-key"]
    assert str(wire.sent.url) == "https://api.acme.test/pets"
    assert wire.sent.headers["user-agent"].startswith("foreign-in-test-")


def test_another_scheme_has_a_key_and_a_header_of_its_own(wire: Wire) -> None:
    wire.client().photos.put(body=b"png")
    assert wire.sent.headers["x-key"] == "another-key"
    assert "authorization" not in wire.sent.headers
    assert (wire.sent.headers["content-type"], wire.sent.content) == ("image/png", b"png")


def test_an_operation_without_security_sends_no_key(acme: ModuleType, wire: Wire) -> None:
    wire.client().pets.delete()
    assert not {"authorization", "x-key"} & set(wire.sent.headers)


def test_keys_come_from_the_environment_by_their_names(
    acme: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(acme.ConfigurationError):
        acme.Acme(http_client=httpx.MockTransport(lambda _: httpx.Response(200))).pets.list()
    monkeypatch.setenv("ACME_API_KEY", "from-the-environment")
    assert "from-the-environment" not in repr(acme.Acme())
    assert pickle.loads(pickle.dumps(acme.Acme())).pets is not None


def test_a_key_with_a_scheme_word_is_refused(acme: ModuleType) -> None:
    with pytest.raises(acme.ConfigurationError, match="scheme word"):
        acme.Acme("Bearer a-secret-key")


def test_the_guard_refuses_a_hook_that_changes_the_key(acme: ModuleType) -> None:
    def spoil(request: httpx.Request) -> None:
        request.headers["authorization"] = "a-secret-key"

    given = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200)), event_hooks={"request": [spoil]}
    )
    with given, pytest.raises(acme.RequestRefusedError):
        acme.Acme("a-secret-key", http_client=given).pets.list()


def test_parameters_are_written_in_their_styles(wire: Wire) -> None:
    wire.client(b"[]").pets.list(
        tags=["a", "b"],
        ids=["a", "b"],
        either=["x"],
        filter={"min": 1, "inner": {"deep": "y"}},
        spread={"min": 2},
        where={"min": 3},
        x_tags=["a", "b"],
    )
    assert wire.sent.url.params.multi_items() == [
        *(("tags", "a"), ("tags", "b"), ("ids", "a,b"), ("either", "x")),
        *(("filter[min]", "1"), ("filter[inner][deep]", "y"), ("min", "2"), ("where", '{"min":3}')),
    ]
    assert wire.sent.headers["x-tags"] == "a,b"


def test_a_nested_value_where_none_can_be_is_refused(acme: ModuleType, wire: Wire) -> None:
    with pytest.raises(acme.InvalidParameterError):
        wire.client(b"[]").pets.list(either={"a": 1})
    with pytest.raises(acme.InvalidParameterError):
        wire.client(b"[]").pets.list(filter="text")
    assert wire.requests == []


def test_a_date_stands_in_a_path_as_text(wire: Wire) -> None:
    from datetime import date

    assert wire.client(b'"none"').pets.get_of_day("a/b", date(2026, 1, 31)) == "none"
    assert wire.sent.url.raw_path == b"/pets/a%2Fb/2026-01-31"


def test_models_keep_odd_names_exact_numbers_and_secrets(acme: ModuleType, wire: Wire) -> None:
    body = b'{"id": 1, "price": 0.10, "kind": "bird", "class": "x", "password": "p", "od\\"d\\\\": "y", "new": true}'
    pet = wire.client(body).pets.create(id=1, price=Decimal("0.10"), owner={"full_name": "A"}, class_="x")
    assert json.loads(wire.sent.content) == {"id": 1, "price": 0.1, "owner": {"full-name": "A"}, "class": "x"}
    assert b'"price":0.10' in wire.sent.content
    assert (pet.price, pet.kind, pet.class_, pet.od_d) == (Decimal("0.10"), "bird", "x", "y")
    assert pet.additional_properties == {"new": True}
    assert "p'" not in repr(pet)
    assert isinstance(pet, acme.models.Pet)


def test_a_body_that_is_no_object_is_taken_whole(acme: ModuleType, wire: Wire) -> None:
    wire.client().pets.replace(body=[acme.models.Pet(id=1), {"id": 2}])
    assert json.loads(wire.sent.content) == [{"id": 1}, {"id": 2}]
    wire.requests.clear()
    wire.client().pets.patch(id=3)
    assert wire.sent.headers["content-type"] == "application/merge-patch+json"


def test_a_form_is_written_field_by_field(wire: Wire) -> None:
    wire.client().forms.send(amount=Decimal("1.50"), card={"min": 1}, tags=["a", "b"], last_one="ü &")
    assert wire.sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert wire.sent.content == b"amount=1.50&card%5Bmin%5D=1&tags=a&tags=b&last+one=%C3%BC+%26"


def test_files_go_as_parts_of_a_body(wire: Wire) -> None:
    wire.client().photos.upload(file=b"one", files=[("b.png", b"two", "image/png")], meta={"a": 1}, name="It")
    kind, _, boundary = wire.sent.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    parts = [part.strip() for part in wire.sent.content.decode().split(f"--{boundary}")]
    assert parts == [
        "",
        'Content-Disposition: form-data; name="file"; filename="file"\r\n'
        "Content-Type: application/octet-stream\r\n\r\none",
        'Content-Disposition: form-data; name="files"; filename="b.png"\r\nContent-Type: image/png\r\n\r\ntwo',
        'Content-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"a":1}',
        'Content-Disposition: form-data; name="name"\r\n\r\nIt',
        "--",
    ]


def test_a_file_that_is_no_bytes_is_refused(acme: ModuleType, wire: Wire) -> None:
    for wrong in ("text", ("name", "text"), ("name", b"bytes", "a\r\nb")):
        with pytest.raises(acme.InvalidParameterError):
            wire.client().photos.upload(file=wrong)
    assert wire.requests == []


def test_answers_that_are_no_json_come_as_they_are(acme: ModuleType, wire: Wire) -> None:
    assert wire.client(b"\x89PNG").photos.get() == b"\x89PNG"
    assert wire.sent.headers["accept"] == "image/png"
    assert wire.client(b"").photos.get() == b""
    assert wire.client("ü".encode()).forms.show() == "ü"
    with pytest.raises(acme.DecodingError):
        wire.client(b"\xff").forms.show()


def test_an_answer_of_several_types_is_what_came(acme: ModuleType, wire: Wire) -> None:
    from datetime import date

    day = date(2026, 1, 31)
    assert isinstance(wire.client(b'{"id": 1}').pets.get_of_day("a", day), acme.models.Pet)
    assert wire.client(b"null").pets.get_of_day("a", day) is None
    assert wire.client(b'["2026-01-31", "odd"]').numbers.days() == [day, "odd"]


def test_a_success_without_a_body_is_none_where_the_document_says_so(acme: ModuleType, wire: Wire) -> None:
    assert wire.client(b"", 204).numbers.add() is None
    assert isinstance(wire.client(b'{"id": 1}').numbers.add(), acme.models.Pet)
    with pytest.raises(acme.OutcomeUnknownError):
        wire.client(b"").pets.create(id=1)


def test_what_may_have_changed_something_is_not_sent_again(acme: ModuleType, wire: Wire) -> None:
    with pytest.raises(acme.OutcomeUnknownError) as caught:
        wire.client(b"", 500, max_retries=3).pets.create(id=1)
    assert len(wire.requests) == 1
    assert "The call may have been carried out." in str(caught.value)
    answer = caught.value.reconcile()
    assert isinstance(answer, acme.Undetermined)
    assert "does not say how a call is looked up" in answer.reason


def test_a_docstring_says_that_money_is_only_assumed(acme: ModuleType) -> None:
    acme.preload()
    doc = acme.Acme("a-secret-key").pets.create.__doc__
    assert "Nothing says whether this call moves money" in doc


def test_the_async_client_does_the_same(acme: ModuleType) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"\x89" if request.method == "GET" else b"")

    async def call() -> bytes:
        async with acme.AsyncAcme("k" * 10, http_client=httpx.MockTransport(answer)) as client:
            await client.photos.upload(file=b"x")
            found: bytes = await client.photos.get()
            return found

    assert asyncio.run(call()) == b"\x89"
    assert [request.headers["authorization"] for request in seen] == ["Bearer " + "k" * 10] * 2


def test_a_server_without_a_host_needs_a_base_url(tmp_path: Path) -> None:
    data = document({"/a": {"get": answering(TEXT)}}, servers=[{"url": "/v1"}])
    package = generate(tmp_path, data, '[package]\nclient = "Acme"')

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=str(request.url))

    with pytest.raises(package.ConfigurationError, match="Pass base_url"):
        package.Acme(http_client=httpx.MockTransport(answer)).a.list()
    client = package.Acme(base_url="https://other.test", http_client=httpx.MockTransport(answer))
    assert client.a.list() == "https://other.test/v1/a"


def test_a_document_without_operations_makes_a_client_without_resources(tmp_path: Path) -> None:
    package = generate(tmp_path, document(), '[package]\nclient = "Acme"')
    package.preload()
    assert repr(package.Acme()) == "<Acme api_key='********' live>"


def test_lists_are_followed_where_the_config_says_how(tmp_path: Path) -> None:
    page = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": PET}, "total": {"type": "integer"}},
    }
    number = query("pageNo", {"type": "integer"})
    data = document({"/pets": {"get": answering(page, parameters=[number])}}, {"Pet": PET_SCHEMA})
    config = (
        '[package]\nclient = "Acme"\n[operations."GET /pets"]\n'
        'pagination = { items = "rows", page = "pageNo", total = "total" }'
    )

    def answer(request: httpx.Request) -> httpx.Response:
        first = request.url.params.get("pageNo") in (None, "1")
        return httpx.Response(200, json={"rows": [{"id": 1 if first else 2}], "total": 2})

    client = generate(tmp_path, data, config).Acme(http_client=httpx.MockTransport(answer))
    assert [pet.id for pet in client.pets.list()] == [1, 2]
