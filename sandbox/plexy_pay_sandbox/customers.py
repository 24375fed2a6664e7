"""Customers, and the cards that are saved for them.

Stand-in choices, made because no public source says otherwise:

* E-mail and phone are both required, and no two customers have the same two, as error texts of 2023 say.
* A customer's cards are those that were saved for payouts, and those of the customer's payments that were
  authorized.
* The card of a payment link, which asks for none, looks like `******1111`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .records import CardFace, Payment, Transaction
from .refusals import NotAllowed, NotFound
from .state import State


@dataclass(frozen=True, slots=True)
class Customer:
    """A payer that the merchant wants to recognize."""

    id: str
    email: str
    phone: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card that was saved for payouts."""

    token_id: str
    customer_id: str | None
    face: CardFace


class Customers:
    """The customers.

    Args:
        state: The payments; the customers use its time and its ids.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.forget()

    def forget(self) -> None:
        """Forget all customers and saved cards."""
        self._customers: dict[str, Customer] = {}
        self._cards: dict[str, SavedCard] = {}

    def create(self, email: str, phone: str) -> Customer:
        """Make a customer.

        Raises:
            NotAllowed: if e-mail or phone is empty, or a customer has the same two.
        """
        now = self._state.settle()
        if not email or not phone:
            raise NotAllowed("both email and phone are required to create a new customer", "customers")
        if any((known.email, known.phone) == (email, phone) for known in self._customers.values()):
            raise NotAllowed("customer with provided email and phone already exists", "customers")
        customer = Customer(str(self._state.new_id()), email, phone, now)
        self._customers[customer.id] = customer
        return customer

    def all(self) -> list[Customer]:
        """All customers, the newest first."""
        return list(reversed(self._customers.values()))

    def get(self, customer_id: str) -> Customer:
        """The customer with this id.

        Raises:
            NotFound: if there is none.
        """
        customer = self._customers.get(customer_id)
        if customer is None:
            raise NotFound("customer not found", "customers")
        return customer

    def save_card(self, customer_id: str | None, face: CardFace) -> SavedCard:
        """Save a card for payouts.

        Raises:
            NotAllowed: if there is no such customer.
        """
        if customer_id is not None and customer_id not in self._customers:
            raise NotAllowed("customerId is not a known customer", "payouts")
        card = SavedCard(str(self._state.new_id()), customer_id, face)
        self._cards[card.token_id] = card
        return card

    def has_card(self, token_id: str) -> bool:
        """Whether a card was saved for payouts."""
        return token_id in self._cards

    def cards(self, customer_id: str) -> dict[str, CardFace]:
        """A customer's cards by their tokens.

        Raises:
            NotFound: if there is no such customer.
        """
        self.get(customer_id)
        saved = {card.token_id: card.face for card in self._cards.values() if card.customer_id == customer_id}
        used = {
            payment.card_token_id: payment.card
            for payment in self._payments_of(customer_id)
            if payment.authorized
        }
        return saved | used

    def transactions(self, customer_id: str) -> list[Transaction]:
        """A customer's payments and refunds, the newest first.

        Raises:
            NotFound: if there is no such customer.
        """
        self.get(customer_id)
        theirs = {payment.id for payment in self._payments_of(customer_id)}
        return [transaction for transaction in self._state.transactions() if transaction.payment_id in theirs]

    def _payments_of(self, customer_id: str) -> list[Payment]:
        return self._state.payments_of_customer(customer_id)
