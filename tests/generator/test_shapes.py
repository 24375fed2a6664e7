"""Bodies, responses and parameters of every shape that the generator supports, on a real socket; others are refused."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers.generation import api_of, document, generate, operation
from helpers.wire import Recorded, WireServer, http, json_response

from generator.diagnostics import SpecError

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
KEY = "pr_live_0a1B2c3D"


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(required: tuple[str, ...] = (), **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def sending(method: str, schema: Json) -> Json:
    """An operation whose body has a schema."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation("things", method, requestBody=body)


def answering(method: str, media_type: str, schema: Json) -> Json:
    made = operation("things", method)
    made["responses"]["200"]["content"] = {media_type: {"schema": schema}}
    return made


SCHEMAS: Json = {
    "Line": thing(("unitPrice",), unitPrice={"type": "integer"}, longTitle=TEXT),
    "Fee": thing(("feeAmount",), feeAmount={"type": "integer"}),
    "Card": thing(("kind",), kind={"type": "string", "const": "card"}, cardToken=TEXT),
    "Wallet": thing(
        ("kind",), kind={"type": "string", "enum": ["wallet"]}, walletId=TEXT
    ),
    "Method": {
        "oneOf": [ref("Card"), ref("Wallet")],
        "discriminator": {"propertyName": "kind"},
    },
    "LineMap": {"type": "object", "additionalProperties": ref("Line")},
    "Order": thing(
        lines=ref("LineMap"),
        part={"oneOf": [ref("Line"), ref("Fee")]},
        parts={"type": "array", "items": {"oneOf": [ref("Line"), ref("Fee")]}},
        method=ref("Method"),
    ),
    "Level": {"type": "integer", "enum": [1, 2]},
    "Further": {
        **thing(further=ref("Line"), currency=ref("Fee")),
        "additionalProperties": ref("Fee"),
    },
}
IDS = {
    "name": "ids",
    "in": "query",
    "explode": False,
    "schema": {"type": "array", "items": TEXT},
}
PATHS: Json = {
    "/map": {"post": sending("send_map", ref("LineMap"))},
    "/free": {"post": sending("send_free", {"type": "object"})},
    "/array": {"post": sending("send_array", {"type": "array", "items": ref("Line")})},
    "/union": {"post": sending("send_union", ref("Method"))},
    "/order": {"post": sending("send_order", ref("Order"))},
    "/word": {"post": sending("send_word", TEXT)},
    "/further": {"post": sending("send_further", ref("Further"))},
    "/list": {"get": operation("things", "find", parameters=[IDS])},
    "/csv": {"get": answering("report", "text/csv", TEXT)},
    "/pdf": {
        "get": answering(
            "receipt", "application/pdf", {"type": "string", "format": "binary"}
        )
    },
    "/levels": {
        "get": answering(
            "levels", "application/json", {"type": "array", "items": ref("Level")}
        )
    },
    "/method": {"get": answering("method", "application/json", ref("Method"))},
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generate(tmp_path_factory.mktemp("shapes"), document(SCHEMAS, PATHS))


@pytest.fixture
def replies() -> dict[str, bytes]:
    """What the server answers by path; an empty object where nothing is set."""
    return {}


@pytest.fixture
def server(replies: dict[str, bytes]) -> Iterator[WireServer]:
    with WireServer(
        lambda request: replies.get(request.target, json_response({}))
    ) as running:
        yield running


@pytest.fixture
def things(package: ModuleType, server: WireServer) -> Any:
    return package.PlexyPay(KEY, base_url=server.origin, max_retries=0).things


def sent(server: WireServer) -> Any:
    request: Recorded = server.requests[-1]
    return json.loads(request.body)


LINE = {"unit_price": 5, "long_title": "Tea"}
ON_THE_WIRE = {"unitPrice": 5, "longTitle": "Tea"}


@pytest.mark.parametrize(
    ("method", "body", "wanted"),
    [
        ("send_map", {"any key": LINE}, {"any key": ON_THE_WIRE}),
        ("send_free", {"anyKey": {"any_key": 1}}, {"anyKey": {"any_key": 1}}),
        ("send_array", [LINE], [ON_THE_WIRE]),
        (
            "send_union",
            {"kind": "wallet", "wallet_id": "W"},
            {"kind": "wallet", "walletId": "W"},
        ),
        ("send_word", "a word", "a word"),
    ],
)
def test_a_body_of_any_shape_leaves_in_the_spelling_of_the_wire(
    things: Any, server: WireServer, method: str, body: Any, wanted: Any
) -> None:
    getattr(things, method)(body=body)
    assert sent(server) == wanted


def test_mappings_within_maps_unions_and_arrays_leave_in_the_spelling_of_the_wire(
    things: Any, server: WireServer
) -> None:
    things.send_order(
        lines={"a_b": LINE},
        part={"fee_amount": 1},
        parts=[LINE, {"fee_amount": 2}],
        method={"kind": "card", "card_token": "T"},
    )
    assert sent(server) == {
        "lines": {"a_b": ON_THE_WIRE},
        "part": {"feeAmount": 1},
        "parts": [ON_THE_WIRE, {"feeAmount": 2}],
        "method": {"kind": "card", "cardToken": "T"},
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"part": {}}, "Line or Fee"),
        ({"part": {"unit_price": 1, "fee_amount": 2}}, "Line or Fee"),
        ({"method": {"card_token": "T"}}, "by `kind`"),
        ({"method": {"kind": "cash"}}, "Card or Wallet"),
    ],
)
def test_a_mapping_that_does_not_tell_which_it_is_is_refused(
    things: Any, server: WireServer, package: ModuleType, given: Json, told: str
) -> None:
    with pytest.raises(package.InvalidParameterError, match=told):
        things.send_order(**given)
    assert server.requests == []


