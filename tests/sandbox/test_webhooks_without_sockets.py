"""Webhooks that are handed to an application of this process: each kind of application, and each outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import httpx
import pytest
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import path
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask
from helpers.adapters import django_with
from plexy_pay import Money, PlexyPay, webhooks
from plexy_pay.webhooks import flask as flask_adapter
from plexy_pay.webhooks.django import webhook_view
from plexy_pay.webhooks.fastapi import webhook_router
from plexy_pay_sandbox import AppWebhooks, RunningSandbox, create_app

SECRET = webhooks.TokenSecret("whk_sandbox")
HERE = "http://testserver/webhooks"

handled: list[str] = []


def handle(event: webhooks.WebhookEvent[Any]) -> None:
    handled.append(event.name or "callback")


def fastapi_app() -> FastAPI:
    app = FastAPI()
    app.include_router(webhook_router("/webhooks", handle, secret=SECRET))
    return app


def flask_app() -> Flask:
    app = Flask(__name__)
    view = flask_adapter.webhook_view(handle, secret=SECRET)
    app.add_url_rule("/webhooks", view_func=view)
    return app


@contextmanager
def in_django(made: Callable[[], Any]) -> Iterator[Any]:
    """Serve a page of Django's, in the given way."""
    view = webhook_view(handle, secret=SECRET)
    with django_with([path("webhooks", view)]):
        yield made()


APPS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "FastAPI": lambda: nullcontext(fastapi_app()),
    "TestClient": lambda: TestClient(fastapi_app()),
    "Flask": lambda: nullcontext(flask_app()),
    "Django's client": lambda: in_django(Client),
    "Django by ASGI": lambda: in_django(get_asgi_application),
    "Django by WSGI": lambda: in_django(get_wsgi_application),
}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    app = create_app(webhook_url=HERE, webhook_outbox=True)
    with RunningSandbox(app) as made:
        yield made


@pytest.fixture
def hooks(running: RunningSandbox) -> AppWebhooks:
    handled.clear()
    running.reset()
    return AppWebhooks(running.base_url)


@pytest.mark.parametrize("app", APPS)
def test_each_kind_of_application_is_called(hooks: AppWebhooks, app: str) -> None:
    hooks.emit("transaction.charged", forged=True)
    hooks.emit("transaction.charged")
    with APPS[app]() as served:
        responses = hooks.deliver_to(served)
    assert [response.status for response in responses] == [401, 200]
    assert {response.name for response in responses} == {"transaction.charged"}
    assert handled == ["transaction.charged"]
    forged, real = hooks.deliveries()
    assert (forged.state, real.state) == ("given_up", "delivered")
    assert real.attempts[0].status == 200


def test_an_asgi_application_is_called_in_the_loop_that_runs(
    hooks: AppWebhooks,
) -> None:
    hooks.emit("transaction.charged")

    async def test() -> None:
        with pytest.raises(RuntimeError, match="await plexy_webhooks.deliver_to_async"):
            hooks.deliver_to(fastapi_app())
        (response,) = await hooks.deliver_to_async(fastapi_app())
        assert response.status == 200

    asyncio.run(test())
    assert handled == ["transaction.charged"]


