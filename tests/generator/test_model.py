"""The model says what a document says, met by the smallest document that shows each trap."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from helpers.generation import api_of, document, operation

from generator.diagnostics import SpecError
from generator.model.api import Field
from generator.model.types import (
    NULL,
    TEXT,
    Discriminator,
    EnumRef,
    ListOf,
    ModelRef,
    Scalar,
    Type,
    Union,
    variants_of,
)

Json = dict[str, Any]
STRING: Json = {"type": "string"}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def field(schema: Json, **others: Json) -> Field:
    """Return the field of a schema that is the one property of an object."""
    api = api_of(document({"A": thing(b=schema), **others}))
    return api.models["A"].by_wire_name["b"]


def test_building_leaves_the_document_as_it_is() -> None:
    data = document({"response.A": {**thing(a={"default": 1}), "title": "X"}})
    before = copy.deepcopy(data)
    api_of(data)
    assert data == before


def test_an_operation_has_the_parameters_of_its_path_and_its_own_instead_of_them() -> (
    None
):
    shared = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"$ref": "#/components/schemas/Id"},
    }
    own = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    item = {
        "parameters": [shared],
        "get": operation("things", "retrieve"),
        "delete": operation("things", "delete", parameters=[own]),
    }
    api = api_of(document({"Id": STRING}, {"/things/{id}": item}))
    kinds = {
        one.method: [parameter.type for parameter in one.parameters]
        for one in api.operations
    }
    assert kinds == {"retrieve": [TEXT], "delete": [Scalar("integer")]}


def test_an_operation_is_named_in_python_by_its_own_marks() -> None:
    api = api_of(
        document(
            paths={"/a": {"get": operation("payment_links", "list", tags=["Links"])}}
        )
    )
    [found] = api.operations
    assert (found.id, found.resource, found.call) == (
        "payment_links_list",
        "payment_links",
        "payment_links.list",
    )


def test_a_wrapped_value_is_the_value_alone_and_an_unused_wrapper_is_no_model() -> None:
    wrapper = thing(Value={"type": "string", "x-sensitive": True})
    card: Json = {
        "description": "Id of the card.",
        "x-evidence": "documented",
        "x-wrapped": "Value",
        "oneOf": [{"type": "string", "x-evidence": "inferred"}, ref("a.Card")],
    }
    schemas = {
        "Event": thing(card=card, held={**card, "oneOf": [STRING, ref("a.Held")]}),
        "Other": thing(held=ref("a.Held")),
        "a.Card": wrapper,
        "a.Held": wrapper,
    }
    api = api_of(document(schemas))
    found = api.models["Event"].by_wire_name
    assert {(one.type, one.is_sensitive, one.evidence) for one in found.values()} == {
        (TEXT, True, "documented")
    }
    assert found["card"].description == "Id of the card."
    assert sorted(api.models) == ["Event", "Other", "a.Held"], (
        "the wrapper that something else uses stays"
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "nullable": True},
        {"anyOf": [{"type": "string"}], "nullable": True},
        {"type": ["string", "null"]},
        {"oneOf": [STRING, {"type": "null"}]},
        ref("Text") | {"nullable": True},
    ],
)
def test_null_is_one_of_the_types_however_it_is_written(schema: Json) -> None:
    assert field(schema, Text=STRING).type == Union((TEXT, NULL))


@pytest.mark.parametrize(
    "limit", [{"format": "date-time"}, {"minimum": 1}, {"maxLength": 3}]
)
def test_null_has_no_limits(limit: Json) -> None:
    assert NULL in variants_of(field({"type": ["string", "null"], **limit}).type)


@pytest.mark.parametrize(
    "schema", [ref("B") | {"nullable": True}, {"allOf": [ref("B")], "nullable": True}]
)
def test_a_reference_may_be_null(schema: Json) -> None:
    assert _shape(field(schema, B=thing()).type) == ["B", "null"]


def test_an_enum_that_lists_null_gives_the_null_to_its_users() -> None:
    found = field(ref("Kind"), Kind={"enum": ["a", "b", None]})
    assert _shape(found.type) == ["Kind", "null"]
    assert isinstance(found.type, Union)
    [enum] = [one.enum for one in found.type.variants if isinstance(one, EnumRef)]
    assert [member.value for member in enum.members] == ["a", "b"]


def test_objects_and_enums_written_in_place_get_a_name() -> None:
    inner = thing(x={"type": "string", "enum": ["1"]})
    api = api_of(document({"A": thing(b={"type": "array", "items": inner})}))
    items = api.models["A"].by_wire_name["b"].type
    assert isinstance(items, ListOf)
    assert _shape(items.item) == ["ABItem"]
    assert _shape(api.models["A_b_item"].by_wire_name["x"].type) == ["ABItemX"]


def test_classes_are_named_by_their_keys_and_titles_do_not_matter() -> None:
    schemas = {
        "request.Link": {"type": "object", "title": "Same"},
        "response.Link": {"type": "object", "title": "Same"},
        "response.Links": {"type": "array", "items": ref("response.Link")},
    }
    api = api_of(document(schemas))
    assert {key: model.name for key, model in api.models.items()} == {
        "request.Link": "LinkRequest",
        "response.Link": "Link",
    }
    assert api.aliases["response.Links"].name == "Links"


def test_two_schemas_that_would_share_a_class_stop_the_run_with_both_names() -> None:
    with pytest.raises(SpecError, match="a-Thing and aThing"):
        api_of(document({"a-Thing": thing(), "aThing": thing()}))


@pytest.mark.parametrize(
    "mapping", [None, {"card": ref("Card")["$ref"], "wallet": ref("Wallet")["$ref"]}]
)
def test_a_discriminator_belongs_to_its_union(mapping: Json | None) -> None:
    discriminator = {"propertyName": "type"} | ({"mapping": mapping} if mapping else {})
    union = {
        "oneOf": [ref("Card"), ref("Wallet"), {"type": "null"}],
        "discriminator": discriminator,
    }
    found = field(union, Card=thing(type=STRING), Wallet=thing(type=STRING)).type
    names = ("card", "wallet") if mapping else ("Card", "Wallet")
    assert isinstance(found, Union)
    assert found.discriminator == Discriminator(
        "type", tuple(zip(names, ("Card", "Wallet"), strict=True))
    )


def test_a_variant_behind_two_discriminator_values_accepts_both() -> None:
    mapping = {
        "visa": ref("Card")["$ref"],
        "mastercard": ref("Card")["$ref"],
        "w": "Wallet",
    }
    union = {
        "oneOf": [ref("Card"), ref("Wallet")],
        "discriminator": {"propertyName": "brand", "mapping": mapping},
    }
    found = field(union, Card=thing(), Wallet=thing()).type
    assert isinstance(found, Union)
    assert found.discriminator is not None
    assert found.discriminator.keys == (
        ("visa", "Card"),
        ("mastercard", "Card"),
        ("w", "Wallet"),
    )


def test_a_discriminator_that_means_no_variant_is_refused() -> None:
    mapping = {"card": "Crad"}
    union = {
        "oneOf": [ref("Card"), ref("Wallet")],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    with pytest.raises(SpecError, match="'card' of the discriminator means no variant"):
        field(union, Card=thing(), Wallet=thing())


def test_a_discriminator_that_tells_only_some_objects_apart_is_refused() -> None:
    union = {
        "oneOf": [ref("Card"), ref("Wallet")],
        "discriminator": {"propertyName": "type"},
    }
    mixed = {"oneOf": [ref("Method"), ref("Cash")]}
    with pytest.raises(SpecError, match="further objects beside them"):
        field(mixed, Method=union, Card=thing(), Wallet=thing(), Cash=thing())


def test_a_default_stays_with_the_server() -> None:
    found = field({"type": "boolean", "default": True})
    assert (found.type, found.server_default) == (Scalar("boolean"), "true")


def test_ids_stay_strings() -> None:
    found = field({"type": "string", "format": "uuid"}).type
    assert isinstance(found, Scalar)
    assert found.kind == "string"


def test_a_closed_schema_is_told_from_one_that_says_nothing() -> None:
    closed = {"type": "object", "additionalProperties": False}
    models = api_of(document({"Closed": closed, "Silent": {"type": "object"}})).models
    assert [(model.is_closed, model.further) for model in models.values()] == [
        (True, None),
        (False, None),
    ]


def test_an_amount_behind_a_reference_has_its_unit() -> None:
    amount = {
        "type": "integer",
        "x-amount-unit": "minor",
        "x-amount-unit-evidence": "documented",
    }
    found = field({"oneOf": [ref("Amount"), {"type": "null"}]}, Amount=amount)
    assert found.amount is not None
    assert (found.unit, found.amount.evidence) == ("minor", "documented")


def test_a_schema_that_is_made_of_itself_alone_is_named() -> None:
    with pytest.raises(SpecError, match="'A' is made of itself alone"):
        api_of(document({"A": {"oneOf": [ref("A"), STRING]}}))


def _shape(type_: Type) -> list[str]:
    """Return the names of the classes and kinds that a type may be."""
    found: list[str] = []
    for variant in variants_of(type_):
        match variant:
            case ModelRef():
                found.append(variant.model.name)
            case EnumRef():
                found.append(variant.enum.name)
            case Scalar(kind=kind):
                found.append(kind)
            case _:
                found.append(repr(variant))
    return found
