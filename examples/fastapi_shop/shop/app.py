"""Put the shop together: `uvicorn --factory shop.app:create_app`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from plexy_pay import AsyncPlexyPay
from plexy_pay.webhooks import TokenSecret
from plexy_pay.webhooks.fastapi import webhook_router

from . import operators, pages
from .database import create_tables, open_database, sessions_of
from .payments import Payments
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the shop.

    Args:
        settings: The settings; without them the environment is read.
    """
    # What Settings() does, without arguments that a type checker would miss.
    settings = settings or Settings.model_validate({})
    engine = open_database(settings.database_url)
    # One client for the life of the application. Its key is in PLEXY_API_KEY, and it connects at its first call.
    plexy = AsyncPlexyPay()
    payments = Payments(sessions_of(engine), plexy, settings.shop_url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        await create_tables(engine)
        async with plexy:
            yield
        await engine.dispose()

    app = FastAPI(title="Tea", lifespan=lifespan)
    app.state.settings, app.state.payments = settings, payments
    app.include_router(pages.router)
    app.include_router(operators.router)
    secret = TokenSecret(settings.plexy_webhook_token.get_secret_value())
    app.include_router(
        webhook_router("/webhooks/plexy", payments.handle, secret=secret)
    )
    return app
