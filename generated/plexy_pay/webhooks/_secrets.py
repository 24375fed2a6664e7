# plexy-pay runtime, written by hand in runtime/webhooks/_secrets.py; the generator copies it unchanged.
"""Define the three verification schemes, each as a class of secret. The secret's class selects the scheme.

Each class verifies the headers and the body of a delivery, and makes the headers of a test delivery. Tokens and
signatures are compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from .._core.keys import MASK
from .._currencies import EXPONENTS
from ..errors import ConfigurationError
from ._errors import Reason, refused

_SCHEME_WORD = re.compile(r"bearer( |$)", re.IGNORECASE | re.ASCII)
_AUTHORIZATION = re.compile(
    r"(?:bearer +){0,2}([\x21-\x7e]+)", re.IGNORECASE | re.ASCII
)
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?", re.ASCII)
_CURRENCY = re.compile(r"(?<=[0-9])[A-Z]{3}", re.ASCII)
_UUID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
# No rotation needs more signatures. A header with more is an attempt to waste our time.
_MOST_SIGNATURES = 16
# A number with a larger exponent is not an amount. Writing it out would only fill the memory.
_MOST_DIGITS = 100


class Delivery(NamedTuple):
    """Hold the parts of a delivery that a secret verifies.

    Args:
        header: The value of the scheme's header.
        signed: The bytes that the scheme signs: the raw body, or the text of its fields.
        now: The time in seconds since 1970.
    """

    header: str
    signed: bytes
    now: float


class Secret(ABC):
    """Hold a secret that only Plexy Pay and you know. Its repr is ``********``, and it cannot be pickled or copied.

    Args:
        text: The secret.

    Raises:
        ConfigurationError: if the text cannot be a secret. The error shows no part of it.
    """

    __slots__ = ("_key",)

    scheme: ClassVar[str]
    header: ClassVar[str]
    signs_fields: ClassVar[bool] = False
    """Whether only fields of the parsed body are signed, so that the body must be parsed before it is trusted."""
    prefix: ClassVar[str] = ""
    """An optional prefix of the text that does not belong to the secret."""

    def __init__(self, text: str) -> None:
        problem = secret_problem(text, self.prefix)
        if problem is not None:
            del text  # A traceback with local variables must not show it.
            raise ConfigurationError(problem)
        self._key = text.removeprefix(self.prefix).encode("ascii")

    @abstractmethod
    def proves(self, delivery: Delivery) -> bool:
        """Return whether the delivery was made with this secret.

        Raises:
            WebhookVerificationError: if no secret can have made the delivery.
        """

    @abstractmethod
    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """Return the header that proves the signed bytes."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({MASK})"

    def __reduce__(self) -> str:
        raise TypeError(f"A {type(self).__name__} is never pickled or copied.")


def secret_problem(text: object, prefix: str = "") -> str | None:
    """Return the problem with the text of a secret, without any part of it; None if there is none."""
    if not isinstance(text, str):
        return (
            f"The webhook secret is a {type(text).__name__}, not text. Pass it as str."
        )
    if not text.removeprefix(prefix).strip():
        return (
            "The webhook secret is empty. Pass the one that was agreed with Plexy Pay."
        )
    if _SCHEME_WORD.match(text):
        return "The webhook secret begins with the word Bearer. Pass the token alone."
    if not text.isascii():
        return "The webhook secret has characters outside ASCII. Copy it again from where it is kept."
    if not text.isprintable() or " " in text:
        return "The webhook secret has white space or control characters, perhaps a line end. Pass it without them."
    return None


