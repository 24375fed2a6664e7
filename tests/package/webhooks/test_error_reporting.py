"""Servers as users start them, with no logging set up: what a delivery that is not taken leaves to be seen."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import fastapi
import pytest
import werkzeug.exceptions
from aiohttp import web
from django.core.signals import got_request_exception
from django.test.utils import override_settings
from fastapi import Response
from flask import got_request_exception as flask_exception
from helpers import adapters
from helpers.processes import Process, free_port
from plexy_pay import webhooks

SECRET = webhooks.TokenSecret("whk_0a1B2c3D4e5F")
CHARGED = b"""{
    "name": "transaction.charged",
    "data": {"id": "txn_1", "merchantReference": "ORD-1001", "payerIp": "192.168.1.1"}
}"""
SIGNED = webhooks.sign(CHARGED, secret=SECRET)
FORGED = {"Authorization": "Bearer whk_guessed"}

HANDLE = """
from plexy_pay.webhooks import BodySecret, TokenSecret

secret = TokenSecret("whk_0a1B2c3D4e5F")
signed = BodySecret("whs_9A41c07e6b2D5f83")
calls = []


def handle(event):
    calls.append(event)
    if len(calls) == 1:
        1 / 0
"""
FASTAPI = f"""{HANDLE}
from fastapi import FastAPI
from plexy_pay.webhooks.fastapi import webhook_router

app = FastAPI()
app.include_router(webhook_router("/webhooks", handle, secret=secret))
app.include_router(webhook_router("/signed", handle, secret=signed))
"""
FLASK = f"""{HANDLE}
from flask import Flask
from plexy_pay.webhooks.flask import webhook_view

app = Flask(__name__)
app.add_url_rule("/webhooks", view_func=webhook_view(handle, secret=secret))
app.add_url_rule("/signed", endpoint="signed", view_func=webhook_view(handle, secret=signed))
"""
AIOHTTP = f"""{HANDLE}
import sys

from aiohttp import web
from plexy_pay.webhooks.aiohttp import webhook_handler

app = web.Application()
app.add_routes([web.post("/webhooks", webhook_handler(handle, secret=secret))])
app.add_routes([web.post("/signed", webhook_handler(handle, secret=signed))])
if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=0)
"""
DJANGO = f"""{HANDLE}
import sys

import django
from django.conf import settings
from django.urls import path
from plexy_pay.webhooks.django import webhook_view

console = "django.core.mail.backends.console.EmailBackend"
newest = django.VERSION >= (6, 1)
mail = {{"MAILERS": {{"default": {{"BACKEND": console}}}}}} if newest else {{"EMAIL_BACKEND": console}}
admin = "admin@shop.kz" if django.VERSION >= (6, 0) else ("admin", "admin@shop.kz")
if not settings.configured:
    settings.configure(
        ADMINS=[admin], ALLOWED_HOSTS=["*"], DEBUG=DEBUG, ROOT_URLCONF="app", SECRET_KEY="s" * 50, **mail
    )