def test_commas_between_items_are_told_from_commas_within_them(
    things: Any, server: WireServer
) -> None:
    things.find(ids=["a,b", "c"])
    assert server.requests[-1].target == "/list?ids=a%2Cb,c"


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [("utf-8", "Чай".encode()), ("windows-1251", "Чай".encode("windows-1251"))],
)
def test_a_text_is_read_in_its_charset_and_asked_for(
    things: Any,
    server: WireServer,
    replies: dict[str, bytes],
    charset: str,
    encoded: bytes,
) -> None:
    replies["/csv"] = http(
        200, encoded, {"Content-Type": f"text/csv; charset={charset}"}
    )
    assert things.report() == "Чай"
    assert server.requests[-1].values("accept") == ["text/csv, application/json"]


def test_a_file_is_its_bytes(
    things: Any, server: WireServer, replies: dict[str, bytes]
) -> None:
    replies["/pdf"] = http(200, b"%PDF \x00\xff", {"Content-Type": "application/pdf"})
    assert things.receipt() == b"%PDF \x00\xff"
    assert server.requests[-1].values("accept") == ["application/pdf, application/json"]


def test_a_response_of_any_shape_is_read_with_its_types(
    things: Any, replies: dict[str, bytes], package: ModuleType
) -> None:
    replies["/levels"] = json_response([1, 2])
    replies["/method"] = json_response({"kind": "wallet", "walletId": "W"})
    assert things.levels() == [
        package.models.Level.VALUE_1,
        package.models.Level.VALUE_2,
    ]
    assert things.method() == package.models.Wallet(kind="wallet", wallet_id="W")


# -- which variant an object is ----------------------------------------------------------------------------


def read(directory: Path, schemas: Json, data: Json, variants: Json) -> Any:
    """Read an object as a field that is one of several things."""
    schemas = {"Holder": thing(held=variants), **schemas}
    package = generate(
        directory,
        document(
            schemas, {"/h": {"get": operation("things", "get", response="Holder")}}
        ),
    )
    return package.models.Holder.from_dict({"held": data}).held


