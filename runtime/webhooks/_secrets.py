# plexy-pay runtime, written by hand in runtime/webhooks/_secrets.py; the generator copies it unchanged.
"""The three ways in which a delivery is proved, one class of secret each: the class that you pass chooses the way.

Each class checks the headers and the body of a delivery, and makes the headers of a test delivery. Texts are compared
as bytes in constant time.
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
# A header with more signatures than any rotation needs is an attempt to make us count.
_MOST_SIGNATURES = 16
# Nor is a number with an exponent like this an amount: written out it would only fill the memory.
_MOST_DIGITS = 100


class Delivery(NamedTuple):
    """What a secret looks at.

    Args:
        header: The value of the scheme's header.
        signed: What the scheme signs: the raw body, or the text of its fields.
        now: Seconds since 1970.
    """

    header: str
    signed: bytes
    now: float


class Secret(ABC):
    """What only Plexy Pay and you know. It shows itself as ``********``, and cannot be pickled or copied.

    Args:
        text: The secret.

    Raises:
        ConfigurationError: if the text cannot be a secret; no part of it is shown.
    """

    __slots__ = ("_key",)

    scheme: ClassVar[str]
    header: ClassVar[str]
    signs_fields: ClassVar[bool] = False
    """Whether only fields of the parsed body are signed, so that the body must be read before it is trusted."""
    prefix: ClassVar[str] = ""
    """What the text may begin with that is no part of the secret."""

    def __init__(self, text: str) -> None:
        problem = secret_problem(text, self.prefix)
        if problem is not None:
            del text  # A traceback with local variables must not show it.
            raise ConfigurationError(problem)
        self._key = text.removeprefix(self.prefix).encode("ascii")

    @abstractmethod
    def proves(self, delivery: Delivery) -> bool:
        """Whether the delivery was made with this secret.

        Raises:
            WebhookVerificationError: if it can be made with no secret at all.
        """

    @abstractmethod
    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """The header that proves what the scheme signs."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({MASK})"

    def __reduce__(self) -> str:
        raise TypeError(f"A {type(self).__name__} is never pickled or copied.")


def secret_problem(text: object, prefix: str = "") -> str | None:
    """What is wrong with the text of a secret, without any part of it; None if nothing is."""
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
    """The token of `Authorization: Bearer <token>`, as `transaction.*` webhooks carry it.

    The raw token, `Bearer <token>` and `Bearer Bearer <token>` are taken: the first is documented with one `Bearer`,
    and merchants have seen all three. It proves that the sender knows the token. It says nothing about the body:
    whoever learns the token can send any event, and a delivery can be sent again.

    Args:
        text: The token alone, without `Bearer`.
    """

    __slots__ = ()

    scheme = "token"
    header = "authorization"

    def proves(self, delivery: Delivery) -> bool:
        """Whether the header is the token."""
        matched = _AUTHORIZATION.fullmatch(delivery.header)
        if matched is None:
            raise refused(
                Reason.MALFORMED_HEADER,
                "The header Authorization of the webhook is not a token, alone or after Bearer.",
                "If Plexy Pay sent it, compare how your webhooks are set up.",
            )
        # Of equal length, so that the time does not even tell how long the token is.
        return hmac.compare_digest(
            _sha256(matched[1].encode("ascii")), _sha256(self._key)
        )

    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """The header as it is documented, with one `Bearer`."""
        return {"Authorization": f"Bearer {self._key.decode('ascii')}"}


class FieldsSecret(Secret):
    """Your private API key, with which the callbacks of 2023 sign five of their fields in `x-signature`.

    Signed are `id`, `amount`, `currency`, `orderReference` and `success`, one after the other without anything between
    them. So a delivery is refused if the text that was signed can be divided into another id, amount or currency. It
    cannot where the id is a UUID: then the amount ends where the letters of an ISO 4217 code begin. The docs of 2023
    call the id of a transaction a Guid; that the callback's id is one is inferred. Nothing else in the body is signed.
    Therefore a delivery proved so is always a `PaymentCallback`, whatever else it says.

    Args:
        text: The private key, with or without its `pr_`, which is not part of the secret.
    """

    __slots__ = ()

    scheme = "fields"
    header = "x-signature"
    signs_fields = True
    prefix = "pr_"

    def proves(self, delivery: Delivery) -> bool:
        """Whether the header is the HMAC-SHA256 of the five fields."""
        given = _digest_in(delivery.header, "x-signature")
        return hmac.compare_digest(given, self._sign(delivery.signed))

    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """The header for the text of the five fields."""
        return {"x-signature": self._sign(signed).hex()}

    def _sign(self, text: bytes) -> bytes:
        return hmac.digest(self._key, text, hashlib.sha256)


