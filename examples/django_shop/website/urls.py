"""Say which address is which view."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import path
from plexy_pay.webhooks import TokenSecret
from plexy_pay.webhooks.django import webhook_view

from orders import payments, views

secret = TokenSecret(settings.PLEXY_WEBHOOK_TOKEN)

urlpatterns = [
    path("", views.product, name="product"),
    path("orders", views.begin, name="begin"),
    path("orders/<uuid:order_id>", views.order, name="order"),
    path("orders/<uuid:order_id>/left", views.order, name="left"),
    path("orders/<uuid:order_id>/cancel", views.cancel, name="cancel"),
    path(
        "webhooks/plexy",
        webhook_view(payments.handle, secret=secret),
        name="webhook",
    ),
    path("admin/", admin.site.urls),
]
