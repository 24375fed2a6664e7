"""What a program passes as body and headers: a mistake of its own is told apart from a delivery that is not proved."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from helpers.webhooks import (
    BY_BODY,
    BY_FIELDS,
    BY_TOKEN,
    SECRETS,
    native,
    shows_a_secret,
)
from plexy_pay import ConfigurationError
from plexy_pay.webhooks import (
    Receiver,
    Reply,
    WebhookVerificationError,
    aws,
    sign,
    unwrap,
)

by_scheme = pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.scheme)


@by_scheme
@pytest.mark.parametrize(
    ("headers", "passed"),
    [
        ({"Content-Length": "LENGTH"}, b""),
        ({"content-length": "LENGTH"}, b"{"),
        ([(b"Content-Length", b"LENGTH")], b""),
        ({"CONTENT_LENGTH": "LENGTH"}, b""),
        ({"Transfer-Encoding": "chunked"}, b""),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, b""),
        ({"Content-Length": "LENGTH", "Content-Encoding": "gzip"}, b""),
    ],
)
def test_a_body_that_is_not_the_one_that_came_is_a_mistake_of_the_program(
    secret: Any, headers: Any, passed: bytes
) -> None:
    body = native(secret)
    proof = sign(body, secret=secret)
    if isinstance(headers, dict):
        headers = {
            name: value.replace("LENGTH", str(len(body)))
            for name, value in headers.items()
        } | proof
    else:
        length = str(len(body)).encode()
        headers = [(name, value.replace(b"LENGTH", length)) for name, value in headers]
        headers += [(name.encode(), value.encode()) for name, value in proof.items()]
    with pytest.raises(ConfigurationError, match="read or changed it first") as caught:
        unwrap(passed, headers, secret=secret)
    assert not shows_a_secret(str(caught.value))
    receiver = Receiver(print, secret=secret)
    assert receiver.receive(passed, headers) == (500, "failed")
    assert asyncio.run(receiver.receive_async(passed, headers)) == (500, "failed")


@pytest.mark.parametrize(
    "passed",
    [base64.b64encode, lambda body: json.dumps(json.loads(body), indent=1).encode()],
)
def test_a_body_that_was_rewritten_is_one_too(passed: Any) -> None:
    body = native(BY_BODY)
    headers = {**sign(body, secret=BY_BODY), "Content-Length": str(len(body))}
    with pytest.raises(ConfigurationError, match="read or changed it first"):
        unwrap(passed(body), headers, secret=BY_BODY)


@by_scheme
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Length": "0"},
        {"Content-Length": "many"},
        {"Content-Length": "-1"},
        {"Content-Length": "9" * 5000},
        {"Content-Length": ""},
        {"Content-Length": ["1", "2"]},
        {"Content-Length": 0},
    ],
    ids=str,
)
def test_a_body_that_came_empty_is_a_delivery_that_is_not_proved(
    secret: Any, headers: Any
) -> None:
    with pytest.raises(WebhookVerificationError):
        unwrap(b"", {**headers, **sign(native(secret), secret=secret)}, secret=secret)


@by_scheme
def test_a_length_that_fits_changes_nothing(secret: Any) -> None:
    body = native(secret)
    headers = {**sign(body, secret=secret), "Content-Length": str(len(body))}
    assert unwrap(body, headers, secret=secret)
    with pytest.raises(WebhookVerificationError):
        unwrap(b"x" * len(body), headers, secret=secret)


def test_a_length_that_does_not_fit_refuses_nothing_that_is_proved() -> None:
    body = native(BY_FIELDS)
    headers = {**sign(body, secret=BY_FIELDS), "Content-Length": "7"}
    assert unwrap(body, headers, secret=BY_FIELDS)


def test_a_wrong_token_is_one_whatever_became_of_the_body() -> None:
    headers = {"Authorization": "Bearer guessed", "Transfer-Encoding": "chunked"}
    with pytest.raises(WebhookVerificationError):
        unwrap(b"", headers, secret=BY_TOKEN)


def test_a_body_that_was_compressed_may_have_another_length() -> None:
    body = native(BY_BODY)
    headers = {
        **sign(b"{}", secret=BY_BODY),
        "Content-Length": "7",
        "Content-Encoding": "gzip",
    }
    with pytest.raises(WebhookVerificationError):
        unwrap(body, headers, secret=BY_BODY)


# Headers by other names


@by_scheme
@pytest.mark.parametrize(
    "spell",
    [
        lambda name: "HTTP_" + name.upper().replace("-", "_"),
        lambda name: ("HTTP_" + name.upper().replace("-", "_")).encode(),
        lambda name: name.lower().replace("-", "_"),
    ],
    ids=["WSGI", "WSGI bytes", "snake"],
)
def test_headers_may_have_the_names_that_wsgi_gives_them(
    secret: Any, spell: Any
) -> None:
    body = native(secret)
    headers = {spell(name): value for name, value in sign(body, secret=secret).items()}
    assert unwrap(body, headers, secret=secret)


def test_a_whole_environ_is_headers() -> None:
    body = native(BY_TOKEN)
    (value,) = sign(body, secret=BY_TOKEN).values()
    environ = {
        "REQUEST_METHOD": "POST",
        "wsgi.input": object(),
        "HTTP_AUTHORIZATION": value,
    }
    assert unwrap(body, environ, secret=BY_TOKEN)


def test_a_header_that_comes_in_two_spellings_is_refused() -> None:
    body = native(BY_FIELDS)
    (value,) = sign(body, secret=BY_FIELDS).values()
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(body, {"X-Signature": value, "X_Signature": value}, secret=BY_FIELDS)
    assert caught.value.reason == "repeated_header"


# Events of AWS

LAMBDA_V1 = {
    "version": "1.0",
    "resource": "/webhooks",
    "path": "/webhooks",
    "httpMethod": "POST",
    "queryStringParameters": None,
    "requestContext": {"stage": "prod"},
}
LAMBDA_V2 = {
    "version": "2.0",
    "routeKey": "POST /webhooks",
    "rawPath": "/webhooks",
    "requestContext": {"http": {"method": "POST"}},
}


def as_text(body: bytes) -> dict[str, Any]:
    return {"body": body.decode(), "isBase64Encoded": False}


def as_base64(body: bytes) -> dict[str, Any]:
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def v1(headers: Mapping[str, str]) -> dict[str, Any]:
    """REST API: names as they came, each header with all of its values besides."""
    several = {name: [value] for name, value in headers.items()}
    return {**LAMBDA_V1, "headers": dict(headers), "multiValueHeaders": several}


def v1_balancer(headers: Mapping[str, str]) -> dict[str, Any]:
    """Application Load Balancer with multi-value headers: no `headers` at all, names in lower case."""
    return {
        **LAMBDA_V1,
        "multiValueHeaders": {name.lower(): [value] for name, value in headers.items()},
    }


def v1_without(headers: Mapping[str, str]) -> dict[str, Any]:
    """As a tool for local tests makes it."""
    return {**LAMBDA_V1, "headers": dict(headers), "multiValueHeaders": None}


def v2(headers: Mapping[str, str]) -> dict[str, Any]:
    """HTTP API and function URLs: names in lower case."""
    return {
        **LAMBDA_V2,
        "headers": {name.lower(): value for name, value in headers.items()},
    }


@by_scheme
@pytest.mark.parametrize("shape", [v1, v1_balancer, v1_without, v2])
@pytest.mark.parametrize("encode", [as_text, as_base64])
def test_an_event_of_aws_is_a_delivery(secret: Any, shape: Any, encode: Any) -> None:
    body = native(secret)
    headers = {
        **sign(body, secret=secret),
        "Content-Length": str(len(body)),
        "Host": "shop.kz",
    }
    event = {**shape(headers), **encode(body)}
    receiver = Receiver(lambda event: None, secret=secret)
    assert receiver.receive(*aws.body_and_headers(event)) == Reply(200, "ok")
    assert receiver.receive(
        *aws.body_and_headers(json.loads(json.dumps(event)))
    ) == Reply(200, "ok")


def test_letters_outside_ascii_keep_their_bytes() -> None:
    body = '{"name": "transaction.charged", "data": {"id": "txn_1", "description": "Тапсырыс"}}'.encode()
    for encode in (as_text, as_base64):
        passed, headers = aws.body_and_headers(
            {**v2(sign(body, secret=BY_BODY)), **encode(body)}
        )
        assert passed == body
        assert unwrap(passed, headers, secret=BY_BODY)


def test_a_repeated_header_of_an_event_is_refused_as_elsewhere() -> None:
    body = native(BY_FIELDS)
    (value,) = sign(body, secret=BY_FIELDS).values()
    event = v1({"X-Signature": value}) | as_text(body)
    event["multiValueHeaders"] = {"X-Signature": [value, value]}
    with pytest.raises(WebhookVerificationError) as caught:
        unwrap(*aws.body_and_headers(event), secret=BY_FIELDS)
    assert caught.value.reason == "repeated_header"


@pytest.mark.parametrize("missing", [{}, {"body": None}, {"body": ""}])
def test_an_event_without_a_body_is_an_empty_one(missing: dict[str, Any]) -> None:
    assert aws.body_and_headers({**v2({"host": "shop.kz"}), **missing})[0] == b""


def test_a_body_that_is_left_in_base64_is_no_delivery_that_is_not_proved() -> None:
    body = native(BY_BODY)
    headers = {**sign(body, secret=BY_BODY), "content-length": str(len(body))}
    with pytest.raises(ConfigurationError, match="read or changed it first"):
        unwrap(base64.b64encode(body), headers, secret=BY_BODY)


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "text",
        {},
        {"Records": []},
        {"headers": "text"},
        {"headers": {}, "body": b"bytes"},
        {"headers": {}, "body": {}},
        {"headers": {}, "body": "not base64!", "isBase64Encoded": True},
        {"headers": {}, "body": "тест", "isBase64Encoded": True},
        {"headers": {}, "body": "e30", "isBase64Encoded": True},
        {"headers": {}, "body": "e30=", "isBase64Encoded": "yes"},
        {"headers": {"a": "b"}, "multiValueHeaders": {"a": "b"}, "body": ""},
    ],
    ids=str,
)
def test_what_is_no_event_of_a_request_is_a_mistake_of_the_program(event: Any) -> None:
    with pytest.raises(ConfigurationError, match="API Gateway"):
        aws.body_and_headers(event)


def test_text_in_place_of_the_body_is_told_of_the_helper() -> None:
    body: Any = native(BY_BODY).decode()
    with pytest.raises(ConfigurationError, match=r"aws\.body_and_headers"):
        unwrap(body, {}, secret=BY_BODY)
