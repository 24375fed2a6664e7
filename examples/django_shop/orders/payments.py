"""Take money for orders, and give it back: everything that the shop does with Plexy Pay.

Each function writes down what it is about to do, calls, and writes down what came of it. So it can break off anywhere:
`reconcile` finds out the rest.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from plexy_pay import (
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

from .fulfilment import status_of, take_note
from .models import PAYABLE, REFUND, HandledEvent, Order
from .plexy import plexy

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


def begin(order_id: UUID, title: str, price: Money) -> str:
    """Return where the payer pays, for a new order or for one that was begun before; its page, if that is over.

    Raises:
        PlexyError: if there is no payment link yet. Call again with the same id: there will be one link.
    """
    new = {"title": title, "amount": price.amount, "currency": price.currency}
    # Saved for good, or refused in a transaction of the caller. Only then Plexy Pay is called.
    with transaction.atomic(durable=True):
        order, _ = Order.objects.get_or_create(id=order_id, defaults=new)
    if order.state not in PAYABLE:
        return _page_of(order)
    if not order.link_url:
        link = _link_for(order)
        order.link_id, order.link_url = link.id, str(link.url)
        order.save(update_fields=["link_id", "link_url"])
    return order.link_url


def _link_for(order: Order) -> PaymentLink:
    """Make the payment link of an order, or find the one that an earlier call has made."""
    page = _page_of(order)
    try:
        return plexy().payment_links.create(
            amount=order.price,
            order_reference=order.reference,
            description=order.title,
            expires_at=timezone.now() + PAYABLE_FOR,
            metadata={
                "success_url": page,
                "failure_url": page,
                "cancel_url": settings.SHOP_URL + reverse("left", args=[order.id]),
                "callback_url": settings.SHOP_URL + reverse("webhook"),
            },
        )
    except PlexyError as error:
        if error.outcome == "not_sent":
            raise
        # Its response was lost, or the reference was taken: by this order, since nobody else knows it.
        try:
            return plexy().payment_links.retrieve_by_order_reference(order.reference)
        except NotFoundError:
            raise error from None


def _page_of(order: Order) -> str:
    return settings.SHOP_URL + reverse("order", args=[order.id])


def handle(event: AnyEvent) -> None:
    """Handle a webhook, once. This is what the adapter calls.

    The event is a reason to look; what Plexy Pay says when asked is the state. If the look-up fails, the event is not
    acknowledged: the response is 500.
    """
    if not isinstance(event, TELLING):
        return
    found = plexy().transactions.retrieve(event.data.id)
    # In one transaction: the event is handled and the order is changed, or neither.
    with transaction.atomic():
        _, is_new = HandledEvent.objects.get_or_create(dedup_id=event.dedup_id)
        order = _order_of(found)
        if is_new and order is not None:
            take_note(order, found)
            order.save()


def look_at(order: Order) -> None:
    """Ask what became of an order that is not paid: webhooks may be late, or lost.

    Raises:
        PlexyError: if that cannot be found out now.
    """
    if not order.link_id or not order.is_unpaid:
        return
    link_status = plexy().payment_links.retrieve(order.link_id).status
    found = _transaction_of(order.link_id)
    with transaction.atomic():
        order = _locked(order.id)
        if found is not None:
            take_note(order, found)
        if link_status == PaymentLinkStatus.EXPIRED and order.is_unpaid:
            order.state = Order.State.EXPIRED
        order.save()


def _transaction_of(link_id: str) -> TransactionResponse | None:
    try:
        return plexy().transactions.retrieve_by_payment_link(link_id)
    except NotFoundError:
        return None  # Nobody has tried to pay.


def cancel(order: Order) -> None:
    """Cancel an order that is not paid, so that its link can no longer be paid.

    Raises:
        PlexyError: if the link may still be paid.
    """
    look_at(order)
    order.refresh_from_db()
    if not order.is_unpaid:
        return
    if order.link_id and order.state != Order.State.EXPIRED:
        plexy().payment_links.cancel(order.link_id)
    with transaction.atomic():
        order = _locked(order.id)
        if order.is_unpaid:
            order.state = Order.State.CANCELLED
            order.save()


def give_back(order: Order) -> Order:
    """Give the money of a paid order back: cancel what is held, refund what was taken.

    Returns:
        The order as it is now. While it is giving back, nobody knows: `reconcile` finds out.

    Raises:
        NotPossibleError: if there is nothing to give back.
        PlexyError: if no money moved.
    """
    if order.state != Order.State.PAID:
        raise NotPossibleError("The order is not paid.")
    payment_id = order.payment_id
    status = status_of(plexy().transactions.retrieve(payment_id))
    if status == TransactionStatus.AUTHORIZED:
        saved = plexy().save_call("payments.cancel", id=payment_id)
    elif status == TransactionStatus.CHARGED:
        saved = plexy().save_call(
            "payments.refund",
            id=payment_id,
            amount=None,
            order_reference=order.refund_reference,
        )
    else:
        raise NotPossibleError(f"The payment is {status}.")
    with transaction.atomic(durable=True):
        order = _locked(order.id)
        # Of two operators who press the button at the same time, one comes here second.
        if order.state != Order.State.PAID:
            raise NotPossibleError("The money is being given back already.")
        order.state, order.saved_call = Order.State.GIVING_BACK, saved
        order.save()
    try:
        if status == TransactionStatus.AUTHORIZED:
            plexy().payments.cancel(payment_id)
        else:
            plexy().payments.refund(payment_id, order_reference=order.refund_reference)
    except OutcomeUnknownError as error:
        return _end_giving_back(order, Order.State.GIVING_BACK, str(error))
    except PlexyError as error:
        _end_giving_back(order, Order.State.PAID, str(error))
        raise
    return _end_giving_back(order, Order.State.GIVEN_BACK, "")


def _end_giving_back(order: Order, state: Order.State, note: str) -> Order:
    with transaction.atomic():
        order = _locked(order.id)
        # A webhook may have been faster.
        if order.state == Order.State.GIVING_BACK:
            order.state, order.note = state, note
            order.save()
    return order


def allow_again(order: Order) -> None:
    """Take a person's word, after a look at the dashboard, that no money went back.

    Raises:
        NotPossibleError: if there is no doubt about the order.
    """
    if order.state != Order.State.GIVING_BACK:
        raise NotPossibleError("No money of the order is on its way back.")
    _end_giving_back(order, Order.State.PAID, "")


def reconcile() -> None:
    """Find out what nobody has heard of. Run it every few minutes, and after each restart."""
    doubtful = list(Order.objects.filter(state=Order.State.GIVING_BACK))
    results = plexy().reconcile_all([order.saved_call for order in doubtful])
    for order, result in zip(doubtful, results, strict=True):
        match result:
            case Executed():
                _end_giving_back(order, Order.State.GIVEN_BACK, "")
            case NotExecuted():
                note = "No money went back: try again."
                _end_giving_back(order, Order.State.PAID, note)
            case Undetermined(reason=reason, check=check):
                _end_giving_back(order, Order.State.GIVING_BACK, f"{reason} {check}")
    for order in Order.objects.filter(state__in=PAYABLE):
        try:
            look_at(order)
        except PlexyError:
            # The others are not to wait for this one.
            log.exception("order %s cannot be looked up now", order.id)


def _locked(order_id: UUID) -> Order:
    return Order.objects.select_for_update().get(id=order_id)


def _order_of(found: TransactionResponse) -> Order | None:
    """Return the order that a transaction belongs to: a payment has its reference, a refund one that begins with it."""
    reference = str(found.merchant_reference or "").removesuffix(REFUND)
    try:
        order_id = UUID(reference)
    except ValueError:
        return None  # Of something else that the merchant sells.
    return Order.objects.select_for_update().filter(id=order_id).first()
