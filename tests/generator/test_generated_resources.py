"""What generated resources do beyond one flat group: nested groups, settings in paths, tables of meanings."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import Any

import pytest
from helpers.generation import document, generate, operation


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "x-evidence": "documented", "properties": properties}


AGENT = {
    "name": "agent_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "x-client-setting": "agent_id",
}
VERSION = {
    "name": "Plexy-Version",
    "in": "header",
    "schema": {"type": "string", "format": "date"},
    "x-client-setting": "checkout_version",
}
ORDER = {
    "name": "orderId",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
}
STATUS = {"name": "status", "in": "query", "schema": _ref("value.Status")}

SCHEMAS: dict[str, Any] = {
    "request.Order": _object(
        id={"type": "string", "readOnly": True},
        total=_ref("Price"),
    )
    | {"additionalProperties": False},
    "response.Order": _object(code=_ref("value.Code"), status=_ref("value.Status")),
    "Price": _object(
        value={
            "type": "integer",
            "x-amount-unit": "minor",
            "x-amount-unit-evidence": "documented",
        },
        currency={"type": "string"},
    )
    | {"required": ["value", "currency"], "additionalProperties": False},
    "value.Code": {
        "type": "string",
        "enum": ["00", "05"],
        "x-enum-meanings": {"00": "Approved", "05": 'Do "not" honour'},
    },
    "value.Status": {
        "type": "string",
        "enum": ["charged", "STATUS_CHARGED"],
        "x-enum-same": {"STATUS_CHARGED": "charged"},
    },
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    paths = {
        "/health": {
            "get": operation(
                "gate", "health", response={"type": "object"}, **{"x-family": "gate"}
            )
        },
        "/agent/{agent_id}/orders": {
            "parameters": [AGENT],
            "post": operation(
                "gate.orders",
                "create",
                body="request.Order",
                response="response.Order",
                parameters=[KEY],
                **{
                    "operationId": "createGateOrder",
                    "x-family": "gate",
                    "x-idempotency-key": "Idempotency-Key",
                },
            ),
            "get": operation(
                "gate.orders",
                "list",
                response={"type": "array", "items": _ref("response.Order")},
                parameters=[STATUS],
                **{"operationId": "listGateOrders", "x-family": "gate"},
            ),
        },
        "/agent/{agent_id}/orders/{orderId}": {
            "get": operation(
                "gate.orders",
                "retrieve",
                response="response.Order",
                parameters=[AGENT, ORDER, VERSION],
                **{"operationId": "getGateOrder", "x-family": "gate"},
            )
        },
    }
    return generate(tmp_path_factory.mktemp("generated"), document(SCHEMAS, paths))


def test_a_dotted_resource_is_reached_through_its_group(package: ModuleType) -> None:
    client = package.PlexyPay(gate_api_key="gk_0123456789")
    assert type(client.gate).__name__ == "GateResource"
    assert type(client.gate.orders).__name__ == "GateOrdersResource"
    assert callable(client.gate.health)
    raw = client.with_raw_response.gate
    assert type(raw.orders).__name__ == "GateOrdersResourceWithRawResponse"
    assert (
        type(package.AsyncPlexyPay("pr_x").gate.orders).__name__
        == "AsyncGateOrdersResource"
    )


def test_a_setting_of_the_client_is_no_parameter_of_its_methods(
    package: ModuleType,
) -> None:
    orders = package.PlexyPay("pr_x").gate.orders
    assert list(inspect.signature(orders.retrieve).parameters) == [
        "order_id",
        "options",
    ]
    operations = importlib.import_module(f"{package.__name__}._operations")
    assert operations.GET_GATE_ORDER.settings == ("agent_id",)
    assert operations.GET_GATE_ORDER.header_settings == {
        "Plexy-Version": "checkout_version"
    }
    functions = importlib.import_module(
        f"{package.__name__}.api.gate_orders.get_gate_order"
    )
    assert dict(functions.request("o/1").path_params) == {"orderId": "o/1"}


def test_a_required_idempotency_key_is_a_required_keyword_and_leaves_as_its_header(
    package: ModuleType,
) -> None:
    create = inspect.signature(package.PlexyPay("pr_x").gate.orders.create)
    assert create.parameters["idempotency_key"].default is inspect.Parameter.empty
    functions = importlib.import_module(
        f"{package.__name__}.api.gate_orders.create_gate_order"
    )
    body = package.models.OrderRequest.from_params(
        {"total": {"value": package.Money("1.50", "KZT")}}
    )
    request = functions.request(body=body, idempotency_key="order-1")
    assert request.headers == {"Idempotency-Key": "order-1"}
    assert request.operation.idempotency_key == "Idempotency-Key"
    assert request.body == {"total": {"value": 150, "currency": "KZT"}}


def test_what_only_responses_carry_is_no_parameter(package: ModuleType) -> None:
    create = inspect.signature(package.PlexyPay("pr_x").gate.orders.create)
    assert "id" not in create.parameters
    assert package.models.OrderRequest.from_dict({"id": "7"}).id == "7"


def test_values_have_the_meanings_of_the_documented_tables(package: ModuleType) -> None:
    order = package.models.Order.from_dict({"code": "05", "status": "STATUS_CHARGED"})
    assert order.code.meaning == 'Do "not" honour'
    assert package.models.Code("99").meaning is None
    assert order.status.meaning is None


def test_both_spellings_of_a_status_reach_one_meaning(package: ModuleType) -> None:
    status = package.models.Status
    assert status("STATUS_CHARGED").canonical is status.CHARGED
    assert status.CHARGED.canonical is status.CHARGED
    assert status("later").canonical == "later"
