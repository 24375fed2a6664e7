"""Chosen parts are cut out of the description, with all that they reach and nothing else."""

from __future__ import annotations

import ast
import copy
from typing import Any

import pytest
from helpers.generation import document, operation, with_keys
from helpers.openapi import operations, schemas
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import pipeline
from generator.document import Document, parse_pointer, references
from generator.emit.loggable import loggable
from generator.emit.package import PUBLIC
from generator.lint import structure
from generator.model.api import Api, Schema
from generator.model.build import build
from generator.pipeline import Sound
from generator.vendor.selecting import MODULES, UnknownPartError, parts, select

Json = dict[str, Any]


def sound(data: Document | Json) -> Sound:
    """Return a document with the API that it describes."""
    document = data if isinstance(data, Document) else Document(with_keys(data))
    return Sound(document, build(document))


WHOLE = sound(pipeline.load())


def class_names(api: Api) -> dict[str, str]:
    nodes: list[Schema] = [
        *api.models.values(),
        *api.enums.values(),
        *api.aliases.values(),
    ]
    return {node.key: node.name for node in nodes}


CLASSES = class_names(WHOLE.api)
SHOWN = loggable(WHOLE.api)


def cut(*names: str) -> Json:
    return select(WHOLE, names).document.data


def operation_ids(data: Json) -> set[str]:
    return {operation["operationId"] for _, _, operation in operations(data)}


@pytest.mark.parametrize(
    "name", [name for name in parts(WHOLE.api) if name not in MODULES]
)
def test_each_part_alone_is_whole_and_means_what_it_means_in_the_whole(
    name: str,
) -> None:
    selected = select(WHOLE, [name]).document
    for _, target in references(selected.data):
        assert selected.get(parse_pointer(target)) is not None, target
    api = build(selected)
    made = class_names(api)
    assert made
    assert {key: CLASSES[key] for key in made} == made
    fields = loggable(api)
    assert not (fields.values | fields.objects | fields.maps.keys()) & SHOWN.hidden
    assert fields.values <= SHOWN.values


@pytest.mark.parametrize(
    "names", [("payment_links", "webhooks"), ("cards",), ("checkout",), ("webhooks",)]
)
def test_what_is_cut_out_is_valid_openapi(names: tuple[str, ...]) -> None:
    assert list(structure.check(Document(cut(*names)))) == []


def test_only_what_is_reached_stays() -> None:
    data = cut("payment_links")
    assert {item.split("/")[2] for item in data["paths"]} == {"payment-links"}
    assert "webhooks" not in data
    assert [tag["name"] for tag in data["tags"]] == ["Payment Links"]
    assert "response.PaymentLink" in schemas(data)
    assert (
        not {"response.Transaction", "plexypay.TransactionWebhook"}
        & schemas(data).keys()
    )
    assert not {
        name
        for name in data["components"]["responses"]
        if name.startswith(("Gate", "Checkout"))
    }
    assert set(data["components"]["securitySchemes"]) == {"apiKey"}
    assert "webhooks" in WHOLE.document.data
    assert len(WHOLE.document.data["paths"]) > 40, "the given document stays as it is"


def test_the_parts_of_a_group_are_chosen_together_or_one_by_one() -> None:
    assert operation_ids(cut("checkout")) > operation_ids(cut("checkout.sessions"))
    together = operation_ids(cut("checkout.sessions")) | operation_ids(
        cut("checkout.payments")
    )
    assert operation_ids(cut("checkout.sessions", "checkout.payments")) == together


def test_a_name_that_begins_alike_is_another_part() -> None:
    # `payments` is neither `payment_links` nor what begins with it.
    assert operation_ids(cut("payments")).isdisjoint(
        operation_ids(cut("payment_links"))
    )


def test_an_unknown_part_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(UnknownPartError) as raised:
        select(WHOLE, ["payment_link", "webhooks", "nothing.like_it"])
    assert raised.value.names == ("payment_link", "nothing.like_it")
    text = str(raised.value)
    assert "did you mean 'payment_links'?" in text
    assert all(name in text for name in parts(WHOLE.api))


