"""The wallet of Pay v1: authorizations of money in a payer's wallet, and what becomes of them.

Documented, and kept here: the paths, the fields, amounts in minor units, the four statuses, of which `SUCCESS` and
`FAILED` are terminal, and an `Idempotency-Key` whose repetition gives the same result.

Stand-in choices, made because no public source says otherwise:

* An authorization is `NEW` in its response, `PROCESSING` after one second and terminal after two. It fails for the
  amounts that the Pay API refuses, 20050.00 and 20510.00. The money is held when it succeeds.
* `amount` and `currency` are required. Further fields are taken and not read. Any number of authorizations may have
  the same order reference.
* The same key with the same body gives the transaction that there is, as it is now; with another body it is refused
  with 422. An authorization that was refused does not take its key.
* Capture, cancel and refund move the whole amount at once and give back the same transaction: its status stays
  `SUCCESS`, because a terminal status does not change, and its amount stays, too.
* Only money that is held can be captured or cancelled, and only captured money can be refunded; anything else is
  refused with 422, and so is a repetition. A refund needs a merchant's balance that covers it.
* The list shows everything, the newest first. No webhook is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any, Final

from .card_payments import REFUSALS
from .money import MERCHANT, OUTSIDE, major_amount
from .refusals import NotAllowed, NotFound
from .state import State
from .tables import NewestFirst, Table

PROCESSING_DELAY: Final = timedelta(seconds=1)
"""How long after its creation an authorization is worked on."""

END_DELAY: Final = timedelta(seconds=2)
"""How long after its creation an authorization succeeds or fails."""

_SOURCE = "wallet"


class WalletStatus(StrEnum):
    """Status of a wallet transaction, as documented."""

    NEW = "NEW"
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class Place(StrEnum):
    """The place of the money of a wallet transaction. No response shows it."""

    PAYER = auto()
    HELD = auto()
    CAPTURED = auto()
    RETURNED = auto()


@dataclass(slots=True)
class WalletTransaction:
    """An authorization and what became of it; `minor` is its amount in minor units."""

    id: str
    key: str
    request: Mapping[str, Any]
    minor: int
    major: Decimal
    currency: str
    order_reference: str | None
    status: WalletStatus = WalletStatus.NEW
    place: Place = Place.PAYER

    @property
    def account(self) -> str:
        """Return where the held money waits in the ledger."""
        return f"wallet transaction {self.id}"


class Wallet:
    """The wallet transactions.

    Args:
        state: The payments; the wallet uses its time, its ids and its ledger.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.forget()

    def forget(self) -> None:
        """Forget all transactions."""
        self._transactions: Table[WalletTransaction] = Table()
        self._by_key = self._transactions.grouped(lambda transaction: [transaction.key])

    def authorize(self, key: str, body: Mapping[str, Any]) -> WalletTransaction:
        """Begin an authorization, or find the one that this very request has made before.

        Raises:
            NotAllowed: if the key was used for another request, something is missing, or the amount or the
                currency cannot be.
        """
        now = self._state.settle()
        if not key:
            raise NotAllowed("Idempotency-Key is empty", _SOURCE)
        known = self._by_key.latest(key)
        if known is not None:
            if known.request != body:
                raise NotAllowed(
                    "the Idempotency-Key was used for another authorization", _SOURCE
                )
            return known
        for name in ("amount", "currency"):
            if name not in body:
                raise NotAllowed(f"{name} is required", _SOURCE)
        transaction = WalletTransaction(
            id=str(self._state.new_id()),
            key=key,
            request=dict(body),
            minor=body["amount"],
            major=major_amount(body["amount"], body["currency"], _SOURCE),
            currency=body["currency"],
            order_reference=body.get("orderReference"),
        )
        self._transactions.add(transaction.id, transaction)
        self._state.timeline.at(
            now + PROCESSING_DELAY, lambda due: _process(transaction)
        )
        self._state.timeline.at(now + END_DELAY, lambda due: self._end(transaction))
        return transaction

    def capture(self, transaction_id: str) -> WalletTransaction:
        """Take the money that is held.

        Raises:
            NotFound: if there is no such transaction.
            NotAllowed: if it holds no money.
        """
        transaction = self._with_money(transaction_id, Place.HELD, "captured")
        self._move(transaction, transaction.account, MERCHANT)
        transaction.place = Place.CAPTURED
        return transaction

    def cancel(self, transaction_id: str) -> WalletTransaction:
        """Let go of the money that is held.

        Raises:
            NotFound: if there is no such transaction.
            NotAllowed: if it holds no money.
        """
        transaction = self._with_money(transaction_id, Place.HELD, "cancelled")
        self._move(transaction, transaction.account, OUTSIDE)
        transaction.place = Place.RETURNED
        return transaction

    def refund(self, transaction_id: str) -> WalletTransaction:
        """Give back the money that was captured.

        Raises:
            NotFound: if there is no such transaction.
            NotAllowed: if none was captured, or the merchant has less.
        """
        transaction = self._with_money(transaction_id, Place.CAPTURED, "refunded")
        self._move(transaction, MERCHANT, OUTSIDE)
        transaction.place = Place.RETURNED
        return transaction

    def all(self) -> NewestFirst[WalletTransaction]:
        """Return all transactions, the newest first."""
        self._state.settle()
        return self._transactions.all()

    def get(self, transaction_id: str) -> WalletTransaction:
        """Return the transaction with this id.

        Raises:
            NotFound: if there is none.
        """
        self._state.settle()
        transaction = self._transactions.get(transaction_id)
        if transaction is None:
            raise NotFound("wallet transaction not found", _SOURCE)
        return transaction

    def _with_money(
        self, transaction_id: str, place: Place, wanted: str
    ) -> WalletTransaction:
        transaction = self.get(transaction_id)
        if transaction.place is not place:
            raise NotAllowed(
                f"the wallet transaction cannot be {wanted}: its status is {transaction.status}, and its money "
                f"is {_WHERE[transaction.place]}",
                _SOURCE,
            )
        return transaction

    def _move(self, transaction: WalletTransaction, giver: str, taker: str) -> None:
        self._state.ledger.move(
            giver, taker, transaction.major, transaction.currency, _SOURCE
        )

    def _end(self, transaction: WalletTransaction) -> None:
        if transaction.major in REFUSALS:
            transaction.status = WalletStatus.FAILED
            return
        self._move(transaction, OUTSIDE, transaction.account)
        transaction.status = WalletStatus.SUCCESS
        transaction.place = Place.HELD


_WHERE: Final[Mapping[Place, str]] = {
    Place.PAYER: "the payer's",
    Place.HELD: "held",
    Place.CAPTURED: "captured",
    Place.RETURNED: "the payer's again",
}


def _process(transaction: WalletTransaction) -> None:
    transaction.status = WalletStatus.PROCESSING
