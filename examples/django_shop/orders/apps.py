"""Tell Django about the orders."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Set up the orders."""

    name = "orders"
