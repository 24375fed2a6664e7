"""Middlewares of a shop that read the bodies of requests: some keep them for the view, and some do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web
from fastapi import FastAPI, Request
from flask import Flask, request

Next = Callable[[Any], Any]


def django_read(get_response: Next) -> Next:
    """Read the whole body as a file."""

    def middleware(request: Any) -> Any:
        request.read()
        return get_response(request)

    return middleware


def django_read_a_part(get_response: Next) -> Next:
    """Read the beginning of the body as a file."""

    def middleware(request: Any) -> Any:
        request.read(5)
        return get_response(request)

    return middleware


def django_keep(get_response: Next) -> Next:
    """Read the body in the way that keeps it."""

    def middleware(request: Any) -> Any:
        assert request.body
        return get_response(request)

    return middleware


def flask_read(app: Flask) -> None:
    """Read the whole body and keep nothing."""

    def read() -> None:
        request.get_data(cache=False)

    app.before_request(read)


def flask_read_a_part(app: Flask) -> None:
    """Read the beginning of the body."""

    def read() -> None:
        request.stream.read(5)

    app.before_request(read)


def flask_keep(app: Flask) -> None:
    """Read the body in the way that keeps it."""

    def read() -> None:
        request.get_data()

    app.before_request(read)


def fastapi_read(app: FastAPI) -> None:
    """Read the whole body as a stream."""

    async def read(request: Request, call_next: Next) -> Any:
        async for _ in request.stream():
            pass
        return await call_next(request)

    app.middleware("http")(read)


async def fastapi_depend(request: Request) -> None:
    """Read the whole body as a stream, in what the view depends on."""
    async for _ in request.stream():
        pass


def fastapi_keep(app: FastAPI) -> None:
    """Read the body in the way that keeps it."""

    async def read(request: Request, call_next: Next) -> Any:
        await request.body()
        return await call_next(request)

    app.middleware("http")(read)


def aiohttp_read(app: web.Application) -> None:
    """Read the whole body as a stream."""

    @web.middleware
    async def read(request: web.Request, handler: Next) -> Any:
        await request.content.read()
        return await handler(request)

    app.middlewares.append(read)


def aiohttp_read_a_part(app: web.Application) -> None:
    """Read the beginning of the body."""

    @web.middleware
    async def read(request: web.Request, handler: Next) -> Any:
        await request.content.readexactly(5)
        return await handler(request)

    app.middlewares.append(read)


def aiohttp_keep(app: web.Application) -> None:
    """Read the body in the way that keeps it."""

    @web.middleware
    async def read(request: web.Request, handler: Next) -> Any:
        await request.read()
        return await handler(request)

    app.middlewares.append(read)
