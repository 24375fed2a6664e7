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

from .records import CardFace, SavedCard, Transaction
from .refusals import NotAllowed, NotFound
from .state import State
from .tables import NewestFirst, Table


@dataclass(frozen=True, slots=True)
class Customer:
    """A payer that the merchant wants to recognize."""

    id: str
    email: str
    phone: str
    created_at: datetime


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
        self._customers: Table[Customer] = Table()
        self._customers_by_contact = self._customers.grouped(
            lambda customer: [(customer.email, customer.phone)]
        )
        self._cards: Table[SavedCard] = Table()
        self._cards_by_customer = self._cards.grouped(
            lambda card: [] if card.customer_id is None else [card.customer_id]
        )

    def create(self, email: str, phone: str) -> Customer:
        """Make a customer.

        Raises:
            NotAllowed: if e-mail or phone is empty, or a customer has the same two.
        """
        now = self._state.settle()
        if not email or not phone:
            raise NotAllowed(
                "both email and phone are required to create a new customer",
                "customers",
            )
        if self._customers_by_contact.latest((email, phone)) is not None:
            raise NotAllowed(
                "customer with provided email and phone already exists", "customers"
            )
        customer = Customer(str(self._state.new_id()), email, phone, now)
        self._customers.add(customer.id, customer)
        return customer

    def all(self) -> NewestFirst[Customer]:
        """Return all customers, the newest first."""
        return self._customers.all()

    def get(self, customer_id: str) -> Customer:
        """Return the customer with this id.

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
        self._cards.add(card.token_id, card)
        return card

    def has_card(self, token_id: str) -> bool:
        """Return whether a card was saved for payouts."""
        return token_id in self._cards

    def cards(self, customer_id: str) -> dict[str, CardFace]:
        """Return a customer's cards by their tokens.

        Raises:
            NotFound: if there is no such customer.
        """
        self.get(customer_id)
        saved = reversed(self._cards_by_customer.of(customer_id))
        used = self._state.cards_of_customer(customer_id)
        return {card.token_id: card.face for card in (*saved, *used)}

    def transactions(self, customer_id: str) -> NewestFirst[Transaction]:
        """Return a customer's payments and refunds, the newest first.

        Raises:
            NotFound: if there is no such customer.
        """
        self.get(customer_id)
        return self._state.transactions_of_customer(customer_id)