class Wsgi:
    """A WSGI application that keeps what comes, and responds with the statuses that it is given."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.paths: list[str] = []
        self.bodies: list[tuple[dict[str, str], bytes]] = []

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        self.paths.append(
            f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        )
        headers = {
            name.removeprefix("HTTP_").replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.bodies.append((headers, body))
        status = self.statuses.pop(0) if self.statuses else 200
        start_response(f"{status} Said", [])
        return [b"said"]


def test_an_event_goes_to_the_path_of_its_link_or_to_that_of_the_test(
    running: RunningSandbox, hooks: AppWebhooks
) -> None:
    app = Wsgi()
    with PlexyPay(running.key, base_url=running.base_url) as client:
        link = client.payment_links.create(
            amount=Money("1", "KZT"),
            order_reference="ORD-1",
            description="Tea",
            metadata={"callback_url": "https://shop.example/hook?shop=1"},
        )
    httpx.post(f"{link.url}/pay", trust_env=False)
    hooks.deliver_to(app)
    hooks.emit("transaction.charged")
    hooks.deliver_to(app)
    hooks.emit("transaction.charged")
    (response,) = hooks.deliver_to(app, "/mine")
    assert app.paths == ["/hook?shop=1"] * 2 + ["/webhooks", "/mine"]
    assert response.body == b"said"


def test_an_event_that_is_not_acknowledged_is_due_again_up_to_four_times(
    hooks: AppWebhooks,
) -> None:
    hooks.emit("transaction.charged")
    app = Wsgi(500, 503, 202, 404)
    statuses = [hooks.deliver_to(app)[0].status for _ in range(4)]
    assert statuses == [500, 503, 202, 404]
    assert hooks.deliver_to(app) == []
    (given_up,) = hooks.deliveries()
    assert given_up.state == "given_up"
    assert [attempt.status for attempt in given_up.attempts] == statuses


def test_what_the_application_raises_is_raised_and_the_event_stays_due(
    hooks: AppWebhooks,
) -> None:
    hooks.emit("transaction.charged")

    def broken(environ: Any, start_response: Any) -> Any:
        raise LookupError("a mistake of the shop")

    with pytest.raises(LookupError, match="a mistake of the shop"):
        hooks.deliver_to(broken)
    assert [one.status for one in hooks.deliver_to(Wsgi())] == [200]


def test_each_scheme_is_signed_as_it_would_be_posted(hooks: AppWebhooks) -> None:
    hooks.emit("refund.succeeded", url=HERE)
    hooks.emit("callback-2023", url=HERE)
    app = Wsgi()
    hooks.deliver_to(app)
    secrets = (webhooks.BodySecret("whs_sandbox"), webhooks.FieldsSecret("pr_sandbox"))
    for (headers, body), secret in zip(app.bodies, secrets, strict=True):
        webhooks.unwrap(body, headers, secret=secret)


def test_held_and_late_events_are_not_due(
    running: RunningSandbox, hooks: AppWebhooks
) -> None:
    hooks.hold()
    hooks.emit("transaction.charged")
    assert hooks.deliver_to(Wsgi()) == []
    hooks.release()
    hooks.configure(delay=60)
    hooks.emit("transaction.refunded")
    assert [one.name for one in hooks.deliver_to(Wsgi())] == ["transaction.charged"]
    running.clock.advance("1m")
    assert [one.name for one in hooks.deliver_to(Wsgi())] == ["transaction.refunded"]


def test_what_is_no_application_is_told(hooks: AppWebhooks) -> None:
    with pytest.raises(TypeError, match="FlaskClient is no ASGI or WSGI application"):
        hooks.deliver_to(flask_app().test_client())


def test_a_report_must_be_about_a_delivery_that_is_due(
    running: RunningSandbox, hooks: AppWebhooks
) -> None:
    delivery = hooks.emit("transaction.charged")
    url = f"{running.base_url}/_sandbox/webhooks"
    for path_, body, status in (
        ("whd_99", {"status": 200}, 404),
        (delivery.id, {}, 422),
        (delivery.id, {"status": 20}, 422),
        (delivery.id, {"status": True}, 422),
    ):
        response = httpx.post(f"{url}/{path_}/report", json=body, trust_env=False)
        assert response.status_code == status


def test_the_clock_takes_seconds_text_and_timedeltas(running: RunningSandbox) -> None:
    running.reset()
    before = running.clock.now()
    for by in (90, "1.5m", "1d"):
        running.clock.advance(by)
    ahead = running.clock.now() - before
    assert 86_580 <= ahead.total_seconds() < 90_000
    for by in ("soon", -1):
        with pytest.raises(ValueError, match="duration|only moves ahead"):
            running.clock.advance(by)
