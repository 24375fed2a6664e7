"""Define `manage.py reconcile_payments`."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from orders import payments
from orders.models import Order


class Command(BaseCommand):
    """Run the reconciliation: every few minutes, and after each restart."""

    help = "Find out what became of payments and refunds that nobody heard of."

    def handle(self, *args: object, **options: object) -> None:
        """Reconcile, and name the orders that wait for a person."""
        payments.reconcile()
        for order in Order.objects.filter(state=Order.State.GIVING_BACK):
            self.stdout.write(f"{order.id}: {order.note}")
