"""Give each test an empty ledger: in SQLite, and in PostgreSQL if BULK_PAYOUTS_POSTGRESQL has its address."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from bulk_payouts.ledger import METADATA

POSTGRESQL = os.environ.get("BULK_PAYOUTS_POSTGRESQL", "")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    engine = sa.create_engine(POSTGRESQL)
    METADATA.drop_all(engine)
    engine.dispose()
    return POSTGRESQL
