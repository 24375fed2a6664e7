# plexy-pay runtime, written by hand in runtime/webhooks/_verification.py; the generator copies it unchanged.
"""`unwrap`: from the bytes of a delivery to an event that was proved; `sign`: a test delivery's headers."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
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
# Reasons that a body may bring about which was read or changed before it was passed.
_OF_BODIES = frozenset(
    (
        *(Reason.WRONG_SECRET, Reason.NOT_JSON, Reason.NOT_AN_OBJECT),
        *(Reason.MALFORMED_BODY, Reason.AMBIGUOUS),
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
    """Prove a delivery and read its event.

    The class of `secret` chooses how: `TokenSecret`, `FieldsSecret` or `BodySecret`. A delivery that carries another
    proof, or none, is refused. An event that Plexy Pay documents with `BodySecret` is taken with no other.

    No scheme keeps a delivery from being sent again, and only `BodySecret` covers the whole body. So keep `dedup_id`,
    and fetch the transaction before you hand over anything of value.

    Args:
        body: The raw body, byte by byte as it came: not parsed, not decoded.
        headers: The request's headers, as your framework gives them: a mapping, or pairs of name and value.
        secret: What the delivery must be proved with. Several of one class are active during a rotation.
        max_bytes: The largest body that is read.
        now: The time in seconds since 1970, for tests.

    Returns:
        The event, of the class that belongs to its name; `UnknownEvent` for a name that this version does not know.

    Raises:
        WebhookVerificationError: the delivery must not be acted on; its `reason` says why.
        ConfigurationError: the secrets, or what was passed as body or headers, cannot be used; or what was passed as
            body is not what came, so that nobody can say whether the delivery is genuine.
    """
    follow_environment()
    secrets, problem = usable(secret)
    if problem is not None:
        # A traceback with local variables must not show a secret in plain text, nor a token that came.
        del secret, body, headers
        raise ConfigurationError(problem)
    try:
        return cast("AnyEvent", _proved(body, headers, secrets, max_bytes, now))
    except WebhookVerificationError as error:
        refusal: PlexyError = _fault_of_ours(error, secrets, body, headers) or error
    except PlexyError as error:
        refusal = error
    # A token may be right while the rest is wrong. So the frames that saw the headers stay behind, with all that a
    # traceback would show of them.
    del body, headers
    refusal.__context__ = None
    raise refusal.with_traceback(None)


def _proved(
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
    # Each is asked, so that how long it takes does not tell which one is active.
    proved = [
        text
        for text in signed
        for one in secrets
        if one.proves(Delivery(header, text, moment))
    ]
    if not proved:
        raise refused(
            Reason.WRONG_SECRET,
            f"The webhook was not made with {'this secret' if len(secrets) == 1 else 'any of these secrets'}, "
            "or its body was changed on its way.",
            "If Plexy Pay sent it, check the secret, and that the body is passed byte by byte as it came.",
        )
    payload = _object(raw)
    if kind.signs_fields:
        _refuse_another_reading(callback_fields(payload)["id"], proved[0])
        return callback_of(payload, proved[0], kind.scheme)
    event = event_class(payload)
    if event is not None and event.kind.secret is BodySecret and kind is not BodySecret:
        raise refused(
            Reason.WRONG_SCHEME,
            "The webhook is an event that Plexy Pay signs with Plexy-Signature, but only its token was looked at.",
            "Receive it at an address of its own, with a BodySecret.",
        )
    return event_of(payload, raw, kind.scheme)


def _fault_of_ours(
    refusal: WebhookVerificationError,
    secrets: Sequence[Secret],
    body: object,
    headers: object,
) -> BodyReadError | None:
    """Give the error for a body that shows by its length that it is not the one that came."""
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
        f"The body of the webhook was passed with {length} bytes, but it came {came}. Something on this server read or "
        "changed it first, such as a middleware that logs requests. So nobody can say whether the delivery is genuine; "
        "nothing of it was acted on. Let what reads the body keep it for the view: request.body in Django, "
        "request.get_data() in Flask, await request.body() in FastAPI, await request.read() in aiohttp. Or the server "
        "reads no bodies in chunks."
    )


def _what_came(length: int, headers: object) -> str | None:
    """Tell how long a body was when it came, if that is not the length that it has now."""
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
        return None  # A server may have decompressed it.
    return f"with {int(declared)} (Content-Length)"


def sign(
    body: Body,
    *,
    secret: TokenSecret | FieldsSecret | BodySecret,
    now: float | None = None,
) -> dict[str, str]:
    """The headers of a test delivery, made as Plexy Pay would make them.

    Args:
        body: The body of the delivery. A `FieldsSecret` needs the five fields in it.
        secret: What to prove it with.
        now: The time in seconds since 1970, for tests of old and future deliveries.

    Raises:
        ConfigurationError: the secret or the body cannot be used.
        WebhookVerificationError: a `FieldsSecret` was given, and the body does not have the fields that it signs.
    """
    secrets, problem = usable(secret)
    if problem is not None:
        # It may be plain text, which a traceback with local variables must not show.
        del secret
        raise ConfigurationError(problem)
    # Of the ways to write an amount, the last is the vendor's own.
    signed = _signed(_bytes(body), type(secrets[0]))[-1]
    return secrets[0].headers(signed, time.time() if now is None else now)


def _signed(raw: bytes, kind: type[Secret]) -> list[bytes]:
    """What a secret of the kind may have signed of a body."""
    return signed_texts(callback_fields(_object(raw))) if kind.signs_fields else [raw]


def _refuse_another_reading(own_id: str, signed: bytes) -> None:
    if can_be_read_otherwise(own_id, signed.decode("utf-8", "surrogatepass")):
        raise refused(
            Reason.AMBIGUOUS,
            "The five fields of the callback are signed without anything between them, and what was signed may mean "
            "another id, amount or currency.",
            "Look the payment up by the reference of your order, not by what the callback says.",
        )


def usable(secret: object) -> tuple[Sequence[Secret], str | None]:
    """The secrets, all of one class, or what is wrong with them; it raises nothing, so that no traceback holds them."""
    several: tuple[Any, ...] = tuple(secret) if is_collection(secret) else (secret,)
    kinds: set[type[Any]] = set(map(type, several))
    if not several:
        return (), "No webhook secret was given. Pass at least one."
    if not kinds <= set(_SCHEMES):
        strange = ", ".join(sorted(kind.__name__ for kind in kinds - set(_SCHEMES)))
        return (), (
            f"The webhook secret is of the type {strange}. Its class must say how deliveries are proved: pass "
            "TokenSecret(...), FieldsSecret(...) or BodySecret(...)."
        )
    if len(kinds) > 1:
        return (), (
            "The webhook secrets are of several kinds, so that the weakest one would be enough. Pass secrets of one "
            "kind; receive webhooks of another kind at an address of their own."
        )
    return several, None


def _bytes(body: object) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes", body))
    raise ConfigurationError(
        f"The body of the webhook was passed as {type(body).__name__}. Pass the raw bytes as they came, before "
        "anything parses or decodes them: request.body in Django, await request.body() in FastAPI, request.get_data() "
        "in Flask, await request.read() in aiohttp. What AWS Lambda gets is for webhooks.aws.body_and_headers(event)."
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        payload = loads(raw)
    except ValueError:
        # What the parser says quotes the body.
        raise refused(
            Reason.NOT_JSON, "The body of the webhook is not JSON.", _ASK
        ) from None
    if not is_object(payload):
        raise refused(
            Reason.NOT_AN_OBJECT,
            "The body of the webhook is JSON, but no object.",
            _ASK,
        )
    return payload


def _header(headers: object, kind: type[Secret]) -> str:
    """The one value of the scheme's header."""
    pairs = _pairs(headers, {one.header for one in _SCHEMES})
    found = [value for name, value in pairs if name == kind.header]
    if len(found) > 1:
        raise refused(
            Reason.REPEATED_HEADER,
            f"The webhook has more than one header {kind.header}, so that nobody can say which one counts.",
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
                f"The webhook has a header {other.header}, but none named {kind.header}, which {kind.__name__} reads.",
                f"If Plexy Pay sends these, receive them at an address of their own, with a {other.__name__}.",
            )
    raise refused(
        Reason.MISSING_HEADER,
        f"The webhook has no header {kind.header}, or an empty one.",
        "If Plexy Pay sent it, look for a proxy that drops the header.",
    )


def _pairs(headers: Any, wanted: set[str]) -> list[tuple[str, str]]:
    """The headers of these names, in lower case, and each of their values."""
    pairs: list[tuple[str, str]] = []
    try:
        for name, value in headers.items() if hasattr(headers, "items") else headers:
            if (lower := _plain(_text(name))) in wanted:
                values = (
                    cast("list[object]", value)
                    if isinstance(value, (list, tuple))
                    else [value]
                )
                pairs += [(lower, _text(one)) for one in values]
    except (TypeError, ValueError):
        raise ConfigurationError(
            "The headers of the webhook cannot be read. Pass the request's headers as your framework gives them: a "
            "mapping, or pairs of name and value, as text or bytes."
        ) from None
    return pairs


def _plain(name: str) -> str:
    """The name of a header, also where WSGI has it: `HTTP_X_SIGNATURE` is `x-signature`."""
    return name.lower().replace("_", "-").removeprefix("http-")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return value
    raise TypeError
