"""Payouts: money from the merchant's balance to a card that was saved for them.

Stand-in choices, made because no public source says otherwise:

* Amounts are in major units.
* A payout takes its amount from the balance at once, cannot be undone, and stays `created`.
* Only a card that was saved for payouts can be paid; a card that has paid is not one.
* There is no idempotency key: the same call twice pays twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .customers import Customers
from .money import MERCHANT, OUTSIDE, exact_amount
from .refusals import NotAllowed
from .state import State
from .tables import NewestFirst, Table

_SOURCE = "payouts"


@dataclass(frozen=True, slots=True)
class Payout:
    """A payout, in major units."""

    id: str
    amount: Decimal
    currency: str
    created_at: datetime


class Payouts:
    """The payouts.

    Args:
        state: The payments; the payouts use its time, its ids and its ledger.
        customers: Knows the saved cards.
    """

    def __init__(self, state: State, customers: Customers) -> None:
        self._state = state
        self._customers = customers
        self.forget()

    def forget(self) -> None:
        """Forget all payouts."""
        self._payouts: Table[Payout] = Table()

    def create(
        self, amount: Decimal | int, currency: str, card_token_id: str
    ) -> Payout:
        """Pay to a saved card.

        Raises:
            NotAllowed: if the card is not known, the amount cannot be, or there is not enough money.
        """
        now = self._state.settle()
        exact = exact_amount(amount, currency, _SOURCE)
        if not self._customers.has_card(card_token_id):
            raise NotAllowed(
                "cardTokenId is not a card that was saved for payouts", _SOURCE
            )
        self._state.ledger.move(MERCHANT, OUTSIDE, exact, currency, _SOURCE)
        payout = Payout(str(self._state.new_id()), exact, currency, now)
        self._payouts.add(payout.id, payout)
        return payout

    def all(self) -> NewestFirst[Payout]:
        """Return all payouts, the newest first."""
        return self._payouts.all()
