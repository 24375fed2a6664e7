# plexy-pay runtime, written by hand in runtime/cards.py; the generator copies it unchanged.
"""Check and encrypt card data for host-to-host payments, and show them nowhere.

    card = cards.Card(number=..., expiry_month=..., expiry_year=..., cvv=..., holder=...)
    card_data = card.encrypt(client.direct_payments.keys(), padding=cards.Padding.OAEP_SHA256)

Encryption needs the extra: `pip install 'plexy-pay[cards]'`. PCI DSS applies to everyone who takes card data. With a
payment link, card data never reach you.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple, NoReturn, SupportsIndex, final

from ._core import hints as _hints
from ._core.encoding import is_array, is_mapping, is_object
from ._core.frames import forgets
from ._core.keys import MASK
from .errors import ConfigurationError, InvalidParameterError

__all__ = (
    "Card",
    "InvalidCardError",
    "Padding",
    "ThreeDSCallback",
    "ThreeDSCallbackError",
    "browser_details",
    "read_three_ds_callback",
)

# OAEP with SHA-256 and the smallest key cannot encrypt more bytes.
_LONGEST_HOLDER = 190
_SMALLEST_KEY = 2048
_TOO_LARGE = 10**9
_LONGEST_CRES, _LONGEST_SESSION_DATA = 65_536, 4_096
# The colour depths that EMV 3-D Secure knows.
_DEPTHS = (48, 32, 24, 16, 15, 8, 4, 1)


class InvalidCardError(InvalidParameterError):
    """Raised when the input is not a chargeable card. Nothing was sent. The message holds no part of the input.

    Attributes:
        field: The wrong field: `number`, `expiry`, `cvv` or `holder`.
    """

    field: str = ""


class ThreeDSCallbackError(InvalidParameterError):
    """Raised when a posted form cannot be the bank's response. Nothing was sent; the payment still waits."""


class Padding(StrEnum):
    """Represent the RSA padding of the encrypted fields.

    The API does not document the padding. Its docs of 2023 say only: RSA, one ciphertext for each field, Base64. Ask
    Plexy Pay before you go live. The client has no default, so that nobody relies on a guess.
    """

    PKCS1_V1_5 = "pkcs1-v1_5"
    """PKCS #1 v1.5. Not documented for this API. The default of many older RSA libraries."""
    OAEP_SHA1 = "oaep-sha1"
    """OAEP with SHA-1 and MGF1 with SHA-1. Not documented for this API. Most libraries call it plain "OAEP"."""
    OAEP_SHA256 = "oaep-sha256"
    """OAEP with SHA-256 and MGF1 with SHA-256. Not documented for this API."""


class _Secret:
    """Hold a text that is never shown, copied or pickled. Only `reveal` returns it."""

    __slots__ = ("reveal",)

    def __init__(self, text: str) -> None:
        # No attribute holds the text itself, so tools that walk through objects to store or show them never find it.
        self.reveal: Callable[[], str] = lambda: text

    def __repr__(self) -> str:
        return MASK

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("Card data are never pickled or copied.")

    def __getstate__(self) -> NoReturn:
        raise TypeError("Card data are never pickled or copied.")


