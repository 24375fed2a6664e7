"""Beneficiaries: those whom the merchant pays, and what Plexy Pay holds for them.

Stand-in choices, made because no public source says otherwise:

* Amounts are in major units.
* A beneficiary needs a name. Without an `iban` money can be held for it, but not be paid out to it.
* A beneficiary's balance has one currency: that of the first money it got.
* A transfer to the merchant and a manual settlement move their money at once; the settlement stays `created`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .money import MERCHANT, OUTSIDE, exact_amount
from .refusals import NotAllowed, NotFound
from .state import State
from .tables import NewestFirst, Table

_SOURCE = "paymentBeneficiaries"


@dataclass(slots=True)
class Beneficiary:
    """Someone whom the merchant pays. The ledger has the balance, under `account`."""

    id: str
    name: str
    iban: str | None
    currency: str | None = None

    @property
    def account(self) -> str:
        """Return the beneficiary's account in the ledger."""
        return f"beneficiary {self.id}"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A payment from a beneficiary's balance to its bank account, in major units."""

    id: str
    amount: Decimal
    currency: str
    created_at: datetime


class Beneficiaries:
    """The beneficiaries.

    Args:
        state: The payments; the beneficiaries use its time, its ids and its ledger.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.forget()

    def forget(self) -> None:
        """Forget all beneficiaries."""
        self._beneficiaries: Table[Beneficiary] = Table()

    def create(self, name: str | None, iban: str | None) -> Beneficiary:
        """Make a beneficiary.

        Raises:
            NotAllowed: if it has no name.
        """
        beneficiary = Beneficiary(str(self._state.new_id()), _some(name), iban or None)
        self._beneficiaries.add(beneficiary.id, beneficiary)
        return beneficiary

    def update(
        self, beneficiary_id: str, name: str | None, iban: str | None
    ) -> Beneficiary:
        """Replace name and account of a beneficiary; what is left out is gone.

        Raises:
            NotFound: if there is no such beneficiary.
            NotAllowed: if it would have no name.
        """
        beneficiary = self.get(beneficiary_id)
        beneficiary.name, beneficiary.iban = _some(name), iban or None
        return beneficiary

    def all(self) -> NewestFirst[Beneficiary]:
        """Return all beneficiaries, the newest first."""
        self._state.settle()
        return self._beneficiaries.all()

    def get(self, beneficiary_id: str) -> Beneficiary:
        """Return the beneficiary with this id.

        Raises:
            NotFound: if there is none.
        """
        self._state.settle()
        beneficiary = self._beneficiaries.get(beneficiary_id)
        if beneficiary is None:
            raise NotFound("beneficiary not found", _SOURCE)
        return beneficiary

    def named(self, beneficiary_id: str, source: str) -> Beneficiary:
        """Return the beneficiary that a body names.

        Raises:
            NotAllowed: if there is none.
        """
        try:
            return self.get(beneficiary_id)
        except NotFound:
            raise NotAllowed(
                "beneficiaryId is not a known beneficiary", source
            ) from None

    def balance(self, beneficiary: Beneficiary) -> Decimal | None:
        """Return what Plexy Pay holds for a beneficiary; None if it never held anything."""
        if beneficiary.currency is None:
            return None
        return self._state.ledger.balance(beneficiary.account, beneficiary.currency)

    def check_currency(
        self, beneficiary: Beneficiary, currency: str, source: str
    ) -> None:
        """Make sure that a beneficiary can hold a currency.

        Raises:
            NotAllowed: if it holds another one.
        """
        if beneficiary.currency not in (None, currency):
            raise NotAllowed(
                f"the beneficiary's balance is in {beneficiary.currency}", source
            )

    def transfer_to_merchant(
        self, beneficiary_id: str, amount: Decimal | int, currency: str
    ) -> None:
        """Take money from a beneficiary's balance back to the merchant's.

        Raises:
            NotFound: if there is no such beneficiary.
            NotAllowed: if the amount cannot be, or is more than the balance.
        """
        beneficiary = self.get(beneficiary_id)
        exact = exact_amount(amount, currency, _SOURCE)
        self._state.ledger.move(beneficiary.account, MERCHANT, exact, currency, _SOURCE)

    def settle(
        self, beneficiary_id: str, amount: Decimal | int, currency: str
    ) -> Settlement:
        """Pay from a beneficiary's balance to its bank account.

        Raises:
            NotFound: if there is no such beneficiary.
            NotAllowed: if it has no bank account, or the amount cannot be, or is more than the balance.
        """
        now = self._state.settle()
        beneficiary = self.get(beneficiary_id)
        exact = exact_amount(amount, currency, _SOURCE)
        if beneficiary.iban is None:
            raise NotAllowed("the beneficiary has no iban to be paid to", _SOURCE)
        self._state.ledger.move(beneficiary.account, OUTSIDE, exact, currency, _SOURCE)
        return Settlement(str(self._state.new_id()), exact, currency, now)


def _some(name: str | None) -> str:
    if not name:
        raise NotAllowed("name is required", _SOURCE)
    return name
