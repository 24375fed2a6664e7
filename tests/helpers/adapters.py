"""The adapters for web frameworks, each in a real application: asked by its own test client, or over sockets."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from types import ModuleType
from typing import Any, NamedTuple, Protocol
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
import plexy_pay.webhooks.aiohttp
import plexy_pay.webhooks.django
import plexy_pay.webhooks.fastapi
import plexy_pay.webhooks.flask
from aiohttp import test_utils, web
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test import AsyncClient, Client
from django.test.utils import override_settings
from django.urls import path
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask
from plexy_pay_sandbox.serving import RunningSandbox
from werkzeug.serving import WSGIRequestHandler as WerkzeugHandler
from werkzeug.serving import make_server

PATH = "/plexy/webhooks"
PATIENCE = 30

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ":memory:",
            "ATOMIC_REQUESTS": True,
        }
    },
    LOGGING_CONFIG=None,
    SECRET_KEY="s" * 50,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()


class Received(NamedTuple):
    """What came back.

    Args:
        status: The status.
        text: The body.
    """

    status: int
    text: str


class Endpoint(Protocol):
    """An application that takes webhooks."""

    def send(
        self, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> Received:
        """Make one request to the address of the webhooks."""
        ...


@dataclass
class Served:
    """An application that listens on this machine.

    Args:
        port: Where.
    """

    port: int

    def send(
        self, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> Received:
        """Make one request over a connection of its own."""
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        ) as connection:
            connection.request(method, PATH, body, dict(headers))
            response = connection.getresponse()
            return Received(response.status, response.read().decode())

    def raw(self, lines: Iterable[str], body: bytes = b"") -> Received:
        """Send header lines and a body as they are, complete or not, and read the response."""
        head = [
            f"POST {PATH} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            *lines,
            "",
            "",
        ]
        with socket.create_connection(
            ("127.0.0.1", self.port), timeout=PATIENCE
        ) as connection:
            connection.sendall("\r\n".join(head).encode("latin-1") + body)
            response = http.client.HTTPResponse(connection)
            response.begin()
            return Received(response.status, response.read().decode())


@dataclass
class Called:
    """An application that a framework's test client calls.

    Args:
        ask: Makes a request with a method, a body and headers.
    """

    ask: Callable[[str, bytes, dict[str, str]], Received]

    def send(
        self, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> Received:
        """Make one request."""
        return self.ask(method, body, {"Content-Type": "application/json", **headers})


@dataclass
class Setup:
    """What an application is made with.

    Args:
        handle: The user's function.
        options: What else the adapter is given.
    """

    handle: Callable[[Any], object]
    options: dict[str, Any] = field(default_factory=dict[str, Any])


# Applications.


def fastapi_app(setup: Setup, **options: Any) -> FastAPI:
    """An application with FastAPI."""
    app = FastAPI(**options)
    app.include_router(
        plexy_pay.webhooks.fastapi.webhook_router(PATH, setup.handle, **setup.options)
    )
    return app


def flask_app(setup: Setup) -> Flask:
    """An application with Flask."""
    app = Flask("shop")
    app.add_url_rule(
        PATH,
        view_func=plexy_pay.webhooks.flask.webhook_view(setup.handle, **setup.options),
    )
    return app


def aiohttp_app(setup: Setup) -> web.Application:
    """An application with aiohttp."""
    app = web.Application()
    handler = plexy_pay.webhooks.aiohttp.webhook_handler(setup.handle, **setup.options)
    app.add_routes([web.post(PATH, handler)])
    return app


def django_urls(setup: Setup) -> Any:
    """The addresses of a project with Django."""
    return [
        path(
            PATH[1:],
            plexy_pay.webhooks.django.webhook_view(setup.handle, **setup.options),
        )
    ]


@contextmanager
def django_with(urlpatterns: Any) -> Iterator[None]:
    """The project has these addresses, for as long as it lasts."""
    urls = ModuleType("urls")
    vars(urls)["urlpatterns"] = urlpatterns
    with override_settings(ROOT_URLCONF=urls):
        yield


# Servers.


@contextmanager
def on_uvicorn(app: Any) -> Iterator[Served]:
    """An ASGI application on uvicorn."""
    with RunningSandbox(app) as server:
        yield Served(int(server.base_url.rpartition(":")[2]))


class _Wsgiref(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def on_wsgiref(app: Any) -> Iterator[Served]:
    """A WSGI application on the server of the standard library."""
    with _Wsgiref(("127.0.0.1", 0), _Quiet) as server:
        server.set_app(app)
        with _serving(server):
            yield Served(server.server_port)


class _QuietWerkzeug(WerkzeugHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def on_werkzeug(app: Any) -> Iterator[Served]:
    """A WSGI application on the server of Werkzeug."""
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=_QuietWerkzeug
    )
    with server, _serving(server):
        yield Served(server.server_port)


@contextmanager
def _serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def on_aiohttp(app: web.Application) -> Iterator[Served]:
    """An application of aiohttp on its own server."""
    with asyncio.Runner() as runner, ExitStack() as ending:
        # The loop belongs to the thread while that lasts.
        loop = runner.get_loop()
        server = web.AppRunner(app)

        async def start() -> int:
            await server.setup()
            await web.TCPSite(server, "127.0.0.1", 0).start()
            return int(server.addresses[0][1])

        port = runner.run(start())
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        ending.callback(lambda: runner.run(server.cleanup()))
        ending.callback(thread.join)
        ending.callback(loop.call_soon_threadsafe, loop.stop)
        yield Served(port)


def fastapi_on_uvicorn(setup: Setup) -> AbstractContextManager[Served]:
    """FastAPI on uvicorn."""
    return on_uvicorn(fastapi_app(setup))


def flask_on_werkzeug(setup: Setup) -> AbstractContextManager[Served]:
    """Flask on the server of Werkzeug."""
    return on_werkzeug(flask_app(setup))


def aiohttp_on_aiohttp(setup: Setup) -> AbstractContextManager[Served]:
    """aiohttp on its own server."""
    return on_aiohttp(aiohttp_app(setup))


@contextmanager
def django_on_wsgiref(setup: Setup) -> Iterator[Served]:
    """Django's WSGI application on the server of the standard library."""
    with django_with(django_urls(setup)), on_wsgiref(get_wsgi_application()) as served:
        yield served


