"""Show the payer's pages. None of them believes that somebody has paid because a browser came back."""

from __future__ import annotations

import logging
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from plexy_pay import Money, PlexyError

from . import payments
from .models import Order

TITLE, PRICE = "Tea, 500 g", Money("22000", "KZT")

log = logging.getLogger(__name__)


class BeginForm(forms.Form):
    """Carry the id of the order from the page to the button, so that a second click makes no second order."""

    order_id = forms.UUIDField(widget=forms.HiddenInput)


@require_GET
def product(request: HttpRequest) -> HttpResponse:
    """Show what is sold."""
    form = BeginForm(initial={"order_id": uuid4()})
    values = {"title": TITLE, "price": PRICE, "form": form}
    return render(request, "orders/product.html", values)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Make the order, or find it, and send the payer to the page where it is paid."""
    form = BeginForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    order_id = form.cleaned_data["order_id"]
    try:
        return redirect(payments.begin(order_id, TITLE, PRICE))
    except PlexyError:
        log.exception("order %s has no payment link yet", order_id)
        return _page(request, Order.objects.get(id=order_id), status=503)


@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show how far an order is: to a payer who comes back, and to anyone who types the address."""
    found = get_object_or_404(Order, id=order_id)
    try:
        payments.look_at(found)
    except PlexyError:
        log.exception("order %s cannot be looked up now", order_id)
    found.refresh_from_db()
    return _page(request, found)


@require_POST
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Cancel an order for its payer, unless it is paid."""
    found = get_object_or_404(Order, id=order_id)
    try:
        payments.cancel(found)
    except PlexyError:
        # It may still be paid, and its page says so.
        log.exception("order %s could not be cancelled", order_id)
    return redirect("order", order_id)


def _page(request: HttpRequest, found: Order, status: int = 200) -> HttpResponse:
    form = BeginForm(initial={"order_id": found.id})
    values = {"order": found, "form": form}
    return render(request, "orders/order.html", values, status=status)
