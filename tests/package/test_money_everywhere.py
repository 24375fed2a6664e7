"""Money over the whole description: in every request and every response, right where its unit is known, nowhere else.

The amounts are found in the document that the package was made of, without the generator that made the code from it.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, get_type_hints

import httpx
import pytest
from helpers.description import DESCRIPTION
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from plexy_pay import InvalidParameterError, Money, PlexyPay, models, params
from plexy_pay._core.encoding import dumps, loads
from plexy_pay._currencies import DISPUTED, EXPONENTS

from generator.identifiers import class_names, snake

# Some of the operations are only inferred.
pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")

Json = dict[str, Any]

DOCUMENT: Json = json.loads(DESCRIPTION.read_text("utf-8"))
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
CLASSES = class_names(SCHEMAS)
CURRENCIES = ("currency", "currency_code")
PRICE = Money("12.50", "KZT")
WIRE = {"minor": 1250, "major": Decimal("12.50"), "decimal-string": "12.50"}


def resolved(node: Json) -> Json:
    while "$ref" in node:
        node = reduce(
            lambda found, part: found[unescaped(part)],
            node["$ref"][2:].split("/"),
            DOCUMENT,
        )
    return node


def unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def unit_of(prop: Json) -> str | None:
    return prop.get("x-amount-unit") or resolved(prop).get("x-amount-unit")


def object_of(prop: Json) -> Json | None:
    """The object schema that a property is or is a list of."""
    target = resolved(prop)
    target = resolved(target["items"]) if target.get("type") == "array" else target
    return target if "properties" in target else None


def operations() -> Iterator[Json]:
    for item in DOCUMENT["paths"].values():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method in ("get", "put", "post", "delete", "patch"):
                yield {
                    **operation,
                    "parameters": [*shared, *operation.get("parameters", [])],
                }


def json_schema(holder: Json) -> Json | None:
    schema = (
        resolved(holder).get("content", {}).get("application/json", {}).get("schema")
    )
    return schema and resolved(schema)


# -- requests --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spot:
    """One amount that a request may hold: its operation, the way to it through the body, its unit."""

    operation: str
    path: tuple[str, ...]
    unit: str

    def __str__(self) -> str:
        return f"{self.operation} {'.'.join(self.path)} {self.unit}"


BODIES = {
    f"{operation['x-resource']}.{operation['x-method']}": (operation, body)
    for operation in operations()
    if (body := json_schema(operation.get("requestBody", {}))) is not None
}


def amounts(
    schema: Json, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, prop in schema.get("properties", {}).items():
        if prop.get("readOnly"):
            continue
        if (unit := unit_of(prop)) is not None:
            yield (*path, name), unit
        elif (inner := object_of(prop)) is not None:
            yield from amounts(inner, (*path, name))


SPOTS = [
    Spot(call, path, unit)
    for call, (_, body) in BODIES.items()
    for path, unit in amounts(body)
]
KNOWN = [spot for spot in SPOTS if spot.unit != "unknown"]
UNKNOWN = [spot for spot in SPOTS if spot.unit == "unknown"]


def sample(prop: Json) -> Any:
    """Something that the type of a required property lets through."""
    target = resolved(prop)
    if "enum" in target:
        return target["enum"][0]
    if "properties" in target:
        return arguments(target, (), None)
    kind = target["type"]
    return {"integer": 1, "number": 1, "string": "KZT", "boolean": True, "array": []}[
        kind
    ]


def arguments(schema: Json, path: tuple[str, ...], value: Any, **more: Any) -> Json:
    """The parameters of a body with a value at the end of the path, and besides only what is required."""
    found: Json = {}
    for name, prop in schema["properties"].items():
        if path and name == path[0]:
            inner = object_of(prop) if path[1:] else None
            below = (
                value if inner is None else arguments(inner, path[1:], value, **more)
            )
            found[snake(name)] = (
                [below] if resolved(prop).get("type") == "array" else below
            )
        elif len(path) == 1 and name in CURRENCIES:
            # The currency right beside the amount.
            found |= {snake(name): more["beside"]} if "beside" in more else {}
        elif name in schema.get("required", ()):
            found[snake(name)] = sample(prop)
    return found


class Wire:
    """A client whose requests end here, and the bodies that it sent."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []
        transport = httpx.MockTransport(self.respond)
        self.client = PlexyPay(
            "pr_test",
            base_url="http://127.0.0.1:9",
            checkout_api_key="ck_test",
            gate_api_key="gk_test",
            agent_id="agent",
            http_client=httpx.Client(transport=transport),
        )

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(loads(request.content))
        return httpx.Response(
            200, json={"id": "1", "transactionId": "1", "success": True}
        )

    def call(self, name: str, body: Json) -> Json:
        """Make the call with this body, and give what was sent."""
        operation, _ = BODIES[name]
        positional = [
            parameter["name"]
            for parameter in map(resolved, operation["parameters"])
            if parameter["in"] == "path"
        ]
        positional = [name for name in positional if name != "agent_id"]
        headers = {
            snake(parameter["name"]): "key"
            for parameter in map(resolved, operation["parameters"])
            if parameter["in"] == "header" and parameter.get("required")
        }
        method: Any = reduce(getattr, name.split("."), self.client)
        method(*("1" for _ in positional), **headers, **body)
        return self.bodies[-1]


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    with made.client:
        yield made


