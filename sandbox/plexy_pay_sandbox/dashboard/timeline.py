"""Tell what happened to a payment or a link, in the time of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..bills import amount_text
from ..checkout_api import CheckoutAttempt, SessionStatus
from ..records import LinkStatus, Payment, Status, Transaction
from ..request_log import LoggedRequest
from ..webhooks.nowhere import LostEvent
from ..webhooks.sender import Delivery
from . import addresses
from .orders import Order
from .visits import Visit, Visits
from .webhook_news import WebhookNews, replies_to, texts_in, words_of
from .words import Tone, minor_amount, why_refused

_STEPS: Final[Mapping[Status, tuple[str, Tone]]] = {
    Status.CREATED: ("Payment begun", Tone.QUIET),
    Status.THREE_D_SECURE: ("The bank asks the payer (3-D Secure)", Tone.WAITING),
    Status.AUTHORIZED: ("Authorized", Tone.GOOD),
    Status.REJECTED: ("Declined", Tone.BAD),
    Status.FAILED: ("Failed", Tone.BAD),
    Status.CHARGED: ("Captured", Tone.GOOD),
    Status.CANCELLED: ("Hold released", Tone.QUIET),
    Status.REFUNDED: ("Refunded", Tone.QUIET),
}
_VISITS: Final[Mapping[str, str]] = {
    "": "Page opened",
    "pay": "Card form sent",
    "decline": "Decline pressed",
    "3ds": "Payer came back from the bank",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Represent one thing that happened.

    Attributes:
        at: When.
        title: What.
        detail: More about it.
        tone: Its colour.
        address: The page that has all about it.
    """

    at: datetime
    title: str
    detail: str = ""
    tone: Tone = Tone.QUIET
    address: str | None = None


def timeline_of(
    order: Order, requests: list[LoggedRequest], visits: Visits, news: WebhookNews
) -> list[Moment]:
    """Return what happened to a payment or a link, the earliest first.

    Args:
        order: The payment or link.
        requests: The latest requests, the newest first.
        visits: The requests of payers.
        news: What became of webhooks.
    """
    moments = [
        *_requests(order, reversed(requests)),
        *_beginning(order),
        *_visits(order, visits),
        *_payments(order),
        *_end(order),
        *(_delivery(one) for one in news.deliveries(order.about)),
        *(_lost(one) for one in news.lost(order.about)),
    ]
    # Of two at one moment the one above stays the first: requests cause the rest.
    return sorted(moments, key=lambda moment: moment.at)


def requests_about(
    order: Order, requests: Iterator[LoggedRequest]
) -> Iterator[LoggedRequest]:
    """Yield the requests of programs that name an order."""
    names = set(order.about)
    if order.reference is not None:
        names.add(order.reference)
    for logged in requests:
        if logged.operation is not None and _names_any(logged, names):
            yield logged


def _names_any(logged: LoggedRequest, names: set[str]) -> bool:
    path = logged.path.partition("?")[0]
    if not names.isdisjoint(path.split("/")):
        return True
    # A list names everything that there is.
    if logged.method == "GET":
        return False
    texts = [*texts_in(logged.body), *texts_in(logged.response)]
    return not names.isdisjoint(texts)


def _requests(order: Order, requests: Iterator[LoggedRequest]) -> Iterator[Moment]:
    for logged in requests_about(order, requests):
        yield Moment(
            datetime.fromisoformat(logged.at),
            f"{logged.method} {logged.path}",
            f"responded with HTTP {logged.status}",
            Tone.BAD if logged.status >= 400 else Tone.QUIET,
            addresses.request(logged.number),
        )


def _beginning(order: Order) -> Iterator[Moment]:
    if order.link is not None or order.session is not None:
        yield Moment(order.at, f"{order.kind} created", order.amount)


def _visits(order: Order, visits: Visits) -> Iterator[Moment]:
    for name in order.about:
        at_bank = order.link is not None and name != order.link.id
        for visit in visits.of(name):
            yield _visit(visit, at_bank=at_bank or not (order.link or order.session))


def _visit(visit: Visit, *, at_bank: bool) -> Moment:
    title = "Page of the bank" if at_bank else _VISITS.get(visit.step, visit.step)
    address = addresses.request(visit.number)
    if visit.has_mistakes:
        return Moment(visit.at, title, "with mistakes in it", Tone.BAD, address)
    return Moment(visit.at, title, "", Tone.QUIET, address)


def _payments(order: Order) -> Iterator[Moment]:
    for payment in order.payments:
        yield from _steps(payment, payment.transaction)
        for refund in payment.refunds:
            yield from _steps(payment, refund)
    for attempt in order.attempts:
        yield from _attempt(attempt)


def _steps(payment: Payment, transaction: Transaction) -> Iterator[Moment]:
    for entry in transaction.history:
        title, tone = _STEPS[entry.status]
        yield Moment(entry.at, title, _detail(payment, transaction, entry.status), tone)


def _detail(payment: Payment, transaction: Transaction, status: Status) -> str:
    if status is Status.REJECTED:
        return why_refused(payment.refusal)
    if status is Status.CREATED:
        return f"with card {payment.card.mask}"
    if status is Status.CHARGED and transaction.processed_amount is not None:
        return amount_text(transaction.processed_amount, transaction.currency)
    if status is Status.THREE_D_SECURE:
        return payment.card.bank
    return amount_text(transaction.amount, transaction.currency)


def _attempt(attempt: CheckoutAttempt) -> Iterator[Moment]:
    payment, end = attempt.payment, attempt.end
    amount = minor_amount(payment.value, payment.currency)
    waits = "the shopper is sent to the bank" if payment.redirect else amount
    yield Moment(attempt.begun_at, "Payment begun", waits)
    if end is None:
        return
    if end.succeeded:
        yield Moment(end.at, "Paid", amount, Tone.GOOD)
    else:
        yield Moment(end.at, "Declined", why_refused(end.reason), Tone.BAD)


def _end(order: Order) -> Iterator[Moment]:
    link, session = order.link, order.session
    if link is not None and link.status is LinkStatus.EXPIRED:
        yield Moment(link.updated_at, "Link expired", "", Tone.BAD)
    if link is not None and link.status is LinkStatus.CANCELLED:
        yield Moment(link.updated_at, "Link cancelled")
    if session is not None and session.status is SessionStatus.EXPIRED:
        yield Moment(session.expires_at, "Session expired", "", Tone.BAD)


def _delivery(delivery: Delivery) -> Moment:
    words, tone = words_of(delivery)
    detail = f"{words}, to {delivery.message.url}"
    if delivery.attempts:
        detail += f": the shop {replies_to(delivery.attempts)}"
    elif delivery.reason is not None:
        detail += f": {delivery.reason}"
    return Moment(
        delivery.at,
        f"Webhook {delivery.message.name}",
        detail,
        tone,
        addresses.delivery(delivery.id),
    )


def _lost(event: LostEvent) -> Moment:
    detail = f"had no address: {event.hint}"
    return Moment(event.at, f"Webhook {event.name}", detail, Tone.BAD)
