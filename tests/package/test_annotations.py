"""Annotations at run time: tools that read them (pydantic, FastAPI, cattrs, attrs, MCP servers) find every name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from types import ModuleType
from typing import Annotated, Any

import attrs
import cattrs
import plexy_pay
import pydantic
import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from plexy_pay import UNSET, AsyncPlexyPay, Money, PlexyPay, models, params
from plexy_pay.models import CardData, PaymentLink, PaymentLinkStatus, Transaction
from plexy_pay.params import AuthorizePaymentRequestParams, CreatePaymentLinkParams

MODELS = [
    value
    for value in (getattr(models, name) for name in models.__all__)
    if attrs.has(value)
]


def modules() -> Iterator[ModuleType]:
    """Yield every public module, and those of the resources, which the clients hand out."""
    yield plexy_pay
    for found in pkgutil.walk_packages(plexy_pay.__path__, "plexy_pay."):
        name = found.name.removeprefix("plexy_pay.").removeprefix("_resources.")
        if not any(part.startswith("_") for part in name.split(".")):
            yield importlib.import_module(found.name)


def functions_of(kind: type) -> Iterator[tuple[str, Any]]:
    """The functions of a class and of the classes above it, those behind properties included."""
    for base in kind.__mro__:
        if not base.__module__.startswith("plexy_pay"):
            continue
        for name, value in vars(base).items():
            if name.startswith("_") and not name.startswith("__"):
                continue
            for inner in ("__func__", "fget", "_make", "func"):
                value = getattr(value, inner, value)
            if inspect.isfunction(value) and value.__module__.startswith("plexy_pay"):
                yield f"{base.__module__}.{base.__qualname__}.{name}", value


def names_of(module: ModuleType) -> list[str]:
    """Return the names that a module promises, or else those that it defines."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__
        and not name.startswith("_")
    ]


def annotated() -> dict[str, Any]:
    """Everything public that has annotations, by its name."""
    found: dict[str, Any] = {}
    for module in modules():
        for name in names_of(module):
            value = getattr(module, name)
            home = str(getattr(value, "__module__", ""))
            if not home.startswith("plexy_pay") or isinstance(value, ModuleType):
                continue
            if inspect.isclass(value):
                found[f"{value.__module__}.{name}"] = value
                found.update(functions_of(value))
            elif inspect.isfunction(value):
                found[f"{value.__module__}.{name}"] = value
    return found


ANNOTATED = annotated()


def test_everything_public_is_looked_at() -> None:
    assert len(MODELS) > 120
    assert {"plexy_pay.PlexyPay", "plexy_pay._client.PlexyPay"} & ANNOTATED.keys()
    for wanted in (
        "plexy_pay._resources.payouts.AsyncPayoutsResource.create",
        "plexy_pay._core.base_client.SyncClient.reconcile",
        "plexy_pay._client.PlexyPay.__init__",
        "plexy_pay._client.AsyncPlexyPay.payouts",
        "plexy_pay.params.CreatePaymentLinkParams",
        "plexy_pay._core.wire_model.WireModel.from_dict",
        "plexy_pay.models.payment_link.PaymentLink.money",
        "plexy_pay.api.payouts.process_payout.asyncio",
        "plexy_pay.errors.OutcomeUnknownError.reconcile",
        "plexy_pay.webhooks._verification.unwrap",
        "plexy_pay.webhooks.flask.webhook_view",
    ):
        assert wanted in ANNOTATED
    assert len(ANNOTATED) > 1600


@pytest.mark.parametrize("kind", ["class", "function"])
def test_every_public_annotation_resolves(kind: str) -> None:
    failed: dict[str, str] = {}
    for name, value in ANNOTATED.items():
        if inspect.isclass(value) != (kind == "class"):
            continue
        try:
            typing.get_type_hints(value, include_extras=True)
            if kind == "function":
                inspect.signature(value, eval_str=True)
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"
    assert failed == {}


def test_every_model_resolves_its_types() -> None:
    for model in MODELS:
        attrs.resolve_types(model)
        for field in attrs.fields(model):
            assert not isinstance(field.type, str), f"{model.__name__}.{field.name}"


