"""Define what the shop remembers: orders, and the webhooks that it has handled."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, cast
from uuid import UUID

import sqlalchemy as sa
from plexy_pay import Money
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class OrderState(StrEnum):
    """Say how far an order is."""

    OPEN = "open"
    """Nobody has paid."""
    DECLINED = "declined"
    """The bank said no. The payer may try again."""
    EXPIRED = "expired"
    """The payment link is over, and nobody has paid."""
    CANCELLED = "cancelled"
    """The payer does not want it any more."""
    PAID = "paid"
    """The money is held or taken."""
    GIVING_BACK = "giving back"
    """The money was asked to go back. Whether it does is not known yet."""
    GIVEN_BACK = "given back"
    """The money went back, or was never taken from the card."""


REFUND = "-refund"
PAYABLE = (OrderState.OPEN, OrderState.DECLINED)
# The news of a payment in the last minute may come after that of the link's end.
UNPAID = (*PAYABLE, OrderState.EXPIRED)


class Base(DeclarativeBase):
    """Be the base of all tables."""

    type_annotation_map: ClassVar = {datetime: sa.DateTime(timezone=True)}


class Order(Base):
    """Represent an order of one thing.

    Attributes:
        id: Its id. The shop's pages have it in their addresses, so nobody must be able to guess one.
        title: What is sold.
        amount: The price in major units, as text: SQLite would make a binary float of a number.
        currency: The currency of the price.
        state: How far it is.
        link_id: The id of its payment link.
        link_url: Where its payer pays.
        payment_id: The payment that paid it.
        saved_call: The refund or cancellation, saved before the call so that it can be reconciled.
        fulfilled_at: When it was fulfilled.
        note: What an operator should know.
        created_at: When it was made.
    """

    __tablename__ = "orders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    amount: Mapped[str]
    currency: Mapped[str]
    state: Mapped[OrderState] = mapped_column(
        sa.Enum(OrderState, native_enum=False), default=OrderState.OPEN, index=True
    )
    link_id: Mapped[str | None]
    link_url: Mapped[str | None]
    payment_id: Mapped[str | None]
    saved_call: Mapped[dict[str, str | None] | None] = mapped_column(sa.JSON)
    fulfilled_at: Mapped[datetime | None]
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))

    @property
    def price(self) -> Money:
        """Return the price."""
        return Money(self.amount, self.currency)

    @property
    def reference(self) -> str:
        """Return the name of the order at Plexy Pay, which takes each name for one payment link only."""
        return str(self.id)

    @property
    def refund_reference(self) -> str:
        """Return the name of its refund at Plexy Pay: without one of its own, a lost refund could not be found."""
        return f"{self.id}{REFUND}"


class HandledEvent(Base):
    """Represent a webhook that was handled, and will not be handled again."""

    __tablename__ = "handled_events"

    dedup_id: Mapped[str] = mapped_column(sa.String(100), primary_key=True)


def open_database(url: str) -> AsyncEngine:
    """Return the engine of a database."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _leave_transactions_alone)
        event.listen(engine.sync_engine, "begin", _begin_at_once)
    return engine


def sessions_of(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return what makes sessions. Orders can be read after their session has ended."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def create_tables(engine: AsyncEngine) -> None:
    """Make the tables that are missing. A real shop has migrations."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def _leave_transactions_alone(connection: DBAPIConnection, _: object) -> None:
    cast("Any", connection).isolation_level = None


def _begin_at_once(connection: sa.Connection) -> None:
    """Take SQLite's only write lock first: what a transaction has read, nobody changes before it writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
