"""What a document's webhooks become: each is a class, a row of the table and a member of the union."""

from __future__ import annotations

import copy
import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from helpers.generation import api_of, document, generate, operation

from generator import pipeline
from generator.diagnostics import GenerationError, SpecError
from generator.document import Document
from generator.emit.events import EventView
from generator.model.build import read

Json = dict[str, Any]

SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer", "x-webhook-secret": "TokenSecret"},
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "X",
        "x-webhook-secret": "BodySecret",
    },
    "other": {"type": "apiKey", "in": "header", "name": "Y"},
}
TEXT: Json = {"type": "string"}
SCHEMAS: Json = {
    "Envelope": {
        "type": "object",
        "required": ["id", "data"],
        "properties": {
            "id": TEXT,
            "kind": {"$ref": "#/components/schemas/Kind"},
            "merchantID": TEXT,
            "at": {"type": "integer", "x-format": "unix-seconds"},
            "data": {"$ref": "#/components/schemas/Order"},
        },
    },
    "Kind": {"type": "string", "enum": ["order.paid", "order.sent"]},
    "Order": {"type": "object", "properties": {"number": TEXT}},
}


def webhook(
    name: str, scheme: str = "token", schema: str = "Envelope", **more: Any
) -> Json:
    """A webhook; an empty name is none."""
    words = (name or "nameless").split(".")
    return {
        "operationId": "on" + "".join(word.capitalize() for word in words),
        "summary": " ".join(words),
        **({"x-event": name} if name else {}),
        "x-dedup": {"prefix": words[0], "pointers": ["/id", "/data/number"]},
        "x-evidence": "documented",
        "x-source": ["https://docs.example"],
        "security": [{scheme: []}],
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{schema}"}
                }
            }
        },
        "responses": {"200": {"description": "Taken."}},
        **more,
    }


def spec(*hooks: Json) -> Json:
    entries = {f"entry-{number}": {"post": hook} for number, hook in enumerate(hooks)}
    components = {"schemas": SCHEMAS, "securitySchemes": SCHEMES}
    paths = {"/orders": {"get": operation("orders", "count")}}
    return copy.deepcopy(document(None, paths, components=components, webhooks=entries))


def generated(directory: Path, *hooks: Json) -> ModuleType:
    package = generate(directory, spec(*hooks))
    return importlib.import_module(f"{package.__name__}.webhooks._events")


def view(hook: Json) -> EventView:
    [found] = api_of(spec(hook)).events
    return EventView(found)


def test_an_event_that_is_added_to_the_spec_adds_its_class_its_row_and_its_member(
    tmp_path: Path,
) -> None:
    before = generated(tmp_path, webhook("order.paid"))
    after = generated(
        tmp_path, webhook("order.paid"), webhook("order.sent", "signature")
    )

    assert set(after.__all__) - set(before.__all__) == {"OrderSent"}
    assert dict(after.EVENTS) == {
        ("kind", "order.paid"): after.OrderPaid,
        ("kind", "order.sent"): after.OrderSent,
    }
    assert get_args(after.AnyEvent) == (
        after.OrderPaid,
        after.OrderSent,
        after.UnknownEvent,
    )
    assert [secret.kind.secret.__name__ for secret in after.EVENTS.values()] == [
        "TokenSecret",
        "BodySecret",
    ]


def test_a_spec_without_webhooks_has_unknown_events_only(tmp_path: Path) -> None:
    module = generated(tmp_path)
    assert module.AnyEvent is module.UnknownEvent
    assert (module.EVENTS, module.__all__) == ({}, ("AnyEvent", "EVENTS"))


def test_an_event_knows_how_its_deliveries_are_read(tmp_path: Path) -> None:
    kind = generated(tmp_path, webhook("order.paid")).OrderPaid.kind
    assert kind[:-1] == (
        *("order.paid", "kind", kind.secret, "order", ("/id", "/data/number")),
        *("data", "merchantID", "at"),
    )
    assert kind.model().__name__ == "Order"


def test_an_event_without_a_name_and_data_is_its_whole_body(tmp_path: Path) -> None:
    module = generated(tmp_path, webhook("", schema="Order"))
    kind = module.EVENTS["", ""].kind
    assert (kind.name, kind.named_by, kind.data, kind.merchant, kind.created) == (
        "",
        "",
        "",
        "",
        "",
    )
    assert kind.model().__name__ == "Order"


def test_the_docstring_says_what_happened_how_that_is_known_and_what_makes_it_the_same(
    tmp_path: Path,
) -> None:
    assert re.sub(
        r"\s+", " ", view(webhook("order.paid", description="Money came.")).doc
    ) == (
        "order paid. Money came. Event `order.paid`: documented by the vendor (https://docs.example). "
        "`data` is of the class `Order`. Deliveries have the same `dedup_id` if they agree in `id`, `data.number` "
        "and lack none of them."
    )
    assert "It has no name in its body: documented by" in view(webhook("")).doc


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"operationId": "orderPaid"},
            "'orderPaid' of webhook entry-0 does not begin with `on`",
        ),
        (
            {"requestBody": {"content": {"application/json": {}}}},
            "the body of webhook entry-0 is not described as a JSON object",
        ),
        ({"security": []}, "webhook entry-0 names 0 security schemes"),
        (
            {"security": [{"token": []}, {"signature": []}]},
            "webhook entry-0 names 2 security schemes",
        ),
        (
            {"security": [{"other": []}]},
            "'other' of webhook entry-0 does not name the class of its secret",
        ),
        (
            {"security": [{"gone": []}]},
            "the security scheme 'gone', which is not there",
        ),
        (
            {"x-event": "order.gone"},
            "0 properties of the body of webhook entry-0 list 'order.gone'",
        ),
    ],
)
def test_a_webhook_without_a_form_stops_the_run_and_is_named(
    change: Json, message: str, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        generate(tmp_path, spec(webhook("order.paid") | change))


@pytest.mark.parametrize(
    "lost", ["class OrderPaid(WebhookEvent", '    ("kind", "order.paid"): OrderPaid,']
)
def test_a_webhook_whose_class_or_row_is_lost_stops_the_run(
    lost: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    format_tree = pipeline.formatting.format_tree

    def lose(directory: Path, keep: frozenset[Path]) -> None:
        format_tree(directory, keep)
        path = directory / "webhooks" / "_events.py"
        text = path.read_text("utf-8")
        assert text.count(lost) == 1
        path.write_text(text.replace(lost, "pass"), "utf-8")

    monkeypatch.setattr(pipeline.formatting, "format_tree", lose)
    with pytest.raises(
        GenerationError, match="webhooks and classes of events differ: OrderPaid"
    ):
        generate(tmp_path, spec(webhook("order.paid")))


def test_a_webhook_that_is_no_post_is_an_event_and_a_diagnostic() -> None:
    data = spec(webhook("order.paid"))
    data["webhooks"]["entry-0"] = {"put": data["webhooks"]["entry-0"]["post"]}
    api, diagnostics, *_ = read(Document(data))
    assert [found.class_name for found in api.events] == ["OrderPaid"]
    assert "webhook entry-0 is a PUT" in [
        diagnostic.message for diagnostic in diagnostics
    ]
