"""The examples in docstrings: values as a caller writes them, amounts as Money only where nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.generation import api_of, document, operation

from generator.emit.method_examples import MethodExamples
from generator.emit.operations import views_of

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def amount(unit: str, kind: str = "integer") -> dict[str, Any]:
    marks = {"x-amount-unit": unit, "x-amount-unit-evidence": "documented"}
    return {"type": kind, **marks}


def schema(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "x-evidence": "documented",
        "required": list(required),
        "properties": properties,
    }


def posting(example: object, **more: Any) -> dict[str, Any]:
    """A POST whose body has an example."""
    made = operation("links", "create", body="request.Link", **more)
    if example is not None:
        made["requestBody"]["content"]["application/json"]["example"] = example
    return made


def shown(data: dict[str, Any], call: str = "links.create", **options: Any) -> str:
    """The example of a method of a package that is made of the document."""
    api = api_of(data)
    view = next(one for one in views_of(api).values() if one.call == call)
    return MethodExamples(api).example(view, is_async=options.get("is_async", False))


def body(example: object, **properties: Any) -> str:
    """The example of a method whose body has these properties."""
    schemas = {"request.Link": schema(**properties)}
    return shown(document(schemas, {"/links": {"post": posting(example)}}))


CURRENCY = {"type": "string"}


@pytest.mark.parametrize(
    ("unit", "kind", "value", "currency", "written"),
    [
        ("minor", "integer", 2_200_000, "KZT", 'Money("22000", "KZT")'),
        ("minor", "integer", 1099, "KZT", 'Money("10.99", "KZT")'),
        ("minor", "integer", 1099, "JPY", 'Money("1099", "JPY")'),
        ("minor", "integer", 1099, "BHD", 'Money("1.099", "BHD")'),
        ("minor", "integer", -5, "KZT", 'Money("-0.05", "KZT")'),
        ("major", "number", 22000, "KZT", 'Money("22000", "KZT")'),
        ("major", "number", 10.5, "KZT", 'Money("10.50", "KZT")'),
        ("decimal-string", "string", "10.00", "USD", 'Money("10", "USD")'),
        # Money could not say it, or the client would not take it.
        ("major", "number", 10.505, "KZT", 'Decimal("10.505")'),
        ("decimal-string", "string", "a lot", "USD", '"a lot"'),
        ("decimal-string", "string", "1e99", "USD", '"1e99"'),
        ("minor", "integer", 1099, "???", "1099"),
        ("minor", "integer", 10**30, "KZT", str(10**30)),
        ("unknown", "number", 1099, "KZT", "1099"),
        ("unknown", "number", 10.99, "KZT", 'Decimal("10.99")'),
    ],
)
def test_an_amount_is_money_where_unit_and_currency_are_known(
    unit: str, kind: str, value: object, currency: str, written: str
) -> None:
    example = {"amount": value, "currency": currency}
    text = body(example, amount=amount(unit, kind), currency=CURRENCY)
    assert f"amount={written}" in text
    # Money brings its currency along; a raw number does not.
    assert ('currency="' in text) != ("Money" in written)
    assert ("from plexy_pay import Money" in text) == ("Money" in written)
    assert ("from decimal import Decimal" in text) == ("Decimal" in written)


def test_a_disputed_minor_unit_is_not_guessed() -> None:
    currency = {"type": "string", "x-currencies-without-decimals": ["UGX", "ISK"]}
    example = {"amount": 1099, "currency": "UGX"}
    fields = {"amount": amount("minor"), "currency": currency}
    assert "Money" in body(example, **fields)
    disputed = {"type": "string", "x-currencies-without-decimals": ["ISK"]}
    assert "amount=1099" in body(example, **(fields | {"currency": disputed}))


def test_an_amount_without_a_currency_has_that_of_the_other_examples() -> None:
    """A refund does not name it, since the payment has it. Where the others name two, nobody knows."""
    schemas = {
        "request.Link": schema(amount=amount("minor"), currency=CURRENCY),
        "request.Refund": schema(amount=amount("major", "number")),
    }
    refund = operation("links", "refund", body="request.Refund")
    content = refund["requestBody"]["content"]["application/json"]
    content["example"] = {"amount": 150}
    paths = {
        "/links": {"post": posting({"amount": 1, "currency": "KZT"})},
        "/refunds": {"post": refund},
    }
    text = shown(document(schemas, paths), "links.refund")
    assert 'client.links.refund(amount=Money("150", "KZT"))' in text
    other = posting({"amount": 1, "currency": "USD"}, operationId="other")
    paths["/others"] = {"post": other | {"x-method": "other"}}
    text = shown(document(schemas, paths), "links.refund")
    assert text == "client.links.refund(amount=150)"


def test_an_object_of_an_amount_and_its_currency_is_money() -> None:
    price = schema(value=amount("minor"), currency=CURRENCY)
    example = {"price": {"currency": "KZT", "value": 5}}
    assert 'price=Money("0.05", "KZT")' in body(example, price=price)
    disputed = {"price": {"currency": "", "value": 5}}
    assert 'price={"currency": "", "value": 5}' in body(disputed, price=price)


def test_names_within_objects_are_python_s_and_free_ones_the_caller_s() -> None:
    inner = schema(successUrl={"type": "string"}) | {"additionalProperties": True}
    items = {"type": "array", "items": inner}
    example = {
        "metaData": {"successUrl": "u", "basketId": 7},
        "someItems": [{"successUrl": "v"}],
    }
    text = body(example, metaData=inner, someItems=items)
    assert 'meta_data={"success_url": "u", "basketId": 7}' in text
    assert 'some_items=[{"success_url": "v"}]' in text


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("date-time", "2026-12-31T18:59:59Z", "datetime(2026, 12, 31, 18, 59, 59, tzinfo=UTC)"),
        ("date-time", "2026-12-31T18:00:00+05:00", "datetime(2026, 12, 31, 13, 0, tzinfo=UTC)"),
        ("date-time", "2026-12-31T18:59:00.5Z", "datetime(2026, 12, 31, 18, 59, 0, 500000, tzinfo=UTC)"),
        ("date-time", "2026-12-31T18:59:59", '"2026-12-31T18:59:59"'),
        ("date-time", "0001-01-01T00:00:00+05:00", '"0001-01-01T00:00:00+05:00"'),
        ("date-time", "soon", '"soon"'),
        ("date", "2026-12-31", "date(2026, 12, 31)"),
        ("date", "soon", '"soon"'),
    ],
)  # fmt: skip
def test_times_are_aware(form: str, value: str, written: str) -> None:
    text = body({"when": value}, when={"type": "string", "format": form})
    assert f"when={written}" in text
    assert ("from datetime import" in text) == ("date" in written and "(" in written)


HOSTILE = (
    'a "quoted" text',
    "it's",
    "both ' and \"",
    '"""',
    "a \\ backslash \\n",
    "two\nlines\r\n",
    "```\n`orderReference`",
    "{{ 7 }} {% x %} {# y #}",
    "\u202e\u200b\ufeff\x00\x1b",
    "\u3164\U000e0041",
    "",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_text_stays_itself(value: str) -> None:
    text = body(
        {"note": value, "orderReference": value}, note=CURRENCY, orderReference=CURRENCY
    )
    passed: dict[str, Any] = {}

    class Links:
        def create(self, **arguments: Any) -> None:
            passed.update(arguments)

    class Client:
        links = Links()

    exec(text, {"client": Client()})
    assert passed == {"note": value, "order_reference": value}


