"""The sandbox's memory: payment links, payments and transactions, and the rules by which money moves.

No HTTP, no threads, no timers: plain calls that change plain objects, so that every rule can be tested by
itself.

Documented, and kept here:

* A link with auto clearing is captured by itself 1 hour after the authorization; one without, after 5 days.
* Only an authorized payment can be captured or cancelled; a capture may take a part, and the rest can be
  cancelled.
* Only a charged payment can be refunded, by no more than its balance; a refund makes a new transaction.
* An order reference belongs to one payment link.

Stand-in choices, made because no public source says otherwise:

* A link takes one successful payment. A declined one leaves the link active, and the next try is a new
  payment.
* After a partial capture the payment is `charged`. It cannot be captured again; what was not captured stays
  on hold until it is cancelled, or is released when the automatic capture would have come.
* The balance of a payment is its amount until it is captured, then what was captured, less what was refunded.
  The three samples of 2023 (capture, refund, cancel) agree with that.
* A payment turns `refunded` when its whole balance has been refunded; until then it stays `charged`.
* The id of a payment operation may be the payment's id or the id of its transaction: the documentation of
  2023 says transaction, merchants in 2026 send the payment's.
* A merchant-initiated payment is in major units, is authorized at once, and is captured by itself after 1
  hour.
* A refund needs a merchant's balance that covers it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID, uuid4

from .money import MERCHANT, OUTSIDE, TOO_MUCH, Ledger, exact_amount, known_currency
from .records import (
    SOME_CARD,
    CardFace,
    Event,
    Link,
    LinkStatus,
    Movement,
    Payment,
    SavedCard,
    Status,
    Transaction,
)
from .refusals import AlreadyRefunded, NotAllowed, NotFound
from .tables import NewestFirst, Table, Total
from .timing import Clock, Timeline

AUTO_CLEARING_DELAY: Final = timedelta(hours=1)
"""How long after the authorization a payment with auto clearing is captured."""

MANUAL_CLEARING_DELAY: Final = timedelta(days=5)
"""How long a merchant without auto clearing has before the payment is captured by itself."""


DECLINED: Final = "The payment page was told to decline"
"""The reason of a payment that was declined without a card."""


class State:
    """Payment links, payments and transactions; `World` adds the rest.

    Each public method first lets happen what has become due (expiry of links, automatic captures), then does
    its work as a whole or raises a `Refusal` and changes nothing.

    Args:
        clock: The time of the sandbox.
        on_event: Is called at each status that a transaction reaches, while the change is being made.
        new_id: Makes the ids; another one makes tests repeatable.
    """

    def __init__(
        self,
        clock: Clock,
        on_event: Callable[[Event], None] = lambda event: None,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.timeline: Final = Timeline(clock)
        self.ledger: Final = Ledger()
        self.new_id: Final = new_id
        self._on_event = on_event
        self._forget()

    def reset(self) -> None:
        """Forget everything and return to the real time."""
        self.timeline.reset()
        self.ledger.forget()
        self._forget()

    def advance(self, by: timedelta) -> datetime:
        """Move the clock ahead, let happen what becomes due, and return the new time.

        Raises:
            ValueError: if that would move it back, or beyond the calendar.
        """
        return self.timeline.advance(by)

    def settle(self) -> datetime:
        """Let everything happen that has become due, in the order of time, and return the present moment."""
        return self.timeline.settle()

    # --- payment links --------------------------------------------------------------------------------------

    def create_link(
        self,
        *,
        amount: int,
        currency: str,
        order_reference: str | None = None,
        description: str | None = None,
        customer_id: str | None = None,
        expires_at: datetime | None = None,
        metadata: Mapping[str, object] | None = None,
        recurring: Mapping[str, object] | None = None,
        auto_clearing: bool = True,
        validation: bool = False,
    ) -> Link:
        """Create a payment link; `amount` is in minor units (tiyn).

        Raises:
            NotAllowed: if the amount, the currency or the expiry cannot be, or the order reference is taken.
        """
        now = self.settle()
        known_currency(currency, "paymentLinks")
        if not 0 < amount < TOO_MUCH:
            raise NotAllowed(
                "amount must be a positive number of minor units", "paymentLinks"
            )
        if (
            order_reference is not None
            and self._links_by_reference.latest(order_reference) is not None
        ):
            raise NotAllowed(
                "payment link with provided order reference already exists",
                "paymentLinks",
            )
        if expires_at is not None and expires_at <= now:
            raise NotAllowed("expiresAt must be in the future", "paymentLinks")
        link = Link(
            id=f"pl_{self.new_id().hex}",
            amount=amount,
            currency=currency,
            created_at=now,
            updated_at=now,
            order_reference=order_reference,
            description=description,
            customer_id=customer_id,
            expires_at=expires_at,
            metadata=dict(metadata or {}),
            recurring=dict(recurring) if recurring is not None else None,
            auto_clearing=auto_clearing,
            validation=validation,
        )
        self._links.add(link.id, link)
        self._await_expiry(link)
        return link

    def links(self) -> NewestFirst[Link]:
        """Return all payment links, the newest first."""
        self.settle()
        return self._links.all()

    def link_totals(self) -> Mapping[tuple[LinkStatus, str], Total]:
        """Return how many payment links there are by status and currency, and their amounts in minor units."""
        self.settle()
        return self._link_totals.all()

    def link(self, link_id: str) -> Link:
        """Return the payment link with this id.

        Raises:
            NotFound: if there is none.
        """
        self.settle()
        return self._known_link(link_id)

    def link_by_order_reference(self, order_reference: str) -> Link:
        """Return the payment link with this order reference.

        Raises:
            NotFound: if there is none.
        """
        self.settle()
        link = self._links_by_reference.latest(order_reference)
        if link is None:
            raise NotFound("payment link not found", "paymentLinks")
        return link

    def cancel_link(self, link_id: str) -> Link:
        """Close a link, so that it can no longer be paid.

        Raises:
            NotFound: if there is no such link.
            NotAllowed: if the link is not active.
        """
        now = self.settle()
        link = self._known_link(link_id)
        if not link.is_open:
            raise NotAllowed(
                f"payment link can not be cancelled: it is {link.status}",
                "paymentLinks",
            )
        self._close_link(link, LinkStatus.CANCELLED, now)
        return link

    def update_link_expiration(self, link_id: str, expires_at: datetime) -> Link:
        """Give an active link another end.

        Raises:
            NotFound: if there is no such link.
            NotAllowed: if the link is not active, or the moment has passed.
        """
        now = self.settle()
        link = self._known_link(link_id)
        if not link.is_open:
            raise NotAllowed(
                f"payment link can not be updated: it is {link.status}", "paymentLinks"
            )
        if expires_at <= now:
            raise NotAllowed("expiresAt must be in the future", "paymentLinks")
        link.expires_at, link.updated_at = expires_at, now
        self._await_expiry(link)
        return link

    # --- the payer ------------------------------------------------------------------------------------------

    def pay_link(self, link_id: str) -> Payment:
        """Do what a payer does who pays: created, 3-D Secure, authorized. The link is paid.

        Raises:
            NotFound: if there is no such link.
            NotAllowed: if the link is not active.
        """
        now = self.settle()
        payment = self._payment_after_three_ds(link_id, now)
        self.authorize(payment, now)
        return payment

    def decline_link(self, link_id: str) -> Payment:
        """Do what a payer does whose bank says no: created, 3-D Secure, rejected. The link stays active.

        Raises:
            NotFound: if there is no such link.
            NotAllowed: if the link is not active.
        """
        now = self.settle()
        payment = self._payment_after_three_ds(link_id, now)
        payment.refusal = DECLINED
        self.reach(payment, payment.transaction, Status.REJECTED, now)
        return payment

    # --- transactions ---------------------------------------------------------------------------------------

    def transactions(self) -> NewestFirst[Transaction]:
        """Return all transactions, the newest first."""
        self.settle()
        return self._transactions.all()

    def transaction(self, some_id: str) -> tuple[Payment, Transaction]:
        """Return the transaction with this id and the payment it belongs to; for a payment's id, the payment's own.

        Raises:
            NotFound: if there is none.
        """
        self.settle()
        transaction = self._transactions.get(some_id)
        if transaction is not None:
            return self._payment_of(transaction), transaction
        payment = self._payments.get(some_id)
        if payment is None:
            raise NotFound("transaction not found", "transactions")
        return payment, payment.transaction

    def payment_of_link(self, link_id: str) -> Payment:
        """Return the latest payment of a link.

        Raises:
            NotFound: if there is no such link, or nobody has tried to pay it yet.
        """
        self.settle()
        return _found(self._payments_by_link.latest(link_id))

    def transactions_of_customer(self, customer_id: str) -> NewestFirst[Transaction]:
        """Return a customer's payments and refunds, the newest first."""
        self.settle()
        return self._transactions_by_customer.of(customer_id)

    def cards_of_customer(self, customer_id: str) -> NewestFirst[SavedCard]:
        """Return the cards with which a payment of a customer was authorized, the newest first."""
        self.settle()
        return self._cards_by_customer.of(customer_id)

    def saved_card(self, card_token_id: str) -> CardFace | None:
        """Return the card of this token, if a payment with it was authorized, so that it can be used again."""
        card = self._cards.get(card_token_id)
        return None if card is None else card.face

    def payment_by_order_reference(self, order_reference: str) -> Payment:
        """Return the latest payment with this order reference.

        Raises:
            NotFound: if there is none.
        """
        self.settle()
        return _found(self._payments_by_reference.latest(order_reference))

    # --- those who only look on -----------------------------------------------------------------------------
    # Nothing that has become due happens here: a page that is read changes nothing.

    def seen_links(self) -> NewestFirst[Link]:
        """Return all payment links as they were left, the newest first."""
        return self._links.all()

    def seen_link(self, link_id: str) -> Link | None:
        """Return a payment link as it was left."""
        return self._links.get(link_id)

    def seen_payments(self) -> NewestFirst[Payment]:
        """Return all payments as they were left, the newest first."""
        return self._payments.all()

    def seen_payments_of(self, link_id: str) -> NewestFirst[Payment]:
        """Return the payments of a link as they were left, the newest first."""
        return self._payments_by_link.of(link_id)

    def seen_payment(self, some_id: str) -> Payment | None:
        """Return a payment as it was left, by its id or that of one of its transactions."""
        transaction = self._transactions.get(some_id)
        payment_id = some_id if transaction is None else transaction.payment_id
        return self._payments.get(payment_id)

    # --- payments -------------------------------------------------------------------------------------------

    def charge_card(
        self,
        *,
        amount: Decimal | int,
        currency: str,
        card_token_id: str,
        initial_transaction_id: str | None = None,
    ) -> Payment:
        """Make a payment that the merchant starts with the card of an earlier one; `amount` is in major units.

        Without the id of the earlier transaction, the payment in which the card was saved is taken.

        Raises:
            NotAllowed: if there is no authorized earlier payment with that card, or the amount cannot be.
        """
        now = self.settle()
        try:
            if initial_transaction_id is None:
                initial = _found(self._initial_payments_by_card.latest(card_token_id))
            else:
                initial = self._known_payment(initial_transaction_id)
        except NotFound:
            raise NotAllowed(
                "the card or the initial transaction is not known", "payments"
            ) from None
        if not initial.authorized or initial.card_token_id != card_token_id:
            raise NotAllowed(
                "cardTokenId is not the card of an authorized initial transaction",
                "payments",
            )
        exact = exact_amount(amount, currency)
        payment = self.open_payment(
            amount=exact,
            currency=currency,
            now=now,
            card_token_id=card_token_id,
            recurring_type="ucof",
            card=initial.card,
            callback_url=initial.callback_url,
            customer_id=initial.customer_id,
            parent_id=initial.transaction.id,
            description=initial.transaction.description,
        )
        self.authorize(payment, now)
        return payment

    def capture(self, payment_id: str, amount: Decimal | int | None = None) -> Movement:
        """Take the money of an authorized payment; `amount` is a part in major units, None is all of it.

        Raises:
            NotFound: if there is no such payment.
            NotAllowed: if it is not authorized, or the amount is not positive or more than was authorized.
        """
        now = self.settle()
        payment = self._known_payment(payment_id)
        if payment.transaction.status is not Status.AUTHORIZED:
            raise NotAllowed(
                f"transaction must be authorized: it is {payment.transaction.status}",
                "payments",
            )
        taken = (
            payment.held
            if amount is None
            else exact_amount(amount, payment.transaction.currency)
        )
        if taken > payment.held:
            raise NotAllowed(
                "charge amount must be less than or equal to the transaction amount",
                "payments",
            )
        self.charge(payment, taken, now)
        return Movement(payment, payment.transaction, taken, payment.balance)

    def cancel(self, payment_id: str) -> Movement:
        """Release the hold of an authorized payment, or what a partial capture has left of it.

        Raises:
            NotFound: if there is no such payment.
            NotAllowed: if nothing is on hold.
        """
        now = self.settle()
        payment = self._known_payment(payment_id)
        released = payment.held
        if not released:
            raise NotAllowed(
                f"transaction must be authorized: it is {payment.transaction.status}",
                "payments",
            )
        payment.released += released
        if payment.transaction.status is Status.AUTHORIZED:
            # After a partial capture the payment stays charged: an event `cancelled` would tell a merchant's
            # program that the order was not paid.
            self.reach(payment, payment.transaction, Status.CANCELLED, now)
        return Movement(payment, payment.transaction, released, payment.balance)

    def refund(
        self,
        payment_id: str,
        amount: Decimal | int | None = None,
        *,
        order_reference: str | None = None,
        description: str | None = None,
    ) -> Movement:
        """Give back the money of a charged payment; `amount` is a part in major units, None is all.

        Raises:
            NotFound: if there is no such payment.
            AlreadyRefunded: if all of it has been refunded.
            NotAllowed: if it is not charged, or the amount is not positive or more than the balance, or the
                merchant has paid out so much that the money is not there.
        """
        now = self.settle()
        payment = self._known_payment(payment_id)
        original = payment.transaction
        if original.status is Status.REFUNDED:
            raise AlreadyRefunded(
                "transaction can not be refunded: already refunded", "payments"
            )
        if original.status is not Status.CHARGED:
            raise NotAllowed(
                f"only a charged transaction can be refunded: it is {original.status}",
                "payments",
            )
        returned = (
            payment.balance
            if amount is None
            else exact_amount(amount, original.currency)
        )
        if returned > payment.balance:
            raise NotAllowed(
                "refund amount must be less than or equal to the balance", "payments"
            )
        self.ledger.require(MERCHANT, returned, original.currency, "payments")
        refund = self._new_transaction(
            payment_id=payment.id,
            type="refund",
            amount=returned,
            currency=original.currency,
            now=now,
            order_reference=original.order_reference
            if order_reference is None
            else order_reference,
            description=original.description if description is None else description,
            parent_id=original.id,
        )
        self._transactions.add(refund.id, refund)
        refund.processed_at, refund.processed_amount = now, returned
        payment.refunds.append(refund)
        payment.refunded += returned
        self.ledger.move(MERCHANT, OUTSIDE, returned, original.currency, "payments")
        if not payment.balance:
            original.becomes(Status.REFUNDED, now)
        self.reach(payment, refund, Status.REFUNDED, now)
        return Movement(payment, refund, returned, payment.balance)

    # --- for other parts of the sandbox ---------------------------------------------------------------------

    def open_payment(
        self,
        *,
        amount: Decimal,
        currency: str,
        now: datetime,
        card_token_id: str,
        recurring_type: str | None,
        callback_url: str | None,
        customer_id: str | None,
        card: CardFace = SOME_CARD,
        link: Link | None = None,
        auto_clearing: bool = True,
        order_reference: str | None = None,
        description: str | None = None,
        parent_id: str | None = None,
    ) -> Payment:
        """Begin a payment of an amount that has been checked; its status is `created`."""
        payment_id = str(self.new_id())
        transaction = self._new_transaction(
            payment_id=payment_id,
            type="payment",
            amount=amount,
            currency=currency,
            now=now,
            order_reference=order_reference,
            description=description,
            parent_id=parent_id,
        )
        payment = Payment(
            id=payment_id,
            transaction=transaction,
            session_id=str(self.new_id()),
            card_token_id=card_token_id,
            card=card,
            auto_clearing=auto_clearing,
            link=link,
            recurring_type=recurring_type,
            callback_url=callback_url,
            customer_id=customer_id,
        )
        self._payments.add(payment_id, payment)
        self._transactions.add(transaction.id, transaction)
        self.reach(payment, transaction, Status.CREATED, now)
        return payment

    def open_link_payment(self, link_id: str, card: CardFace, now: datetime) -> Payment:
        """Begin a payment of a link; its status is `created`.

        Raises:
            NotFound: if there is no such link.
            NotAllowed: if the link is not active.
        """
        link = self._payable_link(link_id)
        recurring_type = (link.recurring or {}).get("type")
        return self.open_payment(
            amount=link.major_amount,
            currency=link.currency,
            now=now,
            card_token_id=str(self.new_id()),
            card=card,
            recurring_type=recurring_type if isinstance(recurring_type, str) else None,
            callback_url=link.address("callbackUrl"),
            customer_id=link.customer_id,
            link=link,
            auto_clearing=link.auto_clearing,
            order_reference=link.order_reference,
            description=link.description,
        )

    def authorize(self, payment: Payment, now: datetime) -> None:
        """Put the amount of a payment on hold, to be captured by itself in the end. Its link is paid."""
        payment.authorized = payment.transaction.amount
        payment.transaction.authorized_at = now
        if payment.card_token_id not in self._cards:
            card = SavedCard(payment.card_token_id, payment.customer_id, payment.card)
            self._cards.add(card.token_id, card)
        self.reach(payment, payment.transaction, Status.AUTHORIZED, now)
        if payment.link is not None:
            self._close_link(payment.link, LinkStatus.PAID, now)

        def clear(due: datetime) -> None:
            if payment.transaction.status is Status.AUTHORIZED:
                self.charge(payment, payment.held, due)
            else:
                payment.released += payment.held

        self.timeline.at(
            now
            + (AUTO_CLEARING_DELAY if payment.auto_clearing else MANUAL_CLEARING_DELAY),
            clear,
        )

    def charge(self, payment: Payment, amount: Decimal, now: datetime) -> None:
        """Take an amount that is on hold."""
        payment.captured += amount
        payment.transaction.processed_at, payment.transaction.processed_amount = (
            now,
            amount,
        )
        self.ledger.move(
            OUTSIDE, MERCHANT, amount, payment.transaction.currency, "payments"
        )
        self.reach(payment, payment.transaction, Status.CHARGED, now, amount)

    def reach(
        self,
        payment: Payment,
        transaction: Transaction,
        status: Status,
        now: datetime,
        amount: Decimal | None = None,
    ) -> None:
        """Let a transaction reach a status, and tell it."""
        transaction.becomes(status, now, amount)
        self._on_event(
            Event(
                status,
                now,
                payment,
                transaction,
                self.ledger.balance(MERCHANT, transaction.currency),
            )
        )

    # --- inside ---------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._links: Table[Link] = Table()
        self._links_by_reference = self._links.grouped(
            lambda link: _keys(link.order_reference)
        )
        self._link_totals = self._links.totalled(
            lambda link: (link.status, link.currency), lambda link: link.amount
        )
        self._payments: Table[Payment] = Table()
        self._payments_by_link = self._payments.grouped(
            lambda payment: _keys(payment.link.id if payment.link else None)
        )
        self._payments_by_reference = self._payments.grouped(
            lambda payment: _keys(payment.transaction.order_reference)
        )
        self._initial_payments_by_card = self._payments.grouped(
            lambda payment: (
                [payment.card_token_id] if payment.transaction.parent_id is None else []
            )
        )
        self._transactions: Table[Transaction] = Table()
        self._transactions_by_customer = self._transactions.grouped(
            lambda transaction: _keys(self._payment_of(transaction).customer_id)
        )
        self._cards: Table[SavedCard] = Table()
        self._cards_by_customer = self._cards.grouped(
            lambda card: _keys(card.customer_id)
        )
        self._numbers = itertools.count(1)

    def _close_link(self, link: Link, status: LinkStatus, now: datetime) -> None:
        with self._links.changing(link.id):
            link.status, link.updated_at = status, now

    def _await_expiry(self, link: Link) -> None:
        def expire(due: datetime) -> None:
            # The end may have been moved since this was planned.
            if link.is_open and link.expires_at == due:
                self._close_link(link, LinkStatus.EXPIRED, due)

        if link.expires_at is not None:
            self.timeline.at(link.expires_at, expire)

    def _known_link(self, link_id: str) -> Link:
        link = self._links.get(link_id)
        if link is None:
            raise NotFound("payment link not found", "paymentLinks")
        return link

    def _payable_link(self, link_id: str) -> Link:
        link = self._known_link(link_id)
        if not link.is_open:
            raise NotAllowed(
                f"payment link can not be paid: it is {link.status}", "paymentLinks"
            )
        return link

    def _known_payment(self, some_id: str) -> Payment:
        payment = self._payments.get(some_id)
        if (
            payment is None
            and (transaction := self._transactions.get(some_id)) is not None
        ):
            if transaction.type == "refund":
                raise NotAllowed(
                    "this is the transaction of a refund, not a payment", "payments"
                )
            payment = self._payment_of(transaction)
        if payment is None:
            raise NotFound("transaction not found", "payments")
        return payment

    def _payment_of(self, transaction: Transaction) -> Payment:
        return _found(self._payments.get(transaction.payment_id))

    def _payment_after_three_ds(self, link_id: str, now: datetime) -> Payment:
        payment = self.open_link_payment(link_id, SOME_CARD, now)
        payment.transaction.secure_3d = True
        self.reach(payment, payment.transaction, Status.THREE_D_SECURE, now)
        return payment

    def _new_transaction(
        self,
        *,
        payment_id: str,
        type: Literal["payment", "refund"],
        amount: Decimal,
        currency: str,
        now: datetime,
        order_reference: str | None,
        description: str | None,
        parent_id: str | None,
    ) -> Transaction:
        return Transaction(
            id=str(self.new_id()),
            payment_id=payment_id,
            type=type,
            amount=amount,
            currency=currency,
            created_at=now,
            updated_at=now,
            reference_number=f"{next(self._numbers):012d}",
            order_reference=order_reference,
            description=description,
            parent_id=parent_id,
        )


def _keys(key: str | None) -> list[str]:
    """Return the one key of a row, or none."""
    return [] if key is None else [key]


def _found(payment: Payment | None) -> Payment:
    if payment is None:
        raise NotFound("transaction not found", "transactions")
    return payment
