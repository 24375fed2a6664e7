"""Do with the shop what payers and operators do."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any

import httpx
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import Client
from django.urls import clear_url_caches

from orders.models import Order
from orders.plexy import plexy


@dataclass
class Visitor:
    """Visit the shop.

    Attributes:
        http: The browser of a payer.
        office: The browser of an operator, who is logged in.
    """

    http: Client
    office: Client

    def order(self) -> str:
        """Press the button that buys, and return the id of the order."""
        order_id = self.new_order_id()
        assert self.press_buy(order_id).status_code == 302
        return order_id

    def new_order_id(self) -> str:
        """Open the page of the product, and return the id in its form."""
        text = self.http.get("/").content.decode()
        found = re.search(r'name="order_id" value="(.+?)"', text)
        assert found is not None
        return found[1]

    def press_buy(self, order_id: str) -> Any:
        """Send the form."""
        return self.http.post("/orders", {"order_id": order_id})

    def pay(self, order_id: str, how: str = "pay") -> None:
        """Pay an order, or have its card declined, on the page that the shop sends to."""
        link: str = self.press_buy(order_id).url
        # The page sends the browser back to the shop, which is believed by nobody.
        assert httpx.post(f"{link}/{how}").status_code == 303

    def state(self, order_id: str) -> str:
        """Return the state that the page of an order shows."""
        text = self.http.get(f"/orders/{order_id}").content.decode()
        found = re.search(r"<strong>(.+)</strong>", text)
        assert found is not None
        return found[1]

    def refund(self, order_id: str) -> str:
        """Choose an order in the admin and the action that refunds it, and return what the admin says."""
        return self._choose("refund", order_id)

    def allow_again(self, order_id: str) -> str:
        """Choose an order, and say that nothing went back."""
        return self._choose("allow_again", order_id)

    def _choose(self, action: str, order_id: str) -> str:
        choice = {"action": action, "_selected_action": order_id}
        response = self.office.post("/admin/orders/order/", choice)
        assert response.status_code == 302
        *_, message = get_messages(response.wsgi_request)
        return str(message)


def saved(order_id: str) -> Order:
    """Return an order as it is saved. Unlike its page, this asks nobody."""
    return Order.objects.get(id=order_id)


def restart() -> None:
    """Forget what a process forgets when it ends: the events that the webhook's view has handled, and the client."""
    del sys.modules["website.urls"]
    clear_url_caches()
    plexy.cache_clear()


def reconcile() -> None:
    """Run the job."""
    call_command("reconcile_payments")
