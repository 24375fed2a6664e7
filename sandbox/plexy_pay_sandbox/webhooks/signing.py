"""Sign a delivery, in each of the three schemes.

These few lines are the sandbox's own: a stand-in that signed with the client's code would share its mistakes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from secrets import token_hex
from typing import Any, Final, cast

from .. import wire

KEY_PREFIX: Final = "pr_"
"""What a private key begins with; it is no part of what callbacks are signed with."""


class Scheme(StrEnum):
    """The scheme that proves a delivery."""

    TOKEN = "token"  # noqa: S105 (a name)
    """The token in `Authorization`."""
    FIELDS = "fields"
    """The callback of 2023: `x-signature` over five fields."""
    BODY = "body"
    """v2: `Plexy-Signature` over the body."""


HEADERS: Final[Mapping[str, Scheme]] = {
    "authorization": Scheme.TOKEN,
    "x-signature": Scheme.FIELDS,
    "plexy-signature": Scheme.BODY,
}
"""The header that carries the token or the signature of each scheme, in lower case."""


class Authorization(StrEnum):
    """The spelling of the token in `Authorization`; merchants have seen all three."""

    BEARER = "bearer"
    RAW = "raw"
    DOUBLED = "doubled"


_BEFORE_THE_TOKEN: Final[Mapping[Authorization, str]] = {
    Authorization.BEARER: "Bearer ",
    Authorization.RAW: "",
    Authorization.DOUBLED: "Bearer Bearer ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The secret of each scheme. They are never shown.

    Args:
        token: What `Authorization` carries.
        private_key: Its part behind `pr_` signs callbacks.
        secret: What signs the bodies of v2.

    Raises:
        ValueError: if one is empty, or cannot stand in a header.
    """

    token: str = field(repr=False)
    private_key: str = field(repr=False)
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        for text in (
            self.token,
            self.private_key.removeprefix(KEY_PREFIX),
            self.secret,
        ):
            if not (
                text and text.isascii() and text.isprintable() and text == text.strip()
            ):
                raise ValueError(
                    "A webhook token, secret or private key must be printable ASCII and not empty, "
                    "without spaces around it."
                )

    @classmethod
    def of_a_stranger(cls) -> Secrets:
        """Return secrets that nobody knows, for forgeries."""
        return cls(token=token_hex(16), private_key=token_hex(16), secret=token_hex(16))

    def headers(
        self,
        scheme: Scheme,
        content: bytes,
        text: str,
        now: int,
        authorization: Authorization,
    ) -> dict[str, str]:
        """Return the header that proves a delivery.

        Args:
            scheme: The scheme to sign the delivery with.
            content: The body.
            text: The five fields of a callback, one behind the other.
            now: Seconds since 1970.
            authorization: How the token is written.
        """
        if scheme is Scheme.TOKEN:
            return {"Authorization": _BEFORE_THE_TOKEN[authorization] + self.token}
        if scheme is Scheme.FIELDS:
            return {
                "x-signature": _hmac(
                    self.private_key.removeprefix(KEY_PREFIX), text.encode()
                )
            }
        return {"Plexy-Signature": f"t={now},v1={_hmac(self.secret, content)}"}


def signed_text(payload: object) -> str:
    """Return what a callback signs: id, amount, currency, orderReference, and `true` or `false` for success.

    A field that is missing adds nothing, as in the vendor's code.
    """
    if not isinstance(payload, Mapping):
        return ""
    fields = cast("Mapping[str, Any]", payload)
    texts = [
        _text(fields.get(name))
        for name in ("id", "amount", "currency", "orderReference")
    ]
    return "".join(texts) + ("true" if fields.get("success") is True else "false")


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return wire.plain(value)
    return (
        str(value)
        if isinstance(value, (str, int)) and not isinstance(value, bool)
        else ""
    )


def _hmac(key: str, message: bytes) -> str:
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
