"""Give the routes what the application holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from .payments import Payments
from .settings import Settings


def _payments(request: Request) -> Payments:
    payments: Payments = request.app.state.payments
    return payments


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


PaymentsOfShop = Annotated[Payments, Depends(_payments)]
SettingsOfShop = Annotated[Settings, Depends(_settings)]
