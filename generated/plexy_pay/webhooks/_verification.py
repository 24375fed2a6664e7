# plexy-pay runtime, written by hand in runtime/webhooks/_verification.py; the generator copies it unchanged.
"""Verify a delivery and read its event (`unwrap`), and make the headers of a test delivery (`sign`)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, cast

from .._core.encoding import is_collection, is_object, loads
from .._core.logs import follow_environment
from ..errors import ConfigurationError, PlexyError
from ._errors import BodyReadError, Reason, WebhookVerificationError, refused
from ._event import WebhookEvent
from ._events import AnyEvent
from ._payload import callback_fields, callback_of, event_class, event_of
from ._secrets import (
    BodySecret,
    Delivery,
    FieldsSecret,
    Secret,
    TokenSecret,
    can_be_read_otherwise,
    signed_texts,
)

Body = bytes | bytearray | memoryview
Headers = (
    Mapping[str, Any]
    | Mapping[bytes, Any]
    | Iterable[tuple[str, str]]
    | Iterable[tuple[bytes, bytes]]
)
Secrets = (
    TokenSecret
    | FieldsSecret
    | BodySecret
    | Sequence[TokenSecret]
    | Sequence[FieldsSecret]
    | Sequence[BodySecret]
)

MAX_BYTES = 1024 * 1024
_SCHEMES: tuple[type[Secret], ...] = (TokenSecret, FieldsSecret, BodySecret)
_MOST_HEADER = 8192
_ASK = "If Plexy Pay sent it, ask its support."
# The reasons that may also result from a body that this server read or changed before it was passed.
_OF_BODIES = frozenset(
    (
        Reason.WRONG_SECRET,
        Reason.NOT_JSON,
        Reason.NOT_AN_OBJECT,
        Reason.MALFORMED_BODY,
        Reason.AMBIGUOUS,
    )
)
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)


def unwrap(
    body: Body,
    headers: Headers,
    *,
    secret: Secrets,
    max_bytes: int = MAX_BYTES,
    now: float | None = None,
) -> AnyEvent:
    """Verify a delivery and return its event.

    The class of `secret` selects the verification scheme: `TokenSecret`, `FieldsSecret` or `BodySecret`. A delivery
    verified by another scheme, or by none, is refused. An event that Plexy Pay documents with `BodySecret` is accepted
    only with a `BodySecret`.

    No scheme prevents the replay of a delivery, and only `BodySecret` covers the whole body. So save `dedup_id`, and
    fetch the transaction before you hand over anything of value.

    Args:
        body: The raw body, byte for byte as it arrived: not parsed, not decoded.
        headers: The request's headers, as your framework returns them: a mapping, or pairs of name and value.
        secret: The secret that must prove the delivery. During a rotation, pass several secrets of one class.
        max_bytes: The largest body size in bytes.
        now: The time in seconds since 1970, for tests.

    Returns:
        The event, of the class for its name; an `UnknownEvent` for a name that this version does not know.

    Raises:
        WebhookVerificationError: if the delivery must not be acted on. Its `reason` says why.
        ConfigurationError: if the secrets, the body or the headers cannot be used, or if the passed body is not the
            body that arrived. In the last case nobody can say whether the delivery is genuine.
    """
    follow_environment()
    secrets, problem = usable(secret)
    if problem is not None:
        # A traceback with local variables must not show a plain-text secret or a received token.
        del secret, body, headers
        raise ConfigurationError(problem)
    try:
        return cast("AnyEvent", _verified(body, headers, secrets, max_bytes, now))
    except WebhookVerificationError as error:
        refusal: PlexyError = _fault_of_ours(error, secrets, body, headers) or error
    except PlexyError as error:
        refusal = error
    # The token may be valid although the rest is not. So the new traceback leaves out the frames that saw the headers.
    del body, headers
    refusal.__context__ = None
    raise refusal.with_traceback(None)


def _verified(
    body: object,
    headers: object,
    secrets: Sequence[Secret],
    max_bytes: int,
    now: float | None,
) -> WebhookEvent[Any]:
    raw = _bytes(body)
    kind = type(secrets[0])
    if len(raw) > max_bytes:
        raise refused(
            Reason.TOO_LARGE,
            f"The body of the webhook is larger than {max_bytes} bytes.",
            "If Plexy Pay sends such bodies, raise max_bytes.",
        )
    header = _header(headers, kind)
    signed = _signed(raw, kind)
    moment = time.time() if now is None else now
    # Every secret is checked, so that the time taken does not reveal which one matched.
    verified: list[bytes] = []
    for text, one in product(signed, secrets):
        if one.proves(Delivery(header, text, moment)):
            verified.append(text)
    if not verified:
        which = "this secret" if len(secrets) == 1 else "any of these secrets"
        raise refused(
            Reason.WRONG_SECRET,
            f"The webhook was not made with {which}, or its body was changed on its way.",
            "If Plexy Pay sent it, check the secret, and check that the body is passed byte for byte as it arrived.",
        )
    payload = _object(raw)
    if kind.signs_fields:
        _refuse_another_reading(callback_fields(payload)["id"], verified[0])
        return callback_of(payload, verified[0], kind.scheme)
    event = event_class(payload)
    if event is not None and event.kind.secret is BodySecret and kind is not BodySecret:
        raise refused(
            Reason.WRONG_SCHEME,
            "Plexy Pay signs this event with Plexy-Signature, but only the token of the webhook was checked.",
            "Receive it at a separate address, with a BodySecret.",
        )
    return event_of(payload, raw, kind.scheme)


def _fault_of_ours(
    refusal: WebhookVerificationError,
    secrets: Sequence[Secret],
    body: object,
    headers: object,
) -> BodyReadError | None:
    """Return the error for a body whose length proves that it is not the body that arrived; None without proof."""
    of_token = refusal.reason is Reason.WRONG_SECRET and isinstance(
        secrets[0], TokenSecret
    )
    if of_token or refusal.reason not in _OF_BODIES:
        return None
    length = len(_bytes(body))
    came = _what_came(length, headers)
    if came is None:
        return None
    return BodyReadError(
        f"The body of the webhook was passed with {length} bytes, but it arrived {came}. Something on this server read "
        "or changed it first, such as a middleware that logs requests. So nobody can say whether the delivery is "
        "genuine, and it was not acted on. Read the body there in a way that keeps it for the view: request.body in "
        "Django, request.get_data() in Flask, await request.body() in FastAPI, await request.read() in aiohttp. Or "
        "the server may not support chunked bodies."
    )


def _what_came(length: int, headers: object) -> str | None:
    """Return the length, in words, with which a body arrived; None if it is the passed length or unknown."""
    try:
        found = _pairs(
            headers, {"content-length", "transfer-encoding", "content-encoding"}
        )
    except ConfigurationError:
        return None
    pairs = dict(found)
    if len(found) > len(pairs):
        return None
    if "transfer-encoding" in pairs:
        return None if length else "in chunks (Transfer-Encoding)"
    declared = pairs.get("content-length", "")
    if not _LENGTH.fullmatch(declared) or int(declared) in (0, length):
        return None
    if length and "content-encoding" in pairs:
        return None  # A server may have decompressed the body.
    return f"with {int(declared)} (Content-Length)"


def sign(
    body: Body,
    *,
    secret: TokenSecret | FieldsSecret | BodySecret,
    now: float | None = None,
) -> dict[str, str]:
    """Return the headers of a test delivery, as Plexy Pay would make them.

    Args:
        body: The body of the delivery. A `FieldsSecret` needs the five signed fields in it.
        secret: The secret that proves the delivery.
        now: The time in seconds since 1970, for tests of old and future deliveries.

    Raises:
        ConfigurationError: if the secret or the body cannot be used.
        WebhookVerificationError: if `secret` is a `FieldsSecret` and the body lacks the fields that it signs.
    """
    secrets, problem = usable(secret)
    if problem is not None:
        # The secret may be plain text, which a traceback with local variables must not show.
        del secret
        raise ConfigurationError(problem)
    # Of the possible spellings of an amount, the last is the vendor's own.
    signed = _signed(_bytes(body), type(secrets[0]))[-1]
    return secrets[0].headers(signed, time.time() if now is None else now)


def _signed(raw: bytes, kind: type[Secret]) -> list[bytes]:
    """Return the texts that a secret of this class may have signed for a body."""
    return signed_texts(callback_fields(_object(raw))) if kind.signs_fields else [raw]


def _refuse_another_reading(own_id: str, signed: bytes) -> None:
    if can_be_read_otherwise(own_id, signed.decode("utf-8", "surrogatepass")):
        raise refused(
            Reason.AMBIGUOUS,
            "The five fields of the callback are signed without separators, and the signed text may mean another id, "
            "amount or currency.",
            "Look the payment up by your order reference, not by the fields of the callback.",
        )


def usable(secret: object) -> tuple[Sequence[Secret], str | None]:
    """Return the secrets, all of one class, or the problem with them. Never raise, so that no traceback holds them."""
    several: tuple[Any, ...] = tuple(secret) if is_collection(secret) else (secret,)
    kinds: set[type[Any]] = set(map(type, several))
    if not several:
        return (), "No webhook secret was given. Pass at least one."
    if not kinds <= set(_SCHEMES):
        strange = ", ".join(sorted(kind.__name__ for kind in kinds - set(_SCHEMES)))
        return (), (
            f"The webhook secret is of the type {strange}. The class of a secret selects the verification scheme: "
            "pass TokenSecret(...), FieldsSecret(...) or BodySecret(...)."
        )
    if len(kinds) > 1:
        return (), (
            "The webhook secrets are of several classes, so the weakest one would be sufficient. Pass secrets of one "
            "class, and receive webhooks of another scheme at a separate address."
        )
    return several, None


def _bytes(body: object) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes", body))
    raise ConfigurationError(
        f"The body of the webhook was passed as {type(body).__name__}. Pass the raw bytes as they arrived, before "
        "anything parses or decodes them: request.body in Django, await request.body() in FastAPI, request.get_data() "
        "in Flask, await request.read() in aiohttp. In AWS Lambda, use webhooks.aws.body_and_headers(event)."
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        payload = loads(raw)
    except ValueError:
        # The parser's error is dropped, because it quotes the body.
        raise refused(
            Reason.NOT_JSON, "The body of the webhook is not JSON.", _ASK
        ) from None
    if not is_object(payload):
        raise refused(
            Reason.NOT_AN_OBJECT,
            "The body of the webhook is JSON, but not an object.",
            _ASK,
        )
    return payload


def _header(headers: object, kind: type[Secret]) -> str:
    """Return the one value of the scheme's header."""
    pairs = _pairs(headers, {one.header for one in _SCHEMES})
    found = [value for name, value in pairs if name == kind.header]
    if len(found) > 1:
        raise refused(
            Reason.REPEATED_HEADER,
            f"The webhook has more than one header {kind.header}, so it is unclear which one counts.",
            "If Plexy Pay sent it, look for a proxy that adds the header.",
        )
    value = found[0].strip(" \t") if found else ""
    if len(value) > _MOST_HEADER:
        raise refused(
            Reason.MALFORMED_HEADER,
            f"The header {kind.header} of the webhook is far too long.",
            _ASK,
        )
    if value:
        return value
    for other in _SCHEMES:
        if other is not kind and any(
            value for name, value in pairs if name == other.header
        ):
            raise refused(
                Reason.WRONG_SCHEME,
                f"The webhook has a header {other.header}, but not the header {kind.header}, which {kind.__name__} "
                "reads.",
                f"If Plexy Pay sends such webhooks, receive them at a separate address, with a {other.__name__}.",
            )
    raise refused(
        Reason.MISSING_HEADER,
        f"The webhook has no header {kind.header}, or an empty one.",
        "If Plexy Pay sent it, look for a proxy that drops the header.",
    )


def _pairs(headers: Any, wanted: set[str]) -> list[tuple[str, str]]:
    """Return the headers of these names as pairs of the name in lower case and one value."""
    pairs: list[tuple[str, str]] = []
    try:
        for name, value in headers.items() if hasattr(headers, "items") else headers:
            lower = _plain(_text(name))
            if lower not in wanted:
                continue
            values: list[object] = [value]
            if isinstance(value, (list, tuple)):
                values = list(cast("Iterable[object]", value))
            pairs += [(lower, _text(one)) for one in values]
    except (TypeError, ValueError):
        raise ConfigurationError(
            "The headers of the webhook cannot be read. Pass the request's headers as your framework gives them: a "
            "mapping, or pairs of name and value, as text or bytes."
        ) from None
    return pairs


def _plain(name: str) -> str:
    """Return the name of a header, also from its WSGI form: `HTTP_X_SIGNATURE` is `x-signature`."""
    return name.lower().replace("_", "-").removeprefix("http-")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return value
    raise TypeError
