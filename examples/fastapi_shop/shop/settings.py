"""Read the settings of the shop from the environment. The client reads PLEXY_API_KEY by itself."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Hold the settings; each has the name of its environment variable, in capitals.

    Attributes:
        plexy_webhook_token: What proves that a webhook comes from Plexy Pay.
        operator_token: What lets an operator in.
        shop_url: Where payers and Plexy Pay reach the shop.
        database_url: The database. PostgreSQL is `postgresql+psycopg://...`.
    """

    plexy_webhook_token: SecretStr
    operator_token: SecretStr
    shop_url: str = "http://127.0.0.1:8000"
    database_url: str = "sqlite+aiosqlite:///shop.db"
