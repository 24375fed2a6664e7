"""Names of the API become names in Python in one way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay._core.fields import camel_case

from generator.identifiers import (
    camel,
    class_names,
    enum_members,
    method,
    pascal,
    snake,
)


@given(
    st.lists(st.text(max_size=8) | st.integers(), min_size=1, max_size=12, unique=True)
)
def test_enum_members_always_get_unique_valid_names(values: list[Any]) -> None:
    names = enum_members(values)
    assert len(set(names)) == len(values)
    assert all(name.isidentifier() and not name.startswith("_") for name in names)


@given(st.text(max_size=12).map(snake))
def test_the_runtime_derives_the_wire_name_that_the_generator_leaves_out(
    name: str,
) -> None:
    assert camel(name) == camel_case(name)


def test_enum_values_that_differ_in_signs_only_get_two_names() -> None:
    names = enum_members(["GMT+0", "GMT-0", "gmt0", "3d", ""])
    assert names == ["GMT0", "GMT_0", "GMT0_2", "VALUE_3D", "EMPTY"]


def test_two_schemas_that_would_share_a_class_are_named_both() -> None:
    with pytest.raises(ValueError, match="a-Thing and aThing .* AThing"):
        class_names({"a-Thing": {}, "aThing": {}})


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
        (
            "git_plexypay_com_ecom_back_api_internal_domain_view.Page-domain_Report",
            "PageDomainReport",
        ),
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
