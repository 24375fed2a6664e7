"""Define a payout: one row of the file, and one order at Plexy Pay."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from plexy_pay import Money

Unit: TypeAlias = Literal["major", "minor"]


@dataclass(frozen=True, slots=True)
class Payout:
    """Represent a payout to a beneficiary.

    Attributes:
        reference: Your name of this payout, and of no other one, ever. It is the idempotency key of its order, so
            that no second order comes of it, not even after the ledger was lost.
        money: What is paid.
        beneficiary_id: The beneficiary who is paid.
        unit: The unit in which the API takes the amount. It is not documented, so Plexy Pay has to tell you.
    """

    reference: str
    money: Money
    beneficiary_id: str
    unit: Unit

    @property
    def number(self) -> Decimal | int:
        """Return the amount as the API takes it."""
        return self.money.amount if self.unit == "major" else self.money.minor
