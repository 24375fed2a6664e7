"""Processes that pay are killed, responses are lost, and still each row is paid exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest
from plexy_pay_sandbox import RunningSandbox

from rehearsal import Place, rehearse


@pytest.mark.parametrize("on", ["threads", "dask"])
def test_nothing_is_paid_twice_or_lost(
    plexy_sandbox: RunningSandbox, tmp_path: Path, address: str, on: Place
) -> None:
    figures = rehearse(
        plexy_sandbox, tmp_path, rows=150, on=on, kills=1, lost=0.1, ledger=address
    )
    assert figures.is_right, figures
    assert figures.runs == 2
    # Each would have become a second payout, were it sent again under another name.
    assert figures.lost_responses > 5
    assert "sent     150" in figures.report
    assert "A person has to look" not in figures.report