urlpatterns = [
    path("webhooks", webhook_view(handle, secret=secret)),
    path("signed", webhook_view(handle, secret=signed)),
]
if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(["app", "runserver", "--noreload", sys.argv[1]])
"""


class Shop(NamedTuple):
    """A program, and how its framework starts it.

    Args:
        program: The file `app.py`.
        module: What `python -m` runs.
        arguments: What it is given; PORT stands for a free port.
    """

    program: str
    module: str
    arguments: tuple[str, ...]

    def start(self, directory: Path, **variables: str) -> Process:
        """Start it."""
        (directory / "app.py").write_text(self.program, "utf-8")
        port = str(free_port())
        arguments = [argument.replace("PORT", port) for argument in self.arguments]
        return Process(self.module, arguments, directory, variables)


SHOPS = {
    "fastapi": Shop(FASTAPI, "uvicorn", ("app:app", "--port", "0")),
    "flask": Shop(FLASK, "flask", ("--app", "app", "run", "--port", "0")),
    "aiohttp": Shop(AIOHTTP, "app", ()),
    # Without DEBUG, Django itself prints nothing: it sends mail to the admins, here to stdout.
    "django": Shop(
        DJANGO.replace("DEBUG=DEBUG", "DEBUG=False"), "app", ("127.0.0.1:PORT",)
    ),
    "django-debug": Shop(
        DJANGO.replace("DEBUG=DEBUG", "DEBUG=True"), "app", ("127.0.0.1:PORT",)
    ),
}


@pytest.fixture(params=SHOPS)
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Process]:
    """Start each of the shops."""
    shop = SHOPS[request.param]
    return lambda **variables: shop.start(tmp_path, **variables)


def test_the_error_of_a_handler_is_reported_by_the_framework_and_its_event_comes_again(
    start: Callable[..., Process],
) -> None:
    with start() as server:
        assert [server.post("/webhooks", CHARGED, SIGNED) for _ in range(3)] == [
            500,
            200,
            200,
        ]
    assert "ZeroDivisionError" in server.printed
    assert "division by zero" in server.printed
    assert ", in handle\n" in server.printed
    assert "1 / 0" in server.printed
    # A line of our own too: Django without DEBUG and ADMINS would print nothing.
    (ours,) = [
        line
        for line in server.printed.splitlines()
        if line.startswith("the handler of the webhook")
    ]
    assert "'transaction.charged'" in ours
    assert "raised ZeroDivisionError" in ours
    assert "ORD-1001" not in ours
    assert "whk_0a1B2c3D4e5F" not in server.printed


def test_a_refused_delivery_leaves_its_reason(start: Callable[..., Process]) -> None:
    old = webhooks.sign(
        CHARGED, secret=webhooks.BodySecret("whs_9A41c07e6b2D5f83"), now=1_000_000_000
    )
    with start() as server:
        assert server.post("/webhooks", CHARGED, FORGED) == 401
        assert server.post("/webhooks", b"{", SIGNED) == 401
        assert server.post("/webhooks", CHARGED, {}) == 401
        assert server.post("/signed", CHARGED, old) == 401
        assert server.post("/webhooks", CHARGED.ljust(2**20 + 1), SIGNED) == 413
    ours = [
        line
        for line in server.printed.splitlines()
        if line.startswith("a webhook was ")
    ]
    reasons = [line.partition("(")[2].partition(")")[0] for line in ours]
    assert reasons == [
        "wrong_secret",
        "not_json",
        "missing_header",
        "too_old",
        "too_large",
    ]
    for hidden in ("whk_", "whs_", "ORD-1001", old["Plexy-Signature"]):
        assert hidden not in "".join(ours)


@pytest.mark.parametrize("word", ["info", "debug"])
def test_plexy_log_works_where_no_client_is_ever_made(
    start: Callable[..., Process], word: str
) -> None:
    with start(PLEXY_LOG=word) as server:
        statuses = [server.post("/webhooks", CHARGED, SIGNED) for _ in range(3)]
        assert statuses == [500, 200, 200]
    ours = [
        line for line in server.printed.splitlines() if " plexy_pay.webhooks " in line
    ]
    assert [line.split()[3] for line in ours] == ["WARNING", "INFO", "INFO"]
    assert "transaction.charged" in ours[1]
    assert "handled" in ours[1]
    assert "before" in ours[2]
    for hidden in ("whk_", "ORD-1001"):
        assert hidden not in "".join(ours)


def test_a_word_that_plexy_log_does_not_know_is_a_warning_there_too(
    start: Callable[..., Process],
) -> None:
    with start(PLEXY_LOG="whk_0a1B2c3D4e5F") as server:
        assert server.post("/webhooks", CHARGED, FORGED) == 401
    assert "PLEXY_LOG is neither debug nor info" in server.printed
    assert "whk_0a1B2c3D4e5F" not in server.printed


# What a framework lets an application hook into, in this process.


class Failing:
    """A handler that raises an error of the test's, once."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.events: list[Any] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event)
        if len(self.events) == 1:
            raise self.error


