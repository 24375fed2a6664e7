"""Cards: what the sandbox reads of them, and what the bank of each test card does.

Documented (2023), and kept here: the test cards and what they lead to, Rejected for a number whose check digit does
not fit, and a CVV check that fails for the CVV 444.

Stand-in choices, made because no public source says otherwise:

* The paddings: see `card_keys`; one for all fields of a card. A year has two digits or four.
* The number, month and year are needed, and for a payment the CVV and the name too. What cannot be decrypted, or is
  not what its field says, is refused with 422.
* A card that is not in the list asks for a code, as 4111111111111111 does.
* 4200000000000000, which the list calls a challenge and a table beside it frictionless, asks to confirm.
* OOB, HTML, single and multi select all ask with two buttons instead of a code.
* Of 4001880000000055 the payer cancels; of 5440382741349178 the bank's result gets lost, and ten minutes later the
  payment is rejected; of 5168159443230322 the bank responds with an error message.
* An expired card has the response code 54. A failed check of the CVV refuses with 05.

Of a card only its face is kept, with the mask of the number. The number itself is kept nowhere.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from .card_checks import check_digit_fits, has_expired
from .card_keys import PADDINGS, decrypt
from .checkout_cards import Verdict, verdict_of, verdict_typed
from .named_cards import Card
from .records import Bank, CardFace
from .refusals import NotAllowed

ANY_PADDING: Final = "any"

TEST_CARDS: Final[Mapping[str, Bank]] = {
    "4111111111111111": Bank.ASKS_FOR_A_CODE,
    "4200000000000000": Bank.ASKS_TO_CONFIRM,
    "4640170131116658": Bank.ASKS_TO_CONFIRM,
    "4907639999909022": Bank.TRUSTS,
    "4907639999990022": Bank.REJECTS,
    "4907630099999922": Bank.DENIES,
    "4001880000000055": Bank.IS_CANCELLED,
    "4918914107195005": Bank.ASKS_TO_CONFIRM,
    "5555555555554444": Bank.ASKS_FOR_A_CODE,
    "5283901669012672": Bank.ASKS_TO_CONFIRM,
    "5440382741349178": Bank.LOSES_THE_RESULT,
    "5168159443230322": Bank.RESPONDS_WITH_AN_ERROR,
    "5283901906612672": Bank.REJECTS,
    "5283901901266672": Bank.DOES_NOT_KNOW_THE_PAYER,
}
"""The documented test cards (2023), and how the bank of each behaves."""

_FIELDS: Final[Mapping[str, str]] = {
    "encryptedCardNumber": "[0-9]{12,19}",
    "encryptedExpiryMonth": "0[1-9]|1[0-2]",
    "encryptedExpiryYear": "(20)?[0-9]{2}",
    "encryptedCvv": "[0-9]{3,4}",
    "encryptedCardholderName": r"\S(.*\S)?",
}
_FOR_A_PAYMENT: Final = tuple(_FIELDS)
_FOR_A_PAYOUT: Final = _FOR_A_PAYMENT[:3]
_WRONG_CVV: Final = "444"

INVALID_NUMBER: Final = "Invalid card number"
EXPIRED: Final = "Expired card"
CVV_FAILED: Final = "CVV check failed"
"""The texts of cards that can pay nothing."""


class CardReader:
    """Read what decides about a payment of the cards that come in, wherever they come from.

    Args:
        padding: The padding of encrypted cards that is taken, or `any`.

    Raises:
        ValueError: if there is no such padding.
    """

    def __init__(self, padding: str = ANY_PADDING) -> None:
        if padding not in (ANY_PADDING, *PADDINGS):
            raise ValueError(
                f"The padding of card data is one of {', '.join((ANY_PADDING, *PADDINGS))}."
            )
        self._paddings = tuple(PADDINGS) if padding == ANY_PADDING else (padding,)

    def for_a_payment(self, card_data: Mapping[str, Any], now: datetime) -> CardFace:
        """Return the face of a card that is to pay.

        Raises:
            NotAllowed: if a field is missing or cannot be read.
        """
        texts = self._texts(card_data, _FOR_A_PAYMENT, "payments")
        return typed_card(Card(*texts), now)

    def for_a_payout(self, card_data: Mapping[str, Any]) -> CardFace:
        """Return the face of a card that is to be paid to.

        Raises:
            NotAllowed: if a field is missing or cannot be read, or it can be no card.
        """
        texts = self._texts(card_data, _FOR_A_PAYOUT, "payouts")
        if not check_digit_fits(texts[0]):
            raise NotAllowed("the card number is not valid", "payouts")
        return _face(*texts)

    def for_a_link(self, card: Card | None, now: datetime) -> CardFace | None:
        """Return the face of the card that a payer has typed on the page of a link; None if none was typed."""
        return None if card is None else typed_card(card, now)

    def for_a_checkout(self, body: Mapping[str, Any]) -> Verdict:
        """Return the verdict on the test values in a request of v2."""
        return verdict_of(body)

    def for_a_session(
        self, card: Card | None, body: Mapping[str, Any], now: datetime
    ) -> Verdict | None:
        """Return the verdict on the card that a payer has typed on the page of a session; None if none was typed."""
        return None if card is None else verdict_typed(card, body, now)

    def _texts(
        self, card_data: Mapping[str, Any], fields: tuple[str, ...], source: str
    ) -> list[str]:
        missing = [name for name in fields if not card_data.get(name)]
        if missing:
            raise NotAllowed(
                f"cardData needs {', '.join(missing)}, or the tokenId of a known card",
                source,
            )
        # A card is read by one padding: noise that another one makes of a text may look like a name, but no noise looks
        # like a number, a date and a code as well.
        ways = [
            [_text(card_data[name], _FIELDS[name], padding) for name in fields]
            for padding in self._paddings
        ]
        texts = max(ways, key=lambda texts: sum(map(bool, texts)))
        unread = [name for name, text in zip(fields, texts, strict=True) if not text]
        if unread:
            raise NotAllowed(
                f"{', '.join(f'cardData.{name}' for name in unread)} cannot be decrypted, or is not what the field is "
                f"for: encrypt each value with the key of GET /v1/keys, RSA with {' or '.join(self._paddings)}, "
                "then Base64",
                source,
            )
        return texts


def typed_card(card: Card, now: datetime) -> CardFace:
    """Return the face of a card that is to pay, refused if it can pay nothing."""
    face = _face(card.number, card.month, card.year, card.holder)
    if not check_digit_fits(card.number):
        return face.refused("", INVALID_NUMBER)
    if has_expired(card, now):
        return face.refused("54", EXPIRED)
    if card.code == _WRONG_CVV:
        return face.refused("05", CVV_FAILED, wrong_cvv=True)
    return face


def cvv_status_of(card: CardFace) -> str:
    """Return what became of the check of the CVV of a card that was typed."""
    return "N" if card.wrong_cvv else "M"


def _text(encrypted: str, form: str, padding: str) -> str:
    """Return the text of one field; nothing, if it cannot be read with the padding, or has another form."""
    try:
        text = decrypt(base64.b64decode(encrypted, validate=True), padding)
    except (ValueError, binascii.Error):
        return ""
    return text if text and re.fullmatch(form, text) and text.isprintable() else ""


def _face(number: str, month: str, year: str, holder: str | None = None) -> CardFace:
    return CardFace(
        mask=f"******{number[-4:]}",
        expiry=f"{month}/{year[-2:]}",
        scheme="visa"
        if number[0] == "4"
        else "mastercard"
        if number[0] in "25"
        else None,
        holder=holder,
        bank=TEST_CARDS.get(number, Bank.ASKS_FOR_A_CODE),
    )
