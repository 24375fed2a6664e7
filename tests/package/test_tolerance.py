"""Whatever the API answers is decoded, kept whole and reported: proven for the response of every operation.

Payloads that fit the document are made of its schemas, then changed: fields added, taken away, of another type, null,
with new values of enumerations, nested deeply.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from helpers.payloads import (
    CANARY,
    DOCUMENT,
    OF_TYPE,
    Place,
    ResponseBody,
    anything,
    fitting,
    json_type,
    model_objects,
    places,
    resolved,
    responses,
    types_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from plexy_pay._core.decoding import expected_by
from plexy_pay._core.drift import Difference, differences
from plexy_pay._core.encoding import dumps, encode, loads
from plexy_pay._core.misfits import Watch
from plexy_pay._core.schema import schema_of

RESPONSES = list(
    {(json.dumps(response.schema)): response for response in responses()}.values()
)
EXAMPLES = settings(max_examples=8)

every_response = pytest.mark.parametrize(
    "response", RESPONSES, ids=[response.operation for response in RESPONSES]
)


def of(operation: str) -> ResponseBody:
    """The response of one operation."""
    return next(response for response in responses() if response.operation == operation)


def decoded(
    response: ResponseBody, payload: Any
) -> tuple[Any, set[tuple[str, str, str]]]:
    """What the package makes of a payload, and the differences it finds: pointer, kind, seen."""
    data = loads(dumps(payload))
    with Watch() as watch:
        made = response.decode(data)
    found = differences(response.decode, data)
    assert watch.found == bool(found), found
    assert len(set(found)) == len(found)
    check_is_kept(payload, encode(made))
    return made, {(one.pointer, one.kind, one.seen) for one in found}


def check_is_kept(before: Any, after: Any) -> None:
    """Nothing is lost and nothing changed: numbers to the digit, null, what is absent, the instant of a time."""
    if isinstance(before, dict):
        assert before.keys() == after.keys()
        for name, value in before.items():
            check_is_kept(value, after[name])
    elif isinstance(before, list):
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            check_is_kept(one, other)
    elif (
        isinstance(before, Decimal)
        and before == before.to_integral_value()
        and isinstance(after, int)
    ):
        # Written without a point, a Decimal arrives as a whole number.
        assert before == after
    elif isinstance(before, str) and before != after:
        assert isinstance(after, str)
        assert digits_of_a_second(before) == digits_of_a_second(after)
        assert (
            datetime.fromisoformat(before) - datetime.fromisoformat(after)
            == datetime.resolution * 0
        )
    else:
        assert (type(before), before) == (type(after), after)
        assert str(before) == str(after) or "E" in str(before)


def digits_of_a_second(text: str) -> str:
    """The digits after the point, without zeros at the end."""
    found = re.search(r"[.,](\d+)", text)
    return found[1].rstrip("0") if found else ""


def models_in(value: Any) -> Iterator[Any]:
    """The models in what was decoded."""
    if isinstance(value, list):
        for item in value:
            yield from models_in(item)
    elif hasattr(value, "to_dict"):
        yield value
        for field in schema_of(type(value)).fields:
            yield from models_in(getattr(value, field.name))


def at(made: Any, place: Place) -> Any:
    """The decoded value at a place of the payload."""
    for key in place.path:
        if isinstance(key, str):
            fields = schema_of(type(made)).fields
            (name,) = [one.name for one in fields if one.wire_name == key]
            made = getattr(made, name)
        else:
            made = made[key]
    return made


def check_shows_no_secret(made: Any) -> None:
    """Every repr works, and none shows a sensitive or an unknown value."""
    for model in [made, *models_in(made)]:
        if not isinstance(model, dict | list):
            assert CANARY not in repr(model)


def pick(data: st.DataObject, response: ResponseBody, payload: Any) -> Place:
    """Any place of the payload; the payload is made fuller until there is one."""
    found = list(places(response.schema, payload))
    return data.draw(st.sampled_from(found))


def payload_with_places(data: st.DataObject, response: ResponseBody) -> Any:
    """A payload with at least one declared field."""
    return data.draw(
        fitting(response.schema).filter(lambda made: any(places(response.schema, made)))
    )


def test_every_operation_with_a_response_is_here() -> None:
    wanted = sum(
        "application/json" in response.get("content", {})
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
        for status, response in operation["responses"].items()
        if status.startswith("2")
    )
    assert len(list(responses())) == wanted > 50


@every_response
def test_every_decoder_says_what_it_expects(response: ResponseBody) -> None:
    assert expected_by(response.decode) is not None


@every_response
@EXAMPLES
@given(data=st.data())
def test_a_response_that_fits_is_decoded_whole_and_reports_nothing(
    response: ResponseBody, data: st.DataObject
) -> None:
    payload = data.draw(fitting(response.schema))
    Draft202012Validator(
        {**response.schema, "components": DOCUMENT["components"]}
    ).validate(payload)
    made, found = decoded(response, payload)
    assert found == set()
    check_shows_no_secret(made)


@every_response
@EXAMPLES
@given(data=st.data())
def test_a_field_of_another_type_stays_as_it_came_and_is_reported(
    response: ResponseBody, data: st.DataObject
) -> None:
    payload = payload_with_places(data, response)
    place = pick(data, response, payload)
    allowed = types_of(place.schema)
    allowed |= {"integer"} if "number" in allowed else set()
    others = sorted(OF_TYPE.keys() - allowed) if allowed else sorted(OF_TYPE)
    if resolved(place.schema).get("format") == "date-time":
        others.append("string")
    kind = data.draw(st.sampled_from(others))
    value = copy.deepcopy(OF_TYPE[kind])
    place.put(payload, value)
    made, found = decoded(response, payload)
    assert found == ({(place.pointer, "type", kind)} if allowed else set())
    assert at(made, place) == value
    if kind in ("object", "array") or place.sensitive:
        check_shows_no_secret(made)


@every_response
@EXAMPLES
@given(data=st.data())
def test_a_missing_field_is_unset_and_reported_if_it_is_required(
    response: ResponseBody, data: st.DataObject
) -> None:
    payload = payload_with_places(data, response)
    place = pick(data, response, payload)
    if isinstance(place.path[-1], int):
        return
    del place.holder(payload)[place.path[-1]]
    _, found = decoded(response, payload)
    # Of several rows, the others may still have it: it is this one that is told.
    assert found == (
        {(place.pointer, "missing", "absent")} if place.required else set()
    )


@every_response
@EXAMPLES
@given(data=st.data(), value=anything)
def test_a_new_field_is_kept_and_reported_unless_any_is_allowed(
    response: ResponseBody, data: st.DataObject, value: Any
) -> None:
    payload = data.draw(fitting(response.schema).filter(lambda made: made != []))
    target, pointer, free = data.draw(
        st.sampled_from(list(model_objects(response.schema, payload)))
    )
    target["brandNew"] = [value, CANARY]
    made, found = decoded(response, payload)
    assert found == (
        set() if free else {(f"{pointer}/brandNew", "unknown-field", "array")}
    )
    check_shows_no_secret(made)


@every_response
@EXAMPLES
@given(data=st.data())
def test_a_new_value_of_an_enumeration_is_an_open_member_and_reported(
    response: ResponseBody, data: st.DataObject
) -> None:
    payload = payload_with_places(data, response)
    enums = [
        place
        for place in places(response.schema, payload)
        if "enum" in resolved(place.schema)
    ]
    if not enums:
        return
    place = data.draw(st.sampled_from(enums))
    place.put(payload, "BRAND_NEW")
    made, found = decoded(response, payload)
    assert found == {(place.pointer, "unknown-value", "string")}
    member = at(made, place)
    assert not member.is_known
    assert member == "BRAND_NEW"


@every_response
@EXAMPLES
@given(data=st.data())
def test_any_number_of_changes_at_once_loses_nothing(
    response: ResponseBody, data: st.DataObject
) -> None:
    payload = data.draw(fitting(response.schema))
    for _ in range(data.draw(st.integers(1, 6))):
        found = list(places(response.schema, payload))
        if not found:
            break
        place = data.draw(st.sampled_from(found))
        if data.draw(st.booleans()):
            place.put(payload, data.draw(anything))
        else:
            holder = place.holder(payload)
            del holder[place.path[-1]]
            if isinstance(holder, dict):
                holder[data.draw(st.sampled_from(["brandNew", "a/b", "", "id "]))] = (
                    data.draw(anything)
                )
    made, _ = decoded(response, payload)
    for model in [made, *models_in(made)]:
        assert repr(model)


@every_response
def test_a_field_that_is_nested_deeply_is_kept(response: ResponseBody) -> None:
    deep: Any = "end"
    for _ in range(600):
        deep = [{"in": deep}]
    properties = resolved(resolved(response.schema).get("items", response.schema)).get(
        "properties", {}
    )
    for name in [*properties, "brandNew"]:
        payload: Any = {name: deep}
        payload = [payload] if "array" in types_of(response.schema) else payload
        try:
            data = loads(
                b'{"%b": ' % name.encode()
                + b'[{"in":' * 600
                + b'"end"'
                + b"}]" * 600
                + b"}"
            )
        except ValueError:
            return  # This Python reads no JSON that is nested so deeply.
        made = response.decode([data] if isinstance(payload, list) else data)
        assert repr(made)
        back = encode(made)
        back = back[0] if isinstance(payload, list) else back
        inner, depth = back[name], 0
        while inner != "end":
            inner, depth = inner[0]["in"], depth + 1
        assert depth == 600


def test_a_time_with_more_digits_than_a_datetime_holds_stays_text() -> None:
    response = of("retrieve_payment_link")
    exact = "2026-01-02T03:04:05.123456789Z"
    made, found = decoded(response, {"id": "pl_1", "createdAt": exact})
    assert made.created_at == exact
    assert found == {("/createdAt", "type", "string")}


@pytest.mark.parametrize(
    "text",
    [
        "20260102T030405.12345678Z", "2026-01-02T030405.1234567Z", "2026-01-02T03:04:05.1234567+05", "2026-01-02",
        "2026-01-02T03:04:05", "2026-W01-5", "23:59", "", "Z" * 14, "2026-01-02T23:59:60Z", "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05+05:00:30.123456",
        "2026-02-30T00:00Z",
    ],
)  # fmt: skip
def test_a_time_in_any_spelling_keeps_its_instant(text: str) -> None:
    response = of("retrieve_payment_link")
    decoded(response, {"id": "pl_1", "createdAt": text})


@pytest.mark.parametrize(
    "number",
    ["0.10", "1.0", "22000.00", "1E+5", "-0.000", "1e-30", "12345678901234567890.12"],
)
def test_a_number_keeps_its_digits(number: str) -> None:
    response = of("list_transactions")
    made = response.decode(
        loads(b'{"data": [{"transactionId": "1", "amount": %b}]}' % number.encode())
    )
    amount = encode(made)["data"][0]["amount"]
    assert amount.as_tuple() == Decimal(number).as_tuple()


def test_a_key_that_may_be_personal_is_not_named() -> None:
    response = of("retrieve_payment_link")
    keys = [
        "a@example.kz",
        "+77010000000",
        "4400430000000000",
        "Имя",
        "x" * 65,
        "a b",
        "tr_8f14e45f",
        "",
        "a\nb",
    ]
    _, found = decoded(
        response,
        {"id": "pl_1", "metadata": dict.fromkeys(keys, 1), **dict.fromkeys(keys, 1)},
    )
    assert found == {("/*", "unknown-field", "integer")}


def test_differences_are_told_in_words_of_the_spec() -> None:
    response = of("list_transactions")
    rows = [
        {"transactionId": 1, "status": "later", "amount": "5"},
        {"transactionId": 2, "createdAt": "soon", "status": 7},
        {"new": None},
    ]
    found = differences(response.decode, {"data": rows, "page": "1"})
    assert found == [
        Difference("/data/*/transactionId", "type", "string", "integer"),
        Difference("/data/*/status", "unknown-value", "TransactionStatus", "string"),
        Difference("/data/*/amount", "type", "number", "string"),
        Difference("/data/*/createdAt", "type", "date-time", "string"),
        Difference("/data/*/status", "type", "TransactionStatus", "integer"),
        Difference("/data/*/transactionId", "missing", "string", "absent"),
        Difference("/data/*/new", "unknown-field", "absent", "null"),
        Difference("/page", "type", "integer", "string"),
    ]


def test_an_item_that_is_no_object_does_not_spoil_the_list() -> None:
    for response in RESPONSES:
        if "array" in types_of(response.schema):
            rows: list[Any] = [{"id": "1"}, None, "x", ["y"], 5, {"id": "2"}]
            made, found = decoded(response, rows)
            assert made[1:5] == rows[1:5]
            kinds = {json_type(row) for row in rows[1:5]}
            assert {("/*", "type", kind) for kind in kinds} <= found


def test_null_for_a_list_is_an_empty_list_and_reported() -> None:
    for response in RESPONSES:
        if "array" in types_of(response.schema):
            with Watch() as watch:
                assert response.decode(None) == []
            assert watch.found
            assert differences(response.decode, None) == [
                Difference("", "type", "array", "null")
            ]


def test_the_example_of_a_type_is_of_that_type() -> None:
    assert all(json_type(value) == name for name, value in OF_TYPE.items())