@final
class Card:
    """Represent a card as the payer typed it. The constructor checks the input. A card cannot be copied or pickled.

    The repr shows no part of the card. Two cards are equal only if they are the same object.

    Attributes:
        last_four: The last four digits of the number. PCI DSS lets you show and keep them. The repr still leaves them
            out, as the models of responses do with `card_mask`.
    """

    __slots__ = ("__secrets", "last_four")

    last_four: str

    @forgets
    def __init__(
        self,
        *,
        number: str,
        expiry_month: int | str,
        expiry_year: int | str,
        cvv: str,
        holder: str,
        today: date | None = None,
    ) -> None:
        """Check the input.

        Args:
            number: 12 to 19 digits. Spaces and dashes between them are removed.
            expiry_month: 1 to 12, or `"01"` to `"12"`.
            expiry_year: The year with two or four digits, such as `"27"` or `2027`. A card is valid until the end of
                its month.
            cvv: The security code, three or four digits. Never store it.
            holder: The name on the card.
            today: The day on which the card must be valid. By default, today in the last time zone to begin the day.

        Raises:
            InvalidCardError: if the input cannot be a card, or the card has expired.
            InvalidParameterError: if `today` is not a date.
        """
        if today is None:
            today = (datetime.now(UTC) - timedelta(hours=12)).date()
        if not isinstance(today, date):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidParameterError(
                "today is not a date. Nothing was sent. Pass a datetime.date, or leave it out."
            )
        secrets, field, problem = _read(
            number, expiry_month, expiry_year, cvv, holder, today
        )
        if problem:
            raise InvalidCardError(f"{field}: {problem} Nothing was sent.", field=field)
        self.__secrets = secrets
        self.last_four = secrets["card_number"].reveal()[-4:]

    @forgets
    def encrypt(
        self,
        public_key: _hints.models.KeyResponse | str | bytes,
        *,
        padding: Padding,
        year_digits: Literal[2, 4] = 2,
    ) -> _hints.models.CardData:
        """Encrypt each field with RSA, in Base64, and return the `card_data` of `direct_payments.create`.

        The docs of 2023 name the five fields and say: RSA, one ciphertext for each, Base64. The formats of the month
        (`07`) and the year (`27`) are inferred: responses and the list of test cards write them so (`07/27`).

        Args:
            public_key: The response of `client.direct_payments.keys()`, or the key itself in PEM. The live and the test
                environment have different keys.
            padding: The RSA padding. The API does not document it; see `Padding`.
            year_digits: The number of digits of the encrypted year.

        Raises:
            ConfigurationError: if the key is not an RSA key of at least 2048 bits, or `cryptography` is not installed.
        """
        seal = _sealer(public_key, padding)
        from .models import CardData

        secrets = self.__secrets
        year = (
            secrets["expiry_year"]
            if year_digits == 2
            else secrets["expiry_year_in_full"]
        )
        return CardData(
            encrypted_card_number=seal(secrets["card_number"]),
            encrypted_expiry_month=seal(secrets["expiry_month"]),
            encrypted_expiry_year=seal(year),
            encrypted_cvv=seal(secrets["cvv"]),
            encrypted_cardholder_name=seal(secrets["cardholder_name"]),
        )

    def __repr__(self) -> str:
        return f"Card({MASK})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            "A card is never pickled or copied. Encrypt it, and do not store what encrypt() returns either."
        )

    def __getstate__(self) -> NoReturn:
        raise TypeError("A card is never pickled or copied.")


def _read(
    number: object,
    month: object,
    year: object,
    cvv: object,
    holder: object,
    today: date,
) -> tuple[dict[str, _Secret], str, str]:
    """Return the texts to encrypt, or the wrong field and its problem, which shows no part of the input."""
    from ._core.redaction import luhn

    digits = number.replace(" ", "").replace("-", "") if isinstance(number, str) else ""
    if not re.fullmatch("[0-9]{12,19}", digits):
        return (
            {},
            "number",
            "A card number is text of 12 to 19 digits, optionally with spaces or dashes.",
        )
    if not luhn(digits):
        return (
            {},
            "number",
            "The card number is mistyped: its check digit is wrong.",
        )
    mm, yy = _plain(month), _plain(year)
    if not re.fullmatch("0?[1-9]|1[0-2]", mm) or not re.fullmatch("(20)?[0-9]{2}", yy):
        return (
            {},
            "expiry",
            "The expiry is a month from 1 to 12, and a year with two or four digits.",
        )
    if (2000 + int(yy[-2:]), int(mm)) < (today.year, today.month):
        return {}, "expiry", "The card has expired."
    code = cvv.strip() if isinstance(cvv, str) else ""
    if not re.fullmatch("[0-9]{3,4}", code):
        return {}, "cvv", "The security code is text of three or four digits."
    name = " ".join(holder.split()) if isinstance(holder, str) else ""
    if not name or not name.isprintable() or len(name.encode()) > _LONGEST_HOLDER:
        return (
            {},
            "holder",
            f"The name on the card is non-empty text of at most {_LONGEST_HOLDER} bytes.",
        )
    texts = {
        "card_number": digits,
        "expiry_month": f"{int(mm):02}",
        "expiry_year": yy[-2:],
        "expiry_year_in_full": f"20{yy[-2:]}",
        "cvv": code,
        "cardholder_name": name,
    }
    return {field: _Secret(text) for field, text in texts.items()}, "", ""