def at(body: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        body = body[0][name] if isinstance(body, list) else body[name]
    return body[0] if isinstance(body, list) else body


def test_the_description_has_the_amounts_that_this_test_is_about() -> None:
    assert {str(spot) for spot in KNOWN} >= {
        "payment_links.create amount minor",
        "wallet.authorize amount minor",
        "payments.capture amount major",
        "payments.refund amount major",
        "direct_payments.create orderDetails.amount major",
        "checkout.sessions.create amount.value minor",
        "checkout.sessions.create lineItems.amountIncludingTax minor",
        "gate.orders.create topup_request.amount decimal-string",
    }
    assert {
        "recurring_payments.create amount unknown",
        "payouts.create amount unknown",
    } <= {str(spot) for spot in UNKNOWN}


@pytest.mark.parametrize("spot", KNOWN, ids=str)
def test_money_reaches_the_wire_in_the_unit_of_its_place_with_its_currency(
    spot: Spot, wire: Wire
) -> None:
    _, schema = BODIES[spot.operation]
    sent = wire.call(spot.operation, arguments(schema, spot.path, PRICE))
    assert at(sent, spot.path) == WIRE[spot.unit]
    assert type(at(sent, spot.path)) is type(WIRE[spot.unit])
    for depth in range(len(spot.path)):
        holder = at(sent, spot.path[:depth])
        declared = reduce(
            lambda node, name: object_of(node["properties"][name]) or {},
            spot.path[:depth],
            schema,
        )
        for name in CURRENCIES:
            if name in declared["properties"]:
                assert holder[name] == "KZT", "the currency of the Money is filled in"


@pytest.mark.parametrize("spot", KNOWN, ids=str)
def test_22_000_tenge_leave_as_the_api_writes_them_there(
    spot: Spot, wire: Wire
) -> None:
    _, schema = BODIES[spot.operation]
    sent = wire.call(
        spot.operation, arguments(schema, spot.path, Money("22000", "KZT"))
    )
    expected = {"minor": "2200000", "major": "22000", "decimal-string": '"22000.00"'}
    assert dumps(at(sent, spot.path)).decode() == expected[spot.unit]


@pytest.mark.parametrize("spot", KNOWN, ids=str)
def test_money_in_another_currency_than_the_rest_of_the_request_is_refused(
    spot: Spot, wire: Wire
) -> None:
    _, schema = BODIES[spot.operation]
    if spot.operation in ("payments.capture", "payments.refund"):
        assert not set(CURRENCIES) & schema["properties"].keys(), (
            "nothing there says a currency"
        )
        return
    body = arguments(schema, spot.path, Money("12.50", "USD"), beside="KZT")
    # Every currency of the body is KZT; where none is required, the body's own is given.
    body |= {name: "KZT" for name in CURRENCIES if name in schema["properties"]}
    if "value" not in spot.path and "lineItems" in spot.path:
        body["amount"] = {"value": 1250, "currency": "KZT"}
    with pytest.raises(InvalidParameterError, match="USD"):
        wire.call(spot.operation, body)
    assert not wire.bodies


@pytest.mark.parametrize("spot", UNKNOWN, ids=str)
def test_money_is_refused_where_the_unit_is_not_known_and_a_raw_number_goes_out_as_it_is(
    spot: Spot, wire: Wire
) -> None:
    _, schema = BODIES[spot.operation]
    with pytest.raises(
        InvalidParameterError, match="its unit is not known here"
    ) as caught:
        wire.call(spot.operation, arguments(schema, spot.path, PRICE, beside="KZT"))
    assert "Ask Plexy Pay, then pass the raw number" in str(caught.value)
    assert not wire.bodies
    raw = Decimal("12.50")
    assert (
        at(
            wire.call(spot.operation, arguments(schema, spot.path, raw, beside="KZT")),
            spot.path,
        )
        == raw
    )


@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_a_float_is_refused_for_every_amount(spot: Spot, wire: Wire) -> None:
    _, schema = BODIES[spot.operation]
    with pytest.raises(InvalidParameterError, match="was given as float"):
        wire.call(spot.operation, arguments(schema, spot.path, 12.5, beside="KZT"))
    assert not wire.bodies


@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_a_model_that_is_built_by_hand_turns_money_or_refuses_it(spot: Spot) -> None:
    _, body = BODIES[spot.operation]
    schema = reduce(
        lambda node, name: object_of(node["properties"][name]) or {},
        spot.path[:-1],
        body,
    )
    key = next(key for key, named in SCHEMAS.items() if named is schema)
    model = getattr(models, CLASSES[key])
    fields: Json = {
        snake(name): "KZT"
        for name in schema.get("required", ())
        if name != spot.path[-1]
    }
    fields |= {
        snake(name): "KZT" for name in CURRENCIES if name in schema["properties"]
    }
    built = model(**fields, **{snake(spot.path[-1]): PRICE})
    if spot.unit == "unknown":
        with pytest.raises(InvalidParameterError, match="its unit is not known here"):
            built.to_dict()
    else:
        assert built.to_dict()[spot.path[-1]] == WIRE[spot.unit]


CHECKOUT = [
    name
    for name, (_, body) in BODIES.items()
    if "amount" in body["properties"] and object_of(body["properties"]["amount"])
]


@pytest.mark.parametrize("name", CHECKOUT)
def test_money_stands_for_an_object_of_an_amount_and_its_currency(
    name: str, wire: Wire
) -> None:
    _, schema = BODIES[name]
    sent = wire.call(name, arguments(schema, ("amount",), PRICE))
    assert sent["amount"] == {"value": 1250, "currency": "KZT"}


def annotated_spots() -> Iterator[tuple[str, Json, Any]]:
    """Every annotation of a parameter: keyword arguments and TypedDicts, with the property behind each."""
    client = PlexyPay(
        "pr_test", checkout_api_key="ck", gate_api_key="gk", agent_id="agent"
    )
    for name, (_, body) in BODIES.items():
        method: Any = reduce(getattr, name.split("."), client)
        for keyword, parameter in inspect.signature(
            method, eval_str=True
        ).parameters.items():
            for wire_name, prop in body["properties"].items():
                if snake(wire_name) == keyword:
                    yield f"{name}({keyword})", prop, parameter.annotation
    for key, schema in SCHEMAS.items():
        name = f"{CLASSES[key]}Params"
        annotations = (
            get_type_hints(getattr(params, name)) if hasattr(params, name) else {}
        )
        for wire_name, prop in schema.get("properties", {}).items():
            if snake(wire_name) in annotations:
                yield f"{name}.{snake(wire_name)}", prop, annotations[snake(wire_name)]


def test_the_static_types_take_money_exactly_where_it_works() -> None:
    seen = 0
    for place, prop, annotation in annotated_spots():
        inner = object_of(prop) or {}
        is_amount_object = sorted(inner.get("properties", ())) == ["currency", "value"]
        works = unit_of(prop) not in (None, "unknown") or is_amount_object
        assert works == bool(re.search(r"\bMoney\b", str(annotation))), place
        seen += works
    assert seen > len(KNOWN)


# -- responses ---------------------------------------------------------------------------------------------------------


def holders() -> Iterator[Json]:
    for operation in operations():
        yield from operation["responses"].values()
    for hook in DOCUMENT["webhooks"].values():
        yield hook["post"]["requestBody"]


def responses() -> dict[str, Json]:
    """The schemas of responses and webhooks, those of their parts included, by key."""
    keys = {id(schema): key for key, schema in SCHEMAS.items()}
    waiting = [
        schema for holder in holders() if (schema := json_schema(holder)) is not None
    ]
    found: dict[str, Json] = {}
    while waiting:
        schema = object_of(waiting.pop())
        if schema is None or keys[id(schema)] in found:
            continue
        found[keys[id(schema)]] = schema
        for prop in schema["properties"].values():
            # What is taken out of its wrapper is no object in Python.
            if "x-wrapped" not in prop:
                waiting += [prop, *prop.get("oneOf", ()), *prop.get("anyOf", ())]
    return found


@dataclass(frozen=True)
class Given:
    """One amount of a response: its schema, its name, its unit, and the currency beside it, if there is one."""

    key: str
    name: str
    unit: str
    currency: str

    def __str__(self) -> str:
        return f"{self.key} {self.name} {self.unit}"

    @property
    def model(self) -> Any:
        return getattr(models, CLASSES[self.key])

    @property
    def attribute(self) -> str:
        schema = SCHEMAS[self.key]["properties"]
        priced = [
            name
            for name, prop in schema.items()
            if unit_of(prop) not in (None, "unknown")
        ]
        main = [
            name
            for name in priced
            if name == "amount" or schema[name].get("x-main-amount")
        ] or priced
        return "money" if [self.name] == main else f"{snake(self.name)}_money"


GIVEN = [
    Given(
        key, name, unit, next((c for c in CURRENCIES if c in schema["properties"]), "")
    )
    for key, schema in responses().items()
    for name, prop in schema["properties"].items()
    if (unit := unit_of(prop)) is not None
]
PRICED = [given for given in GIVEN if given.unit != "unknown"]


def test_the_checkout_has_amounts_that_are_objects() -> None:
    assert "checkout.sessions.create" in CHECKOUT
    assert "plexypay.CheckoutSession" in WITH_AMOUNT_OBJECT


def test_the_responses_have_the_amounts_that_this_test_is_about() -> None:
    assert {(given.key, given.name): given.attribute for given in PRICED}.items() >= {
        ("response.PaymentLink", "amount"): "money",
        ("response.Transaction", "amount"): "money",
        ("WalletTransaction", "amount"): "money",
        (
            "response.RefundPaymentResponse",
            "remainingBalance",
        ): "remaining_balance_money",
        ("plexypay.CheckoutAmount", "value"): "money",
        ("plexypay.CheckoutWebhookData", "amount"): "money",
        ("Order", "charged_amount"): "money",
        ("Order", "balance_after"): "balance_after_money",
        ("Product", "price"): "money",
        ("Product", "min_amount"): "min_amount_money",
        ("AgentBalance", "available"): "money",
    }.items()
    assert {
        ("response.TransactionWebhookDetails", "amount"),
        ("plexypay.PaymentCallbackDetails", "amount"),
    } <= {(given.key, given.name) for given in GIVEN if given.unit == "unknown"}


@pytest.mark.parametrize("given", PRICED, ids=str)
def test_every_amount_of_known_unit_has_its_money_and_says_unit_and_evidence(
    given: Given,
) -> None:
    prop = inspect.getattr_static(given.model, given.attribute)
    assert get_type_hints(prop.fget) == {"return": Money | None}
    assert f"`{snake(given.name)}` as Money" in " ".join(prop.__doc__.split())
    assert "the unit is" in " ".join(prop.__doc__.split())
    assert hasattr(given.model, f"{given.attribute}_in") == (not given.currency)


def test_nothing_else_of_a_response_is_called_money() -> None:
    for key, schema in responses().items():
        wanted = {given.attribute for given in PRICED if given.key == key}
        wanted |= {
            f"{given.attribute}_in"
            for given in PRICED
            if given.key == key and not given.currency
        }
        amount = object_of(schema["properties"].get("amount", {"type": "string"}))
        wanted |= {"money"} if amount is not None else set()
        model = getattr(models, CLASSES[key])
        assert {name for name in vars(model) if "money" in name} == wanted, key


# A currency whose minor unit is in dispute has no Money in minor units: tests/runtime/test_money.py.
amounts_of_money = st.builds(
    Money.from_minor,
    st.integers(min_value=-(10**15), max_value=10**15),
    st.sampled_from(sorted(EXPONENTS.keys() - DISPUTED)),
)


def on_the_wire(money: Money, unit: str) -> object:
    """What the API writes for the amount, worked out without the client."""
    digits = Decimal(money.minor).scaleb(-EXPONENTS[money.currency])
    return {"minor": money.minor, "major": digits, "decimal-string": f"{digits:f}"}[
        unit
    ]


@pytest.mark.parametrize("given", PRICED, ids=str)
@settings(max_examples=25)
@examples(money=amounts_of_money)
def test_money_comes_back_from_every_response_as_it_was(
    given: Given, money: Money
) -> None:
    raw = loads(
        dumps(
            {
                given.name: on_the_wire(money, given.unit),
                given.currency or "currency": money.currency,
            }
        )
    )
    response = given.model.from_dict(raw)
    assert getattr(response, given.attribute) == money
    assert response.to_dict() == raw, "reading it as Money changes nothing"


@pytest.mark.parametrize(
    "given", [given for given in PRICED if not given.currency], ids=str
)
@settings(max_examples=25)
@examples(money=amounts_of_money)
def test_a_response_without_a_currency_gives_no_money_until_you_say_which(
    given: Given, money: Money
) -> None:
    response = given.model.from_dict(
        loads(dumps({given.name: on_the_wire(money, given.unit)}))
    )
    assert getattr(response, given.attribute) is None
    assert getattr(response, f"{given.attribute}_in")(money.currency) == money


@pytest.mark.parametrize("given", PRICED, ids=str)
@pytest.mark.parametrize(
    "odd",
    [None, True, 0.5, "ten", "NaN", [], {}, {"value": 1}, Decimal("0.001")],
    ids=repr,
)
def test_an_odd_amount_is_no_money_and_no_error(given: Given, odd: object) -> None:
    currency = given.currency or "currency"
    for response in (
        given.model.from_dict({given.name: odd, currency: "KZT"}),
        given.model.from_dict({currency: "KZT"}),
        *(
            given.model.from_dict({given.name: 1, currency: code})
            for code in (None, 5, "", "XXX", {})
        ),
    ):
        assert getattr(response, given.attribute) is None


WITH_AMOUNT_OBJECT = [
    key
    for key, schema in responses().items()
    if object_of(schema["properties"].get("amount", {"type": "string"}))
]


@pytest.mark.parametrize("key", WITH_AMOUNT_OBJECT)
def test_a_response_with_an_amount_object_gives_its_money(key: str) -> None:
    model = getattr(models, CLASSES[key])
    assert (
        model.from_dict({"amount": {"value": 1250, "currency": "KZT"}}).money == PRICE
    )
    for odd in (
        {},
        {"amount": None},
        {"amount": 1250},
        {"amount": {"value": 1250}},
        {"amount": {"currency": "KZT"}},
    ):
        assert model.from_dict(odd).money is None