def test_both_clients_resolve_as_a_container_of_dependencies_needs_it() -> None:
    for client in (PlexyPay, AsyncPlexyPay):
        assert (
            inspect.signature(client, eval_str=True)
            .parameters["max_retries"]
            .annotation
            is int
        )


def test_annotations_name_the_very_classes() -> None:
    hints = typing.get_type_hints(PlexyPay("pr_test").payment_links.create)
    assert hints["return"] is PaymentLink
    assert (
        typing.get_type_hints(AuthorizePaymentRequestParams)["card_data"]
        == CardData | params.CardDataParams
    )


def test_annotations_resolve_in_a_process_that_has_loaded_nothing_else() -> None:
    program = """
import sys, typing
from plexy_pay import PlexyPay
PlexyPay("pr_test")
assert not {"httpx", "attr", "typing_extensions"} & set(sys.modules)
hints = typing.get_type_hints(PlexyPay("pr_test").payment_links.create)
assert "plexy_pay.models.payment_link" in sys.modules
assert "plexy_pay.models.transaction_list" not in sys.modules
typing.get_type_hints(PlexyPay.save_call)
print(hints["return"].__name__)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "PaymentLink\n", done.stderr


def test_parameters_know_at_run_time_which_of_them_are_required() -> None:
    wanted = {"amount"}
    assert CreatePaymentLinkParams.__required_keys__ == wanted
    assert "order_reference" in CreatePaymentLinkParams.__optional_keys__


def test_a_module_lists_what_it_has_for_the_tab_key() -> None:
    assert set(models.__all__) <= set(dir(models))
    assert set(plexy_pay.__all__) <= set(dir(plexy_pay))
    program = (
        "import plexy_pay; print(len(dir(plexy_pay.models)), 'Money' in dir(plexy_pay))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    count, has_money = done.stdout.split()
    assert int(count) >= len(models.__all__) > 150
    assert has_money == "True"


# -- pydantic --------------------------------------------------------------------------------------------------------


def test_a_function_of_the_shop_is_validated_by_pydantic() -> None:
    @pydantic.validate_call
    def charge(
        order: CreatePaymentLinkParams, status: PaymentLinkStatus
    ) -> tuple[Any, Any]:
        return order, status

    # Callers of a server come without types.
    called: Callable[..., Any] = charge
    price = Money("150.00", "KZT")
    order, status = called(
        {"amount": price, "metadata": {"success_url": "https://shop.kz"}}, "paid"
    )
    assert order == {"amount": price, "metadata": {"success_url": "https://shop.kz"}}
    assert status is PaymentLinkStatus.PAID
    with pytest.raises(pydantic.ValidationError, match="amount"):
        called({"metadata": {}}, "paid")


def test_every_params_type_has_a_schema_of_pydantic() -> None:
    found = [value for name, value in vars(params).items() if name.endswith("Params")]
    assert len(found) > 30
    for one in found:
        schema = pydantic.TypeAdapter(one).json_schema()
        assert schema["type"] == "object"
        pydantic.TypeAdapter(one).json_schema(mode="serialization")


def test_a_dictionary_never_becomes_a_model_of_a_request_by_guess() -> None:
    adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(CreatePaymentLinkParams)
    read = adapter.validate_python(
        {"amount": 1, "metadata": {"success_url": "https://shop.kz"}}
    )
    assert type(read["metadata"]) is dict
    model = models.CreatePaymentLinkMetadata(success_url="https://shop.kz")
    assert (
        adapter.validate_python({"amount": 1, "metadata": model})["metadata"] is model
    )


def methods() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every method of every resource of both clients, bound."""
    for client in (PlexyPay("pr_test"), AsyncPlexyPay("pr_test")):
        for holder in (client, client.with_raw_response):
            yield from below(holder, type(holder).__name__)


