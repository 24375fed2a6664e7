"""Take money for orders, and give it back: everything that the shop does with Plexy Pay.

Each method writes down what it is about to do, calls, and writes down what came of it. So it can break off anywhere:
`reconcile` finds out the rest.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from plexy_pay import (
    AsyncPlexyPay,
    Executed,
    Money,
    NotExecuted,
    NotFoundError,
    OutcomeUnknownError,
    PlexyError,
    Undetermined,
)
from plexy_pay.models import (
    PaymentLink,
    PaymentLinkStatus,
    TransactionResponse,
    TransactionStatus,
)
from plexy_pay.webhooks import (
    AnyEvent,
    TransactionAuthorized,
    TransactionCancelled,
    TransactionCharged,
    TransactionFailed,
    TransactionRefunded,
    TransactionRejected,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .database import PAYABLE, REFUND, UNPAID, HandledEvent, Order, OrderState
from .fulfilment import status_of, take_note

Sessions: TypeAlias = async_sessionmaker[AsyncSession]

TELLING = (
    TransactionAuthorized,
    TransactionCancelled,
    TransactionCharged,
    TransactionFailed,
    TransactionRefunded,
    TransactionRejected,
)
PAYABLE_FOR = timedelta(hours=1)

log = logging.getLogger(__name__)


class NotPossibleError(Exception):
    """Say why something cannot be done with an order. No money moved."""


class Payments:
    """Hold the orders and the client.

    Args:
        sessions: Makes sessions of the database.
        plexy: The client, one for the life of the application.
        shop_url: Where payers and Plexy Pay reach the shop.
    """

    def __init__(self, sessions: Sessions, plexy: AsyncPlexyPay, shop_url: str) -> None:
        self._sessions = sessions
        self._plexy = plexy
        self._shop_url = shop_url

    async def order(self, order_id: UUID) -> Order | None:
        """Return an order."""
        async with self._sessions() as session:
            return await session.get(Order, order_id)

    async def orders(self, *states: OrderState) -> list[Order]:
        """Return the orders in some states, the oldest first."""
        query = select(Order).where(Order.state.in_(states)).order_by(Order.created_at)
        async with self._sessions() as session:
            return list(await session.scalars(query))

    async def begin(self, order_id: UUID, title: str, price: Money) -> str:
        """Return where the payer pays, for a new order or for one that was begun before; its page, if that is over.

        Raises:
            PlexyError: if there is no payment link yet. Call again with the same id: there will be one link.
        """
        async with self._sessions.begin() as session:
            order = await session.get(Order, order_id)
            if order is None:
                order = Order(
                    id=order_id,
                    title=title,
                    amount=str(price.amount),
                    currency=price.currency,
                )
                session.add(order)
        # The order is saved, and its reference with it. Only now Plexy Pay is called.
        if order.state not in PAYABLE:
            return self._page_of(order)
        if order.link_url is not None:
            return order.link_url
        link = await self._link_for(order)
        async with self._sessions.begin() as session:
            order = await session.get_one(Order, order_id)
            order.link_id, order.link_url = link.id, str(link.url)
        return str(link.url)

    async def _link_for(self, order: Order) -> PaymentLink:
        """Make the payment link of an order, or find the one that an earlier call has made."""
        page = self._page_of(order)
        try:
            return await self._plexy.payment_links.create(
                amount=order.price,
                order_reference=order.reference,
                description=order.title,
                expires_at=datetime.now(UTC) + PAYABLE_FOR,
                metadata={
                    "success_url": page,
                    "failure_url": page,
                    "cancel_url": f"{page}/left",
                    "callback_url": f"{self._shop_url}/webhooks/plexy",
                },
            )
        except PlexyError as error:
            if error.outcome == "not_sent":
                raise
            # Its response was lost, or the reference was taken: by this order, since nobody else knows it.
            try:
                return await self._plexy.payment_links.retrieve_by_order_reference(
                    order.reference
                )
            except NotFoundError:
                raise error from None

    def _page_of(self, order: Order) -> str:
        return f"{self._shop_url}/orders/{order.id}"

    async def handle(self, event: AnyEvent) -> None:
        """Handle a webhook, once. This is what the adapter calls.

        The event is a reason to look; what Plexy Pay says when asked is the state. If the look-up fails, the event
        is not acknowledged: the response is 500.
        """
        if not isinstance(event, TELLING):
            return
        found = await self._plexy.transactions.retrieve(event.data.id)
        async with self._sessions.begin() as session:
            if await session.get(HandledEvent, event.dedup_id):
                return
            # In one transaction: the event is handled and the order is changed, or neither.
            session.add(HandledEvent(dedup_id=event.dedup_id))
            order = await _order_of(session, found)
            if order is not None:
                take_note(order, found)

    async def look_at(self, order_id: UUID) -> None:
        """Ask what became of an order that is not paid: webhooks may be late, or lost.

        Raises:
            PlexyError: if that cannot be found out now.
        """
        order = await self.order(order_id)
        if order is None or order.link_id is None or order.state not in UNPAID:
            return
        link_status = (await self._plexy.payment_links.retrieve(order.link_id)).status
        found = await self._transaction_of(order.link_id)
        async with self._sessions.begin() as session:
            order = await _locked(session, order_id)
            if found is not None:
                take_note(order, found)
            if link_status == PaymentLinkStatus.EXPIRED and order.state in UNPAID:
                order.state = OrderState.EXPIRED

    async def _transaction_of(self, link_id: str) -> TransactionResponse | None:
        try:
            return await self._plexy.transactions.retrieve_by_payment_link(link_id)
        except NotFoundError:
            return None  # Nobody has tried to pay.

    async def cancel(self, order_id: UUID) -> None:
        """Cancel an order that is not paid, so that its link can no longer be paid.

        Raises:
            PlexyError: if the link may still be paid.
        """
        await self.look_at(order_id)
        order = await self.order(order_id)
        if order is None or order.state not in UNPAID:
            return
        if order.link_id is not None and order.state != OrderState.EXPIRED:
            await self._plexy.payment_links.cancel(order.link_id)
        async with self._sessions.begin() as session:
            order = await _locked(session, order_id)
            if order.state in UNPAID:
                order.state = OrderState.CANCELLED

    async def give_back(self, order_id: UUID) -> Order:
        """Give the money of a paid order back: cancel what is held, refund what was taken.

        Returns:
            The order. While it is `giving back`, nobody knows: `reconcile` finds out.

        Raises:
            NotPossibleError: if there is nothing to give back.
            PlexyError: if no money moved.
        """
        order = await self.order(order_id)
        if order is None or order.state != OrderState.PAID or order.payment_id is None:
            raise NotPossibleError("The order is not paid.")
        payment_id = order.payment_id
        found = await self._plexy.transactions.retrieve(payment_id)
        status = status_of(found)
        if status == TransactionStatus.AUTHORIZED:
            saved = await self._plexy.save_call("payments.cancel", id=payment_id)
        elif status == TransactionStatus.CHARGED:
            saved = await self._plexy.save_call(
                "payments.refund",
                id=payment_id,
                amount=None,
                order_reference=order.refund_reference,
            )
        else:
            raise NotPossibleError(f"The payment is {status}.")
        async with self._sessions.begin() as session:
            order = await _locked(session, order_id)
            # Of two operators who press the button at the same time, one comes here second.
            if order.state != OrderState.PAID:
                raise NotPossibleError(f"The order is {order.state}.")
            order.state, order.saved_call = OrderState.GIVING_BACK, saved
        try:
            if status == TransactionStatus.AUTHORIZED:
                await self._plexy.payments.cancel(payment_id)
            else:
                await self._plexy.payments.refund(
                    payment_id, order_reference=order.refund_reference
                )
        except OutcomeUnknownError as error:
            return await self._end_giving_back(
                order_id, OrderState.GIVING_BACK, str(error)
            )
        except PlexyError as error:
            await self._end_giving_back(order_id, OrderState.PAID, str(error))
            raise
        return await self._end_giving_back(order_id, OrderState.GIVEN_BACK, None)

    async def _end_giving_back(
        self, order_id: UUID, state: OrderState, note: str | None
    ) -> Order:
        async with self._sessions.begin() as session:
            order = await _locked(session, order_id)
            # A webhook may have been faster.
            if order.state == OrderState.GIVING_BACK:
                order.state, order.note = state, note
        return order

    async def allow_again(self, order_id: UUID) -> None:
        """Take a person's word, after a look at the dashboard, that no money went back.

        Raises:
            NotPossibleError: if there is no doubt about the order.
        """
        order = await self.order(order_id)
        if order is None or order.state != OrderState.GIVING_BACK:
            raise NotPossibleError("No money of the order is on its way back.")
        await self._end_giving_back(order_id, OrderState.PAID, None)

    async def reconcile(self) -> None:
        """Find out what nobody has heard of. Run it every few minutes, and after each restart."""
        waiting = [
            order
            for order in await self.orders(OrderState.GIVING_BACK)
            if order.saved_call is not None
        ]
        results = await self._plexy.reconcile_all(
            [order.saved_call for order in waiting if order.saved_call is not None]
        )
        for order, result in zip(waiting, results, strict=True):
            match result:
                case Executed():
                    state, note = OrderState.GIVEN_BACK, None
                case NotExecuted():
                    state, note = OrderState.PAID, "No money went back: try again."
                case Undetermined(reason=reason, check=check):
                    state, note = OrderState.GIVING_BACK, f"{reason} {check}"
            await self._end_giving_back(order.id, state, note)
        for order in await self.orders(*PAYABLE):
            try:
                await self.look_at(order.id)
            except PlexyError:
                # The others are not to wait for this one.
                log.exception("order %s cannot be looked up now", order.id)


async def _locked(session: AsyncSession, order_id: UUID) -> Order:
    return await session.get_one(Order, order_id, with_for_update=True)


async def _order_of(session: AsyncSession, found: TransactionResponse) -> Order | None:
    """Return the order that a transaction belongs to: a payment has its reference, a refund one that begins with it."""
    reference = str(found.merchant_reference or "").removesuffix(REFUND)
    try:
        order_id = UUID(reference)
    except ValueError:
        return None  # Of something else that the merchant sells.
    return await session.get(Order, order_id, with_for_update=True)
