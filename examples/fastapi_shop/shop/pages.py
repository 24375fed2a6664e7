"""Show the payer's pages. None of them believes that somebody has paid because a browser came back."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, HTTPException, Request, Response, status
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from plexy_pay import Money, PlexyError

from .database import UNPAID, Order
from .dependencies import PaymentsOfShop
from .payments import Payments

TITLE, PRICE = "Tea, 500 g", Money("22000", "KZT")

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
templates = Jinja2Templates(Path(__file__).parent / "templates")


@router.get("/")
async def product(request: Request) -> Response:
    """Show what is sold. The form carries the id of the order, so that a second click makes no second order."""
    values = {"title": TITLE, "price": PRICE, "order_id": uuid4()}
    return templates.TemplateResponse(request, "product.html", values)


@router.post("/orders")
async def begin(
    request: Request, payments: PaymentsOfShop, order_id: Annotated[UUID, Form()]
) -> Response:
    """Make the order, or find it, and send the payer to the page where it is paid."""
    try:
        url = await payments.begin(order_id, TITLE, PRICE)
    except PlexyError:
        log.exception("order %s has no payment link yet", order_id)
        order = await _order(payments, order_id)
        return _page(request, order, status.HTTP_503_SERVICE_UNAVAILABLE)
    return RedirectResponse(url, status.HTTP_303_SEE_OTHER)


@router.get("/orders/{order_id}")
async def order(request: Request, payments: PaymentsOfShop, order_id: UUID) -> Response:
    """Show how far an order is: to a payer who comes back, and to anyone who types the address."""
    try:
        await payments.look_at(order_id)
    except PlexyError:
        log.exception("order %s cannot be looked up now", order_id)
    return _page(request, await _order(payments, order_id))


@router.get("/orders/{order_id}/left")
async def left(request: Request, payments: PaymentsOfShop, order_id: UUID) -> Response:
    """Show an order to a payer who left the payment page, which a browser may claim as well."""
    return await order(request, payments, order_id)


@router.post("/orders/{order_id}/cancel")
async def cancel(payments: PaymentsOfShop, order_id: UUID) -> Response:
    """Cancel an order for its payer, unless it is paid."""
    try:
        await payments.cancel(order_id)
    except PlexyError:
        # It may still be paid, and its page says so.
        log.exception("order %s could not be cancelled", order_id)
    return RedirectResponse(f"/orders/{order_id}", status.HTTP_303_SEE_OTHER)


async def _order(payments: Payments, order_id: UUID) -> Order:
    found = await payments.order(order_id)
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return found


def _page(request: Request, order: Order, code: int = status.HTTP_200_OK) -> Response:
    values = {"order": order, "is_unpaid": order.state in UNPAID}
    return templates.TemplateResponse(request, "order.html", values, status_code=code)
