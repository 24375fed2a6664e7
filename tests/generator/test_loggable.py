"""Which names of a document a log may show the values of."""

from __future__ import annotations

from typing import Any

from helpers.generation import api_of, document, operation

from generator.emit.loggable import Names
from generator.emit.loggable import loggable as loggable_of

TEXT: dict[str, Any] = {"type": "string"}
SECRET = {**TEXT, "x-sensitive": True}


def names(paths: dict[str, Any] | None = None, **schemas: Any) -> Names:
    described = {
        name: schema
        if "type" in schema or "oneOf" in schema
        else {"type": "object", "properties": schema}
        for name, schema in schemas.items()
    }
    return loggable(document(described, paths))


def loggable(data: dict[str, Any]) -> Names:
    found = loggable_of(api_of(data))
    found.open.clear()  # Only what follows from it is seen.
    return found


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_declared_name_is_shown_and_a_marked_one_hidden_whatever_its_spelling() -> (
    None
):
    found = names(
        Link={
            "orderReference": TEXT,
            "card_token": SECRET,
            "parts": {"type": "array", "items": TEXT},
        }
    )
    assert found == Names(values={"orderreference", "parts"}, hidden={"cardtoken"})


def test_a_name_that_is_marked_anywhere_is_hidden_everywhere() -> None:
    found = names(
        Shop={"name": TEXT}, Payer={"NAME": SECRET}, Box={"na_me": ref("Shop")}
    )
    assert found == Names(hidden={"name"})


def test_a_mark_counts_on_what_a_property_refers_to_or_on_its_items() -> None:
    found = names(
        Secret=SECRET,
        Payer={
            "direct": ref("Secret"),
            "many": {"type": "array", "items": ref("Secret")},
            "either": {"oneOf": [ref("Secret"), {"type": "null"}]},
        },
    )
    assert found.hidden == {"direct", "many", "either"}
    assert found.values == set()


def test_objects_are_told_from_maps_that_take_any_field() -> None:
    found = names(
        Open={
            "type": "object",
            "properties": {"ownField": TEXT},
            "additionalProperties": True,
        },
        Closed={"inner": TEXT},
        Holder={
            "open": ref("Open"),
            "closed": ref("Closed"),
            "free": {"type": "object"},
            "both": {"oneOf": [ref("Closed"), TEXT]},
        },
    )
    assert found.objects == {"closed", "both"}
    assert found.maps == {"open": {"ownfield"}, "free": set()}
    assert found.values == {"ownfield", "inner", "both"}


def test_a_property_of_unknown_type_is_not_shown() -> None:
    assert names(Odd={"anything": {"description": "Anything."}}) == Names()


def test_a_schema_that_holds_itself_ends() -> None:
    found = names(Node={"next": ref("Node"), "value": TEXT})
    assert found == Names(values={"value"}, objects={"next"})


def test_parameters_count_like_properties() -> None:
    parameters = [
        {"name": "page-size", "in": "query", "schema": {"type": "integer"}},
        {"name": "phone", "in": "query", "schema": TEXT, "x-sensitive": True},
    ]
    found = names(
        {"/v1/links": {"get": operation("links", "list", parameters=parameters)}},
        A={"phone": TEXT},
    )
    assert found == Names(values={"pagesize"}, hidden={"phone"})


def test_a_wrapped_value_is_an_object_on_the_wire_whose_inner_name_is_as_secret_as_it_is() -> (
    None
):
    found = names(
        Event={
            "linkId": {"x-wrapped": "Id", "oneOf": [TEXT, ref("Link")]},
            "cardToken": {
                "x-wrapped": "Value",
                "x-sensitive": True,
                "oneOf": [TEXT, ref("Card")],
            },
        },
        Link={"Id": TEXT},
        Card={"Value": TEXT},
    )
    assert found == Names(
        values={"linkid", "id"}, objects={"linkid"}, hidden={"cardtoken", "value"}
    )


def test_a_document_cut_out_of_a_larger_one_says_what_is_marked_there() -> None:
    whole = document(
        {"Shop": {"type": "object", "properties": {"name": TEXT, "place": TEXT}}}
    )
    assert loggable({**whole, "x-sensitive-names": ["name"]}) == Names(
        values={"place"}, hidden={"name"}
    )


def test_free_text_is_hidden_in_logs() -> None:
    found = names(
        Link={"description": {**TEXT, "x-free-text": True}, "orderReference": TEXT}
    )
    assert found == Names(values={"orderreference"}, hidden={"description"})


def test_with_a_list_of_what_is_shown_any_other_text_or_number_is_hidden() -> None:
    fields: dict[str, Any] = {
        "id": TEXT,
        "new": TEXT,
        "size": {"type": "integer"},
        "on": {"type": "boolean"},
    }
    fields["state"] = {**TEXT, "enum": ["a"]}
    made = document({"Link": {"type": "object", "properties": fields}})
    found = loggable({**made, "x-shown-in-logs": ["ID"]})
    assert found == Names(values={"id", "on", "state"}, hidden={"new", "size"})
