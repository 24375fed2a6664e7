# plexy-pay runtime, written by hand in runtime/webhooks/aws.py; the generator copies it unchanged.
"""Read webhooks in AWS Lambda, behind API Gateway, a function URL or an Application Load Balancer.

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
    """Return the body and the headers of a request, as `unwrap` and `Receiver` take them.

    Args:
        event: The first argument of your Lambda function, in payload format 1.0 or 2.0.

    Raises:
        ConfigurationError: if it is not the event of a request.
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
        raise _strange("its body is not text")
    if not encoded:
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        # The decoder's error is dropped, because it may quote the body.
        raise _strange("isBase64Encoded is true, but its body is not base64") from None


def _headers(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    # `headers` of format 1.0 holds only the last value of a repeated header.
    several: Any = event.get("multiValueHeaders")
    single = event.get("headers")
    pairs: list[tuple[str, Any]] = []
    if several:
        for name, values in _object(several).items():
            pairs += [(name, value) for value in _array(values)]
    elif single is None:
        raise _strange("it has no headers")
    else:
        pairs = list(_object(single).items())
    if not all(isinstance(value, str) for _, value in pairs):
        raise _strange("the value of a header is not text")
    return pairs


def _object(value: object) -> Mapping[str, Any]:
    if not is_object(value):
        raise _strange("its headers are not an object")
    return value


def _array(value: object) -> list[Any]:
    if not is_array(value):
        raise _strange("its multiValueHeaders are not arrays")
    return value


def _strange(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"This is not a request event of API Gateway, a function URL or a load balancer: {what}. It was not acted on. "
        "Pass the first argument of your Lambda function unchanged."
    )
