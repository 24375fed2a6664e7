# plexy-pay runtime, written by hand in runtime/cards.py; the generator copies it unchanged.
"""Card data for host-to-host payments: checked, encrypted, and shown nowhere.

    card = cards.Card(number=..., expiry_month=..., expiry_year=..., cvv=..., holder=...)
    card_data = card.encrypt(client.direct_payments.keys(), padding=cards.Padding.OAEP_SHA256)

Encrypting needs the extra: `pip install 'plexy-pay[cards]'`. Whoever takes card data has the duties of PCI DSS; with
a payment link they never reach you.
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

# OAEP with SHA-256 and the smallest key takes no more bytes.
_LONGEST_HOLDER = 190
_SMALLEST_KEY = 2048
_TOO_LARGE = 10**9
_LONGEST_CRES, _LONGEST_SESSION_DATA = 65_536, 4_096
# The depths that EMV 3-D Secure knows.
_DEPTHS = (48, 32, 24, 16, 15, 8, 4, 1)


class InvalidCardError(InvalidParameterError):
    """What was typed is no card that can be charged. Nothing was sent. The text holds no part of it.

    Attributes:
        field: What is wrong: `number`, `expiry`, `cvv` or `holder`.
    """

    field: str = ""


class ThreeDSCallbackError(InvalidParameterError):
    """What was posted as the bank's response cannot be one. Nothing was sent; the payment still waits."""


class Padding(StrEnum):
    """The RSA padding of the encrypted fields.

    Which one the API wants is not documented: its docs of 2023 say RSA, one ciphertext for each field, Base64, and
    no more. Ask Plexy Pay before you go live. There is no default, so that nobody relies on a guess.
    """

    PKCS1_V1_5 = "pkcs1-v1_5"
    """PKCS #1 v1.5. Not documented for this API. The default of many older RSA libraries."""
    OAEP_SHA1 = "oaep-sha1"
    """OAEP with SHA-1 and MGF1 with SHA-1. Not documented for this API. What most libraries mean by plain "OAEP"."""
    OAEP_SHA256 = "oaep-sha256"
    """OAEP with SHA-256 and MGF1 with SHA-256. Not documented for this API."""


class _Secret:
    """A text that is shown, copied and pickled nowhere. Only a call of `reveal` gives it."""

    __slots__ = ("reveal",)

    def __init__(self, text: str) -> None:
        # No attribute holds the text itself: what walks through objects to store or show them does not meet it.
        self.reveal: Callable[[], str] = lambda: text

    def __repr__(self) -> str:
        return MASK

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("Card data are never pickled or copied.")

    def __getstate__(self) -> NoReturn:
        raise TypeError("Card data are never pickled or copied.")


@final
class Card:
    """A card as the payer typed it. It is checked when it is made, and shows, copies and pickles no part of itself.

    Two cards are equal only if they are the same object.

    Attributes:
        last_four: The last four digits of the number, which PCI DSS lets you show and keep. The repr leaves them out
            all the same, as the responses' models do with `cardMask`.
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
        """Check what was typed.

        Args:
            number: 12 to 19 digits; spaces and dashes between them are removed.
            expiry_month: 1 to 12, or `"01"` to `"12"`.
            expiry_year: With two or four digits, such as `"27"` or `2027`. A card is good until the end of its month.
            cvv: The security code, three or four digits. Never store it.
            holder: The name on the card.
            today: The day on which the card must be good; left out, today where on Earth the day begins last.

        Raises:
            InvalidCardError: if it can be no card, or has expired.
            InvalidParameterError: if `today` is no date.
        """
        if today is None:
            today = (datetime.now(UTC) - timedelta(hours=12)).date()
        if not isinstance(today, date):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidParameterError(
                "today is no date. Nothing was sent. Pass datetime.date, or leave it out."
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
        """The `card_data` of `direct_payments.create`: each field encrypted with RSA, in Base64.

        The docs of 2023 name the five fields and say RSA, one ciphertext for each, Base64. That the month is sent as
        `07` and the year as `27` is inferred from how responses and the list of test cards write them (`07/27`).

        Args:
            public_key: The response of `client.direct_payments.keys()`, or the key itself in PEM. Live and test
                environment have different ones.
            padding: The RSA padding; which one the API wants is not documented. See `Padding`.
            year_digits: With how many digits the year is encrypted.

        Raises:
            ConfigurationError: if the key is no RSA key of 2048 bits at least, or `cryptography` is not installed.
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
            "A card is never pickled or copied. Encrypt it, and keep what encrypt() gives no longer either."
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
    """The texts to encrypt; or which field is wrong, and why, without any part of what was typed."""
    from ._core.redaction import luhn

    digits = number.replace(" ", "").replace("-", "") if isinstance(number, str) else ""
    if not re.fullmatch("[0-9]{12,19}", digits):
        return (
            {},
            "number",
            "A card number is text of 12 to 19 digits, with spaces or dashes if you like.",
        )
    if not luhn(digits):
        return (
            {},
            "number",
            "The card number is mistyped: its check digit does not fit.",
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
            f"The name on the card is text of at most {_LONGEST_HOLDER} bytes, and not empty.",
        )
    texts = {
        "card_number": digits,
        "expiry_month": f"{int(mm):02}",
        "expiry_year": yy[-2:],
    }
    texts |= {
        "expiry_year_in_full": f"20{yy[-2:]}",
        "cvv": code,
        "cardholder_name": name,
    }
    return {field: _Secret(text) for field, text in texts.items()}, "", ""


