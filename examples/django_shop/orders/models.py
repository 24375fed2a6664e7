"""Define what the shop remembers: orders, and the webhooks that it has handled."""

from __future__ import annotations

import uuid

from django.db import models
from plexy_pay import Money

REFUND = "-refund"


class Order(models.Model):
    """Represent an order of one thing. Its id is in the addresses of its pages, so nobody must be able to guess one."""

    class State(models.TextChoices):
        """Say how far an order is."""

        OPEN = "open", "nobody has paid"
        DECLINED = "declined", "the bank said no, and the payer may try again"
        EXPIRED = "expired", "the payment link is over, and nobody has paid"
        CANCELLED = "cancelled", "the payer does not want it any more"
        PAID = "paid", "the money is held or taken"
        GIVING_BACK = "giving_back", "whether the money goes back is not known yet"
        GIVEN_BACK = "given_back", "the money went back, or was never taken"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=11, choices=State.choices, default=State.OPEN, db_index=True
    )
    link_id = models.CharField(max_length=100, blank=True)
    link_url = models.URLField(max_length=500, blank=True)
    payment_id = models.CharField(max_length=100, blank=True)
    # The refund or the cancellation, saved before the call so that it can be reconciled.
    saved_call = models.JSONField(null=True, blank=True, editable=False)
    fulfilled_at = models.DateTimeField(null=True, blank=True)
    # What an operator should know.
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Show the newest first."""

        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.title}, {self.price}"

    @property
    def price(self) -> Money:
        """Return the price."""
        return Money(self.amount, self.currency)

    @property
    def reference(self) -> str:
        """Return the name of the order at Plexy Pay, which takes each name for one payment link only."""
        return str(self.id)

    @property
    def refund_reference(self) -> str:
        """Return the name of its refund at Plexy Pay: without one of its own, a lost refund could not be found."""
        return f"{self.id}{REFUND}"

    @property
    def is_unpaid(self) -> bool:
        """Return whether nobody has paid, though somebody may still."""
        return self.state in UNPAID


PAYABLE = (Order.State.OPEN, Order.State.DECLINED)
# The news of a payment in the last minute may come after that of the link's end.
UNPAID = (*PAYABLE, Order.State.EXPIRED)


class HandledEvent(models.Model):
    """Represent a webhook that was handled, and will not be handled again."""

    dedup_id = models.CharField(max_length=100, primary_key=True)

    def __str__(self) -> str:
        return self.dedup_id
