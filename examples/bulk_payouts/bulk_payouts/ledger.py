"""Keep the state of each payout in a database, so that any process may die at any moment.

A payout is `planned`, then `sending` while a worker has it, then one of:

* `sent`: the API has the order.
* `refused`: the API proved that it has none.
* `unknown`: the API may have it. It is looked up, and becomes `sent`, `planned` or `person`.
* `person`: a person has to look before it may be paid.

SQLite is for one machine, PostgreSQL for several. Nothing here is of one of the two but the first lines of
`open_ledger`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, cast, get_args

import sqlalchemy as sa
from plexy_pay import Money
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

from .payout import Payout, Unit

State: TypeAlias = Literal["planned", "sending", "unknown", "sent", "refused", "person"]
SavedCall: TypeAlias = dict[str, str | None]

METADATA = sa.MetaData()
PAYOUTS = sa.Table(
    "payouts",
    METADATA,
    sa.Column("reference", sa.String(64), primary_key=True),
    # Text: SQLite would make a binary float of a number.
    sa.Column("amount", sa.String(40), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("beneficiary_id", sa.String(64), nullable=False),
    sa.Column("unit", sa.String(5), nullable=False),
    sa.Column("state", sa.String(7), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    # Who has it, and until when nobody else may take it, in seconds since 1970.
    sa.Column("worker", sa.String(32)),
    sa.Column("lease_ends", sa.Float),
    # What `client.reconcile_all` takes, written before the call.
    sa.Column("saved_call", sa.JSON),
    # When the first call was made of which nobody knows whether it arrived.
    sa.Column("unclear_since", sa.Float),
    sa.Column("order_id", sa.String(64)),
    sa.Column("order_status", sa.String(40)),
    sa.Column("note", sa.Text),
)
_COLUMNS = PAYOUTS.c


@dataclass(frozen=True, slots=True)
class Claimed:
    """Represent a payout that a worker has taken.

    Attributes:
        payout: The payout.
        worker: Who has it.
        attempts: How often it was taken in order to send it, this time included.
        saved_call: The data by which the call is reconciled.
        unclear_since: Since when an earlier call may have arrived; None if none may.
    """

    payout: Payout
    worker: str
    attempts: int
    saved_call: SavedCall
    unclear_since: float | None


class ConflictError(Exception):
    """Say which references the ledger has with another amount, beneficiary or unit. Nothing was planned."""


@cache
def open_ledger(address: str, lease: float) -> Ledger:
    """Return the ledger at an address, one for each process.

    Args:
        address: An address for SQLAlchemy: `sqlite:///payouts.db`, `postgresql://user@host/database`.
        lease: For how many seconds a worker has a payout. It must be longer than a call can take.
    """
    if not address.startswith("sqlite:"):
        engine = sa.create_engine(address, pool_pre_ping=True)
    else:
        engine = sa.create_engine(address, connect_args={"timeout": 60})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Ledger(engine, lease)


def _prepare_sqlite(connection: DBAPIConnection, _: object) -> None:
    """Leave it to `_begin_sqlite` to begin transactions, and make a commit one write to the disk."""
    cast("Any", connection).isolation_level = None
    connection.cursor().execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at once: what a transaction has read, nobody changes before it writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class Ledger:
    """Hold the payouts and their states. Each method is one transaction.

    Args:
        engine: The database.
        lease: For how many seconds a worker has a payout.
    """

    def __init__(self, engine: sa.Engine, lease: float) -> None:
        self._engine = engine
        self._lease = lease

    def create(self) -> None:
        """Make the table, if there is none."""
        METADATA.create_all(self._engine)

    def plan(self, payouts: Iterable[Payout]) -> None:
        """Write down the payouts that are new.

        Raises:
            ConflictError: if a reference is known with another amount, currency, beneficiary or unit.
        """
        with self._engine.begin() as connection:
            known = {
                row.reference: _payout_of(row)
                for row in connection.execute(sa.select(PAYOUTS))
            }
            conflicts = [
                payout.reference
                for payout in payouts
                if known.get(payout.reference, payout) != payout
            ]
            if conflicts:
                raise ConflictError(
                    "the ledger has another payout with the reference "
                    + ", ".join(conflicts[:20])
                )
            new = [
                _row_of(payout) for payout in payouts if payout.reference not in known
            ]
            if new:
                connection.execute(sa.insert(PAYOUTS), new)

    def claim(
        self, worker: str, save_call: Callable[[str], SavedCall]
    ) -> Claimed | None:
        """Take the next planned payout in order to send it; None if there is none.

        That it is being sent, and under which key, is on the disk before this returns.

        Args:
            worker: Who takes it.
            save_call: Is given the reference and returns what the call can be reconciled by.
        """
        with self._engine.begin() as connection:
            row = connection.execute(
                sa.select(PAYOUTS)
                .where(_COLUMNS.state == "planned")
                .limit(1)
                # In PostgreSQL each worker passes over what another one is about to take.
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if row is None:
                return None
            claimed = Claimed(
                payout=_payout_of(row),
                worker=worker,
                attempts=row.attempts + 1,
                saved_call=save_call(row.reference),
                unclear_since=row.unclear_since,
            )
            connection.execute(
                sa.update(PAYOUTS)
                .where(_COLUMNS.reference == row.reference)
                .values(
                    state="sending",
                    attempts=claimed.attempts,
                    worker=worker,
                    lease_ends=time.time() + self._lease,
                    saved_call=claimed.saved_call,
                )
            )
        return claimed

    def take_over(self, worker: str) -> list[Claimed]:
        """Take all payouts whose call has an unknown outcome: nobody heard of it, or the worker is gone."""
        now = time.time()
        gone = (_COLUMNS.state == "sending") & (_COLUMNS.lease_ends < now)
        with self._engine.begin() as connection:
            rows = connection.execute(
                sa.update(PAYOUTS)
                .where((_COLUMNS.state == "unknown") | gone)
                .values(state="sending", worker=worker, lease_ends=now + self._lease)
                .returning(PAYOUTS)
            ).all()
        return [
            Claimed(
                payout=_payout_of(row),
                worker=worker,
                attempts=row.attempts,
                saved_call=row.saved_call,
                unclear_since=row.unclear_since,
            )
            for row in rows
        ]

    def record(
        self,
        claimed: Claimed,
        state: State,
        *,
        order_id: str | None = None,
        order_status: str | None = None,
        unclear_since: float | None = None,
        note: str | None = None,
    ) -> None:
        """Write down what became of a payout, unless its lease has ended and another worker has it now."""
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(PAYOUTS)
                .where(_COLUMNS.reference == claimed.payout.reference)
                .where(_COLUMNS.state == "sending")
                .where(_COLUMNS.worker == claimed.worker)
                .values(
                    state=state,
                    worker=None,
                    lease_ends=None,
                    order_id=order_id,
                    order_status=order_status,
                    unclear_since=unclear_since,
                    note=note,
                )
            )

    def plan_refused_again(self) -> None:
        """Plan what the API has refused once more: somebody has seen to the reason."""
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(PAYOUTS)
                .where(_COLUMNS.state == "refused")
                .values(state="planned", attempts=0, note=None)
            )

    def record_statuses(self, statuses: dict[str, str]) -> None:
        """Write down what became of orders, by the references of their payouts."""
        if not statuses:
            return
        changes = [
            {"key": reference, "status": status}
            for reference, status in statuses.items()
        ]
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(PAYOUTS)
                .where(_COLUMNS.reference == sa.bindparam("key"))
                .where(_COLUMNS.state == "sent")
                .values(order_status=sa.bindparam("status")),
                changes,
            )

    def counts(self) -> dict[State, int]:
        """Return how many payouts are in each state."""
        query = sa.select(_COLUMNS.state, sa.func.count()).group_by(_COLUMNS.state)
        with self._engine.connect() as connection:
            counted = {row[0]: int(row[1]) for row in connection.execute(query)}
        return {state: counted.get(state, 0) for state in get_args(State)}

    def next_lease_end(self) -> float | None:
        """Return when the next payout may be taken over; None if no worker has any."""
        query = sa.select(sa.func.min(_COLUMNS.lease_ends))
        with self._engine.connect() as connection:
            ends: float | None = connection.execute(
                query.where(_COLUMNS.state == "sending")
            ).scalar_one()
        return ends

    def rows(self, *states: State) -> list[sa.Row[Any]]:
        """Return the rows in some states, all columns, by their references."""
        query = sa.select(PAYOUTS).order_by(_COLUMNS.reference)
        with self._engine.connect() as connection:
            return list(connection.execute(query.where(_COLUMNS.state.in_(states))))


def _row_of(payout: Payout) -> dict[str, object]:
    return {
        "reference": payout.reference,
        "amount": str(payout.money.amount),
        "currency": payout.money.currency,
        "beneficiary_id": payout.beneficiary_id,
        "unit": payout.unit,
        "state": "planned",
    }


def _payout_of(row: sa.Row[Any]) -> Payout:
    unit: Unit = row.unit
    return Payout(
        row.reference, Money(row.amount, row.currency), row.beneficiary_id, unit
    )
