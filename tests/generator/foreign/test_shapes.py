"""What becomes of each kind of schema that OpenAPI 3.0 and 3.1 have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.foreign import adapt, answering, document, problems, shape, shapes

READ_ONLY = {"type": "string", "description": "It.", "readOnly": True}
CARD = {"type": "string", "const": "card"}
PET = {"type": "object", "properties": {"id": {"type": "integer"}}}
DOG = {"type": "object", "required": ["bark"], "properties": {"bark": {"type": "boolean"}}}


def ref(key: str, **more: Any) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{key}", **more}


@pytest.mark.parametrize(
    ("schema", "becomes"),
    [
        ({"type": "string"}, {"type": "string"}),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        ({"type": "string", "format": "binary"}, {"type": "string"}),
        ({"type": "string", "format": "byte", "maxLength": 3, "pattern": "a"}, {"type": "string"}),
        ({"type": "integer", "format": "int64", "minimum": 1, "exclusiveMinimum": True}, {"type": "integer"}),
        ({"type": "string", "nullable": True}, {"oneOf": [{"type": "string"}, {"type": "null"}]}),
        (READ_ONLY, READ_ONLY),
        ({"type": "integer", "default": 3, "deprecated": True}, {"type": "integer", "default": 3, "deprecated": True}),
        ({}, {}),
        ({"format": "date"}, {}),
        ({"type": "array", "items": {}}, {"type": "array", "items": {}}),
        ({"type": "boolean", "enum": [True]}, {"type": "boolean"}),
        ({"enum": ["a", 1, None]}, {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}),
        ({"enum": [1.5, 2]}, {"type": "number"}),
        ({"enum": ["card"]}, {"type": "string", "const": "card"}),
        ({"enum": ["card", None], "nullable": True}, {"oneOf": [CARD, {"type": "null"}]}),
        ({"type": "string", "enum": [1, 2]}, {"type": "string"}),
        ({"enum": [{"a": 1}]}, {}),
        ({"not": {"type": "string"}}, {}),
    ],
)  # fmt: skip
def test_a_plain_schema_of_3_0(tmp_path: Path, schema: Any, becomes: Any) -> None:
    assert shape(tmp_path, schema, version="3.0.3") == becomes


@pytest.mark.parametrize(
    ("schema", "becomes"),
    [
        (True, {}),
        (False, {}),
        ({"type": ["string", "null"]}, {"oneOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": ["integer", "number"], "exclusiveMinimum": 1}, {"type": "number"}),
        ({"const": "card"}, {"type": "string", "const": "card"}),
        ({"const": 3}, {"type": "integer", "const": 3}),
        ({"const": None}, {"type": "null"}),
        ({"const": 1.5}, {"type": "number"}),
        ({"const": "a\nb"}, {"type": "array", "items": {}}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        ({"items": {"type": "string"}}, {"type": "array", "items": {"type": "string"}}),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
            {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}},
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, {"type": "number"}),
        ({"anyOf": [{"type": "string"}, {"const": "auto"}]}, {"type": "string"}),
        ({"anyOf": [{"type": "string"}, {"type": "string", "format": "date"}]}, {"type": "string"}),
        ({"anyOf": [{"type": "string"}, {}]}, {}),
        (
            {"oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "null"}}]},
            {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "null"}]}},
        ),
        (
            {"oneOf": [{"type": "string"}, {"oneOf": [{"type": "null"}, {"type": "boolean"}]}]},
            {"oneOf": [{"type": "string"}, {"type": "null"}, {"type": "boolean"}]},
        ),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, {"type": "integer"}),
        ({"allOf": [{"type": "string"}, {"format": "date"}]}, {"type": "string", "format": "date"}),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, {}),
    ],
)  # fmt: skip
def test_a_plain_schema_of_3_1(tmp_path: Path, schema: Any, becomes: Any) -> None:
    if schema == {"const": "a\nb"}:
        made = shapes(tmp_path, {"Holder": {"type": "object", "properties": {"value": schema}}})
        assert made["Holder.value"] == {"type": "string", "enum": ["a\nb"]}
        return
    assert shape(tmp_path, schema) == becomes


def test_an_object_or_enumeration_in_place_gets_a_name(tmp_path: Path) -> None:
    inner = {"type": "array", "items": {"enum": ["a", "b"]}}
    made = shapes(tmp_path, {"Pet": {"type": "object", "properties": {"owner": PET, "tags": inner}}})
    assert made == {
        "Pet": {
            "type": "object",
            "properties": {
                "owner": ref("Pet.owner"),
                "tags": {"type": "array", "items": ref("Pet.tags.item")},
            },
        },
        "Pet.owner": PET,
        "Pet.tags.item": {"type": "string", "enum": ["a", "b"]},
    }


def test_a_name_that_is_taken_is_not_taken_twice(tmp_path: Path) -> None:
    made = shapes(tmp_path, {"Pet": {"type": "object", "properties": {"owner": PET}}, "Pet.owner": DOG})
    assert made["Pet"]["properties"]["owner"] == ref("Pet.owner_2")
    assert made["Pet.owner_2"] == PET


def test_a_named_schema_that_is_no_class_stands_where_it_is_used(tmp_path: Path) -> None:
    schemas = {
        "Name": {"type": "string", "description": "A name."},
        "Names": {"type": "array", "items": ref("Name")},
    }
    assert shape(tmp_path, ref("Names"), schemas) == {
        "type": "array",
        "items": {"type": "string", "description": "A name."},
    }


def test_all_of_puts_together_what_its_parts_say(tmp_path: Path) -> None:
    both = {"allOf": [ref("Pet"), DOG, {"required": ["id"]}], "properties": {"name": {"type": "string"}}}
    made = shapes(tmp_path, {"Pet": PET, "Both": both})
    assert made["Both"] == {
        "type": "object",
        "properties": {"name": {"type": "string"}, "id": {"type": "integer"}, "bark": {"type": "boolean"}},
        "required": ["bark", "id"],
    }


def test_all_of_one_reference_is_that_reference(tmp_path: Path) -> None:
    assert shape(
        tmp_path, {"allOf": [ref("Pet")], "description": "Mine."}, {"Pet": PET}, version="3.0.3"
    ) == ref("Pet", description="Mine.")


def test_a_property_that_is_described_twice_is_what_both_say(tmp_path: Path) -> None:
    schemas = {
        "A": {"type": "object", "properties": {"x": {"type": "number"}, "y": ref("Pet")}},
        "B": {"allOf": [ref("A")], "properties": {"x": {"type": "integer"}, "y": {"description": "More."}}},
        "Pet": PET,
    }
    made = shapes(tmp_path, schemas)
    assert made["B"]["properties"]["x"] == {"type": "integer"}
    assert made["B"]["properties"]["y"]["$ref"] == "#/components/schemas/Pet"


def test_what_stands_beside_a_reference_counts_in_3_1_alone(tmp_path: Path) -> None:
    beside = ref("Pet", properties={"name": {"type": "string"}})
    assert shape(tmp_path, beside, {"Pet": PET}, version="3.0.3") == ref("Pet")
    made = shapes(tmp_path, {"Holder": {"type": "object", "properties": {"value": beside}}, "Pet": PET})
    assert set(made["Holder.value"]["properties"]) == {"id", "name"}


def test_a_nullable_reference_is_a_union_with_null(tmp_path: Path) -> None:
    wanted = {"oneOf": [ref("Pet"), {"type": "null"}]}
    assert shape(tmp_path, ref("Pet", nullable=True), {"Pet": PET}, version="3.0.3") == wanted
    assert shape(tmp_path, {"nullable": True, "allOf": [ref("Pet")]}, {"Pet": PET}, version="3.0.3") == wanted
    assert shape(tmp_path, {"anyOf": [ref("Pet"), {"type": "null"}]}, {"Pet": PET}) == wanted


def test_a_reference_to_a_part_of_a_schema_makes_a_class_of_that_part(tmp_path: Path) -> None:
    schemas = {"A": {"type": "object", "properties": {"b": {"type": "object", "properties": {"c": PET}}}}}
    assert shape(tmp_path, {"$ref": "#/components/schemas/A/properties/b/properties/c"}, schemas) == ref(
        "b.c"
    )


def test_objects_that_hold_each_other_stay_references(tmp_path: Path) -> None:
    schemas = {
        "A": {"type": "object", "properties": {"b": ref("B")}},
        "B": {"type": "object", "properties": {"a": ref("A")}},
    }
    assert shapes(tmp_path, schemas) == schemas


def test_an_array_or_union_that_holds_itself_is_any_json_from_there_on(tmp_path: Path) -> None:
    json = {"oneOf": [{"type": "string"}, {"type": "array", "items": ref("Json")}]}
    data = document(
        schemas={"Json": json, "Holder": {"type": "object", "properties": {"value": ref("Json")}}}
    )
    made = adapt(tmp_path, data)
    holder = made.document.data["components"]["schemas"]["Holder"]
    assert holder["properties"]["value"] == {
        "oneOf": [{"type": "string"}, {"type": "array", "items": {}}],
        "x-python-name": "value",
    }
    assert "values that hold themselves are typed as any JSON from there on" in made.notes


def test_a_schema_that_consists_of_itself_says_nothing_more(tmp_path: Path) -> None:
    made = shapes(tmp_path, {"A": {"allOf": [ref("A"), PET]}})
    assert made["A"] == PET


def test_maps_keep_the_type_of_their_values(tmp_path: Path) -> None:
    made = shapes(
        tmp_path,
        {
            "Map": {"type": "object", "additionalProperties": {"type": "integer"}},
            "Free": {"type": "object", "additionalProperties": True},
            "Closed": {"type": "object", "additionalProperties": False},
            "Patterned": {"type": "object", "patternProperties": {"^x": {"type": "string"}, "^y": PET}},
        },
    )
    assert made["Map"]["additionalProperties"] == {"type": "integer"}
    assert "additionalProperties" not in made["Free"]
    assert made["Closed"]["additionalProperties"] is False
    assert made["Patterned"]["additionalProperties"] == {
        "oneOf": [{"type": "string"}, ref("Patterned.value")]
    }


def test_a_required_property_that_nothing_describes_is_any_json(tmp_path: Path) -> None:
    made = shapes(tmp_path, {"A": {"type": "object", "required": ["x"]}})
    assert made["A"] == {"type": "object", "properties": {"x": {}}, "required": ["x"]}


def test_properties_of_conditions_are_optional_ones(tmp_path: Path) -> None:
    schema = {
        **PET,
        "if": {"required": ["id"]},
        "then": DOG,
        "dependentSchemas": {"id": {"properties": {"z": {}}}},
    }
    made = shapes(tmp_path, {"A": schema})
    assert set(made["A"]["properties"]) == {"id", "bark", "z"}
    assert "required" not in made["A"]


def test_variants_have_what_is_said_of_all_of_them(tmp_path: Path) -> None:
    made = shapes(tmp_path, {"A": {**PET, "oneOf": [DOG, {"title": "Cat", "properties": {"purr": {}}}]}})
    assert set(made) == {"A.1", "A.Cat"}
    assert set(made["A.1"]["properties"]) == {"id", "bark"}
    assert set(made["A.Cat"]["properties"]) == {"id", "purr"}


def test_variants_that_only_demand_something_are_no_types(tmp_path: Path) -> None:
    made = shapes(tmp_path, {"A": {**PET, "anyOf": [{"required": ["id"]}, {"required": ["name"]}]}})
    assert made["A"] == PET


def test_a_discriminator_becomes_constants(tmp_path: Path) -> None:
    schemas = {
        "Cat": {"type": "object", "properties": {"kind": {"type": "string"}}},
        "Dog": {"type": "object", "properties": {"kind": {"enum": ["Dog", "Hound"]}}},
        "Pet": {
            "oneOf": [ref("Cat"), ref("Dog")],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"hound": "#/components/schemas/Dog", "cat": "Cat"},
            },
        },
    }
    union = shape(tmp_path, ref("Pet"), schemas)
    assert union["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"cat": "#/components/schemas/Cat", "hound": "#/components/schemas/Dog"},
    }


def test_a_discriminator_without_a_mapping_has_the_names_of_the_schemas(tmp_path: Path) -> None:
    union = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}}
    made = shape(tmp_path, union, {"Cat": PET, "Dog": DOG})
    assert set(made["discriminator"]["mapping"]) == {"Cat", "Dog"}


def test_a_discriminator_that_is_no_text_is_left_to_the_required_properties(tmp_path: Path) -> None:
    number = {"type": "object", "properties": {"kind": {"type": "integer"}}}
    union = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}}
    assert "discriminator" not in shape(tmp_path, union, {"Cat": number, "Dog": DOG})


def test_children_of_a_parent_that_lists_them_are_what_they_say(tmp_path: Path) -> None:
    parent = {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind"},
        "oneOf": [ref("Cat"), ref("Dog")],
    }
    child = {"allOf": [ref("Pet"), {"properties": {"own": {"type": "string"}}}]}
    union = shape(tmp_path, ref("Pet"), {"Pet": parent, "Cat": child, "Dog": child})
    assert union["oneOf"] == [ref("Cat"), ref("Dog")]
    made = shapes(tmp_path, {"Pet": parent, "Cat": child, "Dog": child})
    assert set(made["Cat"]["properties"]) == {"kind", "own"}


def test_unions_that_multiply_too_much_become_one_class(tmp_path: Path) -> None:
    variants = [{"properties": {f"p{n}": {"type": "string"}}} for n in range(9)]
    data = document(schemas={"A": {"allOf": [{"anyOf": variants}, {"anyOf": variants[::-1]}]}})
    made = adapt(tmp_path, data)
    assert len(made.document.data["components"]["schemas"]["A"]["properties"]) == 9
    assert list(made.notes) == ["unions that are too many together became one type"]


def test_what_schemas_multiply_to_has_a_limit_that_the_config_sets(tmp_path: Path) -> None:
    schemas: dict[str, Any] = {}
    wide = {f"p{n}": ref("Wide") for n in range(300)}
    schemas["Wide"] = {
        "anyOf": [{"type": "object", "properties": {f"q{n}": {"type": "string"}}} for n in range(300)]
    }
    schemas["User"] = {"type": "object", "properties": wide}
    (problem,) = problems(tmp_path, document({"/a": {"get": answering(ref("User"))}}, schemas), "largest = 1")
    assert "more than 1 times as large as the document" in problem


def test_a_chain_that_is_too_long_for_python_stops_with_a_line(tmp_path: Path) -> None:
    schemas: dict[str, Any] = {f"A{n}": {"type": "array", "items": ref(f"A{n + 1}")} for n in range(2000)}
    schemas["A2000"] = {"type": "string"}
    (problem,) = problems(tmp_path, document({"/a": {"get": answering(ref("A0"))}}, schemas))
    assert "in a chain that is too long" in problem


def test_what_is_put_together_of_schemas_that_hold_themselves_has_an_end(tmp_path: Path) -> None:
    def holder(key: str) -> dict[str, object]:
        inner = {"$ref": f"#/components/schemas/{key}"}
        return {"type": "object", "properties": {"next": inner, "all": {"type": "array", "items": inner}}}

    both = {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]}
    made = shapes(tmp_path, {"A": holder("A"), "B": holder("B"), "Both": both})
    inner = made["Both"]["properties"]["next"]["$ref"].rpartition("/")[2]
    assert made[inner]["properties"]["next"] == {"$ref": f"#/components/schemas/{inner}"}
    assert len(made) <= 4
