"""Do with the shop what payers and operators do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
from fastapi.testclient import TestClient

OPERATOR = {"Authorization": "Bearer operator"}


@dataclass
class Visitor:
    """Do with the shop what payers and operators do.

    Attributes:
        http: The test client, which does not follow the shop's redirects.
    """

    http: TestClient

    def order(self) -> str:
        """Press the button that buys, and return the id of the order."""
        order_id = self.new_order_id()
        assert self.press_buy(order_id).status_code == 303
        return order_id

    def new_order_id(self) -> str:
        """Open the page of the product, and return the id in its form."""
        found = re.search(r'name="order_id" value="(.+?)"', self.http.get("/").text)
        assert found is not None
        return found[1]

    def press_buy(self, order_id: str) -> Any:
        """Send the form."""
        return self.http.post("/orders", data={"order_id": order_id})

    def pay(self, order_id: str, how: str = "pay") -> None:
        """Pay an order, or have its card declined, on the page that the shop sends to."""
        link: str = self.press_buy(order_id).headers["location"]
        # The page sends the browser back to the shop, which is believed by nobody.
        assert httpx.post(f"{link}/{how}").status_code == 303

    def state(self, order_id: str) -> str:
        """Return the state that the page of an order shows."""
        text: str = self.http.get(f"/orders/{order_id}").text
        found = re.search(r"<strong>(.+)</strong>", text)
        assert found is not None
        return found[1]

    def waiting(self, state: str) -> list[dict[str, Any]]:
        """Return the orders in a state, as an operator sees them. Unlike the page, this does not ask Plexy Pay."""
        orders: list[dict[str, Any]] = self.http.get(
            "/operator/orders", params={"state": state}, headers=OPERATOR
        ).json()
        return orders

    def refund(self, order_id: str) -> Any:
        """Give the money of an order back, as an operator."""
        return self.http.post(f"/operator/orders/{order_id}/refund", headers=OPERATOR)

    def reconcile(self) -> None:
        """Run the job."""
        done = self.http.post("/operator/reconcile", headers=OPERATOR)
        assert done.status_code == 204


StartShop: TypeAlias = Callable[[], Visitor]
"""Starts the shop, each time as another process would, with the same database."""