def _plain(value: object) -> str:
    """A whole number as text; nothing, if it is neither text nor a number of a few digits."""
    if isinstance(value, str):
        return value.strip()
    # Python does not write a number of thousands of digits, and no field here has so many.
    plain = (
        isinstance(value, int)
        and not isinstance(value, bool)
        and abs(value) < _TOO_LARGE
    )
    return str(value) if plain else ""


def _sealer(public_key: object, padding: Padding) -> Callable[[_Secret], str]:
    """The function that encrypts one field."""
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
            "padding is not one of cards.Padding. Nothing was sent. Its docs say how to choose."
        )
    text = getattr(public_key, "public_key", public_key)
    key: object = None
    try:
        content: bytes = (
            text.encode()
            if isinstance(text, str)
            else text
            if isinstance(text, bytes)
            else b""
        )
        # The fields of Get Keys are not documented: the key may come without the lines around it.
        armored = b"-----BEGIN" in content
        key = (
            load_pem_public_key(content)
            if armored
            else load_der_public_key(base64.b64decode(content))
        )
    except (ValueError, UnsupportedAlgorithm):
        pass
    if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY:
        raise ConfigurationError(
            f"public_key is no RSA public key of {_SMALLEST_KEY} bits or more, in PEM. Nothing was sent. Pass the "
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
    """The `browser_details` of `direct_payments.create`, from headers and from what a script read in the browser.

    The docs of 2023 want all of them, the numbers as text. Read them in the browser, not on your server.

    Args:
        user_agent: The `User-Agent` header of the payer's request.
        accept_header: The `Accept` header of the payer's request.
        language: `navigator.language`.
        color_depth: `screen.colorDepth`. A depth that EMV 3-D Secure does not know, such as 30, becomes the next lower
            one that it knows.
        screen_height: `screen.height`, in pixels.
        screen_width: `screen.width`, in pixels.
        time_zone: `new Date().getTimezoneOffset()`: minutes, -360 for UTC+6. That the sign is JavaScript's is
            inferred; the docs' sample is `-360`.
        java_enabled: Whether the browser runs Java; a form sends `"true"` or `"false"`.

    Raises:
        InvalidParameterError: if one of them cannot be what it should.
    """
    texts = {
        "user_agent": user_agent,
        "accept_header": accept_header,
        "language": language,
    }
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip() or not text.isprintable():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidParameterError(
                f"{name}: it is no text on one line. Nothing was sent."
            )
    sizes = {
        "color_depth": color_depth,
        "screen_height": screen_height,
        "screen_width": screen_width,
    }
    for name, size in sizes.items():
        if not re.fullmatch("[1-9][0-9]{0,5}", _plain(size)):
            raise InvalidParameterError(
                f"{name}: it is no whole number above zero. Nothing was sent."
            )
    offset = _plain(time_zone)
    if not re.fullmatch("-?[0-9]{1,3}", offset) or abs(int(offset)) > 840:
        raise InvalidParameterError(
            "time_zone: it is no number of minutes from -840 to 840. Nothing was sent."
        )
    java = {"true": True, "false": False}.get(str(java_enabled).lower())
    if java is None:
        raise InvalidParameterError(
            "java_enabled: it is neither true nor false. Nothing was sent."
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
    """What the payer's browser brought from the bank.

    Attributes:
        cres: The bank's response, for `direct_payments.continue_three_ds`, unchanged.
        transaction_id: The payment that it says it is about. Anybody can post this form: find the order that you saved
            with this id, see that it waits, and go by what you saved.
    """

    cres: str
    transaction_id: str

    def __repr__(self) -> str:
        return f"ThreeDSCallback(cres={MASK}, transaction_id={self.transaction_id!r})"


@forgets
def read_three_ds_callback(form: Mapping[str, Any]) -> ThreeDSCallback:
    """Read the form that the bank has the payer's browser post to your `threeDSNotificationUrl`.

    The docs of 2023 name its fields: `cres`, and `threeDSSessionData`, in their sample base64url of a JSON object with
    `transactionId`.

    Args:
        form: The fields of the form, as any framework or `urllib.parse.parse_qs` gives them.

    Raises:
        ThreeDSCallbackError: for anything that cannot be it. Answer 400.
    """
    cres = _field(form, "cres", _LONGEST_CRES)
    session_data = _field(form, "threeDSSessionData", _LONGEST_SESSION_DATA)
    try:
        found = json.loads(
            base64.urlsafe_b64decode(
                session_data.rstrip("=") + "=" * (-len(session_data.rstrip("=")) % 4)
            )
        )
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
        raise _not_a_callback(name, "is not there, or is there twice")
    if len(one) > longest or not re.fullmatch("[A-Za-z0-9_+/-]+={0,2}", one):
        raise _not_a_callback(name, "is no base64url, or too long")
    return one


def _not_a_callback(name: str, problem: str) -> ThreeDSCallbackError:
    return ThreeDSCallbackError(
        f"{name}: what was posted {problem}, so it is not the bank's response. Nothing was sent; the payment still "
        "waits."
    )
