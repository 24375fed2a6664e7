"""The Gate: products that an agent sells, orders, and the agent's balance.

Documented, and kept here: the fields and their samples, decimal text in major units, `pending` until an order
is `completed` or failed, `topup_request` for `direct_top_up` products, and an `Idempotency-Key` that makes an
order once.

Stand-in choices, made because no public source says otherwise:

* The catalogue: a Steam top-up (456, the documented sample), a voucher (457), a product that always fails
  (458), and one that is not active (459). All are in USD.
* The agent starts with a posted deposit of 250.00 USD and a pending one of 100.00 USD, which is posted after an
  hour, as in the documented sample.
* What an order costs is its price, or the amount of the top-up, and a quarter of it as margin: 12.50 for
  10.00, as in the sample. It leaves the balance at once; an order that fails gives it back.
* An order is done after 90 seconds, as in the sample.
* `currency_code` may be left out. The amount of a top-up is between the product's limits and in its steps, and
  `customer_account` must not be empty.
* The same key with the same body gives the order that there is, as it is now; with another body it is
  refused with 400. An order that was refused does not take its key.
* Every order is a test (`is_test`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from .money import AGENT, OUTSIDE, read_decimal_text
from .records import ZERO
from .refusals import Conflict, NotAllowed, NotFound
from .state import State
from .tables import NewestFirst, Table

COMPLETION_DELAY: Final = timedelta(seconds=90)
"""How long after its creation an order is completed, or fails."""

POSTING_DELAY: Final = timedelta(hours=1)
"""How long after the start the pending deposit is posted."""

MARGIN: Final = Decimal("0.25")
"""What is charged besides the price, as a part of it."""

CURRENCY: Final = "USD"
"""The currency of the catalogue and of the agent's balance."""

PRODUCT_TYPES: Final[Mapping[int, tuple[str, str]]] = {
    1: ("redeem_card", "Redeemable Card"),
    2: ("direct_transfer", "Direct Transfer"),
    3: ("direct_top_up", "Direct Top-up"),
}
"""Code and name of the kinds of products, by id."""

PRODUCT_CATEGORIES: Final[Mapping[int, str]] = {10: "Games", 20: "Vouchers"}
"""The names of the categories, by id."""

_SOURCE = "gate"
_DIRECT_TOP_UP: Final = 3


@dataclass(frozen=True, slots=True)
class TopUp:
    """The amounts that can be topped up, in major units."""

    least: Decimal
    most: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """Something to sell; its price is in major units."""

    id: int
    name: str
    slug: str
    category_id: int
    type_id: int
    price: Decimal
    description: str
    top_up: TopUp | None = None
    active: bool = True
    fails: bool = False


PRODUCTS: Final[Mapping[int, Product]] = {
    product.id: product
    for product in (
        Product(
            456,
            "Steam Wallet Top Up",
            "steam-top-up",
            10,
            _DIRECT_TOP_UP,
            Decimal(10),
            "Instant Steam balance top-up.",
            TopUp(Decimal(5), Decimal(100), Decimal(1)),
        ),
        Product(
            457,
            "Sample Voucher",
            "sample-voucher",
            20,
            1,
            Decimal(10),
            "A voucher with a code.",
        ),
        Product(
            458,
            "Failing Transfer",
            "failing",
            20,
            2,
            Decimal(20),
            "Every order fails.",
            fails=True,
        ),
        Product(
            459,
            "Retired Voucher",
            "retired",
            20,
            1,
            Decimal(5),
            "Not sold any more.",
            active=False,
        ),
    )
}
"""The catalogue, by id."""