def below(holder: Any, name: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for attribute in dir(type(holder)):
        if attribute.startswith("_") or attribute == "with_raw_response":
            continue
        value = getattr(holder, attribute)
        where = f"{name}.{attribute}"
        if type(value).__module__.startswith("plexy_pay._resources"):
            yield from below(value, where)
        elif inspect.ismethod(value) and type(holder).__module__.startswith(
            "plexy_pay._resources"
        ):
            yield where, value


@pytest.mark.filterwarnings("ignore::pydantic.json_schema.PydanticJsonSchemaWarning")
def test_every_method_becomes_a_tool() -> None:
    """As servers of the Model Context Protocol do it: a model of the arguments, and its JSON schema."""
    count = 0
    for name, method in methods():
        fields: dict[str, Any] = {}
        for parameter in inspect.signature(method, eval_str=True).parameters.values():
            required = parameter.default is parameter.empty
            fields[parameter.name] = (
                parameter.annotation,
                ... if required else parameter.default,
            )
        tool = pydantic.create_model(name.replace(".", "_"), **fields)
        schema = tool.model_json_schema()
        assert schema["properties"].keys() == fields.keys(), name
        count += 1
    assert count > 150


def test_a_method_is_validated_by_pydantic() -> None:
    client = PlexyPay("pr_test", base_url="http://127.0.0.1:1", max_retries=0)
    create: Callable[..., Any] = pydantic.validate_call(client.payment_links.create)
    with pytest.raises(pydantic.ValidationError, match="expires_at"):
        create(amount=1, currency="KZT", expires_at="soon")
    with pytest.raises(plexy_pay.ApiConnectionError):
        create(amount=Money(1, "KZT"), order_reference="A")


# -- FastAPI ---------------------------------------------------------------------------------------------------------


def shop() -> TestClient:
    app = FastAPI()

    @app.post("/links")
    def link(order: CreatePaymentLinkParams) -> Any:
        return {
            "amount": str(order["amount"]),
            "reference": order.get("order_reference"),
        }

    @app.post("/prices")
    def price(price: Annotated[Money, Body()]) -> Money:
        return price + price

    @app.post("/transactions")
    def transaction(
        seen: Annotated[Transaction, Body()],
        status: PaymentLinkStatus = PaymentLinkStatus.PAID,
    ) -> Transaction:
        return seen

    return TestClient(app)


def test_a_body_of_parameters_in_fastapi() -> None:
    response = shop().post(
        "/links",
        json={
            "amount": {"amount": "150.00", "currency": "KZT"},
            "order_reference": "A",
        },
    )
    assert response.json() == {"amount": "150.00 KZT", "reference": "A"}
    assert shop().post("/links", json={"order_reference": "A"}).status_code == 422


def test_money_as_body_and_response_in_fastapi() -> None:
    response = shop().post("/prices", json={"amount": "150.50", "currency": "KZT"})
    assert response.json() == {"amount": "301.00", "currency": "KZT"}
    for refused in (
        {"amount": 150.5, "currency": "KZT"},
        {"amount": "1", "currency": "XXX"},
        "150 KZT",
        150,
    ):
        assert shop().post("/prices", json=refused).status_code == 422, refused


def test_a_model_as_body_and_response_in_fastapi() -> None:
    sent = {
        "transactionId": "tr_1",
        "status": "new_status",
        "novel": {"deep": [1, None]},
    }
    response = shop().post("/transactions?status=paid", json=sent)
    assert response.json() == sent
    assert shop().post("/transactions", json=[1]).status_code == 422


def test_the_document_of_fastapi_tells_all_of_it() -> None:
    document = shop().get("/openapi.json").json()
    assert {"CreatePaymentLinkParams", "Transaction", "PaymentLinkStatus"} <= document[
        "components"
    ]["schemas"].keys()


# -- cattrs ----------------------------------------------------------------------------------------------------------


def test_cattrs_makes_a_model_of_a_dictionary() -> None:
    converter = cattrs.Converter()
    converter.register_structure_hook_func(
        lambda kind: not attrs.has(kind), lambda value, _: value
    )
    made = converter.structure(
        {"transaction_id": "tr_1", "amount": Decimal("150.00")}, Transaction
    )
    assert (made.transaction_id, made.amount, made.status) == (
        "tr_1",
        Decimal("150.00"),
        UNSET,
    )
    for model in MODELS:
        if not hasattr(model, "from_params"):
            assert isinstance(
                converter.structure({}, model) if not needed(model) else None,
                model | None,
            )


def needed(model: Any) -> Sequence[str]:
    return [
        field.name
        for field in attrs.fields(model)
        if field.init and field.default is attrs.NOTHING
    ]
