"""Split requests: parts of a payment that go to beneficiaries.

Stand-in choices, made because no public source says otherwise:

* Amounts are in major units, in the currency of the transaction.
* A split takes effect at once: the money goes from the merchant's balance to the beneficiary's. The payment
  must be charged, and its splits together take no more than its balance.
* An update replaces a split: the old part goes back, the new one goes out, both or neither. A deletion
  brings the part back. Neither is possible when the beneficiary has less than its part left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .beneficiaries import Beneficiaries, Beneficiary
from .money import MERCHANT, exact_amount
from .records import ZERO, Payment, Status
from .refusals import NotAllowed, NotFound
from .state import State
from .tables import NewestFirst, Table

_SOURCE = "splitRequests"


@dataclass(slots=True)
class Split:
    """A part of a payment, in major units."""

    id: str
    payment: Payment
    transaction_id: str
    beneficiary: Beneficiary
    amount: Decimal
    currency: str


class SplitRequests:
    """The split requests.

    Args:
        state: The payments whose money is split.
        beneficiaries: Those who get the parts.
    """

    def __init__(self, state: State, beneficiaries: Beneficiaries) -> None:
        self._state = state
        self._beneficiaries = beneficiaries
        self.forget()

    def forget(self) -> None:
        """Forget all splits."""
        self._splits: Table[Split] = Table()
        self._totals = self._splits.totalled(
            lambda split: split.payment.id, lambda split: split.amount
        )

    def create(self, body: Mapping[str, Any]) -> Split:
        """Give a part of a payment to a beneficiary.

        Raises:
            NotAllowed: if something is missing or not known, or there is not enough money.
        """
        split_id = str(self._state.new_id())
        split = self._read(split_id, body)
        self._check(split, ZERO)
        self._state.ledger.require(MERCHANT, split.amount, split.currency, _SOURCE)
        self._give(split)
        self._splits.add(split_id, split)
        return split

    def update(self, split_id: str, body: Mapping[str, Any]) -> Split:
        """Replace a split.

        Raises:
            NotFound: if there is no such split.
            NotAllowed: as in `create`, or because the old part cannot be taken back.
        """
        old = self.get(split_id)
        new = self._read(split_id, body)
        self._check(new, old.amount if old.payment is new.payment else ZERO)
        ledger = self._state.ledger
        ledger.require(old.beneficiary.account, old.amount, old.currency, _SOURCE)
        returned = old.amount if old.currency == new.currency else ZERO
        ledger.require(MERCHANT, new.amount - returned, new.currency, _SOURCE)
        self._take_back(old)
        self._give(new)
        self._splits.replace(split_id, new)
        return new

    def delete(self, split_id: str) -> None:
        """Take a part back.

        Raises:
            NotFound: if there is no such split.
            NotAllowed: if the beneficiary has less left.
        """
        split = self.get(split_id)
        self._take_back(split)
        self._splits.remove(split_id)

    def all(self) -> NewestFirst[Split]:
        """Return all splits, the newest first."""
        self._state.settle()
        return self._splits.all()

    def get(self, split_id: str) -> Split:
        """Return the split with this id.

        Raises:
            NotFound: if there is none.
        """
        self._state.settle()
        split = self._splits.get(split_id)
        if split is None:
            raise NotFound("split request not found", _SOURCE)
        return split

    def _read(self, split_id: str, body: Mapping[str, Any]) -> Split:
        for name in ("transactionId", "beneficiaryId", "amount", "currency"):
            if name not in body:
                raise NotAllowed(f"{name} is required", _SOURCE)
        try:
            payment, transaction = self._state.transaction(body["transactionId"])
        except NotFound:
            raise NotAllowed(
                "transactionId is not a known transaction", _SOURCE
            ) from None
        if transaction.type != "payment" or transaction.status is not Status.CHARGED:
            raise NotAllowed("only a charged payment can be split", _SOURCE)
        beneficiary = self._beneficiaries.named(body["beneficiaryId"], _SOURCE)
        currency = body["currency"]
        amount = exact_amount(body["amount"], currency, _SOURCE)
        if currency != transaction.currency:
            raise NotAllowed(f"the transaction is in {transaction.currency}", _SOURCE)
        self._beneficiaries.check_currency(beneficiary, currency, _SOURCE)
        return Split(split_id, payment, transaction.id, beneficiary, amount, currency)

    def _check(self, split: Split, replaced: Decimal) -> None:
        others = self._totals.of(split.payment.id).amount - replaced
        if others + split.amount > split.payment.balance:
            raise NotAllowed(
                "the splits of a payment must not exceed its balance", _SOURCE
            )

    def _give(self, split: Split) -> None:
        account = split.beneficiary.account
        self._state.ledger.move(
            MERCHANT, account, split.amount, split.currency, _SOURCE
        )
        split.beneficiary.currency = split.currency

    def _take_back(self, split: Split) -> None:
        account = split.beneficiary.account
        self._state.ledger.move(
            account, MERCHANT, split.amount, split.currency, _SOURCE
        )