class OrderStatus(StrEnum):
    """State of an order."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(slots=True)
class Order:
    """An order of the agent, in major units."""

    id: str
    product: Product
    external_ref: str | None
    idempotency_key: str
    request: Mapping[str, Any]
    charged: Decimal
    balance_before: Decimal
    balance_after: Decimal
    vendor_order_id: str
    voucher_code: str
    created_at: datetime
    status: OrderStatus = OrderStatus.PENDING
    finished_at: datetime | None = None

    @property
    def account(self) -> str:
        """Return where the money waits in the ledger."""
        return f"gate order {self.id}"

    @property
    def has_voucher(self) -> bool:
        """Return whether there is a code to hand over."""
        return (
            self.status is OrderStatus.COMPLETED
            and PRODUCT_TYPES[self.product.type_id][0] == "redeem_card"
        )


@dataclass(slots=True)
class Deposit:
    """Money that the agent paid in, in major units."""

    id: int
    amount: Decimal
    method: str
    external_ref: str | None
    created_at: datetime
    posted_at: datetime | None = None

    @property
    def status(self) -> str:
        """Return `posted` if the money is on the balance."""
        return "pending" if self.posted_at is None else "posted"


class Gate:
    """The agent's orders, deposits and balance.

    Args:
        state: The payments; the Gate uses its time, its ids and its ledger.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.forget()

    def forget(self) -> None:
        """Forget all orders, and start with the two deposits again."""
        self._orders: Table[Order] = Table()
        self._by_key = self._orders.grouped(lambda order: [order.idempotency_key])
        self._by_filter = self._orders.grouped(_filters)
        now = self._state.settle()
        posted = Deposit(1201, Decimal(250), "bank_wire", "WIRE-1201", now)
        pending = Deposit(1202, Decimal(100), "manual", None, now)
        self._deposits: list[Deposit] = [posted, pending]
        self._post(posted, now)
        self._state.timeline.at(
            now + POSTING_DELAY, lambda due: self._post(pending, due)
        )

    def product(self, product_id: int) -> Product:
        """Return the product with this id.

        Raises:
            NotFound: if there is none.
        """
        product = PRODUCTS.get(product_id)
        if product is None:
            raise NotFound("product not found", _SOURCE)
        return product

    def order(self, key: str, body: Mapping[str, Any]) -> Order:
        """Order a product, or find the order that this very request has made before.

        Raises:
            Conflict: if the key was used for another request.
            NotAllowed: if the product cannot be ordered like that, or there is not enough money.
        """
        now = self._state.settle()
        if not key:
            raise NotAllowed("Idempotency-Key is empty", _SOURCE)
        known = self._by_key.latest(key)
        if known is not None:
            if known.request != body:
                raise Conflict(
                    "the Idempotency-Key was used for another order", _SOURCE
                )
            return known
        product = _orderable(body)
        price = _top_up(product.top_up, body) if product.top_up else product.price
        charged = price + price * MARGIN
        before = self.balance()
        order_id = self._state.new_id()
        order = Order(
            id=str(order_id),
            product=product,
            external_ref=body.get("external_ref"),
            idempotency_key=key,
            request=dict(body),
            charged=charged,
            balance_before=before,
            balance_after=before - charged,
            vendor_order_id=f"LC-{order_id.int % 10**6:06d}",
            voucher_code="-".join(
                self._state.new_id().hex.upper()[at : at + 4] for at in (0, 4, 8)
            ),
            created_at=now,
        )
        self._state.ledger.move(AGENT, order.account, charged, CURRENCY, _SOURCE)
        self._changed_at = now
        self._orders.add(order.id, order)
        self._state.timeline.at(
            now + COMPLETION_DELAY, lambda due: self._finish(order, due)
        )
        return order

    def orders(
        self, status: str | None = None, product_id: int | None = None
    ) -> NewestFirst[Order]:
        """Return the orders, the newest first; of one status, of one product, or of both."""
        self._state.settle()
        if status is None and product_id is None:
            return self._orders.all()
        return self._by_filter.of((status, product_id))

    def get(self, order_id: str) -> Order:
        """Return the order with this id.

        Raises:
            NotFound: if there is none.
        """
        self._state.settle()
        order = self._orders.get(order_id)
        if order is None:
            raise NotFound("order not found", _SOURCE)
        return order

    def balance(self) -> Decimal:
        """Return what the agent can spend, in major units."""
        self._state.settle()
        return self._state.ledger.balance(AGENT, CURRENCY)

    @property
    def balance_changed_at(self) -> datetime:
        """Return when the balance last changed."""
        return self._changed_at

    def deposits(self, status: str | None = None) -> list[Deposit]:
        """Return the deposits, in the order of their ids."""
        self._state.settle()
        return [
            deposit for deposit in self._deposits if status in (None, deposit.status)
        ]

    def _post(self, deposit: Deposit, now: datetime) -> None:
        deposit.posted_at = self._changed_at = now
        self._state.ledger.move(OUTSIDE, AGENT, deposit.amount, CURRENCY, _SOURCE)

    def _finish(self, order: Order, now: datetime) -> None:
        with self._orders.changing(order.id):
            order.status = (
                OrderStatus.FAILED if order.product.fails else OrderStatus.COMPLETED
            )
            order.finished_at = now
        taker = AGENT if order.product.fails else OUTSIDE
        self._state.ledger.move(order.account, taker, order.charged, CURRENCY, _SOURCE)
        if taker is AGENT:
            self._changed_at = now


def _filters(order: Order) -> list[tuple[str | None, int | None]]:
    """Return each status and product that a list may ask for to show this order."""
    return [
        (order.status, None),
        (None, order.product.id),
        (order.status, order.product.id),
    ]


def _orderable(body: Mapping[str, Any]) -> Product:
    product = PRODUCTS.get(body["product_id"])
    if product is None or not product.active:
        raise NotAllowed("the product cannot be ordered", _SOURCE)
    if body.get("currency_code", CURRENCY) != CURRENCY:
        raise NotAllowed(f"the product is sold in {CURRENCY}", _SOURCE)
    if product.top_up is None and "topup_request" in body:
        raise NotAllowed("topup_request is for direct_top_up products only", _SOURCE)
    return product


def _top_up(limits: TopUp, body: Mapping[str, Any]) -> Decimal:
    request: Mapping[str, Any] = body.get("topup_request") or {}
    if "amount" not in request or not request.get("customer_account"):
        raise NotAllowed("topup_request needs amount and customer_account", _SOURCE)
    amount = read_decimal_text(request["amount"], _SOURCE)
    if (
        not limits.least <= amount <= limits.most
        or (amount - limits.least) % limits.step != ZERO
    ):
        raise NotAllowed(
            f"the amount must be from {limits.least} to {limits.most} in steps of {limits.step}",
            _SOURCE,
        )
    return amount
