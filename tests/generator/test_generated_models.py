"""What generated models do, on small documents that hold the traps of the tools behind the generator."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import typing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from helpers.generation import document, generate, operation


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "x-evidence": "documented", "properties": properties}


SCHEMAS: dict[str, Any] = {
    "request.Order": _object(
        amount={
            "type": "integer",
            "x-amount-unit": "minor",
            "x-amount-unit-evidence": "documented",
        },
        currency={"type": "string"},
        expiresAt={"type": ["string", "null"], "format": "date-time"},
        payer=_ref("request.Payer"),
        lines={"type": "array", "items": _ref("request.Line")},
        kind=_ref("value.Kind"),
        metadata=_ref("request.Metadata"),
        fee={
            "type": "number",
            "x-amount-unit": "major",
            "x-amount-unit-evidence": "documented",
        },
        tip={
            "type": "number",
            "x-amount-unit": "unknown",
            "x-amount-unit-evidence": "inferred",
        },
        autoClearing={"type": "boolean", "default": True},
        **{
            "class": {"type": "string"},
            "type": {"type": "string"},
            "x-y": {"type": "string"},
        },
    )
    | {"required": ["amount", "currency"], "additionalProperties": False},
    "request.Payer": _object(
        email={"type": "string", "x-sensitive": True},
        name={"type": "string"},
        card=_ref("Card"),
    )
    | {"required": ["name"], "additionalProperties": False},
    "request.Line": _object(title={"type": "string"}) | {"additionalProperties": False},
    "request.Metadata": _object(successUrl={"type": "string"})
    | {"additionalProperties": True},
    "response.Order": _object(
        id={"type": "string", "format": "uuid", "title": "Same"},
        createdAt={"type": "string", "format": "date-time"},
        day={"type": "string", "format": "date"},
        kind=_ref("value.Kind"),
        level=_ref("value.Level"),
        currency={"type": "string"},
        balance={
            "type": "number",
            "x-amount-unit": "major",
            "x-amount-unit-evidence": "documented",
            "x-main-amount": True,
        },
        paid={"oneOf": [_ref("Text"), {"type": "null"}]},
        payer={"oneOf": [_ref("request.Payer"), {"type": "null"}]},
        method=_ref("Method"),
        methods={"type": "array", "items": _ref("Method")},
        either={"oneOf": [{"type": "string"}, _ref("Wrapped")]},
        parent=_ref("response.Order"),
        children={"type": "array", "items": _ref("response.Order")},
        first=_ref("Ping"),
        token={"type": "string", "x-sensitive": True},
    )
    | {"title": "Same", "required": ["id"]},
    "response.Other": _object(id={"type": "string"}) | {"title": "Same"},
    "Text": {
        "type": "string",
        "x-evidence": "documented",
        "x-amount-unit": "decimal-string",
        "x-amount-unit-evidence": "documented",
    },
    "value.Kind": {"type": "string", "enum": ["GMT+0", "GMT-0", "3d"]},
    "value.Level": {"type": "integer", "enum": [1, 2, -1]},
    "Method": {
        "oneOf": [_ref("Card"), _ref("Wallet")],
        "discriminator": {
            "propertyName": "type",
            "mapping": {
                "card": "#/components/schemas/Card",
                "wallet": "#/components/schemas/Wallet",
            },
        },
    },
    "Card": _object(type={"type": "string"}, last4={"type": "string"})
    | {"required": ["type"]},
    "Wallet": _object(type={"type": "string"}, last4={"type": "string"})
    | {"required": ["type"]},
    "Wrapped": _object(Value={"type": "string"}) | {"required": ["Value"]},
    "Ping": _object(pong=_ref("Pong")),
    "Pong": _object(ping=_ref("Ping")),
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    create = operation(
        "orders", "create", body="request.Order", response="response.Order"
    )
    other = operation("orders", "other", response="response.Other")
    paths = {"/orders": {"post": create}, "/other": {"get": other}}
    return generate(
        tmp_path_factory.mktemp("generated"), document(copy.deepcopy(SCHEMAS), paths)
    )


def _error(package: ModuleType) -> type[Exception]:
    return importlib.import_module(f"{package.__name__}.errors").InvalidParameterError


def test_two_schemas_with_one_title_become_two_classes(package: ModuleType) -> None:
    assert package.models.Order is not package.models.Other


def test_a_request_that_shares_its_name_with_a_response_ends_in_request(
    package: ModuleType,
) -> None:
    assert package.models.OrderRequest(amount=1, currency="KZT").to_dict() == {
        "amount": 1,
        "currency": "KZT",
    }


def test_what_is_left_out_is_not_sent_and_null_is_sent_as_null(
    package: ModuleType,
) -> None:
    order = package.models.OrderRequest(amount=1, currency="KZT", expires_at=None)
    assert order.to_dict() == {"amount": 1, "currency": "KZT", "expiresAt": None}
    assert order.auto_clearing is package.UNSET


def test_properties_named_like_keywords_get_names_that_python_accepts(
    package: ModuleType,
) -> None:
    order = package.models.OrderRequest(
        amount=1, currency="KZT", class_="gold", type="auth", x_y="z"
    )
    assert order.to_dict() == {
        "amount": 1,
        "currency": "KZT",
        "class": "gold",
        "type": "auth",
        "x-y": "z",
    }


def test_dates_are_aware_and_leave_in_utc_with_a_z(package: ModuleType) -> None:
    almaty = datetime(2026, 1, 2, 8, 30, tzinfo=timezone(timedelta(hours=5)))
    order = package.models.OrderRequest(amount=1, currency="KZT", expires_at=almaty)
    assert order.to_dict()["expiresAt"] == "2026-01-02T03:30:00Z"
    read = package.models.Order.from_dict(
        {"id": "1", "createdAt": "2026-01-02T03:30:00Z", "day": "2026-01-02"}
    )
    assert read.created_at == datetime(2026, 1, 2, 3, 30, tzinfo=UTC)
    assert read.to_dict() == {
        "id": "1",
        "createdAt": "2026-01-02T03:30:00Z",
        "day": "2026-01-02",
    }


def test_a_date_without_a_time_zone_is_refused_before_anything_is_sent(
    package: ModuleType,
) -> None:
    order = package.models.OrderRequest(
        amount=1, currency="KZT", expires_at=datetime(2026, 1, 2)
    )
    with pytest.raises(_error(package), match="time zone"):
        order.to_dict()


@pytest.mark.parametrize(
    "odd",
    [
        {"createdAt": 12345},
        {"createdAt": "soon"},
        {"createdAt": "2026-01-02T03:30:00"},
        {"createdAt": None},
        {"kind": 7},
        {"level": "high"},
        {"level": True},
        {"payer": "nobody"},
        {"method": "cash"},
        {"children": "none"},
        {"children": [1, None]},
        {"either": 3},
        {"day": "yesterday"},
    ],
)
def test_a_field_that_does_not_fit_stays_as_it_came(
    package: ModuleType, odd: dict[str, Any]
) -> None:
    assert package.models.Order.from_dict({"id": "1", **odd}).to_dict() == {
        "id": "1",
        **odd,
    }


def test_a_missing_required_field_stays_unset(package: ModuleType) -> None:
    assert package.models.Order.from_dict({}).id is package.UNSET


def test_unknown_fields_are_kept_and_reachable(package: ModuleType) -> None:
    order = package.models.Order.from_dict({"id": "1", "new": {"a": [1]}})
    assert order["new"] == {"a": [1]}
    assert "new" in order
    assert order.to_dict() == {"id": "1", "new": {"a": [1]}}


def test_an_unknown_enum_value_becomes_an_open_member_that_equals_it(
    package: ModuleType,
) -> None:
    order = package.models.Order.from_dict({"id": "1", "kind": "later", "level": 9})
    assert (order.kind, order.level) == ("later", 9)
    assert isinstance(order.kind, package.models.Kind)
    assert not order.kind.is_known
    assert order.to_dict() == {"id": "1", "kind": "later", "level": 9}
    assert pickle.loads(pickle.dumps(order.kind)) == "later"


def test_enum_values_whose_names_clash_are_told_apart(package: ModuleType) -> None:
    assert [member.name for member in package.models.Kind] == [
        "GMT0",
        "GMT_0",
        "VALUE_3D",
    ]
    assert package.models.Kind("GMT-0").is_known


def test_the_discriminator_decides_the_variant(package: ModuleType) -> None:
    order = package.models.Order.from_dict(
        {
            "id": "1",
            "method": {"type": "wallet", "last4": "1234"},
            "methods": [{"type": "card"}, {"type": "crypto"}],
        }
    )
    assert type(order.method) is package.models.Wallet
    assert type(order.methods[0]) is package.models.Card
    assert order.methods[1] == {"type": "crypto"}, (
        "an unknown variant keeps its raw object"
    )


def test_a_union_of_text_and_object_decodes_both(package: ModuleType) -> None:
    decode = package.models.Order.from_dict
    assert decode({"id": "1", "either": "pl_1"}).either == "pl_1"
    assert decode(
        {"id": "1", "either": {"Value": "pl_1"}}
    ).either == package.models.Wrapped(value="pl_1")


def test_a_nullable_reference_decodes_null_and_the_object(package: ModuleType) -> None:
    decode = package.models.Order.from_dict
    assert decode({"id": "1", "payer": None}).payer is None
    assert decode({"id": "1", "payer": {"name": "A"}}).payer == package.models.Payer(
        name="A"
    )


def test_recursive_and_circular_models_decode_and_encode(package: ModuleType) -> None:
    data = {
        "id": "1",
        "parent": {"id": "0"},
        "children": [{"id": "2", "children": [{"id": "3"}]}],
    }
    data["first"] = {"pong": {"ping": {"pong": {}}}}
    order = package.models.Order.from_dict(data)
    assert order.children[0].children[0].id == "3"
    assert order.to_dict() == data


def test_amounts_are_never_a_binary_float(package: ModuleType) -> None:
    loads = importlib.import_module(f"{package.__name__}._core.encoding").loads
    order = package.models.Order.from_dict(loads(b'{"id": "1", "balance": 0.10}'))
    assert order.balance == Decimal("0.10")
    with pytest.raises(_error(package), match="float"):
        package.models.OrderRequest(amount=1, currency="KZT", fee=0.1).to_dict()


def test_the_repr_shows_what_is_set_and_masks_what_is_sensitive(
    package: ModuleType,
) -> None:
    order = package.models.Order.from_dict(
        {"id": "1", "token": "tok_1", "payer": {"email": "a@b.kz"}, "pan": "4111"}
    )
    assert (
        repr(order)
        == "Order(id='1', payer=Payer(email=********), token=********, additional_properties=<pan>)"
    )


def test_models_compare_pickle_and_copy_by_value(package: ModuleType) -> None:
    order = package.models.Order.from_dict(
        {"id": "1", "kind": "new", "x": 1, "method": {"type": "card"}}
    )
    assert pickle.loads(pickle.dumps(order)) == order == copy.deepcopy(order)


def test_parameters_take_models_mappings_and_money(package: ModuleType) -> None:
    order = package.models.OrderRequest.from_params(
        {
            "amount": package.Money("22000", "KZT"),
            "payer": {"name": "A", "card": {"last4": "1234", "type": "card"}},
            "lines": [{"title": "tea"}, package.models.Line(title="milk")],
            "kind": "GMT-0",
            "metadata": {"success_url": "https://shop.kz/ok", "club_id": 7},
            "fee": package.Money("12.50", "KZT"),
        }
    )
    assert order.to_dict() == {
        "amount": 2_200_000,
        "currency": "KZT",
        "payer": {"name": "A", "card": {"type": "card", "last4": "1234"}},
        "lines": [{"title": "tea"}, {"title": "milk"}],
        "kind": "GMT-0",
        "metadata": {"successUrl": "https://shop.kz/ok", "club_id": 7},
        "fee": Decimal("12.50"),
    }


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"currency": "KZT"}, "needs amount"),
        ({"amount": 1}, "needs a currency"),
        ({"amount": 1.5, "currency": "KZT"}, "float"),
        ({"amount": Decimal(1), "currency": "KZT"}, "minor units"),
        ({"amount": 1, "currency": "KZT", "amuont": 2}, "no parameter amuont"),
        ({"amount": 1, "currency": "KZT", "payer": {"nmae": "A"}}, "needs name"),
        (
            {"amount": 1, "currency": "KZT", "lines": [{"titel": "tea"}]},
            "no parameter titel",
        ),
        (
            {
                "amount": 1,
                "currency": "KZT",
                "metadata": {"success_url": "a", "successUrl": "b"},
            },
            "successUrl in the API's spelling",
        ),
        (
            {"amount": 1, "currency": "KZT", "metadata": {"successUrl": "b"}},
            "Pass it once, in snake_case",
        ),
    ],
)
def test_wrong_parameters_are_refused_by_name(
    package: ModuleType, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(_error(package), match=message):
        package.models.OrderRequest.from_params(params)


def test_money_in_another_currency_than_the_one_beside_it_is_refused(
    package: ModuleType,
) -> None:
    with pytest.raises(_error(package), match="KZT and the currency USD"):
        package.models.OrderRequest.from_params(
            {"amount": package.Money(1, "KZT"), "currency": "USD"}
        )


def test_money_where_the_unit_is_unknown_is_refused(package: ModuleType) -> None:
    with pytest.raises(
        _error(package), match="tip was given as Money, but its unit is not known here"
    ):
        package.models.OrderRequest.from_params(
            {"amount": 1, "currency": "KZT", "tip": package.Money("1", "KZT")}
        )
    order = package.models.OrderRequest(
        amount=1, currency="KZT", tip=package.Money("1", "KZT")
    )
    with pytest.raises(
        _error(package), match="Ask Plexy Pay, then pass the raw number"
    ):
        order.to_dict()


def test_a_model_that_is_built_by_hand_takes_money_and_its_currency(
    package: ModuleType,
) -> None:
    order = package.models.OrderRequest(amount=package.Money("22000", "KZT"))
    assert order.to_dict() == {"amount": 2_200_000, "currency": "KZT"}
    with pytest.raises(_error(package), match="Money in KZT beside the currency USD"):
        package.models.OrderRequest(
            amount=package.Money(1, "KZT"), currency="USD"
        ).to_dict()
    with pytest.raises(_error(package), match="needs a currency"):
        package.models.OrderRequest(amount=1).to_dict()


def test_money_of_two_currencies_in_one_request_is_refused(package: ModuleType) -> None:
    for more in ({"amount": package.Money(1, "KZT")}, {"amount": 1, "currency": "KZT"}):
        order = package.models.OrderRequest.from_params(
            {**more, "fee": package.Money(1, "USD")}
        )
        with pytest.raises(_error(package), match="in the same currency"):
            order.to_dict()


def test_an_amount_behind_a_reference_has_its_unit(package: ModuleType) -> None:
    read = package.models.Order.from_dict(
        {"id": "1", "paid": "12.50", "currency": "KZT"}
    )
    assert read.paid_money == package.Money("12.50", "KZT")
    assert (
        package.models.Order.from_dict(
            {"id": "1", "paid": None, "currency": "KZT"}
        ).paid_money
        is None
    )


def test_an_object_that_names_its_main_amount_gives_it_as_money(
    package: ModuleType,
) -> None:
    read = package.models.Order.from_dict(
        {"id": "1", "balance": Decimal("12.5"), "currency": "KZT"}
    )
    assert read.money == package.Money("12.50", "KZT")
    assert not hasattr(read, "balance_money")


def test_the_typed_dicts_have_the_keywords_of_the_methods(package: ModuleType) -> None:
    written = package.params.OrderRequestParams
    annotations = typing.get_type_hints(written)
    resource = importlib.import_module(
        f"{package.__name__}._resources.orders"
    ).OrdersResource
    create = inspect.signature(resource.create)
    keywords = {
        name: parameter
        for name, parameter in create.parameters.items()
        if name not in ("self", "options")
    }
    assert keywords.keys() == annotations.keys()
    assert {"class_", "type", "x_y", "expires_at", "auto_clearing"} <= keywords.keys()
    for name, parameter in keywords.items():
        required = parameter.default is inspect.Parameter.empty
        assert required == (name in written.__required_keys__), name
    assert [
        name
        for name, parameter in keywords.items()
        if parameter.default is inspect.Parameter.empty
    ] == ["amount"]


def _differences(package: ModuleType, payload: Any) -> list[tuple[str, str, str, str]]:
    """What drift says of an order, and that decoding notices it."""
    decoding = importlib.import_module(f"{package.__name__}._core.decoding")
    drift = importlib.import_module(f"{package.__name__}._core.drift")
    misfits = importlib.import_module(f"{package.__name__}._core.misfits")
    body = decoding.ObjectBody(package.models.Order)
    with misfits.Watch() as watch:
        body(payload)
    found = [tuple(one) for one in drift.differences(body, payload)]
    assert watch.found or not found
    return found


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"method": {"type": "crypto"}},
            ("/method", "unknown-variant", "Card or Wallet", "object"),
        ),
        (
            {"methods": [{"type": "card"}, {}]},
            ("/methods/*", "unknown-variant", "Card or Wallet", "object"),
        ),
        (
            {"method": {"type": "card", "x": 1}},
            ("/method/x", "unknown-field", "absent", "integer"),
        ),
        (
            {"method": {"type": ["card"]}},
            ("/method", "unknown-variant", "Card or Wallet", "object"),
        ),
        ({"method": "cash"}, ("/method", "type", "object", "string")),
        ({"either": 3}, ("/either", "type", "string or object", "integer")),
        ({"either": {}}, ("/either/Value", "missing", "string", "absent")),
        ({"payer": []}, ("/payer", "type", "object or null", "array")),
        ({"payer": {}}, ("/payer/name", "missing", "string", "absent")),
        ({"level": 9}, ("/level", "unknown-value", "Level", "integer")),
        ({"level": True}, ("/level", "type", "Level", "boolean")),
        ({"level": Decimal("1.0")}, ("/level", "type", "Level", "number")),
        ({"day": "yesterday"}, ("/day", "type", "date", "string")),
        ({"day": "20260102"}, ("/day", "type", "date", "string")),
        (
            {"children": [{"id": "2", "parent": {"id": 3}}]},
            ("/children/*/parent/id", "type", "string", "integer"),
        ),
        (
            {"first": {"pong": {"ping": 1}}},
            ("/first/pong/ping", "type", "object", "integer"),
        ),
    ],
)
def test_what_differs_is_told_by_place_and_kind(
    package: ModuleType, fields: dict[str, Any], expected: tuple[str, str, str, str]
) -> None:
    payload = {"id": "1", **fields}
    assert _differences(package, payload) == [expected]
    assert package.models.Order.from_dict(payload).to_dict() == payload


@pytest.mark.parametrize(
    "fields",
    [
        {"payer": None}, {"either": "text"}, {"either": {"Value": "x"}}, {"method": {"type": "wallet", "last4": "1"}},
        {"level": -1}, {"kind": "3d"}, {"balance": Decimal("1.50")}, {"balance": 2}, {"children": [], "methods": []},
    ],
)  # fmt: skip
def test_what_fits_is_not_told(package: ModuleType, fields: dict[str, Any]) -> None:
    assert _differences(package, {"id": "1", **fields}) == []


def test_models_that_hold_themselves_are_read_as_deep_as_python_goes(
    package: ModuleType,
) -> None:
    for field, wrap in (
        ("parent", lambda inner: inner),
        ("children", lambda inner: [inner]),
    ):
        order: dict[str, Any] = {"id": "0"}
        for _ in range(5000):
            order = {"id": "1", field: wrap(order)}
        made = package.models.Order.from_dict(order)
        assert made.id == "1"
        assert _differences(package, order) is not None
