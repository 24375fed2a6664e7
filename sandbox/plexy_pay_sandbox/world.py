"""Everything that the sandbox remembers, in one place."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from .beneficiaries import Beneficiaries
from .card_payments import CardPayments
from .cards import CardReader
from .checkout_api import CheckoutApi, CheckoutEvent
from .customers import Customers
from .direct_payments import DirectPayments
from .gate import Gate
from .link_payments import LinkPayments
from .payouts import Payouts
from .records import Event
from .settlement_orders import SettlementOrder, SettlementOrders
from .split_requests import SplitRequests
from .state import State
from .timing import Clock
from .wallet import Wallet


class World:
    """The payments and all that is built on them.

    All parts share one clock and one ledger. Each public method of a part first lets happen what has become
    due, then does its work as a whole or raises a `Refusal` and changes nothing.

    Args:
        clock: The time of the sandbox.
        on_event: Is called at each status that a transaction reaches.
        on_order: Is called at each state that a settlement payment order reaches.
        on_checkout: Is called at the end of each payment of v2.
        new_id: Makes the ids; another one makes tests repeatable.
        card_reader: Reads cards; None takes encrypted ones with any padding.
    """

    def __init__(
        self,
        clock: Clock,
        on_event: Callable[[Event], None] = lambda event: None,
        on_order: Callable[[SettlementOrder], None] = lambda order: None,
        on_checkout: Callable[[CheckoutEvent], None] = lambda event: None,
        new_id: Callable[[], UUID] = uuid4,
        card_reader: CardReader | None = None,
    ) -> None:
        self.state = State(clock, on_event, new_id)
        self.card_reader = CardReader() if card_reader is None else card_reader
        self.card_payments = CardPayments(self.state)
        self.direct_payments = DirectPayments(
            self.state, self.card_reader, self.card_payments
        )
        self.link_payments = LinkPayments(self.state, self.card_payments)
        self.customers = Customers(self.state)
        self.payouts = Payouts(self.state, self.customers)
        self.beneficiaries = Beneficiaries(self.state)
        self.split_requests = SplitRequests(self.state, self.beneficiaries)
        self.settlement_orders = SettlementOrders(
            self.state, self.beneficiaries, on_order
        )
        self.checkout = CheckoutApi(self.state, self.card_reader, on_checkout)
        self.gate = Gate(self.state)
        self.wallet = Wallet(self.state)

    def reset(self) -> None:
        """Forget everything and return to the real time."""
        self.state.reset()
        for part in (
            self.card_payments,
            self.customers,
            self.payouts,
            self.beneficiaries,
            self.split_requests,
            self.settlement_orders,
            self.checkout,
            self.gate,
            self.wallet,
        ):
            part.forget()
