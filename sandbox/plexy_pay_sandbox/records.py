"""The memory of the sandbox: payment links, transactions and payments, as plain objects without rules.

Links keep minor units (tiyn) as an int; transactions and payments keep major units (tenge) as a Decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal, Self

CURRENCY_DIGITS: Final[Mapping[str, int]] = {"EUR": 2, "KZT": 2, "USD": 2}
"""The decimals of each currency that the sandbox knows."""

ZERO: Final = Decimal(0)

MERCHANT_ID: Final = "merchant_sandbox"
"""The id of the one merchant that there is."""

MERCHANT_NAME: Final = "Sandbox Shop"
"""The merchant's name."""


class LinkStatus(StrEnum):
    """Status of a payment link. `active` is documented, the others are inferred."""

    ACTIVE = "active"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Status(StrEnum):
    """Status of a transaction, in the documented spelling."""

    CREATED = "created"
    THREE_D_SECURE = "3d"
    AUTHORIZED = "authorized"
    REJECTED = "rejected"
    FAILED = "failed"
    CHARGED = "charged"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Bank(StrEnum):
    """The behaviour of a card's bank in 3-D Secure."""

    ASKS_FOR_A_CODE = "asks for a code"
    ASKS_TO_CONFIRM = "asks to confirm"
    IS_CANCELLED = "asks, and the payer cancels"
    LOSES_THE_RESULT = "asks, and its result gets lost"
    RESPONDS_WITH_AN_ERROR = "asks, and responds with an error"
    TRUSTS = "does not ask, and confirms"
    REJECTS = "does not ask, and rejects (R)"
    DENIES = "does not ask, and denies (N)"
    DOES_NOT_KNOW_THE_PAYER = "does not ask: the payer is not enrolled (N)"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """The part of a card that is kept: never its number, nor its CVV."""

    mask: str = "******1111"
    expiry: str = "07/27"
    scheme: str | None = "visa"
    holder: str | None = None
    bank: Bank = Bank.ASKS_FOR_A_CODE
    refusal: tuple[str, str] | None = None
    """Response code, if there is one, and text of a card that can pay nothing."""
    wrong_cvv: bool = False

    def refused(self, code: str, message: str, *, wrong_cvv: bool = False) -> Self:
        """Return the same card, if it can pay nothing."""
        return replace(self, refusal=(code, message), wrong_cvv=wrong_cvv)


SOME_CARD: Final = CardFace()
"""The card of a payment that is made without one, as by the shortcuts of the pages."""


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card that can be used again: saved for payouts, or by a payment that was authorized."""

    token_id: str
    customer_id: str | None
    face: CardFace


@dataclass(slots=True, kw_only=True)
class Link:
    """A payment link. Its amount is in minor units (tiyn)."""

    id: str
    amount: int
    currency: str
    created_at: datetime
    updated_at: datetime
    status: LinkStatus = LinkStatus.ACTIVE
    auto_clearing: bool = True
    validation: bool = False
    order_reference: str | None = None
    description: str | None = None
    customer_id: str | None = None
    expires_at: datetime | None = None
    metadata: Mapping[str, object] = field(default_factory=dict[str, object])
    recurring: Mapping[str, object] | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it can be paid."""
        return self.status is LinkStatus.ACTIVE

    @property
    def major_amount(self) -> Decimal:
        """Return the amount in major units (tenge)."""
        return Decimal(self.amount).scaleb(-CURRENCY_DIGITS[self.currency])

    def address(self, name: str) -> str | None:
        """Return one of the addresses in the metadata (`callbackUrl`, `successUrl`, ...), if it was given."""
        value = self.metadata.get(name)
        return value if isinstance(value, str) and value else None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step in the life of a transaction."""

    status: Status
    at: datetime
    amount: Decimal


@dataclass(slots=True, kw_only=True)
class Transaction:
    """One movement of money: a payment or a refund. Its amounts are in major units (tenge)."""

    id: str
    payment_id: str
    type: Literal["payment", "refund"]
    amount: Decimal
    currency: str
    created_at: datetime
    updated_at: datetime
    reference_number: str
    status: Status = Status.CREATED
    order_reference: str | None = None
    description: str | None = None
    parent_id: str | None = None
    authorized_at: datetime | None = None
    processed_at: datetime | None = None
    processed_amount: Decimal | None = None
    secure_3d: bool = False
    history: list[HistoryEntry] = field(default_factory=list[HistoryEntry])

    def becomes(
        self, status: Status, at: datetime, amount: Decimal | None = None
    ) -> None:
        """Move on to a status and write it into the history."""
        self.status = status
        self.updated_at = at
        self.history.append(
            HistoryEntry(status, at, self.amount if amount is None else amount)
        )


@dataclass(slots=True, kw_only=True)
class Payment:
    """A payment: its own transaction, the refunds of it, and where its money is. Amounts are in major units.

    `authorized == held + captured + released` at all times, and `refunded <= captured`. `refusal` says why it was
    rejected, if it was.
    """

    id: str
    transaction: Transaction
    session_id: str
    card_token_id: str
    card: CardFace = SOME_CARD
    auto_clearing: bool = True
    link: Link | None = None
    recurring_type: str | None = None
    callback_url: str | None = None
    customer_id: str | None = None
    authorized: Decimal = ZERO
    captured: Decimal = ZERO
    released: Decimal = ZERO
    refunded: Decimal = ZERO
    refusal: str | None = None
    refunds: list[Transaction] = field(default_factory=list[Transaction])

    @property
    def is_host_to_host(self) -> bool:
        """Return whether the merchant's server made it with a card: through no link, and no earlier payment's."""
        return self.link is None and self.transaction.parent_id is None

    @property
    def held(self) -> Decimal:
        """Return what is on hold on the payer's card: authorized, and neither captured nor released."""
        return self.authorized - self.captured - self.released

    @property
    def balance(self) -> Decimal:
        """Return the `remainingBalance` of the API: the amount, or what was captured of it, less the refunds."""
        return (self.captured or self.authorized) - self.refunded


@dataclass(frozen=True, slots=True)
class Movement:
    """The effect of a capture, a cancellation or a refund, in major units."""

    payment: Payment
    transaction: Transaction
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Event:
    """A status that a transaction has just reached, with the merchant's balance in that currency after it."""

    status: Status
    at: datetime
    payment: Payment
    transaction: Transaction
    merchant_balance: Decimal

    @property
    def name(self) -> str:
        """Return the event's name, `transaction.<status>`."""
        return f"transaction.{self.status}"