def test_the_webhooks_are_a_part_without_operations() -> None:
    data = cut("webhooks")
    assert data["webhooks"] == WHOLE.document.data["webhooks"]
    assert data["paths"] == {}
    assert set(data["components"]["securitySchemes"]) >= {
        "webhookToken",
        "checkoutWebhookSignature",
    }


ADAPTERS = {"webhooks.aiohttp", "webhooks.django", "webhooks.fastapi", "webhooks.flask"}


@pytest.mark.parametrize(
    ("names", "left_out"),
    [
        (["payments"], {"cards", "webhooks", *ADAPTERS}),
        (["webhooks"], {"cards", *ADAPTERS}),
        (["webhooks.django"], {"cards", *ADAPTERS - {"webhooks.django"}}),
        (["direct_payments"], {"cards", "webhooks", *ADAPTERS}),
        (["cards", *ADAPTERS], set[str]()),
    ],
)
def test_modules_come_only_where_they_are_chosen(
    names: list[str], left_out: set[str]
) -> None:
    selection = select(WHOLE, names)
    assert selection.left_out == left_out
    assert ("webhooks" in selection.document.data) == ("webhooks" not in left_out)


def test_cards_bring_along_the_payments_that_they_are_for() -> None:
    assert cut("cards") == cut("direct_payments")
    made = {CLASSES[key] for key in schemas(cut("cards"))}
    needed = {
        alias.name.removesuffix("Params")
        for node in ast.walk(
            ast.parse((pipeline.RUNTIME / "cards.py").read_text("utf-8"))
        )
        if isinstance(node, ast.ImportFrom)
        and node.level
        and node.module in ("models", "params")
        for alias in node.names
    }
    assert needed
    assert needed <= made, "the module works with what was brought along"


def test_operations_by_which_a_call_is_looked_up_are_kept_and_named() -> None:
    selection = select(WHOLE, ["payments"])
    assert selection.kept["transactions.retrieve"] == (
        "payments.cancel",
        "payments.capture",
        "payments.refund",
    )
    assert {"findTransactionById", "listTransactions"} <= operation_ids(
        selection.document.data
    )
    assert select(WHOLE, ["payments", "transactions"]).kept == {}


def test_a_look_up_that_has_look_ups_of_its_own_brings_them() -> None:
    def made(method: str, *look_ups: str) -> Json:
        mark = {"look-ups": [{"operation": name} for name in look_ups]}
        return {
            **operation(f"part_{method}", method, response="Part"),
            "x-reconcile": mark,
        }

    data = document(
        {"Part": {"type": "object"}},
        {
            "/a": {"post": made("a", "partBB")},
            "/b": {"get": made("b", "partCC")},
            "/c": {"get": made("c")},
            "/d": {"post": made("d")},
        },
    )
    for path, item in data["paths"].items():
        letter = path[1:]
        (made_here,) = item.values()
        made_here |= {"operationId": f"part{letter.upper() * 2}", "x-resource": letter}
    selection = select(sound(data), ["a"])
    assert set(selection.document.data["paths"]) == {"/a", "/b", "/c"}
    assert selection.kept == {"b.b": ("a.a",), "c.c": ("b.b",)}


def test_a_class_keeps_its_name_when_its_namesake_is_gone() -> None:
    # Beside `response.Error` the class of the Gate's `Error` is `GateError`; alone it must not become `Error`.
    assert schemas(cut("gate"))["Error"]["x-class-name"] == "GateError"
    assert "x-class-name" not in schemas(cut("payment_links"))["response.Error"]


def test_a_field_that_is_private_elsewhere_is_masked_in_logs_all_the_same() -> None:
    text, secret = {"type": "string"}, {"type": "string", "x-sensitive": True}
    data = document(
        {
            "Shop": {"type": "object", "properties": {"name": text, "place": text}},
            "Payer": {
                "type": "object",
                "properties": {"name": secret, "birthday": secret},
            },
        },
        {
            "/shop": {"get": operation("shops", "get", response="Shop")},
            "/payer": {"get": operation("payers", "get", response="Payer")},
        },
    )
    names = loggable(build(select(sound(data), ["shops"]).document))
    assert names.values == {"place"}
    assert names.hidden == {"name"}