class TokenSecret(Secret):
    """Hold the token of `Authorization: Bearer <token>`, which `transaction.*` webhooks carry.

    The raw token, `Bearer <token>` and `Bearer Bearer <token>` are accepted: the header is documented with one
    `Bearer`, and merchants have seen all three forms. The token proves only that the sender knows it. It does not
    protect the body: anyone who learns the token can send any event, and a delivery can be replayed.

    Args:
        text: The token alone, without `Bearer`.
    """

    __slots__ = ()

    scheme = "token"
    header = "authorization"

    def proves(self, delivery: Delivery) -> bool:
        """Return whether the header holds the token."""
        matched = _AUTHORIZATION.fullmatch(delivery.header)
        if matched is None:
            raise refused(
                Reason.MALFORMED_HEADER,
                "The header Authorization of the webhook is not a token, alone or after Bearer.",
                "If Plexy Pay sent it, compare how your webhooks are set up.",
            )
        # The hashes have equal lengths, so the time does not reveal even the length of the token.
        return hmac.compare_digest(
            _sha256(matched[1].encode("ascii")), _sha256(self._key)
        )

    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """Return the header in its documented form, with one `Bearer`."""
        return {"Authorization": f"Bearer {self._key.decode('ascii')}"}


class FieldsSecret(Secret):
    """Hold your private API key, which signs five fields of the callbacks of 2023 in `x-signature`.

    The signature covers `id`, `amount`, `currency`, `order_reference` (`orderReference` in the body) and `success`,
    joined without separators. So a delivery is refused if its signed text can also be split into another id, amount or
    currency. An id that is a UUID makes the split unique: the amount then ends where the letters of an ISO 4217 code
    begin. The docs of 2023 call the id of a transaction a Guid; for the callback's id this is inferred. No other field
    of the body is signed. So a delivery verified this way is always a `PaymentCallback`, whatever the rest of the body
    says.

    Args:
        text: The private key, with or without the prefix `pr_`, which does not belong to the secret.
    """

    __slots__ = ()

    scheme = "fields"
    header = "x-signature"
    signs_fields = True
    prefix = "pr_"

    def proves(self, delivery: Delivery) -> bool:
        """Return whether the header is the HMAC-SHA256 of the five fields."""
        given = _digest_in(delivery.header, "x-signature")
        return hmac.compare_digest(given, self._sign(delivery.signed))

    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """Return the header for the text of the five fields."""
        return {"x-signature": self._sign(signed).hex()}

    def _sign(self, text: bytes) -> bytes:
        return hmac.digest(self._key, text, hashlib.sha256)


class BodySecret(Secret):
    """Hold the secret that signs the whole body of v2 events, in `Plexy-Signature: t=<seconds>,v1=<hex>`.

    The timestamp is not signed. The tolerance refuses delayed deliveries, but an attacker who intercepted a delivery
    can replay it with a new timestamp. Only `dedup_id` protects against that.

    Args:
        text: The secret.
        tolerance: The largest difference in seconds between the timestamp and the clock, in the past or the future.
    """

    __slots__ = ("tolerance",)

    scheme = "body"
    header = "plexy-signature"

    def __init__(self, text: str, *, tolerance: float = 300) -> None:
        problem = secret_problem(text)
        if type(tolerance) not in (int, float) or not 0 < tolerance < 10**9:
            problem = (
                "The tolerance of a BodySecret must be a number of seconds above 0."
            )
        if problem is not None:
            del text  # A traceback with local variables must not show it.
            raise ConfigurationError(problem)
        super().__init__(text)
        self.tolerance: float = tolerance

    def proves(self, delivery: Delivery) -> bool:
        """Return whether one of the header's signatures is the HMAC-SHA256 of the body.

        The signatures are checked before the timestamp, because a wrong timestamp points to a wrong clock only if the
        delivery is genuine.

        Raises:
            WebhookVerificationError: if the header is malformed, or the timestamp is outside the tolerance.
        """
        timestamp, signatures = _parts(delivery.header)
        expected = self._sign(delivery.signed)
        if True not in [hmac.compare_digest(given, expected) for given in signatures]:
            return False
        age = delivery.now - timestamp
        if abs(age) <= self.tolerance:
            return True
        reason, direction = Reason.TOO_NEW, "future"
        if age > 0:
            reason, direction = Reason.TOO_OLD, "past"
        raise refused(
            reason,
            f"The timestamp of the webhook is more than {self.tolerance:g} seconds in the {direction}.",
            "If that happens often, set the clock of this machine, or give BodySecret a larger tolerance.",
        )

    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """Return the header for a body at a time."""
        return {"Plexy-Signature": f"t={int(now)},v1={self._sign(signed).hex()}"}

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)


