# plexy-pay runtime, written by hand in runtime/webhooks/aws.py; the generator copies it unchanged.
"""Webhooks in AWS Lambda: behind API Gateway, a function URL or an Application Load Balancer.

reply = receiver.receive(*body_and_headers(event))
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from .._core.encoding import is_array, is_object
from ..errors import ConfigurationError

__all__ = ["body_and_headers"]


def body_and_headers(event: Mapping[str, Any]) -> tuple[bytes, list[tuple[str, str]]]:
    """Give the body and the headers of a request, as `unwrap` and `Receiver` take them.

    Args:
        event: What Lambda calls your function with: of the payload format 1.0 or 2.0.

    Raises:
        ConfigurationError: if it is no event of a request.
    """
    given: Any = event
    if not is_object(given):
        raise _strange(f"it is a {type(given).__name__}")
    return _body(given), _headers(given)


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body")
    encoded = event.get("isBase64Encoded", False)
    if not isinstance(encoded, bool):
        raise _strange("isBase64Encoded is neither true nor false")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise _strange("its body is no text")
    if not encoded:
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        # What the decoder says may quote the body.
        raise _strange("isBase64Encoded is true, and its body is no base64") from None


def _headers(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    # Of a header that came twice, `headers` of format 1.0 has the last value alone.
    several: Any = event.get("multiValueHeaders")
    single = event.get("headers")
    if several:
        pairs = [
            (name, value)
            for name, values in _object(several).items()
            for value in _array(values)
        ]
    elif single is None:
        raise _strange("it has no headers")
    else:
        pairs = list(_object(single).items())
    if not all(isinstance(value, str) for _, value in pairs):
        raise _strange("the value of a header is no text")
    return pairs


def _object(value: object) -> Mapping[str, Any]:
    if not is_object(value):
        raise _strange("its headers are no object")
    return value


def _array(value: object) -> list[Any]:
    if not is_array(value):
        raise _strange("its multiValueHeaders are no arrays")
    return value


def _strange(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"This is no event of a request that API Gateway, a function URL or a load balancer made: {what}. Nothing of "
        "it was acted on. Pass the first argument of your Lambda function as it came."
    )