def _plain(value: object) -> str:
    """Return a whole number as text; the empty text if the value is neither text nor a number of a few digits."""
    if isinstance(value, str):
        return value.strip()
    # Python refuses to write a number of thousands of digits, and no field here needs so many.
    plain = (
        isinstance(value, int)
        and not isinstance(value, bool)
        and abs(value) < _TOO_LARGE
    )
    return str(value) if plain else ""


def _sealer(public_key: object, padding: Padding) -> Callable[[_Secret], str]:
    """Return the function that encrypts one field."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import padding as paddings
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.hashes import SHA1, SHA256
        from cryptography.hazmat.primitives.serialization import (
            load_der_public_key,
            load_pem_public_key,
        )
    except ImportError:
        raise ConfigurationError(
            "Card data cannot be encrypted without cryptography. Nothing was sent. Install it: "
            "pip install 'plexy-pay[cards]', or cryptography alone."
        ) from None
    if padding not in set(Padding):
        raise ConfigurationError(
            "padding is not a member of cards.Padding. Nothing was sent. The docs of cards.Padding explain the choice."
        )
    content: Any = getattr(public_key, "public_key", public_key)
    key: object = None
    try:
        if isinstance(content, str):
            content = content.encode()
        # The API does not document the fields of Get Keys: the key may come without its PEM header and footer.
        if isinstance(content, bytes) and b"-----BEGIN" in content:
            key = load_pem_public_key(content)
        elif isinstance(content, bytes):
            key = load_der_public_key(base64.b64decode(content))
    except (ValueError, UnsupportedAlgorithm):
        pass
    if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY:
        raise ConfigurationError(
            f"public_key is not an RSA public key of at least {_SMALLEST_KEY} bits in PEM. Nothing was sent. Pass the "
            "response of client.direct_payments.keys(), or the key that Plexy Pay gave you."
        )
    scheme: Any = paddings.PKCS1v15()
    if padding != Padding.PKCS1_V1_5:
        hashing = SHA1 if padding == Padding.OAEP_SHA1 else SHA256
        scheme = paddings.OAEP(paddings.MGF1(hashing()), hashing(), None)
    rsa = key
    return lambda secret: base64.b64encode(
        rsa.encrypt(secret.reveal().encode(), scheme)
    ).decode()


@forgets
def browser_details(
    *,
    user_agent: str,
    accept_header: str,
    language: str,
    color_depth: int | str,
    screen_height: int | str,
    screen_width: int | str,
    time_zone: int | str,
    java_enabled: bool | str = False,
) -> _hints.params.BrowserDetailsParams:
    """Return the `browser_details` of `direct_payments.create`, from headers and from values read in the browser.

    The docs of 2023 require all of them, with the numbers as text. Read them in the browser, not on your server.

    Args:
        user_agent: The `User-Agent` header of the payer's request.
        accept_header: The `Accept` header of the payer's request.
        language: `navigator.language`.
        color_depth: `screen.colorDepth`. A depth that EMV 3-D Secure does not know, such as 30, becomes the next lower
            known depth.
        screen_height: `screen.height`, in pixels.
        screen_width: `screen.width`, in pixels.
        time_zone: `new Date().getTimezoneOffset()`: minutes, -360 for UTC+6. The sign is inferred to be JavaScript's;
            the docs' sample is `-360`.
        java_enabled: Whether the browser runs Java; a form sends `"true"` or `"false"`.

    Raises:
        InvalidParameterError: if a value is out of its range or of the wrong type.
    """
    texts = {
        "user_agent": user_agent,
        "accept_header": accept_header,
        "language": language,
    }
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip() or not text.isprintable():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidParameterError(
                f"{name} is not text on one line. Nothing was sent."
            )
    sizes = {
        "color_depth": color_depth,
        "screen_height": screen_height,
        "screen_width": screen_width,
    }
    for name, size in sizes.items():
        if not re.fullmatch("[1-9][0-9]{0,5}", _plain(size)):
            raise InvalidParameterError(
                f"{name} is not a whole number above zero. Nothing was sent."
            )
    offset = _plain(time_zone)
    if not re.fullmatch("-?[0-9]{1,3}", offset) or abs(int(offset)) > 840:
        raise InvalidParameterError(
            "time_zone is not a number of minutes from -840 to 840. Nothing was sent."
        )
    java = {"true": True, "false": False}.get(str(java_enabled).lower())
    if java is None:
        raise InvalidParameterError(
            "java_enabled is neither true nor false. Nothing was sent."
        )
    depth = int(_plain(color_depth))
    return {
        "user_agent": user_agent,
        "accept_header": accept_header,
        "language": language,
        "color_depth": str(next(known for known in _DEPTHS if known <= depth)),
        "screen_height": _plain(screen_height),
        "screen_width": _plain(screen_width),
        "time_zone": str(int(offset)),
        "java_enabled": java,
    }


class ThreeDSCallback(NamedTuple):
    """Hold the bank's response as the payer's browser posted it.

    Attributes:
        cres: The bank's response, for `direct_payments.continue_three_ds`, unchanged.
        transaction_id: The payment that the form names. Anybody can post this form. So find the order that you saved
            with this id, check that it waits for the bank, and rely only on the saved order.
    """

    cres: str
    transaction_id: str

    def __repr__(self) -> str:
        return f"ThreeDSCallback(cres={MASK}, transaction_id={self.transaction_id!r})"


@forgets
def read_three_ds_callback(form: Mapping[str, Any]) -> ThreeDSCallback:
    """Read the bank's form that the payer's browser posts to your `three_ds_notification_url`.

    The docs of 2023 name its fields: `cres` and `threeDSSessionData`. In the docs' sample, the latter is base64url of a
    JSON object with `transactionId`.

    Args:
        form: The fields of the form, as a web framework or `urllib.parse.parse_qs` returns them.

    Raises:
        ThreeDSCallbackError: if the form cannot be the bank's. Answer 400.
    """
    cres = _field(form, "cres", _LONGEST_CRES)
    session_data = _field(form, "threeDSSessionData", _LONGEST_SESSION_DATA)
    unpadded = session_data.rstrip("=")
    padded = unpadded + "=" * (-len(unpadded) % 4)
    try:
        found = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        found = None
    transaction_id = found.get("transactionId") if is_object(found) else None
    if not isinstance(transaction_id, str) or not re.fullmatch(
        "[!-~]{1,128}", transaction_id
    ):
        raise _not_a_callback("threeDSSessionData", "names no transactionId")
    return ThreeDSCallback(cres, transaction_id)


def _field(form: Mapping[str, Any], name: str, longest: int) -> str:
    value = form.get(name) if is_mapping(form) else None
    one = value[0] if is_array(value) and len(value) == 1 else value
    if not isinstance(one, str) or not one:
        raise _not_a_callback(name, "is missing, or was posted twice")
    if len(one) > longest or not re.fullmatch("[A-Za-z0-9_+/-]+={0,2}", one):
        raise _not_a_callback(name, "is not base64url, or is too long")
    return one


def _not_a_callback(name: str, problem: str) -> ThreeDSCallbackError:
    return ThreeDSCallbackError(
        f"{name}: the posted value {problem}, so the form is not the bank's response. Nothing was sent; the payment "
        "still waits."
    )
