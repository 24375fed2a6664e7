"""Payments of payment links by card: what a payer does on the checkout page."""

from __future__ import annotations

from .card_payments import CardPayments, Outcome, Terms
from .cards import cvv_status_of
from .records import CardFace
from .refusals import NotAllowed
from .state import State


class LinkPayments:
    """The payments of payment links by card.

    Args:
        state: The links and the payments.
        card_payments: Decides about the payments.
    """

    def __init__(self, state: State, card_payments: CardPayments) -> None:
        self._state = state
        self._card_payments = card_payments

    def pay(self, link_id: str, face: CardFace, notification_url: str) -> Outcome:
        """Pay a link with a card.

        Args:
            link_id: The link.
            face: The face of the card that the payer has typed.
            notification_url: Where the bank posts its result to, if it asks the payer.

        Raises:
            NotFound: if there is no such link.
            NotAllowed: if the link is not active.
        """
        now = self._state.settle()
        payment = self._state.open_link_payment(link_id, face, now)
        terms = Terms(cvv=cvv_status_of(face), notification_url=notification_url)
        return self._card_payments.begin(payment, terms, now)

    def finish(self, link_id: str, transaction_id: str, cres: str) -> Outcome:
        """Finish a payment of a link with the bank's result about its payer.

        Raises:
            NotFound: if there is no such transaction.
            NotAllowed: if it is not of the link, or does not wait, or the result cannot be read.
        """
        payment, _ = self._state.transaction(transaction_id)
        if payment.link is None or payment.link.id != link_id:
            raise NotAllowed("the transaction is not of this link", "payments")
        return self._card_payments.finish(transaction_id, cres)