def test_a_variant_that_a_discriminator_names_by_its_bare_key_stays() -> None:
    def kind(name: str) -> Json:
        return {
            "type": "object",
            "properties": {"kind": {"type": "string", "enum": [name]}},
        }

    data = document(
        {
            "Pet": {
                "type": "object",
                "properties": {"kind": {"type": "string"}},
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"cat": "Cat", "dog": "#/components/schemas/Dog"},
                },
            },
            "Cat": kind("cat"),
            "Dog": kind("dog"),
            "Fish": kind("fish"),
        },
        {"/pet": {"get": operation("pets", "get", response="Pet")}},
    )
    assert set(schemas(select(sound(data), ["pets"]).document.data)) == {
        "Pet",
        "Cat",
        "Dog",
    }


def test_what_a_path_says_for_all_its_operations_stays_with_each_of_them() -> None:
    shared = {"$ref": "#/components/parameters/Agent"}
    data = document(
        {
            "Shop": {"type": "object"},
            "Order": {"type": "object"},
            "Agent": {"type": "string"},
        },
        {
            "/agent/{agent}": {
                "parameters": [shared],
                "get": operation("shops", "get", response="Shop"),
                "post": operation("orders", "make", response="Order"),
            }
        },
    )
    agent = {
        "name": "agent",
        "in": "path",
        "required": True,
        "schema": {"$ref": "#/components/schemas/Agent"},
    }
    data["components"]["parameters"] = {
        "Agent": agent,
        "Other": {**agent, "name": "other"},
    }
    part = select(sound(data), ["shops"]).document.data
    assert part["paths"]["/agent/{agent}"].keys() == {"parameters", "get"}
    assert part["components"]["parameters"] == {"Agent": agent}
    assert set(schemas(part)) == {"Shop", "Agent"}


def test_a_security_scheme_that_refers_to_another_brings_it() -> None:
    data = copy.deepcopy(WHOLE.document.data)
    schemes = data["components"]["securitySchemes"]
    schemes["proof"] = schemes["webhookToken"]
    schemes["webhookToken"] = {"$ref": "#/components/securitySchemes/proof"}
    part = select(sound(Document(data)), ["webhooks"]).document.data
    assert part["components"]["securitySchemes"].keys() >= {"webhookToken", "proof"}


@given(
    names=st.lists(
        st.sampled_from(parts(WHOLE.api)), min_size=2, max_size=4, unique=True
    )
)
@settings(max_examples=10, deadline=None)
def test_parts_that_are_chosen_together_have_what_each_has_alone(
    names: list[str],
) -> None:
    def kept(*chosen: str) -> set[tuple[str, ...]]:
        data = cut(*chosen)
        components = {
            (kind, name) for kind, named in data["components"].items() for name in named
        }
        tags = {("tag", tag["name"]) for tag in data["tags"]}
        return components | tags | {("operation", name) for name in operation_ids(data)}

    alone: set[tuple[str, ...]] = set()
    for name in names:
        alone |= kept(name)
    assert kept(*names) == alone


def test_the_children_that_a_discriminator_tells_apart_stay_with_their_parent() -> None:
    def child(name: str) -> Json:
        own = {"type": "object", "properties": {name: {"type": "string"}}}
        return {"allOf": [{"$ref": "#/components/schemas/Pet"}, own]}

    data = document(
        {
            "Pet": {
                "type": "object",
                "properties": {"kind": {"type": "string"}},
                "discriminator": {"propertyName": "kind"},
            },
            "Cat": child("colour"),
            "Dog": {
                **child("size"),
                "properties": {"owner": {"$ref": "#/components/schemas/Owner"}},
            },
            "Owner": {"type": "object", "properties": {"id": {"type": "string"}}},
            "Shop": {"type": "object", "properties": {"id": {"type": "string"}}},
        },
        {
            "/pet": {"get": operation("pets", "get", response="Pet")},
            "/shop": {"get": operation("shops", "get", response="Shop")},
        },
    )
    whole = sound(data)
    assert set(schemas(select(whole, ["pets"]).document.data)) == {
        "Pet",
        "Cat",
        "Dog",
        "Owner",
    }
    assert set(schemas(select(whole, ["shops"]).document.data)) == {"Shop"}


def test_no_part_is_called_like_a_module_that_is_always_there() -> None:
    always = {*PUBLIC, "models", "params", "_resources", "api"}
    assert not always & set(parts(WHOLE.api))