def setup(handler: Failing) -> adapters.Setup:
    return adapters.Setup(handler, {"secret": SECRET})


def test_django_s_signal_gets_the_error_and_its_page_for_developers_shows_it() -> None:
    handler = Failing(RuntimeError("the database is away"))
    caught: list[Any] = []

    def catch(**_: object) -> None:
        caught.append(sys.exception())

    got_request_exception.connect(catch)
    try:
        with (
            override_settings(DEBUG=True),
            adapters.django_on_wsgiref(setup(handler)) as served,
        ):
            response = served.send(CHARGED, SIGNED)
            assert served.send(CHARGED, SIGNED).status == 200
    finally:
        got_request_exception.disconnect(catch)
    assert caught == [handler.error]
    assert response.status == 500
    assert "the database is away" in response.text
    assert "webhooks/test_error_reporting.py" in response.text
    # The page shows the variables of each frame: the event, whose repr hides what is personal, and no body.
    assert "TransactionCharged" in response.text
    for hidden in ("whk_0a1B2c3D4e5F", "192.168.1.1"):
        assert hidden not in response.text


def test_flask_s_signal_and_error_handlers_get_the_error() -> None:
    handler = Failing(RuntimeError("the database is away"))
    app = adapters.flask_app(setup(handler))
    caught: list[Any] = []

    def catch(_: object, exception: BaseException) -> None:
        caught.append(exception)

    def respond(error: Exception) -> tuple[str, int]:
        return type(error).__name__, 507

    app.register_error_handler(ValueError, respond)
    with adapters.on_werkzeug(app) as served, flask_exception.connected_to(catch, app):
        assert served.send(CHARGED, SIGNED).status == 500
        assert served.send(CHARGED, SIGNED).status == 200
    assert caught == [handler.error]
    handler = Failing(ValueError("the user's own"))
    app = adapters.flask_app(setup(handler))
    app.register_error_handler(ValueError, respond)
    with adapters.on_werkzeug(app) as served:
        assert served.send(CHARGED, SIGNED) == (507, "ValueError")


def test_fastapi_s_exception_handlers_get_the_error() -> None:
    handler = Failing(RuntimeError("the database is away"))
    app = adapters.fastapi_app(setup(handler))
    caught: list[Any] = []

    async def catch(_: object, error: Exception) -> Response:
        caught.append(error)
        return Response("caught", 500)

    app.add_exception_handler(Exception, catch)
    with adapters.on_uvicorn(app) as served:
        assert served.send(CHARGED, SIGNED) == (500, "caught")
        assert served.send(CHARGED, SIGNED).status == 200
    assert caught == [handler.error]


def flask_response(status: int) -> Exception:
    return werkzeug.exceptions.HTTPException(
        response=werkzeug.wrappers.Response("response", status)
    )


def aiohttp_response(status: int) -> Exception:
    return {
        200: web.HTTPOk,
        302: partial(web.HTTPFound, "/"),
        422: web.HTTPUnprocessableEntity,
    }[status]()


def fastapi_response(status: int) -> Exception:
    return fastapi.HTTPException(status)


RESPONSES = [
    (adapters.flask_on_werkzeug, flask_response),
    (adapters.aiohttp_on_aiohttp, aiohttp_response),
    (adapters.fastapi_on_uvicorn, fastapi_response),
]


@pytest.mark.parametrize(("status", "answered"), [(200, 500), (302, 500), (422, 422)])
@pytest.mark.parametrize(
    ("start", "respond"), RESPONSES, ids=["flask", "aiohttp", "fastapi"]
)
def test_an_error_that_is_a_response_acknowledges_no_event(
    start: Any, respond: Any, status: int, answered: int
) -> None:
    handler = Failing(respond(status))
    with start(setup(handler)) as served:
        assert [served.send(CHARGED, SIGNED).status for _ in range(3)] == [
            answered,
            200,
            200,
        ]
    assert len(handler.events) == 2