class BodySecret(Secret):
    """The secret with which v2 signs the whole body in `Plexy-Signature: t=<seconds>,v1=<hex>`.

    The timestamp is not part of what is signed: the tolerance keeps out deliveries that were held back, but whoever
    caught a delivery can send it again with a timestamp of today. Only `dedup_id` responses that.

    Args:
        text: The secret.
        tolerance: By how many seconds the timestamp may be off the clock, in the past and in the future.
    """

    __slots__ = ("tolerance",)

    scheme = "body"
    header = "plexy-signature"

    def __init__(self, text: str, *, tolerance: float = 300) -> None:
        problem = secret_problem(text)
        if type(tolerance) not in (int, float) or not 0 < tolerance < 10**9:
            problem = "The tolerance of a BodySecret is a number of seconds above 0."
        if problem is not None:
            del text  # A traceback with local variables must not show it.
            raise ConfigurationError(problem)
        super().__init__(text)
        self.tolerance: float = tolerance

    def proves(self, delivery: Delivery) -> bool:
        """Whether one of the header's signatures is the HMAC-SHA256 of the body, and its timestamp is of now.

        The signature is looked at first: a timestamp that is off tells of a clock only if the delivery is genuine.
        """
        timestamp, signatures = _parts(delivery.header)
        expected = self._sign(delivery.signed)
        if True not in [hmac.compare_digest(given, expected) for given in signatures]:
            return False
        age = delivery.now - timestamp
        if abs(age) <= self.tolerance:
            return True
        late, past = age > 0, "past" if age > 0 else "future"
        raise refused(
            Reason.TOO_OLD if late else Reason.TOO_NEW,
            f"The timestamp of the webhook is more than {self.tolerance:g} seconds in the {past}.",
            "If that happens often, set the clock of this machine, or give BodySecret a larger tolerance.",
        )

    def headers(self, signed: bytes, now: float) -> dict[str, str]:
        """The header for a body at a time."""
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
    """The timestamp and the signatures of `Plexy-Signature`; parts of other names are passed over."""
    parts = [part.strip(" ").partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    fits = len(times) == 1 and 0 < len(signatures) <= _MOST_SIGNATURES
    if not (
        fits and _TIMESTAMP.fullmatch(times[0]) and all(map(_HEX.fullmatch, signatures))
    ):
        raise refused(
            Reason.MALFORMED_HEADER,
            "The header Plexy-Signature of the webhook is not of the form t=<seconds>,v1=<64 hexadecimal digits>.",
            "If Plexy Pay sent it, compare how your webhooks are set up.",
        )
    return int(times[0]), [bytes.fromhex(value) for value in signatures]


def signed_texts(fields: Mapping[str, Any]) -> list[bytes]:
    """What `FieldsSecret` signs: the five fields of a body one after the other.

    The number of `amount` can be written in more than one way, and the vendor's code signs it as PHP prints it: as
    it came, and without zeros at the end, are both tried.

    Raises:
        WebhookVerificationError: if a field is missing, or of another kind.
    """
    own_id, amount, currency = (
        fields.get("id"),
        fields.get("amount"),
        fields.get("currency"),
    )
    success, reference = fields.get("success"), fields.get("orderReference")
    if reference is None:
        reference = ""  # Without one, the vendor's code adds nothing.
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
            "The callback lacks one of the fields that are signed (id, amount, currency, orderReference, success), "
            "or one is of another kind.",
            "If it is an event of another kind, verify it with the secret of its own scheme.",
        )
    end = f"{currency}{reference}{'true' if success else 'false'}"
    return [f"{own_id}{way}{end}".encode("utf-8", "surrogatepass") for way in ways]


def can_be_read_otherwise(own_id: str, text: str) -> bool:
    """Say whether a text that was signed may mean another id, amount or currency than it is said to.

    An id that begins with a UUID is that UUID. Any other id may end with digits, or hold an amount and a currency.
    """
    uuid = _UUID.match(text)
    if uuid is not None:
        return own_id != uuid[0]
    return len(list(islice(_readings(text), 2))) != 1


def _readings(text: str) -> Iterator[tuple[int, int]]:
    """Give where the amount and the currency of a text may begin, if its id may be any text."""
    for currency in _CURRENCY.finditer(text):
        if currency[0] in EXPONENTS:
            end = currency.start()
            for begin in range(end - 1, 0, -1):
                if _NUMBER.fullmatch(text, begin, end):
                    yield begin, end
                elif text[begin] not in "-.0123456789":
                    break


def _written(amount: object) -> list[str]:
    """The ways in which an amount may have been written when it was signed; none if it is no amount."""
    if isinstance(amount, Decimal) and abs(amount.adjusted()) <= _MOST_DIGITS:
        text = f"{amount:f}"
        # The vendor's PHP drops the zeros at the end; what does not read JSON into floats keeps them.
        return list(
            dict.fromkeys((text, text.rstrip("0").rstrip(".") if "." in text else text))
        )
    if isinstance(amount, int) and not isinstance(amount, bool):
        return [str(amount)]
    return [amount] if isinstance(amount, str) and _NUMBER.fullmatch(amount) else []