def test_a_deleted_object_is_not_read_as_a_live_one(tmp_path: Path) -> None:
    schemas = {
        "Customer": thing(
            ("id", "object"), id=TEXT, object={"const": "customer"}, name=TEXT
        ),
        "Deleted": thing(
            ("id", "object", "deleted"),
            id=TEXT,
            object={"const": "customer"},
            deleted={"const": True},
        ),
    }
    data = {"id": "C1", "object": "customer", "deleted": True}
    found = read(tmp_path, schemas, data, {"oneOf": [ref("Customer"), ref("Deleted")]})
    assert type(found).__name__ == "Deleted"


def test_of_objects_without_required_fields_the_one_that_knows_most_is_read(
    tmp_path: Path,
) -> None:
    schemas = {"Card": thing(last4=TEXT), "Bank": thing(iban=TEXT, bank=TEXT)}
    found = read(
        tmp_path, schemas, {"iban": "KZ1"}, {"anyOf": [ref("Card"), ref("Bank")]}
    )
    assert type(found).__name__ == "Bank"


def test_a_discriminator_of_one_union_says_nothing_of_another(tmp_path: Path) -> None:
    mapping = {"one": ref("Cat")["$ref"], "two": ref("Dog")["$ref"]}
    schemas = {
        "Cat": thing(type=TEXT, lives=TEXT),
        "Dog": thing(type=TEXT),
        "Bird": thing(wings=TEXT),
        "Other": thing(
            pet={
                "oneOf": [ref("Cat"), ref("Dog")],
                "discriminator": {"propertyName": "type", "mapping": mapping},
            }
        ),
    }
    found = read(
        tmp_path,
        schemas,
        {"type": "three", "lives": "9"},
        {"oneOf": [ref("Bird"), ref("Cat")]},
    )
    assert (type(found).__name__, found.type) == ("Cat", "three")


PARENT: Json = {
    "Pet": thing(("kind",), kind=TEXT, name=TEXT)
    | {
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "#/components/schemas/Cat"},
        }
    },
    "Cat": {"allOf": [ref("Pet"), thing(lives={"type": "integer"})]},
    "Dog": {"allOf": [ref("Pet"), thing(tricks={"type": "integer"})]},
}


@pytest.mark.parametrize(
    ("kind", "wanted"), [("cat", "Cat"), ("Dog", "Dog"), ("fish", "Pet")]
)
def test_a_parent_is_read_as_the_child_that_its_discriminator_names(
    tmp_path: Path, kind: str, wanted: str
) -> None:
    found = read(tmp_path, PARENT, {"kind": kind, "name": "Tom"}, ref("Pet"))
    assert (type(found).__name__, found.name) == (wanted, "Tom")


def test_an_unknown_variant_stays_as_it_came(tmp_path: Path) -> None:
    schemas = {name: SCHEMAS[name] for name in ("Card", "Wallet", "Method")}
    data = {"kind": "cash"}
    assert read(tmp_path, schemas, data, ref("Method")) == data


# -- directions --------------------------------------------------------------------------------------------


def test_fields_of_one_direction_are_required_in_it_alone(tmp_path: Path) -> None:
    schemas = {
        "Id": {"type": "string", "readOnly": True},
        "Secret": {"type": "string", "writeOnly": True},
        "Account": thing(
            ("id", "secret", "name"), id=ref("Id"), secret=ref("Secret"), name=TEXT
        ),
    }
    paths = {
        "/a": {
            "post": operation("accounts", "create", body="Account", response="Account")
        }
    }
    package = generate(tmp_path, document(schemas, paths))
    account = package.models.Account
    assert account.from_params({"name": "N", "secret": "S"}).to_dict() == {
        "name": "N",
        "secret": "S",
    }
    with pytest.raises(package.InvalidParameterError, match="id"):
        account.from_params({"name": "N", "secret": "S", "id": "I"})
    schema = importlib.import_module(f"{package.__name__}._core.schema")
    assert schema.schema_of(account).required == {"id", "name"}


