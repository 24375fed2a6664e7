"""Deliveries of webhooks: a secret of each scheme, and bodies from the document's examples."""

from __future__ import annotations

import copy
import json
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from helpers.description import DESCRIPTION
from plexy_pay import PlexyError
from plexy_pay.webhooks import BodySecret, FieldsSecret, TokenSecret, sign

DOCUMENT: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))

TOKEN = "tok_5F0e9A7c31b24d68"
PRIVATE_KEY = "pr_7b1dE02a94cF4833"
SIGNING_SECRET = "whs_9A41c07e6b2D5f83"
TEXTS = (TOKEN, PRIVATE_KEY, PRIVATE_KEY.removeprefix("pr_"), SIGNING_SECRET)

BY_TOKEN = TokenSecret(TOKEN)
BY_FIELDS = FieldsSecret(PRIVATE_KEY)
BY_BODY = BodySecret(SIGNING_SECRET)
SECRETS = (BY_TOKEN, BY_FIELDS, BY_BODY)

CALLBACK = "callback-2023"
EVENTS = [name for name in DOCUMENT["webhooks"] if name != CALLBACK]
# An event that belongs to each scheme.
NATIVE = {
    "token": "transaction.charged",
    "fields": CALLBACK,
    "body": "payment.succeeded",
}


def example(event: str, **changes: Any) -> dict[str, Any]:
    """The body of the document's example, with changes at its root."""
    content = DOCUMENT["webhooks"][event]["post"]["requestBody"]["content"][
        "application/json"
    ]
    return copy.deepcopy(content["example"]) | changes


def changed(event: str, **changes: Any) -> dict[str, Any]:
    """The body of the document's example, with changes in its `data`."""
    body = example(event)
    return body | {"data": body["data"] | changes}


def raw(body: object) -> bytes:
    """The body as bytes."""
    return json.dumps(body).encode()


def native(secret: TokenSecret | FieldsSecret | BodySecret) -> bytes:
    """A body that belongs to the scheme of the secret."""
    return raw(example(NATIVE[secret.scheme]))


def delivery(
    event: str, secret: TokenSecret | FieldsSecret | BodySecret, **changes: Any
) -> tuple[bytes, Mapping[str, str]]:
    """The body of an example and the headers that prove it."""
    body = raw(example(event, **changes))
    return body, sign(body, secret=secret)


def shows_a_secret(text: str) -> bool:
    """Whether one of the secrets can be read in the text."""
    return any(secret.lower() in text.lower() for secret in TEXTS)


def assert_nothing_shows_a_secret(error: BaseException) -> None:
    """Neither the error nor what hangs on it shows a secret, nor does a frame of the package that it passed through."""
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None:
            continue
        waiting += [one.__cause__, one.__context__]
        assert not shows_a_secret(f"{one} {one!r} {one.args!r} {vars(one)!r}")
        step: TracebackType | None = one.__traceback__
        while step is not None:
            name = step.tb_frame.f_globals.get("__name__", "")
            if name.startswith("plexy_pay"):
                for variable, value in step.tb_frame.f_locals.items():
                    assert not shows_a_secret(repr(value)), f"{name}: {variable}"
            step = step.tb_next
    if isinstance(error, PlexyError):
        frames = traceback.TracebackException.from_exception(error, capture_locals=True)
        ours = [frame for frame in frames.stack if "plexy_pay" in frame.filename]
        assert ours or not frames.stack
        assert not shows_a_secret(str([frame.locals for frame in ours]))
