"""Each normalising pass, met by the smallest document that shows its trap."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from helpers.generation import document, operation
from hypothesis import given
from hypothesis import strategies as st

from generator import normalising
from generator.naming import class_names, method, pascal, snake

Json = dict[str, Any]
TEXT: Json = {"type": "string"}


def test_normalising_leaves_the_given_document_as_it_is() -> None:
    data = document({"response.A": {"type": "object", "title": "X", "properties": {"a": {"default": 1}}}})
    before = copy.deepcopy(data)
    normalising.normalise(data)
    assert data == before


def test_parameters_beside_the_methods_move_into_each_operation() -> None:
    shared = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    own = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    item = {
        "parameters": [shared],
        "get": operation("things", "retrieve"),
        "delete": operation("things", "delete", parameters=[own]),
    }
    data = document(paths={"/things/{id}": item})
    normalising.path_parameters_move_to_operations(data)
    assert "parameters" not in data["paths"]["/things/{id}"]
    assert data["paths"]["/things/{id}"]["get"]["parameters"] == [shared]
    assert data["paths"]["/things/{id}"]["delete"]["parameters"] == [own]


def test_a_shared_parameter_reference_does_not_double_the_operation_s_own() -> None:
    own = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    item = {
        "parameters": [{"$ref": "#/components/parameters/Id"}],
        "get": operation("things", "retrieve", parameters=[own]),
    }
    data = document(paths={"/things/{id}": item})
    data["components"]["parameters"] = {"Id": copy.deepcopy(own)}
    normalising.path_parameters_move_to_operations(data)
    assert data["paths"]["/things/{id}"]["get"]["parameters"] == [own]


def test_the_document_s_security_is_written_on_every_operation_that_says_nothing() -> None:
    data = document(
        paths={"/a": {"get": operation("a", "get")}, "/b": {"get": operation("b", "get", security=[])}},
        security=[{"ApiKey": []}],
    )
    normalising.security_is_written_on_every_operation(data)
    assert "security" not in data
    assert data["paths"]["/a"]["get"]["security"] == [{"ApiKey": []}]
    assert data["paths"]["/b"]["get"]["security"] == []


def test_operations_are_tagged_with_their_resource_and_named_in_snake_case() -> None:
    data = document(paths={"/a": {"get": operation("payment_links", "list", tags=["Payment Links"])}})
    normalising.operations_belong_to_their_resource(data)
    found = data["paths"]["/a"]["get"]
    assert (found["operationId"], found["tags"], found["x-method"]) == (
        "payment_links_list",
        ["payment_links"],
        "list",
    )


def test_a_wrapped_value_becomes_the_value_alone_and_an_unused_wrapper_goes() -> None:
    wrapper = {"type": "object", "properties": {"Value": {"type": "string", "x-sensitive": True}}}
    card: Json = {
        "description": "Id of the card.",
        "x-evidence": "documented",
        "x-wrapped": "Value",
        "oneOf": [{"type": "string", "x-evidence": "inferred"}, {"$ref": "#/components/schemas/a.Card"}],
    }
    held = {"$ref": "#/components/schemas/a.Held"}
    data = document(
        {
            "Event": {
                "type": "object",
                "properties": {"card": card, "held": {**card, "oneOf": [TEXT, held]}},
            },
            "Other": {"type": "object", "properties": {"held": held}},
            "a.Card": wrapper,
            "a.Held": wrapper,
        }
    )
    normalising.wrapped_values_are_taken_out(data)
    found = data["components"]["schemas"]
    assert found["Event"]["properties"]["card"] == {
        "type": "string",
        "description": "Id of the card.",
        "x-evidence": "documented",
        "x-sensitive": True,
        "x-wrapped": "Value",
    }
    assert found["Event"]["properties"]["held"] == found["Event"]["properties"]["card"]
    assert sorted(found) == ["Event", "Other", "a.Held"], "the wrapper that something else uses stays"


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"$ref": "#/components/schemas/B", "nullable": True},
            {"oneOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]},
        ),
        (
            {"allOf": [{"$ref": "#/components/schemas/B"}], "nullable": True},
            {"oneOf": [{"allOf": [{"$ref": "#/components/schemas/B"}]}, {"type": "null"}]},
        ),
        (
            {"anyOf": [{"type": "string"}], "nullable": True},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        (
            {"type": "string", "enum": ["a"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
    ],
)
def test_nullable_of_openapi_3_0_becomes_a_null_type(schema: Json, wanted: Json) -> None:
    data = document({"A": {"type": "object", "properties": {"b": schema}}, "B": {"type": "object"}})
    normalising.nullable_becomes_a_type(data)
    assert normalising.schemas(data)["A"]["properties"]["b"] == wanted


def test_an_enum_that_lists_null_keeps_its_class_and_gives_the_null_to_its_users() -> None:
    data = document(
        {
            "Kind": {"enum": ["a", "b", None]},
            "A": {"type": "object", "properties": {"kind": {"$ref": "#/components/schemas/Kind"}}},
        }
    )
    normalising.nullable_enums_become_unions(data)
    assert normalising.schemas(data)["Kind"] == {"enum": ["a", "b"], "type": "string"}
    assert normalising.schemas(data)["A"]["properties"]["kind"] == {
        "oneOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]
    }


def test_objects_and_enums_written_in_place_get_a_name() -> None:
    inner = {"type": "object", "properties": {"x": {"type": "string", "enum": ["1"]}}}
    data = document({"A": {"type": "object", "properties": {"b": {"type": "array", "items": inner}}}})
    normalising.inline_schemas_get_names(data)
    named = normalising.schemas(data)
    assert named["A"]["properties"]["b"]["items"] == {"$ref": "#/components/schemas/A_b_item"}
    assert named["A_b_item"]["properties"]["x"] == {"$ref": "#/components/schemas/A_b_item_x"}
    assert named["A_b_item_x"]["enum"] == ["1"]


def test_schemas_are_keyed_by_their_class_and_titles_do_not_matter() -> None:
    reference = {"$ref": "#/components/schemas/response.Link"}
    data = document(
        {
            "request.Link": {"type": "object", "title": "Same"},
            "response.Link": {"type": "object", "title": "Same"},
            "response.Links": {"type": "array", "items": reference},
        }
    )
    normalising.schemas_are_keyed_by_class_name(data)
    named = normalising.schemas(data)
    assert sorted(named) == ["Link", "LinkRequest", "Links"]
    assert named["Links"]["items"] == {"$ref": "#/components/schemas/Link"}
    assert not any("title" in schema for schema in named.values())
    assert named["LinkRequest"]["x-schema-key"] == "request.Link"


def test_two_schemas_that_would_share_a_class_stop_the_run_with_both_names() -> None:
    with pytest.raises(ValueError, match="a-Thing and aThing .* AThing"):
        class_names({"a-Thing": {}, "aThing": {}})


@pytest.mark.parametrize(
    "mapping", [None, {"card": "#/components/schemas/Card", "wallet": "#/components/schemas/Wallet"}]
)
def test_a_discriminator_puts_a_constant_on_each_variant(mapping: Json | None) -> None:
    discriminator = {"propertyName": "type"} | ({"mapping": mapping} if mapping else {})
    union = {
        "oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Wallet"}],
        "discriminator": discriminator,
    }
    variant = {"type": "object", "properties": {"type": {"type": "string"}}}
    data = document({"Method": union, "Card": copy.deepcopy(variant), "Wallet": copy.deepcopy(variant)})
    normalising.schemas_are_keyed_by_class_name(data)
    normalising.discriminators_become_constants(data)
    named = normalising.schemas(data)
    wanted = ("card", "wallet") if mapping else ("Card", "Wallet")
    assert (
        named["Card"]["properties"]["type"]["const"],
        named["Wallet"]["properties"]["type"]["const"],
    ) == wanted


def test_a_variant_behind_two_discriminator_values_accepts_both() -> None:
    mapping = {"visa": "#/components/schemas/Card", "mastercard": "#/components/schemas/Card"}
    union = {
        "oneOf": [{"$ref": "#/components/schemas/Card"}],
        "discriminator": {"propertyName": "brand", "mapping": mapping},
    }
    data = document({"Method": union, "Card": {"type": "object"}})
    normalising.schemas_are_keyed_by_class_name(data)
    normalising.discriminators_become_constants(data)
    brand = normalising.schemas(data)["Card"]["properties"]["brand"]
    assert brand["x-constants"] == ["visa", "mastercard"]
    assert "const" not in brand


@given(st.lists(st.text(max_size=8) | st.integers(), min_size=1, max_size=12, unique=True))
def test_enum_members_always_get_unique_valid_names(values: list[Any]) -> None:
    data = document({"Kind": {"enum": values}})
    normalising.enum_members_get_unique_names(data)
    names = normalising.schemas(data)["Kind"]["x-enum-varnames"]
    assert len(set(names)) == len(values)
    assert all(name.isidentifier() and not name.startswith("_") for name in names)


def test_enum_values_that_differ_in_signs_only_get_two_names() -> None:
    data = document({"Zone": {"enum": ["GMT+0", "GMT-0", "gmt0", "3d", ""]}})
    normalising.enum_members_get_unique_names(data)
    assert normalising.schemas(data)["Zone"]["x-enum-varnames"] == [
        "GMT0",
        "GMT_0",
        "GMT0_2",
        "VALUE_3D",
        "EMPTY",
    ]


def test_a_default_stays_with_the_server() -> None:
    data = document({"A": {"type": "object", "properties": {"clear": {"type": "boolean", "default": True}}}})
    normalising.defaults_stay_with_the_server(data)
    assert normalising.schemas(data)["A"]["properties"]["clear"] == {
        "type": "boolean",
        "x-server-default": True,
    }


def test_ids_stay_strings() -> None:
    data = document({"A": {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}}})
    normalising.ids_stay_strings(data)
    assert normalising.schemas(data)["A"]["properties"]["id"] == {"type": "string"}


def test_a_closed_schema_still_keeps_unknown_fields() -> None:
    data = document({"A": {"type": "object", "additionalProperties": False}})
    normalising.models_keep_unknown_fields(data)
    assert normalising.schemas(data)["A"] == {"type": "object", "x-closed": True}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("orderReference", "order_reference"),
        ("class", "class_"),
        ("type", "type"),
        ("list", "list_"),
        ("3d", "field_3d"),
        ("x-api-key", "x_api_key"),
        ("id", "id"),
    ],
)
def test_property_names_become_snake_case_and_never_hide_what_generated_code_needs(
    name: str, wanted: str
) -> None:
    assert snake(name) == wanted


def test_methods_may_be_called_list_but_not_like_a_keyword() -> None:
    assert (method("list"), method("import")) == ("list", "import_")


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("response.PaymentLink", "PaymentLink"),
        ("git_plexypay_com_ecom_back_api_internal_platform_errors.Code", "Code"),
        ("git_plexypay_com_ecom_back_api_internal_domain_view.Page-domain_Report", "PageDomainReport"),
        ("models.CSVApiRequest", "CSVApiRequest"),
        ("receipt", "Receipt"),
    ],
)
def test_the_go_package_prefix_leaves_the_class_name(key: str, wanted: str) -> None:
    assert class_names({key: {}})[key] == wanted


def test_where_names_would_be_shared_the_response_keeps_the_plain_one() -> None:
    schemas = {
        "entity.Permission": {},
        "response.Permission": {},
        "request.AuthorizePayment": {},
        "response.AuthorizePayment": {},
        "Error": {"x-class-name": "GateError"},
        "response.Error": {},
    }
    assert class_names(schemas) == {
        "entity.Permission": "EntityPermission",
        "response.Permission": "Permission",
        "request.AuthorizePayment": "AuthorizePaymentRequest",
        "response.AuthorizePayment": "AuthorizePayment",
        "Error": "GateError",
        "response.Error": "Error",
    }


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.\-]{0,30}", fullmatch=True))
def test_a_class_name_survives_the_naming_of_the_tool_behind_us(key: str) -> None:
    name = class_names({key: {}})[key]
    assert pascal(name) == name
