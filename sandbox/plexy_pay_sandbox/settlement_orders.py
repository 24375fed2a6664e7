"""Settlement payment orders: payments from the merchant's balance to a beneficiary, when the merchant wants.

Documented, and kept here: `requestId` prevents duplicates, the three states, and the webhooks about them.

Stand-in choices, made because no public source says otherwise:

* Amounts are in major units.
* The same `requestId` with the same body gives the order that there is, as it is now; with another body it
  is refused. An order that was refused does not take its `requestId`. `id` and `status` of a body are ignored.
* The amount leaves the merchant's balance at once and waits. After one minute the order is `paid`, or
  `failed` if the beneficiary has no `iban` then, and the amount goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from .beneficiaries import Beneficiaries, Beneficiary
from .money import MERCHANT, OUTSIDE, exact_amount
from .refusals import NotAllowed, NotFound
from .state import State
from .tables import NewestFirst, Table

PAYMENT_DELAY: Final = timedelta(minutes=1)
"""How long after its creation an order is paid, or fails."""

_SOURCE = "settlementPaymentOrders"
_SET_BY_THE_API: Final = frozenset({"id", "status"})


class OrderStatus(StrEnum):
    """State of an order, as documented."""

    CREATED = "created"
    PAID = "paid"
    FAILED = "failed"


@dataclass(slots=True)
class SettlementOrder:
    """An order to pay a beneficiary, in major units."""

    id: str
    request_id: str
    beneficiary: Beneficiary
    amount: Decimal
    currency: str
    request: Mapping[str, Any]
    status: OrderStatus = OrderStatus.CREATED

    @property
    def account(self) -> str:
        """Return where the money waits in the ledger."""
        return f"settlement order {self.id}"


class SettlementOrders:
    """The settlement payment orders.

    Args:
        state: The payments; the orders use its time, its ids and its ledger.
        beneficiaries: Those who are paid.
        on_event: Is called at each state that an order reaches.
    """

    def __init__(
        self,
        state: State,
        beneficiaries: Beneficiaries,
        on_event: Callable[[SettlementOrder], None] = lambda order: None,
    ) -> None:
        self._state = state
        self._beneficiaries = beneficiaries
        self._on_event = on_event
        self.forget()

    def forget(self) -> None:
        """Forget all orders."""
        self._orders: Table[SettlementOrder] = Table()
        self._by_request_id = self._orders.grouped(lambda order: [order.request_id])

    def create(self, body: Mapping[str, Any]) -> SettlementOrder:
        """Make an order, or find the one that this very request has made before.

        Raises:
            NotAllowed: if something is missing or not known, there is not enough money, or the `requestId`
                was used for another request.
        """
        now = self._state.settle()
        request = {
            name: value for name, value in body.items() if name not in _SET_BY_THE_API
        }
        request_id = body["requestId"]
        if not request_id:
            raise NotAllowed("requestId is empty", _SOURCE)
        known = self._by_request_id.latest(request_id)
        if known is not None:
            if known.request != request:
                raise NotAllowed("requestId was used for another order", _SOURCE)
            return known
        for name in ("beneficiaryId", "amount", "currency"):
            if name not in body:
                raise NotAllowed(f"{name} is required", _SOURCE)
        order = SettlementOrder(
            id=str(self._state.new_id()),
            request_id=request_id,
            beneficiary=self._beneficiaries.named(body["beneficiaryId"], _SOURCE),
            amount=exact_amount(body["amount"], body["currency"], _SOURCE),
            currency=body["currency"],
            request=request,
        )
        self._state.ledger.move(
            MERCHANT, order.account, order.amount, order.currency, _SOURCE
        )
        self._orders.add(order.id, order)
        self._on_event(order)
        self._state.timeline.at(now + PAYMENT_DELAY, lambda due: self._finish(order))
        return order

    def all(self) -> NewestFirst[SettlementOrder]:
        """Return all orders, the newest first."""
        self._state.settle()
        return self._orders.all()

    def get(self, order_id: str) -> SettlementOrder:
        """Return the order with this id.

        Raises:
            NotFound: if there is none.
        """
        self._state.settle()
        order = self._orders.get(order_id)
        if order is None:
            raise NotFound("settlement payment order not found", _SOURCE)
        return order

    def _finish(self, order: SettlementOrder) -> None:
        order.status = (
            OrderStatus.PAID if order.beneficiary.iban else OrderStatus.FAILED
        )
        taker = OUTSIDE if order.status is OrderStatus.PAID else MERCHANT
        self._state.ledger.move(
            order.account, taker, order.amount, order.currency, _SOURCE
        )
        self._on_event(order)
