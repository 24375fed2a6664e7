"""Explain how a delivery is signed: which text, with which secret, and how a shop verifies it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..access import Access
from ..webhooks.sender import Delivery
from ..webhooks.signing import KEY_PREFIX, Scheme
from .python_text import text

_SECRETS: Final[Mapping[Scheme, tuple[str, str, str]]] = {
    Scheme.TOKEN: ("webhook_token", "TokenSecret", "PLEXY_WEBHOOK_TOKEN"),
    Scheme.FIELDS: ("webhook_private_key", "FieldsSecret", "PLEXY_WEBHOOK_PRIVATE_KEY"),
    Scheme.BODY: ("webhook_secret", "BodySecret", "PLEXY_WEBHOOK_SECRET"),
}
_HEADERS: Final[Mapping[Scheme, str]] = {
    Scheme.TOKEN: "Authorization",
    Scheme.FIELDS: "x-signature",
    Scheme.BODY: "Plexy-Signature",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Represent one step of an explanation: a sentence, and a text that belongs to it."""

    says: str
    shows: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Represent the signature of a delivery, explained.

    Attributes:
        steps: What to do, one after the other.
        verdict: What comes of it; None before the first try.
        is_right: Whether the signature is right.
        code: The program that verifies it.
    """

    code: str
    steps: list[Step] = field(default_factory=list[Step])
    verdict: str | None = None
    is_right: bool = True


def explained(delivery: Delivery, access: Access) -> Explanation:
    """Return the signature of a delivery, explained.

    Args:
        delivery: The delivery.
        access: The secrets; those that were given are not shown.
    """
    scheme = delivery.message.scheme
    steps = {Scheme.TOKEN: _token, Scheme.FIELDS: _fields, Scheme.BODY: _body}
    verdict, is_right = _verdict(delivery, access)
    return Explanation(
        _code(scheme, access), steps[scheme](delivery, access), verdict, is_right
    )


def headers_of(delivery: Delivery, access: Access) -> dict[str, str]:
    """Return the headers of the latest try, without a token that was given."""
    shown = access.shown()["webhook_token"]
    return {
        name: value.replace(access.webhook_token, shown)
        for name, value in _sent_headers(delivery).items()
    }


def _token(delivery: Delivery, access: Access) -> list[Step]:
    return [
        Step(
            "Nothing is signed: the header Authorization carries a token that only you and Plexy Pay know."
        ),
        Step("The token of this sandbox:", access.shown()["webhook_token"]),
        Step(
            "Take Bearer off the header, and compare the rest with your token in constant time (hmac.compare_digest)."
        ),
        Step(
            "The token says nothing about the body. Fetch the transaction before you hand over anything of value."
        ),
    ]


def _fields(delivery: Delivery, access: Access) -> list[Step]:
    message = delivery.message
    return [
        Step(
            "Five fields of the body are joined without anything in between: id, amount, currency, orderReference, "
            "and true or false for success:",
            message.text,
        ),
        Step(
            f"The secret is your private key without {KEY_PREFIX}:",
            access.shown()["webhook_private_key"].removeprefix(KEY_PREFIX),
        ),
        Step(
            "The signature is the HMAC-SHA256 of that text with that secret, in hex:",
            _hmac(_key_of(access, Scheme.FIELDS), message.text.encode()),
        ),
        Step("Compare it with the header x-signature in constant time."),
    ]


def _body(delivery: Delivery, access: Access) -> list[Step]:
    return [
        Step(
            "The raw body is signed, byte for byte as it arrived: do not parse it and write it again."
        ),
        Step("The secret of this sandbox:", access.shown()["webhook_secret"]),
        Step(
            "The signature is the HMAC-SHA256 of the body with that secret, in hex:",
            _hmac(access.webhook_secret, delivery.message.content),
        ),
        Step(
            "The header Plexy-Signature is t=<seconds since 1970>,v1=<signature>. Compare the part behind v1= in "
            "constant time, and refuse a delivery whose t is more than five minutes away."
        ),
    ]


def _verdict(delivery: Delivery, access: Access) -> tuple[str | None, bool]:
    if delivery.message.forged:
        return (
            "This delivery is forged: it was signed with a secret that nobody knows, and a shop must refuse it.",
            False,
        )
    scheme = delivery.message.scheme
    header = _sent_headers(delivery).get(_HEADERS[scheme])
    if header is None:
        return None, True
    proofs = {
        Scheme.TOKEN: access.webhook_token,
        Scheme.FIELDS: _hmac(
            _key_of(access, Scheme.FIELDS), delivery.message.text.encode()
        ),
        Scheme.BODY: _hmac(access.webhook_secret, delivery.message.content),
    }
    is_right = header.endswith(proofs[scheme])
    said = "is right" if is_right else "is not right"
    return f"The header {_HEADERS[scheme]} of the latest try {said}.", is_right


def _sent_headers(delivery: Delivery) -> Mapping[str, str]:
    return delivery.attempts[-1].headers if delivery.attempts else {}


def _code(scheme: Scheme, access: Access) -> str:
    name, secret, variable = _SECRETS[scheme]
    shown = access.shown()[name]
    lines = ["from plexy_pay import webhooks", ""]
    value = text(shown)
    if shown != getattr(access, name):
        # What was given is not shown: it may be a real one by mistake.
        lines.insert(0, "import os\n")
        value = f"os.environ[{text(variable)}]"
    lines += [
        f"secret = webhooks.{secret}({value})",
        "# Of your web framework: the raw body in bytes, and the headers.",
        "event = webhooks.unwrap(body, headers, secret=secret)",
        "print(event.name)",
    ]
    return "\n".join(lines) + "\n"


def _key_of(access: Access, scheme: Scheme) -> str:
    key: str = getattr(access, _SECRETS[scheme][0])
    return key.removeprefix(KEY_PREFIX)


def _hmac(key: str, message: bytes) -> str:
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
