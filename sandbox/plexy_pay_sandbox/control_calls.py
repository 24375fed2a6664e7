"""Speak to a sandbox that runs, directly: no proxy is in between."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from . import wire

PATIENCE: Final = 30.0
"""Seconds that a response may take."""


def ask(
    base_url: str, method: str, path: str, body: Any, patience: float = PATIENCE
) -> dict[str, Any]:
    """Send JSON to one of the sandbox's own addresses, and return the JSON of the response.

    Raises:
        ValueError: if the sandbox does not take the request.
        TimeoutError: if what was waited for has not come.
        RuntimeError: if it is no sandbox that has responded.
    """
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=patience
    )
    try:
        content = None if body is None else wire.dumps(_exact(body))
        connection.request(method, path, content, {"Content-Type": "application/json"})
        response = connection.getresponse()
        status, text = response.status, response.read()
    finally:
        connection.close()
    try:
        read: Any = wire.loads(text or b"{}")
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise RuntimeError(f"The sandbox responded with {status} and no JSON object.")
    fields = cast("dict[str, Any]", read)
    if status < 300:
        return fields
    message = f"The sandbox responded with {status}: {fields.get('message')}."
    raise {404: ValueError, 422: ValueError, 504: TimeoutError}.get(
        status, RuntimeError
    )(message)


def _exact(value: Any) -> Any:
    """Return a value of a test, in which a float is the number that is written there."""
    if isinstance(value, float):
        return wire.exact(value)
    if isinstance(value, Mapping):
        return {
            name: _exact(member)
            for name, member in cast("Mapping[str, Any]", value).items()
        }
    if isinstance(value, (list, tuple)):
        return [_exact(member) for member in cast("list[Any]", value)]
    return value
