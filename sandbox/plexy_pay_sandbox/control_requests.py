"""Read the bodies of requests about the sandbox itself, and respond with what is wrong with one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from . import wire
from .responses import pay_error

Read = Callable[[str, object], object]
"""Reads the value of a field; raises ValueError if it is another one."""

_Endpoint = Callable[[Request], Awaitable[Response]]


class NotThere(Exception):
    """Raised when a request names something that is not there, or that this cannot be done with."""


def telling_mistakes(endpoint: _Endpoint) -> _Endpoint:
    """Respond with 404 to a request that names what is not there, and with 422 to one that is wrong."""

    async def respond(request: Request) -> Response:
        try:
            return await endpoint(request)
        except NotThere as error:
            return pay_error(404, 4, str(error), "sandbox")
        except ValueError as error:
            return pay_error(422, 5, str(error), "sandbox")

    return respond


def json_object(content: bytes) -> Mapping[str, object]:
    """Return the JSON object of a body; an empty one for an empty body.

    Raises:
        ValueError: if it is something else.
    """
    body = wire.loads(content or b"{}")
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return cast("dict[str, object]", body)


def read_fields(content: bytes, fields: Mapping[str, Read]) -> dict[str, Any]:
    """Return the fields of a body, each read in its own way.

    Raises:
        ValueError: if the body is no JSON object, has another field, or a value does not fit.
    """
    given = json_object(content)
    for name in given:
        if name not in fields:
            raise ValueError(
                f"{name!r} is not known here; there is {', '.join(fields)}"
            )
    return {name: fields[name](name, value) for name, value in given.items()}


def text(name: str, value: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text")
    return value


def or_none(read: Read) -> Read:
    """Return what reads a value that may be null."""
    return lambda name, value: None if value is None else read(name, value)