def _sha256(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _digest_in(text: str, header: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise refused(
            Reason.MALFORMED_HEADER,
            f"The header {header} of the webhook is not a signature of 64 hexadecimal digits.",
            "If Plexy Pay sent it, compare how your webhooks are set up.",
        )
    return bytes.fromhex(text)


def _parts(header: str) -> tuple[int, Sequence[bytes]]:
    """Return the timestamp and the signatures of `Plexy-Signature`. Other parts of the header are ignored."""
    parts = [part.strip(" ").partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    fits = len(times) == 1 and 0 < len(signatures) <= _MOST_SIGNATURES
    if not (
        fits and _TIMESTAMP.fullmatch(times[0]) and all(map(_HEX.fullmatch, signatures))
    ):
        raise refused(
            Reason.MALFORMED_HEADER,
            "The header Plexy-Signature of the webhook does not have the form t=<seconds>,v1=<64 hexadecimal digits>.",
            "If Plexy Pay sent it, compare how your webhooks are set up.",
        )
    return int(times[0]), [bytes.fromhex(value) for value in signatures]


def signed_texts(fields: Mapping[str, Any]) -> list[bytes]:
    """Return the texts that a `FieldsSecret` may have signed: the five fields of a body, joined without separators.

    The number in `amount` has several spellings, and the vendor's code signs PHP's spelling. So the texts include the
    spelling of the body and the one without trailing zeros.

    Raises:
        WebhookVerificationError: if a field is missing or has a wrong type.
    """
    own_id = fields.get("id")
    amount = fields.get("amount")
    currency = fields.get("currency")
    success = fields.get("success")
    reference = fields.get("orderReference")
    if reference is None:
        reference = ""  # The vendor's code adds nothing for a missing reference.
    ways = _written(amount)
    if not (
        isinstance(own_id, str)
        and own_id
        and ways
        and isinstance(currency, str)
        and currency in EXPONENTS
        and isinstance(reference, str)
        and isinstance(success, bool)
    ):
        raise refused(
            Reason.MALFORMED_BODY,
            "The callback lacks one of the signed fields (id, amount, currency, orderReference, success), or one of "
            "them has a wrong type.",
            "If it is another event, verify it with the secret of its own scheme.",
        )
    end = f"{currency}{reference}{'true' if success else 'false'}"
    return [f"{own_id}{way}{end}".encode("utf-8", "surrogatepass") for way in ways]


def can_be_read_otherwise(own_id: str, text: str) -> bool:
    """Return whether a signed text may mean another id, amount or currency than the body states.

    An id that begins with a UUID is that UUID. Any other id may end with digits, or contain an amount and a currency.
    """
    uuid = _UUID.match(text)
    if uuid is not None:
        return own_id != uuid[0]
    return len(list(islice(_readings(text), 2))) != 1


def _readings(text: str) -> Iterator[tuple[int, int]]:
    """Yield the possible positions of the amount and the currency in a text, if the id may be any text."""
    for currency in _CURRENCY.finditer(text):
        if currency[0] in EXPONENTS:
            end = currency.start()
            for begin in range(end - 1, 0, -1):
                if _NUMBER.fullmatch(text, begin, end):
                    yield begin, end
                elif text[begin] not in "-.0123456789":
                    break


def _written(amount: object) -> list[str]:
    """Return the possible spellings of an amount in a signed text; none if the value is not an amount."""
    if isinstance(amount, Decimal) and abs(amount.adjusted()) <= _MOST_DIGITS:
        text = f"{amount:f}"
        # The vendor's PHP drops trailing zeros. Code that does not read JSON numbers as floats keeps them.
        short = text.rstrip("0").rstrip(".") if "." in text else text
        return [text] if short == text else [text, short]
    if isinstance(amount, int) and not isinstance(amount, bool):
        return [str(amount)]
    return [amount] if isinstance(amount, str) and _NUMBER.fullmatch(amount) else []