def without_lifespan(application: Any) -> Any:
    """An ASGI application for a server that tells it of its start and its end, which Django's does not take."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        for message in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            await receive()
            await send({"type": message})

    return app


@contextmanager
def django_on_uvicorn(setup: Setup) -> Iterator[Served]:
    """Django's ASGI application on uvicorn."""
    app = without_lifespan(get_asgi_application())
    with django_with(django_urls(setup)), on_uvicorn(app) as served:
        yield served


# Test clients.


@contextmanager
def fastapi_client(setup: Setup) -> Iterator[Called]:
    """FastAPI's own test client."""
    with TestClient(fastapi_app(setup), raise_server_exceptions=False) as client:

        def ask(method: str, body: bytes, headers: dict[str, str]) -> Received:
            response = client.request(method, PATH, content=body, headers=headers)
            return Received(response.status_code, response.text)

        yield Called(ask)


@contextmanager
def django_client(setup: Setup) -> Iterator[Called]:
    """Django's own test client, which asks for CSRF tokens as a server would."""
    client: Any = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def ask(method: str, body: bytes, headers: dict[str, str]) -> Received:
        response = client.generic(
            method, PATH, body, headers["Content-Type"], headers=headers
        )
        return Received(response.status_code, response.content.decode())

    with django_with(django_urls(setup)):
        yield Called(ask)


@contextmanager
def django_async_client(setup: Setup) -> Iterator[Called]:
    """Django's own test client for ASGI."""
    client: Any = AsyncClient(enforce_csrf_checks=True, raise_request_exception=False)

    def ask(method: str, body: bytes, headers: dict[str, str]) -> Received:
        response = asyncio.run(
            client.generic(method, PATH, body, headers["Content-Type"], headers=headers)
        )
        return Received(response.status_code, response.content.decode())

    with django_with(django_urls(setup)):
        yield Called(ask)


@contextmanager
def flask_client(setup: Setup) -> Iterator[Called]:
    """Flask's own test client."""
    client = flask_app(setup).test_client()

    def ask(method: str, body: bytes, headers: dict[str, str]) -> Received:
        response = client.open(PATH, method=method, data=body, headers=headers)
        return Received(response.status_code, response.text)

    yield Called(ask)


@contextmanager
def aiohttp_client(setup: Setup) -> Iterator[Called]:
    """The test client of aiohttp, which asks its test server over a socket."""
    with asyncio.Runner() as runner:

        async def start() -> test_utils.TestClient[web.Request, web.Application]:
            client = test_utils.TestClient(test_utils.TestServer(aiohttp_app(setup)))
            await client.start_server()
            return client

        async def ask(method: str, body: bytes, headers: dict[str, str]) -> Received:
            async with client.request(
                method, PATH, data=body, headers=headers
            ) as response:
                return Received(response.status, await response.text())

        client = runner.run(start())
        try:
            yield Called(lambda *request: runner.run(ask(*request)))
        finally:
            runner.run(client.close())


CLIENTS = [
    fastapi_client,
    django_client,
    django_async_client,
    flask_client,
    aiohttp_client,
]
SERVERS = [
    fastapi_on_uvicorn,
    django_on_wsgiref,
    django_on_uvicorn,
    flask_on_werkzeug,
    aiohttp_on_aiohttp,
]