# -- names of values ---------------------------------------------------------------------------------------


def test_values_of_signs_alone_are_called_what_they_are() -> None:
    api = api_of(document({"Sign": {"type": "string", "enum": ["+", "-", "<=", ""]}}))
    names = [member.name for member in api.enums["Sign"].members]
    assert names == ["PLUS_SIGN", "HYPHEN_MINUS", "LESS_THAN_SIGN_EQUALS_SIGN", "EMPTY"]


def test_the_document_may_name_the_values() -> None:
    schema = {"type": "integer", "enum": [1, 2], "x-enum-varnames": ["PAID", "VOID"]}
    api = api_of(document({"Status": schema}))
    assert [member.name for member in api.enums["Status"].members] == ["PAID", "VOID"]


@pytest.mark.parametrize(
    "names", [["A"], ["A", "A"], ["A", "b c"], ["A", "NAME"], "AB"]
)
def test_names_that_do_not_fit_the_values_are_refused(names: Any) -> None:
    schema = {"type": "integer", "enum": [1, 2], "x-enum-varnames": names}
    with pytest.raises(SpecError, match="x-enum-varnames does not give each value"):
        api_of(document({"Status": schema}))


# -- what is refused ---------------------------------------------------------------------------------------


def parameter(**more: Any) -> Json:
    return {"parameters": [{"name": "p", "in": "query", "schema": TEXT, **more}]}


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("prefixItems", [TEXT]),
        ("patternProperties", {"^x": TEXT}),
        ("if", TEXT),
        ("dependentSchemas", {"a": TEXT}),
        ("unevaluatedProperties", False),
    ],
)
def test_a_schema_that_no_type_can_say_is_refused_once(
    keyword: str, value: Any
) -> None:
    schemas = {
        "Odd": {"type": "array", keyword: value},
        "Holder": thing(a=ref("Odd"), b=ref("Odd")),
    }
    with pytest.raises(SpecError, match=keyword) as raised:
        api_of(document(schemas))
    assert len(raised.value.diagnostics) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"requestBody": {"content": {"multipart/form-data": {"schema": {}}}}},
            "no forms, files or streams",
        ),
        (
            {"requestBody": {"content": {"application/x-www-form-urlencoded": {}}}},
            "no forms, files",
        ),
        (
            {
                "responses": {
                    "200": {"description": "", "content": {"text/event-stream": {}}}
                }
            },
            "does not read",
        ),
        (
            {
                "responses": {
                    "200": {"description": "", "content": {"multipart/mixed": {}}}
                }
            },
            "does not read",
        ),
        (parameter(**{"in": "cookie"}), "in 'cookie'"),
        (parameter(style="deepObject"), "the style 'deepObject'"),
        (parameter(style="spaceDelimited"), "the style 'spaceDelimited'"),
        (
            parameter(content={"application/json": {"schema": TEXT}}),
            "content of its own",
        ),
    ],
)
def test_what_the_client_cannot_do_is_refused_with_a_way_out(
    change: Json, told: str
) -> None:
    with pytest.raises(SpecError, match=told) as raised:
        api_of(document(paths={"/a": {"post": operation("things", "make", **change)}}))
    assert all(diagnostic.fix for diagnostic in raised.value.diagnostics)


def test_a_field_may_be_called_as_what_the_code_beside_it_uses(
    package: ModuleType,
) -> None:
    model = package.models.Further
    line, fee = {"unitPrice": 1}, {"feeAmount": 2}
    read = model.from_dict({"further": line, "other": fee})
    assert read.further == package.models.Line(unit_price=1)
    assert read["other"] == package.models.Fee(fee_amount=2)
    built = model.from_params(
        {"further": {"unit_price": 1}, "other": {"fee_amount": 2}}
    )
    assert (built.further, built["other"]) == (read.further, read["other"])
    assert built.to_dict() == {"further": line, "other": fee}