def test_what_is_required_and_has_no_example_leaves_the_method_without_one() -> None:
    schemas = {"request.Link": schema(("name",), name=CURRENCY)}
    for example in (None, {}, [], {"other": 1}):
        paths = {"/links": {"post": posting(example)}}
        assert shown(document(schemas, paths)) == ""
    paths = {"/links/{id}": {"parameters": [ID], "post": posting({"name": "n"})}}
    assert shown(document(schemas, paths)) == ""
    paths["/links/{id}"]["parameters"] = [ID | {"example": "l_1"}]
    assert shown(document(schemas, paths)) == 'client.links.create("l_1", name="n")'


def test_of_several_examples_the_first_is_shown() -> None:
    schemas = {"request.Link": schema(name=CURRENCY)}
    made = posting(None)
    made["requestBody"]["content"]["application/json"]["examples"] = {
        "far": {"externalValue": "https://x.example"},
        "near": {"$ref": "#/components/examples/Near"},
        "last": {"value": {"name": "last"}},
    }
    data = document(schemas, {"/links": {"post": made}})
    data["components"]["examples"] = {"Near": {"value": {"name": "near"}}}
    assert shown(data) == 'client.links.create(name="near")'


def test_what_is_deprecated_or_only_answered_is_not_shown() -> None:
    old = {"type": "string", "deprecated": True, "x-deprecated": {"use": "`name`"}}
    example = {"old": "o", "name": "n", "id": "i"}
    answered = {"type": "string", "readOnly": True}
    text = body(example, old=old, name=CURRENCY, id=answered)
    assert text == 'client.links.create(name="n")'


