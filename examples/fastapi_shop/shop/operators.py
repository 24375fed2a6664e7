"""Let operators see what waits for them, and give money back."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from plexy_pay import Money, PlexyError
from pydantic import BaseModel, ConfigDict

from .database import OrderState
from .dependencies import PaymentsOfShop, SettingsOfShop
from .payments import NotPossibleError


def _check_operator(
    settings: SettingsOfShop,
    given: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> None:
    wanted = settings.operator_token.get_secret_value()
    if not secrets.compare_digest(given.credentials.encode(), wanted.encode()):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)


router = APIRouter(prefix="/operator", dependencies=[Depends(_check_operator)])


class OrderView(BaseModel):
    """Show an order to an operator."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    price: Money
    state: OrderState
    fulfilled_at: datetime | None
    note: str | None


@router.get("/orders")
async def orders(payments: PaymentsOfShop, state: OrderState) -> list[OrderView]:
    """List the orders in a state."""
    return [OrderView.model_validate(order) for order in await payments.orders(state)]


@router.post("/orders/{order_id}/refund")
async def refund(payments: PaymentsOfShop, order_id: UUID) -> OrderView:
    """Give the money of an order back. While its state is `giving back`, nobody knows whether it goes."""
    try:
        return OrderView.model_validate(await payments.give_back(order_id))
    except NotPossibleError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from error
    except PlexyError as error:
        raise HTTPException(status.HTTP_502_BAD_GATEWAY, str(error)) from error


@router.post(
    "/orders/{order_id}/nothing-went-back", status_code=status.HTTP_204_NO_CONTENT
)
async def allow_again(payments: PaymentsOfShop, order_id: UUID) -> None:
    """Say, after a look at the dashboard, that no money went back: then a refund may be tried again."""
    try:
        await payments.allow_again(order_id)
    except NotPossibleError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from error


@router.post("/reconcile", status_code=status.HTTP_204_NO_CONTENT)
async def reconcile(payments: PaymentsOfShop) -> None:
    """Find out what nobody has heard of: for a scheduled job, every few minutes."""
    await payments.reconcile()
