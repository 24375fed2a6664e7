"""A shop whose own middleware reads the body first: that is its fault, not the sender's, and no 401."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings
from fastapi import Depends, FastAPI
from helpers import adapters, middlewares
from helpers.adapters import Served, Setup
from plexy_pay import webhooks

TOKEN = webhooks.TokenSecret("whk_0a1B2c3D4e5F")
BODY = webhooks.BodySecret("whs_9A41c07e6b2D5f83")
FIELDS = webhooks.FieldsSecret("pr_0a1B2c3D4e5F6g7H8i9J")
SECRETS = [TOKEN, BODY, FIELDS]
CHARGED = b'{"name": "transaction.charged", "data": {"id": "txn_1"}}'
CALLBACK = b"""{
    "id": "6fff162f-1273-4e44-9392-694cdc2e8a22",
    "amount": 1000, "currency": "KZT", "orderReference": "ORD-1", "success": true
}"""
Start = Callable[[Setup], AbstractContextManager[Served]]


def body_for(secret: Any) -> bytes:
    return CALLBACK if secret is FIELDS else CHARGED


def with_middleware(
    make: Callable[[Setup], Any], serve: Any, install: Callable[[Any], None]
) -> Start:
    def start(setup: Setup) -> Any:
        app = make(setup)
        install(app)
        return serve(app)

    return start


def django_wsgi(name: str) -> Start:
    @contextmanager
    def start(setup: Setup) -> Iterator[Served]:
        with override_settings(MIDDLEWARE=[f"helpers.middlewares.{name}"]):
            app = get_wsgi_application()
            with (
                adapters.django_with(adapters.django_urls(setup)),
                adapters.on_wsgiref(app) as served,
            ):
                yield served

    return start


def django_asgi(name: str) -> Start:
    @contextmanager
    def start(setup: Setup) -> Iterator[Served]:
        with override_settings(MIDDLEWARE=[f"helpers.middlewares.{name}"]):
            app = adapters.without_lifespan(get_asgi_application())
            with (
                adapters.django_with(adapters.django_urls(setup)),
                adapters.on_uvicorn(app) as served,
            ):
                yield served

    return start


def fastapi(install: Callable[[FastAPI], None]) -> Start:
    return with_middleware(adapters.fastapi_app, adapters.on_uvicorn, install)


def fastapi_depends(setup: Setup) -> AbstractContextManager[Served]:
    return adapters.on_uvicorn(
        adapters.fastapi_app(setup, dependencies=[Depends(middlewares.fastapi_depend)])
    )


def flask(install: Callable[[Any], None]) -> Start:
    return with_middleware(adapters.flask_app, adapters.on_werkzeug, install)


def aiohttp(install: Callable[[Any], None]) -> Start:
    return with_middleware(adapters.aiohttp_app, adapters.on_aiohttp, install)


READ = {
    "fastapi": fastapi(middlewares.fastapi_read),
    "fastapi-depends": fastapi_depends,
    "flask": flask(middlewares.flask_read),
    "flask-part": flask(middlewares.flask_read_a_part),
    "django-wsgi": django_wsgi("django_read"),
    "django-wsgi-part": django_wsgi("django_read_a_part"),
    "django-asgi": django_asgi("django_read"),
    "aiohttp": aiohttp(middlewares.aiohttp_read),
    "aiohttp-part": aiohttp(middlewares.aiohttp_read_a_part),
}
CHUNKED = {
    name: start
    for name, start in READ.items()
    if not name.endswith("part") and "wsgi" not in name
}
KEPT = {
    "fastapi": fastapi(middlewares.fastapi_keep),
    "flask": flask(middlewares.flask_keep),
    "django-wsgi": django_wsgi("django_keep"),
    "django-asgi": django_asgi("django_keep"),
    "aiohttp": aiohttp(middlewares.aiohttp_keep),
}
PLAIN = {start.__name__: start for start in adapters.SERVERS}


def setup(events: list[Any], secret: Any) -> Setup:
    return Setup(events.append, {"secret": secret})


def assert_says_that_the_body_was_read(caplog: pytest.LogCaptureFixture) -> None:
    (record,) = [
        record for record in caplog.records if record.name == "plexy_pay.webhooks"
    ]
    assert record.levelname == "ERROR"
    said = record.getMessage()
    assert "read" in said
    assert "first" in said
    assert "check the secret" not in said
    assert "txn_1" not in said


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.scheme)
@pytest.mark.parametrize("start", READ.values(), ids=READ)
def test_a_body_that_was_read_before_is_a_fault_of_this_server(
    start: Start, secret: Any, caplog: pytest.LogCaptureFixture
) -> None:
    events: list[Any] = []
    body = body_for(secret)
    with start(setup(events, secret)) as served:
        assert served.send(body, webhooks.sign(body, secret=secret)) == (500, "failed")
    assert events == []
    assert_says_that_the_body_was_read(caplog)


@pytest.mark.parametrize("start", CHUNKED.values(), ids=CHUNKED)
def test_a_body_in_chunks_that_was_read_before_is_one_too(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    events: list[Any] = []
    lines = [
        f"{name}: {value}"
        for name, value in webhooks.sign(CHARGED, secret=TOKEN).items()
    ]
    with start(setup(events, TOKEN)) as served:
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(CHARGED), CHARGED)
        assert served.raw([*lines, "Transfer-Encoding: chunked"], chunks) == (
            500,
            "failed",
        )
    assert events == []
    assert_says_that_the_body_was_read(caplog)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.scheme)
@pytest.mark.parametrize("start", KEPT.values(), ids=KEPT)
def test_a_body_that_was_read_and_kept_is_taken(start: Start, secret: Any) -> None:
    events: list[Any] = []
    body = body_for(secret)
    with start(setup(events, secret)) as served:
        assert served.send(body, webhooks.sign(body, secret=secret)) == (200, "ok")
    assert len(events) == 1


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.scheme)
@pytest.mark.parametrize("start", PLAIN.values(), ids=PLAIN)
def test_a_body_that_came_empty_is_the_sender_s(
    start: Start, secret: Any, caplog: pytest.LogCaptureFixture
) -> None:
    body = body_for(secret)
    with start(setup([], secret)) as served:
        assert served.send(b"", webhooks.sign(body, secret=secret)) == (401, "refused")
    (record,) = [
        record for record in caplog.records if record.name == "plexy_pay.webhooks"
    ]
    assert record.levelname == "WARNING"


def test_a_wrong_token_is_refused_whoever_read_the_body() -> None:
    with READ["flask"](setup([], TOKEN)) as served:
        assert served.send(CHARGED, {"Authorization": "Bearer guessed"}) == (
            401,
            "refused",
        )