def test_the_object_of_a_union_is_the_one_that_it_fits() -> None:
    card = schema(("cardNumber",), cardNumber=CURRENCY)
    cash = schema(("deskId",), deskId=CURRENCY)
    way = {
        "oneOf": [
            {"$ref": "#/components/schemas/Card"},
            {"$ref": "#/components/schemas/Cash"},
        ]
    }
    schemas = {"Card": card, "Cash": cash, "request.Link": schema(way=way)}
    paths = {"/links": {"post": posting({"way": {"deskId": "7"}})}}
    assert (
        shown(document(schemas, paths)) == 'client.links.create(way={"desk_id": "7"})'
    )
    null = {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    assert body({"way": None}, way=null) == "client.links.create(way=None)"


def test_a_body_without_fields_is_passed_whole() -> None:
    schemas = {"Item": schema(someName=CURRENCY)}
    made = operation("links", "create")
    array = {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
    content = {"application/json": {"schema": array, "example": [{"someName": "n"}]}}
    made["requestBody"] = {"required": True, "content": content}
    text = shown(document(schemas, {"/links": {"post": made}}))
    assert text == 'client.links.create(body=[{"some_name": "n"}])'


@pytest.mark.parametrize(
    ("resource", "method", "response", "name"),
    [
        ("payment_links", "create", "PaymentLink", "payment_link"),
        ("transactions", "retrieve", "TransactionResponse", "transaction"),
        ("beneficiaries", "retrieve", "PaymentBeneficiary", "beneficiary"),
        ("addresses", "retrieve", "Address", "address"),
        ("wallet", "authorize", "WalletTransaction", "wallet_transaction"),
        ("payments", "confirm", "Confirm", "payment"),
        ("shop.sessions", "result", "ShopSessionResult", "session_result"),
        # Not a name that the program has for something else.
        ("clients", "create", "Client", "result"),
        ("types", "create", "Type", "result"),
    ],
)
def test_the_name_of_what_a_call_gives(
    resource: str, method: str, response: str, name: str
) -> None:
    schemas = {response: schema(id=CURRENCY)}
    made = operation(resource, method, response=response, operationId="doIt")
    data = document(schemas, {"/things": {"post": made}})
    call = f"{resource}.{method}"
    assert shown(data, call) == f"{name} = client.{call}()"
    assert shown(data, call, is_async=True) == f"{name} = await client.{call}()"


def test_a_list_is_looped_over_with_its_filters_and_without_its_pages() -> None:
    schemas = {
        "response.Links": schema(
            data={
                "type": "array",
                "items": {"$ref": "#/components/schemas/response.Link"},
            }
        ),
        "response.Link": schema(id=CURRENCY),
    }
    number: dict[str, Any] = {
        "in": "query",
        "schema": {"type": "integer"},
        "example": 1,
    }
    parameters = [{"name": name, **number} for name in ("page", "size", "kindOf")]
    paging: dict[str, Any] = {
        "items": "data",
        "page": "page",
        "size": "size",
        "x-evidence": "documented",
    }
    made = operation(
        "links",
        "list",
        response="response.Links",
        parameters=parameters,
    )
    made["x-pagination"] = paging
    data = document(schemas, {"/links": {"get": made}})
    loop = "for link in client.links.list(kind_of=1):\n    print(link.id)"
    assert shown(data, "links.list") == loop
    assert shown(data, "links.list", is_async=True) == f"async {loop}"
